//! Samples in, a voice message out.

use std::time::Duration;

use opusic_c::{Application, Bitrate, Channels, ErrorCode, SampleRate, Signal};

use crate::{End, Error, Recording, SAMPLE_RATE, loudness::Loudness, ogg_file::OggFile};

/// Samples in one packet: 20 ms.
const FRAME: usize = 960;
/// Bits a second. Speech keeps its whole range of sound; ten minutes are under 2 MB.
const BITRATE: u32 = 24_000;
/// No packet is larger (RFC 6716, section 3.2.1).
const LARGEST_PACKET: usize = 1275;

/// Makes a voice message from mono samples at 48 kHz, each from -1 to 1.
pub struct Encoder {
    opus: opusic_c::Encoder,
    file: OggFile,
    loudness: Loudness,
    /// Samples that do not fill a packet yet.
    rest: Vec<f32>,
    samples: u64,
    pre_skip: u16,
    /// Samples in packets so far.
    encoded: u64,
}

impl Encoder {
    pub fn new() -> Result<Self, Error> {
        let mut opus =
            opusic_c::Encoder::new(Channels::Mono, SampleRate::Hz48000, Application::Voip)
                .map_err(encode)?;
        opus.set_bitrate(Bitrate::Value(BITRATE)).map_err(encode)?;
        opus.set_signal(Signal::Voice).map_err(encode)?;
        let pre_skip = opus.get_look_ahead().map_err(encode)?;
        let pre_skip = u16::try_from(pre_skip).map_err(|_| Error::Encode("look-ahead"))?;
        Ok(Self {
            opus,
            file: OggFile::new(pre_skip).map_err(Error::Write)?,
            loudness: Loudness::default(),
            rest: Vec::with_capacity(FRAME),
            samples: 0,
            pre_skip,
            encoded: 0,
        })
    }

    pub fn push(&mut self, mut samples: &[f32]) -> Result<(), Error> {
        self.samples += samples.len() as u64;
        self.loudness.push(samples);
        while !samples.is_empty() {
            let (taken, others) = samples.split_at(samples.len().min(FRAME - self.rest.len()));
            self.rest.extend(taken);
            samples = others;
            if self.rest.len() == FRAME {
                self.encode()?;
            }
        }
        Ok(())
    }

    fn encode(&mut self) -> Result<(), Error> {
        let mut packet = vec![0; LARGEST_PACKET];
        let length = self.opus.encode_float_to_slice(&self.rest, &mut packet).map_err(encode)?;
        packet.truncate(length);
        self.rest.clear();
        self.encoded += FRAME as u64;
        self.file.push(packet, self.encoded).map_err(Error::Write)
    }

    pub fn duration(&self) -> Duration {
        Duration::from_nanos(self.samples * 1_000_000_000 / u64::from(SAMPLE_RATE))
    }

    /// Bytes so far; the finished file has up to a second's worth more.
    pub fn len(&self) -> usize {
        self.file.len()
    }

    pub fn is_empty(&self) -> bool {
        self.samples == 0
    }

    /// # Errors
    /// `NoSound` where there was not a single sample.
    pub fn finish(mut self, end: End) -> Result<Recording, Error> {
        if self.is_empty() {
            return Err(Error::NoSound);
        }
        let duration = self.duration();
        // The decoder throws away the first samples, so as many have to follow the last ones.
        let last = self.samples + u64::from(self.pre_skip);
        while self.encoded < last {
            self.rest.resize(FRAME, 0.0);
            self.encode()?;
        }
        Ok(Recording {
            bytes: self.file.finish(last).map_err(Error::Write)?,
            duration,
            waveform: self.loudness.waveform(),
            end,
        })
    }
}

