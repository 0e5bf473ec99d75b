//! Drives the built application in a real window, the way a person does.
//!
//! A `Window` is one running application with its own profile, driven through WebKitWebDriver. Servers
//! and other people's devices come from `herold-testkit`. Everything ends with the value that stands
//! for it. Needs a display, a session bus and a keyring: `scripts/desktop-session.sh` gives them.

// Test code: a failed step has no caller that could handle it, only a reader who wants to know which.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

pub mod axe;
pub mod processes;
mod window;

pub use window::{Options, Window};

use std::path::PathBuf;

/// The application under test; `scripts/test.sh` and `scripts/bench.sh` set it.
pub fn application() -> PathBuf {
    std::env::var_os("HEROLD_BIN")
        .map(PathBuf::from)
        .expect("HEROLD_BIN names the built application; use `make test`")
}
