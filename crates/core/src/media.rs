//! Pictures and files, behind opaque tokens.
//!
//! The webview names media by a token that is made here and means nothing elsewhere. Encrypted media
//! is decrypted after its hash was checked (the SDK does both in one step), and kept in the encrypted
//! media store as long as `retention` says. What a file is follows from its bytes, never from
//! what its sender claims.
//!
//! The SDK keeps media by its address alone (0.19.1), but what is behind an address depends on the key it is
//! decrypted with, and anybody can write an address and a key into a message. Tokens and places in the
//! store are therefore made from the whole source.

mod header;
mod map;
mod opening;
mod saving;
mod text;

use std::{
    collections::{BTreeMap, HashMap},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
    time::Duration,
};

pub use self::opening::{Opening, opening};
use self::{saving::save, text::text_of};
use herold_policy::MapServer;
use herold_protocol::{ErrorKind, ErrorReason, FileText, MapTile, MediaToken, PlaceMap};

use matrix_sdk::{
    Client,
    media::{MediaFormat, MediaRequestParameters, MediaRetentionPolicy, MediaThumbnailSettings},
    reqwest,
    ruma::{MxcUri, events::room::MediaSource, uint},
};
use matrix_sdk_base::media::{UniqueKey, store::IgnoreMediaRetentionPolicy};
use rand::RngCore;
use sha2::{Digest, Sha256};
use tokio::{sync::OnceCell, time::timeout};

use crate::{Error, Result, error::storage, session::Session};

/// Avatars are asked for at twice their largest size on screen.
const AVATAR_SIZE: u32 = 96;

/// Beyond this many, the tokens not used for longest stop working; a list that is opened again makes new ones.
const MOST_TOKENS: usize = 20_000;

/// The SDK itself waits for ever for a server that no longer says anything.
const LONGEST_DOWNLOAD: Duration = Duration::from_secs(30 * 60);
const LONGEST_THUMBNAIL: Duration = Duration::from_secs(60);

/// How long media stays on disk: the SDK's own limits (0.19.1).
pub(crate) fn retention() -> MediaRetentionPolicy {
    MediaRetentionPolicy::default()
}

/// Bytes that may be shown, with the type they really have.
pub struct MediaContent {
    pub bytes: Vec<u8>,
    /// A picture type that webviews draw safely, or `application/octet-stream`.
    pub content_type: &'static str,
}

impl MediaContent {
    pub(crate) fn of(bytes: Vec<u8>) -> Self {
        let content_type = header::drawn_as(&bytes).unwrap_or("application/octet-stream");
        Self { bytes, content_type }
    }

    /// Whether a webview may draw it.
    pub fn is_picture(&self) -> bool {
        self.content_type.starts_with("image/")
    }
}

pub(crate) struct MediaRegistry {
    client: Client,
    map_server: Option<MapServer>,
    /// Asks the map server alone.
    map_client: OnceCell<reqwest::Client>,
    /// Makes tokens of this session unguessable for, and different from, any other session.
    salt: [u8; 32],
    known: Mutex<Known>,
}

/// What is behind a token.
#[derive(Clone)]
struct Wanted {
    request: MediaRequestParameters,
    origin: Origin,
}

#[derive(Clone, PartialEq)]
enum Origin {
    /// The homeserver, as a message of somebody else says or no message at all.
    Others,
    /// The homeserver, as a message of one's own says.
    Own,
    /// The map server, at this address.
    Map(String),
}

/// The most recently used tokens.
#[derive(Default)]
struct Known {
    wanted: HashMap<String, (u64, Wanted)>,
    /// By when they were last named or asked for, in uses.
    uses: BTreeMap<u64, String>,
    latest: u64,
}

impl Known {
    fn insert(&mut self, token: &str, wanted: Wanted) {
        if self.get(token).is_some() {
            return;
        }
        self.latest += 1;
        self.wanted.insert(token.to_owned(), (self.latest, wanted));
        self.uses.insert(self.latest, token.to_owned());
        if self.wanted.len() > MOST_TOKENS
            && let Some((_, oldest)) = self.uses.pop_first()
        {
            self.wanted.remove(&oldest);
        }
    }

    fn get(&mut self, token: &str) -> Option<Wanted> {
        let (used, wanted) = self.wanted.get_mut(token)?;
        let token = self.uses.remove(used)?;
        self.latest += 1;
        *used = self.latest;
        self.uses.insert(self.latest, token);
        Some(wanted.clone())
    }
}

