//! Waiting for the server no longer than that can help, and the true cause where it does not.

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use herold_core::{
    App, Error, Result, Session,
    protocol::{AppEvent, ConnectionState, ErrorKind, ErrorReason, OfflineReason, SessionState},
};
use tokio::time::{Instant, timeout_at};

use super::blocked;
use crate::cause::Cause;

/// Longest wait for the server before a command that needs it gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The session, once the server has told what is new.
///
/// # Errors
/// Why there is no session, or why the server was not reached. At once where waiting is of no use.
pub(super) async fn connected(app: &App) -> Result<Arc<Session>> {
    let (snapshot, mut events) = app.subscribe();
    let (mut session, mut connection) = (snapshot.session, snapshot.connection);
    if session == SessionState::SignedOut {
        return Err(Error::new(ErrorKind::SignedOut));
    }
    let (end, end_ms) = (Instant::now() + PATIENCE, now_ms() + PATIENCE.as_millis() as u64);
    loop {
        if let Some(error) = end_of(&session) {
            return Err(error);
        }
        if connection == ConnectionState::Online {
            return app.session();
        }
        if !may_connect(&connection, end_ms) {
            return Err(not_connected(&connection));
        }
        match timeout_at(end, events.next()).await {
            Ok(Some(AppEvent::Session { state })) => session = state,
            Ok(Some(AppEvent::Connection { state })) => connection = state,
            Ok(Some(_)) => {}
            Ok(None) | Err(_) => return Err(not_connected(&connection)),
        }
    }
}

/// Waits until the server ends the session, and says what follows from that.
pub(super) async fn session_ended(app: &App) -> Error {
    let (snapshot, mut events) = app.subscribe();
    let mut session = snapshot.session;
    loop {
        if let Some(error) = end_of(&session) {
            return error;
        }
        match events.next().await {
            Some(AppEvent::Session { state }) => session = state,
            Some(_) => {}
            None => return Error::new(ErrorKind::Internal),
        }
    }
}

/// Why a session that there was is none any more.
fn end_of(session: &SessionState) -> Option<Error> {
    match session {
        SessionState::SignedIn { .. } => None,
        SessionState::PasswordNeeded { .. } => Some(Cause::PasswordNeeded.into()),
        SessionState::Blocked { error, .. } => Some(blocked(error.clone())),
        SessionState::Starting | SessionState::SignedOut | SessionState::SigningOut => {
            Some(Cause::SessionEnded.into())
        }
    }
}

/// Whether the server may be reached until then, in milliseconds since the Unix epoch.
fn may_connect(connection: &ConnectionState, end_ms: u64) -> bool {
    match connection {
        ConnectionState::Offline { reason: OfflineReason::Certificate, .. } => false,
        ConnectionState::Offline { retry_at_ms: Some(at), .. } => *at < end_ms,
        _ => true,
    }
}

fn not_connected(connection: &ConnectionState) -> Error {
    let ConnectionState::Offline { reason, retry_at_ms } = connection else {
        return Error::new(ErrorKind::Timeout);
    };
    let offline = |reason| Error::because(ErrorKind::Offline, reason);
    match reason {
        OfflineReason::Unreachable => offline(ErrorReason::ServerUnreachable),
        OfflineReason::ServerError => offline(ErrorReason::ServerError),
        OfflineReason::Certificate => offline(ErrorReason::CertificateInvalid),
        OfflineReason::NotMatrix => Error::because(ErrorKind::Unsupported, ErrorReason::NotMatrix),
        OfflineReason::TokenRefused => Error::new(ErrorKind::SignedOut),
        OfflineReason::Storage => Error::new(ErrorKind::Storage),
        OfflineReason::DiskFull => Error::because(ErrorKind::Storage, ErrorReason::DiskFull),
        OfflineReason::Internal => Error::new(ErrorKind::Internal),
        OfflineReason::NotAnswering => Error::new(ErrorKind::Timeout),
        OfflineReason::RateLimited => {
            let pause = retry_at_ms.map(|at| Duration::from_millis(at.saturating_sub(now_ms())));
            Error { retry_after: pause, ..Error::new(ErrorKind::RateLimited) }
        }
    }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u64
}

#[cfg(test)]
mod tests {
    use herold_core::protocol::{Account, VerificationStatus};

    use super::*;

    fn offline(reason: OfflineReason, retry_at_ms: Option<u64>) -> ConnectionState {
        ConnectionState::Offline { reason, retry_at_ms }
    }

    fn account() -> Account {
        Account {
            user_id: "@anna:example.org".to_owned(),
            device_id: "DEVICE".to_owned(),
            display_name: None,
            avatar: None,
            homeserver: "https://example.org/".to_owned(),
            verification: VerificationStatus::Unknown,
        }
    }

    #[test]
    fn nobody_waits_for_a_certificate_or_for_an_attempt_that_comes_too_late() {
        assert!(may_connect(&ConnectionState::Connecting, 100));
        assert!(may_connect(&offline(OfflineReason::Unreachable, Some(99)), 100));
        assert!(may_connect(&offline(OfflineReason::RateLimited, None), 100));
        assert!(!may_connect(&offline(OfflineReason::RateLimited, Some(100)), 100));
        assert!(!may_connect(&offline(OfflineReason::Certificate, Some(1)), 100));
    }

    #[test]
    fn the_end_of_the_wait_has_the_true_cause() {
        let cause = |state: &ConnectionState| {
            let error = not_connected(state);
            (error.kind, error.reason)
        };
        let of = |reason| cause(&offline(reason, None));
        assert_eq!(cause(&ConnectionState::Connecting), (ErrorKind::Timeout, None));
        assert_eq!(of(OfflineReason::NotAnswering), (ErrorKind::Timeout, None));
        for (reason, wanted) in [
            (OfflineReason::Unreachable, ErrorReason::ServerUnreachable),
            (OfflineReason::ServerError, ErrorReason::ServerError),
            (OfflineReason::Certificate, ErrorReason::CertificateInvalid),
        ] {
            assert_eq!(of(reason), (ErrorKind::Offline, Some(wanted)));
        }
        let asked = not_connected(&offline(OfflineReason::RateLimited, Some(now_ms() + 90_000)));
        assert_eq!(asked.kind, ErrorKind::RateLimited);
        assert!(asked.retry_after.is_some_and(|pause| pause > Duration::from_secs(80)));
    }

    #[test]
    fn a_session_that_ended_says_whether_the_password_continues_it() {
        let cause = |state: &SessionState| end_of(state).as_ref().and_then(Cause::of);
        let account = account();
        assert!(end_of(&SessionState::SignedIn { account: account.clone() }).is_none());
        let soft = SessionState::PasswordNeeded { account };
        assert_eq!(cause(&soft), Some(Cause::PasswordNeeded));
        assert_eq!(cause(&SessionState::SignedOut), Some(Cause::SessionEnded));
    }
}