fn encode(error: ErrorCode) -> Error {
    Error::Encode(error.message())
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use ogg::{Packet, PacketReader};

    use super::*;

    const PITCH: f32 = 440.0;

    fn tone(count: usize) -> Vec<f32> {
        let step = PITCH * std::f32::consts::TAU / SAMPLE_RATE as f32;
        (0..count).map(|n| 0.4 * (n as f32 * step).sin()).collect()
    }

    /// In pieces that fit no packet, as a microphone gives them.
    fn record(samples: &[f32]) -> Recording {
        let mut encoder = Encoder::new().unwrap();
        for piece in samples.chunks(511) {
            encoder.push(piece).unwrap();
        }
        encoder.finish(End::Stopped).unwrap()
    }

    fn packets(recording: &Recording) -> Vec<Packet> {
        let mut reader = PacketReader::new(Cursor::new(recording.bytes.clone()));
        std::iter::from_fn(|| reader.read_packet().unwrap()).collect()
    }

    /// What a player makes of it: decoded, the beginning and the end cut as the file says.
    fn play(recording: &Recording) -> Vec<f32> {
        let packets = packets(recording);
        let pre_skip = usize::from(u16::from_le_bytes([packets[0].data[10], packets[0].data[11]]));
        let mut decoder = opusic_c::Decoder::new(Channels::Mono, SampleRate::Hz48000).unwrap();
        let mut samples = Vec::new();
        for packet in &packets[2..] {
            let mut frame = vec![0.0; FRAME];
            let length = decoder.decode_float_to_slice(&packet.data, &mut frame, false).unwrap();
            samples.extend(&frame[..length]);
        }
        samples.truncate(packets.last().unwrap().absgp_page() as usize);
        samples.split_off(pre_skip)
    }

    #[test]
    fn a_tone_comes_out_as_it_went_in() {
        let sent = tone(96_123);
        let heard = play(&record(&sent));
        assert_eq!(heard.len(), sent.len());
        let (sent, heard) = (&sent[4800..90_000], &heard[4800..90_000]);
        let power: f32 = sent.iter().map(|sample| sample * sample).sum();
        // A codec does not keep the phase exactly; a wrong pre-skip would turn it around.
        let same: f32 = sent.iter().zip(heard).map(|(a, b)| a * b).sum();
        assert!(same / power > 0.9, "{}", same / power);
    }

    #[test]
    fn the_headers_are_those_of_rfc_7845() {
        let packets = packets(&record(&tone(48_000)));
        let head = &packets[0];
        assert!(head.first_in_stream() && head.last_in_page());
        assert_eq!(&head.data[..8], b"OpusHead");
        assert_eq!(head.data[8..10], [1, 1]);
        assert_eq!(head.data[10..12], 312_u16.to_le_bytes());
        assert_eq!(head.data[12..16], 48_000_u32.to_le_bytes());
        assert_eq!(head.data[16..], [0, 0, 0]);
        assert_eq!(head.absgp_page(), 0);
        let tags = &packets[1];
        assert_eq!(tags.data, b"OpusTags\x06\0\0\0Herold\0\0\0\0");
        assert!(tags.last_in_page());
        assert_eq!(tags.absgp_page(), 0);
    }

    #[test]
    fn positions_count_samples_and_the_last_one_cuts_the_end() {
        let recording = record(&tone(96_123));
        let packets = packets(&recording);
        let pages: Vec<u64> = packets[2..]
            .iter()
            .filter(|packet| packet.last_in_page())
            .map(Packet::absgp_page)
            .collect();
        assert_eq!(pages, [48_000, 96_000, 96_123 + 312]);
        assert!(packets.last().unwrap().last_in_stream());
        assert_eq!(packets.len() - 2, (96_123_usize + 312).div_ceil(FRAME));
        assert_eq!(recording.duration, Duration::from_nanos(96_123 * 1_000_000_000 / 48_000));
    }

    #[test]
    fn a_single_sample_is_a_message_and_none_is_not() {
        assert_eq!(play(&record(&[0.5])).len(), 1);
        let nothing = Encoder::new().unwrap().finish(End::Stopped);
        assert!(matches!(nothing, Err(Error::NoSound)));
    }

    #[test]
    fn ten_minutes_are_under_two_megabytes() {
        let recording = record(&tone(48_000 * 20));
        assert!(recording.bytes.len() * 30 < 2_200_000, "{}", recording.bytes.len() * 30);
        assert_eq!(recording.waveform.len(), 100);
    }
}
