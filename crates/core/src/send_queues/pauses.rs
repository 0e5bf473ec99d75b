//! How long the queue of each room rests after a failure that passes.
//!
//! Every room has a count and an end of its own: one that a server keeps waiting holds up no other. What was sent,
//! and a connection that came back, take the count back and leave the end, so that no room is forgotten.

use std::{collections::HashMap, time::Duration};

use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use tokio::time::Instant;

use crate::sync::pause;

/// Above it, pauses grow no longer: 16 seconds, or what the server asks for.
const MOST_FAILURES: u32 = 5;

#[derive(Default)]
pub(super) struct Pauses(HashMap<OwnedRoomId, Pause>);

#[derive(Default)]
struct Pause {
    /// Since something was sent.
    failures: u32,
    /// `None` once the queue was woken.
    end: Option<Instant>,
}

impl Pauses {
    /// Notes a failure. What is returned has passed at the end of the pause.
    pub(super) fn begin(
        &mut self,
        room_id: OwnedRoomId,
        asked: Option<Duration>,
        now: Instant,
    ) -> Duration {
        let room = self.0.entry(room_id).or_default();
        room.failures = (room.failures + 1).min(MOST_FAILURES);
        let pause = pause(room.failures, asked);
        room.end = Some(now + pause);
        pause
    }

    /// Something was sent, or the server answered in another way.
    pub(super) fn reset(&mut self, room_id: &RoomId) {
        if let Some(room) = self.0.get_mut(room_id) {
            room.failures = 0;
        }
    }

    /// The connection came back.
    pub(super) fn reset_all(&mut self) {
        for room in self.0.values_mut() {
            room.failures = 0;
        }
    }

    /// When the next pause ends.
    pub(super) fn next_end(&self) -> Option<Instant> {
        self.0.values().filter_map(|room| room.end).min()
    }

    /// The rooms whose pause has ended by now, each once.
    pub(super) fn take_ended(&mut self, now: Instant) -> Vec<OwnedRoomId> {
        let ended = self.0.iter_mut().filter_map(|(room_id, room)| {
            room.end.take_if(|end| *end <= now).map(|_| room_id.clone())
        });
        let ended = ended.collect();
        self.0.retain(|_, room| room.failures > 0 || room.end.is_some());
        ended
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::owned_room_id;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    #[test]
    fn a_room_that_keeps_failing_lengthens_the_pause_of_no_other() {
        let (slow, other) = (owned_room_id!("!slow:x"), owned_room_id!("!other:x"));
        let (mut pauses, now) = (Pauses::default(), Instant::now());
        let grown: Vec<_> = (0..7).map(|_| pauses.begin(slow.clone(), None, now)).collect();
        assert_eq!(grown, [1, 2, 4, 8, 16, 16, 16].map(Duration::from_secs));
        assert_eq!(pauses.begin(other.clone(), None, now), SECOND);
        assert_eq!(pauses.next_end(), Some(now + SECOND));
        assert_eq!(pauses.take_ended(now + SECOND), [other]);
        assert_eq!(pauses.next_end(), Some(now + 16 * SECOND));
        assert_eq!(pauses.take_ended(now + 16 * SECOND), [slow]);
        assert_eq!(pauses.next_end(), None);
    }

    #[test]
    fn what_was_sent_shortens_the_next_pause_and_ends_none() {
        let (one, two) = (owned_room_id!("!one:x"), owned_room_id!("!two:x"));
        let (mut pauses, now) = (Pauses::default(), Instant::now());
        for _ in 0..4 {
            pauses.begin(one.clone(), None, now);
            pauses.begin(two.clone(), None, now);
        }
        pauses.reset(&one);
        assert_eq!(pauses.next_end(), Some(now + 8 * SECOND), "the room is still woken");
        assert_eq!(pauses.begin(one.clone(), None, now), SECOND);
        assert_eq!(pauses.begin(two.clone(), None, now), 16 * SECOND);
        pauses.reset_all();
        assert_eq!(pauses.begin(two, None, now), SECOND);
    }

    #[test]
    fn a_server_gets_the_pause_that_it_asks_for() {
        let room = owned_room_id!("!room:x");
        let (mut pauses, now) = (Pauses::default(), Instant::now());
        assert_eq!(pauses.begin(room.clone(), Some(90 * SECOND), now), 90 * SECOND);
        assert!(pauses.take_ended(now + 89 * SECOND).is_empty());
        assert_eq!(pauses.take_ended(now + 90 * SECOND), [room]);
    }
}
