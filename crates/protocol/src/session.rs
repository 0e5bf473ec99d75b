//! Signing in, staying signed in, and being connected.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{
    ConversationId, Draft, ManagedSetting, MediaToken, PollDraft, Settings, StagedFile, WireError,
};

/// The signed-in account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Account {
    pub user_id: String,
    pub device_id: String,
    pub display_name: Option<String>,
    pub avatar: Option<MediaToken>,
    /// Base address of the homeserver.
    pub homeserver: String,
    pub verification: VerificationStatus,
}

/// What the homeserver lets a person change of their own profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ProfilePermissions {
    pub name: bool,
    pub picture: bool,
}

/// Whether this device carries the account's cross-signing signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum VerificationStatus {
    Unknown,
    Verified,
    Unverified,
}

/// What discovery learned about a homeserver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ServerInfo {
    /// As the person typed it, cleaned.
    pub name: String,
    /// Base address after `.well-known` discovery.
    pub homeserver: String,
    pub password_sign_in: bool,
    /// Matrix versions the server announces, for the details of a support request.
    pub versions: Vec<String>,
}

/// What the sign-in form sends. Debug output never shows the password.
#[derive(Clone, Deserialize, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PasswordSignIn {
    /// Server name, base address or full user identifier's server part.
    pub homeserver: String,
    /// Local part or full user identifier.
    pub username: String,
    pub password: String,
}

impl std::fmt::Debug for PasswordSignIn {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("PasswordSignIn")
            .field("homeserver", &self.homeserver)
            .field("password", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// An account offered at sign-in by a demonstration server started with `make run`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DemoAccount {
    pub homeserver: String,
    pub username: String,
    pub password: String,
    pub display_name: String,
}

impl std::fmt::Debug for DemoAccount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DemoAccount")
            .field("homeserver", &self.homeserver)
            .field("username", &self.username)
            .field("password", &"[redacted]")
            .finish_non_exhaustive()
    }
}

/// Where the key of the profile lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum SecureStorage {
    Keyring,
    /// A file wrapped by a passphrase, chosen by the person or the administrator.
    KeyFile,
}

/// Exactly one of these describes the application at any time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum SessionState {
    /// The profile is being opened.
    Starting,
    /// No account.
    SignedOut,
    SignedIn {
        account: Account,
    },
    /// The server ended the session but the device may continue after the password is entered.
    /// Everything on disk stays.
    #[serde(rename_all = "camelCase")]
    PasswordNeeded {
        account: Account,
    },
    /// The profile cannot be opened. Nothing was changed on disk.
    Blocked {
        error: WireError,
        remedies: Vec<StartupRemedy>,
    },
    /// Signing out and wiping.
    SigningOut,
}

/// What a person can choose when the profile cannot be opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StartupRemedy {
    /// Try again, for example after unlocking the keyring.
    Retry,
    /// Move the profile aside, keep it, and begin with an empty one.
    SetAside,
    /// Protect a new profile with a passphrase instead of the keyring.
    CreateKeyFile,
    /// Enter the passphrase of the key file.
    UnlockKeyFile,
}

/// The state of the link to the homeserver.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ConnectionState {
    /// First contact since start; what is on screen comes from disk.
    Connecting,
    /// Connected again and catching up on what was missed.
    CatchingUp,
    Online,
    /// Herold tries again by itself.
    #[serde(rename_all = "camelCase")]
    Offline {
        reason: OfflineReason,
        /// When the next attempt is made, where that is known.
        #[ts(type = "number | null")]
        retry_at_ms: Option<u64>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OfflineReason {
    /// No network, or the server cannot be reached.
    Unreachable,
    /// The server is reachable but does not answer in time.
    NotAnswering,
    /// The server answers with errors.
    ServerError,
    /// The server asked for a pause.
    RateLimited,
    /// The server's certificate cannot be trusted.
    Certificate,
    /// Something else answers in the server's place, such as the sign-in page of a public network.
    NotMatrix,
    /// The server does not accept the sign-in of this device. It is asked once more before the session
    /// ends.
    TokenRefused,
    /// What the server sends cannot be stored on this machine.
    Storage,
    /// The disk is full.
    DiskFull,
    /// Syncing failed within Herold.
    Internal,
}

/// What the application says without being asked.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum AppEvent {
    Session {
        state: SessionState,
    },
    Connection {
        state: ConnectionState,
    },
    /// Where the key of the profile lies; comes before the session that it opens.
    SecureStorage {
        storage: SecureStorage,
    },
    Settings {
        settings: Settings,
    },
    /// A link led to a room that should now be shown.
    #[serde(rename_all = "camelCase")]
    OpenRoom {
        room_id: String,
        event_id: Option<String>,
    },
    /// Files were dropped onto the window.
    FilesDropped {
        files: Vec<StagedFile>,
    },
    /// Something that no screen waits for failed, such as a link from another application.
    Problem {
        error: WireError,
    },
    /// The server refused an edit. The message has its old words again.
    EditRefused {
        error: WireError,
        edit: UnsentEdit,
    },
}

/// An edit that was not sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct UnsentEdit {
    pub conversation: ConversationId,
    pub change: UnsentChange,
}

/// An edit as it was typed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum UnsentChange {
    /// The draft names the message.
    Text { draft: Draft },
    #[serde(rename_all = "camelCase")]
    Poll { event_id: String, poll: PollDraft },
}

/// Everything a window needs for its first frame.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AppSnapshot {
    pub version: String,
    pub session: SessionState,
    pub connection: ConnectionState,
    pub settings: Settings,
    pub managed: Vec<ManagedSetting>,
    /// Server to put into the sign-in form.
    pub suggested_homeserver: Option<String>,
    pub demo: Option<DemoAccount>,
    pub secure_storage: Option<SecureStorage>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_holds_a_password_does_not_print_it() {
        let (homeserver, username) = ("https://example.org".to_owned(), "anna".to_owned());
        let password = "correct horse".to_owned();
        let demo = DemoAccount {
            homeserver: homeserver.clone(),
            username: username.clone(),
            password: password.clone(),
            display_name: "Anna".to_owned(),
        };
        let sign_in = PasswordSignIn { homeserver, username, password };
        for printed in [format!("{demo:?}"), format!("{sign_in:?}")] {
            assert!(printed.contains("example.org"), "{printed}");
            assert!(!printed.contains("correct horse"), "{printed}");
        }
    }
}
