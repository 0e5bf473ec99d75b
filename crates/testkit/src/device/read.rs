//! Reading what has arrived, decrypted where a key is there.

use std::time::Duration;

use matrix_sdk::{
    deserialized_responses::TimelineEvent,
    room::MessagesOptions,
    ruma::{EventId, OwnedEventId, OwnedUserId, RoomId},
};
use serde_json::Value;

use super::Device;

/// An event of a room's timeline.
#[derive(Clone, Debug)]
pub struct Message {
    pub event_id: OwnedEventId,
    pub sender: OwnedUserId,
    /// The decrypted type; `m.room.encrypted` if there is no key (yet).
    pub kind: String,
    /// The text of a message; empty for everything else.
    pub body: String,
    /// Whether it came encrypted and was decrypted.
    pub encrypted: bool,
    /// Type, content, sender and so on, decrypted.
    pub raw: Value,
}

impl Message {
    /// Its text as HTML; empty where it is plain.
    pub fn html(&self) -> &str {
        self.raw["content"]["formatted_body"].as_str().unwrap_or_default()
    }

    /// The text that it gives the message it replaces; empty where it replaces none.
    pub fn edited_body(&self) -> &str {
        self.raw["content"]["m.new_content"]["body"].as_str().unwrap_or_default()
    }

    /// How it is related to another event, and to which.
    pub fn relates_to(&self, relation: &str, event: &EventId) -> bool {
        let related = &self.raw["content"]["m.relates_to"];
        related["rel_type"] == relation && related["event_id"] == event.as_str()
    }

    /// Whether it takes this event back.
    pub fn redacts(&self, event: &EventId) -> bool {
        // Where it stands depends on the version of the room.
        let redacted = [&self.raw["content"]["redacts"], &self.raw["redacts"]];
        self.kind == "m.room.redaction" && redacted.iter().any(|id| **id == event.as_str())
    }
}

impl Device {
    /// Everything this device has of a room's timeline, oldest first, undecrypted events included.
    pub async fn messages(&self, room: &RoomId) -> Vec<Message> {
        let Some(room) = self.client().get_room(room) else { return Vec::new() };
        let (cache, _tasks) = room.event_cache().await.expect("opening a room's event cache");
        let events = cache.events().await.expect("reading a room's events");
        events.iter().filter_map(message).collect()
    }

    /// All events of a room as the server has them and this device can read them, oldest first: also those of a gap,
    /// which the sync left out.
    pub async fn history(&self, room: &RoomId) -> Vec<Value> {
        let room = self.room(room);
        let mut events = Vec::new();
        let mut from = None;
        loop {
            let mut options = MessagesOptions::backward().from(from.as_deref());
            options.limit = 100_u32.into();
            let page = room.messages(options).await.expect("reading a room's history");
            let raw = |event: TimelineEvent| event.raw().deserialize_as_unchecked().unwrap();
            events.extend(page.chunk.into_iter().map(raw));
            match page.end {
                Some(end) => from = Some(end),
                None => break,
            }
        }
        events.reverse();
        events
    }

    /// Waits for a message that fits, among those already here and those to come.
    pub async fn wait_for_message(
        &self,
        room: &RoomId,
        fits: impl Fn(&Message) -> bool,
        limit: Duration,
    ) -> Message {
        let asking = async {
            loop {
                let found = self.messages(room).await.into_iter().find(|message| fits(message));
                if let Some(found) = found {
                    return found;
                }
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
        };
        match tokio::time::timeout(limit, asking).await {
            Ok(found) => found,
            Err(_) => {
                let seen: Vec<_> = self
                    .messages(room)
                    .await
                    .into_iter()
                    .map(|message| format!("{} {}: {}", message.kind, message.sender, message.body))
                    .collect();
                panic!("{} saw no such message within {limit:?}, only {seen:#?}", self.user_id())
            }
        }
    }

    /// Waits until exactly these messages are pinned, in this order.
    pub async fn wait_for_pins(&self, room: &RoomId, pinned: &[&EventId]) {
        self.until(&format!("{pinned:?} to be pinned in {room}"), async || {
            let now = self.room(room).pinned_event_ids().unwrap_or_default();
            let same = now.iter().map(|id| id.as_str()).eq(pinned.iter().map(|id| id.as_str()));
            same.then_some(())
        })
        .await;
    }

    /// Waits for a message with exactly this text.
    pub async fn wait_for_text(&self, room: &RoomId, text: &str, limit: Duration) -> Message {
        self.wait_for_message(room, |message| message.body == text, limit).await
    }
}

fn message(event: &TimelineEvent) -> Option<Message> {
    let raw: Value = event.raw().deserialize_as_unchecked().ok()?;
    let kind = raw["type"].as_str()?.to_owned();
    let is_text = kind == "m.room.message";
    Some(Message {
        event_id: event.event_id()?.to_owned(),
        sender: event.sender()?,
        body: raw["content"]["body"].as_str().filter(|_| is_text).unwrap_or_default().to_owned(),
        kind,
        encrypted: event.encryption_info().is_some(),
        raw,
    })
}
