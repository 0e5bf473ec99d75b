//! Writing, and what messages lead to.

use herold_core::{
    App, Followed,
    protocol::{ErrorKind, LinkOutcome, MediaToken},
};
use tauri::{AppHandle, Manager, State};

use super::{Answer, wire};
use crate::links;

#[tauri::command]
pub(crate) async fn send_text(
    app: State<'_, App>,
    room_id: String,
    request_id: String,
    body: String,
) -> Answer<()> {
    app.session().map_err(wire)?.send_text(&room_id, &request_id, &body).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn retry_send(app: State<'_, App>, room_id: String, row_id: String) -> Answer<()> {
    app.session().map_err(wire)?.retry_send(&room_id, &row_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn cancel_send(
    app: State<'_, App>,
    room_id: String,
    row_id: String,
) -> Answer<()> {
    app.session().map_err(wire)?.cancel_send(&room_id, &row_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn load_draft(app: State<'_, App>, room_id: String) -> Answer<Option<String>> {
    app.session().map_err(wire)?.load_draft(&room_id).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn save_draft(app: State<'_, App>, room_id: String, text: String) -> Answer<()> {
    app.session().map_err(wire)?.save_draft(&room_id, text).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn vote(
    app: State<'_, App>,
    room_id: String,
    event_id: String,
    answers: Vec<String>,
) -> Answer<()> {
    app.session().map_err(wire)?.vote(&room_id, &event_id, answers).await.map_err(wire)
}

/// Saves to the downloads folder and answers with the path.
#[tauri::command]
pub(crate) async fn save_file(
    handle: AppHandle,
    app: State<'_, App>,
    token: MediaToken,
    filename: String,
) -> Answer<String> {
    let no_folder = |error| wire(herold_core::Error::new(ErrorKind::Storage).with_source(error));
    let folder =
        handle.path().download_dir().or_else(|_| handle.path().home_dir()).map_err(no_folder)?;
    let session = app.session().map_err(wire)?;
    let path = session.save_file(&token, &filename, &folder).await.map_err(wire)?;
    Ok(path.display().to_string())
}

#[tauri::command]
pub(crate) async fn open_link(
    handle: AppHandle,
    app: State<'_, App>,
    target: String,
    confirmed: bool,
) -> Answer<LinkOutcome> {
    match app.session().map_err(wire)?.follow_link(&target, confirmed).map_err(wire)? {
        Followed::Room { room_id, .. } => Ok(LinkOutcome::Room { room_id }),
        Followed::Ask(outcome) => Ok(outcome),
        Followed::External(url) => {
            links::open_outside(&handle, &url).map_err(wire)?;
            Ok(LinkOutcome::Opened)
        }
    }
}
