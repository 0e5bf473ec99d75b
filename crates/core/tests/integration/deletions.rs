//! Messages that are deleted, and such that are taken back.

use std::time::Duration;

use herold_core::protocol::{
    MessageContent, MessageRow, OutgoingText, Place, PreviewContent, RoomRow, TimelineRow,
};
use herold_testkit::{Fault, Message};

use crate::support::{Conversation, PATIENCE, message_with, messages, place, saying, sent};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_is_deleted_with_its_reason_and_undone_with_its_text() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Versehen").await;
    let event = sent(&mut timeline, "Versehen").await;
    let session = talk.anna.session();
    let reason = Some("falscher Raum".to_owned());
    let own = MessageContent::Redacted { by: None, reason: reason.clone() };
    session.redact_message(talk.room.as_str(), event.as_str(), reason).await.expect("deleting");
    timeline
        .wait_until("the message gone", |rows| {
            message_with(rows, event.as_str()).is_some_and(|row| row.content == own)
        })
        .await;
    let redaction = talk
        .ben
        .wait_for_message(&talk.room, |message| message.kind == "m.room.redaction", PATIENCE)
        .await;
    assert_eq!(redaction.raw["content"]["reason"], "falscher Raum");

    talk.anna.send(&talk.room, "Vertraulich").await;
    let event = sent(&mut timeline, "Vertraulich").await;
    talk.ben.redact(&talk.room, &event, Some("Nicht hier")).await;
    timeline
        .wait_until("who deleted it", |rows| {
            message_with(rows, event.as_str()).is_some_and(|row| match &row.content {
                MessageContent::Redacted { by: Some(by), reason } => {
                    by.name == "Ben" && reason.as_deref() == Some("Nicht hier")
                }
                _ => false,
            })
        })
        .await;

    // A mention says who is meant, and not what its sender says about it.
    let html = format!("<a href=\"https://matrix.to/#/{}\">Die Leitung</a>", talk.anna.user.id);
    let mention = talk.ben.send_html(&talk.room, "Die Leitung", &html).await;
    timeline.wait_for("whom it means", |rows| saying(rows, "Anna")).await;
    // So do the list of rooms and a quotation.
    let anna = PreviewContent::Text { text: "Anna".into() };
    let in_list =
        |row: &RoomRow| row.preview.as_ref().is_some_and(|preview| preview.content == anna);
    talk.anna.room(&talk.room, "whom it means in a preview", in_list).await;
    talk.ben.reply(&talk.room, &mention, "Ja").await;
    let quoted = |rows: &[TimelineRow]| {
        let (_, row) = saying(rows, "Ja")?;
        (row.reply_to?.content? == anna).then_some(())
    };
    timeline.wait_for("whom it means in a quotation", quoted).await;

    let asked = talk.ben.send(&talk.room, "Wann?").await;
    timeline.wait_for("the question", |rows| saying(rows, "Wann?")).await;
    let answer =
        OutgoingText { reply_to: Some(asked.to_string()), ..OutgoingText::new("Zu **früh**") };
    session.send_message(&here, "early", answer).await.expect("storing an answer");
    // Also where something else was sent since.
    let later = Place { description: "Rathaus".into(), latitude: 48.0, longitude: 11.0 };
    session.send_location(&here, "later", later).await.expect("storing a place");
    let is_place = |message: &Message| message.raw["content"]["msgtype"] == "m.location";
    talk.ben.wait_for_message(&talk.room, is_place, PATIENCE).await;
    let draft = session.undo_send("early").await.expect("undoing");
    assert_eq!(draft.text, "Zu **früh**", "the text comes back as it was typed");
    assert_eq!(draft.reply_to.expect("what it answers").event_id, asked.as_str());
    let is_there = |row: &MessageRow| matches!(row.content, MessageContent::Location { .. });
    timeline
        .wait_until("the place alone", |rows| {
            saying(rows, "Zu früh").is_none()
                && messages(rows).any(|(_, message)| is_there(message))
        })
        .await;

    // What has not left yet never leaves.
    talk.proxy.set(Fault::Cut).await;
    let text = OutgoingText::new("Noch nicht");
    session.send_message(&here, "not yet", text).await.expect("storing a text");
    timeline.wait_for("the message", |rows| saying(rows, "Noch nicht")).await;
    session.undo_send("not yet").await.expect("undoing without network");
    timeline.wait_until("it is gone", |rows| saying(rows, "Noch nicht").is_none()).await;
    talk.proxy.clear().await;
    talk.anna.send(&talk.room, "Ende").await;
    assert!(!talk.ben_has("Ende").await.contains(&"Noch nicht".to_owned()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_that_a_sync_brings_among_known_events_is_understood() {
    let talk = Conversation::begin().await;
    talk.ben.send(&talk.room, "Anfang").await;
    talk.anna.room(&talk.room, "the first", |row| row.preview.is_some()).await;

    // The room is opened, so the sync that brings the deletion brings everything of the room.
    talk.proxy.set_for("/sync", Fault::Slow { latency: Duration::from_secs(6) }).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Versehen").await;
    let event = sent(&mut timeline, "Versehen").await;
    let reason = Some("falscher Raum".to_owned());
    let session = talk.anna.session();
    session
        .redact_message(talk.room.as_str(), event.as_str(), reason.clone())
        .await
        .expect("deleting");
    let deleted = MessageContent::Redacted { by: None, reason };
    let only_it = |rows: &[TimelineRow]| {
        message_with(rows, event.as_str()).is_some_and(|row| row.content == deleted)
            && messages(rows).count() == 2
    };
    timeline.wait_until("the deletion with its reason", only_it).await;
}
