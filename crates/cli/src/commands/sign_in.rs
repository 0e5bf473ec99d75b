//! Signing in and out, and going on after the server asked for the password again.

use herold_core::{
    App, Error, Result,
    protocol::{Account, ErrorKind, PasswordSignIn, SessionState},
};

use serde::Serialize;

use super::connection::connected;
use crate::{cause::Cause, output::Output, secrets};

/// Signs in, or continues the session of this account where the server ended it.
///
/// # Errors
/// `OtherAccount` where the profile has the session of another one; nothing is touched then.
pub(super) async fn sign_in(
    app: &App,
    homeserver: String,
    username: String,
    output: &Output,
) -> Result<()> {
    let password = secrets::read("Password: ").await?;
    if let SessionState::SignedIn { account } | SessionState::PasswordNeeded { account } =
        app.state()
        && !is_account(app, &account, &homeserver, &username).await?
    {
        return Err(Cause::OtherAccount.into());
    }
    // Only the server knows whether the session on disk still counts.
    let reached = match app.state() {
        SessionState::SignedIn { .. } => connected(app).await.map(drop),
        _ => Ok(()),
    };
    match app.state() {
        SessionState::PasswordNeeded { .. } => app.enter_password(password).await?,
        SessionState::SignedOut => {
            let request = PasswordSignIn { homeserver, username, password: password.to_string() };
            app.sign_in(request).await?;
        }
        _ => reached?,
    }
    let account = app.session()?.account();
    output.line(&account, |account| format!("Signed in as {}.", account.user_id))
}

/// Whether this is what the account's person would type.
async fn is_account(
    app: &App,
    account: &Account,
    homeserver: &str,
    username: &str,
) -> Result<bool> {
    if !is_name(username, &account.user_id) {
        return Ok(false);
    }
    if is_server(homeserver, &account.user_id) {
        return Ok(true);
    }
    Ok(app.discover(homeserver).await?.homeserver == account.homeserver)
}

/// Whether a name, or a whole user identifier, is that of a user. Case does not count at sign-in.
fn is_name(typed: &str, user_id: &str) -> bool {
    let typed = typed.trim().trim_start_matches('@');
    let user_id = user_id.trim_start_matches('@');
    let name = user_id.split_once(':').map_or(user_id, |(name, _)| name);
    typed.eq_ignore_ascii_case(user_id) || typed.eq_ignore_ascii_case(name)
}

fn is_server(typed: &str, user_id: &str) -> bool {
    user_id.split_once(':').is_some_and(|(_, server)| typed.trim().eq_ignore_ascii_case(server))
}

/// Also where the server asks for the password: then the profile is cleaned without a word to it.
pub(super) async fn sign_out(app: &App, output: &Output) -> Result<()> {
    if app.state() == SessionState::SignedOut {
        return Err(Error::new(ErrorKind::SignedOut));
    }
    let unsent = match app.session() {
        Ok(session) => Some(session.unsent_count().await),
        Err(_) => None,
    };
    let server_told = app.sign_out().await?;
    let outcome = SignedOut { signed_out: true, unsent, server_told };
    output.line(&outcome, SignedOut::words)
}

/// What became of a session.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SignedOut {
    signed_out: bool,
    /// Messages and changes that were not sent and are lost; not known where the session had ended before.
    unsent: Option<usize>,
    /// Otherwise the device stays listed there.
    server_told: bool,
}

impl SignedOut {
    fn words(&self) -> String {
        let mut words = "Signed out.".to_owned();
        match self.unsent {
            Some(0) | None => {}
            Some(1) => words.push_str(" One message had not been sent and is lost."),
            Some(unsent) => {
                words.push_str(&format!(" {unsent} messages had not been sent and are lost."));
            }
        }
        if !self.server_told {
            words.push_str(
                " The server could not be told: this device is still listed there. \
                 Remove it in another session.",
            );
        }
        words
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ANNA: &str = "@anna:example.org";

    #[test]
    fn an_account_is_known_by_its_whole_name_only() {
        for same in ["anna", " Anna ", "@anna", ANNA, "anna:example.org"] {
            assert!(is_name(same, ANNA), "{same}");
        }
        for other in ["ann", "nna", "annabell", "example", "org", "", "@anna:example.com"] {
            assert!(!is_name(other, ANNA), "{other}");
        }
    }

    #[test]
    fn what_a_sign_out_left_behind_is_said() {
        let words =
            |unsent, server_told| SignedOut { signed_out: true, unsent, server_told }.words();
        assert_eq!(words(Some(0), true), "Signed out.");
        assert!(words(Some(3), true).ends_with("3 messages had not been sent and are lost."));
        assert!(words(None, false).ends_with("Remove it in another session."));
    }

    #[test]
    fn the_server_of_an_account_is_known_by_its_whole_name_only() {
        assert!(is_server("Example.org", ANNA));
        assert!(is_server("localhost:8448", "@anna:localhost:8448"));
        for other in ["example", "org", "matrix.example.org", "https://example.org", ""] {
            assert!(!is_server(other, ANNA), "{other}");
        }
    }
}
