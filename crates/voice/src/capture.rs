//! The system's default microphone, through cpal: ALSA on Linux (and with it PipeWire and PulseAudio),
//! WASAPI, CoreAudio, AAudio.

use cpal::{
    Device, FromSample, Sample, SampleFormat, SizedSample, Stream, StreamConfig,
    SupportedStreamConfig, SupportedStreamConfigRange,
    traits::{DeviceTrait, HostTrait, StreamTrait},
};

use crate::{Error, SAMPLE_RATE};

/// A running microphone; dropping it closes it.
pub(crate) struct Microphone {
    /// Samples a second, as `on_sound` gets them.
    pub(crate) rate: u32,
    _stream: Stream,
}

impl Microphone {
    /// Calls `on_sound` with mono samples from -1 to 1, and `on_loss` once nothing more will come.
    pub(crate) fn open(
        on_sound: impl FnMut(Vec<f32>) + Send + 'static,
        on_loss: impl FnMut() + Send + 'static,
    ) -> Result<Self, Error> {
        let device =
            cpal::default_host().default_input_device().ok_or(Error::NoMicrophone(None))?;
        let config = config_of(&device).map_err(named)?;
        let stream = build(&device, &config, on_sound, on_loss).map_err(named)?;
        stream.play().map_err(named)?;
        Ok(Self { rate: config.sample_rate(), _stream: stream })
    }
}

/// At 48 kHz with as few channels as there can be, so that nothing is left to convert; otherwise as the
/// system likes it.
fn config_of(device: &Device) -> Result<SupportedStreamConfig, cpal::Error> {
    let fits = |range: &SupportedStreamConfigRange| {
        (range.min_sample_rate()..=range.max_sample_rate()).contains(&SAMPLE_RATE)
            && precision(range.sample_format()) > 0
    };
    let best = device
        .supported_input_configs()?
        .filter(fits)
        .min_by_key(|range| (range.channels(), u8::MAX - precision(range.sample_format())));
    match best {
        Some(range) => Ok(range.with_sample_rate(SAMPLE_RATE)),
        None => device.default_input_config(),
    }
}

/// Which formats are read, the better ones higher; 0 for those that are not.
fn precision(format: SampleFormat) -> u8 {
    match format {
        SampleFormat::F32 => 5,
        SampleFormat::I32 => 4,
        SampleFormat::I16 => 3,
        SampleFormat::U16 => 2,
        SampleFormat::U8 => 1,
        _ => 0,
    }
}

fn build(
    device: &Device,
    config: &SupportedStreamConfig,
    on_sound: impl FnMut(Vec<f32>) + Send + 'static,
    on_loss: impl FnMut() + Send + 'static,
) -> Result<Stream, cpal::Error> {
    match config.sample_format() {
        SampleFormat::F32 => read::<f32>(device, config.config(), on_sound, on_loss),
        SampleFormat::I32 => read::<i32>(device, config.config(), on_sound, on_loss),
        SampleFormat::I16 => read::<i16>(device, config.config(), on_sound, on_loss),
        SampleFormat::U16 => read::<u16>(device, config.config(), on_sound, on_loss),
        SampleFormat::U8 => read::<u8>(device, config.config(), on_sound, on_loss),
        _ => Err(cpal::ErrorKind::UnsupportedConfig.into()),
    }
}

fn read<T>(
    device: &Device,
    config: StreamConfig,
    mut on_sound: impl FnMut(Vec<f32>) + Send + 'static,
    mut on_loss: impl FnMut() + Send + 'static,
) -> Result<Stream, cpal::Error>
where
    T: SizedSample,
    f32: FromSample<T>,
{
    let channels = usize::from(config.channels.max(1));
    device.build_input_stream(
        config,
        move |samples: &[T], _| on_sound(mono(samples, channels)),
        move |error| {
            tracing::warn!(kind = ?error.kind(), "microphone");
            if is_loss(error.kind()) {
                on_loss();
            }
        },
        None,
    )
}

fn mono<T>(samples: &[T], channels: usize) -> Vec<f32>
where
    T: Sample,
    f32: FromSample<T>,
{
    samples
        .chunks_exact(channels)
        .map(|frame| {
            let sum: f32 = frame.iter().map(|sample| f32::from_sample(*sample)).sum();
            sum / channels as f32
        })
        .collect()
}

/// Whether a running microphone is gone. A gap in the sound or another route to it is not the end.
fn is_loss(kind: cpal::ErrorKind) -> bool {
    use cpal::ErrorKind as Kind;
    !matches!(kind, Kind::Xrun | Kind::DeviceChanged | Kind::RealtimeDenied)
}

fn named(error: cpal::Error) -> Error {
    use cpal::ErrorKind as Kind;
    match error.kind() {
        Kind::DeviceNotAvailable | Kind::HostUnavailable | Kind::UnsupportedOperation => {
            Error::NoMicrophone(Some(error))
        }
        Kind::PermissionDenied => Error::NotAllowed(error),
        Kind::DeviceBusy => Error::InUse(error),
        _ => Error::Microphone(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_channels_are_heard_at_one_loudness() {
        assert_eq!(mono(&[0.5_f32, 0.1, -0.5, -0.1], 2), [0.3, -0.3]);
        assert_eq!(mono(&[i16::MIN], 1), [-1.0]);
    }

    #[test]
    fn a_gap_in_the_sound_does_not_end_a_recording() {
        assert!(!is_loss(cpal::ErrorKind::Xrun));
        assert!(is_loss(cpal::ErrorKind::DeviceNotAvailable));
    }
}
