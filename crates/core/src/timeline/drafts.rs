//! What was typed but not sent, kept in the encrypted store: one draft for each room and each thread.
//!
//! The SDK's draft has no place for mentions; they are kept in its field for formatted text, one a line.

use herold_protocol::{ConversationId, Draft, Mentioned, ReplyPreview, TextMention};
use herold_rich_text::links::{MatrixLink, matrix_link};
use matrix_sdk::{
    ComposerDraft, ComposerDraftType, Room,
    ruma::{EventId, OwnedUserId},
};
use matrix_sdk_ui::timeline::TimelineItemContent;

use super::{focus::event, relations, send::waiting_row};
use crate::{Result, rooms::preview_content, session::Session};

const EVERYONE: &str = "matrix:everyone";

impl Session {
    pub async fn load_draft(&self, conversation: &ConversationId) -> Result<Option<Draft>> {
        let room = self.room(&conversation.room_id)?;
        let root = conversation.thread.as_deref().map(event).transpose()?;
        let Some(stored) = room.load_composer_draft(root.as_deref()).await? else {
            return Ok(None);
        };
        let mentions = stored.html_text.as_deref().map(read_mentions).unwrap_or_default();
        let (reply_to, edits) = match stored.draft_type {
            ComposerDraftType::NewMessage => (None, None),
            ComposerDraftType::Reply { event_id } => {
                (Some(self.reply_preview(&room, &event_id).await), None)
            }
            ComposerDraftType::Edit { event_id } => (None, Some(event_id.to_string())),
        };
        Ok(Some(Draft { text: stored.plain_text, mentions, reply_to, edits }))
    }

    /// `None` removes the draft. An edit of what has not left is not kept: its row is known to this start alone, and
    /// the message waits as it was.
    pub async fn save_draft(
        &self,
        conversation: &ConversationId,
        draft: Option<Draft>,
    ) -> Result<()> {
        let room = self.room(&conversation.room_id)?;
        let root = conversation.thread.as_deref().map(event).transpose()?;
        let lasts = |draft: &Draft| draft.edits.as_deref().and_then(waiting_row).is_none();
        let Some(draft) = draft.filter(lasts) else {
            return Ok(room.clear_composer_draft(root.as_deref()).await?);
        };
        let draft_type = match (&draft.edits, &draft.reply_to) {
            (Some(edited), _) => ComposerDraftType::Edit { event_id: event(edited)? },
            (None, Some(reply)) => ComposerDraftType::Reply { event_id: event(&reply.event_id)? },
            (None, None) => ComposerDraftType::NewMessage,
        };
        let stored = ComposerDraft {
            html_text: write_mentions(&draft.mentions),
            plain_text: draft.text,
            draft_type,
            attachments: Vec::new(),
        };
        Ok(room.save_composer_draft(stored, root.as_deref()).await?)
    }

    pub(super) async fn reply_preview(&self, room: &Room, event_id: &EventId) -> ReplyPreview {
        let known = match self.timelines.item(room.room_id(), event_id).await {
            Some(item) => Some((item.sender().to_owned(), item.content().clone())),
            None => on_disk(room, event_id).await,
        };
        let event_id = event_id.to_string();
        let Some((sender, content)) = known else {
            return ReplyPreview { event_id, sender: None, content: None, loading: false };
        };
        ReplyPreview {
            event_id,
            sender: self.people(room, vec![sender]).await.pop(),
            content: Some(preview_content(&content, room, self).await),
            loading: false,
        }
    }
}

/// A message that is on no screen. The server is not asked: what was written does not wait for it.
async fn on_disk(room: &Room, event_id: &EventId) -> Option<(OwnedUserId, TimelineItemContent)> {
    let event = relations::stored_event(room, event_id).await?;
    let sender = event.sender()?;
    Some((sender, TimelineItemContent::from_event(room, event).await?))
}

fn write_mentions(mentions: &[TextMention]) -> Option<String> {
    let lines: Vec<String> = mentions
        .iter()
        .map(|mention| {
            let target = match &mention.target {
                Mentioned::Person { user_id } => format!("https://matrix.to/#/{user_id}"),
                Mentioned::Room { room } => format!("https://matrix.to/#/{room}"),
                Mentioned::Everyone => EVERYONE.to_owned(),
            };
            format!("{target} {}", mention.label.replace('\n', " "))
        })
        .collect();
    (!lines.is_empty()).then(|| lines.join("\n"))
}

fn read_mentions(lines: &str) -> Vec<TextMention> {
    lines
        .lines()
        .filter_map(|line| {
            let (target, label) = line.split_once(' ')?;
            Some(TextMention { label: label.to_owned(), target: read_target(target)? })
        })
        .collect()
}

fn read_target(target: &str) -> Option<Mentioned> {
    if target == EVERYONE {
        return Some(Mentioned::Everyone);
    }
    Some(match matrix_link(target)? {
        MatrixLink::Person(user) => Mentioned::Person { user_id: user.to_string() },
        MatrixLink::Room { room, event: None } => Mentioned::Room { room: room.to_string() },
        MatrixLink::Room { event: Some(_), .. } => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mentions_of_a_draft_come_back_as_they_were() {
        let mentions = vec![
            TextMention {
                label: "@Anna Lang".into(),
                target: Mentioned::Person { user_id: "@anna:example.org".into() },
            },
            TextMention { label: "@room".into(), target: Mentioned::Everyone },
            TextMention {
                label: "#amt".into(),
                target: Mentioned::Room { room: "#amt:example.org".into() },
            },
        ];
        assert_eq!(read_mentions(&write_mentions(&mentions).unwrap()), mentions);
        assert_eq!(write_mentions(&[]), None);
    }
}
