//! A list read once to its end, through the same pump as on screen.

use std::{sync::Arc, time::Duration};

use herold_core::{
    Error, Result, Session,
    list::Sink,
    protocol::{
        Batch, ErrorKind, ListOp, MoreOutcome, RoomFilter, RoomListQuery, RoomRow, SubscriptionId,
    },
};
use tokio::sync::mpsc;

const WINDOW: &str = "cli";
/// With no change for this long, a list is taken as complete.
const QUIET: Duration = Duration::from_millis(400);

/// A list as it stands after every batch that was read.
pub(super) struct Rows<T> {
    pub(super) rows: Vec<T>,
    batches: mpsc::UnboundedReceiver<Batch<T>>,
}

impl<T: Send + 'static> Rows<T> {
    pub(super) fn new() -> (Self, Sink<T>) {
        let (sender, batches) = mpsc::unbounded_channel();
        (Self { rows: Vec::new(), batches }, Box::new(move |batch| sender.send(batch).is_ok()))
    }

    /// Takes the next batch, if one comes in time.
    pub(super) async fn next(&mut self, session: &Session, patience: Duration) -> bool {
        let Ok(Some(batch)) = tokio::time::timeout(patience, self.batches.recv()).await else {
            return false;
        };
        session.acknowledge(batch.subscription, batch.seq);
        for op in batch.ops {
            apply(&mut self.rows, op);
        }
        true
    }
}

fn apply<T>(rows: &mut Vec<T>, op: ListOp<T>) {
    match op {
        ListOp::Append { values } => rows.extend(values),
        ListOp::Clear => rows.clear(),
        ListOp::PushFront { value } => rows.insert(0, value),
        ListOp::PushBack { value } => rows.push(value),
        ListOp::PopFront => {
            if !rows.is_empty() {
                rows.remove(0);
            }
        }
        ListOp::PopBack => {
            rows.pop();
        }
        ListOp::Insert { index, value } => rows.insert((index as usize).min(rows.len()), value),
        ListOp::Set { index, value } => {
            if let Some(row) = rows.get_mut(index as usize) {
                *row = value;
            }
        }
        ListOp::Remove { index } => {
            if (index as usize) < rows.len() {
                rows.remove(index as usize);
            }
        }
        ListOp::Truncate { length } => rows.truncate(length as usize),
        ListOp::Reset { values } => *rows = values,
    }
}

pub(super) async fn rooms(session: &Arc<Session>, filter: RoomFilter) -> Result<Vec<RoomRow>> {
    let (mut list, sink) = Rows::new();
    let query = RoomListQuery { section: None, filter, search: String::new() };
    let subscription = session.subscribe_rooms(WINDOW, query, sink);
    read_to_end(session, &mut list, subscription).await?;
    Ok(list.rows)
}

async fn read_to_end<T: Send + 'static>(
    session: &Session,
    list: &mut Rows<T>,
    subscription: SubscriptionId,
) -> Result<()> {
    loop {
        while list.next(session, QUIET).await {}
        if session.load_more(subscription).await? == MoreOutcome::End {
            session.unsubscribe(subscription);
            return Ok(());
        }
    }
}

/// A room by identifier, alias, Matrix link or exact name.
///
/// # Errors
/// `NotFound` where there is none, `Invalid` where several rooms have the name.
pub(super) async fn find_room(session: &Arc<Session>, wanted: &str) -> Result<String> {
    if let Some(room) = session.room_by_address(wanted) {
        return Ok(room);
    }
    let rooms = rooms(session, RoomFilter::All).await?;
    let mut named = rooms.into_iter().filter(|room| room.name == wanted);
    match (named.next(), named.next()) {
        (Some(room), None) => Ok(room.id),
        (Some(_), Some(_)) => Err(Error::new(ErrorKind::Invalid)),
        (None, _) => Err(Error::new(ErrorKind::NotFound)),
    }
}
