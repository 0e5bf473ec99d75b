//! One row of a conversation from one item of the SDK's timeline.

use std::{
    borrow::Cow,
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError, Weak},
};

use async_trait::async_trait;
use herold_protocol::{MessageContent, MessageRow, Sender, Tally, TimelineRow, TimelineRowContent};
use herold_rich_text::text::clean_name;
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedEventId, UserId,
        events::{MessageLikeEventType, relation::RelationType},
    },
};
use matrix_sdk_ui::timeline::{
    EventTimelineItem, MsgLikeContent, Profile, TimelineDetails, TimelineItem, TimelineItemContent,
    TimelineItemKind, VirtualTimelineItem,
};

use super::{
    apart::{self, Apart, Since},
    change,
    deletion::{self, Deletion},
    lasting::RowNames,
    mentions,
    message::{self, by_shown_key},
    poll,
    quotations::Quotations,
    relations,
};
use crate::{list::Convert, moment::moment_ms, session::Session};

/// Faces of readers beside a message.
const MOST_FACES: usize = 5;
/// Names looked up for the reactions of one message; thousands would hold up the conversation.
const MOST_NAMES_LOOKED_UP: usize = 24;

/// Converts the items of one room.
pub(super) struct TimelineRows {
    session: Weak<Session>,
    room: Room,
    names: Arc<RowNames>,
    recounted: Recounted,
    /// Where the list lacks what came after its messages.
    apart: Option<Arc<Apart>>,
    quotations: Arc<Quotations>,
}

/// Messages whose votes or reactions may change without the SDK saying so.
#[derive(Clone, Default)]
pub(super) struct Recounted(Arc<Mutex<HashSet<OwnedEventId>>>);

impl Recounted {
    fn set(&self, message: &EventId, recounted: bool) {
        let mut messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if recounted {
            messages.insert(message.to_owned());
        } else {
            messages.remove(message);
        }
    }

    pub(super) fn has(&self, item: &TimelineItem) -> bool {
        let messages = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let event_id = item.as_event().and_then(EventTimelineItem::event_id);
        event_id.is_some_and(|event_id| messages.contains(event_id))
    }
}

impl TimelineRows {
    pub(super) fn new(
        session: &Arc<Session>,
        room: &Room,
        names: Arc<RowNames>,
        apart: Option<Arc<Apart>>,
        quotations: Arc<Quotations>,
    ) -> Self {
        let recounted = Recounted::default();
        let (session, room) = (Arc::downgrade(session), room.clone());
        Self { session, room, names, recounted, apart, quotations }
    }

    pub(super) fn recounted(&self) -> Recounted {
        self.recounted.clone()
    }
}

impl TimelineRows {
    /// Adds what has to be looked up: who has read and reacted, whom it mentions, what it quotes, who deleted it, how many
    /// answers a thread has, and whether a poll was ended by somebody who may end it.
    async fn complete(
        &self,
        message: &mut MessageRow,
        event: &EventTimelineItem,
        session: &Session,
    ) {
        message::add_quotations(message, event, &self.room, session, &self.quotations).await;
        let readers = event.read_receipts().keys().filter(|user| *user != event.sender());
        message.readers =
            session.people(&self.room, readers.take(MOST_FACES).cloned().collect()).await;
        let since = self.apart.as_ref().and_then(|apart| apart.since(event));
        let mut reactions = event.content().reactions().map(Cow::Borrowed);
        if let Some(Since::Known(taken_back)) = &since
            && !event.content().is_redacted()
            && let Some(event_id) = event.event_id()
        {
            let all = apart::reactions(event, &self.room, taken_back).await.all;
            self.recounted.set(event_id, !all.is_empty());
            message.reactions = message::reactions(&all, self.room.own_user_id());
            reactions = Some(Cow::Owned(all));
        }
        if let Some(reactions) = reactions {
            let mut left = MOST_NAMES_LOOKED_UP;
            let shown = by_shown_key(&reactions);
            for (reaction, (_, people)) in message.reactions.iter_mut().zip(shown) {
                let most = reaction.names.len().min(left);
                let known = people.into_iter().take(most).cloned().collect();
                for (name, person) in
                    reaction.names.iter_mut().zip(session.people(&self.room, known).await)
                {
                    *name = person.name;
                    left -= 1;
                }
            }
        }
        if let (Some(thread), Some(root)) = (&mut message.thread, event.event_id()) {
            thread.replies = thread.replies.max(answers(&self.room, root).await);
        }
        for text in mentions::texts(&mut message.content) {
            session.name_mentions(&self.room, text).await;
        }
        if matches!(message.content, MessageContent::Redacted { .. })
            && let Some(Deletion { by, reason }) = deletion::of(event, &self.room).await
        {
            let by = session.people(&self.room, by.into_iter().collect()).await.pop();
            message.content = MessageContent::Redacted { by, reason };
        }
        if poll::is_poll(event) {
            self.count(message, event, since).await;
            self.say_waiting(message, event).await;
        }
    }

    /// Whether one's own vote is still on its way. The SDK (0.19.1) does not say when that changes.
    async fn say_waiting(&self, message: &mut MessageRow, event: &EventTimelineItem) {
        let MessageContent::Poll { poll } = &mut message.content else { return };
        let Some(event_id) = event.event_id().filter(|_| !poll.ended) else { return };
        poll.vote_waiting = poll::has_waiting_vote(&self.room, event_id).await;
        if poll.vote_waiting {
            self.recounted.set(event_id, true);
        }
    }

