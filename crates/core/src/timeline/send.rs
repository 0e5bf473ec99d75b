//! Sending through the SDK's queue: stored first, sent in order, retried by itself.

use std::{
    collections::{HashMap, VecDeque},
    future::Future,
    sync::{Arc, PoisonError},
};

use futures_util::StreamExt;
use herold_protocol::{Block, ConversationId, ErrorKind, OutgoingText, Place};
use matrix_sdk::{
    Room,
    room::{
        edit::EditedContent,
        reply::{EnforceThread, Reply},
    },
    ruma::{
        EventId, OwnedEventId,
        events::{
            AnyMessageLikeEventContent, Mentions,
            location::LocationContent,
            relation::InReplyTo,
            room::message::{
                AddMentions, LocationMessageEventContent, MessageType, Relation, ReplyWithinThread,
                RoomMessageEventContent, RoomMessageEventContentWithoutRelation,
            },
        },
    },
    send_queue::SendHandle,
};
use matrix_sdk_ui::timeline::{EventSendState, TimelineItem};
use tokio::{sync::Mutex, time::timeout};

use super::{
    actions::deleted,
    focus::event,
    live::focus_of,
    readdress,
    undo::{LONGEST_ANSWER, Made},
};
use crate::{
    Error, Result, compose, error::storage, gallery, send_queues::LONGEST_QUESTION,
    session::Session,
};

/// Requests of one room that are remembered for repeated calls.
const REMEMBERED: usize = 100;

/// Request identifiers of what was stored for sending, newest last, by room. Those of a room are held while
/// something of it is being stored, so that messages keep the order in which they were asked for.
#[derive(Default)]
pub(crate) struct StoredRequests(std::sync::Mutex<HashMap<String, Arc<Mutex<VecDeque<String>>>>>);

impl StoredRequests {
    fn of(&self, room_id: &str) -> Arc<Mutex<VecDeque<String>>> {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.entry(room_id.to_owned()).or_default().clone()
    }
}

impl Session {
    /// Stores a message for sending and returns once it is on disk. `request_id` makes a repeated call
    /// harmless: a message that was stored under it is not stored again.
    ///
    /// # Errors
    /// `MessageTooLong`, `Forbidden` where the room cannot be written to, `MessageDeleted` for an edit of what is
    /// gone, `Storage`.
    pub async fn send_message(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        message: OutgoingText,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let routed = self.routed(&message).await;
        if let Some(edited) = &routed.edits {
            let edited = match waiting_row(edited) {
                Some(row_id) => self.change_waiting(conversation, &room, row_id, &routed).await?,
                None => Some(event(edited)?),
            };
            let Some(edited) = edited else { return Ok(()) };
            // May ask the server for the message, so nothing waits for it.
            let edit = self.replacement(&room, &edited, &routed).await?;
            return self
                .once(conversation, request_id, async {
                    room.send_queue().send(edit).await.map_err(storage)?;
                    Ok(())
                })
                .await;
        }
        let content = compose::message(&routed.text, &routed.mentions, compose::longest(&room))?;
        self.once(conversation, request_id, async {
            let reply_to = message.reply_to.as_deref();
            let content = self.placed(conversation, &room, content, reply_to).await?;
            let made = Made::Text(message.clone());
            self.send_undoable(conversation, &room, request_id, content.into(), made).await
        })
        .await
    }

