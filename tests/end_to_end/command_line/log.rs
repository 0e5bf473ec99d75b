//! What a program writes about itself when things fail: something, and no secret.

use std::process::Output;

use herold_testkit::{Fault, FaultProxy, shared_synapse};
use tempfile::TempDir;

use super::{PASSPHRASE, end, herold_cli, room, values};

/// Herold's own crates as loudly as a release can be.
const LOUD: &str = "off,herold_core=debug,herold_shell=debug,herold_cli=debug";
const TEXT: &str = "Streng vertraulicher Wortlaut";

#[tokio::test(flavor = "multi_thread")]
async fn a_log_says_what_failed_and_nothing_secret() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let address = proxy.url();
    let user = server.user("anna").await;
    let room = room(server, &user, "Verschlusssache", &[]).await;
    let profile = TempDir::new().expect("a folder for the profile");
    let login = ["login", "--homeserver", &address, "--username", &user.localpart];
    let send = ["send", &room, TEXT];
    let wrong = "das falsche Kennwort";

    let mut log = String::new();
    let mut heard = async |arguments: &[&str], input: &str| -> Output {
        let mut command = herold_cli(profile.path(), &[&["--key-file"], arguments].concat());
        command.env("HEROLD_LOG", LOUD);
        let mut child = command.spawn().expect("the program starts");
        let written = std::io::Write::write_all(&mut child.stdin.take().unwrap(), input.as_bytes());
        written.expect("standard input");
        let output = end(child).await;
        log.push_str(&String::from_utf8_lossy(&output.stderr));
        output
    };
    let refused = heard(&login, &format!("{PASSPHRASE}\n{wrong}\n")).await;
    assert!(!refused.status.success());
    let signed_in = heard(&login, &format!("{PASSPHRASE}\n{}\n", user.password)).await;
    assert!(signed_in.status.success(), "{log}");
    assert_eq!(values(&heard(&send, &format!("{PASSPHRASE}\n")).await).len(), 1);
    proxy.set(Fault::status(502)).await;
    assert!(!heard(&send, &format!("{PASSPHRASE}\n")).await.status.success());
    assert!(!heard(&["rooms"], &format!("{wrong}\n")).await.status.success());

    assert!(log.contains("herold_core::sync: connection lost"), "{log}");
    // Tokens of Synapse begin with "syt_".
    let secrets =
        [&user.password, PASSPHRASE, wrong, TEXT, "Verschlusssache", "syt_", &user.id, &room];
    for secret in secrets {
        assert!(!log.contains(secret), "{secret} is in the log: {log}");
    }
}
