//! Voice messages: kept with their conversation, heard by the other person.

use herold_core::protocol::{
    AttachmentKind, ConversationId, ErrorReason, MessageContent, RecordingEnd, TakenBack,
};
use herold_testkit::Message;
use herold_voice::{Encoder, End, Recording, SAMPLE_RATE};
use matrix_sdk::{
    media::{MediaFormat, MediaRequestParameters},
    ruma::events::room::MediaSource,
};

use crate::support::{Conversation, PATIENCE, messages, place, saying};

/// Two seconds and a half, as the recorder makes them.
fn recording() -> Recording {
    let step = 440.0 * std::f32::consts::TAU / SAMPLE_RATE as f32;
    let tone: Vec<f32> = (0..120_000).map(|n| 0.4 * (n as f32 * step).sin()).collect();
    let mut encoder = Encoder::new().unwrap();
    encoder.push(&tone).unwrap();
    encoder.finish(End::Stopped).unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_voice_message_arrives_with_its_length_and_waveform() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let question = talk.ben.send(&talk.room, "Wie war die Sitzung?").await;
    timeline.wait_for("the question", |rows| saying(rows, "Wie war die Sitzung?")).await;
    let sound = recording();
    session.keep_recording(&here, sound.clone());

    let kept = session.kept_recording(&here).expect("it waits");
    assert_eq!((kept.attachment.kind, kept.end), (AttachmentKind::Voice, RecordingEnd::Stopped));
    assert_eq!(kept.attachment.duration_ms, Some(2500));
    let heard = session.media(&kept.attachment.file).await.expect("listening to it");
    assert_eq!(heard.bytes, sound.bytes);

    let answers = Some(question.to_string());
    let name = "Sprachnachricht.ogg";
    session.send_recording(&here, "1", name, answers.clone()).await.expect("queueing");
    session.send_recording(&here, "1", name, answers).await.expect("asked twice");
    assert!(session.kept_recording(&here).is_none(), "what is queued waits no longer");

    let seen = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.audio", PATIENCE)
        .await;
    let content = &seen.raw["content"];
    assert!(content["org.matrix.msc3245.voice"].is_object(), "{content}");
    assert_eq!(content["info"]["duration"], 2500);
    assert_eq!(content["info"]["mimetype"], "audio/ogg");
    assert_eq!(content["info"]["size"], sound.bytes.len());
    assert_eq!(content["m.relates_to"]["m.in_reply_to"]["event_id"], question.as_str());
    let details = &content["org.matrix.msc1767.audio"];
    assert_eq!(details["duration"], 2500);
    let waveform = details["waveform"].as_array().expect("a waveform");
    assert_eq!(waveform.len(), 100);
    assert!(waveform.iter().all(|value| value.as_u64().is_some_and(|value| value <= 1024)));
    let source: MediaSource = serde_json::from_value(content.clone()).expect("a source");
    let request = MediaRequestParameters { source, format: MediaFormat::File };
    let media = talk.ben.client().media();
    assert_eq!(media.get_media_content(&request, false).await.expect("downloading"), sound.bytes);

    timeline
        .wait_until("the voice message in the own timeline", |rows| {
            messages(rows).any(|(_, message)| match &message.content {
                MessageContent::Attachment { attachment, .. } => {
                    attachment.kind == AttachmentKind::Voice
                        && attachment.duration_ms == Some(2500)
                        && attachment.waveform.len() == 100
                }
                _ => false,
            })
        })
        .await;

    let TakenBack::Recording { recording: Some(again), caption } =
        session.undo_send("1").await.expect("undoing")
    else {
        panic!("no recording comes back");
    };
    assert_eq!(caption.reply_to.expect("what it answers").event_id, question.as_str());
    assert_eq!(session.media(&again.attachment.file).await.expect("listening").bytes, sound.bytes);
    assert_eq!(session.kept_recording(&here), Some(again), "it waits again");
    let gone = |message: &Message| message.redacts(&seen.event_id);
    talk.ben.wait_for_message(&talk.room, gone, PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_recording_belongs_to_one_conversation_and_ends_with_it() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let thread = ConversationId::thread(talk.room.as_str(), "$root");
    session.keep_recording(&here, recording());
    assert!(session.kept_recording(&thread).is_none());
    session.drop_window("main");
    let token = session.kept_recording(&here).expect("a reload loses nothing").attachment.file;
    let error =
        session.send_recording(&thread, "1", "x.ogg", None).await.expect_err("nothing there");
    assert_eq!(error.reason, Some(ErrorReason::LocalFileGone));

    session.discard_recording(&here).await.expect("deleting");
    assert!(session.kept_recording(&here).is_none());
    assert!(session.media(&token).await.is_err(), "its sound is gone as well");
    let error = session.stop_recording(&here).await.expect_err("nothing runs");
    assert_eq!(error.reason, Some(ErrorReason::LocalFileGone));
}
