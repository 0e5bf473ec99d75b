//! Who deleted a message, and why (specification, "Redactions").

use herold_rich_text::text::one_line;
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    ruma::{
        OwnedUserId, UserId,
        events::{
            AnySyncMessageLikeEvent, AnySyncTimelineEvent, RedactedUnsigned, SyncMessageLikeEvent,
        },
        serde::Raw,
    },
};
use matrix_sdk_ui::timeline::EventTimelineItem;
use serde::Deserialize;

use super::relations;

/// Why an edit is deleted. It loses with its words what it changed, so that other programs show it as a message that was
/// deleted for this reason; here the message itself says it already.
pub(super) const EDIT: &str = "Edit of a deleted message";
/// Characters of a reason that are shown.
const LONGEST_REASON: usize = 300;

#[derive(Debug, PartialEq, Eq)]
pub(super) struct Deletion {
    /// `None` where the sender took it back.
    pub(super) by: Option<OwnedUserId>,
    pub(super) reason: Option<String>,
}

/// Of a message that was deleted on the server. The timeline forgets the event when it sees the deletion; the
/// event cache keeps it with the reason.
pub(super) async fn of(event: &EventTimelineItem, room: &Room) -> Option<Deletion> {
    let stored = relations::stored_event(room, event.event_id()?).await;
    let stored = stored.as_ref().map(TimelineEvent::raw);
    [stored, event.original_json()].into_iter().flatten().find_map(|raw| read(raw, event.sender()))
}

/// Whether this was an edit that went with its message.
pub(super) fn is_of_edit(event: &AnySyncTimelineEvent) -> bool {
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    let unsigned: &RedactedUnsigned = match event {
        AnySyncMessageLikeEvent::RoomEncrypted(SyncMessageLikeEvent::Redacted(event)) => {
            &event.unsigned
        }
        AnySyncMessageLikeEvent::RoomMessage(SyncMessageLikeEvent::Redacted(event)) => {
            &event.unsigned
        }
        AnySyncMessageLikeEvent::UnstablePollStart(SyncMessageLikeEvent::Redacted(event)) => {
            &event.unsigned
        }
        _ => return false,
    };
    let because = unsigned.redacted_because.deserialize_as_unchecked::<Because>();
    because.is_ok_and(|because| because.content.get("reason").is_some_and(|reason| reason == EDIT))
}

fn read(event: &Raw<AnySyncTimelineEvent>, author: &UserId) -> Option<Deletion> {
    let because = event.deserialize_as_unchecked::<Redacted>().ok()?.unsigned.redacted_because;
    let reason = because.content.get("reason").and_then(serde_json::Value::as_str);
    let reason = reason.map(|text| one_line(text, LONGEST_REASON));
    Some(Deletion {
        by: Some(because.sender).filter(|by| by != author),
        reason: reason.filter(|text| !text.is_empty()),
    })
}

#[derive(Deserialize)]
struct Redacted {
    unsigned: Unsigned,
}

#[derive(Deserialize)]
struct Unsigned {
    redacted_because: Because,
}

#[derive(Deserialize)]
struct Because {
    sender: OwnedUserId,
    #[serde(default)]
    content: serde_json::Value,
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::user_id;
    use serde_json::{Value, json};

    use super::*;

    fn deleted(unsigned: Value) -> Option<Deletion> {
        let event = json!({
            "event_id": "$1", "type": "m.room.message", "sender": "@anna:herold.test",
            "origin_server_ts": 1, "content": {}, "unsigned": unsigned,
        });
        read(&Raw::new(&event).unwrap().cast_unchecked(), user_id!("@anna:herold.test"))
    }

    fn because(sender: &str, content: Value) -> Value {
        json!({ "redacted_because": {
            "event_id": "$2", "type": "m.room.redaction", "sender": sender, "content": content,
        } })
    }

    #[test]
    fn a_message_says_who_else_deleted_it_and_why() {
        let deletion =
            deleted(because("@ben:herold.test", json!({ "reason": " Nicht\nöffentlich " })));
        let by = Some(user_id!("@ben:herold.test").to_owned());
        assert_eq!(deletion, Some(Deletion { by, reason: Some("Nicht öffentlich".to_owned()) }));
    }

    #[test]
    fn who_takes_back_a_message_is_not_named() {
        let deletion = deleted(because("@anna:herold.test", json!({ "reason": "" })));
        assert_eq!(deletion, Some(Deletion { by: None, reason: None }));
    }

    #[test]
    fn a_reason_is_short_and_turns_nothing_around() {
        let long = format!("\u{202E}{}", "x".repeat(5000));
        let reason =
            deleted(because("@ben:herold.test", json!({ "reason": long }))).unwrap().reason;
        let reason = reason.unwrap();
        assert!(reason.chars().count() <= LONGEST_REASON && !reason.contains('\u{202E}'));
    }

    #[test]
    fn what_says_nothing_of_a_deletion_is_passed_over() {
        assert_eq!(deleted(json!({})), None);
        assert_eq!(deleted(json!({ "redacted_because": "$2" })), None);
        assert_eq!(deleted(because("nobody", json!(3))), None);
        let odd = deleted(because("@ben:herold.test", json!({ "reason": [1] })));
        assert_eq!(odd.unwrap().reason, None);
    }
}
