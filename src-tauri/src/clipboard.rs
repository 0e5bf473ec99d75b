//! The picture that was copied, such as a screenshot.
//!
//! WebKitGTK (2.50) tells a page that something is pasted, but not what, where it is a picture. The webviews
//! of other systems give it to the page as a file.

#[cfg(target_os = "linux")]
pub(crate) async fn picture(handle: &tauri::AppHandle) -> Option<Vec<u8>> {
    use gtk::{Clipboard, gdk};

    let (sender, received) = tokio::sync::oneshot::channel();
    let ask = move || {
        let clipboard = Clipboard::get(&gdk::SELECTION_CLIPBOARD);
        clipboard.request_contents(&gdk::Atom::intern("image/png"), move |_, contents| {
            // Negative where there is no such content.
            let picture = (contents.length() > 0).then(|| contents.data());
            let _ = sender.send(picture);
        });
    };
    handle.run_on_main_thread(ask).ok()?;
    received.await.ok().flatten()
}

#[cfg(not(target_os = "linux"))]
#[expect(clippy::unused_async, reason = "asks nobody here")]
pub(crate) async fn picture(_: &tauri::AppHandle) -> Option<Vec<u8>> {
    None
}
