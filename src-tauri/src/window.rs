//! The one window: where it was, hidden until it has something to show, closed to the outside world.

use std::{path::PathBuf, sync::Arc, time::Duration};

use herold_core::ProfilePaths;
use serde::{Deserialize, Serialize};
use tauri::{
    AppHandle, DragDropEvent, Manager, PhysicalPosition, PhysicalSize, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder, WindowEvent, webview::NewWindowResponse, window::Color,
};
use tokio::sync::Notify;

pub(crate) const LABEL: &str = "main";

/// If the interface has not said by then that it is ready, the window shows anyway (decision 17).
const LONGEST_HIDDEN: Duration = Duration::from_secs(6);

/// Nobody listens there, and only an administrator could. The core does all the networking; what the content
/// security policy does not know of (`<link rel=preconnect>`, which tells names to whoever answers for them) goes no
/// further than this.
#[cfg(target_os = "linux")]
const NOWHERE: &str = "http://127.0.0.1:9";

/// Moving and resizing come in floods.
const SETTLE: Duration = Duration::from_millis(300);

/// Where the window was, in `window.json` of the profile.
pub(crate) struct StateFile(PathBuf);

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
struct WindowState {
    x: i32,
    y: i32,
    width: u32,
    height: u32,
    maximized: bool,
}

impl WindowState {
    /// While it is maximised, the place that it returns to stays what it was.
    fn after(self, before: Option<Self>) -> Self {
        match before {
            Some(before) if self.maximized => Self { maximized: true, ..before },
            _ => self,
        }
    }
}

impl StateFile {
    pub(crate) fn new(paths: &ProfilePaths) -> Self {
        Self(paths.data.join("window.json"))
    }

    fn load(&self) -> Option<WindowState> {
        serde_json::from_slice(&std::fs::read(&self.0).ok()?).ok()
    }

    fn save(&self, state: WindowState) {
        if let Ok(json) = serde_json::to_vec(&state)
            && let Err(error) = std::fs::write(&self.0, json)
        {
            tracing::info!(%error, "cannot remember where the window was");
        }
    }
}

/// The webview's own files. Nothing of an account is kept there: the interface stores nothing, and
/// answers of our schemes are not cached on disk. Emptied before every window all the same.
pub(crate) struct WebviewFolder(PathBuf);

impl WebviewFolder {
    pub(crate) fn new(paths: &ProfilePaths) -> Self {
        Self(paths.cache.join("webview"))
    }

    /// Not before a second start has ended: until then the folder may be that of a running window.
    fn emptied(&self) -> PathBuf {
        let _ = std::fs::remove_dir_all(&self.0);
        self.0.clone()
    }
}

pub(crate) fn open(handle: &AppHandle) -> tauri::Result<()> {
    let builder = WebviewWindowBuilder::new(handle, LABEL, WebviewUrl::default())
        .visible(false)
        .data_directory(handle.state::<WebviewFolder>().emptied())
        .on_navigation(is_own_page)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false);
    #[cfg(target_os = "linux")]
    let builder = builder.proxy_url(NOWHERE.parse().map_err(tauri::Error::InvalidUrl)?);
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let builder = builder.title("Herold").inner_size(1280.0, 800.0).min_inner_size(320.0, 256.0);
    let window = builder.build()?;
    #[cfg(target_os = "linux")]
    crate::revival::watch(&window);
    restore(&window);
    remember(&window);
    take_dropped_files(&window);
    let late = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(LONGEST_HIDDEN).await;
        show(&late);
    });
    Ok(())
}

/// The window shows the interface and nothing else, whatever a page asks for.
fn is_own_page(url: &url::Url) -> bool {
    match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => url.host_str() == Some("tauri.localhost"),
        "about" => url.as_str() == "about:blank",
        _ => false,
    }
}

/// Some webviews need a moment after their window appeared: until then it has the page's own colour.
pub(crate) fn paint(window: &WebviewWindow, [red, green, blue]: [u8; 3]) {
    let _ = window.set_background_color(Some(Color(red, green, blue, u8::MAX)));
}

pub(crate) fn show(window: &WebviewWindow) {
    if !window.is_visible().unwrap_or(false) {
        let _ = window.show();
    }
}

/// Brings the window to the front.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
fn focus(handle: &AppHandle) {
    if let Some(window) = handle.get_webview_window(LABEL) {
        let _ = window.unminimize();
        let _ = window.show();
        let _ = window.set_focus();
    }
}

