//! Proves the keys of an account's first device (specification, client-server API, "Cross-signing").
//!
//! The SDK (0.19.1) makes the identity of an account once and takes it for known from then on, also where the server
//! did not get it: because it asked for the password, or because the program ended meanwhile. So the server is
//! asked what it has.

use herold_protocol::ConnectionState;
use matrix_sdk::{
    Client,
    ruma::api::client::{
        keys::get_keys,
        uiaa::{AuthData, Password},
    },
};
use tokio::{sync::watch, time::timeout};
use zeroize::Zeroizing;

use super::sign_in;
use crate::{Error, Result, send_queues::LONGEST_QUESTION};

/// Right after a sign-in, while the password is at hand.
pub(super) async fn set_up(
    client: &Client,
    username: &str,
    password: &Zeroizing<String>,
) -> Result<()> {
    let encryption = client.encryption();
    encryption.wait_for_e2ee_initialization_tasks().await;
    // Where the SDK could not even find out whether there is an identity.
    if let Err(error) = encryption.bootstrap_cross_signing_if_needed(None).await {
        tracing::info!(error = %Error::from(error), "cross-signing is not set up without the password");
    }
    upload_missing(client, Some((username, password))).await
}

/// In a later run of the program, once there is a server to ask.
pub(super) async fn finish(client: Client, mut connection: watch::Receiver<ConnectionState>) {
    if connection.wait_for(|state| *state == ConnectionState::Online).await.is_err() {
        return;
    }
    if let Err(error) = upload_missing(&client, None).await {
        tracing::warn!(kind = ?error.kind, "cannot finish setting up cross-signing");
    }
}

/// Uploads the identity whose private keys this device has, where the server has none.
async fn upload_missing(
    client: &Client,
    account: Option<(&str, &Zeroizing<String>)>,
) -> Result<()> {
    let encryption = client.encryption();
    let keys = encryption.cross_signing_status().await;
    if !keys.is_some_and(|keys| keys.is_complete()) || has_identity(client).await? {
        return Ok(());
    }
    let Err(error) = encryption.bootstrap_cross_signing(None).await else { return Ok(()) };
    let (Some(asked), Some((username, password))) = (error.as_uiaa_response(), account) else {
        return Err(error.into());
    };
    let mut answer = Password::new(sign_in::user(username), password.to_string());
    answer.session.clone_from(&asked.session);
    Ok(encryption.bootstrap_cross_signing(Some(AuthData::Password(answer))).await?)
}

/// Whether the server has the keys of this device. Where it does not say, it is taken to have them.
pub(crate) async fn has_keys(client: &Client) -> bool {
    let (Some(user), Some(device)) = (client.user_id(), client.device_id()) else { return true };
    let mut request = get_keys::v3::Request::new();
    request.device_keys.insert(user.to_owned(), vec![device.to_owned()]);
    match timeout(LONGEST_QUESTION, client.send(request)).await {
        Ok(Ok(known)) => {
            known.device_keys.get(user).is_some_and(|devices| devices.contains_key(device))
        }
        _ => true,
    }
}

/// Whether the server knows an identity of the account.
async fn has_identity(client: &Client) -> Result<bool> {
    let Some(user) = client.user_id() else { return Ok(true) };
    let mut request = get_keys::v3::Request::new();
    request.device_keys.insert(user.to_owned(), Vec::new());
    Ok(client.send(request).await?.master_keys.contains_key(user))
}
