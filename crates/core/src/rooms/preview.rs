//! The latest message of a room in one line. Which message that is, the SDK decides.

use herold_protocol::{Preview, PreviewContent};
use matrix_sdk::{
    Room,
    ruma::{
        UserId,
        events::room::message::{FormattedBody, MessageType},
    },
};
use matrix_sdk_ui::timeline::{
    LatestEventValue, LatestEventValueLocalState, MsgLikeKind, Profile, RoomExt, TimelineDetails,
    TimelineItemContent,
};

use herold_rich_text::{
    summary,
    text::{clean_filename, clean_name, one_line},
};

use crate::{compose::blocks, gallery};

const LONGEST: usize = 200;

pub(super) async fn preview(room: &Room) -> Option<Preview> {
    match room.latest_event().await {
        LatestEventValue::None => None,
        LatestEventValue::Remote { timestamp, sender, is_own, profile, content } => Some(Preview {
            sender: Some(profile_name(&profile).unwrap_or_else(|| sender.localpart().to_owned())),
            own: is_own,
            timestamp_ms: timestamp.get().into(),
            content: content_of(&content, room.own_user_id()),
            pending: false,
        }),
        LatestEventValue::RemoteInvite { timestamp, inviter, inviter_profile } => Some(Preview {
            sender: profile_name(&inviter_profile)
                .or_else(|| inviter.map(|user| user.localpart().to_owned())),
            own: false,
            timestamp_ms: timestamp.get().into(),
            content: PreviewContent::Invited,
            pending: false,
        }),
        LatestEventValue::Local { timestamp, content, state, .. } => Some(Preview {
            sender: None,
            own: true,
            timestamp_ms: timestamp.get().into(),
            content: content_of(&content, room.own_user_id()),
            pending: !matches!(state, LatestEventValueLocalState::HasBeenSent),
        }),
    }
}

fn profile_name(profile: &TimelineDetails<Profile>) -> Option<String> {
    match profile {
        TimelineDetails::Ready(profile) => {
            profile.display_name.as_deref().map(clean_name).filter(|name| !name.is_empty())
        }
        _ => None,
    }
}

/// What was said in one line. Spoilers stay hidden, and formatting is not spelt out.
pub(crate) fn content_of(content: &TimelineItemContent, own: &UserId) -> PreviewContent {
    let TimelineItemContent::MsgLike(message) = content else { return PreviewContent::Other };
    match &message.kind {
        MsgLikeKind::Message(message) => match message.msgtype() {
            MessageType::Image(image) => PreviewContent::Image {
                caption: caption(image.caption(), image.formatted_caption(), own),
            },
            MessageType::Video(video) => PreviewContent::Video {
                caption: caption(video.caption(), video.formatted_caption(), own),
            },
            MessageType::Audio(audio) if audio.voice.is_some() => PreviewContent::Voice,
            MessageType::Audio(_) => PreviewContent::Audio,
            MessageType::File(file) => {
                PreviewContent::File { filename: clean_filename(file.filename()) }
            }
            MessageType::Gallery(files) => PreviewContent::Gallery {
                count: u32::try_from(files.itemtypes.len()).unwrap_or(u32::MAX),
                caption: gallery::caption(files)
                    .map(|(body, formatted)| words(body, formatted, own)),
            },
            MessageType::Location(_) => PreviewContent::Location,
            MessageType::Text(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref(), own) }
            }
            MessageType::Notice(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref(), own) }
            }
            MessageType::Emote(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref(), own) }
            }
            other => PreviewContent::Text { text: line(other.body()) },
        },
        MsgLikeKind::Sticker(sticker) => {
            PreviewContent::Sticker { text: line(&sticker.content().body) }
        }
        MsgLikeKind::Poll(poll) => {
            PreviewContent::Poll { question: line(&poll.results().question) }
        }
        MsgLikeKind::Redacted => PreviewContent::Redacted,
        MsgLikeKind::UnableToDecrypt(_) => PreviewContent::Undecryptable,
        MsgLikeKind::LiveLocation(_) => PreviewContent::Location,
        MsgLikeKind::Other(_) => PreviewContent::Other,
    }
}

fn caption(body: Option<&str>, formatted: Option<&FormattedBody>, own: &UserId) -> Option<String> {
    body.map(|body| words(body, formatted, own))
}

fn words(body: &str, formatted: Option<&FormattedBody>, own: &UserId) -> String {
    match formatted {
        Some(_) => line(&summary(&blocks(body, formatted, own))),
        None => line(body),
    }
}

fn line(text: &str) -> String {
    one_line(text, LONGEST)
}