/// A place that is no longer on any screen is ignored.
fn restore(window: &WebviewWindow) {
    let Some(state) = window.state::<StateFile>().load() else { return };
    let monitors = window.available_monitors().unwrap_or_default();
    let on_screen = monitors.iter().any(|monitor| {
        let (position, size) = (monitor.position(), monitor.size());
        state.x + 100 > position.x
            && state.y >= position.y
            && state.x + 100 < position.x + size.width as i32
            && state.y + 50 < position.y + size.height as i32
    });
    if state.width >= 320 && state.height >= 256 {
        let _ = window.set_size(PhysicalSize::new(state.width, state.height));
    }
    if on_screen {
        let _ = window.set_position(PhysicalPosition::new(state.x, state.y));
    }
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    if state.maximized {
        let _ = window.maximize();
    }
}

/// Files that are dropped come to this side, because only here they have paths.
fn take_dropped_files(window: &WebviewWindow) {
    let handle = window.app_handle().clone();
    window.on_window_event(move |event| {
        if let WindowEvent::DragDrop(DragDropEvent::Drop { paths, .. }) = event {
            crate::commands::files_dropped(&handle, paths.clone());
        }
    });
}

/// Writes down where the window is, a moment after it last moved, so that a crash does not lose it.
fn remember(window: &WebviewWindow) {
    let moved = Arc::new(Notify::new());
    let notify = moved.clone();
    window.on_window_event(move |event| {
        if matches!(event, WindowEvent::Moved(_) | WindowEvent::Resized(_)) {
            notify.notify_one();
        }
    });
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        loop {
            moved.notified().await;
            tokio::time::sleep(SETTLE).await;
            save_place(&window);
        }
    });
}

fn save_place(window: &WebviewWindow) {
    let file = window.state::<StateFile>();
    let (Ok(position), Ok(size)) = (window.outer_position(), window.inner_size()) else { return };
    let now = WindowState {
        x: position.x,
        y: position.y,
        width: size.width,
        height: size.height,
        maximized: window.is_maximized().unwrap_or(false),
    };
    file.save(now.after(file.load()));
}

/// A second start of the same profile hands its links to the first and ends.
#[cfg(not(any(target_os = "android", target_os = "ios")))]
pub(crate) fn single_instance(profile: &ProfilePaths) -> tauri::plugin::TauriPlugin<tauri::Wry> {
    use std::hash::{DefaultHasher, Hash, Hasher};
    let mut hasher = DefaultHasher::new();
    profile.data.hash(&mut hasher);
    tauri_plugin_single_instance::Builder::new()
        .dbus_id(format!("eu.herold.messenger.p{:016x}", hasher.finish()))
        .callback(|handle, arguments, _| {
            focus(handle);
            for link in arguments.iter().filter(|argument| crate::links::is_link(argument)) {
                crate::links::follow(handle, link);
            }
        })
        .build()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_goes_nowhere_else() {
        let own = |url: &str| is_own_page(&url.parse().unwrap());
        assert!(own("tauri://localhost/index.html"));
        assert!(own("http://tauri.localhost/"));
        assert!(!own("https://example.org/"));
        assert!(!own("file:///etc/passwd"));
        assert!(!own("data:text/html,x"));
        assert!(!own("tauri://elsewhere/"));
    }

    #[test]
    fn only_the_instance_that_opens_a_window_empties_the_folder_of_the_webview() {
        let dir = tempfile::tempdir().unwrap();
        let folder = WebviewFolder::new(&ProfilePaths::within(dir.path()));
        std::fs::create_dir_all(&folder.0).unwrap();
        std::fs::write(folder.0.join("of-the-last-start"), "").unwrap();
        let again = WebviewFolder::new(&ProfilePaths::within(dir.path()));
        assert!(folder.0.join("of-the-last-start").exists());
        assert!(!again.emptied().join("of-the-last-start").exists());
    }

    #[test]
    fn a_maximised_window_returns_to_its_earlier_place() {
        let before = WindowState { x: 140, y: 70, width: 900, height: 640, maximized: false };
        let whole = WindowState { x: 0, y: 0, width: 1920, height: 1080, maximized: true };
        assert_eq!(whole.after(Some(before)), WindowState { maximized: true, ..before });
        assert_eq!(before.after(Some(whole)), before);
        assert_eq!(whole.after(None), whole);
    }

    #[test]
    fn the_place_of_the_window_survives() {
        let dir = tempfile::tempdir().unwrap();
        let file = StateFile(dir.path().join("window.json"));
        let state = WindowState { x: 1, y: 2, width: 800, height: 600, maximized: false };
        file.save(state);
        assert_eq!(file.load(), Some(state));
        std::fs::write(&file.0, b"{").unwrap();
        assert_eq!(file.load(), None);
    }
}
