//! Files of others in a folder of the person.

use std::{
    fs::{self, OpenOptions},
    io::{self, Write},
    path::{Path, PathBuf},
};

use herold_protocol::ErrorKind;
use herold_rich_text::text::clean_filename;

use crate::{Error, Result};

/// Away from the asynchronous tasks: a file may be large, and a disk slow.
pub(super) async fn save(folder: &Path, filename: &str, bytes: Vec<u8>) -> Result<PathBuf> {
    let folder = folder.to_owned();
    let filename = clean_filename(filename);
    tokio::task::spawn_blocking(move || save_in(&folder, &filename, &bytes))
        .await
        .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
}

/// Overwrites nothing: `name.pdf`, then `name (2).pdf`. What is there already under one of these names, byte by byte,
/// is not written again.
fn save_in(folder: &Path, filename: &str, bytes: &[u8]) -> Result<PathBuf> {
    fs::create_dir_all(folder)?;
    let (stem, extension) = match filename.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (filename, String::new()),
    };
    for number in 1..10_000 {
        let name = match number {
            1 => filename.to_owned(),
            _ => format!("{stem} ({number}){extension}"),
        };
        let path = folder.join(name);
        match write_new(&path, bytes) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
            Err(_) if !holds(&path, bytes) => {}
            _ => return Ok(path),
        }
    }
    Err(Error::new(ErrorKind::Storage))
}

fn write_new(path: &Path, bytes: &[u8]) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let written = file.write_all(bytes).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = fs::remove_file(path);
    } else {
        say_that_it_came_from_outside(path);
    }
    written
}

/// A link may lead to what changes later.
fn holds(path: &Path, bytes: &[u8]) -> bool {
    let Ok(facts) = fs::symlink_metadata(path) else { return false };
    facts.is_file()
        && facts.len() == bytes.len() as u64
        && fs::read(path).is_ok_and(|there| there == bytes)
}

/// Office opens it in its protected view, and Explorer asks before it runs (MS-FSCC, "Zone.Identifier Stream Name").
/// macOS does the same by itself for what Herold writes (`LSFileQuarantineEnabled`).
#[cfg(windows)]
fn say_that_it_came_from_outside(path: &Path) {
    let mut stream = path.as_os_str().to_owned();
    stream.push(":Zone.Identifier");
    // Not every file system has such streams.
    if let Err(error) = fs::write(stream, "[ZoneTransfer]\r\nZoneId=3\r\n") {
        tracing::debug!(%error, "cannot mark a saved file as one from outside");
    }
}

#[cfg(not(windows))]
fn say_that_it_came_from_outside(_: &Path) {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saving_twice_overwrites_nothing_and_fills_no_folder() {
        let dir = tempfile::tempdir().unwrap();
        let first = save_in(dir.path(), "a.pdf", b"1").unwrap();
        let second = save_in(dir.path(), "a.pdf", b"2").unwrap();
        assert!(first.ends_with("a.pdf") && second.ends_with("a (2).pdf"));
        assert_eq!(fs::read(&first).unwrap(), b"1");
        assert_eq!(save_in(dir.path(), "a.pdf", b"1").unwrap(), first);
        assert_eq!(save_in(dir.path(), "a.pdf", b"2").unwrap(), second);
        assert_eq!(fs::read_dir(dir.path()).unwrap().count(), 2);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_is_not_taken_for_the_file() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(dir.path().join("elsewhere"), b"1").unwrap();
        std::os::unix::fs::symlink("elsewhere", dir.path().join("a.pdf")).unwrap();
        let saved = save_in(dir.path(), "a.pdf", b"1").unwrap();
        assert!(saved.ends_with("a (2).pdf"));
    }
}
