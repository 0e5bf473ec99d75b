//! Unread messages in threads, as part of what is unread in their room.
//!
//! With threads switched on, the SDK counts a room without its threads, and each thread for itself; it
//! does not say which threads there are. Therefore a thread is watched from the first message that
//! arrives in it, and those that hold something unread are remembered over a restart.
//!
//! The root of a thread is a message of the room and counts there. Where the server sends it once more, as it does
//! when its room is opened, the SDK (0.19.1, `aggregate_timeline_and_read_receipts_for_threads`) puts it among the
//! messages of the thread, too, and would count it as one of them; see [`leave_out_root`].

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{
    StreamExt,
    stream::{LocalBoxStream, SelectAll, once},
};
use herold_protocol::Unread;
use matrix_sdk::{
    Client, Room,
    ruma::{
        EventId, OwnedEventId, OwnedRoomId, RoomId,
        events::{
            AnySyncTimelineEvent,
            receipt::{Receipt, ReceiptEventContent, ReceiptThread, ReceiptType},
        },
        serde::Raw,
    },
};
use matrix_sdk_base::{StateChanges, read_receipts::ReadReceipts};
use serde::Deserialize;
use tokio::sync::{broadcast, mpsc};

use super::row::count;

/// Threads watched at once. Beyond that, older ones are no longer counted.
const MOST_WATCHED: usize = 1000;
const STORE_KEY: &[u8] = b"herold.unread_threads";
/// Rooms that changed before a slow reader looked; it then looks at all.
const MOST_CHANGES: usize = 64;

type Thread = (OwnedRoomId, OwnedEventId);

pub(crate) struct UnreadThreads {
    counts: Mutex<HashMap<OwnedRoomId, HashMap<OwnedEventId, Unread>>>,
    changed: broadcast::Sender<OwnedRoomId>,
}

impl Default for UnreadThreads {
    fn default() -> Self {
        Self { counts: Mutex::default(), changed: broadcast::Sender::new(MOST_CHANGES) }
    }
}

impl UnreadThreads {
    /// What is unread in all threads of a room together.
    pub(crate) fn of(&self, room: &RoomId) -> Unread {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let threads = counts.get(room).into_iter().flat_map(HashMap::values);
        threads.fold(Unread::default(), |sum, thread| together(&sum, thread))
    }

    /// Threads of a room that hold something unread.
    pub(crate) fn roots(&self, room: &RoomId) -> Vec<OwnedEventId> {
        let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        counts.get(room).into_iter().flat_map(HashMap::keys).cloned().collect()
    }

    /// Rooms whose sum changed.
    pub(crate) fn changes(&self) -> broadcast::Receiver<OwnedRoomId> {
        self.changed.subscribe()
    }

    /// Watches threads for as long as the session lives.
    pub(crate) async fn keep(self: Arc<Self>, client: Client) {
        let (arrived, mut arrivals) = mpsc::unbounded_channel();
        let arriving = arrived.clone();
        let handle =
            client.add_event_handler(move |event: Raw<AnySyncTimelineEvent>, room: Room| {
                let arriving = arriving.clone();
                async move {
                    if let Some(root) = thread_root(&event) {
                        // The sync waits for it, and so for what could bring the root once more.
                        leave_out_root(&room, &root).await;
                        let _ = arriving.send((room.room_id().to_owned(), root));
                    }
                }
            });
        let _handler = client.event_handler_drop_guard(handle);
        for (room_id, root) in load(&client).await {
            if let Some(room) = client.get_room(&room_id) {
                leave_out_root(&room, &root).await;
            }
            let _ = arrived.send((room_id, root));
        }

        let mut watched = HashSet::new();
        let mut counts: SelectAll<LocalBoxStream<'static, (Thread, Unread)>> = SelectAll::new();
        loop {
            tokio::select! {
                thread = arrivals.recv() => match thread {
                    Some(thread) if watched.len() >= MOST_WATCHED || watched.contains(&thread) => {}
                    Some(thread) => if let Some(stream) = watch(&client, thread.clone()).await {
                        watched.insert(thread);
                        counts.push(stream);
                    },
                    None => return,
                },
                Some((thread, unread)) = counts.next() => if self.set(thread, unread) {
                    self.store(&client).await;
                },
            }
        }
    }

