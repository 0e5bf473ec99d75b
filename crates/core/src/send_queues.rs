//! Keeps the SDK's send queues moving.
//!
//! The queue of a room stops at a request that the server refused for good, so that nothing overtakes it.
//! A message has a row then, where a person sends it again or discards it. A change to a message (an edit,
//! a reaction, a vote, a deletion) has none: it is taken out of the queue here, and the person is told. The
//! words of an edit are given back.

mod pauses;

use std::{
    collections::{HashMap, HashSet},
    future::pending,
    time::Duration,
};

use herold_protocol::{
    ConnectionState, ConversationId, Draft, ErrorKind, ErrorReason, UnsentChange, UnsentEdit,
};
use matrix_sdk::{
    Client, Error as SdkError, Room,
    ruma::{
        EventId, OwnedEventId, OwnedRoomId, OwnedTransactionId, RoomId,
        api::error::ErrorKind as ApiErrorKind,
        events::{
            AnyMessageLikeEventContent, poll::unstable_start::UnstablePollStartEventContent,
            room::message::Relation,
        },
    },
    send_queue::{
        LocalEcho, LocalEchoContent, RoomSendQueueStorageError, RoomSendQueueUpdate as Update,
        SendQueueRoomError, SendQueueUpdate,
    },
    serde_helpers::extract_thread_root,
};
use tokio::{
    sync::{broadcast, broadcast::error::RecvError, mpsc::UnboundedSender, watch::Receiver},
    time::{Instant, sleep_until, timeout},
};

use self::pauses::Pauses;
use crate::{
    Error, Result, compose,
    error::storage,
    session::{Session, Signal},
    timeline::poll_draft,
};

/// Time for the server to say what it has of a message that is not on this device.
pub(crate) const LONGEST_QUESTION: Duration = Duration::from_secs(2);

type Echoes = Vec<(OwnedRoomId, Vec<LocalEcho>)>;

