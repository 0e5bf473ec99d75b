//! A person's own name and picture, and what of it the homeserver lets them change.
//!
//! The server is asked for its capabilities when somebody looks at the account (decision 20). Whether it takes a change, it
//! says when it gets one. How the picture is drawn is in `outgoing::inspect`.

use std::{
    sync::{PoisonError, Weak},
    time::Duration,
};

use herold_protocol::{
    Account, ConnectionState, ErrorKind, ErrorReason, ProfilePermissions, VerificationStatus,
};
use herold_rich_text::text::{clean_name, one_line};
use matrix_sdk::{
    Client,
    ruma::{
        OwnedMxcUri,
        api::client::profile::{AvatarUrl, DisplayName},
    },
};
use tokio::{sync::watch, time::timeout};

use super::{Session, Signal};
use crate::{Error, Result};

/// Unicode characters of a name; Synapse takes 256. A window lets people type fewer, as they count them.
const LONGEST_NAME: usize = 255;

/// For the server to say what it allows. Without an answer, it says so when it gets the change.
const PATIENCE: Duration = Duration::from_secs(3);

/// What is known of an account before the server was asked.
pub(super) fn of(client: &Client) -> Result<Account> {
    let meta = client.session_meta().ok_or_else(|| Error::new(ErrorKind::SignedOut))?;
    Ok(Account {
        user_id: meta.user_id.to_string(),
        device_id: meta.device_id.to_string(),
        display_name: None,
        avatar: None,
        homeserver: client.homeserver().to_string(),
        verification: VerificationStatus::Unknown,
    })
}

/// Takes name and picture of the account from the server, with each new connection until there is an answer.
pub(super) async fn load(session: Weak<Session>, mut connection: watch::Receiver<ConnectionState>) {
    loop {
        let Some(client) = session.upgrade().map(|session| session.client.clone()) else { return };
        if let Ok(profile) = profile_of(&client).await {
            if let Some(session) = session.upgrade() {
                session.take_profile(profile);
            }
            return;
        }
        drop(client);
        if connection.changed().await.is_err()
            || connection.wait_for(|state| *state == ConnectionState::Online).await.is_err()
        {
            return;
        }
    }
}

#[derive(Default)]
struct Profile {
    name: Option<String>,
    picture: Option<OwnedMxcUri>,
}

async fn profile_of(client: &Client) -> Result<Profile> {
    let answer = client.account().fetch_user_profile().await.map_err(Error::from);
    let profile = match answer {
        // Who has neither a name nor a picture may have no profile (specification, "Profiles").
        Err(error) if error.kind == ErrorKind::NotFound => return Ok(Profile::default()),
        answer => answer?,
    };
    Ok(Profile {
        name: profile.get_static::<DisplayName>().ok().flatten(),
        picture: profile.get_static::<AvatarUrl>().ok().flatten(),
    })
}

/// As the server says now, else as it said last. What it does not say is allowed (specification, "Capabilities
/// negotiation").
async fn permissions(client: &Client) -> ProfilePermissions {
    let capabilities = client.homeserver_capabilities();
    // What is kept may be a week old.
    if !matches!(timeout(PATIENCE, capabilities.refresh()).await, Ok(Ok(()))) {
        tracing::info!("the server does not say what it allows");
    }
    let (name, picture) = tokio::join!(
        is_allowed(capabilities.can_change_displayname()),
        is_allowed(capabilities.can_change_avatar())
    );
    ProfilePermissions { name, picture }
}

async fn is_allowed(answer: impl Future<Output = matrix_sdk::Result<bool>>) -> bool {
    !matches!(timeout(PATIENCE, answer).await, Ok(Ok(false)))
}

fn managed() -> Error {
    Error::because(ErrorKind::Forbidden, ErrorReason::ProfileManaged)
}

/// What the server answers to a change that its operators decided about.
fn refused(error: impl Into<Error>) -> Error {
    match error.into() {
        Error { kind: ErrorKind::Forbidden, reason: None, source, .. } => {
            Error { source, ..managed() }
        }
        other => other,
    }
}

impl Session {
    /// What can be changed of the own profile. Reads it anew, because another device may have changed it.
    ///
    /// # Errors
    /// What kept the server from being asked for the profile.
    pub async fn profile_permissions(&self) -> Result<ProfilePermissions> {
        let (profile, permissions) =
            tokio::join!(profile_of(&self.client), permissions(&self.client));
        self.take_profile(profile?);
        Ok(permissions)
    }

