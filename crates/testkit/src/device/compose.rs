//! Sending: every method returns the id of the event once the server has it.
//!
//! Content is written as JSON, as another client would; matrix-sdk encrypts it where the
//! room asks for it.

use std::time::Duration;

use matrix_sdk::{
    attachment::{AttachmentConfig, AttachmentInfo, BaseAudioInfo, BaseImageInfo},
    ruma::{EventId, OwnedEventId, RoomId, UInt},
};
use serde::Serialize;
use serde_json::{Value, json};

use super::Device;
use crate::picture::Picture;

/// A poll to send; votes name answers by their position.
#[derive(Clone, Debug)]
pub struct Poll {
    pub question: String,
    pub answers: Vec<String>,
    /// Whether interim results are shown.
    pub disclosed: bool,
    pub max_selections: u32,
}

impl Poll {
    /// A disclosed poll with one choice.
    pub fn new(question: &str, answers: &[&str]) -> Self {
        Self {
            question: question.to_owned(),
            answers: answers.iter().map(|&answer| answer.to_owned()).collect(),
            disclosed: true,
            max_selections: 1,
        }
    }

    /// The content of `org.matrix.msc3381.poll.start`.
    pub fn content(&self) -> Value {
        let answers: Vec<_> = self
            .answers
            .iter()
            .enumerate()
            .map(
                |(index, text)| json!({ "id": index.to_string(), "org.matrix.msc1767.text": text }),
            )
            .collect();
        let kind = if self.disclosed { "disclosed" } else { "undisclosed" };
        json!({
            "org.matrix.msc1767.text": format!("{}\n{}", self.question, self.answers.join("\n")),
            "org.matrix.msc3381.poll.start": {
                "question": { "org.matrix.msc1767.text": self.question },
                "kind": format!("org.matrix.msc3381.poll.{kind}"),
                "max_selections": self.max_selections,
                "answers": answers,
            },
        })
    }
}

/// The content of a vote for the answers at these positions.
pub(crate) fn vote_content(poll: &str, answers: &[usize]) -> Value {
    let answers: Vec<_> = answers.iter().map(usize::to_string).collect();
    choice_content(poll, &answers)
}

fn choice_content(poll: &str, answers: &[impl Serialize]) -> Value {
    json!({
        "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
        "org.matrix.msc3381.poll.response": { "answers": answers },
    })
}

/// The content of the end of a poll.
pub(crate) fn end_content(poll: &str, text: &str) -> Value {
    json!({
        "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
        "org.matrix.msc3381.poll.end": {},
        "org.matrix.msc1767.text": text,
    })
}

impl Device {
    pub async fn send(&self, room: &RoomId, text: &str) -> OwnedEventId {
        self.send_raw(room, "m.room.message", json!({ "msgtype": "m.text", "body": text })).await
    }

    pub async fn send_html(&self, room: &RoomId, text: &str, html: &str) -> OwnedEventId {
        let content = json!({
            "msgtype": "m.text",
            "body": text,
            "format": "org.matrix.custom.html",
            "formatted_body": html,
        });
        self.send_raw(room, "m.room.message", content).await
    }

    /// A message that mentions people by id; the text names them as it likes.
    pub async fn mention(&self, room: &RoomId, text: &str, people: &[&str]) -> OwnedEventId {
        let content =
            json!({ "msgtype": "m.text", "body": text, "m.mentions": { "user_ids": people } });
        self.send_raw(room, "m.room.message", content).await
    }

    /// Uploads (encrypted where the room is) and sends a picture.
    pub async fn send_image(&self, room: &RoomId, name: &str, picture: &Picture) -> OwnedEventId {
        let info = BaseImageInfo {
            width: Some(UInt::from(picture.width)),
            height: Some(UInt::from(picture.height)),
            size: UInt::try_from(picture.png.len()).ok(),
            ..Default::default()
        };
        let config = AttachmentConfig::new().info(AttachmentInfo::Image(info));
        self.send_attachment(room, name, &mime::IMAGE_PNG, picture.png.clone(), config).await
    }

    /// Uploads and sends a voice message of Ogg (MSC3245); its loudness goes from 0 to 1 (MSC3246).
    pub async fn send_voice(
        &self,
        room: &RoomId,
        ogg: Vec<u8>,
        duration: Duration,
        loudness: Vec<f32>,
    ) -> OwnedEventId {
        let info = BaseAudioInfo {
            duration: Some(duration),
            size: UInt::try_from(ogg.len()).ok(),
            waveform: Some(loudness),
        };
        let config = AttachmentConfig::new().info(AttachmentInfo::Voice(info));
        let kind: mime::Mime = "audio/ogg".parse().expect("a media type");
        self.send_attachment(room, "Sprachnachricht.ogg", &kind, ogg, config).await
    }

