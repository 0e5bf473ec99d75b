//! Links from outside: `matrix:` and matrix.to addresses given by other programs.
//!
//! A link can arrive before anybody is signed in or before the room list is there. It waits here until
//! the room is known or the server has told all rooms.

use std::sync::{Mutex, PoisonError};

use herold_core::{
    App, Followed,
    protocol::{AppEvent, ConnectionState},
};
use tauri::{AppHandle, Manager, async_runtime::JoinHandle};

use crate::commands;

/// The last link that could not be followed yet.
#[derive(Default)]
pub(crate) struct Pending(Mutex<Option<String>>);

impl Pending {
    pub(crate) fn from_arguments(arguments: impl Iterator<Item = String>) -> Self {
        Self(Mutex::new(arguments.skip(1).find(|argument| is_link(argument))))
    }

    fn put(&self, link: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(link);
    }

    fn take(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Only Matrix links are taken from the command line and other programs.
pub(crate) fn is_link(text: &str) -> bool {
    text.len() < 2048
        && (text.starts_with("matrix:")
            || text.starts_with("https://matrix.to/")
            || text.starts_with("http://matrix.to/"))
}

/// Ends the task that told the window of changes until it was reloaded.
#[derive(Default)]
pub(crate) struct Telling(Mutex<Option<JoinHandle<()>>>);

impl Telling {
    pub(crate) fn begin(&self, task: JoinHandle<()>) {
        let mut running = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(before) = running.replace(task) {
            before.abort();
        }
    }
}

/// Follows a link now, or once that is possible.
pub(crate) fn follow(handle: &AppHandle, link: &str) {
    if is_link(link) {
        handle.state::<Pending>().put(link.to_owned());
        follow_pending(handle);
    }
}

pub(crate) fn follow_pending(handle: &AppHandle) {
    let app = handle.state::<App>().inner().clone();
    if app.session().is_err() {
        return;
    }
    let Some(link) = handle.state::<Pending>().take() else { return };
    let handle = handle.clone();
    tauri::async_runtime::spawn(async move {
        let (target, online) = (link.clone(), is_online(&app));
        let followed = commands::call(&app, move |session| async move {
            if online {
                session.follow_link_from_outside(&target).await
            } else {
                session.follow_link(&target, "", false).await
            }
        })
        .await;
        match followed {
            Ok(Followed::Room { room_id, event_id }) => {
                app.announce(AppEvent::OpenRoom { room_id, event_id });
            }
            Ok(Followed::External(_) | Followed::Ask(_)) => {}
            Err(_) if !online => {
                handle.state::<Pending>().put(link);
                if is_online(&app) {
                    follow_pending(&handle);
                }
            }
            Err(error) => app.announce(AppEvent::Problem { error }),
        }
    });
}

fn is_online(app: &App) -> bool {
    *app.connection().borrow() == ConnectionState::Online
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_matrix_links_come_in_from_outside() {
        assert!(is_link("matrix:r/amt:example.org"));
        assert!(is_link("https://matrix.to/#/#amt:example.org"));
        assert!(!is_link("--flag"));
        assert!(!is_link("https://example.org/"));
        assert!(!is_link("javascript:alert(1)"));
    }

    #[test]
    fn the_first_link_of_the_command_line_waits() {
        let arguments = ["herold", "--x", "matrix:u/anna:example.org"].map(str::to_owned);
        let pending = Pending::from_arguments(arguments.into_iter());
        assert_eq!(pending.take().as_deref(), Some("matrix:u/anna:example.org"));
        assert_eq!(pending.take(), None);
    }
}
