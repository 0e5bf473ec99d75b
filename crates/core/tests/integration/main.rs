//! What the core promises, against a real Synapse, with faults in between.
//!
//! One module per topic. Every test makes its own people on the shared server; only a test that stops
//! or configures a server starts its own. `support` has the person at the machine.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![recursion_limit = "256"]

mod account;
mod answering;
mod apart;
mod ballots;
mod connection;
mod conversation;
mod crash;
mod day;
mod deletions;
mod files;
mod forwarding;
mod hostile;
mod late_answers;
mod link_previews;
mod media;
mod mentions;
mod polls;
mod preview;
mod pump;
mod refused;
mod reports;
mod rooms;
mod session;
mod sign_in;
mod storage;
mod support;
mod threads;
mod voice;
