//! What a file is, and what it looks like. Never runs anything in it, and never trusts its name.

use std::{io::Cursor, io::Read, path::Path, time::Duration};

use base64::{Engine, engine::general_purpose::STANDARD};
use herold_protocol::{AttachmentKind, FileMetadata, RecordingFacts};
use image::{
    DynamicImage, GenericImageView, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage, Rgba,
    RgbaImage, codecs::jpeg::JpegEncoder, imageops, metadata::Orientation,
};
use mime::Mime;

use super::{kind_of, metadata, metadata_unread, unread};
use crate::Result;

/// Bytes read to tell what a file is.
const HEAD: usize = 8192;
/// Larger pictures are sent as they are, without a small one.
pub(super) const LARGEST_DRAWN: u64 = 60 * 1024 * 1024;
/// Pixels a side, and bytes a decoder may take: a small file can claim to be very large.
const LARGEST_SIDE: u32 = 16_384;
const LARGEST_DECODED: u64 = 512 * 1024 * 1024;
/// Milliseconds: a year. A player that tells of more is wrong.
const LONGEST: u64 = 365 * 24 * 60 * 60 * 1000;
/// The small picture: twice the size of its place on screen.
const THUMBNAIL: (u32, u32) = (800, 600);
const QUALITY: u8 = 80;
/// Pixels a side of a person's picture, which is drawn small wherever it is.
const PORTRAIT: u32 = 512;
/// What a window may draw of a film: bytes in base64, and pixels a side.
const LARGEST_STILL: usize = 400_000;
const LARGEST_STILL_SIDE: u32 = 1024;

#[derive(Clone)]
pub(crate) struct Inspected {
    pub(crate) mime: Mime,
    pub(crate) kind: AttachmentKind,
    /// Pixels as shown, after turning it as its orientation says.
    pub(crate) width: Option<u32>,
    pub(crate) height: Option<u32>,
    pub(crate) duration: Option<Duration>,
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
    let file = std::fs::File::open(path).map_err(unread)?;
    file.take(HEAD as u64).read_to_end(&mut head).map_err(unread)?;
    let mime = mime_of(&head, filename, "");
    if kind_of(&mime) == AttachmentKind::Image && size <= LARGEST_DRAWN {
        return Ok(picture(mime, &std::fs::read(path).map_err(unread)?));
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
        duration: None,
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
    let (width, height) = decoded.dimensions();
    let small = within(decoded, THUMBNAIL);
    Inspected {
        kind: AttachmentKind::Image,
        width: Some(width),
        height: Some(height),
        blurhash: blurhash_of(&small),
        thumbnail: jpeg(&small),
        metadata,
        ..plain(mime)
    }
}

/// A film or a sound, with what a player told of it. `None` where that cannot be.
pub(super) fn played(found: Inspected, facts: &RecordingFacts) -> Option<Inspected> {
    let still = match &facts.still {
        Some(still) => Some(drawn(still)?),
        None => None,
    };
    let side = |pixels: Option<u32>| pixels.filter(|pixels| (1..=LARGEST_SIDE).contains(pixels));
    Some(Inspected {
        width: side(facts.width),
        height: side(facts.height),
        duration: facts.duration_ms.filter(|ms| *ms <= LONGEST).map(Duration::from_millis),
        blurhash: still.as_ref().and_then(blurhash_of),
        thumbnail: still.as_ref().and_then(jpeg),
        ..found
    })
}

/// What a window has drawn.
fn drawn(base64: &str) -> Option<DynamicImage> {
    if base64.len() > LARGEST_STILL {
        return None;
    }
    let bytes = STANDARD.decode(base64).ok()?;
    let mut reader = ImageReader::with_format(Cursor::new(bytes), ImageFormat::Jpeg);
    reader.limits(limits(LARGEST_STILL_SIDE));
    Some(within(reader.decode().ok()?, THUMBNAIL))
}

/// Small enough for its place on screen, and never larger than it is.
fn within(image: DynamicImage, (width, height): (u32, u32)) -> DynamicImage {
    if image.width() <= width && image.height() <= height {
        return image;
    }
    image.thumbnail(width, height)
}

/// The picture of a person, at most 512 pixels a side: a PNG where something may be transparent, else a JPEG. It is drawn
/// anew, so that nothing of what a photo says of itself leaves. `None` for what cannot be drawn here, which is everything
/// but PNG, JPEG, WebP and GIF.
pub(crate) fn portrait(bytes: &[u8]) -> Option<(Mime, Vec<u8>)> {
    let image = within(decode(bytes)?, (PORTRAIT, PORTRAIT));
    if !image.has_alpha() {
        return Some((mime::IMAGE_JPEG, jpeg(&image)?.bytes));
    }
    let mut png = Cursor::new(Vec::new());
    image.to_rgba8().write_to(&mut png, ImageFormat::Png).ok()?;
    Some((mime::IMAGE_PNG, png.into_inner()))
}

fn blurhash_of(image: &DynamicImage) -> Option<String> {
    let tiny = DynamicImage::from(on_white(&image.thumbnail(64, 64))).to_rgba8();
    blurhash::encode(4, 3, tiny.width(), tiny.height(), tiny.as_raw()).ok()
}

fn limits(side: u32) -> Limits {
    let mut limits = Limits::default();
    limits.max_image_width = Some(side);
    limits.max_image_height = Some(side);
    limits.max_alloc = Some(LARGEST_DECODED);
    limits
}

fn decode(bytes: &[u8]) -> Option<DynamicImage> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    reader.limits(limits(LARGEST_SIDE));
    let mut decoder = reader.into_decoder().ok()?;
    let orientation = decoder.orientation().unwrap_or(Orientation::NoTransforms);
    let mut image = DynamicImage::from_decoder(decoder).ok()?;
    image.apply_orientation(orientation);
    Some(image)
}

