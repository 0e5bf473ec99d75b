//! Where links may lead.
//!
//! Messages come from other people: a link opens only with an allowed scheme, Matrix links stay in the
//! application, and a person is asked where the text shown names another host than the target.

use percent_encoding::percent_decode_str;
use ruma::{
    MatrixToUri, MatrixUri, OwnedEventId, OwnedRoomId, OwnedRoomOrAliasId, OwnedUserId,
    matrix_uri::MatrixId,
};
use url::Url;

use crate::text::is_deceptive;

const SCHEMES: [&str; 4] = ["https", "http", "mailto", "tel"];

/// Bytes of an address.
const LONGEST: usize = 4096;

/// The ends of addresses that people know without anything before them. Files are not called so.
const TOP_LEVELS: [&str; 32] = [
    "at", "be", "bayern", "berlin", "ch", "com", "cz", "de", "dk", "edu", "es", "eu", "fr", "gov",
    "hamburg", "info", "int", "it", "koeln", "li", "lu", "mil", "net", "nl", "nrw", "org", "pl",
    "pt", "ruhr", "saarland", "se", "uk",
];

/// What is drawn as a dot, or read as one in the name of a host (UTS #46).
const DOTS: [char; 5] = ['.', '\u{2024}', '\u{3002}', '\u{FF0E}', '\u{FF61}'];

