//! Commands of the interface, a line or two each. Names and arguments are those of
//! `ui/src/backend.ts`; what may be called is listed in `build.rs` and `capabilities/main.json`.

mod account;
mod application;
mod files;
mod lists;
mod message_actions;
mod messages;
mod polls;
mod rooms;
mod sign_in;
mod voice;

use std::{future::Future, sync::Arc};

pub(crate) use files::dropped as files_dropped;
use herold_core::{
    App, Session,
    protocol::{ErrorKind, WireError},
};
use tauri::{Wry, ipc::Invoke};
use tokio::runtime::Handle;

/// What a failed command rejects with.
pub(crate) type Answer<T> = Result<T, WireError>;

/// Calls the core for the account that is signed in, on a thread for blocking work.
///
/// The futures of the SDK are deep, and whether they may move between threads takes the compiler minutes
/// to work out. Here they need not: the call is made and awaited on the same thread.
pub(crate) async fn call<T, F>(
    app: &App,
    work: impl FnOnce(Arc<Session>) -> F + Send + 'static,
) -> Answer<T>
where
    T: Send + 'static,
    F: Future<Output = herold_core::Result<T>>,
{
    let session = app.session().map_err(wire)?;
    on_thread(move || work(session)).await
}

/// The same for what needs nobody to be signed in.
pub(crate) async fn call_app<T, F>(
    app: &App,
    work: impl FnOnce(App) -> F + Send + 'static,
) -> Answer<T>
where
    T: Send + 'static,
    F: Future<Output = herold_core::Result<T>>,
{
    let app = app.clone();
    on_thread(move || work(app)).await
}

pub(crate) async fn on_thread<T, F>(work: impl FnOnce() -> F + Send + 'static) -> Answer<T>
where
    T: Send + 'static,
    F: Future<Output = herold_core::Result<T>>,
{
    let runtime = Handle::current();
    let done = tokio::task::spawn_blocking(move || runtime.block_on(work())).await;
    done.unwrap_or_else(
        |error| Err(herold_core::Error::new(ErrorKind::Internal).with_source(error)),
    )
    .map_err(wire)
}

/// Turns a failure of the core into its wire form.
pub(crate) fn wire(error: herold_core::Error) -> WireError {
    error.to_wire()
}

pub(crate) fn handler() -> impl Fn(Invoke<Wry>) -> bool + Send + Sync + 'static {
    tauri::generate_handler![
        application::subscribe_app,
        application::window_ready,
        application::update_settings,
        application::retry_connection,
        sign_in::discover_server,
        sign_in::sign_in,
        sign_in::enter_password,
        sign_in::unsent_count,
        sign_in::sign_out,
        sign_in::resolve_startup,
        account::profile_permissions,
        account::set_display_name,
        account::set_picture,
        lists::subscribe_rooms,
        lists::set_room_list_query,
        lists::subscribe_timeline,
        lists::subscribe_threads,
        lists::subscribe_members,
        lists::acknowledge,
        lists::resync,
        lists::load_more,
        lists::unsubscribe,
        rooms::subscribe_room,
        rooms::set_visible_rooms,
        rooms::mark_read,
        rooms::look_away,
        rooms::set_unread,
        rooms::set_typing,
        rooms::event_at_date,
        rooms::thread_of,
        rooms::is_thread_followed,
        rooms::set_thread_followed,
        rooms::suggest_members,
        rooms::suggest_rooms,
        rooms::accept_invitation,
        rooms::decline_invitation,
        messages::send_message,
        messages::send_location,
        messages::preview_text,
        messages::retry_send,
        messages::cancel_send,
        messages::undo_send,
        messages::load_draft,
        messages::save_draft,
        message_actions::message_source,
        message_actions::message_details,
        message_actions::edit_history,
        message_actions::toggle_reaction,
        message_actions::redact_message,
        message_actions::report_message,
        message_actions::set_pinned,
        message_actions::forward_messages,
        message_actions::permalink,
        polls::send_poll,
        polls::edit_poll,
        polls::vote,
        polls::end_poll,
        polls::poll_votes,
        files::pick_files,
        files::pick_picture,
        files::stage_file,
        files::stage_copied_picture,
        files::describe_staged,
        files::discard_staged,
        files::send_files,
        files::send_text_as_file,
        files::open_file,
        files::file_text,
        files::save_file,
        files::save_text,
        voice::start_recording,
        voice::stop_recording,
        voice::kept_recording,
        voice::discard_recording,
        voice::send_recording,
        messages::open_link,
        messages::link_preview,
    ]
}
