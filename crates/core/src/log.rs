//! The log: what the application does, without message text, tokens or full identifiers.
//!
//! Only Herold's own crates are heard. The SDK's log names rooms and people; it can be turned on with
//! `HEROLD_LOG` for a developer's own account.

use tracing_subscriber::EnvFilter;

const DEFAULT: &str = "off,herold_core=info,herold_shell=info,herold_cli=info";

/// Writes to standard error. A second call does nothing.
pub fn init() {
    let filter = EnvFilter::try_from_env("HEROLD_LOG").unwrap_or_else(|_| EnvFilter::new(DEFAULT));
    let _ = tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .with_ansi(false)
        .try_init();
}
