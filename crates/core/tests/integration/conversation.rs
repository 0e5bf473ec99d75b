//! Reading and writing in one room.

use std::collections::HashSet;

use herold_core::protocol::{
    ConversationId, Draft, ErrorKind, ErrorReason, MessageContent, MoreOutcome, OutgoingText, Poll,
    PreviewContent, ReplyPreview, SendState, TimelineRow, TimelineRowContent,
};
use herold_testkit::{
    Fault, Message,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::EventId;
use serde_json::{Value, json};

use crate::support::{
    Conversation, PATIENCE, Person, has_arrived, is_failed, messages, place, saying, texts,
};

fn written(text: &str) -> Draft {
    Draft { text: text.to_owned(), ..Draft::default() }
}

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
                has_arrived(message)
                    && !matches!(message.send_state, Some(SendState::Sending { .. }))
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
    let here = place(&talk.room);
    for text in ["", "   ", "\n\t\n"] {
        let error = session
            .send_message(&here, "empty", OutgoingText::new(text))
            .await
            .expect_err("there is no text");
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
    let long = "ä".repeat(32 * 1024);
    let error = session
        .send_message(&here, "long", OutgoingText::new(&long))
        .await
        .expect_err("64 KB are too much");
    assert_eq!(error.kind, ErrorKind::TooLarge);
    assert_eq!(error.reason, Some(ErrorReason::MessageTooLong));
    let error = session
        .send_message(&ConversationId::room("!nowhere:herold.test"), "x", OutgoingText::new("x"))
        .await
        .expect_err("no room");
    assert_eq!(error.kind, ErrorKind::NotFound);
    let error = session
        .send_message(&ConversationId::room("not a room"), "x", OutgoingText::new("x"))
        .await
        .expect_err("not an identifier");
    assert_eq!(error.kind, ErrorKind::Invalid);

    // The longest that is accepted also arrives.
    let most = format!("Anfang {} Ende", "ß".repeat(21_900));
    session
        .send_message(&here, "most", OutgoingText::new(&most))
        .await
        .expect("44 KB are not too much");
    assert_eq!(talk.ben_has(&most).await, [most]);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the one message", |rows| texts(rows).len() == 1).await;
    assert!(
        timeline.rows().iter().any(|row| matches!(row.content, TimelineRowContent::Message(_)))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_request_is_stored_once() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let requests =
        (0..4).map(|_| session.send_message(&here, "request-1", OutgoingText::new("Einmal")));
    for outcome in futures_util::future::join_all(requests).await {
        outcome.expect("storing a message");
    }
    session
        .send_message(&here, "request-2", OutgoingText::new("Einmal"))
        .await
        .expect("the same words again");
    session
        .send_message(&here, "request-3", OutgoingText::new("Ende"))
        .await
        .expect("storing a message");
    assert_eq!(talk.ben_has("Ende").await, ["Einmal", "Einmal", "Ende"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_long_history_reaches_its_beginning_in_order_and_without_doubles() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let wanted: Vec<_> = (0..120).map(|number| format!("Eintrag {number}")).collect();
    let written = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Tagebuch", "preset": "public_chat", "room_version": "10" }),
        batches: vec![
            vec![Event::join(&anna.id)],
            wanted.iter().map(|text| Event::message(&clara.id, text)).collect(),
        ],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut timeline = person.timeline(&room).await;
    timeline.wait_until("the latest", |rows| saying(rows, "Eintrag 119").is_some()).await;
    while timeline.load_more().await == MoreOutcome::More {}
    timeline
        .wait_until("everything from the beginning", |rows| {
            rows.first().is_some_and(|row| row.content == TimelineRowContent::Beginning)
                && texts(rows).len() >= wanted.len()
        })
        .await;
    assert_eq!(texts(timeline.rows()), wanted);
    let ids: HashSet<_> = timeline.rows().iter().map(|row| &row.id).collect();
    assert_eq!(ids.len(), timeline.rows().len(), "no row is there twice");
    assert!(
        timeline
            .rows()
            .iter()
            .any(|row| matches!(row.content, TimelineRowContent::DayDivider { .. })),
        "days are divided"
    );

    // A second window has the same rows.
    let mut other = person.timeline(&room).await;
    other.wait_until("the same texts", |rows| texts(rows) == wanted).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_belongs_to_its_room_and_survives_a_restart() {
    let mut talk = Conversation::begin().await;
    let other = talk.ben.create_room("Anderes", true, &[&talk.anna.user.id]).await;
    talk.anna.accept(&other).await;
    let session = talk.anna.session();
    let text = "Sehr geehrte Damen und\n\nHerren 👋";
    session.save_draft(&place(&talk.room), Some(written(text))).await.expect("saving a draft");
    session.save_draft(&place(&other), Some(written("etwas"))).await.expect("saving a draft");
    session.save_draft(&place(&other), None).await.expect("removing a draft");
    drop(session);
    talk.anna.restart_without_network().await;
    let session = talk.anna.session();
    assert_eq!(session.load_draft(&place(&talk.room)).await.unwrap(), Some(written(text)));
    assert_eq!(session.load_draft(&place(&other)).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_draft_quotes_what_it_answers_also_after_a_restart() {
    let mut talk = Conversation::begin().await;
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let question = talk.ben.send(&talk.room, "Wann ist die Sitzung?").await;
    timeline.wait_for("the question", |rows| saying(rows, "Wann ist die Sitzung?")).await;
    drop(timeline);
    let answered = ReplyPreview {
        event_id: question.to_string(),
        sender: None,
        content: None,
        loading: false,
    };
    let draft = Draft { reply_to: Some(answered), ..written("Um neun") };
    talk.anna.session().save_draft(&here, Some(draft)).await.expect("saving a draft");
    talk.anna.restart_without_network().await;
    let draft = talk.anna.session().load_draft(&here).await.expect("loading the draft");
    let reply = draft.and_then(|draft| draft.reply_to).expect("the draft is an answer");
    assert_eq!(reply.event_id, question.as_str());
    assert_eq!(reply.sender.map(|sender| sender.name).as_deref(), Some("Ben"));
    let text = "Wann ist die Sitzung?".to_owned();
    assert_eq!(reply.content, Some(PreviewContent::Text { text }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_written_without_network_waits_over_a_restart_and_arrives_once_and_in_order() {
    let mut talk = Conversation::begin().await;
    let wanted: Vec<_> = (0..8).map(|number| format!("Offline {number}")).collect();
    talk.proxy.set(Fault::Cut).await;
    let (before, after) = wanted.split_at(4);
    for text in before {
        talk.anna.send(&talk.room, text).await;
    }
    let pending = |rows: &[TimelineRow], wanted: &[String]| {
        texts(rows) == wanted
            && messages(rows).all(|(_, message)| {
                matches!(message.send_state, Some(SendState::Sending { .. } | SendState::Waiting))
                    && message.event_id.is_none()
            })
    };
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("four messages on their way", |rows| pending(rows, before)).await;
    talk.anna
        .room(&talk.room, "a preview that waits", |row| {
            row.preview.as_ref().is_some_and(|preview| preview.pending)
        })
        .await;
    drop(timeline);

    talk.anna.restart().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the same four after a restart", |rows| pending(rows, before)).await;
    for text in after {
        talk.anna.send(&talk.room, text).await;
    }
    talk.proxy.clear().await;
    assert_eq!(talk.ben_has("Offline 7").await, wanted);
    timeline
        .wait_until("all of them sent", |rows| {
            texts(rows) == wanted && messages(rows).all(|(_, message)| has_arrived(message))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_refused_message_is_kept_and_goes_out_when_a_person_asks() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.proxy.set_for("/send/", Fault::status(403)).await;
    talk.anna.send(&talk.room, "Verboten").await;
    talk.anna.send(&talk.room, "Danach").await;
    let (row, message) = timeline
        .wait_for("the failure", |rows| {
            saying(rows, "Verboten").filter(|(_, message)| is_failed(message))
        })
        .await;
    let Some(SendState::Failed { error }) = message.send_state else { unreachable!() };
    assert_eq!(error.kind, ErrorKind::Forbidden, "{error:?}");

    talk.proxy.clear().await;
    talk.anna.session().retry_send(&place(&talk.room), &row).await.expect("asking again");
    assert_eq!(talk.ben_has("Danach").await, ["Verboten", "Danach"]);
    timeline
        .wait_until("both sent", |rows| {
            texts(rows) == ["Verboten", "Danach"]
                && messages(rows).all(|(_, message)| has_arrived(message))
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_is_taken_back_never_leaves_or_is_deleted_where_it_has_left() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.proxy.set(Fault::Cut).await;
    for text in ["Eins", "Zwei", "Drei"] {
        talk.anna.send(&talk.room, text).await;
    }
    let (row, _) = timeline
        .wait_for("three echoes", |rows| {
            (texts(rows).len() == 3).then(|| saying(rows, "Zwei")).flatten()
        })
        .await;
    let (late, _) = saying(timeline.rows(), "Drei").expect("the last echo");
    talk.anna.session().cancel_send(&place(&talk.room), &row).await.expect("taking back");
    timeline.wait_until("two echoes", |rows| texts(rows) == ["Eins", "Drei"]).await;
    // Once more, as a reloaded window might.
    talk.anna.session().cancel_send(&place(&talk.room), &row).await.expect("taking back again");
    talk.proxy.clear().await;
    assert_eq!(talk.ben_has("Drei").await, ["Eins", "Drei"]);
    // It has left while somebody was asked whether to delete it.
    talk.anna.session().cancel_send(&place(&talk.room), &late).await.expect("taking back late");
    timeline.wait_until("one message", |rows| texts(rows) == ["Eins"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_that_waits_is_changed_where_it_waits_and_replaced_where_it_has_left() {
    let talk = Conversation::begin().await;
    let (session, here) = (talk.anna.session(), place(&talk.room));
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let question = talk.ben.send(&talk.room, "Wann?").await;
    timeline.wait_until("the question", |rows| texts(rows) == ["Wann?"]).await;
    talk.proxy.set(Fault::Cut).await;
    talk.anna.send(&talk.room, "Moment").await;
    let answer =
        OutgoingText { reply_to: Some(question.to_string()), ..OutgoingText::new("Um **acht**.") };
    session.send_message(&here, "1", answer).await.expect("storing an answer");
    let (row, _) = timeline.wait_for("the answer waiting", |rows| saying(rows, "Um acht.")).await;
    let source = session.message_source(&here, &row).await.expect("as it was typed");
    assert_eq!(source, written("Um **acht**."));

    let edit = |text: &str| OutgoingText { edits: Some(row.clone()), ..OutgoingText::new(text) };
    session.send_message(&here, "2", edit("Um neun.")).await.expect("changing it");
    let (_, changed) = timeline.wait_for("the change", |rows| saying(rows, "Um neun.")).await;
    assert!(!changed.edited && changed.reply_to.is_some(), "{changed:?}");
    // What interrupted nothing is kept nowhere: the message itself waits.
    let draft = Draft { edits: Some(row.clone()), ..written("Um") };
    session.save_draft(&here, Some(draft)).await.expect("not kept");
    assert_eq!(session.load_draft(&here).await.unwrap(), None);

    talk.proxy.clear().await;
    let seen = talk.ben.wait_for_text(&talk.room, "Um neun.", PATIENCE).await;
    let relation = &seen.raw["content"]["m.relates_to"];
    assert_eq!(relation["m.in_reply_to"]["event_id"], question.as_str());
    assert_eq!(talk.ben_has("Um neun.").await, ["Moment", "Um neun."]);
    // It leaves while it is being changed once more.
    session.send_message(&here, "3", edit("Um zehn.")).await.expect("replacing it");
    talk.ben
        .wait_for_message(
            &talk.room,
            |message| message.raw["content"]["m.new_content"]["body"] == "Um zehn.",
            PATIENCE,
        )
        .await;
    // One that was refused goes out with other words.
    talk.proxy.set_for("/send/", Fault::status(403)).await;
    talk.anna.send(&talk.room, "Verboten").await;
    let refused =
        |rows: &[TimelineRow]| saying(rows, "Verboten").filter(|(_, message)| is_failed(message));
    let (row, _) = timeline.wait_for("the failure", refused).await;
    talk.proxy.clear().await;
    let edit = OutgoingText { edits: Some(row), ..OutgoingText::new("Erlaubt") };
    session.send_message(&here, "4", edit).await.expect("changing what was refused");
    talk.ben.wait_for_text(&talk.room, "Erlaubt", PATIENCE).await;
    let edit = OutgoingText { edits: Some("weg".into()), ..OutgoingText::new("Nichts") };
    let error = session.send_message(&here, "5", edit).await.expect_err("no such row");
    assert_eq!(error.reason, Some(ErrorReason::MessageDeleted));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_removed_failure_lets_the_messages_behind_it_go() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.proxy.set_for("/send/", Fault::status(403)).await;
    talk.anna.send(&talk.room, "Verboten").await;
    talk.anna.send(&talk.room, "Erlaubt").await;
    let (row, _) = timeline
        .wait_for("the failure", |rows| {
            saying(rows, "Verboten").filter(|(_, message)| is_failed(message))
        })
        .await;
    talk.proxy.clear().await;
    talk.anna.session().cancel_send(&place(&talk.room), &row).await.expect("discarding");
    assert_eq!(talk.ben_has("Erlaubt").await, ["Erlaubt"]);
    timeline.wait_until("one message", |rows| texts(rows) == ["Erlaubt"]).await;
}

/// The poll among the rows, with the identifier of its event.
fn poll(rows: &[TimelineRow]) -> Option<(String, Poll)> {
    messages(rows).find_map(|(_, message)| match &message.content {
        MessageContent::Poll { poll } => Some((message.event_id.clone()?, poll.clone())),
        _ => None,
    })
}

fn votes(poll: &Poll) -> Vec<Option<u32>> {
    poll.answers.iter().map(|answer| answer.votes).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn votes_change_an_open_poll_at_once() {
    let talk = Conversation::begin().await;
    let question = herold_testkit::Poll::new("Wann?", &["Montag", "Dienstag"]);
    let event = talk.ben.send_poll(&talk.room, &question).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let (id, card) = timeline.wait_for("the poll", poll).await;
    assert_eq!(id, event.as_str());
    assert_eq!(
        (card.question.as_str(), card.open, card.ended, card.max_selections),
        ("Wann?", true, false, 1)
    );
    assert_eq!(votes(&card), [Some(0), Some(0)]);

    let session = talk.anna.session();
    let vote = async |answers: &[usize]| {
        let answers = answers.iter().map(|&answer| card.answers[answer].id.clone()).collect();
        session.vote(&place(&talk.room), &id, answers).await.expect("voting");
    };
    vote(&[1]).await;
    talk.ben.vote(&talk.room, &event, &[1]).await;
    let shows = |wanted: [u32; 2]| {
        move |rows: &[TimelineRow]| {
            poll(rows).is_some_and(|(_, card)| votes(&card) == wanted.map(Some))
        }
    };
    timeline.wait_until("two votes", shows([0, 2])).await;
    let (_, now) = poll(timeline.rows()).unwrap();
    assert!(now.answers[1].own && !now.answers[0].own);
    assert_eq!(now.voters, 2);
    vote(&[0]).await;
    timeline.wait_until("a changed mind", shows([1, 1])).await;
    vote(&[]).await;
    timeline.wait_until("a withdrawn vote", shows([0, 1])).await;
    talk.ben.end_poll(&talk.room, &event).await;
    timeline.wait_until("the end", |rows| poll(rows).is_some_and(|(_, card)| card.ended)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_secret_poll_shows_its_votes_only_after_its_end() {
    let talk = Conversation::begin().await;
    let question = herold_testkit::Poll {
        disclosed: false,
        ..herold_testkit::Poll::new("Wer?", &["Ich", "Du"])
    };
    let event = talk.ben.send_poll(&talk.room, &question).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("the poll", poll).await;
    talk.ben.vote(&talk.room, &event, &[1]).await;
    let session = talk.anna.session();
    session.vote(&place(&talk.room), event.as_str(), vec!["0".to_owned()]).await.unwrap();
    timeline
        .wait_until("two voters", |rows| poll(rows).is_some_and(|(_, card)| card.voters == 2))
        .await;
    let (_, card) = poll(timeline.rows()).unwrap();
    assert!(!card.open);
    assert_eq!(votes(&card), [None, None]);
    assert!(card.answers[0].own, "one sees one's own vote");
    // A vote that the server has after the end would not count.
    let is_vote = |message: &Message| {
        message.kind == "org.matrix.msc3381.poll.response" && message.sender == talk.anna.user.id
    };
    talk.ben.wait_for_message(&talk.room, is_vote, PATIENCE).await;
    talk.ben.end_poll(&talk.room, &event).await;
    timeline
        .wait_until("the result", |rows| {
            poll(rows).is_some_and(|(_, card)| card.ended && votes(&card) == [Some(1), Some(1)])
        })
        .await;
}

/// Contents that no honest client sends. Encrypted, so that no server could refuse them.
/// `known` is an event that exists.
fn hostile_contents(known: &EventId) -> Vec<(&'static str, Value)> {
    let message = |content: Value| ("m.room.message", content);
    let html = |html: &str| {
        message(json!({
            "msgtype": "m.text", "body": "Text", "format": "org.matrix.custom.html",
            "formatted_body": html,
        }))
    };
    let related = |body: &str, relation: Value| {
        message(json!({ "msgtype": "m.text", "body": body, "m.relates_to": relation }))
    };
    let deep = format!("{}tief{}", "<b>".repeat(2_000), "</b>".repeat(2_000));
    let nothing = "$nothing";
    vec![
        message(json!({})),
        message(json!({ "msgtype": "m.text" })),
        message(json!({ "body": "ohne Art" })),
        message(json!({ "msgtype": 7, "body": ["a"] })),
        message(json!({ "msgtype": "m.text", "body": { "a": null } })),
        message(json!({ "msgtype": "m.text", "body": "", "m.mentions": 3 })),
        message(json!({ "msgtype": "m.text", "body": "\u{202E}\u{0000}\u{200B}" })),
        message(json!({ "msgtype": "m.image", "body": "kein Bild" })),
        message(json!({ "msgtype": "m.image", "body": "x", "url": "https://evil.example/x.png" })),
        message(json!({ "msgtype": "m.file", "body": "x", "url": "mxc://", "info": "klein" })),
        message(json!({ "msgtype": "m.file", "body": "x", "file": { "url": 1, "hashes": [] } })),
        message(json!({ "msgtype": "m.location", "body": "Ort", "geo_uri": 7 })),
        message(json!({ "msgtype": "org.example.new", "body": "Ersatztext" })),
        ("org.example.unknown", json!({ "body": "Ersatztext" })),
        ("org.example.unknown", json!({ "body": { "no": "text" } })),
        html("<script>alert(1)</script><img src=x onerror=alert(1)>Text"),
        html("<a href='javascript:alert(1)'>Text</a>"),
        html(&deep),
        related("auf nichts", json!({ "m.in_reply_to": { "event_id": nothing } })),
        related("auf alles", json!({ "m.in_reply_to": { "event_id": [] }, "rel_type": 9 })),
        related(
            "im Faden",
            json!({ "rel_type": "m.thread", "event_id": known, "is_falling_back": [] }),
        ),
        related("ersetzt", json!({ "rel_type": "m.replace", "event_id": known })),
        ("org.matrix.msc3381.poll.start", json!({})),
        (
            "org.matrix.msc3381.poll.start",
            json!({ "org.matrix.msc3381.poll.start": { "answers": [] } }),
        ),
        ("org.matrix.msc3381.poll.response", json!({ "m.relates_to": { "event_id": nothing } })),
        ("org.matrix.msc3381.poll.end", json!({})),
        ("m.sticker", json!({ "body": 1 })),
        ("m.call.invite", json!({ "call_id": null })),
    ]
}

/// What changes another message, or would, has no row of its own.
fn belongs_to_another(kind: &str, content: &Value) -> bool {
    content["m.relates_to"]["rel_type"] == "m.replace"
        || kind.ends_with("poll.response")
        || kind.ends_with("poll.end")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_events_break_neither_the_conversation_nor_the_room_list() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let known = talk.ben.send(&talk.room, "Harmlos").await;
    let mut sent = Vec::new();
    for (kind, content) in hostile_contents(&known) {
        let event = talk.ben.send_raw(&talk.room, kind, content.clone()).await;
        sent.push((event, kind, content));
    }
    // An edit of another person's message.
    talk.anna.send(&talk.room, "Von Anna").await;
    let (_, own) = timeline
        .wait_for("Anna's message", |rows| {
            saying(rows, "Von Anna").filter(|(_, message)| has_arrived(message))
        })
        .await;
    let own = own.event_id.unwrap();
    talk.ben.edit(&talk.room, own.as_str().try_into().unwrap(), "Von Ben untergeschoben").await;
    talk.ben.send(&talk.room, "Die letzte").await;

    timeline.wait_until("the last event", |rows| saying(rows, "Die letzte").is_some()).await;
    while timeline.load_more().await == MoreOutcome::More {}
    timeline
        .wait_until("the beginning", |rows| {
            rows.first().is_some_and(|row| row.content == TimelineRowContent::Beginning)
        })
        .await;
    assert!(saying(timeline.rows(), "Von Anna").is_some(), "only Anna can edit what Anna wrote");
    let rows: HashSet<&str> =
        messages(timeline.rows()).filter_map(|(_, message)| message.event_id.as_deref()).collect();
    for (event, kind, content) in &sent {
        assert!(
            rows.contains(event.as_str()) || belongs_to_another(kind, content),
            "no row for {kind} {content}"
        );
    }
    let json = serde_json::to_string(timeline.rows()).unwrap();
    for bad in ["<script", "onerror", "javascript:", "evil.example", "\u{202E}"] {
        assert!(!json.contains(bad), "{bad} crosses to the interface");
    }
    let fallbacks = messages(timeline.rows())
        .filter(|(_, message)| {
            matches!(&message.content, MessageContent::Unknown { fallback: Some(text), .. } if text == "Ersatztext")
        })
        .count();
    assert_eq!(fallbacks, 2, "what is unknown shows its words");

    // The room list and the conversation go on.
    talk.anna.room(&talk.room, "the last message as preview", |row| row.preview.is_some()).await;
    talk.anna.send(&talk.room, "Weiter").await;
    assert_eq!(talk.ben_has("Weiter").await, ["Von Anna", "Weiter"]);
}
