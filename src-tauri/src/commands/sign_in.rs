//! From signed out to signed in, and back.

use herold_core::{
    App,
    protocol::{PasswordSignIn, ServerInfo, StartupRemedy},
};
use tauri::State;
use zeroize::Zeroizing;

use super::{Answer, wire};

#[tauri::command]
pub(crate) async fn discover_server(app: State<'_, App>, server: String) -> Answer<ServerInfo> {
    app.discover(&server).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn sign_in(app: State<'_, App>, request: PasswordSignIn) -> Answer<()> {
    app.sign_in(request).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn enter_password(app: State<'_, App>, password: String) -> Answer<()> {
    app.enter_password(Zeroizing::new(password)).await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn sign_out(app: State<'_, App>) -> Answer<()> {
    app.sign_out().await.map_err(wire)
}

#[tauri::command]
pub(crate) async fn resolve_startup(
    app: State<'_, App>,
    remedy: StartupRemedy,
    passphrase: Option<String>,
) -> Answer<()> {
    app.resolve_startup(remedy, passphrase.map(Zeroizing::new)).await.map_err(wire)
}
