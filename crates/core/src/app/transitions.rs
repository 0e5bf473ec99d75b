//! From one session state to the next.
//!
//! Every transition holds the profile's lock from beginning to end, so that two of them cannot mix.

use std::{
    sync::Weak,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use herold_protocol::{
    Account, AppEvent, ConnectionState, ErrorKind, ErrorReason, PasswordSignIn, SecureStorage,
    SessionState, StartupRemedy,
};
use matrix_sdk::Client;
use tokio::{
    sync::{MutexGuard, mpsc},
    time::{Instant, timeout_at},
};
use url::Url;
use zeroize::Zeroizing;

use super::{Inner, not_allowed};
use crate::{
    Error, Result,
    profile::{self, KeySource, Profile},
    send_queues,
    session::{Session, Signal, StoredSession, cross_signing, discovery, sign_in},
};

/// Time for a server to say whether the password is right, from the search for it to the end.
const LONGEST_SIGN_IN: Duration = Duration::from_secs(30);

impl Inner {
    pub(super) async fn start(&self, passphrase: Option<Zeroizing<String>>) {
        let mut slot = self.profile.lock().await;
        if slot.is_some() {
            return;
        }
        if let Err(error) = self.open(&mut slot, passphrase).await {
            *slot = None;
            self.block(&error);
        }
    }

    async fn open(
        &self,
        slot: &mut MutexGuard<'_, Option<Profile>>,
        passphrase: Option<Zeroizing<String>>,
    ) -> Result<()> {
        self.state.send_replace(SessionState::Starting);
        let paths = self.config.paths.clone();
        let source = passphrase.map_or(KeySource::Existing, KeySource::Passphrase);
        let mut profile = tokio::task::spawn_blocking(move || Profile::open(paths, source))
            .await
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))??;
        self.storage.send_replace(Some(if profile.key_in_file {
            SecureStorage::KeyFile
        } else {
            SecureStorage::Keyring
        }));
        match StoredSession::load(&profile)? {
            Some(stored) => {
                let client = restore(&mut profile, &stored).await?;
                self.begin(&mut profile, client).await?;
                if let Some(session) = self.current() {
                    session.finish_cross_signing(self.connection.subscribe());
                }
            }
            None => {
                self.state.send_replace(SessionState::SignedOut);
            }
        }
        **slot = Some(profile);
        Ok(())
    }

    /// Makes a client with a session the current session. Without its cache it asks the server for
    /// everything again: the position in the sync would skip what the cache no longer has.
    async fn begin(&self, profile: &mut Profile, client: Client) -> Result<()> {
        self.connection.send_replace(ConnectionState::Connecting);
        let session =
            Session::assemble(client, self.config.policy.map_server(), self.signals.clone())
                .await?;
        if profile.is_cache_lost() {
            session.service.expire_sessions().await;
            if let Err(error) = profile.set_cache_lost(false) {
                tracing::warn!(kind = ?error.kind, "the next start asks for everything again, too");
            }
        }
        self.set_current(Some(session.clone()));
        self.state.send_replace(SessionState::SignedIn { account: session.account() });
        if self.config.connect
            && let Err(error) = session.connect(self.connection.clone()).await
        {
            self.set_current(None);
            session.close().await;
            return Err(error);
        }
        Ok(())
    }

    /// Goes on after the server accepted the password. The session is on disk then, so what fails now is said like
    /// a failure to start: another attempt resumes it.
    async fn begin_signed_in(&self, slot: &mut Option<Profile>, client: Client) -> Result<()> {
        let result = match slot {
            Some(profile) => self.begin(profile, client).await,
            None => Err(Error::new(ErrorKind::Storage)),
        };
        if let Err(error) = &result {
            self.block(error);
            *slot = None;
        }
        result
    }

    fn block(&self, error: &Error) {
        tracing::warn!(kind = ?error.kind, reason = ?error.reason, "the profile cannot be opened");
        self.state.send_replace(SessionState::Blocked {
            error: error.to_wire(),
            remedies: remedies(error),
        });
    }

    pub(super) async fn sign_in(&self, request: PasswordSignIn) -> Result<()> {
        let password = Zeroizing::new(request.password);
        self.config.policy.check_homeserver(&request.homeserver).map_err(not_allowed)?;
        let mut slot = self.profile.lock().await;
        let form = (request.homeserver.clone(), request.username.clone());
        let mut signed_in = self.signed_in.lock().await;
        if self.current().is_some() && signed_in.as_ref() == Some(&form) {
            // A repeated call of a reloaded window: the first one succeeded.
            return Ok(());
        }
        let profile = slot.as_mut().ok_or_else(|| Error::new(ErrorKind::Storage))?;
        // What is in the stores belongs to the session that is on disk, and would be lost.
        if StoredSession::load(profile)?.is_some() {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::AlreadySignedIn));
        }
        let started = Instant::now();
        let info = in_time(started, discovery::discover(&request.homeserver)).await?;
        if !info.password_sign_in {
            return Err(Error::because(ErrorKind::Unsupported, ErrorReason::NoPasswordSignIn));
        }
        let homeserver = Url::parse(&info.homeserver)
            .map_err(|error| Error::new(ErrorKind::Invalid).with_source(error))?;
        let username = request.username.trim();
        let attempt = sign_in::with_password(profile, homeserver, username, &password, None);
        match in_time(started, attempt).await {
            Ok(client) => {
                *signed_in = Some(form);
                self.begin_signed_in(&mut slot, client).await?;
                if let Some(session) = self.current() {
                    session.set_up_cross_signing(username, &password).await;
                }
                Ok(())
            }
            Err(error) => {
                // Stores of a sign-in that did not happen would belong to nobody.
                if let Err(wipe) = wipe(&mut slot).await {
                    tracing::warn!(kind = ?wipe.kind, "cannot clear after a failed sign-in");
                }
                Err(error)
            }
        }
    }

    pub(super) async fn enter_password(&self, password: Zeroizing<String>) -> Result<()> {
        let mut slot = self.profile.lock().await;
        let profile = slot.as_mut().ok_or_else(|| Error::new(ErrorKind::Storage))?;
        let stored =
            StoredSession::load(profile)?.ok_or_else(|| Error::new(ErrorKind::SignedOut))?;
        if matches!(*self.state.borrow(), SessionState::SignedIn { .. }) {
            return Ok(());
        }
        let homeserver =
            profile.homeserver().cloned().ok_or_else(|| Error::new(ErrorKind::SignedOut))?;
        // Somebody may have deleted it while the password was waited for.
        if !profile.paths.cache_store().exists() {
            profile.set_cache_lost(true)?;
        }
        let attempt = sign_in::with_password(
            profile,
            homeserver,
            stored.user_id().as_str(),
            &password,
            Some(stored.device_id()),
        );
        let client = in_time(Instant::now(), attempt).await?;
        // Removed while the password was waited for, it is a new device of the same name, for which the SDK (0.19.1) uploads no
        // keys a second time: it could read nothing new.
        if !cross_signing::has_keys(&client).await {
            sign_in::abandon(&client).await;
            drop(client);
            self.clean_removed(&mut slot).await;
            return Ok(());
        }
        send_queues::lift_all(&client).await;
        self.begin_signed_in(&mut slot, client).await?;
        if let Some(session) = self.current() {
            session.set_up_cross_signing(stored.user_id().as_str(), &password).await;
        }
        Ok(())
    }

    pub(super) async fn sign_out(&self) -> Result<bool> {
        let mut slot = self.profile.lock().await;
        if slot.is_none() {
            return Err(Error::new(ErrorKind::Storage));
        }
        self.state.send_replace(SessionState::SigningOut);
        let told = match self.set_current(None) {
            Some(session) => session.log_out().await,
            None => false,
        };
        let result = wipe(&mut slot).await;
        self.connection.send_replace(ConnectionState::Connecting);
        match result {
            Ok(()) => {
                self.state.send_replace(SessionState::SignedOut);
                if !told {
                    let error = Error::because(ErrorKind::Offline, ErrorReason::DeviceStays);
                    let _ = self.events.send(AppEvent::Problem { error: error.to_wire() });
                }
                Ok(told)
            }
            Err(error) => {
                self.block(&error);
                *slot = None;
                Err(error)
            }
        }
    }

    pub(super) async fn close(&self) {
        self.closing.send_replace(true);
        let mut slot = self.profile.lock().await;
        if let Some(session) = self.set_current(None) {
            session.close().await;
        }
        *slot = None;
        self.closing.send_replace(false);
    }

    pub(super) async fn resolve_startup(
        &self,
        remedy: StartupRemedy,
        passphrase: Option<Zeroizing<String>>,
    ) -> Result<()> {
        let offered = match &*self.state.borrow() {
            SessionState::Blocked { remedies, .. } => remedies.contains(&remedy),
            // A repeated call: what was asked for has happened.
            _ => return Ok(()),
        };
        if !offered {
            return Err(Error::new(ErrorKind::Invalid));
        }
        match remedy {
            StartupRemedy::Retry => self.start(None).await,
            StartupRemedy::SetAside => {
                profile::set_aside(&self.config.paths, now_ms())?;
                self.start(None).await;
            }
            StartupRemedy::CreateKeyFile | StartupRemedy::UnlockKeyFile => {
                let passphrase = passphrase.ok_or_else(|| Error::new(ErrorKind::Invalid))?;
                return self.start_with_passphrase(passphrase).await;
            }
        }
        Ok(())
    }

    /// A wrong passphrase answers the form; the state stays as it is, so that what was typed is kept.
    pub(super) async fn start_with_passphrase(&self, passphrase: Zeroizing<String>) -> Result<()> {
        let before = self.state.borrow().clone();
        let mut slot = self.profile.lock().await;
        if slot.is_some() {
            return Ok(());
        }
        match self.open(&mut slot, Some(passphrase)).await {
            Ok(()) => Ok(()),
            Err(error) => {
                *slot = None;
                match error.reason {
                    Some(ErrorReason::WrongPassphrase | ErrorReason::PassphraseTooShort) => {
                        self.state.send_replace(before);
                    }
                    _ => self.block(&error),
                }
                Err(error)
            }
        }
    }

    /// The token is dead. After a soft logout the device may continue with the password and everything
    /// stays; otherwise an administrator or the person ended the device, and it is cleaned.
    async fn token_rejected(&self, soft: bool) {
        let mut slot = self.profile.lock().await;
        let Some(session) = self.set_current(None) else { return };
        let account = session.account();
        session.close().await;
        drop(session);
        if soft {
            self.state.send_replace(SessionState::PasswordNeeded { account });
            return;
        }
        self.clean_removed(&mut slot).await;
    }

    async fn clean_removed(&self, slot: &mut Option<Profile>) {
        match wipe(slot).await {
            Ok(()) => {
                let error = Error::because(ErrorKind::SignedOut, ErrorReason::DeviceRemoved);
                let _ = self.events.send(AppEvent::Problem { error: error.to_wire() });
                self.state.send_replace(SessionState::SignedOut);
            }
            Err(error) => {
                self.block(&error);
                *slot = None;
            }
        }
    }
}

