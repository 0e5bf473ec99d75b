//! One profile on disk: where its files are, that only one process uses them, and its key.
//!
//! ```text
//! data/  profile.json   format version, identifier, homeserver; nothing secret
//!        profile.lock   held while a process uses the profile
//!        settings.json  choices of the person
//!        session        tokens, sealed under the profile's key
//!        key.json       only with a key file instead of the keyring
//!        store/         state and crypto databases
//! cache/ store/         event cache and media databases
//! ```
//!
//! A profile that cannot be opened is never changed; it can be set aside, which renames it.

mod aside;

use std::{
    fs::{File, OpenOptions, TryLockError},
    path::{Path, PathBuf},
    time::{Duration, Instant},
};

use herold_protocol::{ErrorKind, ErrorReason};
use rand::RngCore;
use serde::{Deserialize, Serialize};
use url::Url;
use zeroize::Zeroizing;

use self::aside::CACHE_ASIDE;
pub(crate) use self::aside::{put_cache_back, set_aside, set_cache_aside};
use crate::{
    Error, Result, files,
    keystore::{KeyFile, KeyStore, Keyring},
    seal::{self, SecretKey},
};

/// Raised whenever an older version could no longer read a profile.
pub(crate) const FORMAT: u32 = 1;

const SESSION_LABEL: &str = "herold session 1";

/// Directories of a profile.
#[derive(Clone, Debug)]
pub struct ProfilePaths {
    pub data: PathBuf,
    pub cache: PathBuf,
}

impl ProfilePaths {
    /// The whole profile in one directory, as `HEROLD_DATA_DIR` and `--profile` ask for.
    pub fn within(dir: impl Into<PathBuf>) -> Self {
        let data = dir.into();
        Self { cache: data.join("cache"), data }
    }

    /// The person's default profile on a desktop system, or what `HEROLD_DATA_DIR` names.
    pub fn from_environment() -> Option<Self> {
        if let Some(dir) = std::env::var_os("HEROLD_DATA_DIR").filter(|dir| !dir.is_empty()) {
            return Some(Self::within(PathBuf::from(dir)));
        }
        let dirs = directories::ProjectDirs::from("eu", "herold", "herold-messenger")?;
        Some(Self { data: dirs.data_local_dir().to_owned(), cache: dirs.cache_dir().to_owned() })
    }

    pub fn settings(&self) -> PathBuf {
        self.data.join("settings.json")
    }

    pub fn store(&self) -> PathBuf {
        self.data.join("store")
    }

    pub fn cache_store(&self) -> PathBuf {
        self.cache.join("store")
    }

    fn manifest(&self) -> PathBuf {
        self.data.join("profile.json")
    }

    fn lock(&self) -> PathBuf {
        self.data.join("profile.lock")
    }

    fn session(&self) -> PathBuf {
        self.data.join("session")
    }

