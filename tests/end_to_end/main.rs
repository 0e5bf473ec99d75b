//! Whole journeys in the real window, against a real Synapse, with other people's devices.

// Test code: a failed step has no caller that could handle it, only a reader who wants to know which.
#![allow(clippy::unwrap_used, clippy::expect_used)]
#![recursion_limit = "256"]

mod accessibility;
mod command_line;
mod faults;
mod journey;
mod keyboard;
mod media;
mod microphone;
mod screen_reader;
mod security;
mod voice;
mod window;
mod world;
