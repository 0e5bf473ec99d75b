//! A signed-in account: its client, its connection, its open lists.
//!
//! A session owns everything that runs for the account. `close` ends all of it in the order the SDK
//! needs; dropping it ends the tasks. How a session begins is in `sign_in`, where it lives on disk in
//! `profile`.

mod account;
mod client;
pub(crate) mod cross_signing;
pub(crate) mod discovery;
mod incoming;
pub(crate) mod sign_in;

use std::{
    sync::{Arc, Mutex, PoisonError, Weak},
    time::Duration,
};

use herold_policy::MapServer;
use herold_protocol::{
    Account, ConnectionState, Direction, ErrorKind, MoreOutcome, RoomListQuery, SubscriptionId,
    UnsentEdit, VerificationStatus,
};
use matrix_sdk::{
    Client, Room, RoomState, SessionChange, encryption::VerificationState, ruma::RoomId,
};
use matrix_sdk_ui::{
    room_list_service::RoomListLoadingState,
    sync_service::{State, SyncService},
};
use tokio::{
    sync::{Notify, broadcast, mpsc, watch},
    time::{Instant, timeout},
};
use zeroize::Zeroizing;

use crate::{
    Error, Result, late_answers,
    link_previews::LinkPreviews,
    list::Subscriptions,
    media::{self, MediaRegistry},
    outgoing::Outgoing,
    recordings::Recordings,
    rooms::{
        ReadUpTo, announcements::Announcements, subscriptions::VisibleRooms,
        suggestions::Mentionable, unread_threads::UnreadThreads,
    },
    send_queues, sync,
    tasks::Tasks,
    timeline::{FollowedThreads, LatestSent, StoredRequests, Timelines},
};

pub(crate) use client::http;
pub use incoming::IncomingMessages;
pub(crate) use sign_in::StoredSession;

/// No step of closing may hold up a person who wants to leave.
const LONGEST_STEP: Duration = Duration::from_secs(8);

/// The next part of the room list comes sooner, or not at all.
const LONGEST_PART: Duration = Duration::from_secs(5);
const LOOK_AGAIN: Duration = Duration::from_millis(50);

/// What a session tells the application.
#[derive(Debug)]
pub(crate) enum Signal {
    /// The server no longer accepts the token. `soft` means the device may continue after the
    /// password (specification, "Soft logout").
    TokenRejected {
        soft: bool,
    },
    Account(Account),
    /// Something failed that no screen waits for.
    Problem(Error),
    EditRefused(Error, UnsentEdit),
}

pub struct Session {
    pub(crate) client: Client,
    pub(crate) service: Arc<SyncService>,
    pub(crate) subscriptions: Subscriptions,
    pub(crate) timelines: Timelines,
    pub(crate) media: MediaRegistry,
    pub(crate) outgoing: Outgoing,
    pub(crate) link_previews: LinkPreviews,
    pub(crate) recordings: Arc<Recordings>,
    pub(crate) visible: VisibleRooms,
    pub(crate) mentionable: Mentionable,
    pub(crate) unread_threads: Arc<UnreadThreads>,
    pub(crate) announcements: Arc<Announcements>,
    pub(crate) stored_requests: StoredRequests,
    pub(crate) latest_sent: LatestSent,
    pub(crate) followed_threads: FollowedThreads,
    pub(crate) read_up_to: ReadUpTo,
    account: Mutex<Account>,
    signals: mpsc::UnboundedSender<Signal>,
    retry_now: Arc<Notify>,
    pub(crate) tasks: Tasks,
}

impl Session {
    /// Takes a client that has a session. Nothing has been asked of the network yet.
    pub(crate) async fn assemble(
        client: Client,
        map_server: Option<MapServer>,
        signals: mpsc::UnboundedSender<Signal>,
    ) -> Result<Arc<Self>> {
        let service = SyncService::builder(client.clone())
            .with_room_list_timeline_limit(10)
            .with_share_pos(true)
            .build()
            .await
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
        let service = Arc::new(service);
        client.event_cache().subscribe()?;
        let media = MediaRegistry::new(client.clone(), map_server);
        let account = account::of(&client)?;
        let session = Arc::new(Self {
            visible: VisibleRooms::default(),
            mentionable: Mentionable::default(),
            unread_threads: Arc::default(),
            announcements: Arc::default(),
            subscriptions: Subscriptions::default(),
            timelines: Timelines::default(),
            media,
            outgoing: Outgoing::default(),
            link_previews: LinkPreviews::default(),
            recordings: Arc::default(),
            stored_requests: StoredRequests::default(),
            latest_sent: LatestSent::default(),
            followed_threads: FollowedThreads::default(),
            read_up_to: ReadUpTo::default(),
            account: Mutex::new(account),
            signals,
            retry_now: Arc::new(Notify::new()),
            tasks: Tasks::default(),
            client,
            service,
        });
        let (client, signals) = (session.client.clone(), session.signals.clone());
        session.tasks.spawn(move || watch_token(client, signals));
        let weak = Arc::downgrade(&session);
        session.tasks.spawn(move || watch_verification(weak));
        let (threads, client) = (session.unread_threads.clone(), session.client.clone());
        session.tasks.spawn(move || threads.keep(client));
        Ok(session)
    }

