//! Sending through the SDK's queue: stored first, sent in order, retried by itself.

use herold_protocol::{ErrorKind, ErrorReason};
use matrix_sdk::send_queue::SendHandle;
use matrix_sdk::{
    Room,
    ruma::{
        EventId,
        events::{
            AnyMessageLikeEventContent, poll::unstable_response::UnstablePollResponseEventContent,
            room::message::RoomMessageEventContent,
        },
    },
};

use crate::{Error, Result, session::Session};

/// Bytes of text. The protocol limits an event to 65,536 bytes with its envelope; encryption adds a
/// third (base64), and formatted text repeats the body.
const LONGEST_PLAIN: usize = 60_000;
const LONGEST_ENCRYPTED: usize = 44_000;
/// Requests remembered for repeated calls.
const REMEMBERED: usize = 512;

impl Session {
    /// Stores a message for sending and returns once it is on disk. `request_id` makes a repeated call
    /// harmless: a message that was stored under it is not stored again.
    ///
    /// # Errors
    /// `MessageTooLong`, `Forbidden` where the room cannot be written to, `Storage`.
    pub async fn send_text(&self, room_id: &str, request_id: &str, body: &str) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let content = text_content(&room, body)?;
        let mut stored = self.stored_requests.lock().await;
        if stored.iter().any(|id| id == request_id) {
            return Ok(());
        }
        room.send_queue().send(content.into()).await.map_err(crate::error::storage)?;
        stored.push_back(request_id.to_owned());
        if stored.len() > REMEMBERED {
            stored.pop_front();
        }
        Ok(())
    }

    /// Sends again what failed for good.
    pub async fn retry_send(&self, room_id: &str, row_id: &str) -> Result<()> {
        let room = self.room(room_id)?;
        if let Some(handle) = self.send_handle(&room, row_id).await? {
            handle.unwedge().await.map_err(crate::error::storage)?;
        }
        // Lifting the blockade does not wake a queue that gave up.
        room.send_queue().set_enabled(true);
        Ok(())
    }

    /// Takes back a message that has not left yet. One that has left stays.
    pub async fn cancel_send(&self, room_id: &str, row_id: &str) -> Result<()> {
        let room = self.room(room_id)?;
        if let Some(handle) = self.send_handle(&room, row_id).await? {
            handle.abort().await.map_err(crate::error::storage)?;
        }
        Ok(())
    }

    /// An empty list withdraws the vote (MSC3381).
    pub async fn vote(&self, room_id: &str, event_id: &str, answers: Vec<String>) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let poll = EventId::parse(event_id)
            .map_err(|error| Error::new(ErrorKind::Invalid).with_source(error))?;
        let content = UnstablePollResponseEventContent::new(answers, poll);
        let content = AnyMessageLikeEventContent::UnstablePollResponse(content);
        room.send_queue().send(content).await.map_err(crate::error::storage)?;
        Ok(())
    }

    async fn send_handle(&self, room: &Room, row_id: &str) -> Result<Option<SendHandle>> {
        let timeline = self.timelines.open(room).await?;
        let items = timeline.items().await;
        Ok(items
            .iter()
            .rev()
            .find(|item| item.unique_id().0 == row_id)
            .and_then(|item| item.as_event()?.local_echo_send_handle()))
    }
}

fn text_content(room: &Room, body: &str) -> Result<RoomMessageEventContent> {
    if body.trim().is_empty() {
        return Err(Error::new(ErrorKind::Invalid));
    }
    let encrypted = room.encryption_state().is_encrypted();
    let most = if encrypted { LONGEST_ENCRYPTED } else { LONGEST_PLAIN };
    let too_long = || Error::because(ErrorKind::TooLarge, ErrorReason::MessageTooLong);
    if body.len() > most {
        return Err(too_long());
    }
    let content = RoomMessageEventContent::text_markdown(body);
    let size = serde_json::to_vec(&content).map(|json| json.len()).unwrap_or(usize::MAX);
    if size <= most {
        return Ok(content);
    }
    // Formatting would not fit; the words themselves do.
    let content = RoomMessageEventContent::text_plain(body);
    match serde_json::to_vec(&content) {
        Ok(json) if json.len() <= most => Ok(content),
        _ => Err(too_long()),
    }
}
