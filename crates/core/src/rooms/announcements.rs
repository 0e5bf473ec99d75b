//! Rooms in which only some may write.
//!
//! The SDK (0.19.1) reads power levels from disk, room by room, while a filter has to answer at once. So they are read
//! when somebody first asks for these rooms, and then kept up to date by the sync.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::StreamExt;
use matrix_sdk::{
    Client, Room,
    event_handler::EventHandlerDropGuard,
    ruma::{
        OwnedRoomId, RoomId,
        events::{
            MessageLikeEventType,
            room::power_levels::{RoomPowerLevels, SyncRoomPowerLevelsEvent},
        },
    },
};
use matrix_sdk_base::RoomInfoNotableUpdateReasons;
use tokio::sync::OnceCell;

/// Rooms whose levels are read at once.
const AT_ONCE: usize = 32;

#[derive(Default)]
pub(crate) struct Announcements {
    rooms: Arc<Mutex<HashSet<OwnedRoomId>>>,
    known: OnceCell<EventHandlerDropGuard>,
}

impl Announcements {
    /// `false` also while they are not known.
    pub(super) fn contains(&self, room: &RoomId) -> bool {
        self.rooms.lock().unwrap_or_else(PoisonError::into_inner).contains(room)
    }

    /// Returns once all joined rooms are known; later calls return at once.
    pub(super) async fn know(&self, client: &Client) {
        self.known.get_or_init(|| self.read(client)).await;
    }

    async fn read(&self, client: &Client) -> EventHandlerDropGuard {
        let rooms = self.rooms.clone();
        let handle =
            client.add_event_handler(move |_event: SyncRoomPowerLevelsEvent, room: Room| {
                let rooms = rooms.clone();
                async move {
                    if note(&rooms, &room).await {
                        // The list has looked at the room already.
                        let again = |info| (info, RoomInfoNotableUpdateReasons::NONE);
                        room.update_room_info(again).await;
                    }
                }
            });
        let guard = client.event_handler_drop_guard(handle);
        let rooms = &self.rooms;
        futures_util::stream::iter(client.joined_rooms())
            .for_each_concurrent(AT_ONCE, |room| async move {
                note(rooms, &room).await;
            })
            .await;
        guard
    }
}

/// Whether that changed anything.
async fn note(rooms: &Mutex<HashSet<OwnedRoomId>>, room: &Room) -> bool {
    let is_one = room.power_levels().await.is_ok_and(|levels| only_some_write(&levels));
    let mut rooms = rooms.lock().unwrap_or_else(PoisonError::into_inner);
    if is_one { rooms.insert(room.room_id().to_owned()) } else { rooms.remove(room.room_id()) }
}

/// Who has no level of their own must not write. That says nothing in a chat of two.
pub(super) fn only_some_write(levels: &RoomPowerLevels) -> bool {
    levels.for_message(MessageLikeEventType::RoomMessage) > levels.users_default
}

#[cfg(test)]
mod tests {
    use super::*;
    use matrix_sdk::ruma::{
        events::room::power_levels::{RoomPowerLevelsEventContent, RoomPowerLevelsSource},
        room_version_rules::AuthorizationRules,
        user_id,
    };
    use serde_json::{Value, json};

    fn only_some_write_with(levels: Value) -> bool {
        let content: RoomPowerLevelsEventContent = serde_json::from_value(levels).unwrap();
        let source = RoomPowerLevelsSource::Original(content);
        let creator = user_id!("@anna:lindenau.example").to_owned();
        only_some_write(&RoomPowerLevels::new(source, &AuthorizationRules::V11, [creator]))
    }

    #[test]
    fn a_room_is_for_announcements_where_who_has_no_level_must_not_write() {
        for (levels, wanted) in [
            (json!({}), false),
            (json!({ "events_default": 50 }), true),
            (json!({ "events_default": 50, "users_default": 50 }), false),
            (json!({ "events": { "m.room.message": 50 } }), true),
            (json!({ "events_default": 50, "events": { "m.room.message": 0 } }), false),
            (json!({ "events": { "m.room.topic": 50 } }), false),
            (json!({ "users": { "@ben:lindenau.example": 50 }, "events_default": 50 }), true),
        ] {
            assert_eq!(only_some_write_with(levels.clone()), wanted, "{levels}");
        }
    }
}
