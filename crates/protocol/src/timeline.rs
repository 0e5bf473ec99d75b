//! The rows of a conversation.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Attachment, Block, MediaToken, PreviewContent, Unread, WireError};

/// Which messages of a room a timeline holds.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum TimelineFocus {
    /// Up to the latest; messages in threads are left to their thread.
    #[default]
    Live,
    /// Around one message. Has pages in both directions.
    #[serde(rename_all = "camelCase")]
    Event {
        event_id: String,
    },
    #[serde(rename_all = "camelCase")]
    Thread {
        root_id: String,
    },
    Pinned,
    Files {
        kind: FileFilter,
    },
    Polls,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FileFilter {
    All,
    /// Pictures and videos.
    Pictures,
    /// Sound and voice messages.
    Audio,
    /// Everything else.
    Documents,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    Older,
    Newer,
}

/// One row of a conversation. `id` is stable while the row lives, also when a local echo becomes a
/// sent message; event identifiers are not.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineRow {
    pub id: String,
    pub content: TimelineRowContent,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum TimelineRowContent {
    /// Midnight of the day in local time.
    #[serde(rename_all = "camelCase")]
    DayDivider {
        #[ts(type = "number")]
        timestamp_ms: u64,
    },
    /// What is below has not been read.
    ReadMarker,
    /// The beginning of the room.
    Beginning,
    Message(Box<MessageRow>),
    /// Something happened to the room or its members.
    #[serde(rename_all = "camelCase")]
    Change {
        sender: Sender,
        #[ts(type = "number")]
        timestamp_ms: u64,
        change: RoomChange,
    },
    /// Shows nothing; keeps its place in the list.
    Hidden,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Sender {
    pub id: String,
    /// Display name, or the identifier's local part while the profile is not known.
    pub name: String,
    pub name_ambiguous: bool,
    pub avatar: Option<MediaToken>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageRow {
    /// `null` until the server has the message.
    pub event_id: Option<String>,
    pub sender: Sender,
    pub own: bool,
    #[ts(type = "number")]
    pub timestamp_ms: u64,
    pub content: MessageContent,
    pub edited: bool,
    /// Whether the account may replace it.
    pub editable: bool,
    /// Addresses the reader, by name or with everybody.
    pub highlighted: bool,
    /// `null` for messages that came from the server.
    pub send_state: Option<SendState>,
    pub reply_to: Option<ReplyPreview>,
    pub reactions: Vec<Reaction>,
    /// Only where something about the message's authenticity is wrong.
    pub shield: Option<Shield>,
    /// How many people other than the sender have read up to here, in rooms small enough to tell.
    pub read_by: u32,
    /// The first of them, at most five.
    pub readers: Vec<Sender>,
    /// Where the message is the root of a thread.
    pub thread: Option<ThreadSummary>,
}

/// What hangs below a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ThreadSummary {
    pub replies: u32,
    pub latest: Option<ReplyPreview>,
}

/// A line of the list of a room's threads.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ThreadRow {
    pub root: ReplyPreview,
    #[ts(type = "number")]
    pub timestamp_ms: u64,
    pub replies: u32,
    pub latest: Option<ReplyPreview>,
    pub unread: Unread,
    /// Whether the account wants to hear of new messages (MSC4306); `null` where the server does not know
    /// such subscriptions.
    pub followed: Option<bool>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum MessageContent {
    Text {
        blocks: Vec<Block>,
    },
    /// `* Name does something`.
    Emote {
        blocks: Vec<Block>,
    },
    /// A message by a program.
    Notice {
        blocks: Vec<Block>,
    },
    Attachment {
        attachment: Attachment,
        caption: Option<Vec<Block>>,
    },
    /// Several files as one message (MSC4274).
    Gallery {
        items: Vec<GalleryItem>,
        caption: Option<Vec<Block>>,
    },
    Sticker {
        text: String,
        attachment: Attachment,
    },
    #[serde(rename_all = "camelCase")]
    Location {
        /// What the place is called; may be empty.
        text: String,
        geo_uri: String,
        map: Option<PlaceMap>,
    },
    Poll {
        poll: Poll,
    },
    Redacted {
        /// Who deleted it, where that was not its sender.
        by: Option<Sender>,
        /// In one line, at most 300 characters.
        reason: Option<String>,
    },
    Undecryptable {
        cause: DecryptionFailure,
    },
    /// A kind of message Herold does not know; `fallback` is its plain text, where it has one.
    #[serde(rename_all = "camelCase")]
    Unknown {
        event_type: String,
        fallback: Option<String>,
    },
}

/// One of several files in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum GalleryItem {
    File {
        attachment: Attachment,
        caption: Option<Vec<Block>>,
    },
    /// A kind of file Herold does not know; `fallback` is its plain text, where it has one.
    #[serde(rename_all = "camelCase")]
    Unknown {
        item_type: String,
        fallback: Option<String>,
    },
}

