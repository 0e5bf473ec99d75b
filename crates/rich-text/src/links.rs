//! Where links may lead.
//!
//! Messages come from other people: a link opens only with an allowed scheme, Matrix links stay in the
//! application, and a person is asked where the text shown names another host than the target.

use ruma::{
    MatrixToUri, MatrixUri, OwnedEventId, OwnedRoomId, OwnedRoomOrAliasId, OwnedUserId,
    matrix_uri::MatrixId,
};
use url::Url;

const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// The parsed target, where its scheme is allowed. An address without a scheme is read as https.
pub fn allowed(target: &str) -> Option<Url> {
    let target = target.trim();
    if target.len() > 4096 {
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

/// Whether the text of a link looks like an address of another host than the one it leads to, or the
/// host mixes scripts so that it may be taken for another (its ASCII form starts with `xn--`).
pub fn shows_another_host(target: &Url, shown: &str) -> bool {
    let Some(host) = target.host_str() else { return false };
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    if !target.username().is_empty() {
        return true;
    }
    let shown = shown.trim();
    let looks_like_address = shown.contains("://") || (shown.contains('.') && !shown.contains(' '));
    if !looks_like_address {
        return false;
    }
    match allowed(shown).as_ref().and_then(Url::host_str) {
        Some(shown_host) => strip_www(shown_host) != strip_www(host),
        None => false,
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

/// Reads `matrix:` and `https://matrix.to` links.
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