/// What is transparent is white then, like paper under a signature or a stamp.
fn on_white(image: &DynamicImage) -> RgbImage {
    if !image.has_alpha() {
        return image.to_rgb8();
    }
    let mut page = RgbaImage::from_pixel(image.width(), image.height(), Rgba([u8::MAX; 4]));
    imageops::overlay(&mut page, image, 0, 0);
    DynamicImage::from(page).to_rgb8()
}

fn jpeg(image: &DynamicImage) -> Option<Thumbnail> {
    let mut bytes = Vec::new();
    on_white(image).write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, QUALITY)).ok()?;
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
    fn what_is_transparent_is_white_in_the_small_picture() {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgba8(900, 900).write_to(&mut out, ImageFormat::Png).unwrap();
        let found = bytes(&out.into_inner(), "Unterschrift.png", "");
        let small = image::load_from_memory(&found.thumbnail.unwrap().bytes).unwrap().to_rgb8();
        assert!(small.pixels().all(|pixel| pixel.0.iter().all(|value| *value > 250)));
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
    fn a_small_picture_is_not_made_larger() {
        let thumbnail = bytes(&png(64, 48), "Zeichen.png", "").thumbnail.unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (64, 48));
    }

    #[test]
    fn the_picture_of_a_person_is_drawn_anew_and_small() {
        let plain = png(8, 8);
        // Behind the header, a text of 22 bytes (PNG specification, "tEXt").
        let (head, rest) = plain.split_at(33);
        let text = b"\0\0\0\x16tEXtComment\0Lindenstra\xDFe 4\x13\xAA\x9B\x62";
        let described = [head, &text[..], rest].concat();
        assert_eq!(metadata(&described, &mime::IMAGE_PNG), FileMetadata::Removable);
        let (mime, bytes) = portrait(&described).unwrap();
        assert_eq!(mime, mime::IMAGE_JPEG);
        assert_eq!(metadata(&bytes, &mime), FileMetadata::None);

        let (_, bytes) = portrait(&png(1600, 400)).unwrap();
        assert_eq!(image::load_from_memory(&bytes).unwrap().dimensions(), (512, 128));
    }

    #[test]
    fn what_is_transparent_in_the_picture_of_a_person_stays_so() {
        for format in [ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif] {
            let mut out = Cursor::new(Vec::new());
            DynamicImage::new_rgba8(900, 900).write_to(&mut out, format).unwrap();
            let (mime, bytes) = portrait(&out.into_inner()).unwrap();
            assert_eq!(mime, mime::IMAGE_PNG, "{format:?}");
            let drawn = image::load_from_memory(&bytes).unwrap();
            assert_eq!((drawn.width(), drawn.get_pixel(0, 0).0[3]), (512, 0), "{format:?}");
        }
    }

    #[test]
    fn nothing_else_is_the_picture_of_a_person() {
        let cut = &png(64, 64)[..40];
        for other in [&b"<svg onload=alert(1)>"[..], b"MZ\x90\0", b"%PDF-1.7", b"", cut] {
            assert!(portrait(other).is_none());
        }
    }

    #[test]
    fn a_film_is_described_by_its_player_and_nothing_absurd_is_taken() {
        let film = || bytes(b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", "Begehung.mp4", "");
        assert_eq!(film().kind, AttachmentKind::Video);
        let encoded = |width, height, format| {
            let mut out = Cursor::new(Vec::new());
            DynamicImage::new_rgb8(width, height).write_to(&mut out, format).unwrap();
            Some(STANDARD.encode(out.into_inner()))
        };
        let facts = RecordingFacts {
            duration_ms: Some(12_000),
            width: Some(1920),
            height: Some(1_000_000),
            still: encoded(800, 450, ImageFormat::Jpeg),
        };
        let found = played(film(), &facts).unwrap();
        assert_eq!(found.duration, Some(Duration::from_secs(12)));
        assert_eq!((found.width, found.height), (Some(1920), None));
        let thumbnail = found.thumbnail.unwrap();
        assert_eq!((thumbnail.width, thumbnail.height), (800, 450));
        assert!(found.blurhash.is_some());
        for still in [
            encoded(8, 8, ImageFormat::Png),
            encoded(2000, 8, ImageFormat::Jpeg),
            Some("!".to_owned()),
            Some("A".repeat(LARGEST_STILL + 1)),
        ] {
            assert!(played(film(), &RecordingFacts { still, ..facts.clone() }).is_none());
        }
        let endless = RecordingFacts { duration_ms: Some(u64::MAX), ..RecordingFacts::default() };
        assert_eq!(played(film(), &endless).unwrap().duration, None);
        let nothing = played(film(), &RecordingFacts::default()).unwrap();
        assert!(nothing.thumbnail.is_none() && nothing.duration.is_none());
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
