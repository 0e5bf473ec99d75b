//! The application without a window: one profile, at most one session, and what it says of both.
//!
//! The session state is a small machine (see `SessionState`); every transition runs under one lock.
//! The shell and the command line client are thin layers over this type.

mod events;
mod transitions;

use std::sync::{Arc, PoisonError, RwLock};

use herold_policy::{Policy, ServerNotAllowed};
use herold_protocol::{
    AppEvent, AppSnapshot, ConnectionState, DemoAccount, ErrorKind, ErrorReason, Language,
    LinkPreview, ManagedSetting, PasswordSignIn, SecureStorage, ServerInfo, SessionState, Settings,
    StartupRemedy, Translations,
};
use tokio::sync::{Mutex, broadcast, mpsc, watch};
use zeroize::Zeroizing;

pub use events::AppEvents;

use crate::{
    Error, Result,
    profile::{Profile, ProfilePaths},
    session::{Session, Signal, discovery},
    settings,
    tasks::Tasks,
};

/// What the application is started with.
pub struct Config {
    pub paths: ProfilePaths,
    pub policy: Policy,
    pub demo: Option<DemoAccount>,
    /// Put into the sign-in form; policy wins over it.
    pub suggested_homeserver: Option<String>,
    /// Whether a session talks to the server by itself. A script that only reads what is on disk does
    /// not need that.
    pub connect: bool,
}

/// Cheap to clone.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    config: Config,
    /// The open profile; `None` while it cannot be opened. The lock serialises transitions.
    profile: Mutex<Option<Profile>>,
    /// Server and name of the last sign-in, as they were entered.
    signed_in: Mutex<Option<(String, String)>>,
    session: RwLock<Option<Arc<Session>>>,
    state: watch::Sender<SessionState>,
    connection: watch::Sender<ConnectionState>,
    settings: watch::Sender<Settings>,
    storage: watch::Sender<Option<SecureStorage>>,
    events: broadcast::Sender<AppEvent>,
    signals: mpsc::UnboundedSender<Signal>,
    /// Ends what waits for a server or a keyring.
    closing: watch::Sender<bool>,
    tasks: Tasks,
}

impl App {
    /// Must be called within a tokio runtime. Touches nothing but the settings file; `start` opens the
    /// profile.
    pub fn new(config: Config) -> Self {
        let (signals, receiver) = mpsc::unbounded_channel();
        let settings = settings::load(&config.paths.settings());
        let inner = Arc::new(Inner {
            config,
            profile: Mutex::new(None),
            signed_in: Mutex::new(None),
            session: RwLock::new(None),
            state: watch::Sender::new(SessionState::Starting),
            connection: watch::Sender::new(ConnectionState::Connecting),
            settings: watch::Sender::new(settings),
            storage: watch::Sender::new(None),
            events: broadcast::Sender::new(64),
            signals,
            closing: watch::Sender::new(false),
            tasks: Tasks::default(),
        });
        let weak = Arc::downgrade(&inner);
        inner.tasks.spawn(move || transitions::heed_signals(weak, receiver));
        Self { inner }
    }

    /// Opens the profile and resumes its session. Failure is a state, not an error: a person can do
    /// something about it.
    pub async fn start(&self) {
        let start = async {
            self.inner.start(None).await;
            Ok(())
        };
        // Closed meanwhile: then there is nobody to tell.
        let _ = self.inner.unless_closing(start).await;
    }

    /// Opens a profile that is protected by a passphrase, or makes one.
    pub async fn start_with_passphrase(&self, passphrase: Zeroizing<String>) -> Result<()> {
        self.inner.unless_closing(self.inner.start_with_passphrase(passphrase)).await
    }

