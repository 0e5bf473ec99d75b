//! Secrets from standard input. At a terminal they are asked for without echo.

use std::io::{BufRead, IsTerminal};

use herold_core::{Error, Result, protocol::ErrorKind};
use zeroize::Zeroizing;

use crate::cause::Cause;

/// The next line of standard input, without its line break.
pub(crate) async fn read(prompt: &'static str) -> Result<Zeroizing<String>> {
    let secret = tokio::task::spawn_blocking(move || {
        if std::io::stdin().is_terminal() {
            return rpassword::prompt_password(prompt).map(Zeroizing::new);
        }
        let mut line = Zeroizing::new(String::new());
        std::io::stdin().lock().read_line(&mut line)?;
        let end = line.trim_end_matches(['\r', '\n']).len();
        line.truncate(end);
        Ok(line)
    })
    .await
    .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))??;
    if secret.is_empty() {
        return Err(Cause::EmptySecret.into());
    }
    Ok(secret)
}
