//! Where links may lead.
//!
//! Messages come from other people: a link opens only with an allowed scheme, Matrix links stay in the
//! application, and a person is asked where the text shown names another host than the target.

use ruma::{
    MatrixToUri, MatrixUri, OwnedEventId, OwnedRoomId, OwnedRoomOrAliasId, OwnedUserId,
    matrix_uri::MatrixId,
};
use url::Url;

use crate::text::is_deceptive;

const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// Bytes of an address.
const LONGEST: usize = 4096;

/// What is drawn as a dot, or read as one in the name of a host (UTS #46).
const DOTS: [char; 5] = ['.', '\u{2024}', '\u{3002}', '\u{FF0E}', '\u{FF61}'];

/// The parsed target, where its scheme is allowed (`https`, `http`, `mailto`, `tel`) and it has at most
/// 4,096 bytes. An address without a scheme is read as https.
pub fn allowed(target: &str) -> Option<Url> {
    let target = target.trim();
    if target.len() > LONGEST {
        return None;
    }
    let url = match Url::parse(target) {
        Ok(url) => url,
        Err(url::ParseError::RelativeUrlWithoutBase)
            if target.contains('.')
                && !target.contains([' ', '\\'])
                && !target.starts_with(['/', '.']) =>
        {
            Url::parse(&format!("https://{target}")).ok()?
        }
        Err(_) => return None,
    };
    let web = matches!(url.scheme(), "http" | "https");
    (SCHEMES.contains(&url.scheme()) && (!web || url.host_str().is_some())).then_some(url)
}

/// A place (`geo:`, RFC 5870) that a program for maps can open: latitude and longitude alone, whatever else was said.
pub fn place(target: &str) -> Option<Url> {
    let coordinates = target.strip_prefix("geo:")?.split([';', '?']).next()?;
    let mut numbers = coordinates.split(',').map(|number| number.parse::<f64>().ok());
    let (latitude, longitude) = (numbers.next()??, numbers.next()??);
    let is_on_earth = (-90.0..=90.0).contains(&latitude) && (-180.0..=180.0).contains(&longitude);
    if !is_on_earth {
        return None;
    }
    Url::parse(&format!("geo:{latitude},{longitude}")).ok()
}

/// Whether the text of a link holds an address of another host than the one it leads to, or the host may
/// be taken for another: it is not ASCII (a label starts with `xn--`), or a user name stands before it.
pub fn shows_another_host(target: &Url, shown: &str) -> bool {
    let Some(host) = target.host_str() else { return false };
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    if !target.username().is_empty() {
        return true;
    }
    // People read an address over characters that they do not see, and over other dots.
    let shown: String = shown
        .chars()
        .filter(|&c| !(is_deceptive(c) || matches!(c, '\u{200C}' | '\u{200D}')))
        .map(|c| if DOTS.contains(&c) { '.' } else { c })
        .collect();
    let alone = !shown.trim().contains(char::is_whitespace);
    let mut hosts: Vec<_> =
        shown.split_whitespace().filter_map(|word| host_in(word, alone)).collect();
    if hosts.is_empty() {
        // Nor do they stumble over a blank or a line break in it.
        hosts.extend(host_in(&shown.split_whitespace().collect::<String>(), false));
    }
    hosts
        .iter()
        .any(|named| named.as_deref().is_none_or(|named| strip_www(named) != strip_www(host)))
}

/// The host that a word names, or `Some(None)` for something like an address that is none of those that
/// open. Among other words, only what is written as an address is one: "z.B." is none.
fn host_in(word: &str, alone: bool) -> Option<Option<String>> {
    let address = match address_in(word) {
        Some(address) => address,
        None if word.starts_with("www.") || (alone && word.contains('.')) => word,
        None => return None,
    };
    let address = address.trim_end_matches(|c: char| !(c.is_alphanumeric() || "/]".contains(c)));
    // The host stands at the beginning.
    let address = address.get(..address.floor_char_boundary(LONGEST / 2)).unwrap_or_default();
    match allowed(address).as_ref().and_then(Url::host_str) {
        Some(host) => Some(Some(host.to_owned())),
        None => address.contains("://").then_some(None),
    }
}

/// The first address in a word, with what follows it. Browsers, and people, read `https:bund.de` as one.
fn address_in(word: &str) -> Option<&str> {
    let scheme = |at: usize| {
        let before = word.get(..at).unwrap_or_default();
        before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '+').len()
    };
    let lower = word.to_ascii_lowercase();
    let starts = [word.find("://").map(scheme), lower.find("http:"), lower.find("https:")];
    word.get(starts.into_iter().flatten().min()?..)
}

fn strip_www(host: &str) -> &str {
    host.strip_prefix("www.").unwrap_or(host)
}

/// What a Matrix link points to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum MatrixLink {
    Room {
        room: OwnedRoomOrAliasId,
        event: Option<OwnedEventId>,
    },
    /// A person; leads to the direct chat with them.
    Person(OwnedUserId),
}

