//! What was sent last, so that it can be taken back.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use futures_util::{FutureExt, future::BoxFuture};
use herold_protocol::{
    ConversationId, Draft, ErrorKind, OutgoingText, Place, PollDraft, TakenBack,
};
use herold_voice::Recording;
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
    time::{sleep, timeout},
};

use super::focus::event;
use crate::{Error, Result, error::storage, outgoing::Staged, session::Session};

/// What can be taken back. The interface offers it for a few seconds, in each conversation for one.
const REMEMBERED: usize = 10;
/// Longer than that, by what an answer may take on its way.
const FORGOTTEN_AFTER: Duration = Duration::from_secs(30);
/// The server has a message that cannot be taken out of the queue any more; how long it may take to say so.
pub(super) const LONGEST_ANSWER: Duration = Duration::from_secs(10);

/// The newest last.
#[derive(Clone, Default)]
pub(crate) struct LatestSent(Arc<Mutex<VecDeque<Sent>>>);

struct Sent {
    request_id: String,
    conversation: ConversationId,
    room: Room,
    made: Made,
    /// In the order in which they leave.
    messages: Vec<Message>,
    ends: watch::Receiver<Ends>,
}

/// What a person made, to be given back.
pub(super) enum Made {
    Text(OutgoingText),
    Poll(PollDraft),
    Place(Place),
    Files {
        /// Those that can be offered again, of so many.
        files: Vec<Staged>,
        count: usize,
        caption: OutgoingText,
        gallery: bool,
        keep_metadata: bool,
    },
    Recording {
        recording: Arc<Recording>,
        reply_to: Option<String>,
    },
    /// Copies of messages that are there.
    Copies,
}

struct Message {
    room: Room,
    handle: SendHandle,
    transaction: Option<OwnedTransactionId>,
}

/// What became of messages: the identifier that the server gave, or `None` where one was taken out of the queue.
type Ends = HashMap<OwnedTransactionId, Option<OwnedEventId>>;

impl LatestSent {
    fn lock(&self) -> MutexGuard<'_, VecDeque<Sent>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self, request_id: &str) -> Option<Sent> {
        let mut latest = self.lock();
        let index = latest.iter().position(|sent| sent.request_id == request_id)?;
        latest.remove(index)
    }

    /// Notes a message of a request that was begun.
    pub(super) fn note(
        &self,
        request_id: &str,
        room: &Room,
        handle: SendHandle,
        transaction: Option<OwnedTransactionId>,
    ) {
        let message = Message { room: room.clone(), handle, transaction };
        if let Some(sent) = self.lock().iter_mut().find(|sent| sent.request_id == request_id) {
            sent.messages.push(message);
        }
    }
}

impl Session {
    /// Runs what queues the messages of a request, and remembers for [`Self::undo_send`] what it sends; each of its
    /// messages is noted once it is in the queue. A request that was cut short goes on with what it began with. Boxed,
    /// because whoever calls this holds it within themselves, on the stack of a test.
    pub(super) async fn undoable(
        &self,
        conversation: &ConversationId,
        room: &Room,
        request_id: &str,
        made: Made,
        queueing: BoxFuture<'_, Result<()>>,
    ) -> Result<()> {
        self.remember(conversation, room, request_id, made);
        let queued = queueing.await;
        // All are in the queue, or one was not taken: from now on the time runs.
        let (latest, request_id) = (self.latest_sent.clone(), request_id.to_owned());
        self.tasks.spawn(move || async move {
            sleep(FORGOTTEN_AFTER).await;
            latest.take(&request_id);
        });
        queued
    }

    fn remember(&self, conversation: &ConversationId, room: &Room, request_id: &str, made: Made) {
        let mut latest = self.latest_sent.lock();
        if latest.iter().any(|sent| sent.request_id == request_id) {
            return;
        }
        let updates = self.client.send_queue().subscribe();
        let (noted, ends) = watch::channel(Ends::new());
        self.tasks.spawn(move || follow(updates, noted));
        latest.push_back(Sent {
            request_id: request_id.to_owned(),
            conversation: conversation.clone(),
            room: room.clone(),
            made,
            messages: Vec::new(),
            ends,
        });
        if latest.len() > REMEMBERED {
            latest.pop_front();
        }
    }

    /// Puts one message into the queue, as all that a request sends.
    pub(super) async fn send_undoable(
        &self,
        conversation: &ConversationId,
        room: &Room,
        request_id: &str,
        content: AnyMessageLikeEventContent,
        made: Made,
    ) -> Result<()> {
        let queueing = self.queue_noted(room, request_id, content).boxed();
        self.undoable(conversation, room, request_id, made, queueing).await
    }

