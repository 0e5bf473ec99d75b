//! Messages that are deleted, and such that are taken back.

use std::time::Duration;

use herold_core::protocol::{
    MessageContent, MessageRow, OutgoingFiles, OutgoingText, Place, PollDraft, PreviewContent,
    RoomRow, StagedFile, TakenBack, TimelineRow,
};
use herold_testkit::{Fault, Message};
use serde_json::Value;

use crate::support::{Conversation, PATIENCE, Person, message_with, messages, place, saying, sent};

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
    let answer = answering(asked.as_str(), "Zu **früh**");
    session.send_message(&here, "early", answer).await.expect("storing an answer");
    // Also where something else was sent since.
    session.send_location(&here, "later", rathaus()).await.expect("storing a place");
    let is_place = |message: &Message| message.raw["content"]["msgtype"] == "m.location";
    talk.ben.wait_for_message(&talk.room, is_place, PATIENCE).await;
    let Ok(TakenBack::Text { draft }) = session.undo_send("early").await else {
        panic!("no text comes back");
    };
    assert_eq!(draft.text, "Zu **früh**", "the text comes back as it was typed");
    assert_eq!(draft.reply_to.expect("what it answers").event_id, asked.as_str());
    let is_there = |row: &MessageRow| matches!(row.content, MessageContent::Location { .. });
    timeline
        .wait_until("the place alone", |rows| {
            saying(rows, "Zu früh").is_none()
                && messages(rows).any(|(_, message)| is_there(message))
        })
        .await;

    // Whatever else was sent comes back to where it was made, also where it is more than one message.
    let files = send_others(&talk, "left", asked.as_str(), false).await;
    let left = |rows: &[TimelineRow]| {
        let others = messages(rows).filter(|(_, row)| is_other(row));
        others.filter(|(_, row)| row.event_id.is_some()).count()
    };
    timeline.wait_until("it has left, beside the first place", |rows| left(rows) == 5).await;
    undo_others(&talk, "left", asked.as_str(), (files, false)).await;
    let first_alone =
        |rows: &[TimelineRow]| messages(rows).filter(|(_, row)| is_other(row)).count() == 1;
    timeline.wait_until("the first place alone", first_alone).await;

    // What has not left yet never leaves.
    talk.proxy.set(Fault::Cut).await;
    let text = OutgoingText::new("Noch nicht");
    session.send_message(&here, "not yet", text).await.expect("storing a text");
    timeline.wait_for("the message", |rows| saying(rows, "Noch nicht")).await;
    session.undo_send("not yet").await.expect("undoing without network");
    timeline.wait_until("it is gone", |rows| saying(rows, "Noch nicht").is_none()).await;
    let files = send_others(&talk, "waiting", asked.as_str(), true).await;
    undo_others(&talk, "waiting", asked.as_str(), (files, true)).await;
    timeline.wait_until("the first place alone", first_alone).await;
    talk.proxy.clear().await;

    // An upload that is under way ends, and holds up nothing.
    talk.proxy.set_for("/media/v3/upload", Fault::HalfOpen).await;
    let files = send_others(&talk, "under way", asked.as_str(), false).await;
    timeline.wait_until("the poll has left", |rows| left(rows) == 2).await;
    undo_others(&talk, "under way", asked.as_str(), (files, false)).await;
    timeline.wait_until("the first place alone", first_alone).await;
    talk.anna.send(&talk.room, "Ende").await;
    assert!(!talk.ben_has("Ende").await.contains(&"Noch nicht".to_owned()));
    let others = ["m.file", "m.location", "dm.filament.gallery"];
    let is_other = |raw: &&Value| {
        raw["type"] == "org.matrix.msc3381.poll.start"
            || others.iter().any(|kind| raw["content"]["msgtype"] == *kind)
    };
    let there = talk.ben.history(&talk.room).await;
    assert_eq!(there.iter().filter(is_other).count(), 1, "the first place alone is on the server");
}

fn poll() -> PollDraft {
    PollDraft {
        question: "Wann?".to_owned(),
        answers: ["Montag", "Dienstag"].map(str::to_owned).to_vec(),
        open: false,
        max_selections: 2,
    }
}

fn rathaus() -> Place {
    Place { description: "Rathaus".into(), latitude: 48.137, longitude: 11.575 }
}

/// Sends a poll, two files (as a gallery or each for itself) that answer a message and a place; the files as they were staged.
async fn send_others(
    talk: &Conversation,
    name: &str,
    asked: &str,
    gallery: bool,
) -> Vec<StagedFile> {
    let (here, session) = (place(&talk.room), talk.anna.session());
    session.send_poll(&here, &format!("{name} poll"), poll()).await.expect("storing a poll");
    let mut files = Vec::new();
    for name in ["Plan.pdf", "Liste.pdf"] {
        let bytes = b"%PDF-".to_vec();
        files.push(session.stage_bytes(name, "application/pdf", bytes).await.expect("staging"));
    }
    let outgoing = OutgoingFiles {
        files: files.iter().map(|file| file.id.clone()).collect(),
        caption: answering(asked, "Der **Plan**"),
        gallery,
        keep_metadata: true,
    };
    session.send_files(&here, &format!("{name} files"), outgoing).await.expect("storing files");
    let request = format!("{name} place");
    session.send_location(&here, &request, rathaus()).await.expect("storing a place");
    files
}

