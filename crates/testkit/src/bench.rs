//! Accounts with very many rooms, for measurements.
//!
//! [`seeded_server`] is what a benchmark asks for: the first call seeds a server and keeps
//! its folder in `HEROLD_CACHE`, later calls start a copy of it within seconds.

use std::{
    path::PathBuf,
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use futures_util::{StreamExt, stream};
use serde_json::json;

use crate::{
    Synapse, User,
    seed::{Event, Room},
    synapse::{cache_folder, synapse_version},
};

/// Colleagues of the account; each room has three of them.
const COLLEAGUES: usize = 30;
/// Synapse has one thread for events: a second order only keeps it busy between two.
const CONCURRENT: usize = 3;
const PASSWORD: &str = "herold-bench";

/// What seeding did.
#[derive(Clone, Copy, Debug)]
pub struct Seeded {
    pub rooms: usize,
    /// Messages in all rooms together.
    pub messages: usize,
    pub took: Duration,
}

/// Gives `user` this many private rooms with three colleagues and this many messages each,
/// spread over the last 30 days; the rooms differ in when they were last active.
pub async fn seed_bench(server: &Synapse, user: &User, rooms: usize, messages: usize) -> Seeded {
    let begun = Instant::now();
    let mut colleagues = Vec::new();
    for index in 0..COLLEAGUES {
        colleagues.push(server.user(&format!("Kollege-{index}")).await.id);
    }
    let now = SystemTime::now().duration_since(UNIX_EPOCH).expect("a clock after 1970");
    let now = u64::try_from(now.as_millis()).expect("a clock before the year 500 million");
    // The room that was active last is written last: sliding sync sorts by the order of arrival.
    stream::iter((0..rooms).rev())
        .for_each_concurrent(CONCURRENT, async |index| {
            let members: Vec<_> =
                (0..3).map(|step| colleagues[(index + step * 7) % COLLEAGUES].as_str()).collect();
            server.write_rooms(&[room(&user.id, &members, index, messages, now)]).await;
        })
        .await;
    Seeded { rooms, messages: rooms * messages, took: begun.elapsed() }
}

/// A server on which `bench` has this many rooms: a copy of the one in `HEROLD_CACHE`, which
/// is made first if it is missing (minutes).
pub async fn seeded_server(rooms: usize, messages: usize) -> (Synapse, User) {
    copy_of(template_folder(rooms, messages), async |server, user| {
        let seeded = seed_bench(server, user, rooms, messages).await;
        eprintln!("seeded {} rooms, {} messages in {:?}", rooms, seeded.messages, seeded.took);
    })
    .await
}

/// A server on which `bench` has a room [`LONG_ROOM`] with this many messages, and a room
/// [`POLL_ROOM`] whose last message is an open poll with this many votes.
pub async fn long_room_server(messages: usize, votes: usize) -> (Synapse, User) {
    copy_of(folder(&format!("long-{messages}-{votes}")), async |server, user| {
        let begun = Instant::now();
        let long = long_room(&user.id, messages);
        server.write_rooms(&[long]).await;
        server.write_rooms(&[poll_room(&user.id, votes)]).await;
        eprintln!("seeded {messages} messages and {votes} votes in {:?}", begun.elapsed());
    })
    .await
}

/// A server on which `bench` has a room [`POPULAR_ROOM`] whose first message each of `people` has answered with
/// `kinds` reactions.
pub async fn popular_server(people: usize, kinds: usize) -> (Synapse, User) {
    copy_of(folder(&format!("popular-{people}-{kinds}")), async |server, user| {
        let begun = Instant::now();
        server.write_rooms(&[popular_room(&user.id, people, kinds)]).await;
        eprintln!("seeded {} reactions in {:?}", people * kinds, begun.elapsed());
    })
    .await
}

pub const LONG_ROOM: &str = "Chronik";
pub const POLL_ROOM: &str = "Abstimmung";
pub const POPULAR_ROOM: &str = "Beliebt";

async fn copy_of(template: PathBuf, seed: impl AsyncFnOnce(&Synapse, &User)) -> (Synapse, User) {
    if !template.exists() {
        let partial = template.with_extension("partial");
        // Left behind by an interrupted run.
        let _ = std::fs::remove_dir_all(&partial);
        let server = Synapse::builder().folder(&partial).start().await;
        let user = server.register("bench", PASSWORD, "Bench").await;
        seed(&server, &user).await;
        server.stop().await;
        std::fs::rename(&partial, &template).expect("keeping the seeded server in HEROLD_CACHE");
    }
    let server = Synapse::builder().copy_of(template).start().await;
    let user = User {
        id: format!("@bench:{}", server.server_name()),
        localpart: "bench".to_owned(),
        password: PASSWORD.to_owned(),
        display_name: "Bench".to_owned(),
    };
    (server, user)
}

/// Where [`seeded_server`] keeps its template.
pub fn template_folder(rooms: usize, messages: usize) -> PathBuf {
    folder(&format!("{rooms}x{messages}"))
}

fn folder(content: &str) -> PathBuf {
    cache_folder().join(format!("bench-{content}-{}", synapse_version().replace('.', "_")))
}

/// Events per batch: what a batch holds is in memory at once.
const BATCH: usize = 500;

fn batches(events: Vec<Event>) -> Vec<Vec<Event>> {
    events.chunks(BATCH).map(<[Event]>::to_vec).collect()
}

fn long_room(user: &str, messages: usize) -> Room {
    let texts = (0..messages)
        .map(|number| {
            let body = SENTENCES[number * 7 % SENTENCES.len()];
            // Rows of different heights, as in life.
            let body = match number % 13 {
                0 => [body; 6].join(" "),
                5 => format!("{body}\n{body}\n{body}"),
                _ => body.to_owned(),
            };
            Event::message(user, &format!("{body} ({number})"))
        })
        .collect();
    Room {
        creator: user.to_owned(),
        config: json!({ "name": LONG_ROOM, "preset": "private_chat" }),
        batches: batches(texts),
        ..Room::default()
    }
}

fn poll_room(user: &str, votes: usize) -> Room {
    let server = user.rsplit(':').next().unwrap_or_default();
    let voters: Vec<String> = (0..votes).map(|index| format!("@stimme-{index}:{server}")).collect();
    let answers: Vec<_> = ["Montag", "Dienstag", "Mittwoch"]
        .map(|day| json!({ "id": day, "org.matrix.msc1767.text": day }))
        .into();
    let poll = json!({
        "org.matrix.msc1767.text": "Wann tagt der Ausschuss?",
        "org.matrix.msc3381.poll.start": {
            "kind": "org.matrix.msc3381.poll.disclosed",
            "max_selections": 1,
            "question": { "org.matrix.msc1767.text": "Wann tagt der Ausschuss?" },
            "answers": answers,
        },
    });
    let mut events: Vec<Event> = voters.iter().map(|voter| Event::join(voter)).collect();
    events.push(Event::new(user, "org.matrix.msc3381.poll.start", poll));
    for (index, voter) in voters.iter().enumerate() {
        let answer = ["Montag", "Dienstag", "Mittwoch"][index % 3];
        let vote = json!({
            "m.relates_to": { "rel_type": "m.reference", "event_id": format!("$ref:{votes}") },
            "org.matrix.msc3381.poll.response": { "answers": [answer] },
        });
        events.push(Event::new(voter, "org.matrix.msc3381.poll.response", vote));
    }
    Room {
        creator: user.to_owned(),
        config: json!({ "name": POLL_ROOM, "preset": "public_chat", "visibility": "private" }),
        batches: batches(events),
        ..Room::default()
    }
}

fn popular_room(user: &str, people: usize, kinds: usize) -> Room {
    let server = user.rsplit(':').next().unwrap_or_default();
    let people: Vec<String> =
        (0..people).map(|index| format!("@person-{index}:{server}")).collect();
    // The message is the first event of the order, so that the reactions can name it.
    let mut events = vec![Event::message(user, "Heute gibt es Kuchen in der Teeküche.")];
    events.extend(people.iter().map(|person| Event::join(person)));
    for person in &people {
        for kind in 0..kinds {
            let relation = json!({ "rel_type": "m.annotation", "event_id": "$ref:0", "key": format!("🧁{kind}") });
            events.push(Event::new(person, "m.reaction", json!({ "m.relates_to": relation })));
        }
    }
    Room {
        creator: user.to_owned(),
        config: json!({ "name": POPULAR_ROOM, "preset": "public_chat", "visibility": "private" }),
        batches: batches(events),
        ..Room::default()
    }
}

fn room(user: &str, members: &[&str], index: usize, messages: usize, now: u64) -> Room {
    const MINUTE: u64 = 60_000;
    // Index 0 was active a minute ago, the last of 5,000 rooms a month ago.
    let last = now - MINUTE - index as u64 * 8 * MINUTE;
    let first = last - messages as u64 * 3 * MINUTE;
    let joins = members.iter().map(|member| Event::join(member).at(first)).collect();
    let texts = (0..messages)
        .map(|number| {
            let at = last - (messages - number) as u64 * 3 * MINUTE;
            let body = SENTENCES[(index * 5 + number) % SENTENCES.len()];
            let body = format!("{body} ({}/{})", index + 1, number + 1);
            Event::message(members[number % members.len()], &body).at(at)
        })
        .collect();
    Room {
        creator: user.to_owned(),
        config: json!({
            "name": format!("{} {:04}", SUBJECTS[index % SUBJECTS.len()], index + 1),
            // Members join by themselves, which saves an invitation per member.
            "preset": "public_chat",
            "visibility": "private",
        }),
        batches: vec![joins, texts],
        ..Room::default()
    }
}

const SUBJECTS: [&str; 8] = [
    "Bauantrag",
    "Vorgang",
    "Ausschreibung",
    "Vergabe",
    "Widerspruch",
    "Förderantrag",
    "Ortstermin",
    "Haushaltsstelle",
];

const SENTENCES: [&str; 11] = [
    "Die Unterlagen liegen jetzt vollständig vor.",
    "Können wir den Termin auf Donnerstag verlegen?",
    "Ich habe die Stellungnahme der Feuerwehr angefordert.",
    "Bitte prüfen Sie den Entwurf bis morgen Mittag, danach geht er an die Amtsleitung.",
    "Erledigt.",
    "Die Frist läuft am Monatsende ab, wir sollten vorher noch einmal mit der Antragstellerin sprechen.",
    "Danke, das hilft mir weiter!",
    "Der Bescheid ist heute in die Post gegangen.",
    "Wer vertritt mich nächste Woche im Ausschuss?",
    "Die Rechnung ist sachlich richtig, ich zeichne sie ab.",
    "Im Plan fehlt noch der zweite Rettungsweg.",
];
