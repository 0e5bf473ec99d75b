//! The room list, the details of one room, and what can be done with a room as a whole.

pub(crate) mod announcements;
mod details;
mod invitations;
mod members;
mod preview;
mod query;
mod row;
pub(crate) mod subscriptions;
pub(crate) mod suggestions;
pub(crate) mod unread_threads;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use herold_protocol::{
    ConversationId, ErrorKind, ErrorReason, LinkOutcome, MemberRow, RoomListQuery, RoomRow,
    RoomSuggestion, SubscriptionId, TimelineFocus,
};
use herold_rich_text::links::{self, MatrixLink};
use matrix_sdk::{
    Room, RoomState,
    room::Receipts,
    ruma::{
        OwnedEventId, OwnedRoomId, OwnedRoomOrAliasId, RoomAliasId, RoomId, RoomOrAliasId,
        api::client::receipt::create_receipt::v3::ReceiptType,
    },
};

use tokio::time::timeout;

pub(crate) use details::last_pinned;
pub(crate) use preview::content_of as preview_content;
pub(crate) use row::display_name;

use crate::{Error, Result, late_answers, list::Sink, session::Session, timeline};

/// Time for the server to say which room an alias names; it may have to ask another.
const LONGEST_ALIAS: Duration = Duration::from_secs(10);

/// Entries of a list of suggestions.
const MOST_SUGGESTIONS: usize = 20;

/// The last message that was read in each room since the person began to look at it.
#[derive(Default)]
pub(crate) struct ReadUpTo(Mutex<HashMap<OwnedRoomId, OwnedEventId>>);

impl ReadUpTo {
    fn set(&self, room_id: &RoomId, event_id: OwnedEventId) {
        let mut rooms = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        rooms.insert(room_id.to_owned(), event_id);
    }

    fn take(&self, room_id: &RoomId) -> Option<OwnedEventId> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(room_id)
    }
}

impl Session {
    /// Watches one part of the room list. Rows from disk come at once, also without a network.
    pub fn subscribe_rooms(
        self: &Arc<Self>,
        window: &str,
        query: RoomListQuery,
        sink: Sink<RoomRow>,
    ) -> SubscriptionId {
        query::subscribe(self, window, query, sink)
    }

