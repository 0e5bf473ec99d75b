//! A timeline that stays right.
//!
//! After a gap in the sync, the event cache of the SDK starts again with what came last, and so does every
//! timeline. One that holds messages on their way (0.19.1) then forgets its rows, but not the events that have
//! none: reactions, votes, edits. From there on it takes changes for those of other rows, shows own messages
//! twice and loses those of others. Older pages can make it show earlier edits, too (see `edits`). Therefore a
//! new timeline takes its place, whose rows keep their names.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use eyeball_im::VectorDiff;
use futures_util::{
    StreamExt,
    stream::{BoxStream, pending, unfold},
};
use herold_protocol::TimelineFocus;
use imbl::Vector;
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    event_cache::{
        EventsOrigin, RoomEventCacheUpdate, Subscriber, ThreadEventCacheUpdate, TimelineVectorDiffs,
    },
    ruma::{OwnedEventId, OwnedTransactionId},
};
use matrix_sdk_ui::timeline::{EventTimelineItem, Timeline, TimelineItem};
use tokio::sync::{
    broadcast::error::RecvError,
    watch::{self, Receiver, Sender},
};

use super::{
    edits::{Edits, brought},
    focus::{build, event},
};
use crate::{Result, tasks::Tasks};

type Changes = BoxStream<'static, Vec<VectorDiff<Arc<TimelineItem>>>>;

pub(super) struct LastingTimeline {
    current: Receiver<Arc<Timeline>>,
    names: Arc<RowNames>,
    _renewal: Tasks,
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
    pub(super) async fn open(room: &Room, focus: &TimelineFocus) -> Result<Self> {
        let faults = faults(room, focus).await?;
        let timeline = Arc::new(build(room, focus, 0).await?);
        let (renewed, current) = watch::channel(timeline);
        let names = Arc::new(RowNames::default());
        let renewal = Tasks::default();
        renewal.spawn(renew(room.clone(), focus.clone(), faults, renewed, names.clone()));
        Ok(Self { current, names, _renewal: renewal })
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
        let changes = unfold((changes.boxed(), current), |(mut changes, mut current)| async move {
            tokio::select! {
                biased;
                Ok(()) = current.changed() => {
                    let timeline = current.borrow_and_update().clone();
                    let (values, changes) = timeline.subscribe().await;
                    let diffs = vec![VectorDiff::Clear, VectorDiff::Append { values }];
                    Some((diffs, (changes.boxed(), current)))
                }
                diffs = changes.next() => Some((diffs?, (changes, current))),
            }
        });
        (items, changes.boxed())
    }
}

async fn renew(
    room: Room,
    focus: TimelineFocus,
    mut faults: BoxStream<'static, ()>,
    current: Sender<Arc<Timeline>>,
    names: Arc<RowNames>,
) {
    let mut generation = 0;
    while faults.next().await.is_some() {
        generation += 1;
        match build(&room, &focus, generation).await {
            Ok(timeline) => {
                let former = current.borrow().clone();
                names.keep(&former.items().await);
                current.send_replace(Arc::new(timeline));
            }
            Err(error) => tracing::warn!(%error, "cannot build a timeline anew"),
        }
    }
}

/// Tells each time that a timeline of this room goes wrong from here on. Only rooms and threads hold
/// messages on their way, and pages that were loaded out of order.
async fn faults(room: &Room, focus: &TimelineFocus) -> Result<BoxStream<'static, ()>> {
    let client = room.client();
    let cache = client.event_cache();
    Ok(match focus {
        TimelineFocus::Live | TimelineFocus::Files { .. } | TimelineFocus::Polls => {
            let (cache, alive) = cache.room(room.room_id()).await?;
            let (events, updates) = cache.subscribe().await?;
            watch_for_faults(&events, updates, alive, |update| match update {
                RoomEventCacheUpdate::UpdateTimelineEvents(diffs) => Some(diffs),
                _ => None,
            })
        }
        TimelineFocus::Thread { root_id } => {
            let (cache, alive) = cache.thread(room.room_id(), &event(root_id)?).await?;
            let (events, updates) = cache.subscribe().await?;
            watch_for_faults(&events, updates, alive, |update| match update {
                ThreadEventCacheUpdate::UpdateTimelineEvents(diffs) => Some(diffs),
                _ => None,
            })
        }
        TimelineFocus::Event { .. } | TimelineFocus::Pinned => pending().boxed(),
    })
}

/// `alive` keeps the cache at work. Updates that were missed may have held a fault.
fn watch_for_faults<U, A>(
    events: &[TimelineEvent],
    updates: Subscriber<U>,
    alive: A,
    diffs: fn(&U) -> Option<&TimelineVectorDiffs>,
) -> BoxStream<'static, ()>
where
    U: Clone + Send + 'static,
    A: Send + 'static,
{
    let mut edits = Edits::default();
    edits.mislead(events);
    unfold((updates, alive, edits), move |(mut updates, alive, mut edits)| async move {
        loop {
            match updates.recv().await {
                Ok(update) if diffs(&update).is_some_and(|diffs| is_fault(diffs, &mut edits)) => {
                    break;
                }
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return None,
                Ok(_) => {}
            }
        }
        Some(((), (updates, alive, edits)))
    })
    .boxed()
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
