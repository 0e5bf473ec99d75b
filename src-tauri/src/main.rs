//! The application. Everything is in the library, so that phones can start it too.

#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

fn main() -> std::process::ExitCode {
    herold_shell::run()
}