/// Gives up an attempt to sign in when the server had its time since then.
async fn in_time<T>(started: Instant, attempt: impl Future<Output = Result<T>>) -> Result<T> {
    let end = started + LONGEST_SIGN_IN;
    timeout_at(end, attempt).await.unwrap_or_else(|_| Err(Error::new(ErrorKind::Timeout)))
}

/// Resumes a session, and notes where its cache is lost. One that cannot be read is set aside: the server has
/// what was in it.
async fn restore(profile: &mut Profile, stored: &StoredSession) -> Result<Client> {
    let had_cache = profile.paths.cache_store().exists();
    if !had_cache {
        profile.set_cache_lost(true)?;
    }
    let error = match sign_in::restore(profile, stored).await {
        Ok(client) => return Ok(client),
        Err(error) => error,
    };
    if !had_cache || error.reason != Some(ErrorReason::StoreUnreadable) {
        return Err(error);
    }
    let was_lost = profile.is_cache_lost();
    profile.set_cache_lost(true)?;
    let Ok(aside) = profile::set_cache_aside(&profile.paths, now_ms()) else { return Err(error) };
    if let Ok(client) = sign_in::restore(profile, stored).await {
        tracing::warn!("the cache cannot be read and was set aside");
        return Ok(client);
    }
    // It was not the cache. One that stays aside is fetched again.
    let back = profile::put_cache_back(&profile.paths, &aside);
    if let Err(failure) = back.and_then(|()| profile.set_cache_lost(was_lost)) {
        tracing::warn!(kind = ?failure.kind, "the cache stays aside, or is fetched again");
    }
    Err(error)
}

