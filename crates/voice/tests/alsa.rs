//! The way from ALSA to a finished message, with a sound system that is made for the test: its
//! microphone is a file.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::{
    io::Cursor,
    process::Command,
    sync::mpsc::{Receiver, channel},
    time::{Duration, Instant},
};

use herold_voice::{End, Error, Limits, Progress, Recorder, Recording, SAMPLE_RATE};
use opusic_c::{Channels, Decoder, SampleRate};

const TEN_SECONDS: Duration = Duration::from_secs(10);

/// Runs a test in a process of its own: ALSA reads its configuration once, from the environment.
fn with_microphone(test: &str, alsa_configuration: impl Fn(&str) -> String, body: impl Fn()) {
    const INSIDE: &str = "HEROLD_VOICE_TEST";
    if std::env::var_os(INSIDE).is_some() {
        return body();
    }
    let folder = tempfile::tempdir().unwrap();
    let sound = folder.path().join("microphone.raw");
    let bytes: Vec<u8> = tone(5 * SAMPLE_RATE).iter().flat_map(|s| s.to_le_bytes()).collect();
    std::fs::write(&sound, bytes).unwrap();
    let configuration = folder.path().join("alsa.conf");
    std::fs::write(&configuration, alsa_configuration(sound.to_str().unwrap())).unwrap();
    // What it prints is kept back: the results of tests are counted by their lines.
    let inside = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(INSIDE, "1")
        .env("ALSA_CONFIG_PATH", &configuration)
        .output()
        .unwrap();
    let said = [inside.stdout, inside.stderr].concat();
    assert!(inside.status.success(), "{}", String::from_utf8_lossy(&said));
}

/// The file is read as fast as it can be, not at the pace of a real microphone.
fn file(sound: &str) -> String {
    format!(
        "pcm.default {{\n type file\n slave.pcm {{ type null }}\n file /dev/null\n infile \"{sound}\"\n format raw\n}}\n"
    )
}

fn silence(_: &str) -> String {
    "pcm.default { type null }\n".to_owned()
}

fn nothing(_: &str) -> String {
    "# no sound card\n".to_owned()
}

/// 440 Hz.
fn tone(samples: u32) -> Vec<f32> {
    let step = 440.0 * std::f32::consts::TAU / SAMPLE_RATE as f32;
    (0..samples).map(|n| 0.4 * (n as f32 * step).sin()).collect()
}

fn start(duration: Duration) -> (Result<Recorder, Error>, Receiver<Progress>) {
    let (sender, said) = channel();
    let limits = Limits { duration, bytes: 10_000_000 };
    let recorder = Recorder::start(limits, move |progress| {
        let _ = sender.send(progress);
    });
    (recorder, said)
}

fn decoded(recording: &Recording) -> Vec<f32> {
    let mut reader = ogg::PacketReader::new(Cursor::new(recording.bytes.clone()));
    let mut decoder = Decoder::new(Channels::Mono, SampleRate::Hz48000).unwrap();
    let mut samples = Vec::new();
    while let Some(packet) = reader.read_packet().unwrap() {
        if packet.data.starts_with(b"Opus") {
            continue;
        }
        let mut frame = vec![0.0; 960];
        let length = decoder.decode_float_to_slice(&packet.data, &mut frame, false).unwrap();
        samples.extend(&frame[..length]);
    }
    samples
}

/// How much of a second is at this pitch, from 0 to 1 (Goertzel).
fn share(samples: &[f32], pitch: f32) -> f32 {
    let angle = pitch * std::f32::consts::TAU / SAMPLE_RATE as f32;
    let (mut sine, mut cosine, mut power) = (0.0_f64, 0.0_f64, 0.0_f64);
    for (n, sample) in samples.iter().enumerate() {
        let phase = f64::from(angle) * n as f64;
        sine += f64::from(*sample) * phase.sin();
        cosine += f64::from(*sample) * phase.cos();
        power += f64::from(*sample).powi(2);
    }
    let amplitude = (sine.powi(2) + cosine.powi(2)) * 2.0 / samples.len() as f64;
    (amplitude / power) as f32
}

#[test]
fn what_the_microphone_hears_is_in_the_message() {
    with_microphone("what_the_microphone_hears_is_in_the_message", file, || {
        let (recorder, said) = start(Duration::from_secs(3));
        let recorder = recorder.unwrap();
        let first = said.recv_timeout(TEN_SECONDS).unwrap();
        assert!(matches!(first, Progress::Sound { level, .. } if level > 0.7), "{first:?}");
        let deadline = Instant::now() + TEN_SECONDS;
        while said.recv_timeout(TEN_SECONDS).unwrap() != Progress::Ended {
            assert!(Instant::now() < deadline);
        }
        let recording = recorder.stop().unwrap();
        assert_eq!(recording.end, End::LimitReached);
        assert_eq!(recording.duration, Duration::from_secs(3));
        assert!(recording.waveform.iter().all(|value| *value > 0.9), "{:?}", recording.waveform);
        let samples = decoded(&recording);
        let second = &samples[48_000..96_000];
        assert!(share(second, 440.0) > 0.95, "{}", share(second, 440.0));
        assert!(share(second, 880.0) < 0.01);
    });
}

#[test]
fn stopping_closes_the_microphone_and_gives_the_message() {
    with_microphone("stopping_closes_the_microphone_and_gives_the_message", silence, || {
        let (recorder, said) = start(Duration::from_secs(24 * 3600));
        let recorder = recorder.unwrap();
        said.recv_timeout(TEN_SECONDS).unwrap();
        let recording = recorder.stop().unwrap();
        assert_eq!(recording.end, End::Stopped);
        assert!(recording.duration >= Duration::from_millis(100));
        assert!(recording.waveform.iter().all(|value| *value < 0.01));
        // Nobody is left who could say anything.
        while said.recv().is_ok() {}
    });
}

#[test]
fn a_recording_that_is_dropped_ends() {
    with_microphone("a_recording_that_is_dropped_ends", silence, || {
        let (recorder, said) = start(Duration::from_secs(24 * 3600));
        said.recv_timeout(TEN_SECONDS).unwrap();
        drop(recorder);
        while said.recv().is_ok() {}
    });
}

#[test]
fn a_machine_without_a_microphone_says_so() {
    with_microphone("a_machine_without_a_microphone_says_so", nothing, || {
        let error = start(TEN_SECONDS).0.err().unwrap();
        assert!(matches!(error, Error::NoMicrophone(_)), "{error:?}");
    });
}
