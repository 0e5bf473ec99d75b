//! One error type for the whole core.
//!
//! Every failure is mapped once, here, to a kind a person can act on and, where that leaves them
//! guessing, a precise reason. The source keeps the technical cause for the log. Texts are worded by
//! the user interface.

use std::{
    error::Error as StdError,
    time::{Duration, SystemTime},
};

use herold_protocol::{ErrorKind, ErrorReason, WireError};
use matrix_sdk::{
    HttpError, RefreshTokenError,
    event_cache::EventCacheError,
    paginators::PaginatorError,
    ruma::api::error::{ErrorKind as ApiErrorKind, RetryAfter},
    sliding_sync::Error as SyncError,
};
use matrix_sdk_base::crypto::OlmError;
use matrix_sdk_ui::timeline::{Error as TimelineError, PaginationError, RedactError};

pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the core.
#[derive(Debug, thiserror::Error)]
#[error("{kind:?}{}", reason.map(|r| format!(" ({r:?})")).unwrap_or_default())]
pub struct Error {
    pub kind: ErrorKind,
    pub reason: Option<ErrorReason>,
    pub retry_after: Option<Duration>,
    #[source]
    pub source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    pub fn new(kind: ErrorKind) -> Self {
        Self { kind, reason: None, retry_after: None, source: None }
    }

    pub fn because(kind: ErrorKind, reason: ErrorReason) -> Self {
        Self { reason: Some(reason), ..Self::new(kind) }
    }

    pub fn with_source(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind of a borrowed SDK error, without its source.
    pub(crate) fn classify(error: &matrix_sdk::Error) -> Self {
        match error {
            matrix_sdk::Error::Http(http) => classify_http(http),
            other => match classify_sdk(other) {
                ErrorKind::Storage => classify_storage(other),
                kind => Self::new(kind),
            },
        }
    }

    /// The form that crosses to a user interface. `detail` names the chain of causes by type of
    /// failure only: addresses, identifiers and texts are cut out.
    pub fn to_wire(&self) -> WireError {
        WireError {
            kind: self.kind,
            reason: self.reason,
            retry_after_ms: self.retry_after.map(|d| d.as_millis() as u64),
            detail: self.source.as_ref().map(|source| redact(&chain(source.as_ref()))),
        }
    }
}

/// Joins an error and its causes. For classification and, redacted, for the help desk.
fn chain(error: &(dyn StdError + 'static)) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let cause_text = cause.to_string();
        if !text.ends_with(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        next = cause.source();
    }
    text
}

/// Removes what identifies people, rooms or servers, and anything that looks like a token.
fn redact(text: &str) -> String {
    text.split_whitespace()
        .map(|word| {
            let secret = word.len() > 40
                || word.contains("://")
                || word.contains("access_token")
                || word.contains("syt_")
                || (word.contains(['@', '!', '#', '$']) && word.contains(':'));
            if secret { "[redacted]" } else { word }
        })
        .collect::<Vec<_>>()
        .join(" ")
        .chars()
        .take(300)
        .collect()
}

impl From<HttpError> for Error {
    fn from(error: HttpError) -> Self {
        let mut mapped = classify_http(&error);
        mapped.source = Some(Box::new(error));
        mapped
    }
}

fn classify_http(error: &HttpError) -> Error {
    match error {
        HttpError::Cached(inner) => classify_http(inner),
        HttpError::Reqwest(error) => classify_transport(error),
        HttpError::RefreshToken(error) => classify_refresh(error),
        HttpError::IntoHttp(_) => Error::new(ErrorKind::Internal),
        HttpError::Api(_) => match error.as_client_api_error() {
            Some(api) => classify_api(api.error_kind(), api.status_code.as_u16()),
            // The answer is not what Matrix promises.
            None => Error::because(ErrorKind::Unsupported, ErrorReason::NotMatrix),
        },
    }
}

/// A refresh that did not get through says nothing about the session; one that was refused ends it.
fn classify_refresh(error: &RefreshTokenError) -> Error {
    let cause = match error {
        RefreshTokenError::MatrixAuth(cause) => classify_http(cause),
        _ => Error::new(ErrorKind::SignedOut),
    };
    match cause.kind {
        ErrorKind::Offline | ErrorKind::Timeout | ErrorKind::RateLimited => cause,
        _ => Error::new(ErrorKind::SignedOut),
    }
}

pub(crate) fn classify_api(kind: Option<&ApiErrorKind>, status: u16) -> Error {
    match kind {
        Some(ApiErrorKind::LimitExceeded(data)) => {
            let mut error = Error::new(ErrorKind::RateLimited);
            error.retry_after = data.retry_after.as_ref().and_then(time_until);
            error
        }
        Some(ApiErrorKind::UnknownToken(_) | ApiErrorKind::MissingToken) => {
            Error::new(ErrorKind::SignedOut)
        }
        Some(ApiErrorKind::UserDeactivated | ApiErrorKind::UserLocked) => {
            Error::because(ErrorKind::Forbidden, ErrorReason::AccountDeactivated)
        }
        Some(ApiErrorKind::Forbidden) => Error::new(ErrorKind::Forbidden),
        Some(ApiErrorKind::NotFound) => Error::new(ErrorKind::NotFound),
        Some(ApiErrorKind::TooLarge) => {
            Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong)
        }
        Some(ApiErrorKind::Unrecognized) => Error::new(ErrorKind::Unsupported),
        _ => match status {
            413 => Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong),
            429 => Error::new(ErrorKind::RateLimited),
            401 => Error::new(ErrorKind::SignedOut),
            403 => Error::new(ErrorKind::Forbidden),
            404 => Error::new(ErrorKind::NotFound),
            408 | 504 => Error::new(ErrorKind::Timeout),
            500.. => Error::because(ErrorKind::Offline, ErrorReason::ServerError),
            _ => Error::new(ErrorKind::Invalid),
        },
    }
}

