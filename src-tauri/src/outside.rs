//! Hands addresses and files to the programs that the system has for them.
//!
//! What may be opened is decided before: an address in `herold_core::Session::follow_link`, a file in
//! `commands::files`.

use std::path::Path;

use herold_core::{Error, Result, protocol::ErrorKind};
use tauri::AppHandle;
#[cfg(not(target_os = "linux"))]
use tauri_plugin_opener::OpenerExt;
use url::Url;

#[cfg(not(target_os = "linux"))]
pub(crate) async fn open_address(handle: &AppHandle, address: &Url) -> Result<()> {
    handle.opener().open_url(address.as_str(), None::<&str>).map_err(unsupported)
}

#[cfg(not(target_os = "linux"))]
pub(crate) async fn open_file(handle: &AppHandle, path: &Path) -> Result<()> {
    handle.opener().open_path(path.to_string_lossy(), None::<&str>).map_err(unsupported)
}

/// The plugin would pass on what Herold sets in the environment for its own webview.
#[cfg(target_os = "linux")]
pub(crate) async fn open_address(_: &AppHandle, address: &Url) -> Result<()> {
    with_one_of(open::commands(address.as_str())).await
}

#[cfg(target_os = "linux")]
pub(crate) async fn open_file(_: &AppHandle, path: &Path) -> Result<()> {
    with_one_of(open::commands(path)).await
}

#[cfg(target_os = "linux")]
async fn with_one_of(launchers: Vec<std::process::Command>) -> Result<()> {
    let start = || linux::start(launchers, crate::webview_environment::own());
    let started = tauri::async_runtime::spawn_blocking(start).await.map_err(unsupported)?;
    started.map_err(unsupported)
}

fn unsupported(error: impl std::error::Error + Send + Sync + 'static) -> Error {
    Error::new(ErrorKind::Unsupported).with_source(error)
}

#[cfg(target_os = "linux")]
mod linux {
    use std::{
        io,
        process::{Command, Stdio},
        thread,
        time::{Duration, Instant},
    };

    /// What cannot open something says so sooner. Some launchers stay for as long as the program that they start.
    const AT_ONCE: Duration = Duration::from_millis(250);
    const LOOK_AGAIN: Duration = Duration::from_millis(10);

    /// Tries one launcher after another, each without these variables of the environment.
    pub(super) fn start(launchers: Vec<Command>, without: &[&str]) -> io::Result<()> {
        let mut failed = io::Error::from(io::ErrorKind::NotFound);
        for mut launcher in launchers {
            for variable in without {
                launcher.env_remove(variable);
            }
            match launch(launcher) {
                Ok(()) => return Ok(()),
                Err(error) => failed = error,
            }
        }
        Err(failed)
    }

    /// In a session of its own: a browser that was first started from here stays when Herold's session ends.
    fn launch(launcher: Command) -> io::Result<()> {
        let mut apart = Command::new("setsid");
        apart.arg(launcher.get_program()).args(launcher.get_args());
        for (variable, value) in launcher.get_envs() {
            match value {
                Some(value) => apart.env(variable, value),
                None => apart.env_remove(variable),
            };
        }
        apart.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = apart.spawn()?;
        let begun = Instant::now();
        while begun.elapsed() < AT_ONCE {
            match child.try_wait()? {
                Some(status) if status.success() => return Ok(()),
                Some(status) => return Err(io::Error::other(status.to_string())),
                None => thread::sleep(LOOK_AGAIN),
            }
        }
        // Somebody has to take note of its end.
        thread::spawn(move || child.wait());
        Ok(())
    }

    #[cfg(test)]
    mod tests {
        use super::*;

        fn shell(script: &str) -> Command {
            let mut shell = Command::new("sh");
            shell.args(["-c", script]);
            shell
        }

        #[test]
        fn a_launcher_that_fails_is_followed_by_the_next() {
            let folder = tempfile::tempdir().unwrap();
            let mark = folder.path().join("opened");
            let opens = || shell(&format!("echo >> '{}'", mark.display()));
            let missing = || Command::new("/nowhere/xdg-open");
            start(vec![missing(), shell("exit 3"), opens(), opens()], &[]).unwrap();
            assert_eq!(std::fs::read_to_string(&mark).unwrap().lines().count(), 1);
            let error = start(vec![missing(), shell("exit 3")], &[]).unwrap_err();
            assert!(error.to_string().contains('3'), "{error}");
            assert!(start(Vec::new(), &[]).is_err());
        }

        /// The sixth field of `/proc/PID/stat`, as the kernel's documentation counts.
        #[test]
        fn what_is_started_is_in_a_session_of_its_own() {
            let folder = tempfile::tempdir().unwrap();
            let mark = folder.path().join("session");
            let says = shell(&format!("cut -d ' ' -f 6 /proc/$$/stat > '{}'", mark.display()));
            start(vec![says], &[]).unwrap();
            let own = std::fs::read_to_string("/proc/self/stat").unwrap();
            let own = own.rsplit(") ").next().unwrap().split(' ').nth(3).unwrap().to_owned();
            assert_ne!(std::fs::read_to_string(&mark).unwrap().trim(), own);
        }

        #[test]
        fn a_launcher_that_stays_with_its_program_is_not_waited_for() {
            let begun = Instant::now();
            start(vec![shell("sleep 5")], &[]).unwrap();
            assert!(begun.elapsed() < Duration::from_secs(3));
        }
    }
}
