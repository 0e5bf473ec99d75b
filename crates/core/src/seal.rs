//! Seals small secrets for storage in a file: XChaCha20-Poly1305 with a random nonce.
//!
//! Used for the session file (under the store key) and for the key file (under a passphrase).
//! A sealed blob is `nonce (24 bytes) || ciphertext`. The label is bound as associated data, so a
//! blob cannot be used in another place.

use chacha20poly1305::{
    Key, XChaCha20Poly1305, XNonce,
    aead::{Aead, KeyInit, Payload},
};
use rand::RngCore;
use zeroize::Zeroizing;

const NONCE_LENGTH: usize = 24;

/// 32 secret bytes, wiped when dropped, never printed.
#[derive(Clone)]
pub(crate) struct SecretKey(Zeroizing<[u8; 32]>);

impl SecretKey {
    pub(crate) fn random() -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        rand::rng().fill_bytes(bytes.as_mut());
        Self(bytes)
    }

    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        Some(Self(Zeroizing::new(bytes.try_into().ok()?)))
    }

    pub(crate) fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl std::fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("SecretKey([redacted])")
    }
}

pub(crate) fn seal(key: &SecretKey, label: &str, plain: &[u8]) -> Option<Vec<u8>> {
    let mut nonce = [0; NONCE_LENGTH];
    rand::rng().fill_bytes(&mut nonce);
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key.as_bytes()));
    let payload = Payload { msg: plain, aad: label.as_bytes() };
    let sealed = cipher.encrypt(XNonce::from_slice(&nonce), payload).ok()?;
    Some([nonce.as_slice(), &sealed].concat())
}

/// `None` if the key is wrong or the blob was changed.
pub(crate) fn open(key: &SecretKey, label: &str, blob: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    let (nonce, sealed) = blob.split_at_checked(NONCE_LENGTH)?;
    let cipher = XChaCha20Poly1305::new(Key::from_slice(key.as_bytes()));
    let payload = Payload { msg: sealed, aad: label.as_bytes() };
    cipher.decrypt(XNonce::from_slice(nonce), payload).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_secret_opens_only_with_its_key_and_label() {
        let key = SecretKey::random();
        let blob = seal(&key, "session", b"secret").unwrap();
        assert_eq!(open(&key, "session", &blob).unwrap().as_slice(), b"secret");
        assert!(open(&key, "key-file", &blob).is_none());
        assert!(open(&SecretKey::random(), "session", &blob).is_none());
        let mut changed = blob.clone();
        *changed.last_mut().unwrap() ^= 1;
        assert!(open(&key, "session", &changed).is_none());
        assert!(open(&key, "session", b"short").is_none());
    }
}
