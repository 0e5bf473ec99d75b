//! A person at a terminal, which `script` (util-linux) makes.

use std::{
    io::{Read, Write},
    path::Path,
    process::{Command, ExitStatus, Stdio},
    thread::sleep,
    time::{Duration, Instant},
};

use herold_testkit::shared_synapse;
use tempfile::TempDir;

use super::PASSPHRASE;
use crate::world::SOON;

/// Runs a command, answers each question when it asks it, and returns everything that the terminal showed.
async fn at_terminal(
    profile: &Path,
    arguments: &str,
    answers: &[(&str, &str)],
) -> (ExitStatus, String) {
    let program = std::env::var("HEROLD_CLI_BIN").expect("HEROLD_CLI_BIN names the built program");
    let command = format!("tty && '{program}' --profile '{}' {arguments}", profile.display());
    let mut terminal = Command::new("script")
        .args(["--quiet", "--flush", "--return", "--command", &command, "/dev/null"])
        .env_remove("HEROLD_LOG")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a terminal");
    let answers: Vec<_> =
        answers.iter().map(|(asked, typed)| (asked.to_string(), format!("{typed}\n"))).collect();
    let talk = tokio::task::spawn_blocking(move || {
        let mut keyboard = terminal.stdin.take().expect("a keyboard");
        let mut screen = terminal.stdout.take().expect("a screen");
        let mut answers = answers.into_iter().peekable();
        let (mut shown, mut byte) = (Vec::new(), [0]);
        while screen.read(&mut byte).is_ok_and(|read| read == 1) {
            shown.push(byte[0]);
            if let Some((_, typed)) =
                answers.next_if(|(asked, _)| shown.ends_with(asked.as_bytes()))
            {
                wait_until_nothing_is_echoed(&String::from_utf8_lossy(&shown));
                keyboard.write_all(typed.as_bytes()).expect("typing");
            }
        }
        assert!(answers.next().is_none(), "something was not asked");
        let status = terminal.wait().expect("the end of the command");
        (status, String::from_utf8_lossy(&shown).into_owned())
    });
    tokio::time::timeout(2 * SOON, talk).await.expect("the program ends").expect("a result")
}

/// A person reads a question before they answer it: by then the terminal shows nothing any more of what is typed.
/// The first line that was `shown` names the terminal.
fn wait_until_nothing_is_echoed(shown: &str) {
    let name = shown.lines().next().unwrap_or_default();
    let begin = Instant::now();
    while begin.elapsed() < SOON {
        let settings = Command::new("stty").args(["-a", "-F", name]).output();
        let settings = settings.expect("the settings of a terminal").stdout;
        if String::from_utf8_lossy(&settings).split_whitespace().any(|setting| setting == "-echo") {
            return;
        }
        sleep(Duration::from_millis(10));
    }
    panic!("what is typed would be shown: {shown}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_is_asked_for_password_and_passphrase_and_neither_is_shown() {
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let profile = TempDir::new().expect("a folder for the profile");
    let login =
        format!("--key-file login --homeserver {} --username {}", server.url(), user.localpart);
    let passphrase = ("Passphrase of the profile: ", PASSPHRASE);
    let password = ("Password: ", user.password.as_str());
    let (status, shown) = at_terminal(profile.path(), &login, &[passphrase, password]).await;
    assert!(status.success(), "{shown}");
    assert!(shown.contains(&user.id), "it says who is signed in: {shown}");
    for secret in [PASSPHRASE, &user.password] {
        assert!(!shown.contains(secret), "{shown}");
    }

    let wrong = ("Passphrase of the profile: ", "falsches Pferd");
    let (status, shown) = at_terminal(profile.path(), "--key-file rooms", &[wrong]).await;
    assert_eq!(status.code(), Some(7), "{shown}");
    assert!(!shown.contains("Pferd"), "{shown}");
    let (status, shown) = at_terminal(profile.path(), "--key-file logout", &[passphrase]).await;
    assert!(status.success(), "{shown}");
}
