//! Turns an SDK diff stream into acknowledged batches of rows.
//!
//! The stream is drained eagerly into a mirror, so that the SDK never lags. What changed waits in
//! `Pending` and leaves at most once a frame, and only after the batch before was acknowledged: a slow
//! screen gets fewer, larger batches. Rows are converted when they leave, so a row that was replaced
//! in the meantime is never converted.

use std::{pin::Pin, time::Duration};

use async_trait::async_trait;
use eyeball_im::VectorDiff;
use futures_util::{Stream, StreamExt};
use herold_protocol::{Batch, ListOp, SubscriptionId};
use imbl::Vector;
use tokio::{sync::mpsc, time::Instant};

use super::Sink;

/// One frame at 60 Hz.
const FRAME: Duration = Duration::from_millis(16);

/// With more operations than this outstanding, a fresh snapshot is cheaper for everybody.
const MOST_PENDING: usize = 256;

/// Makes the row of an item. Never fails: what cannot be converted becomes a placeholder, because
/// leaving a row out would shift every index after it.
#[async_trait(?Send)]
pub trait Convert<S>: Send + Sync {
    type Row: Send;
    async fn row(&self, item: S) -> Self::Row;
}

/// What the receiver asks of a running pump.
#[derive(Debug)]
pub enum Command {
    Acknowledge(u32),
    Resync,
}

type DiffStream<'a, S> = Pin<Box<dyn Stream<Item = Vec<VectorDiff<S>>> + 'a>>;

pub struct Pump<S, C: Convert<S>> {
    subscription: SubscriptionId,
    convert: C,
    sink: Sink<C::Row>,
    mirror: Vector<S>,
    pending: Pending<S>,
    next_seq: u32,
    unacknowledged: Option<u32>,
    earliest_flush: Instant,
}

impl<S, C> Pump<S, C>
where
    S: Clone + Send + Sync + 'static,
    C: Convert<S>,
{
    pub fn new(
        subscription: SubscriptionId,
        initial: Vector<S>,
        convert: C,
        sink: Sink<C::Row>,
    ) -> Self {
        Self {
            subscription,
            convert,
            sink,
            mirror: initial,
            pending: Pending::Snapshot,
            next_seq: 0,
            unacknowledged: None,
            earliest_flush: Instant::now(),
        }
    }

    /// Runs until the receiver is gone or the command channel is closed. `observe` sees the length of
    /// the list after every change.
    pub async fn run(
        mut self,
        mut diffs: DiffStream<'_, S>,
        mut commands: mpsc::UnboundedReceiver<Command>,
        observe: impl Fn(usize),
    ) {
        let mut ended = false;
        observe(self.mirror.len());
        loop {
            let may_flush = self.unacknowledged.is_none() && !self.pending.is_empty();
            tokio::select! {
                biased;
                command = commands.recv() => match command {
                    Some(Command::Acknowledge(seq)) => {
                        if self.unacknowledged == Some(seq) {
                            self.unacknowledged = None;
                        }
                    }
                    Some(Command::Resync) => {
                        self.pending = Pending::Snapshot;
                        self.unacknowledged = None;
                    }
                    None => return,
                },
                batch = diffs.next(), if !ended => match batch {
                    Some(batch) => {
                        for diff in batch {
                            self.pending.push(&diff, self.mirror.len());
                            diff.apply(&mut self.mirror);
                        }
                        observe(self.mirror.len());
                    }
                    None => ended = true,
                },
                () = tokio::time::sleep_until(self.earliest_flush), if may_flush => {
                    if !self.flush().await {
                        return;
                    }
                }
            }
        }
    }

    async fn flush(&mut self) -> bool {
        let ops = match std::mem::take(&mut self.pending) {
            Pending::Snapshot => {
                self.next_seq = 0;
                vec![ListOp::Reset { values: self.rows(self.mirror.clone()).await }]
            }
            Pending::Ops(diffs) => {
                let mut ops = Vec::with_capacity(diffs.len());
                for diff in diffs {
                    ops.push(self.op(diff).await);
                }
                ops
            }
        };
        let seq = self.next_seq;
        self.next_seq += 1;
        self.unacknowledged = Some(seq);
        self.earliest_flush = Instant::now() + FRAME;
        (self.sink)(Batch { subscription: self.subscription, seq, ops })
    }

    async fn rows(&self, items: Vector<S>) -> Vec<C::Row> {
        let mut rows = Vec::with_capacity(items.len());
        for item in items {
            rows.push(self.convert.row(item).await);
        }
        rows
    }

    async fn op(&self, diff: VectorDiff<S>) -> ListOp<C::Row> {
        match diff {
            VectorDiff::Append { values } => ListOp::Append { values: self.rows(values).await },
            VectorDiff::Clear => ListOp::Clear,
            VectorDiff::PushFront { value } => {
                ListOp::PushFront { value: self.convert.row(value).await }
            }
            VectorDiff::PushBack { value } => {
                ListOp::PushBack { value: self.convert.row(value).await }
            }
            VectorDiff::PopFront => ListOp::PopFront,
            VectorDiff::PopBack => ListOp::PopBack,
            VectorDiff::Insert { index, value } => {
                ListOp::Insert { index: index as u32, value: self.convert.row(value).await }
            }
            VectorDiff::Set { index, value } => {
                ListOp::Set { index: index as u32, value: self.convert.row(value).await }
            }
            VectorDiff::Remove { index } => ListOp::Remove { index: index as u32 },
            VectorDiff::Truncate { length } => ListOp::Truncate { length: length as u32 },
            VectorDiff::Reset { values } => ListOp::Reset { values: self.rows(values).await },
        }
    }
}

/// What has to be told at the next flush.
enum Pending<S> {
    /// Everything, as it then stands in the mirror.
    Snapshot,
    Ops(Vec<VectorDiff<S>>),
}

impl<S> Default for Pending<S> {
    fn default() -> Self {
        Self::Ops(Vec::new())
    }
}

impl<S: Clone> Pending<S> {
    fn is_empty(&self) -> bool {
        matches!(self, Self::Ops(ops) if ops.is_empty())
    }

    fn push(&mut self, diff: &VectorDiff<S>, length: usize) {
        let Self::Ops(ops) = self else { return };
        match diff {
            VectorDiff::Reset { .. } => {
                *self = Self::Snapshot;
                return;
            }
            VectorDiff::Set { index, value } => {
                if let Some(earlier) = superseded(ops, *index) {
                    *earlier = value.clone();
                    return;
                }
            }
            VectorDiff::Append { values } if values.len() > MOST_PENDING.max(length) => {
                *self = Self::Snapshot;
                return;
            }
            _ => {}
        }
        ops.push(diff.clone());
        if ops.len() > MOST_PENDING {
            *self = Self::Snapshot;
        }
    }
}

/// The value of an earlier `Set` of the same row that nobody has seen yet. Only `Set`s may lie in
/// between: any other operation shifts what an index means.
fn superseded<S: Clone>(ops: &mut [VectorDiff<S>], wanted: usize) -> Option<&mut S> {
    for op in ops.iter_mut().rev() {
        match op {
            VectorDiff::Set { index, value } if *index == wanted => return Some(value),
            VectorDiff::Set { .. } => {}
            _ => return None,
        }
    }
    None
}
