//! Herold is killed in the middle of sending.

use std::{
    io::{BufRead, BufReader, Write},
    path::Path,
    process::{Command, Stdio},
};

use herold_core::{
    list::ListReader,
    protocol::{ConversationId, OutgoingText, TimelineFocus},
};

use crate::support::{Conversation, app_on, passphrase};

const MESSAGES: usize = 200;
const KILLED_AFTER: usize = 90;
const PROFILE: &str = "HEROLD_TEST_PROFILE";
const ROOM: &str = "HEROLD_TEST_ROOM";

fn text(number: usize) -> String {
    format!("Nachricht {number}")
}

/// Runs as a process of its own, to be killed. Says on standard output which messages are stored.
#[test]
#[ignore = "started as a process by killed_while_sending_nothing_is_lost_doubled_or_swapped"]
fn worker_that_sends() {
    let Ok(profile) = std::env::var(PROFILE) else { return };
    let room = std::env::var(ROOM).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let app = app_on(Path::new(&profile), true);
        app.start_with_passphrase(passphrase()).await.expect("opening the profile");
        let session = app.session().unwrap();
        // As on screen: the conversation is open while it is written to.
        let (_reader, sink) = ListReader::new();
        session.subscribe_timeline("worker", &room, TimelineFocus::Live, sink).await.unwrap();
        for number in 0..MESSAGES {
            let text = text(number);
            session
                .send_message(&ConversationId::room(&room), &text, OutgoingText::new(&text))
                .await
                .expect("storing a message");
            println!("stored {number}");
            std::io::stdout().flush().unwrap();
        }
        std::future::pending::<()>().await;
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn killed_while_sending_nothing_is_lost_doubled_or_swapped() {
    let mut talk = Conversation::begin().await;
    talk.anna.app.close().await;
    let mut worker = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "crash::worker_that_sends", "--ignored", "--nocapture"])
        .env(PROFILE, talk.anna.profile())
        .env(ROOM, talk.room.as_str())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starting this program again");
    let output = BufReader::new(worker.stdout.take().unwrap());
    let stored = tokio::task::spawn_blocking(move || {
        let mut stored = 0;
        for line in output.lines().map_while(Result::ok) {
            let Some((_, number)) = line.split_once("stored ") else { continue };
            stored = number.parse::<usize>().unwrap() + 1;
            if stored == KILLED_AFTER {
                worker.kill().expect("killing the worker");
            }
        }
        worker.wait().unwrap();
        stored
    })
    .await
    .unwrap();
    assert!(stored >= KILLED_AFTER, "the worker ended after {stored} messages");

    talk.anna.restart().await;
    talk.anna.online().await;
    talk.anna.send(&talk.room, "Ende").await;
    let mut arrived = talk.ben_has("Ende").await;
    assert_eq!(arrived.pop().as_deref(), Some("Ende"));
    let wanted: Vec<String> = (0..arrived.len()).map(text).collect();
    assert_eq!(arrived, wanted, "lost, doubled or swapped");
    assert!(arrived.len() >= stored, "{stored} were stored, {} arrived", arrived.len());
    // At the time of the kill something was really on its way.
    assert!(arrived.len() < MESSAGES, "all had left before the kill");
}
