//! What a place is called (specification, "m.location"; MSC3488).

use herold_rich_text::text::one_line;
use matrix_sdk::ruma::events::room::message::LocationMessageEventContent;

const LONGEST: usize = 500;

/// Its description; the body, for clients that know no places, only where it is more than coordinates. May be
/// empty.
pub(super) fn name(location: &LocationMessageEventContent) -> String {
    let described = location.location.as_ref().and_then(|place| place.description.as_deref());
    let described = described.map(|text| one_line(text, LONGEST)).filter(|text| !text.is_empty());
    described.unwrap_or_else(|| {
        let body = one_line(&location.body, LONGEST);
        if body.contains("geo:") { String::new() } else { body }
    })
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::events::location::LocationContent;

    use super::*;

    const RATHAUS: &str = "geo:48.137,11.575";

    fn place(body: &str, description: Option<&str>) -> LocationMessageEventContent {
        let mut content = LocationMessageEventContent::new(body.to_owned(), RATHAUS.to_owned());
        let mut location = LocationContent::new(RATHAUS.to_owned());
        location.description = description.map(ToOwned::to_owned);
        content.location = Some(location);
        content
    }

    #[test]
    fn a_place_is_called_by_its_description() {
        assert_eq!(name(&place("Rathaus (geo:48.137,11.575)", Some("Rathaus"))), "Rathaus");
        assert_eq!(name(&place("Rathaus", None)), "Rathaus");
    }

    #[test]
    fn coordinates_are_no_name() {
        assert_eq!(name(&place(RATHAUS, None)), "");
        let sentence = "Location was shared at geo:48.137,11.575 as of 2026-11-28";
        assert_eq!(name(&place(sentence, Some(" "))), "");
    }
}
