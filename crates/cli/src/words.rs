//! What is said of a failure: what happened, and what one can do about it.

use herold_core::{
    Error,
    protocol::{ErrorKind, ErrorReason},
};

use crate::cause::Cause;

/// What happened, and the remedy. Whole sentences.
pub(crate) type Words = (&'static str, &'static str);

const STORED: &str = "It is stored and goes out while a later command is connected: \
                      do not send it again.";

pub(crate) fn of(error: &Error) -> Words {
    match Cause::of(error) {
        Some(cause) => of_cause(cause),
        None => error.reason.and_then(of_reason).unwrap_or_else(|| of_kind(error.kind)),
    }
}

fn of_cause(cause: Cause) -> Words {
    match cause {
        Cause::PasswordNeeded => (
            "The server asks for the password again. Nothing is lost.",
            "Use `herold-cli login` with the same account.",
        ),
        Cause::SessionEnded => (
            "The session was ended on the server, so the profile was cleaned.",
            "Use `herold-cli login` to begin a new one.",
        ),
        Cause::OtherAccount => (
            "Another account is signed in to this profile.",
            "Sign it out with `herold-cli logout`, or name another profile with --profile.",
        ),
        Cause::EmptySecret => (
            "The password or passphrase is empty.",
            "Give each on a line of standard input, the passphrase first.",
        ),
        Cause::NotText => (
            "Standard input is no text in UTF-8.",
            "Convert it first, for example with `iconv -t UTF-8`.",
        ),
        Cause::NoHome => {
            ("There is no home directory to keep a profile in.", "Name a directory with --profile.")
        }
        Cause::UnknownRoom => (
            "The account has no room of that identifier, alias, link or name.",
            "`herold-cli rooms` lists those it has.",
        ),
        Cause::AmbiguousRoom => (
            "Several rooms have that name.",
            "Use the identifier, which `herold-cli rooms` lists, or an alias.",
        ),
        Cause::Unconfirmed => ("The server did not confirm it in time.", STORED),
        Cause::Interrupted => ("Stopped on request.", "Call it again to do it after all."),
        Cause::InterruptedUnconfirmed => ("Stopped before the server confirmed it.", STORED),
        Cause::OutputClosed => {
            ("Whoever read the output is gone.", "Call it again to see the rest.")
        }
    }
}

