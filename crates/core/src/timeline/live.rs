//! Open timelines and their subscriptions.
//!
//! A timeline is a room seen through a focus: its latest messages, one thread, the surroundings of one
//! event, its pins, its files, its polls. The SDK keeps each current; the most recently used stay open, so
//! that going back to one costs nothing.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use herold_protocol::{
    ConversationId, Direction, MoreOutcome, SubscriptionId, TimelineFocus, TimelineRow,
};
use matrix_sdk::{
    Room,
    ruma::{EventId, OwnedRoomId, RoomId},
    send_queue::{RoomSendQueueUpdate, SendQueueUpdate},
};
use matrix_sdk_ui::timeline::{EventTimelineItem, Timeline};
use tokio::sync::broadcast;

use super::{
    apart::{Apart, is, is_apart},
    lasting::LastingTimeline,
    mentions::mentions_somebody,
    quotations::Quotations,
    row::{TimelineRows, begins_thread},
};
use crate::{
    Error, Result,
    list::{ListSource, Pump, Sink, with_repeats},
    session::Session,
    tasks::Tasks,
};

/// Timelines kept after their screen was left.
const KEPT: usize = 12;
/// Events asked for at once.
const PAGE: u16 = 30;
/// Pages looked through for one that holds something of what a selection is about.
const MOST_PAGES: usize = 10;

type Key = (OwnedRoomId, TimelineFocus);

/// The most recently opened timelines, newest last.
#[derive(Default)]
pub(crate) struct Timelines {
    recent: Mutex<VecDeque<(Key, Arc<LastingTimeline>)>>,
    /// The surroundings of every event that was jumped to. The SDK (0.19.1) keeps their events for the session as
    /// they were at the first jump; only the timeline built at once learns what is done to them since.
    surroundings: Mutex<Vec<(Key, Arc<LastingTimeline>)>>,
    /// Building the same timeline twice at once would waste work and double its subscriptions.
    building: tokio::sync::Mutex<()>,
    tasks: Tasks,
}

impl Timelines {
    pub(crate) fn get(&self, room_id: &RoomId, focus: &TimelineFocus) -> Option<Arc<Timeline>> {
        self.lasting(room_id, focus).map(|timeline| timeline.current())
    }

