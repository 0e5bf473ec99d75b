//! What becomes of a link that was activated, and what it looks like before that.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::MediaToken;

/// Answer to activating a link. Links open through the core: an allow-list of schemes, Matrix links
/// inside the application, and a question where what is shown is not where it leads.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum LinkOutcome {
    /// Handed to the system's browser or mail program.
    Opened,
    /// A room that is joined; an `openRoom` event follows.
    #[serde(rename_all = "camelCase")]
    Room { room_id: String, event_id: Option<String> },
    /// Ask first. `host` is in its ASCII form, so look-alike letters show.
    Confirm { target: String, host: String },
}

/// Answer to asking for the preview of a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum LinkPreview {
    /// Nothing to show: switched off here or on the homeserver, an address that is not looked up, or a
    /// page that says nothing of itself.
    Nothing,
    /// Ask first. The room is encrypted, and the homeserver would learn an address from it.
    Confirm,
    Card {
        card: LinkCard,
    },
}

/// What a page says of itself, as the homeserver read it. All of it may be untrue but `host`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LinkCard {
    /// Where the link leads, in its ASCII form, so look-alike letters show.
    pub host: String,
    pub site: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    /// A small rendition made by the homeserver.
    pub picture: Option<MediaToken>,
}
