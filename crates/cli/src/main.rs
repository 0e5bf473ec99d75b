//! herold-cli: the core without a window.
//!
//! Every command prints for people, or with `--json` one JSON value a line for scripts. Secrets come
//! from standard input, never from arguments or the environment. Exit codes are in `exit`.

#![recursion_limit = "256"]

mod arguments;
mod commands;
mod exit;
mod output;
mod secrets;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    herold_core::log::init();
    let arguments = Arguments::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(arguments.json, &herold_core::Error::from(error)),
    };
    let json = arguments.json;
    let result = runtime.block_on(commands::run(arguments));
    // Reading standard input may block a thread for ever; the program does not wait for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(json, &error),
    }
}