    fn lasting(&self, room_id: &RoomId, focus: &TimelineFocus) -> Option<Arc<LastingTimeline>> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let index = recent.iter().position(|((id, of), _)| id == room_id && of == focus)?;
        let entry = recent.remove(index)?;
        let timeline = entry.1.clone();
        recent.push_back(entry);
        Some(timeline)
    }

    pub(crate) async fn open(&self, room: &Room, focus: &TimelineFocus) -> Result<Arc<Timeline>> {
        Ok(self.open_lasting(room, focus).await?.current())
    }

    pub(super) async fn open_lasting(
        &self,
        room: &Room,
        focus: &TimelineFocus,
    ) -> Result<Arc<LastingTimeline>> {
        if matches!(focus, TimelineFocus::Event { .. }) {
            return self.open_surroundings(room, focus).await;
        }
        if let Some(timeline) = self.lasting(room.room_id(), focus) {
            return Ok(timeline);
        }
        let _guard = self.building.lock().await;
        if let Some(timeline) = self.lasting(room.room_id(), focus) {
            return Ok(timeline);
        }
        let timeline = Arc::new(LastingTimeline::open(room, focus, &self.tasks).await?);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.push_back(((room.room_id().to_owned(), focus.clone()), timeline.clone()));
        if recent.len() > KEPT {
            recent.pop_front();
        }
        Ok(timeline)
    }

    /// They are asked of the server: nobody has to wait for them, and they push out nothing that is used.
    async fn open_surroundings(
        &self,
        room: &Room,
        focus: &TimelineFocus,
    ) -> Result<Arc<LastingTimeline>> {
        let kept = |open: &[(Key, Arc<LastingTimeline>)]| {
            let found = open.iter().find(|((id, of), _)| id == room.room_id() && of == focus);
            found.map(|(_, timeline)| timeline.clone())
        };
        let known = kept(&self.surroundings.lock().unwrap_or_else(PoisonError::into_inner));
        if let Some(timeline) = known {
            return Ok(timeline);
        }
        let timeline = Arc::new(LastingTimeline::open(room, focus, &self.tasks).await?);
        let mut open = self.surroundings.lock().unwrap_or_else(PoisonError::into_inner);
        // Another window may have jumped there meanwhile.
        if let Some(timeline) = kept(&open) {
            return Ok(timeline);
        }
        open.push(((room.room_id().to_owned(), focus.clone()), timeline.clone()));
        Ok(timeline)
    }

    /// A message that is on screen somewhere.
    pub(crate) async fn item(
        &self,
        room_id: &RoomId,
        event_id: &EventId,
    ) -> Option<EventTimelineItem> {
        Some(self.holding(room_id, event_id).await?.item)
    }

    /// The same, with the timeline it stands in: one that has what was done to it since, where there is one.
    pub(super) async fn holding(&self, room_id: &RoomId, event_id: &EventId) -> Option<Held> {
        let (apart, whole): (Vec<_>, Vec<_>) =
            self.open_in(room_id).into_iter().partition(|(focus, _)| is_apart(focus));
        for (focus, timeline) in whole.into_iter().chain(apart) {
            if let Some(item) = timeline.item_by_event_id(event_id).await {
                return Some(Held { apart: is_apart(&focus), timeline, item });
            }
        }
        None
    }

    /// All that are open, the latest first. Those of a room and of a thread know other receipts.
    pub(super) fn of_room(&self, room_id: &RoomId) -> Vec<Arc<Timeline>> {
        self.open_in(room_id).into_iter().map(|(_, timeline)| timeline).collect()
    }

    fn open_in(&self, room_id: &RoomId) -> Vec<(TimelineFocus, Arc<Timeline>)> {
        let recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let surroundings = self.surroundings.lock().unwrap_or_else(PoisonError::into_inner);
        let of_room =
            recent.iter().rev().chain(surroundings.iter()).filter(|((id, _), _)| id == room_id);
        of_room.map(|((_, focus), timeline)| (focus.clone(), timeline.current())).collect()
    }

    pub(crate) fn clear(&self) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).clear();
        self.surroundings.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A message in a timeline.
pub(super) struct Held {
    pub(super) timeline: Arc<Timeline>,
    pub(super) item: EventTimelineItem,
    /// Without what was done to it since.
    pub(super) apart: bool,
}

/// Where the messages of a conversation are.
pub(crate) fn focus_of(conversation: &ConversationId) -> TimelineFocus {
    match &conversation.thread {
        None => TimelineFocus::Live,
        Some(root_id) => TimelineFocus::Thread { root_id: root_id.clone() },
    }
}

struct History {
    timeline: Arc<LastingTimeline>,
    focus: TimelineFocus,
    loaded: broadcast::Sender<Loaded>,
}

/// What came that the SDK's timeline does not tell of.
#[derive(Clone, Copy)]
enum Loaded {
    /// May hold answers, which the SDK counts no more.
    Page,
    /// Whose names mentions carry.
    Members,
}

impl History {
    /// A selection may have nothing on the next page and more on the one after it.
    async fn older(&self) -> Result<MoreOutcome> {
        let timeline = self.timeline.current();
        let before = messages(&timeline).await;
        for _ in 0..MOST_PAGES {
            let at_start = timeline.paginate_backwards(PAGE).await.map_err(Error::from)?;
            let _ = self.loaded.send(Loaded::Page);
            if at_start {
                return Ok(MoreOutcome::End);
            }
            let selects = matches!(self.focus, TimelineFocus::Files { .. } | TimelineFocus::Polls);
            if !selects || messages(&timeline).await > before {
                break;
            }
        }
        Ok(MoreOutcome::More)
    }
}

async fn messages(timeline: &Timeline) -> usize {
    timeline.items().await.iter().filter(|item| item.as_event().is_some()).count()
}

