//! Which rooms a list shows, from the SDK's sorted and paged stream.

use std::sync::{
    Arc, Mutex, PoisonError,
    atomic::{AtomicUsize, Ordering},
};

use async_trait::async_trait;
use futures_util::StreamExt;
use herold_protocol::{
    ErrorKind, MoreOutcome, RoomFilter, RoomListQuery, RoomRow, RoomSection, SubscriptionId,
};
use imbl::Vector;
use matrix_sdk_ui::room_list_service::{
    RoomListDynamicEntriesController,
    filters::{
        BoxedFilterFn, ReadReceiptsCategory, RoomCategory, new_filter_all, new_filter_any,
        new_filter_category, new_filter_favourite, new_filter_fuzzy_match_room_name,
        new_filter_invite, new_filter_joined, new_filter_low_priority, new_filter_non_left,
        new_filter_not, new_filter_read_receipts, new_filter_space,
    },
};

use super::row::RoomRows;
use crate::{
    Error, Result,
    list::{ListSource, Pump, Sink},
    session::Session,
};

/// Rows per page. Fills the tallest screens we know.
const PAGE: usize = 50;

struct RoomListSource {
    controller: Mutex<Option<RoomListDynamicEntriesController>>,
    query: Mutex<RoomListQuery>,
    /// Rows asked for and rows there are; with fewer rows than asked for, the list is complete.
    limit: AtomicUsize,
    length: AtomicUsize,
}

impl RoomListSource {
    fn apply_query(&self) {
        let query = self.query.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let controller = self.controller.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(controller) = controller.as_ref() {
            controller.reset_to_one_page();
            self.limit.store(PAGE, Ordering::Relaxed);
            controller.set_filter(filter(&query));
        }
    }
}

#[async_trait]
impl ListSource for RoomListSource {
    async fn load_more(&self) -> Result<MoreOutcome> {
        if self.length.load(Ordering::Relaxed) < self.limit.load(Ordering::Relaxed) {
            return Ok(MoreOutcome::End);
        }
        let controller = self.controller.lock().unwrap_or_else(PoisonError::into_inner);
        let controller = controller.as_ref().ok_or_else(|| Error::new(ErrorKind::NotFound))?;
        controller.add_one_page();
        self.limit.fetch_add(PAGE, Ordering::Relaxed);
        Ok(MoreOutcome::More)
    }

    fn set_room_query(&self, query: RoomListQuery) -> Result<()> {
        *self.query.lock().unwrap_or_else(PoisonError::into_inner) = query;
        self.apply_query();
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
        limit: AtomicUsize::new(PAGE),
        length: AtomicUsize::new(0),
    });
    let service = session.service.room_list_service();
    let rows = RoomRows::new(session);
    session.subscriptions.open(window, source.clone(), |id, commands| async move {
        let Ok(list) = service.all_rooms().await else { return };
        let (stream, controller) = list.entries_with_dynamic_adapters(PAGE);
        *source.controller.lock().unwrap_or_else(PoisonError::into_inner) = Some(controller);
        source.apply_query();
        let mut stream = Box::pin(stream);
        // The first item is the snapshot under the filter that was just set.
        let mut initial = Vector::new();
        let Some(first) = stream.next().await else { return };
        for diff in first {
            diff.apply(&mut initial);
        }
        Pump::new(id, initial, rows, sink)
            .run(stream, commands, |length| source.length.store(length, Ordering::Relaxed))
            .await;
    })
}

fn filter(query: &RoomListQuery) -> BoxedFilterFn {
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
            Box::new(new_filter_invite()),
        ]))),
        RoomFilter::People => all.push(Box::new(new_filter_category(RoomCategory::People))),
        RoomFilter::Rooms => all.push(Box::new(new_filter_category(RoomCategory::Group))),
    }
    let search = query.search.trim();
    if !search.is_empty() {
        // Nobody types more; a longer pattern only costs time.
        let pattern: String = search.chars().take(100).collect();
        all.push(Box::new(new_filter_fuzzy_match_room_name(&pattern)));
    }
    Box::new(new_filter_all(all))
}

fn not(
    filter: impl matrix_sdk_ui::room_list_service::filters::Filter + Send + Sync + 'static,
) -> BoxedFilterFn {
    Box::new(new_filter_not(Box::new(filter)))
}