    /// Begins to talk to the server. Called once the first screen has what is on disk.
    pub(crate) async fn connect(
        self: &Arc<Self>,
        state: watch::Sender<ConnectionState>,
    ) -> Result<()> {
        let prober = sync::Prober::new(&self.client.homeserver())?;
        let connection = sync::Connection {
            client: self.client.clone(),
            prober,
            service: self.service.clone(),
            state: state.clone(),
            retry_now: self.retry_now.clone(),
        };
        self.tasks.spawn(move || connection.keep());
        let (client, connected) = (self.client.clone(), state.subscribe());
        let signals = self.signals.clone();
        self.tasks.spawn(move || send_queues::keep_moving(client, connected, signals));
        let client = self.client.clone();
        self.tasks.spawn(move || late_answers::keep_places(client));
        let (visible, service) = (self.visible.clone(), self.service.clone());
        self.tasks.spawn(move || visible.apply(service));
        let (client, signals) = (self.client.clone(), self.signals.clone());
        self.tasks.spawn(move || async move {
            client.send_queue().enable_upload_progress(true);
            send_queues::begin(&client, &signals).await;
            client.send_queue().respawn_tasks_for_rooms_with_unsent_requests().await;
            let policy = media::retention();
            if let Err(error) = client.media().set_media_retention_policy(policy).await {
                tracing::warn!(%error, "cannot set the media retention policy");
            }
        });
        let weak = Arc::downgrade(self);
        self.tasks.spawn(move || account::load(weak, state.subscribe()));
        Ok(())
    }

    pub fn account(&self) -> Account {
        self.account.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Whether this device is verified; waits for the first answer of the server.
    pub async fn verification_status(&self) -> VerificationStatus {
        self.client.encryption().wait_for_e2ee_initialization_tasks().await;
        verification(self.client.encryption().verification_state().get())
    }

    /// Runs a task that ends with the session.
    pub(crate) fn spawn<F>(&self, make: impl FnOnce() -> F + Send + 'static)
    where
        F: Future<Output = ()> + 'static,
    {
        self.tasks.spawn(make);
    }

    /// Tries to reconnect at once.
    pub fn retry_connection(&self) {
        self.retry_now.notify_one();
    }

    /// A room that is known on this device, whatever the membership.
    pub(crate) fn room(&self, room_id: &str) -> Result<Room> {
        let room_id = RoomId::parse(room_id)
            .map_err(|error| Error::new(ErrorKind::Invalid).with_source(error))?;
        self.client.get_room(&room_id).ok_or_else(|| Error::new(ErrorKind::NotFound))
    }

    pub(crate) fn joined_room(&self, room_id: &str) -> Result<Room> {
        let room = self.room(room_id)?;
        if room.state() == RoomState::Joined {
            Ok(room)
        } else {
            Err(Error::new(ErrorKind::Forbidden))
        }
    }

    pub fn acknowledge(&self, subscription: SubscriptionId, seq: u32) {
        self.subscriptions.acknowledge(subscription, seq);
    }

    pub fn resync(&self, subscription: SubscriptionId) -> Result<()> {
        self.subscriptions.resync(subscription)
    }

    pub async fn load_more(
        &self,
        subscription: SubscriptionId,
        direction: Direction,
    ) -> Result<MoreOutcome> {
        self.subscriptions.source(subscription)?.load_more(direction).await
    }

    pub async fn set_room_list_query(
        &self,
        subscription: SubscriptionId,
        query: RoomListQuery,
    ) -> Result<()> {
        self.subscriptions.source(subscription)?.set_room_query(query).await
    }

    pub fn unsubscribe(&self, subscription: SubscriptionId) {
        self.subscriptions.close(subscription);
    }

    /// A window was closed or reloaded.
    pub fn drop_window(&self, window: &str) {
        self.subscriptions.close_owned_by(window);
        self.recordings.window_gone(window);
    }

    /// Rooms on screen are kept up to date first.
    pub fn set_visible_rooms(&self, rooms: &[String]) {
        self.visible.set(rooms.iter().filter_map(|room| RoomId::parse(room).ok()).collect());
    }

    /// Ends everything that runs for the account and closes the databases. What is queued stays on
    /// disk and goes out after the next start.
    pub(crate) async fn close(&self) {
        self.stop().await;
        match timeout(LONGEST_STEP, self.client.pause()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "a database did not close in order"),
            Err(_) => tracing::warn!("the databases are still busy"),
        }
    }

    /// Tells the server that this device is gone, then closes. Says whether the server knows: without a network
    /// it cannot be told, and the device stays listed there until somebody removes it.
    pub(crate) async fn log_out(&self) -> bool {
        self.stop().await;
        let told = match timeout(LONGEST_STEP, self.client.logout()).await {
            Ok(Ok(())) => true,
            Ok(Err(error)) => Error::classify(&error).kind == ErrorKind::SignedOut,
            Err(_) => false,
        };
        if !told {
            tracing::info!("signed out without the server; the device stays listed there");
        }
        self.close().await;
        told
    }

    /// Number of messages and changes to messages that wait to be sent, in all rooms.
    pub async fn unsent_count(&self) -> usize {
        send_queues::of_all_rooms(&self.client).await.iter().map(|(_, echoes)| echoes.len()).sum()
    }

    /// Lets the account's first device prove its keys. Waits, for a moment at most, until the keys of the device are on
    /// the server: a program that ends right after it signed in would else leave a device that nobody can write to.
    pub(crate) async fn set_up_cross_signing(&self, username: &str, password: &Zeroizing<String>) {
        let set_up = cross_signing::set_up(&self.client, username, password);
        match timeout(LONGEST_STEP, set_up).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(kind = ?error.kind, "cannot set up cross-signing"),
            Err(_) => tracing::warn!("the server is slow with the keys of this device"),
        }
    }

