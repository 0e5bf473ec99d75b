//! The server has a message, and its answer is lost: the message keeps its place.

use std::time::Duration;

use herold_core::protocol::{MessageContent, MessageRow, TimelineRow};
use herold_testkit::{Fault, Message};

use crate::support::{Conversation, PATIENCE, View, has_arrived, messages, saying, texts};

const WANTED: [&str; 4] = ["Anfang", "Ohne Antwort", "Dazwischen", "Zuletzt"];

fn all_arrived(rows: &[TimelineRow]) -> bool {
    texts(rows).len() == WANTED.len() && messages(rows).all(|(_, row)| has_arrived(row))
}

/// What is shown once nothing has changed for a while.
async fn in_the_end(timeline: &mut View<TimelineRow>) -> Vec<String> {
    timeline.wait_until("all messages", all_arrived).await;
    loop {
        let shown = texts(timeline.rows());
        tokio::time::sleep(Duration::from_secs(1)).await;
        timeline.catch_up().await;
        if texts(timeline.rows()) == shown && all_arrived(timeline.rows()) {
            return shown;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_answer_is_lost_keeps_its_place() {
    let mut talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, WANTED[0]).await;
    timeline.wait_until("the first", |rows| saying(rows, WANTED[0]).is_some()).await;

    talk.proxy.set_for("/send/m.room.encrypted/", Fault::ResetAfter { bytes: 0 }).await;
    talk.anna.send(&talk.room, WANTED[1]).await;
    talk.ben.wait_for_text(&talk.room, WANTED[1], PATIENCE).await;
    talk.ben.send(&talk.room, WANTED[2]).await;
    timeline.wait_until("one in between", |rows| saying(rows, WANTED[2]).is_some()).await;

    talk.proxy.set_for("/send/m.room.encrypted/", Fault::Pass).await;
    talk.anna.send(&talk.room, WANTED[3]).await;
    let arrived = talk.ben_reads(WANTED[3]).await;
    assert_eq!(arrived.into_iter().map(|(_, text)| text).collect::<Vec<_>>(), WANTED);
    assert_eq!(in_the_end(&mut timeline).await, WANTED);

    drop(timeline);
    talk.anna.restart_without_network().await;
    talk.proxy.set(Fault::Cut).await;
    let mut stored = talk.anna.timeline(&talk.room).await;
    assert_eq!(in_the_end(&mut stored).await, WANTED);
}

/// Of a deletion, the SDK's own copy may say nothing of what it deletes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deletion_whose_answer_is_lost_is_no_message() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Versehen").await;
    let event = timeline
        .wait_for("the message", |rows| {
            saying(rows, "Versehen").and_then(|(_, row)| row.event_id.filter(|id| !id.is_empty()))
        })
        .await;
    talk.proxy.set_for("/redact/", Fault::ResetAfter { bytes: 0 }).await;
    let reason = Some("falscher Raum".to_owned());
    talk.anna.session().redact_message(talk.room.as_str(), &event, reason.clone()).await.unwrap();
    let is_deletion = |message: &Message| message.kind == "m.room.redaction";
    talk.ben.wait_for_message(&talk.room, is_deletion, PATIENCE).await;
    let deleted = MessageContent::Redacted { by: None, reason };
    let is_right = |rows: &[TimelineRow]| {
        let is_unknown = |row: &MessageRow| matches!(row.content, MessageContent::Unknown { .. });
        messages(rows).all(|(_, row)| !is_unknown(row))
            && messages(rows).any(|(_, row)| row.content == deleted)
    };
    timeline.wait_until("the deletion, by the sync", is_right).await;

    talk.proxy.set_for("/redact/", Fault::Pass).await;
    talk.anna.send(&talk.room, "Danach").await;
    talk.ben.wait_for_text(&talk.room, "Danach", PATIENCE).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    timeline.wait_until("the same after the answer", is_right).await;
}
