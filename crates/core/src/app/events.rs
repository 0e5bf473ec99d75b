//! One stream of everything the application says.

use herold_protocol::{AppEvent, ConnectionState, SessionState};
use tokio::sync::{broadcast, watch};

/// Session and connection changes (the latest state, never a backlog) and single events.
pub struct AppEvents {
    state: watch::Receiver<SessionState>,
    connection: watch::Receiver<ConnectionState>,
    events: broadcast::Receiver<AppEvent>,
}

impl AppEvents {
    pub(super) fn new(
        state: watch::Receiver<SessionState>,
        connection: watch::Receiver<ConnectionState>,
        events: broadcast::Receiver<AppEvent>,
    ) -> Self {
        Self { state, connection, events }
    }

    /// The next event; `None` once the application is gone.
    pub async fn next(&mut self) -> Option<AppEvent> {
        loop {
            tokio::select! {
                biased;
                changed = self.state.changed() => {
                    changed.ok()?;
                    let state = self.state.borrow_and_update().clone();
                    return Some(AppEvent::Session { state });
                }
                changed = self.connection.changed() => {
                    changed.ok()?;
                    let state = self.connection.borrow_and_update().clone();
                    return Some(AppEvent::Connection { state });
                }
                event = self.events.recv() => match event {
                    Ok(event) => return Some(event),
                    Err(broadcast::error::RecvError::Lagged(_)) => {}
                    Err(broadcast::error::RecvError::Closed) => return None,
                }
            }
        }
    }
}
