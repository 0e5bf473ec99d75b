//! A real Synapse on loopback, in a folder of its own.
//!
//! The value owns the process: dropping it kills Synapse, and so does the end of this
//! process, however it ends (see [`process`]). Port and data stay the same over
//! [`Synapse::stop`] and [`Synapse::start_again`]. Accounts are in [`admin`], settings in
//! [`config`], rooms with a past in [`seed`].

mod admin;
mod config;
mod process;
pub mod seed;

use std::{
    path::{Path, PathBuf},
    process::Child,
    sync::Mutex,
    time::{Duration, Instant},
};

use tokio::sync::OnceCell;

use self::config::Settings;
pub use self::{admin::User, config::SynapseBuilder};
pub(crate) use self::{
    admin::encode,
    config::{cache_folder, synapse_version},
};

const START_LIMIT: Duration = Duration::from_secs(90);
const STOP_LIMIT: Duration = Duration::from_secs(15);

/// A running (or stopped, see [`Synapse::stop`]) homeserver.
pub struct Synapse {
    settings: Settings,
    folder: Folder,
    process: Mutex<Option<Child>>,
    admin_token: OnceCell<String>,
    http: reqwest::Client,
}

enum Folder {
    Temporary(tempfile::TempDir),
    Given(PathBuf),
}

/// One Synapse for all tests of a test binary; tests keep apart through [`Synapse::user`].
///
/// A static is never dropped: the process dies with the test binary, and its folder is
/// removed by the next start.
pub async fn shared_synapse() -> &'static Synapse {
    static SHARED: OnceCell<Synapse> = OnceCell::const_new();
    SHARED.get_or_init(Synapse::start).await
}

impl Synapse {
    /// A server with default settings in a temporary folder.
    pub async fn start() -> Self {
        Self::builder().start().await
    }

    pub fn builder() -> SynapseBuilder {
        SynapseBuilder::default()
    }

    async fn launch(settings: Settings, folder: Folder) -> Self {
        let synapse = Self {
            settings,
            folder,
            process: Mutex::new(None),
            admin_token: OnceCell::new(),
            // No kept connections: they would belong to the runtime of the test that opened them.
            http: reqwest::Client::builder()
                .pool_max_idle_per_host(0)
                .no_proxy()
                .build()
                .expect("building an HTTP client"),
        };
        synapse.start_again().await;
        synapse
    }

    /// `http://127.0.0.1:port`, without a slash at the end.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.settings.port)
    }

    /// The part of user ids after the colon; it is not resolvable.
    pub fn server_name(&self) -> &str {
        &self.settings.server_name
    }

    pub fn folder(&self) -> &Path {
        match &self.folder {
            Folder::Temporary(folder) => folder.path(),
            Folder::Given(folder) => folder,
        }
    }

    /// The process id of Synapse while it runs.
    pub fn pid(&self) -> Option<u32> {
        self.process.lock().unwrap().as_ref().map(Child::id)
    }

    /// What Synapse complained about since it was first started.
    pub fn log(&self) -> String {
        let read = |name| std::fs::read_to_string(self.folder().join(name)).unwrap_or_default();
        format!("{}{}", read("homeserver.log"), read("stderr.log"))
    }

    /// Ends Synapse gracefully; devices see refused connections from now on.
    pub async fn stop(&self) {
        let Some(mut child) = self.process.lock().unwrap().take() else { return };
        process::signal(child.id(), "CONT");
        process::signal(child.id(), "TERM");
        let begun = Instant::now();
        while begun.elapsed() < STOP_LIMIT {
            if child.try_wait().expect("waiting for Synapse to end").is_some() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        process::kill(&mut child);
    }

    /// Ends Synapse at once, as a crash would; pair with [`Synapse::start_again`].
    pub fn kill(&self) {
        if let Some(mut child) = self.process.lock().unwrap().take() {
            process::kill(&mut child);
        }
    }

    /// Starts Synapse again after [`Synapse::stop`] with the same data on the same port.
    pub async fn start_again(&self) {
        if self.pid().is_some() {
            return;
        }
        let mut command = process::command(&config::python());
        command
            .args(["-m", "synapse.app.homeserver", "-c", "homeserver.yaml"])
            .current_dir(self.folder())
            .env("PYTHONPATH", self.folder())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .stdin(std::process::Stdio::null())
            .stdout(std::process::Stdio::null())
            .stderr(
                std::fs::File::create(self.folder().join("stderr.log"))
                    .expect("creating Synapse's stderr.log"),
            );
        let child = process::spawn(command).expect("starting Python for Synapse");
        *self.process.lock().unwrap() = Some(child);
        self.wait_until_ready().await;
    }

    pub async fn restart(&self) {
        self.stop().await;
        self.start_again().await;
    }

    /// Everything else on this machine goes first, as if the server ran on another. Until its next start.
    pub fn give_way(&self) {
        if let Some(pid) = self.pid() {
            process::give_way(pid);
        }
    }

    /// Freezes the process: connections stay open and nothing answers.
    pub fn pause(&self) {
        process::signal(self.pid().expect("pausing a Synapse that runs"), "STOP");
    }

    pub fn resume(&self) {
        process::signal(self.pid().expect("resuming a Synapse that runs"), "CONT");
    }

    async fn wait_until_ready(&self) {
        let versions = format!("{}/_matrix/client/versions", self.url());
        let begun = Instant::now();
        loop {
            if let Ok(answer) = self.http.get(&versions).send().await
                && answer.status().is_success()
            {
                return;
            }
            let ended = match self.process.lock().unwrap().as_mut() {
                Some(child) => child.try_wait().expect("asking for Synapse's state"),
                None => panic!("Synapse was stopped while it was starting"),
            };
            if let Some(status) = ended {
                panic!("Synapse ended while starting ({status}):\n{}", self.log());
            }
            assert!(
                begun.elapsed() < START_LIMIT,
                "Synapse did not answer within {START_LIMIT:?}:\n{}",
                self.log()
            );
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

impl Drop for Synapse {
    fn drop(&mut self) {
        self.kill();
    }
}
