//! What relates to an event: votes, edits, reactions, answers. Read from this device, and completed from the server.
//! Also the event itself, as this device has it.

use std::collections::HashSet;

use herold_protocol::ErrorKind;
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    room::{IncludeRelations, RelationsOptions},
    ruma::{EventId, OwnedEventId, events::relation::RelationType},
    serde_helpers::extract_relation,
};
use matrix_sdk_base::event_cache::store::EventCacheStoreLockGuard;

use crate::{Error, Result, error::storage};

/// Events asked for at once.
const PAGE: u32 = 256;
/// With more than 10,000 nothing is counted, instead of something wrong.
const MOST_PAGES: usize = 40;

/// An event that is on this device, with its deletion where it has one. The server is not asked.
pub(super) async fn stored_event(room: &Room, event_id: &EventId) -> Option<TimelineEvent> {
    let (cache, _drop) = room.event_cache().await.ok()?;
    cache.find_event(event_id).await.ok()?
}

/// What is on this device.
pub(super) async fn stored(
    room: &Room,
    event_id: &EventId,
    kinds: &[RelationType],
) -> Result<Vec<TimelineEvent>> {
    let store = store(room).await?;
    let related = store.find_event_relations(room.room_id(), event_id, Some(kinds)).await;
    Ok(related.map_err(storage)?.into_iter().map(|(event, _)| event).collect())
}

/// The same without what was taken back, as [`complete`] says.
pub(super) async fn lasting(
    room: &Room,
    event_id: &EventId,
    kinds: &[RelationType],
    taken_back: &HashSet<OwnedEventId>,
) -> Result<Vec<TimelineEvent>> {
    let mut events = stored(room, event_id, kinds).await?;
    events.retain(|event| event.event_id().is_some_and(|id| !taken_back.contains(id)));
    Ok(events)
}

/// Asks the server for all of it and stores what this device lacks, beside the SDK's pages. Returns what is on this
/// device and no longer on the server: it was taken back in a part of the history that was not loaded.
///
/// # Errors
/// `Unsupported` where there is more than can be counted.
pub(crate) async fn complete(
    room: &Room,
    event_id: &EventId,
    kinds: &[RelationType],
) -> Result<HashSet<OwnedEventId>> {
    let before = stored(room, event_id, kinds).await?;
    let mut left: HashSet<OwnedEventId> = before.iter().filter_map(identifier).collect();
    let include_relations = match kinds {
        [kind] => IncludeRelations::RelationsOfType(kind.clone()),
        _ => IncludeRelations::AllRelations,
    };
    let mut options =
        RelationsOptions { limit: Some(PAGE.into()), include_relations, ..Default::default() };
    let mut lacking = Vec::new();
    for _ in 0..MOST_PAGES {
        let page = room.relations(event_id.to_owned(), options.clone()).await?;
        for event in page.chunk {
            let wanted =
                extract_relation(event.raw()).is_some_and(|(kind, _)| kinds.contains(&kind));
            if wanted && identifier(&event).is_some_and(|id| !left.remove(&id)) {
                lacking.push(event);
            }
        }
        options.from = page.next_batch_token;
        if options.from.is_none() {
            store_all(room, lacking).await?;
            return Ok(left);
        }
    }
    Err(Error::new(ErrorKind::Unsupported))
}

fn identifier(event: &TimelineEvent) -> Option<OwnedEventId> {
    event.event_id().map(ToOwned::to_owned)
}

async fn store_all(room: &Room, events: Vec<TimelineEvent>) -> Result<()> {
    let store = store(room).await?;
    for event in events {
        store.save_event(room.room_id(), event).await.map_err(storage)?;
    }
    Ok(())
}

async fn store(room: &Room) -> Result<EventCacheStoreLockGuard> {
    let state = room.client().event_cache_store().lock().await.map_err(storage)?;
    // No other process has this store (`client`).
    state.as_clean().cloned().ok_or_else(|| Error::new(ErrorKind::Storage))
}