    /// What a window needs for its first frame, and every change after it.
    pub fn subscribe(&self) -> (AppSnapshot, AppEvents) {
        let inner = &self.inner;
        let events = AppEvents::new(
            inner.storage.subscribe(),
            inner.state.subscribe(),
            inner.connection.subscribe(),
            inner.events.subscribe(),
        );
        let snapshot = AppSnapshot {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            session: inner.state.borrow().clone(),
            connection: inner.connection.borrow().clone(),
            settings: inner.effective_settings(),
            managed: inner.managed_settings(),
            suggested_homeserver: inner
                .config
                .policy
                .homeserver()
                .map(str::to_owned)
                .or_else(|| inner.config.suggested_homeserver.clone()),
            demo: inner.config.demo.clone(),
            secure_storage: *inner.storage.borrow(),
        };
        (snapshot, events)
    }

    pub fn state(&self) -> SessionState {
        self.inner.state.borrow().clone()
    }

    pub fn connection(&self) -> watch::Receiver<ConnectionState> {
        self.inner.connection.subscribe()
    }

    /// The session, where somebody is signed in.
    pub fn session(&self) -> Result<Arc<Session>> {
        self.inner.current().ok_or_else(|| Error::new(ErrorKind::SignedOut))
    }

    pub async fn discover(&self, server: &str) -> Result<ServerInfo> {
        self.inner.discover(server).await
    }

    pub async fn sign_in(&self, request: PasswordSignIn) -> Result<()> {
        self.inner.unless_closing(self.inner.sign_in(request)).await
    }

    /// Continues after a soft logout.
    pub async fn enter_password(&self, password: Zeroizing<String>) -> Result<()> {
        self.inner.unless_closing(self.inner.enter_password(password)).await
    }

    /// Ends the session and deletes everything of the account from this machine. Says whether the server knows;
    /// where it could not be told, the windows hear of it too (`DeviceStays`).
    pub async fn sign_out(&self) -> Result<bool> {
        self.inner.sign_out().await
    }

    /// Ends the session for this run of the program; everything stays on disk. What waits for a server or a keyring
    /// is given up: a sign-in that did not get through leaves nothing behind.
    pub async fn close(&self) {
        self.inner.close().await;
    }

    pub async fn resolve_startup(
        &self,
        remedy: StartupRemedy,
        passphrase: Option<Zeroizing<String>>,
    ) -> Result<()> {
        self.inner.unless_closing(self.inner.resolve_startup(remedy, passphrase)).await
    }

    /// The preview of a link in a room, as the homeserver makes it. `confirmed` after the person answered
    /// a `Confirm` outcome. With previews switched off, nothing is requested.
    ///
    /// # Errors
    /// What kept the homeserver from being asked. A page that cannot be read is `Nothing`.
    pub async fn link_preview(
        &self,
        room_id: &str,
        target: &str,
        confirmed: bool,
    ) -> Result<LinkPreview> {
        if !self.inner.effective_settings().link_previews {
            return Ok(LinkPreview::Nothing);
        }
        self.session()?.link_preview(room_id, target, confirmed).await
    }

    /// Settings that policy decides keep their value, and what the person chose is kept for the time after it.
    pub fn update_settings(&self, mut settings: Settings) -> Result<()> {
        if self.inner.config.policy.url_previews().is_some() {
            settings.link_previews = self.inner.settings.borrow().link_previews;
        }
        if self.inner.config.policy.language().is_some() {
            settings.language = self.inner.settings.borrow().language;
        }
        settings::save(&self.inner.config.paths.settings(), &settings)?;
        self.inner.settings.send_replace(settings);
        let _ = self
            .inner
            .events
            .send(AppEvent::Settings { settings: self.inner.effective_settings() });
        Ok(())
    }

    /// Tells every window something that no screen waits for.
    pub fn announce(&self, event: AppEvent) {
        let _ = self.inner.events.send(event);
    }
}

impl Inner {
    /// Runs a transition that may wait for long, until somebody closes the application.
    async fn unless_closing<T>(&self, transition: impl Future<Output = Result<T>>) -> Result<T> {
        let mut closing = self.closing.subscribe();
        tokio::select! {
            biased;
            _ = closing.wait_for(|closing| *closing) => Err(Error::new(ErrorKind::Cancelled)),
            result = transition => result,
        }
    }

