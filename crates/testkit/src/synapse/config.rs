//! Settings of one Synapse, and the files it reads at start.
//!
//! `homeserver.yaml` is written as JSON, which is YAML. The secrets and the port of a folder
//! are made once and kept in `testkit.json`, so that a folder can be started again later.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use rand::{Rng, distr::Alphanumeric};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::{Folder, Synapse};
use crate::{Stub, ports};

/// Answers a test server gives, chosen before its start; see [`Synapse::builder`].
#[derive(Default)]
pub struct SynapseBuilder {
    folder: Option<PathBuf>,
    template: Option<PathBuf>,
    server_name: Option<String>,
    port: Option<u16>,
    real_limits: bool,
    options: Map<String, Value>,
}

/// What stays the same when a folder is started again.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Settings {
    pub(super) server_name: String,
    pub(super) port: u16,
    pub(super) secret: String,
    signing_key: String,
}

impl SynapseBuilder {
    /// Keeps the data in this folder instead of a temporary one, for later starts too.
    pub fn folder(mut self, folder: impl Into<PathBuf>) -> Self {
        self.folder = Some(folder.into());
        self
    }

    /// Begins with a copy of the folder of a server that has been stopped.
    pub fn copy_of(mut self, folder: impl Into<PathBuf>) -> Self {
        self.template = Some(folder.into());
        self
    }

    /// The part of user ids after the colon; fixed at the first start of a folder.
    pub fn server_name(mut self, name: &str) -> Self {
        self.server_name = Some(name.to_owned());
        self
    }

    /// A fixed port instead of a free one; the start panics if it is taken.
    pub fn port(mut self, port: u16) -> Self {
        self.port = Some(port);
        self
    }

    /// Synapse's own rate limits instead of none.
    pub fn real_limits(mut self) -> Self {
        self.real_limits = true;
        self
    }

    /// Access tokens that can be refreshed expire after this time.
    pub fn access_token_lifetime(self, lifetime: Duration) -> Self {
        self.option("refreshable_access_token_lifetime", json!(milliseconds(lifetime)))
    }

    /// Sessions without refresh token end softly after this time: the device keeps its keys
    /// and is asked for the password. Not shorter than [`Self::access_token_lifetime`].
    pub fn session_lifetime(self, lifetime: Duration) -> Self {
        self.option("session_lifetime", json!(milliseconds(lifetime)))
    }

    /// Makes previews of links. Every page comes from `website`, whatever its address says: Synapse takes it
    /// for its way to the web, because a page on loopback is none that Herold asks about.
    pub fn link_previews(self, website: &Stub) -> Self {
        self.option("url_preview_enabled", json!(true))
            .option("url_preview_ip_range_blacklist", json!(["192.168.0.0/16"]))
            .option("http_proxy", json!(website.url()))
    }

    /// Any other line of `homeserver.yaml`; it replaces the line the testkit would write.
    pub fn option(mut self, name: &str, value: Value) -> Self {
        self.options.insert(name.to_owned(), value);
        self
    }

    /// Writes the configuration and returns when the server answers.
    pub async fn start(self) -> Synapse {
        sweep_dead_folders();
        let folder = match &self.folder {
            Some(folder) => {
                std::fs::create_dir_all(folder).expect("creating the folder of Synapse");
                Folder::Given(std::path::absolute(folder).expect("resolving Synapse's folder"))
            }
            None => Folder::Temporary(
                tempfile::Builder::new()
                    .prefix(&format!("{FOLDER_PREFIX}{}-", std::process::id()))
                    .tempdir()
                    .expect("creating a temporary folder for Synapse"),
            ),
        };
        let path = match &folder {
            Folder::Temporary(folder) => folder.path(),
            Folder::Given(folder) => folder,
        };
        if let Some(template) = &self.template {
            copy_folder(template, path).unwrap_or_else(|error| {
                panic!("copying the server in {}: {error}", template.display())
            });
        }
        let settings = self.settings(path);
        self.write_files(path, &settings);
        Synapse::launch(settings, folder).await
    }

    fn settings(&self, folder: &Path) -> Settings {
        let file = folder.join("testkit.json");
        let mut settings = match std::fs::read(&file) {
            Ok(saved) => serde_json::from_slice(&saved).expect("reading testkit.json"),
            Err(_) => Settings {
                server_name: self.server_name.clone().unwrap_or_else(|| "herold.test".to_owned()),
                port: 0,
                secret: random_text(40),
                signing_key: format!("ed25519 a_{} {}", random_text(4), random_seed()),
            },
        };
        settings.port = match self.port {
            Some(port) => port,
            None if ports::is_free(settings.port) => settings.port,
            None => ports::free_port(),
        };
        let saved = serde_json::to_vec_pretty(&settings).expect("serialising settings");
        std::fs::write(file, saved).expect("writing testkit.json");
        settings
    }

    fn write_files(&self, folder: &Path, settings: &Settings) {
        let write = |name: &str, text: String| {
            std::fs::write(folder.join(name), text)
                .unwrap_or_else(|error| panic!("writing {name} of Synapse: {error}"));
        };
        write("signing.key", settings.signing_key.clone() + "\n");
        write("herold_testkit.py", include_str!("herold_testkit.py").to_owned());
        write("log.yaml", log_config().to_string());
        let mut config = homeserver_config(settings);
        if !self.real_limits {
            config.extend(no_limits());
        }
        config.extend(self.options.clone());
        write("homeserver.yaml", Value::Object(config).to_string());
    }
}

