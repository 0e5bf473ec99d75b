//! What happened to a room or its members, without words: the interface has those.

use herold_protocol::RoomChange;
use matrix_sdk::ruma::{
    events::{AnySyncTimelineEvent, StateEventContentChange},
    serde::Raw,
};
use matrix_sdk_ui::timeline::{
    AnyOtherStateEventContentChange as State, MembershipChange, RoomMembershipChange,
    TimelineItemContent,
};

use herold_rich_text::text::clean_name;
use serde_json::Value;

/// The event as it came says whether somebody joined or left a call.
pub(super) fn change(
    content: &TimelineItemContent,
    event: Option<&Raw<AnySyncTimelineEvent>>,
) -> RoomChange {
    match content {
        TimelineItemContent::MembershipChange(change) => membership(change),
        TimelineItemContent::ProfileChange(change) => match change.displayname_change() {
            Some(names) => RoomChange::NameOfPerson {
                from: names.old.as_deref().map(clean_name),
                to: names.new.as_deref().map(clean_name),
            },
            None => RoomChange::AvatarOfPerson,
        },
        TimelineItemContent::OtherState(state) => other_state(state.content(), event),
        TimelineItemContent::FailedToParseState { event_type, .. } => {
            of_unknown_type(&event_type.to_string(), event)
        }
        TimelineItemContent::CallInvite | TimelineItemContent::RtcNotification { .. } => {
            RoomChange::CallStarted
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

/// What belongs to calls (specification, "Voice over IP"; MSC3401, MSC4143, MSC4075).
pub(super) fn is_of_calls(event_type: &str) -> bool {
    let prefixes = ["m.call.", "m.rtc.", "org.matrix.msc3401.call.", "org.matrix.msc4143.rtc."];
    matches!(event_type, "m.call" | "org.matrix.msc3401.call")
        || prefixes.iter().chain(&CALL_SIGNALS).any(|prefix| event_type.starts_with(prefix))
}

/// What programs say to each other in a call.
const CALL_SIGNALS: [&str; 3] = ["org.matrix.call.", "org.matrix.msc4075.", "io.element.call."];

fn of_unknown_type(event_type: &str, event: Option<&Raw<AnySyncTimelineEvent>>) -> RoomChange {
    if !is_of_calls(event_type) {
        return RoomChange::Other { event_type: clean_name(event_type) };
    }
    if !event_type.ends_with(".member") {
        return RoomChange::CallStarted;
    }
    // Who leaves empties the content, or its list.
    let content = event.and_then(|event| event.get_field::<Value>("content").ok().flatten());
    let left = content.is_none_or(|content| {
        let list = content.get("memberships").and_then(Value::as_array);
        list.map_or_else(|| content.get("application").is_none(), Vec::is_empty)
    });
    if left { RoomChange::CallLeft } else { RoomChange::CallJoined }
}

fn other_state(state: &State, event: Option<&Raw<AnySyncTimelineEvent>>) -> RoomChange {
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
        other => of_unknown_type(&other.event_type().to_string(), event),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn of(event_type: &str, content: Value) -> RoomChange {
        let event = json!({ "type": event_type, "content": content });
        of_unknown_type(event_type, Some(&Raw::new(&event).unwrap().cast_unchecked()))
    }

    #[test]
    fn a_call_is_no_change_of_settings() {
        let member = "org.matrix.msc3401.call.member";
        assert_eq!(of("org.matrix.msc3401.call", json!({})), RoomChange::CallStarted);
        assert_eq!(of(member, json!({ "application": "m.call" })), RoomChange::CallJoined);
        assert_eq!(of(member, json!({ "memberships": [{}] })), RoomChange::CallJoined);
        assert_eq!(of(member, json!({ "memberships": [] })), RoomChange::CallLeft);
        assert_eq!(of("m.rtc.member", json!({})), RoomChange::CallLeft);
        assert!(matches!(of("m.callous", json!({})), RoomChange::Other { .. }));
        assert!(matches!(of("org.example.call", json!({})), RoomChange::Other { .. }));
    }
}
