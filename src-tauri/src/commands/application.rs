//! The window itself, its event stream and the settings.

use herold_core::{
    App,
    protocol::{AppEvent, AppSnapshot, ConnectionState, SessionState, Settings},
};
use tauri::{AppHandle, Manager, State, WebviewWindow, ipc::Channel};

use super::{Answer, wire};
use crate::{links, window};

/// A window that subscribes (again) starts from nothing: its earlier lists are dropped.
#[tauri::command]
pub(crate) async fn subscribe_app(
    handle: AppHandle,
    webview: WebviewWindow,
    app: State<'_, App>,
    events: Channel<AppEvent>,
) -> Answer<AppSnapshot> {
    if let Ok(session) = app.session() {
        session.drop_window(webview.label());
    }
    let (snapshot, mut stream) = app.subscribe();
    let telling = handle.state::<links::Telling>();
    let window = handle.clone();
    telling.begin(tauri::async_runtime::spawn(async move {
        links::follow_pending(&window);
        while let Some(event) = stream.next().await {
            let may_know_more_rooms = matches!(
                event,
                AppEvent::Session { state: SessionState::SignedIn { .. } }
                    | AppEvent::Connection { state: ConnectionState::Online }
            );
            if events.send(event).is_err() {
                return;
            }
            if may_know_more_rooms {
                links::follow_pending(&window);
            }
        }
    }));
    Ok(snapshot)
}

#[tauri::command]
pub(crate) fn window_ready(webview: WebviewWindow, background: [u8; 3]) {
    window::paint(&webview, background);
    window::show(&webview);
}

#[tauri::command]
pub(crate) fn update_settings(app: State<'_, App>, settings: Settings) -> Answer<()> {
    app.update_settings(settings).map_err(wire)
}

/// Ends the wait for the next attempt to reach the server.
#[tauri::command]
pub(crate) fn retry_connection(app: State<'_, App>) -> Answer<()> {
    app.session().map_err(wire)?.retry_connection();
    Ok(())
}
