//! Choices of the person, in a plain file that holds nothing secret.

use std::path::Path;

use herold_protocol::{ErrorKind, Settings};

use crate::{Error, Result, files};

/// Reads the settings. A missing file gives the defaults; so does a damaged one, which is kept beside
/// under another name.
pub(crate) fn load(path: &Path) -> Settings {
    let Ok(bytes) = std::fs::read(path) else { return Settings::default() };
    serde_json::from_slice(&bytes).unwrap_or_else(|error| {
        tracing::warn!(%error, "the settings file is damaged; using defaults");
        let _ = std::fs::rename(path, path.with_extension("json.damaged"));
        Settings::default()
    })
}

pub(crate) fn save(path: &Path, settings: &Settings) -> Result<()> {
    let json = serde_json::to_vec_pretty(settings)
        .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
    files::write_atomically(path, &json)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use herold_protocol::Theme;

    #[test]
    fn settings_survive_and_unknown_fields_do_not_hurt() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.json");
        std::fs::write(&path, br#"{"theme":"dark","fromTheFuture":1}"#).unwrap();
        let settings = load(&path);
        assert_eq!(settings.theme, Theme::Dark);
        assert!(settings.single_key_shortcuts, "on where nobody switched them off");
        save(&path, &settings).unwrap();
        assert_eq!(load(&path), settings);
    }

    #[test]
    fn damaged_settings_are_kept_beside() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("settings.json");
        std::fs::write(&path, b"{").unwrap();
        assert_eq!(load(&path), Settings::default());
        assert!(path.with_extension("json.damaged").exists());
    }
}
