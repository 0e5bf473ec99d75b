//! A timeline that stays right.
//!
//! After a gap in the sync, the event cache of the SDK starts again with what came last, and so does every
//! timeline. One that holds messages on their way (0.19.1) then forgets its rows, but not the events that have
//! none: reactions, votes, edits. From there on it takes changes for those of other rows, shows own messages
//! twice and loses those of others. Older pages can make it show earlier edits, too (see `edits`), an edit
//! that the server refused it shows for ever, and a vote that left late it counts as if it had not. Therefore
//! a new timeline takes its place, whose rows keep their names.
//!
//! The event cache (0.19.1) also changes what it holds first and says so a moment later, without holding it meanwhile.
//! Who begins to listen in between hears of the change twice, and of two changes at once everybody hears in any
//! order; rows then are doubled or out of order, and where one is doubled another is lost. Nobody is told, so a
//! timeline is compared with the cache once it has come to rest.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use eyeball_im::VectorDiff;
use futures_util::{
    StreamExt,
    future::{AbortHandle, pending},
    stream::{LocalBoxStream, unfold},
};
use herold_protocol::TimelineFocus;
use imbl::Vector;
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    event_cache::{
        EventCacheDropHandles, EventCacheError, EventsOrigin, RoomEventCache, RoomEventCacheUpdate,
        Subscriber, ThreadEventCache, ThreadEventCacheUpdate, TimelineVectorDiffs,
    },
    ruma::{OwnedEventId, OwnedTransactionId},
};
use matrix_sdk_ui::timeline::{EventTimelineItem, Timeline, TimelineItem};
use tokio::{
    sync::{
        broadcast::error::RecvError,
        watch::{self, Receiver, Sender},
    },
    time::{Instant, sleep_until},
};

use super::{
    edits::{Edits, brought},
    focus::{build, event},
    pins,
};
use crate::{Error, Result, send_queues::LastingChanges, tasks::Tasks};

type Changes = LocalBoxStream<'static, Vec<VectorDiff<Arc<TimelineItem>>>>;

pub(super) struct LastingTimeline {
    current: Receiver<Arc<Timeline>>,
    names: Arc<RowNames>,
    renewal: AbortHandle,
}

/// The names of rows that were there before the timeline was built anew. With its name, a row keeps its
/// place on screen.
#[derive(Default)]
pub(super) struct RowNames {
    of_events: Mutex<HashMap<OwnedEventId, String>>,
    /// Of messages on their way.
    of_sends: Mutex<HashMap<OwnedTransactionId, String>>,
}

impl RowNames {
    pub(super) fn of(&self, item: &TimelineItem) -> String {
        let kept = item.as_event().and_then(|event| self.kept(event));
        kept.unwrap_or_else(|| item.unique_id().0.clone())
    }

    fn kept(&self, event: &EventTimelineItem) -> Option<String> {
        let of_events = self.of_events.lock().unwrap_or_else(PoisonError::into_inner);
        let of_sends = self.of_sends.lock().unwrap_or_else(PoisonError::into_inner);
        let of_event = event.event_id().and_then(|event_id| of_events.get(event_id));
        of_event.or_else(|| of_sends.get(event.transaction_id()?)).cloned()
    }

    fn keep(&self, items: &Vector<Arc<TimelineItem>>) {
        for item in items {
            let Some(event) = item.as_event() else { continue };
            let name = self.of(item);
            let mut of_events = self.of_events.lock().unwrap_or_else(PoisonError::into_inner);
            let mut of_sends = self.of_sends.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(event_id) = event.event_id() {
                of_events.entry(event_id.to_owned()).or_insert_with(|| name.clone());
            }
            if let Some(transaction) = event.transaction_id() {
                of_sends.entry(transaction.to_owned()).or_insert(name);
            }
        }
    }
}

impl LastingTimeline {
    pub(super) async fn open(room: &Room, focus: &TimelineFocus, tasks: &Tasks) -> Result<Self> {
        let faults = Faults::watch(room, focus, tasks).await?;
        let timeline = Arc::new(build(room, focus).await?);
        let (renewed, current) = watch::channel(timeline);
        let names = Arc::new(RowNames::default());
        let (room, focus, kept) = (room.clone(), focus.clone(), names.clone());
        let renewal = tasks.spawn(move || renew(room, focus, faults, renewed, kept));
        Ok(Self { current, names, renewal })
    }

    pub(super) fn names(&self) -> Arc<RowNames> {
        self.names.clone()
    }

    pub(super) fn current(&self) -> Arc<Timeline> {
        self.current.borrow().clone()
    }

    /// The timeline in force and each that takes its place.
    pub(super) fn watch(&self) -> Receiver<Arc<Timeline>> {
        self.current.clone()
    }

