//! What becomes of a link that was activated.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

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
