//! Files and pictures, referred to by opaque tokens. Keys never leave the core.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Stands for one piece of media in this session; the shell's media scheme resolves it. Says nothing
/// about where the media lies or how it is encrypted.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
pub struct MediaToken(pub String);

/// A picture whose place on screen can be reserved before it is loaded.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Picture {
    /// The picture itself.
    pub full: MediaToken,
    /// A smaller rendition, where the sender made one.
    pub thumbnail: Option<MediaToken>,
    /// Pixels, as the sender stated them; at most 16,384.
    pub width: Option<u32>,
    pub height: Option<u32>,
    pub blurhash: Option<String>,
}

/// What a file claims to be. The claim comes from the sender and decides only how it is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum AttachmentKind {
    Image,
    Video,
    Audio,
    Voice,
    File,
}

/// A file in a message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attachment {
    pub kind: AttachmentKind,
    /// Safe to show and to use as a file name: no path separators, no control or direction characters.
    pub filename: String,
    pub mime_type: Option<String>,
    /// Bytes, as the sender stated them.
    #[ts(type = "number | null")]
    pub size: Option<u64>,
    #[ts(type = "number | null")]
    pub duration_ms: Option<u64>,
    pub file: MediaToken,
    pub picture: Option<Picture>,
    /// Loudness of a voice message over its time, 0 to 100, at most 120 values.
    pub waveform: Vec<u8>,
}