fn now_ms() -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(now.as_millis()).unwrap_or(u64::MAX)
}

/// Wipes the open profile. Disk and keyring may block, so this runs beside the asynchronous tasks.
async fn wipe(slot: &mut Option<Profile>) -> Result<()> {
    let Some(mut profile) = slot.take() else { return Ok(()) };
    let (profile, result) = tokio::task::spawn_blocking(move || {
        let result = profile.wipe();
        (profile, result)
    })
    .await
    .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
    *slot = Some(profile);
    result
}

/// What a person can do about a profile that does not open.
fn remedies(error: &Error) -> Vec<StartupRemedy> {
    use StartupRemedy::{CreateKeyFile, Retry, SetAside, UnlockKeyFile};
    match error.reason {
        Some(ErrorReason::KeyringMissing) => vec![Retry, CreateKeyFile],
        Some(ErrorReason::KeyringLocked | ErrorReason::KeyringFailed) => vec![Retry],
        Some(ErrorReason::PassphraseNeeded | ErrorReason::WrongPassphrase) => {
            vec![UnlockKeyFile, SetAside]
        }
        Some(
            ErrorReason::KeyringNeeded
            | ErrorReason::KeyMissing
            | ErrorReason::StoreUnreadable
            | ErrorReason::SessionMissing,
        ) => vec![Retry, SetAside],
        Some(ErrorReason::StoreNewer) => vec![SetAside],
        _ => vec![Retry],
    }
}

