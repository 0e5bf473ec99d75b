//! What goes wrong, as a script learns of it: an exit code, a reason, and soon.

use std::time::{Duration, Instant};

use herold_testkit::{Certificate, Fault, FaultProxy, Stub, Synapse, TlsProxy, shared_synapse};
use tempfile::TempDir;

use super::{Script, end, failed, failure, herold_cli, interrupt, room, run, start, values};
use crate::world::SOON;

/// Sooner than a command gives up waiting for the server.
const AT_ONCE: Duration = Duration::from_secs(45);

#[tokio::test(flavor = "multi_thread")]
async fn every_failed_sign_in_has_its_exit_code() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let (html, old) = (Stub::html().await, Stub::no_sliding_sync().await);
    let (html_url, old_url) = (html.url(), old.url());
    let folder = TempDir::new().expect("a folder for the profile");
    let login = async |address: &str, password: &str| {
        let login = ["login", "--homeserver", address, "--username", "niemand"];
        failure(&run(folder.path(), &login, password).await)
    };
    for (address, wanted) in [
        ("http://127.0.0.1:9", failed(4, "serverUnreachable")),
        ("gibt-es-nicht.invalid", failed(5, "serverUnknown")),
        ("kein server", failed(9, "serverNameInvalid")),
        (html_url.as_str(), failed(10, "notMatrix")),
        (old_url.as_str(), failed(10, "noSlidingSync")),
    ] {
        assert_eq!(login(address, "geheim\n").await, wanted, "{address}");
    }
    assert_eq!(login(&proxy.url(), "\n").await, failed(9, "emptySecret"));
    proxy.set_for("/login", Fault::status(500)).await;
    assert_eq!(login(&proxy.url(), "geheim\n").await, failed(4, "serverError"));
    let pause = Some(Duration::from_secs(5));
    proxy.set_for("/login", Fault::Status { code: 429, retry_after: pause, body: None }).await;
    assert_eq!(login(&proxy.url(), "geheim\n").await, failed(8, "rateLimited"));

    let usage = run(folder.path(), &["send"], "").await;
    assert_eq!(usage.status.code(), Some(2));
    let file = folder.path().join("settings.json");
    std::fs::write(&file, "{}").expect("writing a file");
    let within_a_file = run(&file.join("profile"), &["rooms"], "").await;
    assert_eq!(failure(&within_a_file), failed(7, "storage"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_room_has_to_be_known_unmistakable_and_joined() {
    let server = shared_synapse().await;
    let script = Script::sign_in(server, &server.url()).await;
    for _ in 0..2 {
        room(server, &script.user, "Doppelt", &[]).await;
    }
    let chair = server.user("Vorsitz").await;
    let invitation = room(server, &chair, "Vertraulich", &[&script.user.id]).await;

    assert_eq!(values(&script.run(&["rooms"]).await).len(), 3);
    let ambiguous = script.run(&["messages", "Doppelt"]).await;
    assert_eq!(failure(&ambiguous), failed(9, "ambiguousRoom"));
    for unknown in ["Nirgends", "!nowhere:localhost", "#nowhere:localhost"] {
        let output = script.run(&["send", unknown, "Hallo"]).await;
        assert_eq!(failure(&output), failed(5, "unknownRoom"), "{unknown}");
    }
    let not_joined = script.run(&["send", &invitation, "Hallo"]).await;
    assert_eq!(failure(&not_joined), failed(6, "forbidden"));
    // Nor is the key of a profile looked for in two places.
    let other_key = run(script.profile.path(), &["--key-file", "rooms"], "Passwort, lang\n").await;
    assert_eq!(failure(&other_key), failed(7, "keyMissing"));
}

#[tokio::test(flavor = "multi_thread")]
async fn input_that_is_no_text_is_called_so_and_nothing_is_sent() {
    const LATIN_1: &[u8] = b"Gr\xfc\xdfe\n";
    let server = shared_synapse().await;
    let script = Script::sign_in(server, &server.url()).await;
    let room = room(server, &script.user, "Leitstelle", &[]).await;
    values(&script.run(&["rooms"]).await);
    let send = ["send", &room, "-"];
    let sent = run(script.profile.path(), &send, LATIN_1).await;
    assert_eq!(failure(&sent), failed(9, "notText"));
    // After one letter of one byte, the end of what is read would be within another.
    let long = format!("x{}", "ü".repeat(1 << 20));
    let sent = run(script.profile.path(), &send, long).await;
    assert_eq!(failure(&sent), failed(9, "messageTooLong"));
    assert_eq!(script.texts(&room).await, ["Erster Eintrag"]);

    let folder = TempDir::new().expect("a folder for the profile");
    let address = server.url();
    let login = ["login", "--homeserver", &address, "--username", "niemand"];
    let password = run(folder.path(), &login, LATIN_1).await;
    assert_eq!(failure(&password), failed(9, "notText"));
    let passphrase = run(folder.path(), &["--key-file", "rooms"], LATIN_1).await;
    assert_eq!(failure(&passphrase), failed(9, "notText"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_that_has_seen_enough_is_no_failure() {
    let server = shared_synapse().await;
    let script = Script::sign_in(server, &server.url()).await;
    room(server, &script.user, "Amtsblatt", &[]).await;
    let mut child = start(script.profile.path(), &["rooms"], "");
    drop(child.stdout.take());
    let output = end(child).await;
    assert_eq!(String::from_utf8_lossy(&output.stderr), "");
    assert_eq!(output.status.code(), Some(0));
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_waits_for_what_waiting_does_not_mend() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let script = Script::sign_in(server, &proxy.url()).await;

    let begun = Instant::now();
    let pause = Some(Duration::from_secs(200));
    proxy.set(Fault::Status { code: 429, retry_after: pause, body: None }).await;
    assert_eq!(failure(&script.run(&["rooms"]).await), failed(8, "rateLimited"));
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    proxy.clear().await;

    // From one day to the next, the server has another certificate.
    let tls = TlsProxy::before(&server.url(), Certificate::SelfSigned).await;
    let manifest = script.profile.path().join("profile.json");
    let text = std::fs::read_to_string(&manifest).expect("reading the profile's manifest");
    let moved = text.replace(&proxy.url(), &tls.url());
    assert_ne!(moved, text);
    std::fs::write(&manifest, moved).expect("writing the profile's manifest");
    let begun = Instant::now();
    assert_eq!(failure(&script.run(&["rooms"]).await), failed(4, "certificateInvalid"));
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_the_end_of_a_session_one_signs_in_anew() {
    let server = shared_synapse().await;
    let script = Script::sign_in(server, &server.url()).await;
    server.log_out_device(&script.user.id, &script.device_id).await;
    let begun = Instant::now();
    assert_eq!(failure(&script.run(&["rooms"]).await), failed(3, "sessionEnded"));
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
    assert_eq!(failure(&script.run(&["rooms"]).await), failed(3, "signedOut"));

    let anew = values(&script.login(&server.url()).await).remove(0);
    assert_ne!(anew["deviceId"], script.device_id.as_str());
    // `login` itself finds out that the session ended.
    let device = anew["deviceId"].as_str().expect("a device");
    server.log_out_device(&script.user.id, device).await;
    let again = values(&script.login(&server.url()).await).remove(0);
    assert_ne!(again["deviceId"], device);
    values(&script.run(&["rooms"]).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_soft_logout_login_goes_on_with_the_same_device() {
    const SESSION_LIFETIME: Duration = Duration::from_secs(20);
    let server = Synapse::builder()
        .access_token_lifetime(Duration::from_secs(5))
        .session_lifetime(SESSION_LIFETIME)
        .start()
        .await;
    let address = server.url();
    let script = Script::sign_in(&server, &address).await;
    let room = room(&server, &script.user, "Amtsblatt", &[]).await;
    tokio::time::sleep(SESSION_LIFETIME).await;
    assert_eq!(failure(&script.run(&["rooms"]).await), failed(3, "passwordNeeded"));

    let user = &script.user;
    let other = server.user("jemand").await;
    let output = script.login_as(&other.localpart, &other.password, &address).await;
    assert_eq!(failure(&output), failed(9, "otherAccount"));
    let output = script.login_as(&user.localpart, "falsch", &address).await;
    assert_eq!(failure(&output), failed(3, "wrongCredentials"));

    let account = values(&script.login_as(&user.id, &user.password, &address).await).remove(0);
    assert_eq!(account["deviceId"], script.device_id.as_str());
    let rooms = values(&script.run(&["rooms"]).await);
    assert!(rooms.iter().any(|row| row["id"] == room.as_str()), "{rooms:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_ctrl_c_finds_unconfirmed_is_sent_once_and_later() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let script = Script::sign_in(server, &proxy.url()).await;
    let room = room(server, &script.user, "Leitstelle", &[]).await;
    values(&script.run(&["rooms"]).await);

    proxy.set_for("/send/", Fault::Cut).await;
    let sending = start(script.profile.path(), &["send", &room, "Im Funkloch"], "");
    proxy.wait_for("/send/", SOON).await;
    proxy.set(Fault::Cut).await;
    interrupt(&sending);
    assert_eq!(failure(&end(sending).await), failed(130, "interruptedUnconfirmed"));

    proxy.clear().await;
    values(&script.run(&["send", &room, "Danach"]).await);
    assert_eq!(script.texts(&room).await, ["Erster Eintrag", "Im Funkloch", "Danach"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_before_anything_is_stored_sends_nothing() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let script = Script::sign_in(server, &proxy.url()).await;
    let room = room(server, &script.user, "Leitstelle", &[]).await;
    values(&script.run(&["rooms"]).await);

    proxy.forget_requests();
    proxy.set_for("/sync", Fault::HalfOpen).await;
    let sending = start(script.profile.path(), &["send", &room, "Doch nicht"], "");
    proxy.wait_for("/sync", SOON).await;
    // The first request may leave a moment before Ctrl-C is heeded.
    tokio::time::sleep(Duration::from_secs(1)).await;
    interrupt(&sending);
    assert_eq!(failure(&end(sending).await), failed(130, "interrupted"));

    proxy.clear().await;
    values(&script.run(&["send", &room, "Danach"]).await);
    assert_eq!(script.texts(&room).await, ["Erster Eintrag", "Danach"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_is_heard_while_a_password_is_asked_for() {
    let folder = TempDir::new().expect("a folder for the profile");
    let login = ["login", "--homeserver", "gibt-es-nicht.invalid", "--username", "niemand"];
    let mut asking = herold_cli(folder.path(), &login).spawn().expect("the program starts");
    let stdin = asking.stdin.take();
    // Made when the profile is open, just before the question.
    let open = async {
        while !folder.path().join("profile.json").exists() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(SOON, open).await.expect("the profile is opened");
    tokio::time::sleep(Duration::from_secs(1)).await;
    interrupt(&asking);
    assert_eq!(failure(&end(asking).await), failed(130, "interrupted"));
    drop(stdin);
}

#[tokio::test(flavor = "multi_thread")]
async fn ctrl_c_is_heard_while_the_keyring_does_not_answer() {
    let folder = TempDir::new().expect("a folder for the profile");
    // A session bus that takes every question.
    let bus = folder.path().join("bus");
    let silent = tokio::net::UnixListener::bind(&bus).expect("a socket");
    let mut command = herold_cli(&folder.path().join("profile"), &["rooms"]);
    command.env("DBUS_SESSION_BUS_ADDRESS", format!("unix:path={}", bus.display()));
    let asking = command.spawn().expect("the program starts");
    let asked = tokio::time::timeout(SOON, silent.accept()).await;
    let _question = asked.expect("the keyring is asked").expect("a connection");
    interrupt(&asking);
    let begun = Instant::now();
    assert_eq!(failure(&end(asking).await), failed(130, "interrupted"));
    assert!(begun.elapsed() < AT_ONCE, "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_server_refuses_holds_up_nothing() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let script = Script::sign_in(server, &proxy.url()).await;
    let room = room(server, &script.user, "Leitstelle", &[]).await;
    values(&script.run(&["rooms"]).await);

    proxy.set_times("/send/", 1, Fault::status(403)).await;
    let refused = script.run(&["send", &room, "Verboten"]).await;
    assert_eq!(failure(&refused), failed(6, "forbidden"));
    values(&script.run(&["send", &room, "Erlaubt"]).await);
    assert_eq!(script.texts(&room).await, ["Erster Eintrag", "Erlaubt"]);
}
