//! The row of a message: what was said, where it stands, what is doubtful about it.

use std::collections::HashSet;

use herold_protocol::{
    DecryptionFailure, ErrorKind, ErrorReason, MessageContent, MessageRow, Reaction, ReplyPreview,
    SendState, Shield, ThreadSummary, UploadProgress, WireError,
};
use herold_rich_text::text::{clean_name, one_line, reaction};
use matrix_sdk::{
    Room,
    ruma::{
        OwnedUserId, UserId,
        events::room::message::{FormattedBody, MessageType},
    },
};
use matrix_sdk_base::crypto::types::events::UtdCause;
use matrix_sdk_ui::timeline::{
    EncryptedMessage, EventSendState, EventTimelineItem, InReplyToDetails, MsgLikeContent,
    MsgLikeKind, ReactionsByKeyBySender, ThreadSummary as SdkThreadSummary, TimelineDetails,
    TimelineEventItemId, TimelineEventShieldState, TimelineEventShieldStateCode,
};

use super::{
    attachment, place, poll,
    quotations::Quotations,
    row::{Context, sender},
};
use crate::{
    Error, compose, gallery, moment::moment_ms, outgoing, rooms::preview_content, session::Session,
};

/// Names of people who reacted that cross to the interface.
const MOST_NAMES: usize = 20;
/// Different reactions that are shown on one message.
const MOST_REACTIONS: usize = 50;
/// Characters of a reaction that are shown.
const LONGEST_KEY: usize = 32;

pub(super) fn message_row(
    event: &EventTimelineItem,
    content: &MsgLikeContent,
    context: &Context<'_>,
) -> MessageRow {
    let reactions = match content.kind {
        // Servers differ in what they keep of them.
        MsgLikeKind::Redacted => Vec::new(),
        _ => reactions(&content.reactions, context.own),
    };
    MessageRow {
        edited: match &content.kind {
            MsgLikeKind::Message(message) => message.is_edited(),
            MsgLikeKind::Poll(poll) => poll.is_edit(),
            _ => false,
        },
        thread: content.thread_summary.as_ref().map(|thread| thread_summary(thread, context)),
        reply_to: content.in_reply_to.as_ref().map(|reply| reply_preview(reply, context)),
        reactions,
        ..row(event, message_content(event, content, context), context)
    }
}

/// An event whose content is not what its type promises.
pub(super) fn unreadable_row(
    event: &EventTimelineItem,
    event_type: String,
    context: &Context<'_>,
) -> MessageRow {
    row(event, MessageContent::Unknown { event_type, fallback: fallback(event) }, context)
}

fn fallback(event: &EventTimelineItem) -> Option<String> {
    let content = event.latest_json()?.get_field::<serde_json::Value>("content").ok()??;
    content.get("body")?.as_str().map(|body| one_line(body, 1000))
}

fn row(event: &EventTimelineItem, content: MessageContent, context: &Context<'_>) -> MessageRow {
    MessageRow {
        event_id: event.event_id().map(ToString::to_string),
        sender: sender(event.sender(), event.sender_profile(), context),
        own: event.is_own(),
        timestamp_ms: moment_ms(event.timestamp()),
        content,
        edited: false,
        editable: event.is_editable(),
        highlighted: event.is_highlighted(),
        send_state: send_state(event),
        reply_to: None,
        reactions: Vec::new(),
        shield: shield(event),
        read_by: read_by(event),
        readers: Vec::new(),
        thread: None,
    }
}

