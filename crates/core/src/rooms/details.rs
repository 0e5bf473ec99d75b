//! What the header and the details pane say about a room, kept current.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use herold_protocol::{Block, RoomDetails, RoomPermissions, SubscriptionId};
use herold_rich_text::from_message;
use matrix_sdk::{
    Room, RoomMemberships, RoomState,
    ruma::{
        OwnedEventId, OwnedUserId,
        events::{MessageLikeEventType, StateEventType, room::power_levels::RoomPowerLevels},
    },
};
use tokio::sync::broadcast::error::RecvError;

use super::row::{avatar, display_name, inviter, is_muted, kind, membership, unread};
use crate::{Result, list::ListSource, session::Session};

/// Names of people who are writing; beyond that their number would say more.
const MOST_TYPING: usize = 5;
/// Characters of a topic.
const LONGEST_TOPIC: usize = 2000;
/// Pins that are listed, the newest ones.
const MOST_PINNED: usize = 100;

/// Takes the details; `false` once nobody listens any more.
pub(super) type DetailsSink = Box<dyn Fn(RoomDetails) -> bool + Send + Sync>;

struct NoList;

#[async_trait(?Send)]
impl ListSource for NoList {}

impl Session {
    /// Sends the details now and whenever they change.
    pub fn subscribe_room(
        self: &Arc<Self>,
        window: &str,
        room_id: &str,
        sink: DetailsSink,
    ) -> Result<SubscriptionId> {
        let room = self.room(room_id)?;
        let session = Arc::downgrade(self);
        Ok(self.subscriptions.open(window, Arc::new(NoList), move |_, _commands| async move {
            let mut changes = room.subscribe_info();
            let Some(mut threads) = session.upgrade().map(|now| now.unread_threads.changes()) else {
                return;
            };
            let (_guard, mut writing) = room.subscribe_to_typing_notifications();
            let mut typing: Vec<OwnedUserId> = Vec::new();
            let mut last = None;
            loop {
                let Some(current) = session.upgrade() else { return };
                let details = details(&room, &current, &typing).await;
                drop(current);
                if last.as_ref() != Some(&details) {
                    last = Some(details.clone());
                    if !sink(details) {
                        return;
                    }
                }
                tokio::select! {
                    change = changes.next() => if change.is_none() { return },
                    change = threads.recv() => if matches!(change, Err(RecvError::Closed)) { return },
                    names = writing.recv() => match names {
                        Ok(names) => typing = names,
                        Err(RecvError::Lagged(_)) => {}
                        Err(RecvError::Closed) => return,
                    },
                }
            }
        }))
    }
}

async fn details(room: &Room, session: &Session, typing: &[OwnedUserId]) -> RoomDetails {
    let levels = room.power_levels().await.ok();
    let inviter = match room.state() {
        RoomState::Invited => inviter(room).await,
        _ => None,
    };
    RoomDetails {
        id: room.room_id().to_string(),
        name: display_name(room),
        topic: topic(room, session).await,
        avatar: avatar(room, Some(session)).await,
        kind: kind(room, levels.as_ref()),
        membership: membership(room.state()),
        encrypted: room.encryption_state().is_encrypted(),
        member_count: u32::try_from(room.joined_members_count()).unwrap_or(u32::MAX),
        alias: room.canonical_alias().map(|alias| alias.to_string()),
        can_send: can_send(room, levels.as_ref()),
        favourite: room.is_favourite(),
        muted: is_muted(room),
        inviter,
        other_servers: other_servers(room).await,
        permissions: permissions(room, levels.as_ref()),
        typing: session
            .people(room, typing.iter().take(MOST_TYPING).cloned().collect())
            .await
            .into_iter()
            .map(|person| person.name)
            .collect(),
        pinned: last_pinned(room).iter().map(ToString::to_string).collect(),
        read_up_to: room.fully_read_event_id().map(|event| event.to_string()),
        unread: unread(room, Some(session)),
    }
}

async fn topic(room: &Room, session: &Session) -> Vec<Block> {
    let topic: String = room.topic().unwrap_or_default().chars().take(LONGEST_TOPIC).collect();
    let mut blocks = from_message(&topic, None, room.own_user_id());
    session.name_mentions(room, &mut blocks).await;
    blocks
}

/// The pinned messages that are shown, oldest pin first.
pub(crate) fn last_pinned(room: &Room) -> Vec<OwnedEventId> {
    let mut pinned = room.pinned_event_ids().unwrap_or_default();
    pinned.drain(..pinned.len().saturating_sub(MOST_PINNED));
    pinned
}

/// The server looks at the type that it gets: in an encrypted room, that of all encrypted events.
fn can_vote(room: &Room, levels: Option<&RoomPowerLevels>) -> bool {
    let kind = if room.encryption_state().is_encrypted() {
        MessageLikeEventType::RoomEncrypted
    } else {
        MessageLikeEventType::UnstablePollResponse
    };
    room.state() == RoomState::Joined
        && levels.is_none_or(|levels| levels.user_can_send_message(room.own_user_id(), kind))
}

pub(super) fn can_send(room: &Room, levels: Option<&RoomPowerLevels>) -> bool {
    // Better to let somebody try than to forbid what may be allowed.
    room.state() == RoomState::Joined
        && levels.is_none_or(|levels| {
            levels.user_can_send_message(room.own_user_id(), MessageLikeEventType::RoomMessage)
        })
}

fn permissions(room: &Room, levels: Option<&RoomPowerLevels>) -> RoomPermissions {
    let vote = can_vote(room, levels);
    let Some(levels) = levels.filter(|_| room.state() == RoomState::Joined) else {
        return RoomPermissions { vote, ..RoomPermissions::default() };
    };
    let own = room.own_user_id();
    RoomPermissions {
        react: levels.user_can_send_message(own, MessageLikeEventType::Reaction),
        send_polls: levels.user_can_send_message(own, MessageLikeEventType::UnstablePollStart),
        vote,
        redact_own: levels.user_can_redact_own_event(own),
        redact_others: levels.user_can_redact_event_of_other(own),
        pin: levels.user_can_send_state(own, StateEventType::RoomPinnedEvents),
        notify_room: levels.user_can_trigger_room_notification(own),
    }
}

/// From the members known on this device; a room that was never opened may know only some.
async fn other_servers(room: &Room) -> Vec<String> {
    let Ok(members) = room.members_no_sync(RoomMemberships::ACTIVE).await else {
        return Vec::new();
    };
    let own = room.own_user_id().server_name();
    let servers: BTreeSet<String> = members
        .iter()
        .map(|member| member.user_id().server_name())
        .filter(|server| *server != own)
        .map(ToString::to_string)
        .collect();
    servers.into_iter().collect()
}