/// The parsed target, where its scheme is allowed (`https`, `http`, `mailto`, `tel`) and it has at most
/// 4,096 bytes. An address without a scheme is read as https.
pub fn allowed(target: &str) -> Option<Url> {
    let target = target.trim();
    if target.len() > LONGEST {
        return None;
    }
    let mut url = match Url::parse(target) {
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
    if url.scheme() == "mailto" {
        keep_what_is_seen(&mut url);
    }
    let web = matches!(url.scheme(), "http" | "https");
    (SCHEMES.contains(&url.scheme()) && (!web || url.host_str().is_some())).then_some(url)
}

/// A message to write has recipients, a subject and a text (RFC 6068): no copies for others, and no files, which some
/// programs would attach.
fn keep_what_is_seen(mailto: &mut Url) {
    let seen = |field: &&str| {
        let name = field.split('=').next().unwrap_or_default();
        ["subject", "body"].iter().any(|seen| name.eq_ignore_ascii_case(seen))
    };
    let fields: Vec<_> = mailto.query().unwrap_or_default().split('&').filter(seen).collect();
    let fields = fields.join("&");
    mailto.set_query((!fields.is_empty()).then_some(&fields));
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

/// Whether the text of a link holds another address, mailbox or number than the one it leads to, or its host may
/// be taken for another: it is not ASCII (a label starts with `xn--`), or a user name stands before it.
pub fn shows_another_target(target: &Url, shown: &str) -> bool {
    // People read an address over characters that they do not see, and over other dots.
    let shown: String = shown
        .chars()
        .filter(|&c| !(is_deceptive(c) || matches!(c, '\u{200C}' | '\u{200D}')))
        .map(|c| if DOTS.contains(&c) { '.' } else { c })
        .collect();
    match (target.scheme(), target.host_str()) {
        ("mailto", _) => shows_another_mailbox(target.path(), &shown),
        ("tel", _) => shows_another_number(target.path(), &shown),
        (_, Some(host)) => shows_another_host(target, host, &shown),
        _ => false,
    }
}

/// `recipients` as in a `mailto:` address. Where a mailbox is shown, it is one of them, and each of them is shown. Another
/// address misleads here, too.
fn shows_another_mailbox(recipients: &str, shown: &str) -> bool {
    let recipients = percent_decode_str(recipients).decode_utf8_lossy().to_lowercase();
    let recipients: Vec<_> = recipients.split(',').map(str::trim).collect();
    let mut mailboxes = Vec::new();
    for word in shown.split(|c: char| c.is_whitespace() || c == ',') {
        let word = word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
        let word = word.strip_prefix("mailto:").unwrap_or(&word);
        match word.split_once('@') {
            Some((_, domain)) if domain.contains('.') => mailboxes.push(word.to_owned()),
            _ if address_in(word).is_some() || word.starts_with("www.") => return true,
            _ => {}
        }
    }
    let is_recipient = |mailbox: &String| recipients.contains(&mailbox.as_str());
    let is_shown = |recipient: &&str| mailboxes.iter().any(|mailbox| mailbox == recipient);
    !(mailboxes.iter().all(is_recipient)
        && (mailboxes.is_empty() || recipients.iter().all(is_shown)))
}

/// By the last digits: numbers are written with and without the code of a country. Of several, one is called.
fn shows_another_number(number: &str, shown: &str) -> bool {
    const COMPARED: usize = 6;
    let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
    let number = digits(number.split(';').next().unwrap_or_default());
    let part_of_one = |c: char| c.is_ascii_digit() || c.is_whitespace() || "()-/+.".contains(c);
    let mut numbers =
        shown.split(|c| !part_of_one(c)).map(digits).filter(|shown| shown.len() >= COMPARED);
    let is_called =
        |shown: &String| number.ends_with(shown.get(shown.len() - COMPARED..).unwrap_or_default());
    let first = numbers.next();
    first.is_some_and(|first| !is_called(&first) || numbers.any(|other| !is_called(&other)))
}

fn shows_another_host(target: &Url, host: &str, shown: &str) -> bool {
    if host.split('.').any(|label| label.starts_with("xn--")) {
        return true;
    }
    if !target.username().is_empty() {
        return true;
    }
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
/// open. Among other words, only what is written as an address is one, or ends like one: "z.B." is none.
fn host_in(word: &str, alone: bool) -> Option<Option<String>> {
    let address = match address_in(word) {
        Some(address) => address,
        None if word.starts_with("www.") || (alone && word.contains('.')) => word,
        None => return bare_host(word).map(Some),
    };
    let address = address.trim_end_matches(|c: char| !(c.is_alphanumeric() || "/]".contains(c)));
    // The host stands at the beginning.
    let address = address.get(..address.floor_char_boundary(LONGEST / 2)).unwrap_or_default();
    match allowed(address).as_ref().and_then(Url::host_str) {
        Some(host) => Some(Some(host.to_owned())),
        None => address.contains("://").then_some(None),
    }
}

/// "bund.de/anmelden", or the domain of a mailbox.
fn bare_host(word: &str) -> Option<String> {
    let word = word.trim_start_matches(|c: char| !c.is_alphanumeric());
    let word = word.split(['/', '?', '#', ':', ',', ';', ')', '"', '>']).next()?;
    let host = word.rsplit('@').next()?.trim_end_matches(|c: char| !c.is_alphanumeric());
    let (names, top) = host.rsplit_once('.')?;
    let is_top = TOP_LEVELS.iter().any(|known| known.eq_ignore_ascii_case(top));
    let is_name =
        |name: &str| !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '-');
    if !(is_top && names.split('.').all(is_name)) {
        return None;
    }
    Url::parse(&format!("https://{host}")).ok()?.host_str().map(ToOwned::to_owned)
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
        assert!(shows_another_target(&target, "https://bund.de"));
        assert!(!shows_another_target(&allowed("https://www.bund.de/a").unwrap(), "bund.de"));
        assert!(!shows_another_target(&allowed("https://bund.de/").unwrap(), "click here"));
        assert!(shows_another_target(&allowed("https://bünd.de/").unwrap(), "bünd.de"));
        assert!(shows_another_target(&allowed("https://bund.de@evil.example/").unwrap(), "here"));
        assert!(!shows_another_target(
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
            "Jetzt auf bund.de anmelden",
            "bund.de ›",
            "Zur Seite (Bund.DE/anmelden).",
            "An poststelle@bund.de schreiben",
        ] {
            assert!(shows_another_target(&target, shown), "{shown}");
        }
        assert!(shows_another_target(&target, &format!("https://bund.de/{}", "x".repeat(5000))));
        for shown in [
            "https://evil.example und mehr",
            "Zum Bericht",
            "siehe z.B. hier",
            "Niederschrift.pdf und Plan.odt",
            "Ende.Anfang, Nr.12, d.h. u.a. hier",
            "Auf evil.example anmelden",
            "An post@evil.example schreiben",
            "https://evil.example",
            "…",
        ] {
            assert!(!shows_another_target(&target, shown), "{shown}");
        }
    }

    #[test]
    fn a_mailbox_and_a_number_are_those_that_are_shown() {
        let mail = allowed("mailto:Poststelle@bund.de,zweite@bund.de").unwrap();
        for shown in [
            "poststelle@bund.de,zweite@bund.de",
            "An <zweite@bund.de> und mailto:Poststelle@bund.de.",
            "Schreiben Sie uns",
        ] {
            assert!(!shows_another_target(&mail, shown), "{shown}");
        }
        for shown in [
            "poststelle@bund.de",
            "poststelle@land.de",
            "(post\u{200B}stelle@land.de)",
            "https://bund.de",
            "www.bund.de",
        ] {
            assert!(shows_another_target(&mail, shown), "{shown}");
        }
        let call = allowed("tel:+49-30-1234567;ext=12").unwrap();
        for shown in [
            "030 / 123 45 67",
            "+49 30 1234567",
            "Rufen Sie an",
            "Zimmer 12, Apparat 1",
            "030 1234567, Mo–Fr 8–12",
        ] {
            assert!(!shows_another_target(&call, shown), "{shown}");
        }
        assert!(shows_another_target(&call, "115 oder 030 7654321"));
    }

    #[test]
    fn a_message_to_write_holds_nothing_that_is_not_seen() {
        let of = |target| allowed(target).unwrap().to_string();
        let all = "mailto:a@bund.de?Subject=Termin%20am&bcc=x@evil.example&attach=/etc/passwd&body=Guten%20Tag&to=y@evil.example";
        assert_eq!(of(all), "mailto:a@bund.de?Subject=Termin%20am&body=Guten%20Tag");
        assert_eq!(of("mailto:a@bund.de?cc=x@evil.example"), "mailto:a@bund.de");
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
