//! Text from other people, before anybody sees it.
//!
//! Whatever came from the network as text, HTML, link or file name passes through here, and what comes out
//! can be drawn or used as it is: nothing in it runs, leads where it does not say, or takes long. Nothing
//! here knows matrix-sdk; who wrote a text and where it goes is a matter of `herold-core`.

#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

pub mod links;
pub mod markdown;
pub mod text;
mod tree;

pub use tree::{
    DEEPEST, MOST_NODES, each_inline, each_inline_mut, from_message, from_plain, plain, summary,
};
