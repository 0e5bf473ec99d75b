//! Polls made here, and ended by those who may. How votes are counted is in `ballots`.

use std::time::Duration;

use herold_core::protocol::{
    ConversationId, ErrorKind, ErrorReason, MessageContent, Poll, PollDraft, TimelineFocus,
    TimelineRow,
};
use herold_testkit::{
    Device, Fault, FaultProxy, Message,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use serde_json::{Value, json};

use crate::support::{Conversation, PATIENCE, Person, messages, place, saying};

pub(crate) fn draft(question: &str, answers: &[&str]) -> PollDraft {
    PollDraft {
        question: question.to_owned(),
        answers: answers.iter().map(ToString::to_string).collect(),
        open: true,
        max_selections: 1,
    }
}

/// The poll that is asking this, and its event identifier once the server has it.
pub(crate) fn asking(rows: &[TimelineRow], question: &str) -> Option<(Option<String>, Poll)> {
    messages(rows).find_map(|(_, message)| match &message.content {
        MessageContent::Poll { poll } if poll.question == question => {
            Some((message.event_id.clone(), poll.clone()))
        }
        _ => None,
    })
}

pub(crate) fn votes(poll: &Poll) -> Vec<Option<u32>> {
    poll.answers.iter().map(|answer| answer.votes).collect()
}

fn is_edited(rows: &[TimelineRow], question: &str) -> bool {
    messages(rows).any(|(_, message)| {
        let asks = matches!(&message.content, MessageContent::Poll { poll }
            if poll.question == question);
        asks && message.edited
    })
}

/// What a poll asked, the first state of it first.
async fn asked(person: &Person, room: &RoomId, event: &str) -> Vec<String> {
    let history = person.session().edit_history(room.as_str(), event).await.expect("the history");
    history
        .iter()
        .map(|revision| herold_core::plain_text(revision.blocks.as_deref().unwrap_or_default()))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_made_here_is_one_for_other_clients_and_can_be_edited_until_somebody_votes() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let session = talk.anna.session();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    session.send_poll(&here, "1", draft("Wann?", &["Montag", "Dienstag"])).await.unwrap();
    session.send_poll(&here, "1", draft("Wann?", &["Montag", "Dienstag"])).await.unwrap();
    let event = timeline
        .wait_for("the poll sent", |rows| asking(rows, "Wann?").and_then(|(event, _)| event))
        .await;
    let event: OwnedEventId = event.parse().unwrap();
    let kind = "org.matrix.msc3381.poll.start";
    let seen = talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    let start = &seen.raw["content"][kind];
    assert_eq!(start["question"]["org.matrix.msc1767.text"], "Wann?");
    assert_eq!(start["kind"], "org.matrix.msc3381.poll.disclosed");
    assert!(seen.raw["content"]["org.matrix.msc1767.text"].as_str().unwrap().contains("1. Montag"));

    let mut better = draft("Wann genau?", &["Montag 9 Uhr", "Dienstag 14 Uhr", "Gar nicht"]);
    better.max_selections = 2;
    session.edit_poll(&here, event.as_str(), better).await.expect("editing before any vote");
    let (_, card) = timeline.wait_for("the edit", |rows| asking(rows, "Wann genau?")).await;
    assert!(is_edited(timeline.rows(), "Wann genau?"));
    assert_eq!((card.answers.len(), card.max_selections), (3, 2));
    let is_edit = |m: &Message| m.raw["content"]["m.relates_to"]["rel_type"] == "m.replace";
    talk.ben.wait_for_message(&talk.room, is_edit, PATIENCE).await;

    talk.ben
        .send_raw(
            &talk.room,
            "org.matrix.msc3381.poll.response",
            json!({
                "m.relates_to": { "rel_type": "m.reference", "event_id": event },
                "org.matrix.msc3381.poll.response": { "answers": [card.answers[1].id] },
            }),
        )
        .await;
    timeline
        .wait_until("the vote", |rows| {
            asking(rows, "Wann genau?").is_some_and(|(_, card)| card.voters == 1)
        })
        .await;
    let error = session
        .edit_poll(&here, event.as_str(), draft("Zu spät", &["a", "b"]))
        .await
        .expect_err("somebody has voted");
    assert_eq!(error.kind, ErrorKind::Forbidden);

    let votes = session.poll_votes(talk.room.as_str(), event.as_str()).await.unwrap();
    assert_eq!(votes.members, 2);
    assert_eq!(votes.answers[1].voters[0].name, "Ben");
    assert_eq!(votes.missing.iter().map(|p| p.name.as_str()).collect::<Vec<_>>(), ["Anna"]);

    let states = asked(&talk.anna, &talk.room, event.as_str()).await;
    assert_eq!(
        states,
        [
            "Wann?\n- Montag\n- Dienstag",
            "Wann genau?\n- Montag 9 Uhr\n- Dienstag 14 Uhr\n- Gar nicht"
        ]
    );

    session.end_poll(&here, event.as_str(), "Vorbei.").await.expect("ending");
    timeline
        .wait_until("the end", |rows| {
            asking(rows, "Wann genau?")
                .is_some_and(|(_, card)| card.ended && card.ended_at_ms.is_some())
        })
        .await;
    let kind = "org.matrix.msc3381.poll.end";
    let end = talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    let result = "Vorbei.\nMontag 9 Uhr: 0\nDienstag 14 Uhr: 1\nGar nicht: 0";
    assert_eq!(end.raw["content"]["org.matrix.msc1767.text"], result);
    assert!(is_edited(timeline.rows(), "Wann genau?"), "an ended poll, too");
    let mut polls = talk.anna.focused(&talk.room, TimelineFocus::Polls).await;
    polls.wait_until("the list of polls", |rows| asking(rows, "Wann genau?").is_some()).await;
    assert_eq!(messages(polls.rows()).count(), 1, "polls and nothing else");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_that_crosses_an_edit_counts_for_what_its_voter_read_or_for_nothing() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let first = draft("Wer?", &["Ja", "Nein", "Vielleicht"]);
    session.send_poll(&here, "1", first).await.unwrap();
    let event = timeline
        .wait_for("the poll", |rows| asking(rows, "Wer?").and_then(|(event, _)| event))
        .await;
    let (_, read) = asking(timeline.rows(), "Wer?").unwrap();
    let other = draft("Wer denn?", &["Nein", "Ja", "Weiß nicht"]);
    session.edit_poll(&here, &event, other).await.expect("editing before any vote");
    timeline.wait_for("the edit", |rows| asking(rows, "Wer denn?")).await;

    // Ben chose before he could see the edit.
    let event: OwnedEventId = event.parse().unwrap();
    for (position, counted) in [(0, [0, 1, 0]), (1, [1, 0, 0]), (2, [0, 0, 0])] {
        talk.ben.vote_for(&talk.room, &event, &[&read.answers[position].id]).await;
        timeline
            .wait_until("the vote", |rows| {
                asking(rows, "Wer denn?").is_some_and(|(_, c)| votes(&c) == counted.map(Some))
            })
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_is_offered_only_where_the_server_takes_it() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let announcements = |events: Value, initial_state: Value| Room {
        creator: clara.id.clone(),
        config: json!({
            "name": "Mitteilungen",
            "preset": "public_chat",
            "initial_state": initial_state,
            "power_level_content_override": { "events_default": 50, "events": events },
        }),
        batches: vec![vec![Event::join(&anna.id)]],
        ..Room::default()
    };
    let vote = json!({ "org.matrix.msc3381.poll.response": 0 });
    let encrypted = json!([{
        "type": "m.room.encryption",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" },
    }]);
    let rooms = [
        announcements(json!({}), json!([])),
        announcements(vote.clone(), json!([])),
        announcements(vote, encrypted),
    ];
    let written = server.write_rooms(&rooms).await;
    let anna = Person::sign_in(&server.url(), &anna).await;
    for (written, wanted) in written.iter().zip([false, true, false]) {
        let room: OwnedRoomId = written.room_id.parse().unwrap();
        anna.room(&room, "the room", |_| true).await;
        let mut details = anna.details(&room);
        details
            .wait_for("the permission", |now| !now.can_send && now.permissions.vote == wanted)
            .await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_votes_in_a_poll_that_has_ended_or_ends_it_again() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let secret = PollDraft { open: false, ..draft("Wer?", &["Ich", "Du"]) };
    session.send_poll(&here, "1", secret).await.unwrap();
    let event = timeline
        .wait_for("the poll", |rows| asking(rows, "Wer?").and_then(|(event, _)| event))
        .await;
    let (_, card) = asking(timeline.rows(), "Wer?").unwrap();
    let vote = |answer: usize| vec![card.answers[answer].id.clone()];
    session.vote(&here, &event, vote(0)).await.expect("voting");
    timeline
        .wait_until("the vote", |rows| asking(rows, "Wer?").is_some_and(|(_, c)| c.voters == 1))
        .await;
    session.end_poll(&here, &event, "Vorbei.").await.expect("ending");
    timeline.wait_until("the end", |rows| asking(rows, "Wer?").is_some_and(|(_, c)| c.ended)).await;

    let late = session.vote(&here, &event, vote(1)).await.expect_err("the poll has ended");
    let again = session.end_poll(&here, &event, "Vorbei.").await.expect_err("it has ended");
    for error in [late, again] {
        assert_eq!(
            (error.kind, error.reason),
            (ErrorKind::Forbidden, Some(ErrorReason::PollEnded))
        );
    }
    let kind = "org.matrix.msc3381.poll.end";
    let end = talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    // Also of a secret poll, whose result nobody saw before.
    assert_eq!(end.raw["content"]["org.matrix.msc1767.text"], "Vorbei.\nIch: 1\nDu: 0");
}

/// The device is new: by itself, it hears of those alone who wrote lately.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_lacks_among_those_who_have_not_voted() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let silent = (0..40).map(|number| format!("@still-{number}:{}", server.server_name()));
    let mut joins: Vec<Event> = silent.map(|id| Event::join(&id)).collect();
    joins.push(Event::join(&anna.id));
    let question = herold_testkit::Poll::new("Wann?", &["Montag", "Dienstag"]).content();
    let assembly = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Versammlung", "preset": "public_chat" }),
        batches: vec![
            joins,
            vec![Event::new(&clara.id, "org.matrix.msc3381.poll.start", question)],
        ],
        ..Room::default()
    };
    let written = server.write_rooms(&[assembly]).await.remove(0);
    let room: OwnedRoomId = written.room_id.parse().unwrap();
    let proxy = FaultProxy::before(&server.url()).await;
    proxy.set_for("/members", Fault::Slow { latency: Duration::from_secs(2) }).await;
    let anna = Person::sign_in(&proxy.url(), &anna).await;
    anna.room(&room, "the room", |_| true).await;
    let mut timeline = anna.timeline(&room).await;
    let event = timeline
        .wait_for("the poll", |rows| asking(rows, "Wann?").and_then(|(event, _)| event))
        .await;
    let votes = anna.session().poll_votes(room.as_str(), &event).await.expect("asking for votes");
    assert_eq!((votes.members, votes.missing.len()), (42, 42));
}

/// A poll that is read backwards from its end: the SDK then leaves out its edit, and the votes from before a
/// second end, which here is Dora's.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_ended_long_ago_shows_its_last_question_and_all_votes() {
    const MOMENT: u64 = 1_700_000_000_000;
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let dora = server.user("Dora").await;
    let start = herold_testkit::Poll::new("Wann?", &["Montag", "Dienstag"]).content();
    let mut edit = json!({ "m.relates_to": { "rel_type": "m.replace", "event_id": "$ref:2" } });
    edit["m.new_content"] =
        herold_testkit::Poll::new("Wann genau?", &["9 Uhr", "14 Uhr"]).content();
    let relation = json!({ "rel_type": "m.reference", "event_id": "$ref:2" });
    let vote = json!({
        "m.relates_to": relation,
        "org.matrix.msc3381.poll.response": { "answers": ["1"] },
    });
    let end = json!({
        "m.relates_to": relation,
        "org.matrix.msc3381.poll.end": {},
        "org.matrix.msc1767.text": "Ende",
    });
    let at = |user: &str, kind: &str, content: Value, second: u64| {
        let kind = format!("org.matrix.msc3381.poll.{kind}");
        Event::new(user, &kind, content).at(MOMENT + second * 1000)
    };
    let much = (0..60).map(|number| Event::message(&clara.id, &format!("Danach {number}")));
    let long_ago = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Früher", "preset": "public_chat" }),
        batches: vec![
            vec![Event::join(&anna.id), Event::join(&dora.id)],
            vec![at(&clara.id, "start", start, 1)],
            vec![at(&clara.id, "start", edit, 2), at(&dora.id, "response", vote, 3)],
            much.collect(),
            vec![at(&clara.id, "end", end.clone(), 5), at(&dora.id, "end", end, 4)],
        ],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, long_ago).await;
    let mut timeline = person.timeline(&room).await;
    timeline.load_all().await.expect("reading backwards");
    let (_, card) =
        timeline.wait_for("the last question", |rows| asking(rows, "Wann genau?")).await;
    assert_eq!(card.answers[1].text, "14 Uhr");
    assert_eq!((card.ended, votes(&card)), (true, vec![Some(0), Some(1)]));
    assert!(is_edited(timeline.rows(), "Wann genau?"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_ends_a_poll_of_somebody_else() {
    let talk = Conversation::begin().await;
    let server = talk.server;
    let clara = Device::sign_in(&server.url(), &server.user("Clara").await).await;
    // A room where nobody but its creator has a say.
    let people = [talk.anna.user.id.as_str(), clara.user_id().as_str()];
    let room = talk.ben.create_room("Gruppe", true, &people).await;
    talk.anna.accept(&room).await;
    clara.wait_for_invite(&room).await;
    clara.join(&room).await;
    talk.ben.wait_for_members(&room, 3).await;

    let here = place(&room);
    let session = talk.anna.session();
    let mut timeline = talk.anna.timeline(&room).await;
    session.send_poll(&here, "1", draft("Wer?", &["Ich", "Du"])).await.unwrap();
    let event = timeline
        .wait_for("the poll", |rows| asking(rows, "Wer?").and_then(|(event, _)| event))
        .await;
    let event: OwnedEventId = event.parse().unwrap();
    let (_, card) = asking(timeline.rows(), "Wer?").unwrap();
    session.vote(&here, event.as_str(), vec![card.answers[0].id.clone()]).await.unwrap();
    timeline
        .wait_until("the vote", |rows| asking(rows, "Wer?").is_some_and(|(_, c)| c.voters == 1))
        .await;

    // Clara may not end it; votes after her word still count.
    clara.end_poll(&room, &event).await;
    clara.send(&room, "Vorbei!").await;
    timeline.wait_for("Clara's word", |rows| saying(rows, "Vorbei!")).await;
    let vote = json!({
        "m.relates_to": { "rel_type": "m.reference", "event_id": event },
        "org.matrix.msc3381.poll.response": { "answers": [card.answers[1].id] },
    });
    talk.ben.send_raw(&room, "org.matrix.msc3381.poll.response", vote).await;
    timeline
        .wait_until("an open poll with two votes", |rows| {
            asking(rows, "Wer?").is_some_and(|(_, c)| !c.ended && votes(&c) == [Some(1), Some(1)])
        })
        .await;

    // Ben made the room, so he may.
    talk.ben.end_poll(&room, &event).await;
    timeline
        .wait_until("the end", |rows| {
            asking(rows, "Wer?").is_some_and(|(_, c)| c.ended && votes(&c) == [Some(1), Some(1)])
        })
        .await;
    // And Anna may not end one of Ben's.
    let foreign = talk.ben.send_poll(&room, &herold_testkit::Poll::new("B?", &["x", "y"])).await;
    timeline.wait_for("Ben's poll", |rows| asking(rows, "B?")).await;
    let error = session.end_poll(&here, foreign.as_str(), "x").await.expect_err("not hers");
    assert_eq!(error.kind, ErrorKind::Forbidden);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_of_the_stable_type_is_shown_counted_and_answered_in_kind() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let session = talk.anna.session();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let text = |text: &str| json!([{ "body": text }]);
    let start = json!({
        "m.text": text("Stabil? Ja, Nein"),
        "m.poll": {
            "kind": "m.disclosed",
            "max_selections": 1,
            "question": { "m.text": text("Stabil?") },
            "answers": [
                { "m.id": "ja", "m.text": text("Ja") },
                { "m.id": "nein", "m.text": text("Nein") },
            ],
        },
    });
    let event = talk.ben.send_raw(&talk.room, "m.poll.start", start.clone()).await;
    let relation = json!({ "rel_type": "m.reference", "event_id": event });
    let (_, card) = timeline.wait_for("the poll", |rows| asking(rows, "Stabil?")).await;
    assert_eq!(votes(&card), [Some(0), Some(0)]);
    let mut edit = start.clone();
    edit["m.poll"]["question"]["m.text"] = text("Noch stabil?");
    let replaced = json!({ "rel_type": "m.replace", "event_id": event });
    let mut edited = start;
    edited["m.new_content"] = edit;
    edited["m.relates_to"] = replaced;
    talk.ben.send_raw(&talk.room, "m.poll.start", edited).await;
    timeline.wait_for("the edit", |rows| asking(rows, "Noch stabil?")).await;
    assert!(is_edited(timeline.rows(), "Noch stabil?"));
    let states = asked(&talk.anna, &talk.room, event.as_str()).await;
    assert_eq!(states, ["Stabil?\n- Ja\n- Nein", "Noch stabil?\n- Ja\n- Nein"]);

    let vote = json!({ "m.relates_to": relation, "m.selections": ["ja"] });
    talk.ben.send_raw(&talk.room, "m.poll.response", vote).await;
    timeline
        .wait_until("Ben's vote", |rows| {
            asking(rows, "Noch stabil?").is_some_and(|(_, c)| votes(&c) == [Some(1), Some(0)])
        })
        .await;
    session.vote(&here, event.as_str(), vec!["nein".into()]).await.unwrap();
    let sent = talk
        .ben
        .wait_for_message(
            &talk.room,
            |message| message.kind == "m.poll.response" && message.sender == *talk.anna.user.id,
            PATIENCE,
        )
        .await;
    assert_eq!(sent.raw["content"]["m.selections"], json!(["nein"]));
    timeline
        .wait_until("both votes", |rows| {
            asking(rows, "Noch stabil?").is_some_and(|(_, c)| votes(&c) == [Some(1), Some(1)])
        })
        .await;
    let end = json!({ "m.relates_to": relation, "m.text": text("Ende") });
    talk.ben.send_raw(&talk.room, "m.poll.end", end).await;
    timeline
        .wait_until("the end", |rows| asking(rows, "Noch stabil?").is_some_and(|(_, c)| c.ended))
        .await;
    let who = session.poll_votes(talk.room.as_str(), event.as_str()).await.unwrap();
    assert_eq!(who.answers.iter().map(|answer| answer.voters.len()).collect::<Vec<_>>(), [1, 1]);
    assert!(who.missing.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_in_a_thread_stays_there() {
    let talk = Conversation::begin().await;
    let root = talk.ben.send(&talk.room, "Thema").await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("the root", |rows| saying(rows, "Thema")).await;
    let thread = ConversationId::thread(talk.room.as_str(), root.as_str());
    let session = talk.anna.session();
    session.send_poll(&thread, "1", draft("Im Faden?", &["Ja", "Nein"])).await.unwrap();
    let kind = "org.matrix.msc3381.poll.start";
    let seen = talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    assert_eq!(seen.raw["content"]["m.relates_to"]["rel_type"], "m.thread");
    let focus = TimelineFocus::Thread { root_id: root.to_string() };
    let mut beneath = talk.anna.focused(&talk.room, focus).await;
    beneath.wait_for("the poll", |rows| asking(rows, "Im Faden?")).await;
    assert!(asking(timeline.rows(), "Im Faden?").is_none());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_without_network_counts_when_the_network_is_back() {
    let talk = Conversation::begin().await;
    let question = herold_testkit::Poll::new("Jetzt?", &["Ja", "Nein"]);
    let event = talk.ben.send_poll(&talk.room, &question).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let (_, card) = timeline.wait_for("the poll", |rows| asking(rows, "Jetzt?")).await;
    talk.proxy.set(herold_testkit::Fault::Cut).await;
    let anna: &Person = &talk.anna;
    let answer = vec![card.answers[0].id.clone()];
    anna.session().vote(&place(&talk.room), event.as_str(), answer).await.expect("voting offline");
    timeline
        .wait_until("one's own vote at once, as one that waits", |rows| {
            asking(rows, "Jetzt?").is_some_and(|(_, card)| card.answers[0].own && card.vote_waiting)
        })
        .await;
    talk.proxy.clear().await;
    let kind = "org.matrix.msc3381.poll.response";
    talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    timeline
        .wait_until("a vote that the server has", |rows| {
            asking(rows, "Jetzt?")
                .is_some_and(|(_, card)| card.answers[0].own && !card.vote_waiting)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_vote_that_leaves_after_the_end_does_not_count_for_its_own_device_either() {
    let talk = Conversation::begin().await;
    let question = herold_testkit::Poll::new("Noch?", &["Ja", "Nein"]);
    let event = talk.ben.send_poll(&talk.room, &question).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let (_, card) = timeline.wait_for("the poll", |rows| asking(rows, "Noch?")).await;
    talk.proxy.set_for("/send/", herold_testkit::Fault::Cut).await;
    let answer = vec![card.answers[0].id.clone()];
    let session = talk.anna.session();
    session.vote(&place(&talk.room), event.as_str(), answer).await.expect("storing a vote");
    timeline
        .wait_until("one's own vote at once", |rows| {
            asking(rows, "Noch?").is_some_and(|(_, card)| card.answers[0].own)
        })
        .await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    talk.ben.end_poll(&talk.room, &event).await;
    timeline
        .wait_until("the end", |rows| asking(rows, "Noch?").is_some_and(|(_, card)| card.ended))
        .await;

    talk.proxy.clear().await;
    let kind = "org.matrix.msc3381.poll.response";
    talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    timeline
        .wait_until("no vote", |rows| {
            asking(rows, "Noch?").is_some_and(|(_, card)| {
                card.ended && card.voters == 0 && votes(&card) == [Some(0), Some(0)]
            })
        })
        .await;
}
