//! Failures that only the command line knows of.
//!
//! They travel as the source of an error of the core. What is said of them is in `words`.

use std::fmt;

use herold_core::{Error, protocol::ErrorKind};
use serde::Serialize;

/// Stands in for the reason of an error of the core.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Cause {
    /// The server asks for the password again (specification, "Soft logout").
    PasswordNeeded,
    /// The server ended the session while a command ran, and the profile was cleaned.
    SessionEnded,
    /// Somebody else is signed in to the profile.
    OtherAccount,
    /// A line of standard input that should hold a secret is empty.
    EmptySecret,
    /// Standard input is no UTF-8.
    NotText,
    /// The system names no home directory to keep a profile in.
    NoHome,
    UnknownRoom,
    AmbiguousRoom,
    /// Something was stored that the server did not confirm in time.
    Unconfirmed,
    /// Ctrl-C.
    Interrupted,
    /// Ctrl-C, after something was stored and before the server confirmed it.
    InterruptedUnconfirmed,
    /// Whoever read the output is gone.
    OutputClosed,
}

impl Cause {
    pub(crate) fn of(error: &Error) -> Option<Self> {
        error.source.as_ref()?.downcast_ref::<Self>().copied()
    }

    fn kind(self) -> ErrorKind {
        match self {
            Self::PasswordNeeded | Self::SessionEnded => ErrorKind::SignedOut,
            Self::OtherAccount | Self::EmptySecret | Self::NotText | Self::AmbiguousRoom => {
                ErrorKind::Invalid
            }
            Self::NoHome => ErrorKind::Storage,
            Self::UnknownRoom => ErrorKind::NotFound,
            Self::Unconfirmed => ErrorKind::Timeout,
            Self::Interrupted | Self::InterruptedUnconfirmed | Self::OutputClosed => {
                ErrorKind::Cancelled
            }
        }
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:?}")
    }
}

impl std::error::Error for Cause {}

impl From<Cause> for Error {
    fn from(cause: Cause) -> Self {
        Self::new(cause.kind()).with_source(cause)
    }
}
