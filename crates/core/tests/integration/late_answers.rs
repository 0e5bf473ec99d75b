//! The server has a message, and its answer is lost: the message keeps its place.

use std::time::Duration;

use herold_core::protocol::{ConnectionState, TimelineRow};
use herold_testkit::Fault;

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

/// What follows the message on the server is not loaded when its answer comes: a gap lies in between.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_whose_answer_is_lost_before_a_gap_goes_back_once_that_is_filled() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, WANTED[0]).await;
    timeline.wait_for("the first", |rows| saying(rows, WANTED[0])).await;
    talk.proxy.set_for("/send/m.room.encrypted/", Fault::ResetAfter { bytes: 0 }).await;
    talk.anna.send(&talk.room, WANTED[1]).await;
    talk.ben.wait_for_text(&talk.room, WANTED[1], PATIENCE).await;
    talk.ben.send(&talk.room, WANTED[2]).await;
    timeline.wait_for("one in between", |rows| saying(rows, WANTED[2])).await;

    talk.proxy.set_for("/send/", Fault::Cut).await;
    talk.proxy.set_for("/messages", Fault::Cut).await;
    talk.proxy.set_for("/sync", Fault::Cut).await;
    talk.proxy.cut_connections();
    let is_offline = |state: &ConnectionState| matches!(state, ConnectionState::Offline { .. });
    talk.anna.connection("offline", is_offline).await;
    let mut wanted: Vec<String> = WANTED[..3].iter().map(ToString::to_string).collect();
    for number in 0..60 {
        let text = format!("Nummer {number}");
        talk.ben.send(&talk.room, &text).await;
        wanted.push(text);
    }
    talk.proxy.set_for("/sync", Fault::Pass).await;
    talk.anna.session().retry_connection();
    talk.anna.online().await;
    let is_latest = |rows: &[TimelineRow]| saying(rows, "Nummer 59").is_some();
    timeline.wait_until("the latest", is_latest).await;

    talk.proxy.set_for("/send/m.room.encrypted/", Fault::Pass).await;
    talk.proxy.set_for("/send/", Fault::Pass).await;
    talk.anna.send(&talk.room, WANTED[3]).await;
    wanted.push(WANTED[3].to_owned());
    talk.ben.wait_for_text(&talk.room, WANTED[3], PATIENCE).await;
    let arrived =
        |rows: &[TimelineRow]| saying(rows, WANTED[3]).is_some_and(|(_, row)| has_arrived(&row));
    timeline.wait_until("the last arrived", arrived).await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    talk.proxy.set_for("/messages", Fault::Pass).await;
    timeline.load_all().await.expect("loading what is older");
    timeline.wait_until("its place", |rows| texts(rows) == wanted).await;
}
