//! Formatted messages as a typed tree. A user interface renders it as components and never as HTML.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A block of a formatted message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Block {
    Paragraph {
        children: Vec<Inline>,
    },
    /// `level` is 1 to 6.
    Heading {
        level: u8,
        children: Vec<Inline>,
    },
    Quote {
        children: Vec<Block>,
    },
    List {
        ordered: bool,
        start: u32,
        items: Vec<Vec<Block>>,
    },
    Code {
        language: Option<String>,
        text: String,
    },
    Table {
        head: Vec<Vec<Inline>>,
        rows: Vec<Vec<Vec<Inline>>>,
    },
    Rule,
}

/// A run of text within a block.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum Inline {
    Text {
        text: String,
    },
    Break,
    Styled {
        style: TextStyle,
        children: Vec<Inline>,
    },
    Code {
        text: String,
    },
    /// `target` has an allowed scheme. `mismatch` is set where the text shown names another host.
    Link {
        target: String,
        mismatch: bool,
        children: Vec<Inline>,
    },
    Mention {
        target: MentionTarget,
        /// In a message, the name that is known on this device; what the sender wrote where none is.
        label: String,
    },
    Spoiler {
        reason: Option<String>,
        children: Vec<Inline>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TextStyle {
    Strong,
    Emphasis,
    Underline,
    Strike,
    Superscript,
    Subscript,
}

/// Whom or what a pill stands for.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum MentionTarget {
    #[serde(rename_all = "camelCase")]
    Person {
        user_id: String,
        is_self: bool,
    },
    #[serde(rename_all = "camelCase")]
    Room {
        room: String,
    },
    Everyone,
}
