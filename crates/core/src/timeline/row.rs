//! One row of a conversation from one item of the SDK's timeline.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use herold_protocol::{Sender, TimelineRow, TimelineRowContent};
use matrix_sdk::{
    Room,
    ruma::{OwnedUserId, UserId},
};
use matrix_sdk_ui::timeline::{
    EventTimelineItem, MsgLikeContent, Profile, TimelineDetails, TimelineItem, TimelineItemContent,
    TimelineItemKind, VirtualTimelineItem,
};

use super::{change, message};
use crate::{list::Convert, session::Session, text::clean_name};

/// Converts the items of one room.
pub(super) struct TimelineRows {
    session: Weak<Session>,
    own: OwnedUserId,
}

impl TimelineRows {
    pub(super) fn new(session: &Arc<Session>, room: &Room) -> Self {
        Self { session: Arc::downgrade(session), own: room.own_user_id().to_owned() }
    }
}

/// What every part of a row needs besides the item.
pub(super) struct Context<'a> {
    pub(super) session: &'a Session,
    pub(super) own: &'a UserId,
}

#[async_trait]
impl Convert<Arc<TimelineItem>> for TimelineRows {
    type Row = TimelineRow;

    async fn row(&self, item: Arc<TimelineItem>) -> TimelineRow {
        let content = match item.kind() {
            TimelineItemKind::Virtual(VirtualTimelineItem::DateDivider(time)) => {
                TimelineRowContent::DayDivider { timestamp_ms: time.get().into() }
            }
            TimelineItemKind::Virtual(VirtualTimelineItem::ReadMarker) => {
                TimelineRowContent::ReadMarker
            }
            TimelineItemKind::Virtual(VirtualTimelineItem::TimelineStart) => {
                TimelineRowContent::Beginning
            }
            TimelineItemKind::Event(event) => match self.session.upgrade() {
                Some(session) => event_row(event, &Context { session: &session, own: &self.own }),
                None => TimelineRowContent::Placeholder,
            },
        };
        TimelineRow { id: item.unique_id().0.clone(), content }
    }
}

fn event_row(event: &EventTimelineItem, context: &Context<'_>) -> TimelineRowContent {
    let message = |content: &MsgLikeContent| {
        TimelineRowContent::Message(Box::new(message::message_row(event, content, context)))
    };
    match event.content() {
        TimelineItemContent::MsgLike(content) => message(content),
        TimelineItemContent::FailedToParseMessageLike { event_type, .. } => {
            TimelineRowContent::Message(Box::new(message::unreadable_row(
                event,
                event_type.to_string(),
                context,
            )))
        }
        other => TimelineRowContent::Change {
            sender: sender(event.sender(), event.sender_profile(), context),
            timestamp_ms: event.timestamp().get().into(),
            change: change::change(other),
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
