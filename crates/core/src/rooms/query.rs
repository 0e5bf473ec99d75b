//! Which rooms a list shows, from the SDK's sorted and paged stream.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use futures_util::StreamExt;
use herold_protocol::{
    Direction, ErrorKind, MoreOutcome, RoomFilter, RoomListQuery, RoomRow, RoomSection,
    SubscriptionId,
};
use imbl::Vector;
use matrix_sdk::Client;
use matrix_sdk_ui::room_list_service::{
    RoomListDynamicEntriesController,
    filters::{
        BoxedFilterFn, ReadReceiptsCategory, RoomCategory, new_filter_all, new_filter_any,
        new_filter_category, new_filter_favourite, new_filter_fuzzy_match_room_name,
        new_filter_invite, new_filter_joined, new_filter_low_priority, new_filter_non_left,
        new_filter_not, new_filter_read_receipts, new_filter_space,
    },
};

use super::{announcements::Announcements, row::RoomRows, unread_threads::UnreadThreads};
use crate::{
    Error, Result,
    list::{ListSource, Pump, Sink, with_repeats},
    session::Session,
};

/// Rows per page. Fills the tallest screens we know.
const PAGE: usize = 50;

struct RoomListSource {
    controller: Mutex<Option<RoomListDynamicEntriesController>>,
    query: Mutex<RoomListQuery>,
    threads: Arc<UnreadThreads>,
    announcements: Arc<Announcements>,
    client: Client,
    /// Rows asked for and rows there are; with fewer rows than asked for, the list is complete.
    limit: AtomicUsize,
    length: AtomicUsize,
}

impl RoomListSource {
    async fn apply_query(&self) {
        let wanted = self.query.lock().unwrap_or_else(PoisonError::into_inner).filter;
        if wanted == RoomFilter::Announcements {
            self.announcements.know(&self.client).await;
        }
        let query = self.query.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let controller = self.controller.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(controller) = controller.as_ref() {
            controller.reset_to_one_page();
            self.limit.store(PAGE, Ordering::Relaxed);
            controller.set_filter(filter(&query, &self.threads, &self.announcements));
        }
    }
}

#[async_trait(?Send)]
impl ListSource for RoomListSource {
    async fn load_more(&self, _direction: Direction) -> Result<MoreOutcome> {
        if self.length.load(Ordering::Relaxed) < self.limit.load(Ordering::Relaxed) {
            return Ok(MoreOutcome::End);
        }
        let controller = self.controller.lock().unwrap_or_else(PoisonError::into_inner);
        let controller = controller.as_ref().ok_or_else(|| Error::new(ErrorKind::NotFound))?;
        controller.add_one_page();
        self.limit.fetch_add(PAGE, Ordering::Relaxed);
        Ok(MoreOutcome::More)
    }

    async fn set_room_query(&self, query: RoomListQuery) -> Result<()> {
        *self.query.lock().unwrap_or_else(PoisonError::into_inner) = query;
        self.apply_query().await;
        Ok(())
    }
}

pub(super) fn subscribe(
    session: &Arc<Session>,
    window: &str,
    query: RoomListQuery,
    sink: Sink<RoomRow>,
) -> SubscriptionId {
    let source = Arc::new(RoomListSource {
        controller: Mutex::default(),
        query: Mutex::new(query),
        threads: session.unread_threads.clone(),
        announcements: session.announcements.clone(),
        client: session.client.clone(),
        limit: AtomicUsize::new(PAGE),
        length: AtomicUsize::new(0),
    });
    let service = session.service.room_list_service();
    let rows = RoomRows::new(session);
    session.subscriptions.open(window, source.clone(), move |id, commands| async move {
        let Ok(list) = service.all_rooms().await else { return };
        let (stream, controller) = list.entries_with_dynamic_adapters(PAGE);
        *source.controller.lock().unwrap_or_else(PoisonError::into_inner) = Some(controller);
        source.apply_query().await;
        let mut stream = Box::pin(stream);
        // The first item is the snapshot under the filter that was just set.
        let mut initial = Vector::new();
        let Some(first) = stream.next().await else { return };
        for diff in first {
            diff.apply(&mut initial);
        }
        let threads = source.threads.changes();
        let stream = with_repeats(stream, initial.clone(), threads, |room, changed| {
            changed.is_none_or(|changed| room.room_id() == changed)
        });
        Pump::new(id, initial, rows, sink)
            .run(Box::pin(stream), commands, |length| {
                source.length.store(length, Ordering::Relaxed)
            })
            .await;
    })
}

fn filter(
    query: &RoomListQuery,
    threads: &Arc<UnreadThreads>,
    announcements: &Arc<Announcements>,
) -> BoxedFilterFn {
    let mut all: Vec<BoxedFilterFn> = vec![not(new_filter_space())];
    match query.section {
        Some(RoomSection::Invitations) => all.push(Box::new(new_filter_invite())),
        Some(section) => {
            all.push(Box::new(new_filter_joined()));
            match section {
                RoomSection::Favourites => all.push(Box::new(new_filter_favourite())),
                RoomSection::LowPriority => {
                    all.push(not(new_filter_favourite()));
                    all.push(Box::new(new_filter_low_priority()));
                }
                section => {
                    let category = if section == RoomSection::People {
                        RoomCategory::People
                    } else {
                        RoomCategory::Group
                    };
                    all.push(Box::new(new_filter_category(category)));
                    all.push(not(new_filter_favourite()));
                    all.push(not(new_filter_low_priority()));
                }
            }
        }
        None => all.push(Box::new(new_filter_non_left())),
    }
    match query.filter {
        RoomFilter::All => {}
        RoomFilter::Unread => all.push(Box::new(new_filter_any(vec![
            Box::new(new_filter_read_receipts(ReadReceiptsCategory::Messages)),
            in_threads(threads.clone()),
            Box::new(new_filter_invite()),
        ]))),
        RoomFilter::People => all.push(Box::new(new_filter_category(RoomCategory::People))),
        RoomFilter::Rooms => all.push(Box::new(new_filter_category(RoomCategory::Group))),
        RoomFilter::Announcements => {
            let announcements = announcements.clone();
            all.push(Box::new(new_filter_joined()));
            all.push(Box::new(new_filter_category(RoomCategory::Group)));
            all.push(Box::new(move |room| announcements.contains(room.room_id())));
        }
    }
    let search = query.search.trim();
    if !search.is_empty() {
        // Nobody types more; a longer pattern only costs time.
        let pattern: String = search.chars().take(100).collect();
        all.push(Box::new(new_filter_fuzzy_match_room_name(&pattern)));
    }
    Box::new(new_filter_all(all))
}

fn in_threads(threads: Arc<UnreadThreads>) -> BoxedFilterFn {
    Box::new(move |room| threads.of(room.room_id()).messages > 0)
}

fn not(
    filter: impl matrix_sdk_ui::room_list_service::filters::Filter + Send + Sync + 'static,
) -> BoxedFilterFn {
    Box::new(new_filter_not(Box::new(filter)))
}
