//! A copy of a message for another room. Nothing of where it stood goes with it: no relation, no mention.

use herold_protocol::ErrorKind;
use herold_rich_text::text::one_line;
use matrix_sdk::ruma::events::{
    AnyMessageLikeEventContent, Mentions,
    poll::unstable_start::NewUnstablePollStartEventContent,
    room::message::{
        FormattedBody, LocationMessageEventContent, MessageType, RoomMessageEventContent,
    },
};
use matrix_sdk_ui::timeline::{MsgLikeKind, TimelineItemContent};

use crate::{Error, Result, compose, gallery};

const LONGEST_ATTRIBUTION: usize = 200;

/// What is sent for a message. `attribution` says whose it was, in the sender's language; empty leaves it out. Where
/// the message has no words to put it beside, it goes ahead as a message of its own.
pub(super) fn copy(
    content: &TimelineItemContent,
    attribution: &str,
) -> Result<Vec<AnyMessageLikeEventContent>> {
    let unsupported = || Error::new(ErrorKind::Unsupported);
    let TimelineItemContent::MsgLike(message) = content else { return Err(unsupported()) };
    let attribution = one_line(attribution, LONGEST_ATTRIBUTION);
    let copy = match &message.kind {
        MsgLikeKind::Message(message) => {
            let mut kind = message.msgtype().clone();
            if attribution.is_empty() || attribute(&mut kind, &attribution) {
                return Ok(vec![addressing_nobody(kind)]);
            }
            addressing_nobody(kind)
        }
        MsgLikeKind::LiveLocation(location) => {
            let place = location.latest_location().ok_or_else(unsupported)?.geo_uri().to_owned();
            let body = location.description().unwrap_or(&place).to_owned();
            addressing_nobody(MessageType::Location(LocationMessageEventContent::new(body, place)))
        }
        // A new poll: votes belong to the room in which they were given.
        MsgLikeKind::Poll(state) => {
            let result = state.results();
            let mut poll = NewUnstablePollStartEventContent::from(state.clone());
            poll.poll_start.kind = result.kind;
            poll.poll_start.max_selections =
                u32::try_from(result.max_selections).unwrap_or(1).into();
            AnyMessageLikeEventContent::UnstablePollStart(poll.into())
        }
        MsgLikeKind::Sticker(sticker) => {
            let mut content = sticker.content().clone();
            content.relates_to = None;
            content.into()
        }
        _ => return Err(unsupported()),
    };
    Ok(after(copy, &attribution))
}

/// Behind a message that says whose this was.
pub(super) fn after(
    copy: AnyMessageLikeEventContent,
    attribution: &str,
) -> Vec<AnyMessageLikeEventContent> {
    let attribution = one_line(attribution, LONGEST_ATTRIBUTION);
    if attribution.is_empty() {
        return vec![copy];
    }
    vec![addressing_nobody(MessageType::text_plain(attribution)), copy]
}

/// As long as it may be in a room, if need be without its formatting.
///
/// # Errors
/// `MessageTooLong`: it would block the queue of its room.
pub(super) fn fitting(
    copy: &AnyMessageLikeEventContent,
    longest: usize,
) -> Result<AnyMessageLikeEventContent> {
    let mut copy = copy.clone();
    if compose::fits(&copy, longest) {
        return Ok(copy);
    }
    if let AnyMessageLikeEventContent::RoomMessage(message) = &mut copy {
        match &mut message.msgtype {
            MessageType::Text(text) => text.formatted = None,
            MessageType::Notice(text) => text.formatted = None,
            MessageType::Emote(text) => text.formatted = None,
            _ => {}
        }
    }
    if compose::fits(&copy, longest) { Ok(copy) } else { Err(compose::too_long()) }
}

/// Whomever it names.
fn addressing_nobody(kind: MessageType) -> AnyMessageLikeEventContent {
    RoomMessageEventContent::new(kind).add_mentions(Mentions::new()).into()
}

