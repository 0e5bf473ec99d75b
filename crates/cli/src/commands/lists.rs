//! A list read once to its end, through the same pump as on screen.

use std::{sync::Arc, time::Duration};

use herold_core::{
    Result, Session,
    list::ListReader,
    protocol::{Direction, MoreOutcome, RoomFilter, RoomListQuery, RoomRow, SubscriptionId},
};

use crate::cause::Cause;

const WINDOW: &str = "cli";
/// With no change for this long, a list is taken as complete.
pub(super) const QUIET: Duration = Duration::from_millis(400);

pub(super) async fn rooms(session: &Arc<Session>, filter: RoomFilter) -> Result<Vec<RoomRow>> {
    session.wait_for_all_rooms().await;
    let (mut list, sink) = ListReader::new();
    let query = RoomListQuery { section: None, filter, search: String::new() };
    let subscription = session.subscribe_rooms(WINDOW, query, sink);
    read_to_end(session, &mut list, subscription).await?;
    Ok(list.rows)
}

async fn read_to_end<T: Send + 'static>(
    session: &Session,
    list: &mut ListReader<T>,
    subscription: SubscriptionId,
) -> Result<()> {
    loop {
        list.settle(session, QUIET).await;
        if session.load_more(subscription, Direction::Older).await? == MoreOutcome::End {
            session.unsubscribe(subscription);
            return Ok(());
        }
    }
}

/// A room by identifier, alias, Matrix link or exact name.
///
/// # Errors
/// `UnknownRoom` where there is none, `AmbiguousRoom` where several rooms have the name.
pub(super) async fn find_room(session: &Arc<Session>, wanted: &str) -> Result<String> {
    if let Some(room) = session.room_by_address(wanted) {
        return Ok(room);
    }
    session.wait_for_all_rooms().await;
    if let Some(room) = session.find_room_by_address(wanted).await {
        return Ok(room);
    }
    let rooms = rooms(session, RoomFilter::All).await?;
    let mut named = rooms.into_iter().filter(|room| room.name == wanted);
    match (named.next(), named.next()) {
        (Some(room), None) => Ok(room.id),
        (Some(_), Some(_)) => Err(Cause::AmbiguousRoom.into()),
        (None, _) => Err(Cause::UnknownRoom.into()),
    }
}
