//! Reads what a page says of itself, as the homeserver passes it on (specification, "GET
//! /_matrix/client/v1/media/preview_url").
//!
//! The page is whoever's: every value may be of the wrong type, endless, or made to deceive.

use herold_rich_text::text::one_line;
use matrix_sdk::ruma::OwnedMxcUri;
use serde_json::{Map, Value};

/// Bytes of an answer that are read.
const LONGEST_ANSWER: usize = 256 * 1024;
/// Characters that are shown.
const LONGEST_SITE: usize = 60;
const LONGEST_TITLE: usize = 140;
const LONGEST_DESCRIPTION: usize = 240;
/// A picture that claims to be larger is left out, like one of more bytes. The homeserver makes it small.
const MOST_PIXELS: u64 = 16_384;
const LARGEST_PICTURE: u64 = 20 * 1024 * 1024;
const LONGEST_URI: usize = 512;

/// What is worth showing.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Facts {
    pub(super) site: Option<String>,
    pub(super) title: Option<String>,
    pub(super) description: Option<String>,
    pub(super) picture: Option<OwnedMxcUri>,
}

/// `None` where nothing in it is worth a card.
pub(super) fn read(json: &str) -> Option<Facts> {
    if json.len() > LONGEST_ANSWER {
        return None;
    }
    let values: Map<String, Value> = serde_json::from_str(json).ok()?;
    let title = line(&values, "og:title", LONGEST_TITLE);
    let facts = Facts {
        site: line(&values, "og:site_name", LONGEST_SITE),
        description: line(&values, "og:description", LONGEST_DESCRIPTION)
            .filter(|description| title.as_ref() != Some(description)),
        title,
        picture: picture(&values),
    };
    let says_something =
        facts.title.is_some() || facts.description.is_some() || facts.picture.is_some();
    says_something.then_some(facts)
}

fn line(values: &Map<String, Value>, name: &str, most: usize) -> Option<String> {
    let text = values.get(name)?.as_str()?;
    let clean = one_line(text, most);
    let clean = clean.trim_end();
    if clean.is_empty() {
        return None;
    }
    // Something was cut where there is more text than is looked at.
    let cut = text.chars().nth(most).is_some() && clean.chars().count() + 1 >= most;
    Some(if cut { format!("{clean}…") } else { clean.to_owned() })
}

fn picture(values: &Map<String, Value>) -> Option<OwnedMxcUri> {
    let text = values.get("og:image")?.as_str().filter(|text| text.len() <= LONGEST_URI)?;
    let within = |name: &str, most: u64| number(values, name).is_none_or(|value| value <= most);
    let fits = within("og:image:width", MOST_PIXELS)
        && within("og:image:height", MOST_PIXELS)
        && within("matrix:image:size", LARGEST_PICTURE);
    let uri = OwnedMxcUri::from(text);
    (fits && uri.is_valid()).then_some(uri)
}

/// Pages write numbers as text; what is no number says nothing.
fn number(values: &Map<String, Value>, name: &str) -> Option<u64> {
    match values.get(name)? {
        Value::Number(number) => number.as_u64(),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read_value(value: &Value) -> Option<Facts> {
        read(&value.to_string())
    }

    #[test]
    fn a_page_is_read_as_the_server_passes_it_on() {
        let facts = read_value(&json!({
            "og:title": "Neuer Radweg am Bahnhof",
            "og:site_name": "Stadt Lindenau",
            "og:description": "Der Bau beginnt\nim März.",
            "og:image": "mxc://lindenau.example/ascERGshawAWawugaAcauga",
            "og:image:width": 640,
            "og:image:height": "480",
            "og:image:type": "image/png",
            "matrix:image:size": 102_400,
            "og:url": "https://evil.example/",
        }))
        .unwrap();
        assert_eq!(facts.title.as_deref(), Some("Neuer Radweg am Bahnhof"));
        assert_eq!(facts.site.as_deref(), Some("Stadt Lindenau"));
        assert_eq!(facts.description.as_deref(), Some("Der Bau beginnt im März."));
        assert_eq!(facts.picture.unwrap(), "mxc://lindenau.example/ascERGshawAWawugaAcauga");
    }

    #[test]
    fn values_of_the_wrong_type_are_left_out() {
        let facts = read_value(&json!({
            "og:title": ["a", "b"],
            "og:site_name": { "x": 1 },
            "og:description": "Etwas",
            "og:image": 7,
        }))
        .unwrap();
        assert_eq!(facts, Facts { description: Some("Etwas".to_owned()), ..Facts::default() });
        for nothing in [json!({}), json!([]), json!("x"), json!(null), json!({ "og:title": null })]
        {
            assert_eq!(read_value(&nothing), None, "{nothing}");
        }
        assert_eq!(read("{"), None);
        assert_eq!(read(&"[".repeat(10_000)), None);
    }

    #[test]
    fn a_site_alone_is_not_worth_a_card() {
        assert_eq!(
            read_value(&json!({ "og:site_name": "Lindenau", "og:title": " \u{200B} " })),
            None
        );
    }

    #[test]
    fn endless_values_are_cut() {
        let facts = read_value(&json!({
            "og:title": "ä".repeat(10_000),
            "og:description": "b ".repeat(10_000),
        }))
        .unwrap();
        let title = facts.title.unwrap();
        assert_eq!(title.chars().count(), LONGEST_TITLE + 1);
        assert!(title.ends_with('…'));
        assert!(facts.description.unwrap().chars().count() <= LONGEST_DESCRIPTION + 1);
        assert_eq!(read_value(&json!({ "og:title": "x".repeat(LONGEST_ANSWER) })), None);
    }

    #[test]
    fn a_title_cannot_turn_the_text_around_it() {
        let facts = read_value(&json!({ "og:title": "Rechnung\u{202E}fdp\u{200B}\u{0}\n.exe" }));
        assert_eq!(facts.unwrap().title.as_deref(), Some("Rechnungfdp .exe"));
    }

    #[test]
    fn a_description_that_repeats_the_title_is_not_said_twice() {
        let facts = read_value(&json!({ "og:title": "Plan", "og:description": "Plan" })).unwrap();
        assert_eq!(facts.description, None);
    }

    #[test]
    fn only_a_picture_that_the_server_holds_is_shown() {
        for image in [
            "https://evil.example/track.png",
            "data:image/png;base64,AAAA",
            "mxc://",
            "mxc://lindenau.example",
            "mxc://lindenau.example/../x",
            "herold-media://localhost/0123456789abcdef",
        ] {
            let facts = read_value(&json!({ "og:title": "x", "og:image": image })).unwrap();
            assert_eq!(facts.picture, None, "{image}");
        }
        let long = format!("mxc://lindenau.example/{}", "a".repeat(600));
        assert_eq!(read_value(&json!({ "og:image": long })), None);
    }

    #[test]
    fn a_picture_that_claims_to_be_enormous_is_left_out() {
        for (name, value) in [
            ("og:image:width", json!(100_000)),
            ("og:image:height", json!("100000")),
            ("matrix:image:size", json!(1_000_000_000)),
        ] {
            let mut page = json!({ "og:title": "x", "og:image": "mxc://lindenau.example/a" });
            page[name] = value;
            assert_eq!(read_value(&page).unwrap().picture, None, "{name}");
        }
    }
}