    /// The items, and what changes about them for as long as somebody looks.
    pub(super) async fn subscribe(&self) -> (Vector<Arc<TimelineItem>>, Changes) {
        let mut current = self.watch();
        let timeline = current.borrow_and_update().clone();
        let (items, changes) = timeline.subscribe().await;
        let changes =
            unfold((changes.boxed_local(), current), |(mut changes, mut current)| async move {
                tokio::select! {
                    biased;
                    Ok(()) = current.changed() => {
                        let timeline = current.borrow_and_update().clone();
                        let (values, changes) = timeline.subscribe().await;
                        let diffs = vec![VectorDiff::Clear, VectorDiff::Append { values }];
                        Some((diffs, (changes.boxed_local(), current)))
                    }
                    diffs = changes.next() => Some((diffs?, (changes, current))),
                }
            });
        (items, changes.boxed_local())
    }
}

impl Drop for LastingTimeline {
    fn drop(&mut self) {
        self.renewal.abort();
    }
}

async fn renew(
    room: Room,
    focus: TimelineFocus,
    mut faults: Faults,
    current: Sender<Arc<Timeline>>,
    names: Arc<RowNames>,
) {
    if focus == TimelineFocus::Pinned {
        let timeline = current.borrow().clone();
        return pins::complete(&room, &timeline).await;
    }
    while let Some(fault) = faults.next().await {
        let former = current.borrow().clone();
        if matches!(fault, Fault::Possible) && faults.is_in_order(&former).await {
            continue;
        }
        tracing::info!(?fault, "a timeline is built anew");
        match build(&room, &focus).await {
            Ok(timeline) => {
                names.keep(&former.items().await);
                show_as_much(&timeline, shown(&former).await).await;
                current.send_replace(Arc::new(timeline));
            }
            Err(error) => tracing::warn!(%error, "cannot build a timeline anew"),
        }
    }
}

async fn shown(timeline: &Timeline) -> usize {
    timeline.subscribe().await.0.len()
}

/// A new timeline holds its older items back until somebody asks for more.
async fn show_as_much(timeline: &Timeline, wanted: usize) {
    let now = shown(timeline).await;
    let held_back = timeline.items().await.len().saturating_sub(now);
    let more = u16::try_from(wanted.saturating_sub(now).min(held_back)).unwrap_or(u16::MAX);
    if more > 0
        && let Err(error) = timeline.paginate_backwards(more).await
    {
        tracing::warn!(error = %Error::from(error), "cannot show as much as before");
    }
}

/// What makes a timeline of a room go wrong from there on. Only rooms and threads hold messages on their way,
/// and pages that were loaded out of order.
struct Faults {
    cache: Cache,
    edits: Edits,
    /// Only where what is on its way is shown.
    queue: Option<LastingChanges>,
    /// When the timeline is compared with the cache, after something changed: once it rests, or at the latest.
    comparison: Option<(Instant, Instant)>,
    /// Keeps the cache at work.
    _alive: Option<Arc<EventCacheDropHandles>>,
}

#[derive(Debug)]
enum Fault {
    Certain,
    /// Something changed a while ago.
    Possible,
}

/// How long nothing may change before a timeline is compared with the cache.
const REST: Duration = Duration::from_secs(2);
/// Where something changes all the time.
const LATEST: Duration = Duration::from_secs(15);

enum Cache {
    Room(RoomEventCache, Subscriber<RoomEventCacheUpdate>),
    Thread(ThreadEventCache, Subscriber<ThreadEventCacheUpdate>),
    None,
}

impl Cache {
    /// The next changes of its events, `None` for another change.
    async fn changes(&mut self) -> Result<Option<TimelineVectorDiffs>, RecvError> {
        Ok(match self {
            Self::Room(_, updates) => match updates.recv().await? {
                RoomEventCacheUpdate::UpdateTimelineEvents(changes) => Some(changes),
                _ => None,
            },
            Self::Thread(_, updates) => match updates.recv().await? {
                ThreadEventCacheUpdate::UpdateTimelineEvents(changes) => Some(changes),
                _ => None,
            },
            Self::None => pending().await,
        })
    }

    /// The events by their place.
    async fn places(&self) -> Result<HashMap<OwnedEventId, usize>, EventCacheError> {
        let mut events = Vec::new();
        match self {
            Self::Room(cache, _) => {
                let note = |event: &TimelineEvent| {
                    events.extend(event.event_id().map(ToOwned::to_owned));
                    None::<()>
                };
                cache.rfind_map_event_in_memory_by(note).await?;
                events.reverse();
            }
            Self::Thread(cache, _) => {
                let (all, _) = cache.subscribe().await?;
                events
                    .extend(all.iter().filter_map(|event| event.event_id().map(ToOwned::to_owned)));
            }
            Self::None => {}
        }
        Ok(events.into_iter().enumerate().map(|(place, event_id)| (event_id, place)).collect())
    }
}

