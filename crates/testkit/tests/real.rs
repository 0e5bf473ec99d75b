//! What the testkit promises, against a real Synapse.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]
#![recursion_limit = "256"]

#[path = "real/demo.rs"]
mod demo;
#[path = "real/devices.rs"]
mod devices;
#[path = "real/faults.rs"]
mod faults;
#[path = "real/server.rs"]
mod server;
#[path = "real/tls.rs"]
mod tls;
