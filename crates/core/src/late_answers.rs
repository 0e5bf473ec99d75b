//! Own messages stay where the server has them, also where its answer comes late.
//!
//! When the server has taken a message, the SDK (0.19.1, `insert_sent_event_from_send_queue`) puts a copy of its own
//! at the end of the event cache, because a sync usually brings the message later and to its right place. Where the
//! answer was late or lost, the sync was first: the copy then takes the message out of its place and to the
//! end, in the store too. Here it is put back.
//!
//! Its copy of a deletion cannot even be read from room version 11 on (it names an empty identifier), and a sync that
//! brings the deletion among events of others that are all known is passed over: then it deletes nothing, also in the
//! store. The server's event takes its place.

use std::{collections::HashSet, time::Duration};

use eyeball_im::VectorDiff;
use futures_util::{StreamExt, stream::FuturesUnordered};
use herold_protocol::ErrorKind;
use matrix_sdk::{
    Client, Room,
    deserialized_responses::TimelineEvent,
    event_cache::{RoomEventCache, RoomEventCacheUpdate},
    ruma::{
        EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedRoomId, TransactionId, UserId,
        events::{AnySyncTimelineEvent, relation::RelationType},
        serde::Raw,
        uint,
    },
    send_queue::{LocalEcho, LocalEchoContent, RoomSendQueueUpdate, SendQueueUpdate},
    serde_helpers::extract_relation,
    sync::{JoinedRoomUpdate, RoomUpdates, Timeline},
};
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::{sync::broadcast::error::RecvError, time::interval};

use crate::{
    Error, Result,
    error::storage,
    send_queues::of_all_rooms,
    timeline::{brought, complete},
};

/// The type of an event that stands in the store of this device alone and is never shown: the SDK takes no notice of
/// events that it knows all of, so each time that a message is put back one is made that is new. It stands before the
/// message, so that it is never the latest.
const MARKER: &str = "herold.put_back";
/// What its identifier begins with. Those of servers have no hyphen in that place, or a server name.
const MARKER_ID: &str = "$herold-";
/// How long a room is watched after its last message has left, at least.
const QUIET: Duration = Duration::from_secs(30);
/// Where more follows than this, a message stays at the end: moving is deleting and writing.
const MOST_MOVED: usize = 100;
/// Times that what came in meanwhile is put behind, too.
const ATTEMPTS: usize = 3;

/// Whether an event is one of those made here, and not one that somebody sent.
pub(crate) fn is_marker(event: &AnySyncTimelineEvent) -> bool {
    let event_id = event.event_id().as_str();
    event_id.starts_with(MARKER_ID)
        && !event_id.contains(':')
        && event.event_type().to_string() == MARKER
}

