//! The corpus of hostile input (`crates/hostile`), sent into real rooms and looked at from the screen.
//!
//! What becomes of a text alone is tested in `crates/rich-text`; here it is a whole message among others.

use std::time::{Duration, Instant};

use herold_core::protocol::{
    Block, MessageContent, MessageRow, MoreOutcome, Poll, TimelineRow, TimelineRowContent,
};
use herold_hostile::{Known, Limits, events, faults, html};
use herold_rich_text::{DEEPEST, MOST_NODES};
use herold_testkit::{
    seed::{Event, Room},
    shared_synapse,
};
use serde_json::{Value, json};

use crate::support::{
    Conversation, Person, View, has_arrived, messages, saying, texts, with_its_stack,
};

/// Bytes of content that fit an encrypted event: a server takes 65,536, and base64 adds a third.
const LARGEST: usize = 44_000;

/// What may be in the tree of one of these messages; see `crates/rich-text/tests/corpus.rs`.
const LIMITS: Limits = Limits { nodes: MOST_NODES, depth: DEEPEST + 2, text: LARGEST * 3 };

/// Until a message that many people reacted to is on screen again. Twenty times as much where nothing is
/// optimised.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 2000 } else { 100 });

fn formatted(name: &str, html: &str) -> Value {
    json!({
        "msgtype": "m.text",
        "body": format!("Ersatz für {name}"),
        "format": "org.matrix.custom.html",
        "formatted_body": html,
    })
}

/// The same, cut to what a server takes.
fn that_fits(name: &str, html: &str) -> Value {
    let mut html = html;
    loop {
        let content = formatted(name, html);
        if content.to_string().len() <= LARGEST {
            return content;
        }
        html = &html[..html.floor_char_boundary(html.len() * 3 / 4)];
    }
}

fn trees(message: &MessageRow) -> Option<&[Block]> {
    match &message.content {
        MessageContent::Text { blocks }
        | MessageContent::Emote { blocks }
        | MessageContent::Notice { blocks } => Some(blocks),
        MessageContent::Attachment { caption, .. } | MessageContent::Gallery { caption, .. } => {
            caption.as_deref()
        }
        _ => None,
    }
}

fn row<'a>(rows: &'a [TimelineRow], event: &str) -> Option<&'a MessageRow> {
    messages(rows).map(|(_, message)| message).find(|m| m.event_id.as_deref() == Some(event))
}

/// Reads on to the beginning of the room, and until every one of these events has a readable row.
async fn read_all(timeline: &mut View<TimelineRow>, wanted: &[(String, String)]) {
    while timeline.load_more().await == MoreOutcome::More {}
    let readable = |rows: &[TimelineRow], event: &str| {
        row(rows, event)
            .is_some_and(|row| !matches!(row.content, MessageContent::Undecryptable { .. }))
    };
    timeline
        .wait_until("the beginning and a row for every event", |rows| {
            rows.first().is_some_and(|row| row.content == TimelineRowContent::Beginning)
                && wanted.iter().all(|(_, event)| readable(rows, event))
        })
        .await;
}

#[test]
fn every_formatted_body_of_the_corpus_is_shown_and_none_does_harm() {
    with_its_stack(show_every_formatted_body);
}

async fn show_every_formatted_body() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let mut sent = Vec::new();
    for seed in html() {
        let content = that_fits(&seed.name, &seed.html);
        let event = talk.ben.send_raw(&talk.room, "m.room.message", content).await;
        sent.push((seed.name, event.to_string()));
    }
    talk.ben.send(&talk.room, "Ende").await;
    timeline.wait_until("the end", |rows| saying(rows, "Ende").is_some()).await;
    read_all(&mut timeline, &sent).await;
    for (name, event) in &sent {
        let message = row(timeline.rows(), event).unwrap();
        let blocks = trees(message).unwrap_or_else(|| panic!("{name}: {:?}", message.content));
        assert!(!blocks.is_empty(), "nothing is shown of {name}");
        let found = faults(blocks, LIMITS);
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
    let is_drawn = |row: &TimelineRow| row.content != TimelineRowContent::Hidden;
    assert!(timeline.rows().iter().all(is_drawn));

    // The list of rooms and the conversation go on.
    talk.anna.room(&talk.room, "a preview", |row| row.preview.is_some()).await;
    talk.anna.send(&talk.room, "Weiter").await;
    assert_eq!(talk.ben_has("Weiter").await, ["Weiter"]);
}

