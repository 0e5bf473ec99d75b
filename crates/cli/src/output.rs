//! Printing, for people and for scripts.

use std::io::{ErrorKind, Write};

use herold_core::{Result, protocol::RoomRow};
use serde::Serialize;

use crate::cause::Cause;

pub(crate) struct Output {
    pub(crate) json: bool,
}

impl Output {
    /// One value: as JSON, or as the line that `text` makes of it.
    ///
    /// # Errors
    /// `OutputClosed` where nobody reads any more, which ends the program's work quietly.
    pub(crate) fn line<T: Serialize>(
        &self,
        value: &T,
        text: impl FnOnce(&T) -> String,
    ) -> Result<()> {
        let line =
            if self.json { serde_json::to_string(value).unwrap_or_default() } else { text(value) };
        let mut out = std::io::stdout().lock();
        writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| match error.kind() {
            ErrorKind::BrokenPipe => Cause::OutputClosed.into(),
            _ => error.into(),
        })
    }
}

pub(crate) fn room_line(room: &RoomRow) -> String {
    let unread = match room.unread.messages {
        0 => String::new(),
        number => format!(" ({number})"),
    };
    let lock = if room.encrypted { "  encrypted" } else { "" };
    let name = if room.name.is_empty() { "–" } else { &room.name };
    format!("{}  {name}{unread}{lock}", room.id)
}
