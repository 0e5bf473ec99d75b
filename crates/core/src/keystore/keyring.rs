//! The operating system's keyring: Secret Service, Keychain, Credential Manager, Android Keystore.
//!
//! All calls block, on Linux also while the system asks the person to unlock the keyring: call them
//! on a blocking thread.

use std::sync::Arc;

use herold_protocol::{ErrorKind, ErrorReason};
use keyring_core::{CredentialStore, Error as KeyringError};

use super::KeyStore;
use crate::{Error, Result, seal::SecretKey};

const SERVICE: &str = "herold";

/// The keyring of the person who is signed in to the operating system.
///
/// Every call connects anew: on Linux, closing a connection blocks too, and a profile that keeps one
/// would panic where it is dropped among asynchronous tasks.
pub(crate) struct Keyring;

impl Keyring {
    /// Looks for the keyring; fails with `KeyringMissing` where there is none, `KeyringFailed` where it does not
    /// answer as it should.
    pub(crate) fn find() -> Result<Self> {
        platform_store().map_err(map_error)?;
        Ok(Self)
    }
}

fn entry(profile_id: &str) -> Result<keyring_core::Entry> {
    let store = platform_store().map_err(map_error)?;
    store.build(SERVICE, profile_id, None).map_err(map_error)
}

#[cfg(target_os = "linux")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(zbus_secret_service_keyring_store::Store::new()?)
}

#[cfg(any(target_os = "macos", target_os = "ios"))]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(apple_native_keyring_store::protected::Store::new()?)
}

#[cfg(target_os = "windows")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(windows_native_keyring_store::Store::new()?)
}

#[cfg(target_os = "android")]
fn platform_store() -> keyring_core::Result<Arc<CredentialStore>> {
    Ok(android_native_keyring_store::Store::new()?)
}

impl KeyStore for Keyring {
    fn load(&self, profile_id: &str) -> Result<Option<SecretKey>> {
        match entry(profile_id)?.get_secret() {
            Ok(secret) => {
                let secret = zeroize::Zeroizing::new(secret);
                SecretKey::from_bytes(&secret)
                    .map(Some)
                    .ok_or_else(|| Error::because(ErrorKind::Storage, ErrorReason::KeyMissing))
            }
            Err(KeyringError::NoEntry) => Ok(None),
            Err(error) => Err(map_error(error)),
        }
    }

    fn store(&self, profile_id: &str, key: &SecretKey) -> Result<()> {
        entry(profile_id)?.set_secret(key.as_bytes()).map_err(map_error)
    }

    fn delete_replaced(&self, profile_id: &str) -> Result<()> {
        match entry(profile_id)?.delete_credential() {
            Ok(()) | Err(KeyringError::NoEntry) => Ok(()),
            Err(error) => Err(map_error(error)),
        }
    }
}

fn map_error(error: KeyringError) -> Error {
    let reason = match &error {
        KeyringError::NoStorageAccess(cause) | KeyringError::PlatformFailure(cause) => {
            reason(&cause.to_string())
        }
        _ => ErrorReason::KeyringFailed,
    };
    Error::because(ErrorKind::Storage, reason).with_source(error)
}

/// The causes have no type in common on all systems.
fn reason(text: &str) -> ErrorReason {
    if is_locked(text) {
        ErrorReason::KeyringLocked
    } else if is_missing(text) {
        ErrorReason::KeyringMissing
    } else {
        ErrorReason::KeyringFailed
    }
}

fn is_locked(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("locked") || text.contains("dismissed") || text.contains("prompt")
}

/// No session bus, or nobody on it who keeps secrets.
fn is_missing(text: &str) -> bool {
    text.contains("no secret service provider")
        || text.contains("DBus.Error.ServiceUnknown")
        || text.contains("DBus.Error.NameHasNoOwner")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_keyring_that_fails_is_not_called_missing() {
        let failure = |text: &str| KeyringError::PlatformFailure(text.into());
        for (error, wanted) in [
            (failure("SS Error: object locked"), ErrorReason::KeyringLocked),
            (
                failure("no secret service provider or dbus session found"),
                ErrorReason::KeyringMissing,
            ),
            (
                failure("zbus error: org.freedesktop.DBus.Error.ServiceUnknown: not provided"),
                ErrorReason::KeyringMissing,
            ),
            (
                failure("zbus error: org.freedesktop.DBus.Error.NoReply: no answer"),
                ErrorReason::KeyringFailed,
            ),
            (KeyringError::Ambiguous(Vec::new()), ErrorReason::KeyringFailed),
        ] {
            assert_eq!(map_error(error).reason, Some(wanted));
        }
    }
}