    /// Sends a place as text, coordinates and a `geo:` link (specification, "m.location").
    ///
    /// # Errors
    /// `Invalid` for coordinates that are none.
    pub async fn send_location(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        place: Place,
    ) -> Result<()> {
        let valid =
            (-90.0..=90.0).contains(&place.latitude) && (-180.0..=180.0).contains(&place.longitude);
        if !valid {
            return Err(Error::new(ErrorKind::Invalid));
        }
        let room = self.joined_room(&conversation.room_id)?;
        let geo_uri = format!("geo:{},{}", place.latitude, place.longitude);
        let description = herold_rich_text::text::one_line(&place.description, 500);
        let body = if description.is_empty() {
            geo_uri.clone()
        } else {
            format!("{description} ({geo_uri})")
        };
        let mut content = LocationMessageEventContent::new(body, geo_uri.clone());
        let mut location = LocationContent::new(geo_uri);
        location.description = Some(description).filter(|text| !text.is_empty());
        content.location = Some(location);
        let content = RoomMessageEventContentWithoutRelation::new(MessageType::Location(content))
            .add_mentions(Mentions::new());
        self.once(conversation, request_id, async {
            let content = self.placed(conversation, &room, content, None).await?;
            let made = Made::Place(place);
            self.send_undoable(conversation, &room, request_id, content.into(), made).await
        })
        .await
    }

    /// What a text will look like to everybody.
    pub fn preview_text(&self, message: &OutgoingText) -> Vec<Block> {
        let own = self.client.user_id();
        let Some(own) = own else { return Vec::new() };
        let text = message.text.strip_prefix("/me ").unwrap_or(&message.text);
        let html = herold_rich_text::markdown::to_html(text, &message.mentions);
        herold_rich_text::from_message(text, html.as_deref(), own)
    }

    /// Does the work of a request unless it was done before. Work of one room is done one at a time, so that
    /// messages keep the order in which they were asked for.
    pub(super) async fn once(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        work: impl Future<Output = Result<()>>,
    ) -> Result<()> {
        let stored = self.stored_requests.of(&conversation.room_id);
        let mut stored = stored.lock().await;
        if stored.iter().any(|id| id == request_id) {
            return Ok(());
        }
        work.await?;
        stored.push_back(request_id.to_owned());
        if stored.len() > REMEMBERED {
            stored.pop_front();
        }
        Ok(())
    }

    /// Puts content where it belongs: into a thread, as an answer, or neither.
    pub(super) async fn placed(
        &self,
        conversation: &ConversationId,
        room: &Room,
        content: RoomMessageEventContentWithoutRelation,
        reply_to: Option<&str>,
    ) -> Result<RoomMessageEventContent> {
        let Some(reply) = self.reply(conversation, room, reply_to).await? else {
            return Ok(content.with_relation(None));
        };
        let answered = reply.event_id.clone();
        let threaded = conversation.thread.as_deref().map(event).transpose()?;
        match timeout(LONGEST_QUESTION, room.make_reply_event(content.clone(), reply)).await {
            Ok(Ok(content)) => Ok(content),
            // Without a network and without the original on this device, the reference alone has to do.
            failed => {
                tracing::debug!(?failed, "answering a message that is not on this device");
                let relation = match threaded {
                    Some(root) => Relation::Thread(
                        matrix_sdk::ruma::events::relation::Thread::plain(root, answered),
                    ),
                    None => Relation::Reply(matrix_sdk::ruma::events::relation::Reply::new(
                        InReplyTo::new(answered),
                    )),
                };
                Ok(content.with_relation(Some(relation)))
            }
        }
    }

    /// What a message in this conversation refers to.
    pub(super) async fn reply(
        &self,
        conversation: &ConversationId,
        room: &Room,
        reply_to: Option<&str>,
    ) -> Result<Option<Reply>> {
        let answered = reply_to.map(event).transpose()?;
        let Some(root) = conversation.thread.as_deref().map(event).transpose()? else {
            return Ok(answered.map(|event_id| Reply {
                event_id,
                // An answer to a message of a thread goes to that thread.
                enforce_thread: EnforceThread::MaybeThreaded,
                add_mentions: AddMentions::Yes,
            }));
        };
        let within =
            if answered.is_some() { ReplyWithinThread::Yes } else { ReplyWithinThread::No };
        let event_id = match answered {
            Some(event_id) => event_id,
            None => self.latest_in(conversation, room).await?.unwrap_or(root),
        };
        Ok(Some(Reply {
            event_id,
            enforce_thread: EnforceThread::Threaded(within),
            // Going on in a thread addresses nobody.
            add_mentions: match within {
                ReplyWithinThread::Yes => AddMentions::Yes,
                ReplyWithinThread::No => AddMentions::No,
            },
        }))
    }

