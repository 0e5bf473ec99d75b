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
            Self::OneOf(words) => value.as_str().is_some_and(|text| words.contains(&text)),
        }
    }
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