    pub async fn send_file(
        &self,
        room: &RoomId,
        name: &str,
        kind: &mime::Mime,
        bytes: Vec<u8>,
    ) -> OwnedEventId {
        self.send_attachment(room, name, kind, bytes, AttachmentConfig::new()).await
    }

    async fn send_attachment(
        &self,
        room: &RoomId,
        name: &str,
        kind: &mime::Mime,
        bytes: Vec<u8>,
        config: AttachmentConfig,
    ) -> OwnedEventId {
        let room = self.room(room);
        let sent = room.send_attachment(name, kind, bytes, config).await;
        sent.unwrap_or_else(|error| panic!("sending the attachment {name}: {error:?}")).event_id
    }

    pub async fn send_poll(&self, room: &RoomId, poll: &Poll) -> OwnedEventId {
        self.send_raw(room, "org.matrix.msc3381.poll.start", poll.content()).await
    }

    /// Votes for the answers at these positions; none withdraws the vote.
    pub async fn vote(&self, room: &RoomId, poll: &EventId, answers: &[usize]) -> OwnedEventId {
        let content = vote_content(poll.as_str(), answers);
        self.send_raw(room, "org.matrix.msc3381.poll.response", content).await
    }

    /// The same in a poll of somebody else, which names its answers as it likes.
    pub async fn vote_for(&self, room: &RoomId, poll: &EventId, answers: &[&str]) -> OwnedEventId {
        let content = choice_content(poll.as_str(), answers);
        self.send_raw(room, "org.matrix.msc3381.poll.response", content).await
    }

    pub async fn end_poll(&self, room: &RoomId, poll: &EventId) -> OwnedEventId {
        let content = end_content(poll.as_str(), "The poll has ended.");
        self.send_raw(room, "org.matrix.msc3381.poll.end", content).await
    }

    pub async fn reply(&self, room: &RoomId, to: &EventId, text: &str) -> OwnedEventId {
        let content = json!({
            "msgtype": "m.text",
            "body": text,
            "m.relates_to": { "m.in_reply_to": { "event_id": to } },
        });
        self.send_raw(room, "m.room.message", content).await
    }

    /// A message in the thread below `root`.
    pub async fn reply_in_thread(&self, room: &RoomId, root: &EventId, text: &str) -> OwnedEventId {
        let content = json!({
            "msgtype": "m.text",
            "body": text,
            "m.relates_to": {
                "rel_type": "m.thread",
                "event_id": root,
                "is_falling_back": true,
                "m.in_reply_to": { "event_id": root },
            },
        });
        self.send_raw(room, "m.room.message", content).await
    }

    /// Replaces the text of an own message.
    pub async fn edit(&self, room: &RoomId, event: &EventId, text: &str) -> OwnedEventId {
        let content = json!({
            "msgtype": "m.text",
            "body": format!("* {text}"),
            "m.new_content": { "msgtype": "m.text", "body": text },
            "m.relates_to": { "rel_type": "m.replace", "event_id": event },
        });
        self.send_raw(room, "m.room.message", content).await
    }

    pub async fn react(&self, room: &RoomId, event: &EventId, key: &str) -> OwnedEventId {
        let content = json!({
            "m.relates_to": { "rel_type": "m.annotation", "event_id": event, "key": key },
        });
        self.send_raw(room, "m.reaction", content).await
    }

    pub async fn redact(&self, room: &RoomId, event: &EventId, reason: Option<&str>) {
        self.room(room).redact(event, reason, None).await.expect("redacting a message");
    }

    /// Any event, encrypted if the room is.
    pub async fn send_raw(&self, room: &RoomId, kind: &str, content: Value) -> OwnedEventId {
        let sent = self.room(room).send_raw(kind, content).await;
        sent.unwrap_or_else(|error| panic!("{} sending {kind}: {error:?}", self.user_id()))
            .response
            .event_id
    }

    /// Any state event.
    pub async fn send_state(
        &self,
        room: &RoomId,
        kind: &str,
        state_key: &str,
        content: Value,
    ) -> OwnedEventId {
        let sent = self.room(room).send_state_event_raw(kind, state_key, content).await;
        sent.unwrap_or_else(|error| panic!("{} setting {kind}: {error:?}", self.user_id())).event_id
    }

    pub async fn set_typing(&self, room: &RoomId, typing: bool) {
        self.room(room).typing_notice(typing).await.expect("sending a typing notice");
    }

    /// Marks everything up to this event as read, for all to see.
    pub async fn read_up_to(&self, room: &RoomId, event: &EventId) {
        use matrix_sdk::ruma::{
            api::client::receipt::create_receipt::v3::ReceiptType, events::receipt::ReceiptThread,
        };
        self.room(room)
            .send_single_receipt(ReceiptType::Read, ReceiptThread::Unthreaded, event.to_owned())
            .await
            .expect("sending a read receipt");
    }
}
