//! The one list of keys that everything else is generated from.

use std::fmt;

use serde_json::Value;

/// What a value looks like.
#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Boolean,
    /// A server name or base address.
    Server,
    Servers,
    /// Where the tiles of a map are, with `{z}`, `{x}` and `{y}` in it.
    Tiles,
    Text,
    /// One of these words.
    OneOf(&'static [&'static str]),
}

/// As the administrator's guide says it.
impl fmt::Display for Kind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Boolean => formatter.write_str("`true` or `false`"),
            Self::Server => formatter.write_str("text: server name or address"),
            Self::Servers => formatter.write_str("list of such texts"),
            Self::Tiles => formatter.write_str("text: address with `{z}`, `{x}` and `{y}`"),
            Self::Text => formatter.write_str("text"),
            Self::OneOf(words) => {
                let quoted: Vec<_> = words.iter().map(|word| format!("`\"{word}\"`")).collect();
                formatter.write_str(&quoted.join(", "))
            }
        }
    }
}

impl Kind {
    pub(crate) fn accepts(self, value: &Value) -> bool {
        let server = |value: &Value| value.as_str().is_some_and(|text| !text.trim().is_empty());
        match self {
            Self::Boolean => value.is_boolean(),
            Self::Server => server(value),
            Self::Servers => value.as_array().is_some_and(|list| list.iter().all(server)),
            Self::Tiles => value.as_str().is_some_and(names_tiles),
            Self::Text => value.is_string(),
            Self::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        }
    }
}

/// Encrypted on its way, but for a server on this very device.
fn names_tiles(address: &str) -> bool {
    let allowed = ["https://", "http://127.0.0.1:", "http://localhost:"];
    let host = allowed.iter().find_map(|start| address.strip_prefix(start));
    host.is_some_and(|rest| {
        let path = rest.find('/').map_or("", |slash| &rest[slash..]);
        ["{z}", "{x}", "{y}"].iter().all(|number| path.contains(number))
    })
}

/// One key of the schema.
#[derive(Clone, Copy, Debug)]
pub struct Key {
    pub name: &'static str,
    pub kind: Kind,
    /// Whether the person cannot change it. Otherwise the value is a recommendation.
    pub forced: bool,
    /// An invalid value fails closed.
    pub security: bool,
    /// First version that knows the key, for the administrator's guide.
    pub since: &'static str,
    /// Help text in German, English and French: what the key does, in the settings and the administrator's guide.
    pub help: [&'static str; 3],
}

pub const KEYS: &[Key] = &[
    Key {
        name: "homeserver",
        kind: Kind::Server,
        forced: false,
        security: false,
        since: "0.1.0",
        help: [
            "Server, der bei der Anmeldung vorgeschlagen wird.",
            "Server that is suggested at sign-in.",
            "Serveur proposé à la connexion.",
        ],
    },
    Key {
        name: "homeserver_allowlist",
        kind: Kind::Servers,
        forced: true,
        security: true,
        since: "0.1.0",
        help: [
            "Nur an diesen Servern ist eine Anmeldung möglich.",
            "Signing in is possible at these servers only.",
            "La connexion n’est possible qu’à ces serveurs.",
        ],
    },
    Key {
        name: "language",
        kind: Kind::OneOf(&["de", "en", "fr"]),
        forced: true,
        security: false,
        since: "0.1.0",
        help: ["Sprache der Oberfläche.", "Language of the interface.", "Langue de l’interface."],
    },
    Key {
        name: "map_attribution",
        kind: Kind::Text,
        forced: true,
        security: false,
        since: "0.1.0",
        help: [
            "Quelle der Karte, die darauf genannt wird.",
            "Source of the map, which is named on it.",
            "Source de la carte, indiquée sur celle-ci.",
        ],
    },
    Key {
        name: "map_tiles_url",
        kind: Kind::Tiles,
        forced: true,
        security: false,
        since: "0.1.0",
        help: [
            "Kartenserver. Er erfährt, welche Orte angesehen werden.",
            "Map server. It learns which places are looked at.",
            "Serveur de cartes. Il apprend quels lieux sont consultés.",
        ],
    },
    Key {
        name: "software_rendering",
        kind: Kind::Boolean,
        forced: true,
        security: false,
        since: "0.1.0",
        help: [
            "Zeichnet ohne Grafikbeschleunigung, für virtuelle Arbeitsplätze.",
            "Draws without graphics acceleration, for virtual desktops.",
            "Affichage sans accélération graphique, pour les postes virtuels.",
        ],
    },
    Key {
        name: "url_previews",
        kind: Kind::Boolean,
        forced: true,
        security: true,
        since: "0.1.0",
        help: [
            "Vorschau für Links. Der Server ruft die Adressen ab und erfährt sie dadurch.",
            "Previews of links. The server fetches the addresses and so learns them.",
            "Aperçus des liens. Le serveur consulte les adresses et les apprend ainsi.",
        ],
    },
];
