//! A person's own name and picture.

use herold_core::{App, protocol::ProfilePermissions};
use tauri::State;

use super::{Answer, call};

#[tauri::command]
pub(crate) async fn profile_permissions(app: State<'_, App>) -> Answer<ProfilePermissions> {
    call(&app, |session| async move { session.profile_permissions().await }).await
}

#[tauri::command]
pub(crate) async fn set_display_name(app: State<'_, App>, name: String) -> Answer<()> {
    call(&app, move |session| async move { session.set_display_name(&name).await }).await
}

/// `staged` names what `pick_picture` answered; `null` removes the picture.
#[tauri::command]
pub(crate) async fn set_picture(app: State<'_, App>, staged: Option<String>) -> Answer<()> {
    call(&app, move |session| async move { session.set_picture(staged.as_deref()).await }).await
}