/// `None` for what only a window meets. One list, so that the compiler finds what is missing.
fn of_reason(reason: ErrorReason) -> Option<Words> {
    Some(match reason {
        ErrorReason::WrongCredentials => {
            ("User name or password is wrong.", "Check both, and the server.")
        }
        ErrorReason::AccountDeactivated => {
            ("The account was deactivated or locked.", "Ask its administrator.")
        }
        ErrorReason::ServerUnknown => {
            ("There is no server of that name.", "Check the spelling and the network.")
        }
        ErrorReason::ServerUnreachable => {
            ("The server cannot be reached.", "Check the network and the server's name.")
        }
        ErrorReason::NotMatrix => (
            "The server is not a Matrix homeserver.",
            "Ask its administrator for the name of the homeserver.",
        ),
        ErrorReason::NoSlidingSync => {
            ("The server lacks simplified sliding sync (MSC4186).", "Its administrator can add it.")
        }
        ErrorReason::NoPasswordSignIn => {
            ("The server offers no sign-in with a password.", "Its administrator can allow it.")
        }
        ErrorReason::CertificateExpired => (
            "The server's certificate expired.",
            "Its administrator can renew it. Check the clock of this machine, too.",
        ),
        ErrorReason::CertificateInvalid => (
            "The server's certificate cannot be trusted.",
            "Check the clock and the certificate authorities of this machine. \
             If both are right, ask the server's administrator.",
        ),
        ErrorReason::ServerError => ("The server has an internal error.", "Try again later."),
        ErrorReason::ServerNameInvalid => (
            "That is not a server name.",
            "Give one like example.org, or an address that begins with https://.",
        ),
        ErrorReason::ServerNotAllowed => {
            ("The organisation's policy does not allow this server.", "Ask the IT department.")
        }
        ErrorReason::PollEnded => {
            ("The poll has ended already.", "Its result is in `herold-cli poll show`.")
        }
        ErrorReason::MessageRefused => {
            ("The server does not take this message.", "Write it in another way.")
        }
        ErrorReason::MessageTooLong => ("The message is too long.", "Send it in parts."),
        ErrorReason::KeyringMissing => {
            ("There is no keyring.", "Start one, or use --key-file with a passphrase.")
        }
        ErrorReason::KeyringNeeded => (
            "The key of this profile is in a keyring, and none is running.",
            "Start the one that was there when the profile was made, as the same user.",
        ),
        ErrorReason::KeyringFailed => {
            ("The keyring fails. Nothing was changed.", "Try again, or restart the keyring.")
        }
        ErrorReason::KeyringLocked => ("The keyring is locked.", "Unlock it and try again."),
        ErrorReason::KeyMissing => (
            "There is no key for this profile.",
            "Call it as when the profile was made: as the same user, with or without --key-file. \
             If the key is lost, name another directory with --profile and sign in there.",
        ),
        ErrorReason::PassphraseNeeded => (
            "The profile is protected by a passphrase.",
            "Use --key-file, and give it as the first line of standard input.",
        ),
        ErrorReason::WrongPassphrase => (
            "The passphrase is wrong. Nothing was changed.",
            "Try again with the one that the profile was made with.",
        ),
        ErrorReason::PassphraseTooShort => {
            ("The passphrase is too short.", "Choose one of at least 12 characters.")
        }
        ErrorReason::StoreUnreadable => (
            "The profile is damaged or belongs to another key. Nothing was changed.",
            "Bring it back from a backup, \
             or name another directory with --profile and sign in there.",
        ),
        ErrorReason::SessionMissing => (
            "The sign-in that belongs to this profile is missing. Nothing was changed.",
            "Bring it back from a backup, \
             or name another directory with --profile and sign in there.",
        ),
        ErrorReason::DeviceRemoved => (
            "The server has ended this session, and what lay in the profile was deleted.",
            "Use `herold-cli login`.",
        ),
        ErrorReason::AlreadySignedIn => {
            ("Somebody is signed in to this profile.", "Use `herold-cli logout` first.")
        }
        ErrorReason::StoreNewer => {
            ("The profile was written by a newer version.", "Update Herold.")
        }
        ErrorReason::DiskFull => ("The disk is full.", "Free some space and try again."),
        ErrorReason::ProfileInUse => (
            "Another program has this profile open.",
            "Close it, or name another profile with --profile.",
        ),
        ErrorReason::NotWritable => (
            "The profile's directory cannot be written.",
            "Check whose it is, or name another with --profile.",
        ),
        ErrorReason::FileTooLarge
        | ErrorReason::TooLittleMemory
        | ErrorReason::ChangeRefused
        | ErrorReason::LinkRefused
        | ErrorReason::NotInRoom
        | ErrorReason::NoChat
        | ErrorReason::DeviceStays
        | ErrorReason::HashMismatch
        | ErrorReason::FileGone
        | ErrorReason::LocalFileGone
        | ErrorReason::FileUnreadable
        | ErrorReason::NotAFile
        | ErrorReason::NotAPicture
        | ErrorReason::NameTooLong
        | ErrorReason::ProfileManaged
        | ErrorReason::TooManyFiles
        | ErrorReason::TooManyForwarded
        | ErrorReason::ForwardRefused
        | ErrorReason::PollHasVotes
        | ErrorReason::MessageDeleted
        | ErrorReason::NoMicrophone
        | ErrorReason::MicrophoneRefused
        | ErrorReason::MicrophoneUnusable => return None,
    })
}

fn of_kind(kind: ErrorKind) -> Words {
    match kind {
        ErrorKind::SignedOut => {
            ("Nobody is signed in, or the session has ended.", "Use `herold-cli login`.")
        }
        ErrorKind::NotFound => (
            "There is nothing of that name.",
            "Check the identifiers; `herold-cli rooms` lists the rooms.",
        ),
        ErrorKind::Offline => {
            ("There is no connection to the server.", "Check the network and try again.")
        }
        ErrorKind::Timeout => ("The server did not answer in time.", "Try again later."),
        ErrorKind::RateLimited => ("The server asks for a pause.", "Try again later."),
        ErrorKind::Forbidden => (
            "That is not allowed here.",
            "Accept an invitation in a window first, or ask who administers the room or server.",
        ),
        ErrorKind::NeedsVerification => {
            ("This device has to be verified first.", "Use one that is verified.")
        }
        ErrorKind::IdentityChanged => {
            ("A person's cryptographic identity changed.", "Compare it with them first.")
        }
        ErrorKind::InsecureDevices => (
            "A recipient has devices that are not verified, which the settings exclude.",
            "Ask them to verify these.",
        ),
        ErrorKind::TooLarge => ("That is larger than the server takes.", "Send it in parts."),
        ErrorKind::Unsupported => {
            ("The server cannot do that.", "Its administrator can update it.")
        }
        ErrorKind::PolicyForbids => {
            ("The organisation's policy does not allow that.", "Ask the IT department.")
        }
        ErrorKind::Storage => (
            "The profile cannot be read or written.",
            "Check --profile, the disk and its permissions.",
        ),
        ErrorKind::Invalid => (
            "What was entered does not make sense here.",
            "`--help` after the command says what it takes.",
        ),
        ErrorKind::Cancelled => ("Stopped on request.", "Call it again to do it after all."),
        ErrorKind::Internal => {
            ("This is a defect in herold-cli.", "Please report it with all that was printed.")
        }
    }
}