/// Says in the message whose it was: before its words, or in the caption of a file. Whether it could.
fn attribute(kind: &mut MessageType, attribution: &str) -> bool {
    fn text(body: &mut String, formatted: &mut Option<FormattedBody>, attribution: &str) {
        let escaped = |text: &str| {
            text.replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('\n', "<br>")
        };
        let quoted = match &formatted {
            Some(formatted) => formatted.body.clone(),
            None => escaped(body),
        };
        *formatted = Some(FormattedBody::html(format!(
            "<p><em>{}</em></p><blockquote>{quoted}</blockquote>",
            escaped(attribution)
        )));
        *body = format!("{attribution}\n\n{body}");
    }
    fn caption(
        body: &mut String,
        formatted: &mut Option<FormattedBody>,
        filename: &mut Option<String>,
        attribution: &str,
    ) {
        if filename.as_ref().is_none_or(|name| name == body) {
            *filename = Some(std::mem::replace(body, attribution.to_owned()));
        } else {
            text(body, formatted, attribution);
        }
    }
    match kind {
        MessageType::Text(message) => text(&mut message.body, &mut message.formatted, attribution),
        MessageType::Notice(message) => {
            text(&mut message.body, &mut message.formatted, attribution)
        }
        MessageType::Emote(message) => text(&mut message.body, &mut message.formatted, attribution),
        MessageType::Image(file) => {
            caption(&mut file.body, &mut file.formatted, &mut file.filename, attribution);
        }
        MessageType::Video(file) => {
            caption(&mut file.body, &mut file.formatted, &mut file.filename, attribution);
        }
        MessageType::Audio(file) => {
            caption(&mut file.body, &mut file.formatted, &mut file.filename, attribution);
        }
        MessageType::File(file) => {
            caption(&mut file.body, &mut file.formatted, &mut file.filename, attribution);
        }
        MessageType::Gallery(gallery) if gallery::caption(gallery).is_none() => {
            attribution.clone_into(&mut gallery.body);
        }
        MessageType::Gallery(gallery) => {
            text(&mut gallery.body, &mut gallery.formatted, attribution);
        }
        _ => return false,
    }
    true
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::events::room::{
        MediaSource,
        message::{FileMessageEventContent, GalleryItemType, GalleryMessageEventContent},
    };

    use super::*;

    #[test]
    fn a_long_text_goes_without_its_formatting_and_one_that_is_too_long_does_not_go() {
        let of = |length: usize| {
            let mut kind = MessageType::text_plain("a".repeat(length));
            attribute(&mut kind, "Von Ben");
            fitting(&addressing_nobody(kind), 44_000)
        };
        let formatted = |copy: Result<AnyMessageLikeEventContent>| match copy.unwrap() {
            AnyMessageLikeEventContent::RoomMessage(message) => match message.msgtype {
                MessageType::Text(text) => text.formatted.is_some(),
                other => panic!("{other:?}"),
            },
            other => panic!("{other:?}"),
        };
        assert!(formatted(of(1_000)));
        assert!(!formatted(of(30_000)));
        assert_eq!(of(44_000).unwrap_err().reason, compose::too_long().reason);
    }

    #[test]
    fn a_gallery_without_a_caption_says_whose_it_was() {
        let source = MediaSource::Plain("mxc://example.org/file".into());
        let file = FileMessageEventContent::new("Plan.pdf".to_owned(), source);
        for (body, said) in
            [("Plan.pdf", "Von Ben"), ("", "Von Ben"), ("Begehung", "Von Ben\n\nBegehung")]
        {
            let items = vec![GalleryItemType::File(file.clone())];
            let gallery = GalleryMessageEventContent::new(body.to_owned(), None, items);
            let mut kind = MessageType::Gallery(gallery);
            attribute(&mut kind, "Von Ben");
            assert_eq!(kind.body(), said);
        }
    }
}