    /// Changes one's own name, cleaned as the names of others are. Where nothing is left of it, people see the
    /// user identifier.
    ///
    /// # Errors
    /// `NameTooLong`, `ProfileManaged`, and what kept the server from being asked.
    pub async fn set_display_name(&self, name: &str) -> Result<()> {
        let name = one_line(name, LONGEST_NAME + 1);
        if name.chars().count() > LONGEST_NAME {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::NameTooLong));
        }
        if !is_allowed(self.client.homeserver_capabilities().can_change_displayname()).await {
            return Err(managed());
        }
        // An empty name, because not every server takes a request without one.
        self.client.account().set_display_name(Some(&name)).await.map_err(refused)?;
        self.update_account(|account| account.display_name = shown(&name));
        Ok(())
    }

    /// Changes one's own picture to a staged file, which is staged no longer then, or removes it.
    ///
    /// # Errors
    /// `NotAPicture`, `LocalFileGone`, `FileUnreadable`, `FileTooLarge`, `ProfileManaged`, and what kept the server
    /// from being asked.
    pub async fn set_picture(&self, staged: Option<&str>) -> Result<()> {
        if !is_allowed(self.client.homeserver_capabilities().can_change_avatar()).await {
            return Err(managed());
        }
        let uri = match staged {
            Some(id) => Some(self.upload_picture(id).await?),
            None => None,
        };
        self.client.account().set_avatar_url(uri.as_deref()).await.map_err(refused)?;
        self.update_account(|account| account.avatar = uri.map(|uri| self.media.avatar(&uri)));
        self.discard_staged(&staged.map(str::to_owned).into_iter().collect::<Vec<_>>());
        Ok(())
    }

    async fn upload_picture(&self, id: &str) -> Result<OwnedMxcUri> {
        let staged = self.outgoing.get(id)?;
        let (mime, bytes) = tokio::task::spawn_blocking(move || staged.portrait())
            .await
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))??;
        self.check_limits(bytes.len() as u64).await?;
        let uploaded = self.client.media().upload(&mime, bytes, None).await.map_err(refused)?;
        Ok(uploaded.content_uri)
    }

    fn take_profile(&self, Profile { name, picture }: Profile) {
        self.update_account(|account| {
            account.display_name = name.and_then(|name| shown(&name));
            account.avatar = picture.map(|uri| self.media.avatar(&uri));
        });
    }

    pub(super) fn update_account(&self, change: impl FnOnce(&mut Account)) {
        let mut account = self.account.lock().unwrap_or_else(PoisonError::into_inner);
        let before = account.clone();
        change(&mut account);
        if *account != before {
            let _ = self.signals.send(Signal::Account(account.clone()));
        }
    }
}

fn shown(name: &str) -> Option<String> {
    Some(clean_name(name)).filter(|name| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use herold_testkit::{Fault, FaultProxy};
    use matrix_sdk::{
        SessionMeta, SessionTokens,
        authentication::matrix::MatrixSession,
        ruma::{owned_device_id, owned_user_id},
    };
    use serde_json::{Value, json};

    use super::*;

    fn says(body: Value) -> Fault {
        Fault::Status { code: 200, retry_after: None, body: Some(body) }
    }

    /// A server that answers nothing but this.
    async fn server(versions: Value, capabilities: Value) -> (FaultProxy, Client) {
        let server = FaultProxy::before("http://127.0.0.1:1").await;
        server.set(Fault::status(404)).await;
        server.set_for("/versions", says(json!({ "versions": versions }))).await;
        server.set_for("/capabilities", says(json!({ "capabilities": capabilities }))).await;
        let client = Client::builder().homeserver_url(server.url()).build().await.unwrap();
        let session = MatrixSession {
            meta: SessionMeta {
                user_id: owned_user_id!("@anna:herold.test"),
                device_id: owned_device_id!("DEVICE"),
            },
            tokens: SessionTokens { access_token: "token".to_owned(), refresh_token: None },
        };
        client.restore_session(session).await.unwrap();
        (server, client)
    }

    async fn allowed(versions: Value, capabilities: Value) -> (bool, bool) {
        let (_server, client) = server(versions, capabilities).await;
        let ProfilePermissions { name, picture } = permissions(&client).await;
        (name, picture)
    }

    #[tokio::test]
    async fn name_and_picture_are_changed_where_the_server_does_not_forbid_it() {
        let old = || json!(["v1.11"]);
        let new = || json!(["v1.11", "v1.16"]);
        let no = || json!({ "enabled": false });
        for (versions, capabilities, expected) in [
            (old(), json!({}), (true, true)),
            (new(), json!({}), (true, true)),
            (old(), json!({ "m.set_displayname": no() }), (false, true)),
            (old(), json!({ "m.set_avatar_url": no() }), (true, false)),
            (new(), json!({ "m.profile_fields": no() }), (false, false)),
            (
                new(),
                json!({ "m.profile_fields": { "enabled": true, "disallowed": ["displayname"] } }),
                (false, true),
            ),
            (
                new(),
                json!({ "m.profile_fields": { "enabled": true, "allowed": ["displayname"] } }),
                (true, false),
            ),
            // The newer one counts.
            (
                new(),
                json!({ "m.profile_fields": { "enabled": true }, "m.set_displayname": no() }),
                (true, true),
            ),
        ] {
            assert_eq!(allowed(versions, capabilities.clone()).await, expected, "{capabilities}");
        }
    }

    #[tokio::test]
    async fn a_server_that_says_nothing_now_is_taken_at_its_last_word() {
        let (server, client) = server(json!(["v1.11"]), json!({})).await;
        server.set_for("/capabilities", Fault::status(404)).await;
        assert!(permissions(&client).await.name, "it has never said anything");
        let forbids = json!({ "capabilities": { "m.set_displayname": { "enabled": false } } });
        server.set_for("/capabilities", says(forbids)).await;
        assert!(!permissions(&client).await.name);
        server.set_for("/capabilities", Fault::status(404)).await;
        assert!(!permissions(&client).await.name);
    }

    #[test]
    fn only_what_the_operators_decided_is_called_so() {
        assert_eq!(refused(Error::new(ErrorKind::Forbidden)).reason, managed().reason);
        let deactivated = Error::because(ErrorKind::Forbidden, ErrorReason::AccountDeactivated);
        assert_eq!(refused(deactivated).reason, Some(ErrorReason::AccountDeactivated));
        assert_eq!(refused(Error::new(ErrorKind::Offline)).reason, None);
    }
}
