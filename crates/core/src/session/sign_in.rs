//! Beginning and resuming a session.
//!
//! A new session is on disk before anything else is done with it. The token refresh of the SDK saves
//! through the same writer.

use std::time::Duration;

use herold_protocol::{ErrorKind, ErrorReason};
use matrix_sdk::{
    Client,
    authentication::matrix::MatrixSession,
    ruma::{
        UserId,
        api::client::{
            session::login,
            uiaa::{MatrixUserIdentifier, UserIdentifier},
        },
    },
};
use matrix_sdk_base::store::RoomLoadSettings;
use serde::{Deserialize, Serialize};
use tokio::time::timeout;
use url::Url;
use zeroize::Zeroizing;

use super::client;
use crate::{
    Error, Result,
    profile::{Profile, SessionWriter},
};

/// A server that has just answered is quick to say goodbye, or a person waits in vain.
const LONGEST_FAREWELL: Duration = Duration::from_secs(5);

/// What is sealed on disk.
#[derive(Serialize, Deserialize)]
pub(crate) struct StoredSession {
    matrix: MatrixSession,
}

impl StoredSession {
    pub(crate) fn load(profile: &Profile) -> Result<Option<Self>> {
        let Some(bytes) = profile.load_session()? else { return Ok(None) };
        serde_json::from_slice(&bytes).map(Some).map_err(|error| {
            Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable).with_source(error)
        })
    }

    fn save(&self, writer: &SessionWriter) -> Result<()> {
        let json = serde_json::to_vec(self)
            .map(Zeroizing::new)
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
        writer.save(&json)
    }

    pub(crate) fn user_id(&self) -> &UserId {
        &self.matrix.meta.user_id
    }

    pub(crate) fn device_id(&self) -> &str {
        self.matrix.meta.device_id.as_str()
    }
}

/// Resumes the session on disk, without the network.
pub(crate) async fn restore(profile: &Profile, stored: &StoredSession) -> Result<Client> {
    let homeserver = profile
        .homeserver()
        .ok_or_else(|| Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable))?;
    let client = client::build_for(profile, homeserver).await?;
    save_refreshed_tokens(&client, profile)?;
    client.matrix_auth().restore_session(stored.matrix.clone(), RoomLoadSettings::All).await?;
    Ok(client)
}

/// Signs in with a password. `device` continues a device after a soft logout; the stores on disk must
/// then be its own.
pub(crate) async fn with_password(
    profile: &mut Profile,
    homeserver: Url,
    username: &str,
    password: &str,
    device: Option<&str>,
) -> Result<Client> {
    profile.set_signing_in(device.is_none())?;
    let client = client::build_for(profile, &homeserver).await?;
    save_refreshed_tokens(&client, profile)?;
    let mut login = login::v3::Request::new(login::v3::LoginInfo::Password(
        login::v3::Password::new(user(username), password.to_owned()),
    ));
    login.device_id = device.map(Into::into);
    login.initial_device_display_name = Some(device_name());
    login.refresh_token = true;
    // The SDK's own way would try three times, and sleep for as long as the server asks without saying so.
    let config = client.request_config().disable_retry();
    let response = client
        .send(login)
        .with_request_config(config)
        .await
        .map_err(|error| wrong_credentials(error.into()))?;
    let session = MatrixSession::from(&response);
    match keep(&client, profile, &homeserver, session.clone()).await {
        Ok(()) => Ok(client),
        Err(error) => {
            // One that goes on has its session from before.
            if device.is_none() {
                let told = timeout(LONGEST_FAREWELL, end(&homeserver, session)).await;
                let told = told.is_ok_and(|answer| answer.is_ok());
                tracing::warn!(told, "a session that cannot be kept is ended");
            }
            Err(error)
        }
    }
}

/// Puts on disk what the server answered, then begins with it.
async fn keep(
    client: &Client,
    profile: &mut Profile,
    homeserver: &Url,
    session: MatrixSession,
) -> Result<()> {
    profile.set_homeserver(homeserver.clone())?;
    StoredSession { matrix: session.clone() }.save(&profile.session_writer())?;
    client.matrix_auth().restore_session(session, RoomLoadSettings::All).await?;
    profile.set_signing_in(false)
}

/// Ends a session that was just begun, as far as the server can be told.
pub(crate) async fn abandon(client: &Client) {
    let Some(session) = client.matrix_auth().session() else { return };
    let told = timeout(LONGEST_FAREWELL, end(&client.homeserver(), session)).await;
    tracing::info!(told = told.is_ok_and(|answer| answer.is_ok()), "a session is ended at once");
}

/// Ends a session that nobody could use or end any more. By a client of its own: that of the account uploads keys, and
/// Synapse makes a device anew whose keys come with its end (`check_device_registered`).
async fn end(homeserver: &Url, session: MatrixSession) -> Result<()> {
    let client = Client::builder().homeserver_url(homeserver).build().await?;
    client.matrix_auth().restore_session(session, RoomLoadSettings::default()).await?;
    Ok(client.logout().await?)
}

/// A name, or a whole user identifier.
pub(crate) fn user(username: &str) -> UserIdentifier {
    MatrixUserIdentifier::new(username.to_owned()).into()
}

fn save(client: &Client, writer: &SessionWriter) -> Result<()> {
    let matrix = client.matrix_auth().session().ok_or_else(|| Error::new(ErrorKind::SignedOut))?;
    StoredSession { matrix }.save(writer)
}

/// The SDK refreshes tokens by itself; a refreshed token that is not on disk would sign the person out
/// at the next start.
fn save_refreshed_tokens(client: &Client, profile: &Profile) -> Result<()> {
    let writer = profile.session_writer();
    client.set_session_callbacks(
        Box::new(|client| client.session_tokens().ok_or_else(|| "no session".into())),
        Box::new(move |client| {
            if client.matrix_auth().session().is_none() {
                return Ok(());
            }
            save(&client, &writer).map_err(|error| error.to_string().into())
        }),
    )?;
    Ok(())
}

/// At sign-in, "forbidden" without further words means that name or password are wrong.
fn wrong_credentials(error: Error) -> Error {
    match error.kind {
        ErrorKind::Forbidden if error.reason.is_none() => Error {
            kind: ErrorKind::SignedOut,
            reason: Some(ErrorReason::WrongCredentials),
            ..error
        },
        _ => error,
    }
}

/// As other people and the person's own device list see this device. The host name is not part of it:
/// it tells more than it should.
fn device_name() -> String {
    let system = match std::env::consts::OS {
        "linux" => "Linux",
        "macos" => "macOS",
        "windows" => "Windows",
        "android" => "Android",
        "ios" => "iOS",
        other => other,
    };
    format!("Herold ({system})")
}
