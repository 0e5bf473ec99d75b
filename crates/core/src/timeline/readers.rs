//! Who has read a message.

use std::collections::{BTreeMap, BTreeSet};

use herold_protocol::Reader;
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedUserId,
        events::receipt::{ReceiptThread, ReceiptType},
    },
};

use super::actions::MOST_PEOPLE;
use crate::{moment::moment_ms, session::Session};

/// Those of whom this device knows.
pub(super) struct Readers {
    pub(super) people: Vec<Reader>,
    /// Nobody else has read it.
    pub(super) complete: bool,
}

impl Session {
    /// A receipt lies on the message up to which somebody has read: everyone from here on has read this one, at the
    /// latest when they read that. The SDK keeps receipts by message, so those on messages that are not loaded are
    /// not known; around a message that was jumped to, nobody knows what came later.
    pub(super) async fn readers(&self, room: &Room, event_id: &EventId) -> Readers {
        let mut times: BTreeMap<OwnedUserId, Option<u64>> = BTreeMap::new();
        for timeline in self.timelines.of_room(room.room_id()) {
            let items = timeline.items().await;
            let events = items.iter().filter_map(|item| item.as_event());
            for event in events.skip_while(|event| event.event_id() != Some(event_id)) {
                for (user, receipt) in event.read_receipts() {
                    times.insert(user.clone(), receipt.ts.map(moment_ms));
                }
            }
        }
        let mut here = BTreeSet::new();
        let held = self.timelines.holding(room.room_id(), event_id).await;
        let complete = held.as_ref().is_some_and(|held| !held.apart);
        let root = held.and_then(|held| held.item.content().thread_root());
        let threads = [ReceiptThread::Unthreaded, ReceiptThread::Main];
        for thread in threads.into_iter().chain(root.map(ReceiptThread::Thread)) {
            let receipts = room.load_event_receipts(ReceiptType::Read, &thread, event_id).await;
            for (user, receipt) in receipts.unwrap_or_default() {
                times.insert(user.clone(), receipt.ts.map(moment_ms));
                here.insert(user);
            }
        }
        times.remove(room.own_user_id());
        let mut times: Vec<_> = times.into_iter().take(MOST_PEOPLE).collect();
        times.sort_by_key(|(_, time)| std::cmp::Reverse(*time));
        let people = self.people(room, times.iter().map(|(user, _)| user.clone()).collect()).await;
        let reader = |(person, (user, timestamp_ms))| Reader {
            person,
            timestamp_ms,
            at_latest: !here.contains(&user),
        };
        Readers { people: people.into_iter().zip(times).map(reader).collect(), complete }
    }
}
