//! What the header and the details pane say about a room, kept current.

use std::{collections::BTreeSet, sync::Arc};

use async_trait::async_trait;
use herold_protocol::{RoomDetails, SubscriptionId};
use matrix_sdk::{Room, RoomMemberships, RoomState, ruma::events::MessageLikeEventType};

use super::row::{avatar, display_name, inviter, is_muted, kind, membership};
use crate::{Result, list::ListSource, session::Session, text::clean_name};

/// Takes the details; `false` once nobody listens any more.
pub(super) type DetailsSink = Box<dyn Fn(RoomDetails) -> bool + Send + Sync>;

struct NoList;

#[async_trait]
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
        Ok(self.subscriptions.open(window, Arc::new(NoList), |_, _commands| async move {
            let mut changes = room.subscribe_info();
            let mut last = None;
            loop {
                let Some(current) = session.upgrade() else { return };
                let details = details(&room, &current).await;
                drop(current);
                if last.as_ref() != Some(&details) {
                    last = Some(details.clone());
                    if !sink(details) {
                        return;
                    }
                }
                if changes.next().await.is_none() {
                    return;
                }
            }
        }))
    }
}

async fn details(room: &Room, session: &Session) -> RoomDetails {
    let inviter = match room.state() {
        RoomState::Invited => inviter(room).await,
        _ => None,
    };
    RoomDetails {
        id: room.room_id().to_string(),
        name: display_name(room),
        topic: room.topic().map(|topic| clean_name(&topic)).filter(|topic| !topic.is_empty()),
        avatar: avatar(room, Some(session)).await,
        kind: kind(room).await,
        membership: membership(room.state()),
        encrypted: room.encryption_state().is_encrypted(),
        member_count: u32::try_from(room.active_members_count()).unwrap_or(u32::MAX),
        alias: room.canonical_alias().map(|alias| alias.to_string()),
        can_send: can_send(room).await,
        favourite: room.is_favourite(),
        muted: is_muted(room),
        inviter,
        other_servers: other_servers(room).await,
    }
}

async fn can_send(room: &Room) -> bool {
    room.state() == RoomState::Joined
        && match room.power_levels().await {
            Ok(levels) => {
                levels.user_can_send_message(room.own_user_id(), MessageLikeEventType::RoomMessage)
            }
            // Better to let somebody try than to forbid what may be allowed.
            Err(_) => true,
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
