//! Runs the demo town until Ctrl-C or SIGTERM, and prints how to sign in as one line of JSON.

#![allow(clippy::print_stdout)]
#![recursion_limit = "256"]

use std::{io::Write, path::PathBuf, process::ExitCode};

use clap::Parser;
use herold_testkit::demo::Demo;

/// A Synapse with the fictional Stadt Lindenau, for trying out Herold.
#[derive(Parser)]
struct Arguments {
    /// Where the town lives between two runs.
    #[arg(long, default_value = "herold-demo-data")]
    folder: PathBuf,
    /// Forget the town that is in the folder, and build it anew.
    #[arg(long)]
    fresh: bool,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let demo = tokio::select! {
        demo = Demo::start(&arguments.folder, arguments.fresh) => demo,
        // Interrupted while it was built: the next run builds it anew.
        () = asked_to_stop() => return ExitCode::FAILURE,
    };
    let Ok(line) = serde_json::to_string(&demo.sign_in()) else { return ExitCode::FAILURE };
    println!("{line}");
    if std::io::stdout().flush().is_err() {
        return ExitCode::FAILURE;
    }
    asked_to_stop().await;
    demo.stop().await;
    ExitCode::SUCCESS
}

async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a handler the default action applies, which ends the process as well.
    let _ = tokio::signal::ctrl_c().await;
}
