//! A computer with a microphone, made for the test: ALSA reads its sound from a pipe.

use std::{fs::OpenOptions, io::Write, process::Command, thread, time::Duration};

use herold_e2e::Window;
use tempfile::TempDir;

use crate::world::World;

const SAMPLE_RATE: u32 = 48_000;
/// Fifty pieces are a second.
const PIECE: Duration = Duration::from_millis(20);

/// A sound system whose only device is a microphone that hears 440 Hz.
pub(crate) struct Microphone {
    folder: TempDir,
}

impl Microphone {
    /// ALSA reads a file as fast as it can, and waits for ever at its end. A pipe has no end, and what
    /// is written to it at the pace of a real microphone is read at that pace.
    pub(crate) fn new() -> Self {
        let folder = TempDir::new().expect("a folder for the microphone");
        let pipe = folder.path().join("microphone.raw");
        let made = Command::new("mkfifo").arg(&pipe).status().expect("mkfifo runs");
        assert!(made.success(), "there is no pipe");
        // Without the shortest period, every sample would be fetched alone. Nothing plays sound, as on
        // a machine without a sound card.
        let configuration = format!(
            "defaults.pcm.minperiodtime {period}\n\
             pcm.default {{ type asym capture.pcm {{ type file slave.pcm {{ type null }} \
             file /dev/null infile \"{pipe}\" format raw }} }}\n",
            period = PIECE.as_micros(),
            pipe = pipe.display(),
        );
        std::fs::write(folder.path().join("alsa.conf"), configuration).expect("a configuration");
        // Open for reading as well, it never lacks a reader. The thread ends with the tests.
        let mut sound = OpenOptions::new().read(true).write(true).open(&pipe).expect("the pipe");
        thread::spawn(move || {
            let second: Vec<u8> = tone().iter().flat_map(|sample| sample.to_le_bytes()).collect();
            for piece in second.chunks(second.len() / 50).cycle() {
                sound.write_all(piece).expect("somebody listens");
                thread::sleep(PIECE);
            }
        });
        Self { folder }
    }

    /// A window in which the person is signed in and has this microphone.
    pub(crate) async fn window(&self, world: &World) -> Window {
        let configuration = self.folder.path().join("alsa.conf").display().to_string();
        let options = world.options().environment("ALSA_CONFIG_PATH", &configuration);
        let window = Window::open(&options).await;
        window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
        window
    }
}

/// A second of 440 Hz, which goes on where it ends.
fn tone() -> Vec<f32> {
    let step = 440.0 * std::f32::consts::TAU / SAMPLE_RATE as f32;
    (0..SAMPLE_RATE).map(|n| 0.4 * (n as f32 * step).sin()).collect()
}
