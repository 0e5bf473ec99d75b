//! What may be handed to the system's program for it. What a file is called decides what that program does with it.

use herold_rich_text::text::clean_filename;

/// Whether a file is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opening {
    AtOnce,
    /// It may hold programs that the program for it runs or asks about, or lead elsewhere.
    Asked,
    /// It may be a program, or nobody knows what it is.
    Never,
}

/// Documents, pictures, sounds, films and archives that are only shown.
const SHOWN: [&str; 56] = [
    "7z", "aac", "avi", "avif", "bmp", "csv", "docx", "epub", "flac", "gif", "gpx", "gz", "heic",
    "heif", "ics", "jpe", "jpeg", "jpg", "json", "jxl", "log", "m4a", "m4v", "md", "mkv", "mov",
    "mp3", "mp4", "mpeg", "mpg", "odg", "odp", "ods", "odt", "oga", "ogg", "ogv", "opus", "p7m",
    "p7s", "pdf", "png", "pptx", "rtf", "tar", "tif", "tiff", "txt", "vcf", "wav", "webm", "webp",
    "xlsx", "xps", "xz", "zip",
];

/// Documents with macros, pages, and what experts' programs read.
const ASKED: [&str; 34] = [
    "accdb", "doc", "docm", "dot", "dotm", "dotx", "dwg", "dxf", "eml", "gml", "gpkg", "htm",
    "html", "ifc", "kml", "kmz", "msg", "odb", "odf", "otp", "ots", "ott", "potm", "potx", "pps",
    "ppsm", "ppsx", "ppt", "pptm", "svg", "xls", "xlsb", "xlsm", "xml",
];

/// What becomes of opening a file of this name.
pub fn opening(filename: &str) -> Opening {
    let filename = clean_filename(filename);
    // A name without an extension may be a program, too.
    let Some((_, extension)) = filename.rsplit_once('.') else { return Opening::Never };
    let extension = extension.to_lowercase();
    if SHOWN.contains(&extension.as_str()) {
        Opening::AtOnce
    } else if ASKED.contains(&extension.as_str()) {
        Opening::Asked
    } else {
        Opening::Never
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_a_program_is_never_opened_whatever_its_name_plays() {
        for name in [
            "a.exe",
            "Rechnung.pdf.EXE",
            "run",
            "b.\u{202E}fdp.js",
            "c.exe ",
            "Plan.pdf.lnk",
            "Haushalt.xll",
            "hilfe.chm",
            "amt.appref-ms",
            "disk.vhdx",
            "fern.rdp",
            "neu.unbekannt",
            ".desktop",
            "x.",
        ] {
            assert_eq!(opening(name), Opening::Never, "{name}");
        }
    }

    #[test]
    fn what_may_hold_a_program_is_asked_about() {
        for name in ["Tabelle.xlsm", "Brief.DOC", "Seite.html", "Plan.svg", "Rechnung.xml"] {
            assert_eq!(opening(name), Opening::Asked, "{name}");
        }
    }

    #[test]
    fn a_document_is_opened() {
        for name in ["Niederschrift.pdf", "Plan.PNG", "Tabelle.xlsx", "Vermerk v1.2.odt"] {
            assert_eq!(opening(name), Opening::AtOnce, "{name}");
        }
    }
}
