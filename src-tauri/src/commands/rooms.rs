//! One room as a whole.

use herold_core::{
    App,
    protocol::{ConversationId, MemberRow, RoomDetails, RoomSuggestion, SubscriptionId},
};
use tauri::{State, WebviewWindow, ipc::Channel};

use super::{Answer, call, wire};

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
pub(crate) async fn mark_read(app: State<'_, App>, conversation: ConversationId) -> Answer<()> {
    call(&app, move |session| async move { session.mark_read(&conversation).await }).await
}

#[tauri::command]
pub(crate) async fn look_away(app: State<'_, App>, room_id: String) -> Answer<()> {
    call(&app, move |session| async move { session.look_away(&room_id).await }).await
}

#[tauri::command]
pub(crate) async fn set_unread(app: State<'_, App>, room_id: String, unread: bool) -> Answer<()> {
    call(&app, move |session| async move { session.set_unread(&room_id, unread).await }).await
}

#[tauri::command]
pub(crate) async fn set_typing(app: State<'_, App>, room_id: String, typing: bool) -> Answer<()> {
    call(&app, move |session| async move { session.set_typing(&room_id, typing).await }).await
}

#[tauri::command]
pub(crate) async fn event_at_date(
    app: State<'_, App>,
    room_id: String,
    timestamp_ms: u64,
) -> Answer<Option<String>> {
    call(&app, move |session| async move { session.event_at_date(&room_id, timestamp_ms).await })
        .await
}

#[tauri::command]
pub(crate) async fn thread_of(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
) -> Answer<Option<String>> {
    call(&app, move |session| async move { session.thread_of(&room_id, &event_id).await }).await
}

#[tauri::command]
pub(crate) async fn is_thread_followed(
    app: State<'_, App>,
    room_id: String,
    root_id: String,
) -> Answer<Option<bool>> {
    call(&app, move |session| async move { session.is_thread_followed(&room_id, &root_id).await })
        .await
}

#[tauri::command]
pub(crate) async fn set_thread_followed(
    app: State<'_, App>,
    room_id: String,
    root_id: String,
    followed: bool,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.set_thread_followed(&room_id, &root_id, followed).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn suggest_members(
    app: State<'_, App>,
    room_id: String,
    query: String,
) -> Answer<Vec<MemberRow>> {
    call(&app, move |session| async move { session.suggest_members(&room_id, &query).await }).await
}

#[tauri::command]
pub(crate) async fn suggest_rooms(
    app: State<'_, App>,
    query: String,
) -> Answer<Vec<RoomSuggestion>> {
    Ok(app.session().map_err(wire)?.suggest_rooms(&query))
}

#[tauri::command]
pub(crate) async fn accept_invitation(app: State<'_, App>, room_id: String) -> Answer<()> {
    call(&app, move |session| async move { session.accept_invitation(&room_id).await }).await
}

#[tauri::command]
pub(crate) async fn decline_invitation(app: State<'_, App>, room_id: String) -> Answer<()> {
    call(&app, move |session| async move { session.decline_invitation(&room_id).await }).await
}
