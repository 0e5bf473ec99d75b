//! Accepting and declining invitations.
//!
//! The list shows an invitation a moment before the store has it, and the sync may tell of the joining
//! before the answer to it comes, or after. Whoever accepts gets the same room in each case.

use std::time::Duration;

use matrix_sdk::{Room, ruma::events::direct::DirectEventContent, sync::RoomUpdate};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{sleep, timeout},
};

use crate::{Error, Result, session::Session};

/// Until an invitation that is shown is stored, asked for so often.
const STORED_CHECKS: u32 = 20;
const STORED_CHECK_PAUSE: Duration = Duration::from_millis(50);
/// Until a room that was joined comes with the sync.
const LONGEST_JOIN: Duration = Duration::from_secs(5);

impl Session {
    /// Returns once the room can be used as joined: a sync that was under way would turn it into an
    /// invitation again.
    pub async fn accept_invitation(&self, room_id: &str) -> Result<()> {
        let room = self.room(room_id)?;
        let direct = is_single_chat(&room).await?;
        let updates = self.client.subscribe_to_room_updates(room.room_id());
        room.join().await?;
        if direct && let Err(error) = list_as_direct(&room).await {
            tracing::warn!(error = %Error::from(error), "a single chat could not be listed as one");
        }
        if timeout(LONGEST_JOIN, joined(updates)).await.is_err() {
            tracing::info!("a joined room has not come with the sync yet");
        }
        Ok(())
    }

    pub async fn decline_invitation(&self, room_id: &str) -> Result<()> {
        Ok(self.room(room_id)?.leave().await?)
    }
}

/// Whether this is an invitation to a chat of two, once it is stored.
async fn is_single_chat(room: &Room) -> Result<bool> {
    for _ in 0..STORED_CHECKS {
        if room.get_member_no_sync(room.own_user_id()).await?.is_some() {
            break;
        }
        sleep(STORED_CHECK_PAUSE).await;
    }
    Ok(room.is_direct().await?)
}

/// The SDK (0.19.1) does this only where its answer comes before the sync that tells of the joining.
async fn list_as_direct(room: &Room) -> matrix_sdk::Result<()> {
    let account = room.client().account();
    let listed = match account.fetch_account_data_static::<DirectEventContent>().await? {
        Some(raw) => raw.deserialize()?,
        None => DirectEventContent::default(),
    };
    if !listed.values().flatten().any(|id| id == room.room_id()) {
        room.set_is_direct(true).await?;
    }
    Ok(())
}

async fn joined(mut updates: Receiver<RoomUpdate>) {
    loop {
        match updates.recv().await {
            Ok(RoomUpdate::Joined { .. }) | Err(RecvError::Closed) => return,
            Ok(_) | Err(RecvError::Lagged(_)) => {}
        }
    }
}
