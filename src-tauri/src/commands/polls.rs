//! Polls.

use herold_core::{
    App,
    protocol::{ConversationId, PollDraft, PollVotes},
};
use tauri::State;

use super::{Answer, call};

#[tauri::command]
pub(crate) async fn send_poll(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    poll: PollDraft,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.send_poll(&conversation, &request_id, poll).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn edit_poll(
    app: State<'_, App>,
    conversation: ConversationId,
    event_id: String,
    poll: PollDraft,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.edit_poll(&conversation, &event_id, poll).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn vote(
    app: State<'_, App>,
    conversation: ConversationId,
    event_id: String,
    answers: Vec<String>,
) -> Answer<()> {
    call(&app, move |session| async move { session.vote(&conversation, &event_id, answers).await })
        .await
}

#[tauri::command]
pub(crate) async fn end_poll(
    app: State<'_, App>,
    conversation: ConversationId,
    event_id: String,
    words: String,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.end_poll(&conversation, &event_id, &words).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn poll_votes(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
) -> Answer<PollVotes> {
    call(&app, move |session| async move { session.poll_votes(&room_id, &event_id).await }).await
}
