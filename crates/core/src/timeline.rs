//! Conversations: rows, history, sending.
//!
//! The SDK merges echoes, edits, reactions and late keys; this module only turns its items into rows
//! and keeps the timelines of recently opened rooms alive, so that going back to one costs nothing.

mod actions;
mod apart;
mod attachment;
mod change;
mod deletion;
mod drafts;
mod edits;
mod focus;
mod forward;
mod lasting;
mod live;
mod mentions;
mod message;
mod pins;
mod place;
mod poll;
mod polls;
mod quotations;
mod readdress;
mod readers;
mod redact;
mod relations;
mod row;
mod send;
mod threads;
mod undo;
mod upload;

pub(crate) use edits::brought;
pub(crate) use live::{Timelines, focus_of};
pub(crate) use polls::draft as poll_draft;
pub(crate) use relations::complete;
pub(crate) use send::StoredRequests;
pub(crate) use threads::{FollowedThreads, mark_thread_read};
pub(crate) use undo::LatestSent;