fn poll(rows: &[TimelineRow]) -> Option<Poll> {
    messages(rows).find_map(|(_, message)| match &message.content {
        MessageContent::Poll { poll } => Some(poll.clone()),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_event_of_the_corpus_leaves_a_gap_or_changes_what_is_not_its_own() {
    let talk = Conversation::begin().await;
    let elsewhere = talk.ben.create_room("Anderswo", true, &[&talk.anna.user.id]).await;
    talk.anna.accept(&elsewhere).await;
    talk.ben.wait_for_members(&elsewhere, 2).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Von Anna").await;
    let foreign = timeline
        .wait_for("Anna's message sent", |rows| {
            saying(rows, "Von Anna").filter(|(_, message)| has_arrived(message))
        })
        .await;
    let foreign = foreign.1.event_id.unwrap();
    let own = talk.ben.send(&talk.room, "Von Ben").await;
    let there = talk.ben.send(&elsewhere, "Ganz woanders").await;
    let question = herold_testkit::Poll::new("Dort?", &["Ja", "Nein"]);
    let there_poll = talk.ben.send_poll(&elsewhere, &question).await;
    let known = Known {
        own: own.as_str(),
        foreign: &foreign,
        elsewhere: there.as_str(),
        poll: there_poll.as_str(),
    };

    let mut sent = Vec::new();
    for event in events() {
        match talk.ben.room(&talk.room).send_raw(&event.kind, event.content(&known)).await {
            Ok(answer) if event.row => {
                sent.push((event.name, answer.response.event_id.to_string()));
            }
            Ok(_) => {}
            // Synapse itself keeps out some relations to other rooms; servers of others may not.
            Err(error) => assert!(!event.row, "{} was refused: {error}", event.name),
        }
    }
    talk.ben.send(&talk.room, "Ende").await;
    timeline.wait_until("the end", |rows| saying(rows, "Ende").is_some()).await;
    read_all(&mut timeline, &sent).await;

    let shown = texts(timeline.rows());
    assert!(shown.contains(&"Von Anna".to_owned()), "{shown:?}");
    assert!(!shown.iter().any(|text| text.contains("untergeschoben")), "{shown:?}");
    assert!(!row(timeline.rows(), &foreign).unwrap().edited);
    for (name, event) in &sent {
        let message = row(timeline.rows(), event).unwrap();
        let found = faults(trees(message).unwrap_or_default(), LIMITS);
        assert!(found.is_empty(), "{name}: {found:#?}");
        if let MessageContent::Attachment { attachment, .. } = &message.content {
            let bad = ['/', '\\', ':', '<', '\u{202E}'];
            assert!(!attachment.filename.contains(bad), "{name}: {}", attachment.filename);
        }
        let json = serde_json::to_string(message).unwrap();
        assert!(!json.contains('\u{202E}'), "{name} crosses with an override: {json}");
    }

    // Nothing happened in the other room.
    let mut other = talk.anna.timeline(&elsewhere).await;
    talk.ben.send(&elsewhere, "Auch hier Ende").await;
    other.wait_until("the end", |rows| saying(rows, "Auch hier Ende").is_some()).await;
    let (_, message) = saying(other.rows(), "Ganz woanders").expect("it is as it was");
    assert!(!message.edited && message.reactions.is_empty() && message.thread.is_none());
    let card = poll(other.rows()).expect("the poll");
    assert_eq!((card.voters, card.ended), (0, false));
    assert_eq!(card.question, "Dort?");
}

/// Synapse keeps relations to other rooms out; other servers may not. What is said about messages from before Anna
/// came is said, on its way to her, about those of another room.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_said_in_one_room_changes_nothing_in_another() {
    let mut talk = Conversation::begin().await;
    let question = herold_testkit::Poll::new("Dort?", &["Ja", "Nein"]);
    let there = talk.ben.send(&talk.room, "Ganz woanders").await;
    let there_poll = talk.ben.send_poll(&talk.room, &question).await;

    // Not encrypted, so that the proxy can read it.
    let here = talk.ben.create_room("Hier", false, &[]).await;
    let joined = json!({ "history_visibility": "joined" });
    talk.ben.send_state(&here, "m.room.history_visibility", "", joined).await;
    let message = talk.ben.send(&here, "Köder").await;
    let poll = talk.ben.send_poll(&here, &question).await;
    talk.ben.invite(&here, &talk.anna.user.id).await;
    talk.anna.accept(&here).await;
    talk.ben.wait_for_members(&here, 2).await;
    talk.proxy.replace(message.as_str(), there.as_str());
    talk.proxy.replace(poll.as_str(), there_poll.as_str());
    talk.ben.edit(&here, &message, "untergeschoben").await;
    talk.ben.react(&here, &message, "💣").await;
    talk.ben.reply_in_thread(&here, &message, "darunter").await;
    talk.ben.vote(&here, &poll, &[0]).await;
    talk.ben.end_poll(&here, &poll).await;
    talk.ben.reply(&here, &message, "Dazu gesagt").await;
    talk.ben.redact(&here, &message, None).await;
    talk.ben.send(&here, "Ende").await;

    let mut timeline = talk.anna.timeline(&here).await;
    timeline.wait_until("the end", |rows| saying(rows, "Ende").is_some()).await;
    while timeline.load_more().await == MoreOutcome::More {}
    let (_, answer) = saying(timeline.rows(), "Dazu gesagt").expect("an answer is a message");
    let quoted = serde_json::to_string(&answer.reply_to.expect("it says what it answers")).unwrap();
    assert!(quoted.contains(there.as_str()), "the proxy changes what Anna gets: {quoted}");
    assert!(!quoted.contains("Ganz woanders"), "{quoted}");

    for again in [false, true] {
        if again {
            talk.anna.restart_without_network().await;
        }
        let mut other = talk.anna.timeline(&talk.room).await;
        let both = |rows: &[TimelineRow]| {
            saying(rows, "Ganz woanders").map(|(_, message)| message).zip(self::poll(rows))
        };
        let (message, card) = other.wait_for("what was there before", both).await;
        assert!(!message.edited && message.reactions.is_empty() && message.thread.is_none());
        assert_eq!((card.voters, card.ended), (0, false));
    }
}

/// The interface knows reactions by their key and answers by their identifier: the same one twice would keep
/// it from drawing the conversation.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_and_answers_that_cannot_be_told_apart_are_one() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let reaction = |key: &str| {
        let relation = json!({ "rel_type": "m.annotation", "event_id": "$ref:0", "key": key });
        Event::new(&clara.id, "m.reaction", json!({ "m.relates_to": relation }))
    };
    let answer = |id: &str, text: &str| json!({ "id": id, "org.matrix.msc1767.text": text });
    let unstable = json!({
        "org.matrix.msc1767.text": "Welcher Tag?",
        "org.matrix.msc3381.poll.start": {
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "question": { "org.matrix.msc1767.text": "Welcher Tag?" },
            "answers": [answer("a", "Montag"), answer("a", "Dienstag"), answer("b", "Mittwoch")],
        },
    });
    let answer = |id: &str, text: &str| json!({ "m.id": id, "m.text": [{ "body": text }] });
    let stable = json!({
        "m.text": [{ "body": "Welches Zimmer?" }],
        "m.poll": {
            "kind": "m.disclosed",
            "max_selections": 1,
            "question": { "m.text": [{ "body": "Welches Zimmer?" }] },
            "answers": [answer("a", "Saal"), answer("a", "Keller"), answer("b", "Turm")],
        },
    });
    let written = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Doppelt", "preset": "public_chat" }),
        batches: vec![
            vec![Event::message(&clara.id, "Zweimal dasselbe")],
            vec![Event::join(&anna.id)],
            vec![
                reaction("👍"),
                reaction("👍\u{200b}"),
                Event::new(&clara.id, "org.matrix.msc3381.poll.start", unstable),
                Event::new(&clara.id, "m.poll.start", stable),
            ],
        ],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut timeline = person.timeline(&room).await;
    let reacted = |rows: &[TimelineRow]| {
        saying(rows, "Zweimal dasselbe")
            .map(|(_, message)| message.reactions)
            .filter(|reactions| !reactions.is_empty())
    };
    let reactions = timeline.wait_for("the reaction", reacted).await;
    assert_eq!(reactions.len(), 1, "{reactions:?}");
    assert_eq!((reactions[0].key.as_str(), reactions[0].count), ("👍", 1));
    for question in ["Welcher Tag?", "Welches Zimmer?"] {
        let asked = |rows: &[TimelineRow]| {
            messages(rows).find_map(|(_, message)| match &message.content {
                MessageContent::Poll { poll } if poll.question == question => Some(poll.clone()),
                _ => None,
            })
        };
        let poll = timeline.wait_for(question, asked).await;
        let answers: Vec<_> = poll.answers.iter().map(|answer| answer.id.as_str()).collect();
        assert_eq!(answers, ["a", "b"], "{question}");
    }
}

