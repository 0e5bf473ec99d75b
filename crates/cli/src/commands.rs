//! What each command does with the core.

mod conversation;
mod lists;
mod polls;

use std::{sync::Arc, time::Duration};

use herold_core::{
    App, Config, Error, ProfilePaths, Result, Session,
    policy::read_system,
    protocol::{ConnectionState, ErrorKind, PasswordSignIn, RoomFilter, SessionState},
};

use crate::{
    arguments::{Arguments, Command},
    output::{Output, room_line},
    secrets,
};

/// Longest wait for the server before a command that needs it gives up.
const PATIENCE: Duration = Duration::from_secs(60);

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let output = Output { json: arguments.json };
    let app = open(&arguments).await?;
    let result = tokio::select! {
        result = command(&app, arguments.command, &output) => result,
        _ = tokio::signal::ctrl_c() => Ok(()),
    };
    app.close().await;
    result
}

async fn open(arguments: &Arguments) -> Result<App> {
    let paths = match &arguments.profile {
        Some(dir) => ProfilePaths::within(dir),
        None => ProfilePaths::from_environment().ok_or_else(|| Error::new(ErrorKind::Storage))?,
    };
    let app = App::new(Config {
        paths,
        policy: read_system(),
        demo: None,
        suggested_homeserver: None,
        connect: true,
    });
    if arguments.key_file {
        let passphrase = secrets::read("Passphrase of the profile: ").await?;
        app.start_with_passphrase(passphrase).await?;
    } else {
        app.start().await;
    }
    if let SessionState::Blocked { error, .. } = app.state() {
        return Err(Error { reason: error.reason, ..Error::new(error.kind) });
    }
    Ok(app)
}

async fn command(app: &App, command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Login { homeserver, username } => {
            let password = secrets::read("Password: ").await?;
            let request = PasswordSignIn { homeserver, username, password: password.to_string() };
            app.sign_in(request).await?;
            let account = app.session()?.account();
            output.line(&account, |account| format!("Signed in as {}.", account.user_id))
        }
        Command::Logout => {
            app.session()?;
            app.sign_out().await?;
            output.line(&serde_json::json!({ "signedOut": true }), |_| "Signed out.".to_owned())
        }
        Command::Rooms { unread } => {
            let session = connected(app).await?;
            let filter = if unread { RoomFilter::Unread } else { RoomFilter::All };
            for room in lists::rooms(&session, filter).await? {
                output.line(&room, room_line)?;
            }
            Ok(())
        }
        Command::Messages { room, limit } => {
            let session = connected(app).await?;
            let room = lists::find_room(&session, &room).await?;
            conversation::print_latest(&session, &room, limit, output).await
        }
        Command::Send { room, text } => {
            let session = connected(app).await?;
            let room = lists::find_room(&session, &room).await?;
            let text = if text == "-" { conversation::read_text().await? } else { text };
            conversation::send(&session, &room, &text, output).await
        }
        Command::Poll(command) => {
            let session = connected(app).await?;
            polls::run(&session, command, output).await
        }
        Command::Watch => {
            let session = connected(app).await?;
            conversation::watch(&session, output).await
        }
        Command::VerifyStatus => {
            let session = connected(app).await?;
            let status = session.verification_status().await;
            output.line(&serde_json::json!({ "verification": status }), |_| {
                format!("This device: {status:?}.").to_lowercase()
            })
        }
    }
}

/// The session, once the server has told what is new.
async fn connected(app: &App) -> Result<Arc<Session>> {
    let session = app.session()?;
    let mut connection = app.connection();
    let online = connection.wait_for(|state| *state == ConnectionState::Online);
    match tokio::time::timeout(PATIENCE, online).await {
        Ok(Ok(_)) => Ok(session),
        Ok(Err(_)) => Err(Error::new(ErrorKind::SignedOut)),
        Err(_) => Err(Error::new(ErrorKind::Timeout)),
    }
}