fn message_content(
    event: &EventTimelineItem,
    content: &MsgLikeContent,
    context: &Context<'_>,
) -> MessageContent {
    let blocks = |body: &str, formatted: Option<&FormattedBody>| {
        compose::blocks(body, formatted, context.own)
    };
    let files = attachment::Files { media: &context.session.media, own: event.is_own() };
    match &content.kind {
        MsgLikeKind::Message(message) => match message.msgtype() {
            MessageType::Text(text) => {
                MessageContent::Text { blocks: blocks(&text.body, text.formatted.as_ref()) }
            }
            MessageType::Emote(text) => {
                MessageContent::Emote { blocks: blocks(&text.body, text.formatted.as_ref()) }
            }
            MessageType::Notice(text) => {
                MessageContent::Notice { blocks: blocks(&text.body, text.formatted.as_ref()) }
            }
            MessageType::ServerNotice(text) => {
                MessageContent::Notice { blocks: blocks(&text.body, None) }
            }
            MessageType::Location(location) => MessageContent::Location {
                text: place::name(location),
                geo_uri: clean_name(&location.geo_uri),
                map: context.session.media.map(&location.geo_uri),
            },
            MessageType::Gallery(several) => MessageContent::Gallery {
                items: attachment::gallery(several, files, blocks),
                caption: gallery::caption(several).map(|(body, formatted)| blocks(body, formatted)),
            },
            other => match attachment::attachment(other, files) {
                Some((attachment, caption)) => MessageContent::Attachment {
                    attachment,
                    caption: caption.map(|(body, formatted)| blocks(body, formatted)),
                },
                None => MessageContent::Unknown {
                    event_type: clean_name(other.msgtype()),
                    fallback: Some(one_line(other.body(), 1000)),
                },
            },
        },
        MsgLikeKind::Sticker(sticker) => MessageContent::Sticker {
            text: one_line(&sticker.content().body, 200),
            attachment: attachment::sticker(sticker.content(), files),
        },
        MsgLikeKind::Poll(state) => {
            MessageContent::Poll { poll: poll::Results::of_state(state).card(context.own) }
        }
        MsgLikeKind::Redacted => MessageContent::Redacted { by: None, reason: None },
        MsgLikeKind::UnableToDecrypt(message) => {
            MessageContent::Undecryptable { cause: failure(message) }
        }
        MsgLikeKind::LiveLocation(location) => {
            let latest = location.latest_location();
            let geo_uri = latest.map(|beacon| beacon.geo_uri()).unwrap_or_default();
            MessageContent::Location {
                text: one_line(location.description().unwrap_or_default(), 500),
                geo_uri: clean_name(geo_uri),
                map: context.session.media.map(geo_uri),
            }
        }
        MsgLikeKind::Other(other) => {
            let event_type = clean_name(&other.event_type().to_string());
            MessageContent::Unknown { event_type, fallback: fallback(event) }
        }
    }
}

fn failure(message: &EncryptedMessage) -> DecryptionFailure {
    match message {
        EncryptedMessage::MegolmV1AesSha2 { cause, .. } => match cause {
            UtdCause::Unknown => DecryptionFailure::KeyPending,
            UtdCause::SentBeforeWeJoined => DecryptionFailure::SentBeforeJoin,
            UtdCause::VerificationViolation => DecryptionFailure::SenderIdentityChanged,
            UtdCause::UnsignedDevice | UtdCause::UnknownDevice => {
                DecryptionFailure::SenderDeviceInsecure
            }
            UtdCause::HistoricalMessageAndBackupIsDisabled
            | UtdCause::HistoricalMessageAndDeviceIsUnverified => {
                DecryptionFailure::SentBeforeDevice
            }
            UtdCause::WithheldForUnverifiedOrInsecureDevice => DecryptionFailure::DeviceNotTrusted,
            UtdCause::WithheldBySender => DecryptionFailure::Unknown,
        },
        _ => DecryptionFailure::Unknown,
    }
}

fn send_state(event: &EventTimelineItem) -> Option<SendState> {
    Some(match event.send_state()? {
        EventSendState::NotSentYet { progress } => SendState::Sending {
            progress: progress.as_ref().map(|upload| UploadProgress {
                sent: upload.progress.current as u64,
                total: upload.progress.total as u64,
            }),
        },
        EventSendState::SendingFailed { is_recoverable: true, .. } => SendState::Waiting,
        EventSendState::SendingFailed { error, .. } => SendState::Failed { error: wedge(error) },
        EventSendState::Sent { .. } => SendState::Sent,
    })
}

fn wedge(error: &matrix_sdk::Error) -> WireError {
    use matrix_sdk_base::store::QueueWedgeError as Wedge;
    let matrix_sdk::Error::SendQueueWedgeError(wedge) = error else {
        return Error::classify(error).to_wire();
    };
    match &**wedge {
        Wedge::InsecureDevices { .. } => Error::new(ErrorKind::InsecureDevices),
        Wedge::IdentityViolations { .. } => Error::new(ErrorKind::IdentityChanged),
        Wedge::CrossVerificationRequired => Error::new(ErrorKind::NeedsVerification),
        Wedge::MissingMediaContent => outgoing::gone(),
        Wedge::InvalidMimeType { .. } => Error::new(ErrorKind::Invalid),
        Wedge::GenericApiError { msg } if msg.contains("M_TOO_LARGE") => {
            Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong)
        }
        Wedge::GenericApiError { msg } if msg.contains("M_FORBIDDEN") => {
            Error::new(ErrorKind::Forbidden)
        }
        Wedge::GenericApiError { .. } => {
            Error::because(ErrorKind::Invalid, ErrorReason::MessageRefused)
        }
    }
    .to_wire()
}

