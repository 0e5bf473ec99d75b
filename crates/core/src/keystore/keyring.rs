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
    /// Looks for the keyring; fails with `KeyringMissing` where there is none.
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
        KeyringError::NoStorageAccess(cause) if is_locked(&cause.to_string()) => {
            ErrorReason::KeyringLocked
        }
        KeyringError::PlatformFailure(cause) if is_locked(&cause.to_string()) => {
            ErrorReason::KeyringLocked
        }
        _ => ErrorReason::KeyringMissing,
    };
    Error::because(ErrorKind::Storage, reason).with_source(error)
}

fn is_locked(text: &str) -> bool {
    let text = text.to_lowercase();
    text.contains("locked") || text.contains("dismissed") || text.contains("prompt")
}
