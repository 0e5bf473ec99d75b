//! The beginning of a text file, in what offices write: UTF-8, UTF-16 (Notepad), Windows-1252 (Excel).

use herold_protocol::FileText;
use herold_rich_text::text::clean_body;

/// Bytes that are shown.
const LONGEST: usize = 256 * 1024;

/// 0x80 to 0x9F; all other bytes are the first 256 characters of Unicode (WHATWG Encoding, "index-windows-1252").
const WINDOWS_1252: [char; 32] = [
    '€', '\u{81}', '‚', 'ƒ', '„', '…', '†', '‡', 'ˆ', '‰', 'Š', '‹', 'Œ', '\u{8D}', 'Ž', '\u{8F}',
    '\u{90}', '‘', '’', '“', '”', '•', '–', '—', '˜', '™', 'š', '›', 'œ', '\u{9D}', 'ž', 'Ÿ',
];

/// `None` where it is no text: it has null bytes, or control characters in an encoding that does not say what it is.
pub(super) fn text_of(bytes: &[u8]) -> Option<FileText> {
    let truncated = bytes.len() > LONGEST;
    let head = bytes.get(..LONGEST).unwrap_or(bytes);
    let text = match head {
        [0xFF, 0xFE, rest @ ..] => utf16(rest, u16::from_le_bytes),
        [0xFE, 0xFF, rest @ ..] => utf16(rest, u16::from_be_bytes),
        [0xEF, 0xBB, 0xBF, rest @ ..] => utf8(rest, truncated)?,
        _ => utf8(head, truncated).or_else(|| windows_1252(head))?,
    };
    (!text.contains('\0')).then(|| FileText { text: clean_body(&text), truncated })
}

fn utf8(bytes: &[u8], truncated: bool) -> Option<String> {
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text,
        // A character may have been cut in two.
        Err(error) if truncated && bytes.len() - error.valid_up_to() < 4 => {
            std::str::from_utf8(bytes.get(..error.valid_up_to())?).ok()?
        }
        Err(_) => return None,
    };
    Some(text.to_owned())
}

fn utf16(bytes: &[u8], unit: fn([u8; 2]) -> u16) -> String {
    let (units, _) = bytes.as_chunks::<2>();
    char::decode_utf16(units.iter().map(|bytes| unit(*bytes)))
        .map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER))
        .collect()
}

fn windows_1252(bytes: &[u8]) -> Option<String> {
    let is_text = |byte: &u8| *byte >= 0x20 || b"\t\n\x0C\r".contains(byte);
    let character = |byte: &u8| match byte {
        0x80..=0x9F => WINDOWS_1252.get(usize::from(byte - 0x80)).copied(),
        _ => Some(char::from(*byte)),
    };
    bytes.iter().all(is_text).then(|| bytes.iter().filter_map(character).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(bytes: &[u8]) -> Option<String> {
        text_of(bytes).map(|text| text.text)
    }

    #[test]
    fn only_text_is_shown_as_text() {
        assert_eq!(shown("Grüße\n".as_bytes()).unwrap(), "Grüße\n");
        assert!(shown(b"\0\x01").is_none());
        assert!(shown(b"\x89PNG\r\n\x1A\n").is_none());
        let long = "ä".repeat(LONGEST);
        assert!(text_of(long.as_bytes()).unwrap().truncated);
    }

    #[test]
    fn text_is_read_in_what_offices_write() {
        assert_eq!(shown(b"\xEF\xBB\xBFGr\xC3\xBC\xC3\x9Fe").unwrap(), "Grüße");
        assert_eq!(shown(b"Gr\xFC\xDFe;12 \x80;\x84Amt\x93").unwrap(), "Grüße;12 €;„Amt“");
        assert_eq!(shown(b"\xFF\xFEG\0r\0\xFC\0\xDF\0e\0").unwrap(), "Grüße");
        assert_eq!(shown(b"\xFE\xFF\0G\0r\0\xFC\0\xDF\0e").unwrap(), "Grüße");
        // Half a character at the end.
        assert_eq!(shown(b"\xFF\xFEG\0\x3D\xD8").unwrap(), "G\u{FFFD}");
    }
}
