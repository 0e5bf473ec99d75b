//! Profiles that do not open, disks that are full, keyrings that are not there. Nothing is ever lost.

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::Duration,
};

use herold_core::{
    App,
    protocol::{ErrorKind, ErrorReason, OutgoingText, SecureStorage, SessionState, StartupRemedy},
};
use herold_testkit::{
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::RoomId;
use serde_json::json;
use tempfile::TempDir;
use zeroize::Zeroizing;

use crate::{
    session::files,
    support::{Conversation, Person, app_on, passphrase, place, texts},
};

/// Why the profile does not open, and what can be done.
fn blocked(app: &App) -> (Option<ErrorReason>, Vec<StartupRemedy>) {
    match app.state() {
        SessionState::Blocked { error, remedies } => {
            assert_eq!(error.kind, ErrorKind::Storage);
            (error.reason, remedies)
        }
        other => panic!("not blocked but {other:?}"),
    }
}

/// Starts Herold where the profile is expected not to open.
async fn blocked_start(profile: &Path) -> (App, Option<ErrorReason>, Vec<StartupRemedy>) {
    let app = app_on(profile, false);
    let error = app.start_with_passphrase(passphrase()).await.expect_err("the profile opens");
    // Captured unless the test fails.
    eprintln!("{error:?}");
    let (reason, remedies) = blocked(&app);
    assert_eq!(error.reason, reason);
    (app, reason, remedies)
}

fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    files(folder)
        .into_iter()
        .map(|file| {
            let bytes = std::fs::read(&file).unwrap();
            (file.strip_prefix(folder).unwrap().to_owned(), bytes)
        })
        .collect()
}

