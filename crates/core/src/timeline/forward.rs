//! A copy of a message for another room. Nothing of where it stood goes with it: no relation, no mention.

use herold_protocol::ErrorKind;
use herold_rich_text::text::one_line;
use matrix_sdk::ruma::events::{
    AnyMessageLikeEventContent, Mentions,
    poll::unstable_start::NewUnstablePollStartEventContent,
    room::message::{FormattedBody, MessageType, RoomMessageEventContent},
};
use matrix_sdk_ui::timeline::{MsgLikeKind, TimelineItemContent};

use super::attachment::gallery_caption;
use crate::{Error, Result};

/// `attribution` says whose message it was, in the sender's language; empty leaves it out.
pub(super) fn copy(
    content: &TimelineItemContent,
    attribution: &str,
) -> Result<AnyMessageLikeEventContent> {
    let unsupported = || Error::new(ErrorKind::Unsupported);
    let TimelineItemContent::MsgLike(message) = content else { return Err(unsupported()) };
    let attribution = one_line(attribution, 200);
    Ok(match &message.kind {
        MsgLikeKind::Message(message) => {
            let mut kind = message.msgtype().clone();
            if !attribution.is_empty() {
                attribute(&mut kind, &attribution);
            }
            // It addresses nobody here, whomever it names.
            RoomMessageEventContent::new(kind).add_mentions(Mentions::new()).into()
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
    })
}

/// Says in the message whose it was. A file says it in its caption, unless it has one of its own.
fn attribute(kind: &mut MessageType, attribution: &str) {
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
    fn caption(body: &mut String, filename: &mut Option<String>, attribution: &str) {
        if filename.as_ref().is_none_or(|name| name == body) {
            *filename = Some(std::mem::replace(body, attribution.to_owned()));
        }
    }
    match kind {
        MessageType::Text(message) => text(&mut message.body, &mut message.formatted, attribution),
        MessageType::Notice(message) => {
            text(&mut message.body, &mut message.formatted, attribution)
        }
        MessageType::Emote(message) => text(&mut message.body, &mut message.formatted, attribution),
        MessageType::Image(file) => caption(&mut file.body, &mut file.filename, attribution),
        MessageType::Video(file) => caption(&mut file.body, &mut file.filename, attribution),
        MessageType::Audio(file) => caption(&mut file.body, &mut file.filename, attribution),
        MessageType::File(file) => caption(&mut file.body, &mut file.filename, attribution),
        MessageType::Gallery(files) if gallery_caption(files).is_none() => {
            files.body = attribution.to_owned();
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::events::room::{
        MediaSource,
        message::{FileMessageEventContent, GalleryItemType, GalleryMessageEventContent},
    };

    use super::*;

    #[test]
    fn a_gallery_without_a_caption_says_whose_it_was() {
        let source = MediaSource::Plain("mxc://example.org/file".into());
        let file = FileMessageEventContent::new("Plan.pdf".to_owned(), source);
        for (body, said) in [("Plan.pdf", "Von Ben"), ("", "Von Ben"), ("Begehung", "Begehung")] {
            let items = vec![GalleryItemType::File(file.clone())];
            let gallery = GalleryMessageEventContent::new(body.to_owned(), None, items);
            let mut kind = MessageType::Gallery(gallery);
            attribute(&mut kind, "Von Ben");
            assert_eq!(kind.body(), said);
        }
    }
}