/// Wakes the queue of a room that gave up after a passing failure while the connection as a whole is
/// fine, and takes out what is refused. Runs for as long as the session.
pub(crate) async fn keep_moving(
    client: Client,
    mut connection: Receiver<ConnectionState>,
    signals: UnboundedSender<Signal>,
) {
    let mut errors = client.send_queue().subscribe_errors();
    let mut updates = client.send_queue().subscribe();
    let mut pauses = Pauses::default();
    loop {
        tokio::select! {
            error = errors.recv() => match error {
                Ok(error) => heed(&client, &signals, &mut pauses, error).await,
                Err(RecvError::Lagged(_)) => {
                    begin(&client, &signals).await;
                    client.send_queue().set_enabled(true).await;
                }
                Err(RecvError::Closed) => return,
            },
            update = updates.recv() => match update {
                Ok(SendQueueUpdate { room_id, update: Update::SentEvent { .. } }) => {
                    pauses.reset(&room_id);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            },
            changed = connection.changed() => {
                if changed.is_err() {
                    return;
                }
                if *connection.borrow_and_update() == ConnectionState::Online {
                    pauses.reset_all();
                }
            }
            () = end(pauses.next_end()) => {
                // Without a connection, all queues are woken when there is one again.
                let online = *connection.borrow() == ConnectionState::Online;
                for room_id in pauses.take_ended(Instant::now()) {
                    if online && let Some(room) = client.get_room(&room_id) {
                        room.send_queue().set_enabled(true);
                    }
                }
            }
        }
    }
}

async fn end(pause: Option<Instant>) {
    match pause {
        Some(end) => sleep_until(end).await,
        None => pending().await,
    }
}

async fn heed(
    client: &Client,
    signals: &UnboundedSender<Signal>,
    pauses: &mut Pauses,
    error: SendQueueRoomError,
) {
    let cause = Error::classify(&error.error);
    if !error.is_recoverable {
        let echoes = of_room(client, &error.room_id).await;
        if !passes(&cause) {
            pauses.reset(&error.room_id);
            let taken_out = take_out_refused(client, echoes).await;
            if !is_there_already(&error.error) {
                announce(signals, cause.kind, taken_out);
            }
            return;
        }
        lift(client, echoes).await;
    }
    let pause = pauses.begin(error.room_id, cause.retry_after, Instant::now());
    tracing::info!(?pause, "a room's send queue paused");
}

/// Takes out what was refused while nobody watched: the program ended just then.
pub(crate) async fn begin(client: &Client, signals: &UnboundedSender<Signal>) {
    let taken_out = take_out_refused(client, of_all_rooms(client).await).await;
    announce(signals, ErrorKind::Forbidden, taken_out);
}

/// After a session was continued: what failed because the session had ended goes out, and what failed
/// for another cause fails again.
pub(crate) async fn lift_all(client: &Client) {
    lift(client, of_all_rooms(client).await).await;
}

fn announce(signals: &UnboundedSender<Signal>, kind: ErrorKind, taken_out: TakenOut) {
    let refused = || Error::because(kind, ErrorReason::ChangeRefused);
    if taken_out.others {
        let _ = signals.send(Signal::Problem(refused()));
    }
    for edit in taken_out.edits {
        let _ = signals.send(Signal::EditRefused(refused(), edit));
    }
}

/// The SDK gives up on a message for good when the token could not be refreshed. That passes too.
fn passes(cause: &Error) -> bool {
    use ErrorKind::{Offline, RateLimited, SignedOut, Timeout};
    matches!(cause.kind, Offline | RateLimited | SignedOut | Timeout)
}

/// A reaction that another device of the same person was quicker with is what was wanted.
fn is_there_already(error: &SdkError) -> bool {
    matches!(error.client_api_error_kind(), Some(ApiErrorKind::DuplicateAnnotation))
}

async fn of_room(client: &Client, room_id: &RoomId) -> Echoes {
    let Some(room) = client.get_room(room_id) else { return Vec::new() };
    match room.send_queue().subscribe().await {
        Ok((echoes, _)) => vec![(room_id.to_owned(), echoes)],
        Err(error) => {
            tracing::warn!(%error, "cannot read what waits to be sent");
            Vec::new()
        }
    }
}

pub(crate) async fn of_all_rooms(client: &Client) -> Echoes {
    match client.send_queue().local_echoes().await {
        Ok(rooms) => rooms.into_iter().collect(),
        Err(error) => {
            tracing::warn!(%error, "cannot read what waits to be sent");
            Vec::new()
        }
    }
}

/// Lets what was given up be sent again.
async fn lift(client: &Client, rooms: Echoes) {
    for (room_id, echoes) in rooms {
        let Some(room) = client.get_room(&room_id) else { continue };
        for echo in echoes {
            if let Err(error) = lift_one(&room, echo).await {
                tracing::warn!(kind = ?error.kind, "cannot lift the blockade of a message");
            }
        }
    }
}

async fn lift_one(room: &Room, echo: LocalEcho) -> Result<()> {
    match echo.content {
        LocalEchoContent::Event { send_handle, send_error: Some(_), .. } => {
            send_handle.unwedge().await.map_err(storage)
        }
        // The SDK can lift no deletion (0.19.1), but it can be asked for once more.
        LocalEchoContent::Redaction { redacts, reason, send_handle, send_error: Some(_) } => {
            room.send_queue().redact(redacts, reason.as_deref()).await.map_err(storage)?;
            send_handle.abort().await.map_err(storage)?;
            Ok(())
        }
        _ => Ok(()),
    }
}

#[derive(Default)]
struct TakenOut {
    edits: Vec<UnsentEdit>,
    /// Whether there was anything else.
    others: bool,
}

async fn take_out_refused(client: &Client, rooms: Echoes) -> TakenOut {
    let mut all = TakenOut::default();
    for (room_id, echoes) in rooms {
        let Some(room) = client.get_room(&room_id) else { continue };
        let mut any = false;
        for echo in echoes {
            // Read before it is gone.
            let edit = unsent_edit(&room, &echo);
            match take_out(echo).await {
                Ok(false) => continue,
                Ok(true) => any = true,
                Err(error) => {
                    tracing::warn!(%error, "cannot take back what was refused");
                    continue;
                }
            }
            match edit {
                Some((edited, change)) => {
                    let conversation = conversation_of(&room, &edited).await;
                    all.edits.push(UnsentEdit { conversation, change });
                }
                None => all.others = true,
            }
        }
        if any {
            // A queue that gave up does not go on by itself.
            room.send_queue().set_enabled(true);
        }
    }
    all
}

async fn take_out(echo: LocalEcho) -> Result<bool, RoomSendQueueStorageError> {
    match echo.content {
        LocalEchoContent::Event { serialized_event, send_handle, send_error: Some(_) }
            if serialized_event.deserialize().is_ok_and(|content| is_change(&content)) =>
        {
            send_handle.abort().await
        }
        LocalEchoContent::Redaction { send_handle, send_error: Some(_), .. } => {
            send_handle.abort().await
        }
        _ => Ok(false),
    }
}

/// An edit as it was typed, and what it changes.
fn unsent_edit(room: &Room, echo: &LocalEcho) -> Option<(OwnedEventId, UnsentChange)> {
    let LocalEchoContent::Event { serialized_event, .. } = &echo.content else { return None };
    match serialized_event.deserialize().ok()? {
        AnyMessageLikeEventContent::RoomMessage(message) => {
            let Some(Relation::Replacement(edit)) = message.relates_to else { return None };
            let new = edit.new_content;
            let source = compose::source(&new.msgtype, new.mentions.as_ref(), room.own_user_id());
            let draft = Draft { edits: Some(edit.event_id.to_string()), ..source };
            Some((edit.event_id, UnsentChange::Text { draft }))
        }
        AnyMessageLikeEventContent::UnstablePollStart(
            UnstablePollStartEventContent::Replacement(poll),
        ) => {
            let edit = poll.relates_to;
            let poll = poll_draft(&edit.new_content.poll_start);
            let event_id = edit.event_id.to_string();
            Some((edit.event_id, UnsentChange::Poll { event_id, poll }))
        }
        _ => None,
    }
}

/// An edit does not say which thread its message is in, but the message does.
async fn conversation_of(room: &Room, edited: &EventId) -> ConversationId {
    let message = timeout(LONGEST_QUESTION, room.load_or_fetch_event(edited, None)).await;
    let message = message.ok().and_then(Result::ok);
    let thread = message.and_then(|message| extract_thread_root(message.raw()));
    ConversationId {
        room_id: room.room_id().to_string(),
        thread: thread.map(|root| root.to_string()),
    }
}

/// Whether content has no row of its own, because it changes one.
fn is_change(content: &AnyMessageLikeEventContent) -> bool {
    use AnyMessageLikeEventContent as Content;
    matches!(content, Content::Reaction(_)) || is_vote(content) || is_lasting_change(content)
}

fn is_vote(content: &AnyMessageLikeEventContent) -> bool {
    use AnyMessageLikeEventContent as Content;
    matches!(content, Content::PollResponse(_) | Content::UnstablePollResponse(_))
}

/// Whether a timeline (0.19.1) goes on showing the change after it was taken back.
fn is_lasting_change(content: &AnyMessageLikeEventContent) -> bool {
    use AnyMessageLikeEventContent as Content;
    match content {
        Content::PollEnd(_) | Content::UnstablePollEnd(_) => true,
        Content::RoomMessage(message) => {
            matches!(message.relates_to, Some(Relation::Replacement(_)))
        }
        Content::UnstablePollStart(poll) => {
            matches!(poll, UnstablePollStartEventContent::Replacement(_))
        }
        _ => false,
    }
}

/// The changes in the queue of a room that a timeline (0.19.1) gets wrong by itself: it does not take back some
/// of them, and to a vote it gives the time at which it was stored, though the server's says whether it counts.
pub(crate) struct LastingChanges {
    on_their_way: HashSet<OwnedTransactionId>,
    votes: HashMap<OwnedTransactionId, Instant>,
    updates: broadcast::Receiver<Update>,
}

/// What left sooner has the server's time, as far as anybody could tell.
const AT_ONCE: Duration = Duration::from_secs(2);

impl LastingChanges {
    pub(crate) async fn of(room: &Room) -> Result<Self> {
        let (echoes, updates) = room.send_queue().subscribe().await.map_err(storage)?;
        let mut changes = Self { on_their_way: HashSet::new(), votes: HashMap::new(), updates };
        for echo in echoes {
            changes.note(echo);
        }
        Ok(changes)
    }

    fn note(&mut self, echo: LocalEcho) {
        let LocalEchoContent::Event { serialized_event, .. } = echo.content else { return };
        let Ok(content) = serialized_event.deserialize() else { return };
        if is_vote(&content) {
            self.votes.insert(echo.transaction_id, Instant::now());
        } else if is_lasting_change(&content) {
            self.on_their_way.insert(echo.transaction_id);
        }
    }

    /// Waits until one is taken back or a vote has left late, or that may have been; `None` when there can be no
    /// more.
    pub(crate) async fn mistaken(&mut self) -> Option<()> {
        loop {
            match self.updates.recv().await {
                Ok(Update::NewLocalEvent(echo)) => self.note(echo),
                Ok(Update::SentEvent { transaction_id, .. }) => {
                    self.on_their_way.remove(&transaction_id);
                    let stored = self.votes.remove(&transaction_id);
                    if stored.is_some_and(|stored| stored.elapsed() > AT_ONCE) {
                        return Some(());
                    }
                }
                Ok(Update::CancelledLocalEvent { transaction_id }) => {
                    self.votes.remove(&transaction_id);
                    if self.on_their_way.remove(&transaction_id) {
                        return Some(());
                    }
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => return Some(()),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

/// What becomes of the next thing that is stored for a room.
pub struct Sending {
    updates: broadcast::Receiver<Update>,
}

impl Session {
    /// Watches what is stored for a room from now on. For programs that do one thing at a time.
    pub async fn next_sent(&self, room_id: &str) -> Result<Sending> {
        let queue = self.room(room_id)?.send_queue();
        let (_, updates) = queue.subscribe().await.map_err(storage)?;
        Ok(Sending { updates })
    }
}

impl Sending {
    /// Waits until the server has it, for as long as that takes; its event identifier.
    ///
    /// # Errors
    /// Why the server refused it for good, `Cancelled` where it was taken back. What was refused is not
    /// stored any more: without a window, nobody could take it out of the way of what follows.
    pub async fn event_id(mut self) -> Result<String> {
        let mut watched: Option<LocalEcho> = None;
        loop {
            let update = self.updates.recv().await;
            let update =
                update.map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
            let is_watched = |id: &OwnedTransactionId| {
                watched.as_ref().is_some_and(|echo| echo.transaction_id == *id)
            };
            match update {
                Update::NewLocalEvent(echo) if watched.is_none() => watched = Some(echo),
                Update::SentEvent { transaction_id, event_id } if is_watched(&transaction_id) => {
                    return Ok(event_id.to_string());
                }
                Update::SendError { transaction_id, error, is_recoverable: false }
                    if is_watched(&transaction_id) =>
                {
                    let cause = Error::classify(&error);
                    if !passes(&cause) {
                        take_back(watched).await;
                    }
                    return Err(cause);
                }
                Update::CancelledLocalEvent { transaction_id } if is_watched(&transaction_id) => {
                    return Err(Error::new(ErrorKind::Cancelled));
                }
                _ => {}
            }
        }
    }
}

async fn take_back(echo: Option<LocalEcho>) {
    let Some(LocalEchoContent::Event { send_handle, .. }) = echo.map(|echo| echo.content) else {
        return;
    };
    if let Err(error) = send_handle.abort().await {
        tracing::warn!(%error, "cannot take back what was refused");
    }
}
