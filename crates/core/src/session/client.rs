//! Builds the SDK's client the way the whole application uses it.

use std::time::Duration;

use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::{
    Client, HttpError, SqliteStoreConfig, ThreadingSupport,
    config::RequestConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
    reqwest,
};
use url::Url;

use crate::{
    Result,
    profile::{Profile, ProfilePaths},
    seal::SecretKey,
};

/// Connections per database. The SDK's default of four per core only costs memory.
const POOL: usize = 3;
/// Bytes that each connection keeps of its database, an eighth of the SDK's default: the system
/// has the files in memory anyway.
const PAGE_CACHE: u32 = 250_000;

const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// After a change of network, old connections are dead without saying so, and a request on one of them
/// waits for its whole time. Idle ones are given up soon; a shared one (HTTP/2) has to prove itself.
const IDLE_CONNECTION: Duration = Duration::from_secs(10);
const PING_INTERVAL: Duration = Duration::from_secs(20);
const PING_TIMEOUT: Duration = Duration::from_secs(10);

/// As the SDK builds it, but for what it keeps of connections.
pub(crate) fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("Herold/", env!("CARGO_PKG_VERSION")))
        .min_tls_version(reqwest::tls::Version::TLS_1_2)
        .timeout(REQUEST_TIMEOUT)
        .pool_idle_timeout(IDLE_CONNECTION)
        .tcp_keepalive(PING_INTERVAL)
        .http2_keep_alive_interval(PING_INTERVAL)
        .http2_keep_alive_timeout(PING_TIMEOUT)
}

pub(crate) async fn build(
    homeserver: &Url,
    paths: &ProfilePaths,
    key: &SecretKey,
) -> Result<Client> {
    let store = SqliteStoreConfig::new(paths.store())
        .key(Some(key.as_bytes()))
        .pool_max_size(POOL)
        .cache_size(PAGE_CACHE);
    let cache = paths.cache_store();
    Ok(Client::builder()
        .homeserver_url(homeserver)
        .sqlite_store_with_config_and_cache_path(store, Some(cache))
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .handle_refresh_tokens()
        .request_config(RequestConfig::new().retry_limit(3).timeout(REQUEST_TIMEOUT))
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: true,
        })
        .with_enable_automatic_back_pagination(true)
        // Subscriptions to threads are used where the server knows them.
        .with_threading_support(ThreadingSupport::Enabled { with_subscriptions: true })
        .http_client(http().build().map_err(HttpError::from)?)
        .build()
        .await?)
}

pub(crate) async fn build_for(profile: &Profile, homeserver: &Url) -> Result<Client> {
    build(homeserver, &profile.paths, &profile.key).await
}
