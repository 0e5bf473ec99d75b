//! Every type that crosses from the core to a user interface or a script.
//!
//! Types are named for what a screen draws, not for the SDK type behind them, and hold plain owned
//! data. Times are milliseconds since the Unix epoch, durations are milliseconds, identifiers are
//! Matrix identifiers as strings. On the wire everything is camelCase JSON; enumerations carry a
//! `type` field. `ui/src/protocol.ts` is generated from here by `make generate`.

mod error;
mod links;
mod list;
mod media;
mod rich_text;
mod rooms;
mod session;
mod settings;
mod timeline;
pub mod typescript;

pub use error::{ErrorKind, ErrorReason, WireError};
pub use links::LinkOutcome;
pub use list::{Batch, ListOp, SubscriptionId};
pub use media::{Attachment, AttachmentKind, MediaToken, Picture};
pub use rich_text::{Block, Inline, MentionTarget, TextStyle};
pub use rooms::{
    MemberRole, MemberRow, Membership, MoreOutcome, Preview, PreviewContent, RoomDetails,
    RoomFilter, RoomKind, RoomListQuery, RoomRow, RoomSection, Unread,
};
pub use session::{
    Account, AppEvent, AppSnapshot, ConnectionState, DemoAccount, OfflineReason, PasswordSignIn,
    SecureStorage, ServerInfo, SessionState, StartupRemedy, VerificationStatus,
};
pub use settings::{Language, ManagedSetting, Settings, Theme};
pub use timeline::{
    DecryptionFailure, IncomingMessage, MessageContent, MessageRow, Poll, PollAnswer, Reaction,
    ReplyPreview, RoomChange, SendState, Sender, Shield, TimelineRow, TimelineRowContent,
};
