//! Files on their way out, before they are messages.
//!
//! A file is staged when it is chosen, pasted or dropped: looked at, drawn small, and given an identifier
//! that is all a window knows of it. Sending takes it from here; what is not sent is discarded.

mod inspect;
mod memory;
mod metadata;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use herold_protocol::{
    AttachmentKind, ErrorKind, ErrorReason, MediaToken, Picture, RecordingFacts, StagedFile,
};
use herold_rich_text::text::clean_filename;
use rand::RngCore;

pub(crate) use inspect::Inspected;
pub(crate) use metadata::without_metadata;
use metadata::{metadata, metadata_unread};

use crate::{Error, MediaContent, Result, media::hex, session::Session};

/// Files staged at once; whoever stages more has forgotten about the first ones.
const MOST_STAGED: usize = 200;
/// Bytes of what was pasted that are kept while sending it can be undone, of all files sent together. What is on disk
/// is read again.
const MOST_KEPT: usize = 32 * 1024 * 1024;
/// Bytes taken from a paste. Larger files are chosen in the dialog, and stay on disk until they are sent.
const LARGEST_PASTE: usize = 100 * 1024 * 1024;

/// Bytes of a file that can be queued. The SDK's queue keeps it as one value of an SQLite database, which
/// with what encryption adds must not be longer than SQLite allows (SQLITE_MAX_LENGTH in `.cargo/config.toml`).
const LARGEST_QUEUED: u64 = 2_147_000_000;
/// How long to wait for how large the server says files may be.
const LIMIT_PATIENCE: Duration = Duration::from_secs(2);

/// Bytes of a film or a sound that a window takes whole to look at it.
const LARGEST_PLAYED: u64 = 64 * 1024 * 1024;

/// Begins the token of a staged file's picture, which no token of received media does.
const TOKEN_PREFIX: &str = "staged-";
/// Begins that of its bytes.
const RECORDING_PREFIX: &str = "staged-recording-";

/// Where the content of a staged file is.
#[derive(Clone)]
enum Content {
    OnDisk(PathBuf),
    InMemory(Arc<Vec<u8>>),
}

#[derive(Clone)]
pub(crate) struct Staged {
    pub(crate) file: StagedFile,
    pub(crate) inspected: Inspected,
    content: Content,
}

impl Staged {
    /// All of the file. Blocks while it is read.
    pub(crate) fn read(&self) -> Result<Vec<u8>> {
        match &self.content {
            Content::OnDisk(path) => std::fs::read(path).map_err(unread),
            Content::InMemory(bytes) => Ok(bytes.to_vec()),
        }
    }

    /// The file as the picture of a person, with its type. Blocks while it is read and drawn.
    ///
    /// # Errors
    /// `LocalFileGone`, `FileUnreadable`, `FileTooLarge`, `NotAPicture`.
    pub(crate) fn portrait(&self) -> Result<(mime::Mime, Vec<u8>)> {
        if self.file.size > inspect::LARGEST_DRAWN {
            return Err(Error::because(ErrorKind::TooLarge, ErrorReason::FileTooLarge));
        }
        inspect::portrait(&self.read()?)
            .ok_or_else(|| Error::because(ErrorKind::Invalid, ErrorReason::NotAPicture))
    }
}

#[derive(Default)]
pub(crate) struct Outgoing {
    staged: Mutex<HashMap<String, Staged>>,
    /// Identifiers of what was queued: a request that was cut short may come again.
    queued: Mutex<HashSet<String>>,
}

impl Outgoing {
    fn put(&self, staged: Staged) -> Result<StagedFile> {
        let mut all = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_STAGED {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::TooManyFiles));
        }
        let file = staged.file.clone();
        all.insert(file.id.clone(), staged);
        Ok(file)
    }

    pub(crate) fn get(&self, id: &str) -> Result<Staged> {
        let all = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        all.get(id).cloned().ok_or_else(gone)
    }

    pub(crate) fn is_queued(&self, id: &str) -> bool {
        self.queued.lock().unwrap_or_else(PoisonError::into_inner).contains(id)
    }

    /// Takes files that the queue has now.
    pub(crate) fn queued(&self, ids: &[String]) {
        self.discard(ids);
        let mut queued = self.queued.lock().unwrap_or_else(PoisonError::into_inner);
        queued.extend(ids.iter().cloned());
    }

    /// Takes files that were queued, and are not any more.
    pub(crate) fn stage_again(&self, staged: Vec<Staged>) -> Vec<StagedFile> {
        let mut queued = self.queued.lock().unwrap_or_else(PoisonError::into_inner);
        for Staged { file, .. } in &staged {
            queued.remove(&file.id);
        }
        staged.into_iter().filter_map(|staged| self.put(staged).ok()).collect()
    }

    pub(crate) fn discard(&self, ids: &[String]) {
        let mut all = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        for id in ids {
            all.remove(id);
        }
    }

    /// The small picture of a staged file, where the token is one of ours.
    pub(crate) fn picture(&self, token: &MediaToken) -> Option<MediaContent> {
        let id = token.0.strip_prefix(TOKEN_PREFIX)?;
        let all = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        let thumbnail = all.get(id)?.inspected.thumbnail.as_ref()?;
        Some(MediaContent::of(thumbnail.bytes.clone()))
    }

    /// A staged film or sound, where the token is one of ours.
    pub(crate) fn recording(&self, token: &MediaToken) -> Option<Staged> {
        let staged = self.get(token.0.strip_prefix(RECORDING_PREFIX)?).ok()?;
        staged.file.recording.is_some().then_some(staged)
    }

    fn describe(&self, id: &str, inspected: Inspected) -> Result<StagedFile> {
        let mut all = self.staged.lock().unwrap_or_else(PoisonError::into_inner);
        let staged = all.get_mut(id).ok_or_else(gone)?;
        staged.file.picture = small_picture(id, &inspected);
        staged.inspected = inspected;
        Ok(staged.file.clone())
    }
}

