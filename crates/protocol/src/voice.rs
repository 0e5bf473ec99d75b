//! A voice message between the microphone and the conversation.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Attachment;

/// What a recording says while it runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum RecordingEvent {
    /// About ten times a second.
    #[serde(rename_all = "camelCase")]
    Sound {
        #[ts(type = "number")]
        elapsed_ms: u64,
        /// How loud it is now, 0 to 100.
        level: u8,
    },
    /// It ended by itself; `stop_recording` says why and hands it out.
    Ended,
}

/// A recording that was neither sent nor deleted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct VoiceRecording {
    /// To listen to it. Its token works until the recording is sent or deleted.
    pub attachment: Attachment,
    pub end: RecordingEnd,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RecordingEnd {
    Stopped,
    /// It was as long, or as large, as a voice message may be.
    LimitReached,
    /// The microphone went away in the middle.
    MicrophoneLost,
}
