//! Whom "@" means, and how many "@room" reaches, in a large room.

use std::time::{Duration, Instant};

use herold_testkit::{
    Synapse,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::RoomId;
use serde_json::json;

use crate::support::{PATIENCE, Person};

/// With Anna, who asks, and Clara, whose room it is.
const MEMBERS: usize = 500;
/// How many are suggested at most.
const SUGGESTED: usize = 20;
/// From a letter to its suggestions.
const LONGEST: Duration = Duration::from_millis(100);

const FIRST_NAMES: [&str; 20] = [
    "Aylin", "Bernd", "Carla", "Dieter", "Elif", "Frieda", "Georg", "Hanna", "Ibrahim", "Jutta",
    "Kerem", "Lotte", "Marlene", "Nele", "Olaf", "Paula", "Ralf", "Sibel", "Till", "Ute",
];
/// By name, as suggestions of one rank are.
const LAST_NAMES: [&str; 25] = [
    "Albrecht", "Bauer", "Ceylan", "Dietz", "Ernst", "Fuchs", "Graf", "Huber", "Ilgner", "Jung",
    "Kaya", "Lorenz", "Moser", "Neumann", "Otto", "Peters", "Roth", "Sommer", "Thiel", "Unger",
    "Vogel", "Weber", "Yildiz", "Zimmer", "Öztürk",
];
/// Each has "qui" somewhere; the best match first.
const RARE: [&str; 4] = ["Quirin Vogt", "Jana Quitzow", "Mia-Quinn Sanders", "Joaquin Ortega"];

fn id(server: &Synapse, number: usize) -> String {
    format!("@kennung-{number}:{}", server.server_name())
}

fn join(server: &Synapse, number: usize, name: &str) -> Event {
    let id = id(server, number);
    let content = json!({ "membership": "join", "displayname": name });
    Event::new(&id, "m.room.member", content).state(&id)
}

async fn found(person: &Person, room: &RoomId, query: &str) -> Vec<String> {
    let people = person.session().suggest_members(room.as_str(), query).await;
    people.expect("asking for members").into_iter().map(|member| member.name).collect()
}

/// Asks again until the answer is this one.
async fn finds(person: &Person, room: &RoomId, query: &str, wanted: &[&str]) {
    let begun = Instant::now();
    loop {
        let names = found(person, room, query).await;
        if names == wanted {
            return;
        }
        assert!(begun.elapsed() < PATIENCE, "\"{query}\" finds {names:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_few_letters_find_somebody_among_five_hundred() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let common = MEMBERS - 2 - RARE.len();
    let mut joins = vec![Event::join(&anna.id)];
    for (number, name) in RARE.into_iter().enumerate() {
        joins.push(join(server, common + number, name));
    }
    for number in 0..common {
        let (first, last) = (FIRST_NAMES[number % 20], LAST_NAMES[number / 20]);
        joins.push(join(server, number, &format!("{first} {last}")));
    }
    let assembly = Room {
        creator: clara.id.clone(),
        config: json!({ "name": "Versammlung", "preset": "public_chat", "room_version": "10" }),
        batches: vec![joins],
        ..Room::default()
    };
    let written = server.write_rooms(&[assembly]).await.remove(0);
    let room = <&RoomId>::try_from(written.room_id.as_str()).unwrap();
    let person = Person::sign_in(&server.url(), &anna).await;
    person.room(room, "the room", |_| true).await;
    let mut details = person.details(room);
    details.wait_for("everybody", |room| room.member_count as usize == MEMBERS).await;

    // Neither the room nor the list of its members was ever opened: the device knows a few of them.
    finds(&person, room, "qui", &RARE).await;
    assert_eq!(found(&person, room, "clara").await, ["Clara"]);
    assert_eq!(found(&person, room, "kennung-493").await, ["Nele Öztürk"], "by the identifier");
    let marlenes: Vec<_> =
        LAST_NAMES[..SUGGESTED].iter().map(|last| format!("Marlene {last}")).collect();
    assert_eq!(found(&person, room, "marl").await, marlenes);
    assert_eq!(found(&person, room, "").await.len(), SUGGESTED);
    let host = found(&person, room, server.server_name()).await;
    assert!(host.is_empty(), "a part of every identifier means nobody: {host:?}");

    let mut took = Vec::new();
    for query in ["q", "qu", "qui", "m", "ma", "mar", "marl", "", "zimm", "x", "öz"] {
        let begun = Instant::now();
        found(&person, room, query).await;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    assert!(took[took.len() / 2] < LONGEST, "{took:?}");

    // Who comes and who leaves in the meantime is noticed.
    let gone = id(server, common);
    let leave = Event::new(&gone, "m.room.member", json!({ "membership": "leave" })).state(&gone);
    let later = Room {
        creator: clara.id.clone(),
        room_id: Some(written.room_id.clone()),
        batches: vec![vec![join(server, MEMBERS, "Zacharias Ilg"), leave]],
        ..Room::default()
    };
    server.write_rooms(&[later]).await;
    finds(&person, room, "zach", &["Zacharias Ilg"]).await;
    finds(&person, room, "qui", &RARE[1..]).await;
}
