//! Linux: begins the interface again where its process has ended: a file that took all its memory, a fault in the webview.
//!
//! WebKitGTK shows an empty page then, for ever. Nothing that was stored is lost with it, nor is what is being sent. WKWebView
//! reloads itself (wry), and WebView2 says so in a page of its own.

use std::{
    cell::Cell,
    time::{Duration, Instant},
};

use gtk::glib::timeout_add_local_once;
use tauri::WebviewWindow;
use webkit2gtk::WebViewExt;

/// What ends again so soon may do so each time; a page that comes and goes helps nobody.
const SOON: Duration = Duration::from_secs(60);
const PAUSE: Duration = Duration::from_secs(10);

pub(crate) fn watch(window: &WebviewWindow) {
    let watched = window.with_webview(|webview| {
        let latest = Cell::new(None);
        webview.inner().connect_web_process_terminated(move |view, reason| {
            let again = latest.replace(Some(Instant::now())).is_some_and(|at| at.elapsed() < SOON);
            tracing::error!(?reason, again, "the interface has ended and begins again");
            let view = view.clone();
            let pause = if again { PAUSE } else { Duration::ZERO };
            timeout_add_local_once(pause, move || view.reload());
        });
    });
    if let Err(error) = watched {
        tracing::warn!(%error, "cannot watch over the interface");
    }
}