impl Faults {
    async fn watch(room: &Room, focus: &TimelineFocus, tasks: &Tasks) -> Result<Self> {
        let client = room.client();
        let cache = client.event_cache();
        let (events, cache, alive) = match focus {
            TimelineFocus::Live | TimelineFocus::Files { .. } | TimelineFocus::Polls => {
                let (cache, alive) = cache.room(room.room_id()).await?;
                let (events, updates) = cache.subscribe().await?;
                (events, Cache::Room(cache, updates), Some(alive))
            }
            TimelineFocus::Thread { root_id } => {
                let (cache, alive) = cache.thread(room.room_id(), &event(root_id)?).await?;
                let (events, updates) = cache.subscribe().await?;
                if events.is_empty() {
                    let (_, updates) = cache.subscribe().await?;
                    let alive = alive.clone();
                    tasks.spawn(move || stay_until_filled(updates, alive));
                }
                (events, Cache::Thread(cache, updates), Some(alive))
            }
            TimelineFocus::Event { .. } | TimelineFocus::Pinned => (Vec::new(), Cache::None, None),
        };
        let mut edits = Edits::default();
        edits.mislead(&events);
        let queue = match focus {
            TimelineFocus::Live | TimelineFocus::Thread { .. } | TimelineFocus::Polls => {
                Some(LastingChanges::of(room).await?)
            }
            _ => None,
        };
        Ok(Self { cache, edits, queue, comparison: None, _alive: alive })
    }

    /// Waits for the next one; `None` when there can be no more. Updates that were missed may have held one.
    async fn next(&mut self) -> Option<Fault> {
        loop {
            let Self { cache, edits, queue, comparison, .. } = self;
            let mistaken = async {
                match queue {
                    Some(changes) => changes.mistaken().await,
                    None => pending().await,
                }
            };
            let rest = async {
                match comparison {
                    Some((rest, latest)) => sleep_until((*rest).min(*latest)).await,
                    None => pending().await,
                }
            };
            let changes = tokio::select! {
                changes = cache.changes() => changes,
                mistaken = mistaken => return mistaken.map(|()| Fault::Certain),
                () = rest => {
                    *comparison = None;
                    return Some(Fault::Possible);
                }
            };
            match changes {
                Ok(Some(changes)) if is_fault(&changes, edits) => return Some(Fault::Certain),
                Ok(Some(_)) => {
                    let now = Instant::now();
                    let latest = self.comparison.map_or(now + LATEST, |(_, latest)| latest);
                    self.comparison = Some((now + REST, latest));
                }
                Ok(None) => {}
                Err(RecvError::Lagged(_)) => return Some(Fault::Certain),
                Err(RecvError::Closed) => return None,
            }
        }
    }

    /// Whether the messages of a timeline follow each other as they do in the cache, and each is there once.
    async fn is_in_order(&self, timeline: &Timeline) -> bool {
        let places = match self.cache.places().await {
            Ok(places) => places,
            Err(error) => {
                tracing::warn!(error = %Error::from(error), "cannot compare a timeline with the cache");
                return true;
            }
        };
        let items = timeline.items().await;
        let arrived =
            items.iter().filter_map(|item| item.as_event()).filter(|event| event.is_remote_event());
        let shown = arrived.filter_map(|event| places.get(event.event_id()?));
        shown.is_sorted_by(|a, b| a < b)
    }
}

/// When its last reader goes, the SDK (0.19.1, `shrink_to_last_reloaded_chunk`) reads a thread again from the store.
/// Of one that is still empty it then forgets that the beginning was never stored, and nothing can be loaded
/// into it any more. Therefore somebody stays until something is in it.
async fn stay_until_filled(
    mut updates: Subscriber<ThreadEventCacheUpdate>,
    _alive: Arc<EventCacheDropHandles>,
) {
    loop {
        match updates.recv().await {
            Ok(ThreadEventCacheUpdate::UpdateTimelineEvents(changes))
                if changes.diffs.iter().flat_map(brought).next().is_some() =>
            {
                return;
            }
            Ok(_) => {}
            Err(RecvError::Lagged(_) | RecvError::Closed) => return,
        }
    }
}

fn is_fault(changes: &TimelineVectorDiffs, edits: &mut Edits) -> bool {
    let begins_anew = changes.diffs.iter().any(|diff| matches!(diff, VectorDiff::Clear));
    if begins_anew {
        edits.forget();
    }
    let misled = edits.mislead(changes.diffs.iter().flat_map(brought));
    // What a sync brings comes in order.
    begins_anew || (misled && !matches!(changes.origin, EventsOrigin::Sync))
}
