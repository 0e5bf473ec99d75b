//! From what was typed to the content of an event, and back for editing.

use std::collections::BTreeSet;

use herold_protocol::{
    Block, Draft, ErrorKind, ErrorReason, Inline, MentionTarget, Mentioned, TextMention,
};
use matrix_sdk::{
    Room,
    ruma::{
        OwnedUserId, UserId,
        events::{
            Mentions,
            room::message::{
                EmoteMessageEventContent, FormattedBody, MessageFormat, MessageType,
                RoomMessageEventContentWithoutRelation, TextMessageEventContent,
            },
        },
    },
};
use serde::Serialize;

use crate::{Error, Result, gallery};

/// Bytes of content. The protocol limits an event to 65,536 bytes with its envelope; encryption adds a
/// third (base64), and formatted text repeats the body.
const LONGEST_PLAIN: usize = 60_000;
const LONGEST_ENCRYPTED: usize = 44_000;

pub(crate) fn longest(room: &Room) -> usize {
    if room.encryption_state().is_encrypted() { LONGEST_ENCRYPTED } else { LONGEST_PLAIN }
}

pub(crate) fn too_long() -> Error {
    Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong)
}

/// A text message; one that begins with `/me ` says what the sender does.
pub(crate) fn message(
    text: &str,
    mentions: &[TextMention],
    longest: usize,
) -> Result<RoomMessageEventContentWithoutRelation> {
    if text.trim().is_empty() {
        return Err(Error::new(ErrorKind::Invalid));
    }
    if text.len() > longest {
        return Err(too_long());
    }
    let (text, is_emote) = match text.strip_prefix("/me ") {
        Some(action) => (action, true),
        None => (text, false),
    };
    let formatted = formatted(text, mentions);
    let kind = if is_emote {
        let mut emote = EmoteMessageEventContent::plain(text);
        emote.formatted = formatted;
        MessageType::Emote(emote)
    } else {
        let mut message = TextMessageEventContent::plain(text);
        message.formatted = formatted;
        MessageType::Text(message)
    };
    let mentions = addressed(text, mentions);
    let content = RoomMessageEventContentWithoutRelation::new(kind).add_mentions(mentions);
    if fits(&content, longest) {
        return Ok(content);
    }
    // Formatting would not fit; the words themselves may.
    let content = without_formatting(content);
    if fits(&content, longest) { Ok(content) } else { Err(too_long()) }
}

/// The words alone.
pub(crate) fn without_formatting(
    mut content: RoomMessageEventContentWithoutRelation,
) -> RoomMessageEventContentWithoutRelation {
    match &mut content.msgtype {
        MessageType::Text(text) => text.formatted = None,
        MessageType::Emote(emote) => emote.formatted = None,
        _ => {}
    }
    content
}

/// Whether a server will take this as one event. What it refuses would block the queue of its room.
pub(crate) fn fits(content: &impl Serialize, longest: usize) -> bool {
    serde_json::to_vec(content).is_ok_and(|json| json.len() <= longest)
}

/// The words beneath a file, with their formatting.
pub(crate) fn caption(text: &str, mentions: &[TextMention]) -> Option<TextMessageEventContent> {
    let text = text.trim();
    if text.is_empty() {
        return None;
    }
    let mut caption = TextMessageEventContent::plain(text);
    caption.formatted = formatted(text, mentions);
    Some(caption)
}

fn formatted(text: &str, mentions: &[TextMention]) -> Option<FormattedBody> {
    herold_rich_text::markdown::to_html(text, mentions).map(FormattedBody::html)
}

/// The tree of a text that was sent, made of its HTML where it has some (specification, "m.room.message
/// msgtypes").
pub(crate) fn blocks(body: &str, formatted: Option<&FormattedBody>, own: &UserId) -> Vec<Block> {
    let html = formatted.filter(|text| text.format == MessageFormat::Html);
    herold_rich_text::from_message(body, html.map(|text| text.body.as_str()), own)
}

/// Whom a text addresses (specification, "User and room mentions"). Also where that is nobody, it has to be
/// sent: without it, every name and every "@room" in the text would count.
pub(crate) fn addressed(text: &str, mentions: &[TextMention]) -> Mentions {
    let mut people: BTreeSet<OwnedUserId> = BTreeSet::new();
    let mut everyone = false;
    for mention in herold_rich_text::markdown::linked(text, mentions) {
        match &mention.target {
            Mentioned::Person { user_id } => people.extend(UserId::parse(user_id).ok()),
            Mentioned::Everyone => everyone = true,
            Mentioned::Room { .. } => {}
        }
    }
    let mut mentions = Mentions::with_user_ids(people);
    mentions.room = everyone;
    mentions
}

/// What is said in a message or with a file; empty where nothing is.
pub(crate) fn words(message: &MessageType) -> (&str, Option<&FormattedBody>) {
    match message {
        MessageType::Text(text) => (&text.body, text.formatted.as_ref()),
        MessageType::Emote(text) => (&text.body, text.formatted.as_ref()),
        MessageType::Notice(text) => (&text.body, text.formatted.as_ref()),
        MessageType::Image(file) => (file.caption().unwrap_or_default(), file.formatted_caption()),
        MessageType::Video(file) => (file.caption().unwrap_or_default(), file.formatted_caption()),
        MessageType::Audio(file) => (file.caption().unwrap_or_default(), file.formatted_caption()),
        MessageType::File(file) => (file.caption().unwrap_or_default(), file.formatted_caption()),
        MessageType::Gallery(files) => gallery::caption(files).unwrap_or_default(),
        other => (other.body(), None),
    }
}

/// A sent message as it was typed. The plain body of our messages is what was typed; where another
/// client made it, its own plain form has to do.
pub(crate) fn source(message: &MessageType, mentions: Option<&Mentions>, own: &UserId) -> Draft {
    let (body, formatted) = words(message);
    let prefix = if matches!(message, MessageType::Emote(_)) { "/me " } else { "" };
    let mut found = Vec::new();
    if formatted.is_some() {
        for block in blocks(body, formatted, own) {
            herold_rich_text::each_inline(&block, &mut |inline| {
                if let Inline::Mention { target, label } = inline
                    && body.contains(label.as_str())
                {
                    found.push(TextMention { label: label.clone(), target: mentioned(target) });
                }
            });
        }
    }
    if mentions.is_some_and(|mentions| mentions.room) && body.contains("@room") {
        found.push(TextMention { label: "@room".to_owned(), target: Mentioned::Everyone });
    }
    found.dedup();
    Draft { text: format!("{prefix}{body}"), mentions: found, reply_to: None, edits: None }
}

fn mentioned(target: &MentionTarget) -> Mentioned {
    match target {
        MentionTarget::Person { user_id, .. } => Mentioned::Person { user_id: user_id.clone() },
        MentionTarget::Room { room } => Mentioned::Room { room: room.clone() },
        MentionTarget::Everyone => Mentioned::Everyone,
    }
}
