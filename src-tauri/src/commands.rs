//! Commands of the interface, a line or two each. Names and arguments are those of
//! `ui/src/backend.ts`; what may be called is listed in `build.rs` and `capabilities/main.json`.

mod application;
mod lists;
mod messages;
mod rooms;
mod sign_in;

use herold_core::protocol::WireError;
use tauri::{Wry, ipc::Invoke};

/// What a failed command rejects with.
pub(crate) type Answer<T> = Result<T, WireError>;

/// Turns a failure of the core into its wire form.
pub(crate) fn wire(error: herold_core::Error) -> WireError {
    error.to_wire()
}

pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        application::subscribe_app,
        application::window_ready,
        application::update_settings,
        sign_in::discover_server,
        sign_in::sign_in,
        sign_in::enter_password,
        sign_in::sign_out,
        sign_in::resolve_startup,
        lists::subscribe_rooms,
        lists::set_room_list_query,
        lists::subscribe_timeline,
        lists::subscribe_members,
        lists::acknowledge,
        lists::resync,
        lists::load_more,
        lists::unsubscribe,
        rooms::subscribe_room,
        rooms::set_visible_rooms,
        rooms::mark_read,
        rooms::accept_invitation,
        rooms::decline_invitation,
        messages::send_text,
        messages::retry_send,
        messages::cancel_send,
        messages::load_draft,
        messages::save_draft,
        messages::vote,
        messages::save_file,
        messages::open_link,
    ]
}
