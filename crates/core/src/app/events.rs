//! One stream of everything the application says.

use herold_protocol::{AppEvent, ConnectionState, SecureStorage, SessionState};
use tokio::sync::{broadcast, watch};

/// Changes of what holds the key, of session and connection (the latest state, never a backlog), and single
/// events.
pub struct AppEvents {
    storage: watch::Receiver<Option<SecureStorage>>,
    state: watch::Receiver<SessionState>,
    connection: watch::Receiver<ConnectionState>,
    events: broadcast::Receiver<AppEvent>,
}

impl AppEvents {
    pub(super) fn new(
        storage: watch::Receiver<Option<SecureStorage>>,
        state: watch::Receiver<SessionState>,
        connection: watch::Receiver<ConnectionState>,
        events: broadcast::Receiver<AppEvent>,
    ) -> Self {
        Self { storage, state, connection, events }
    }

    /// The next event; `None` once the application is gone.
    pub async fn next(&mut self) -> Option<AppEvent> {
        loop {
            tokio::select! {
                biased;
                changed = self.storage.changed() => {
                    changed.ok()?;
                    if let Some(storage) = *self.storage.borrow_and_update() {
                        return Some(AppEvent::SecureStorage { storage });
                    }
                }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn where_the_key_lies_is_said_before_the_session_that_it_opens() {
        let storage = watch::Sender::new(None);
        let state = watch::Sender::new(SessionState::Starting);
        let connection = watch::Sender::new(ConnectionState::Connecting);
        let single = broadcast::Sender::new(1);
        let mut events = AppEvents::new(
            storage.subscribe(),
            state.subscribe(),
            connection.subscribe(),
            single.subscribe(),
        );
        storage.send_replace(Some(SecureStorage::KeyFile));
        state.send_replace(SessionState::SignedOut);
        let storage = SecureStorage::KeyFile;
        assert_eq!(events.next().await, Some(AppEvent::SecureStorage { storage }));
        let state = SessionState::SignedOut;
        assert_eq!(events.next().await, Some(AppEvent::Session { state }));
    }
}