#[async_trait(?Send)]
impl ListSource for History {
    async fn load_more(&self, direction: Direction) -> Result<MoreOutcome> {
        match (direction, &self.focus) {
            (_, TimelineFocus::Pinned) => Ok(MoreOutcome::End),
            (Direction::Older, _) => self.older().await,
            (Direction::Newer, TimelineFocus::Event { .. }) => {
                let timeline = self.timeline.current();
                let at_end = timeline.paginate_forwards(PAGE).await.map_err(Error::from)?;
                Ok(if at_end { MoreOutcome::End } else { MoreOutcome::More })
            }
            (Direction::Newer, _) => Ok(MoreOutcome::End),
        }
    }
}

/// Whether something came into the queue of a room, or left it.
fn moves(update: &RoomSendQueueUpdate) -> bool {
    use RoomSendQueueUpdate::{CancelledLocalEvent, NewLocalEvent, SentEvent};
    matches!(update, NewLocalEvent(_) | CancelledLocalEvent { .. } | SentEvent { .. })
}

impl Session {
    /// Watches messages of a room. What is on disk comes at once.
    ///
    /// # Errors
    /// `NotFound` for a room or an event that does not exist, `Offline` where the surroundings of an event
    /// are not on this device.
    pub async fn subscribe_timeline(
        self: &Arc<Self>,
        window: &str,
        room_id: &str,
        focus: TimelineFocus,
        sink: Sink<TimelineRow>,
    ) -> Result<SubscriptionId> {
        let room = self.room(room_id)?;
        self.visible.open(room.room_id());
        let timeline = self.timelines.open_lasting(&room, &focus).await?;
        let (apart, questions) = Apart::new(&focus);
        let answers = apart.answered();
        let of_rows = is_apart(&focus).then(|| apart.clone());
        let (quotations, wanted) = Quotations::new();
        let unquoted = quotations.given_up();
        let rows = TimelineRows::new(self, &room, timeline.names(), of_rows, quotations.clone());
        let recounted = rows.recounted();
        let updates = self.client.event_cache().subscribe_to_room_generic_updates();
        let sent = self.client.send_queue().subscribe();
        let pages = !matches!(focus, TimelineFocus::Pinned | TimelineFocus::Event { .. });
        let (loaded, all_loaded) = broadcast::channel(1);
        let source = Arc::new(History { timeline: timeline.clone(), focus, loaded });
        let history = source.clone();
        Ok(self.subscriptions.open(window, source, move |id, commands| async move {
            let (initial, changes) = timeline.subscribe().await;
            let mut current = timeline.watch();
            let fill = async {
                loop {
                    let timeline = current.borrow_and_update().clone();
                    // A short conversation must not wait for somebody to scroll.
                    if pages
                        && timeline.items().await.len() < usize::from(PAGE)
                        && let Err(error) = history.older().await
                    {
                        tracing::debug!(%error, "cannot load older messages yet");
                    }
                    // Senders without a name get one as soon as the members are known.
                    timeline.fetch_members().await;
                    let _ = history.loaded.send(Loaded::Members);
                    if current.changed().await.is_err() {
                        std::future::pending::<()>().await;
                    }
                }
            };
            let changes =
                with_repeats(changes, initial.clone(), all_loaded, |item, loaded| match loaded {
                    Some(Loaded::Page) => begins_thread(item),
                    Some(Loaded::Members) => mentions_somebody(item),
                    None => begins_thread(item) || mentions_somebody(item),
                });
            let changes = Box::pin(changes);
            let changes = with_repeats(changes, initial.clone(), updates, |item, update| {
                update.is_none_or(|update| update.room_id == room.room_id()) && recounted.has(item)
            });
            let changes = Box::pin(changes);
            let changes = with_repeats(changes, initial.clone(), sent, |item, update| {
                let here = |update: &SendQueueUpdate| update.room_id == room.room_id();
                update.is_none_or(|update| here(update) && moves(&update.update))
                    && recounted.has(item)
            });
            let changes = Box::pin(changes);
            let changes = with_repeats(changes, initial.clone(), answers, is);
            let changes = Box::pin(changes);
            let changes = with_repeats(changes, initial.clone(), unquoted, is);
            let originals = timeline.watch();
            let pump = Pump::new(id, initial, rows, sink).run(Box::pin(changes), commands, |_| {});
            tokio::select! {
                () = pump => {}
                () = fill => {}
                () = apart.ask(&room, questions) => {}
                () = quotations.load(originals, wanted) => {}
            }
        }))
    }
}
