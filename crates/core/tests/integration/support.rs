//! A person at a machine: the core on a profile of its own, and lists to look at.

use std::{
    fmt::Debug,
    path::Path,
    sync::Arc,
    time::{Duration, Instant},
};

use herold_core::{
    App, Config, ProfilePaths, Session,
    list::ListReader,
    policy::Policy,
    protocol::{
        AppEvent, ConnectionState, ConversationId, Direction, ErrorKind, MemberRow, Membership,
        MessageContent, MessageRow, MoreOutcome, OutgoingText, PasswordSignIn, RoomDetails,
        RoomListQuery, RoomRow, SendState, SessionState, SubscriptionId, ThreadRow, TimelineFocus,
        TimelineRow, TimelineRowContent,
    },
};
use herold_testkit::{Device, FaultProxy, Synapse, User, seed, shared_synapse};
use matrix_sdk::ruma::{OwnedEventId, OwnedRoomId, RoomId};
use tempfile::TempDir;
use zeroize::Zeroizing;

/// Generous, because the machine that runs the tests may be slow. Nothing waits this long when all is
/// well.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);
pub(crate) const PASSPHRASE: &str = "correct horse battery staple";
/// A list in which nothing changes for so long is at rest.
const QUIET: Duration = Duration::from_secs(1);
/// Longer than a list takes from one batch to the next.
const BLINK: Duration = Duration::from_millis(30);
const WINDOW: &str = "test";

/// Runs a test on the core's own runtime, with the stack that it has in the application.
pub(crate) fn with_its_stack<F: Future<Output = ()>>(test: impl FnOnce() -> F + Send + 'static) {
    let thread = std::thread::Builder::new().stack_size(herold_core::STACK);
    let running = thread.spawn(|| herold_core::runtime().unwrap().block_on(test())).unwrap();
    if let Err(failure) = running.join() {
        std::panic::resume_unwind(failure);
    }
}

/// Herold on one machine. The profile is deleted with the value.
pub(crate) struct Person {
    pub(crate) app: App,
    pub(crate) user: User,
    profile: TempDir,
}

/// The core on the profile in `dir`, not started yet.
pub(crate) fn app_on(dir: &Path, connect: bool) -> App {
    App::new(Config {
        paths: ProfilePaths::within(dir),
        policy: Policy::default(),
        demo: None,
        suggested_homeserver: None,
        connect,
    })
}

pub(crate) fn passphrase() -> Zeroizing<String> {
    Zeroizing::new(PASSPHRASE.to_owned())
}

impl Person {
    /// Herold started on a fresh machine; nobody is signed in yet.
    pub(crate) async fn new(user: &User) -> Self {
        let profile = tempfile::Builder::new().prefix("herold-core-").tempdir().unwrap();
        Self::within(profile, user).await
    }

    /// The same on a machine that has something already.
    pub(crate) async fn within(profile: TempDir, user: &User) -> Self {
        // Silent but for a developer who asks.
        if std::env::var_os("HEROLD_LOG").is_some() {
            herold_core::log::init();
        }
        let app = app_on(profile.path(), true);
        app.start_with_passphrase(passphrase()).await.expect("opening the profile");
        Self { app, user: user.clone(), profile }
    }

    /// With a core that is running already.
    pub(crate) fn of(app: App, profile: TempDir, user: &User) -> Self {
        Self { app, user: user.clone(), profile }
    }

    /// Signed in and caught up with the server.
    pub(crate) async fn sign_in(server_url: &str, user: &User) -> Self {
        let person = Self::new(user).await;
        person.enter(server_url).await.expect("signing in");
        person.online().await;
        person
    }

    /// Signed in, and the room is in the list that was written onto the server for them.
    pub(crate) async fn in_written_room(
        server: &Synapse,
        user: &User,
        room: seed::Room,
    ) -> (Self, OwnedRoomId) {
        let written = server.write_rooms(&[room]).await.remove(0);
        let room = OwnedRoomId::try_from(written.room_id).expect("the identifier of a room");
        let person = Self::sign_in(&server.url(), user).await;
        person.room(&room, "the room", |_| true).await;
        (person, room)
    }

    /// The same person with another run of the program.
    pub(crate) fn with(self, app: App) -> Self {
        Self { app, ..self }
    }

    /// Signs in on the profile that is open.
    pub(crate) async fn enter(&self, server_url: &str) -> herold_core::Result<()> {
        self.app
            .sign_in(PasswordSignIn {
                homeserver: server_url.to_owned(),
                username: self.user.localpart.clone(),
                password: self.user.password.clone(),
            })
            .await
    }

