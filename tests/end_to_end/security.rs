//! The webview is not trusted: what a hostile page in it could try, and what happens then.
//!
//! Each attempt would succeed without the setting that it tests: it aims at a server of the test's own, which notes who
//! came, and the same attempts get through in a window without protection.
//!
//! | setting (`src-tauri/tauri.conf.json`, `capabilities/main.json`, `src/window.rs`) | tried by |
//! |---|---|
//! | CSP `connect-src` | `fetch`, `socket`, `beacon` |
//! | CSP `img-src`, `media-src`, `font-src` | `image`, `film`, `font` |
//! | CSP `frame-src` (through `default-src`), `object-src`, `worker-src` | `frame`, `object`, `worker` |
//! | CSP `script-src`: no foreign, no inline script, no `eval` | `script`, `inline-script`, `eval`, `function`, `timer` |
//! | CSP `style-src` | `style`, `inline-style` |
//! | CSP `base-uri`, `form-action` | `base`, `form` |
//! | CSP `frame-ancestors` | nothing: there is no page around ours |
//! | what no policy knows of ends nowhere (`NOWHERE`) | `preconnect` |
//! | the page leads nowhere else (`is_own_page`), opens no window (`on_new_window`) | `leave`, `new-window` |
//! | no downloads past the core (`on_download`, `is_own_page`) | `DOWNLOAD` |
//! | `freezePrototype`, `withGlobalTauri: false` | `the_page_has_no_tauri_object_and_frozen_prototypes` |
//! | capabilities: no command of Tauri or its plugins | `COMMANDS` |
//! | links open through Rust, by a list of schemes | `open_link` with two others; unit tests of `rich-text` |
//! | media by an opaque token | a token that nobody made; `integration/media.rs` |
//! | all networking is in Rust | `nothing_but_the_homeserver_is_contacted` |
//! | formatted messages are a tree, no `{@html}` | `ui/scripts/check-source.mjs`, the corpus of `rich-text` |

use std::{
    collections::BTreeSet,
    net::TcpListener,
    path::Path,
    sync::{Arc, Mutex},
    time::{Duration, Instant},
};

use herold_e2e::{Options, Window, application, processes};
use herold_testkit::{FaultProxy, Stub};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::world::World;

/// A name, the directive that forbids it, and a script that makes the webview ask `trap` for that name.
const ATTEMPTS: &[(&str, &str, &str)] = &[
    ("fetch", "connect-src", "fetch(trap + '/fetch', { mode: 'no-cors' }).catch(() => {})"),
    ("socket", "connect-src", "new WebSocket(trap.replace('http', 'ws') + '/socket')"),
    ("beacon", "connect-src", "navigator.sendBeacon(trap + '/beacon')"),
    ("image", "img-src", "new Image().src = trap + '/image'"),
    ("film", "media-src", "add('video').src = trap + '/film'"),
    ("font", "font-src", "new FontFace('Probe', `url(${trap}/font)`).load().catch(() => {})"),
    ("frame", "frame-src", "add('iframe').src = trap + '/frame'"),
    ("object", "object-src", "add('object').data = trap + '/object'"),
    (
        "worker",
        "worker-src",
        "new Worker(URL.createObjectURL(new Blob([`fetch('${trap}/worker', { mode: 'no-cors' })`])))",
    ),
    ("script", "script-src-elem", "add('script').src = trap + '/script'"),
    (
        "inline-script",
        "script-src-elem",
        "add('script').textContent = `fetch('${trap}/inline-script', { mode: 'no-cors' })`",
    ),
    ("eval", "script-src", "(0, eval)(`fetch('${trap}/eval', { mode: 'no-cors' })`)"),
    ("function", "script-src", "new Function(`fetch('${trap}/function', { mode: 'no-cors' })`)()"),
    ("timer", "script-src", "setTimeout(`fetch('${trap}/timer', { mode: 'no-cors' })`)"),
    (
        "style",
        "style-src-elem",
        "const style = add('link'); style.rel = 'stylesheet'; style.href = trap + '/style'",
    ),
    (
        "inline-style",
        "style-src-elem",
        "add('style').textContent = `html { background: url(${trap}/inline-style) }`",
    ),
    (
        "base",
        "base-uri",
        "const base = add('base'); base.href = trap; new Image().src = 'base'; base.remove()",
    ),
    (
        "form",
        "form-action",
        "const form = add('form'); form.method = 'post'; form.action = trap + '/form'; form.submit()",
    ),
];

/// Makes the webview store a file by itself.
const DOWNLOAD: &str = "const link = add('a'); link.href = URL.createObjectURL(new Blob(['probe']));\
     link.download = 'probe.txt'; link.click()";

/// A window of a desktop that keeps downloads in this folder.
fn downloading_to(folder: &Path, options: Options) -> Options {
    let directories = format!("XDG_DOWNLOAD_DIR=\"{}\"\n", folder.display());
    std::fs::write(folder.join("user-dirs.dirs"), directories).expect("the desktop's directories");
    options.environment("XDG_CONFIG_HOME", &folder.to_string_lossy())
}

