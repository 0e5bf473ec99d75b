//! Own messages stay where the server has them, also where its answer comes late.
//!
//! When the server has taken a message, the SDK (0.19.1, `insert_sent_event_from_send_queue`) puts a copy of its own
//! at the end of the event cache, because a sync usually brings the message later and to its right place. Where the
//! answer was late or lost, the sync was first: the copy then takes the message out of its place and to the
//! end, in the store too. Here it is put back.

use std::{collections::HashSet, time::Duration};

use eyeball_im::VectorDiff;
use futures_util::{StreamExt, stream::FuturesUnordered};
use imbl::Vector;
use matrix_sdk::{
    Client, Room,
    deserialized_responses::TimelineEvent,
    event_cache::{RoomEventCache, RoomEventCacheUpdate},
    ruma::{EventId, MilliSecondsSinceUnixEpoch, OwnedRoomId, TransactionId, UserId, serde::Raw},
    send_queue::{RoomSendQueueUpdate, SendQueueUpdate},
    sync::{JoinedRoomUpdate, RoomUpdates, Timeline},
};
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::{sync::broadcast::error::RecvError, time::interval};

use crate::{Result, error::storage, timeline::brought};

/// The type of an event that stands in the store of this device alone and is never shown: the SDK takes no notice of
/// events that it knows all of, so each time that a message is put back one is made that is new.
pub(crate) const MARKER: &str = "herold.put_back";
/// How long a room is watched after its last message has left, at least.
const QUIET: Duration = Duration::from_secs(30);

/// Watches the rooms in which something waits to be sent, for as long as the session lives.
pub(crate) async fn keep_places(client: Client) {
    let mut queue = client.send_queue().subscribe();
    let waiting = client.send_queue().local_echoes().await.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read what waits to be sent");
        Default::default()
    });
    let mut rooms: HashSet<OwnedRoomId> = HashSet::new();
    let mut watches = FuturesUnordered::new();
    let mut new: Vec<OwnedRoomId> = waiting.into_keys().collect();
    loop {
        for room in new.drain(..).filter_map(|room_id| client.get_room(&room_id)) {
            if rooms.insert(room.room_id().to_owned()) {
                watches.push(watch(room));
            }
        }
        tokio::select! {
            Some(room_id) = watches.next() => {
                rooms.remove(&room_id);
            }
            update = queue.recv() => match update {
                Ok(SendQueueUpdate { room_id, update: RoomSendQueueUpdate::NewLocalEvent(_) }) => {
                    new.push(room_id);
                }
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return,
            }
        }
    }
}

/// Ends some time after everything has left the room.
async fn watch(room: Room) -> OwnedRoomId {
    if let Err(error) = put_back_until_quiet(&room).await {
        tracing::warn!(kind = ?error.kind, "cannot watch the places of own messages");
    }
    room.room_id().to_owned()
}

async fn put_back_until_quiet(room: &Room) -> Result<()> {
    let own = room.own_user_id().to_owned();
    let (cache, _alive) = room.event_cache().await.map_err(storage)?;
    let (events, mut updates) = cache.subscribe().await.map_err(storage)?;
    let mut events = Vector::from(events);
    let (mut ticks, mut was_quiet) = (interval(QUIET), false);
    loop {
        let update = tokio::select! {
            update = updates.recv() => update,
            _ = ticks.tick() => {
                let is_quiet = is_empty(room).await;
                if is_quiet && was_quiet {
                    return Ok(());
                }
                was_quiet = is_quiet;
                continue;
            }
        };
        match update {
            Ok(RoomEventCacheUpdate::UpdateTimelineEvents(changes)) => {
                let before = events.clone();
                let late = changes.diffs.iter().find_map(|diff| late(&before, diff, &own));
                if !changes.diffs.into_iter().all(|diff| apply(diff, &mut events)) {
                    events = Vector::from(cache.events().await.map_err(storage)?);
                }
                if let Some(place) = late {
                    put_back(room, &cache, &before, place).await?;
                }
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_)) => {
                events = Vector::from(cache.events().await.map_err(storage)?)
            }
            Err(RecvError::Closed) => return Ok(()),
        }
    }
}

/// Whether the change fits. Changes that were made at once may come in another order (see `timeline/lasting.rs`).
fn apply(change: VectorDiff<TimelineEvent>, events: &mut Vector<TimelineEvent>) -> bool {
    let length = events.len();
    let fits = match &change {
        VectorDiff::Insert { index, .. } => *index <= length,
        VectorDiff::Set { index, .. } | VectorDiff::Remove { index } => *index < length,
        _ => true,
    };
    if fits {
        change.apply(events);
    }
    fits
}

async fn is_empty(room: &Room) -> bool {
    room.send_queue().subscribe().await.is_ok_and(|(waiting, _)| waiting.is_empty())
}

/// The place of a message among the events before a change, where the change takes it from there to the end.
fn late(
    before: &Vector<TimelineEvent>,
    change: &VectorDiff<TimelineEvent>,
    own: &UserId,
) -> Option<usize> {
    brought(change).into_iter().find_map(|event| {
        if event.sender().as_deref() != Some(own) || is_from_server(event) {
            return None;
        }
        let place = place_of(before, event.event_id()?)?;
        (place + 1 < before.len() && is_from_server(&before[place])).then_some(place)
    })
}

/// To the device that sent an event, the server gives the transaction identifier in `unsigned`. The SDK's own
/// copies have none.
fn is_from_server(event: &TimelineEvent) -> bool {
    matches!(event.raw().get_field::<IgnoredAny>("unsigned"), Ok(Some(_)))
}

fn place_of<'a>(
    events: impl IntoIterator<
        Item = &'a TimelineEvent,
        IntoIter: DoubleEndedIterator + ExactSizeIterator,
    >,
    event_id: &EventId,
) -> Option<usize> {
    events.into_iter().rposition(|event| event.event_id().is_some_and(|id| id == event_id))
}

/// Lets everything that follows a message follow it again.
async fn put_back(
    room: &Room,
    cache: &RoomEventCache,
    before: &Vector<TimelineEvent>,
    place: usize,
) -> Result<()> {
    let (message, next) = (&before[place], &before[place + 1]);
    let (Some(message_id), Some(next_id)) = (message.event_id(), next.event_id()) else {
        return Ok(());
    };
    let now = cache.events().await.map_err(storage)?;
    let Some(begin) = place_of(&now, next_id) else { return Ok(()) };
    if !now[begin..].iter().any(|event| event.event_id().is_some_and(|id| id == message_id)) {
        return Ok(());
    }
    let following =
        now[begin..].iter().filter(|event| event.event_id().is_none_or(|id| id != message_id));
    let events = [message.clone(), marker(room.own_user_id())?];
    let events = events.into_iter().chain(following.cloned()).collect();
    let timeline = Timeline { events, ..Timeline::default() };
    let update = JoinedRoomUpdate { timeline, ..JoinedRoomUpdate::default() };
    let joined = [(room.room_id().to_owned(), update)].into();
    tracing::info!("an own message goes back to its place");
    let updates = RoomUpdates { joined, ..RoomUpdates::default() };
    room.client().event_cache().handle_room_updates(updates).await.map_err(storage)
}

fn marker(own: &UserId) -> Result<TimelineEvent> {
    let event = json!({
        "event_id": format!("$herold-{}", TransactionId::new()),
        "type": MARKER,
        "sender": own,
        "origin_server_ts": MilliSecondsSinceUnixEpoch::now(),
        "content": {},
    });
    let event = Raw::new(&event).map_err(storage)?;
    Ok(TimelineEvent::from_plaintext(event.cast_unchecked()))
}
