//! Voice messages before they are messages: recorded, listened to, then sent or deleted.
//!
//! There is one microphone, so there is one recording at a time. A recording belongs to its
//! conversation, as a draft does, and waits there until it is sent or deleted; unlike a draft it is in
//! memory only. The sound itself is made by `herold-voice`; sending is in `timeline::upload`.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

use herold_protocol::{
    Attachment, AttachmentKind, ConversationId, ErrorKind, MediaToken, RecordingEnd,
    RecordingEvent, VoiceRecording,
};
use herold_voice::{End, Limits, Progress, Recorder, Recording};

use crate::{
    Error, MediaContent, Result,
    outgoing::{gone, new_id},
    session::Session,
};

/// Long enough for a dictation, short enough that a recording nobody ended does no harm.
const LONGEST: Duration = Duration::from_secs(30 * 60);
/// What the file may still grow by when it is closed.
const MARGIN: u64 = 32 * 1024;
/// What is recorded, as events name it.
pub(crate) const MIME_TYPE: &str = "audio/ogg";

/// Begins the token of a recording, which no token of received media does.
const TOKEN_PREFIX: &str = "recording-";

/// Takes what a recording says while it runs.
pub type RecordingSink = Box<dyn Fn(RecordingEvent) + Send>;

struct Running {
    conversation: ConversationId,
    window: String,
    recorder: Recorder,
}

/// A recording that waits for its person.
struct Kept {
    token: MediaToken,
    recording: Arc<Recording>,
}

#[derive(Default)]
pub(crate) struct Recordings {
    running: Mutex<Option<Running>>,
    kept: Mutex<HashMap<ConversationId, Kept>>,
    /// Counts windows that went: a microphone that opens after its window went is closed again.
    windows_gone: AtomicU32,
}

impl Recordings {
    /// Opens the microphone. Blocks until it is open.
    fn start(
        &self,
        conversation: ConversationId,
        window: String,
        limits: Limits,
        sink: RecordingSink,
    ) -> Result<()> {
        let windows_gone = self.windows_gone.load(Ordering::SeqCst);
        // Two conversations do not record at once: what the earlier one has is kept there.
        if let Err(error) = self.end(|_| true) {
            tracing::warn!(kind = ?error.kind, "an earlier recording ended without sound");
        }
        if lock(&self.kept).contains_key(&conversation) {
            return Err(Error::new(ErrorKind::Invalid));
        }
        let recorder = Recorder::start(limits, move |progress| sink(event(progress)))?;
        let mut running = lock(&self.running);
        // Dropped, a recorder closes the microphone and forgets what it heard.
        if self.windows_gone.load(Ordering::SeqCst) != windows_gone || running.is_some() {
            return Err(Error::new(ErrorKind::Cancelled));
        }
        *running = Some(Running { conversation, window, recorder });
        Ok(())
    }

    /// Ends the running recording where it fits, and keeps it. Blocks for a moment.
    fn end(&self, fits: impl FnOnce(&Running) -> bool) -> Result<()> {
        let ended = lock(&self.running).take_if(|running| fits(running));
        let Some(Running { conversation, recorder, .. }) = ended else { return Ok(()) };
        self.keep(conversation, recorder.stop()?);
        Ok(())
    }

    fn keep(&self, conversation: ConversationId, recording: Recording) {
        let token = MediaToken(format!("{TOKEN_PREFIX}{}", new_id()));
        lock(&self.kept).insert(conversation, Kept { token, recording: Arc::new(recording) });
    }

    /// Keeps what was sent and taken back. `None` where another recording has its place by now.
    pub(crate) fn keep_again(
        &self,
        conversation: &ConversationId,
        recording: Arc<Recording>,
    ) -> Option<VoiceRecording> {
        let runs = lock(&self.running).as_ref().is_some_and(|it| it.conversation == *conversation);
        let mut kept = lock(&self.kept);
        if runs || kept.contains_key(conversation) {
            return None;
        }
        let token = MediaToken(format!("{TOKEN_PREFIX}{}", new_id()));
        let again = Kept { token, recording };
        let shown = voice_recording(&again);
        kept.insert(conversation.clone(), again);
        Some(shown)
    }

    /// A window was closed or reloaded. What it was recording is kept.
    pub(crate) fn window_gone(&self, window: &str) {
        self.windows_gone.fetch_add(1, Ordering::SeqCst);
        if let Err(error) = self.end(|running| running.window == window) {
            tracing::warn!(kind = ?error.kind, "a recording ended without sound");
        }
    }

    pub(crate) fn get(&self, conversation: &ConversationId) -> Result<Arc<Recording>> {
        let kept = lock(&self.kept);
        kept.get(conversation).map(|kept| kept.recording.clone()).ok_or_else(gone)
    }

    fn shown(&self, conversation: &ConversationId) -> Option<VoiceRecording> {
        lock(&self.kept).get(conversation).map(voice_recording)
    }

    pub(crate) fn discard(&self, conversation: &ConversationId) {
        drop(lock(&self.running).take_if(|running| running.conversation == *conversation));
        lock(&self.kept).remove(conversation);
    }

    /// Forgets everything, also what is being recorded.
    pub(crate) fn clear(&self) {
        self.windows_gone.fetch_add(1, Ordering::SeqCst);
        drop(lock(&self.running).take());
        lock(&self.kept).clear();
    }

