//! herold-cli: the core without a window.
//!
//! Every command prints for people, or with `--json` one JSON value a line for scripts. Secrets come
//! from standard input, never from arguments or the environment. Exit codes are in `exit`, the words
//! for failures in `words`.

#![recursion_limit = "256"]

mod arguments;
mod cause;
mod commands;
mod exit;
mod json;
mod output;
mod secrets;
mod words;

use std::process::ExitCode;

use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    // A script reads standard error; the log is for a developer who asks.
    if std::env::var_os("HEROLD_LOG").is_some() {
        herold_core::log::init();
    }
    let arguments = Arguments::parse();
    let json = arguments.json;
    // The first thread has a stack of its own size.
    let thread = std::thread::Builder::new().stack_size(herold_core::STACK);
    match thread.spawn(|| run(arguments)) {
        Ok(running) => running.join().unwrap_or(ExitCode::FAILURE),
        Err(error) => exit::failed(json, &error.into()),
    }
}

fn run(arguments: Arguments) -> ExitCode {
    let json = arguments.json;
    let runtime = match herold_core::runtime() {
        Ok(runtime) => runtime,
        Err(error) => return exit::failed(json, &error.into()),
    };
    let result = runtime.block_on(commands::run(arguments));
    // Reading standard input may block a thread for ever; the program does not wait for it.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => exit::failed(json, &error),
    }
}
