//! Every type that crosses from the core to a user interface or a script.
//!
//! Types are named for what a screen draws, not for the SDK type behind them, and hold plain owned
//! data. Times are milliseconds since the Unix epoch, durations are milliseconds, identifiers are
//! Matrix identifiers as strings. On the wire everything is camelCase JSON; enumerations carry a
//! `type` field. `ui/src/protocol.ts` is generated from here by `make generate`.

mod compose;
mod error;
mod links;
mod list;
mod media;
mod message_details;
mod rich_text;
mod rooms;
mod session;
mod settings;
mod timeline;
pub mod typescript;
mod voice;

pub use compose::{
    ConversationId, Draft, FileMetadata, Forward, Mentioned, OutgoingFiles, OutgoingText, Place,
    PollDraft, RecordingFacts, RoomSuggestion, StagedFile, TakenBack, TextMention,
};
pub use error::{ErrorKind, ErrorReason, WireError};
pub use links::{LinkCard, LinkOutcome, LinkPreview};
pub use list::{Batch, ListOp, SubscriptionId};
pub use media::{Attachment, AttachmentKind, MediaToken, Picture};
pub use message_details::{
    AnswerVoters, FileOutcome, FileText, MessageDetails, PollVotes, ReactionDetails, Reader,
    Revision, SavedFile,
};
pub use rich_text::{Block, Inline, MentionTarget, TextStyle};
pub use rooms::{
    MemberRole, MemberRow, Membership, MoreOutcome, Preview, PreviewContent, RoomDetails,
    RoomFilter, RoomKind, RoomListQuery, RoomPermissions, RoomRow, RoomSection, Unread,
};
pub use session::{
    Account, AppEvent, AppSnapshot, ConnectionState, DemoAccount, OfflineReason, PasswordSignIn,
    ProfilePermissions, SecureStorage, ServerInfo, SessionState, StartupRemedy, UnsentChange,
    UnsentEdit, VerificationStatus,
};
pub use settings::{Language, ManagedSetting, Settings, Theme, Translations};
pub use timeline::{
    DecryptionFailure, Direction, FileFilter, GalleryItem, IncomingMessage, MapTile,
    MessageContent, MessageRow, PlaceMap, Poll, PollAnswer, Reaction, ReplyPreview, RoomChange,
    SendState, Sender, Shield, Tally, ThreadRow, ThreadSummary, TimelineFocus, TimelineRow,
    TimelineRowContent, UploadProgress,
};
pub use voice::{RecordingEnd, RecordingEvent, VoiceRecording};