/// Why a message cannot be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DecryptionFailure {
    /// The key has not arrived yet.
    KeyPending,
    /// Sent before this device existed and no backup is connected.
    SentBeforeDevice,
    /// Sent before the account joined.
    SentBeforeJoin,
    /// The sender withheld the key because this device is not verified.
    DeviceNotTrusted,
    /// The sender's verified identity changed.
    SenderIdentityChanged,
    /// The sender's device is not signed by its owner.
    SenderDeviceInsecure,
    Unknown,
}

/// Where a message of one's own stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SendState {
    /// Stored on this machine, on its way.
    Sending { progress: Option<UploadProgress> },
    /// Stored on this machine; goes out by itself when the connection is back.
    Waiting,
    /// Needs a decision: send again or discard.
    Failed { error: WireError },
    /// The server has it.
    Sent,
}

/// How much of a file has left, in bytes of what is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UploadProgress {
    #[ts(type = "number")]
    pub sent: u64,
    #[ts(type = "number")]
    pub total: u64,
}

/// Another message in one line.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReplyPreview {
    pub event_id: String,
    /// `null` while the original is being loaded, or cannot be.
    pub sender: Option<Sender>,
    pub content: Option<PreviewContent>,
    pub loading: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reaction {
    pub key: String,
    pub count: u32,
    pub own: bool,
    /// Names of the first people, at most 20.
    pub names: Vec<String>,
}

/// A doubt about a message's authenticity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Shield {
    /// The key came from a source that cannot be checked, such as an old backup.
    AuthenticityNotGuaranteed,
    UnknownDevice,
    UnsignedDevice,
    UnverifiedIdentity,
    /// The verified identity of the sender changed.
    IdentityChanged,
    /// Sent unencrypted into an encrypted room.
    SentInClear,
    /// Sender and owner of the key differ.
    MismatchedSender,
}

/// A still map, where policy names a map server.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PlaceMap {
    pub tiles: Vec<MapTile>,
    /// Whose map it is; may be empty.
    pub attribution: String,
}

/// A square of a map, 256 pixels wide.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MapTile {
    pub picture: MediaToken,
    /// Pixels from the place to the upper left corner.
    pub left: i32,
    pub top: i32,
}

/// A poll (MSC3381) with its votes as the protocol counts them.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Poll {
    pub question: String,
    /// Results are shown before the end.
    pub open: bool,
    pub max_selections: u32,
    pub answers: Vec<PollAnswer>,
    /// People who voted.
    pub voters: u32,
    /// One's own vote is among them, but the server does not have it yet.
    pub vote_waiting: bool,
    pub ended: bool,
    #[ts(type = "number | null")]
    pub ended_at_ms: Option<u64>,
    /// Only what is counted says anything of votes and of the end.
    pub tally: Tally,
}

/// How far the votes of a poll are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Tally {
    Complete,
    /// Of what can be read. Some of it cannot be decrypted: there may be other votes, or an end.
    Partial,
    /// The server is being asked for those that this device lacks.
    Counting,
    /// It could not be asked.
    Unknown,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PollAnswer {
    pub id: String,
    pub text: String,
    /// `null` while a secret poll runs.
    pub votes: Option<u32>,
    pub own: bool,
}

/// What happened. `subject` is the display name of the person it happened to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum RoomChange {
    Created,
    Joined {
        subject: String,
    },
    Left {
        subject: String,
    },
    Invited {
        subject: String,
    },
    InvitationRejected {
        subject: String,
    },
    InvitationWithdrawn {
        subject: String,
    },
    Removed {
        subject: String,
    },
    Banned {
        subject: String,
    },
    Unbanned {
        subject: String,
    },
    Knocked {
        subject: String,
    },
    NameOfPerson {
        from: Option<String>,
        to: Option<String>,
    },
    AvatarOfPerson,
    RoomName {
        name: String,
    },
    RoomTopic {
        topic: String,
    },
    RoomAvatar,
    EncryptionEnabled,
    PowerLevels,
    PinnedMessages,
    Upgraded,
    /// A call that cannot be taken here.
    CallStarted,
    CallJoined,
    CallLeft,
    /// Another change; `eventType` is the Matrix event type.
    #[serde(rename_all = "camelCase")]
    Other {
        event_type: String,
    },
}

/// A new message of any room, for scripts that watch.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct IncomingMessage {
    pub room_id: String,
    pub room_name: String,
    pub event_id: String,
    pub sender: String,
    pub sender_name: String,
    #[ts(type = "number")]
    pub timestamp_ms: u64,
    /// The words, without formatting.
    pub text: String,
}