/// Watches the rooms in which something waits to be sent, for as long as the session lives.
pub(crate) async fn keep_places(client: Client) {
    let mut queue = client.send_queue().subscribe();
    let mut watched: HashSet<OwnedRoomId> = HashSet::new();
    let mut watches = FuturesUnordered::new();
    let mut new = waiting(&client).await;
    loop {
        for room in new.drain(..).filter_map(|room_id| client.get_room(&room_id)) {
            if watched.insert(room.room_id().to_owned()) {
                watches.push(watch(room));
            }
        }
        tokio::select! {
            Some(room_id) = watches.next() => {
                watched.remove(&room_id);
            }
            update = queue.recv() => match update {
                Ok(SendQueueUpdate { room_id, update: RoomSendQueueUpdate::NewLocalEvent(_) }) => {
                    new.push(room_id);
                }
                Ok(_) => {}
                Err(RecvError::Lagged(_)) => new = waiting(&client).await,
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// The rooms in which something waits.
async fn waiting(client: &Client) -> Vec<OwnedRoomId> {
    of_all_rooms(client).await.into_iter().map(|(room_id, _)| room_id).collect()
}

/// Ends some time after everything has left the room.
async fn watch(room: Room) -> OwnedRoomId {
    if let Err(error) = put_back_until_quiet(&room).await {
        tracing::warn!(kind = ?error.kind, "cannot watch the places of own messages");
    }
    room.room_id().to_owned()
}

async fn put_back_until_quiet(room: &Room) -> Result<()> {
    let (cache, _alive) = room.event_cache().await.map_err(storage)?;
    let (events, mut updates) = cache.subscribe().await.map_err(storage)?;
    let mut copies = Copies::default();
    copies.note(&events, room.own_user_id());
    let (mut ticks, mut was_quiet) = (interval(QUIET), false);
    let mut looked_at = 0;
    loop {
        tokio::select! {
            update = updates.recv() => match update {
                Ok(RoomEventCacheUpdate::UpdateTimelineEvents(changes)) => {
                    copies.note(changes.diffs.iter().flat_map(brought), room.own_user_id());
                    copies.doubt(changes.diffs.iter().filter(|diff| is_at_end(diff)).flat_map(brought));
                }
                Ok(_) => continue,
                Err(RecvError::Lagged(_)) => {
                    copies.note(&cache.events().await.map_err(storage)?, room.own_user_id());
                }
                Err(RecvError::Closed) => return Ok(()),
            },
            _ = ticks.tick() => {
                let is_quiet = copies.is_settled() && is_quiet(room).await;
                if is_quiet && was_quiet {
                    return Ok(());
                }
                was_quiet = is_quiet;
                // What came meanwhile may be what was missing to put a message back.
                if !copies.unsettled.is_empty() {
                    let now = count(&cache).await?;
                    if now != looked_at {
                        copies.late.extend(copies.unsettled.drain());
                    }
                    looked_at = now;
                }
            }
        }
        // Where the network has gone again, the next change or tick tries once more.
        let mut left = Vec::new();
        for event in std::mem::take(&mut copies.late) {
            match mend(room, &cache, &event).await {
                Ok(true) => {
                    copies.unsettled.remove(&event);
                }
                Ok(false) => {
                    tracing::debug!("what an own event belongs to is not loaded");
                    copies.unsettled.insert(event);
                }
                // No server has it, so it has no place.
                Err(error) if error.kind == ErrorKind::NotFound => {
                    copies.unsettled.remove(&event);
                }
                Err(error) => {
                    tracing::info!(kind = ?error.kind, "an own event cannot be put right yet");
                    left.push(event);
                }
            }
        }
        copies.late.extend(left);
    }
}

/// Nothing waits but what was refused, which waits for the person.
async fn is_quiet(room: &Room) -> bool {
    let refused = |echo: &LocalEcho| match &echo.content {
        LocalEchoContent::Event { send_error, .. }
        | LocalEchoContent::Redaction { send_error, .. } => send_error.is_some(),
        LocalEchoContent::React { .. } => false,
    };
    room.send_queue().subscribe().await.is_ok_and(|(waiting, _)| waiting.iter().all(refused))
}

/// The copies of own messages that were seen, in whatever order changes come (see `timeline/lasting.rs`).
#[derive(Default)]
struct Copies {
    from_server: HashSet<OwnedEventId>,
    from_queue: HashSet<OwnedEventId>,
    /// Of which there are both, and the queue's of deletions.
    late: Vec<OwnedEventId>,
    /// The queue's, as long as none of the server has taken its place.
    unsettled: HashSet<OwnedEventId>,
}

impl Copies {
    fn note<'a>(&mut self, events: impl IntoIterator<Item = &'a TimelineEvent>, own: &UserId) {
        for event in events {
            let Some(event_id) = event.event_id() else { continue };
            if event_id.as_str().starts_with(MARKER_ID)
                || event.sender().as_deref() != Some(own)
                || !has_place(event)
            {
                continue;
            }
            let from_server = is_from_server(event);
            let (these, others) = if from_server {
                (&mut self.from_server, &self.from_queue)
            } else {
                (&mut self.from_queue, &self.from_server)
            };
            let is_late = others.contains(event_id) || (!from_server && is_deletion(event));
            if these.insert(event_id.to_owned()) && is_late {
                self.late.push(event_id.to_owned());
            }
        }
    }

    /// Of what came to the end, the queue's copies are looked at later, where those of the server have not been seen: they may
    /// be in the store alone.
    fn doubt<'a>(&mut self, events: impl IntoIterator<Item = &'a TimelineEvent>) {
        let ids = events.into_iter().filter_map(TimelineEvent::event_id);
        let doubtful = ids.filter(|id| self.from_queue.contains(*id));
        self.unsettled.extend(doubtful.map(ToOwned::to_owned));
    }

    fn is_settled(&self) -> bool {
        self.late.is_empty() && self.unsettled.is_empty()
    }
}

/// To the device that sent an event, the server gives the transaction identifier in `unsigned`. The SDK's own
/// copies have none.
fn is_from_server(event: &TimelineEvent) -> bool {
    matches!(event.raw().get_field::<IgnoredAny>("unsigned"), Ok(Some(_)))
}

/// Whether an event has a place of its own in the conversation: not answers in threads, edits, reactions, votes.
fn has_place(event: &TimelineEvent) -> bool {
    extract_relation(event.raw()).is_none()
}

fn is_deletion(event: &TimelineEvent) -> bool {
    event.kind.event_type().as_deref() == Some("m.room.redaction")
}

fn place_of(events: &[TimelineEvent], event_id: &EventId) -> Option<usize> {
    events.iter().rposition(|event| event.event_id() == Some(event_id))
}

fn is_at_end(diff: &VectorDiff<TimelineEvent>) -> bool {
    matches!(diff, VectorDiff::PushBack { .. } | VectorDiff::Append { .. })
}

/// Events that are loaded.
async fn count(cache: &RoomEventCache) -> Result<usize> {
    let mut count = 0;
    let found = cache.rfind_map_event_in_memory_by(|_| -> Option<()> {
        count += 1;
        None
    });
    found.await.map_err(storage)?;
    Ok(count)
}

/// Where the queue's copy of an event is the one that stayed. `false` where it cannot be told from what is loaded.
async fn mend(room: &Room, cache: &RoomEventCache, event_id: &EventId) -> Result<bool> {
    // Every message comes here that is sent, so the events are looked at where they are.
    let copy = |event: &TimelineEvent| {
        let found = event.event_id() == Some(event_id);
        found.then(|| (is_from_server(event), is_deletion(event)))
    };
    match cache.rfind_map_event_in_memory_by(copy).await.map_err(storage)? {
        Some((false, true)) => replace(room, event_id).await.map(|()| true),
        Some((false, false)) => put_back(room, cache, event_id).await,
        Some((true, _)) => Ok(true),
        None => Ok(false),
    }
}

/// Asks the server for what the copy should have been. Events that are all one's own are never passed over.
async fn replace(room: &Room, deletion: &EventId) -> Result<()> {
    let event = room.event(deletion, None).await.map_err(|error| Error::classify(&error))?;
    push(room, vec![event]).await
}

/// Lets everything that follows a message on the server follow it here again. Usually it does. `false` where what follows is
/// not loaded.
async fn put_back(room: &Room, cache: &RoomEventCache, message: &EventId) -> Result<bool> {
    let context = room.event_with_context(message, true, uint!(20), None).await;
    let context = context.map_err(|error| Error::classify(&error))?;

    let events = cache.events().await.map_err(storage)?;
    let mut known = ids(&events);
    let following = context.events_after.iter().filter_map(|event| event.event_id());
    let next = following.filter_map(|event_id| place_of(&events, event_id)).min();
    let (Some(place), Some(next)) = (place_of(&events, message), next) else {
        return Ok(context.events_after.is_empty());
    };
    if place < next {
        return Ok(true);
    }
    let mut behind: Vec<TimelineEvent> =
        events[next..].iter().filter(|event| event.event_id() != Some(message)).cloned().collect();
    // The SDK counts the answers of a thread anew from those it has in its store, when its first message is moved.
    for root in behind.iter().filter(|event| event.thread_summary.summary().is_some()) {
        let Some(root_id) = root.event_id() else { continue };
        match complete(room, root_id, &[RelationType::Thread]).await {
            // So many answers that the server's number cannot be kept.
            Err(error) if error.kind == ErrorKind::Unsupported => {}
            answers => drop(answers?),
        }
    }
    for _ in 0..ATTEMPTS {
        if behind.len() > MOST_MOVED {
            tracing::info!("too much follows an own message to put it back");
            return Ok(true);
        }
        let marker = marker(room.own_user_id())?;
        known.extend(ids([&marker]));
        let moved = behind.len();
        tracing::info!(place, next, moved, "an own message goes back to its place");
        let order = [marker, events[place].clone()].into_iter().chain(behind).collect();
        push(room, order).await?;

        // What came in since the events were read stands before all that was moved.
        let now = cache.events().await.map_err(storage)?;
        let Some(place) = place_of(&now, message) else { return Ok(true) };
        let newer = came_in(&now[..place], &known).to_vec();
        if newer.is_empty() {
            return Ok(true);
        }
        known.extend(ids(&now));
        behind = now[place + 1..].iter().cloned().chain(newer).collect();
    }
    Ok(true)
}

/// What a sync has brought: it follows all that was known. An older page, which may come at the same time, stands before
/// that, and has its place.
fn came_in<'a>(before: &'a [TimelineEvent], known: &HashSet<OwnedEventId>) -> &'a [TimelineEvent] {
    let is_known = |event: &TimelineEvent| event.event_id().is_some_and(|id| known.contains(id));
    let last = before.iter().rposition(is_known);
    last.map_or(&[], |last| &before[last + 1..])
}

