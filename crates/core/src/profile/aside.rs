//! What cannot be read is moved out of the way, and never removed unasked.

use std::path::{Path, PathBuf};

use super::{ProfilePaths, acquire_lock};
use crate::{Result, files};

/// Begins the name of a cache that could not be read. It belongs to the account and goes with it.
pub(super) const CACHE_ASIDE: &str = "store-aside-";

/// Moves an unreadable profile aside and returns where it went. Settings are kept in place.
/// `now_ms` names the folder.
pub(crate) fn set_aside(paths: &ProfilePaths, now_ms: u64) -> Result<PathBuf> {
    let _lock = acquire_lock(&paths.lock())?;
    let aside = paths.data.join(format!("aside-{now_ms}"));
    files::create_private_dir(&aside)?;
    for path in [paths.session(), paths.store(), paths.key_file(), paths.manifest()] {
        move_into(&path, &aside)?;
    }
    let cache_aside = aside.join("cache");
    files::create_private_dir(&cache_aside)?;
    // Across file systems a rename fails; the cache can be fetched again, so it stays where it is
    // under another name.
    let cache = paths.cache_store();
    if cache.exists() && std::fs::rename(&cache, cache_aside.join("store")).is_err() {
        std::fs::rename(&cache, paths.cache.join(format!("aside-{now_ms}")))?;
    }
    Ok(aside)
}

/// Moves a cache that cannot be read out of the way, and returns where it went.
pub(crate) fn set_cache_aside(paths: &ProfilePaths, now_ms: u64) -> Result<PathBuf> {
    let aside = paths.cache.join(format!("{CACHE_ASIDE}{now_ms}"));
    std::fs::rename(paths.cache_store(), &aside)?;
    Ok(aside)
}

/// Puts a cache that was set aside back in the place of one that was opened since. What opened that may still be
/// closing its files: they are moved away, and removed as far as that goes by now.
pub(crate) fn put_cache_back(paths: &ProfilePaths, aside: &Path) -> Result<()> {
    let replaced = aside.with_extension("replaced");
    if paths.cache_store().exists() {
        std::fs::rename(paths.cache_store(), &replaced)?;
    }
    std::fs::rename(aside, paths.cache_store())?;
    if let Err(error) = files::remove(&replaced) {
        tracing::info!(%error, "the replaced cache is removed with the account");
    }
    Ok(())
}

fn move_into(path: &Path, dir: &Path) -> std::io::Result<()> {
    match path.file_name() {
        Some(name) if path.exists() => std::fs::rename(path, dir.join(name)),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cache_that_was_set_aside_comes_back_in_the_place_of_what_was_opened_since() {
        let dir = tempfile::tempdir().unwrap();
        let paths = ProfilePaths::within(dir.path());
        let events = paths.cache_store().join("events");
        std::fs::create_dir_all(paths.cache_store()).unwrap();
        std::fs::write(&events, "mine").unwrap();
        let aside = set_cache_aside(&paths, 7).unwrap();
        std::fs::create_dir_all(paths.cache_store()).unwrap();
        std::fs::write(&events, "opened since").unwrap();
        put_cache_back(&paths, &aside).unwrap();
        assert_eq!(std::fs::read_to_string(events).unwrap(), "mine");
        assert_eq!(std::fs::read_dir(&paths.cache).unwrap().count(), 1, "nothing else is left");
    }
}
