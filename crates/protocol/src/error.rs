//! What went wrong, as something a person can act on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The kinds of failure a reader can act on. A user interface words each of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorKind {
    /// No connection to the homeserver. Goes away by itself.
    Offline,
    /// The homeserver did not answer in time.
    Timeout,
    /// The homeserver asks for a pause; `retryAfterMs` says how long where it told us.
    RateLimited,
    /// The session ended, or the sign-in data is wrong.
    SignedOut,
    /// The homeserver or the room does not allow it.
    Forbidden,
    /// The server, room, person or file does not exist.
    NotFound,
    /// Needs a verified device first.
    NeedsVerification,
    /// A person's cryptographic identity changed.
    IdentityChanged,
    /// A recipient has devices that the settings exclude.
    InsecureDevices,
    /// Larger than the homeserver takes.
    TooLarge,
    /// The homeserver or this build cannot do it.
    Unsupported,
    /// The organisation's policy forbids it.
    PolicyForbids,
    /// The profile on this machine cannot be read or written.
    Storage,
    /// What was entered does not make sense.
    Invalid,
    /// Stopped on request.
    Cancelled,
    /// A defect in Herold.
    Internal,
}

/// The precise cause, where the kind alone would leave the reader guessing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ErrorReason {
    /// User name or password is wrong.
    WrongCredentials,
    /// The account was deactivated or locked by its administrator.
    AccountDeactivated,
    /// The server name does not resolve.
    ServerUnknown,
    /// The server resolves but refuses or drops the connection.
    ServerUnreachable,
    /// The server answers, but not as a Matrix homeserver.
    NotMatrix,
    /// The homeserver lacks simplified sliding sync (MSC4186).
    NoSlidingSync,
    /// The homeserver offers no sign-in with a password.
    NoPasswordSignIn,
    /// The server's certificate expired.
    CertificateExpired,
    /// The server's certificate cannot be trusted for another cause.
    CertificateInvalid,
    /// The server answered with an internal error.
    ServerError,
    /// The address cannot be read as a server name.
    ServerNameInvalid,
    /// The system has no keyring service.
    KeyringMissing,
    /// The system has no keyring service, and the key of the profile that lies on disk is in one.
    KeyringNeeded,
    /// The keyring is there, and fails for a cause that is not known.
    KeyringFailed,
    /// The keyring is locked, or unlocking was declined.
    KeyringLocked,
    /// The keyring has no key for the profile that lies on disk.
    KeyMissing,
    /// The profile is protected by a passphrase, which has to be entered.
    PassphraseNeeded,
    /// The passphrase does not open the key file.
    WrongPassphrase,
    /// The passphrase is shorter than allowed.
    PassphraseTooShort,
    /// The profile cannot be read: damaged, or encrypted with another key.
    StoreUnreadable,
    /// The profile has messages and keys, but no sign-in any more.
    SessionMissing,
    /// The server ended the session of this device, and what lay here of the account was deleted.
    DeviceRemoved,
    /// Somebody is signed in with this profile.
    AlreadySignedIn,
    /// The profile was written by a newer version of Herold.
    StoreNewer,
    /// The disk is full.
    DiskFull,
    /// Another instance of Herold has this profile open.
    ProfileInUse,
    /// The directory cannot be written.
    NotWritable,
    /// The message is longer than the protocol allows (64 KiB with its envelope).
    MessageTooLong,
    /// The file is larger than the homeserver takes, or than can be queued here.
    FileTooLarge,
    /// Sending the file would need more memory than the system can give now.
    TooLittleMemory,
    /// A change to a message (an edit, a reaction, a vote, a deletion) was refused and is taken back.
    ChangeRefused,
    /// The poll has ended already.
    PollEnded,
    /// Somebody has voted in the poll, so it is no longer changed.
    PollHasVotes,
    /// One of the rooms takes no such message from this person; nothing was forwarded.
    ForwardRefused,
    /// The link has a scheme that Herold does not open.
    LinkRefused,
    /// The room behind the link is not among the joined rooms.
    NotInRoom,
    /// There is no direct chat with the person behind the link.
    NoChat,
    /// Signed out here, but the server could not be told: the device stays listed there.
    DeviceStays,
    /// The file does not match the hash in its event.
    HashMismatch,
    /// The homeserver does not have the file any more.
    FileGone,
    /// The file an upload needs is no longer on this device.
    LocalFileGone,
    /// The file an upload needs may not be read.
    FileUnreadable,
    /// What was chosen or dropped is a folder, or no file for another cause.
    NotAFile,
    /// What was chosen as a person's picture is no PNG, JPEG, WebP or GIF that can be drawn.
    NotAPicture,
    /// A person's name is longer than servers take.
    NameTooLong,
    /// The homeserver lets nobody change the name, or the picture, of their account.
    ProfileManaged,
    /// More files than are taken or sent at once (100).
    TooManyFiles,
    /// More messages forwarded at once, times rooms, than allowed (500).
    TooManyForwarded,
    /// The message that was to be changed has been deleted.
    MessageDeleted,
    /// The homeserver does not take the message, and names no cause that can be acted on.
    MessageRefused,
    /// The homeserver is not one that policy allows.
    ServerNotAllowed,
    /// There is no microphone.
    NoMicrophone,
    /// The system does not let Herold use the microphone.
    MicrophoneRefused,
    /// The microphone gives no sound, or another program has it to itself.
    MicrophoneUnusable,
}

/// A failure as it crosses the boundary. `detail` is for the help desk, in English, without message
/// text, tokens or full identifiers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WireError {
    pub kind: ErrorKind,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub reason: Option<ErrorReason>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub retry_after_ms: Option<u64>,
    #[serde(skip_serializing_if = "Option::is_none", default)]
    #[ts(optional)]
    pub detail: Option<String>,
}
