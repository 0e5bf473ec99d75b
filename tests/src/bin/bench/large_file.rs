//! What a large file costs whoever sends it and whoever receives it, in memory and in writing to disk.
//!
//! Each side is a process of its own that runs nothing but the core, so that what it takes is the file's.
//! It is this program once more: [`Side`] is what that does, [`Running`] how the bench holds it. A side
//! says lines of JSON: that it is ready, then what the file took.

use std::{
    fs::{self, File},
    io::Read,
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, Instant},
};

use herold_core::{
    App, Config, ProfilePaths, Session,
    list::ListReader,
    policy::Policy,
    protocol::{
        Attachment, ConnectionState, ConversationId, MessageContent, OutgoingFiles, OutgoingText,
        PasswordSignIn, SendState, TimelineFocus, TimelineRow, TimelineRowContent,
    },
};
use herold_testkit::{
    Synapse, User,
    seed::{Event, Room},
};
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::{
    io::{AsyncBufReadExt, BufReader, Lines},
    process::{Child, ChildStdout, Command},
    time::{sleep, timeout},
};

use super::{Figure, figure};

/// Begins the arguments of a process that is one side.
const SIDE: &str = "large-file-side";
const SEND: &str = "send";
const RECEIVE: &str = "receive";

/// For a file of a gigabyte on a slow disk.
const PATIENCE: Duration = Duration::from_secs(20 * 60);
/// What signing in, or a message, leaves to do is done by then.
const SETTLE: Duration = Duration::from_secs(5);

pub(crate) async fn measure(mebibytes: usize, figures: &mut Vec<Figure>) {
    eprintln!("a file of {mebibytes} MiB");
    let limit = json!(format!("{}M", mebibytes + 1));
    let server = Synapse::builder().option("max_upload_size", limit).start().await;
    let (anna, ben) = (server.user("Anna").await, server.user("Ben").await);
    let room = encrypted_room(&server, &anna, &ben).await;
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("Akte.bin");
    let size = (mebibytes as u64) << 20;
    fill(&file, size);

    let mut receiver = Running::start(RECEIVE, &server, &ben, &room, &folder.path().join("saved"));
    receiver.says().await;
    let mut sender = Running::start(SEND, &server, &anna, &room, &file);
    sender.says().await;
    let sent = sender.says().await;
    let received = receiver.says().await;

    for (name, usage, of) in [
        ("file sent: peak memory / size", &sent, "peak"),
        ("file sent: memory kept / size", &sent, "kept"),
        ("file sent: written to disk / size", &sent, "written"),
        ("file received: peak memory / size", &received, "peak"),
        ("file received: memory kept / size", &received, "kept"),
        ("file received: written to disk / size", &received, "written"),
    ] {
        figures.push(figure(name, usage[of].as_f64().unwrap() / size as f64, "x", None));
    }
}

async fn encrypted_room(server: &Synapse, anna: &User, ben: &User) -> String {
    let encryption = json!({
        "type": "m.room.encryption",
        "state_key": "",
        "content": { "algorithm": "m.megolm.v1.aes-sha2" },
    });
    let room = Room {
        creator: anna.id.clone(),
        config: json!({
            "name": "Akte",
            "preset": "public_chat",
            "visibility": "private",
            "room_version": "10",
            "initial_state": [encryption],
        }),
        batches: vec![vec![Event::join(&ben.id)]],
        ..Room::default()
    };
    server.write_rooms(&[room]).await.remove(0).room_id
}

/// Bytes that nothing on the way can make smaller.
fn fill(path: &Path, size: u64) {
    let mut random = File::open("/dev/urandom").unwrap().take(size);
    std::io::copy(&mut random, &mut File::create(path).unwrap()).expect("room for the file");
}

/// A side as the bench holds it; ends with the value.
struct Running {
    _process: Child,
    lines: Lines<BufReader<ChildStdout>>,
}

impl Running {
    fn start(role: &str, server: &Synapse, user: &User, room: &str, path: &Path) -> Self {
        let mut process = Command::new(std::env::current_exe().unwrap())
            .args([SIDE, role, &server.url(), &user.localpart, &user.password, room])
            .arg(path)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("starting this program once more");
        let lines = BufReader::new(process.stdout.take().unwrap()).lines();
        Self { _process: process, lines }
    }

    async fn says(&mut self) -> Value {
        let line = timeout(PATIENCE, self.lines.next_line()).await.expect("a side that is quicker");
        let line = line.unwrap().expect("a side that does not end before its time");
        serde_json::from_str(&line).unwrap()
    }
}

/// What a process does that is one side.
pub(crate) struct Side {
    sends: bool,
    server: String,
    username: String,
    password: String,
    room: String,
    /// The file that is sent, or the folder that it is saved to.
    path: PathBuf,
}

