//! Which events belong to a selection of a room's messages.

use herold_protocol::FileFilter;
use matrix_sdk::ruma::events::{
    AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
    poll::unstable_start::UnstablePollStartEventContent,
    room::message::{GalleryItemType, MessageType, Relation},
};

pub(super) fn is_file(event: &AnySyncTimelineEvent, kind: FileFilter) -> bool {
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    let Some(AnyMessageLikeEventContent::RoomMessage(content)) = event.original_content() else {
        return false;
    };
    if matches!(content.relates_to, Some(Relation::Replacement(_))) {
        return false;
    }
    let all = kind == FileFilter::All;
    match content.msgtype {
        MessageType::Image(_) | MessageType::Video(_) => all || kind == FileFilter::Pictures,
        // Unlike the message itself, each of its items has a kind.
        MessageType::Gallery(gallery) => {
            all || gallery.itemtypes.iter().any(|item| match item {
                GalleryItemType::Image(_) | GalleryItemType::Video(_) => {
                    kind == FileFilter::Pictures
                }
                GalleryItemType::Audio(_) => kind == FileFilter::Audio,
                GalleryItemType::File(_) => kind == FileFilter::Documents,
                _ => false,
            })
        }
        MessageType::Audio(_) => all || kind == FileFilter::Audio,
        MessageType::File(_) => all || kind == FileFilter::Documents,
        _ => false,
    }
}

pub(super) fn is_poll(event: &AnySyncTimelineEvent) -> bool {
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    matches!(
        event.original_content(),
        Some(AnyMessageLikeEventContent::UnstablePollStart(UnstablePollStartEventContent::New(_)))
    ) || is_stable_poll(event)
}

/// The SDK leaves polls of the stable type out.
pub(super) fn is_stable_poll(event: &AnySyncMessageLikeEvent) -> bool {
    match event.original_content() {
        Some(AnyMessageLikeEventContent::PollStart(poll)) => {
            !matches!(poll.relates_to, Some(Relation::Replacement(_)))
        }
        _ => false,
    }
}