/// `None` for a time that is over.
pub(crate) fn time_until(after: &RetryAfter) -> Option<Duration> {
    match after {
        RetryAfter::Delay(delay) => Some(*delay),
        RetryAfter::DateTime(time) => time.duration_since(SystemTime::now()).ok(),
    }
}

/// Failures below HTTP. The libraries beneath do not expose a type for a failed name look-up or an
/// expired certificate, so the chain of causes is read.
fn classify_transport(error: &matrix_sdk::reqwest::Error) -> Error {
    let text = chain(error).to_lowercase();
    if text.contains("certificate") || text.contains("unknownissuer") {
        let reason = if text.contains("expired") {
            ErrorReason::CertificateExpired
        } else {
            ErrorReason::CertificateInvalid
        };
        Error::because(ErrorKind::Offline, reason)
    } else if error.is_timeout() {
        Error::new(ErrorKind::Timeout)
    } else if text.contains("dns error") || text.contains("failed to lookup") {
        Error::because(ErrorKind::Offline, ErrorReason::ServerUnknown)
    } else if error.is_decode() {
        Error::because(ErrorKind::Unsupported, ErrorReason::NotMatrix)
    } else {
        Error::because(ErrorKind::Offline, ErrorReason::ServerUnreachable)
    }
}

impl From<matrix_sdk::Error> for Error {
    fn from(error: matrix_sdk::Error) -> Self {
        use matrix_sdk::Error as Sdk;
        match error {
            Sdk::Http(http) => (*http).into(),
            // The SDK has no type for this: its decrypting reader fails like any other.
            Sdk::Io(io) if io.to_string().contains("Hash mismatch") => {
                Self::because(ErrorKind::Invalid, ErrorReason::HashMismatch).with_source(io)
            }
            Sdk::Io(io) => io.into(),
            Sdk::DecryptorError(_) => {
                Self::because(ErrorKind::Invalid, ErrorReason::HashMismatch).with_source(error)
            }
            _ => match classify_sdk(&error) {
                ErrorKind::Storage => storage(error),
                kind => Self::new(kind).with_source(error),
            },
        }
    }
}

