//! From signed out to signed in, and back.

use herold_core::{
    App, Error,
    protocol::{ErrorKind, ErrorReason, PasswordSignIn, ServerInfo, StartupRemedy},
};
use tauri::State;
use zeroize::Zeroizing;

use super::{Answer, call, call_app, wire};

/// Not while somebody is signed in: the window must not choose then who is contacted.
#[tauri::command]
pub(crate) async fn discover_server(app: State<'_, App>, server: String) -> Answer<ServerInfo> {
    if app.session().is_ok() {
        return Err(wire(Error::because(ErrorKind::Invalid, ErrorReason::AlreadySignedIn)));
    }
    call_app(&app, move |app| async move { app.discover(&server).await }).await
}

#[tauri::command]
pub(crate) async fn sign_in(app: State<'_, App>, request: PasswordSignIn) -> Answer<()> {
    call_app(&app, move |app| async move { app.sign_in(request).await }).await
}

#[tauri::command]
pub(crate) async fn enter_password(app: State<'_, App>, password: String) -> Answer<()> {
    call_app(&app, move |app| async move { app.enter_password(Zeroizing::new(password)).await })
        .await
}

#[tauri::command]
pub(crate) async fn unsent_count(app: State<'_, App>) -> Answer<usize> {
    call(&app, |session| async move { Ok(session.unsent_count().await) }).await
}

/// Where the server could not be told, the window hears of it as of a problem.
#[tauri::command]
pub(crate) async fn sign_out(app: State<'_, App>) -> Answer<()> {
    call_app(&app, move |app| async move { app.sign_out().await.map(drop) }).await
}

#[tauri::command]
pub(crate) async fn resolve_startup(
    app: State<'_, App>,
    remedy: StartupRemedy,
    passphrase: Option<String>,
) -> Answer<()> {
    call_app(&app, move |app| async move {
        app.resolve_startup(remedy, passphrase.map(Zeroizing::new)).await
    })
    .await
}