pub(super) async fn heed_signals(inner: Weak<Inner>, mut signals: mpsc::UnboundedReceiver<Signal>) {
    while let Some(signal) = signals.recv().await {
        let Some(inner) = inner.upgrade() else { return };
        match signal {
            Signal::TokenRejected { soft } => inner.token_rejected(soft).await,
            Signal::Account(account) => inner.account_changed(account),
            Signal::Problem(error) => {
                let _ = inner.events.send(AppEvent::Problem { error: error.to_wire() });
            }
            Signal::EditRefused(error, edit) => {
                let _ = inner.events.send(AppEvent::EditRefused { error: error.to_wire(), edit });
            }
        }
    }
}

impl Inner {
    fn account_changed(&self, changed: Account) {
        self.state.send_if_modified(|state| match state {
            SessionState::SignedIn { account } if *account != changed => {
                *account = changed;
                true
            }
            _ => false,
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ProfilePaths;

    #[tokio::test]
    async fn a_server_that_had_its_time_is_waited_for_no_longer() {
        let started = Instant::now().checked_sub(LONGEST_SIGN_IN).unwrap();
        let error = in_time(started, std::future::pending::<Result<()>>()).await.unwrap_err();
        assert_eq!(error.kind, ErrorKind::Timeout);
    }

    #[tokio::test]
    async fn a_lost_cache_is_known_to_be_lost_also_after_a_crash_that_left_another() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let passphrase = Zeroizing::new("correct horse battery".to_owned());
        let open = || {
            let source = KeySource::Passphrase(passphrase.clone());
            Profile::open(paths.clone(), source).unwrap()
        };
        let mut profile = open();
        profile.set_homeserver(Url::parse("http://127.0.0.1:9").unwrap()).unwrap();
        let session = serde_json::json!({
            "matrix": { "user_id": "@anna:x", "device_id": "DEVICE", "access_token": "token" }
        });
        profile.session_writer().save(session.to_string().as_bytes()).unwrap();
        let stored = StoredSession::load(&profile).unwrap().unwrap();

        let client = restore(&mut profile, &stored).await.unwrap();
        // The crash comes here, before the server is asked for everything again.
        client.pause().await.unwrap();
        drop((client, profile));
        assert!(paths.cache_store().exists());
        let mut profile = open();
        let client = restore(&mut profile, &stored).await.unwrap();
        assert!(profile.is_cache_lost());
        client.pause().await.unwrap();

        profile.set_cache_lost(false).unwrap();
        drop((client, profile));
        let mut profile = open();
        restore(&mut profile, &stored).await.unwrap();
        assert!(!profile.is_cache_lost());
    }

    #[test]
    fn a_key_file_is_offered_only_where_it_can_work() {
        let offered = |reason| remedies(&Error::because(ErrorKind::Storage, reason));
        assert!(offered(ErrorReason::KeyringMissing).contains(&StartupRemedy::CreateKeyFile));
        let needed = offered(ErrorReason::KeyringNeeded);
        assert_eq!(needed, [StartupRemedy::Retry, StartupRemedy::SetAside]);
        // The key is most likely still there.
        assert_eq!(offered(ErrorReason::KeyringFailed), [StartupRemedy::Retry]);
    }
}
