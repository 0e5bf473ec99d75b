//! Changes that the server refuses: nobody sees a row for them, so they may hold up nothing.

use std::time::Duration;

use herold_core::{
    AppEvents,
    protocol::{
        AppEvent, ConversationId, Draft, ErrorKind, ErrorReason, OutgoingText, PollDraft,
        TimelineFocus, TimelineRow, UnsentChange, UnsentEdit, WireError,
    },
};
use herold_testkit::Fault;
use serde_json::json;

use crate::{
    polls::{asking, draft},
    support::{Conversation, PATIENCE, View, place, saying, texts},
};

async fn told(events: &mut AppEvents) -> WireError {
    let waiting = async {
        loop {
            if let AppEvent::Problem { error } = events.next().await.expect("the application lives")
            {
                return error;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("somebody is told")
}

/// The words of an edit that was refused.
async fn told_of_edit(events: &mut AppEvents) -> UnsentEdit {
    let waiting = async {
        loop {
            let event = events.next().await.expect("the application lives");
            if let AppEvent::EditRefused { error, edit } = event {
                assert_eq!(error.reason, Some(ErrorReason::ChangeRefused));
                return edit;
            }
        }
    };
    tokio::time::timeout(PATIENCE, waiting).await.expect("somebody is told")
}

/// The identifier of a message that has arrived.
async fn arrived(timeline: &mut View<TimelineRow>, text: &str) -> String {
    timeline.wait_for(text, |rows| saying(rows, text)?.1.event_id).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_reaction_is_taken_back_and_holds_up_nothing() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let (_, mut events) = talk.anna.app.subscribe();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, "Hallo").await;
    let event = arrived(&mut timeline, "Hallo").await;

    talk.proxy.set_for("/send/m.reaction/", Fault::status(403)).await;
    session.toggle_reaction(&here, &event, "👍").await.expect("storing a reaction");
    talk.anna.send(&talk.room, "Danach").await;
    assert_eq!(talk.ben_has("Danach").await, ["Danach"]);
    let error = told(&mut events).await;
    assert_eq!(
        (error.kind, error.reason),
        (ErrorKind::Forbidden, Some(ErrorReason::ChangeRefused))
    );
    timeline
        .wait_until("no reaction", |rows| {
            saying(rows, "Hallo").is_some_and(|(_, row)| row.reactions.is_empty())
        })
        .await;

    // Another device was quicker: what was wanted is there, and nobody is told anything.
    let body = json!({ "errcode": "M_DUPLICATE_ANNOTATION", "error": "already" });
    let quicker = Fault::Status { code: 400, retry_after: None, body: Some(body) };
    talk.proxy.set_for("/send/m.reaction/", quicker).await;
    session.toggle_reaction(&here, &event, "🎉").await.expect("storing a reaction");
    talk.anna.send(&talk.room, "Noch etwas").await;
    assert_eq!(talk.ben_has("Noch etwas").await, ["Danach", "Noch etwas"]);
    let told = tokio::time::timeout(Duration::from_millis(500), told(&mut events)).await;
    assert!(told.is_err(), "{told:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_edit_or_deletion_is_taken_back_and_holds_up_nothing() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let (_, mut events) = talk.anna.app.subscribe();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Alt").await;
    let event = arrived(&mut timeline, "Alt").await;

    talk.proxy.set_times("/send/", 1, Fault::status(403)).await;
    let edit = OutgoingText { edits: Some(event.clone()), ..OutgoingText::new("**Neu**") };
    session.send_message(&here, "edit", edit).await.expect("storing an edit");
    talk.anna.send(&talk.room, "Danach").await;
    assert_eq!(talk.ben_has("Danach").await, ["Alt", "Danach"]);
    let words = Draft { text: "**Neu**".into(), edits: Some(event.clone()), ..Draft::default() };
    let change = UnsentChange::Text { draft: words };
    assert_eq!(told_of_edit(&mut events).await, UnsentEdit { conversation: here.clone(), change });
    timeline.wait_until("the old words", |rows| texts(rows) == ["Alt", "Danach"]).await;

    let asked = draft("Wann?", &["Montag", "Dienstag"]);
    session.send_poll(&here, "poll", asked).await.expect("storing a poll");
    let (event_id, _) = timeline
        .wait_for("the poll", |rows| asking(rows, "Wann?").filter(|(id, _)| id.is_some()))
        .await;
    let event_id = event_id.expect("the server has it");
    talk.proxy.set_times("/send/", 1, Fault::status(403)).await;
    let poll = PollDraft { open: false, ..draft("Wann genau?", &["Montag", "Mittwoch"]) };
    session.edit_poll(&here, &event_id, poll.clone()).await.expect("storing an edit");
    let change = UnsentChange::Poll { event_id, poll };
    assert_eq!(told_of_edit(&mut events).await, UnsentEdit { conversation: here.clone(), change });

    talk.proxy.set_times("/redact/", 1, Fault::status(403)).await;
    session.redact_message(talk.room.as_str(), &event, None).await.expect("storing a deletion");
    talk.anna.send(&talk.room, "Zuletzt").await;
    assert_eq!(talk.ben_has("Zuletzt").await, ["Alt", "Danach", "Zuletzt"]);
    assert_eq!(told(&mut events).await.reason, Some(ErrorReason::ChangeRefused));
    let all = ["Alt", "Danach", "Zuletzt"];
    timeline.wait_until("the message is back", |rows| texts(rows) == all).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_words_of_a_refused_edit_go_back_to_their_thread_also_after_a_restart() {
    let mut talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Anlass").await;
    let root = arrived(&mut timeline, "Anlass").await;
    let there = ConversationId::thread(talk.room.as_str(), &root);
    let session = talk.anna.session();
    let answer = OutgoingText::new("Alt");
    session.send_message(&there, "answer", answer).await.expect("storing an answer");
    let focus = TimelineFocus::Thread { root_id: root };
    let mut thread = talk.anna.focused(&talk.room, focus).await;
    let event = arrived(&mut thread, "Alt").await;

    // The program ends before anybody hears of the refusal.
    talk.proxy.set_for("/send/", Fault::Cut).await;
    let edit = OutgoingText { edits: Some(event.clone()), ..OutgoingText::new("Neu") };
    session.send_message(&there, "edit", edit).await.expect("storing an edit");
    talk.anna.restart().await;
    let (_, mut events) = talk.anna.app.subscribe();
    talk.proxy.set_for("/send/", Fault::status(403)).await;
    let unsent = told_of_edit(&mut events).await;
    assert_eq!(unsent.conversation, there);
    let draft = Draft { text: "Neu".into(), edits: Some(event), ..Draft::default() };
    assert_eq!(unsent.change, UnsentChange::Text { draft });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_that_the_server_keeps_failing_in_holds_up_no_refusal_in_another() {
    let talk = Conversation::begin().await;
    let other = talk.ben.create_direct(&talk.anna.user.id).await;
    talk.anna.accept(&other).await;
    talk.ben.wait_for_members(&other, 2).await;
    let (_, mut events) = talk.anna.app.subscribe();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, "Hallo").await;
    let event = arrived(&mut timeline, "Hallo").await;

    let failing = format!("{other}/send/");
    talk.proxy.set_for(&failing, Fault::status(502)).await;
    talk.anna.send(&other, "Stockt").await;
    // The SDK tries three times before it gives up; after the fourth time, the pause is one of eight seconds.
    let four_times = async {
        while talk.proxy.count(&failing) < 12 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, four_times).await.expect("it is tried again and again");

    talk.proxy.set_for("/send/m.reaction/", Fault::status(403)).await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    session.toggle_reaction(&here, &event, "👍").await.expect("storing a reaction");
    let told = tokio::time::timeout(Duration::from_secs(5), told(&mut events)).await;
    assert_eq!(told.expect("somebody is told at once").reason, Some(ErrorReason::ChangeRefused));

    talk.proxy.clear().await;
    talk.ben.wait_for_text(&other, "Stockt", PATIENCE).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_waits_only_a_moment_for_a_server_that_says_nothing() {
    let talk = Conversation::begin().await;
    talk.proxy.set_for("/event/", Fault::HalfOpen).await;
    let answer = OutgoingText {
        reply_to: Some("$somewhere-that-is-not-on-this-device".to_owned()),
        ..OutgoingText::new("Antwort")
    };
    let (here, session) = (place(&talk.room), talk.anna.session());
    let storing = session.send_message(&here, "answer", answer);
    let stored = tokio::time::timeout(Duration::from_secs(10), storing).await;
    stored.expect("it takes two seconds").expect("storing an answer");
    talk.anna.send(&talk.room, "Danach").await;
    assert_eq!(talk.ben_has("Danach").await, ["Antwort", "Danach"]);
}
