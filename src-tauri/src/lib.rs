//! The shell: a window, and thin commands between the interface and the core.
//!
//! Start-up order: policy and profile are opened while the window is being made; the window shows
//! after its first paint. No logic lives here; a command is a call of the core.

#![recursion_limit = "256"]
#![cfg_attr(test, allow(clippy::unwrap_used, clippy::expect_used))]

mod clipboard;
mod commands;
mod environment;
mod links;
mod media_scheme;
mod outside;
#[cfg(target_os = "linux")]
mod revival;
#[cfg(target_os = "linux")]
mod webview_environment;
mod window;

use std::process::ExitCode;

use herold_core::App;
use tauri::RunEvent;

#[cfg(any(target_os = "android", target_os = "ios"))]
#[tauri::mobile_entry_point]
fn start() {
    let _ = run();
}

/// Runs the application until its last window closes.
pub fn run() -> ExitCode {
    herold_core::log::init();
    let policy = herold_policy::read_system();
    for problem in policy.problems() {
        tracing::warn!(problem, "policy");
    }
    #[cfg(target_os = "linux")]
    webview_environment::prepare(&policy);

    let Some(config) = environment::config(policy) else {
        tracing::error!("there is no home directory to keep a profile in; set HEROLD_DATA_DIR");
        return ExitCode::FAILURE;
    };
    let runtime = match herold_core::runtime() {
        Ok(runtime) => runtime,
        Err(error) => {
            tracing::error!(%error, "there are no threads to run on");
            return ExitCode::FAILURE;
        }
    };
    tauri::async_runtime::set(runtime.handle().clone());
    let profile = config.paths.clone();
    let app = tauri::async_runtime::block_on(async { App::new(config) });
    let (starting, threads) = (app.clone(), runtime.handle().clone());
    runtime.spawn_blocking(move || threads.block_on(starting.start()));

    let builder = tauri::Builder::default();
    #[cfg(not(any(target_os = "android", target_os = "ios")))]
    let builder = builder.plugin(window::single_instance(&profile));
    let built = builder
        .plugin(tauri_plugin_dialog::init())
        .plugin(tauri_plugin_opener::init())
        .register_asynchronous_uri_scheme_protocol("herold-media", media_scheme::serve)
        .invoke_handler(commands::handler())
        .manage(app.clone())
        .manage(links::Pending::from_arguments(std::env::args()))
        .manage(links::Telling::default())
        .manage(window::StateFile::new(&profile))
        .manage(window::WebviewFolder::new(&profile))
        .setup(|app| Ok(window::open(app.handle())?))
        .build(tauri::generate_context!());
    let built = match built {
        Ok(built) => built,
        Err(error) => {
            tracing::error!(%error, "the window cannot be opened");
            return ExitCode::FAILURE;
        }
    };
    let code = built.run_return(move |handle, event| match event {
        // From here on a new start is a new instance: nothing is handed to one that is ending.
        #[cfg(not(any(target_os = "android", target_os = "ios")))]
        RunEvent::ExitRequested { .. } => tauri_plugin_single_instance::destroy(handle),
        RunEvent::Exit => tauri::async_runtime::block_on(app.close()),
        #[cfg(any(target_os = "macos", target_os = "ios", target_os = "android"))]
        RunEvent::Opened { urls } => {
            for url in urls {
                links::follow(handle, url.as_str());
            }
        }
        _ => {
            let _ = handle;
        }
    });
    // The core is closed; nobody waits for what else may hang.
    runtime.shutdown_background();
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}
