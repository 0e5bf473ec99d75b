//! What a person writes, before it is a message.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AttachmentKind, MediaToken, Picture, ReplyPreview, VoiceRecording, WireError};

/// A room, or one thread of it. What is written somewhere else is a draft of its own.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConversationId {
    pub room_id: String,
    /// Event identifier of the thread's root.
    pub thread: Option<String>,
}

impl ConversationId {
    /// The room outside its threads.
    pub fn room(room_id: impl Into<String>) -> Self {
        Self { room_id: room_id.into(), thread: None }
    }

    pub fn thread(room_id: impl Into<String>, root_id: impl Into<String>) -> Self {
        Self { room_id: room_id.into(), thread: Some(root_id.into()) }
    }
}

/// Whom or what a text addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Mentioned {
    #[serde(rename_all = "camelCase")]
    Person { user_id: String },
    /// Room identifier or alias.
    Room { room: String },
    /// Everybody in the room (`@room`).
    Everyone,
}

/// A mention within a text: wherever `label` stands in it, `target` is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TextMention {
    /// As it stands in the text, with its `@` or `#`.
    pub label: String,
    pub target: Mentioned,
}

/// A text to send: markdown, with the mentions in it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingText {
    pub text: String,
    pub mentions: Vec<TextMention>,
    /// Event identifier of the message this answers.
    pub reply_to: Option<String>,
    /// The own message this replaces: its event identifier or, while it has none, the identifier of its row.
    pub edits: Option<String>,
}

impl OutgoingText {
    /// A text that addresses nobody and answers nothing.
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), ..Self::default() }
    }
}

/// What was typed but not sent. Survives a crash; every room and every thread has its own.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Draft {
    pub text: String,
    pub mentions: Vec<TextMention>,
    pub reply_to: Option<ReplyPreview>,
    /// As in [`OutgoingText`].
    pub edits: Option<String>,
}

/// A new poll (MSC3381): a question and 2 to 20 answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PollDraft {
    pub question: String,
    pub answers: Vec<String>,
    /// Results are shown before the end.
    pub open: bool,
    /// How many answers one person may choose.
    pub max_selections: u32,
}

/// A file chosen for sending that has not been sent. Known to the interface by `id` alone: where it
/// lies on disk is nobody's business in the webview.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StagedFile {
    pub id: String,
    pub filename: String,
    /// Bytes.
    #[ts(type = "number")]
    pub size: u64,
    /// Read from the file's own bytes, or from its name where those do not tell.
    pub mime_type: String,
    pub kind: AttachmentKind,
    pub picture: Option<Picture>,
    /// The bytes of a film or a sound that is not too large to be looked at.
    pub recording: Option<MediaToken>,
    pub metadata: FileMetadata,
    /// Why it cannot be sent.
    pub problem: Option<WireError>,
}

/// What only a player can tell of a film or a sound that is to be sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordingFacts {
    #[ts(type = "number | null")]
    pub duration_ms: Option<u64>,
    /// Pixels as shown.
    pub width: Option<u32>,
    pub height: Option<u32>,
    /// A picture of the film: a JPEG of at most 300 kB, in base64.
    pub still: Option<String>,
}

/// What a file says of where and with what it was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileMetadata {
    None,
    /// Is taken out unless the sender keeps it.
    Removable,
    /// May be in it, and cannot be taken out.
    Stays,
}

/// Files to send, one message each or together as a gallery (MSC4274).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OutgoingFiles {
    /// Identifiers of staged files, in order.
    pub files: Vec<String>,
    /// Markdown; empty for none. Goes with the first file, or with the gallery.
    pub caption: OutgoingText,
    pub gallery: bool,
    /// Leaves place and camera in photos.
    pub keep_metadata: bool,
}

/// A place to send.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Place {
    pub description: String,
    /// Degrees, -90 to 90.
    pub latitude: f64,
    /// Degrees, -180 to 180.
    pub longitude: f64,
}

/// What a message was made of that was taken back just after it was sent.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
#[expect(clippy::large_enum_variant, reason = "there is one at a time")]
pub enum TakenBack {
    Text {
        draft: Draft,
    },
    Poll {
        poll: PollDraft,
    },
    Place {
        place: Place,
    },
    #[serde(rename_all = "camelCase")]
    Files {
        /// Staged again.
        files: Vec<StagedFile>,
        /// Whether these are all that were sent: large ones that were pasted are not kept.
        complete: bool,
        caption: Draft,
        gallery: bool,
        keep_metadata: bool,
    },
    Recording {
        /// Kept again, unless another one has its place by now.
        recording: Option<VoiceRecording>,
        /// What it answers.
        caption: Draft,
    },
    /// Of messages that were forwarded, and are where they were.
    Copies,
}

/// A message to forward. `attribution` says whose it was, in the sender's language; empty for none.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Forward {
    pub event_id: String,
    pub attribution: String,
}

/// A room that can be mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomSuggestion {
    /// Its alias where it has one, otherwise its identifier.
    pub room: String,
    pub name: String,
    pub avatar: Option<MediaToken>,
}
