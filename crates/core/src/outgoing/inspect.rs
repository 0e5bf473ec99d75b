//! What a file is, and what it looks like. Never runs anything in it, and never trusts its name.

use std::{io::Cursor, io::Read, path::Path};

use herold_protocol::{AttachmentKind, FileMetadata};
use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageReader, Limits, codecs::jpeg::JpegEncoder,
    metadata::Orientation,
};
use mime::Mime;

use super::{kind_of, metadata, metadata_unread};
use crate::Result;

/// Bytes read to tell what a file is.
const HEAD: usize = 8192;
/// Larger pictures are sent as they are, without a small one.
const LARGEST_DRAWN: u64 = 60 * 1024 * 1024;
/// Pixels a side, and bytes a decoder may take: a small file can claim to be very large.
const LARGEST_SIDE: u32 = 16_384;
const LARGEST_DECODED: u64 = 512 * 1024 * 1024;
/// The small picture: twice the size of its place on screen.
const THUMBNAIL: (u32, u32) = (800, 600);
const QUALITY: u8 = 80;

#[derive(Clone)]
pub(crate) struct Inspected {
    pub(crate) mime: Mime,
    pub(crate) kind: AttachmentKind,
    /// Pixels as shown, after turning it as its orientation says.
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) blurhash: Option<String>,
    pub(crate) thumbnail: Option<Thumbnail>,
    pub(crate) metadata: FileMetadata,
}

/// A JPEG.
#[derive(Clone)]
pub(crate) struct Thumbnail {
    pub(crate) bytes: Vec<u8>,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

pub(super) fn path(path: &Path, size: u64, filename: &str) -> Result<Inspected> {
    let mut head = Vec::with_capacity(HEAD);
    std::fs::File::open(path)?.take(HEAD as u64).read_to_end(&mut head)?;
    let mime = mime_of(&head, filename, "");
    if kind_of(&mime) == AttachmentKind::Image && size <= LARGEST_DRAWN {
        return Ok(picture(mime, &std::fs::read(path)?));
    }
    Ok(plain(mime))
}

pub(super) fn bytes(bytes: &[u8], filename: &str, claimed: &str) -> Inspected {
    let mime = mime_of(bytes.get(..HEAD).unwrap_or(bytes), filename, claimed);
    if kind_of(&mime) == AttachmentKind::Image { picture(mime, bytes) } else { plain(mime) }
}

/// The content decides; where it does not tell, the name; then what was claimed.
fn mime_of(head: &[u8], filename: &str, claimed: &str) -> Mime {
    if let Some(found) = infer::get(head)
        && let Ok(mime) = found.mime_type().parse()
    {
        return mime;
    }
    if let Some(mime) = mime_guess::from_path(filename).first() {
        // A name alone makes no picture of it.
        if mime.type_() != mime::IMAGE || mime.subtype() == mime::SVG {
            return mime;
        }
    }
    match claimed.parse::<Mime>() {
        Ok(mime) if mime.type_() == mime::TEXT => mime,
        _ => mime::APPLICATION_OCTET_STREAM,
    }
}

fn plain(mime: Mime) -> Inspected {
    Inspected {
        kind: kind_of(&mime),
        metadata: metadata_unread(&mime),
        mime,
        width: None,
        height: None,
        blurhash: None,
        thumbnail: None,
    }
}

fn picture(mime: Mime, bytes: &[u8]) -> Inspected {
    let metadata = metadata(bytes, &mime);
    let Some(decoded) = decode(bytes) else {
        // Cannot be drawn here: sent as a file, so that nobody expects to see it.
        return Inspected { kind: AttachmentKind::File, metadata, ..plain(mime) };
    };
    let small = decoded.thumbnail(THUMBNAIL.0, THUMBNAIL.1);
    let tiny = small.thumbnail(64, 64).to_rgba8();
    let blurhash = blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok();
    let (width, height) = decoded.dimensions();
    Inspected {
        kind: AttachmentKind::Image,
        mime,
        width: Some(width),
        height: Some(height),
        blurhash,
        thumbnail: jpeg(&small),
        metadata,
    }
}

fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(LARGEST_SIDE);
    limits.max_image_height = Some(LARGEST_SIDE);
    limits.max_alloc = Some(LARGEST_DECODED);
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits);
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some(image)
}

fn jpeg(image: &DynamicImage) -> Option<Thumbnail> {
    let mut bytes = Vec::new();
    let opaque = image.to_rgb8();
    opaque.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).ok()?;
    Some(Thumbnail { bytes, width: image.width(), height: image.height() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut out, image::ImageFormat::Png).unwrap();
        out.into_inner()
    }

    #[test]
    fn a_picture_is_measured_and_drawn_small() {
        let found = bytes(&png(1600, 400), "Plan.png", "");
        assert_eq!(
            (found.kind, found.width, found.height),
            (AttachmentKind::Image, Some(1600), Some(400))
        );
        let thumbnail = found.thumbnail.unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (800, 200));
        assert!(found.blurhash.is_some());
    }

    #[test]
    fn a_name_makes_no_picture() {
        assert_eq!(
            bytes(b"MZ\x90\x00 program", "photo.jpg", "image/jpeg").kind,
            AttachmentKind::File
        );
        assert_eq!(
            bytes(b"<svg onload=alert(1)>", "a.png", "image/png").kind,
            AttachmentKind::File
        );
    }

    #[test]
    fn a_picture_that_claims_to_be_enormous_is_not_decoded() {
        // A PNG header that promises 60,000 x 60,000 pixels.
        let mut bomb = png(8, 8);
        bomb[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
        bomb[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
        let found = bytes(&bomb, "bomb.png", "");
        assert_eq!(found.kind, AttachmentKind::File);
        assert!(found.thumbnail.is_none());
    }
}