    /// Counts the votes where the SDK cannot.
    async fn count(
        &self,
        message: &mut MessageRow,
        event: &EventTimelineItem,
        since: Option<Since>,
    ) {
        let apart = since.is_some();
        let results = match since {
            None => {
                let ended = matches!(&message.content, MessageContent::Poll { poll } if poll.ended);
                if !ended && !poll::is_stable(event) {
                    // Until now, a vote may have been on its way.
                    if let Some(event_id) = event.event_id() {
                        self.recounted.set(event_id, false);
                    }
                    return;
                }
                poll::results(event, &self.room).await
            }
            Some(Since::Known(taken_back)) => {
                poll::results_apart(event, &self.room, &taken_back).await
            }
            Some(Since::Asking) => {
                return self.say_uncounted(message, event, Tally::Counting).await;
            }
            Some(Since::Failed) => None,
        };
        let Some(results) = results else {
            if apart {
                self.say_uncounted(message, event, Tally::Unknown).await;
            }
            return;
        };
        message.edited = results.is_edited();
        message.editable &= !results.may_have_votes() && !results.has_ended();
        if let Some(event_id) = event.event_id() {
            self.recounted.set(event_id, apart || !results.are_final());
        }
        let poll = results.card(self.room.own_user_id());
        message.content = MessageContent::Poll { poll };
    }

    async fn say_uncounted(
        &self,
        message: &mut MessageRow,
        event: &EventTimelineItem,
        tally: Tally,
    ) {
        message.editable = false;
        if let Some(poll) = poll::uncounted(event, &self.room, tally).await {
            message.content = MessageContent::Poll { poll };
        }
    }
}

/// The answers in a thread that are on this device. The SDK counts them when one arrives with a sync,
/// and not again when a page brings those of a gap (0.19.1).
async fn answers(room: &Room, root: &EventId) -> u32 {
    let answers = relations::stored(room, root, &[RelationType::Thread]).await;
    answers.map_or(0, |answers| u32::try_from(answers.len()).unwrap_or(u32::MAX))
}

pub(super) fn begins_thread(item: &TimelineItem) -> bool {
    let content = item.as_event().and_then(|event| event.content().as_msglike());
    content.is_some_and(|content| content.thread_summary.is_some())
}

/// What every part of a row needs besides the item.
pub(super) struct Context<'a> {
    pub(super) session: &'a Session,
    pub(super) own: &'a UserId,
}

#[async_trait(?Send)]
impl Convert<Arc<TimelineItem>> for TimelineRows {
    type Row = TimelineRow;

    async fn row(&self, item: Arc<TimelineItem>) -> TimelineRow {
        let content = match item.kind() {
            TimelineItemKind::Virtual(VirtualTimelineItem::DateDivider(time)) => {
                TimelineRowContent::DayDivider { timestamp_ms: moment_ms(*time) }
            }
            TimelineItemKind::Virtual(VirtualTimelineItem::ReadMarker) => {
                TimelineRowContent::ReadMarker
            }
            TimelineItemKind::Virtual(VirtualTimelineItem::TimelineStart) => {
                TimelineRowContent::Beginning
            }
            TimelineItemKind::Event(event) => match self.session.upgrade() {
                Some(session) => {
                    let context = Context { session: &session, own: self.room.own_user_id() };
                    let mut content = event_row(event, &context);
                    if let TimelineRowContent::Message(message) = &mut content {
                        self.complete(message, event, &session).await;
                    }
                    content
                }
                None => TimelineRowContent::Hidden,
            },
        };
        TimelineRow { id: self.names.of(&item), content }
    }
}

fn event_row(event: &EventTimelineItem, context: &Context<'_>) -> TimelineRowContent {
    let message = |content: &MsgLikeContent| {
        TimelineRowContent::Message(Box::new(message::message_row(event, content, context)))
    };
    match event.content() {
        TimelineItemContent::MsgLike(content) => message(content),
        // It deletes nothing, and says nothing. The SDK's copy of one's own is such one for a moment (`late_answers`).
        TimelineItemContent::FailedToParseMessageLike {
            event_type: MessageLikeEventType::RoomRedaction,
            ..
        } => TimelineRowContent::Hidden,
        TimelineItemContent::FailedToParseMessageLike { event_type, .. } => {
            TimelineRowContent::Message(Box::new(message::unreadable_row(
                event,
                event_type.to_string(),
                context,
            )))
        }
        other => TimelineRowContent::Change {
            sender: sender(event.sender(), event.sender_profile(), context),
            timestamp_ms: moment_ms(event.timestamp()),
            change: change::change(other, event.original_json()),
        },
    }
}

pub(super) fn sender(
    id: &UserId,
    profile: &TimelineDetails<Profile>,
    context: &Context<'_>,
) -> Sender {
    let profile = match profile {
        TimelineDetails::Ready(profile) => Some(profile),
        _ => None,
    };
    let name = profile
        .and_then(|profile| profile.display_name.as_deref())
        .map(clean_name)
        .filter(|name| !name.is_empty());
    Sender {
        id: id.to_string(),
        name: name.unwrap_or_else(|| id.localpart().to_owned()),
        name_ambiguous: profile.is_some_and(|profile| profile.display_name_ambiguous),
        avatar: profile
            .and_then(|profile| profile.avatar_url.as_deref())
            .map(|uri| context.session.media.avatar(uri)),
    }
}
