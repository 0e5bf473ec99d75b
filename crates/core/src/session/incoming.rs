//! New messages of all rooms, for scripts.

use herold_protocol::IncomingMessage;
use herold_rich_text::text::{clean_body, clean_name};
use matrix_sdk::{
    Room,
    event_handler::EventHandlerDropGuard,
    ruma::events::room::message::{OriginalSyncRoomMessageEvent, Relation},
};
use tokio::sync::mpsc;

use super::Session;
use crate::{moment::moment_ms, rooms::display_name};

/// Messages as the server delivers them, decrypted. Ends with the session.
pub struct IncomingMessages {
    messages: mpsc::UnboundedReceiver<IncomingMessage>,
    _handler: EventHandlerDropGuard,
}

impl IncomingMessages {
    pub async fn next(&mut self) -> Option<IncomingMessage> {
        self.messages.recv().await
    }
}

impl Session {
    /// Messages that arrive from now on; edits of older ones are left out.
    pub fn watch_messages(&self) -> IncomingMessages {
        let (sender, messages) = mpsc::unbounded_channel();
        let handle = self.client.add_event_handler(
            move |event: OriginalSyncRoomMessageEvent, room: Room| {
                let sender = sender.clone();
                async move {
                    if matches!(event.content.relates_to, Some(Relation::Replacement(_))) {
                        return;
                    }
                    let member = room.get_member_no_sync(&event.sender).await.ok().flatten();
                    let name = member.as_ref().map(|member| clean_name(member.name()));
                    let _ = sender.send(IncomingMessage {
                        room_id: room.room_id().to_string(),
                        room_name: display_name(&room),
                        event_id: event.event_id.to_string(),
                        sender: event.sender.to_string(),
                        sender_name: name.unwrap_or_else(|| event.sender.localpart().to_owned()),
                        timestamp_ms: moment_ms(event.origin_server_ts),
                        text: clean_body(event.content.body()),
                    });
                }
            },
        );
        IncomingMessages { messages, _handler: self.client.event_handler_drop_guard(handle) }
    }
}
