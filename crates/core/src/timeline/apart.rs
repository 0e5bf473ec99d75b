//! Messages that are shown without those after them: around one that was jumped to, and pinned ones.
//!
//! What was done to them later is on no page that was loaded, so the SDK (0.19.1) counts no votes and shows no reactions
//! from then. The server is asked, once per list and message. Votes and reactions are then read from this device.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{StreamExt, stream::poll_fn};
use herold_protocol::{ErrorKind, TimelineFocus};
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    ruma::{
        MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId,
        events::{
            AnySyncMessageLikeEvent, AnySyncTimelineEvent, SyncMessageLikeEvent,
            relation::RelationType,
        },
    },
};
use matrix_sdk_ui::timeline::{
    EventTimelineItem, ReactionInfo, ReactionsByKeyBySender, TimelineItem,
};
use tokio::{
    sync::{
        Semaphore, broadcast,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
    },
    time::{sleep, timeout},
};

use super::{live::Held, poll, relations};
use crate::{send_queues::LONGEST_QUESTION, sync::pause};

/// Messages that the server is asked about at the same time.
const AT_ONCE: usize = 4;

/// What a list shows of what was done to its messages.
#[derive(Clone, Copy, PartialEq)]
enum Shown {
    VotesAndReactions,
    /// Pins are lines, and there may be hundreds.
    Votes,
}

/// Whether a list lacks what came after its messages.
pub(super) fn is_apart(focus: &TimelineFocus) -> bool {
    matches!(focus, TimelineFocus::Event { .. } | TimelineFocus::Pinned)
}

/// What is known of what was done to a message since.
#[derive(Clone)]
pub(super) enum Since {
    Asking,
    /// Asked again where that may help.
    Failed,
    /// All of it is on this device, and some that was taken back.
    Known(Arc<HashSet<OwnedEventId>>),
}

/// What the server was asked about the messages of a list.
pub(super) struct Apart {
    shown: Shown,
    since: Mutex<HashMap<OwnedEventId, Since>>,
    wanted: UnboundedSender<Question>,
    answered: broadcast::Sender<OwnedEventId>,
}

struct Question {
    event_id: OwnedEventId,
    kinds: Vec<RelationType>,
}

/// What has not been asked yet.
pub(super) struct Questions(UnboundedReceiver<Question>);

impl Apart {
    pub(super) fn new(focus: &TimelineFocus) -> (Arc<Self>, Questions) {
        let (wanted, questions) = unbounded_channel();
        let (answered, _) = broadcast::channel(64);
        let shown = match focus {
            TimelineFocus::Pinned => Shown::Votes,
            _ => Shown::VotesAndReactions,
        };
        let apart = Self { shown, since: Mutex::default(), wanted, answered };
        (Arc::new(apart), Questions(questions))
    }

    /// What is known of a message, about which the server is asked at the first time.
    pub(super) fn since(&self, item: &EventTimelineItem) -> Option<Since> {
        let is_poll = poll::is_poll(item);
        if !is_poll && self.shown == Shown::Votes {
            return None;
        }
        let event_id = item.event_id()?.to_owned();
        let mut since = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = since.get(&event_id) {
            return Some(known.clone());
        }
        since.insert(event_id.clone(), Since::Asking);
        let kinds = if is_poll { poll::RELATIONS.to_vec() } else { vec![RelationType::Annotation] };
        let _ = self.wanted.send(Question { event_id, kinds });
        Some(Since::Asking)
    }

    /// Messages of which more is known now.
    pub(super) fn answered(&self) -> broadcast::Receiver<OwnedEventId> {
        self.answered.subscribe()
    }

    /// Asks the server for as long as the list is open.
    pub(super) async fn ask(&self, room: &Room, Questions(mut questions): Questions) {
        let turns = Semaphore::new(AT_ONCE);
        let ask = |question| self.ask_one(room, &turns, question);
        poll_fn(|context| questions.poll_recv(context)).for_each_concurrent(None, ask).await;
    }