    fn key_file(&self) -> PathBuf {
        self.data.join("key.json")
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
struct Manifest {
    format: u32,
    /// Names the profile in the keyring.
    id: String,
    homeserver: Option<Url>,
    /// A sign-in began with empty stores, and its session is not on disk yet: without one, they hold nothing.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    signing_in: bool,
    /// The cache was lost, and the server has not been asked for everything again yet.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    cache_lost: bool,
}

impl Manifest {
    fn new() -> Self {
        Self {
            format: FORMAT,
            id: random_id(),
            homeserver: None,
            signing_in: false,
            cache_lost: false,
        }
    }
}

/// How the key is to be found.
pub(crate) enum KeySource {
    /// The key file if there is one, else the keyring.
    Existing,
    /// A key file with this passphrase, made if there is none.
    Passphrase(Zeroizing<String>),
}

/// A profile in use by this process.
pub(crate) struct Profile {
    pub paths: ProfilePaths,
    pub key: SecretKey,
    pub key_in_file: bool,
    manifest: Manifest,
    keys: Box<dyn KeyStore>,
    _lock: File,
}

impl Profile {
    /// Opens or creates the profile. Blocks on the disk and perhaps on a person unlocking a keyring.
    pub(crate) fn open(paths: ProfilePaths, source: KeySource) -> Result<Self> {
        files::create_private_dir(&paths.data)?;
        files::create_private_dir(&paths.cache)?;
        let lock = acquire_lock(&paths.lock())?;
        let manifest = read_manifest(&paths)?;
        let fresh = manifest.is_none();
        let mut manifest = match manifest {
            Some(manifest) => manifest,
            None if is_filled(&paths.store()) => {
                return Err(Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable));
            }
            None => Manifest::new(),
        };
        if manifest.signing_in && !paths.session().exists() {
            wipe_stores(&paths)?;
        }

        let in_use = is_filled(&paths.store()) || paths.session().exists();
        let key_in_file = matches!(source, KeySource::Passphrase(_)) || paths.key_file().exists();
        let keys: Box<dyn KeyStore> = match source {
            KeySource::Passphrase(passphrase) => {
                Box::new(KeyFile::new(paths.key_file(), passphrase))
            }
            KeySource::Existing if key_in_file => {
                return Err(Error::because(ErrorKind::Storage, ErrorReason::PassphraseNeeded));
            }
            KeySource::Existing => {
                Box::new(Keyring::find().map_err(|error| without_keyring(error, in_use))?)
            }
        };
        let key = key_of(&*keys, &manifest.id, in_use)?;
        if is_filled(&paths.store()) && !paths.session().exists() {
            return Err(Error::because(ErrorKind::Storage, ErrorReason::SessionMissing));
        }
        // From here on, the stores are brought up to date, and an older version is to leave them alone.
        if fresh || manifest.format < FORMAT {
            manifest.format = FORMAT;
            write_manifest(&paths, &manifest)?;
        }
        Ok(Self { paths, key, key_in_file, manifest, keys, _lock: lock })
    }

    /// Base address of the homeserver of the session on disk.
    pub(crate) fn homeserver(&self) -> Option<&Url> {
        self.manifest.homeserver.as_ref()
    }

    pub(crate) fn set_homeserver(&mut self, homeserver: Url) -> Result<()> {
        self.manifest.homeserver = Some(homeserver);
        write_manifest(&self.paths, &self.manifest)
    }

    /// Says whether what is in the stores from now on is that of a sign-in that has not come to its end.
    pub(crate) fn set_signing_in(&mut self, signing_in: bool) -> Result<()> {
        self.manifest.signing_in = signing_in;
        write_manifest(&self.paths, &self.manifest)
    }

    /// Whether the position in the sync would skip what the cache does not have.
    pub(crate) fn is_cache_lost(&self) -> bool {
        self.manifest.cache_lost
    }

    /// To be said before the cache is made anew: afterwards, nothing shows that there was another.
    pub(crate) fn set_cache_lost(&mut self, lost: bool) -> Result<()> {
        if self.manifest.cache_lost == lost {
            return Ok(());
        }
        self.manifest.cache_lost = lost;
        write_manifest(&self.paths, &self.manifest)
    }

    /// The sealed session, if there is one. Fails where it was sealed under another key.
    pub(crate) fn load_session(&self) -> Result<Option<Zeroizing<Vec<u8>>>> {
        match std::fs::read(self.paths.session()) {
            Ok(blob) => seal::open(&self.key, SESSION_LABEL, &blob)
                .map(Some)
                .ok_or_else(|| Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable)),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    /// What a token refresh needs to save its result, without holding the profile.
    pub(crate) fn session_writer(&self) -> SessionWriter {
        SessionWriter { path: self.paths.session(), key: self.key.clone() }
    }

    /// Deletes session, stores, caches and the key. Settings stay: they hold nothing of the account. So does a
    /// profile that was set aside (`aside-*`): it is another one, with a key of its own.
    /// The profile is then as new, with a new identifier and a new key. Where that key cannot be stored, it keeps
    /// the old one, so that nothing is ever sealed with a key that is nowhere.
    pub(crate) fn wipe(&mut self) -> Result<()> {
        wipe_stores(&self.paths)?;
        let (manifest, key) = (Manifest::new(), SecretKey::random());
        self.keys.store(&manifest.id, &key)?;
        self.key = key;
        let old = std::mem::replace(&mut self.manifest, manifest);
        write_manifest(&self.paths, &self.manifest)?;
        self.keys.delete_replaced(&old.id)
    }
}

/// The key of a profile; a new one where nothing is sealed yet.
fn key_of(keys: &dyn KeyStore, id: &str, in_use: bool) -> Result<SecretKey> {
    let known = |error| without_keyring(error, in_use);
    match keys.load(id).map_err(known)? {
        Some(key) => Ok(key),
        None if in_use => Err(Error::because(ErrorKind::Storage, ErrorReason::KeyMissing)),
        None => {
            let key = SecretKey::random();
            keys.store(id, &key).map_err(known)?;
            Ok(key)
        }
    }
}

/// A key that is in the keyring cannot be had from anywhere else. A profile that has none yet can do without.
fn without_keyring(error: Error, in_use: bool) -> Error {
    let reason = match error.reason {
        Some(ErrorReason::KeyringMissing) if in_use => ErrorReason::KeyringNeeded,
        Some(ErrorReason::KeyringFailed) if !in_use => ErrorReason::KeyringMissing,
        _ => return error,
    };
    Error { reason: Some(reason), ..error }
}

/// Removes everything of an account but the key. The session goes first, so that a crash in between
/// leaves nothing that could sign in again.
fn wipe_stores(paths: &ProfilePaths) -> Result<()> {
    files::remove(&paths.session())?;
    files::remove(&files::temporary(&paths.session()))?;
    files::remove(&paths.store())?;
    files::remove(&paths.cache_store())?;
    for entry in std::fs::read_dir(&paths.cache)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(CACHE_ASIDE) {
            files::remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Saves session tokens.
pub(crate) struct SessionWriter {
    path: PathBuf,
    key: SecretKey,
}

impl SessionWriter {
    pub(crate) fn save(&self, plain: &[u8]) -> Result<()> {
        let blob = seal::seal(&self.key, SESSION_LABEL, plain)
            .ok_or_else(|| Error::new(ErrorKind::Internal))?;
        files::write_atomically(&self.path, &blob)?;
        Ok(())
    }
}

/// An empty folder holds nothing to be lost: opening a store that fails may make it again a moment later.
fn is_filled(folder: &Path) -> bool {
    std::fs::read_dir(folder).is_ok_and(|mut entries| entries.next().is_some())
}

/// A process that has just been closed may hold its lock a moment longer.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);

fn acquire_lock(path: &Path) -> Result<File> {
    let file = OpenOptions::new().write(true).create(true).truncate(false).open(path)?;
    let started = Instant::now();
    loop {
        match file.try_lock() {
            Ok(()) => return Ok(file),
            Err(TryLockError::WouldBlock) if started.elapsed() < LOCK_PATIENCE => {
                std::thread::sleep(Duration::from_millis(50));
            }
            Err(TryLockError::WouldBlock) => {
                return Err(Error::because(ErrorKind::Storage, ErrorReason::ProfileInUse));
            }
            Err(TryLockError::Error(error)) => return Err(error.into()),
        }
    }
}

fn read_manifest(paths: &ProfilePaths) -> Result<Option<Manifest>> {
    let bytes = match std::fs::read(paths.manifest()) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    #[derive(Deserialize)]
    struct FormatOnly {
        format: u32,
    }
    let unreadable = |_| Error::because(ErrorKind::Storage, ErrorReason::StoreUnreadable);
    let FormatOnly { format } = serde_json::from_slice(&bytes).map_err(unreadable)?;
    if format > FORMAT {
        return Err(Error::because(ErrorKind::Storage, ErrorReason::StoreNewer));
    }
    serde_json::from_slice(&bytes).map(Some).map_err(unreadable)
}

fn write_manifest(paths: &ProfilePaths, manifest: &Manifest) -> Result<()> {
    let json = serde_json::to_vec_pretty(manifest)
        .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
    files::write_atomically(&paths.manifest(), &json)?;
    Ok(())
}

fn random_id() -> String {
    let mut bytes = [0; 8];
    rand::rng().fill_bytes(&mut bytes);
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passphrase() -> KeySource {
        KeySource::Passphrase(Zeroizing::new("correct horse battery".to_owned()))
    }

    #[test]
    fn a_second_process_is_refused_while_the_first_runs() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let first = Profile::open(paths.clone(), passphrase()).unwrap();
        let error = Profile::open(paths.clone(), passphrase()).err().unwrap();
        assert_eq!(error.reason, Some(ErrorReason::ProfileInUse));
        drop(first);
        Profile::open(paths, passphrase()).unwrap();
    }

    #[test]
    fn a_profile_from_a_newer_version_is_left_alone() {
        let dir = tempfile::tempdir().unwrap();
        let manifest = format!(r#"{{"format":{},"id":"x","new":true}}"#, FORMAT + 1);
        std::fs::write(dir.path().join("profile.json"), &manifest).unwrap();
        let error = Profile::open(ProfilePaths::within(dir.path()), passphrase()).err().unwrap();
        assert_eq!(error.reason, Some(ErrorReason::StoreNewer));
        assert_eq!(std::fs::read_to_string(dir.path().join("profile.json")).unwrap(), manifest);
    }

    #[test]
    fn a_profile_of_an_older_version_is_refused_by_that_version_from_then_on() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        drop(Profile::open(paths.clone(), passphrase()).unwrap());
        let mut manifest = read_manifest(&paths).unwrap().unwrap();
        manifest.format = FORMAT - 1;
        write_manifest(&paths, &manifest).unwrap();
        drop(Profile::open(paths.clone(), passphrase()).unwrap());
        assert_eq!(read_manifest(&paths).unwrap().unwrap().format, FORMAT);
    }

    /// Whoever takes a newer SDK that migrates its databases raises `FORMAT`, and writes its version here in any case.
    #[test]
    fn the_databases_of_this_format_are_those_of_this_sdk() {
        const SDK: &str = "name = \"matrix-sdk-sqlite\"\nversion = \"0.19.1\"";
        assert!(
            include_str!("../../../Cargo.lock").contains(SDK),
            "does FORMAT have to be raised?"
        );
    }

    #[test]
    fn a_session_survives_reopening_and_nothing_of_it_is_readable_on_disk() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let profile = Profile::open(paths.clone(), passphrase()).unwrap();
        profile.session_writer().save(b"syt_secret_token").unwrap();
        drop(profile);
        let raw = std::fs::read(dir.path().join("session")).unwrap();
        assert!(!raw.windows(4).any(|window| window == b"syt_"));
        let profile = Profile::open(paths, passphrase()).unwrap();
        assert_eq!(profile.load_session().unwrap().unwrap().as_slice(), b"syt_secret_token");
    }

    #[test]
    fn setting_aside_keeps_every_byte() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        drop(Profile::open(paths.clone(), passphrase()).unwrap());
        std::fs::create_dir_all(paths.store()).unwrap();
        std::fs::write(paths.store().join("db"), b"precious").unwrap();
        let aside = set_aside(&paths, 7).unwrap();
        assert_eq!(std::fs::read(aside.join("store/db")).unwrap(), b"precious");
        assert!(aside.join("profile.json").exists());
        assert!(aside.join("key.json").exists());
        Profile::open(paths, passphrase()).unwrap();
    }

    #[test]
    fn stores_without_a_manifest_are_not_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        std::fs::create_dir_all(paths.store()).unwrap();
        std::fs::write(paths.store().join("db"), b"precious").unwrap();
        let error = Profile::open(paths.clone(), passphrase()).err().unwrap();
        assert_eq!(error.reason, Some(ErrorReason::StoreUnreadable));
        std::fs::remove_file(paths.store().join("db")).unwrap();
        Profile::open(paths, passphrase()).unwrap();
    }

