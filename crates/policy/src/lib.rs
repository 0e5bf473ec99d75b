//! Managed configuration: what an organisation decided for its devices.
//!
//! One schema (`schema`) says which keys there are; readers bring values from the operating system's
//! carrier. An invalid value of a security key fails closed; any other invalid value is reported and
//! skipped. The carriers of Windows, macOS, Android and iOS are not read yet: there, policy is empty.

mod reader;
mod schema;

pub use reader::read_system;
pub use schema::{KEYS, Key, Kind};

use serde_json::{Map, Value};

/// The values in force.
#[derive(Clone, Debug, Default)]
pub struct Policy {
    values: Map<String, Value>,
    problems: Vec<String>,
}

/// A server that has maps as tiles.
#[derive(Clone, Debug)]
pub struct MapServer {
    tiles: String,
    attribution: String,
}

impl MapServer {
    /// The address of a tile, by zoom level, column and row.
    pub fn tile(&self, zoom: u32, x: i64, y: i64) -> String {
        let numbers = [("{z}", i64::from(zoom)), ("{x}", x), ("{y}", y)];
        numbers.iter().fold(self.tiles.clone(), |address, (name, number)| {
            address.replace(name, &number.to_string())
        })
    }

    /// Whose map it is; may be empty.
    pub fn attribution(&self) -> &str {
        &self.attribution
    }
}

/// A server that policy does not allow, or a policy that cannot be understood and so allows none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the organisation's policy does not allow this server")]
pub struct ServerNotAllowed;

impl Policy {
    /// Takes the merged content of a carrier. Unknown keys and invalid values become problems.
    pub fn from_values(values: Map<String, Value>) -> Self {
        let mut policy = Self::default();
        for (name, value) in values {
            match KEYS.iter().find(|key| key.name == name) {
                None => policy.problems.push(format!("{name}: unknown key")),
                Some(key) if key.kind.accepts(&value) => {
                    policy.values.insert(name, value);
                }
                Some(key) => {
                    policy.problems.push(format!("{name}: invalid value"));
                    if key.security {
                        policy.values.insert(name, Value::Null);
                    }
                }
            }
        }
        policy
    }

    /// A carrier that is there but cannot be read. All security keys fail closed.
    pub fn unreadable(problem: String) -> Self {
        let values =
            KEYS.iter().filter(|key| key.security).map(|key| (key.name.to_owned(), Value::Null));
        Self { values: values.collect(), problems: vec![problem] }
    }

    /// For the log of an administrator.
    pub fn problems(&self) -> &[String] {
        &self.problems
    }

    /// Names of the keys that are set, in the schema's order.
    pub fn managed_keys(&self) -> impl Iterator<Item = &'static Key> {
        KEYS.iter().filter(|key| self.values.contains_key(key.name))
    }

    pub fn homeserver(&self) -> Option<&str> {
        self.values.get("homeserver")?.as_str()
    }

    /// Language tag (`de`, `en` or `fr`) that is forced.
    pub fn language(&self) -> Option<&str> {
        self.values.get("language")?.as_str()
    }

    pub fn software_rendering(&self) -> bool {
        self.values.get("software_rendering").and_then(Value::as_bool).unwrap_or(false)
    }

    /// Where maps come from; without it, nowhere.
    pub fn map_server(&self) -> Option<MapServer> {
        let text = |name: &str| self.values.get(name).and_then(Value::as_str).map(str::to_owned);
        let attribution = text("map_attribution").unwrap_or_default();
        Some(MapServer { tiles: text("map_tiles_url")?, attribution })
    }

    /// Whether links have previews, where that is decided. A value that is not understood means no.
    pub fn url_previews(&self) -> Option<bool> {
        self.values.get("url_previews").map(|value| value.as_bool().unwrap_or(false))
    }

    /// Whether one may sign in at a server, named as a person types it.
    pub fn check_homeserver(&self, server: &str) -> Result<(), ServerNotAllowed> {
        let Some(allowed) = self.values.get("homeserver_allowlist") else { return Ok(()) };
        let Some(allowed) = allowed.as_array() else { return Err(ServerNotAllowed) };
        let wanted = bare(server);
        let listed = allowed.iter().filter_map(Value::as_str).any(|name| bare(name) == wanted);
        if listed { Ok(()) } else { Err(ServerNotAllowed) }
    }
}

