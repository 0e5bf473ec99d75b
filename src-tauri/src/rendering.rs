//! Linux: drawing without graphics acceleration, where policy asks for it.
//!
//! WebKitGTK reads its switches from the environment of the process. Changing the environment of a
//! running process is unsafe, so the program replaces itself with a copy that has them.

use std::os::unix::process::CommandExt;

use herold_policy::Policy;

const SWITCH: &str = "WEBKIT_DMABUF_RENDERER_FORCE_SHM";

pub(crate) fn apply(policy: &Policy) {
    if !policy.software_rendering() || std::env::var_os(SWITCH).is_some() {
        return;
    }
    let Ok(program) = std::env::current_exe() else { return };
    let error = std::process::Command::new(program)
        .args(std::env::args_os().skip(1))
        .env(SWITCH, "1")
        .exec();
    tracing::warn!(%error, "cannot switch to software rendering");
}
