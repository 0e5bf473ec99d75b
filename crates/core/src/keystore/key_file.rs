//! The key in a file, wrapped by a passphrase with Argon2id (RFC 9106).
//!
//! Only by explicit choice, for machines without a keyring. The file holds the salt, the cost
//! parameters and the sealed key.

use std::path::PathBuf;

use argon2::{Algorithm, Argon2, Params, Version};
use base64::{Engine, engine::general_purpose::STANDARD_NO_PAD};
use herold_protocol::{ErrorKind, ErrorReason};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use super::KeyStore;
use crate::{
    Error, Result, files,
    seal::{self, SecretKey},
};

/// Characters. Below this a passphrase is refused.
pub(super) const MINIMUM_PASSPHRASE_LENGTH: usize = 12;

/// RFC 9106, second recommended option: 64 MiB, three passes; with one lane more than half a second
/// on the machines we know.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
const LABEL: &str = "herold key file 1";

/// A key file and the passphrase that opens it.
pub(crate) struct KeyFile {
    path: PathBuf,
    passphrase: Zeroizing<String>,
}

#[derive(Serialize, Deserialize)]
struct Wrapped {
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
    sealed: String,
}

impl KeyFile {
    pub(crate) fn new(path: PathBuf, passphrase: Zeroizing<String>) -> Self {
        Self { path, passphrase }
    }

    fn wrapping_key(&self, salt: &[u8], params: Params) -> Result<SecretKey> {
        let mut bytes = Zeroizing::new([0; 32]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(self.passphrase.as_bytes(), salt, bytes.as_mut())
            .map_err(|_| unreadable())?;
        SecretKey::from_bytes(bytes.as_ref()).ok_or_else(unreadable)
    }
}

impl KeyStore for KeyFile {
    fn load(&self, _profile_id: &str) -> Result<Option<SecretKey>> {
        let bytes = match std::fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let wrapped: Wrapped = serde_json::from_slice(&bytes).map_err(|_| unreadable())?;
        // A changed file must not make us fill the memory.
        if wrapped.memory_kib > 1024 * 1024 || wrapped.passes > 32 || wrapped.lanes > 16 {
            return Err(unreadable());
        }
        let salt = STANDARD_NO_PAD.decode(&wrapped.salt).map_err(|_| unreadable())?;
        let sealed = STANDARD_NO_PAD.decode(&wrapped.sealed).map_err(|_| unreadable())?;
        let params = Params::new(wrapped.memory_kib, wrapped.passes, wrapped.lanes, None)
            .map_err(|_| unreadable())?;
        let key = self.wrapping_key(&salt, params)?;
        let plain = seal::open(&key, LABEL, &sealed)
            .ok_or_else(|| Error::because(ErrorKind::Invalid, ErrorReason::WrongPassphrase))?;
        SecretKey::from_bytes(&plain).map(Some).ok_or_else(unreadable)
    }

    fn store(&self, _profile_id: &str, key: &SecretKey) -> Result<()> {
        if self.passphrase.chars().count() < MINIMUM_PASSPHRASE_LENGTH {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::PassphraseTooShort));
        }
        let mut salt = [0; 16];
        rand::rng().fill_bytes(&mut salt);
        let params = Params::new(MEMORY_KIB, PASSES, LANES, None).map_err(|_| unreadable())?;
        let wrapping = self.wrapping_key(&salt, params)?;
        let sealed = seal::seal(&wrapping, LABEL, key.as_bytes()).ok_or_else(unreadable)?;
        let wrapped = Wrapped {
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: STANDARD_NO_PAD.encode(salt),
            sealed: STANDARD_NO_PAD.encode(sealed),
        };
        let json = serde_json::to_vec(&wrapped).map_err(|_| unreadable())?;
        files::write_atomically(&self.path, &json)?;
        Ok(())
    }

    /// There is room for one key, so the new one took the place of the old.
    fn delete_replaced(&self, _profile_id: &str) -> Result<()> {
        Ok(())
    }
}

fn unreadable() -> Error {
    Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key_file(dir: &tempfile::TempDir, passphrase: &str) -> KeyFile {
        KeyFile::new(dir.path().join("key.json"), Zeroizing::new(passphrase.to_owned()))
    }

    #[test]
    fn a_key_file_opens_with_its_passphrase_only() {
        let dir = tempfile::tempdir().unwrap();
        let key = SecretKey::random();
        key_file(&dir, "correct horse battery").store("p", &key).unwrap();
        let loaded = key_file(&dir, "correct horse battery").load("p").unwrap().unwrap();
        assert_eq!(loaded.as_bytes(), key.as_bytes());
        let error = key_file(&dir, "wrong horse battery").load("p").unwrap_err();
        assert_eq!(error.reason, Some(ErrorReason::WrongPassphrase));
    }

    #[test]
    fn a_short_passphrase_is_refused() {
        let dir = tempfile::tempdir().unwrap();
        let error = key_file(&dir, "short").store("p", &SecretKey::random()).unwrap_err();
        assert_eq!(error.reason, Some(ErrorReason::PassphraseTooShort));
    }

    #[test]
    fn a_damaged_key_file_is_unreadable_and_stays() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("key.json"), b"{").unwrap();
        let error = key_file(&dir, "correct horse battery").load("p").unwrap_err();
        assert_eq!(error.reason, Some(ErrorReason::StoreUnreadable));
        assert!(dir.path().join("key.json").exists());
    }
}
