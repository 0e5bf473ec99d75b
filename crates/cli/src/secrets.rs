//! Secrets from standard input. At a terminal they are asked for without echo.

use std::io::{self, BufRead, IsTerminal};

use herold_core::{Error, Result, protocol::ErrorKind};
use zeroize::Zeroizing;

use crate::cause::Cause;

/// The next line of standard input, without its line break.
///
/// # Errors
/// `EmptySecret` where there is nothing in it, `NotText` where it is no UTF-8, `Interrupted` at Ctrl-C on a terminal.
pub(crate) async fn read(prompt: &'static str) -> Result<Zeroizing<String>> {
    let answer = tokio::task::spawn_blocking(move || ask(prompt)).await;
    match answer.map_err(|error| Error::new(ErrorKind::Internal).with_source(error))? {
        Ok(secret) if secret.is_empty() => Err(Cause::EmptySecret.into()),
        Ok(secret) => Ok(secret),
        Err(error) => Err(match error.kind() {
            io::ErrorKind::Interrupted => Cause::Interrupted.into(),
            // Ctrl-D.
            io::ErrorKind::UnexpectedEof => Cause::EmptySecret.into(),
            io::ErrorKind::InvalidData => Cause::NotText.into(),
            _ => error.into(),
        }),
    }
}

fn ask(prompt: &str) -> io::Result<Zeroizing<String>> {
    if io::stdin().is_terminal() {
        return rpassword::prompt_password(prompt).map(Zeroizing::new);
    }
    let mut line = Zeroizing::new(String::new());
    io::stdin().lock().read_line(&mut line)?;
    let end = line.trim_end_matches(['\r', '\n']).len();
    line.truncate(end);
    Ok(line)
}
