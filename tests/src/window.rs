//! One running application and the hands that use it.

use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use fantoccini::{Client, ClientBuilder, Locator, elements::Element, key::Key};
use hyper_timeout::TimeoutConnector;
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};

use crate::{application, processes};

/// How long anything on screen may take before a test gives up. Debug builds on two busy cores.
const PATIENCE: Duration = Duration::from_secs(60);

/// What went wrong in the page, for whoever reads why a test failed.
const COLLECT_ERRORS: &str = "window.pageErrors = [];\
    window.addEventListener('error', (e) => pageErrors.push(`${e.message} ${e.error?.stack}`));\
    window.addEventListener('unhandledrejection', (e) => pageErrors.push(`${e.reason?.message} ${e.reason?.stack}`));";

/// How an application is started.
#[derive(Clone)]
pub struct Options {
    pub binary: PathBuf,
    pub profile: PathBuf,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
}

impl Options {
    pub fn new(profile: &Path) -> Self {
        Self {
            binary: application(),
            profile: profile.to_owned(),
            arguments: Vec::new(),
            environment: Vec::new(),
        }
    }

    pub fn argument(mut self, argument: &str) -> Self {
        self.arguments.push(argument.to_owned());
        self
    }

    pub fn environment(mut self, name: &str, value: &str) -> Self {
        self.environment.push((name.to_owned(), value.to_owned()));
        self
    }
}

pub struct Window {
    client: Client,
    driver: Child,
    binary: PathBuf,
    pub profile: PathBuf,
}

