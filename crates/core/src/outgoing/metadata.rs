//! Where and with what a photo was taken, and how it leaves without that.
//!
//! Only the parts that draw the picture leave, which is not encoded again: what is not known to draw may say
//! anything. It keeps how it is to be turned, because without that it would lie on its side.

use herold_protocol::FileMetadata;
use img_parts::{
    Bytes, ImageEXIF,
    jpeg::{Jpeg, JpegSegment, markers},
    png::{Png, PngChunk},
    riff::{RiffChunk, RiffContent},
    webp::WebP,
};
use mime::Mime;

/// Bytes of a JFIF header whose thumbnail has no pixels (JFIF 1.02).
const JFIF_WITHOUT_THUMBNAIL: usize = 14;
/// Chunks of a PNG without its texts, time and Exif (PNG specification, third edition, 11.2 and 11.3).
const PNG_DRAWS: [&[u8; 4]; 20] = [
    b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"cHRM", b"gAMA", b"iCCP", b"sBIT", b"sRGB",
    b"cICP", b"mDCV", b"cLLI", b"bKGD", b"hIST", b"pHYs", b"sPLT", b"acTL", b"fcTL", b"fdAT",
];
/// Chunks of a WebP without its Exif and XMP (RFC 9649, 2.3 to 2.7).
const WEBP_DRAWS: [&[u8; 4]; 7] = [b"VP8X", b"VP8 ", b"VP8L", b"ANIM", b"ANMF", b"ALPH", b"ICCP"];

/// What a picture says.
pub(crate) fn metadata(bytes: &[u8], mime: &Mime) -> FileMetadata {
    let describes_itself = match Photo::parse(&Bytes::copy_from_slice(bytes)) {
        Some((_, followed)) if followed => true,
        Some((Photo::Jpeg(jpeg), _)) => jpeg.segments().iter().any(describes),
        Some((Photo::Png(png), _)) => png.chunks().iter().any(png_describes),
        Some((Photo::WebP(webp), _)) => webp.chunks().iter().any(webp_describes),
        None => return metadata_unread(mime),
    };
    if describes_itself { FileMetadata::Removable } else { FileMetadata::None }
}

/// What a file may say that is not taken apart here: pictures of other kinds or of great size, and films.
pub(crate) fn metadata_unread(mime: &Mime) -> FileMetadata {
    match mime.type_() {
        // A BMP has no place for words.
        mime::IMAGE if mime.subtype() != mime::BMP => FileMetadata::Stays,
        mime::VIDEO => FileMetadata::Stays,
        _ => FileMetadata::None,
    }
}

/// The picture without what describes it; unchanged where it cannot be taken apart.
pub(crate) fn without_metadata(bytes: Vec<u8>) -> Vec<u8> {
    // Its parts share these bytes: the only copy is what leaves.
    let bytes = Bytes::from(bytes);
    match Photo::parse(&bytes).map(|(photo, _)| photo) {
        Some(Photo::Jpeg(mut jpeg)) => {
            let turned = turned(&jpeg);
            jpeg.segments_mut().retain(|segment| !describes(segment));
            if turned.is_some() {
                jpeg.set_exif(turned);
            }
            jpeg.encoder().bytes().into()
        }
        Some(Photo::Png(mut png)) => {
            let turned = turned(&png);
            png.chunks_mut().retain(|chunk| !png_describes(chunk));
            if turned.is_some() {
                png.set_exif(turned);
            }
            png.encoder().bytes().into()
        }
        Some(Photo::WebP(mut webp)) => {
            let turned = turned(&webp);
            webp.chunks_mut().retain(|chunk| !webp_describes(chunk));
            promise_no_xmp(&mut webp);
            // Without Exif, the header no longer promises it.
            webp.set_exif(turned);
            webp.encoder().bytes().into()
        }
        None => bytes.into(),
    }
}

enum Photo {
    Jpeg(Jpeg),
    Png(Png),
    WebP(WebP),
}

impl Photo {
    /// The picture in a file, and whether something follows it there: what a camera adds, or what a program left of
    /// the picture before it was cropped.
    fn parse(bytes: &Bytes) -> Option<(Self, bool)> {
        let bytes = bytes.clone();
        let length = bytes.len();
        match bytes.get(..4)? {
            [0xFF, 0xD8, ..] => {
                let end = end_of_jpeg(&bytes, &Jpeg::from_bytes(bytes.clone()).ok()?);
                let jpeg = Jpeg::from_bytes(bytes.slice(..end)).ok()?;
                Some((Self::Jpeg(jpeg), end < length))
            }
            [0x89, b'P', b'N', b'G'] => {
                let png = Png::from_bytes(bytes).ok()?;
                let followed = png.len() < length;
                Some((Self::Png(png), followed))
            }
            b"RIFF" => {
                let webp = WebP::from_bytes(bytes).ok()?;
                let followed = u64::from(webp.len()) < length as u64;
                Some((Self::WebP(webp), followed))
            }
            _ => None,
        }
    }
}

