//! From the microphone's rate to 48 kHz.
//!
//! A windowed sinc. Both rates are whole numbers, so the filter repeats after a while and is worked out
//! once.

use std::f32::consts::PI;

use crate::SAMPLE_RATE;

/// Zero crossings of the filter on each side: enough that what it folds back is below hearing in speech.
const CROSSINGS: f32 = 16.0;

pub(crate) struct Resampler {
    /// One row for every place between two samples that an output can have.
    filters: Vec<Vec<f32>>,
    /// Samples on each side of an output.
    reach: usize,
    step: usize,
    history: Vec<f32>,
    position: usize,
    row: usize,
}

impl Resampler {
    /// `None` where nothing is to be done.
    pub(crate) fn new(rate: u32) -> Option<Self> {
        if rate == SAMPLE_RATE || rate == 0 {
            return None;
        }
        let common = greatest_common_divisor(rate, SAMPLE_RATE);
        let rows = (SAMPLE_RATE / common) as usize;
        // Going down, what the lower rate cannot hold is taken away first.
        let cutoff = (SAMPLE_RATE as f32 / rate as f32).min(1.0);
        let reach = (CROSSINGS / cutoff).ceil() as usize;
        let filters =
            (0..rows).map(|row| filter(row as f32 / rows as f32, cutoff, reach)).collect();
        Some(Self {
            filters,
            reach,
            step: (rate / common) as usize,
            history: vec![0.0; reach],
            position: reach,
            row: 0,
        })
    }

    pub(crate) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.history.extend(samples);
        let mut out = Vec::with_capacity(samples.len() * self.filters.len() / self.step + 1);
        while let (Some(around), Some(filter)) = (
            self.history.get(self.position + 1 - self.reach..=self.position + self.reach),
            self.filters.get(self.row),
        ) {
            out.push(around.iter().zip(filter).map(|(sample, weight)| sample * weight).sum());
            self.row += self.step;
            self.position += self.row / self.filters.len();
            self.row %= self.filters.len();
        }
        let done = (self.position - self.reach).min(self.history.len());
        self.history.drain(..done);
        self.position -= done;
        out
    }
}

/// Weights for an output that lies `offset` samples after the middle one.
fn filter(offset: f32, cutoff: f32, reach: usize) -> Vec<f32> {
    let weights: Vec<f32> = (0..2 * reach)
        .map(|index| {
            let distance = index as f32 + 1.0 - reach as f32 - offset;
            let window = (PI * distance / (2.0 * reach as f32)).cos().powi(2);
            sinc(cutoff * distance) * window
        })
        .collect();
    let sum: f32 = weights.iter().sum();
    weights.into_iter().map(|weight| weight / sum).collect()
}

fn sinc(x: f32) -> f32 {
    if x.abs() < 1e-6 { 1.0 } else { (PI * x).sin() / (PI * x) }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tone(pitch: f32, rate: u32, count: usize) -> Vec<f32> {
        let step = pitch * std::f32::consts::TAU / rate as f32;
        (0..count).map(|n| (n as f32 * step).sin()).collect()
    }

    /// One second in pieces, as a microphone gives it.
    fn convert(pitch: f32, rate: u32) -> Vec<f32> {
        let mut resampler = Resampler::new(rate).unwrap();
        tone(pitch, rate, rate as usize)
            .chunks(333)
            .flat_map(|piece| resampler.push(piece))
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_pitch_and_loudness_at_every_rate() {
        for rate in [8_000, 16_000, 22_050, 44_100, 96_000, 192_000] {
            let out = convert(1_000.0, rate);
            assert!((47_800..=48_000).contains(&out.len()), "{rate}: {}", out.len());
            let expected = tone(1_000.0, SAMPLE_RATE, out.len());
            let worst = out[500..out.len() - 500]
                .iter()
                .zip(&expected[500..])
                .map(|(a, b)| (a - b).abs())
                .fold(0.0, f32::max);
            assert!(worst < 0.01, "{rate}: {worst}");
        }
    }

    #[test]
    fn what_is_too_high_does_not_come_back_as_something_lower() {
        let out = convert(40_000.0, 96_000);
        let loudest = out[500..].iter().fold(0.0_f32, |loudest, sample| loudest.max(sample.abs()));
        assert!(loudest < 0.01, "{loudest}");
    }

    #[test]
    fn nothing_is_done_at_48_khz() {
        assert!(Resampler::new(SAMPLE_RATE).is_none());
    }
}