/// The interface makes dates of all times it is given; where there is none, it would draw nothing any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_message_from_the_end_of_time_has_a_time_that_a_calendar_knows() {
    const LARGEST: u64 = (1 << 53) - 1;
    const END_OF_9999: u64 = 253_402_300_799_000;
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let written = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Fern", "preset": "public_chat" }),
        batches: vec![
            vec![Event::join(&anna.id)],
            vec![
                Event::message(&clara.id, "Aus der Ferne").at(LARGEST),
                Event::new(&clara.id, "m.room.topic", json!({ "topic": "Fern" }))
                    .state("")
                    .at(LARGEST),
                Event::message(&clara.id, "Von heute"),
            ],
        ],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut timeline = person.timeline(&room).await;
    timeline
        .wait_until("both", |rows| {
            saying(rows, "Aus der Ferne").is_some() && saying(rows, "Von heute").is_some()
        })
        .await;
    let (_, message) = saying(timeline.rows(), "Aus der Ferne").unwrap();
    assert_eq!(message.timestamp_ms, END_OF_9999, "the server keeps what it was told");
    let times = timeline.rows().iter().filter_map(|row| match &row.content {
        TimelineRowContent::DayDivider { timestamp_ms }
        | TimelineRowContent::Change { timestamp_ms, .. } => Some(*timestamp_ms),
        _ => None,
    });
    let latest = times.max().unwrap();
    assert_eq!(latest, END_OF_9999, "so do its day and the change");
}

