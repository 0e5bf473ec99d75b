//! Reads policy from the operating system.
//!
//! Linux: `/etc/herold/policies.json`, then `/etc/herold/policies.d/*.json` in the order of their
//! names; a later file wins.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use crate::Policy;

/// The policy of this machine.
pub fn read_system() -> Policy {
    if cfg!(target_os = "linux") {
        read_directory(Path::new("/etc/herold"))
    } else {
        Policy::default()
    }
}

fn read_directory(dir: &Path) -> Policy {
    match merged(dir) {
        Ok(values) => Policy::from_values(values),
        Err(problem) => Policy::unreadable(problem),
    }
}

fn merged(dir: &Path) -> Result<Map<String, Value>, String> {
    let mut values = read_file(&dir.join("policies.json"))?;
    for file in drop_ins(&dir.join("policies.d"))? {
        values.extend(read_file(&file)?);
    }
    Ok(values)
}

fn drop_ins(dir: &Path) -> Result<Vec<PathBuf>, String> {
    let problem = |error: std::io::Error| format!("{}: {error}", dir.display());
    let entries = match std::fs::read_dir(dir) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(problem(error)),
    };
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.map_err(problem)?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    files.sort();
    Ok(files)
}

fn read_file(path: &Path) -> Result<Map<String, Value>, String> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Map::new()),
        Err(error) => return Err(format!("{}: {error}", path.display())),
    };
    serde_json::from_slice(&bytes).map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drop_ins_win_over_the_main_file() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::create_dir(dir.path().join("policies.d")).unwrap();
        std::fs::write(dir.path().join("policies.json"), r#"{"language":"de"}"#).unwrap();
        std::fs::write(dir.path().join("policies.d/50.json"), r#"{"language":"fr"}"#).unwrap();
        assert_eq!(read_directory(dir.path()).language(), Some("fr"));
    }

    #[test]
    fn an_unreadable_policy_allows_no_server() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("policies.json"), "{").unwrap();
        assert!(read_directory(dir.path()).check_homeserver("any.example").is_err());
    }

    #[test]
    fn drop_ins_that_cannot_be_listed_allow_no_server() {
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("policies.d"), "").unwrap();
        assert!(read_directory(dir.path()).check_homeserver("any.example").is_err());
    }

    #[test]
    fn no_policy_allows_everything() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_directory(dir.path()).check_homeserver("any.example").is_ok());
    }
}