    /// Returns whether the set of threads with something unread is another one now.
    fn set(&self, (room, root): Thread, unread: Unread) -> bool {
        let before = {
            let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let threads = counts.entry(room.clone()).or_default();
            if unread == Unread::default() {
                threads.remove(&root).unwrap_or_default()
            } else {
                threads.insert(root, unread).unwrap_or_default()
            }
        };
        if before == unread {
            return false;
        }
        let _ = self.changed.send(room);
        (before == Unread::default()) != (unread == Unread::default())
    }

    async fn store(&self, client: &Client) {
        let threads: BTreeMap<OwnedRoomId, Vec<OwnedEventId>> = {
            let counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
            let unread = counts.iter().filter(|(_, threads)| !threads.is_empty());
            unread
                .map(|(room, threads)| (room.clone(), threads.keys().cloned().collect()))
                .collect()
        };
        let Ok(value) = serde_json::to_vec(&threads) else { return };
        if let Err(error) = client.state_store().set_custom_value_no_read(STORE_KEY, value).await {
            tracing::warn!(%error, "cannot remember which threads are unread");
        }
    }
}

/// Notes on this device that the root was read in its thread, unless a message of the thread was: from there on,
/// the SDK counts what comes after it. Nobody else hears of it.
pub(crate) async fn leave_out_root(room: &Room, root: &EventId) {
    let own = room.own_user_id();
    let thread = ReceiptThread::Thread(root.to_owned());
    for kind in [ReceiptType::Read, ReceiptType::ReadPrivate] {
        let Ok(None) = room.load_user_receipt(kind, &thread, own).await else { return };
    }
    let mut receipt = Receipt::default();
    receipt.thread = thread;
    let people = BTreeMap::from([(own.to_owned(), receipt)]);
    let receipts = BTreeMap::from([(ReceiptType::Read, people)]);
    let mut changes = StateChanges::default();
    let content = ReceiptEventContent(BTreeMap::from([(root.to_owned(), receipts)]));
    changes.add_receipts(room.room_id(), content);
    if let Err(error) = room.client().state_store().save_changes(&changes).await {
        tracing::warn!(%error, "the root of a thread may count as unread in it");
    }
}

/// The sum of both; marked where one of them is.
pub(super) fn together(one: &Unread, other: &Unread) -> Unread {
    Unread {
        messages: one.messages.saturating_add(other.messages),
        notifications: one.notifications.saturating_add(other.notifications),
        mentions: one.mentions.saturating_add(other.mentions),
        marked: one.marked || other.marked,
    }
}

/// What the SDK counts in a thread.
pub(crate) fn counted(receipts: &ReadReceipts) -> Unread {
    Unread {
        messages: count(receipts.num_unread),
        notifications: count(receipts.num_notifications),
        mentions: count(receipts.num_mentions),
        marked: false,
    }
}

async fn load(client: &Client) -> Vec<Thread> {
    let stored = client.state_store().get_custom_value(STORE_KEY).await.ok().flatten();
    let threads: BTreeMap<OwnedRoomId, Vec<OwnedEventId>> =
        stored.and_then(|value| serde_json::from_slice(&value).ok()).unwrap_or_default();
    threads
        .into_iter()
        .flat_map(|(room, roots)| roots.into_iter().map(move |root| (room.clone(), root)))
        .collect()
}

async fn watch(
    client: &Client,
    thread: Thread,
) -> Option<LocalBoxStream<'static, (Thread, Unread)>> {
    let (cache, keep_alive) = client.event_cache().thread(&thread.0, &thread.1).await.ok()?;
    let changes = cache.subscribe_to_thread_info().await.ok()?;
    let now = changes.get().await;
    Some(
        once(std::future::ready(now))
            .chain(changes)
            .map(move |info| {
                let _ = &keep_alive;
                (thread.clone(), counted(&info.read_receipts))
            })
            .boxed_local(),
    )
}

/// The thread an event belongs to. The relation of an encrypted event is readable, too.
pub(super) fn thread_root(event: &Raw<AnySyncTimelineEvent>) -> Option<OwnedEventId> {
    #[derive(Deserialize)]
    struct Content {
        #[serde(rename = "m.relates_to")]
        relation: Option<Relation>,
    }
    #[derive(Deserialize)]
    struct Relation {
        rel_type: Option<String>,
        event_id: Option<OwnedEventId>,
    }
    let relation = event.get_field::<Content>("content").ok()??.relation?;
    relation.event_id.filter(|_| relation.rel_type.as_deref() == Some("m.thread"))
}
