//! One line of the room list.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use herold_protocol::{MediaToken, Membership, RoomKind, RoomRow, RoomSection, Unread};
use herold_rich_text::text::clean_name;
use matrix_sdk::{
    Room, RoomDisplayName, RoomState, notification_settings::RoomNotificationMode,
    ruma::events::room::power_levels::RoomPowerLevels,
};
use matrix_sdk_ui::room_list_service::RoomListItem;

use super::{announcements::only_some_write, details::can_send, preview, unread_threads};
use crate::{list::Convert, session::Session};

pub(super) struct RoomRows {
    session: Weak<Session>,
}

impl RoomRows {
    pub(super) fn new(session: &Arc<Session>) -> Self {
        Self { session: Arc::downgrade(session) }
    }
}

#[async_trait(?Send)]
impl Convert<RoomListItem> for RoomRows {
    type Row = RoomRow;

    async fn row(&self, item: RoomListItem) -> RoomRow {
        let session = self.session.upgrade();
        room_row(&item, session.as_deref()).await
    }
}

async fn room_row(room: &Room, session: Option<&Session>) -> RoomRow {
    let membership = membership(room.state());
    let inviter = match membership {
        Membership::Invited => inviter(room).await,
        _ => None,
    };
    let levels = room.power_levels().await.ok();
    let kind = kind(room, levels.as_ref());
    RoomRow {
        id: room.room_id().to_string(),
        name: display_name(room),
        avatar: avatar(room, session).await,
        kind,
        section: section(room, kind),
        membership,
        can_send: can_send(room, levels.as_ref()),
        encrypted: room.encryption_state().is_encrypted(),
        muted: is_muted(room),
        unread: unread(room, session),
        preview: match session {
            Some(session) => preview::preview(room, session).await,
            None => None,
        },
        inviter,
    }
}

/// Empty while it is not known.
pub(crate) fn display_name(room: &Room) -> String {
    let name = match room.cached_display_name() {
        Some(
            RoomDisplayName::Named(name)
            | RoomDisplayName::Aliased(name)
            | RoomDisplayName::Calculated(name)
            | RoomDisplayName::EmptyWas(name),
        ) => name,
        Some(RoomDisplayName::Empty) | None => String::new(),
    };
    clean_name(&name)
}

/// The picture of the room or, in a direct chat, of the other person.
pub(super) async fn avatar(room: &Room, session: Option<&Session>) -> Option<MediaToken> {
    let session = session?;
    if let Some(uri) = room.avatar_url() {
        return Some(session.media.avatar(&uri));
    }
    if !room.is_dm() {
        return None;
    }
    let hero = room.heroes().await.into_iter().next()?;
    hero.avatar_url.map(|uri| session.media.avatar(&uri))
}

pub(super) fn is_muted(room: &Room) -> bool {
    room.cached_user_defined_notification_mode() == Some(RoomNotificationMode::Mute)
}

/// What is unread in a room and in its threads.
pub(super) fn unread(room: &Room, session: Option<&Session>) -> Unread {
    let threads = session.map(|session| session.unread_threads.of(room.room_id()));
    let room = Unread {
        messages: count(room.num_unread_messages()),
        notifications: count(room.num_unread_notifications()),
        mentions: count(room.num_unread_mentions()),
        marked: room.is_marked_unread(),
    };
    unread_threads::together(&room, &threads.unwrap_or_default())
}

pub(super) fn count(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

pub(super) fn membership(state: RoomState) -> Membership {
    match state {
        RoomState::Joined => Membership::Joined,
        RoomState::Invited => Membership::Invited,
        RoomState::Knocked => Membership::Knocked,
        RoomState::Left => Membership::Left,
        RoomState::Banned => Membership::Banned,
    }
}

pub(super) fn kind(room: &Room, levels: Option<&RoomPowerLevels>) -> RoomKind {
    if room.is_dm() {
        return RoomKind::Direct;
    }
    if levels.is_some_and(only_some_write) {
        return RoomKind::Announcements;
    }
    RoomKind::Group
}

fn section(room: &Room, kind: RoomKind) -> RoomSection {
    if matches!(room.state(), RoomState::Invited) {
        RoomSection::Invitations
    } else if room.is_favourite() {
        RoomSection::Favourites
    } else if room.is_low_priority() {
        RoomSection::LowPriority
    } else if kind == RoomKind::Direct {
        RoomSection::People
    } else {
        RoomSection::Rooms
    }
}

pub(super) async fn inviter(room: &Room) -> Option<String> {
    let invite = room.invite_details().await.ok()?;
    let name = invite.inviter.as_ref().and_then(|member| member.display_name());
    Some(match name {
        Some(name) => format!("{} ({})", clean_name(name), invite.inviter_id),
        None => invite.inviter_id.to_string(),
    })
}
