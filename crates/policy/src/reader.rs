//! Reads policy from the operating system.
//!
//! Linux: `/etc/herold/policies.json`, then `/etc/herold/policies.d/*.json` in the order of their
//! names; a later file wins.

use std::path::Path;

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
    let mut files = vec![dir.join("policies.json")];
    if let Ok(entries) = std::fs::read_dir(dir.join("policies.d")) {
        let mut drop_ins: Vec<_> = entries
            .flatten()
            .map(|entry| entry.path())
            .filter(|path| path.extension().is_some_and(|extension| extension == "json"))
            .collect();
        drop_ins.sort();
        files.extend(drop_ins);
    }
    let mut merged = Map::new();
    for file in files {
        match read_file(&file) {
            Ok(values) => merged.extend(values),
            Err(problem) => return Policy::unreadable(problem),
        }
    }
    Policy::from_values(merged)
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
    fn no_policy_allows_everything() {
        let dir = tempfile::tempdir().unwrap();
        assert!(read_directory(dir.path()).check_homeserver("any.example").is_ok());
    }
}
