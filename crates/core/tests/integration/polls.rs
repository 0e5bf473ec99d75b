//! Polls made here, counted as the protocol counts, and ended by those who may.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use herold_core::protocol::{
    ConversationId, ErrorKind, MessageContent, Poll, PollDraft, TimelineFocus, TimelineRow,
};
use herold_testkit::Device;
use matrix_sdk::ruma::OwnedEventId;
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use serde_json::json;

use crate::support::{Conversation, PATIENCE, Person, messages, place, saying};

fn draft(question: &str, answers: &[&str]) -> PollDraft {
    PollDraft {
        question: question.to_owned(),
        answers: answers.iter().map(ToString::to_string).collect(),
        open: true,
        max_selections: 1,
    }
}

/// The poll that is asking this, and its event identifier once the server has it.
fn asking(rows: &[TimelineRow], question: &str) -> Option<(Option<String>, Poll)> {
    messages(rows).find_map(|(_, message)| match &message.content {
        MessageContent::Poll { poll } if poll.question == question => {
            Some((message.event_id.clone(), poll.clone()))
        }
        _ => None,
    })
}

fn votes(poll: &Poll) -> Vec<Option<u32>> {
    poll.answers.iter().map(|answer| answer.votes).collect()
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
    assert!(card.edited);
    assert_eq!((card.answers.len(), card.max_selections), (3, 2));

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

    // Answers that exist, no more than allowed.
    session.end_poll(&here, event.as_str(), "Dienstag: 1 Stimme").await.expect("ending");
    timeline
        .wait_until("the end", |rows| {
            asking(rows, "Wann genau?").is_some_and(|(_, card)| card.ended)
        })
        .await;
    let kind = "org.matrix.msc3381.poll.end";
    let end = talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
    assert_eq!(end.raw["content"]["org.matrix.msc1767.text"], "Dienstag: 1 Stimme");
    let mut polls = talk.anna.focused(&talk.room, TimelineFocus::Polls).await;
    polls.wait_until("the list of polls", |rows| asking(rows, "Wann genau?").is_some()).await;
    assert_eq!(messages(polls.rows()).count(), 1, "polls and nothing else");
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
    let (_, card) = timeline.wait_for("the edit", |rows| asking(rows, "Noch stabil?")).await;
    assert!(card.edited);

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

/// One vote: who, when (in steps), for what.
#[derive(Clone, Debug)]
struct Vote {
    voter: usize,
    time: u64,
    answers: Vec<usize>,
}

fn a_vote() -> impl Strategy<Value = Vote> {
    (0..4_usize, 1..60_u64, proptest::collection::vec(0..5_usize, 0..4))
        .prop_map(|(voter, time, answers)| Vote { voter, time, answers })
}

/// MSC3381: the latest vote of each person before the end counts; an unknown answer spoils it; answers
/// beyond the limit are cut off.
fn counted(votes: &[Vote], end: u64, max: usize, answers: usize) -> Vec<BTreeSet<usize>> {
    let mut latest: BTreeMap<usize, &Vote> = BTreeMap::new();
    for vote in votes.iter().filter(|vote| vote.time <= end) {
        let newer = latest.get(&vote.voter).is_none_or(|before| vote.time >= before.time);
        if newer {
            latest.insert(vote.voter, vote);
        }
    }
    let mut result = vec![BTreeSet::new(); answers];
    for (voter, vote) in latest {
        if vote.answers.iter().any(|answer| *answer >= answers) {
            continue;
        }
        for answer in vote.answers.iter().take(max) {
            result[*answer].insert(voter);
        }
    }
    result
}

/// Votes arrive in any order, twice, late. What is counted is what the protocol says, whoever counts.
#[test]
fn results_agree_with_the_protocol_whatever_order_votes_come_in() {
    use matrix_sdk::ruma::{
        MilliSecondsSinceUnixEpoch, OwnedUserId, UInt,
        events::poll::{
            PollResponseData, compile_unstable_poll_results,
            unstable_start::{
                UnstablePollAnswer, UnstablePollAnswers, UnstablePollStartContentBlock,
            },
        },
    };
    let people: Vec<OwnedUserId> =
        (0..4).map(|n| format!("@p{n}:example.org").parse().unwrap()).collect();
    let time = |t: u64| MilliSecondsSinceUnixEpoch(UInt::try_from(t).unwrap());
    let mut runner =
        TestRunner::new(Config { cases: 500, failure_persistence: None, ..Config::default() });
    let strategy = (proptest::collection::vec(a_vote(), 0..20), 1..60_u64, 1..4_usize);
    runner
        .run(&strategy, |(mut all, end, max)| {
            // Two votes of one person at the same moment have no order that the protocol knows.
            let mut seen = BTreeSet::new();
            all.retain(|vote| seen.insert((vote.voter, vote.time)));
            let answers =
                (0..3).map(|n| UnstablePollAnswer::new(n.to_string(), "x")).collect::<Vec<_>>();
            let mut block = UnstablePollStartContentBlock::new(
                "?",
                UnstablePollAnswers::try_from(answers).unwrap(),
            );
            block.max_selections = UInt::try_from(max as u64).unwrap();
            let ids: Vec<Vec<String>> = all
                .iter()
                .map(|vote| vote.answers.iter().map(ToString::to_string).collect())
                .collect();
            let twice = all.iter().zip(&ids).chain(all.iter().zip(&ids));
            let result = compile_unstable_poll_results(
                &block,
                twice.map(|(vote, selections)| PollResponseData {
                    sender: &people[vote.voter],
                    origin_server_ts: time(vote.time),
                    selections,
                }),
                Some(time(end)),
            );
            let wanted = counted(&all, end, max, 3);
            for (answer, voters) in wanted.iter().enumerate() {
                let named: BTreeSet<&str> = result
                    .get(answer.to_string().as_str())
                    .map(|set| set.iter().map(|user| user.as_str()).collect())
                    .unwrap_or_default();
                let expected: BTreeSet<&str> = voters.iter().map(|v| people[*v].as_str()).collect();
                prop_assert_eq!(named, expected, "answer {}", answer);
            }
            Ok(())
        })
        .unwrap();
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
        .wait_until("one's own vote at once", |rows| {
            asking(rows, "Jetzt?").is_some_and(|(_, card)| card.answers[0].own)
        })
        .await;
    talk.proxy.clear().await;
    let kind = "org.matrix.msc3381.poll.response";
    talk.ben.wait_for_message(&talk.room, |m| m.kind == kind, PATIENCE).await;
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
