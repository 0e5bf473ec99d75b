//! Names, bodies and file names from other people, made safe to show in one line or to use.

/// Longest name that is shown, in characters.
pub(crate) const LONGEST_NAME: usize = 255;

/// Longest file name, in bytes: all file systems in use take 255, and saving may add a number.
const LONGEST_FILENAME: usize = 200;

/// Characters that change the direction or the visibility of what is around them, or are blank without
/// being white space.
pub(crate) fn is_deceptive(c: char) -> bool {
    matches!(c,
        '\u{00AD}' | '\u{034F}' | '\u{061C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}' | '\u{200E}' | '\u{200F}'
        | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2064}' | '\u{2066}'..='\u{206F}'
        | '\u{2800}' | '\u{3164}' | '\u{FEFF}' | '\u{FFA0}' | '\u{FFF9}'..='\u{FFFB}'
        | '\u{E0000}'..='\u{E007F}')
}

/// Characters that only join or vary what is beside them; scripts and emoji need them.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}' | '\u{FE00}'..='\u{FE0F}')
}

/// A display name, room name or topic in one line of at most 255 characters: no control, direction or
/// invisible characters, no runs of blanks, no tower of combining marks. Empty where nothing of it can
/// be seen.
pub fn clean_name(name: &str) -> String {
    one_line(name, LONGEST_NAME)
}

/// Any text in one line of at most `most` characters, made safe as names are.
pub fn one_line(text: &str, most: usize) -> String {
    let mut out = String::with_capacity(text.len().min(most * 4));
    let mut blank = true;
    let mut marks = 0;
    let mut length = 0;
    for c in text.chars() {
        if length >= most {
            break;
        }
        if c.is_whitespace() || c.is_control() {
            if !blank {
                out.push(' ');
                length += 1;
            }
            blank = true;
            continue;
        }
        if is_deceptive(c) {
            continue;
        }
        marks = if is_combining(c) { marks + 1 } else { 0 };
        if marks > 3 {
            continue;
        }
        blank = false;
        out.push(c);
        length += 1;
    }
    out.truncate(out.trim_end().len());
    if out.chars().all(is_joiner) {
        out.clear();
    }
    out
}

fn is_combining(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}' | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}'
        | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}' | '\u{0483}'..='\u{0489}')
}

/// The body of a message: line breaks stay, other control characters and null bytes go, and direction
/// overrides are removed because they could make a sentence read as its opposite.
pub fn clean_body(body: &str) -> String {
    body.chars()
        .filter(|&c| c == '\n' || c == '\t' || !(c.is_control() || is_override(c)))
        .collect()
}

fn is_override(c: char) -> bool {
    matches!(c, '\u{202D}' | '\u{202E}')
}

/// A file name that is safe on every operating system: one path component, no reserved characters or
/// names (Windows device names), no dots or blanks at its ends, at most 200 bytes with its extension
/// kept. Where nothing is left, `file`.
pub fn clean_filename(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let mut clean: String = clean_name(last)
        .chars()
        .map(|c| if matches!(c, '<' | '>' | ':' | '"' | '|' | '?' | '*') { '_' } else { c })
        .collect();
    clean = clean.trim_matches(['.', ' ']).to_owned();
    let stem = clean.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let device = matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$")
        || ((stem.starts_with("COM") || stem.starts_with("LPT"))
            && stem.chars().count() == 4
            && stem.ends_with(|c: char| c.is_ascii_digit() || matches!(c, '¹' | '²' | '³')));
    if device {
        clean.insert(0, '_');
    }
    if clean.chars().all(is_joiner) {
        return "file".to_owned();
    }
    let mut short = shorten(clean, LONGEST_FILENAME);
    // It may have been cut behind a blank or a dot.
    short.truncate(short.trim_end_matches(['.', ' ']).len());
    short
}

fn shorten(name: String, most: usize) -> String {
    if name.len() <= most {
        return name;
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= 16 => (stem, format!(".{extension}")),
        _ => (name.as_str(), String::new()),
    };
    let mut end = most - extension.len();
    while !stem.is_char_boundary(end.min(stem.len())) {
        end -= 1;
    }
    format!("{}{extension}", &stem[..end.min(stem.len())])
}

/// The key of a reaction, in at most `most` characters. The flags of England, Scotland and Wales keep the tag
/// characters that tell them apart.
pub fn reaction(key: &str, most: usize) -> String {
    const FLAG: char = '\u{1F3F4}';
    let is_tag = |c: char| matches!(c, '\u{E0020}'..='\u{E007F}');
    match key.strip_prefix(FLAG) {
        Some(tags) if !tags.is_empty() && tags.chars().count() <= 8 && tags.chars().all(is_tag) => {
            key.to_owned()
        }
        _ => one_line(key, most),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_flag_of_a_country_within_a_country_is_kept_whole() {
        let wales = "\u{1F3F4}\u{E0067}\u{E0062}\u{E0077}\u{E006C}\u{E0073}\u{E007F}";
        assert_eq!(reaction(wales, 32), wales);
        assert_eq!(reaction(&format!("{wales}x"), 32), "\u{1F3F4}x");
        assert_eq!(reaction(&"\u{E0067}".repeat(5), 32), "");
    }

    #[test]
    fn names_cannot_turn_the_text_around_them() {
        assert_eq!(clean_name("Anna\u{202E}nnA"), "AnnannA");
        assert_eq!(clean_name("a\u{200B}b\u{2066}c"), "abc");
        assert_eq!(clean_name("  two\n\nlines\t "), "two lines");
        assert_eq!(clean_name(&"x".repeat(5000)).len(), 255);
        assert_eq!(clean_name(&format!("{} {}", "x".repeat(254), "y".repeat(5))).len(), 254);
    }

    #[test]
    fn a_line_is_as_long_as_it_may_be_and_not_as_a_name() {
        assert_eq!(one_line(&"x".repeat(600), 500).len(), 500);
        assert_eq!(one_line(&"\u{200B}x\n".repeat(600), 4), "x x");
    }

    #[test]
    fn a_name_of_which_nothing_can_be_seen_is_none() {
        for name in ["\u{3164}", "\u{2800}\u{200D}", "\u{200C}\u{FE0F}", "\u{115F}\u{1160}\u{FFA0}"]
        {
            assert_eq!(clean_name(name), "", "{name:?}");
        }
        assert_eq!(clean_name("👩\u{200D}🚒"), "👩\u{200D}🚒");
    }

    #[test]
    fn a_tower_of_marks_is_cut_to_three() {
        let tower = format!("e{}", "\u{0301}".repeat(50));
        assert_eq!(clean_name(&tower).chars().count(), 4);
    }

    #[test]
    fn file_names_stay_in_their_folder() {
        assert_eq!(clean_filename("../../etc/passwd"), "passwd");
        assert_eq!(clean_filename("..\\..\\boot.ini"), "boot.ini");
        assert_eq!(clean_filename(".bashrc"), "bashrc");
        assert_eq!(clean_filename("a\0b/"), "file");
        assert_eq!(clean_filename(""), "file");
        assert_eq!(clean_filename("CON.txt"), "_CON.txt");
        assert_eq!(clean_filename("com1"), "_com1");
        assert_eq!(clean_filename("Rechnung\u{202E}fdp.exe"), "Rechnungfdp.exe");
        assert_eq!(clean_filename("a:b*c?.pdf"), "a_b_c_.pdf");
    }

    #[test]
    fn a_long_file_name_keeps_its_extension() {
        let name = clean_filename(&format!("{}.pdf", "ü".repeat(240)));
        assert!(name.len() <= 200);
        assert!(name.ends_with(".pdf"));
    }
}
