//! Files in and out. Paths stay on this side: a window knows a file by an identifier alone.

use std::{
    path::{Path, PathBuf},
    sync::Arc,
};

use herold_core::{
    App, Opening, Session, opening,
    protocol::{
        AppEvent, ConversationId, ErrorKind, FileOutcome, FileText, MediaToken, OutgoingFiles,
        OutgoingText, RecordingFacts, SavedFile, StagedFile, WireError,
    },
};
use tauri::{
    AppHandle, Manager, State,
    ipc::{InvokeBody, Request},
};
use tauri_plugin_dialog::DialogExt;

use super::{Answer, call, on_thread, wire};
use crate::{clipboard, outside};

/// Lets the person choose files in the system's dialog.
#[tauri::command]
pub(crate) async fn pick_files(handle: AppHandle, app: State<'_, App>) -> Answer<Vec<StagedFile>> {
    let (sender, chosen) = tokio::sync::oneshot::channel();
    handle.dialog().file().pick_files(move |files| {
        let _ = sender.send(files.unwrap_or_default());
    });
    let chosen = chosen.await.unwrap_or_default();
    let paths = chosen.into_iter().filter_map(|path| path.into_path().ok()).collect();
    let announcing = app.inner().clone();
    call(&app, move |session| async move { Ok(stage_paths(&announcing, &session, paths).await) })
        .await
}

/// Lets the person choose one picture; `null` if they thought better of it. What it is decides whoever takes it.
#[tauri::command]
pub(crate) async fn pick_picture(
    handle: AppHandle,
    app: State<'_, App>,
) -> Answer<Option<StagedFile>> {
    let (sender, chosen) = tokio::sync::oneshot::channel();
    let pictures = ["png", "jpg", "jpeg", "webp", "gif"];
    handle.dialog().file().add_filter("PNG, JPEG, WebP, GIF", &pictures).pick_file(move |file| {
        let _ = sender.send(file);
    });
    let chosen = chosen.await.unwrap_or_default().and_then(|file| file.into_path().ok());
    let Some(path) = chosen else { return Ok(None) };
    call(&app, move |session| async move { session.stage_path(&path).await.map(Some) }).await
}

/// Takes files that were dropped onto the window, and tells it.
pub(crate) fn dropped(handle: &AppHandle, paths: Vec<PathBuf>) {
    let app = handle.state::<App>().inner().clone();
    tauri::async_runtime::spawn(async move {
        let staging = on_thread(move || async move {
            let session = app.session()?;
            let files = stage_paths(&app, &session, paths).await;
            if !files.is_empty() {
                app.announce(AppEvent::FilesDropped { files });
            }
            Ok(())
        });
        // Without an account there is nowhere to send them.
        let _ = staging.await;
    });
}

async fn stage_paths(app: &App, session: &Session, paths: Vec<PathBuf>) -> Vec<StagedFile> {
    let report = |error: herold_core::Error| {
        app.announce(AppEvent::Problem { error: error.to_wire() });
    };
    stage_each(paths, async |path: &Path| session.stage_path(path).await, report).await
}

/// One that cannot be taken is reported, and holds up none of the others.
async fn stage_each(
    paths: Vec<PathBuf>,
    stage: impl AsyncFn(&Path) -> herold_core::Result<StagedFile>,
    report: impl Fn(herold_core::Error),
) -> Vec<StagedFile> {
    let mut files = Vec::with_capacity(paths.len());
    for path in paths {
        match stage(&path).await {
            Ok(file) => files.push(file),
            Err(error) => report(error),
        }
    }
    files
}

/// Takes pasted content: the body is the content, headers say what it is called.
#[tauri::command]
pub(crate) async fn stage_file(app: State<'_, App>, request: Request<'_>) -> Answer<StagedFile> {
    let InvokeBody::Raw(bytes) = request.body() else {
        return Err(wire(herold_core::Error::new(ErrorKind::Invalid)));
    };
    let header = |name: &str| {
        let value = request.headers().get(name).and_then(|value| value.to_str().ok());
        percent_decoded(value.unwrap_or_default())
    };
    let (name, mime_type) = (header("x-filename"), header("x-mime-type"));
    let bytes = bytes.clone();
    call(&app, move |session| async move { session.stage_bytes(&name, &mime_type, bytes).await })
        .await
}

/// Takes the picture that was copied, where the page does not get it; `null` where there is none.
#[tauri::command]
pub(crate) async fn stage_copied_picture(
    handle: AppHandle,
    app: State<'_, App>,
    filename: String,
) -> Answer<Option<StagedFile>> {
    let Some(bytes) = clipboard::picture(&handle).await else { return Ok(None) };
    let stage = |session: Arc<Session>| async move {
        session.stage_bytes(&filename, "image/png", bytes).await.map(Some)
    };
    call(&app, stage).await
}

fn percent_decoded(text: &str) -> String {
    url::form_urlencoded::parse(format!("v={}", text.replace('+', "%2B")).as_bytes())
        .next()
        .map(|(_, value)| value.into_owned())
        .unwrap_or_default()
}