fn classify_sdk(error: &matrix_sdk::Error) -> ErrorKind {
    use matrix_sdk::Error as Sdk;
    match error {
        Sdk::AuthenticationRequired => ErrorKind::SignedOut,
        Sdk::StateStore(_)
        | Sdk::EventCacheStore(_)
        | Sdk::MediaStore(_)
        | Sdk::CryptoStoreError(_)
        | Sdk::CrossProcessLockError(_)
        | Sdk::Io(_) => ErrorKind::Storage,
        Sdk::OlmError(error) if matches!(**error, OlmError::Store(_)) => ErrorKind::Storage,
        Sdk::SlidingSync(error) if matches!(**error, SyncError::CryptoStoreError(_)) => {
            ErrorKind::Storage
        }
        // Some failures of a store arrive as text.
        Sdk::UnknownError(error)
            if storage_reason(&error.to_string()) == Some(ErrorReason::DiskFull) =>
        {
            ErrorKind::Storage
        }
        Sdk::WrongRoomState(_) => ErrorKind::Forbidden,
        Sdk::Identifier(_) | Sdk::Url(_) => ErrorKind::Invalid,
        _ => ErrorKind::Internal,
    }
}

/// A failure of the local stores: the disk may be full, or the data unreadable.
pub(crate) fn storage(error: impl StdError + Send + Sync + 'static) -> Error {
    classify_storage(&error).with_source(error)
}

