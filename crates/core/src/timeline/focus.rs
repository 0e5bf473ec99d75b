//! A room seen through a focus: the SDK's timeline for it, and which events belong to a selection.

use std::sync::atomic::{AtomicU32, Ordering};

use herold_protocol::{ErrorKind, FileFilter, TimelineFocus};
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    ruma::{
        EventId, OwnedEventId,
        events::{
            AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
            poll::unstable_start::UnstablePollStartEventContent,
            room::message::{GalleryItemType, MessageType, Relation},
        },
        room_version_rules::RoomVersionRules,
    },
    serde_helpers::extract_thread_root,
};
use matrix_sdk_ui::timeline::{
    RoomExt, Timeline, TimelineEventFocusThreadMode, TimelineFocus as SdkFocus,
    TimelineReadReceiptTracking, default_event_filter,
};

use super::{change::is_of_calls, deletion};
use crate::{Error, Result, late_answers};

/// Events shown on both sides of one that was jumped to.
const CONTEXT: u16 = 20;
/// Events among which a message of the room is looked for, beside one of a thread.
const BESIDE: u32 = 100;

/// Sets the rows of each timeline apart from those of every other one: a name that is still on screen must
/// never mean another message.
static GENERATION: AtomicU32 = AtomicU32::new(0);

pub(super) async fn build(room: &Room, focus: &TimelineFocus) -> Result<Timeline> {
    let timeline = build_as_is(room, focus).await?;
    match focus {
        // Around an answer in a thread, the SDK has the thread.
        TimelineFocus::Event { event_id } if timeline.is_threaded() => {
            let beside = outside_threads(room, event(event_id)?).await;
            build_as_is(room, &TimelineFocus::Event { event_id: beside.to_string() }).await
        }
        _ => Ok(timeline),
    }
}

async fn build_as_is(room: &Room, focus: &TimelineFocus) -> Result<Timeline> {
    let generation = GENERATION.fetch_add(1, Ordering::Relaxed);
    let mut builder = room
        .timeline_builder()
        .with_internal_id_prefix(format!("{generation}-"))
        .track_read_marker_and_receipts(TimelineReadReceiptTracking::MessageLikeEvents);
    builder = match focus {
        TimelineFocus::Live => {
            builder.with_focus(SdkFocus::Live { hide_threaded_events: true }).event_filter(is_shown)
        }
        TimelineFocus::Event { event_id } => builder
            .with_focus(SdkFocus::Event {
                target: event(event_id)?,
                num_context_events: CONTEXT,
                thread_mode: TimelineEventFocusThreadMode::Automatic { hide_threaded_events: true },
            })
            .event_filter(is_shown),
        TimelineFocus::Thread { root_id } => builder
            .with_focus(SdkFocus::Thread { root_event_id: event(root_id)? })
            .event_filter(is_shown),
        TimelineFocus::Pinned => builder.with_focus(SdkFocus::PinnedEvents).event_filter(is_shown),
        TimelineFocus::Files { kind } => {
            let kind = *kind;
            builder
                .with_focus(SdkFocus::Live { hide_threaded_events: false })
                .event_filter(move |event, _| is_file(event, kind))
        }
        TimelineFocus::Polls => builder
            .with_focus(SdkFocus::Live { hide_threaded_events: false })
            .event_filter(|event, _| is_poll(event)),
    };
    Ok(builder.build().await?)
}

pub(super) fn event(event_id: &str) -> Result<OwnedEventId> {
    EventId::parse(event_id).map_err(|error| Error::new(ErrorKind::Invalid).with_source(error))
}

/// The root of the thread that an event answers in. What cannot be loaded is taken for a message of the room.
pub(super) async fn thread_of(room: &Room, event_id: &EventId) -> Option<OwnedEventId> {
    extract_thread_root(room.load_or_fetch_event(event_id, None).await.ok()?.raw())
}

/// The event itself, or where it answers in a thread, the message of the room beside it.
pub(super) async fn outside_threads(room: &Room, event_id: OwnedEventId) -> OwnedEventId {
    let Some(root) = thread_of(room, &event_id).await else { return event_id };
    let Ok(context) = room.event_with_context(&event_id, true, BESIDE.into(), None).await else {
        return root;
    };
    let beside = |event: &TimelineEvent| match extract_thread_root(event.raw()) {
        None => event.event_id().map(ToOwned::to_owned),
        Some(_) => None,
    };
    context
        .events_after
        .iter()
        .find_map(beside)
        .or_else(|| context.events_before.iter().find_map(beside))
        .unwrap_or(root)
}

fn is_shown(event: &AnySyncTimelineEvent, rules: &RoomVersionRules) -> bool {
    !deletion::is_of_edit(event) && (default_event_filter(event, rules) || is_left_out(event))
}

/// What the SDK would leave out: messages of a kind nobody knows here, of which people see that there is
/// something and its words where it has some, and polls of the stable type. Not what programs say in a call.
fn is_left_out(event: &AnySyncTimelineEvent) -> bool {
    if late_answers::is_marker(event) {
        return false;
    }
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    match event.original_content() {
        Some(AnyMessageLikeEventContent::RoomMessage(content)) => {
            matches!(content.msgtype, MessageType::_Custom(_))
                && !matches!(content.relates_to, Some(Relation::Replacement(_)))
        }
        Some(AnyMessageLikeEventContent::_Custom { .. }) => {
            !is_of_calls(&event.event_type().to_string())
        }
        _ => is_stable_poll(event),
    }
}

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
