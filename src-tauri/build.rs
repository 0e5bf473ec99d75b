//! Lists the commands a window may call. Without this list, every local page could call all of them.

const COMMANDS: &[&str] = &[
    "subscribe_app",
    "window_ready",
    "update_settings",
    "discover_server",
    "sign_in",
    "enter_password",
    "sign_out",
    "resolve_startup",
    "subscribe_rooms",
    "set_room_list_query",
    "subscribe_timeline",
    "subscribe_members",
    "subscribe_room",
    "acknowledge",
    "resync",
    "load_more",
    "unsubscribe",
    "set_visible_rooms",
    "mark_read",
    "accept_invitation",
    "decline_invitation",
    "send_text",
    "retry_send",
    "cancel_send",
    "load_draft",
    "save_draft",
    "vote",
    "save_file",
    "open_link",
];

#[allow(clippy::print_stdout)]
fn main() {
    let manifest = tauri_build::AppManifest::new().commands(COMMANDS);
    let attributes = tauri_build::Attributes::new().app_manifest(manifest);
    if let Err(error) = tauri_build::try_build(attributes) {
        // Standard output of a build script is how it speaks.
        println!("cargo::error={error:#}");
    }
}
