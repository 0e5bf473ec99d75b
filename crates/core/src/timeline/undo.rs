//! What was sent last, so that it can be taken back.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use herold_protocol::{Draft, ErrorKind, OutgoingText};
use matrix_sdk::{
    Room,
    ruma::{OwnedEventId, OwnedTransactionId, events::AnyMessageLikeEventContent, serde::Raw},
    send_queue::{LocalEchoContent, RoomSendQueueUpdate as Update, SendHandle, SendQueueUpdate},
};
use tokio::{
    sync::{
        broadcast::{self, error::RecvError},
        watch,
    },
    time::timeout,
};

use super::focus::event;
use crate::{Error, Result, error::storage, session::Session};

/// Texts that can be taken back. The interface offers it for a few seconds, in each conversation for one.
const REMEMBERED: usize = 10;
/// The server has a text that cannot be taken out of the queue any more; how long it may take to say so.
pub(super) const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// The newest last.
#[derive(Default)]
pub(crate) struct LatestSent(Mutex<VecDeque<Sent>>);

#[derive(Clone)]
struct Sent {
    request_id: String,
    room: Room,
    message: OutgoingText,
    handle: SendHandle,
    /// The identifier that the server gave, once it did.
    left_as: watch::Receiver<Option<OwnedEventId>>,
}

impl Session {
    /// Puts a text into the queue and remembers it for [`Self::undo_send`].
    pub(super) async fn send_undoable(
        &self,
        room: &Room,
        request_id: &str,
        content: AnyMessageLikeEventContent,
        message: &OutgoingText,
    ) -> Result<()> {
        let json = Raw::new(&content).map_err(storage)?;
        let mut updates = self.client.send_queue().subscribe();
        let handle = room.send_queue().send(content).await.map_err(storage)?;
        let (answered, left_as) = watch::channel(None);
        if let Some(transaction) = transaction_of(&mut updates, room, &json) {
            self.tasks.spawn(move || follow(updates, transaction, answered));
        }
        let sent = Sent {
            request_id: request_id.to_owned(),
            room: room.clone(),
            message: message.clone(),
            handle,
            left_as,
        };
        let mut latest = self.latest_sent.0.lock().unwrap_or_else(PoisonError::into_inner);
        latest.push_back(sent);
        if latest.len() > REMEMBERED {
            latest.pop_front();
        }
        Ok(())
    }

    /// Takes back a text that was sent under this request identifier, also where it has left already, and answers
    /// with what was typed.
    ///
    /// # Errors
    /// `NotFound` for a text that is not among the last ones, `Timeout` where the server has it but does not say as
    /// what.
    pub async fn undo_send(&self, request_id: &str) -> Result<Draft> {
        let sent = {
            let latest = self.latest_sent.0.lock().unwrap_or_else(PoisonError::into_inner);
            latest.iter().find(|sent| sent.request_id == request_id).cloned()
        };
        let mut sent = sent.ok_or_else(|| Error::new(ErrorKind::NotFound))?;
        if !sent.handle.abort().await.map_err(storage)? {
            let left = timeout(LONGEST_ANSWER, sent.left_as.wait_for(Option::is_some)).await;
            let event_id = left.ok().and_then(Result::ok).and_then(|event_id| event_id.clone());
            let event_id = event_id.ok_or_else(|| Error::new(ErrorKind::Timeout))?;
            sent.room.send_queue().redact(event_id, None).await.map_err(storage)?;
        }
        let reply_to = match &sent.message.reply_to {
            Some(event_id) => Some(self.reply_preview(&sent.room, &event(event_id)?).await),
            None => None,
        };
        let OutgoingText { text, mentions, .. } = sent.message;
        Ok(Draft { text, mentions, reply_to, edits: None })
    }
}

/// The SDK does not say under which transaction it stores something, but tells everybody before it returns.
fn transaction_of(
    updates: &mut broadcast::Receiver<SendQueueUpdate>,
    room: &Room,
    json: &Raw<AnyMessageLikeEventContent>,
) -> Option<OwnedTransactionId> {
    while let Ok(SendQueueUpdate { room_id, update }) = updates.try_recv() {
        if let Update::NewLocalEvent(echo) = update
            && room_id == room.room_id()
            && let LocalEchoContent::Event { serialized_event, .. } = &echo.content
            && serialized_event.raw().0.json().get() == json.json().get()
        {
            return Some(echo.transaction_id);
        }
    }
    None
}

async fn follow(
    mut updates: broadcast::Receiver<SendQueueUpdate>,
    transaction: OwnedTransactionId,
    answered: watch::Sender<Option<OwnedEventId>>,
) {
    loop {
        match updates.recv().await {
            Ok(SendQueueUpdate {
                update: Update::SentEvent { transaction_id, event_id }, ..
            }) if transaction_id == transaction => {
                answered.send_replace(Some(event_id));
                return;
            }
            Ok(SendQueueUpdate {
                update: Update::CancelledLocalEvent { transaction_id }, ..
            }) if transaction_id == transaction => {
                return;
            }
            Ok(_) | Err(RecvError::Lagged(_)) => {}
            Err(RecvError::Closed) => return,
        }
    }
}