    /// Does what an earlier run of the program did not get to.
    pub(crate) fn finish_cross_signing(&self, connection: watch::Receiver<ConnectionState>) {
        let client = self.client.clone();
        self.tasks.spawn(move || cross_signing::finish(client, connection));
    }

    /// Waits until the rooms that the server has are known here, while they still come in: a large account is listed
    /// in parts, the first of which is there when the connection is.
    pub async fn wait_for_all_rooms(&self) {
        let Ok(list) = self.service.room_list_service().all_rooms().await else { return };
        let state = list.loading_state();
        let (mut known, mut grown) = (0, Instant::now());
        while grown.elapsed() < LONGEST_PART {
            let now = self.client.rooms().len();
            let RoomListLoadingState::Loaded { maximum_number_of_rooms } = state.get() else {
                tokio::time::sleep(LOOK_AGAIN).await;
                continue;
            };
            if maximum_number_of_rooms.is_some_and(|all| now >= all as usize) {
                return;
            }
            if now > known {
                (known, grown) = (now, Instant::now());
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    /// Ends the lists, the loop that keeps the connection, then the sync itself: in this order nothing
    /// starts it again. Calling it twice is fine.
    async fn stop(&self) {
        self.recordings.clear();
        self.subscriptions.close_all();
        self.timelines.clear();
        self.tasks.shutdown().await;
        let running = !matches!(self.service.state().get(), State::Idle);
        if running && timeout(LONGEST_STEP, self.service.stop()).await.is_err() {
            tracing::warn!("the sync did not stop in time");
        }
    }
}

/// Watches for tokens the server refuses. The SDK also says so when a refresh failed for lack of a
/// network, therefore the server is asked before anything is believed.
async fn watch_token(client: Client, signals: mpsc::UnboundedSender<Signal>) {
    let mut changes = client.subscribe_to_session_changes();
    loop {
        match changes.recv().await {
            Ok(SessionChange::UnknownToken(data)) => {
                match client.whoami().await.map_err(Error::from) {
                    Err(error) if error.kind == ErrorKind::SignedOut => {
                        let _ = signals.send(Signal::TokenRejected { soft: data.soft_logout });
                        return;
                    }
                    _ => tracing::info!("the token was doubted but is not refused"),
                }
            }
            Ok(SessionChange::TokensRefreshed) | Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return,
        }
    }
}

async fn watch_verification(session: Weak<Session>) {
    let Some(mut states) =
        session.upgrade().map(|session| session.client.encryption().verification_state())
    else {
        return;
    };
    let mut state = Some(states.get());
    while let Some(current) = state {
        let Some(session) = session.upgrade() else { return };
        session.update_account(|account| account.verification = verification(current));
        drop(session);
        state = states.next().await;
    }
}

fn verification(state: VerificationState) -> VerificationStatus {
    match state {
        VerificationState::Unknown => VerificationStatus::Unknown,
        VerificationState::Verified => VerificationStatus::Verified,
        VerificationState::Unverified => VerificationStatus::Unverified,
    }
}
