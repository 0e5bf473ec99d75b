//! The clipboard, which all windows of a display share with each other and with other programs.

use std::{
    process::Command,
    time::{Duration, Instant},
};

use tokio::sync::{Mutex, MutexGuard};

use crate::world::SOON;

/// Tests run side by side: nobody else's copies anything for as long as this lives.
pub(super) async fn alone() -> MutexGuard<'static, ()> {
    static ALONE: Mutex<()> = Mutex::const_new(());
    ALONE.lock().await
}

/// Waits until the clipboard has such a text.
pub(super) async fn wait_for_text(fits: impl Fn(&str) -> bool) -> String {
    wait_for("UTF8_STRING", fits).await
}

/// The same for another kind of content, or for the list of kinds, which is `TARGETS`.
pub(super) async fn wait_for(target: &str, fits: impl Fn(&str) -> bool) -> String {
    let started = Instant::now();
    loop {
        let output = Command::new("xclip")
            .args(["-selection", "clipboard", "-target", target, "-out"])
            .output()
            .expect("xclip runs");
        let content = String::from_utf8_lossy(&output.stdout);
        if output.status.success() && fits(&content) {
            return content.into_owned();
        }
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(started.elapsed() < SOON, "the clipboard has {content:?} {errors}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}
