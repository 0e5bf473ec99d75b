//! How loud it is: now, for the person who speaks, and over the whole message, for the waveform.

/// Values of a waveform.
const VALUES: usize = 100;
/// Samples in one stored peak: 20 ms.
const STRETCH: usize = 960;
/// Below this, everything is silence (-50 dBFS).
const SILENCE: f32 = 0.003;
/// Where the live level begins, in dBFS. Speech into a microphone lies between -40 and -10.
const QUIETEST: f32 = -55.0;

#[derive(Default)]
pub(crate) struct Loudness {
    peaks: Vec<f32>,
    current: f32,
    samples: usize,
}

impl Loudness {
    pub(crate) fn push(&mut self, samples: &[f32]) {
        for sample in samples {
            self.current = self.current.max(sample.abs());
            self.samples += 1;
            if self.samples == STRETCH {
                self.close();
            }
        }
    }

    fn close(&mut self) {
        self.peaks.push(self.current.min(1.0));
        self.current = 0.0;
        self.samples = 0;
    }

    pub(crate) fn waveform(mut self) -> Vec<f32> {
        if self.samples > 0 {
            self.close();
        }
        let count = self.peaks.len().min(VALUES);
        let mut waveform: Vec<f32> = (0..count)
            .filter_map(|value| {
                let from = value * self.peaks.len() / count;
                let to = (value + 1) * self.peaks.len() / count;
                self.peaks.get(from..to).map(loudest)
            })
            .collect();
        let loudest = loudest(&waveform);
        if loudest > SILENCE {
            for value in &mut waveform {
                *value /= loudest;
            }
        }
        waveform
    }
}

fn loudest(values: &[f32]) -> f32 {
    values.iter().copied().fold(0.0, f32::max)
}

/// The loudness of a short piece as a person hears it, from 0 to 1.
pub(crate) fn level(samples: &[f32]) -> f32 {
    if samples.is_empty() {
        return 0.0;
    }
    let power = samples.iter().map(|sample| sample * sample).sum::<f32>() / samples.len() as f32;
    let decibels = 10.0 * power.max(1e-10).log10();
    (1.0 - decibels / QUIETEST).clamp(0.0, 1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(amplitude: f32, count: usize) -> Vec<f32> {
        (0..count).map(|n| amplitude * (n as f32 * 0.06).sin()).collect()
    }

    #[test]
    fn the_waveform_shows_where_somebody_spoke() {
        let mut loudness = Loudness::default();
        loudness.push(&tone(0.0, 480_000));
        loudness.push(&tone(0.2, 480_000));
        let waveform = loudness.waveform();
        assert_eq!(waveform.len(), 100);
        assert!(waveform[..49].iter().all(|value| *value < 0.01));
        assert!(waveform[51..].iter().all(|value| *value > 0.95));
    }

    #[test]
    fn silence_stays_silence() {
        let mut loudness = Loudness::default();
        loudness.push(&tone(0.001, 480_000));
        assert!(loudness.waveform().iter().all(|value| *value < 0.01));
        assert_eq!(level(&tone(0.0, 4800)), 0.0);
    }

    #[test]
    fn a_short_message_has_a_short_waveform() {
        let mut loudness = Loudness::default();
        loudness.push(&tone(0.5, 1000));
        assert_eq!(loudness.waveform().len(), 2);
        assert!(Loudness::default().waveform().is_empty());
    }

    #[test]
    fn louder_is_higher() {
        let (quiet, loud) = (level(&tone(0.02, 4800)), level(&tone(0.5, 4800)));
        assert!(0.2 < quiet && quiet < loud && loud < 1.0, "{quiet} {loud}");
    }
}
