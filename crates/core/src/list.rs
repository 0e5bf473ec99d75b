//! Lists that change, delivered one way: a snapshot, then numbered batches.
//!
//! Rooms, timelines and members all go through the same pump. A subscription lives until it is
//! closed, its receiver goes away, or its session ends.

mod pump;
mod reader;
mod repeats;
mod subscriptions;

pub(crate) use pump::{Convert, Pump};
pub(crate) use repeats::with_repeats;
pub(crate) use subscriptions::{ListSource, Subscriptions};

pub use reader::ListReader;

use herold_protocol::Batch;

/// Takes a batch towards the user interface; `false` once nobody listens any more.
pub type Sink<R> = Box<dyn Fn(Batch<R>) -> bool + Send + Sync>;

/// For the property test in `tests/`, which drives the pump without a session.
#[doc(hidden)]
pub mod testing {
    pub use super::pump::{Command, Convert, Pump};
}