/// Takes what the window's player tells of a staged film or sound.
#[tauri::command]
pub(crate) async fn describe_staged(
    app: State<'_, App>,
    id: String,
    facts: RecordingFacts,
) -> Answer<StagedFile> {
    call(&app, move |session| async move { session.describe_staged(&id, facts).await }).await
}

#[tauri::command]
pub(crate) fn discard_staged(app: State<'_, App>, ids: Vec<String>) {
    if let Ok(session) = app.session() {
        session.discard_staged(&ids);
    }
}

#[tauri::command]
pub(crate) async fn send_files(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    files: OutgoingFiles,
) -> Answer<()> {
    call(
        &app,
        move |session| async move { session.send_files(&conversation, &request_id, files).await },
    )
    .await
}

#[tauri::command]
pub(crate) async fn send_text_as_file(
    app: State<'_, App>,
    conversation: ConversationId,
    request_id: String,
    filename: String,
    message: OutgoingText,
) -> Answer<()> {
    call(&app, move |session| async move {
        session.send_text_as_file(&conversation, &request_id, &filename, message).await
    })
    .await
}

/// Saves to the downloads folder and opens from there, so that the person knows where it is. What may be a program is
/// opened for nobody: neither a question in the window nor what runs there can be trusted with that.
#[tauri::command]
pub(crate) async fn open_file(
    handle: AppHandle,
    app: State<'_, App>,
    token: MediaToken,
    filename: String,
    confirmed: bool,
) -> Answer<FileOutcome> {
    match opening(&filename) {
        Opening::Never => return Ok(FileOutcome::Refused),
        Opening::Asked if !confirmed => return Ok(FileOutcome::Confirm),
        Opening::Asked | Opening::AtOnce => {}
    }
    let path = save(&handle, &app, token, filename).await?;
    outside::open_file(&handle, &path).await.map_err(wire)?;
    Ok(FileOutcome::Opened { path: path.display().to_string() })
}

#[tauri::command]
pub(crate) async fn file_text(app: State<'_, App>, token: MediaToken) -> Answer<FileText> {
    call(&app, move |session| async move { session.file_text(&token).await }).await
}

/// Saves to the downloads folder.
#[tauri::command]
pub(crate) async fn save_file(
    handle: AppHandle,
    app: State<'_, App>,
    token: MediaToken,
    filename: String,
) -> Answer<SavedFile> {
    let may_run = opening(&filename) != Opening::AtOnce;
    let path = save(&handle, &app, token, filename).await?.display().to_string();
    Ok(SavedFile { path, may_run })
}

#[tauri::command]
pub(crate) async fn save_text(
    handle: AppHandle,
    app: State<'_, App>,
    filename: String,
    text: String,
) -> Answer<String> {
    let folder = downloads(&handle)?;
    let saving =
        call(&app, move |session| async move { session.save_text(&filename, text, &folder).await });
    Ok(saving.await?.display().to_string())
}

async fn save(
    handle: &AppHandle,
    app: &App,
    token: MediaToken,
    filename: String,
) -> Answer<PathBuf> {
    let folder = downloads(handle)?;
    call(app, move |session| async move { session.save_file(&token, &filename, &folder).await })
        .await
}

fn downloads(handle: &AppHandle) -> Result<PathBuf, WireError> {
    handle
        .path()
        .download_dir()
        .or_else(|_| handle.path().home_dir())
        .map_err(|error| wire(herold_core::Error::new(ErrorKind::Storage).with_source(error)))
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use herold_core::{
        Error,
        protocol::{AttachmentKind, FileMetadata},
    };

    use super::*;

    fn staged(path: &Path) -> StagedFile {
        StagedFile {
            recording: None,
            id: String::new(),
            filename: path.display().to_string(),
            size: 1,
            mime_type: "text/plain".to_owned(),
            kind: AttachmentKind::File,
            picture: None,
            metadata: FileMetadata::None,
            problem: None,
        }
    }

    #[tokio::test]
    async fn a_file_that_is_gone_keeps_the_others_from_nothing() {
        let reported = RefCell::new(Vec::new());
        let stage = async |path: &Path| match path.to_str() {
            Some("gone.txt") => Err(Error::new(ErrorKind::NotFound)),
            _ => Ok(staged(path)),
        };
        let paths = ["a.txt", "gone.txt", "b.txt"].map(PathBuf::from).to_vec();
        let files = stage_each(paths, stage, |error| reported.borrow_mut().push(error.kind)).await;
        let names: Vec<_> = files.into_iter().map(|file| file.filename).collect();
        assert_eq!(names, ["a.txt", "b.txt"]);
        assert_eq!(reported.into_inner(), [ErrorKind::NotFound]);
    }

    #[test]
    fn names_of_pasted_files_arrive_as_they_are() {
        assert_eq!(percent_decoded("Lageplan%20S%C3%BCd.png"), "Lageplan Süd.png");
        assert_eq!(percent_decoded("a+b%26c.txt"), "a+b&c.txt");
        assert_eq!(percent_decoded("%FF%ZZ"), "\u{FFFD}%ZZ");
    }
}
