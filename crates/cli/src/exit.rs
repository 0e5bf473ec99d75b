//! Exit codes, stable for scripts.

use std::{io::Write, process::ExitCode};

use herold_core::{
    Error,
    protocol::{ErrorKind, ErrorReason},
};

pub(crate) const HELP: &str = "\
Exit codes:
  0  done
  1  failed for a reason not listed here
  2  wrong use of the command line
  3  not signed in, or wrong user name or password
  4  no connection to the server, or it did not answer
  5  not found (server, room, message)
  6  not allowed (by the server, the room or the organisation's policy)
  7  the profile or the keyring cannot be used
  8  the server asks for a pause; try again later
  9  the input is not valid or too large
  10 not supported by the server";

fn code(kind: ErrorKind, reason: Option<ErrorReason>) -> u8 {
    match (kind, reason) {
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

/// Says on standard error what went wrong.
pub(crate) fn failed(json: bool, error: &Error) -> ExitCode {
    let wire = error.to_wire();
    let line = if json {
        serde_json::to_string(&serde_json::json!({ "error": wire })).unwrap_or_default()
    } else {
        format!("herold-cli: {}", words(error.kind, error.reason))
    };
    let _ = writeln!(std::io::stderr(), "{line}");
    ExitCode::from(code(error.kind, error.reason))
}

fn words(kind: ErrorKind, reason: Option<ErrorReason>) -> &'static str {
    match reason {
        Some(ErrorReason::WrongCredentials) => "User name or password is wrong.",
        Some(ErrorReason::ServerUnknown) => "There is no server of that name. Check the spelling.",
        Some(ErrorReason::ServerUnreachable) => {
            "The server cannot be reached. Check the network and the server's name."
        }
        Some(ErrorReason::NotMatrix) => "The server is not a Matrix homeserver.",
        Some(ErrorReason::NoSlidingSync) => {
            "The server lacks simplified sliding sync (MSC4186); its administrator can add it."
        }
        Some(ErrorReason::CertificateExpired) => {
            "The server's certificate expired; its administrator can renew it."
        }
        Some(ErrorReason::CertificateInvalid) => "The server's certificate cannot be trusted.",
        Some(ErrorReason::ServerNameInvalid) => "That is not a server name.",
        Some(ErrorReason::KeyringMissing) => {
            "There is no keyring. Start one, or use --key-file with a passphrase."
        }
        Some(ErrorReason::KeyringLocked) => "The keyring is locked. Unlock it and try again.",
        Some(ErrorReason::KeyMissing) => {
            "The keyring has no key for this profile; it was made by somebody else or elsewhere."
        }
        Some(ErrorReason::PassphraseNeeded) => {
            "The profile is protected by a passphrase: use --key-file and give it on standard input."
        }
        Some(ErrorReason::WrongPassphrase) => "The passphrase is wrong.",
        Some(ErrorReason::PassphraseTooShort) => "The passphrase needs at least 12 characters.",
        Some(ErrorReason::StoreUnreadable) => {
            "The profile is damaged or belongs to another key. Nothing was changed."
        }
        Some(ErrorReason::StoreNewer) => {
            "The profile was written by a newer version. Update Herold."
        }
        Some(ErrorReason::DiskFull) => "The disk is full. Free some space and try again.",
        Some(ErrorReason::ProfileInUse) => "Another program has this profile open. Close it first.",
        Some(ErrorReason::NotWritable) => "The profile's directory cannot be written.",
        Some(ErrorReason::MessageTooLong) => "The message is too long.",
        Some(ErrorReason::PollEnded) => "The poll has ended already.",
        Some(ErrorReason::AccountDeactivated) => {
            "The account was deactivated or locked; its administrator knows why."
        }
        Some(ErrorReason::NoPasswordSignIn) => "The server offers no sign-in with a password.",
        Some(ErrorReason::ServerError) => "The server has an internal error. Try again later.",
        Some(ErrorReason::ServerNotAllowed) => {
            "The organisation's policy does not allow this server. Ask the IT department."
        }
        _ => of_kind(kind),
    }
}

fn of_kind(kind: ErrorKind) -> &'static str {
    match kind {
        ErrorKind::SignedOut => "Nobody is signed in. Use `herold-cli login`.",
        ErrorKind::NotFound => "Not found.",
        ErrorKind::Offline => "No connection to the server.",
        ErrorKind::Timeout => "The server did not answer in time.",
        ErrorKind::RateLimited => "The server asks for a pause. Try again later.",
        ErrorKind::Forbidden => "That is not allowed here.",
        ErrorKind::NeedsVerification => "This device has to be verified first.",
        ErrorKind::IdentityChanged => {
            "A person's cryptographic identity changed. Compare it with them first."
        }
        ErrorKind::InsecureDevices => {
            "A recipient has devices that are not verified, which the settings exclude."
        }
        ErrorKind::TooLarge => "That is larger than the server takes.",
        ErrorKind::Unsupported => "The server cannot do that.",
        ErrorKind::PolicyForbids => {
            "The organisation's policy does not allow that. Ask the IT department."
        }
        ErrorKind::Storage => {
            "The profile cannot be read or written. Check the disk and its permissions."
        }
        ErrorKind::Invalid => "What was entered does not make sense here.",
        ErrorKind::Cancelled => "Stopped on request.",
        ErrorKind::Internal => "A defect in herold-cli. Please report it; --json tells more.",
    }
}