    /// The last sent message of a thread: clients that know no threads see an answer to it.
    async fn latest_in(
        &self,
        conversation: &ConversationId,
        room: &Room,
    ) -> Result<Option<OwnedEventId>> {
        let timeline = self.timelines.open(room, &focus_of(conversation)).await?;
        Ok(timeline
            .items()
            .await
            .iter()
            .rev()
            .find_map(|item| item.as_event()?.event_id().map(ToOwned::to_owned)))
    }

    /// Changes a message where it waits for being sent. One that has left meanwhile has to be replaced: its
    /// identifier.
    async fn change_waiting(
        &self,
        conversation: &ConversationId,
        room: &Room,
        row_id: &str,
        message: &OutgoingText,
    ) -> Result<Option<OwnedEventId>> {
        let item = self.item(room, conversation, row_id).await?;
        let event = item.as_ref().and_then(|item| item.as_event()).ok_or_else(deleted)?;
        if let Some(event_id) = event.event_id() {
            return Ok(Some(event_id.to_owned()));
        }
        let handle = event.local_echo_send_handle().ok_or_else(deleted)?;
        let kind = event.content().as_message().map(|message| message.msgtype());
        let changed = match new_content(kind, message, compose::longest(room))? {
            EditedContent::RoomMessage(content) => {
                // The queue knows no relations: what it is given takes the place of all that was there.
                let answered =
                    event.content().in_reply_to().map(|reply| reply.event_id.to_string());
                let content = self.placed(conversation, room, content, answered.as_deref()).await?;
                handle.edit(content.into()).await
            }
            EditedContent::MediaCaption { caption, formatted_caption, mentions } => {
                handle.edit_media_caption(caption, formatted_caption, mentions).await
            }
            EditedContent::PollStart { .. } => return Err(Error::new(ErrorKind::Unsupported)),
        };
        if !changed.map_err(storage)? {
            return match self.left_as(room, conversation, row_id).await? {
                Some(event_id) => Ok(Some(event_id)),
                None => Err(deleted()),
            };
        }
        if matches!(
            event.send_state(),
            Some(EventSendState::SendingFailed { is_recoverable: false, .. })
        ) {
            // It was what the queue gave up at.
            room.send_queue().set_enabled(true);
        }
        Ok(None)
    }

    async fn replacement(
        &self,
        room: &Room,
        edited: &EventId,
        message: &OutgoingText,
    ) -> Result<AnyMessageLikeEventContent> {
        let longest = compose::longest(room);
        let now = self.message(room, edited).await?;
        let content = new_content(now.as_ref().map(|now| now.msgtype()), message, longest)?;
        let before = now.as_ref().and_then(|now| now.mentions()).cloned().unwrap_or_default();
        let answered = readdress::answered(room, edited).await;
        // An edit carries the text twice, so its formatting may not fit where that of the message did.
        let plain = match &content {
            EditedContent::RoomMessage(content) => {
                Some(EditedContent::RoomMessage(compose::without_formatting(content.clone())))
            }
            _ => None,
        };
        for content in std::iter::once(content).chain(plain) {
            let edit = room.make_edit_event(edited, content).await;
            let mut edit = edit.map_err(super::actions::edit_error)?;
            readdress::readdress(&mut edit, &answered, &before);
            if compose::fits(&edit, longest) {
                return Ok(edit);
            }
        }
        Err(compose::too_long())
    }

    /// Sends again what failed for good.
    pub async fn retry_send(&self, conversation: &ConversationId, row_id: &str) -> Result<()> {
        let room = self.room(&conversation.room_id)?;
        if let Some(handle) = self.send_handle(&room, conversation, row_id).await? {
            handle.unwedge().await.map_err(storage)?;
        }
        // Lifting the blockade does not wake a queue that gave up.
        room.send_queue().set_enabled(true);
        Ok(())
    }

