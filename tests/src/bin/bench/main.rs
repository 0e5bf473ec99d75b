//! `make bench`: how quick and how light the application is, against an empty window in the same run.
//!
//! Seeds its own homeserver (`--rooms`, `--messages`), measures each figure several times and prints a
//! table and, with `--json FILE`, the same as JSON. Figures that depend on the machine are judged as
//! ratios to the empty window; nothing here fails a build.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

mod large_file;
mod page;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use herold_e2e::{Options, Window, application, processes};
use herold_testkit::{
    Synapse, User,
    bench::{LONG_ROOM, POLL_ROOM, POPULAR_ROOM, long_room_server, popular_server, seeded_server},
};
use serde_json::{Value, json};
use tempfile::TempDir;

use page::{SCROLL, WATCH_FRAMES, shows_votes, typing};

struct Arguments {
    /// Rooms of the account that is used for an ordinary day; 0 leaves that out.
    rooms: usize,
    messages: usize,
    /// Rooms of the large account that start-up is compared with; 0 leaves that out.
    many: usize,
    /// Messages of the room that is scrolled through; 0 leaves conversations out.
    long: usize,
    votes: usize,
    /// Reactions to one message; 0 leaves them out.
    reactions: usize,
    /// MiB of the file that is sent and received; 0 leaves that out.
    file: usize,
    runs: usize,
    json: Option<PathBuf>,
}

fn arguments() -> Arguments {
    let mut parsed = Arguments {
        rooms: 500,
        messages: 20,
        many: 5000,
        long: 50_000,
        votes: 2000,
        reactions: 10_000,
        file: 128,
        runs: 5,
        json: None,
    };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = || value.parse().unwrap_or_else(|_| panic!("{name} needs a number"));
        match name.as_str() {
            "--rooms" => parsed.rooms = number(),
            "--messages" => parsed.messages = number(),
            "--many" => parsed.many = number(),
            "--long" => parsed.long = number(),
            "--votes" => parsed.votes = number(),
            "--reactions" => parsed.reactions = number(),
            "--file" => parsed.file = number(),
            "--runs" => parsed.runs = number(),
            "--json" => parsed.json = Some(value.into()),
            _ => panic!("unknown option {name}"),
        }
    }
    parsed
}

/// One line of the table.
struct Figure {
    name: &'static str,
    value: f64,
    unit: &'static str,
    bound: Option<f64>,
}

fn main() {
    if let Some(side) = large_file::Side::of_this_process() {
        side.run();
        return;
    }
    tokio::runtime::Runtime::new().unwrap().block_on(bench(&arguments()));
}

async fn bench(arguments: &Arguments) {
    let mut figures = Vec::new();
    if arguments.rooms > 0 {
        ordinary_day(arguments, &mut figures).await;
    }
    if arguments.many > 0 {
        let (few, many) = compared_starts(arguments).await;
        figures.push(figure("warm start, 50 rooms", few, "ms", None));
        figures.push(figure("warm start, many rooms", many, "ms", None));
        figures.push(figure("many rooms / 50 rooms", many / few, "x", Some(1.3)));
    }
    if arguments.long > 0 {
        conversation(arguments, &mut figures).await;
    }
    if arguments.reactions > 0 {
        popular_message(arguments.reactions, &mut figures).await;
    }
    if arguments.file > 0 {
        large_file::measure(arguments.file, &mut figures).await;
    }
    print(&figures, arguments);
}

