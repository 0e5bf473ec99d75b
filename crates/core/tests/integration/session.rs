//! Staying signed in, and being signed out.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use herold_core::protocol::{
    AppEvent, ConnectionState, ConversationId, Draft, ErrorKind, ErrorReason, OfflineReason,
    OutgoingText, PreviewContent, RoomRow, SessionState,
};
use herold_testkit::{
    Fault, FaultProxy, Synapse,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::RoomId;
use serde_json::json;
use zeroize::Zeroizing;

use crate::support::{Conversation, PATIENCE, Person, place, saying};

/// All files below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

/// No file of the profile is left but those that hold nothing of an account.
fn assert_clean(profile: &Path, secrets: &[&str]) {
    for file in files(profile) {
        let name = file.file_name().unwrap().to_str().unwrap();
        assert!(
            ["profile.json", "profile.lock", "key.json", "settings.json"].contains(&name),
            "{} is left",
            file.display()
        );
        let bytes = std::fs::read(&file).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        // Access tokens of Synapse begin with `syt_`, refresh tokens with `syr_`.
        for secret in secrets.iter().chain(&["syt_", "syr_", "herold.test", "127.0.0.1"]) {
            assert!(!text.contains(secret), "{} holds {secret}", file.display());
        }
    }
}

/// A room that Anna is in, without another device.
async fn room_of(server: &Synapse, person: &Person, name: &str) -> String {
    let room = Room {
        creator: person.user.id.clone(),
        config: json!({ "name": name, "preset": "private_chat" }),
        batches: vec![vec![Event::message(&person.user.id, "Erster Eintrag")]],
        ..Room::default()
    };
    server.write_rooms(&[room]).await.remove(0).room_id
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_deleted_cache_is_filled_again() {
    let mut talk = Conversation::begin().await;
    talk.ben.send(&talk.room, "Vor dem Aufräumen").await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("Ben's message", |rows| saying(rows, "Vor dem Aufräumen")).await;
    drop(timeline);
    talk.anna.app.close().await;
    std::fs::remove_dir_all(talk.anna.profile().join("cache")).unwrap();

    talk.anna.restart().await;
    talk.anna.online().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("the message again", |rows| saying(rows, "Vor dem Aufräumen")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn session_rooms_and_messages_survive_a_restart_without_network() {
    let mut talk = Conversation::begin().await;
    talk.ben.send(&talk.room, "Bis morgen!").await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("Ben's message", |rows| saying(rows, "Bis morgen!")).await;
    drop(timeline);
    let shows_it = |row: &RoomRow| {
        let text = PreviewContent::Text { text: "Bis morgen!".to_owned() };
        row.name == "Ben" && row.preview.as_ref().is_some_and(|preview| preview.content == text)
    };
    talk.anna.room(&talk.room, "the message as preview", shows_it).await;
    let device = talk.anna.device_id();

    talk.proxy.set(Fault::Cut).await;
    talk.anna.restart().await;
    assert_eq!(talk.anna.device_id(), device);
    let row = talk.anna.room(&talk.room, "the room from disk", shows_it).await;
    assert!(row.encrypted);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("the message from disk", |rows| saying(rows, "Bis morgen!")).await;
    talk.anna
        .connection("offline", |state| {
            matches!(state, ConnectionState::Offline { reason: OfflineReason::Unreachable, .. })
        })
        .await;

    talk.proxy.clear().await;
    talk.anna.online().await;
    talk.anna.state("the name, once there is a server to ask", |state| {
        matches!(state, SessionState::SignedIn { account } if account.display_name.as_deref() == Some("Anna"))
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn refreshed_tokens_are_kept_and_a_refresh_without_network_signs_nobody_out() {
    let server = Synapse::builder().access_token_lifetime(Duration::from_secs(3)).start().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("Anna").await;
    let mut anna = Person::sign_in(&proxy.url(), &user).await;
    let device = anna.device_id();
    let room = room_of(&server, &anna, "Amtsblatt").await;
    anna.rooms().wait_until("the room", |rows| rows.iter().any(|row| row.id == room)).await;

    // The token is used up after three seconds; an interrupted sync asks again.
    proxy.forget_requests();
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.cut_connections();
    proxy.wait_for("/refresh", PATIENCE).await;
    anna.online().await;
    anna.restart().await;
    anna.online().await;
    assert_eq!(anna.device_id(), device);

    // The server takes no refresh for a while. Nobody is asked for anything.
    proxy.set_for("/refresh", Fault::status(502)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    proxy.forget_requests();
    proxy.cut_connections();
    proxy.wait_for("/refresh", PATIENCE).await;
    anna.connection("offline", |state| matches!(state, ConnectionState::Offline { .. })).await;
    anna.session()
        .send_message(&ConversationId::room(&room), "1", OutgoingText::new("Trotzdem"))
        .await
        .expect("storing a message");
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(matches!(anna.app.state(), SessionState::SignedIn { .. }), "{:?}", anna.app.state());

    proxy.clear().await;
    anna.online().await;
    let mut timeline = anna.timeline(room.as_str().try_into().unwrap()).await;
    timeline
        .wait_for("the message to arrive", |rows| {
            saying(rows, "Trotzdem").filter(|(_, message)| message.event_id.is_some())
        })
        .await;
    assert_eq!(anna.device_id(), device);
}

const SESSION_LIFETIME: Duration = Duration::from_secs(10);

/// A server that asks for the password again after that time.
async fn server_that_asks_again() -> Synapse {
    Synapse::builder()
        .access_token_lifetime(Duration::from_secs(2))
        .session_lifetime(SESSION_LIFETIME)
        .start()
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_soft_logout_the_password_continues_the_same_device() {
    let server = server_that_asks_again().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("Anna").await;
    let mut anna = Person::sign_in(&proxy.url(), &user).await;
    let device = anna.device_id();
    let room = room_of(&server, &anna, "Amtsblatt").await;
    anna.rooms().wait_until("the room", |rows| rows.iter().any(|row| row.id == room)).await;

    // Nothing asks the server before this message does.
    tokio::time::sleep(SESSION_LIFETIME).await;
    let room_id = <&RoomId>::try_from(room.as_str()).unwrap();
    anna.send(room_id, "Kurz vorher").await;
    let password_needed =
        |state: &SessionState| matches!(state, SessionState::PasswordNeeded { .. });
    let state = anna.state("asked for the password", password_needed).await;
    let SessionState::PasswordNeeded { account } = state else { unreachable!() };
    assert_eq!((account.user_id.as_str(), account.device_id.as_str()), (&*user.id, &*device));

    let wrong = Zeroizing::new("wrong".to_owned());
    let error = anna.app.enter_password(wrong).await.expect_err("the password is wrong");
    assert_eq!(error.reason, Some(ErrorReason::WrongCredentials));
    assert!(password_needed(&anna.app.state()));
    // A new sign-in would take the place of all that.
    let error = anna.enter(&proxy.url()).await.expect_err("the session is on disk");
    assert_eq!(error.reason, Some(ErrorReason::AlreadySignedIn));

    // The question survives a restart, and nothing is lost meanwhile.
    anna.restart().await;
    anna.state("asked again", password_needed).await;
    anna.app.enter_password(Zeroizing::new(user.password.clone())).await.expect("the password");
    assert_eq!(anna.device_id(), device);
    anna.room(room_id, "the room", |_| true).await;
    anna.online().await;
    let mut timeline = anna.timeline(room_id).await;
    timeline
        .wait_for("what was written just before", |rows| {
            saying(rows, "Kurz vorher").filter(|(_, message)| message.event_id.is_some())
        })
        .await;
}

/// The password would make a device of the same name, without keys.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_was_removed_while_the_password_was_asked_for_is_cleaned() {
    let server = server_that_asks_again().await;
    let user = server.user("Anna").await;
    let anna = Person::sign_in(&server.url(), &user).await;
    let device = anna.device_id();
    tokio::time::sleep(SESSION_LIFETIME).await;
    let password_needed =
        |state: &SessionState| matches!(state, SessionState::PasswordNeeded { .. });
    anna.state("asked for the password", password_needed).await;

    server.log_out_device(&user.id, &device).await;
    anna.app.enter_password(Zeroizing::new(user.password.clone())).await.expect("the password");
    assert_eq!(anna.app.state(), SessionState::SignedOut);
    assert_clean(anna.profile(), &[&user.localpart, &device]);
    assert!(!server.devices(&user.id).await.contains(&device), "a device that reads nothing");
    anna.enter(&server.url()).await.expect("signing in again");
    anna.online().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_device_that_was_removed_elsewhere_is_cleaned_without_a_storm_of_requests() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("Anna").await;
    let anna = Person::sign_in(&proxy.url(), &user).await;
    let room = room_of(server, &anna, "Amtsblatt").await;
    anna.rooms().wait_until("the room", |rows| rows.iter().any(|row| row.id == room)).await;
    let (_, mut events) = anna.app.subscribe();

    proxy.forget_requests();
    server.log_out_device(&user.id, &anna.device_id()).await;
    anna.state("signed out", |state| *state == SessionState::SignedOut).await;
    assert!(anna.app.session().is_err());
    assert_clean(anna.profile(), &[&user.localpart, &room]);
    let problem = async {
        loop {
            if let Some(AppEvent::Problem { error }) = events.next().await {
                return error;
            }
        }
    };
    let problem = tokio::time::timeout(PATIENCE, problem).await.expect("the person is told why");
    assert_eq!(problem.kind, ErrorKind::SignedOut);
    assert_eq!(problem.reason, Some(ErrorReason::DeviceRemoved), "what became of the data is said");

    tokio::time::sleep(Duration::from_secs(5)).await;
    let requests = proxy.requests();
    assert!(requests.len() < 20, "{} requests: {requests:#?}", requests.len());

    // The machine is as new.
    anna.enter(&proxy.url()).await.expect("signing in again");
    anna.online().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_token_that_is_doubted_for_ever_makes_no_storm_of_requests() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let anna = Person::sign_in(&proxy.url(), &server.user("Anna").await).await;
    // The server refuses the token where it matters, and confirms it where it is asked about it.
    let refused = json!({ "errcode": "M_UNKNOWN_TOKEN", "error": "?", "soft_logout": true });
    let refused = Fault::Status { code: 401, retry_after: None, body: Some(refused) };
    proxy.set_for("/sync", refused).await;
    proxy.cut_connections();
    anna.connection("offline", |state| matches!(state, ConnectionState::Offline { .. })).await;
    proxy.forget_requests();
    tokio::time::sleep(Duration::from_secs(5)).await;
    let requests = proxy.requests();
    assert!(requests.len() < 40, "{} requests: {requests:#?}", requests.len());
    assert!(matches!(anna.app.state(), SessionState::SignedIn { .. }), "{:?}", anna.app.state());
    proxy.clear().await;
    anna.online().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_leaves_nothing_of_the_account() {
    let talk = Conversation::begin().await;
    talk.ben.send(&talk.room, "Streng vertraulich").await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_for("Ben's message", |rows| saying(rows, "Streng vertraulich")).await;
    talk.anna
        .session()
        .save_draft(
            &place(&talk.room),
            Some(Draft { text: "Entwurf".to_owned(), ..Draft::default() }),
        )
        .await
        .unwrap();
    drop(timeline);
    let device = talk.anna.device_id();
    let key = std::fs::read(talk.anna.profile().join("key.json")).unwrap();
    let many = files(talk.anna.profile()).len();
    assert!(many > 6, "stores are on disk: {many}");

    let told = talk.anna.app.sign_out().await.expect("signing out");
    assert!(told, "the server knows");
    assert_eq!(talk.anna.app.state(), SessionState::SignedOut);
    let secrets =
        [talk.anna.user.localpart.as_str(), &talk.room.as_str()[1..], "vertraulich", &device];
    assert_clean(talk.anna.profile(), &secrets);
    let new_key = std::fs::read(talk.anna.profile().join("key.json")).unwrap();
    assert_ne!(key, new_key, "the key of the old stores is gone");
    let devices = talk.server.devices(&talk.anna.user.id).await;
    assert!(!devices.contains(&device), "the server forgot the device");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn signing_out_works_without_network() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let mut anna = Person::sign_in(&proxy.url(), &server.user("Anna").await).await;
    let room = room_of(server, &anna, "Amtsblatt").await;
    let room = <&RoomId>::try_from(room.as_str()).unwrap();
    anna.room(room, "the room", |_| true).await;
    assert_eq!(anna.session().unsent_count().await, 0);
    proxy.set(Fault::Cut).await;
    for text in ["Erste", "Zweite"] {
        anna.send(room, text).await;
    }
    assert_eq!(anna.session().unsent_count().await, 2, "what the question before names");
    let (_, mut events) = anna.app.subscribe();
    let told = anna.app.sign_out().await.expect("signing out");
    assert!(!told, "the server could not be told");
    let said = async {
        loop {
            if let AppEvent::Problem { error } = events.next().await.expect("events") {
                return error.reason;
            }
        }
    };
    let said = tokio::time::timeout(Duration::from_secs(5), said).await.expect("a word of it");
    assert_eq!(said, Some(ErrorReason::DeviceStays));
    assert_clean(anna.profile(), &[&anna.user.localpart]);
    anna.restart().await;
    assert_eq!(anna.app.state(), SessionState::SignedOut);
    proxy.clear().await;
    anna.enter(&proxy.url()).await.expect("signing in again");
    anna.online().await;
}
