//! Where the 32-byte key of a profile is kept.
//!
//! One trait, one file per place: the operating system's keyring, or a file wrapped by a passphrase
//! where there is no keyring and somebody chose so. The key never leaves the core.

mod key_file;
mod keyring;

pub(crate) use key_file::KeyFile;
pub(crate) use keyring::Keyring;

use crate::{Result, seal::SecretKey};

/// Keeps one key per profile.
pub(crate) trait KeyStore: Send + Sync {
    /// `None` where no key was stored for the profile. May wait for a person to unlock a keyring.
    fn load(&self, profile_id: &str) -> Result<Option<SecretKey>>;
    fn store(&self, profile_id: &str, key: &SecretKey) -> Result<()>;
    /// Deletes the key of a profile for whose successor one was stored. What is not there any more is fine.
    fn delete_replaced(&self, profile_id: &str) -> Result<()>;
}
