//! Conversations: rows, history, sending.
//!
//! The SDK merges echoes, edits, reactions and late keys; this module only turns its items into rows
//! and keeps the timelines of recently opened rooms alive, so that going back to one costs nothing.

mod attachment;
mod change;
mod drafts;
mod live;
mod message;
mod poll;
mod row;
mod send;

pub(crate) use live::Timelines;
