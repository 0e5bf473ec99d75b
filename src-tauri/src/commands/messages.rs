//! Writing, and what links lead to.

use herold_core::{
    App, Followed,
    protocol::{
        Block, ConversationId, Draft, LinkOutcome, LinkPreview, OutgoingText, Place, TakenBack,
    },
};
use tauri::{AppHandle, State};

use super::{Answer, call, call_app, wire};
use crate::outside;

#[tauri::command]
pub(crate) async fn send_message(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    message: OutgoingText,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.send_message(&conversation, &request_id, message).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn send_location(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    place: Place,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.send_location(&conversation, &request_id, place).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn preview_text(app: State<'_, App>, message: OutgoingText) -> Answer<Vec<Block>> {
    Ok(app.session().map_err(wire)?.preview_text(&message))
}

#[tauri::command]
pub(crate) async fn retry_send(
    app: State<'_, App>,
    conversation: ConversationId,
    row_id: String,
) -> Answer<()> {
    call(&app, move |session| async move { session.retry_send(&conversation, &row_id).await }).await
}

#[tauri::command]
pub(crate) async fn cancel_send(
    app: State<'_, App>,
    conversation: ConversationId,
    row_id: String,
) -> Answer<()> {
    call(&app, move |session| async move { session.cancel_send(&conversation, &row_id).await })
        .await
}

#[tauri::command]
pub(crate) async fn undo_send(app: State<'_, App>, request_id: String) -> Answer<TakenBack> {
    call(&app, move |session| async move { session.undo_send(&request_id).await }).await
}

#[tauri::command]
pub(crate) async fn load_draft(
    app: State<'_, App>,
    conversation: ConversationId,
) -> Answer<Option<Draft>> {
    call(&app, move |session| async move { session.load_draft(&conversation).await }).await
}

#[tauri::command]
pub(crate) async fn save_draft(
    app: State<'_, App>,
    conversation: ConversationId,
    draft: Option<Draft>,
) -> Answer<()> {
    call(&app, move |session| async move { session.save_draft(&conversation, draft).await }).await
}

#[tauri::command]
pub(crate) async fn open_link(
    handle: AppHandle,
    app: State<'_, App>,
    target: String,
    shown: String,
    confirmed: bool,
) -> Answer<LinkOutcome> {
    let followed =
        call(
            &app,
            move |session| async move { session.follow_link(&target, &shown, confirmed).await },
        );
    match followed.await? {
        Followed::Room { room_id, event_id } => Ok(LinkOutcome::Room { room_id, event_id }),
        Followed::Ask(outcome) => Ok(outcome),
        Followed::External(url) => {
            outside::open_address(&handle, &url).await.map_err(wire)?;
            Ok(LinkOutcome::Opened)
        }
    }
}

#[tauri::command]
pub(crate) async fn link_preview(
    app: State<'_, App>,
    room_id: String,
    target: String,
    confirmed: bool,
) -> Answer<LinkPreview> {
    call_app(&app, move |app| async move { app.link_preview(&room_id, &target, confirmed).await })
        .await
}
