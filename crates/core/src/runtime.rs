//! The threads that the core runs on.

use tokio::runtime::{Builder, Runtime};

/// Bytes of stack for every thread that shows messages.
///
/// The SDK cleans HTML by a function that calls itself for each element within another, and frees it
/// likewise (ruma-html 0.9). A message of 64 KiB holds 21,845 of them, which takes 9 MB without
/// optimisation; with less, one message would end the program at every start. What is not used
/// of it costs nothing.
pub const STACK: usize = 32 << 20;

/// A runtime whose threads have such a stack.
///
/// # Errors
/// As the system has it when it has no threads left.
pub fn runtime() -> std::io::Result<Runtime> {
    Builder::new_multi_thread().enable_all().thread_stack_size(STACK).build()
}