/// How Herold draws where there are no graphics (`src-tauri/src/webview_environment.rs`).
const WITHOUT_GRAPHICS: [(&str, &str); 4] = [
    ("WEBKIT_DISABLE_COMPOSITING_MODE", "1"),
    ("GDK_GL", "disable"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"),
];

/// Signing in, starting, changing rooms, writing, and being left alone, against an empty window.
async fn ordinary_day(arguments: &Arguments, figures: &mut Vec<Figure>) {
    eprintln!("empty window");
    let (empty_start, empty_memory) = empty_window(arguments.runs, &[]).await;
    let (_, plain_memory) = empty_window(arguments.runs, &WITHOUT_GRAPHICS).await;
    figures.push(figure("empty window: start", empty_start, "ms", None));
    figures.push(figure("empty window: memory (PSS)", empty_memory, "MB", None));
    figures.push(figure("the same, without OpenGL", plain_memory, "MB", None));

    eprintln!("seeding {} rooms x {} messages", arguments.rooms, arguments.messages);
    let (server, user) = seeded_server(arguments.rooms, arguments.messages).await;
    server.give_way();
    let profile = TempDir::new().unwrap();
    eprintln!("sign-in");
    let options = Options::new(profile.path());
    let window = Window::open(&options).await;
    let sign_in = sign_in(&window, &server.url(), &user).await;
    figures.push(figure("sign-in button to room list", sign_in, "ms", Some(1200.0)));
    online(&window).await;
    settle(&window, Duration::from_secs(20)).await;

    eprintln!("rooms");
    let rooms = window
        .script("return [...document.querySelectorAll('[data-testid=room-row]')].slice(0, 8).map((r) => r.dataset.roomId)")
        .await;
    let rooms: Vec<String> = serde_json::from_value(rooms).unwrap();
    for room in &rooms {
        window.open_room(room).await;
        tokio::time::sleep(Duration::from_millis(700)).await;
    }
    let mut switches = Vec::new();
    for room in rooms.iter().cycle().take(rooms.len() * 3) {
        switches.push(switch(&window, room).await);
    }
    figures.push(figure("cached room switch (median)", median(&switches), "ms", Some(50.0)));
    figures.push(figure("cached room switch (slowest)", max(&switches), "ms", None));

    let mut echoes = Vec::new();
    for number in 0..10 {
        echoes.push(echo(&window, &format!("Messung {number}")).await);
    }
    figures.push(figure("local echo (median)", median(&echoes), "ms", Some(33.0)));

    eprintln!("idle");
    let pid = window.pid();
    settle(&window, Duration::from_secs(10)).await;
    let memory = processes::memory(pid) as f64 / 1024.0;
    figures.push(figure("memory above the empty window", memory - empty_memory, "MB", Some(90.0)));
    // Where there are no graphics, Herold draws without OpenGL, and an empty window does not.
    let above = memory - plain_memory;
    figures.push(figure("memory above one without OpenGL", above, "MB", None));
    // As in the background, where no caret blinks.
    window.script("document.activeElement?.blur()").await;
    figures.push(figure("idle, of one core", idle(pid).await, "%", Some(0.2)));
    window.script("document.querySelector('[data-testid=composer]').focus()").await;
    figures.push(figure("idle with a blinking caret", idle(pid).await, "%", None));
    window.close().await;

    eprintln!("warm start");
    let warm = warm_start(&options, arguments.runs).await;
    figures.push(figure("warm start to usable list", warm, "ms", None));
    figures.push(figure("warm start / empty window", warm / empty_start, "x", Some(1.8)));
}

/// Start in ms and memory in MB.
async fn empty_window(runs: usize, environment: &[(&str, &str)]) -> (f64, f64) {
    let (mut starts, mut memory) = (Vec::new(), Vec::new());
    for _ in 0..runs {
        let folder = TempDir::new().unwrap();
        let mut options = Options::new(folder.path());
        options.binary = application().with_file_name("herold-empty-window");
        for (name, value) in environment {
            options = options.environment(name, value);
        }
        let window = Window::open(&options).await;
        starts.push(until_mark(&window, "empty:ready").await);
        tokio::time::sleep(Duration::from_secs(3)).await;
        memory.push(processes::memory(window.pid()) as f64 / 1024.0);
        window.close().await;
    }
    (median(&starts), median(&memory))
}

/// Typing, a poll with very many votes, and scrolling far back.
async fn conversation(arguments: &Arguments, figures: &mut Vec<Figure>) {
    eprintln!("a room of {} messages, a poll of {} votes", arguments.long, arguments.votes);
    let (server, user) = long_room_server(arguments.long, arguments.votes).await;
    server.give_way();
    let profile = TempDir::new().unwrap();
    let window = Window::open(&Options::new(profile.path())).await;
    sign_in(&window, &server.url(), &user).await;
    online(&window).await;
    settle(&window, Duration::from_secs(20)).await;
    let poll = room_named(&window, POLL_ROOM).await;
    let long = room_named(&window, LONG_ROOM).await;

    window.open_room(&poll).await;
    window.wait_until("the poll", &shows_votes(arguments.votes)).await;
    settle(&window, Duration::from_secs(60)).await;
    let mut opened = Vec::new();
    for _ in 0..arguments.runs {
        window.open_room(&long).await;
        settle(&window, Duration::from_secs(10)).await;
        opened.push(switch(&window, &poll).await);
        window.wait_until("the poll", &shows_votes(arguments.votes)).await;
    }
    figures.push(figure("open a poll with many votes", median(&opened), "ms", Some(100.0)));

    let keys = window.script_async(&typing(&"Grüße aus dem Amt. ".repeat(2800))).await;
    let keys: Vec<f64> = serde_json::from_value(keys).unwrap();
    figures.push(figure(
        "a key in a draft of 50 KB (95 %)",
        percentile(&keys, 95),
        "ms",
        Some(8.0),
    ));
    window.script("const c = document.querySelector('[data-testid=composer]'); c.value = ''; c.dispatchEvent(new Event('input', { bubbles: true }));").await;

    window.open_room(&long).await;
    settle(&window, Duration::from_secs(20)).await;
    let pid = window.pid();
    let mut memory = Vec::new();
    let mut frames = Vec::new();
    let mut jumps = Vec::new();
    let mut reached = 0.0_f64;
    for _ in 0..6 {
        let part = window.script_async(SCROLL).await;
        let drawn: Vec<f64> = serde_json::from_value(part["frames"].clone()).unwrap();
        let looks = part["looks"].as_u64().unwrap() as usize;
        assert!(
            looks > drawn.len() / 2,
            "a row was looked at in {looks} of {} frames",
            drawn.len()
        );
        let longest = max(&drawn);
        frames.extend(drawn);
        jumps.push(part["jump"].as_f64().unwrap());
        reached = reached.max(part["rows"].as_f64().unwrap());
        memory.push(processes::memory(pid) as f64 / 1024.0);
        let memory = memory.last().unwrap();
        eprintln!("  {memory:.0} MB, longest frame {longest:.0} ms, jumps {}", part["seenJumps"]);
        eprintln!("  {}", part["slow"]);
    }
    figures.push(figure("scrolling back: rows loaded", reached, "", None));
    figures.push(figure("scrolling back: longest frame", max(&frames), "ms", Some(50.0)));
    figures.push(figure("scrolling back: frame (99 %)", percentile(&frames, 99), "ms", None));
    figures.push(figure("scrolling back: largest jump", max(&jumps), "px", Some(2.0)));
    let grown = memory.last().unwrap() - memory[1];
    figures.push(figure("scrolling back: memory after a third to the end", grown, "MB", None));
    window.close().await;
}

/// A message with very many reactions, while they come in and until all of them are shown.
async fn popular_message(reactions: usize, figures: &mut Vec<Figure>) {
    eprintln!("a message with {reactions} reactions");
    let people = 100;
    let (server, user) = popular_server(people, reactions / people).await;
    server.give_way();
    let profile = TempDir::new().unwrap();
    let window = Window::open(&Options::new(profile.path())).await;
    sign_in(&window, &server.url(), &user).await;
    online(&window).await;
    let room = room_named(&window, POPULAR_ROOM).await;
    window.script(WATCH_FRAMES).await;
    window.open_room(&room).await;
    let all = format!(
        "const shown = [...document.querySelectorAll('[data-testid=reactions] button')].filter((b) => b.textContent.includes('🧁'));\
         if (shown.length === 0 || !shown.every((b) => b.textContent.includes('{people}'))) return false;\
         const more = document.querySelector('[data-testid=more-reactions]');\
         more?.click();\
         return more === null"
    );
    let begun = Instant::now();
    while window.script(&all).await != json!(true) {
        assert!(begun.elapsed() < Duration::from_secs(600), "not all reactions have come");
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
    let frames = window.script("return window.frames_seen").await;
    let frames: Vec<f64> = serde_json::from_value(frames).unwrap();
    figures.push(figure("reactions: longest frame", max(&frames), "ms", Some(100.0)));
    window.close().await;
}

async fn room_named(window: &Window, name: &str) -> String {
    let script = format!(
        "return [...document.querySelectorAll('[data-testid=room-row]')].find((r) => r.textContent.includes({}))?.dataset.roomId",
        json!(name)
    );
    window.wait_until(name, &script).await.as_str().unwrap().to_owned()
}

fn figure(name: &'static str, value: f64, unit: &'static str, bound: Option<f64>) -> Figure {
    Figure { name, value, unit, bound }
}

fn print(figures: &[Figure], arguments: &Arguments) {
    println!("{:<34} {:>10}  {:>10}", "figure", "measured", "at most");
    for figure in figures {
        let bound = figure.bound.map_or(String::new(), |bound| format!("{bound} {}", figure.unit));
        let verdict = match figure.bound {
            Some(bound) if figure.value > bound => "  MISSED",
            Some(_) => "  met",
            None => "",
        };
        println!(
            "{:<34} {:>7.1} {:<2}  {bound:>10}{verdict}",
            figure.name, figure.value, figure.unit
        );
    }
    if let Some(path) = &arguments.json {
        let rows: Vec<Value> = figures
            .iter()
            .map(|f| json!({ "name": f.name, "value": f.value, "unit": f.unit, "atMost": f.bound }))
            .collect();
        let report = json!({
            "rooms": arguments.rooms, "messages": arguments.messages,
            "manyRooms": arguments.many, "fileMiB": arguments.file, "figures": rows,
        });
        std::fs::write(path, serde_json::to_vec_pretty(&report).unwrap()).expect("the report");
    }
}

/// Milliseconds from the start of the process to a mark of its page.
async fn until_mark(window: &Window, mark: &str) -> f64 {
    let script = format!(
        "const m = performance.getEntriesByName('{mark}')[0]; return m && performance.timeOrigin + m.startTime"
    );
    let at = window.wait_until(mark, &script).await.as_f64().unwrap();
    at - processes::started_at(window.pid())
}

async fn sign_in(window: &Window, server: &str, user: &User) -> f64 {
    window.fill("homeserver-input", server).await;
    window.fill("username-input", &user.localpart).await;
    window.fill("password-input", &user.password).await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let clicked = window
        .script("const t = performance.now(); document.querySelector('[data-testid=sign-in]').click(); return t")
        .await
        .as_f64()
        .unwrap();
    let usable = window
        .wait_until(
            "rooms",
            "return performance.getEntriesByName('herold:rooms-usable')[0]?.startTime",
        )
        .await
        .as_f64()
        .unwrap();
    usable - clicked
}

async fn online(window: &Window) {
    window
        .wait_until(
            "online",
            "return document.querySelector('[data-testid=connection]')?.dataset.state === 'online'",
        )
        .await;
}

/// Waits until the application uses little processor time, at most this long.
async fn settle(window: &Window, longest: Duration) {
    let started = Instant::now();
    let pid = window.pid();
    let mut quiet = 0;
    while started.elapsed() < longest && quiet < 3 {
        let before = processes::cpu_time(pid);
        tokio::time::sleep(Duration::from_secs(1)).await;
        let busy = processes::cpu_time(pid).saturating_sub(before) > Duration::from_millis(30);
        quiet = if busy { 0 } else { quiet + 1 };
    }
}

/// Percent of one core that a process and its children use while nobody does anything.
async fn idle(pid: u32) -> f64 {
    // What was just done leaves garbage, which is collected for up to twenty seconds.
    tokio::time::sleep(Duration::from_secs(30)).await;
    // The system counts in hundredths of a second, and rounds for each process.
    let (step, steps) = (Duration::from_secs(10), 10);
    let mut seen = vec![processes::cpu_times(pid)];
    for _ in 0..steps {
        tokio::time::sleep(step).await;
        seen.push(processes::cpu_times(pid));
    }
    let used = |program: &String, from: usize, to: usize| {
        let at = |index: usize| seen[index].get(program).copied().unwrap_or_default();
        at(to).saturating_sub(at(from))
    };
    let mut total = Duration::ZERO;
    for program in seen[steps].keys() {
        let parts: Vec<_> =
            (0..steps).map(|at| used(program, at, at + 1).as_millis().to_string()).collect();
        eprintln!("  {program}: {} ms in ten seconds each", parts.join(", "));
        total += used(program, 0, steps);
    }
    total.as_secs_f64() / (step.as_secs_f64() * steps as f64) * 100.0
}

/// Milliseconds from choosing a room to its last message painted.
async fn switch(window: &Window, room: &str) -> f64 {
    // Whoever asks the window all the time whether it has painted keeps it from painting.
    let source = format!(
        "const done = arguments[arguments.length - 1];\
         const id = {};\
         const name = 'herold:room-painted:' + id;\
         performance.clearMarks(name);\
         const look = () => {{\
           const painted = performance.getEntriesByName(name)[0];\
           if (painted) done(painted.startTime - start);\
           else setTimeout(look, 100);\
         }};\
         setTimeout(look, 200);\
         const start = performance.now();\
         document.querySelector(`[data-testid=room-row][data-room-id=\"${{id}}\"]`).click();",
        json!(room)
    );
    window.script_async(&source).await.as_f64().expect("a painted room")
}

/// Milliseconds from the send button to the message on screen.
async fn echo(window: &Window, text: &str) -> f64 {
    window.fill("composer", text).await;
    // Who has written something sends it before the draft is stored.
    tokio::time::sleep(Duration::from_millis(150)).await;
    let source = format!(
        "const done = arguments[arguments.length - 1];\
         const list = document.querySelector('[data-testid=timeline]');\
         const start = performance.now();\
         const observer = new MutationObserver(() => {{\
           const shown = [...list.querySelectorAll('[data-testid=message]')].some((m) => m.textContent.includes({text}));\
           if (!shown) return;\
           observer.disconnect();\
           requestAnimationFrame(() => done(performance.now() - start));\
         }});\
         observer.observe(list, {{ childList: true, subtree: true, characterData: true }});\
         document.querySelector('[data-testid=send]').click();",
        text = json!(text)
    );
    window.script_async(&source).await.as_f64().expect("an echo")
}

async fn warm_start(options: &Options, runs: usize) -> f64 {
    let mut starts = Vec::new();
    for _ in 0..runs {
        starts.push(start(options).await);
    }
    median(&starts)
}

/// Milliseconds to a usable list. The program ends when it has caught up, so that the next start finds nothing to do.
async fn start(options: &Options) -> f64 {
    let window = Window::open(options).await;
    let usable = until_mark(&window, "herold:rooms-usable").await;
    online(&window).await;
    settle(&window, Duration::from_secs(30)).await;
    window.close().await;
    usable
}

/// Median warm starts of an account with 50 rooms and of one with very many. They take turns, because the machine
/// is not equally quick at all times.
async fn compared_starts(arguments: &Arguments) -> (f64, f64) {
    let (few, many) = (Prepared::with(50).await, Prepared::with(arguments.many).await);
    eprintln!("start with 50 and with {} rooms", arguments.many);
    let (mut with_few, mut with_many) = (Vec::new(), Vec::new());
    for _ in 0..arguments.runs.max(9) {
        with_few.push(start(&few.options).await);
        with_many.push(start(&many.options).await);
    }
    (median(&with_few), median(&with_many))
}

/// An account that has caught up, and its server.
struct Prepared {
    options: Options,
    _profile: TempDir,
    _server: Synapse,
}

impl Prepared {
    async fn with(rooms: usize) -> Self {
        eprintln!("sign-in with {rooms} rooms");
        let (server, user) = seeded_server(rooms, 1).await;
        server.give_way();
        let profile = TempDir::new().unwrap();
        let options = Options::new(profile.path());
        let window = Window::open(&options).await;
        sign_in(&window, &server.url(), &user).await;
        online(&window).await;
        // All rooms are on disk once the application has come to rest.
        settle(&window, Duration::from_secs(180)).await;
        window.close().await;
        Self { options, _profile: profile, _server: server }
    }
}

fn median(values: &[f64]) -> f64 {
    percentile(values, 50)
}

fn percentile(values: &[f64], percent: usize) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[(sorted.len() * percent / 100).min(sorted.len() - 1)]
}

fn max(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}
