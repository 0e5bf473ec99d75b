//! The receiving end of a subscription, for scripts and tests. The interface has its own.

use std::time::Duration;

use herold_protocol::Batch;
use tokio::sync::mpsc;

use super::Sink;
use crate::Session;

/// A list as it stands after every batch that was read.
pub struct ListReader<T> {
    pub rows: Vec<T>,
    batches: mpsc::UnboundedReceiver<Batch<T>>,
}

impl<T: Send + 'static> ListReader<T> {
    /// A reader, and the sink that a subscription fills it through.
    pub fn new() -> (Self, Sink<T>) {
        let (sender, batches) = mpsc::unbounded_channel();
        (Self { rows: Vec::new(), batches }, Box::new(move |batch| sender.send(batch).is_ok()))
    }

    /// Takes and acknowledges the next batch. `false` if none came in time.
    pub async fn next(&mut self, session: &Session, patience: Duration) -> bool {
        let Ok(Some(batch)) = tokio::time::timeout(patience, self.batches.recv()).await else {
            return false;
        };
        session.acknowledge(batch.subscription, batch.seq);
        for op in batch.ops {
            op.apply(&mut self.rows);
        }
        true
    }

    /// Takes every batch that comes, until none has for this long.
    pub async fn settle(&mut self, session: &Session, quiet: Duration) {
        while self.next(session, quiet).await {}
    }
}