fn ids<'a>(events: impl IntoIterator<Item = &'a TimelineEvent>) -> HashSet<OwnedEventId> {
    events.into_iter().filter_map(|event| event.event_id().map(ToOwned::to_owned)).collect()
}

/// Gives events to the cache as a sync would: what it knows of them goes to the end. It deletes before it writes, so
/// this goes on to its end where nobody waits for it any more.
async fn push(room: &Room, events: Vec<TimelineEvent>) -> Result<()> {
    let timeline = Timeline { events, ..Timeline::default() };
    let update = JoinedRoomUpdate { timeline, ..JoinedRoomUpdate::default() };
    let joined = [(room.room_id().to_owned(), update)].into();
    let updates = RoomUpdates { joined, ..RoomUpdates::default() };
    let client = room.client();
    let pushing =
        tokio::spawn(async move { client.event_cache().handle_room_updates(updates).await });
    pushing.await.map_err(storage)?.map_err(storage)
}

fn marker(own: &UserId) -> Result<TimelineEvent> {
    let event = json!({
        "event_id": format!("{MARKER_ID}{}", TransactionId::new()),
        "type": MARKER,
        "sender": own,
        "origin_server_ts": MilliSecondsSinceUnixEpoch::now(),
        "content": {},
    });
    let event = Raw::new(&event).map_err(storage)?;
    Ok(TimelineEvent::from_plaintext(event.cast_unchecked()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(event_id: &str) -> TimelineEvent {
        let event = json!({
            "event_id": event_id, "type": "m.room.message", "sender": "@anna:herold.test",
            "origin_server_ts": 1, "content": { "msgtype": "m.text", "body": "x" },
        });
        TimelineEvent::from_plaintext(Raw::new(&event).unwrap().cast_unchecked())
    }

    #[test]
    fn a_page_that_is_loaded_meanwhile_stays_where_it_is() {
        let known = ids(&[event("$known1"), event("$known2")]);
        let came_in = |before: &[&str]| -> Vec<String> {
            let before: Vec<_> = before.iter().map(|event_id| event(event_id)).collect();
            let came_in = super::came_in(&before, &known).iter();
            came_in.filter_map(|event| Some(event.event_id()?.to_string())).collect()
        };
        assert_eq!(came_in(&["$older", "$known1", "$known2", "$newer"]), ["$newer"]);
        assert!(came_in(&["$older", "$known1", "$known2"]).is_empty());
        assert!(came_in(&["$older"]).is_empty());
    }
}
