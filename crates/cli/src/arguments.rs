//! What can be asked for.

use std::path::PathBuf;

use clap::{Parser, Subcommand};

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
    /// Sign in; the password is read from standard input
    Login {
        /// Server name or base address
        #[arg(long, value_name = "SERVER")]
        homeserver: String,
        /// User name or full user identifier
        #[arg(long, value_name = "NAME")]
        username: String,
    },
    /// Sign out and delete everything of the account from this profile
    Logout,
    /// List rooms, the most recently active first
    Rooms {
        /// Only rooms with unread messages
        #[arg(long)]
        unread: bool,
    },
    /// Print the latest messages of a room
    Messages {
        /// Room identifier, alias, link or exact name
        room: String,
        /// How many messages
        #[arg(long, default_value_t = 20, value_name = "NUMBER")]
        limit: usize,
    },
    /// Send a message and wait until the server has it
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
    Watch,
    /// Say whether this device is verified
    VerifyStatus,
}

#[derive(Subcommand)]
pub(crate) enum PollCommand {
    /// Ask a question and wait until the server has it
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
    Vote {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
        /// Texts of the answers, or their numbers from 1
        answers: Vec<String>,
    },
    /// End a poll for everybody
    End {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
    },
    /// Print a poll with its votes
    Show {
        /// Room identifier, alias, link or exact name
        room: String,
        /// Event identifier of the poll
        poll: String,
    },
}
