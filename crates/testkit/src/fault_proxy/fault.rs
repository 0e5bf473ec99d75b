//! Which fault a request meets.

use std::{sync::Mutex, time::Duration};

use serde_json::Value;

/// What happens to a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Fault {
    #[default]
    Pass,
    /// The port refuses and existing connections close; for a path: the connection closes.
    Cut,
    /// Each request waits this long before it is passed on.
    Slow { latency: Duration },
    /// The proxy answers itself. Without a body it writes a Matrix error that suits the code.
    Status { code: u16, retry_after: Option<Duration>, body: Option<Value> },
    /// The proxy answers with a web page, as a load balancer does, and with this as `Retry-After`.
    Page { code: u16, retry_after: &'static str },
    /// Requests are taken and never answered, on existing connections too.
    HalfOpen,
    /// The answer breaks off after this many bytes of its body; with 0 bytes the server has
    /// acted and the device receives nothing at all.
    ResetAfter { bytes: u64 },
}

impl Fault {
    /// A status without `Retry-After` and with a body that suits it.
    pub fn status(code: u16) -> Self {
        Self::Status { code, retry_after: None, body: None }
    }
}

#[derive(Default)]
pub(super) struct Faults(Mutex<State>);

#[derive(Default)]
struct State {
    all: Fault,
    paths: Vec<ForPath>,
    /// Connections up to this number are dead since a time of [`Fault::HalfOpen`].
    dead: u64,
}

struct ForPath {
    part: String,
    fault: Fault,
    remaining: Option<u32>,
}

impl Faults {
    pub(super) fn set(&self, fault: Fault, connections: u64) {
        let mut state = self.0.lock().unwrap();
        if fault == Fault::HalfOpen || state.all == Fault::HalfOpen {
            state.dead = connections;
        }
        state.all = fault;
    }

    pub(super) fn set_for(&self, part: &str, fault: Fault, times: Option<u32>) {
        let mut state = self.0.lock().unwrap();
        state.paths.retain(|rule| rule.part != part);
        if fault != Fault::Pass || times.is_some() {
            state.paths.push(ForPath { part: part.to_owned(), fault, remaining: times });
        }
    }

    pub(super) fn clear_paths(&self) {
        self.0.lock().unwrap().paths.clear();
    }

    /// The fault for a request that has just come, using up one of its times.
    pub(super) fn take(&self, path: &str) -> Fault {
        let mut state = self.0.lock().unwrap();
        let matching =
            state.paths.iter().rposition(|rule| rule.part.is_empty() || path.contains(&rule.part));
        let Some(index) = matching else { return state.all.clone() };
        let rule = &mut state.paths[index];
        let fault = rule.fault.clone();
        if let Some(remaining) = &mut rule.remaining {
            *remaining -= 1;
            if *remaining == 0 {
                state.paths.remove(index);
            }
        }
        fault
    }

    /// Whether this connection will never carry a byte to the device again.
    pub(super) fn is_dead(&self, connection: u64) -> bool {
        let state = self.0.lock().unwrap();
        state.all == Fault::HalfOpen || connection <= state.dead
    }
}
