//! Pinned messages: written beside those of others, and listed in full.

use std::{collections::HashSet, time::Duration};

use matrix_sdk::{
    Room,
    ruma::{OwnedEventId, events::room::pinned_events::RoomPinnedEventsEventContent},
};
use matrix_sdk_base::RoomInfoNotableUpdateReasons;
use matrix_sdk_ui::timeline::Timeline;
use tokio::time::sleep;

use super::focus::event;
use crate::{Result, rooms::last_pinned, session::Session};

/// Seconds that a list may lack a message before it is loaded again, each time.
const PAUSES: [u64; 6] = [1, 2, 4, 8, 16, 32];

impl Session {
    /// Pins a message or takes it down.
    pub async fn set_pinned(&self, room_id: &str, event_id: &str, pinned: bool) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let event_id = event(event_id)?;
        // The list in this device's store may be old; writing it back would lose pins of others.
        let mut list = room.load_pinned_events().await?.unwrap_or_default();
        if list.contains(&event_id) == pinned {
            return Ok(());
        }
        if pinned {
            list.push(event_id);
        } else {
            list.retain(|other| *other != event_id);
        }
        room.send_state_event(RoomPinnedEventsEventContent::new(list)).await?;
        Ok(())
    }
}

/// The SDK's list of pinned messages (0.19.1, `pinned_event_listener_task`) misses what is pinned while it loads
/// for the first time, and never asks again for what could not be loaded. It compares whenever something about
/// the room changes; so it is told that something did while the list lacks a message. Ends with the room.
pub(super) async fn complete(room: &Room, timeline: &Timeline) {
    let mut changes = room.subscribe_info();
    loop {
        let mut pinned = Vec::new();
        for pause in PAUSES {
            sleep(Duration::from_secs(pause)).await;
            pinned = last_pinned(room);
            if lists(timeline, &pinned).await {
                break;
            }
            room.update_room_info(|info| (info, RoomInfoNotableUpdateReasons::empty())).await;
        }
        while last_pinned(room) == pinned {
            if changes.next().await.is_none() {
                return;
            }
        }
    }
}

async fn lists(timeline: &Timeline, pinned: &[OwnedEventId]) -> bool {
    let items = timeline.items().await;
    let listed: HashSet<_> = items
        .iter()
        .filter_map(|item| item.as_event().and_then(|event| event.event_id()))
        .collect();
    pinned.iter().all(|event_id| listed.contains(&**event_id))
}
