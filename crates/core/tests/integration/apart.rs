//! Around a message that was jumped to: what was done to messages long after them.

use herold_core::protocol::{
    ErrorKind, ErrorReason, Poll, PollDraft, Tally, TimelineFocus, TimelineRow,
};
use herold_testkit::{
    Device, Fault, FaultProxy, Poll as Asked,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use serde_json::{Value, json};

use crate::{
    polls::{asking, votes},
    support::{Person, messages, place, saying},
};

const MOMENT: u64 = 1_700_000_000_000;

fn related(index: usize, kind: &str) -> Value {
    json!({ "rel_type": kind, "event_id": format!("$ref:{index}") })
}

fn vote(voter: &str, poll: usize, answer: &str) -> Event {
    let content = json!({
        "m.relates_to": related(poll, "m.reference"),
        "org.matrix.msc3381.poll.response": { "answers": [answer] },
    });
    Event::new(voter, "org.matrix.msc3381.poll.response", content)
}

fn reaction(sender: &str, message: usize, key: &str) -> Event {
    let mut relation = related(message, "m.annotation");
    relation["key"] = key.into();
    Event::new(sender, "m.reaction", json!({ "m.relates_to": relation }))
}

fn much(sender: &str, words: &str) -> Vec<Event> {
    (0..45).map(|number| Event::message(sender, &format!("{words} {number}"))).collect()
}

fn poll(rows: &[TimelineRow], question: &str) -> Option<Poll> {
    asking(rows, question).map(|(_, poll)| poll)
}

fn counted(rows: &[TimelineRow], question: &str) -> Option<Poll> {
    poll(rows, question).filter(|poll| poll.tally == Tally::Complete)
}

fn reactions(rows: &[TimelineRow], text: &str) -> Vec<(String, u32, bool)> {
    let reactions = saying(rows, text).map(|(_, row)| row.reactions).unwrap_or_default();
    reactions.into_iter().map(|r| (r.key, r.count, r.own)).collect()
}

async fn vote_now(device: &Device, room: &RoomId, poll: &str, answer: &str) -> OwnedEventId {
    let content = json!({
        "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
        "org.matrix.msc3381.poll.response": { "answers": [answer] },
    });
    device.send_raw(room, "org.matrix.msc3381.poll.response", content).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_done_long_after_a_message_that_was_jumped_to_is_known() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let dora = server.user("Dora").await;
    let start = |who: &str, question: &str| {
        let content = Asked::new(question, &["Montag", "Dienstag"]).content();
        Event::new(who, "org.matrix.msc3381.poll.start", content)
    };
    let end = json!({
        "m.relates_to": related(4, "m.reference"),
        "org.matrix.msc3381.poll.end": {},
        "org.matrix.msc1767.text": "Ende",
    });
    let unreadable = json!({
        "m.relates_to": related(6, "m.reference"),
        "algorithm": "m.megolm.v1.aes-sha2",
        "ciphertext": "AwgBEoABzg",
        "session_id": "unknown",
    });
    let long_ago = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Früher", "preset": "public_chat" }),
        batches: vec![
            vec![Event::join(&anna.id), Event::join(&dora.id)],
            vec![Event::message(&clara.id, "Gute Nachricht")],
            vec![start(&clara.id, "Wann?"), start(&clara.id, "Vorbei?"), start(&anna.id, "Meine?")],
            vec![start(&clara.id, "Geheim?")],
            much(&clara.id, "Danach"),
            vec![vote(&dora.id, 3, "1"), vote(&anna.id, 3, "0"), vote(&dora.id, 4, "0")],
            vec![Event::new(&clara.id, "org.matrix.msc3381.poll.end", end), vote(&dora.id, 5, "1")],
            vec![vote(&anna.id, 6, "0"), Event::new(&dora.id, "m.room.encrypted", unreadable)],
            vec![
                reaction(&dora.id, 2, "👍").at(MOMENT),
                reaction(&anna.id, 2, "🎉").at(MOMENT + 1000),
            ],
            much(&clara.id, "Zuletzt"),
        ],
        ..Room::default()
    };
    let written = server.write_rooms(&[long_ago]).await.remove(0);
    let room = OwnedRoomId::try_from(written.room_id).unwrap();
    let proxy = FaultProxy::before(&server.url()).await;
    let person = Person::sign_in(&proxy.url(), &anna).await;
    person.room(&room, "the room", |_| true).await;
    let dora = Device::sign_in(&server.url(), &dora).await;
    let session = person.session();
    let here = place(&room);
    let [message, open, ended, own] = [2, 3, 4, 5].map(|index| written.events[index].as_str());

    // A server that does not say what was done: no votes are shown, and none are sent.
    proxy.set_for("/relations/", Fault::status(502)).await;
    let focus = TimelineFocus::Event { event_id: message.to_owned() };
    let mut view = person.focused(&room, focus.clone()).await;
    let shown = view
        .wait_for("that nothing is known", |rows| {
            poll(rows, "Vorbei?").filter(|poll| poll.tally == Tally::Unknown)
        })
        .await;
    assert_eq!((shown.ended, shown.voters, votes(&shown)), (false, 0, vec![None, None]));
    session.vote(&here, ended, vec!["0".into()]).await.expect_err("nobody knows whether it ended");
    let draft = || PollDraft {
        question: "Anders?".into(),
        answers: vec!["a".into(), "b".into()],
        open: true,
        max_selections: 1,
    };
    session.edit_poll(&here, own, draft()).await.expect_err("nobody knows who voted");
    proxy.clear().await;

    // Then it does.
    let card = view.wait_for("the votes", |rows| counted(rows, "Wann?")).await;
    assert_eq!((card.ended, votes(&card)), (false, vec![Some(1), Some(1)]));
    assert!(card.answers[0].own, "what she chose on another device");
    let card = view.wait_for("the end", |rows| counted(rows, "Vorbei?")).await;
    assert_eq!((card.ended, votes(&card)), (true, vec![Some(1), Some(0)]));
    view.wait_for("Dora's vote", |rows| counted(rows, "Meine?").filter(|card| card.voters == 1))
        .await;
    let partial =
        |rows: &[TimelineRow]| poll(rows, "Geheim?").filter(|poll| poll.tally == Tally::Partial);
    let card = view.wait_for("that a vote cannot be decrypted", partial).await;
    assert_eq!(votes(&card), [Some(1), Some(0)], "what can be read");
    let mut all = messages(view.rows());
    let (_, mine) = all.find(|(_, row)| row.event_id.as_deref() == Some(own)).unwrap();
    assert!(!mine.editable, "somebody has voted");
    drop(all);
    let error = session.edit_poll(&here, own, draft()).await.expect_err("somebody has voted");
    assert_eq!(error.kind, ErrorKind::Forbidden);
    let error = session.vote(&here, ended, vec!["0".into()]).await.expect_err("it has ended");
    assert_eq!(error.reason, Some(ErrorReason::PollEnded));
    let who = session.poll_votes(room.as_str(), open).await.unwrap();
    assert_eq!(who.missing.len(), 1, "all but Clara have voted");

    // Reactions, too.
    view.wait_until("the reactions", |rows| {
        reactions(rows, "Gute Nachricht") == [("👍".into(), 1, false), ("🎉".into(), 1, true)]
    })
    .await;
    let details = session.message_details(room.as_str(), message).await.unwrap();
    assert_eq!(details.reactions.len(), 2);
    session.toggle_reaction(&here, message, "🎉").await.unwrap();
    view.wait_until("that hers is gone", |rows| {
        reactions(rows, "Gute Nachricht") == [("👍".into(), 1, false)]
    })
    .await;

    // And what is done now.
    session.vote(&here, open, vec!["1".into()]).await.unwrap();
    view.wait_until("her new vote", |rows| {
        counted(rows, "Wann?").is_some_and(|card| votes(&card) == [Some(0), Some(2)])
    })
    .await;
    let changed = vote_now(&dora, &room, open, "0").await;
    view.wait_until("Dora's", |rows| {
        counted(rows, "Wann?").is_some_and(|card| votes(&card) == [Some(1), Some(1)])
    })
    .await;

    // What was taken back where nobody looked does not count either.
    drop(view);
    proxy.set(Fault::Cut).await;
    dora.redact(&room, &changed, None).await;
    for number in 0..25 {
        dora.send(&room, &format!("Nebenbei {number}")).await;
    }
    proxy.clear().await;
    person.room(&room, "the latest", |row| {
        matches!(&row.preview, Some(preview) if format!("{preview:?}").contains("Nebenbei 24"))
    })
    .await;
    let mut view = person.focused(&room, focus).await;
    let card = view.wait_for("the votes", |rows| counted(rows, "Wann?")).await;
    assert_eq!(votes(&card), [Some(0), Some(2)], "her former vote");
}