/// Where a JPEG ends. Cameras write behind it what else they have: the film around a photo, with a place of its own,
/// and further pictures.
fn end_of_jpeg(bytes: &[u8], jpeg: &Jpeg) -> usize {
    let Some(scan) = jpeg.segments().last() else { return bytes.len() };
    let mut at = bytes.len().saturating_sub(scan.len_with_entropy() - scan.len());
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|byte| *byte == 0xFF) else { return bytes.len() };
        at += found + 1;
        match bytes.get(at..).unwrap_or_default() {
            [markers::EOI, ..] => return at + 1,
            // A byte of the picture, a restart, or filling.
            [0x00 | 0x01 | markers::RST0..=markers::RST7 | 0xFF, ..] => {}
            // Tables and further scans of a progressive picture.
            [_, high, low, ..] => at += 1 + usize::from(u16::from_be_bytes([*high, *low])),
            _ => return bytes.len(),
        }
    }
}

/// Whether a part of a JPEG says something beside the picture. JFIF without a thumbnail (APP0), colour profiles (APP2)
/// and what Adobe's encoder needs (APP14) do not; other programs' parts and comments may.
fn describes(segment: &JpegSegment) -> bool {
    let contents = segment.contents();
    match segment.marker() {
        markers::APP0 => {
            !(contents.starts_with(b"JFIF\0") && contents.len() == JFIF_WITHOUT_THUMBNAIL)
        }
        markers::APP1 => !contents.strip_prefix(b"Exif\0\0").is_some_and(only_turns),
        markers::APP2 => !contents.starts_with(b"ICC_PROFILE\0"),
        markers::APP14 => !contents.starts_with(b"Adobe"),
        markers::APP3..=markers::APP15 | markers::COM => true,
        _ => false,
    }
}

fn png_describes(chunk: &PngChunk) -> bool {
    let only_turns = chunk.kind() == *b"eXIf" && only_turns(chunk.contents());
    !(only_turns || PNG_DRAWS.contains(&&chunk.kind()))
}

fn webp_describes(chunk: &RiffChunk) -> bool {
    let data = chunk.content().data();
    let only_turns = chunk.id() == *b"EXIF" && data.is_some_and(|data| only_turns(data));
    !(only_turns || WEBP_DRAWS.contains(&&chunk.id()))
}

/// Strict decoders refuse a file whose header promises a part that it does not have (RFC 9649, 2.7).
fn promise_no_xmp(webp: &mut WebP) {
    const XMP: u8 = 0b0100;
    let header = webp.chunks_mut().iter_mut().find(|chunk| chunk.id() == *b"VP8X");
    if let Some(RiffContent::Data(data)) = header.map(RiffChunk::content_mut)
        && let Some((flags, rest)) = data.split_first()
    {
        *data = Bytes::from([&[flags & !XMP][..], rest].concat());
    }
}

/// Exif that says how the picture is turned, where it is, and nothing else.
fn turned(photo: &impl ImageEXIF) -> Option<Bytes> {
    let turned = photo.exif().as_deref().and_then(orientation)?;
    (turned != 1).then(|| Bytes::from(only_orientation(turned)))
}

fn only_turns(exif: &[u8]) -> bool {
    orientation(exif).is_some_and(|turned| exif == only_orientation(turned).as_slice())
}

/// The value of the orientation tag (0x0112) in the first directory of a TIFF structure.
fn orientation(exif: &[u8]) -> Option<u16> {
    let little = match exif.get(..4)? {
        b"II*\0" => true,
        b"MM\0*" => false,
        _ => return None,
    };
    let u16_at = |at: usize| -> Option<u16> {
        let bytes: [u8; 2] = exif.get(at..at + 2)?.try_into().ok()?;
        Some(if little { u16::from_le_bytes(bytes) } else { u16::from_be_bytes(bytes) })
    };
    let u32_at = |at: usize| -> Option<u32> {
        let bytes: [u8; 4] = exif.get(at..at + 4)?.try_into().ok()?;
        Some(if little { u32::from_le_bytes(bytes) } else { u32::from_be_bytes(bytes) })
    };
    let directory = usize::try_from(u32_at(4)?).ok()?;
    let entries = usize::from(u16_at(directory)?);
    (0..entries.min(512)).find_map(|entry| {
        let at = directory.checked_add(2 + entry * 12)?;
        if u16_at(at)? != 0x0112 {
            return None;
        }
        let value = u16_at(at + 8)?;
        (1..=8).contains(&value).then_some(value)
    })
}

