//! A timeline that stays right when a sync leaves a gap.
//!
//! After a gap the event cache of the SDK starts again with what came last, and so does every timeline. One
//! that holds messages on their way (0.19.1) then forgets its rows, but not the events that have none:
//! reactions, votes, edits. From there on it takes changes for those of other rows, shows own messages
//! twice and loses those of others. Therefore a new timeline takes its place.

use std::sync::Arc;

use eyeball_im::VectorDiff;
use futures_util::{
    StreamExt,
    stream::{BoxStream, pending, unfold},
};
use herold_protocol::TimelineFocus;
use imbl::Vector;
use matrix_sdk::{
    Room,
    event_cache::{RoomEventCacheUpdate, Subscriber, ThreadEventCacheUpdate, TimelineVectorDiffs},
};
use matrix_sdk_ui::timeline::{Timeline, TimelineItem};
use tokio::sync::{
    broadcast::error::RecvError,
    watch::{self, Receiver, Sender},
};

use super::focus::{build, event};
use crate::{Result, tasks::Tasks};

type Changes = BoxStream<'static, Vec<VectorDiff<Arc<TimelineItem>>>>;

pub(super) struct LastingTimeline {
    current: Receiver<Arc<Timeline>>,
    _renewal: Tasks,
}

impl LastingTimeline {
    pub(super) async fn open(room: &Room, focus: &TimelineFocus) -> Result<Self> {
        let gaps = gaps(room, focus).await?;
        let timeline = Arc::new(build(room, focus, 0).await?);
        let (renewed, current) = watch::channel(timeline);
        let renewal = Tasks::default();
        renewal.spawn(renew(room.clone(), focus.clone(), gaps, renewed));
        Ok(Self { current, _renewal: renewal })
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
    mut gaps: BoxStream<'static, ()>,
    current: Sender<Arc<Timeline>>,
) {
    let mut generation = 0;
    while gaps.next().await.is_some() {
        generation += 1;
        match build(&room, &focus, generation).await {
            Ok(timeline) => {
                current.send_replace(Arc::new(timeline));
            }
            Err(error) => tracing::warn!(%error, "cannot renew a timeline after a gap"),
        }
    }
}

/// Tells each time that what a timeline was built from starts anew. Only rooms and threads hold messages
/// on their way.
async fn gaps(room: &Room, focus: &TimelineFocus) -> Result<BoxStream<'static, ()>> {
    let client = room.client();
    let cache = client.event_cache();
    Ok(match focus {
        TimelineFocus::Live | TimelineFocus::Files { .. } | TimelineFocus::Polls => {
            let (cache, alive) = cache.room(room.room_id()).await?;
            let (_, updates) = cache.subscribe().await?;
            starts(updates, alive, |update| match update {
                RoomEventCacheUpdate::UpdateTimelineEvents(diffs) => Some(diffs),
                _ => None,
            })
        }
        TimelineFocus::Thread { root_id } => {
            let (cache, alive) = cache.thread(room.room_id(), &event(root_id)?).await?;
            let (_, updates) = cache.subscribe().await?;
            starts(updates, alive, |update| match update {
                ThreadEventCacheUpdate::UpdateTimelineEvents(diffs) => Some(diffs),
                _ => None,
            })
        }
        TimelineFocus::Event { .. } | TimelineFocus::Pinned => pending().boxed(),
    })
}

/// The updates after which everything begins anew; those that were missed may have been such.
fn starts<U, A>(
    updates: Subscriber<U>,
    alive: A,
    diffs: fn(&U) -> Option<&TimelineVectorDiffs>,
) -> BoxStream<'static, ()>
where
    U: Clone + Send + 'static,
    A: Send + 'static,
{
    unfold((updates, alive), move |(mut updates, alive)| async move {
        loop {
            match updates.recv().await {
                Ok(update) if diffs(&update).is_some_and(begin_anew) => break,
                Err(RecvError::Lagged(_)) => break,
                Err(RecvError::Closed) => return None,
                Ok(_) => {}
            }
        }
        Some(((), (updates, alive)))
    })
    .boxed()
}

fn begin_anew(diffs: &TimelineVectorDiffs) -> bool {
    diffs.diffs.iter().any(|diff| matches!(diff, VectorDiff::Clear))
}