fn classify_storage(error: &(dyn StdError + 'static)) -> Error {
    Error { reason: storage_reason(&chain(error)), ..Error::new(ErrorKind::Storage) }
}

fn storage_reason(text: &str) -> Option<ErrorReason> {
    let text = text.to_lowercase();
    if text.contains("disk is full") || text.contains("no space left") {
        Some(ErrorReason::DiskFull)
    } else if text.contains("readonly") || text.contains("read-only") || text.contains("permission")
    {
        Some(ErrorReason::NotWritable)
    } else if text.contains("not a database")
        || text.contains("malformed")
        || text.contains("cipher")
        || text.contains("decrypt")
    {
        Some(ErrorReason::StoreUnreadable)
    } else {
        None
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        let reason = match error.kind() {
            std::io::ErrorKind::StorageFull | std::io::ErrorKind::QuotaExceeded => {
                Some(ErrorReason::DiskFull)
            }
            std::io::ErrorKind::PermissionDenied | std::io::ErrorKind::ReadOnlyFilesystem => {
                Some(ErrorReason::NotWritable)
            }
            _ => storage_reason(&error.to_string()),
        };
        Self { reason, ..Self::new(ErrorKind::Storage) }.with_source(error)
    }
}

impl From<herold_voice::Error> for Error {
    fn from(error: herold_voice::Error) -> Self {
        use herold_voice::Error as Voice;
        let known = match &error {
            Voice::NoMicrophone(_) => Some((ErrorKind::NotFound, ErrorReason::NoMicrophone)),
            Voice::NotAllowed(_) => Some((ErrorKind::Forbidden, ErrorReason::MicrophoneRefused)),
            Voice::InUse(_) | Voice::Microphone(_) | Voice::NoSound => {
                Some((ErrorKind::Unsupported, ErrorReason::MicrophoneUnusable))
            }
            Voice::Encode(_) | Voice::Write(_) | Voice::Thread(_) | Voice::Interrupted => None,
        };
        match known {
            Some((kind, reason)) => Self::because(kind, reason),
            None => Self::new(ErrorKind::Internal),
        }
        .with_source(error)
    }
}

impl From<matrix_sdk_base::store::StoreError> for Error {
    fn from(error: matrix_sdk_base::store::StoreError) -> Self {
        storage(error)
    }
}

impl From<matrix_sdk::ClientBuildError> for Error {
    fn from(error: matrix_sdk::ClientBuildError) -> Self {
        use matrix_sdk::ClientBuildError as Build;
        match error {
            Build::Http(http) => http.into(),
            Build::InvalidServerName | Build::Url(_) | Build::MissingHomeserver => {
                Self::because(ErrorKind::Invalid, ErrorReason::ServerNameInvalid).with_source(error)
            }
            Build::AutoDiscovery(answer) => HttpError::Api(answer).into(),
            Build::WellKnownLookupDisabled => {
                Self::because(ErrorKind::Unsupported, ErrorReason::NotMatrix).with_source(error)
            }
            Build::SlidingSyncVersion(_) => {
                Self::because(ErrorKind::Unsupported, ErrorReason::NoSlidingSync).with_source(error)
            }
            Build::SqliteStore(store) => {
                let mapped = storage(store);
                // Whatever SQLite calls it, a store that does not open is unreadable.
                Self { reason: mapped.reason.or(Some(ErrorReason::StoreUnreadable)), ..mapped }
            }
        }
    }
}

impl From<EventCacheError> for Error {
    fn from(error: EventCacheError) -> Self {
        classify_cache(&error).with_source(error)
    }
}

fn classify_cache(error: &EventCacheError) -> Error {
    match error {
        EventCacheError::PaginationError(cause) => Error::classify(cause),
        EventCacheError::InitialPaginationError(cause) => classify_pages(cause),
        EventCacheError::Storage(_)
        | EventCacheError::LockingStorage(_)
        | EventCacheError::LinkedChunkLoader(_) => classify_storage(error),
        // Of those that there are, none could be fetched.
        EventCacheError::UnableToLoadPinnedEvents => Error::new(ErrorKind::Offline),
        _ => Error::new(ErrorKind::Internal),
    }
}

fn classify_pages(error: &PaginatorError) -> Error {
    match error {
        PaginatorError::EventNotFound(_) => Error::new(ErrorKind::NotFound),
        PaginatorError::SdkError(cause) => Error::classify(cause),
        PaginatorError::InvalidPreviousState { .. } => Error::new(ErrorKind::Internal),
    }
}

impl From<TimelineError> for Error {
    fn from(error: TimelineError) -> Self {
        let known = match &error {
            TimelineError::Sdk(cause) => Self::classify(cause),
            TimelineError::EventCacheError(cause)
            | TimelineError::PaginationError(PaginationError::EventCache(cause)) => {
                classify_cache(cause)
            }
            TimelineError::PaginationError(PaginationError::Pagination(cause)) => {
                classify_pages(cause)
            }
            TimelineError::RedactError(RedactError::HttpError(cause)) => classify_http(cause),
            TimelineError::SendQueueError(_) => classify_storage(&error),
            TimelineError::EventNotInTimeline(_) => Self::new(ErrorKind::NotFound),
            _ => Self::new(ErrorKind::Internal),
        };
        known.with_source(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn details_for_the_help_desk_name_nobody() {
        let text = "failed for @anna:example.org in !abc:example.org at https://example.org/x?access_token=syt_abc";
        let redacted = redact(text);
        assert!(!redacted.contains("anna"), "{redacted}");
        assert!(!redacted.contains("example.org"), "{redacted}");
        assert!(!redacted.contains("syt_"), "{redacted}");
        assert!(redacted.contains("failed for"));
    }

    #[test]
    fn a_full_disk_is_called_a_full_disk() {
        let error = Error::from(std::io::Error::from(std::io::ErrorKind::StorageFull));
        assert_eq!(error.reason, Some(ErrorReason::DiskFull));
        assert_eq!(storage_reason("database or disk is full"), Some(ErrorReason::DiskFull));
    }

    #[test]
    fn a_full_disk_is_one_too_wherever_the_sdk_met_it() {
        let full = || std::io::Error::other("database or disk is full");
        let crypto = || matrix_sdk_base::crypto::CryptoStoreError::backend(full());
        let store = matrix_sdk_base::store::StoreError::backend(full());
        for error in [
            matrix_sdk::Error::StateStore(Box::new(store)),
            matrix_sdk::Error::OlmError(Box::new(OlmError::Store(crypto()))),
            matrix_sdk::Error::SlidingSync(Box::new(SyncError::CryptoStoreError(crypto()))),
            matrix_sdk::Error::UnknownError(format!("EventCacheStore({:?})", full()).into()),
        ] {
            let known = Error::classify(&error);
            assert_eq!(known.kind, ErrorKind::Storage, "{error:?}");
            assert_eq!(known.reason, Some(ErrorReason::DiskFull), "{error:?}");
        }
        let other = matrix_sdk::Error::UnknownError("no room".into());
        assert_eq!(Error::classify(&other).kind, ErrorKind::Internal);
    }
}