/// Those files that can be staged again once they are queued.
pub(crate) fn offered_again(staged: &[Staged]) -> Vec<Staged> {
    let mut left = MOST_KEPT;
    let fits = |staged: &&Staged| match &staged.content {
        Content::OnDisk(_) => true,
        Content::InMemory(bytes) => {
            let rest = left.checked_sub(bytes.len());
            left = rest.unwrap_or(left);
            rest.is_some()
        }
    };
    staged.iter().filter(fits).cloned().collect()
}

/// What is not staged, or not where it was when it was.
pub(crate) fn gone() -> Error {
    Error::because(ErrorKind::NotFound, ErrorReason::LocalFileGone)
}

/// A person's own file that cannot be read.
fn unread(error: std::io::Error) -> Error {
    let known = match error.kind() {
        std::io::ErrorKind::NotFound => gone(),
        std::io::ErrorKind::PermissionDenied => {
            Error::because(ErrorKind::Forbidden, ErrorReason::FileUnreadable)
        }
        _ => return error.into(),
    };
    known.with_source(error)
}

fn small_picture(id: &str, inspected: &Inspected) -> Option<Picture> {
    inspected.thumbnail.as_ref().map(|_| Picture {
        full: MediaToken(format!("{TOKEN_PREFIX}{id}")),
        thumbnail: None,
        width: inspected.width,
        height: inspected.height,
        blurhash: inspected.blurhash.clone(),
    })
}

pub(crate) fn new_id() -> String {
    let mut bytes = [0_u8; 16];
    rand::rng().fill_bytes(&mut bytes);
    hex(&bytes)
}

impl Session {
    /// Takes a file that a person chose or dropped. Only the shell knows paths; a window never names one.
    ///
    /// # Errors
    /// `LocalFileGone`, `FileUnreadable`, `NotAFile`, `TooManyFiles`.
    pub async fn stage_path(&self, path: &Path) -> Result<StagedFile> {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
        let name = clean_filename(&name.unwrap_or_default());
        let size = {
            let facts = tokio::fs::metadata(path).await.map_err(unread)?;
            if !facts.is_file() {
                return Err(Error::because(ErrorKind::Invalid, ErrorReason::NotAFile));
            }
            facts.len()
        };
        self.stage(name, String::new(), size, Content::OnDisk(path.to_owned())).await
    }

    /// Takes content that was pasted.
    ///
    /// # Errors
    /// `TooLarge` beyond 100 MiB, `TooManyFiles`.
    pub async fn stage_bytes(
        &self,
        filename: &str,
        mime_type: &str,
        bytes: Vec<u8>,
    ) -> Result<StagedFile> {
        if bytes.len() > LARGEST_PASTE {
            return Err(Error::because(ErrorKind::TooLarge, ErrorReason::FileTooLarge));
        }
        let size = bytes.len() as u64;
        let name = clean_filename(filename);
        self.stage(name, mime_type.to_owned(), size, Content::InMemory(Arc::new(bytes))).await
    }

    pub fn discard_staged(&self, ids: &[String]) {
        self.outgoing.discard(ids);
    }

    /// Takes what a window's player tells of a staged film or sound; without that, it is sent as it is.
    ///
    /// # Errors
    /// `LocalFileGone`, `Invalid` for another file, and for a picture that is no small JPEG.
    pub async fn describe_staged(&self, id: &str, facts: RecordingFacts) -> Result<StagedFile> {
        let Staged { file, inspected, .. } = self.outgoing.get(id)?;
        if file.recording.is_none() {
            return Err(Error::new(ErrorKind::Invalid));
        }
        let described = tokio::task::spawn_blocking(move || inspect::played(inspected, &facts))
            .await
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
            .ok_or_else(|| Error::new(ErrorKind::Invalid))?;
        self.outgoing.describe(id, described)
    }

