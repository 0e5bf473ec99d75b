//! Pictures and files, behind opaque tokens.
//!
//! The webview names media by a token that is made here and means nothing elsewhere. Encrypted media
//! is decrypted after its hash was checked (the SDK does both in one step), and kept in the encrypted
//! media store within the SDK's retention policy. What a file is follows from its bytes, never from
//! what its sender claims.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use herold_protocol::{ErrorKind, MediaToken};
use matrix_sdk::{
    Client,
    media::{MediaFormat, MediaRequestParameters, MediaThumbnailSettings},
    ruma::{MxcUri, events::room::MediaSource, uint},
};
use rand::RngCore;
use sha2::{Digest, Sha256};

use crate::{Error, Result, session::Session, text::clean_filename};

/// Avatars are asked for at twice their largest size on screen.
const AVATAR_SIZE: u32 = 96;

/// Beyond this many, the oldest tokens stop working; a list that is opened again makes new ones.
const MOST_TOKENS: usize = 20_000;

/// Bytes that may be shown, with the type they really have.
pub struct MediaContent {
    pub bytes: Vec<u8>,
    /// A picture type that webviews draw safely, or `application/octet-stream`.
    pub content_type: &'static str,
}

pub(crate) struct MediaRegistry {
    client: Client,
    /// Makes tokens of this session unguessable for, and different from, any other session.
    salt: [u8; 32],
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    requests: HashMap<String, MediaRequestParameters>,
    order: std::collections::VecDeque<String>,
}

impl MediaRegistry {
    pub(crate) fn new(client: Client) -> Self {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        Self { client, salt, known: Mutex::default() }
    }

    /// The same media gives the same token, so that a webview can keep what it has drawn.
    fn token(&self, request: MediaRequestParameters) -> MediaToken {
        use matrix_sdk_base::media::UniqueKey;
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(request.source.unique_key());
        hash.update([0]);
        hash.update(request.format.unique_key());
        let token: String =
            hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect();
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.requests.insert(token.clone(), request).is_none() {
            known.order.push_back(token.clone());
            if known.order.len() > MOST_TOKENS
                && let Some(oldest) = known.order.pop_front()
            {
                known.requests.remove(&oldest);
            }
        }
        MediaToken(token)
    }

    pub(crate) fn avatar(&self, uri: &MxcUri) -> MediaToken {
        self.token(MediaRequestParameters {
            source: MediaSource::Plain(uri.to_owned()),
            format: MediaFormat::Thumbnail(MediaThumbnailSettings::with_method(
                matrix_sdk::ruma::media::Method::Crop,
                AVATAR_SIZE.into(),
                AVATAR_SIZE.into(),
            )),
        })
    }

    pub(crate) fn file(&self, source: &MediaSource) -> MediaToken {
        self.token(MediaRequestParameters { source: source.clone(), format: MediaFormat::File })
    }

    /// A smaller rendition made by the server; encrypted media has none.
    pub(crate) fn scaled(&self, source: &MediaSource) -> Option<MediaToken> {
        match source {
            MediaSource::Encrypted(_) => None,
            MediaSource::Plain(_) => Some(self.token(MediaRequestParameters {
                source: source.clone(),
                format: MediaFormat::Thumbnail(MediaThumbnailSettings::new(uint!(800), uint!(600))),
            })),
        }
    }

    fn request(&self, token: &MediaToken) -> Result<MediaRequestParameters> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.requests.get(&token.0).cloned().ok_or_else(|| Error::new(ErrorKind::NotFound))
    }
}

impl Session {
    /// The content behind a token, from the cache or the homeserver.
    pub async fn media(&self, token: &MediaToken) -> Result<MediaContent> {
        let request = self.media.request(token)?;
        let bytes = self.media.client.media().get_media_content(&request, true).await?;
        Ok(MediaContent { content_type: picture_type(&bytes), bytes })
    }

    /// Saves the content to a folder under a free, safe name and returns the path.
    pub async fn save_file(
        &self,
        token: &MediaToken,
        filename: &str,
        folder: &Path,
    ) -> Result<PathBuf> {
        let content = self.media(token).await?;
        let folder = folder.to_owned();
        let filename = clean_filename(filename);
        tokio::task::spawn_blocking(move || write_new(&folder, &filename, &content.bytes))
            .await
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
    }
}

/// Writes a file that was not there before: `name.pdf`, then `name (2).pdf`.
fn write_new(folder: &Path, filename: &str, bytes: &[u8]) -> Result<PathBuf> {
    use std::io::Write;
    std::fs::create_dir_all(folder)?;
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
        match std::fs::OpenOptions::new().write(true).create_new(true).open(&path) {
            Ok(mut file) => {
                let written = file.write_all(bytes).and_then(|()| file.sync_all());
                if let Err(error) = written {
                    let _ = std::fs::remove_file(&path);
                    return Err(error.into());
                }
                return Ok(path);
            }
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::new(ErrorKind::Storage))
}

/// The types a webview may draw, by their first bytes. SVG is none of them: it can hold scripts.
fn picture_type(bytes: &[u8]) -> &'static str {
    match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => "image/png",
        [0xFF, 0xD8, 0xFF, ..] => "image/jpeg",
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => "image/gif",
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => "image/webp",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_is_what_its_bytes_say() {
        assert_eq!(picture_type(b"\x89PNG\r\n\x1a\n...."), "image/png");
        assert_eq!(
            picture_type(b"<svg xmlns=\"http://www.w3.org/2000/svg\">"),
            "application/octet-stream"
        );
        assert_eq!(picture_type(b"<html><script>"), "application/octet-stream");
        assert_eq!(picture_type(b""), "application/octet-stream");
    }

    #[test]
    fn saving_twice_overwrites_nothing() {
        let dir = tempfile::tempdir().unwrap();
        let first = write_new(dir.path(), "a.pdf", b"1").unwrap();
        let second = write_new(dir.path(), "a.pdf", b"2").unwrap();
        assert_ne!(first, second);
        assert_eq!(std::fs::read(first).unwrap(), b"1");
        assert!(second.ends_with("a (2).pdf"));
    }
}
