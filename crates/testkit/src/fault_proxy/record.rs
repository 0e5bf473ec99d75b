//! What came through the proxy.

use std::{sync::Mutex, time::Instant};

use hyper::{Request, body::Incoming, header};
use tokio::sync::Notify;

/// One request, recorded when its head had arrived, whatever fault it met then.
#[derive(Clone, Debug)]
pub struct Recorded {
    pub method: String,
    /// Path and query.
    pub path: String,
    /// `host:port` the request was for.
    pub host: String,
    pub at: Instant,
    /// Whether it carried an `Authorization` header.
    pub authorized: bool,
}

#[derive(Default)]
pub(super) struct Record {
    requests: Mutex<Vec<Recorded>>,
    changed: Notify,
}

impl Record {
    pub(super) fn add(&self, request: &Request<Incoming>, host: &str) {
        let path = request.uri().path_and_query().map_or("", |path| path.as_str());
        self.requests.lock().unwrap().push(Recorded {
            method: request.method().to_string(),
            path: path.to_owned(),
            host: host.to_owned(),
            at: Instant::now(),
            authorized: request.headers().contains_key(header::AUTHORIZATION),
        });
        self.changed.notify_waiters();
    }

    pub(super) fn all(&self) -> Vec<Recorded> {
        self.requests.lock().unwrap().clone()
    }

    pub(super) fn clear(&self) {
        self.requests.lock().unwrap().clear();
    }

    pub(super) fn hosts(&self) -> Vec<String> {
        let mut hosts: Vec<_> = self.all().into_iter().map(|request| request.host).collect();
        hosts.sort();
        hosts.dedup();
        hosts
    }

    pub(super) async fn wait_for(&self, part: &str) -> Recorded {
        loop {
            // Listening begins before looking, so that nothing falls in between.
            let mut changed = std::pin::pin!(self.changed.notified());
            changed.as_mut().enable();
            if let Some(found) = self.all().into_iter().find(|seen| seen.path.contains(part)) {
                return found;
            }
            changed.await;
        }
    }
}