    /// Ends the program in order and starts it again on the same profile.
    pub(crate) async fn restart(&mut self) {
        self.start_again(true).await;
    }

    /// The same, without a word to the server.
    pub(crate) async fn restart_without_network(&mut self) {
        self.start_again(false).await;
    }

    async fn start_again(&mut self, connect: bool) {
        self.app.close().await;
        self.app = app_on(self.profile.path(), connect);
        self.app.start_with_passphrase(passphrase()).await.expect("opening the profile again");
    }

    pub(crate) fn profile(&self) -> &Path {
        self.profile.path()
    }

    pub(crate) fn session(&self) -> Arc<Session> {
        self.app.session().expect("somebody is signed in")
    }

    pub(crate) fn device_id(&self) -> String {
        self.session().account().device_id
    }

    pub(crate) async fn online(&self) {
        self.connection("online", |state| *state == ConnectionState::Online).await;
    }

    /// Waits for a connection state that fits, the present one included.
    pub(crate) async fn connection(
        &self,
        what: &str,
        fits: impl Fn(&ConnectionState) -> bool,
    ) -> ConnectionState {
        let mut states = self.app.connection();
        let found = tokio::time::timeout(PATIENCE, states.wait_for(|state| fits(state))).await;
        match found {
            Ok(state) => state.expect("the application lives").clone(),
            Err(_) => panic!("never {what}; now {:?}", *self.app.connection().borrow()),
        }
    }

    /// Waits for a session state that fits, the present one included.
    pub(crate) async fn state(
        &self,
        what: &str,
        fits: impl Fn(&SessionState) -> bool,
    ) -> SessionState {
        let (snapshot, mut events) = self.app.subscribe();
        if fits(&snapshot.session) {
            return snapshot.session;
        }
        let waiting = async {
            loop {
                match events.next().await.expect("the application lives") {
                    AppEvent::Session { state } if fits(&state) => return state,
                    _ => {}
                }
            }
        };
        match tokio::time::timeout(PATIENCE, waiting).await {
            Ok(state) => state,
            Err(_) => panic!("never {what}; now {:?}", self.app.state()),
        }
    }

    pub(crate) fn rooms(&self) -> View<RoomRow> {
        self.rooms_where(RoomListQuery::default())
    }

    pub(crate) fn rooms_where(&self, query: RoomListQuery) -> View<RoomRow> {
        let session = self.session();
        let (reader, sink) = ListReader::new();
        let subscription = session.subscribe_rooms(WINDOW, query, sink);
        View { session, reader, subscription, known: false }
    }

    /// Why a conversation cannot be opened so.
    pub(crate) async fn unfocused(&self, room: &RoomId, focus: TimelineFocus) -> ErrorKind {
        let (_reader, sink) = ListReader::new();
        let opened = self.session().subscribe_timeline(WINDOW, room.as_str(), focus, sink).await;
        opened.expect_err("it opens").kind
    }

    pub(crate) async fn timeline(&self, room: &RoomId) -> View<TimelineRow> {
        self.focused(room, TimelineFocus::Live).await
    }

    pub(crate) async fn focused(&self, room: &RoomId, focus: TimelineFocus) -> View<TimelineRow> {
        let session = self.session();
        let (reader, sink) = ListReader::new();
        let subscription = session
            .subscribe_timeline(WINDOW, room.as_str(), focus, sink)
            .await
            .expect("opening a conversation");
        View { session, reader, subscription, known: false }
    }

    pub(crate) async fn threads(&self, room: &RoomId) -> View<ThreadRow> {
        let session = self.session();
        let (reader, sink) = ListReader::new();
        let subscription = session
            .subscribe_threads(WINDOW, room.as_str(), sink)
            .await
            .expect("opening the list of threads");
        View { session, reader, subscription, known: false }
    }

    /// The details of a room, kept current.
    pub(crate) fn details(&self, room: &RoomId) -> Details {
        let (sender, receiver) = tokio::sync::mpsc::unbounded_channel();
        let session = self.session();
        let sink = Box::new(move |details| sender.send(details).is_ok());
        session.subscribe_room(WINDOW, room.as_str(), sink).expect("opening the details");
        Details { receiver, last: None }
    }

