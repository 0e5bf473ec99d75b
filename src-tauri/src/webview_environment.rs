//! Linux: what the webview reads from the environment of the process, and can be told in no other way that
//! holds before it starts.
//!
//! Drawing without graphics acceleration, where policy asks for it or nothing could accelerate: without a graphics
//! processor (virtual desktops, servers), WebKitGTK would still compose the window with OpenGL and have Mesa compute
//! it, which takes 150 MB more, and five times the processor time for a blinking caret.
//!
//! Collecting all garbage each time: otherwise JavaScriptCore leaves what survived once until the heap has
//! grown sixfold, and then holds up the page for 35 to 80 ms (decision 16).

#![allow(unsafe_code)]

use std::{path::Path, sync::OnceLock};

use herold_policy::Policy;

/// Where it is set already, the person or the desktop has decided.
const COMPOSITING: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";
/// With drawing itself switched off, Mesa (and LLVM with it) would still be loaded only to be asked what it
/// can do: by GTK for the visuals of the screen, by WebKitGTK for the ways to pass frames on and for the name of
/// the device, which is not asked for where there is one.
const WITHOUT_GRAPHICS: [(&str, &str); 4] = [
    (COMPOSITING, "1"),
    ("GDK_GL", "disable"),
    ("WEBKIT_DISABLE_DMABUF_RENDERER", "1"),
    ("WEBKIT_WEB_RENDER_DEVICE_FILE", "/dev/null"),
];
const GARBAGE: (&str, &str) = ("JSC_useGenerationalGC", "0");

/// What was set here.
static OWN: OnceLock<Vec<&str>> = OnceLock::new();

/// Must come before anything that starts a thread.
pub(crate) fn prepare(policy: &Policy) {
    let mut own = set(&[GARBAGE]);
    let accelerated = !policy.software_rendering() && has_graphics(Path::new("/dev"));
    if !accelerated && std::env::var_os(COMPOSITING).is_none() {
        own.extend(set(&WITHOUT_GRAPHICS));
    }
    let _ = OWN.set(own);
}

/// The switches that are meant for Herold's own webview and for no program that it starts.
pub(crate) fn own() -> &'static [&'static str] {
    OWN.get().map_or(&[], Vec::as_slice)
}

/// Leaves alone what is set already, and answers with what was not.
fn set(switches: &[(&'static str, &str)]) -> Vec<&'static str> {
    let unset = switches.iter().filter(|(switch, _)| std::env::var_os(switch).is_none());
    unset
        .map(|(switch, value)| {
            // SAFETY: the program has one thread yet, so nobody reads the environment meanwhile. Starting the
            // program again with another environment would load all its libraries twice.
            unsafe { std::env::set_var(switch, value) };
            *switch
        })
        .collect()
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
