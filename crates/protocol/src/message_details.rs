//! What is known about one message, asked for by a person.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Block, Sender};

/// Who has read a message, and who reacted to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct MessageDetails {
    /// Everybody who has read at least up to here, the latest first.
    pub readers: Vec<Reader>,
    /// `false` where others may have read it, too: this device does not have what came after it.
    pub all_readers_known: bool,
    pub reactions: Vec<ReactionDetails>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reader {
    pub person: Sender,
    /// When, where the server says so.
    #[ts(type = "number | null")]
    pub timestamp_ms: Option<u64>,
    /// They read it then or before: the time is that of a later message.
    pub at_latest: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReactionDetails {
    pub key: String,
    pub people: Vec<Sender>,
}

/// One state of an edited message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Revision {
    #[ts(type = "number")]
    pub timestamp_ms: u64,
    /// `None` for one that this device cannot decrypt.
    pub blocks: Option<Vec<Block>>,
}

/// Who voted for what, where the poll shows it, and who has not voted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PollVotes {
    /// In the order of the poll's answers. Empty while a secret poll runs.
    pub answers: Vec<AnswerVoters>,
    /// Members who have not voted. Empty while a secret poll runs.
    pub missing: Vec<Sender>,
    /// Members who may vote.
    pub members: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AnswerVoters {
    pub id: String,
    pub voters: Vec<Sender>,
}

/// What became of opening a file with the program the system has for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", tag = "type")]
pub enum FileOutcome {
    /// From where it was saved, because a program may only know it there.
    Opened { path: String },
    /// It may hold programs: ask first.
    Confirm,
    /// It may be a program: it is saved, and opened by nobody but the person.
    Refused,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SavedFile {
    pub path: String,
    /// Opening it may run a program.
    pub may_run: bool,
}

/// The beginning of a text file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct FileText {
    pub text: String,
    pub truncated: bool,
}
