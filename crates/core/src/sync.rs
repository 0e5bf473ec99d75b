//! Stays connected to the homeserver and says truthfully how that goes.
//!
//! The SDK's own offline mode hides why syncing failed and, with a dead token, asks the server ten
//! times a second for ever. It stays off; the loop here knows the cause, honours `Retry-After`, checks
//! reachability without a token, and wakes the send queues when the server is back.
//! See `docs/decisions/0006-own-reconnect-loop.md`.

mod prober;

use std::{
    sync::Arc,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use herold_protocol::{ConnectionState, ErrorKind, ErrorReason, OfflineReason};
use matrix_sdk::Client;
use matrix_sdk_ui::{
    encryption_sync_service, room_list_service,
    sync_service::{self, State, SyncService},
};
use tokio::{
    sync::{Notify, watch},
    time::{Instant, sleep, sleep_until},
};

pub(crate) use self::prober::Prober;
use crate::Error;

/// How often a running connection is checked, so that a half-open one is noticed.
const CHECK_INTERVAL: Duration = Duration::from_secs(15);
/// A server that takes longer to answer the simplest question is called "not answering".
const CHECK_TIMEOUT: Duration = Duration::from_secs(8);
const SHORTEST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(30);
/// Longer than this nobody waits, whatever the server asks for: a mistaken figure, or one from somebody in
/// between, would mean a day without messages. Five minutes spare a busy server as well.
const LONGEST_ASKED: Duration = Duration::from_secs(5 * 60);

pub(crate) struct Connection {
    pub(crate) client: Client,
    pub(crate) prober: Prober,
    pub(crate) service: Arc<SyncService>,
    pub(crate) state: watch::Sender<ConnectionState>,
    /// Ends a pause early: the network came back, or a person asked.
    pub(crate) retry_now: Arc<Notify>,
}

impl Connection {
    /// Runs for as long as the session.
    pub(crate) async fn keep(self) {
        let mut failures = 0;
        loop {
            let fault = self.run_until_fault(&mut failures).await;
            tracing::info!(kind = ?fault.kind, reason = ?fault.reason, "connection lost");
            if !matches!(self.service.state().get(), State::Idle) {
                self.service.stop().await;
            }
            self.wait_until_reachable(fault, &mut failures).await;
        }
    }

    async fn run_until_fault(&self, failures: &mut u32) -> Error {
        let list_service = self.service.room_list_service();
        // Before the start: what fails at once would be missed.
        let mut list_states = list_service.state();
        let mut states = self.service.state();
        self.service.start().await;
        let mut next_check = Instant::now() + CHECK_INTERVAL;
        loop {
            tokio::select! {
                state = list_states.next() => match state {
                    Some(room_list_service::State::Running) => {
                        *failures = 0;
                        self.announce(ConnectionState::Online);
                        self.client.send_queue().set_enabled(true).await;
                    }
                    Some(
                        room_list_service::State::SettingUp | room_list_service::State::Recovering,
                    ) => self.announce(ConnectionState::CatchingUp),
                    Some(_) => {}
                    None => return Error::new(ErrorKind::Internal),
                },
                state = states.next() => {
                    if let Some(fault) = stopped(&state.unwrap_or(State::Terminated)) {
                        return fault;
                    }
                }
                () = sleep_until(next_check) => {
                    if let Some(fault) = stopped(&self.service.state().get()) {
                        return fault;
                    }
                    if let Err(error) = self.prober.ask().await {
                        return error;
                    }
                    next_check = Instant::now() + CHECK_INTERVAL;
                }
            }
        }
    }

    async fn wait_until_reachable(&self, mut fault: Error, failures: &mut u32) {
        loop {
            *failures += 1;
            let pause = pause(*failures, fault.retry_after);
            self.announce(ConnectionState::Offline {
                reason: offline_reason(&fault),
                retry_at_ms: Some(in_ms(pause)),
            });
            tokio::select! {
                () = sleep(pause) => {}
                () = self.retry_now.notified() => {}
            }
            match self.prober.ask().await {
                Ok(()) => return,
                Err(error) => fault = error,
            }
        }
    }

    fn announce(&self, state: ConnectionState) {
        self.state.send_if_modified(|current| {
            let changed = *current != state;
            if changed {
                *current = state;
            }
            changed
        });
    }
}

/// Exponential, or what the server asked for, within reason.
pub(crate) fn pause(failures: u32, asked: Option<Duration>) -> Duration {
    let backoff = SHORTEST_PAUSE.saturating_mul(1 << (failures - 1).min(5));
    backoff.min(LONGEST_PAUSE).max(asked.unwrap_or_default().min(LONGEST_ASKED))
}

fn in_ms(pause: Duration) -> u64 {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    (now + pause).as_millis() as u64
}

/// What is left is an answer of the server that is no success.
fn offline_reason(error: &Error) -> OfflineReason {
    match (error.kind, error.reason) {
        (ErrorKind::RateLimited, _) => OfflineReason::RateLimited,
        (ErrorKind::Timeout, _) => OfflineReason::NotAnswering,
        (ErrorKind::SignedOut, _) | (_, Some(ErrorReason::AccountDeactivated)) => {
            OfflineReason::TokenRefused
        }
        (ErrorKind::Storage, Some(ErrorReason::DiskFull)) => OfflineReason::DiskFull,
        (ErrorKind::Storage, _) => OfflineReason::Storage,
        (ErrorKind::Internal, _) => OfflineReason::Internal,
        (_, Some(ErrorReason::CertificateExpired | ErrorReason::CertificateInvalid)) => {
            OfflineReason::Certificate
        }
        (_, Some(ErrorReason::ServerUnreachable | ErrorReason::ServerUnknown)) => {
            OfflineReason::Unreachable
        }
        (_, Some(ErrorReason::NotMatrix)) => OfflineReason::NotMatrix,
        _ => OfflineReason::ServerError,
    }
}

/// Why a sync that was started does not run; `None` while it does.
fn stopped(state: &State) -> Option<Error> {
    match state {
        State::Running => None,
        State::Error(error) => Some(fault(error)),
        State::Idle | State::Terminated | State::Offline => Some(Error::new(ErrorKind::Timeout)),
    }
}

fn fault(error: &sync_service::Error) -> Error {
    let sdk = match error {
        sync_service::Error::RoomList(room_list_service::Error::SlidingSync(error)) => error,
        sync_service::Error::EncryptionSync(
            encryption_sync_service::Error::SlidingSync(error)
            | encryption_sync_service::Error::ClientError(error)
            | encryption_sync_service::Error::LockError(error),
        ) => error,
        _ => return Error::new(ErrorKind::Internal),
    };
    Error::classify(sdk)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_half_a_minute_and_obey_the_server() {
        assert_eq!(pause(1, None), Duration::from_secs(1));
        assert_eq!(pause(3, None), Duration::from_secs(4));
        assert_eq!(pause(40, None), LONGEST_PAUSE);
        assert_eq!(pause(1, Some(Duration::from_secs(90))), Duration::from_secs(90));
    }

    #[test]
    fn a_server_that_asks_for_a_day_gets_five_minutes() {
        let day = Duration::from_secs(86_400);
        assert_eq!(pause(1, Some(day)), Duration::from_secs(300));
        assert_eq!(pause(40, Some(day)), Duration::from_secs(300));
    }

    #[test]
    fn the_reason_for_being_offline_is_the_true_one() {
        use OfflineReason as Offline;
        for (kind, reason, shown) in [
            (ErrorKind::RateLimited, None, Offline::RateLimited),
            (ErrorKind::Timeout, None, Offline::NotAnswering),
            (ErrorKind::Offline, Some(ErrorReason::CertificateExpired), Offline::Certificate),
            (ErrorKind::Offline, Some(ErrorReason::ServerUnreachable), Offline::Unreachable),
            (ErrorKind::Offline, Some(ErrorReason::ServerError), Offline::ServerError),
            (ErrorKind::Forbidden, None, Offline::ServerError),
            (ErrorKind::Unsupported, Some(ErrorReason::NotMatrix), Offline::NotMatrix),
            (ErrorKind::SignedOut, None, Offline::TokenRefused),
            (ErrorKind::Forbidden, Some(ErrorReason::AccountDeactivated), Offline::TokenRefused),
            (ErrorKind::Storage, Some(ErrorReason::DiskFull), Offline::DiskFull),
            (ErrorKind::Storage, None, Offline::Storage),
            (ErrorKind::Internal, None, Offline::Internal),
        ] {
            let error = Error { reason, ..Error::new(kind) };
            assert_eq!(offline_reason(&error), shown, "{error}");
        }
    }

    #[test]
    fn a_sync_in_any_state_but_running_has_stopped() {
        assert!(stopped(&State::Running).is_none());
        for state in [State::Idle, State::Terminated, State::Offline] {
            assert_eq!(stopped(&state).unwrap().kind, ErrorKind::Timeout, "{state:?}");
        }
    }

    #[test]
    fn a_sync_that_stops_at_a_full_disk_says_so() {
        let full = std::io::Error::other("database or disk is full");
        let store = matrix_sdk_base::store::StoreError::backend(full);
        let cause =
            room_list_service::Error::SlidingSync(matrix_sdk::Error::StateStore(Box::new(store)));
        let failed = State::Error(Arc::new(sync_service::Error::RoomList(cause)));
        let fault = stopped(&failed).unwrap();
        assert_eq!(offline_reason(&fault), OfflineReason::DiskFull);
    }
}