/// Reads `matrix:` and `https://matrix.to` links (specification, "URIs").
pub fn matrix_link(target: &str) -> Option<MatrixLink> {
    Some(match matrix_id(target)? {
        MatrixId::Room(room) => MatrixLink::Room { room: OwnedRoomId::into(room), event: None },
        MatrixId::RoomAlias(alias) => MatrixLink::Room { room: alias.into(), event: None },
        MatrixId::Event(room, event) => MatrixLink::Room { room, event: Some(event) },
        MatrixId::User(user) => MatrixLink::Person(user),
        _ => return None,
    })
}

/// What a Matrix link names.
pub(crate) fn matrix_id(target: &str) -> Option<MatrixId> {
    if let Ok(uri) = MatrixUri::parse(target) {
        return Some(uri.id().clone());
    }
    // ruma-common 0.20 indexes into an empty identifier where a slash stands before or after a slash.
    let named = target.split('?').next().unwrap_or_default();
    let (_, identifiers) = named.split_once("/#/")?;
    if identifiers.starts_with('/') || identifiers.contains("//") {
        return None;
    }
    Some(MatrixToUri::parse(target).ok()?.id().clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_two_numbers() {
        let opened = |target: &str| place(target).map(|url| url.to_string());
        assert_eq!(opened("geo:52.5186,13.3761;u=35").as_deref(), Some("geo:52.5186,13.3761"));
        assert_eq!(opened("geo:-1,2,3").as_deref(), Some("geo:-1,2"));
        for bad in ["geo:", "geo:1", "geo:91,0", "geo:a,b", "geo:1,2$(id)", "file:1,2", "geo:NaN,1"]
        {
            assert_eq!(opened(bad), None, "{bad}");
        }
    }

    #[test]
    fn only_harmless_schemes_open() {
        for target in ["https://bund.de/x", "http://intranet/", "mailto:a@b.de", "tel:+49301234"] {
            assert!(allowed(target).is_some(), "{target}");
        }
        for target in [
            "javascript:alert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "vbscript:x",
            "smb://server/share",
            "ms-msdt:/id",
            "../relative",
            "/absolute",
            "https://",
            "",
        ] {
            assert!(allowed(target).is_none(), "{target}");
        }
    }

    #[test]
    fn look_alike_hosts_are_suspicious() {
        let target = allowed("https://bund.de.evil.example").unwrap();
        assert!(shows_another_host(&target, "https://bund.de"));
        assert!(!shows_another_host(&allowed("https://www.bund.de/a").unwrap(), "bund.de"));
        assert!(!shows_another_host(&allowed("https://bund.de/").unwrap(), "click here"));
        assert!(shows_another_host(&allowed("https://bünd.de/").unwrap(), "bünd.de"));
        assert!(shows_another_host(&allowed("https://bund.de@evil.example/").unwrap(), "here"));
        assert!(!shows_another_host(
            &allowed("https://bund.de/").unwrap(),
            "z.B. (https://bund.de)."
        ));
    }

    #[test]
    fn an_address_in_the_text_of_a_link_is_read_as_people_read_it() {
        let target = allowed("https://evil.example/").unwrap();
        for shown in [
            "Siehe https://bund.de/",
            "(https://bund.de)",
            "bund。de",
            "https\u{200B}://bund.de",
            "https:\u{200D}//bund.de",
            "ftp://bund.de",
            "Anmeldung: www.bund.de",
            "Siehe https:bund.de/ und mehr",
            "HTTPS:\\\\bund.de",
            "https:\n//bund.de",
            "Siehe https:/ /bund.de",
        ] {
            assert!(shows_another_host(&target, shown), "{shown}");
        }
        assert!(shows_another_host(&target, &format!("https://bund.de/{}", "x".repeat(5000))));
        for shown in [
            "https://evil.example und mehr",
            "Zum Bericht",
            "siehe z.B. hier",
            "https://evil.example",
            "…",
        ] {
            assert!(!shows_another_host(&target, shown), "{shown}");
        }
    }

    #[test]
    fn matrix_links_name_rooms_events_and_people() {
        assert!(matches!(
            matrix_link("matrix:r/amt:example.org"),
            Some(MatrixLink::Room { event: None, .. })
        ));
        assert!(matches!(
            matrix_link("https://matrix.to/#/!abc:example.org/$event?via=example.org"),
            Some(MatrixLink::Room { event: Some(_), .. })
        ));
        assert!(matches!(matrix_link("matrix:u/anna:example.org"), Some(MatrixLink::Person(_))));
        assert_eq!(matrix_link("https://example.org/"), None);
    }

    #[test]
    fn a_matrix_link_with_an_empty_part_does_not_end_the_conversation() {
        for target in [
            "https://matrix.to/#//",
            "https://matrix.to/#//x",
            "https://matrix.to/#///evil.example/",
            "https://matrix.to/#/!a:b.c//",
            "https://matrix.to/#/!a:b.c//?via=b.c",
            "https://matrix.to/#/!a:b.c//$x",
            "https://matrix.to/#//?via=b.c",
            "matrix:r//e/",
            "matrix:///",
            "matrix:u//",
        ] {
            assert_eq!(matrix_link(target), None, "{target}");
        }
    }
}
