//! What happened to a room or its members, without words: the interface has those.

use herold_protocol::RoomChange;
use matrix_sdk::ruma::events::StateEventContentChange;
use matrix_sdk_ui::timeline::{
    AnyOtherStateEventContentChange as State, MembershipChange, RoomMembershipChange,
    TimelineItemContent,
};

use herold_rich_text::text::clean_name;

pub(super) fn change(content: &TimelineItemContent) -> RoomChange {
    match content {
        TimelineItemContent::MembershipChange(change) => membership(change),
        TimelineItemContent::ProfileChange(change) => match change.displayname_change() {
            Some(names) => RoomChange::NameOfPerson {
                from: names.old.as_deref().map(clean_name),
                to: names.new.as_deref().map(clean_name),
            },
            None => RoomChange::AvatarOfPerson,
        },
        TimelineItemContent::OtherState(state) => other_state(state.content()),
        TimelineItemContent::FailedToParseState { event_type, .. } => {
            RoomChange::Other { event_type: clean_name(&event_type.to_string()) }
        }
        TimelineItemContent::CallInvite => RoomChange::Other { event_type: "m.call.invite".into() },
        TimelineItemContent::RtcNotification { .. } => {
            RoomChange::Other { event_type: "m.rtc.notification".into() }
        }
        TimelineItemContent::MsgLike(_) | TimelineItemContent::FailedToParseMessageLike { .. } => {
            RoomChange::Other { event_type: String::new() }
        }
    }
}

fn membership(change: &RoomMembershipChange) -> RoomChange {
    let subject = change
        .display_name()
        .map(|name| clean_name(&name))
        .filter(|name| !name.is_empty())
        .unwrap_or_else(|| change.user_id().localpart().to_owned());
    match change.change() {
        Some(
            MembershipChange::Joined
            | MembershipChange::InvitationAccepted
            | MembershipChange::KnockAccepted,
        ) => RoomChange::Joined { subject },
        Some(MembershipChange::Left | MembershipChange::KnockRetracted) => {
            RoomChange::Left { subject }
        }
        Some(MembershipChange::Invited) => RoomChange::Invited { subject },
        Some(MembershipChange::InvitationRejected) => RoomChange::InvitationRejected { subject },
        Some(MembershipChange::InvitationRevoked) => RoomChange::InvitationWithdrawn { subject },
        Some(MembershipChange::Kicked | MembershipChange::KnockDenied) => {
            RoomChange::Removed { subject }
        }
        Some(MembershipChange::Banned | MembershipChange::KickedAndBanned) => {
            RoomChange::Banned { subject }
        }
        Some(MembershipChange::Unbanned) => RoomChange::Unbanned { subject },
        Some(MembershipChange::Knocked) => RoomChange::Knocked { subject },
        Some(
            MembershipChange::None | MembershipChange::Error | MembershipChange::NotImplemented,
        )
        | None => RoomChange::Other { event_type: "m.room.member".into() },
    }
}

fn other_state(state: &State) -> RoomChange {
    match state {
        State::RoomCreate(_) => RoomChange::Created,
        State::RoomName(StateEventContentChange::Original { content, .. }) => {
            RoomChange::RoomName { name: clean_name(&content.name) }
        }
        State::RoomTopic(StateEventContentChange::Original { content, .. }) => {
            RoomChange::RoomTopic { topic: clean_name(&content.topic) }
        }
        State::RoomAvatar(_) => RoomChange::RoomAvatar,
        State::RoomEncryption(_) => RoomChange::EncryptionEnabled,
        State::RoomPowerLevels(_) => RoomChange::PowerLevels,
        State::RoomPinnedEvents(_) => RoomChange::PinnedMessages,
        State::RoomTombstone(_) => RoomChange::Upgraded,
        other => RoomChange::Other { event_type: clean_name(&other.event_type().to_string()) },
    }
}
