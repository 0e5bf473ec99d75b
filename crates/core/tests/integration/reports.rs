//! What people tell the administrators of their server about messages.

use std::time::{Duration, Instant};

use herold_core::protocol::{ErrorKind, Membership};
use herold_testkit::{Fault, Synapse};
use matrix_sdk::ruma::{EventId, OwnedEventId, RoomId};
use serde_json::{Value, json};

use crate::support::{Conversation, PATIENCE, Person};

async fn report(
    anna: &Person,
    room: &RoomId,
    event: &EventId,
    reason: &str,
) -> herold_core::Result<()> {
    anna.session().report_message(room.as_str(), event.as_str(), reason).await
}

/// Everything that Anna told them. The server lists it once it has counted the members of the room.
async fn told(server: &Synapse, anna: &Person, wanted: usize) -> Vec<Value> {
    let begun = Instant::now();
    loop {
        let reports = server.reports_by(&anna.user.id).await;
        if reports.len() >= wanted {
            return reports;
        }
        assert!(begun.elapsed() < PATIENCE, "the administrators know of {reports:#?} only");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_reaches_the_administrators_with_its_whole_reason() {
    let talk = Conversation::begin().await;
    let event = talk.ben.send(&talk.room, "Beleidigung").await;
    let long = "x".repeat(450);
    let reason = format!(" Beleidigt\nmich\u{202E} {long}");
    report(&talk.anna, &talk.room, &event, &reason).await.expect("reporting a message");

    let reports = told(talk.server, &talk.anna, 1).await;
    assert_eq!(reports.len(), 1, "{reports:#?}");
    assert_eq!(reports[0]["room_id"], talk.room.as_str());
    assert_eq!(reports[0]["event_id"], event.as_str());
    assert_eq!(reports[0]["sender"], talk.ben.user_id().as_str());
    assert_eq!(reports[0]["reason"], format!("Beleidigt mich {long}"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_report_that_the_server_refuses_says_why_and_can_be_made_again() {
    let talk = Conversation::begin().await;
    let event = talk.ben.send(&talk.room, "Werbung").await;
    let nowhere: OwnedEventId = "$nirgendwo:example.org".parse().unwrap();
    let refused = report(&talk.anna, &talk.room, &nowhere, "Werbung").await;
    assert_eq!(refused.expect_err("there is no such message").kind, ErrorKind::NotFound);

    talk.proxy.set_for("/report/", Fault::status(403)).await;
    let refused = report(&talk.anna, &talk.room, &event, "Werbung").await;
    assert_eq!(refused.expect_err("the server says no").kind, ErrorKind::Forbidden);

    talk.proxy.clear().await;
    report(&talk.anna, &talk.room, &event, "Werbung").await.expect("reporting it again");
    let reports = told(talk.server, &talk.anna, 1).await;
    let events: Vec<_> = reports.iter().map(|report| &report["event_id"]).collect();
    assert_eq!(events, [event.as_str()], "only what the server took");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_guest_of_an_encrypted_room_reports_what_they_may_see() {
    let talk = Conversation::begin().await;
    let room = talk.ben.create_room("Vertraulich", true, &[]).await;
    let joined = json!({ "history_visibility": "joined" });
    talk.ben.send_state(&room, "m.room.history_visibility", "", joined).await;
    let before = talk.ben.send(&room, "Unter uns").await;
    talk.ben.invite(&room, &talk.anna.user.id).await;
    talk.anna.room(&room, "the invitation", |row| row.membership == Membership::Invited).await;
    let refused = report(&talk.anna, &room, &before, "Warum?").await;
    assert_eq!(refused.expect_err("only invited").kind, ErrorKind::Forbidden);

    talk.anna.accept(&room).await;
    talk.ben.wait_for_members(&room, 2).await;
    let refused = report(&talk.anna, &room, &before, "Warum?").await;
    assert_eq!(refused.expect_err("before Anna came").kind, ErrorKind::NotFound);

    let event = talk.ben.send(&room, "Willkommen").await;
    report(&talk.anna, &room, &event, "Zu freundlich").await.expect("reporting a message");
    let reports = told(talk.server, &talk.anna, 1).await;
    let said: Vec<_> = reports.iter().map(|one| (&one["event_id"], &one["reason"])).collect();
    assert_eq!(said, [(&json!(event), &json!("Zu freundlich"))]);
}