    fn current(&self) -> Option<Arc<Session>> {
        self.session.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set_current(&self, session: Option<Arc<Session>>) -> Option<Arc<Session>> {
        let mut current = self.session.write().unwrap_or_else(PoisonError::into_inner);
        std::mem::replace(&mut current, session)
    }

    fn effective_settings(&self) -> Settings {
        let mut settings = self.settings.borrow().clone();
        match self.config.policy.language() {
            Some("de") => settings.language = Some(Language::De),
            Some("en") => settings.language = Some(Language::En),
            Some("fr") => settings.language = Some(Language::Fr),
            _ => {}
        }
        if let Some(decided) = self.config.policy.url_previews() {
            settings.link_previews = decided;
        }
        settings
    }

    fn managed_settings(&self) -> Vec<ManagedSetting> {
        self.config
            .policy
            .managed_keys()
            .map(|key| ManagedSetting {
                key: key.name.to_owned(),
                forced: key.forced,
                help: translations(key.help),
            })
            .collect()
    }

    async fn discover(&self, server: &str) -> Result<ServerInfo> {
        self.config.policy.check_homeserver(server).map_err(not_allowed)?;
        discovery::discover(server).await
    }
}

fn translations([de, en, fr]: [&str; 3]) -> Translations {
    Translations { de: de.to_owned(), en: en.to_owned(), fr: fr.to_owned() }
}

fn not_allowed(error: ServerNotAllowed) -> Error {
    Error::because(ErrorKind::PolicyForbids, ErrorReason::ServerNotAllowed).with_source(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn app_on(dir: &std::path::Path, policy: serde_json::Value) -> App {
        App::new(Config {
            paths: ProfilePaths::within(dir),
            policy: Policy::from_values(policy.as_object().unwrap().clone()),
            demo: None,
            suggested_homeserver: None,
            connect: false,
        })
    }

    #[tokio::test]
    async fn closing_does_not_wait_for_a_server_that_does_not_answer() {
        let dir = tempfile::tempdir().unwrap();
        let silent = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let app = app_on(dir.path(), serde_json::json!({}));
        let passphrase = Zeroizing::new("correct horse battery".to_owned());
        app.start_with_passphrase(passphrase).await.unwrap();
        let request = PasswordSignIn {
            homeserver: format!("http://{}", silent.local_addr().unwrap()),
            username: "anna".to_owned(),
            password: "secret".to_owned(),
        };
        let close = async {
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
            let started = std::time::Instant::now();
            app.close().await;
            started.elapsed()
        };
        let (signed_in, closing) = tokio::join!(app.sign_in(request), close);
        assert_eq!(signed_in.unwrap_err().kind, ErrorKind::Cancelled);
        assert!(closing < std::time::Duration::from_secs(2), "{closing:?}");
        assert!(!dir.path().join("session").exists());
    }

    #[tokio::test]
    async fn what_policy_decides_does_not_become_what_the_person_chose() {
        let dir = tempfile::tempdir().unwrap();
        let nothing = serde_json::json!({});
        let chosen = Settings { language: Some(Language::En), ..Settings::default() };
        app_on(dir.path(), nothing.clone()).update_settings(chosen.clone()).unwrap();

        let decided = serde_json::json!({ "language": "fr", "url_previews": true });
        let managed = app_on(dir.path(), decided);
        let shown = managed.subscribe().0.settings;
        assert_eq!((shown.language, shown.link_previews), (Some(Language::Fr), true));
        let named: Vec<_> = managed.subscribe().0.managed;
        assert_eq!(named.len(), 2);
        assert_eq!(named[0].help.de, "Sprache der Oberfläche.");
        // A window stores all settings with each change.
        managed.update_settings(shown).unwrap();
        assert_eq!(managed.subscribe().0.settings.language, Some(Language::Fr));

        assert_eq!(app_on(dir.path(), nothing).subscribe().0.settings, chosen);
    }
}
