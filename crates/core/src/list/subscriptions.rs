//! The open subscriptions of a session.
//!
//! A subscription belongs to an owner (a window). Closing or reloading the window drops all of its
//! subscriptions; dropping the registry ends every task.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};

use async_trait::async_trait;
use futures_util::future::AbortHandle;
use herold_protocol::{Direction, ErrorKind, MoreOutcome, RoomListQuery, SubscriptionId};
use tokio::sync::mpsc;

use super::pump::Command;
use crate::{Error, Result, tasks::Tasks};

/// What a list can do besides being watched.
#[async_trait(?Send)]
pub(crate) trait ListSource: Send + Sync {
    async fn load_more(&self, _direction: Direction) -> Result<MoreOutcome> {
        Ok(MoreOutcome::End)
    }

    async fn set_room_query(&self, _query: RoomListQuery) -> Result<()> {
        Err(Error::new(ErrorKind::Invalid))
    }
}

struct Open {
    owner: String,
    commands: mpsc::UnboundedSender<Command>,
    source: Arc<dyn ListSource>,
    task: AbortHandle,
}

#[derive(Default)]
pub(crate) struct Subscriptions {
    open: Arc<Mutex<HashMap<SubscriptionId, Open>>>,
    tasks: Tasks,
}

/// Identifiers are unique for the life of the process, also across sessions.
static NEXT: AtomicU32 = AtomicU32::new(1);

impl Subscriptions {
    /// Opens a subscription whose task is made from its identifier and its command channel.
    pub(crate) fn open<F>(
        &self,
        owner: &str,
        source: Arc<dyn ListSource>,
        task: impl FnOnce(SubscriptionId, mpsc::UnboundedReceiver<Command>) -> F + Send + 'static,
    ) -> SubscriptionId
    where
        F: Future<Output = ()> + 'static,
    {
        let id = SubscriptionId(NEXT.fetch_add(1, Ordering::Relaxed));
        let (commands, receiver) = mpsc::unbounded_channel();
        let registry = Arc::downgrade(&self.open);
        // The lock is held until the entry is in, so that a task that ends at once finds it.
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let task = self.tasks.spawn(move || async move {
            task(id, receiver).await;
            if let Some(registry) = registry.upgrade() {
                registry.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            }
        });
        open.insert(id, Open { owner: owner.to_owned(), commands, source, task });
        id
    }

    fn with<T>(&self, id: SubscriptionId, f: impl FnOnce(&Open) -> T) -> Result<T> {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&id).map(f).ok_or_else(|| Error::new(ErrorKind::NotFound))
    }

    pub(crate) fn acknowledge(&self, id: SubscriptionId, seq: u32) {
        // A late acknowledgement of a closed subscription is nobody's mistake.
        let _ = self.with(id, |open| open.commands.send(Command::Acknowledge(seq)));
    }

    pub(crate) fn resync(&self, id: SubscriptionId) -> Result<()> {
        self.with(id, |open| {
            let _ = open.commands.send(Command::Resync);
        })
    }

    pub(crate) fn source(&self, id: SubscriptionId) -> Result<Arc<dyn ListSource>> {
        self.with(id, |open| open.source.clone())
    }

    pub(crate) fn close(&self, id: SubscriptionId) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(closed) = open.remove(&id) {
            closed.task.abort();
        }
    }

    pub(crate) fn close_owned_by(&self, owner: &str) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.retain(|_, subscription| {
            let keep = subscription.owner != owner;
            if !keep {
                subscription.task.abort();
            }
            keep
        });
    }

    pub(crate) fn close_all(&self) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for (_, subscription) in open.drain() {
            subscription.task.abort();
        }
    }
}

impl Drop for Subscriptions {
    fn drop(&mut self) {
        self.close_all();
    }
}
