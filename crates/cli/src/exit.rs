//! How the program ends when it failed: the exit code, stable for scripts, and one error on
//! standard error.

use std::{io::Write, process::ExitCode};

use herold_core::{
    Error,
    protocol::{ErrorKind, ErrorReason, WireError},
};
use serde::Serialize;

use crate::{cause::Cause, words};

pub(crate) const HELP: &str = "\
Exit codes:
  0    done; also where the reader of the output left (as `head` does), and Ctrl-C at `watch`
  1    failed for a reason not listed here
  2    wrong use of the command line
  3    not signed in, session ended, password needed again, or wrong user name or password
  4    no connection to the server, or it did not answer as it should
  5    not found (server, room, message)
  6    not allowed (by the server, the room or the organisation's policy)
  7    the profile or the keyring cannot be used
  8    the server asks for a pause; try again later
  9    the input is not valid, ambiguous or too large, or another account is signed in
  10   not supported by the server
  130  stopped by Ctrl-C

With --json, standard output has one JSON value a line (`herold-cli COMMAND --help` shows it; later
versions may add fields), and a failure is one line of JSON on standard error, but for exit code 2:
  {\"error\":{\"kind\":\"timeout\",\"reason\":\"unconfirmed\"}}
`reason` (the precise cause), `retryAfterMs` and `detail` (for the help desk) are there where known.";

fn code(error: &Error) -> u8 {
    match Cause::of(error) {
        Some(Cause::OutputClosed) => return 0,
        Some(Cause::Interrupted | Cause::InterruptedUnconfirmed) => return 130,
        _ => {}
    }
    match (error.kind, error.reason) {
        (_, Some(ErrorReason::ServerUnknown)) => 5,
        (ErrorKind::SignedOut, _) => 3,
        (ErrorKind::Offline | ErrorKind::Timeout, _) => 4,
        (ErrorKind::NotFound, _) => 5,
        (
            ErrorKind::Forbidden
            | ErrorKind::PolicyForbids
            | ErrorKind::NeedsVerification
            | ErrorKind::IdentityChanged
            | ErrorKind::InsecureDevices,
            _,
        ) => 6,
        (_, Some(ErrorReason::WrongPassphrase | ErrorReason::PassphraseTooShort)) => 7,
        (ErrorKind::Storage, _) => 7,
        (ErrorKind::RateLimited, _) => 8,
        (ErrorKind::Invalid | ErrorKind::TooLarge, _) => 9,
        (ErrorKind::Unsupported, _) => 10,
        (ErrorKind::Cancelled | ErrorKind::Internal, _) => 1,
    }
}

/// Says on standard error what went wrong. A reader who has seen enough is no failure.
pub(crate) fn failed(json: bool, error: &Error) -> ExitCode {
    let code = code(error);
    if code != 0 {
        let line = if json { as_json(error) } else { as_text(error) };
        let _ = writeln!(std::io::stderr(), "{line}");
    }
    ExitCode::from(code)
}

#[derive(Serialize)]
struct Printed {
    #[serde(flatten)]
    error: WireError,
    #[serde(rename = "reason", skip_serializing_if = "Option::is_none")]
    cause: Option<Cause>,
}

impl Printed {
    fn of(error: &Error) -> Self {
        let cause = Cause::of(error);
        let mut error = error.to_wire();
        if cause.is_some() {
            // It would only name the cause once more.
            error.detail = None;
        }
        Self { error, cause }
    }
}

fn as_json(error: &Error) -> String {
    serde_json::to_string(&serde_json::json!({ "error": Printed::of(error) })).unwrap_or_default()
}

fn as_text(error: &Error) -> String {
    let (what, remedy) = words::of(error);
    let mut text = format!("herold-cli: {what} {remedy}");
    if let Some(pause) = error.retry_after {
        text.push_str(&format!(" It asks for {} seconds.", pause.as_secs_f64().ceil()));
    }
    if let Some(detail) = Printed::of(error).error.detail {
        // It may hold words of the server, which must not command the terminal.
        text.push_str("\n  ");
        text.extend(detail.chars().filter(|c| !c.is_control()));
    }
    text
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    const KINDS: [ErrorKind; 16] = [
        ErrorKind::Offline,
        ErrorKind::Timeout,
        ErrorKind::RateLimited,
        ErrorKind::SignedOut,
        ErrorKind::Forbidden,
        ErrorKind::NotFound,
        ErrorKind::NeedsVerification,
        ErrorKind::IdentityChanged,
        ErrorKind::InsecureDevices,
        ErrorKind::TooLarge,
        ErrorKind::Unsupported,
        ErrorKind::PolicyForbids,
        ErrorKind::Storage,
        ErrorKind::Invalid,
        ErrorKind::Cancelled,
        ErrorKind::Internal,
    ];

    /// What the core fails with where no window is, and the exit code.
    const REASONS: [(ErrorKind, ErrorReason, u8); 29] = [
        (ErrorKind::SignedOut, ErrorReason::WrongCredentials, 3),
        (ErrorKind::SignedOut, ErrorReason::DeviceRemoved, 3),
        (ErrorKind::Forbidden, ErrorReason::AccountDeactivated, 6),
        (ErrorKind::Offline, ErrorReason::ServerUnknown, 5),
        (ErrorKind::Offline, ErrorReason::ServerUnreachable, 4),
        (ErrorKind::Unsupported, ErrorReason::NotMatrix, 10),
        (ErrorKind::Unsupported, ErrorReason::NoSlidingSync, 10),
        (ErrorKind::Unsupported, ErrorReason::NoPasswordSignIn, 10),
        (ErrorKind::Offline, ErrorReason::CertificateExpired, 4),
        (ErrorKind::Offline, ErrorReason::CertificateInvalid, 4),
        (ErrorKind::Offline, ErrorReason::ServerError, 4),
        (ErrorKind::Invalid, ErrorReason::ServerNameInvalid, 9),
        (ErrorKind::PolicyForbids, ErrorReason::ServerNotAllowed, 6),
        (ErrorKind::Storage, ErrorReason::KeyringMissing, 7),
        (ErrorKind::Storage, ErrorReason::KeyringFailed, 7),
        (ErrorKind::Storage, ErrorReason::KeyringLocked, 7),
        (ErrorKind::Storage, ErrorReason::KeyMissing, 7),
        (ErrorKind::Storage, ErrorReason::PassphraseNeeded, 7),
        (ErrorKind::Invalid, ErrorReason::WrongPassphrase, 7),
        (ErrorKind::Invalid, ErrorReason::PassphraseTooShort, 7),
        (ErrorKind::Storage, ErrorReason::StoreUnreadable, 7),
        (ErrorKind::Storage, ErrorReason::StoreNewer, 7),
        (ErrorKind::Storage, ErrorReason::DiskFull, 7),
        (ErrorKind::Storage, ErrorReason::ProfileInUse, 7),
        (ErrorKind::Storage, ErrorReason::NotWritable, 7),
        (ErrorKind::TooLarge, ErrorReason::MessageTooLong, 9),
        (ErrorKind::Forbidden, ErrorReason::PollEnded, 6),
        (ErrorKind::Storage, ErrorReason::SessionMissing, 7),
        (ErrorKind::Invalid, ErrorReason::AlreadySignedIn, 9),
    ];

    const CAUSES: [(Cause, u8); 12] = [
        (Cause::PasswordNeeded, 3),
        (Cause::SessionEnded, 3),
        (Cause::OtherAccount, 9),
        (Cause::EmptySecret, 9),
        (Cause::NotText, 9),
        (Cause::NoHome, 7),
        (Cause::UnknownRoom, 5),
        (Cause::AmbiguousRoom, 9),
        (Cause::Unconfirmed, 4),
        (Cause::Interrupted, 130),
        (Cause::InterruptedUnconfirmed, 130),
        (Cause::OutputClosed, 0),
    ];

    fn all() -> Vec<(Error, Option<u8>)> {
        let kinds = KINDS.map(|kind| (Error::new(kind), None));
        let reasons =
            REASONS.map(|(kind, reason, code)| (Error::because(kind, reason), Some(code)));
        let causes = CAUSES.map(|(cause, code)| (Error::from(cause), Some(code)));
        kinds.into_iter().chain(reasons).chain(causes).collect()
    }

    #[test]
    fn every_failure_ends_with_a_code_that_help_explains() {
        let explained: BTreeSet<u8> =
            HELP.lines().filter_map(|line| line.split_whitespace().next()?.parse().ok()).collect();
        for (error, wanted) in all() {
            let code = code(&error);
            assert!(explained.contains(&code), "{code} of {error}");
            assert!(wanted.is_none_or(|wanted| wanted == code), "{code} of {error}");
        }
    }

    #[test]
    fn every_failure_is_said_in_sentences_with_a_remedy_and_no_two_alike() {
        let mut said = BTreeSet::new();
        for (error, _) in all() {
            let (what, remedy) = words::of(&error);
            for sentence in [what, remedy] {
                assert!(sentence.ends_with('.') && sentence.len() > 12, "{error}: {sentence}");
            }
            said.insert(what);
        }
        // The core and Ctrl-C have the same words for what was stopped.
        assert_eq!(said.len(), all().len() - 1, "{said:#?}");
    }

    #[test]
    fn a_script_reads_the_cause_as_the_reason() {
        assert_eq!(
            as_json(&Cause::Unconfirmed.into()),
            r#"{"error":{"kind":"timeout","reason":"unconfirmed"}}"#
        );
        let full = Error::because(ErrorKind::Storage, ErrorReason::DiskFull);
        assert_eq!(as_json(&full), r#"{"error":{"kind":"storage","reason":"diskFull"}}"#);
    }

    #[test]
    fn the_detail_stands_below_and_cannot_command_the_terminal() {
        let text = as_text(&Error::new(ErrorKind::Internal).with_source("gone\u{1b}[2J wrong"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(lines[1..], ["  gone[2J wrong"], "{text}");
        assert_eq!(as_text(&Cause::AmbiguousRoom.into()).lines().count(), 1);
    }
}