impl Side {
    /// `None` where this process is the bench itself.
    pub(crate) fn of_this_process() -> Option<Self> {
        let given: Vec<String> = std::env::args().skip(1).collect();
        let [first, role, server, username, password, room, path] =
            <[String; 7]>::try_from(given).ok()?;
        let sends = role == SEND;
        (first == SIDE).then(|| Self { sends, server, username, password, room, path: path.into() })
    }

    pub(crate) fn run(self) {
        // The first thread has a stack of its own size.
        let thread = std::thread::Builder::new().stack_size(herold_core::STACK);
        let running = thread.spawn(move || herold_core::runtime().unwrap().block_on(self.act()));
        running.unwrap().join().unwrap();
    }

    async fn act(self) {
        let profile = TempDir::new().unwrap();
        let app = self.sign_in(profile.path()).await;
        let session = app.session().expect("somebody is signed in");
        session.verification_status().await;
        let begun = Instant::now();
        while session.room_by_address(&self.room).is_none() {
            assert!(begun.elapsed() < PATIENCE, "the room never comes");
            sleep(Duration::from_millis(50)).await;
        }
        let (mut rows, sink) = ListReader::new();
        session
            .subscribe_timeline("bench", &self.room, TimelineFocus::Live, sink)
            .await
            .expect("opening the conversation");
        sleep(SETTLE).await;
        println!("{}", json!("ready"));

        let usage = if self.sends {
            let usage = Usage::begin();
            self.send(&session).await;
            arrival(&session, &mut rows).await;
            usage
        } else {
            let file = arrival(&session, &mut rows).await;
            sleep(SETTLE).await;
            let usage = Usage::begin();
            let saved = session.save_file(&file.file, &file.filename, &self.path).await;
            let saved = saved.expect("saving the file");
            assert_eq!(fs::metadata(saved).unwrap().len(), file.size.unwrap());
            usage
        };
        sleep(SETTLE).await;
        println!("{}", usage.so_far());
        app.close().await;
    }

    async fn sign_in(&self, profile: &Path) -> App {
        let app = App::new(Config {
            paths: ProfilePaths::within(profile),
            policy: Policy::default(),
            demo: None,
            suggested_homeserver: None,
            connect: true,
        });
        let passphrase = "correct horse battery staple".to_owned();
        app.start_with_passphrase(passphrase.into()).await.expect("opening the profile");
        app.sign_in(PasswordSignIn {
            homeserver: self.server.clone(),
            username: self.username.clone(),
            password: self.password.clone(),
        })
        .await
        .expect("signing in");
        let mut states = app.connection();
        let online = states.wait_for(|state| *state == ConnectionState::Online);
        assert!(timeout(PATIENCE, online).await.is_ok(), "never online");
        app
    }

    async fn send(&self, session: &Session) {
        let file = session.stage_path(&self.path).await.expect("staging the file");
        let files = OutgoingFiles {
            files: vec![file.id],
            caption: OutgoingText::default(),
            gallery: false,
            keep_metadata: false,
        };
        let conversation = ConversationId::room(self.room.as_str());
        session.send_files(&conversation, "bench", files).await.expect("queueing the file");
    }
}

/// Waits until the conversation shows a file that the server has.
async fn arrival(session: &Session, rows: &mut ListReader<TimelineRow>) -> Attachment {
    let begun = Instant::now();
    loop {
        if let Some(file) = rows.rows.iter().find_map(arrived) {
            return file;
        }
        let left = PATIENCE.saturating_sub(begun.elapsed());
        assert!(
            !left.is_zero() && rows.next(session, left).await,
            "no file; there is {:#?}",
            rows.rows
        );
    }
}

fn arrived(row: &TimelineRow) -> Option<Attachment> {
    let TimelineRowContent::Message(message) = &row.content else { return None };
    assert!(!matches!(message.send_state, Some(SendState::Failed { .. })), "{message:#?}");
    match &message.content {
        MessageContent::Attachment { attachment, .. } if message.event_id.is_some() => {
            Some(attachment.clone())
        }
        _ => None,
    }
}

/// What this process takes from a point in time on, in bytes.
struct Usage {
    resident: f64,
    written: f64,
}

impl Usage {
    fn begin() -> Self {
        // The peak begins anew (proc(5), "clear_refs").
        fs::write("/proc/self/clear_refs", "5").expect("a system that lets its peak be reset");
        Self { resident: memory("VmRSS"), written: written() }
    }

    fn so_far(&self) -> Value {
        json!({
            "peak": memory("VmHWM") - self.resident,
            "kept": memory("VmRSS") - self.resident,
            "written": written() - self.written,
        })
    }
}

fn memory(name: &str) -> f64 {
    number("/proc/self/status", name) * 1024.0
}

/// Counts nothing that is written to a file system in memory.
fn written() -> f64 {
    number("/proc/self/io", "write_bytes")
}

fn number(file: &str, name: &str) -> f64 {
    let text = fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let word = line.and_then(|rest| rest.split_whitespace().next());
    word.and_then(|word| word.parse().ok()).unwrap_or_else(|| panic!("no {name} in {file}"))
}
