//! Deletes a message with all that it ever said: an edit is an event of its own, which keeps its words when the message
//! goes (specification, "Redactions"). Who deleted a message is in `deletion`.

use herold_rich_text::text::one_line;
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedEventId,
        events::{
            AnyMessageLikeEventContent, poll::unstable_start::UnstablePollStartEventContent,
            relation::RelationType, room::message::Relation,
        },
    },
    send_queue::LocalEchoContent,
};
use matrix_sdk_ui::sync_service::State;
use tokio::time::timeout;

use super::{deletion, focus::event, relations};
use crate::{Result, error::storage, send_queues::LONGEST_QUESTION, session::Session};

const EDITS: [RelationType; 1] = [RelationType::Replacement];

impl Session {
    /// Deletes a message and its edits for everybody. Goes through the queue, so it works without a network; then, and
    /// where the server does not answer soon, only the edits that this device knows go with it: no server names those of a
    /// message that is deleted already. The message goes last: where an edit cannot be stored for deletion, the
    /// message is still there to be deleted again.
    pub async fn redact_message(
        &self,
        room_id: &str,
        event_id: &str,
        reason: Option<String>,
    ) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let event_id = event(event_id)?;
        let reason = reason.map(|reason| one_line(&reason, 500)).filter(|text| !text.is_empty());
        withdraw_edits(&room, &event_id).await?;
        let queue = room.send_queue();
        for edit in self.edits(&room, &event_id).await? {
            queue.redact(edit, Some(deletion::EDIT)).await.map_err(storage)?;
        }
        queue.redact(event_id, reason.as_deref()).await.map_err(storage)?;
        Ok(())
    }

    /// The first one first: nobody sees an earlier state while they go. Those of anybody but its author change nothing
    /// (specification, "Validity of replacement events"); where nobody knows who that is, there are none here.
    async fn edits(&self, room: &Room, event_id: &EventId) -> Result<Vec<OwnedEventId>> {
        let online = matches!(self.service.state().get(), State::Running);
        let author = match self.timelines.item(room.room_id(), event_id).await {
            Some(item) => Some(item.sender().to_owned()),
            None => relations::stored_event(room, event_id).await.and_then(|event| event.sender()),
        };
        if author.is_none() {
            return Ok(Vec::new());
        }
        let gone = if online {
            let asked = relations::complete(room, event_id, &EDITS);
            timeout(LONGEST_QUESTION, asked).await.ok().and_then(Result::ok)
        } else {
            None
        };
        let stored = relations::lasting(room, event_id, &EDITS, &gone.unwrap_or_default()).await?;
        let mut edits: Vec<_> = stored.into_iter().filter(|edit| edit.sender() == author).collect();
        edits.sort_by_key(|edit| edit.timestamp());
        Ok(edits.iter().filter_map(|edit| edit.event_id().map(ToOwned::to_owned)).collect())
    }
}

/// Takes edits out of the queue: they would come after the deletion. One that is on its way just now is deleted by the
/// queue once it has left.
async fn withdraw_edits(room: &Room, event_id: &EventId) -> Result<()> {
    let (echoes, _) = room.send_queue().subscribe().await.map_err(storage)?;
    let mut any = false;
    for echo in echoes {
        let LocalEchoContent::Event { serialized_event, send_handle, .. } = echo.content else {
            continue;
        };
        let Ok(content) = serialized_event.deserialize() else { continue };
        if edited(&content) == Some(event_id) {
            any |= send_handle.abort().await.map_err(storage)?;
        }
    }
    if any {
        // It may be what the queue gave up at.
        room.send_queue().set_enabled(true);
    }
    Ok(())
}

/// The message that an edit changes.
fn edited(content: &AnyMessageLikeEventContent) -> Option<&EventId> {
    match content {
        AnyMessageLikeEventContent::RoomMessage(message) => match &message.relates_to {
            Some(Relation::Replacement(edit)) => Some(&edit.event_id),
            _ => None,
        },
        AnyMessageLikeEventContent::UnstablePollStart(
            UnstablePollStartEventContent::Replacement(edit),
        ) => Some(&edit.relates_to.event_id),
        _ => None,
    }
}
