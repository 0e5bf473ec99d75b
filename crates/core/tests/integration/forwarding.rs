//! Messages that are handed on to other rooms.

use herold_core::protocol::{ErrorReason, Forward, RoomKind, RoomRow, TakenBack};
use herold_testkit::{
    Message,
    seed::{self, Event},
};
use matrix_sdk::ruma::OwnedRoomId;
use serde_json::json;

use crate::support::{Conversation, PATIENCE, message_with, saying};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_forwarded_message_says_whose_it_was_and_addresses_nobody() {
    let talk = Conversation::begin().await;
    let other = talk.ben.create_room("Anderer Raum", true, &[&talk.anna.user.id]).await;
    talk.anna.accept(&other).await;
    talk.ben.wait_for_members(&other, 2).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let anna = talk.anna.user.id.clone();
    let event = talk.ben.mention(&talk.room, "Bitte lesen", &[&anna]).await;
    timeline.wait_for("the message", |rows| saying(rows, "Bitte lesen")).await;
    let forward = Forward {
        event_id: event.to_string(),
        attribution: "Weitergeleitet von Ben <b>".to_owned(),
    };
    let session = talk.anna.session();
    for _ in 0..2 {
        let targets = [other.to_string()];
        session
            .forward_messages(talk.room.as_str(), "f1", std::slice::from_ref(&forward), &targets)
            .await
            .expect("forwarding");
    }
    let text = "Weitergeleitet von Ben <b>\n\nBitte lesen";
    let seen = talk.ben.wait_for_text(&other, text, PATIENCE).await;
    assert_eq!(seen.raw["content"]["m.mentions"], json!({}), "it addresses nobody here");
    let html = seen.raw["content"]["formatted_body"].as_str().unwrap();
    assert!(
        html.contains("<blockquote>Bitte lesen</blockquote>") && !html.contains("<b>"),
        "{html}"
    );
    let copies = talk.ben.messages(&other).await;
    assert_eq!(copies.iter().filter(|m| m.body == text).count(), 1, "asked twice, sent once");

    // Where one of the rooms takes it from others alone, nothing is sent anywhere.
    let announcements = seed::Room {
        creator: talk.ben.user_id().to_string(),
        config: json!({
            "name": "Mitteilungen",
            "preset": "public_chat",
            "power_level_content_override": { "events_default": 50 },
        }),
        batches: vec![vec![Event::join(&anna)]],
        ..seed::Room::default()
    };
    let written = talk.server.write_rooms(&[announcements]).await.remove(0);
    let closed = written.room_id.parse::<OwnedRoomId>().unwrap();
    let known = |row: &RoomRow| row.kind == RoomKind::Announcements;
    let row = talk.anna.room(&closed, "the announcements", known).await;
    assert!(!row.can_send, "the list of rooms says so beforehand");
    assert!(talk.anna.room(&other, "the other room", |_| true).await.can_send);
    let targets = [other.to_string(), closed.to_string()];
    let all = std::slice::from_ref(&forward);
    let error =
        session.forward_messages(talk.room.as_str(), "f2", all, &targets).await.unwrap_err();
    assert_eq!(error.reason, Some(ErrorReason::ForwardRefused), "{error:?}");
    talk.anna.send(&other, "Danach").await;
    talk.ben.wait_for_text(&other, "Danach", PATIENCE).await;
    let copies = talk.ben.messages(&other).await;
    assert_eq!(copies.iter().filter(|m| m.body == text).count(), 1, "nothing was sent");

    let taken_back = session.undo_send("f1").await.expect("undoing");
    assert_eq!(taken_back, TakenBack::Copies);
    talk.anna.send(&other, "Zuletzt").await;
    talk.ben.wait_for_text(&other, "Zuletzt", PATIENCE).await;
    let there = talk.ben.history(&other).await;
    assert!(!there.iter().any(|raw| raw["content"]["body"] == text), "it was taken back");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_kind_of_forwarded_message_says_whose_it_was() {
    let talk = Conversation::begin().await;
    let other = talk.ben.create_room("Anderer Raum", true, &[&talk.anna.user.id]).await;
    talk.anna.accept(&other).await;
    talk.ben.wait_for_members(&other, 2).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let answer = |id: &str| json!({ "m.id": id, "m.text": [{ "body": id }] });
    let asked = json!({
        "m.text": [{ "body": "Wann?" }],
        "m.poll": {
            "kind": "m.disclosed",
            "question": { "m.text": [{ "body": "Wann?" }] },
            "answers": [answer("Montag"), answer("Dienstag")],
        },
    });
    let poll = talk.ben.send_raw(&talk.room, "m.poll.start", asked).await;
    let place = json!({ "msgtype": "m.location", "body": "Rathaus", "geo_uri": "geo:48,11" });
    let place = talk.ben.send_raw(&talk.room, "m.room.message", place).await;
    let file = json!({
        "msgtype": "m.file", "body": "Bitte prüfen", "filename": "a.pdf", "url": "mxc://herold.test/a",
    });
    let file = talk.ben.send_raw(&talk.room, "m.room.message", file).await;
    timeline.wait_until("the file", |rows| message_with(rows, file.as_str()).is_some()).await;
    let all = [poll, place, file]
        .map(|event| Forward { event_id: event.to_string(), attribution: "Von Ben".to_owned() });
    let session = talk.anna.session();
    let targets = [other.to_string()];
    session.forward_messages(talk.room.as_str(), "f", &all, &targets).await.expect("forwarding");
    let is_last = |message: &Message| message.body == "Von Ben\n\nBitte prüfen";
    let seen = talk.ben.wait_for_message(&other, is_last, PATIENCE).await;
    assert_eq!(seen.raw["content"]["filename"], "a.pdf");
    let mut arrived = talk.ben.messages(&other).await;
    arrived.retain(|message| message.encrypted);
    let content = |message: &Message| message.raw["content"]["msgtype"].as_str().map(str::to_owned);
    let kinds: Vec<_> = arrived.iter().map(|m| content(m).unwrap_or(m.kind.clone())).collect();
    let poll = "org.matrix.msc3381.poll.start";
    assert_eq!(kinds, ["m.text", poll, "m.text", "m.location", "m.file"]);
    assert_eq!((&*arrived[0].body, &*arrived[2].body), ("Von Ben", "Von Ben"));
}