/// A fifth of the ten thousand of the requirement: the SDK has to page through all of them, thirty at a time,
/// which takes a minute for ten thousand. What the row costs does not grow beyond fifty kinds of reactions
/// and twenty names of each.
const PEOPLE: usize = 20;
const KEYS: usize = 100;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_reactions_do_not_hold_up_a_conversation() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let mut people = Vec::new();
    for number in 0..PEOPLE {
        people.push(server.user(&format!("Person{number}")).await.id);
    }
    let joins = people.iter().chain([&anna.id]).map(|person| Event::join(person)).collect();
    let reactions = people.iter().flat_map(|person| {
        (0..KEYS).map(move |key| {
            let relation =
                json!({ "rel_type": "m.annotation", "event_id": "$ref:0", "key": format!("🧨{key}") });
            Event::new(person, "m.reaction", json!({ "m.relates_to": relation }))
        })
    });
    let written = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Beliebt", "preset": "public_chat", "room_version": "10" }),
        // The message is the first event of the order, so that the reactions can name it.
        batches: vec![vec![Event::message(&clara.id, "Sehr beliebt")], joins, reactions.collect()],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut timeline = person.timeline(&room).await;
    while timeline.load_more().await == MoreOutcome::More {}
    let all = u32::try_from(PEOPLE).unwrap();
    let popular = |rows: &[TimelineRow]| {
        saying(rows, "Sehr beliebt").map(|(_, message)| message).filter(|message| {
            !message.reactions.is_empty()
                && message.reactions.iter().all(|reaction| reaction.count == all)
        })
    };
    let message = timeline.wait_for("all reactions", popular).await;
    assert!(message.reactions.len() <= 50, "{} are drawn", message.reactions.len());
    assert!(message.reactions.iter().all(|reaction| reaction.names.len() <= 20));

    let mut fastest = Duration::MAX;
    for _ in 0..3 {
        let begun = Instant::now();
        let mut again = person.timeline(&room).await;
        again.wait_for("the message again", popular).await;
        fastest = fastest.min(begun.elapsed());
    }
    assert!(fastest < LONGEST, "{fastest:?}");
}
