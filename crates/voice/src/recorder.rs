//! One recording, from opening the microphone to the finished message.
//!
//! A thread of its own owns the microphone and the encoder. It ends when it is told to, when a limit is
//! reached or when the microphone is gone, and then holds the finished message until somebody takes it.

use std::{
    sync::mpsc::{Receiver, SyncSender, sync_channel},
    thread::{self, JoinHandle},
    time::Duration,
};

use crate::{
    Encoder, End, Error, Recording, SAMPLE_RATE, capture::Microphone, loudness::level,
    resampler::Resampler,
};

/// Samples between two reports: a tenth of a second.
const REPORT: usize = SAMPLE_RATE as usize / 10;
/// Pieces of sound that wait for the encoder. It is many times faster than a microphone.
const WAITING: usize = 256;

/// Where a recording ends by itself.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub duration: Duration,
    /// Size of the file.
    pub bytes: u64,
}

/// What a recording says while it runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Progress {
    /// Ten times a second. `level` is how loud it is now, from 0 to 1.
    Sound { elapsed: Duration, level: f32 },
    /// It ended by itself.
    Ended,
}

/// A running recording. Dropping it closes the microphone and forgets what was recorded.
pub struct Recorder {
    messages: SyncSender<Message>,
    thread: Option<JoinHandle<Result<Recording, Error>>>,
}

enum Message {
    Sound(Vec<f32>),
    Lost,
    Stop,
}

impl Recorder {
    /// Opens the microphone. Blocks until it is open, which can take seconds where the system asks the
    /// person for permission.
    pub fn start(
        limits: Limits,
        on_progress: impl FnMut(Progress) + Send + 'static,
    ) -> Result<Self, Error> {
        let (messages, incoming) = sync_channel(WAITING);
        let (opened, opening) = sync_channel(1);
        let sound = messages.clone();
        let thread = thread::Builder::new()
            .name("voice recorder".to_owned())
            .spawn(move || record(limits, sound, incoming, &opened, on_progress))
            .map_err(Error::Thread)?;
        match opening.recv() {
            Ok(()) => Ok(Self { messages, thread: Some(thread) }),
            // It ended before the microphone was open, and its result says why.
            Err(_) => Err(join(thread).err().unwrap_or(Error::Interrupted)),
        }
    }

    /// Closes the microphone and answers with what it heard. Blocks for a moment.
    ///
    /// # Errors
    /// `NoSound` where the microphone gave nothing at all.
    pub fn stop(mut self) -> Result<Recording, Error> {
        // A recording that ended by itself listens no longer.
        let _ = self.messages.send(Message::Stop);
        self.thread.take().map_or(Err(Error::Interrupted), join)
    }
}

impl Drop for Recorder {
    fn drop(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = self.messages.send(Message::Stop);
            let _ = join(thread);
        }
    }
}

fn join(thread: JoinHandle<Result<Recording, Error>>) -> Result<Recording, Error> {
    thread.join().unwrap_or(Err(Error::Interrupted))
}

fn record(
    limits: Limits,
    sound: SyncSender<Message>,
    incoming: Receiver<Message>,
    opened: &SyncSender<()>,
    mut on_progress: impl FnMut(Progress),
) -> Result<Recording, Error> {
    let mut encoder = Encoder::new()?;
    let lost = sound.clone();
    let microphone = Microphone::open(
        // Fails once nobody listens any more.
        move |samples| {
            let _ = sound.send(Message::Sound(samples));
        },
        move || {
            let _ = lost.send(Message::Lost);
        },
    )?;
    let _ = opened.send(());
    let mut resampler = Resampler::new(microphone.rate);
    let end = listen(limits, &incoming, &mut encoder, &mut resampler, &mut on_progress);
    // In this order: a microphone that waits to hand over its last sound could not be closed.
    drop(incoming);
    drop(microphone);
    if !matches!(end, Ok(End::Stopped)) {
        on_progress(Progress::Ended);
    }
    encoder.finish(end?)
}

