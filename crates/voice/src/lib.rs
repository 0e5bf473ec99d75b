//! Records a voice message: microphone, Opus, Ogg (RFC 6716, RFC 7845), waveform.
//!
//! The sound is in memory only, from the microphone to the finished file. `Encoder` takes samples from
//! anywhere; `Recorder` takes them from the system's default microphone.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod capture;
mod encoder;
mod loudness;
mod ogg_file;
mod recorder;
mod resampler;

use std::time::Duration;

pub use encoder::Encoder;
pub use recorder::{Limits, Progress, Recorder};

/// Samples a second of everything behind the microphone.
pub const SAMPLE_RATE: u32 = 48_000;

/// A finished voice message.
#[derive(Clone, PartialEq)]
pub struct Recording {
    /// An Ogg file with one mono Opus stream.
    pub bytes: Vec<u8>,
    pub duration: Duration,
    /// Loudness over time, at most 100 values from 0 to 1. The loudest moment is 1, unless there is only
    /// silence.
    pub waveform: Vec<f32>,
    pub end: End,
}

impl std::fmt::Debug for Recording {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recording")
            .field("bytes", &self.bytes.len())
            .field("duration", &self.duration)
            .field("end", &self.end)
            .finish_non_exhaustive()
    }
}

/// Why a recording ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Somebody stopped it.
    Stopped,
    /// It reached its limits.
    LimitReached,
    /// The microphone went away; what it had heard until then is kept.
    MicrophoneLost,
}

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no microphone")]
    NoMicrophone(#[source] Option<cpal::Error>),
    #[error("the system does not let this program use the microphone")]
    NotAllowed(#[source] cpal::Error),
    #[error("another program has the microphone to itself")]
    InUse(#[source] cpal::Error),
    #[error("the microphone does not work")]
    Microphone(#[source] cpal::Error),
    #[error("the microphone gave no sound")]
    NoSound,
    #[error("cannot encode sound: {0}")]
    Encode(&'static str),
    #[error("cannot write the file")]
    Write(#[source] std::io::Error),
    #[error("cannot start a thread")]
    Thread(#[source] std::io::Error),
    #[error("the recording thread ended early")]
    Interrupted,
}