    /// Takes back a message. One that has left meanwhile is deleted for everybody.
    ///
    /// # Errors
    /// `Timeout` where it has left and the server does not say as what.
    pub async fn cancel_send(&self, conversation: &ConversationId, row_id: &str) -> Result<()> {
        let room = self.room(&conversation.room_id)?;
        let Some(item) = self.item(&room, conversation, row_id).await? else { return Ok(()) };
        let Some(event) = item.as_event() else { return Ok(()) };
        if event.event_id().is_none()
            && let Some(handle) = event.local_echo_send_handle()
            && handle.abort().await.map_err(storage)?
        {
            // It may be what the queue gave up at.
            room.send_queue().set_enabled(true);
            return Ok(());
        }
        let Some(event_id) = self.left_as(&room, conversation, row_id).await? else {
            return Ok(());
        };
        room.send_queue().redact(event_id, None).await.map_err(storage)?;
        Ok(())
    }

    /// The identifier of a message that has left, once the timeline knows it; `None` where it is gone.
    async fn left_as(
        &self,
        room: &Room,
        conversation: &ConversationId,
        row_id: &str,
    ) -> Result<Option<OwnedEventId>> {
        let answer = timeout(LONGEST_ANSWER, self.identified(room, conversation, row_id)).await;
        answer.map_err(|_| Error::new(ErrorKind::Timeout))?
    }

    async fn identified(
        &self,
        room: &Room,
        conversation: &ConversationId,
        row_id: &str,
    ) -> Result<Option<OwnedEventId>> {
        let timeline = self.timelines.open_lasting(room, &focus_of(conversation)).await?;
        let (_, changes) = timeline.current().subscribe().await;
        let mut changes = std::pin::pin!(changes);
        loop {
            let item = self.item(room, conversation, row_id).await?;
            let Some(item) = item else { return Ok(None) };
            let event_id = item.as_event().and_then(|event| event.event_id());
            if let Some(event_id) = event_id {
                return Ok(Some(event_id.to_owned()));
            }
            if changes.next().await.is_none() {
                return Ok(None);
            }
        }
    }

    async fn send_handle(
        &self,
        room: &Room,
        conversation: &ConversationId,
        row_id: &str,
    ) -> Result<Option<SendHandle>> {
        let item = self.item(room, conversation, row_id).await?;
        Ok(item.and_then(|item| item.as_event()?.local_echo_send_handle()))
    }

    pub(super) async fn item(
        &self,
        room: &Room,
        conversation: &ConversationId,
        row_id: &str,
    ) -> Result<Option<Arc<TimelineItem>>> {
        let timeline = self.timelines.open_lasting(room, &focus_of(conversation)).await?;
        let (items, names) = (timeline.current().items().await, timeline.names());
        Ok(items.iter().rev().find(|item| names.of(item) == row_id).cloned())
    }
}

/// Where a message to change is named by its row: event identifiers begin with "$", and those of rows do not.
pub(super) fn waiting_row(edited: &str) -> Option<&str> {
    (!edited.starts_with('$')).then_some(edited)
}

/// What a message of this kind says after an edit.
fn new_content(
    kind: Option<&MessageType>,
    message: &OutgoingText,
    longest: usize,
) -> Result<EditedContent> {
    if let Some(MessageType::Text(_) | MessageType::Emote(_) | MessageType::Notice(_)) = kind {
        let content = compose::message(&message.text, &message.mentions, longest)?;
        return Ok(EditedContent::RoomMessage(content));
    }
    // Without a caption, the body names the file again (specification, "Media captions").
    let caption = compose::caption(&message.text, &message.mentions);
    let names = match kind {
        Some(MessageType::Gallery(files)) => Some(gallery::names(files)),
        _ => None,
    };
    Ok(EditedContent::MediaCaption {
        formatted_caption: caption.as_ref().and_then(|text| text.formatted.clone()),
        caption: caption.map(|text| text.body).or(names),
        mentions: Some(compose::addressed(&message.text, &message.mentions)),
    })
}
