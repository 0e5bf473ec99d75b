//! The threads of a room, the most recently answered first.
//!
//! The server lists them, page by page; from then on the SDK keeps each of them current. How many
//! messages are unread comes from the thread's own cache on this device.

use std::sync::{Arc, Weak};

use async_trait::async_trait;
use herold_protocol::{
    Direction, ErrorKind, MoreOutcome, ReplyPreview, SubscriptionId, ThreadRow, Unread,
};
use matrix_sdk::{
    Room,
    ruma::{
        EventId, OwnedEventId, api::client::receipt::create_receipt::v3::ReceiptType,
        events::receipt::ReceiptThread,
    },
};
use matrix_sdk_ui::timeline::{
    RoomExt,
    thread_list_service::{
        ThreadListItem, ThreadListItemEvent, ThreadListPaginationState, ThreadListService,
    },
};

use tokio::sync::broadcast;

use super::{
    focus::event,
    row::{Context, sender},
};
use crate::{
    Error, Result,
    list::{Convert, ListSource, Pump, Sink, with_repeats},
    moment::moment_ms,
    rooms::{preview_content, unread_threads},
    session::Session,
};

struct Threads {
    service: ThreadListService,
}

#[async_trait(?Send)]
impl ListSource for Threads {
    async fn load_more(&self, _direction: Direction) -> Result<MoreOutcome> {
        self.service.paginate().await.map_err(|error| {
            let matrix_sdk_ui::timeline::thread_list_service::ThreadListServiceError::Sdk(error) =
                error;
            Error::from(error)
        })?;
        Ok(match self.service.pagination_state() {
            ThreadListPaginationState::Idle { end_reached: true } => MoreOutcome::End,
            _ => MoreOutcome::More,
        })
    }
}

struct ThreadRows {
    session: Weak<Session>,
    room: Room,
    /// Whether the server knows them.
    subscriptions: bool,
}

/// The roots of threads that are followed since, or no longer.
pub(crate) struct FollowedThreads(broadcast::Sender<OwnedEventId>);

impl Default for FollowedThreads {
    fn default() -> Self {
        Self(broadcast::Sender::new(16))
    }
}

#[async_trait(?Send)]
impl Convert<ThreadListItem> for ThreadRows {
    type Row = ThreadRow;

    async fn row(&self, item: ThreadListItem) -> ThreadRow {
        let root = &item.root_event;
        let followed =
            if self.subscriptions { followed(&self.room, &root.event_id).await } else { None };
        ThreadRow {
            timestamp_ms: moment_ms(
                item.latest_event.as_ref().map_or(root.timestamp, |latest| latest.timestamp),
            ),
            replies: item.num_replies,
            unread: self.unread(&root.event_id).await,
            root: self.preview(root).await,
            latest: match &item.latest_event {
                Some(latest) => Some(self.preview(latest).await),
                None => None,
            },
            followed,
        }
    }
}

impl ThreadRows {
    async fn preview(&self, event: &ThreadListItemEvent) -> ReplyPreview {
        let event_id = event.event_id.to_string();
        let Some(session) = self.session.upgrade() else {
            return ReplyPreview { event_id, sender: None, content: None, loading: false };
        };
        let context = Context { session: &session, own: self.room.own_user_id() };
        ReplyPreview {
            event_id,
            sender: Some(sender(&event.sender, &event.sender_profile, &context)),
            content: match &event.content {
                Some(content) => Some(preview_content(content, &self.room, &session).await),
                None => None,
            },
            loading: false,
        }
    }

    async fn unread(&self, root: &EventId) -> Unread {
        unread_threads::leave_out_root(&self.room, root).await;
        let client = self.room.client();
        let Ok((thread, _drop)) = client.event_cache().thread(self.room.room_id(), root).await
        else {
            return Unread::default();
        };
        let receipts = thread.read_receipts().await;
        receipts.map(|receipts| unread_threads::counted(&receipts)).unwrap_or_default()
    }
}

/// Says that everything of a thread was read that is on this device.
pub(crate) async fn mark_thread_read(room: &Room, root_id: &str) -> Result<()> {
    let root = event(root_id)?;
    let (thread, _keep_alive) = room.client().event_cache().thread(room.room_id(), &root).await?;
    let (events, _updates) = thread.subscribe().await?;
    let Some(last) = events.iter().rev().find_map(|event| event.event_id()) else { return Ok(()) };
    let thread = ReceiptThread::Thread(root);
    Ok(room.send_single_receipt(ReceiptType::Read, thread, last.to_owned()).await?)
}

/// Whether the account follows a thread (MSC4306); `None` where the server cannot be asked.
async fn followed(room: &Room, root: &EventId) -> Option<bool> {
    Some(room.load_or_fetch_thread_subscription(root).await.ok()?.is_some())
}

impl Session {
    /// Watches the list of a room's threads.
    pub async fn subscribe_threads(
        self: &Arc<Self>,
        window: &str,
        room_id: &str,
        sink: Sink<ThreadRow>,
    ) -> Result<SubscriptionId> {
        let room = self.room(room_id)?;
        let source = Arc::new(Threads { service: room.thread_list_service() });
        let subscriptions = self.client.enabled_thread_subscriptions().await.unwrap_or_default();
        let rows = ThreadRows { session: Arc::downgrade(self), room, subscriptions };
        let changed = self.followed_threads.0.subscribe();
        let threads = source.clone();
        Ok(self.subscriptions.open(window, source, move |id, commands| async move {
            let (initial, stream) = threads.service.subscribe_to_items_updates();
            let first_page = async {
                if let Err(error) = threads.load_more(Direction::Older).await {
                    tracing::info!(%error, "cannot list the threads yet");
                }
                std::future::pending::<()>().await;
            };
            let stream = with_repeats(Box::pin(stream), initial.clone(), changed, |item, root| {
                root.is_none_or(|root| *root == item.root_event.event_id)
            });
            let pump = Pump::new(id, initial, rows, sink).run(Box::pin(stream), commands, |_| {});
            tokio::select! {
                () = pump => {}
                () = first_page => {}
            }
        }))
    }

    /// Whether the account hears of new messages in a thread; `None` where the server knows no such thing.
    pub async fn is_thread_followed(&self, room_id: &str, root_id: &str) -> Result<Option<bool>> {
        let room = self.room(room_id)?;
        if !self.client.enabled_thread_subscriptions().await.unwrap_or_default() {
            return Ok(None);
        }
        Ok(followed(&room, &event(root_id)?).await)
    }

    /// Hears of new messages in a thread, or no longer (MSC4306).
    ///
    /// # Errors
    /// `Unsupported` where the server does not know such subscriptions.
    pub async fn set_thread_followed(
        &self,
        room_id: &str,
        root_id: &str,
        followed: bool,
    ) -> Result<()> {
        let room = self.joined_room(room_id)?;
        let root = event(root_id)?;
        if !self.client.enabled_thread_subscriptions().await? {
            return Err(Error::new(ErrorKind::Unsupported));
        }
        if followed {
            room.subscribe_thread(root.clone(), None).await?;
        } else {
            room.unsubscribe_thread(root.clone()).await?;
        }
        // Nobody may look.
        let _ = self.followed_threads.0.send(root);
        Ok(())
    }
}