fn listen(
    limits: Limits,
    incoming: &Receiver<Message>,
    encoder: &mut Encoder,
    resampler: &mut Option<Resampler>,
    on_progress: &mut impl FnMut(Progress),
) -> Result<End, Error> {
    let mut unreported = Vec::with_capacity(REPORT);
    while let Ok(message) = incoming.recv() {
        let samples = match message {
            Message::Sound(samples) => samples,
            Message::Lost => return Ok(End::MicrophoneLost),
            Message::Stop => return Ok(End::Stopped),
        };
        let mut samples = match resampler {
            Some(resampler) => resampler.push(&samples),
            None => samples,
        };
        let left = limits.duration.saturating_sub(encoder.duration());
        let room = (left.as_secs_f64() * f64::from(SAMPLE_RATE)).round() as usize;
        let full = samples.len() >= room || encoder.len() as u64 >= limits.bytes;
        samples.truncate(room);
        encoder.push(&samples)?;
        unreported.extend(samples);
        if unreported.len() >= REPORT {
            let level = level(&unreported);
            on_progress(Progress::Sound { elapsed: encoder.duration(), level });
            unreported.clear();
        }
        if full {
            return Ok(End::LimitReached);
        }
    }
    Err(Error::Interrupted)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(limits: Limits, messages: Vec<Message>) -> (Result<Recording, Error>, Vec<Progress>) {
        let (sender, incoming) = sync_channel(messages.len());
        for message in messages {
            sender.send(message).unwrap();
        }
        let mut encoder = Encoder::new().unwrap();
        let mut said = Vec::new();
        let end = listen(limits, &incoming, &mut encoder, &mut None, &mut |progress| {
            said.push(progress);
        });
        (end.and_then(|end| encoder.finish(end)), said)
    }

    const HALF_AN_HOUR: Limits = Limits { duration: Duration::from_secs(1800), bytes: 100_000_000 };

    #[test]
    fn a_recording_says_ten_times_a_second_how_long_and_how_loud_it_is() {
        let quiet = || Message::Sound(vec![0.0; 480]);
        let mut messages: Vec<Message> = (0..100).map(|_| quiet()).collect();
        messages.push(Message::Stop);
        let (recording, said) = run(HALF_AN_HOUR, messages);
        assert_eq!(recording.unwrap().duration, Duration::from_secs(1));
        assert_eq!(said.len(), 10);
        assert_eq!(said[9], Progress::Sound { elapsed: Duration::from_secs(1), level: 0.0 });
    }

    #[test]
    fn a_recording_ends_exactly_at_its_limit() {
        let limits = Limits { duration: Duration::from_millis(1500), ..HALF_AN_HOUR };
        let messages = (0..100).map(|_| Message::Sound(vec![0.1; 1000])).collect();
        let recording = run(limits, messages).0.unwrap();
        assert_eq!(recording.end, End::LimitReached);
        assert_eq!(recording.duration, limits.duration);
    }

    #[test]
    fn a_recording_ends_before_it_is_too_large_to_send() {
        let limits = Limits { bytes: 20_000, ..HALF_AN_HOUR };
        let noise = |n: usize| ((n * 7919) % 1000) as f32 / 1000.0 - 0.5;
        let messages = (0..3000).map(|_| Message::Sound((0..960).map(noise).collect())).collect();
        let recording = run(limits, messages).0.unwrap();
        assert_eq!(recording.end, End::LimitReached);
        assert!((20_000..30_000).contains(&recording.bytes.len()), "{}", recording.bytes.len());
    }

    #[test]
    fn what_was_said_before_the_microphone_went_away_is_kept() {
        let messages = vec![Message::Sound(vec![0.1; 48_000]), Message::Lost];
        let recording = run(HALF_AN_HOUR, messages).0.unwrap();
        assert_eq!(recording.end, End::MicrophoneLost);
        assert_eq!(recording.duration, Duration::from_secs(1));
    }

    #[test]
    fn a_microphone_that_gives_nothing_is_no_message() {
        let (recording, _) = run(HALF_AN_HOUR, vec![Message::Stop]);
        assert!(matches!(recording, Err(Error::NoSound)));
    }
}
