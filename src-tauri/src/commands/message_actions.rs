//! What a person does with one message.

use herold_core::{
    App,
    protocol::{ConversationId, Draft, Forward, MessageDetails, Revision},
};
use tauri::State;

use super::{Answer, call};

#[tauri::command]
pub(crate) async fn message_source(
    app: State<'_, App>,
    conversation: ConversationId,
    message: String,
) -> Answer<Draft> {
    call(&app, move |session| async move { session.message_source(&conversation, &message).await })
        .await
}

#[tauri::command]
pub(crate) async fn message_details(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
) -> Answer<MessageDetails> {
    call(&app, move |session| async move { session.message_details(&room_id, &event_id).await })
        .await
}

#[tauri::command]
pub(crate) async fn edit_history(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
) -> Answer<Vec<Revision>> {
    call(&app, move |session| async move { session.edit_history(&room_id, &event_id).await }).await
}

#[tauri::command]
pub(crate) async fn toggle_reaction(
    app: State<'_, App>,
    conversation: ConversationId,
    event_id: String,
    key: String,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.toggle_reaction(&conversation, &event_id, &key).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn redact_message(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
    reason: Option<String>,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.redact_message(&room_id, &event_id, reason).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn report_message(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
    reason: String,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.report_message(&room_id, &event_id, &reason).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn set_pinned(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
    pinned: bool,
) -> Answer<()> {
    call(&app, move |session| async move { session.set_pinned(&room_id, &event_id, pinned).await })
        .await
}

#[tauri::command]
pub(crate) async fn forward_messages(
    app: State<'_, App>,
    room_id: String,
    request_id: String,
    messages: Vec<Forward>,
    targets: Vec<String>,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.forward_messages(&room_id, &request_id, &messages, &targets).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn permalink(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
) -> Answer<String> {
    call(&app, move |session| async move { session.permalink(&room_id, &event_id).await }).await
}