    pub(crate) fn members(&self, room: &RoomId) -> View<MemberRow> {
        let session = self.session();
        let (reader, sink) = ListReader::new();
        let subscription = session
            .subscribe_members(WINDOW, room.as_str(), sink)
            .expect("opening the list of members");
        View { session, reader, subscription, known: false }
    }

    /// Waits until the line of this room in the list of all rooms fits.
    pub(crate) async fn room(
        &self,
        room: &RoomId,
        what: &str,
        fits: impl Fn(&RoomRow) -> bool,
    ) -> RoomRow {
        self.rooms()
            .wait_for(what, |rows| {
                rows.iter().find(|row| row.id == room.as_str() && fits(row)).cloned()
            })
            .await
    }

    /// Waits for an invitation and accepts it.
    pub(crate) async fn accept(&self, room: &RoomId) {
        self.room(room, "the invitation", |row| row.membership == Membership::Invited).await;
        self.session().accept_invitation(room.as_str()).await.expect("accepting an invitation");
        self.room(room, "the room joined", |row| row.membership == Membership::Joined).await;
    }

    /// Stores a message; the request identifier is its text.
    pub(crate) async fn send(&self, room: &RoomId, text: &str) {
        let (room, message) = (place(room), OutgoingText::new(text));
        self.session().send_message(&room, text, message).await.expect("storing a message");
    }
}

/// A list as a screen has it.
pub(crate) struct View<T> {
    session: Arc<Session>,
    pub(crate) reader: ListReader<T>,
    pub(crate) subscription: SubscriptionId,
    known: bool,
}

impl<T: Debug + Send + 'static> View<T> {
    /// Follows the list until `find` finds what it looks for.
    pub(crate) async fn wait_for<R>(
        &mut self,
        what: &str,
        mut find: impl FnMut(&[T]) -> Option<R>,
    ) -> R {
        let begun = Instant::now();
        loop {
            // Before the first batch the list is not empty but unknown.
            if self.known
                && let Some(found) = find(&self.reader.rows)
            {
                return found;
            }
            let left = PATIENCE.saturating_sub(begun.elapsed());
            assert!(
                !left.is_zero() && self.reader.next(&self.session, left).await,
                "after {:?} still no {what}; there is {:#?}",
                begun.elapsed(),
                self.reader.rows
            );
            self.known = true;
        }
    }

    pub(crate) async fn wait_until(&mut self, what: &str, mut fits: impl FnMut(&[T]) -> bool) {
        self.wait_for(what, |rows| fits(rows).then_some(())).await;
    }

    /// Takes what has changed up to now.
    pub(crate) async fn catch_up(&mut self) {
        // Not for ever: a list that keeps changing is looked at all the same.
        for _ in 0..50 {
            if !self.reader.next(&self.session, BLINK).await {
                return;
            }
            self.known = true;
        }
    }

    /// Follows the list until it fits and is at rest; `false` where that does not come about in time.
    pub(crate) async fn rest(&mut self, limit: Duration, fits: impl Fn(&[T]) -> bool) -> bool {
        let begun = Instant::now();
        loop {
            let changed = self.reader.next(&self.session, QUIET).await;
            self.known |= changed;
            if !changed && self.known && fits(&self.reader.rows) {
                return true;
            }
            if begun.elapsed() > limit {
                return false;
            }
        }
    }

    pub(crate) fn rows(&self) -> &[T] {
        &self.reader.rows
    }

    pub(crate) async fn load_more(&self) -> MoreOutcome {
        self.load(Direction::Older).await
    }

    pub(crate) async fn load(&self, direction: Direction) -> MoreOutcome {
        self.session.load_more(self.subscription, direction).await.expect("loading more of a list")
    }

    /// Loads everything that is older.
    pub(crate) async fn load_all(&self) -> herold_core::Result<()> {
        let older = Direction::Older;
        while self.session.load_more(self.subscription, older).await? == MoreOutcome::More {}
        Ok(())
    }
}

pub(crate) struct Details {
    receiver: tokio::sync::mpsc::UnboundedReceiver<RoomDetails>,
    last: Option<RoomDetails>,
}

impl Details {
    pub(crate) async fn wait_for(&mut self, what: &str, fits: impl Fn(&RoomDetails) -> bool) {
        let waiting = async {
            while !self.last.as_ref().is_some_and(&fits) {
                self.last = Some(self.receiver.recv().await.expect("the session lives"));
            }
        };
        let found = tokio::time::timeout(PATIENCE, waiting).await;
        assert!(found.is_ok(), "never {what}; now {:#?}", self.last);
    }
}