impl Window {
    pub async fn open(options: &Options) -> Self {
        let port = herold_testkit::free_port();
        let driver = Command::new("WebKitWebDriver")
            .args(["--host=127.0.0.1".to_owned(), format!("--port={port}")])
            .env("TAURI_AUTOMATION", "true")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("HEROLD_DATA_DIR", &options.profile)
            .envs(options.environment.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .expect("WebKitWebDriver starts; `make setup` installs it");
        let mut capabilities = serde_json::Map::new();
        capabilities.insert(
            "webkitgtk:browserOptions".to_owned(),
            json!({ "binary": options.binary, "args": options.arguments }),
        );
        let address = format!("http://127.0.0.1:{port}");
        let started = Instant::now();
        let client = loop {
            // A driver whose window died never answers.
            let mut connector = TimeoutConnector::new(HttpConnector::new());
            connector.set_read_timeout(Some(PATIENCE));
            let mut builder = ClientBuilder::new(connector);
            let attempt = builder.capabilities(capabilities.clone()).connect(&address);
            match tokio::time::timeout(PATIENCE, attempt).await {
                Ok(Ok(client)) => break client,
                Ok(Err(_)) if started.elapsed() < PATIENCE => {
                    tokio::time::sleep(Duration::from_millis(50)).await;
                }
                Ok(Err(error)) => panic!("no window: {error}"),
                Err(_) => panic!("the application did not open a window"),
            }
        };
        let binary = options.binary.clone();
        let window = Self { client, driver, binary, profile: options.profile.clone() };
        window.script(COLLECT_ERRORS).await;
        // Until it is on the screen, a window has no size, and the driver waits for ever when told
        // to change it.
        window.wait_until("the window on the screen", "return window.innerWidth > 0").await;
        window
    }

    /// Process of the application.
    pub fn pid(&self) -> u32 {
        processes::find(self.driver.id(), &self.binary).expect("the application runs")
    }

    /// Ends the application as a crash or a power cut would.
    pub fn kill(mut self) {
        let pid = self.pid();
        processes::kill(pid);
        self.end_driver();
        // Ending a large process takes the kernel a moment.
        while processes::is_running(pid) {
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    /// Closes the window as a person does, and waits for the application to end by itself.
    pub async fn close(mut self) {
        let pid = self.pid();
        // The window may be gone before the driver has its answer.
        let _ = self.client.close_window().await;
        let started = Instant::now();
        while processes::is_running(pid) {
            assert!(started.elapsed() < PATIENCE, "the application does not end");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        self.end_driver();
    }

    fn end_driver(&mut self) {
        for pid in processes::tree(self.driver.id()).into_iter().rev() {
            processes::kill(pid);
        }
        let _ = self.driver.wait();
    }

    pub async fn script(&self, source: &str) -> Value {
        self.script_with(source, Vec::new()).await
    }

    pub async fn script_with(&self, source: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(source, arguments).await.expect("a script runs")
    }

    pub async fn script_async(&self, source: &str) -> Value {
        self.client.execute_async(source, Vec::new()).await.expect("a script runs")
    }

    /// Waits for an element by its test hook.
    pub async fn find(&self, hook: &str) -> Element {
        self.find_css(&format!("[data-testid='{hook}']")).await
    }

    pub async fn find_css(&self, selector: &str) -> Element {
        let found = self.client.wait().at_most(PATIENCE).for_element(Locator::Css(selector)).await;
        match found {
            Ok(element) => element,
            Err(error) => {
                let text = self.on_screen().await;
                panic!("{selector} did not appear: {error}; on screen: {text}");
            }
        }
    }

    /// For whoever reads why a test failed.
    async fn on_screen(&self) -> Value {
        self.screenshot("failure").await;
        let script = "const list = document.querySelector('[data-testid=timeline] [role=list]');\
             return {\
               text: document.body.innerText.slice(0, 1500),\
               errors: window.pageErrors,\
               focus: document.activeElement?.outerHTML.slice(0, 200),\
               timelineLoaded: document.querySelector('[data-testid=timeline]')?.dataset.loaded,\
               rows: list?.querySelectorAll('[data-index]').length,\
               list: list && [list.scrollTop, list.clientHeight, list.scrollHeight, list.innerHTML.slice(0, 600)],\
             }";
        self.script(script).await
    }

    pub async fn is_there(&self, selector: &str) -> bool {
        self.client.find(Locator::Css(selector)).await.is_ok()
    }

    pub async fn click(&self, hook: &str) {
        self.find(hook).await.click().await.unwrap_or_else(|error| panic!("click {hook}: {error}"));
    }

    /// Replaces what a field holds.
    pub async fn fill(&self, hook: &str, text: &str) {
        // A window that has only just appeared may not take keys yet.
        let started = Instant::now();
        loop {
            let field = self.find(hook).await;
            match field.clear().await {
                Ok(()) => return field.send_keys(text).await.expect("a field takes keys"),
                Err(error) if started.elapsed() > PATIENCE => {
                    panic!("{hook} cannot be filled: {error}")
                }
                Err(_) => tokio::time::sleep(Duration::from_millis(100)).await,
            }
        }
    }

    /// Keys for whatever has the focus.
    pub async fn press(&self, keys: &str) {
        let started = Instant::now();
        loop {
            let focused = self.client.active_element().await.expect("something has the focus");
            let Err(error) = focused.send_keys(keys).await else { return };
            // It went away, or passed the focus on, before the keys came.
            let is_late = error.is_stale_element_reference() || error.is_element_not_interactable();
            assert!(is_late && started.elapsed() < PATIENCE, "keys are not taken: {error}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    pub async fn press_key(&self, key: Key) {
        self.press(&char::from(key).to_string()).await;
    }

    /// Waits until a script returns something truthy, and returns it.
    pub async fn wait_until(&self, what: &str, script: &str) -> Value {
        let started = Instant::now();
        loop {
            let value = self.script(script).await;
            if !matches!(value, Value::Null | Value::Bool(false)) {
                return value;
            }
            if started.elapsed() > PATIENCE {
                let text = self.on_screen().await;
                panic!("{what} did not happen; on screen: {text}");
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    pub async fn resize(&self, width: u32, height: u32) {
        self.client.set_window_size(width, height).await.expect("a window can be resized");
    }

    /// Moves and resizes the window: where its left upper corner is, then width and height.
    pub async fn put(&self, [x, y, width, height]: [u32; 4]) {
        let put = self.client.set_window_rect(x, y, width, height).await;
        put.expect("a window can be moved");
    }

    /// Where the window is, in the same order.
    pub async fn place(&self) -> [u64; 4] {
        self.client.get_window_rect().await.expect("a window has a place").into()
    }

    /// Saves a picture of the page under `screenshots/` of the checkout and returns the path.
    pub async fn screenshot(&self, name: &str) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../screenshots");
        std::fs::create_dir_all(&folder).expect("a folder for screenshots");
        let path = folder.join(format!("{name}.png"));
        if let Ok(png) = self.client.screenshot().await {
            std::fs::write(&path, png).expect("a screenshot is saved");
        }
        path
    }

    /// Fills the sign-in form and waits for the room list.
    pub async fn sign_in(&self, server: &str, username: &str, password: &str) {
        self.fill("homeserver-input", server).await;
        self.fill("username-input", username).await;
        self.fill("password-input", password).await;
        self.click("sign-in").await;
        self.find("room-list").await;
    }

    pub async fn open_room(&self, room_id: &str) {
        let row = format!("[data-testid='room-row'][data-room-id='{room_id}']");
        let found = self.find_css(&row).await;
        found.click().await.expect("a room can be opened");
        self.find("timeline").await;
    }

    /// Waits for a message whose text contains this.
    pub async fn wait_for_message(&self, text: &str) -> Value {
        let script = format!(
            "return [...document.querySelectorAll('[data-testid=message]')]\
               .some((m) => m.textContent.includes({}))",
            json!(text)
        );
        self.wait_until(&format!("the message {text:?}"), &script).await
    }

    pub async fn send(&self, text: &str) {
        self.fill("composer", text).await;
        self.click("send").await;
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.end_driver();
    }
}
