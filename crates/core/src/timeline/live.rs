//! Open timelines and their subscriptions.

use std::{
    collections::VecDeque,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use herold_protocol::{MoreOutcome, SubscriptionId, TimelineRow};
use matrix_sdk::{
    Room,
    ruma::{
        OwnedRoomId, RoomId,
        events::{
            AnyMessageLikeEventContent, AnySyncTimelineEvent,
            room::message::{MessageType, Relation},
        },
    },
};
use matrix_sdk_ui::timeline::{
    RoomExt, Timeline, TimelineFocus, TimelineReadReceiptTracking, default_event_filter,
};

use super::row::TimelineRows;
use crate::{
    Error, Result,
    list::{ListSource, Pump, Sink},
    session::Session,
};

/// Timelines kept after their room was left.
const KEPT: usize = 12;
/// Events asked for at once.
const PAGE: u16 = 30;

/// The most recently opened timelines, newest last.
#[derive(Default)]
pub(crate) struct Timelines {
    recent: Mutex<VecDeque<(OwnedRoomId, Arc<Timeline>)>>,
    /// Building the same timeline twice at once would waste work and double its subscriptions.
    building: tokio::sync::Mutex<()>,
}

impl Timelines {
    pub(crate) fn get(&self, room_id: &RoomId) -> Option<Arc<Timeline>> {
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        let index = recent.iter().position(|(id, _)| id == room_id)?;
        let entry = recent.remove(index)?;
        let timeline = entry.1.clone();
        recent.push_back(entry);
        Some(timeline)
    }

    pub(crate) async fn open(&self, room: &Room) -> Result<Arc<Timeline>> {
        if let Some(timeline) = self.get(room.room_id()) {
            return Ok(timeline);
        }
        let _guard = self.building.lock().await;
        if let Some(timeline) = self.get(room.room_id()) {
            return Ok(timeline);
        }
        let timeline = room
            .timeline_builder()
            .with_focus(TimelineFocus::Live { hide_threaded_events: false })
            .track_read_marker_and_receipts(TimelineReadReceiptTracking::MessageLikeEvents)
            .event_filter(|event, rules| default_event_filter(event, rules) || is_unknown(event))
            .build()
            .await?;
        let timeline = Arc::new(timeline);
        let mut recent = self.recent.lock().unwrap_or_else(PoisonError::into_inner);
        recent.push_back((room.room_id().to_owned(), timeline.clone()));
        if recent.len() > KEPT {
            recent.pop_front();
        }
        Ok(timeline)
    }

    pub(crate) fn clear(&self) {
        self.recent.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}

/// A message of a kind nobody knows here. The SDK would leave it out; people see that there is something,
/// and its words where it has some.
fn is_unknown(event: &AnySyncTimelineEvent) -> bool {
    let AnySyncTimelineEvent::MessageLike(event) = event else { return false };
    match event.original_content() {
        Some(AnyMessageLikeEventContent::RoomMessage(content)) => {
            matches!(content.msgtype, MessageType::_Custom(_))
                && !matches!(content.relates_to, Some(Relation::Replacement(_)))
        }
        Some(content) => matches!(content, AnyMessageLikeEventContent::_Custom { .. }),
        None => false,
    }
}

struct History {
    timeline: Arc<Timeline>,
}

#[async_trait]
impl ListSource for History {
    async fn load_more(&self) -> Result<MoreOutcome> {
        let at_start = self.timeline.paginate_backwards(PAGE).await.map_err(Error::from)?;
        Ok(if at_start { MoreOutcome::End } else { MoreOutcome::More })
    }
}

impl Session {
    /// Watches a conversation. What is on disk comes at once.
    pub async fn subscribe_timeline(
        self: &Arc<Self>,
        window: &str,
        room_id: &str,
        sink: Sink<TimelineRow>,
    ) -> Result<SubscriptionId> {
        let room = self.room(room_id)?;
        let timeline = self.timelines.open(&room).await?;
        let rows = TimelineRows::new(self, &room);
        let source = Arc::new(History { timeline: timeline.clone() });
        Ok(self.subscriptions.open(window, source, |id, commands| async move {
            let (initial, stream) = timeline.subscribe().await;
            let fill = async {
                // A short conversation must not wait for somebody to scroll.
                if initial.len() < usize::from(PAGE)
                    && let Err(error) = timeline.paginate_backwards(PAGE).await
                {
                    tracing::debug!(%error, "cannot load older messages yet");
                }
                // Senders without a name get one as soon as the members are known.
                timeline.fetch_members().await;
                std::future::pending::<()>().await;
            };
            let pump =
                Pump::new(id, initial.clone(), rows, sink).run(Box::pin(stream), commands, |_| {});
            tokio::select! {
                () = pump => {}
                () = fill => {}
            }
        }))
    }
}
