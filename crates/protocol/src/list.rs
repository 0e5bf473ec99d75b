//! The wire form of a list that changes: one snapshot, then numbered batches of operations.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Names one open subscription. Unique for the life of the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, TS)]
pub struct SubscriptionId(pub u32);

/// What happened to a list since the batch before. A batch with `seq` 0 holds exactly one `reset`
/// and starts the count anew; a gap in `seq` means the receiver must ask for a resync.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Batch<T> {
    pub subscription: SubscriptionId,
    pub seq: u32,
    pub ops: Vec<ListOp<T>>,
}

/// One operation on a list; the variants are those of `eyeball_im::VectorDiff`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, TS)]
#[serde(tag = "type", rename_all = "camelCase")]
pub enum ListOp<T> {
    Append { values: Vec<T> },
    Clear,
    PushFront { value: T },
    PushBack { value: T },
    PopFront,
    PopBack,
    Insert { index: u32, value: T },
    Set { index: u32, value: T },
    Remove { index: u32 },
    Truncate { length: u32 },
    Reset { values: Vec<T> },
}
