//! The room list, the details of a room and its members.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Block, MediaToken};

/// Which rooms a room list subscription shows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomListQuery {
    /// `null` searches all sections at once.
    pub section: Option<RoomSection>,
    pub filter: RoomFilter,
    /// Fuzzy match on the room's name; empty matches all.
    pub search: String,
}

/// A room is in exactly one section.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomSection {
    Invitations,
    Favourites,
    People,
    Rooms,
    LowPriority,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomFilter {
    #[default]
    All,
    Unread,
    People,
    Rooms,
    /// Joined rooms in which only some may write.
    Announcements,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RoomKind {
    /// A conversation between two people.
    Direct,
    Group,
    /// Only some may write.
    Announcements,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Membership {
    Joined,
    Invited,
    Knocked,
    Left,
    Banned,
}

/// Unread state. `mentions` is part of `notifications`, which is part of `messages`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Unread {
    pub messages: u32,
    pub notifications: u32,
    pub mentions: u32,
    /// Marked as unread by hand.
    pub marked: bool,
}

/// One line of the room list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomRow {
    pub id: String,
    /// Empty while the name is not known yet.
    pub name: String,
    pub avatar: Option<MediaToken>,
    pub kind: RoomKind,
    pub section: RoomSection,
    pub membership: Membership,
    /// Whether the account may send messages here.
    pub can_send: bool,
    pub encrypted: bool,
    pub muted: bool,
    pub unread: Unread,
    pub preview: Option<Preview>,
    /// Who invited, where this is an invitation.
    pub inviter: Option<String>,
}

/// The latest message of a room in one line.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Preview {
    /// Display name; `null` in a direct chat's own messages means "you".
    pub sender: Option<String>,
    pub own: bool,
    #[ts(type = "number")]
    pub timestamp_ms: u64,
    pub content: PreviewContent,
    /// True while the message waits to be sent.
    pub pending: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum PreviewContent {
    Text { text: String },
    Image { caption: Option<String> },
    Video { caption: Option<String> },
    Audio,
    Voice,
    File { filename: String },
    Gallery { count: u32, caption: Option<String> },
    Poll { question: String },
    Location,
    Sticker { text: String },
    Redacted,
    Undecryptable,
    Invited,
    Other,
}

/// Everything the header and the details pane say about a room.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomDetails {
    pub id: String,
    pub name: String,
    /// At most 2,000 characters; addresses in it are links. Empty where there is none.
    pub topic: Vec<Block>,
    pub avatar: Option<MediaToken>,
    pub kind: RoomKind,
    pub membership: Membership,
    pub encrypted: bool,
    pub member_count: u32,
    pub alias: Option<String>,
    /// Whether the account may send messages here.
    pub can_send: bool,
    pub favourite: bool,
    pub muted: bool,
    pub inviter: Option<String>,
    /// Servers with at least one member, other than the account's own.
    pub other_servers: Vec<String>,
    pub permissions: RoomPermissions,
    /// Names of those who are writing right now, without oneself.
    pub typing: Vec<String>,
    /// Event identifiers of the pinned messages, the oldest first, at most 100.
    pub pinned: Vec<String>,
    /// Event identifier of the last message the account has read, on whatever device.
    pub read_up_to: Option<String>,
    pub unread: Unread,
}

/// What the account may do in a room, from its power levels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RoomPermissions {
    pub react: bool,
    pub send_polls: bool,
    pub vote: bool,
    pub redact_own: bool,
    /// Deletes messages of others, and ends their polls.
    pub redact_others: bool,
    pub pin: bool,
    /// Addresses everybody with `@room`.
    pub notify_room: bool,
}

/// A line of the member list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MemberRow {
    pub id: String,
    pub name: String,
    /// True where another member has the same display name, so the identifier must be shown.
    pub name_ambiguous: bool,
    pub avatar: Option<MediaToken>,
    pub role: MemberRole,
    pub membership: Membership,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MemberRole {
    Administrator,
    Moderator,
    Member,
}

/// Answer to a request for more of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum MoreOutcome {
    /// There may be more.
    More,
    /// That was all.
    End,
}
