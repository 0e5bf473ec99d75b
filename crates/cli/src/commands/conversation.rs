//! Reading, sending and watching messages.

use std::{future::Future, io::Read, sync::Arc, time::Duration};

use herold_core::{
    Error, Result, Session,
    list::ListReader,
    protocol::{
        ConversationId, Direction, ErrorKind, ErrorReason, GalleryItem, MessageContent, MessageRow,
        MoreOutcome, OutgoingText, TimelineFocus, TimelineRow, TimelineRowContent,
    },
};
use serde::Serialize;

use super::interrupted;
use crate::{cause::Cause, output::Output};

const WINDOW: &str = "cli";
const QUIET: Duration = Duration::from_millis(600);
/// Bytes. No server takes a message that is nearly as long.
const LONGEST_INPUT: u64 = 1 << 20;
const LONGEST_SEND: Duration = Duration::from_secs(60);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrintedMessage<'a> {
    room_id: &'a str,
    #[serde(flatten)]
    message: &'a MessageRow,
    /// The words of the message, without formatting.
    text: String,
}

pub(super) async fn print_latest(
    session: &Arc<Session>,
    room_id: &str,
    limit: usize,
    output: &Output,
) -> Result<()> {
    let (mut list, sink) = ListReader::<TimelineRow>::new();
    let subscription =
        session.subscribe_timeline(WINDOW, room_id, TimelineFocus::Live, sink).await?;
    loop {
        list.settle(session, QUIET).await;
        let enough = messages(&list.rows).count() >= limit;
        if enough || session.load_more(subscription, Direction::Older).await? == MoreOutcome::End {
            break;
        }
    }
    list.settle(session, QUIET).await;
    session.unsubscribe(subscription);
    let skip = messages(&list.rows).count().saturating_sub(limit);
    for message in messages(&list.rows).skip(skip) {
        print(room_id, message, output)?;
    }
    Ok(())
}

fn messages(rows: &[TimelineRow]) -> impl Iterator<Item = &MessageRow> {
    rows.iter().filter_map(|row| match &row.content {
        TimelineRowContent::Message(message) => Some(&**message),
        _ => None,
    })
}

fn print(room_id: &str, message: &MessageRow, output: &Output) -> Result<()> {
    let printed = PrintedMessage { room_id, message, text: words(&message.content) };
    output.line(&printed, |printed| said(&printed.message.sender.name, &printed.text))
}

/// Further lines are set in, so that nobody can write what looks like somebody else's message.
fn said(name: &str, text: &str) -> String {
    format!("{name}: {}", text.replace('\n', "\n  "))
}

fn words(content: &MessageContent) -> String {
    match content {
        MessageContent::Text { blocks }
        | MessageContent::Emote { blocks }
        | MessageContent::Notice { blocks } => herold_core::plain_text(blocks),
        MessageContent::Attachment { attachment, caption } => {
            let caption = caption.as_deref().map(herold_core::plain_text).unwrap_or_default();
            format!("[{}] {caption}", attachment.filename).trim_end().to_owned()
        }
        MessageContent::Gallery { items, caption } => {
            let caption = caption.as_deref().map(herold_core::plain_text).unwrap_or_default();
            let name = |item: &GalleryItem| match item {
                GalleryItem::File { attachment, .. } => attachment.filename.clone(),
                GalleryItem::Unknown { item_type, fallback } => {
                    fallback.clone().unwrap_or_else(|| item_type.clone())
                }
            };
            let names: Vec<String> = items.iter().map(name).collect();
            format!("[{}] {caption}", names.join(", ")).trim_end().to_owned()
        }
        MessageContent::Sticker { text, .. } => format!("[{text}]"),
        MessageContent::Location { text, geo_uri, .. } => {
            format!("{text} {geo_uri}").trim_start().to_owned()
        }
        MessageContent::Poll { poll } => format!("[poll] {}", poll.question),
        MessageContent::Redacted { .. } => "[deleted]".to_owned(),
        MessageContent::Undecryptable { .. } => "[cannot be decrypted yet]".to_owned(),
        MessageContent::Unknown { fallback, .. } => {
            fallback.clone().unwrap_or_else(|| "[unknown kind of message]".to_owned())
        }
    }
}

/// Sends and waits for the server, so that a script knows.
pub(super) async fn send(
    session: &Arc<Session>,
    room_id: &str,
    text: &str,
    output: &Output,
) -> Result<()> {
    let place = ConversationId::room(room_id);
    let request = request_id();
    let sending = session.send_message(&place, &request, OutgoingText::new(text));
    let event_id = until_sent(session, room_id, sending).await?;
    let answer = serde_json::json!({ "roomId": room_id, "eventId": event_id });
    output.line(&answer, |_| format!("Sent: {event_id}"))
}

/// Each call of the program asks once.
pub(super) fn request_id() -> String {
    format!("cli-{}", std::process::id())
}

/// Stores something for a room and waits until the server has it; its event identifier.
///
/// # Errors
/// `Unconfirmed` where the server does not take it for a minute, `InterruptedUnconfirmed` at Ctrl-C:
/// it is stored, and goes out while a later command is connected.
pub(super) async fn until_sent(
    session: &Arc<Session>,
    room_id: &str,
    sending: impl Future<Output = Result<()>>,
) -> Result<String> {
    let sent = session.next_sent(room_id).await?;
    sending.await?;
    tokio::select! {
        sent = tokio::time::timeout(LONGEST_SEND, sent.event_id()) => {
            sent.unwrap_or_else(|_| Err(Cause::Unconfirmed.into()))
        }
        () = interrupted() => Err(Cause::InterruptedUnconfirmed.into()),
    }
}

/// The whole of standard input.
///
/// # Errors
/// `NotText` where it is no UTF-8, `MessageTooLong` above 1 MiB.
pub(super) async fn read_text() -> Result<String> {
    tokio::task::spawn_blocking(|| {
        let mut bytes = Vec::new();
        std::io::stdin().lock().take(LONGEST_INPUT + 1).read_to_end(&mut bytes)?;
        // Cut off, it might be no text any more.
        if bytes.len() as u64 > LONGEST_INPUT {
            return Err(Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong));
        }
        let text = String::from_utf8(bytes).map_err(|_| Cause::NotText)?;
        Ok(text.trim_end().to_owned())
    })
    .await
    .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?
}

/// Prints messages as the server delivers them, decrypted where that is possible.
pub(super) async fn watch(session: &Arc<Session>, output: &Output) -> Result<()> {
    let mut messages = session.watch_messages();
    while let Some(message) = messages.next().await {
        output.line(&message, |message| {
            format!("{} | {}", message.room_name, said(&message.sender_name, &message.text))
        })?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_cannot_pretend_to_be_two() {
        assert_eq!(said("Mallory", "Hallo\nAnna: Ja"), "Mallory: Hallo\n  Anna: Ja");
    }
}
