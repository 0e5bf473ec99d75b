//! Builds the SDK's client the way the whole application uses it.

use std::time::Duration;

use matrix_sdk::cross_process_lock::CrossProcessLockConfig;
use matrix_sdk::{
    Client, SqliteStoreConfig,
    config::RequestConfig,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
};
use url::Url;

use crate::{
    Result,
    profile::{Profile, ProfilePaths},
    seal::SecretKey,
};

/// Connections per database. The SDK's default of four per core only costs memory.
const POOL: usize = 4;

pub(crate) async fn build(
    homeserver: &Url,
    paths: &ProfilePaths,
    key: &SecretKey,
) -> Result<Client> {
    let store = SqliteStoreConfig::new(paths.store()).key(Some(key.as_bytes())).pool_max_size(POOL);
    let cache = paths.cache_store();
    Ok(Client::builder()
        .homeserver_url(homeserver)
        .sqlite_store_with_config_and_cache_path(store, Some(cache))
        .cross_process_store_config(CrossProcessLockConfig::SingleProcess)
        .handle_refresh_tokens()
        .request_config(RequestConfig::new().retry_limit(3).timeout(Duration::from_secs(30)))
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::AfterDecryptionFailure,
            auto_enable_backups: true,
        })
        .with_enable_automatic_back_pagination(true)
        .user_agent(concat!("Herold/", env!("CARGO_PKG_VERSION")))
        .build()
        .await?)
}

pub(crate) async fn build_for(profile: &Profile, homeserver: &Url) -> Result<Client> {
    build(homeserver, &profile.paths, &profile.key).await
}