/// Commands of Tauri and its plugins, with arguments that they would take.
const COMMANDS: &[(&str, &str)] = &[
    ("plugin:window|set_title", "{ label: 'main', value: 'Anders' }"),
    ("plugin:webview|create_webview_window", "{ options: { label: 'other', url: 'index.html' } }"),
    ("plugin:opener|open_url", "{ url: 'https://example.org/' }"),
    ("plugin:opener|open_path", "{ path: '/etc/hostname' }"),
    ("plugin:dialog|open", "{ options: {} }"),
    ("plugin:app|version", "{}"),
    ("plugin:event|emit", "{ event: 'probe', payload: null }"),
    ("plugin:event|listen", "{ event: 'probe', target: { kind: 'Any' }, handler: 1 }"),
    ("plugin:path|resolve_directory", "{ directory: 1 }"),
    ("plugin:image|from_path", "{ path: '/etc/hostname' }"),
];

/// Nobody should come to this server.
struct Trap {
    record: FaultProxy,
    _page: Stub,
    /// For connections that ask for nothing.
    line: TcpListener,
}

impl Trap {
    async fn set() -> Self {
        let page = Stub::html().await;
        let line = TcpListener::bind("127.0.0.1:0").expect("a free port");
        line.set_nonblocking(true).expect("a listener that can be asked");
        Self { record: FaultProxy::before(&page.url()).await, _page: page, line }
    }

    /// Runs a script of the hostile page; whether it throws is not what counts.
    async fn attempt(&self, window: &Window, script: &str) {
        let source = format!(
            "const trap = arguments[0];\
             const add = (name) => document.body.appendChild(document.createElement(name));\
             try {{ {script} }} catch {{ }}"
        );
        window.script_with(&source, vec![json!(self.record.url())]).await;
    }

    /// Without a person's click, no page may open windows.
    async fn click_to_open(&self, window: &Window) {
        let button = "const button = add('button');\
             Object.assign(button.style, { position: 'fixed', inset: 0, zIndex: 9999 });\
             button.textContent = button.id = 'probe';\
             button.onclick = () => { window.open(trap + '/new-window'); button.remove(); }";
        self.attempt(window, button).await;
        window.find_css("#probe").await.click().await.expect("a click");
    }

    /// No policy knows of this: the webview connects, and asks for nothing yet.
    async fn preconnect(&self, window: &Window) {
        let address = self.line.local_addr().expect("an address");
        let script = format!(
            "const link = add('link'); link.rel = 'preconnect'; link.href = 'http://{address}'"
        );
        self.attempt(window, &script).await;
    }

    fn was_connected(&self) -> bool {
        self.line.accept().is_ok()
    }

    /// What was asked for, which should be nothing.
    fn reached(&self) -> Vec<String> {
        self.record.requests().into_iter().map(|request| request.path).collect()
    }

    async fn caught(&self, name: &str) {
        self.record.wait_for(&format!("/{name}"), Duration::from_secs(20)).await;
    }
}

/// The answer to a script that returns a promise.
async fn answer(window: &Window, promise: &str) -> String {
    let script = format!(
        "const done = arguments[arguments.length - 1];\
         const words = (value) => typeof value === 'string' ? value : JSON.stringify(value);\
         ({promise}).then((value) => done('allowed ' + words(value)), (error) => done('blocked ' + words(error)))"
    );
    window.script_async(&script).await.as_str().expect("an answer").to_owned()
}

