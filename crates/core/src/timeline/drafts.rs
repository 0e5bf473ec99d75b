//! What was typed but not sent, kept in the encrypted store.

use matrix_sdk::{ComposerDraft, ComposerDraftType};

use crate::{Result, session::Session};

impl Session {
    pub async fn load_draft(&self, room_id: &str) -> Result<Option<String>> {
        let draft = self.room(room_id)?.load_composer_draft(None).await?;
        Ok(draft.map(|draft| draft.plain_text))
    }

    /// An empty text removes the draft.
    pub async fn save_draft(&self, room_id: &str, text: String) -> Result<()> {
        let room = self.room(room_id)?;
        if text.is_empty() {
            return Ok(room.clear_composer_draft(None).await?);
        }
        let draft = ComposerDraft {
            plain_text: text,
            html_text: None,
            draft_type: ComposerDraftType::NewMessage,
            attachments: Vec::new(),
        };
        Ok(room.save_composer_draft(draft, None).await?)
    }
}
