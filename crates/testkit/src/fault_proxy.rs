//! An HTTP proxy on loopback that breaks the network on command.
//!
//! It stands before one server ([`FaultProxy::before`]) or takes every request as a forward
//! proxy does ([`FaultProxy::forward`]), and keeps a record of what came through. When a
//! method that sets a fault returns, the fault holds. Faults are in [`fault`], the record in
//! [`record`], forwarding in [`forward`].

mod fault;
mod forward;
mod record;

use std::{
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use hyper::{server::conn::http1, service::service_fn};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinHandle,
};
use url::Url;

pub use self::{fault::Fault, record::Recorded};
use self::{fault::Faults, forward::Upstream, record::Record};
use crate::http;

/// The proxy ends, and its connections close, when the value is dropped.
pub struct FaultProxy {
    address: SocketAddr,
    shared: Arc<Shared>,
    /// Whether the port should be open; the accept loop follows and reports in `is_open`.
    open: watch::Sender<bool>,
    is_open: watch::Receiver<bool>,
    accepting: JoinHandle<()>,
}

struct Shared {
    address: SocketAddr,
    upstream: Upstream,
    faults: Faults,
    record: Record,
    /// Texts that stand for others in the server's answers.
    replacements: Mutex<Vec<(String, String)>>,
    /// Counts cuts: each increment closes all connections.
    cuts: watch::Sender<u64>,
    connections: AtomicU64,
}

impl Shared {
    fn replacements(&self) -> Vec<(String, String)> {
        self.replacements.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl FaultProxy {
    /// A proxy between a device and the server at `server_url`, passing everything at first.
    /// Where the server names its own address (`/.well-known`, `/login`), the proxy puts its own.
    pub async fn before(server_url: &str) -> Self {
        let url = Url::parse(server_url).expect("the server's URL is valid");
        Self::start(Some(url)).await
    }

    /// A forward proxy, for the proxy setting of an application: it serves absolute requests
    /// and tunnels (CONNECT), and so sees every host that is contacted.
    pub async fn forward() -> Self {
        Self::start(None).await
    }

    async fn start(server: Option<Url>) -> Self {
        let (listener, address) = http::listen().await;
        let shared = Arc::new(Shared {
            address,
            upstream: Upstream::new(server),
            faults: Faults::default(),
            record: Record::default(),
            replacements: Mutex::default(),
            cuts: watch::Sender::new(0),
            connections: AtomicU64::new(0),
        });
        let open = watch::Sender::new(true);
        let (report, is_open) = watch::channel(true);
        let accepting =
            tokio::spawn(accept(Arc::clone(&shared), listener, open.subscribe(), report));
        Self { address, shared, open, is_open, accepting }
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Puts every request under this fault; faults for single paths stay.
    pub async fn set(&self, fault: Fault) {
        let cut = matches!(fault, Fault::Cut);
        self.shared.faults.set(fault, self.shared.connections.load(Ordering::SeqCst));
        self.set_open(!cut).await;
        if cut {
            self.cut_connections();
        }
    }

    /// Puts requests whose path or query contains `part` under this fault; the latest wins.
    pub async fn set_for(&self, part: &str, fault: Fault) {
        self.shared.faults.set_for(part, fault, None);
    }

    /// The same for the next `times` such requests only.
    pub async fn set_times(&self, part: &str, times: u32, fault: Fault) {
        self.shared.faults.set_for(part, fault, Some(times));
    }

    /// Passes everything again. Connections that hung half-open stay dead, as in reality.
    pub async fn clear(&self) {
        self.shared.faults.clear_paths();
        self.set(Fault::Pass).await;
    }

    /// Writes `to` wherever `from` stands in the JSON that the server answers from now on: a server that
    /// lets through what this one does not.
    pub fn replace(&self, from: &str, to: &str) {
        let mut all = self.shared.replacements.lock().unwrap_or_else(PoisonError::into_inner);
        all.push((from.to_owned(), to.to_owned()));
    }

    /// Closes all connections once; new ones are accepted.
    pub fn cut_connections(&self) {
        self.shared.cuts.send_modify(|count| *count += 1);
    }

    /// All requests so far, oldest first.
    pub fn requests(&self) -> Vec<Recorded> {
        self.shared.record.all()
    }

    /// How many requests had `part` in their path or query.
    pub fn count(&self, part: &str) -> usize {
        self.requests().iter().filter(|request| request.path.contains(part)).count()
    }

    /// Every `host:port` that was asked for, each once.
    pub fn hosts(&self) -> Vec<String> {
        self.shared.record.hosts()
    }

    pub fn forget_requests(&self) {
        self.shared.record.clear();
    }

    /// Waits until a request with `part` in its path has come, counted since the start or
    /// [`Self::forget_requests`].
    pub async fn wait_for(&self, part: &str, limit: Duration) -> Recorded {
        let found = self.shared.record.wait_for(part);
        tokio::time::timeout(limit, found)
            .await
            .unwrap_or_else(|_| panic!("no request to {part} within {limit:?}"))
    }

    async fn set_open(&self, open: bool) {
        self.open.send_replace(open);
        let mut is_open = self.is_open.clone();
        is_open.wait_for(|now| *now == open).await.expect("the accept loop runs");
    }
}

impl Drop for FaultProxy {
    fn drop(&mut self) {
        self.accepting.abort();
        self.cut_connections();
    }
}

/// Accepts while `open`. A closed port really refuses: the listener is gone, not just idle.
async fn accept(
    shared: Arc<Shared>,
    listener: TcpListener,
    mut open: watch::Receiver<bool>,
    report: watch::Sender<bool>,
) {
    let mut listener = Some(listener);
    loop {
        let wanted = *open.borrow_and_update();
        if wanted && listener.is_none() {
            listener = Some(bind_again(shared.address).await);
        } else if !wanted {
            listener = None;
        }
        report.send_replace(wanted);
        let Some(socket) = &listener else {
            if open.changed().await.is_err() {
                return;
            }
            continue;
        };
        tokio::select! {
            changed = open.changed() => if changed.is_err() { return },
            accepted = socket.accept() => if let Ok((stream, _)) = accepted {
                tokio::spawn(serve(Arc::clone(&shared), stream));
            },
        }
    }
}

async fn bind_again(address: SocketAddr) -> TcpListener {
    for _ in 0..100 {
        if let Ok(listener) = TcpListener::bind(address).await {
            return listener;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the port {address} of the proxy was taken while it was cut");
}

async fn serve(shared: Arc<Shared>, stream: TcpStream) {
    let mut cuts = shared.cuts.subscribe();
    let number = shared.connections.fetch_add(1, Ordering::SeqCst) + 1;
    // Answers leave at once; a delay here would be measured as the server's.
    let _ = stream.set_nodelay(true);
    let service = service_fn({
        let shared = Arc::clone(&shared);
        move |request| forward::handle(Arc::clone(&shared), number, request)
    });
    let connection =
        http1::Builder::new().serve_connection(TokioIo::new(stream), service).with_upgrades();
    tokio::select! {
        _ = connection => {}
        _ = cuts.changed() => {}
    }
}
