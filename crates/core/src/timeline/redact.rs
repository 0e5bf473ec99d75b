//! Deletes a message with all that it ever said: an edit is an event of its own, which keeps its words when the message
//! goes (specification, "Redactions"). Who deleted a message is in `deletion`.

use std::collections::HashSet;

use herold_protocol::ErrorKind;
use herold_rich_text::text::one_line;
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedEventId, OwnedUserId,
        events::{
            AnyMessageLikeEventContent, poll::unstable_start::UnstablePollStartEventContent,
            relation::RelationType, room::message::Relation,
        },
    },
    send_queue::LocalEchoContent,
};
use tokio::time::{sleep, timeout};

use super::{focus::event, relations};
use crate::{
    Error, Result, error::storage, send_queues::LONGEST_QUESTION, session::Session, sync::pause,
};

const EDITS: [RelationType; 1] = [RelationType::Replacement];

impl Session {
    /// Deletes a message and its edits for everybody. Goes through the queue, so it works without a network; edits that
    /// this device does not know follow once the server has named them. The message goes last: where an edit cannot be
    /// stored for deletion, the message is still there to be deleted again.
    pub async fn redact_message(
        &self,
        room_id: &str,
        event_id: &str,
        reason: Option<String>,
    ) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let event_id = event(event_id)?;
        let reason = reason.map(|reason| one_line(&reason, 500)).filter(|text| !text.is_empty());
        // Those of anybody else change nothing (specification, "Validity of replacement events").
        let author = match self.timelines.item(room.room_id(), &event_id).await {
            Some(item) => Some(item.sender().to_owned()),
            None => room.load_or_fetch_event(&event_id, None).await?.sender(),
        };
        withdraw_edits(&room, &event_id).await?;
        let asked = relations::complete(&room, &event_id, &EDITS);
        let gone = timeout(LONGEST_QUESTION, asked).await.ok().and_then(Result::ok);
        let all_known = gone.is_some();
        let mut rest = Edits { room, event_id, author, reason, deleted: gone.unwrap_or_default() };
        rest.delete().await?;
        let queue = rest.room.send_queue();
        queue.redact(rest.event_id.clone(), rest.reason.as_deref()).await.map_err(storage)?;
        if !all_known {
            self.tasks.spawn(move || async move {
                if let Err(error) = rest.delete_all().await {
                    tracing::warn!(%error, "cannot delete all edits of a message");
                }
            });
        }
        Ok(())
    }
}

/// The edits of a message, to be deleted.
struct Edits {
    room: Room,
    event_id: OwnedEventId,
    author: Option<OwnedUserId>,
    reason: Option<String>,
    deleted: HashSet<OwnedEventId>,
}

impl Edits {
    /// Those that are on this device, the first one first: nobody sees an earlier state while they go.
    async fn delete(&mut self) -> Result<()> {
        let stored = relations::lasting(&self.room, &self.event_id, &EDITS, &self.deleted).await?;
        let mut edits: Vec<_> =
            stored.into_iter().filter(|edit| edit.sender() == self.author).collect();
        edits.sort_by_key(|edit| edit.timestamp());
        for edit in edits.iter().filter_map(|edit| edit.event_id()) {
            let queue = self.room.send_queue();
            queue.redact(edit.to_owned(), self.reason.as_deref()).await.map_err(storage)?;
            self.deleted.insert(edit.to_owned());
        }
        Ok(())
    }

    /// Asks until the server has named them all.
    async fn delete_all(mut self) -> Result<()> {
        let mut failures = 0_u32;
        loop {
            let error = match relations::complete(&self.room, &self.event_id, &EDITS).await {
                Ok(gone) => {
                    self.deleted.extend(gone);
                    return self.delete().await;
                }
                Err(error) => error,
            };
            if !passes(&error) {
                return Err(error);
            }
            failures = failures.saturating_add(1);
            sleep(pause(failures, error.retry_after)).await;
        }
    }
}

fn passes(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::Offline | ErrorKind::Timeout | ErrorKind::RateLimited)
}

/// Takes edits out of the queue: they would come after the deletion. One that is on its way just now is deleted by the
/// queue once it has left.
async fn withdraw_edits(room: &Room, event_id: &EventId) -> Result<()> {
    let (echoes, _) = room.send_queue().subscribe().await.map_err(storage)?;
    let mut any = false;
    for echo in echoes {
        let LocalEchoContent::Event { serialized_event, send_handle, .. } = echo.content else {
            continue;
        };
        let Ok(content) = serialized_event.deserialize() else { continue };
        if edited(&content) == Some(event_id) {
            any |= send_handle.abort().await.map_err(storage)?;
        }
    }
    if any {
        // It may be what the queue gave up at.
        room.send_queue().set_enabled(true);
    }
    Ok(())
}

/// The message that an edit changes.
fn edited(content: &AnyMessageLikeEventContent) -> Option<&EventId> {
    match content {
        AnyMessageLikeEventContent::RoomMessage(message) => match &message.relates_to {
            Some(Relation::Replacement(edit)) => Some(&edit.event_id),
            _ => None,
        },
        AnyMessageLikeEventContent::UnstablePollStart(
            UnstablePollStartEventContent::Replacement(edit),
        ) => Some(&edit.relates_to.event_id),
        _ => None,
    }
}