impl MediaRegistry {
    pub(crate) fn new(client: Client, map_server: Option<MapServer>) -> Self {
        let mut salt = [0; 32];
        rand::rng().fill_bytes(&mut salt);
        Self { client, map_server, map_client: OnceCell::new(), salt, known: Mutex::default() }
    }

    /// The same media gives the same token, so that a webview can keep what it has drawn.
    fn token(&self, wanted: Wanted) -> MediaToken {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update([match wanted.origin {
            Origin::Others => 0,
            Origin::Own => 1,
            Origin::Map(..) => 2,
        }]);
        hash.update(whole(&wanted.request.source));
        hash.update(wanted.request.format.unique_key());
        let token = hex(&hash.finalize()[..16]);
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.insert(&token, wanted);
        MediaToken(token)
    }

    pub(crate) fn avatar(&self, uri: &MxcUri) -> MediaToken {
        let crop = matrix_sdk::ruma::media::Method::Crop;
        let size = AVATAR_SIZE.into();
        self.rendition(uri, MediaThumbnailSettings::with_method(crop, size, size))
    }

    /// `own` where a message of one's own names it.
    pub(crate) fn file(&self, source: &MediaSource, own: bool) -> MediaToken {
        let source = source.clone();
        self.token(Wanted {
            request: MediaRequestParameters { source, format: MediaFormat::File },
            origin: if own { Origin::Own } else { Origin::Others },
        })
    }

    /// A map around a place, where policy names a map server and the place is on earth.
    pub(crate) fn map(&self, geo_uri: &str) -> Option<PlaceMap> {
        let server = self.map_server.as_ref()?;
        let tiles = map::around(map::coordinates(geo_uri)?);
        let tile = |tile: map::Tile| MapTile {
            picture: self.tile(server.tile(map::ZOOM, tile.x, tile.y)),
            left: i32::try_from(tile.left).unwrap_or_default(),
            top: i32::try_from(tile.top).unwrap_or_default(),
        };
        let attribution = server.attribution().to_owned();
        Some(PlaceMap { tiles: tiles.into_iter().map(tile).collect(), attribution })
    }

    fn tile(&self, address: String) -> MediaToken {
        let source = format!("mxc://map.invalid/{}", hex(&Sha256::digest(&address)));
        let source = MediaSource::Plain(source.into());
        self.token(Wanted {
            request: MediaRequestParameters {
                source,
                format: MediaFormat::Thumbnail(MediaThumbnailSettings::new(uint!(256), uint!(256))),
            },
            origin: Origin::Map(address),
        })
    }

    /// A smaller rendition made by the server; encrypted media has none.
    pub(crate) fn scaled(&self, source: &MediaSource) -> Option<MediaToken> {
        match source {
            MediaSource::Encrypted(_) => None,
            MediaSource::Plain(uri) => {
                Some(self.rendition(uri, MediaThumbnailSettings::new(uint!(800), uint!(600))))
            }
        }
    }

    /// A small rendition of something on the homeserver that belongs to no message.
    pub(crate) fn small(&self, uri: &MxcUri) -> MediaToken {
        self.rendition(uri, MediaThumbnailSettings::new(uint!(320), uint!(240)))
    }

    fn rendition(&self, uri: &MxcUri, settings: MediaThumbnailSettings) -> MediaToken {
        let source = MediaSource::Plain(uri.to_owned());
        let format = MediaFormat::Thumbnail(settings);
        self.token(Wanted {
            request: MediaRequestParameters { source, format },
            origin: Origin::Others,
        })
    }

    fn wanted(&self, token: &MediaToken) -> Result<Wanted> {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        known.get(&token.0).ok_or_else(|| Error::new(ErrorKind::NotFound))
    }

    /// From the store or the homeserver. What cannot be stored is given all the same.
    async fn bytes(&self, Wanted { request, origin }: &Wanted) -> Result<Vec<u8>> {
        let place = MediaRequestParameters {
            source: MediaSource::Plain(
                format!("mxc://herold.invalid/{}", hex(&Sha256::digest(whole(&request.source))))
                    .into(),
            ),
            format: request.format.clone(),
        };
        {
            let store = self.client.media_store().lock().await.map_err(storage)?;
            if let Some(bytes) = store.get_media_content(&place).await.map_err(storage)? {
                return Ok(bytes);
            }
            // Here the SDK has put what was sent from this device.
            if *origin == Origin::Own
                && let Some(bytes) = store.get_media_content(request).await.map_err(storage)?
            {
                return Ok(bytes);
            }
        }
        let bytes = match origin {
            Origin::Map(address) => map::fetch(&self.map_client, address).await?,
            Origin::Others | Origin::Own => {
                self.client.media().get_media_content(request, false).await?
            }
        };
        let store = self.client.media_store().lock().await.map_err(storage)?;
        let policy = IgnoreMediaRetentionPolicy::No;
        if let Err(error) = store.add_media_content(&place, bytes.clone(), policy).await {
            tracing::warn!(%error, "cannot keep what was downloaded");
        }
        Ok(bytes)
    }
}

