//! One room as a whole.

use herold_core::{
    App,
    protocol::{RoomDetails, SubscriptionId},
};
use tauri::{State, WebviewWindow, ipc::Channel};

use super::{Answer, wire};

#[tauri::command]
pub(crate) async fn subscribe_room(
    app: State<'_, App>,
    webview: WebviewWindow,
    room_id: String,
    details: Channel<RoomDetails>,
) -> Answer<SubscriptionId> {
    let session = app.session().map_err(wire)?;
    let sink = Box::new(move |current| details.send(current).is_ok());
    session.subscribe_room(webview.label(), &room_id, sink).map_err(wire)
}

#[tauri::command]
pub(crate) async fn set_visible_rooms(app: State<'_, App>, room_ids: Vec<String>) -> Answer<()> {
    app.session().map_err(wire)?.set_visible_rooms(&room_ids);
    Ok(())
}

#[tauri::command]
pub(crate) async fn mark_read(app: State<'_, App>, room_id: String) -> Answer<()> {
    app.session().map_err(wire)?.mark_read(&room_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn accept_invitation(app: State<'_, App>, room_id: String) -> Answer<()> {
    app.session().map_err(wire)?.accept_invitation(&room_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn decline_invitation(app: State<'_, App>, room_id: String) -> Answer<()> {
    app.session().map_err(wire)?.decline_invitation(&room_id).await.map_err(wire)
}