    /// Puts one message of a request that was begun into the queue.
    pub(super) async fn queue_noted(
        &self,
        room: &Room,
        request_id: &str,
        content: AnyMessageLikeEventContent,
    ) -> Result<()> {
        let json = Raw::new(&content).map_err(storage)?;
        let mut updates = self.client.send_queue().subscribe();
        let handle = room.send_queue().send(content).await.map_err(storage)?;
        let transaction = transaction_of(&mut updates, room, &json);
        self.latest_sent.note(request_id, room, handle, transaction);
        Ok(())
    }

    /// Takes back what was sent under this request identifier, also where it has left already, and answers with
    /// what it was made of.
    ///
    /// # Errors
    /// `NotFound` for what is not among the last things sent, `Timeout` where the server has it but does not say as
    /// what.
    pub async fn undo_send(&self, request_id: &str) -> Result<TakenBack> {
        let sent = self.latest_sent.take(request_id);
        let Sent { conversation, room, made, messages, mut ends, .. } =
            sent.ok_or_else(|| Error::new(ErrorKind::NotFound))?;
        let mut left = Vec::new();
        // The last first: with one gone, the next one would begin to leave.
        for message in messages.iter().rev() {
            if message.handle.abort().await.map_err(storage)? {
                // It may be what the queue gave up at.
                message.room.send_queue().set_enabled(true);
            } else {
                left.push(message);
            }
        }
        let answered = |ends: &Ends| {
            let known = |id: &OwnedTransactionId| ends.contains_key(id);
            left.iter().all(|message| message.transaction.as_ref().is_none_or(known))
        };
        let _ = timeout(LONGEST_ANSWER, ends.wait_for(answered)).await;
        let ends = ends.borrow().clone();
        let mut unknown = 0;
        for message in &left {
            match message.transaction.as_ref().and_then(|id| ends.get(id)) {
                Some(Some(event_id)) => {
                    message
                        .room
                        .send_queue()
                        .redact(event_id.clone(), None)
                        .await
                        .map_err(storage)?;
                }
                Some(None) => {}
                None => unknown += 1,
            }
        }
        if unknown > 0 {
            tracing::warn!(unknown, of = messages.len(), "cannot delete what has left");
        }
        // Where some are gone, what they were made of must not be.
        if unknown > 0 && unknown == messages.len() {
            return Err(Error::new(ErrorKind::Timeout));
        }
        Ok(self.given_back(&conversation, &room, made).await)
    }

    async fn given_back(
        &self,
        conversation: &ConversationId,
        room: &Room,
        made: Made,
    ) -> TakenBack {
        match made {
            Made::Text(message) => TakenBack::Text { draft: self.draft_of(room, message).await },
            Made::Poll(poll) => TakenBack::Poll { poll },
            Made::Place(place) => TakenBack::Place { place },
            Made::Files { files, count, caption, gallery, keep_metadata } => {
                let files = self.outgoing.stage_again(files);
                TakenBack::Files {
                    complete: files.len() == count,
                    files,
                    caption: self.draft_of(room, caption).await,
                    gallery,
                    keep_metadata,
                }
            }
            Made::Recording { recording, reply_to } => {
                let answer = OutgoingText { reply_to, ..OutgoingText::default() };
                TakenBack::Recording {
                    recording: self.recordings.keep_again(conversation, recording),
                    caption: self.draft_of(room, answer).await,
                }
            }
            Made::Copies => TakenBack::Copies,
        }
    }

    async fn draft_of(&self, room: &Room, message: OutgoingText) -> Draft {
        let OutgoingText { text, mentions, reply_to, .. } = message;
        let reply_to = match reply_to.as_deref().map(event) {
            Some(Ok(event_id)) => Some(self.reply_preview(room, &event_id).await),
            _ => None,
        };
        Draft { text, mentions, reply_to, edits: None }
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

/// Notes what becomes of messages for as long as somebody may ask.
async fn follow(mut updates: broadcast::Receiver<SendQueueUpdate>, noted: watch::Sender<Ends>) {
    loop {
        let update = tokio::select! {
            () = noted.closed() => return,
            update = updates.recv() => update,
        };
        let (transaction, end) = match update.map(|update| update.update) {
            Ok(Update::SentEvent { transaction_id, event_id }) => (transaction_id, Some(event_id)),
            Ok(Update::CancelledLocalEvent { transaction_id }) => (transaction_id, None),
            Ok(_) | Err(RecvError::Lagged(_)) => continue,
            Err(RecvError::Closed) => return,
        };
        noted.send_modify(|ends| {
            ends.insert(transaction, end);
        });
    }
}