    #[test]
    fn stores_without_a_session_are_kept_unless_a_sign_in_was_interrupted() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let mut profile = Profile::open(paths.clone(), passphrase()).unwrap();
        let fill = || {
            std::fs::create_dir_all(paths.store()).unwrap();
            std::fs::write(paths.store().join("db"), b"precious").unwrap();
        };
        profile.set_signing_in(true).unwrap();
        fill();
        drop(profile);
        let mut profile = Profile::open(paths.clone(), passphrase()).unwrap();
        assert!(!paths.store().exists());

        profile.set_signing_in(false).unwrap();
        fill();
        drop(profile);
        let error = Profile::open(paths.clone(), passphrase()).err().unwrap();
        assert_eq!(error.reason, Some(ErrorReason::SessionMissing));
        assert_eq!(std::fs::read(paths.store().join("db")).unwrap(), b"precious");
    }

    /// A keyring that can be made to refuse what is to be stored, or to fail when it is asked.
    #[derive(Default)]
    struct Keys {
        failing: std::sync::Mutex<Option<ErrorReason>>,
        kept: std::sync::Mutex<std::collections::HashMap<String, SecretKey>>,
        full: std::sync::atomic::AtomicBool,
    }

    impl KeyStore for std::sync::Arc<Keys> {
        fn load(&self, id: &str) -> Result<Option<SecretKey>> {
            if let Some(reason) = *self.failing.lock().unwrap() {
                return Err(Error::because(ErrorKind::Storage, reason));
            }
            Ok(self.kept.lock().unwrap().get(id).cloned())
        }

        fn store(&self, id: &str, key: &SecretKey) -> Result<()> {
            if self.full.load(std::sync::atomic::Ordering::Relaxed) {
                return Err(Error::because(ErrorKind::Storage, ErrorReason::KeyringLocked));
            }
            self.kept.lock().unwrap().insert(id.to_owned(), key.clone());
            Ok(())
        }

        fn delete_replaced(&self, id: &str) -> Result<()> {
            self.kept.lock().unwrap().remove(id);
            Ok(())
        }
    }

    #[test]
    fn nothing_is_sealed_with_a_key_that_could_not_be_stored() {
        let dir = tempfile::tempdir().unwrap();
        let mut profile = Profile::open(ProfilePaths::within(dir.path()), passphrase()).unwrap();
        let keys = std::sync::Arc::new(Keys::default());
        keys.store(&profile.manifest.id, &profile.key).unwrap();
        profile.keys = Box::new(keys.clone());
        let is_stored = |profile: &Profile| {
            let stored = keys.load(&profile.manifest.id).unwrap();
            let on_disk = read_manifest(&profile.paths).unwrap().unwrap();
            stored.is_some_and(|key| key.as_bytes() == profile.key.as_bytes())
                && on_disk.id == profile.manifest.id
        };

        keys.full.store(true, std::sync::atomic::Ordering::Relaxed);
        let error = profile.wipe().unwrap_err();
        assert_eq!(error.reason, Some(ErrorReason::KeyringLocked));
        assert!(is_stored(&profile));
        keys.full.store(false, std::sync::atomic::Ordering::Relaxed);
        profile.wipe().unwrap();
        assert!(is_stored(&profile));
        assert_eq!(keys.kept.lock().unwrap().len(), 1, "the old key is gone");
    }

    #[test]
    fn a_key_that_is_in_the_keyring_is_not_looked_for_in_a_file() {
        use ErrorReason::{KeyringFailed, KeyringLocked, KeyringMissing, KeyringNeeded};
        let keys = std::sync::Arc::new(Keys::default());
        for (failing, fresh, used) in [
            (KeyringMissing, KeyringMissing, KeyringNeeded),
            (KeyringFailed, KeyringMissing, KeyringFailed),
            (KeyringLocked, KeyringLocked, KeyringLocked),
        ] {
            *keys.failing.lock().unwrap() = Some(failing);
            let reason = |in_use| key_of(&keys, "profile", in_use).err().unwrap().reason;
            assert_eq!((reason(false), reason(true)), (Some(fresh), Some(used)));
        }
    }

    #[test]
    fn wiping_leaves_nothing_of_the_account() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let mut profile = Profile::open(paths.clone(), passphrase()).unwrap();
        let old_id = profile.manifest.id.clone();
        let old_key = *profile.key.as_bytes();
        profile.session_writer().save(b"tokens").unwrap();
        std::fs::create_dir_all(paths.store()).unwrap();
        std::fs::create_dir_all(paths.cache_store()).unwrap();
        let cache_aside = set_cache_aside(&paths, 7).unwrap();
        std::fs::create_dir_all(paths.cache_store()).unwrap();
        std::fs::write(paths.data.join("session.new"), b"half of the tokens").unwrap();
        let profile_aside = paths.data.join("aside-7");
        std::fs::create_dir_all(&profile_aside).unwrap();
        profile.wipe().unwrap();
        assert!(!cache_aside.exists());
        assert!(!paths.data.join("session.new").exists());
        assert!(profile_aside.exists(), "another profile, kept until somebody asks");
        assert!(!paths.session().exists());
        assert!(!paths.store().exists());
        assert!(!paths.cache_store().exists());
        assert_ne!(profile.manifest.id, old_id);
        assert_ne!(*profile.key.as_bytes(), old_key);
    }
}