/// The folder into which a profile was set aside.
fn aside(profile: &Path) -> PathBuf {
    let mut found = std::fs::read_dir(profile).unwrap().filter_map(|entry| {
        let path = entry.unwrap().path();
        path.file_name()?.to_str()?.starts_with("aside-").then_some(path)
    });
    let first = found.next().expect("a folder aside-...");
    assert!(found.next().is_none(), "more than one");
    first
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_database_is_set_aside_whole_and_one_can_begin_anew() {
    let server = shared_synapse().await;
    let person = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    person.app.close().await;
    let database = person.profile().join("store/matrix-sdk-state.sqlite3");
    let mut bytes = std::fs::read(&database).expect("the state database");
    bytes[..4096].fill(0x5A);
    std::fs::write(&database, &bytes).unwrap();
    let before = contents(person.profile());

    let (app, reason, remedies) = blocked_start(person.profile()).await;
    assert_eq!(reason, Some(ErrorReason::StoreUnreadable));
    assert!(remedies.contains(&StartupRemedy::SetAside), "{remedies:?}");
    assert_eq!(std::fs::read(&database).unwrap(), bytes, "looking changes nothing");
    // What was not offered is refused.
    let error = app.resolve_startup(StartupRemedy::CreateKeyFile, Some(passphrase())).await;
    assert_eq!(error.expect_err("not offered").kind, ErrorKind::Invalid);

    app.resolve_startup(StartupRemedy::SetAside, None).await.expect("setting aside");
    let aside = contents(&aside(person.profile()));
    for name in ["store/matrix-sdk-state.sqlite3", "session", "key.json", "profile.json"] {
        assert_eq!(aside.get(Path::new(name)), before.get(Path::new(name)), "{name}");
    }
    for name in before.keys().filter(|name| name.extension().is_some_and(|kind| kind == "sqlite3"))
    {
        assert!(aside.contains_key(name), "{} is kept", name.display());
    }
    // Where there is a keyring the new profile uses it; else a passphrase is asked for.
    if app.state() != SessionState::SignedOut {
        let (reason, remedies) = blocked(&app);
        assert_eq!(reason, Some(ErrorReason::KeyringMissing));
        assert!(remedies.contains(&StartupRemedy::CreateKeyFile));
        app.resolve_startup(StartupRemedy::CreateKeyFile, Some(passphrase())).await.unwrap();
    }
    assert_eq!(app.state(), SessionState::SignedOut);
    let anew = person.with(app);
    anew.enter(&server.url()).await.expect("signing in again");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_damaged_cache_is_set_aside_and_fetched_again() {
    let mut talk = Conversation::begin().await;
    talk.anna.send(&talk.room, "Bleibt lesbar").await;
    assert_eq!(talk.ben_has("Bleibt lesbar").await, ["Bleibt lesbar"]);
    let device = talk.anna.device_id();
    talk.anna.app.close().await;
    let cache = talk.anna.profile().join("cache");
    let database = cache.join("store/matrix-sdk-event-cache.sqlite3");
    let mut bytes = std::fs::read(&database).expect("the event cache");
    bytes[..4096].fill(0x5A);
    std::fs::write(&database, &bytes).unwrap();

    talk.anna.restart().await;
    assert_eq!(talk.anna.device_id(), device);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the message", |rows| texts(rows) == ["Bleibt lesbar"]).await;
    let mut names = std::fs::read_dir(&cache).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(names.any(|name| name.to_string_lossy().starts_with("store-aside-")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cache_that_was_lost_before_a_crash_is_fetched_again_all_the_same() {
    let mut talk = Conversation::begin().await;
    talk.anna.send(&talk.room, "Bleibt lesbar").await;
    assert_eq!(talk.ben_has("Bleibt lesbar").await, ["Bleibt lesbar"]);
    talk.anna.app.close().await;
    // As a start leaves it that ended when it had made the cache anew.
    let cache = talk.anna.profile().join("cache/store");
    std::fs::remove_dir_all(&cache).unwrap();
    std::fs::create_dir(&cache).unwrap();
    let path = talk.anna.profile().join("profile.json");
    let manifest =
        || -> serde_json::Value { serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap() };
    let mut lost = manifest();
    lost["cache_lost"] = json!(true);
    std::fs::write(&path, lost.to_string()).unwrap();

    talk.anna.restart().await;
    assert!(manifest().get("cache_lost").is_none(), "it is asked for once");
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the message", |rows| texts(rows) == ["Bleibt lesbar"]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_that_belongs_to_another_key_does_not_open_and_stays_as_it_is() {
    let server = shared_synapse().await;
    let anna = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    let ben = Person::new(&server.user("Ben").await).await;
    anna.app.close().await;
    ben.app.close().await;
    std::fs::copy(ben.profile().join("key.json"), anna.profile().join("key.json")).unwrap();
    let before = contents(anna.profile());
    let (_, reason, remedies) = blocked_start(anna.profile()).await;
    assert_eq!(reason, Some(ErrorReason::StoreUnreadable));
    assert!(remedies.contains(&StartupRemedy::SetAside), "{remedies:?}");
    let after = contents(anna.profile());
    let changed: Vec<_> =
        before.keys().filter(|file| before.get(*file) != after.get(*file)).collect();
    assert!(
        changed.is_empty() && after.len() == before.len(),
        "not a byte may change: {changed:?}"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn stores_of_somebody_else_are_not_opened() {
    let server = shared_synapse().await;
    let anna = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    let ben = Person::sign_in(&server.url(), &server.user("Ben").await).await;
    anna.app.close().await;
    ben.app.close().await;
    let store = anna.profile().join("store");
    std::fs::rename(&store, anna.profile().join("mine")).unwrap();
    std::fs::rename(ben.profile().join("store"), &store).unwrap();
    let (_, reason, remedies) = blocked_start(anna.profile()).await;
    assert_eq!(reason, Some(ErrorReason::StoreUnreadable));
    assert!(remedies.contains(&StartupRemedy::SetAside), "{remedies:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_profile_of_a_newer_version_is_left_alone() {
    let server = shared_synapse().await;
    let anna = Person::new(&server.user("Anna").await).await;
    anna.app.close().await;
    let manifest = anna.profile().join("profile.json");
    let newer = r#"{"format":99,"id":"x","homeserver":null,"future":true}"#;
    std::fs::write(&manifest, newer).unwrap();
    let (_, reason, remedies) = blocked_start(anna.profile()).await;
    assert_eq!(reason, Some(ErrorReason::StoreNewer));
    assert_eq!(remedies, [StartupRemedy::SetAside]);
    assert_eq!(std::fs::read_to_string(manifest).unwrap(), newer);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_herold_on_the_same_profile_is_told_so_and_the_first_is_not_disturbed() {
    let server = shared_synapse().await;
    let anna = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    let (second, reason, remedies) = blocked_start(anna.profile()).await;
    assert_eq!(reason, Some(ErrorReason::ProfileInUse));
    assert_eq!(remedies, [StartupRemedy::Retry]);
    assert!(matches!(anna.app.state(), SessionState::SignedIn { .. }));
    anna.session().account();

    // Once the first has ended, trying again works.
    anna.app.close().await;
    second.resolve_startup(StartupRemedy::Retry, None).await.expect("trying again");
    // The profile has a key file, so its passphrase is asked for now.
    assert_eq!(blocked(&second).0, Some(ErrorReason::PassphraseNeeded));
    second
        .resolve_startup(StartupRemedy::UnlockKeyFile, Some(passphrase()))
        .await
        .expect("unlocking");
    assert!(matches!(second.state(), SessionState::SignedIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_passphrase_changes_nothing_and_can_be_corrected() {
    let server = shared_synapse().await;
    let anna = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    let device = anna.device_id();
    anna.app.close().await;
    let app = app_on(anna.profile(), false);
    app.start().await;
    let (reason, remedies) = blocked(&app);
    assert_eq!(reason, Some(ErrorReason::PassphraseNeeded));
    assert!(remedies.contains(&StartupRemedy::UnlockKeyFile), "{remedies:?}");
    let before = app.state();
    for wrong in ["wrong horse battery staple", ""] {
        let wrong = Some(Zeroizing::new(wrong.to_owned()));
        let error = app.resolve_startup(StartupRemedy::UnlockKeyFile, wrong).await.unwrap_err();
        assert_eq!(error.reason, Some(ErrorReason::WrongPassphrase));
        assert_eq!(app.state(), before);
    }
    app.resolve_startup(StartupRemedy::UnlockKeyFile, Some(passphrase())).await.unwrap();
    assert_eq!(app.session().unwrap().account().device_id, device);
    assert_eq!(app.subscribe().0.secure_storage, Some(SecureStorage::KeyFile));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_passphrase_that_is_too_short_makes_no_profile() {
    let folder = tempfile::tempdir().unwrap();
    let app = app_on(folder.path(), false);
    let short = Zeroizing::new("zu kurz".to_owned());
    let error = app.start_with_passphrase(short).await.expect_err("too short");
    assert_eq!(error.reason, Some(ErrorReason::PassphraseTooShort));
    assert!(!folder.path().join("key.json").exists());
    app.start_with_passphrase(passphrase()).await.expect("a longer one");
    assert_eq!(app.state(), SessionState::SignedOut);
}

/// A small file system of its own; unmounted with the value, before its folder is removed.
struct SmallDisk(PathBuf);

impl SmallDisk {
    /// None where mounting is not permitted.
    fn mount(folder: &Path, megabytes: u32) -> Option<Self> {
        let mounted = Command::new("mount")
            .args(["-t", "tmpfs", "-o", &format!("size={megabytes}m"), "tmpfs"])
            .arg(folder)
            .stderr(Stdio::null())
            .status();
        mounted.is_ok_and(|status| status.success()).then(|| Self(folder.to_owned()))
    }

    /// Takes all the space there is; removing the file gives it back.
    fn fill(&self) -> PathBuf {
        use std::io::Write;
        let path = self.0.join("filler");
        let mut file = std::fs::File::create(&path).unwrap();
        for size in [1 << 20, 1 << 12, 1] {
            while file.write_all(&vec![0; size]).is_ok() {}
        }
        path
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(&self.0).status();
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_and_what_was_stored_before_is_kept() {
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let written = server
        .write_rooms(&[Room {
            creator: user.id.clone(),
            config: json!({ "name": "Amt", "preset": "private_chat" }),
            batches: vec![vec![Event::message(&user.id, "Anfang")]],
            ..Room::default()
        }])
        .await;
    let room = <&RoomId>::try_from(written[0].room_id.as_str()).unwrap();
    let folder = TempDir::new().unwrap();
    let Some(disk) = SmallDisk::mount(folder.path(), 48) else {
        println!("skipped: mounting a small disk is not permitted here");
        return;
    };
    let mut anna = Person::within(folder, &user).await;
    anna.enter(&server.url()).await.expect("signing in");
    anna.online().await;
    anna.room(room, "the room", |_| true).await;

    let filler = disk.fill();
    // Until the space that the databases have reserved is used up, storing works.
    let session = anna.session();
    let long = "Akte ".repeat(4_000);
    let mut stored = Vec::new();
    let error = loop {
        let text = format!("{} {long}", stored.len());
        match session.send_message(&place(room), &text, OutgoingText::new(&text)).await {
            Ok(()) => stored.push(text.trim_end().to_owned()),
            Err(error) => break error,
        }
        assert!(stored.len() < 2_000, "the disk never becomes full");
    };
    assert_eq!(error.kind, ErrorKind::Storage);
    assert_eq!(error.reason, Some(ErrorReason::DiskFull), "{error:?}");

    std::fs::remove_file(filler).unwrap();
    anna.restart().await;
    anna.online().await;
    anna.session()
        .send_message(&place(room), "after", OutgoingText::new("Wieder Platz"))
        .await
        .expect("storing");
    let mut timeline = anna.timeline(room).await;
    timeline
        .wait_until("everything that was stored, in order", |rows| {
            let arrived = crate::support::messages(rows)
                .filter(|(_, message)| message.event_id.is_some())
                .map(|(_, message)| crate::support::words(message).trim_end().to_owned());
            let arrived: Vec<_> = arrived.skip_while(|text| text == "Anfang").collect();
            let mut wanted = stored.clone();
            wanted.push("Wieder Platz".to_owned());
            // A long conversation comes in pages, the newest first.
            !arrived.is_empty()
                && wanted.ends_with(&arrived)
                && arrived.len() >= wanted.len().min(20)
        })
        .await;
    drop(timeline);
    anna.app.close().await;
    drop(session);
    drop(disk);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_key_is_in_the_keyring_and_a_missing_key_is_said() {
    if std::env::var_os("DBUS_SESSION_BUS_ADDRESS").is_none() {
        println!("skipped: no session bus; scripts/desktop-session.sh provides one");
        return;
    }
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let folder = TempDir::new().unwrap();
    let app = app_on(folder.path(), false);
    app.start().await;
    assert_eq!(app.state(), SessionState::SignedOut);
    assert_eq!(app.subscribe().0.secure_storage, Some(SecureStorage::Keyring));
    assert!(!folder.path().join("key.json").exists());
    let id = id_of(folder.path());
    assert_eq!(secret_of(&id).await.expect("a key in the keyring").len(), 32);

    let anna = Person::of(app, folder, &user);
    anna.enter(&server.url()).await.expect("signing in");
    anna.app.close().await;
    let app = app_on(anna.profile(), false);
    app.start().await;
    assert!(matches!(app.state(), SessionState::SignedIn { .. }));
    app.close().await;

    forget(&id).await;
    let before = contents(anna.profile());
    let app = app_on(anna.profile(), false);
    app.start().await;
    let (reason, remedies) = blocked(&app);
    assert_eq!(reason, Some(ErrorReason::KeyMissing));
    assert_eq!(remedies, [StartupRemedy::Retry, StartupRemedy::SetAside]);
    assert!(contents(anna.profile()) == before, "not a byte was changed");
    app.resolve_startup(StartupRemedy::SetAside, None).await.expect("setting aside");
    assert_eq!(app.state(), SessionState::SignedOut);
    assert!(aside(anna.profile()).join("store").exists());

    // Signing out removes the key, and puts another in its place.
    let second = id_of(anna.profile());
    assert!(second != id && secret_of(&second).await.is_some());
    app.sign_out().await.expect("wiping");
    assert_eq!(secret_of(&second).await, None);
    let third = id_of(anna.profile());
    assert!(secret_of(&third).await.is_some());
    forget(&third).await;
}

/// The name under which the keyring knows a profile.
fn id_of(profile: &Path) -> String {
    let manifest = std::fs::read(profile.join("profile.json")).unwrap();
    let manifest: serde_json::Value = serde_json::from_slice(&manifest).unwrap();
    manifest["id"].as_str().unwrap().to_owned()
}

#[cfg(target_os = "linux")]
fn entry(id: &str) -> keyring_core::Entry {
    use keyring_core::api::CredentialStoreApi;
    let store = zbus_secret_service_keyring_store::Store::new().expect("a keyring");
    store.build("herold", id, None).expect("naming an entry")
}

async fn secret_of(id: &str) -> Option<Vec<u8>> {
    let id = id.to_owned();
    tokio::task::spawn_blocking(move || entry(&id).get_secret().ok()).await.unwrap()
}

async fn forget(id: &str) {
    let id = id.to_owned();
    tokio::task::spawn_blocking(move || entry(&id).delete_credential().unwrap()).await.unwrap();
}

const PROFILE: &str = "HEROLD_TEST_PROFILE_WITHOUT_KEYRING";

/// Runs as a process of its own, because the keyring is chosen by the environment.
#[test]
#[ignore = "started as a process by without_a_keyring_a_passphrase_can_be_chosen"]
fn worker_without_a_keyring() {
    let Some(profile) = std::env::var_os(PROFILE) else { return };
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = app_on(Path::new(&profile), false);
        app.start().await;
        let (reason, remedies) = blocked(&app);
        assert_eq!(reason, Some(ErrorReason::KeyringMissing));
        assert_eq!(remedies, [StartupRemedy::Retry, StartupRemedy::CreateKeyFile]);
        app.resolve_startup(StartupRemedy::Retry, None).await.unwrap();
        assert_eq!(blocked(&app).0, Some(ErrorReason::KeyringMissing));
        app.resolve_startup(StartupRemedy::CreateKeyFile, Some(passphrase())).await.unwrap();
        assert_eq!(app.state(), SessionState::SignedOut);
        assert_eq!(app.subscribe().0.secure_storage, Some(SecureStorage::KeyFile));
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_keyring_a_passphrase_can_be_chosen() {
    let folder = TempDir::new().unwrap();
    let profile = folder.path().to_owned();
    let worker = tokio::task::spawn_blocking(move || {
        Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "storage::worker_without_a_keyring", "--ignored"])
            .env(PROFILE, profile)
            .env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/herold")
            .output()
            .expect("starting this program again")
    });
    let worker = tokio::time::timeout(Duration::from_secs(60), worker).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&worker.stdout);
    assert!(worker.status.success(), "{output}");
    assert!(output.contains("1 passed"), "{output}");
    assert!(folder.path().join("key.json").exists());
}

const LOCKED: &str = "HEROLD_TEST_PROFILE_BEHIND_A_LOCK";

/// Runs as a process of its own, on a session bus whose keyring it locks.
#[test]
#[ignore = "started as a process by a_locked_keyring_is_called_locked_and_nothing_is_changed"]
fn worker_with_a_locked_keyring() {
    let Some(profile) = std::env::var_os(LOCKED) else { return };
    let profile = Path::new(&profile);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = app_on(profile, false);
        app.start().await;
        assert_eq!(app.state(), SessionState::SignedOut, "the keyring is open at first");
        app.close().await;
        let before = contents(profile);
        let lock = Command::new("dbus-send")
            .args(["--session", "--print-reply", "--dest=org.freedesktop.secrets"])
            .args(["/org/freedesktop/secrets", "org.freedesktop.Secret.Service.Lock"])
            .arg("array:objpath:/org/freedesktop/secrets/collection/login")
            .output()
            .expect("dbus-send");
        assert!(lock.status.success(), "{lock:?}");
        let app = app_on(profile, false);
        app.start().await;
        let (reason, remedies) = blocked(&app);
        assert_eq!(reason, Some(ErrorReason::KeyringLocked));
        assert!(remedies.contains(&StartupRemedy::Retry), "{remedies:?}");
        assert!(contents(profile) == before, "not a byte was changed");
        app.close().await;
    });
}

/// Nobody can answer the question for the password here, which is what declining it looks like. A message to
/// a keyring that has not begun would begin a second one, which is not open.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_keyring_is_called_locked_and_nothing_is_changed() {
    let folder = TempDir::new().unwrap();
    let home = folder.path().to_owned();
    std::fs::create_dir(home.join("profile")).unwrap();
    let program = std::env::current_exe().unwrap();
    let script = "gnome-keyring-daemon --foreground --unlock --components=secrets <<<geheim >/dev/null 2>&1 & \
        for _ in $(seq 100); do \
          dbus-send --session --print-reply --dest=org.freedesktop.DBus / \
            org.freedesktop.DBus.NameHasOwner string:org.freedesktop.secrets | grep -q true && \
          dbus-send --session --print-reply --dest=org.freedesktop.secrets \
            /org/freedesktop/secrets/collection/login org.freedesktop.DBus.Properties.Get \
            string:org.freedesktop.Secret.Collection string:Locked 2>/dev/null | grep -q false && break; \
          sleep 0.1; \
        done; \
        \"$0\" --exact storage::worker_with_a_locked_keyring --ignored; code=$?; kill $!; exit $code";
    let worker = tokio::task::spawn_blocking(move || {
        Command::new("dbus-run-session")
            .args(["--", "bash", "-c", script])
            .arg(program)
            .env(LOCKED, home.join("profile"))
            .env("XDG_DATA_HOME", home.join("data"))
            .env("XDG_RUNTIME_DIR", &home)
            .env_remove("DISPLAY")
            .output()
            .expect("a session bus of its own")
    });
    let worker = tokio::time::timeout(Duration::from_secs(90), worker).await.unwrap().unwrap();
    let output = String::from_utf8_lossy(&worker.stdout);
    let errors = String::from_utf8_lossy(&worker.stderr);
    assert!(worker.status.success() && output.contains("1 passed"), "{output}\n{errors}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_written_is_on_disk_before_it_is_called_stored() {
    let mut talk = Conversation::begin().await;
    talk.proxy.set(herold_testkit::Fault::Cut).await;
    for number in 0..5 {
        talk.anna.send(&talk.room, &format!("Nummer {number}")).await;
    }
    talk.anna.restart_without_network().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let wanted: Vec<_> = (0..5).map(|number| format!("Nummer {number}")).collect();
    timeline.wait_until("all five", |rows| texts(rows) == wanted).await;
}