#[tokio::test(flavor = "multi_thread")]
async fn in_a_window_without_protection_every_attempt_gets_through() {
    let world = World::new().await;
    let trap = Trap::set().await;
    let binary = application().with_file_name("herold-empty-window");
    let folder = TempDir::new().expect("a folder for downloads");
    let unprotected = downloading_to(folder.path(), Options { binary, ..world.options() });
    let window = Window::open(&unprotected).await;
    trap.attempt(&window, DOWNLOAD).await;
    let begun = Instant::now();
    while !folder.path().join("probe.txt").exists() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no download");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    // The form comes last, because it leads away.
    for (name, _, script) in ATTEMPTS {
        trap.attempt(&window, script).await;
        trap.caught(name).await;
    }
    window.kill();
    let window = Window::open(&unprotected).await;
    trap.click_to_open(&window).await;
    trap.caught("new-window").await;
    trap.preconnect(&window).await;
    let begun = Instant::now();
    while !trap.was_connected() {
        assert!(begun.elapsed() < Duration::from_secs(20), "no connection");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    trap.attempt(&window, "location.href = trap + '/leave'").await;
    trap.caught("leave").await;
    window.kill();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_in_the_window_reaches_nothing() {
    let world = World::new().await;
    let folder = TempDir::new().expect("a folder for downloads");
    let window = Window::open(&downloading_to(folder.path(), world.options())).await;
    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    let trap = Trap::set().await;
    window
        .script(
            "window.refused = [];\
             document.addEventListener('securitypolicyviolation', (event) => refused.push(event.effectiveDirective));",
        )
        .await;
    for (name, directive, script) in ATTEMPTS {
        window.script("refused.length = 0").await;
        trap.attempt(&window, script).await;
        window
            .wait_until(
                &format!("{name} refused by {directive}"),
                &format!("return refused.includes('{directive}')"),
            )
            .await;
    }
    trap.preconnect(&window).await;
    trap.attempt(&window, DOWNLOAD).await;
    trap.attempt(&window, "location.href = trap + '/leave'").await;
    trap.click_to_open(&window).await;
    // What slipped through would be on its way.
    tokio::time::sleep(Duration::from_secs(2)).await;
    let came = trap.reached();
    assert!(came.is_empty(), "reached: {came:?}");
    assert!(!trap.was_connected(), "connected");
    assert!(!folder.path().join("probe.txt").exists(), "downloaded");
    assert!(window.is_there("[data-testid='room-list']").await, "the page is still ours");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_has_no_tauri_object_and_frozen_prototypes() {
    let world = World::new().await;
    let window = world.open().await;
    assert_eq!(window.script("return typeof window.__TAURI__").await, "undefined");
    let change = "try { Object.prototype.x = 1 } catch { } return ({}).x === undefined";
    assert_eq!(window.script(change).await, Value::Bool(true), "prototypes are frozen");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_commands_nothing_but_the_messenger() {
    let world = World::new().await;
    let window = world.signed_in().await;
    for (command, arguments) in COMMANDS {
        let call = format!("window.__TAURI_INTERNALS__.invoke('{command}', {arguments})");
        let answer = answer(&window, &call).await;
        assert!(answer.starts_with("blocked "), "{command}: {answer}");
        // Not for wrong arguments, and not for a name that Tauri no longer has.
        assert!(answer.contains("not allowed"), "{command}: {answer}");
        assert!(!answer.contains("not found"), "{command}: {answer}");
    }
    for target in ["file:///etc/hostname", "javascript:alert(1)"] {
        let call = format!(
            "window.__TAURI_INTERNALS__.invoke('open_link', {{ target: '{target}', shown: '', confirmed: true }})"
        );
        let answer = answer(&window, &call).await;
        assert!(answer.starts_with("blocked ") && answer.contains("linkRefused"), "{answer}");
    }
    // The scheme answers, but to nobody who has no token.
    let media = "fetch('herold-media://localhost/0123456789abcdef').then((media) => media.status)";
    assert_eq!(answer(&window, media).await, "allowed 404");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_homeserver_is_contacted() {
    let world = World::new().await;
    let window = world.open().await;
    // From the first request on, that for the server's name included.
    let seen = Arc::new(Mutex::new(BTreeSet::new()));
    let (pid, noted) = (window.pid(), seen.clone());
    let watching = tokio::spawn(async move {
        loop {
            noted.lock().expect("the addresses").extend(processes::remote_addresses(pid));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    });
    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Nur zuhause", false).await;
    // On this machine: one elsewhere would not be reached without a network either, whoever asked for it.
    let trap = Trap::set().await;
    let foreign = trap.record.url();
    let html = format!("<img src=\"{foreign}/track.png\"><a href=\"{foreign}/page\">Amtsblatt</a>");
    world.partner.send_html(&room, "Bild", &html).await;
    window.wait_for_message("Amtsblatt").await;
    let words = format!("Hallo {foreign}/page");
    window.send(&words).await;
    window.wait_for_message(&words).await;
    let server: url::Url = world.server.parse().expect("an address");
    let home = format!("127.0.0.1:{}", server.port().expect("a port"));
    tokio::time::sleep(Duration::from_secs(2)).await;
    watching.abort();
    window.close().await;
    let seen = seen.lock().expect("the addresses").clone();
    assert!(seen.contains(&home), "the homeserver was contacted: {seen:?}");
    let came = trap.reached();
    assert!(came.is_empty(), "reached: {came:?}");
    let trapped = foreign.strip_prefix("http://").expect("an address");
    assert!(!seen.contains(trapped), "connected: {seen:?}");
    // The webview's own processes and its driver talk over loopback.
    let elsewhere: Vec<_> =
        seen.iter().filter(|address| !address.starts_with("127.0.0.1:")).collect();
    assert!(elsewhere.is_empty(), "contacted: {elsewhere:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn no_secret_is_in_arguments_or_environment() {
    let world = World::new().await;
    let window = world.signed_in().await;
    for pid in processes::tree(window.pid()) {
        for file in ["cmdline", "environ"] {
            let bytes = match std::fs::read(format!("/proc/{pid}/{file}")) {
                Ok(bytes) => bytes,
                // It has ended meanwhile.
                Err(_) if !processes::is_running(pid) => continue,
                Err(error) => panic!("{file} of {pid}: {error}"),
            };
            let text = String::from_utf8_lossy(&bytes);
            for secret in [world.user.password.as_str(), "syt_", "syr_"] {
                assert!(!text.contains(secret), "{file} of {pid}");
            }
        }
    }
    window.close().await;
}
