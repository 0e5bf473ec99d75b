//! Files in messages: what they claim to be, behind tokens.

use std::time::Duration;

use herold_protocol::{Attachment, AttachmentKind, Block, GalleryItem, MediaToken, Picture};
use herold_rich_text::text::{clean_filename, clean_name, one_line};
use matrix_sdk::ruma::{
    UInt,
    events::{
        room::{
            MediaSource, ThumbnailInfo,
            message::{
                AudioMessageEventContent, FileMessageEventContent, FormattedBody, GalleryItemType,
                GalleryMessageEventContent, ImageMessageEventContent, MessageType,
                VideoMessageEventContent,
            },
        },
        sticker::{StickerEventContent, StickerMediaSource},
    },
};

use crate::media::MediaRegistry;

/// Who names a file in a message.
#[derive(Clone, Copy)]
pub(super) struct Files<'a> {
    pub(super) media: &'a MediaRegistry,
    /// Whether it is a message of one's own.
    pub(super) own: bool,
}

impl Files<'_> {
    fn file(self, source: &MediaSource) -> MediaToken {
        self.media.file(source, self.own)
    }
}

/// Larger claims are cut, so that no message reserves the whole screen.
const LARGEST_SIDE: u32 = 16_384;
/// Files of a gallery that are shown.
const MOST_ITEMS: usize = 100;
/// Bars of a waveform; more than fit on a screen say nothing more.
const MOST_BARS: usize = 120;
/// The loudest a waveform may say (MSC3246).
const LOUDEST: u64 = 1024;

pub(super) type Caption<'a> = Option<(&'a str, Option<&'a FormattedBody>)>;

/// `None` for a message that holds no file.
pub(super) fn attachment<'a>(
    message: &'a MessageType,
    files: Files<'_>,
) -> Option<(Attachment, Caption<'a>)> {
    Some(match message {
        MessageType::Image(file) => {
            (image(file, files), file.caption().map(|body| (body, file.formatted_caption())))
        }
        MessageType::Video(file) => {
            (video(file, files), file.caption().map(|body| (body, file.formatted_caption())))
        }
        MessageType::Audio(file) => {
            (audio(file, files), file.caption().map(|body| (body, file.formatted_caption())))
        }
        MessageType::File(file) => {
            (document(file, files), file.caption().map(|body| (body, file.formatted_caption())))
        }
        _ => return None,
    })
}

/// The files of a gallery (MSC4274), in its order, each with what is said with it.
pub(super) fn gallery(
    gallery: &GalleryMessageEventContent,
    files: Files<'_>,
    blocks: impl Fn(&str, Option<&FormattedBody>) -> Vec<Block>,
) -> Vec<GalleryItem> {
    let item = |item: &GalleryItemType| {
        let (attachment, caption) = match item {
            GalleryItemType::Image(file) => {
                (image(file, files), file.caption().map(|body| (body, file.formatted_caption())))
            }
            GalleryItemType::Video(file) => {
                (video(file, files), file.caption().map(|body| (body, file.formatted_caption())))
            }
            GalleryItemType::Audio(file) => {
                (audio(file, files), file.caption().map(|body| (body, file.formatted_caption())))
            }
            GalleryItemType::File(file) => {
                (document(file, files), file.caption().map(|body| (body, file.formatted_caption())))
            }
            other => {
                return GalleryItem::Unknown {
                    item_type: clean_name(other.itemtype()),
                    fallback: Some(one_line(other.body(), 1000)).filter(|text| !text.is_empty()),
                };
            }
        };
        let caption = caption.map(|(body, formatted)| blocks(body, formatted));
        GalleryItem::File { attachment, caption }
    };
    gallery.itemtypes.iter().take(MOST_ITEMS).map(item).collect()
}

pub(super) fn sticker(content: &StickerEventContent, files: Files<'_>) -> Attachment {
    let source = match &content.source {
        StickerMediaSource::Plain(uri) => MediaSource::Plain(uri.clone()),
        StickerMediaSource::Encrypted(file) => MediaSource::Encrypted(file.clone()),
        // No other source exists today.
        _ => MediaSource::Plain("".into()),
    };
    let info = &content.info;
    Attachment {
        picture: Some(picture(
            &source,
            info.thumbnail_source.as_ref(),
            info.width,
            info.height,
            None,
            files,
        )),
        ..file(
            AttachmentKind::Image,
            &content.body,
            &source,
            info.mimetype.as_deref(),
            info.size,
            files,
        )
    }
}

fn image(message: &ImageMessageEventContent, files: Files<'_>) -> Attachment {
    let info = message.info.clone().unwrap_or_default();
    Attachment {
        picture: Some(picture(
            &message.source,
            info.thumbnail_source.as_ref(),
            info.width,
            info.height,
            info.blurhash.as_deref(),
            files,
        )),
        ..file(
            AttachmentKind::Image,
            message.filename(),
            &message.source,
            info.mimetype.as_deref(),
            info.size,
            files,
        )
    }
}

