//! Voice messages: the core has the microphone, the window only sees how loud it is.

use herold_core::{
    App, RecordingSink,
    protocol::{ConversationId, RecordingEvent, VoiceRecording},
};
use tauri::{State, WebviewWindow, ipc::Channel};

use super::{Answer, call, wire};

#[tauri::command]
pub(crate) async fn start_recording(
    app: State<'_, App>,
    webview: WebviewWindow,
    conversation: ConversationId,
    events: Channel<RecordingEvent>,
) -> Answer<()> {
    // A window that is gone hears nothing, and its recording is ended by what replaces it.
    let sink: RecordingSink = Box::new(move |event| {
        let _ = events.send(event);
    });
    call(&app, move |session| async move {
        session.start_recording(&conversation, webview.label(), sink).await
    })
    .await
}

#[tauri::command]
pub(crate) async fn stop_recording(
    app: State<'_, App>,
    conversation: ConversationId,
) -> Answer<VoiceRecording> {
    call(&app, move |session| async move { session.stop_recording(&conversation).await }).await
}

#[tauri::command]
pub(crate) async fn kept_recording(
    app: State<'_, App>,
    conversation: ConversationId,
) -> Answer<Option<VoiceRecording>> {
    Ok(app.session().map_err(wire)?.kept_recording(&conversation))
}

#[tauri::command]
pub(crate) async fn discard_recording(
    app: State<'_, App>,
    conversation: ConversationId,
) -> Answer<()> {
    call(&app, move |session| async move { session.discard_recording(&conversation).await }).await
}

#[tauri::command]
pub(crate) async fn send_recording(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    filename: String,
    reply_to: Option<String>,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.send_recording(&conversation, &request_id, &filename, reply_to).await
    })
    .await
}
