//! Real servers and devices for tests and for the demo, each started in one line.
//!
//! Nothing here knows `herold-core`: other people's devices are played by matrix-sdk itself,
//! so that a test never checks the core against the core. Whatever is started ends with the
//! value that stands for it, and at the latest with the process.
//!
//! Start at [`Synapse::start`], [`shared_synapse`], [`Device::sign_in`], [`FaultProxy::before`].

// This crate is test code: a failed step has no caller that could handle it, it has a
// reader who needs to know which step it was. Hence panics with messages.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]
#![recursion_limit = "256"]

pub mod bench;
pub mod demo;
mod device;
mod fault_proxy;
mod http;
pub mod picture;
mod ports;
mod stub;
mod synapse;
mod tls_proxy;

pub use device::{Device, Message, Poll};
pub use fault_proxy::{Fault, FaultProxy, Recorded};
pub use ports::free_port;
pub use stub::Stub;
pub use synapse::{Synapse, SynapseBuilder, User, seed, shared_synapse};
pub use tls_proxy::{Certificate, TlsProxy};
