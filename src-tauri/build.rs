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
    "subscribe_threads",
    "subscribe_members",
    "subscribe_room",
    "acknowledge",
    "resync",
    "load_more",
    "unsubscribe",
    "set_visible_rooms",
    "mark_read",
    "set_unread",
    "set_typing",
    "event_at_date",
    "set_thread_followed",
    "suggest_members",
    "suggest_rooms",
    "accept_invitation",
    "decline_invitation",
    "send_message",
    "send_location",
    "preview_text",
    "retry_send",
    "cancel_send",
    "undo_send",
    "load_draft",
    "save_draft",
    "message_source",
    "message_details",
    "edit_history",
    "toggle_reaction",
    "redact_message",
    "report_message",
    "set_pinned",
    "forward_messages",
    "permalink",
    "send_poll",
    "edit_poll",
    "vote",
    "end_poll",
    "poll_votes",
    "pick_files",
    "stage_file",
    "discard_staged",
    "send_files",
    "send_text_as_file",
    "open_file",
    "file_text",
    "save_file",
    "save_text",
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
