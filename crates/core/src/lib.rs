//! Herold without a window: sessions, rooms, conversations on top of matrix-sdk.
//!
//! `App` is the entrance. No type of matrix-sdk leaves this crate, and nothing here knows Tauri.

#![recursion_limit = "256"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod app;
mod compose;
mod error;
mod files;
mod gallery;
mod keystore;
mod late_answers;
mod link_previews;
pub mod list;
pub mod log;
mod media;
mod moment;
mod outgoing;
mod profile;
mod recordings;
mod rooms;
mod runtime;
mod seal;
mod send_queues;
mod session;
mod settings;
mod sync;
mod tasks;
mod timeline;

pub use app::{App, AppEvents, Config};
pub use error::{Error, Result};
pub use herold_policy as policy;
pub use herold_protocol as protocol;
pub use herold_rich_text::plain as plain_text;
pub use media::{MediaContent, Opening, opening};
pub use profile::ProfilePaths;
pub use recordings::RecordingSink;
pub use rooms::Followed;
pub use runtime::{STACK, runtime};
pub use send_queues::Sending;
pub use session::{IncomingMessages, Session};
