//! What can be asked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::json;

#[derive(Parser)]
#[command(name = "herold-cli", version, about = "Herold without a window", after_help = crate::exit::HELP)]
pub(crate) struct Arguments {
    /// Print JSON, one value a line
    #[arg(long, global = true)]
    pub(crate) json: bool,

    /// Directory of the profile [default: HEROLD_DATA_DIR, or the person's own]
    #[arg(long, global = true, value_name = "DIR")]
    pub(crate) profile: Option<PathBuf>,

    /// Protect the profile with a passphrase instead of the keyring; the passphrase is the first line
    /// of standard input
    #[arg(long, global = true)]
    pub(crate) key_file: bool,

    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Subcommand)]
pub(crate) enum Command {
    /// Sign in, or go on after the server asked for the password again; the password is read from
    /// standard input, and not checked where this account is signed in already
    #[command(after_help = json::ACCOUNT)]
    Login {
        /// Server name or base address
        #[arg(long, value_name = "SERVER")]
        homeserver: String,
        /// User name or full user identifier
        #[arg(long, value_name = "NAME")]
        username: String,
    },
    /// Sign out and delete everything of the account from this profile
    #[command(after_help = json::SIGNED_OUT)]
    Logout,
    #[command(flatten)]
    InSession(SessionCommand),
}

/// What needs somebody who is signed in.
#[derive(Subcommand)]
pub(crate) enum SessionCommand {
    /// List rooms, the most recently active first
    #[command(after_help = json::ROOM)]
    Rooms {
        /// Only rooms with unread messages
        #[arg(long)]
        unread: bool,
    },
    /// Print the latest messages of a room
    #[command(after_help = json::MESSAGE)]
    Messages {
        /// Room identifier, alias, link or exact name
        room: String,
        /// How many messages
        #[arg(long, default_value_t = 20, value_name = "NUMBER")]
        limit: usize,
    },
    /// Send a message and wait until the server has it
    #[command(after_help = json::SENT)]
    Send {
        /// Room identifier, alias, link or exact name
        room: String,
        /// The message (markdown); "-" reads standard input
        text: String,
    },
    /// Make, answer, end and show polls
    #[command(subcommand)]
    Poll(PollCommand),
    /// Print new messages of all rooms as they come, until interrupted
    #[command(after_help = json::INCOMING)]
    Watch,
    /// Say whether this device is verified
    #[command(after_help = json::VERIFICATION)]
    VerifyStatus,
}

#[derive(Subcommand)]
pub(crate) enum PollCommand {
    /// Ask a question and wait until the server has it
    #[command(after_help = json::SENT)]
    Create {
        /// Room identifier, alias, link or exact name
        room: String,
        question: String,
        /// 2 to 20 answers
        #[arg(required = true, num_args = 2..=20)]
        answers: Vec<String>,
        /// Show results only after the end
        #[arg(long)]
        secret: bool,
        /// How many answers one person may choose
        #[arg(long, default_value_t = 1, value_name = "NUMBER")]
        max: u32,
    },
    /// Vote; without answers the vote is withdrawn
    #[command(after_help = json::POLL)]
    Vote {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
        /// Texts of the answers, or their numbers from 1
        answers: Vec<String>,
    },
    /// End a poll for everybody
    #[command(after_help = json::POLL)]
    End {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
    },
    /// Print a poll with its votes
    #[command(after_help = json::POLL)]
    Show {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
    },
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    /// The commands that do something, with their names in full.
    fn commands() -> Vec<(String, clap::Command)> {
        fn collect(of: &clap::Command, name: &str, found: &mut Vec<(String, clap::Command)>) {
            for command in of.get_subcommands() {
                let name = format!("{name} {}", command.get_name());
                if command.has_subcommands() {
                    collect(command, &name, found);
                } else {
                    found.push((name, command.clone()));
                }
            }
        }
        let mut found = Vec::new();
        collect(&Arguments::command(), "herold-cli", &mut found);
        found
    }

    #[test]
    fn every_command_shows_its_json() {
        for (name, command) in commands() {
            let help = command.get_after_help().map(ToString::to_string).unwrap_or_default();
            let example: String = help.lines().filter(|line| line.starts_with(' ')).collect();
            let value: Result<serde_json::Value, _> = serde_json::from_str(&example);
            assert!(help.starts_with("With --json, one line") && value.is_ok(), "{name}: {help}");
        }
    }

    #[test]
    fn no_secret_is_taken_from_an_argument() {
        for (name, command) in commands() {
            for argument in command.get_arguments() {
                let id = argument.get_id().as_str();
                assert!(!id.contains("pass") && !id.contains("token"), "{name} has {id}");
            }
        }
    }
}
