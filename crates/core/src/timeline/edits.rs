//! Edits that the SDK's timeline takes for newer than they are.
//!
//! A server sends a message together with its latest edit. Where that edit had come on its own before, the
//! timeline (0.19.1) gives it the place of the message instead, and then an earlier edit wins that had come before
//! the message, too. A timeline that is built from all of it, in order, has it right.

use std::collections::{HashMap, HashSet};

use eyeball_im::VectorDiff;
use matrix_sdk::{deserialized_responses::TimelineEvent, ruma::OwnedEventId};
use serde::Deserialize;

/// The edits that a timeline has seen.
#[derive(Default)]
pub(super) struct Edits {
    /// By the message that they change.
    seen: HashMap<OwnedEventId, HashSet<OwnedEventId>>,
}

impl Edits {
    /// Notes the edits among events, and says whether they make a timeline show an earlier one.
    pub(super) fn mislead<'a>(
        &mut self,
        events: impl IntoIterator<Item = &'a TimelineEvent>,
    ) -> bool {
        let (mut new, mut bundled) = (HashSet::new(), Vec::new());
        for event in events {
            let Some(event_id) = event.event_id() else { continue };
            // Few have anything to do with edits, and this is on the way of opening a room.
            if !event.raw().json().get().contains("m.replace") {
                continue;
            }
            let Ok(relations) = event.raw().deserialize_as_unchecked::<Relations>() else {
                continue;
            };
            if let Some(latest) = relations.unsigned.relations.replace {
                bundled.push((event_id.to_owned(), latest.event_id));
            }
            if let Some(RelatesTo { rel_type, event_id: Some(message) }) =
                relations.content.relates_to
                && rel_type.as_deref() == Some("m.replace")
                && self.seen.entry(message).or_default().insert(event_id.to_owned())
            {
                new.insert(event_id.to_owned());
            }
        }
        bundled.iter().any(|(message, latest)| {
            self.seen.get(message).is_some_and(|seen| {
                seen.len() > 1 && seen.contains(latest) && !new.contains(latest)
            })
        })
    }

    pub(super) fn forget(&mut self) {
        self.seen.clear();
    }
}

/// The events that a change brings.
pub(crate) fn brought(diff: &VectorDiff<TimelineEvent>) -> Vec<&TimelineEvent> {
    match diff {
        VectorDiff::Append { values } | VectorDiff::Reset { values } => values.iter().collect(),
        VectorDiff::PushFront { value }
        | VectorDiff::PushBack { value }
        | VectorDiff::Insert { value, .. }
        | VectorDiff::Set { value, .. } => vec![value],
        VectorDiff::Clear
        | VectorDiff::PopFront
        | VectorDiff::PopBack
        | VectorDiff::Remove { .. }
        | VectorDiff::Truncate { .. } => Vec::new(),
    }
}

#[derive(Deserialize)]
struct Relations {
    #[serde(default)]
    content: Content,
    #[serde(default)]
    unsigned: Unsigned,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(rename = "m.relates_to")]
    relates_to: Option<RelatesTo>,
}

#[derive(Deserialize)]
struct RelatesTo {
    rel_type: Option<String>,
    event_id: Option<OwnedEventId>,
}

#[derive(Default, Deserialize)]
struct Unsigned {
    #[serde(default, rename = "m.relations")]
    relations: Bundled,
}

#[derive(Default, Deserialize)]
struct Bundled {
    #[serde(rename = "m.replace")]
    replace: Option<Edit>,
}

#[derive(Deserialize)]
struct Edit {
    event_id: OwnedEventId,
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::serde::Raw;
    use serde_json::{Value, json};

    use super::*;

    fn event(event_id: &str, content: Value, unsigned: Value) -> TimelineEvent {
        let event = json!({
            "event_id": event_id, "type": "m.room.message", "sender": "@anna:herold.test",
            "origin_server_ts": 1, "content": content, "unsigned": unsigned,
        });
        TimelineEvent::from_plaintext(Raw::new(&event).unwrap().cast_unchecked())
    }

    fn message(latest: Option<&str>) -> TimelineEvent {
        let replace = latest.map(|event_id| json!({ "event_id": event_id }));
        let answers = json!({ "m.in_reply_to": { "event_id": "$other" } });
        let content = json!({ "body": "Entwurf", "m.relates_to": answers });
        event("$message", content, json!({ "m.relations": { "m.replace": replace } }))
    }

    fn edit(event_id: &str) -> TimelineEvent {
        let relation = json!({ "rel_type": "m.replace", "event_id": "$message" });
        event(event_id, json!({ "body": "* Entwurf", "m.relates_to": relation }), json!({}))
    }

    #[test]
    fn an_earlier_edit_in_the_page_of_the_message_misleads() {
        let mut edits = Edits::default();
        assert!(!edits.mislead(&[edit("$second")]));
        assert!(edits.mislead(&[message(Some("$second")), edit("$first")]));
    }

    #[test]
    fn so_does_one_on_the_page_after_the_message() {
        let mut edits = Edits::default();
        assert!(!edits.mislead(&[edit("$second")]));
        assert!(!edits.mislead(&[edit("$first")]));
        assert!(edits.mislead(&[message(Some("$second"))]));
    }

    #[test]
    fn what_comes_in_order_does_not() {
        let mut edits = Edits::default();
        assert!(!edits.mislead(&[message(Some("$second")), edit("$first"), edit("$second")]));
        assert!(!Edits::default().mislead(&[message(None), edit("$first")]));
        assert!(!Edits::default().mislead(&[edit("$only"), message(Some("$only"))]));
    }

    #[test]
    fn what_was_forgotten_does_not() {
        let mut edits = Edits::default();
        edits.mislead(&[edit("$second")]);
        edits.forget();
        assert!(!edits.mislead(&[message(Some("$second")), edit("$first")]));
    }

    #[test]
    fn wrong_types_are_passed_over() {
        let content = json!({ "m.relates_to": { "rel_type": 3, "event_id": [] } });
        assert!(!Edits::default().mislead(&[event("$odd", content, json!({ "m.relations": 1 }))]));
    }
}
