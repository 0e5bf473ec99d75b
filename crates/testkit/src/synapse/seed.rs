//! Rooms with a past, written in batches by the module `herold_testkit.py` inside Synapse.
//!
//! A hundred times cheaper than the client API per event, and the only way to date events
//! back. Events of one batch see the room as it was before the batch when notifications are
//! counted: put joins into an earlier batch than the messages that should count as unread.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::Synapse;

/// A room to create (or to continue, if `room_id` is set).
#[derive(Clone, Debug, Default, Serialize)]
pub struct Room {
    pub creator: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub room_id: Option<String>,
    /// The body of `/createRoom`.
    pub config: Value,
    /// When the room came into being, in milliseconds since 1970.
    pub ts: Option<u64>,
    /// Ids that `$ref:<n>` may name before those of `batches` follow.
    pub known_events: Vec<String>,
    pub batches: Vec<Vec<Event>>,
}

/// An event by any account of this server. In `content`, the string `$ref:<n>` stands for the
/// id of the n-th event of the room's order, counted from 0 over all batches.
#[derive(Clone, Debug, Serialize)]
pub struct Event {
    pub sender: String,
    #[serde(rename = "type")]
    pub kind: String,
    pub state_key: Option<String>,
    pub redacts: Option<String>,
    pub content: Value,
    pub ts: Option<u64>,
}

/// What a [`Room`] became.
#[derive(Clone, Debug, Deserialize)]
pub struct Written {
    pub room_id: String,
    /// In the order they were given.
    pub events: Vec<String>,
}

impl Event {
    pub fn message(sender: &str, body: &str) -> Self {
        let content = serde_json::json!({ "msgtype": "m.text", "body": body });
        Self::new(sender, "m.room.message", content)
    }

    pub fn join(user_id: &str) -> Self {
        let content = serde_json::json!({ "membership": "join" });
        Self::new(user_id, "m.room.member", content).state(user_id)
    }

    pub fn new(sender: &str, kind: &str, content: Value) -> Self {
        Self {
            sender: sender.to_owned(),
            kind: kind.to_owned(),
            state_key: None,
            redacts: None,
            content,
            ts: None,
        }
    }

    pub fn state(mut self, key: &str) -> Self {
        self.state_key = Some(key.to_owned());
        self
    }

    pub fn at(mut self, milliseconds: u64) -> Self {
        self.ts = Some(milliseconds);
        self
    }
}

impl Synapse {
    /// Writes rooms in turn. Panics with Synapse's answer if one is refused.
    pub async fn write_rooms(&self, rooms: &[Room]) -> Vec<Written> {
        let answer = self
            .http
            .post(format!("{}/_herold_testkit", self.url()))
            .header("X-Herold-Secret", &self.settings.secret)
            .json(&serde_json::json!({ "rooms": rooms }))
            .send()
            .await
            .expect("reaching the testkit module of Synapse");
        let status = answer.status();
        let text = answer.text().await.expect("reading the answer of the testkit module");
        assert!(status.is_success(), "writing rooms: {status} {text}\n{}", self.log());
        serde_json::from_str(&text).expect("reading the ids of written rooms")
    }
}
