//! `make bench`: how quick and how light the application is, against an empty window in the same run.
//!
//! Seeds its own homeserver (`--rooms`, `--messages`), measures each figure several times and prints a
//! table and, with `--json FILE`, the same as JSON. Figures that depend on the machine are judged as
//! ratios to the empty window; nothing here fails a build.

#![recursion_limit = "256"]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use herold_e2e::{Options, Window, application, processes};
use herold_testkit::{User, bench::seeded_server};
use serde_json::{Value, json};
use tempfile::TempDir;

struct Arguments {
    rooms: usize,
    messages: usize,
    /// Rooms of the large account that start-up is compared with; 0 leaves that out.
    many: usize,
    runs: usize,
    json: Option<PathBuf>,
}

fn arguments() -> Arguments {
    let mut parsed = Arguments { rooms: 500, messages: 20, many: 5000, runs: 5, json: None };
    let mut given = std::env::args().skip(1);
    while let Some(name) = given.next() {
        let value = given.next().unwrap_or_else(|| panic!("{name} needs a value"));
        let number = || value.parse().unwrap_or_else(|_| panic!("{name} needs a number"));
        match name.as_str() {
            "--rooms" => parsed.rooms = number(),
            "--messages" => parsed.messages = number(),
            "--many" => parsed.many = number(),
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

#[tokio::main]
async fn main() {
    let arguments = arguments();
    let mut figures = Vec::new();

    eprintln!("empty window");
    let empty = application().with_file_name("herold-empty-window");
    let mut empty_start = Vec::new();
    let mut empty_memory = Vec::new();
    for _ in 0..arguments.runs {
        let folder = TempDir::new().unwrap();
        let mut options = Options::new(folder.path());
        options.binary.clone_from(&empty);
        let window = Window::open(&options).await;
        empty_start.push(until_mark(&window, "empty:ready").await);
        tokio::time::sleep(Duration::from_secs(3)).await;
        empty_memory.push(processes::memory(window.pid()) as f64 / 1024.0);
        window.close().await;
    }
    let (empty_start, empty_memory) = (median(&empty_start), median(&empty_memory));
    figures.push(figure("empty window: start", empty_start, "ms", None));
    figures.push(figure("empty window: memory (PSS)", empty_memory, "MB", None));

    eprintln!("seeding {} rooms x {} messages", arguments.rooms, arguments.messages);
    let (server, user) = seeded_server(arguments.rooms, arguments.messages).await;
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
    let before = processes::cpu_time(pid);
    let measured = Duration::from_secs(30);
    tokio::time::sleep(measured).await;
    let used = processes::cpu_time(pid).saturating_sub(before);
    let idle = used.as_secs_f64() / measured.as_secs_f64() * 100.0;
    figures.push(figure("idle, of one core", idle, "%", Some(0.2)));
    window.close().await;

    eprintln!("warm start");
    let warm = warm_start(&options, arguments.runs).await;
    figures.push(figure("warm start to usable list", warm, "ms", None));
    figures.push(figure("warm start / empty window", warm / empty_start, "x", Some(1.8)));
    drop(server);

    if arguments.many > 0 {
        let few = start_with(50, arguments.runs).await;
        let many = start_with(arguments.many, arguments.runs).await;
        figures.push(figure("warm start, 50 rooms", few, "ms", None));
        figures.push(figure("warm start, many rooms", many, "ms", None));
        figures.push(figure("many rooms / 50 rooms", many / few, "x", Some(1.3)));
    }
    print(&figures, &arguments);
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
            "manyRooms": arguments.many, "figures": rows,
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

/// Milliseconds from choosing a room to its last message painted.
async fn switch(window: &Window, room: &str) -> f64 {
    let source = format!(
        "const id = {};\
         performance.clearMarks('herold:room-painted:' + id);\
         window.chosen = performance.now();\
         document.querySelector(`[data-testid=room-row][data-room-id=\"${{id}}\"]`).click();",
        json!(room)
    );
    window.script(&source).await;
    let script = format!(
        "const m = performance.getEntriesByName('herold:room-painted:' + {})[0]; return m && m.startTime - window.chosen",
        json!(room)
    );
    window.wait_until("the room is painted", &script).await.as_f64().unwrap()
}

/// Milliseconds from the send button to the message on screen.
async fn echo(window: &Window, text: &str) -> f64 {
    window.fill("composer", text).await;
    tokio::time::sleep(Duration::from_millis(300)).await;
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
        let window = Window::open(options).await;
        starts.push(until_mark(&window, "herold:rooms-usable").await);
        settle(&window, Duration::from_secs(8)).await;
        window.close().await;
    }
    median(&starts)
}

/// Median warm start of an account with this many rooms.
async fn start_with(rooms: usize, runs: usize) -> f64 {
    eprintln!("start with {rooms} rooms");
    let (server, user) = seeded_server(rooms, 1).await;
    let profile = TempDir::new().unwrap();
    let options = Options::new(profile.path());
    let window = Window::open(&options).await;
    sign_in(&window, &server.url(), &user).await;
    online(&window).await;
    // All rooms are on disk once the application has come to rest.
    settle(&window, Duration::from_secs(180)).await;
    window.close().await;
    warm_start(&options, runs).await
}

fn median(values: &[f64]) -> f64 {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted[sorted.len() / 2]
}

fn max(values: &[f64]) -> f64 {
    values.iter().copied().fold(0.0, f64::max)
}