/// A server name without scheme, user or trailing slash.
fn bare(server: &str) -> String {
    let server = server.trim().trim_end_matches('/').to_lowercase();
    let server = server.strip_prefix("https://").unwrap_or(&server);
    let server = if server.starts_with('@') {
        server.split_once(':').map_or(server, |(_, name)| name)
    } else {
        server
    };
    server.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn policy(value: Value) -> Policy {
        Policy::from_values(value.as_object().unwrap().clone())
    }

    #[test]
    fn only_listed_servers_are_allowed() {
        let policy = policy(json!({ "homeserver_allowlist": ["lindenau.example"] }));
        assert!(policy.check_homeserver("https://Lindenau.example/").is_ok());
        assert!(policy.check_homeserver("HTTPS://lindenau.example").is_ok());
        assert!(policy.check_homeserver("@anna:lindenau.example").is_ok());
        assert!(policy.check_homeserver("evil.example").is_err());
    }

    #[test]
    fn an_invalid_security_key_fails_closed() {
        let policy = policy(json!({ "homeserver_allowlist": "lindenau.example" }));
        assert!(policy.check_homeserver("lindenau.example").is_err());
        assert_eq!(policy.problems().len(), 1);
    }

    #[test]
    fn a_map_server_is_named_by_the_address_of_its_tiles() {
        let named = json!({ "map_tiles_url": "https://karten.example/{z}/{y}/{x}.png", "map_attribution": "© Amt" });
        let server = policy(named).map_server().unwrap();
        assert_eq!(server.tile(16, 3, 4), "https://karten.example/16/4/3.png");
        assert_eq!(server.attribution(), "© Amt");
        assert!(policy(json!({ "map_attribution": "© Amt" })).map_server().is_none());
        for wrong in [
            "http://karten.example/{z}/{x}/{y}.png",
            "https://karten.example/{z}/{x}.png",
            "https://{x}.karten.example/{z}/{y}.png",
            "karten.example/{z}/{x}/{y}",
            "http://127.0.0.1.karten.example/{z}/{x}/{y}",
        ] {
            let policy = policy(json!({ "map_tiles_url": wrong }));
            assert!(policy.map_server().is_none() && policy.problems().len() == 1, "{wrong}");
        }
    }

    #[test]
    fn previews_of_links_are_decided_by_a_boolean_alone() {
        assert_eq!(policy(json!({})).url_previews(), None);
        assert_eq!(policy(json!({ "url_previews": true })).url_previews(), Some(true));
        assert_eq!(policy(json!({ "url_previews": false })).url_previews(), Some(false));
        for invalid in [json!("yes"), json!(1), json!(null)] {
            let policy = policy(json!({ "url_previews": invalid }));
            assert_eq!(policy.url_previews(), Some(false));
            assert!(policy.managed_keys().any(|key| key.name == "url_previews" && key.forced));
        }
        assert_eq!(Policy::unreadable(String::new()).url_previews(), Some(false));
    }

    #[test]
    fn the_guide_explains_every_key_as_the_schema_does() {
        let guide = include_str!("../../../docs/guide/administrators.md");
        let rows: Vec<_> = guide.lines().filter(|line| line.starts_with("| `")).collect();
        for Key { name, kind, since, help: [_, english, _], .. } in KEYS {
            let start = format!("| `{name}` | {since} | {kind} | {english} ");
            assert!(rows.iter().any(|row| row.starts_with(&start)), "no row begins {start:?}");
        }
    }

    #[test]
    fn an_invalid_other_key_is_skipped_and_reported() {
        let policy = policy(json!({ "language": 7, "nonsense": true }));
        assert_eq!(policy.language(), None);
        assert_eq!(policy.problems().len(), 2);
    }
}
