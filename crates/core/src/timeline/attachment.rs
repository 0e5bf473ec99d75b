//! Files in messages: what they claim to be, behind tokens.

use herold_protocol::{Attachment, AttachmentKind, Picture};
use matrix_sdk::ruma::{
    UInt,
    events::{
        room::{
            MediaSource, ThumbnailInfo,
            message::{FormattedBody, MessageType},
        },
        sticker::{StickerEventContent, StickerMediaSource},
    },
};

use crate::{
    media::MediaRegistry,
    text::{clean_filename, clean_name},
};

/// Larger claims are cut, so that no message reserves the whole screen.
const LARGEST_SIDE: u32 = 16_384;

type Caption<'a> = Option<(&'a str, Option<&'a FormattedBody>)>;

/// `None` for a message that holds no file.
pub(super) fn attachment<'a>(
    message: &'a MessageType,
    media: &MediaRegistry,
) -> Option<(Attachment, Caption<'a>)> {
    match message {
        MessageType::Image(image) => {
            let info = image.info.as_deref();
            let picture = picture(
                &image.source,
                info.and_then(|info| info.thumbnail_source.as_ref()),
                info.and_then(|info| info.width),
                info.and_then(|info| info.height),
                media,
            );
            let attachment = Attachment {
                kind: AttachmentKind::Image,
                filename: clean_filename(image.filename()),
                mime_type: info.and_then(|info| info.mimetype.as_deref()).map(clean_name),
                size: size(info.and_then(|info| info.size)),
                duration_ms: None,
                file: media.file(&image.source),
                picture: Some(picture),
            };
            Some((attachment, image.caption().map(|body| (body, image.formatted_caption()))))
        }
        MessageType::Video(video) => {
            let info = video.info.as_deref();
            let thumbnail = info.and_then(|info| info.thumbnail_source.as_ref());
            let attachment = Attachment {
                kind: AttachmentKind::Video,
                filename: clean_filename(video.filename()),
                mime_type: info.and_then(|info| info.mimetype.as_deref()).map(clean_name),
                size: size(info.and_then(|info| info.size)),
                duration_ms: info
                    .and_then(|info| info.duration)
                    .map(|duration| duration.as_millis() as u64),
                file: media.file(&video.source),
                picture: thumbnail.map(|source| {
                    still(source, info.and_then(|info| info.thumbnail_info.as_deref()), media)
                }),
            };
            Some((attachment, video.caption().map(|body| (body, video.formatted_caption()))))
        }
        MessageType::Audio(audio) => {
            let info = audio.info.as_deref();
            let attachment = Attachment {
                kind: if audio.voice.is_some() {
                    AttachmentKind::Voice
                } else {
                    AttachmentKind::Audio
                },
                filename: clean_filename(audio.filename()),
                mime_type: info.and_then(|info| info.mimetype.as_deref()).map(clean_name),
                size: size(info.and_then(|info| info.size)),
                duration_ms: info
                    .and_then(|info| info.duration)
                    .map(|duration| duration.as_millis() as u64),
                file: media.file(&audio.source),
                picture: None,
            };
            Some((attachment, audio.caption().map(|body| (body, audio.formatted_caption()))))
        }
        MessageType::File(file) => {
            let info = file.info.as_deref();
            let attachment = Attachment {
                kind: AttachmentKind::File,
                filename: clean_filename(file.filename()),
                mime_type: info.and_then(|info| info.mimetype.as_deref()).map(clean_name),
                size: size(info.and_then(|info| info.size)),
                duration_ms: None,
                file: media.file(&file.source),
                picture: None,
            };
            Some((attachment, file.caption().map(|body| (body, file.formatted_caption()))))
        }
        _ => None,
    }
}

pub(super) fn sticker(content: &StickerEventContent, media: &MediaRegistry) -> Attachment {
    let source = match &content.source {
        StickerMediaSource::Plain(uri) => MediaSource::Plain(uri.clone()),
        StickerMediaSource::Encrypted(file) => MediaSource::Encrypted(file.clone()),
        // No other source exists today.
        _ => MediaSource::Plain("".into()),
    };
    Attachment {
        kind: AttachmentKind::Image,
        filename: clean_filename(&content.body),
        mime_type: content.info.mimetype.as_deref().map(clean_name),
        size: size(content.info.size),
        duration_ms: None,
        file: media.file(&source),
        picture: Some(picture(
            &source,
            content.info.thumbnail_source.as_ref(),
            content.info.width,
            content.info.height,
            media,
        )),
    }
}

fn picture(
    source: &MediaSource,
    thumbnail: Option<&MediaSource>,
    width: Option<UInt>,
    height: Option<UInt>,
    media: &MediaRegistry,
) -> Picture {
    Picture {
        full: media.file(source),
        thumbnail: thumbnail.map(|source| media.file(source)).or_else(|| media.scaled(source)),
        width: side(width),
        height: side(height),
        // Not in ruma's types; the field is there for the day it is.
        blurhash: None,
    }
}

/// The still picture of a video.
fn still(source: &MediaSource, info: Option<&ThumbnailInfo>, media: &MediaRegistry) -> Picture {
    Picture {
        full: media.file(source),
        thumbnail: None,
        width: side(info.and_then(|info| info.width)),
        height: side(info.and_then(|info| info.height)),
        blurhash: None,
    }
}

fn side(pixels: Option<UInt>) -> Option<u32> {
    let pixels = u32::try_from(u64::from(pixels?)).ok()?;
    (1..=LARGEST_SIDE).contains(&pixels).then_some(pixels)
}

fn size(bytes: Option<UInt>) -> Option<u64> {
    bytes.map(u64::from)
}