/// The Python that has Synapse: `HEROLD_SYNAPSE_PYTHON`, or the environment made by `make setup`.
pub(super) fn python() -> PathBuf {
    if let Some(chosen) = std::env::var_os("HEROLD_SYNAPSE_PYTHON") {
        return PathBuf::from(chosen);
    }
    let python = cache_folder().join("synapse-venv/bin/python");
    assert!(
        python.exists(),
        "there is no Synapse in {}. Run `make setup`, or set HEROLD_SYNAPSE_PYTHON to a \
         Python that has matrix-synapse.",
        python.display()
    );
    python
}

/// The version of Synapse that [`python`] has, for the names of cached folders.
pub(crate) fn synapse_version() -> String {
    let output = std::process::Command::new(python())
        .args(["-c", "from importlib.metadata import version; print(version('matrix-synapse'))"])
        .output()
        .expect("asking Python for the version of Synapse");
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// `HEROLD_CACHE`, or the place that scripts/env.sh chooses without it.
pub(crate) fn cache_folder() -> PathBuf {
    let variable = |name| std::env::var_os(name).filter(|value| !value.is_empty());
    if let Some(cache) = variable("HEROLD_CACHE") {
        return PathBuf::from(cache);
    }
    let base = variable("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(variable("HOME").expect("HOME is set")).join(".cache"));
    base.join("herold")
}

fn homeserver_config(settings: &Settings) -> Map<String, Value> {
    let config = json!({
        "server_name": settings.server_name,
        "public_baseurl": format!("http://127.0.0.1:{}/", settings.port),
        "serve_server_wellknown": true,
        "pid_file": "homeserver.pid",
        "listeners": [{
            "port": settings.port,
            "type": "http",
            "bind_addresses": ["127.0.0.1"],
            "resources": [{ "names": ["client"] }],
        }],
        "database": {
            "name": "sqlite3",
            "args": { "database": "homeserver.db", "cp_min": 1, "cp_max": 1 },
        },
        "modules": [{ "module": "herold_testkit.Module", "config": { "secret": settings.secret } }],
        "log_config": "log.yaml",
        "media_store_path": "media",
        "signing_key_path": "signing.key",
        "registration_shared_secret": settings.secret,
        "macaroon_secret_key": settings.secret,
        "form_secret": settings.secret,
        "trusted_key_servers": [],
        "suppress_key_server_warning": true,
        "federation_domain_whitelist": [],
        "report_stats": false,
        "enable_metrics": false,
        "url_preview_enabled": false,
        "presence": { "enabled": true },
        "password_config": { "enabled": true },
        "bcrypt_rounds": 4,
        "event_cache_size": "20K",
        "caches": { "global_factor": 2.0 },
        "max_upload_size": "50M",
        "user_directory": { "enabled": true, "search_all_users": true },
        "room_list_publication_rules": [{ "action": "allow" }],
        "allow_public_rooms_without_auth": false,
        "enable_room_list_search": true,
        "delete_stale_devices_after": null,
        "max_event_delay_duration": "24h",
        "experimental_features": { "msc3266_enabled": true, "msc3881_enabled": true },
    });
    let Value::Object(config) = config else { unreachable!("the literal above is an object") };
    config
}

fn no_limits() -> Map<String, Value> {
    let free = json!({ "per_second": 100_000, "burst_count": 100_000 });
    let mut limits = Map::new();
    for name in [
        "rc_message",
        "rc_registration",
        "rc_registration_token_validity",
        "rc_admin_redaction",
        "rc_joins_per_room",
        "rc_key_requests",
        "rc_3pid_validation",
        "rc_third_party_invite",
        "rc_media_create",
        "rc_presence",
        "rc_delayed_event_mgmt",
        "rc_reports",
        "rc_room_creation",
        "rc_user_directory",
    ] {
        limits.insert(name.to_owned(), free.clone());
    }
    limits.insert("rc_presence".to_owned(), json!({ "per_user": free }));
    limits.insert(
        "rc_login".to_owned(),
        json!({ "address": free, "account": free, "failed_attempts": free }),
    );
    limits.insert("rc_joins".to_owned(), json!({ "local": free, "remote": free }));
    limits.insert(
        "rc_invites".to_owned(),
        json!({ "per_room": free, "per_user": free, "per_issuer": free }),
    );
    limits
}

fn log_config() -> Value {
    let level = std::env::var("HEROLD_SYNAPSE_LOG").unwrap_or_else(|_| "WARNING".to_owned());
    json!({
        "version": 1,
        "formatters": { "short": { "format": "%(asctime)s %(levelname)s %(name)s %(message)s" } },
        "handlers": { "file": {
            "class": "logging.FileHandler", "filename": "homeserver.log", "formatter": "short",
        } },
        "root": { "level": level, "handlers": ["file"] },
        "disable_existing_loggers": false,
    })
}

fn copy_folder(from: &Path, to: &Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in std::fs::read_dir(from)? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_folder(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

const FOLDER_PREFIX: &str = "herold-synapse-";

/// Removes the temporary folders of test processes that are gone, such as those of
/// [`super::shared_synapse`]. Without /proc nothing is removed.
fn sweep_dead_folders() {
    if !Path::new("/proc/self").exists() {
        return;
    }
    let Ok(entries) = std::fs::read_dir(std::env::temp_dir()) else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let owner = name.strip_prefix(FOLDER_PREFIX).and_then(|rest| rest.split('-').next());
        let Some(owner) = owner.and_then(|owner| owner.parse::<u32>().ok()) else { continue };
        if !Path::new("/proc").join(owner.to_string()).exists() {
            // Another test process may be removing the same folder.
            let _ = std::fs::remove_dir_all(entry.path());
        }
    }
}

pub(super) fn random_text(length: usize) -> String {
    rand::rng().sample_iter(Alphanumeric).take(length).map(char::from).collect()
}

/// 32 random bytes in unpadded base64. The 43rd character carries only four bits.
fn random_seed() -> String {
    random_text(42) + "A"
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).expect("a duration of less than 500 million years")
}