    /// The sound of a recording, where the token is one of ours.
    pub(crate) fn content(&self, token: &MediaToken) -> Option<MediaContent> {
        let recording = lock(&self.kept)
            .values()
            .find(|kept| kept.token == *token)
            .map(|kept| kept.recording.clone())?;
        Some(MediaContent {
            bytes: recording.bytes.clone(),
            content_type: "application/octet-stream",
        })
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

fn event(progress: Progress) -> RecordingEvent {
    match progress {
        Progress::Sound { elapsed, level } => {
            RecordingEvent::Sound { elapsed_ms: milliseconds(elapsed), level: percent(level) }
        }
        Progress::Ended => RecordingEvent::Ended,
    }
}

fn voice_recording(kept: &Kept) -> VoiceRecording {
    let Kept { token, recording } = kept;
    VoiceRecording {
        attachment: Attachment {
            kind: AttachmentKind::Voice,
            // It gets its name when it is sent, in the sender's language.
            filename: String::new(),
            mime_type: Some(MIME_TYPE.to_owned()),
            size: Some(recording.bytes.len() as u64),
            duration_ms: Some(milliseconds(recording.duration)),
            file: token.clone(),
            picture: None,
            waveform: recording.waveform.iter().copied().map(percent).collect(),
        },
        end: match recording.end {
            End::Stopped => RecordingEnd::Stopped,
            End::LimitReached => RecordingEnd::LimitReached,
            End::MicrophoneLost => RecordingEnd::MicrophoneLost,
        },
    }
}

fn milliseconds(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

fn percent(fraction: f32) -> u8 {
    (fraction.clamp(0.0, 1.0) * 100.0).round() as u8
}

impl Session {
    /// Begins to record a voice message and returns once the microphone is open. `window` owns the
    /// recording: when it goes, the recording ends and is kept.
    ///
    /// # Errors
    /// `NoMicrophone`, `MicrophoneRefused`, `MicrophoneUnusable`; `Invalid` where a recording of this
    /// conversation was neither sent nor deleted.
    pub async fn start_recording(
        &self,
        conversation: &ConversationId,
        window: &str,
        sink: RecordingSink,
    ) -> Result<()> {
        self.joined_room(&conversation.room_id)?;
        let largest = self.client.load_or_fetch_max_upload_size().await;
        let bytes = largest.map_or(u64::MAX, |limit| u64::from(limit).saturating_sub(MARGIN));
        let limits = Limits { duration: LONGEST, bytes };
        let (recordings, conversation) = (self.recordings.clone(), conversation.clone());
        let window = window.to_owned();
        blocking(move || recordings.start(conversation, window, limits, sink)).await
    }

    /// Ends the recording of a conversation, where it has not ended by itself, and answers with it.
    ///
    /// # Errors
    /// `MicrophoneUnusable` where there was no sound at all, `LocalFileGone` where nothing was recorded.
    pub async fn stop_recording(&self, conversation: &ConversationId) -> Result<VoiceRecording> {
        let (recordings, ended) = (self.recordings.clone(), conversation.clone());
        blocking(move || recordings.end(|running| running.conversation == ended)).await?;
        self.kept_recording(conversation).ok_or_else(gone)
    }

    /// The recording of a conversation that was neither sent nor deleted.
    pub fn kept_recording(&self, conversation: &ConversationId) -> Option<VoiceRecording> {
        self.recordings.shown(conversation)
    }

    /// Keeps a recording that was made elsewhere as if it had been recorded here.
    pub fn keep_recording(&self, conversation: &ConversationId, recording: Recording) {
        self.recordings.keep(conversation.clone(), recording);
    }

    /// Deletes the recording of a conversation, also one that is running.
    pub async fn discard_recording(&self, conversation: &ConversationId) -> Result<()> {
        let (recordings, conversation) = (self.recordings.clone(), conversation.clone());
        blocking(move || {
            recordings.discard(&conversation);
            Ok(())
        })
        .await
    }
}

/// Opening and closing a microphone waits for the system.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
}

#[cfg(test)]
mod tests {
    use herold_protocol::ErrorReason;

    use super::*;

    fn recording() -> Recording {
        Recording {
            bytes: b"OggS".to_vec(),
            duration: Duration::from_millis(2500),
            waveform: vec![0.0, 0.5, 1.0],
            end: End::LimitReached,
        }
    }

    #[test]
    fn a_recording_waits_in_its_conversation_until_it_is_deleted() {
        let recordings = Recordings::default();
        let (here, thread) =
            (ConversationId::room("!a:b.c"), ConversationId::thread("!a:b.c", "$root"));
        recordings.keep(here.clone(), recording());
        let shown = recordings.shown(&here).unwrap();
        assert_eq!(shown.attachment.duration_ms, Some(2500));
        assert_eq!(shown.attachment.waveform, [0, 50, 100]);
        assert_eq!(shown.end, RecordingEnd::LimitReached);
        assert!(recordings.shown(&thread).is_none());
        assert_eq!(recordings.content(&shown.attachment.file).unwrap().bytes, b"OggS");
        recordings.discard(&here);
        assert!(recordings.shown(&here).is_none());
        assert!(recordings.content(&shown.attachment.file).is_none());
        assert_eq!(recordings.get(&here).unwrap_err().reason, Some(ErrorReason::LocalFileGone));
    }

    #[test]
    fn a_recording_that_was_taken_back_is_there_again_and_takes_the_place_of_no_other() {
        let recordings = Recordings::default();
        let here = ConversationId::room("!a:b.c");
        let again = recordings.keep_again(&here, Arc::new(recording())).unwrap();
        assert_eq!(recordings.shown(&here), Some(again.clone()));
        assert_eq!(recordings.content(&again.attachment.file).unwrap().bytes, b"OggS");
        assert_eq!(recordings.keep_again(&here, Arc::new(recording())), None);
        assert_eq!(recordings.shown(&here), Some(again));
    }

    #[test]
    fn signing_out_leaves_no_recording() {
        let recordings = Recordings::default();
        let here = ConversationId::room("!a:b.c");
        recordings.keep(here.clone(), recording());
        recordings.clear();
        assert!(recordings.shown(&here).is_none());
    }
}
