//! Choices of the person at this machine, and which of them the organisation made.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Language {
    De,
    En,
    Fr,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Theme {
    /// As the operating system says.
    #[default]
    System,
    Light,
    Dark,
    HighContrast,
}

/// Stored in `settings.json` of the profile; holds nothing secret. Unknown fields are kept out, missing
/// ones take their default, so that older and newer versions can read each other's file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct Settings {
    /// `null` follows the operating system.
    pub language: Option<Language>,
    pub theme: Theme,
    /// Pixels; `null` is the default width.
    pub room_list_width: Option<u32>,
    /// The room list is a narrow strip. Phones have room for no two panes, and do not heed it.
    pub room_list_folded: bool,
    /// Skin tone of emoji that have one: 0 is none, 1 to 5 are light to dark.
    pub emoji_tone: u8,
    /// The emoji used last, the latest first.
    pub recent_emoji: Vec<String>,
    /// Previews of links, which the homeserver fetches and so learns of. Off unless somebody wants them.
    pub link_previews: bool,
    /// Shortcuts that are a single character, outside of text fields (WCAG 2.1.4). Speech input and tremor press them
    /// by mistake.
    pub single_key_shortcuts: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            language: None,
            theme: Theme::default(),
            room_list_width: None,
            room_list_folded: false,
            emoji_tone: 0,
            recent_emoji: Vec::new(),
            link_previews: false,
            single_key_shortcuts: true,
        }
    }
}

/// A setting that the organisation decided.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ManagedSetting {
    /// Name of the policy key.
    pub key: String,
    /// True where the person cannot change it.
    pub forced: bool,
    /// What it does, from the schema.
    pub help: Translations,
}

/// One text in all languages of the interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Translations {
    pub de: String,
    pub en: String,
    pub fr: String,
}