/// Address, key and hash: what the bytes depend on.
fn whole(source: &MediaSource) -> Vec<u8> {
    let (kind, bytes) = match source {
        MediaSource::Plain(uri) => (0, uri.as_str().into()),
        MediaSource::Encrypted(file) => (1, serde_json::to_vec(file).unwrap_or_default()),
    };
    [vec![kind], bytes].concat()
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

impl Session {
    /// The content behind a token, from the cache or the homeserver.
    pub async fn media(&self, token: &MediaToken) -> Result<MediaContent> {
        if let Some(staged) = self.outgoing.picture(token) {
            return Ok(staged);
        }
        if let Some(recording) = self.recordings.content(token) {
            return Ok(recording);
        }
        if let Some(staged) = self.outgoing.recording(token) {
            let reading = tokio::task::spawn_blocking(move || staged.read());
            let bytes = reading
                .await
                .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
            return Ok(MediaContent::of(bytes?));
        }
        let wanted = self.media.wanted(token)?;
        let longest = match wanted.request.format {
            MediaFormat::File => LONGEST_DOWNLOAD,
            MediaFormat::Thumbnail(_) => LONGEST_THUMBNAIL,
        };
        let bytes = timeout(longest, self.media.bytes(&wanted))
            .await
            .map_err(|_| Error::new(ErrorKind::Timeout))?
            .map_err(|error| match error.kind {
                ErrorKind::NotFound => Error { reason: Some(ErrorReason::FileGone), ..error },
                _ => error,
            })?;
        Ok(MediaContent::of(bytes))
    }

    /// The beginning of a text file.
    ///
    /// # Errors
    /// `Unsupported` where the file is not text.
    pub async fn file_text(&self, token: &MediaToken) -> Result<FileText> {
        let content = self.media(token).await?;
        text_of(&content.bytes).ok_or_else(|| Error::new(ErrorKind::Unsupported))
    }

    /// Saves a text to a folder under a free, safe name and returns the path.
    pub async fn save_text(&self, filename: &str, text: String, folder: &Path) -> Result<PathBuf> {
        save(folder, filename, text.into_bytes()).await
    }

    /// Saves the content to a folder under a free, safe name and returns the path.
    pub async fn save_file(
        &self,
        token: &MediaToken,
        filename: &str,
        folder: &Path,
    ) -> Result<PathBuf> {
        let content = self.media(token).await?;
        save(folder, filename, content.bytes).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::SystemTime;

    use super::*;

    #[test]
    fn of_too_many_tokens_those_not_used_for_longest_go() {
        let wanted = || Wanted {
            request: MediaRequestParameters {
                source: MediaSource::Plain("mxc://amt.example/a".into()),
                format: MediaFormat::File,
            },
            origin: Origin::Others,
        };
        let mut known = Known::default();
        for number in 0..MOST_TOKENS {
            known.insert(&number.to_string(), wanted());
        }
        known.insert("0", wanted());
        assert!(known.get("1").is_some());
        for number in 0..2 {
            known.insert(&format!("new {number}"), wanted());
        }
        assert!(known.get("0").is_some() && known.get("1").is_some(), "they were used");
        assert!(known.get("2").is_none() && known.get("3").is_none() && known.get("4").is_some());
        assert_eq!((known.wanted.len(), known.uses.len()), (MOST_TOKENS, MOST_TOKENS));
    }

    #[test]
    fn at_most_400_mib_of_media_are_kept_for_at_most_60_days() {
        const MIB: u64 = 1024 * 1024;
        let policy = retention();
        assert!(policy.exceeds_max_cache_size(400 * MIB + 1));
        assert!(!policy.exceeds_max_cache_size(400 * MIB));
        assert!(policy.exceeds_max_file_size(20 * MIB + 1));
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000);
        let days = |days: u64| now - Duration::from_secs(days * 24 * 60 * 60);
        assert!(policy.has_content_expired(now, days(60)));
        assert!(!policy.has_content_expired(now, days(59)));
        assert!(policy.should_clean_up(now, days(1)), "the limits are heeded every day");
    }
}