/// A TIFF structure that says nothing but how the picture is turned.
fn only_orientation(turned: u16) -> Vec<u8> {
    let mut exif = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".to_vec();
    exif.extend(turned.to_le_bytes());
    exif.extend([0; 6]);
    exif
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, metadata::Orientation};

    use super::*;

    fn says_something(bytes: &[u8]) -> bool {
        metadata(bytes, &mime::IMAGE_STAR) == FileMetadata::Removable
    }

    fn encoded(format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(16, 8).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    /// Exif with a place (GPS directory pointer) and, where wanted, an orientation.
    fn exif(turned: Option<u16>) -> Vec<u8> {
        let mut out = b"II*\0\x08\0\0\0".to_vec();
        let mut entries: Vec<[u8; 12]> = Vec::new();
        if let Some(turned) = turned {
            let [low, high] = turned.to_le_bytes();
            entries.push([0x12, 0x01, 3, 0, 1, 0, 0, 0, low, high, 0, 0]);
        }
        entries.push([0x25, 0x88, 4, 0, 1, 0, 0, 0, 0x40, 0, 0, 0]);
        out.extend((entries.len() as u16).to_le_bytes());
        entries.iter().for_each(|entry| out.extend(entry));
        out.extend([0; 4]);
        out.extend(b"GPS 48.137 11.575");
        out
    }

    const PHOTOS: [ImageFormat; 3] = [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP];

    fn photo(format: ImageFormat, turned: Option<u16>) -> Vec<u8> {
        let exif = Some(Bytes::from(exif(turned)));
        let bytes = match Photo::parse(&Bytes::from(encoded(format))).unwrap().0 {
            Photo::Jpeg(mut jpeg) => {
                jpeg.set_exif(exif);
                jpeg.encoder().bytes()
            }
            Photo::Png(mut png) => {
                png.set_exif(exif);
                png.encoder().bytes()
            }
            Photo::WebP(mut webp) => {
                webp.set_exif(exif);
                webp.encoder().bytes()
            }
        };
        bytes.to_vec()
    }

    /// How whoever sees it turns it.
    fn orientation_of(bytes: &[u8]) -> Orientation {
        let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().unwrap();
        let mut decoder = reader.into_decoder().unwrap();
        decoder.orientation().unwrap()
    }

    #[test]
    fn a_photo_leaves_without_its_place() {
        for format in PHOTOS {
            let with = photo(format, None);
            assert!(says_something(&with), "{format:?}");
            let without = without_metadata(with);
            assert!(!says_something(&without), "{format:?}");
            assert!(!without.windows(3).any(|bytes| bytes == b"GPS"), "{format:?}");
            assert!(image::load_from_memory(&without).is_ok(), "{format:?}");
        }
    }

    #[test]
    fn what_a_camera_writes_behind_a_photo_stays_here() {
        let plain = encoded(ImageFormat::Jpeg);
        assert!(!says_something(&plain));
        let mut moving = plain.clone();
        moving.extend(b"\0\0\0\x18ftypmp42 GPS 48.137 11.575");
        assert!(says_something(&moving));
        assert_eq!(without_metadata(moving), without_metadata(plain.clone()));

        // Tables and a second scan, as in a progressive picture, are part of it; so is a marker within a table.
        let mut scans = plain.clone();
        scans.truncate(plain.len() - 2);
        scans.extend([0xFF, 0xC4, 0, 4, 0xFF, markers::EOI, 0x11, 0xFF, 0, 0xFF, 0xD0, 0x22]);
        scans.extend([0xFF, markers::EOI]);
        let whole = scans.clone();
        scans.extend(b"GPS");
        assert_eq!(without_metadata(scans), without_metadata(whole.clone()));
        assert!(without_metadata(whole.clone()).ends_with(&whole[whole.len() - 14..]));
    }

    #[test]
    fn what_a_program_left_behind_a_picture_stays_here() {
        for format in PHOTOS {
            let plain = encoded(format);
            assert!(!says_something(&plain), "{format:?}");
            let mut cropped = plain.clone();
            cropped.extend(b"what was cropped off");
            assert!(says_something(&cropped), "{format:?}");
            assert_eq!(without_metadata(cropped), plain, "{format:?}");
        }
    }

    #[test]
    fn only_parts_that_draw_leave() {
        let plain = encoded(ImageFormat::Jpeg);
        let parts = [
            (markers::APP0, &b"JFXX\0\x10 thumbnail"[..]),
            (markers::APP0, b"JFIF\0\x01\x02\0\0\x01\0\x01\x01\x01 thumbnail"),
            (markers::APP0 + 3, b"Meta\0"),
            (markers::APP11, b"JP\0\0 jumb C2PA: taken by"),
            (markers::APP0 + 12, b"Ducky"),
            (markers::APP14, b"Someone"),
            (markers::COM, b"Lokal 3.14"),
        ];
        for (marker, contents) in parts {
            let mut jpeg = Jpeg::from_bytes(Bytes::from(plain.clone())).unwrap();
            jpeg.segments_mut()
                .insert(1, JpegSegment::new_with_contents(marker, Bytes::from(contents)));
            let with = jpeg.encoder().bytes().to_vec();
            assert!(says_something(&with), "{marker:x}");
            assert_eq!(without_metadata(with), plain, "{marker:x}");
        }

        let plain = encoded(ImageFormat::Png);
        for kind in [*b"tEXt", *b"caBX", *b"dSIG", *b"prVt"] {
            let mut png = Png::from_bytes(Bytes::from(plain.clone())).unwrap();
            png.chunks_mut().insert(1, PngChunk::new(kind, Bytes::from_static(b"who, where")));
            let with = png.encoder().bytes().to_vec();
            assert!(says_something(&with), "{kind:?}");
            assert_eq!(without_metadata(with), plain, "{kind:?}");
        }
    }

    #[test]
    fn a_photo_stays_upright() {
        for format in PHOTOS {
            let with = photo(format, Some(6));
            assert_eq!(orientation_of(&with), Orientation::Rotate90, "{format:?}");
            let without = without_metadata(with);
            assert_eq!(orientation_of(&without), Orientation::Rotate90, "{format:?}");
            assert!(!without.windows(3).any(|bytes| bytes == b"GPS"), "{format:?}");
            assert!(image::load_from_memory(&without).is_ok(), "{format:?}");
            assert!(!says_something(&without), "how it is turned is all that is left");
            assert_eq!(without_metadata(without.clone()), without, "{format:?}");
        }
    }

    #[test]
    fn a_photo_promises_nothing_that_was_taken_out() {
        let mut webp = WebP::from_bytes(Bytes::from(photo(ImageFormat::WebP, Some(6)))).unwrap();
        let xmp = RiffContent::Data(Bytes::from_static(b"<x:xmpmeta>"));
        webp.chunks_mut().push(RiffChunk::new(*b"XMP ", xmp));
        let mut with = webp.encoder().bytes().to_vec();
        assert_eq!(&with[12..16], b"VP8X", "the header of the parts");
        with[20] |= 0b0100;
        assert!(says_something(&with));
        let without = without_metadata(with);
        assert!(!says_something(&without));
        assert_eq!(orientation_of(&without), Orientation::Rotate90);
        assert!(image::load_from_memory(&without).is_ok());
    }

    #[test]
    fn other_pictures_and_files_lose_what_describes_them_and_nothing_else() {
        let png = encoded(ImageFormat::Png);
        assert!(!says_something(&png));
        assert!(image::load_from_memory(&without_metadata(png)).is_ok());
        assert_eq!(without_metadata(b"%PDF-1.7".to_vec()), b"%PDF-1.7");
        let broken = vec![0xFF, 0xD8, 0xFF, 0xE1, 0xFF, 0xFF];
        assert_eq!(without_metadata(broken.clone()), broken);
    }

    #[test]
    fn what_cannot_be_cleaned_is_said() {
        for (mime, said) in [
            ("image/heic", FileMetadata::Stays),
            ("image/avif", FileMetadata::Stays),
            ("image/tiff", FileMetadata::Stays),
            ("video/mp4", FileMetadata::Stays),
            ("video/quicktime", FileMetadata::Stays),
            ("image/gif", FileMetadata::Stays),
            ("image/svg+xml", FileMetadata::Stays),
            ("image/bmp", FileMetadata::None),
            ("application/pdf", FileMetadata::None),
        ] {
            assert_eq!(metadata_unread(&mime.parse().unwrap()), said, "{mime}");
        }
        // A photo that is damaged cannot be taken apart.
        let damaged = b"\xFF\xD8\xFF damaged";
        assert_eq!(metadata(damaged, &mime::IMAGE_JPEG), FileMetadata::Stays);
    }
}
