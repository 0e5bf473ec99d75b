use std::time::Duration;

use herold_testkit::{Device, User, bench, demo::Demo, shared_synapse};
use matrix_sdk::RoomState;

const SOON: Duration = Duration::from_secs(60);

async fn anna(demo: &Demo) -> Device {
    let sign_in = demo.sign_in();
    let user = User {
        id: format!("@{}:lindenau.example", sign_in.username),
        localpart: sign_in.username.clone(),
        password: sign_in.password.clone(),
        display_name: sign_in.display_name.clone(),
    };
    Device::sign_in(&sign_in.homeserver, &user).await
}

/// The texts of a room, after one of them is `awaited`. Asserts that all could be read if
/// `complete`.
async fn texts(device: &Device, name: &str, awaited: &str, complete: bool) -> Vec<String> {
    let room = device
        .client()
        .rooms()
        .into_iter()
        .find(|room| room.name().as_deref() == Some(name))
        .unwrap_or_else(|| panic!("there is no room {name}"));
    device.wait_for_message(room.room_id(), |message| message.body.contains(awaited), SOON).await;
    let messages = device.messages(room.room_id()).await;
    let unread = messages.iter().filter(|message| message.kind == "m.room.encrypted");
    assert!(!complete || unread.count() == 0, "{messages:#?}");
    messages.into_iter().map(|message| message.body).filter(|body| !body.is_empty()).collect()
}

#[tokio::test]
async fn every_device_of_the_demo_account_can_read_encrypted_messages_soon() {
    let folder = tempfile::tempdir().unwrap();
    let demo = Demo::start(&folder.path().join("demo"), false).await;
    let first = anna(&demo).await;
    assert!(first.client().joined_rooms().len() >= 30);
    let invited =
        first.client().rooms().into_iter().filter(|room| room.state() == RoomState::Invited);
    assert_eq!(invited.count(), 1);
    let last = "Ihre Stimme fehlt noch.";
    assert_eq!(texts(&first, "Amtsleitungsrunde", last, true).await.len(), 5);
    demo.stop().await;

    let demo = Demo::start(&folder.path().join("demo"), false).await;
    let second = anna(&demo).await;
    // What came before this device is a matter of recovery, not of the demo.
    texts(&second, "Amtsleitungsrunde", last, false).await;
    demo.stop().await;
}

#[tokio::test]
async fn bench_rooms_are_there_with_their_messages() {
    let server = shared_synapse().await;
    let user = server.user("Bench").await;
    let seeded = bench::seed_bench(server, &user, 5, 4).await;
    assert_eq!((seeded.rooms, seeded.messages), (5, 20));
    let device = Device::sign_in(&server.url(), &user).await;
    let rooms = device.client().joined_rooms();
    assert_eq!(rooms.len(), 5);
    let messages = device.messages(rooms[0].room_id()).await;
    assert_eq!(messages.iter().filter(|message| !message.body.is_empty()).count(), 4);
}
