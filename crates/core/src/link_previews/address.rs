//! Which addresses the homeserver is asked about.
//!
//! The homeserver has the last word on what it fetches. That it is not even asked about addresses of an
//! internal network is a second line: it keeps them from a server elsewhere, too.

use std::net::{Ipv4Addr, Ipv6Addr};

use herold_rich_text::links;
use url::{Host, Url};

const LONGEST: usize = 2048;

/// Names that exist only within one network or one machine (RFC 6761, 6762, 7686, 8375, 9476; ICANN for
/// `internal`), and those that are used like them.
const PRIVATE_ENDINGS: [&str; 13] = [
    "alt",
    "arpa",
    "corp",
    "domain",
    "home",
    "internal",
    "intranet",
    "invalid",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
];

/// The address to ask about: on the web, at a host that looks public, without what only the reader's
/// browser needs (the part after `#` may be a key). `None` where it is not to be asked about.
pub(super) fn to_ask_about(target: &str) -> Option<Url> {
    let mut url = links::allowed(target)?;
    url.set_fragment(None);
    let fits = matches!(url.scheme(), "http" | "https")
        && url.as_str().len() <= LONGEST
        && url.username().is_empty()
        && url.password().is_none()
        && links::matrix_link(target).is_none()
        && url.host().is_some_and(|host| looks_public(&host));
    fits.then_some(url)
}

fn looks_public(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => is_public_name(name),
        Host::Ipv4(address) => is_public_v4(*address),
        Host::Ipv6(address) => is_public_v6(*address),
    }
}

fn is_public_name(name: &str) -> bool {
    let name = name.strip_suffix('.').unwrap_or(name);
    name.rsplit_once('.').is_some_and(|(before, ending)| {
        !before.is_empty() && !ending.is_empty() && !PRIVATE_ENDINGS.contains(&ending)
    })
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, second, third, _] = address.octets();
    !(address.is_private()
        || address.is_loopback()
        || address.is_link_local()
        || address.is_documentation()
        || first == 0
        // Shared by a provider's customers.
        || (first == 100 && (64..128).contains(&second))
        || (first == 192 && second == 0 && third == 0)
        || (first == 198 && (18..20).contains(&second))
        // Multicast, reserved, broadcast.
        || first >= 224)
}

/// Of the public range (2000::/3), without documentation and the tunnels that hold other addresses.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, ..] = address.segments();
    (0x2000..0x4000).contains(&first)
        && !(first == 0x2001 && (second == 0 || second == 0x0DB8))
        && first != 0x2002
        && (first, second & 0xF000) != (0x3FFF, 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_on_the_public_web_are_asked_about() {
        for target in [
            "https://www.bund.de/Service?x=1",
            "http://lindenau.example/",
            "https://bücher.example/",
            "https://lindenau.example:8443/plan",
            "https://example.org./",
            "https://93.184.216.34/",
            "https://[2606:2800:220:1:248:1893:25c8:1946]/",
        ] {
            assert!(to_ask_about(target).is_some(), "{target}");
        }
    }

    #[test]
    fn addresses_of_an_internal_network_are_not() {
        for target in [
            "http://localhost/",
            "http://LOCALHOST:8008/",
            "http://a.localhost/",
            "http://printer.local/",
            "http://printer.local./",
            "http://akten.intranet/",
            "http://router.lan/",
            "http://router.home.arpa/",
            "http://db.internal/",
            "http://intranet/",
            "http://intranet./",
            "http://./",
            "http://x.onion/",
            "http://127.0.0.1:8080/",
            "http://2130706433/",
            "http://0x7f.1/",
            "http://0177.0.0.1/",
            "http://0.0.0.0/",
            "http://10.1.2.3/",
            "http://100.64.0.1/",
            "http://169.254.169.254/latest/meta-data",
            "http://172.16.0.1/",
            "http://192.168.178.1/",
            "http://198.18.0.1/",
            "http://224.0.0.1/",
            "http://255.255.255.255/",
            "http://[::1]/",
            "http://[::]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::a00:1]/",
            "http://[2002:a00:1::]/",
            "http://[fc00::1]/",
            "http://[fe80::1]/",
            "http://[ff02::1]/",
            "http://[2001:db8::1]/",
        ] {
            assert!(to_ask_about(target).is_none(), "{target}");
        }
    }

    #[test]
    fn only_the_web_is_asked_about() {
        for target in [
            "mailto:anna@lindenau.example",
            "tel:+49301234",
            "ftp://lindenau.example/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "matrix:r/amt:lindenau.example",
            "https://matrix.to/#/!abc:lindenau.example/$event",
            "https://anna@lindenau.example/",
            "https://anna:geheim@lindenau.example/",
            "",
        ] {
            assert!(to_ask_about(target).is_none(), "{target}");
        }
        assert!(to_ask_about(&format!("https://lindenau.example/{}", "x".repeat(2048))).is_none());
    }

    #[test]
    fn what_is_after_the_hash_stays_here() {
        let url = to_ask_about("https://pad.example/doc?id=1#key=geheim").unwrap();
        assert_eq!(url.as_str(), "https://pad.example/doc?id=1");
    }
}