    async fn stage(
        &self,
        filename: String,
        claimed: String,
        size: u64,
        content: Content,
    ) -> Result<StagedFile> {
        let id = new_id();
        let source = content.clone();
        let name = filename.clone();
        let inspected = tokio::task::spawn_blocking(move || match &source {
            Content::OnDisk(path) => inspect::path(path, size, &name),
            Content::InMemory(bytes) => Ok(inspect::bytes(bytes, &name, &claimed)),
        })
        .await
        .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))??;
        let played = matches!(inspected.kind, AttachmentKind::Audio | AttachmentKind::Video)
            && size <= LARGEST_PLAYED;
        let file = StagedFile {
            picture: small_picture(&id, &inspected),
            recording: played.then(|| MediaToken(format!("{RECORDING_PREFIX}{id}"))),
            id,
            filename,
            size,
            mime_type: inspected.mime.to_string(),
            kind: inspected.kind,
            metadata: inspected.metadata,
            problem: self.check_limits(size).await.err().map(|error| error.to_wire()),
        };
        self.outgoing.put(Staged { file, inspected, content })
    }

    /// Whether the queue and the server take a file of this size. Without the server's answer, sending it
    /// finds out.
    ///
    /// # Errors
    /// `FileTooLarge`.
    pub(crate) async fn check_limits(&self, size: u64) -> Result<()> {
        let too_large = Error::because(ErrorKind::TooLarge, ErrorReason::FileTooLarge);
        if size > LARGEST_QUEUED {
            return Err(too_large);
        }
        // On a bad line nobody waits for the answer: the server says it once more when it gets the file.
        let limit = self.client.load_or_fetch_max_upload_size();
        match tokio::time::timeout(LIMIT_PATIENCE, limit).await {
            Ok(Ok(limit)) if size > u64::from(limit) => Err(too_large),
            _ => Ok(()),
        }
    }

    /// Whether files of these sizes can be sent now, as one message.
    ///
    /// # Errors
    /// `FileTooLarge`; `TooLittleMemory` for the moment. A program that the system ends for it would begin with the
    /// same files again, and end again.
    pub(crate) async fn check_sizes(&self, sizes: &[u64]) -> Result<()> {
        if !memory::suffices_for(sizes) {
            return Err(Error::because(ErrorKind::TooLarge, ErrorReason::TooLittleMemory));
        }
        self.check_limits(sizes.iter().copied().max().unwrap_or_default()).await
    }
}

/// How a file is drawn, from its type.
fn kind_of(mime: &mime::Mime) -> AttachmentKind {
    match mime.type_() {
        mime::IMAGE => AttachmentKind::Image,
        mime::VIDEO => AttachmentKind::Video,
        mime::AUDIO => AttachmentKind::Audio,
        _ => AttachmentKind::File,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn staged(id: &str, content: Content) -> Staged {
        let file = StagedFile {
            id: id.to_owned(),
            filename: "Plan.pdf".to_owned(),
            size: 1,
            mime_type: "application/pdf".to_owned(),
            kind: AttachmentKind::File,
            picture: None,
            recording: None,
            metadata: herold_protocol::FileMetadata::None,
            problem: None,
        };
        Staged { file, inspected: inspect::bytes(b"%PDF-", "Plan.pdf", ""), content }
    }

    #[test]
    fn what_was_sent_is_offered_again_unless_much_would_have_to_be_kept_for_it() {
        let pasted = |id: &str, size: usize| staged(id, Content::InMemory(Arc::new(vec![0; size])));
        let on_disk = staged("on disk", Content::OnDisk("Plan.pdf".into()));
        let all = [pasted("small", 1), pasted("large", MOST_KEPT), on_disk];
        let outgoing = Outgoing::default();
        outgoing.queued(&all.clone().map(|staged| staged.file.id));
        let again = outgoing.stage_again(offered_again(&all));
        let ids: Vec<&str> = again.iter().map(|file| file.id.as_str()).collect();
        assert_eq!(ids, ["small", "on disk"]);
        assert!(outgoing.get("on disk").is_ok() && !outgoing.is_queued("on disk"));
        assert!(outgoing.get("large").is_err() && outgoing.is_queued("large"));
    }

    #[test]
    fn a_file_of_ones_own_is_not_called_gone_from_the_server_nor_a_folder_of_herold() {
        let reason = |kind: std::io::ErrorKind| unread(kind.into()).reason;
        assert_eq!(reason(std::io::ErrorKind::NotFound), Some(ErrorReason::LocalFileGone));
        assert_eq!(reason(std::io::ErrorKind::PermissionDenied), Some(ErrorReason::FileUnreadable));
        assert_eq!(reason(std::io::ErrorKind::StorageFull), Some(ErrorReason::DiskFull));
    }
}
