//! The webview is not trusted: what a hostile page in it could try, and what happens then.

use herold_e2e::processes;
use serde_json::Value;

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_hostile_script_in_the_window_reaches_nothing() {
    let world = World::new().await;
    let window = world.signed_in().await;

    assert_eq!(window.script("return typeof window.__TAURI__").await, "undefined");
    assert_eq!(
        window.script("try { Object.prototype.x = 1 } catch { } return ({}).x === undefined").await,
        Value::Bool(true),
        "prototypes are frozen"
    );
    let blocked = |source: &str| {
        format!(
            "const done = arguments[arguments.length - 1];\
             (async () => {{ {source} }})().then(() => done('allowed'), (e) => done('blocked ' + e))"
        )
    };
    for source in [
        format!("await fetch('{}/_matrix/client/versions')", world.server),
        "await fetch('https://example.org/')".to_owned(),
        "await new Promise((ok, no) => { const s = new WebSocket('ws://127.0.0.1:9/'); s.onopen = ok; s.onerror = no; })".to_owned(),
        format!("await new Promise((ok, no) => {{ const i = new Image(); i.onload = ok; i.onerror = no; i.src = '{}/favicon.ico'; }})", world.server),
        "await new Promise((ok, no) => { const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.head.append(s); setTimeout(() => window.ran ? ok() : no('did not run'), 300); })".to_owned(),
        "await new Promise((ok, no) => { const f = document.createElement('iframe'); f.onload = () => no('empty'); f.src = 'https://example.org/'; document.body.append(f); setTimeout(() => no('nothing'), 500); })".to_owned(),
    ] {
        let answer = window.script_async(&blocked(&source)).await;
        assert!(answer.as_str().unwrap_or_default().starts_with("blocked"), "{source}: {answer}");
    }
    // Commands of Tauri and its plugins are not for this window.
    for command in [
        "plugin:window|set_title",
        "plugin:opener|open_url",
        "plugin:webview|create_webview",
        "plugin:app|version",
        "plugin:event|emit",
    ] {
        let answer = window
            .script_async(&blocked(&format!(
                "await window.__TAURI_INTERNALS__.invoke('{command}', {{}})"
            )))
            .await;
        assert!(answer.as_str().unwrap_or_default().starts_with("blocked"), "{command}: {answer}");
    }
    // A media token that nobody made.
    let answer = window
        .script_async(&blocked(
            "await new Promise((ok, no) => { const i = new Image(); i.onload = ok; i.onerror = no; i.src = 'herold-media://localhost/0123456789abcdef'; })",
        ))
        .await;
    assert!(answer.as_str().unwrap_or_default().starts_with("blocked"), "{answer}");
    // Going elsewhere.
    window.script("location.href = 'https://example.org/'").await;
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    assert!(window.is_there("[data-testid='room-list']").await, "the page is still ours");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_but_the_homeserver_is_contacted() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Nur zuhause", false).await;
    world
        .partner
        .send_html(
            &room,
            "Bild",
            "<img src=\"https://example.org/track.png\"><a href=\"https://example.org/\">x</a>",
        )
        .await;
    window.wait_for_message("x").await;
    window.send("Hallo https://example.org/").await;
    let server: url::Url = world.server.parse().expect("an address");
    let home = format!("127.0.0.1:{}", server.port().expect("a port"));
    let pid = window.pid();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..60 {
        seen.extend(processes::remote_addresses(pid));
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    window.close().await;
    assert!(seen.contains(&home), "the homeserver was contacted: {seen:?}");
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
            let bytes = std::fs::read(format!("/proc/{pid}/{file}")).unwrap_or_default();
            let text = String::from_utf8_lossy(&bytes);
            assert!(!text.contains(&world.user.password), "{file} of {pid}");
            assert!(!text.contains("syt_"), "{file} of {pid}");
        }
    }
    window.close().await;
}