    async fn ask_one(&self, room: &Room, turns: &Semaphore, question: Question) {
        let Question { event_id, kinds } = question;
        let mut failures = 0;
        loop {
            let Ok(turn) = turns.acquire().await else { return };
            let error = match relations::complete(room, &event_id, &kinds).await {
                Ok(taken_back) => return self.answer(event_id, Since::Known(Arc::new(taken_back))),
                Err(error) => error,
            };
            drop(turn);
            self.answer(event_id.clone(), Since::Failed);
            if !matches!(
                error.kind,
                ErrorKind::Offline | ErrorKind::Timeout | ErrorKind::RateLimited
            ) {
                tracing::warn!(%error, "cannot ask what was done to a message");
                return;
            }
            failures += 1;
            sleep(pause(failures, error.retry_after)).await;
        }
    }

    fn answer(&self, event_id: OwnedEventId, since: Since) {
        let mut all = self.since.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(event_id.clone(), since);
        drop(all);
        let _ = self.answered.send(event_id);
    }
}

/// Whether an item is this message, or any where it is not known which.
pub(super) fn is(item: &Arc<TimelineItem>, event_id: Option<&OwnedEventId>) -> bool {
    let of_item = item.as_event().and_then(EventTimelineItem::event_id);
    event_id.is_none_or(|event_id| of_item == Some(event_id))
}

/// Who reacted to a message.
pub(super) struct Reactions {
    pub(super) all: ReactionsByKeyBySender,
    /// Of these, what its timeline does not know of.
    pub(super) unknown: Vec<StoredReaction>,
}

/// A reaction that is on this device.
pub(super) struct StoredReaction {
    pub(super) event_id: OwnedEventId,
    pub(super) key: String,
    pub(super) sender: OwnedUserId,
    timestamp: MilliSecondsSinceUnixEpoch,
}

/// As far as this device can know: where the server does not answer soon, what is stored here.
pub(super) async fn reactions_of(held: &Held, room: &Room) -> Reactions {
    let item = &held.item;
    let (true, Some(event_id)) = (held.apart, item.event_id()) else {
        let all = item.content().reactions().cloned().unwrap_or_default();
        return Reactions { all, unknown: Vec::new() };
    };
    let asked = relations::complete(room, event_id, &[RelationType::Annotation]);
    let taken_back = timeout(LONGEST_QUESTION, asked).await.ok().and_then(Result::ok);
    reactions(item, room, &taken_back.unwrap_or_default()).await
}

/// The reactions that the timeline of a message knows of, and those that are on this device.
pub(super) async fn reactions(
    item: &EventTimelineItem,
    room: &Room,
    taken_back: &HashSet<OwnedEventId>,
) -> Reactions {
    let mut all = item.content().reactions().cloned().unwrap_or_default();
    let mut unknown = Vec::new();
    for reaction in stored(item, room, taken_back).await {
        let by_sender = all.entry(reaction.key.clone()).or_default();
        if !by_sender.contains_key(&reaction.sender) {
            let info = ReactionInfo { timestamp: reaction.timestamp, send_state: None };
            by_sender.insert(reaction.sender.clone(), info);
            unknown.push(reaction);
        }
    }
    Reactions { all, unknown }
}

async fn stored(
    item: &EventTimelineItem,
    room: &Room,
    taken_back: &HashSet<OwnedEventId>,
) -> Vec<StoredReaction> {
    let Some(message) = item.event_id() else { return Vec::new() };
    let kinds = [RelationType::Annotation];
    let stored = relations::lasting(room, message, &kinds, taken_back).await;
    let reactions = stored.unwrap_or_else(|error| {
        tracing::warn!(%error, "cannot read the reactions to a message");
        Vec::new()
    });
    let reaction = |event: &TimelineEvent| match event.raw().deserialize() {
        Ok(AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::Reaction(
            SyncMessageLikeEvent::Original(reaction),
        ))) => Some(StoredReaction {
            event_id: reaction.event_id,
            key: reaction.content.relates_to.key,
            sender: reaction.sender,
            timestamp: reaction.origin_server_ts,
        }),
        _ => None,
    };
    let mut reactions: Vec<_> = reactions.iter().filter_map(reaction).collect();
    // The store knows no order.
    reactions.sort_by_key(|reaction| reaction.timestamp);
    reactions
}
