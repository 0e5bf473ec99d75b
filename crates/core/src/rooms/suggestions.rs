//! Whom "@" means in a room: the best first.
//!
//! Every letter asks again, and reading 500 members from disk takes longer than a letter may. The members of
//! the room that was asked about last are kept until one of them changes. Who is in a room at all,
//! and in what order a list shows them, is in `members`.

use std::{sync::Arc, time::Duration};

use herold_protocol::MemberRow;
use herold_rich_text::text::clean_name;
use matrix_sdk::{
    Room, RoomMemberships, deserialized_responses::TimelineEvent, room::RoomMember,
    ruma::OwnedRoomId, sync::RoomUpdate,
};
use matrix_sdk_ui::sync_service::State;
use tokio::{
    sync::{
        Mutex,
        broadcast::{Receiver, error::TryRecvError},
        oneshot,
    },
    time::timeout,
};

use super::{MOST_SUGGESTIONS, members::member_row};
use crate::{Error, Result, session::Session};

/// Whoever is writing gets those that are known, rather than waiting longer for all.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

/// The members of the room that was asked about last.
#[derive(Default)]
pub(crate) struct Mentionable {
    latest: Mutex<Option<Known>>,
}

struct Known {
    room: OwnedRoomId,
    people: Arc<Vec<Person>>,
    /// What happened in the room since they were read.
    updates: Receiver<RoomUpdate>,
}

struct Person {
    member: RoomMember,
    /// As it is shown, in lower case.
    name: String,
    /// Without its "@".
    id: String,
}

pub(super) async fn suggest(session: &Session, room: &Room, query: &str) -> Result<Vec<MemberRow>> {
    let loaded = load_all(session, room);
    let mut people = session.mentionable.of(room).await?;
    if let Some(loaded) = loaded
        && (people.len() as u64) + 1 < room.joined_members_count()
    {
        if timeout(LONGEST_WAIT, loaded).await.is_err() {
            tracing::info!("the members take long to load");
        }
        people = session.mentionable.of(room).await?;
    }
    let query = query.trim().trim_start_matches('@').to_lowercase();
    let mut found: Vec<(u8, &Person)> = people
        .iter()
        .filter_map(|person| Some((rank(&person.name, &person.id, &query)?, person)))
        .collect();
    // Keeps those of one rank by name.
    found.sort_by_key(|(rank, _)| *rank);
    found.truncate(MOST_SUGGESTIONS);
    Ok(found.into_iter().map(|(_, person)| member_row(&person.member, Some(session))).collect())
}

/// By itself, a device hears of those alone who wrote lately, and of nobody who came in a gap of the sync. The
/// server is asked by a task of its own, so that what was begun is not begun again with every letter.
fn load_all(session: &Session, room: &Room) -> Option<oneshot::Receiver<()>> {
    if room.are_members_synced() || !matches!(session.service.state().get(), State::Running) {
        return None;
    }
    let (done, loaded) = oneshot::channel();
    let room = room.clone();
    session.spawn(move || async move {
        if let Err(error) = room.sync_members().await {
            tracing::info!(error = %Error::from(error), "cannot load the members");
        }
        let _ = done.send(());
    });
    Some(loaded)
}

impl Mentionable {
    /// Everybody but oneself, by name.
    async fn of(&self, room: &Room) -> Result<Arc<Vec<Person>>> {
        let mut latest = self.latest.lock().await;
        if let Some(known) = latest.as_mut()
            && known.room.as_str() == room.room_id().as_str()
            && known.is_current()
        {
            return Ok(known.people.clone());
        }
        // Listened to before reading, so that nothing happens in between.
        let updates = room.subscribe_to_updates();
        let complete = room.are_members_synced();
        let members = room.members_no_sync(RoomMemberships::JOIN).await?;
        let mut people: Vec<Person> = members
            .into_iter()
            .filter(|member| member.user_id() != room.own_user_id())
            .map(person)
            .collect();
        people.sort_by(|one, other| (&one.name, &one.id).cmp(&(&other.name, &other.id)));
        let people = Arc::new(people);
        let room = room.room_id().to_owned();
        // Whoever is still missing comes without an update.
        *latest = complete.then(|| Known { room, people: people.clone(), updates });
        Ok(people)
    }
}

impl Known {
    fn is_current(&mut self) -> bool {
        loop {
            match self.updates.try_recv() {
                Ok(update) if changes_members(&update) => return false,
                Ok(_) => {}
                Err(TryRecvError::Empty) => return true,
                Err(TryRecvError::Lagged(_) | TryRecvError::Closed) => return false,
            }
        }
    }
}

fn changes_members(update: &RoomUpdate) -> bool {
    let is_membership = |event: &TimelineEvent| {
        let kind = event.raw().get_field::<String>("type").ok().flatten();
        kind.as_deref() == Some("m.room.member")
    };
    match update {
        RoomUpdate::Joined { updates, .. } => {
            updates.timeline.limited || updates.timeline.events.iter().any(is_membership)
        }
        _ => true,
    }
}

fn person(member: RoomMember) -> Person {
    Person {
        name: clean_name(member.name()).to_lowercase(),
        id: member.user_id().as_str().trim_start_matches('@').to_lowercase(),
        member,
    }
}

/// The lower, the better; `None` for somebody who is not meant. The name of the server means nobody:
/// most members of a room have the same. All in lower case.
fn rank(name: &str, id: &str, query: &str) -> Option<u8> {
    let mut parts = name.split(|letter: char| !letter.is_alphanumeric());
    if name.starts_with(query) {
        Some(0)
    } else if parts.any(|part| part.starts_with(query)) || id.starts_with(query) {
        Some(1)
    } else if name.contains(query) {
        Some(2)
    } else if id.split(':').next().is_some_and(|localpart| localpart.contains(query)) {
        Some(3)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::rank;

    #[test]
    fn a_name_is_found_by_its_beginning_first_and_by_any_part_of_it() {
        let vogt = |query| rank("anna-maria vogt (bauamt)", "a.vogt:amt.example", query);
        assert_eq!(vogt(""), Some(0));
        assert_eq!(vogt("anna-m"), Some(0));
        for beginning in ["maria", "vogt", "bauamt", "a.vogt", "a.vogt:amt"] {
            assert_eq!(vogt(beginning), Some(1), "{beginning}");
        }
        assert_eq!(vogt("ogt ("), Some(2));
        assert_eq!(vogt(".vo"), Some(3));
        assert_eq!(vogt("example"), None);
    }
}