    /// Tells the server that everything here was read. Does nothing where that is known already. Where the room is
    /// open, the line above what is new stays until the person looks away (`look_away`).
    pub async fn mark_read(&self, conversation: &ConversationId) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        if conversation.thread.is_none() && room.is_marked_unread() {
            room.set_unread_flag(false).await?;
        }
        let focus = timeline::focus_of(conversation);
        if let Some(timeline) = self.timelines.get(room.room_id(), &focus) {
            if conversation.thread.is_none()
                && let Some(event_id) = timeline.latest_event_id().await
            {
                self.read_up_to.set(room.room_id(), event_id);
            }
            timeline.mark_as_read(ReceiptType::Read).await.map_err(Error::from)?;
            return Ok(());
        }
        if let Some(root_id) = &conversation.thread {
            return timeline::mark_thread_read(&room, root_id).await;
        }
        if let Some(event) = last_outside_threads(&room).await? {
            let receipts = Receipts::new().fully_read_marker(event.clone());
            room.send_multiple_receipts(receipts.public_read_receipt(event)).await?;
        }
        Ok(())
    }

    /// The person looks elsewhere: what comes after what they have read is new from here on, on all of their
    /// devices (specification, "Fully read markers").
    pub async fn look_away(&self, room_id: &str) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let Some(event_id) = self.read_up_to.take(room.room_id()) else { return Ok(()) };
        let Some(timeline) = self.timelines.get(room.room_id(), &TimelineFocus::Live) else {
            return Ok(());
        };
        // The timeline knows whether another device has read further.
        let receipt = timeline.send_single_receipt(ReceiptType::FullyRead, event_id.clone());
        if let Err(error) = receipt.await {
            // Without a network, it is said the next time.
            self.read_up_to.set(room.room_id(), event_id);
            return Err(error.into());
        }
        Ok(())
    }

    /// Marks a room as unread by hand (specification, "Unread markers"), or as read together with its threads.
    pub async fn set_unread(&self, room_id: &str, unread: bool) -> Result<()> {
        let room = self.joined_room(room_id)?;
        if unread {
            return Ok(room.set_unread_flag(true).await?);
        }
        self.mark_read(&ConversationId::room(room_id)).await?;
        for root_id in self.unread_threads.roots(room.room_id()) {
            self.mark_read(&ConversationId::thread(room_id, root_id)).await?;
        }
        Ok(())
    }

    /// Says or ends "is writing". Asked at every key; the SDK tells the server as often as it needs.
    pub async fn set_typing(&self, room_id: &str, typing: bool) -> Result<()> {
        Ok(self.joined_room(room_id)?.typing_notice(typing).await?)
    }

    /// Members whose name or identifier contains the query: those whose name begins with it first. Where some
    /// are not known yet, the server has two seconds to name them.
    pub async fn suggest_members(&self, room_id: &str, query: &str) -> Result<Vec<MemberRow>> {
        suggestions::suggest(self, &self.room(room_id)?, query).await
    }

    /// Joined rooms whose name contains the query, the shortest name first.
    pub fn suggest_rooms(&self, query: &str) -> Vec<RoomSuggestion> {
        let query = query.to_lowercase();
        let mut found: Vec<RoomSuggestion> = self
            .client
            .joined_rooms()
            .into_iter()
            .filter(|room| !room.is_dm())
            .map(|room| RoomSuggestion {
                room: room
                    .canonical_alias()
                    .map_or_else(|| room.room_id().to_string(), |alias| alias.to_string()),
                name: display_name(&room),
                avatar: room.avatar_url().map(|uri| self.media.avatar(&uri)),
            })
            .filter(|room| {
                room.name.to_lowercase().contains(&query)
                    || room.room.to_lowercase().contains(&query)
            })
            .collect();
        found.sort_by_key(|room| (room.name.chars().count(), room.name.clone()));
        found.truncate(MOST_SUGGESTIONS);
        found
    }

    /// What becomes of a link that a person activated. `shown` is the text of the link, `confirmed` answers
    /// an earlier `Confirm`.
    ///
    /// # Errors
    /// `LinkRefused` for what is neither an address with an allowed scheme nor a place, `NotInRoom` for a
    /// room that is not joined, `NoChat` for a person without a direct chat.
    pub async fn follow_link(
        &self,
        target: &str,
        shown: &str,
        confirmed: bool,
    ) -> Result<Followed> {
        if let Some(link) = links::matrix_link(target) {
            let (room, event_id) = match (self.resolve(&link), &link) {
                (Err(_), MatrixLink::Room { room, event: None }) if room.is_room_alias_id() => {
                    (self.room_of_alias(room).await?, None)
                }
                (resolved, _) => resolved?,
            };
            return Ok(Followed::Room {
                room_id: room.to_string(),
                event_id: event_id.map(|event| event.to_string()),
            });
        }
        let url = links::allowed(target)
            .or_else(|| links::place(target))
            .ok_or_else(|| Error::because(ErrorKind::Invalid, ErrorReason::LinkRefused))?;
        if confirmed {
            return Ok(Followed::External(url));
        }
        if links::shows_another_target(&url, shown) {
            let host = url.host_str().unwrap_or(url.path()).to_owned();
            return Ok(Followed::Ask(LinkOutcome::Confirm { target: url.to_string(), host }));
        }
        Ok(Followed::External(url))
    }

    /// The same for a link that another program handed over, once there is a server to ask: what is not found is
    /// looked for again when the server has told all rooms.
    pub async fn follow_link_from_outside(&self, link: &str) -> Result<Followed> {
        let followed = self.follow_link(link, "", false).await;
        if followed.is_ok() {
            return followed;
        }
        self.wait_for_all_rooms().await;
        self.follow_link(link, "", false).await
    }

    fn resolve(
        &self,
        link: &MatrixLink,
    ) -> Result<(OwnedRoomId, Option<matrix_sdk::ruma::OwnedEventId>)> {
        match link {
            MatrixLink::Room { room, event } => {
                let room = self.known_room(room).ok_or_else(not_in_room)?;
                Ok((room.room_id().to_owned(), event.clone()))
            }
            MatrixLink::Person(user) => {
                let room = self
                    .client
                    .get_dm_room(user)
                    .ok_or_else(|| Error::because(ErrorKind::NotFound, ErrorReason::NoChat))?;
                Ok((room.room_id().to_owned(), None))
            }
        }
    }

    /// The identifier of a room named by its identifier, an alias or a Matrix link.
    pub fn room_by_address(&self, address: &str) -> Option<String> {
        if let Some(link) = links::matrix_link(address) {
            return self.resolve(&link).ok().map(|(room, _)| room.to_string());
        }
        let address = RoomOrAliasId::parse(address).ok()?;
        self.known_room(&address).map(|room| room.room_id().to_string())
    }

    /// The same, and where nobody here knows the alias, the server is asked.
    pub async fn find_room_by_address(&self, address: &str) -> Option<String> {
        if let Some(room) = self.room_by_address(address) {
            return Some(room);
        }
        let alias = match links::matrix_link(address) {
            Some(MatrixLink::Room { room, .. }) => room,
            _ => OwnedRoomOrAliasId::try_from(address).ok()?,
        };
        self.room_of_alias(&alias).await.ok().map(|room| room.to_string())
    }

    /// A room under any of its aliases: rooms name only some of them.
    async fn room_of_alias(&self, alias: &RoomOrAliasId) -> Result<OwnedRoomId> {
        let alias = <&RoomAliasId>::try_from(alias).map_err(|_| not_in_room())?;
        let named = match timeout(LONGEST_ALIAS, self.client.resolve_room_alias(alias)).await {
            Ok(Ok(answer)) => answer.room_id,
            Ok(Err(error)) => {
                let error = Error::from(error);
                return Err(if error.kind == ErrorKind::NotFound { not_in_room() } else { error });
            }
            Err(_) => return Err(Error::new(ErrorKind::Timeout)),
        };
        let room = self.known_room((&*named).into()).ok_or_else(not_in_room)?;
        Ok(room.room_id().to_owned())
    }

    /// Rooms that are joined or could be; the client also remembers those that were left.
    pub(crate) fn known_room(&self, wanted: &RoomOrAliasId) -> Option<Room> {
        let is_wanted = |room: &Room| {
            room.room_id().as_str() == wanted.as_str()
                || room.canonical_alias().is_some_and(|alias| alias.as_str() == wanted.as_str())
                || room.alt_aliases().iter().any(|alias| alias.as_str() == wanted.as_str())
        };
        let left = |room: &Room| matches!(room.state(), RoomState::Left | RoomState::Banned);
        self.client.rooms().into_iter().find(|room| is_wanted(room) && !left(room))
    }
}

fn not_in_room() -> Error {
    Error::because(ErrorKind::NotFound, ErrorReason::NotInRoom)
}

/// The latest event outside the threads of a room. A receipt for one within a thread says nothing about the room to
/// the SDK (0.19.1), and nothing about the thread where it names none.
async fn last_outside_threads(room: &Room) -> Result<Option<OwnedEventId>> {
    let (cache, _keep_alive) = room.event_cache().await?;
    let last = cache
        .rfind_map_event_in_memory_by(|event| {
            let raw = event.raw();
            let is_left_out = unread_threads::thread_root(raw).is_some()
                || raw.deserialize().is_ok_and(|event| late_answers::is_marker(&event));
            event.event_id().filter(|_| !is_left_out).map(ToOwned::to_owned)
        })
        .await?;
    Ok(last.or_else(|| room.latest_event().event_id()))
}

/// Where a link leads.
#[derive(Debug)]
pub enum Followed {
    Room {
        room_id: String,
        event_id: Option<String>,
    },
    /// To be handed to the operating system.
    External(url::Url),
    Ask(LinkOutcome),
}
