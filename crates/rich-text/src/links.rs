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
    shown.split_whitespace().any(|word| names_another_host(word, alone, host))
}

/// Among other words, only what is written as an address is one: "z.B." is none.
fn names_another_host(word: &str, alone: bool, host: &str) -> bool {
    let address = match word.split_once("://") {
        Some((before, _)) => {
            let around = before.trim_end_matches(|c: char| c.is_ascii_alphanumeric() || c == '+');
            word.get(around.len()..).unwrap_or_default()
        }
        None if word.starts_with("www.") || (alone && word.contains('.')) => word,
        None => return false,
    };
    let address = address.trim_end_matches(|c: char| !(c.is_alphanumeric() || "/]".contains(c)));
    // The host stands at the beginning.
    let address = address.get(..address.floor_char_boundary(LONGEST / 2)).unwrap_or_default();
    match allowed(address).as_ref().and_then(Url::host_str) {
        Some(shown_host) => strip_www(shown_host) != strip_www(host),
        // Something like an address that is none of those that open.
        None => address.contains("://"),
    }
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
    let id = match MatrixUri::parse(target) {
        Ok(uri) => uri.id().clone(),
        Err(_) => MatrixToUri::parse(target).ok()?.id().clone(),
    };
    Some(match id {
        MatrixId::Room(room) => MatrixLink::Room { room: OwnedRoomId::into(room), event: None },
        MatrixId::RoomAlias(alias) => MatrixLink::Room { room: alias.into(), event: None },
        MatrixId::Event(room, event) => MatrixLink::Room { room, event: Some(event) },
        MatrixId::User(user) => MatrixLink::Person(user),
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

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
        ] {
            assert!(shows_another_host(&target, shown), "{shown}");
        }
        assert!(shows_another_host(&target, &format!("https://bund.de/{}", "x".repeat(5000))));
        for shown in ["Zum Bericht", "siehe z.B. hier", "https://evil.example", "…"] {
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
}
