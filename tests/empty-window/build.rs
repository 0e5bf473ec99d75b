//! Builds the context of the empty window.

#[allow(clippy::print_stdout)]
fn main() {
    if let Err(error) = tauri_build::try_build(tauri_build::Attributes::new()) {
        println!("cargo::error={error:#}");
    }
}
