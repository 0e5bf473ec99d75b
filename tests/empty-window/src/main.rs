//! An empty Tauri window, built like the application: what start-up and memory are compared with. Nothing is
//! forbidden in it, so that a test sees what the application's own settings are good for.

use tauri::webview::NewWindowResponse;

fn main() -> std::process::ExitCode {
    let built = tauri::Builder::default()
        .setup(|app| {
            tauri::WebviewWindowBuilder::new(app, "main", tauri::WebviewUrl::default())
                .title("Empty")
                .inner_size(1280.0, 800.0)
                .on_new_window(|_, _| NewWindowResponse::Allow)
                .build()?;
            Ok(())
        })
        .run(tauri::generate_context!());
    if built.is_ok() { std::process::ExitCode::SUCCESS } else { std::process::ExitCode::FAILURE }
}