/// Takes back what was sent with [`send_others`].
async fn undo_others(talk: &Conversation, name: &str, asked: &str, sent: (Vec<StagedFile>, bool)) {
    let session = talk.anna.session();
    let undone = async |kind: &str| {
        session.undo_send(&format!("{name} {kind}")).await.expect("undoing what was sent")
    };
    assert_eq!(undone("poll").await, TakenBack::Poll { poll: poll() });
    let TakenBack::Files { files, complete, caption, gallery, keep_metadata } =
        undone("files").await
    else {
        panic!("no files come back");
    };
    assert_eq!(((files, gallery), complete, keep_metadata), (sent, true, true));
    assert_eq!(caption.text, "Der **Plan**");
    assert_eq!(caption.reply_to.expect("what it answers").event_id, asked);
    assert_eq!(undone("place").await, TakenBack::Place { place: rathaus() });
}

fn answering(asked: &str, text: &str) -> OutgoingText {
    OutgoingText { reply_to: Some(asked.to_owned()), ..OutgoingText::new(text) }
}

/// Whether a message is such as [`send_others`] sends.
fn is_other(row: &MessageRow) -> bool {
    use MessageContent::{Attachment, Gallery, Location, Poll};
    matches!(row.content, Attachment { .. } | Gallery { .. } | Location { .. } | Poll { .. })
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

/// An edit is an event of its own: deleting the message alone would leave its words.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_message_leaves_none_of_its_edits() {
    let mut talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Vertraulich").await;
    let event = sent(&mut timeline, "Vertraulich").await;
    let mut said = vec![event.to_string()];
    for text in ["Vertraulich: eins", "Vertraulich: zwei"] {
        let edit = OutgoingText { edits: Some(event.to_string()), ..OutgoingText::new(text) };
        session.send_message(&here, text, edit).await.expect("storing an edit");
        let is_it = |seen: &Message| seen.raw["content"]["m.new_content"]["body"] == text;
        let edit = talk.ben.wait_for_message(&talk.room, is_it, PATIENCE).await;
        said.push(edit.event_id.to_string());
    }
    // It changes nothing, and is not Anna's to delete.
    let foreign = talk.ben.edit(&talk.room, &event, "Untergeschoben").await;
    timeline.wait_for("the last edit", |rows| saying(rows, "Vertraulich: zwei")).await;
    session.redact_message(talk.room.as_str(), event.as_str(), None).await.expect("deleting");
    let is_gone = |rows: &[TimelineRow]| {
        message_with(rows, event.as_str())
            .is_some_and(|row| matches!(row.content, MessageContent::Redacted { .. }))
    };
    timeline.wait_until("the message gone", is_gone).await;
    talk.anna.send(&talk.room, "Danach").await;
    talk.ben.wait_for_text(&talk.room, "Danach", PATIENCE).await;
    let there = talk.ben.history(&talk.room).await;
    let with = |id: &str| there.iter().find(|raw| raw["event_id"] == id).expect("an event");
    for id in &said {
        assert_eq!(with(id)["content"], serde_json::json!({}), "{id}");
    }
    assert_eq!(with(foreign.as_str())["content"]["m.new_content"]["body"], "Untergeschoben");

    // An edit that waits for the network would come after the deletion.
    let event = sent(&mut timeline, "Danach").await;
    talk.proxy.set(Fault::Cut).await;
    let edit =
        OutgoingText { edits: Some(event.to_string()), ..OutgoingText::new("Nie mehr gesagt") };
    session.send_message(&here, "late", edit).await.expect("storing an edit");
    session.redact_message(talk.room.as_str(), event.as_str(), None).await.expect("deleting");
    talk.proxy.clear().await;
    talk.anna.online().await;
    talk.anna.send(&talk.room, "Ende").await;
    assert_eq!(talk.ben_has("Ende").await, ["Ende"]);
    let is_said = |raw: &Value| raw["content"]["m.new_content"]["body"] == "Nie mehr gesagt";
    assert!(!talk.ben.history(&talk.room).await.iter().any(is_said), "it is on the server");

    // Without their content, edits look like messages: also read from the store, and from the server.
    drop(timeline);
    talk.anna.restart().await;
    let other = Person::sign_in(&talk.server.url(), &talk.anna.user).await;
    for reader in [&talk.anna, &other] {
        let mut timeline = reader.timeline(&talk.room).await;
        timeline.load_all().await.expect("loading what is older");
        let is_gone = |rows: &[TimelineRow]| {
            message_with(rows, &said[0])
                .is_some_and(|row| matches!(row.content, MessageContent::Redacted { .. }))
        };
        timeline.wait_until("the message gone", is_gone).await;
        timeline.catch_up().await;
        assert!(said[1..].iter().all(|edit| message_with(timeline.rows(), edit).is_none()));
    }
}
