//! Several files in one message (MSC4274): what is said with them.

use matrix_sdk::ruma::events::room::message::{
    FormattedBody, GalleryItemType, GalleryMessageEventContent,
};

/// What is said with the files of a gallery. Its body alone is no caption where it lists the files, for clients
/// that know no galleries (MSC4274, "Potential issues").
pub(crate) fn caption(
    gallery: &GalleryMessageEventContent,
) -> Option<(&str, Option<&FormattedBody>)> {
    let body = gallery.body.as_str();
    let only_lists = gallery.formatted.is_none() && body == names(gallery);
    (!body.trim().is_empty() && !only_lists).then_some((body, gallery.formatted.as_ref()))
}

/// The body of a gallery with which nothing is said.
pub(crate) fn names(gallery: &GalleryMessageEventContent) -> String {
    listed(gallery.itemtypes.iter().map(filename))
}

/// The names of files, one a line.
pub(crate) fn listed<'a>(names: impl Iterator<Item = &'a str>) -> String {
    names.collect::<Vec<_>>().join("\n")
}

fn filename(item: &GalleryItemType) -> &str {
    match item {
        GalleryItemType::Image(file) => file.filename(),
        GalleryItemType::Video(file) => file.filename(),
        GalleryItemType::Audio(file) => file.filename(),
        GalleryItemType::File(file) => file.filename(),
        other => other.body(),
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::events::room::{MediaSource, message::FileMessageEventContent};

    use super::*;

    #[test]
    fn a_list_of_the_files_is_no_caption() {
        let items = ["Plan A.pdf", "Foto.jpg"].map(|name| {
            let source = MediaSource::Plain("mxc://example.org/file".into());
            GalleryItemType::File(FileMessageEventContent::new(name.to_owned(), source))
        });
        let gallery =
            |body: &str| GalleryMessageEventContent::new(body.to_owned(), None, items.to_vec());
        let names = listed(items.iter().map(filename));
        assert_eq!(names, "Plan A.pdf\nFoto.jpg");
        assert!(caption(&gallery(&names)).is_none());
        assert!(caption(&gallery(" ")).is_none());
        assert_eq!(caption(&gallery("Begehung")).map(|(body, _)| body), Some("Begehung"));
        let mut formatted = gallery(&names);
        formatted.formatted = Some(FormattedBody::html("<b>Plan A.pdf</b>"));
        assert!(caption(&formatted).is_some(), "somebody wrote that");
    }
}
