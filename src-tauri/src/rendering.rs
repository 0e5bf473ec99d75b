//! Linux: drawing without graphics acceleration, where policy asks for it or nothing could accelerate.
//!
//! Without a graphics processor (virtual desktops, servers), WebKitGTK would still compose the window with
//! OpenGL and have Mesa compute it: that takes 130 MB more, and five times the processor time for
//! a blinking caret. WebKitGTK reads its switches from the environment of the process. Changing the
//! environment of a running process is unsafe, so the program replaces itself with a copy that has them.

use std::{os::unix::process::CommandExt, path::Path};

use herold_policy::Policy;

const SWITCH: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

pub(crate) fn apply(policy: &Policy) {
    let accelerated = !policy.software_rendering() && has_graphics(Path::new("/dev"));
    if accelerated || std::env::var_os(SWITCH).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SWITCH, "1")
        .exec();
    tracing::warn!(%error, "cannot switch to software rendering");
}

/// Whether the kernel knows a graphics processor that programs may use. NVIDIA's own driver has a
/// device of its own.
fn has_graphics(devices: &Path) -> bool {
    let rendering =
        |entry: std::fs::DirEntry| entry.file_name().to_string_lossy().starts_with("renderD");
    devices.join("nvidia0").exists()
        || std::fs::read_dir(devices.join("dri"))
            .is_ok_and(|entries| entries.flatten().any(rendering))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_device_that_renders_is_graphics() {
        let devices = tempfile::tempdir().unwrap();
        assert!(!has_graphics(devices.path()));
        let dri = devices.path().join("dri");
        std::fs::create_dir(&dri).unwrap();
        std::fs::write(dri.join("card0"), "").unwrap();
        assert!(!has_graphics(devices.path()));
        std::fs::write(dri.join("renderD128"), "").unwrap();
        assert!(has_graphics(devices.path()));
    }
}
