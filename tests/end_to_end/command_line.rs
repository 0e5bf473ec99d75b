//! `herold-cli` as a script uses it: JSON out, secrets through standard input, exit codes.

use std::{
    io::Write,
    process::{Command, Output, Stdio},
};

use serde_json::{Value, json};

use crate::world::{SOON, World};

/// Runs a command with this standard input and waits for its end.
async fn run(world: &World, arguments: &[&str], input: &str) -> Output {
    let program = std::env::var("HEROLD_CLI_BIN").expect("HEROLD_CLI_BIN names the built program");
    let mut command = Command::new(program);
    command
        .arg("--json")
        .arg("--profile")
        .arg(world.profile.path())
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let input = input.to_owned();
    tokio::task::spawn_blocking(move || {
        let mut child = command.spawn().expect("the program starts");
        let mut stdin = child.stdin.take().expect("standard input");
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        child.wait_with_output().expect("the program ends")
    })
    .await
    .expect("a result")
}

/// The JSON values that a successful command printed.
fn values(output: &Output) -> Vec<Value> {
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{:?}: {errors}", output.status);
    String::from_utf8_lossy(&output.stdout)
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON value a line"))
        .collect()
}

/// The reason that a failed command gave, and its exit code.
fn failure(output: &Output) -> (i32, String) {
    let errors = String::from_utf8_lossy(&output.stderr);
    let value: Value = errors
        .lines()
        .find_map(|line| serde_json::from_str(line).ok())
        .unwrap_or_else(|| panic!("an error as JSON: {errors}"));
    let error = &value["error"];
    let reason = error.get("reason").unwrap_or(&error["kind"]);
    (output.status.code().expect("an exit code"), reason.as_str().unwrap_or_default().to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_signs_in_reads_sends_and_signs_out() {
    let world = World::new().await;
    let name = world.user.localpart.clone();
    let login = ["login", "--homeserver", &world.server, "--username", &name];

    assert_eq!(failure(&run(&world, &["rooms"], "").await), (3, "signedOut".to_owned()));
    assert_eq!(failure(&run(&world, &login, "falsch\n").await), (3, "wrongCredentials".to_owned()));
    let password = format!("{}\n", world.user.password);
    let account = values(&run(&world, &login, &password).await);
    assert_eq!(account[0]["userId"], world.user.id.as_str());

    let room = world.partner.create_direct(world.user.id.as_str()).await;
    world.partner.send(&room, "Erste Zeile\nzweite Zeile").await;
    let window = world.open().await;
    world.accept(&window, &room).await;
    window.close().await;

    let rooms = values(&run(&world, &["rooms"], "").await);
    assert!(rooms.iter().any(|row| row["id"] == room.as_str()), "{rooms:?}");
    let sent = values(&run(&world, &["send", room.as_str(), "-"], "Aus dem Skript\n").await);
    assert!(sent[0]["eventId"].as_str().is_some_and(|id| id.starts_with('$')), "{sent:?}");
    world.partner.wait_for_text(&room, "Aus dem Skript", SOON).await;
    let messages = values(&run(&world, &["messages", room.as_str()], "").await);
    assert_eq!(messages.last().expect("messages")["text"], "Aus dem Skript");
    assert_eq!(failure(&run(&world, &["send", "!nowhere:localhost", "x"], "").await).0, 5);
    let status = values(&run(&world, &["verify-status"], "").await);
    assert!(status[0]["verification"].is_string());

    assert_eq!(values(&run(&world, &["logout"], "").await)[0]["signedOut"], true);
    assert_eq!(failure(&run(&world, &["rooms"], "").await).0, 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_watches_what_comes_in() {
    let world = World::new().await;
    let name = world.user.localpart.clone();
    let password = format!("{}\n", world.user.password);
    let login = ["login", "--homeserver", &world.server, "--username", &name];
    values(&run(&world, &login, &password).await);
    let window = world.open().await;
    window.find("room-list").await;
    let room = world.room(&window, "Leitstelle", true).await;
    window.close().await;

    let program = std::env::var("HEROLD_CLI_BIN").expect("HEROLD_CLI_BIN names the built program");
    let mut watching = tokio::process::Command::new(program)
        .args(["--json", "--profile"])
        .arg(world.profile.path())
        .arg("watch")
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .expect("the program starts");
    let mut lines = tokio::io::AsyncBufReadExt::lines(tokio::io::BufReader::new(
        watching.stdout.take().expect("standard output"),
    ));
    // The first message may come before the watch is in place.
    let line = loop {
        world.partner.send(&room, "Alarm am Marktplatz").await;
        let patience = std::time::Duration::from_secs(10);
        if let Ok(Ok(Some(line))) = tokio::time::timeout(patience, lines.next_line()).await {
            break line;
        }
    };
    let message: Value = serde_json::from_str(&line).expect("a JSON value a line");
    assert_eq!(message["text"], "Alarm am Marktplatz");
    assert_eq!(message["roomId"], room.as_str());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_script_asks_votes_and_ends_a_poll() {
    let world = World::new().await;
    let name = world.user.localpart.clone();
    let password = format!("{}\n", world.user.password);
    let login = ["login", "--homeserver", &world.server, "--username", &name];
    values(&run(&world, &login, &password).await);
    let window = world.open().await;
    window.find("room-list").await;
    let room = world.room(&window, "Leitstelle", true).await;
    window.close().await;

    let create = ["poll", "create", room.as_str(), "Wann?", "Montag", "Dienstag"];
    let made = values(&run(&world, &create, "").await);
    let poll = made[0]["eventId"].as_str().expect("the poll is an event").to_owned();
    let vote = ["poll", "vote", room.as_str(), &poll, "Dienstag"];
    let voted = values(&run(&world, &vote, "").await);
    let answers = &voted[0]["answers"];
    assert_eq!((&answers[0]["own"], &answers[1]["own"]), (&json!(false), &json!(true)));

    let first = answers[0]["id"].as_str().expect("an answer has an identifier");
    let response = json!({
        "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
        "org.matrix.msc3381.poll.response": { "answers": [first] },
    });
    world.partner.send_raw(&room, "org.matrix.msc3381.poll.response", response).await;
    let show = ["poll", "show", room.as_str(), &poll];
    let counting = async {
        loop {
            let shown = values(&run(&world, &show, "").await).remove(0);
            // A vote may come before the key to it.
            if shown["voters"] == 2 {
                break shown;
            }
        }
    };
    let shown = tokio::time::timeout(SOON, counting).await.expect("two votes are counted");
    assert_eq!((&shown["question"], &shown["ended"]), (&json!("Wann?"), &json!(false)));
    assert_eq!(
        (&shown["answers"][0]["votes"], &shown["answers"][1]["votes"]),
        (&json!(1), &json!(1))
    );
    let votes = &shown["votes"];
    assert_eq!((&votes["members"], &votes["missing"]), (&json!(2), &json!([])));
    assert_eq!(votes["answers"][1]["voters"][0]["id"], world.user.id.as_str());

    let end = ["poll", "end", room.as_str(), &poll];
    assert_eq!(values(&run(&world, &end, "").await)[0]["ended"], true);
    let kind = "org.matrix.msc3381.poll.end";
    let told = world.partner.wait_for_message(&room, |message| message.kind == kind, SOON).await;
    let words = "The poll has ended: Wann?\nMontag: 1\nDienstag: 1";
    assert_eq!(told.raw["content"]["org.matrix.msc1767.text"], words);

    let late = ["poll", "vote", room.as_str(), &poll, "Montag"];
    for refused in [&late[..], &end[..]] {
        assert_eq!(failure(&run(&world, refused, "").await), (6, "pollEnded".to_owned()));
    }
    let shown = values(&run(&world, &show, "").await).remove(0);
    assert_eq!((&shown["ended"], &shown["answers"][1]["own"]), (&json!(true), &json!(true)));
    let wrong = ["poll", "show", room.as_str(), "$nirgendwo"];
    assert_eq!(failure(&run(&world, &wrong, "").await), (5, "notFound".to_owned()));
}
