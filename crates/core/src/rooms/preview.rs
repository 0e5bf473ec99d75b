//! The latest message of a room in one line. Which message that is, the SDK decides.

use herold_protocol::{Preview, PreviewContent};
use matrix_sdk::{
    Room,
    ruma::events::room::message::{FormattedBody, MessageType},
};
use matrix_sdk_ui::timeline::{
    LatestEventValue, LatestEventValueLocalState, MsgLikeKind, Profile, RoomExt, TimelineDetails,
    TimelineItemContent,
};

use herold_rich_text::{
    summary,
    text::{clean_filename, clean_name, one_line},
};

use crate::{compose::blocks, gallery, moment::moment_ms, session::Session};

const LONGEST: usize = 200;

pub(super) async fn preview(room: &Room, session: &Session) -> Option<Preview> {
    match room.latest_event().await {
        LatestEventValue::None => None,
        LatestEventValue::Remote { timestamp, sender, is_own, profile, content } => Some(Preview {
            sender: Some(profile_name(&profile).unwrap_or_else(|| sender.localpart().to_owned())),
            own: is_own,
            timestamp_ms: moment_ms(timestamp),
            content: content_of(&content, room, session).await,
            pending: false,
        }),
        LatestEventValue::RemoteInvite { timestamp, inviter, inviter_profile } => Some(Preview {
            sender: profile_name(&inviter_profile)
                .or_else(|| inviter.map(|user| user.localpart().to_owned())),
            own: false,
            timestamp_ms: moment_ms(timestamp),
            content: PreviewContent::Invited,
            pending: false,
        }),
        LatestEventValue::Local { timestamp, content, state, .. } => Some(Preview {
            sender: None,
            own: true,
            timestamp_ms: moment_ms(timestamp),
            content: content_of(&content, room, session).await,
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

/// What was said in one line. Spoilers stay hidden, formatting is not spelt out, and mentions have the names that are
/// known here.
pub(crate) async fn content_of(
    content: &TimelineItemContent,
    room: &Room,
    session: &Session,
) -> PreviewContent {
    let words = async |body: &str, formatted: Option<&FormattedBody>| {
        words(body, formatted, room, session).await
    };
    let caption = async |body: Option<&str>, formatted: Option<&FormattedBody>| match body {
        Some(body) => Some(words(body, formatted).await),
        None => None,
    };
    let TimelineItemContent::MsgLike(message) = content else { return PreviewContent::Other };
    match &message.kind {
        MsgLikeKind::Message(message) => match message.msgtype() {
            MessageType::Image(image) => PreviewContent::Image {
                caption: caption(image.caption(), image.formatted_caption()).await,
            },
            MessageType::Video(video) => PreviewContent::Video {
                caption: caption(video.caption(), video.formatted_caption()).await,
            },
            MessageType::Audio(audio) if audio.voice.is_some() => PreviewContent::Voice,
            MessageType::Audio(_) => PreviewContent::Audio,
            MessageType::File(file) => {
                PreviewContent::File { filename: clean_filename(file.filename()) }
            }
            MessageType::Gallery(files) => PreviewContent::Gallery {
                count: u32::try_from(files.itemtypes.len()).unwrap_or(u32::MAX),
                caption: match gallery::caption(files) {
                    Some((body, formatted)) => Some(words(body, formatted).await),
                    None => None,
                },
            },
            MessageType::Location(_) => PreviewContent::Location,
            MessageType::Text(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref()).await }
            }
            MessageType::Notice(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref()).await }
            }
            MessageType::Emote(text) => {
                PreviewContent::Text { text: words(&text.body, text.formatted.as_ref()).await }
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

async fn words(
    body: &str,
    formatted: Option<&FormattedBody>,
    room: &Room,
    session: &Session,
) -> String {
    if formatted.is_none() {
        return line(body);
    }
    let mut blocks = blocks(body, formatted, room.own_user_id());
    session.name_mentions(room, &mut blocks).await;
    line(&summary(&blocks))
}

fn line(text: &str) -> String {
    one_line(text, LONGEST)
}
