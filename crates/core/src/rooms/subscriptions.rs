//! Rooms on screen are synchronised first, with more history and with their pins.
//!
//! Every change of the set interrupts the request that is under way, so scrolling is waited out, and
//! rooms that left the screen stay in the set for a while.

use std::{sync::Arc, time::Duration};

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use matrix_sdk_ui::sync_service::SyncService;
use tokio::{sync::watch, time::sleep};

const SETTLE: Duration = Duration::from_millis(300);
/// Rooms kept in the set.
const MOST: usize = 60;

/// Conversations that stay in the set, whatever the list of rooms shows.
const MOST_OPENED: usize = 8;

#[derive(Clone, Default)]
pub(crate) struct VisibleRooms {
    wanted: watch::Sender<Wanted>,
}

#[derive(Clone, Default)]
struct Wanted {
    listed: Vec<OwnedRoomId>,
    /// Newest first.
    opened: Vec<OwnedRoomId>,
}

impl Wanted {
    fn all(&self) -> Vec<OwnedRoomId> {
        let listed = self.listed.iter().filter(|room| !self.opened.contains(room));
        self.opened.iter().chain(listed).cloned().collect()
    }
}

impl VisibleRooms {
    pub(crate) fn set(&self, rooms: Vec<OwnedRoomId>) {
        self.wanted.send_modify(|wanted| wanted.listed = rooms);
    }

    /// A conversation was opened.
    pub(crate) fn open(&self, room: &RoomId) {
        self.wanted.send_if_modified(|wanted| {
            if wanted.opened.first().is_some_and(|first| first == room) {
                return false;
            }
            wanted.opened.retain(|opened| opened != room);
            wanted.opened.insert(0, room.to_owned());
            wanted.opened.truncate(MOST_OPENED);
            true
        });
    }

    /// Runs for as long as the session. The set is applied again after every reconnection, because an
    /// expired sync session silently empties it.
    pub(crate) async fn apply(self, service: Arc<SyncService>) {
        let list = service.room_list_service();
        let mut wanted = self.wanted.subscribe();
        let mut states = list.state();
        let mut kept: Vec<OwnedRoomId> = Vec::new();
        loop {
            tokio::select! {
                changed = wanted.changed() => {
                    if changed.is_err() { return }
                    sleep(SETTLE).await;
                    let now = wanted.borrow_and_update().all();
                    let next = merge(&kept, now);
                    if next == kept { continue }
                    kept = next;
                }
                state = states.next() => match state {
                    Some(matrix_sdk_ui::room_list_service::State::Recovering) => {}
                    Some(_) => continue,
                    None => return,
                }
            }
            let ids: Vec<&RoomId> = kept.iter().map(|room| &**room).collect();
            list.set_room_subscriptions(&ids).await;
        }
    }
}

/// The rooms on screen and, up to the limit, those that were there most recently. Keeps the order of
/// what was there, so that an unchanged set compares equal.
fn merge(kept: &[OwnedRoomId], now: Vec<OwnedRoomId>) -> Vec<OwnedRoomId> {
    if now.iter().all(|room| kept.contains(room)) {
        return kept.to_vec();
    }
    let mut next = now;
    for room in kept {
        if next.len() >= MOST {
            break;
        }
        if !next.contains(room) {
            next.push(room.clone());
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;
    use matrix_sdk::ruma::owned_room_id;

    #[test]
    fn scrolling_back_changes_nothing() {
        let a = owned_room_id!("!a:x");
        let b = owned_room_id!("!b:x");
        let kept = merge(&[], vec![a.clone()]);
        let kept = merge(&kept, vec![b.clone()]);
        assert_eq!(kept, vec![b, a.clone()]);
        assert_eq!(merge(&kept, vec![a]), kept);
    }
}
