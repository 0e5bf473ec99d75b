//! What a picture is and how large it says it is, from its first bytes.
//!
//! No pixel is decoded: a few bytes can hold a picture of more of them than a device has memory for, and it is drawn
//! in a message before anybody asks for it.

use std::io::Cursor;

use image::{ImageFormat, ImageReader};

/// Pixels of the largest picture that is drawn. A webview takes four bytes for each.
const MOST_PIXELS: u64 = 100_000_000;

/// The type of a picture that a webview may draw. SVG is none: it can hold scripts. A picture that does not say
/// how large it is may be of any size.
pub(super) fn drawn_as(bytes: &[u8]) -> Option<&'static str> {
    let reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let format = reader.format()?;
    let name = match format {
        ImageFormat::Png => "image/png",
        ImageFormat::Jpeg => "image/jpeg",
        ImageFormat::Gif => "image/gif",
        ImageFormat::WebP => "image/webp",
        _ => return None,
    };
    let (mut width, mut height) = reader.into_dimensions().ok()?;
    if format == ImageFormat::Gif {
        let (right, bottom) = first_frame(bytes)?;
        (width, height) = (width.max(right), height.max(bottom));
    }
    let pixels = u64::from(width) * u64::from(height);
    (1..=MOST_PIXELS).contains(&pixels).then_some(name)
}

/// Where the first frame of a GIF ends. Webviews enlarge the screen for one that reaches beyond it.
fn first_frame(bytes: &[u8]) -> Option<(u32, u32)> {
    let mut decoder = gif::Decoder::new(Cursor::new(bytes)).ok()?;
    let frame = decoder.next_frame_info().ok()??;
    let end = |from: u16, length: u16| u32::from(from) + u32::from(length);
    Some((end(frame.left, frame.width), end(frame.top, frame.height)))
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

        // The sides less one, in fourteen bits each (RFC 9649, 3.4).
        let mut bomb = encoded(8, 8, ImageFormat::WebP);
        assert_eq!(&bomb[12..16], b"VP8L");
        bomb[21..25].copy_from_slice(&[0xFF, 0xFF, 0xFF, 0x0F]);
        assert_eq!(drawn_as(&bomb), None);
    }

    #[test]
    fn a_first_frame_beyond_the_screen_of_an_animation_counts() {
        let mut bomb = encoded(8, 8, ImageFormat::Gif);
        let frame = bomb.windows(5).position(|bytes| bytes == [b',', 0, 0, 0, 0]).unwrap();
        bomb[frame + 5..frame + 7].copy_from_slice(&60_000_u16.to_le_bytes());
        bomb[frame + 7..frame + 9].copy_from_slice(&60_000_u16.to_le_bytes());
        assert_eq!(first_frame(&bomb), Some((60_000, 60_000)));
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
