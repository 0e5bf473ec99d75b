//! The members of a room: administrators first, then moderators, then everybody by name.

use std::sync::Arc;

use async_trait::async_trait;
use eyeball_im::{ObservableVector, VectorDiff};
use futures_util::StreamExt;
use herold_protocol::{MemberRole, MemberRow, Membership, SubscriptionId};
use herold_rich_text::text::clean_name;
use imbl::Vector;
use matrix_sdk::sync::RoomUpdate;
use matrix_sdk::{
    Room, RoomMemberships,
    room::{RoomMember, RoomMemberRole},
    ruma::events::room::member::MembershipState,
};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    Error, Result,
    list::{Convert, ListSource, Pump, Sink},
    session::Session,
};

struct Members;

#[async_trait(?Send)]
impl ListSource for Members {}

struct MemberRows {
    session: std::sync::Weak<Session>,
}

#[async_trait(?Send)]
impl Convert<RoomMember> for MemberRows {
    type Row = MemberRow;

    async fn row(&self, member: RoomMember) -> MemberRow {
        member_row(&member, self.session.upgrade().as_deref())
    }
}

pub(super) fn member_row(member: &RoomMember, session: Option<&Session>) -> MemberRow {
    MemberRow {
        id: member.user_id().to_string(),
        name: clean_name(member.name()),
        name_ambiguous: member.name_ambiguous(),
        avatar: session.zip(member.avatar_url()).map(|(session, uri)| session.media.avatar(uri)),
        role: role(member),
        membership: match member.membership() {
            MembershipState::Invite => Membership::Invited,
            MembershipState::Knock => Membership::Knocked,
            MembershipState::Ban => Membership::Banned,
            MembershipState::Leave => Membership::Left,
            _ => Membership::Joined,
        },
    }
}

fn role(member: &RoomMember) -> MemberRole {
    match member.suggested_role_for_power_level() {
        RoomMemberRole::Creator | RoomMemberRole::Administrator => MemberRole::Administrator,
        RoomMemberRole::Moderator => MemberRole::Moderator,
        RoomMemberRole::User => MemberRole::Member,
    }
}

impl Session {
    /// Members known on this device at once, all members after the server answered.
    pub fn subscribe_members(
        self: &Arc<Self>,
        window: &str,
        room_id: &str,
        sink: Sink<MemberRow>,
    ) -> Result<SubscriptionId> {
        let room = self.room(room_id)?;
        let rows = MemberRows { session: Arc::downgrade(self) };
        Ok(self.subscriptions.open(window, Arc::new(Members), move |id, commands| async move {
            let initial = sorted(room.members_no_sync(RoomMemberships::ACTIVE).await);
            let mut list = ObservableVector::new();
            list.append(initial.clone());
            let stream = list.subscribe().into_batched_stream();
            let pump = Pump::new(id, initial, rows, sink).run(
                Box::pin(stream.map(collapse)),
                commands,
                |_| {},
            );
            tokio::select! {
                () = pump => {}
                () = follow(&room, list) => {}
            }
        }))
    }
}

/// Refilling a list is one `Reset`, not a `Clear` and an `Append`.
fn collapse(diffs: Vec<VectorDiff<RoomMember>>) -> Vec<VectorDiff<RoomMember>> {
    match <[VectorDiff<RoomMember>; 2]>::try_from(diffs) {
        Ok([VectorDiff::Clear, VectorDiff::Append { values }]) => {
            vec![VectorDiff::Reset { values }]
        }
        Ok(two) => two.into(),
        Err(diffs) => diffs,
    }
}

/// Reads the members again after every change of the room's state. Never returns: the subscription
/// ends it.
async fn follow(room: &Room, mut list: ObservableVector<RoomMember>) {
    let mut updates = room.subscribe_to_updates();
    // Asks the server the first time; later calls answer from disk.
    refill(&mut list, sorted(room.members(RoomMemberships::ACTIVE).await));
    loop {
        match updates.recv().await {
            Ok(RoomUpdate::Joined { updates, .. }) if updates.timeline.events.is_empty() => {}
            Ok(_) | Err(RecvError::Lagged(_)) => {
                refill(&mut list, sorted(room.members_no_sync(RoomMemberships::ACTIVE).await));
            }
            Err(RecvError::Closed) => std::future::pending().await,
        }
    }
}

fn refill(list: &mut ObservableVector<RoomMember>, members: Vector<RoomMember>) {
    let key = |member: &RoomMember| {
        (
            member.user_id().to_owned(),
            member.name().to_owned(),
            role(member),
            member.membership().clone(),
        )
    };
    if members.is_empty() || list.iter().map(key).eq(members.iter().map(key)) {
        return;
    }
    let mut transaction = list.transaction();
    transaction.clear();
    transaction.append(members);
    transaction.commit();
}

fn sorted(members: matrix_sdk::Result<Vec<RoomMember>>) -> Vector<RoomMember> {
    let mut members = members.unwrap_or_else(|error| {
        tracing::info!(error = %Error::from(error), "cannot load the members");
        Vec::new()
    });
    members.sort_by_cached_key(|member| {
        (role(member), member.name().to_lowercase(), member.user_id().to_owned())
    });
    members.into()
}
