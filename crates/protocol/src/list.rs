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

impl<T> ListOp<T> {
    /// Applies the operation to a list. An index that is not there changes nothing: the list is then
    /// out of step, which the gap in `seq` says.
    pub fn apply(self, rows: &mut Vec<T>) {
        match self {
            Self::Append { values } => rows.extend(values),
            Self::Clear => rows.clear(),
            Self::PushFront { value } => rows.insert(0, value),
            Self::PushBack { value } => rows.push(value),
            Self::PopFront if !rows.is_empty() => {
                rows.remove(0);
            }
            Self::PopFront => {}
            Self::PopBack => {
                rows.pop();
            }
            Self::Insert { index, value } if index as usize <= rows.len() => {
                rows.insert(index as usize, value);
            }
            Self::Set { index, value } => {
                if let Some(row) = rows.get_mut(index as usize) {
                    *row = value;
                }
            }
            Self::Remove { index } if (index as usize) < rows.len() => {
                rows.remove(index as usize);
            }
            Self::Insert { .. } | Self::Remove { .. } => {}
            Self::Truncate { length } => rows.truncate(length as usize),
            Self::Reset { values } => *rows = values,
        }
    }
}