impl<T> Drop for View<T> {
    fn drop(&mut self) {
        self.session.unsubscribe(self.subscription);
    }
}

/// The room outside its threads.
pub(crate) fn place(room: &RoomId) -> ConversationId {
    ConversationId::room(room.as_str())
}

/// The messages of a conversation, without dividers and changes.
pub(crate) fn messages(rows: &[TimelineRow]) -> impl Iterator<Item = (&str, &MessageRow)> {
    rows.iter().filter_map(|row| match &row.content {
        TimelineRowContent::Message(message) => Some((row.id.as_str(), &**message)),
        _ => None,
    })
}

/// The words of a message; empty for what has none.
pub(crate) fn words(message: &MessageRow) -> String {
    match &message.content {
        MessageContent::Text { blocks } => herold_core::plain_text(blocks),
        _ => String::new(),
    }
}

/// The words of all text messages, in order.
pub(crate) fn texts(rows: &[TimelineRow]) -> Vec<String> {
    messages(rows)
        .filter(|(_, message)| matches!(message.content, MessageContent::Text { .. }))
        .map(|(_, message)| words(message))
        .collect()
}

/// The message with these words, and the identifier of its row.
pub(crate) fn saying(rows: &[TimelineRow], text: &str) -> Option<(String, MessageRow)> {
    messages(rows)
        .find(|(_, message)| words(message) == text)
        .map(|(id, message)| (id.to_owned(), message.clone()))
}

/// The event identifier of a message of Anna's, once the server has it.
pub(crate) async fn sent(timeline: &mut View<TimelineRow>, text: &str) -> OwnedEventId {
    let found = timeline
        .wait_for("the message sent", |rows| {
            saying(rows, text).and_then(|(_, message)| message.event_id.filter(|id| !id.is_empty()))
        })
        .await;
    found.parse().unwrap()
}

pub(crate) fn message_with<'a>(rows: &'a [TimelineRow], event: &str) -> Option<&'a MessageRow> {
    messages(rows).map(|(_, message)| message).find(|m| m.event_id.as_deref() == Some(event))
}

pub(crate) fn is_failed(message: &MessageRow) -> bool {
    matches!(message.send_state, Some(SendState::Failed { .. }))
}

/// Whether the server has a message: it came from there, or its answer did.
pub(crate) fn has_arrived(message: &MessageRow) -> bool {
    message.event_id.is_some()
}

/// Anna at Herold and Ben at another client, alone in an encrypted room.
pub(crate) struct Conversation {
    pub(crate) server: &'static Synapse,
    /// Between Anna and the server.
    pub(crate) proxy: FaultProxy,
    pub(crate) anna: Person,
    pub(crate) ben: Device,
    pub(crate) room: OwnedRoomId,
}

impl Conversation {
    pub(crate) async fn begin() -> Self {
        let server = shared_synapse().await;
        let proxy = FaultProxy::before(&server.url()).await;
        let user = server.user("Anna").await;
        let anna = Person::sign_in(&proxy.url(), &user).await;
        let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
        let room = ben.create_direct(&anna.user.id).await;
        anna.accept(&room).await;
        ben.wait_for_members(&room, 2).await;
        Self { server, proxy, anna, ben, room }
    }

    /// All texts of Anna as Ben reads them from the server, once the last one is there.
    pub(crate) async fn ben_has(&self, last: &str) -> Vec<String> {
        let texts = self.ben_reads(last).await.into_iter();
        let of_anna = texts.filter(|(sender, _)| *sender == self.anna.user.id);
        of_anna.map(|(_, text)| text).collect()
    }

    /// The same of both, with who wrote it.
    pub(crate) async fn ben_reads(&self, last: &str) -> Vec<(String, String)> {
        self.ben.wait_for_text(&self.room, last, PATIENCE).await;
        let mut texts = Vec::new();
        for raw in self.ben.history(&self.room).await {
            if raw["unsigned"]["redacted_because"].is_object() {
                continue;
            }
            let sender = raw["sender"].as_str().unwrap_or_default();
            let unread = raw["type"] == "m.room.encrypted" && sender == self.anna.user.id;
            assert!(!unread, "Ben lacks a key");
            if raw["type"] == "m.room.message" {
                let text = raw["content"]["body"].as_str().unwrap_or_default();
                texts.push((sender.to_owned(), text.to_owned()));
            }
        }
        texts
    }
}
