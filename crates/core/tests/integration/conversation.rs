//! Reading and writing in one room.

use herold_core::protocol::{ErrorKind, ErrorReason, SendState, TimelineRowContent};

use crate::support::{Conversation, PATIENCE, has_arrived, saying, texts};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_travel_encrypted_both_ways() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Ist der Plan fertig?").await;
    let seen = talk.ben.wait_for_text(&talk.room, "Ist der Plan fertig?", PATIENCE).await;
    assert!(seen.encrypted, "{seen:?}");
    talk.ben.send(&talk.room, "Fast, **morgen**.").await;
    let (_, answer) =
        timeline.wait_for("Ben's answer", |rows| saying(rows, "Fast, **morgen**.")).await;
    assert!(!answer.own);
    assert_eq!(answer.sender.name, "Ben");
    assert_eq!(answer.send_state, None);
    let (_, question) = timeline
        .wait_for("Anna's question sent", |rows| {
            saying(rows, "Ist der Plan fertig?").filter(|(_, message)| has_arrived(message))
        })
        .await;
    assert!(question.own);
    assert!(talk.anna.session().room_by_address(talk.room.as_str()).is_some());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_row_of_a_message_stays_the_same_while_it_is_sent() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Hallo").await;
    let (row, first) = timeline.wait_for("the echo", |rows| saying(rows, "Hallo")).await;
    assert!(first.own);
    let (later, _) = timeline
        .wait_for("the sent message", |rows| {
            saying(rows, "Hallo").filter(|(_, message)| {
                has_arrived(message) && !matches!(message.send_state, Some(SendState::Sending))
            })
        })
        .await;
    assert_eq!(row, later);
    assert_eq!(texts(timeline.rows()), ["Hallo"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_refused_before_it_is_stored() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let room = talk.room.as_str();
    for text in ["", "   ", "\n\t\n"] {
        let error = session.send_text(room, "empty", text).await.expect_err("there is no text");
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
    let long = "ä".repeat(32 * 1024);
    let error = session.send_text(room, "long", &long).await.expect_err("64 KB are too much");
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert_eq!(error.reason, Some(ErrorReason::MessageTooLong));
    let error = session.send_text("!nowhere:herold.test", "x", "x").await.expect_err("no room");
    assert_eq!(error.kind, ErrorKind::NotFound);
    let error = session.send_text("not a room", "x", "x").await.expect_err("not an identifier");
    assert_eq!(error.kind, ErrorKind::Invalid);

    // The longest that is accepted also arrives.
    let most = format!("Anfang {} Ende", "ß".repeat(21_900));
    session.send_text(room, "most", &most).await.expect("44 KB are not too much");
    assert_eq!(talk.ben_has(&most).await, [most]);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the one message", |rows| texts(rows).len() == 1).await;
    assert!(timeline.rows().iter().any(|row| matches!(row.content, TimelineRowContent::Message(_))));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_request_is_stored_once() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let room = talk.room.as_str();
    let requests = (0..4).map(|_| session.send_text(room, "request-1", "Einmal"));
    for outcome in futures_util::future::join_all(requests).await {
        outcome.expect("storing a message");
    }
    session.send_text(room, "request-2", "Einmal").await.expect("the same words again");
    session.send_text(room, "request-3", "Ende").await.expect("storing a message");
    assert_eq!(talk.ben_has("Ende").await, ["Einmal", "Einmal", "Ende"]);
}
