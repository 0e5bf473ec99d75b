//! What a picture is and how large it says it is, from its first bytes.
//!
//! Nothing is decoded: a few bytes can hold a picture of more pixels than a device has memory for, and it is
//! drawn in a message before anybody asks for it.

/// Pixels of the largest picture that is drawn. A webview takes four bytes for each.
const MOST_PIXELS: u64 = 100_000_000;

type Size = (u32, u32);

/// The type of a picture that a webview may draw. SVG is none: it can hold scripts. A picture that does not say
/// how large it is may be of any size.
pub(super) fn drawn_as(bytes: &[u8]) -> Option<&'static str> {
    let (name, size) = match bytes {
        [0x89, b'P', b'N', b'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => ("image/png", png(bytes)),
        [0xFF, 0xD8, 0xFF, ..] => ("image/jpeg", jpeg(bytes)),
        [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => ("image/gif", gif(bytes)),
        [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => {
            ("image/webp", webp(bytes))
        }
        _ => return None,
    };
    let (width, height) = size?;
    let pixels = u64::from(width) * u64::from(height);
    (1..=MOST_PIXELS).contains(&pixels).then_some(name)
}

/// The header comes first (PNG specification, "IHDR"). Frames of an animation lie within it.
fn png(bytes: &[u8]) -> Option<Size> {
    let side = |at: usize| -> Option<u32> {
        Some(u32::from_be_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
    };
    if bytes.get(12..16)? == b"IHDR" { Some((side(16)?, side(20)?)) } else { None }
}

/// The first frame header (ITU T.81, B.2.2). As decoders do, skips what stands between segments.
fn jpeg(bytes: &[u8]) -> Option<Size> {
    let u16_at = |at: usize| -> Option<u16> {
        Some(u16::from_be_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
    };
    let mut at = 2;
    loop {
        at += bytes.get(at..)?.iter().position(|byte| *byte == 0xFF)?;
        at += bytes.get(at..)?.iter().position(|byte| *byte != 0xFF)?;
        let marker = *bytes.get(at)?;
        at += 1;
        match marker {
            // No segment follows.
            0x00 | 0x01 | 0xD0..=0xD7 => {}
            // Begin, end and content: too late for a header.
            0xD8..=0xDA => return None,
            // Behind its length and the bits of a colour. Three of these are tables.
            0xC0..=0xCF if !matches!(marker, 0xC4 | 0xC8 | 0xCC) => {
                return Some((u16_at(at + 5)?.into(), u16_at(at + 3)?.into()));
            }
            _ => at += usize::from(u16_at(at)?),
        }
    }
}

/// The screen of all frames; where the first one reaches beyond it, webviews make it larger.
fn gif(bytes: &[u8]) -> Option<Size> {
    let u16_at = |at: usize| -> Option<u32> {
        Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
    };
    let flags = *bytes.get(10)?;
    let colours = if flags & 0x80 == 0 { 0 } else { 3 << ((flags & 7) + 1) };
    let mut at = 13 + colours;
    while *bytes.get(at)? == b'!' {
        at += 2;
        // Blocks, up to an empty one.
        loop {
            let length = usize::from(*bytes.get(at)?);
            at += 1 + length;
            if length == 0 {
                break;
            }
        }
    }
    if *bytes.get(at)? != b',' {
        return None;
    }
    let width = u16_at(6)?.max(u16_at(at + 1)? + u16_at(at + 5)?);
    let height = u16_at(8)?.max(u16_at(at + 3)? + u16_at(at + 7)?);
    Some((width, height))
}

/// The canvas of all frames, or the only picture (RFC 9649, 2.7 and 3.4; RFC 6386, 9.1).
fn webp(bytes: &[u8]) -> Option<Size> {
    let u16_at = |at: usize| -> Option<u32> {
        Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?).into())
    };
    let u24_at =
        |at: usize| -> Option<u32> { Some(u16_at(at)? | (u32::from(*bytes.get(at + 2)?) << 16)) };
    match bytes.get(12..16)? {
        b"VP8X" => Some((u24_at(24)? + 1, u24_at(27)? + 1)),
        b"VP8L" if *bytes.get(20)? == 0x2F => {
            let sides = u16_at(21)? | (u16_at(23)? << 16);
            Some(((sides & 0x3FFF) + 1, ((sides >> 14) & 0x3FFF) + 1))
        }
        b"VP8 " if bytes.get(23..26)? == b"\x9D\x01\x2A" => {
            Some((u16_at(26)? & 0x3FFF, u16_at(28)? & 0x3FFF))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use image::{DynamicImage, ImageFormat};
    use proptest::prelude::*;

    use super::*;

    fn encoded(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
        let mut out = Cursor::new(Vec::new());
        DynamicImage::new_rgb8(width, height).write_to(&mut out, format).unwrap();
        out.into_inner()
    }

    #[test]
    fn pictures_of_every_kind_say_how_large_they_are() {
        let size = |format| encoded(300, 20, format);
        assert_eq!(png(&size(ImageFormat::Png)), Some((300, 20)));
        assert_eq!(jpeg(&size(ImageFormat::Jpeg)), Some((300, 20)));
        assert_eq!(gif(&size(ImageFormat::Gif)), Some((300, 20)));
        assert_eq!(webp(&size(ImageFormat::WebP)), Some((300, 20)));
        let lossy = b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\x10\0\0\x9D\x01\x2A\x2C\x01\x14\x40";
        assert_eq!(webp(lossy), Some((300, 20)));
        let canvas = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x2B\x01\0\x13\0\0";
        assert_eq!(webp(canvas), Some((300, 20)));
    }

    #[test]
    fn what_is_drawn_is_called_what_its_bytes_say() {
        for (format, name) in [
            (ImageFormat::Png, "image/png"),
            (ImageFormat::Jpeg, "image/jpeg"),
            (ImageFormat::Gif, "image/gif"),
            (ImageFormat::WebP, "image/webp"),
        ] {
            assert_eq!(drawn_as(&encoded(8, 8, format)), Some(name));
        }
        for other in [&b"<svg xmlns=\"http://www.w3.org/2000/svg\">"[..], b"<html><script>", b""] {
            assert_eq!(drawn_as(other), None);
        }
    }

    #[test]
    fn a_picture_that_claims_to_be_enormous_is_not_drawn() {
        let enormous = 60_000_u16;
        let mut bomb = encoded(8, 8, ImageFormat::Png);
        bomb[16..20].copy_from_slice(&u32::from(enormous).to_be_bytes());
        bomb[20..24].copy_from_slice(&u32::from(enormous).to_be_bytes());
        assert_eq!(drawn_as(&bomb), None);

        let mut bomb = encoded(8, 8, ImageFormat::Gif);
        bomb[6..8].copy_from_slice(&enormous.to_le_bytes());
        bomb[8..10].copy_from_slice(&enormous.to_le_bytes());
        assert_eq!(drawn_as(&bomb), None);

        let mut bomb = encoded(8, 8, ImageFormat::Jpeg);
        let frame = bomb.windows(2).position(|bytes| bytes == [0xFF, 0xC0]).unwrap();
        bomb[frame + 5..frame + 7].copy_from_slice(&enormous.to_be_bytes());
        bomb[frame + 7..frame + 9].copy_from_slice(&enormous.to_be_bytes());
        assert_eq!(drawn_as(&bomb), None);

        let canvas = b"RIFF\0\0\0\0WEBPVP8X\x0A\0\0\0\x02\0\0\0\x5F\xEA\0\x5F\xEA\0";
        assert_eq!(webp(canvas), Some((60_000, 60_000)));
        assert_eq!(drawn_as(canvas), None);
    }

    #[test]
    fn a_first_frame_beyond_the_screen_of_an_animation_counts() {
        let mut bomb = b"GIF89a\x08\0\x08\0\0\0\0!\xF9\x04\0\0\0\0\0,\0\0\0\0".to_vec();
        bomb.extend(60_000_u16.to_le_bytes());
        bomb.extend(60_000_u16.to_le_bytes());
        assert_eq!(gif(&bomb), Some((60_000, 60_000)));
        assert_eq!(drawn_as(&bomb), None);
    }

    #[test]
    fn a_picture_without_a_size_is_not_drawn() {
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif, ImageFormat::WebP] {
            let whole = encoded(8, 8, format);
            assert_eq!(drawn_as(&whole[..12]), None, "{format:?} cut off");
        }
        let mut nothing = encoded(8, 8, ImageFormat::Png);
        nothing[16..20].fill(0);
        assert_eq!(drawn_as(&nothing), None, "no pixel");
        assert_eq!(drawn_as(b"\xFF\xD8\xFF\xDA\0\x02\xFF\xC0"), None, "content first");
    }

    proptest! {
        #[test]
        fn whatever_comes_has_an_end(kind in 0_usize..4, rest: Vec<u8>) {
            let begin: [&[u8]; 4] =
                [b"\x89PNG\r\n\x1a\n", b"\xFF\xD8\xFF", b"GIF89a", b"RIFF\0\0\0\0WEBP"];
            let _ = drawn_as(&[begin[kind], rest.as_slice()].concat());
        }
    }
}
