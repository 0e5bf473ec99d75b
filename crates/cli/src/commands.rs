//! What each command does with the core.

mod connection;
mod conversation;
mod lists;
mod polls;
mod sign_in;

use std::{sync::Arc, time::Duration};

use herold_core::{
    App, Config, Error, ProfilePaths, Result, Session,
    policy::read_system,
    protocol::{RoomFilter, SessionState, WireError},
};

use crate::{
    arguments::{Arguments, Command, SessionCommand},
    cause::Cause,
    output::{Output, room_line},
    secrets,
};

/// Longer than a command takes to say itself how far it was when Ctrl-C came.
const MOMENT: Duration = Duration::from_millis(100);

pub(crate) async fn run(arguments: Arguments) -> Result<()> {
    let output = Output { json: arguments.json };
    let watches = matches!(arguments.command, Command::InSession(SessionCommand::Watch));
    let app = app(&arguments)?;
    // The profile is opened within: Ctrl-C must not end the program while a prompt has the terminal.
    let work = async {
        open(&app, arguments.key_file).await?;
        command(&app, arguments.command, &output).await
    };
    let stopped = async {
        interrupted().await;
        tokio::time::sleep(MOMENT).await;
    };
    let result = tokio::select! {
        result = work => result,
        // A watch has no other end.
        () = stopped => if watches { Ok(()) } else { Err(Cause::Interrupted.into()) },
    };
    app.close().await;
    result
}

/// Waits for Ctrl-C; for ever where the system cannot tell.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
}

fn app(arguments: &Arguments) -> Result<App> {
    let paths = match &arguments.profile {
        Some(dir) => ProfilePaths::within(dir),
        None => ProfilePaths::from_environment().ok_or(Cause::NoHome)?,
    };
    Ok(App::new(Config {
        paths,
        policy: read_system(),
        demo: None,
        suggested_homeserver: None,
        connect: true,
    }))
}

async fn open(app: &App, key_file: bool) -> Result<()> {
    if key_file {
        let passphrase = secrets::read("Passphrase of the profile: ").await?;
        app.start_with_passphrase(passphrase).await?;
    } else {
        app.start().await;
    }
    match app.state() {
        SessionState::Blocked { error, .. } => Err(blocked(error)),
        _ => Ok(()),
    }
}

/// Why the profile cannot be opened.
fn blocked(error: WireError) -> Error {
    let known = Error { reason: error.reason, ..Error::new(error.kind) };
    match error.detail {
        Some(detail) => known.with_source(detail),
        None => known,
    }
}

async fn command(app: &App, command: Command, output: &Output) -> Result<()> {
    match command {
        Command::Login { homeserver, username } => {
            sign_in::sign_in(app, homeserver, username, output).await
        }
        Command::Logout => sign_in::sign_out(app, output).await,
        Command::InSession(command) => {
            let session = connection::connected(app).await?;
            tokio::select! {
                biased;
                result = in_session(&session, command, output) => result,
                error = connection::session_ended(app) => Err(error),
            }
        }
    }
}

async fn in_session(
    session: &Arc<Session>,
    command: SessionCommand,
    output: &Output,
) -> Result<()> {
    match command {
        SessionCommand::Rooms { unread } => {
            let filter = if unread { RoomFilter::Unread } else { RoomFilter::All };
            for room in lists::rooms(session, filter).await? {
                output.line(&room, room_line)?;
            }
            Ok(())
        }
        SessionCommand::Messages { room, limit } => {
            let room = lists::find_room(session, &room).await?;
            conversation::print_latest(session, &room, limit, output).await
        }
        SessionCommand::Send { room, text } => {
            let room = lists::find_room(session, &room).await?;
            let text = if text == "-" { conversation::read_text().await? } else { text };
            conversation::send(session, &room, &text, output).await
        }
        SessionCommand::Poll(command) => polls::run(session, command, output).await,
        SessionCommand::Watch => conversation::watch(session, output).await,
        SessionCommand::VerifyStatus => {
            let status = session.verification_status().await;
            output.line(&serde_json::json!({ "verification": status }), |_| {
                format!("This device: {status:?}.").to_lowercase()
            })
        }
    }
}