fn shield(event: &EventTimelineItem) -> Option<Shield> {
    use TimelineEventShieldStateCode as Code;
    let code = match event.get_shield(false) {
        TimelineEventShieldState::Red { code } | TimelineEventShieldState::Grey { code } => code,
        TimelineEventShieldState::None => return None,
    };
    Some(match code {
        Code::AuthenticityNotGuaranteed => Shield::AuthenticityNotGuaranteed,
        Code::UnknownDevice => Shield::UnknownDevice,
        Code::UnsignedDevice => Shield::UnsignedDevice,
        Code::UnverifiedIdentity => Shield::UnverifiedIdentity,
        Code::VerificationViolation => Shield::IdentityChanged,
        Code::MismatchedSender => Shield::MismatchedSender,
        Code::SentInClear => Shield::SentInClear,
    })
}

fn read_by(event: &EventTimelineItem) -> u32 {
    let readers = event.read_receipts().keys().filter(|user| *user != event.sender()).count();
    u32::try_from(readers).unwrap_or(u32::MAX)
}

pub(super) fn reactions(reactions: &ReactionsByKeyBySender, own: &UserId) -> Vec<Reaction> {
    let shown = by_shown_key(reactions);
    let reaction = |(key, people): (String, Vec<&OwnedUserId>)| Reaction {
        key,
        count: u32::try_from(people.len()).unwrap_or(u32::MAX),
        own: people.iter().any(|user| *user == own),
        names: people.iter().take(MOST_NAMES).map(|user| user.localpart().to_owned()).collect(),
    };
    shown.into_iter().map(reaction).collect()
}

/// Everybody who reacted, each with a key once. Keys that look the same are one: the interface knows reactions
/// by what it shows.
pub(super) fn by_shown_key(reactions: &ReactionsByKeyBySender) -> Vec<(String, Vec<&OwnedUserId>)> {
    let mut shown: Vec<(String, Vec<&OwnedUserId>)> = Vec::new();
    for (key, by_sender) in reactions.iter().take(MOST_REACTIONS) {
        let key = shown_key(key);
        if let Some((_, people)) = shown.iter_mut().find(|(other, _)| look_alike(other, &key)) {
            let known: HashSet<_> = people.iter().copied().collect();
            people.extend(by_sender.keys().filter(|user| !known.contains(user)));
        } else {
            shown.push((key, by_sender.keys().collect()));
        }
    }
    shown
}

/// A reaction as it is shown.
pub(super) fn shown_key(key: &str) -> String {
    reaction(key, LONGEST_KEY)
}

/// Clients differ in whether an emoji says that it is one (U+FE0F; specification, "m.reaction").
pub(super) fn look_alike(one: &str, other: &str) -> bool {
    let seen = |c: &char| *c != '\u{FE0F}';
    one.chars().filter(seen).eq(other.chars().filter(seen))
}

fn thread_summary(thread: &SdkThreadSummary, context: &Context<'_>) -> ThreadSummary {
    let latest = match &thread.latest_event {
        TimelineDetails::Ready(latest) => Some(latest),
        _ => None,
    };
    ThreadSummary {
        replies: thread.num_replies,
        latest: latest.map(|latest| ReplyPreview {
            event_id: match &latest.identifier {
                TimelineEventItemId::EventId(event_id) => event_id.to_string(),
                TimelineEventItemId::TransactionId(_) => String::new(),
            },
            sender: Some(sender(&latest.sender, &latest.sender_profile, context)),
            content: None,
            loading: false,
        }),
    }
}

fn reply_preview(reply: &InReplyToDetails, context: &Context<'_>) -> ReplyPreview {
    let original = match &reply.event {
        TimelineDetails::Ready(original) => Some(original),
        _ => None,
    };
    ReplyPreview {
        event_id: reply.event_id.to_string(),
        sender: original
            .map(|original| sender(&original.sender, &original.sender_profile, context)),
        content: None,
        loading: false,
    }
}

/// Adds what the quotations of a message say. Names of mentions have to be looked up.
pub(super) async fn add_quotations(
    message: &mut MessageRow,
    event: &EventTimelineItem,
    room: &Room,
    session: &Session,
    quotations: &Quotations,
) {
    let Some(content) = event.content().as_msglike() else { return };
    if let (Some(reply), Some(known)) = (&mut message.reply_to, &content.in_reply_to) {
        match &known.event {
            TimelineDetails::Ready(original) => {
                reply.content = Some(preview_content(&original.content, room, session).await);
            }
            _ => reply.loading = quotations.is_loading(event),
        }
    }
    if let Some(ThreadSummary { latest: Some(preview), .. }) = &mut message.thread
        && let Some(SdkThreadSummary { latest_event: TimelineDetails::Ready(latest), .. }) =
            &content.thread_summary
    {
        preview.content = Some(preview_content(&latest.content, room, session).await);
    }
}
