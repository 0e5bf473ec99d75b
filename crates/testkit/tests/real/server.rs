use std::{
    io::{BufRead, BufReader},
    path::Path,
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use herold_testkit::{
    Synapse,
    seed::{Event, Room},
    shared_synapse,
};
use serde_json::json;

fn is_alive(pid: u32) -> bool {
    // A zombie still has its directory; only a process that runs has a command line.
    std::fs::read(format!("/proc/{pid}/cmdline")).is_ok_and(|line| !line.is_empty())
}

fn wait_until_dead(pid: u32) {
    let begun = Instant::now();
    while is_alive(pid) {
        assert!(begun.elapsed() < Duration::from_secs(5), "process {pid} is still alive");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[tokio::test]
async fn server_leaves_neither_process_nor_folder() {
    let server = Synapse::start().await;
    let (pid, folder) = (server.pid().unwrap(), server.folder().to_owned());
    assert!(is_alive(pid));
    drop(server);
    assert!(!is_alive(pid));
    assert!(!folder.exists());
}

#[tokio::test]
async fn restart_keeps_accounts_and_port() {
    let server = Synapse::start().await;
    let user = server.user("Anna").await;
    let url = server.url();
    server.restart().await;
    assert_eq!(server.url(), url);
    server.log_in(&user).await;
}

#[tokio::test]
async fn paused_server_does_not_answer_until_resumed() {
    let server = Synapse::start().await;
    server.pause();
    let versions = format!("{}/_matrix/client/versions", server.url());
    let ask = async |limit| reqwest::Client::new().get(&versions).timeout(limit).send().await;
    assert!(ask(Duration::from_millis(500)).await.unwrap_err().is_timeout());
    server.resume();
    assert!(ask(Duration::from_secs(10)).await.is_ok());
}

/// Not a test by itself: the process that the next test kills.
#[tokio::test]
#[ignore = "started by killing_the_test_process_kills_the_server"]
async fn start_and_wait_to_be_killed() {
    let server = Synapse::start().await;
    println!("\nSYNAPSE {} {}", server.pid().unwrap(), server.folder().display());
    std::future::pending::<()>().await;
}

#[test]
fn killing_the_test_process_kills_the_server() {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["server::start_and_wait_to_be_killed", "--exact", "--ignored", "--nocapture"])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let line = output.lines().map(Result::unwrap).find(|line| line.starts_with("SYNAPSE")).unwrap();
    let mut words = line.split(' ').skip(1);
    let pid = words.next().unwrap().parse().unwrap();
    let folder = words.next().unwrap().to_owned();
    assert!(is_alive(pid));
    child.kill().unwrap();
    child.wait().unwrap();
    wait_until_dead(pid);
    // The next start removes what the killed process could not.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async { drop(Synapse::start().await) });
    assert!(!Path::new(&folder).exists());
}

/// The parent-death signal belongs to the thread that forks; a test's thread ends early.
#[tokio::test]
async fn server_survives_the_thread_that_started_it() {
    let thread = std::thread::spawn(|| {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(Synapse::start())
    });
    let server = thread.join().unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
    server.user("Anna").await;
}

#[tokio::test]
async fn logged_out_device_and_closed_account_lose_access() {
    let server = shared_synapse().await;
    let user = server.user("Ben").await;
    let (token, device) = server.log_in(&user).await;
    let whoami =
        async || server.call("GET", "/_matrix/client/v3/account/whoami", Some(&token), None).await;
    assert_eq!(whoami().await.unwrap()["user_id"], user.id.as_str());
    server.log_out_device(&user.id, &device).await;
    assert!(whoami().await.unwrap_err().contains("M_UNKNOWN_TOKEN"));
    server.deactivate(&user.id).await;
    let login = json!({ "type": "m.login.password", "password": user.password,
        "identifier": { "type": "m.id.user", "user": user.localpart } });
    let refused = server.call("POST", "/_matrix/client/v3/login", None, Some(&login)).await;
    assert!(refused.unwrap_err().contains("403"));
}

#[tokio::test]
async fn session_lifetime_signs_out_softly() {
    let server = Synapse::builder().session_lifetime(Duration::from_secs(2)).start().await;
    let user = server.user("Clara").await;
    let (token, _) = server.log_in(&user).await;
    tokio::time::sleep(Duration::from_millis(2500)).await;
    let path = "/_matrix/client/v3/account/whoami";
    let refused = server.call("GET", path, Some(&token), None).await.unwrap_err();
    assert!(refused.contains("\"soft_logout\":true"), "{refused}");
}

#[tokio::test]
async fn written_rooms_have_the_given_times_relations_and_unread_messages() {
    let server = shared_synapse().await;
    let (anna, ben) = (server.user("Anna").await, server.user("Ben").await);
    let week_ago = 1_700_000_000_000;
    let room = Room {
        creator: anna.id.clone(),
        config: json!({ "preset": "private_chat", "name": "Bauamt", "invite": [ben.id] }),
        ts: Some(week_ago),
        batches: vec![
            vec![Event::join(&ben.id).at(week_ago + 1000)],
            vec![
                Event::message(&anna.id, "Guten Morgen").at(week_ago + 2000),
                Event::new(
                    &anna.id,
                    "m.reaction",
                    json!({ "m.relates_to": {
                        "rel_type": "m.annotation", "event_id": "$ref:1", "key": "👍" } }),
                )
                .at(week_ago + 3000),
            ],
        ],
        ..Room::default()
    };
    let written = server.write_rooms(&[room]).await.remove(0);
    let (token, _) = server.log_in(&ben).await;
    let sync = server.call("GET", "/_matrix/client/v3/sync", Some(&token), None).await.unwrap();
    let room = &sync["rooms"]["join"][&written.room_id];
    assert_eq!(room["unread_notifications"]["notification_count"], 1);
    let events = room["timeline"]["events"].as_array().unwrap();
    assert!(
        events.iter().all(|event| event["origin_server_ts"].as_u64().unwrap() < week_ago + 9000)
    );
    let join = events.iter().find(|event| event["state_key"] == ben.id.as_str()).unwrap();
    assert_eq!(join["content"]["displayname"], "Ben");
    let reaction = events.last().unwrap();
    assert_eq!(reaction["content"]["m.relates_to"]["event_id"], written.events[1].as_str());
}