fn video(message: &VideoMessageEventContent, files: Files<'_>) -> Attachment {
    let info = message.info.clone().unwrap_or_default();
    let still = info.thumbnail_source.as_ref().map(|source| {
        still(source, info.thumbnail_info.as_deref(), info.blurhash.as_deref(), files)
    });
    Attachment {
        duration_ms: info.duration.map(milliseconds),
        picture: still,
        ..file(
            AttachmentKind::Video,
            message.filename(),
            &message.source,
            info.mimetype.as_deref(),
            info.size,
            files,
        )
    }
}

fn audio(message: &AudioMessageEventContent, files: Files<'_>) -> Attachment {
    let info = message.info.clone().unwrap_or_default();
    let kind = if message.voice.is_some() { AttachmentKind::Voice } else { AttachmentKind::Audio };
    let details = message.audio.as_ref();
    Attachment {
        duration_ms: info
            .duration
            .or_else(|| details.map(|details| details.duration))
            .map(milliseconds),
        waveform: details
            .map(|details| {
                let loudness: Vec<u64> =
                    details.waveform.iter().map(|amplitude| amplitude.get().into()).collect();
                bars(&loudness)
            })
            .unwrap_or_default(),
        ..file(
            kind,
            message.filename(),
            &message.source,
            info.mimetype.as_deref(),
            info.size,
            files,
        )
    }
}

fn document(message: &FileMessageEventContent, files: Files<'_>) -> Attachment {
    let info = message.info.clone().unwrap_or_default();
    file(
        AttachmentKind::File,
        message.filename(),
        &message.source,
        info.mimetype.as_deref(),
        info.size,
        files,
    )
}

fn file(
    kind: AttachmentKind,
    filename: &str,
    source: &MediaSource,
    mime_type: Option<&str>,
    size: Option<UInt>,
    files: Files<'_>,
) -> Attachment {
    Attachment {
        kind,
        filename: clean_filename(filename),
        mime_type: mime_type.map(clean_name),
        size: size.map(u64::from),
        duration_ms: None,
        file: files.file(source),
        picture: None,
        waveform: Vec::new(),
    }
}

fn picture(
    source: &MediaSource,
    thumbnail: Option<&MediaSource>,
    width: Option<UInt>,
    height: Option<UInt>,
    blurhash: Option<&str>,
    files: Files<'_>,
) -> Picture {
    Picture {
        full: files.file(source),
        thumbnail: thumbnail
            .map(|source| files.file(source))
            .or_else(|| files.media.scaled(source)),
        width: side(width),
        height: side(height),
        blurhash: blurhash.and_then(clean_blurhash),
    }
}

/// The still picture of a video.
fn still(
    source: &MediaSource,
    info: Option<&ThumbnailInfo>,
    blurhash: Option<&str>,
    files: Files<'_>,
) -> Picture {
    Picture {
        full: files.file(source),
        thumbnail: None,
        width: side(info.and_then(|info| info.width)),
        height: side(info.and_then(|info| info.height)),
        blurhash: blurhash.and_then(clean_blurhash),
    }
}

/// A blurhash has 6 to 173 characters of a fixed alphabet; anything else is none.
fn clean_blurhash(hash: &str) -> Option<String> {
    let fits = (6..=173).contains(&hash.len())
        && hash.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'<' | b'\\'));
    fits.then(|| hash.to_owned())
}

fn side(pixels: Option<UInt>) -> Option<u32> {
    let pixels = u32::try_from(u64::from(pixels?)).ok()?;
    (1..=LARGEST_SIDE).contains(&pixels).then_some(pixels)
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

/// Loudness from 0 to 100, the loudest of each stretch where there are more values than bars.
fn bars(loudness: &[u64]) -> Vec<u8> {
    let stretch = loudness.len().div_ceil(MOST_BARS).max(1);
    loudness
        .chunks(stretch)
        .map(|values| {
            let loudest = values.iter().copied().max().unwrap_or_default().min(LOUDEST);
            u8::try_from(loudest * 100 / LOUDEST).unwrap_or(100)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_waveform_has_a_few_bars_however_long_it_is() {
        assert_eq!(bars(&[0, 512, 1024, 9999]), [0, 50, 100, 100]);
        assert_eq!(bars(&vec![1024; 100_000]).len(), 120);
        assert!(bars(&[]).is_empty());
    }

    #[test]
    fn what_is_no_blurhash_is_left_out() {
        assert!(clean_blurhash("LEHV6nWB2yk8pyo0adR*.7kCMdnj").is_some());
        assert!(clean_blurhash("<script>").is_none());
        assert!(clean_blurhash(&"a".repeat(5000)).is_none());
    }
}
