//! Another person's device, played by matrix-sdk with its stores in memory.
//!
//! It syncs in the background from sign-in on, has cross-signing set up, and ends when the
//! value is dropped. Messages are read through the event cache, so that one that is
//! decrypted late still arrives. Sending is in [`compose`], reading in [`read`].

mod compose;
mod read;

use std::{path::Path, time::Duration};

use matrix_sdk::{
    Client, ClientBuilder, Room, RoomMemberships, RoomState,
    authentication::matrix::MatrixSession,
    config::SyncSettings,
    encryption::{BackupDownloadStrategy, EncryptionSettings},
    ruma::{
        OwnedRoomId, OwnedUserId, RoomId, UserId,
        api::client::room::create_room::v3::{Request as CreateRoom, RoomPreset},
        events::{AnyInitialStateEvent, room::encryption::RoomEncryptionEventContent},
        presence::PresenceState,
        serde::Raw,
    },
};
use tokio::task::JoinHandle;

pub(crate) use self::compose::{end_content, vote_content};
pub use self::{compose::Poll, read::Message};
use crate::User;

const PATIENCE: Duration = Duration::from_secs(30);

/// A signed-in device. Methods panic with the step that failed.
pub struct Device {
    client: Client,
    syncing: JoinHandle<()>,
}

impl Device {
    /// Signs in with a new device, sets up cross-signing if the account has none, and syncs.
    pub async fn sign_in(server_url: &str, user: &User) -> Self {
        Self::sign_in_named(server_url, user, "Testkit").await
    }

    /// The same with a name that other devices show.
    pub async fn sign_in_named(server_url: &str, user: &User, device_name: &str) -> Self {
        let client = build(Client::builder().homeserver_url(server_url), user).await;
        log_in(&client, user, device_name).await;
        Self::begin(client).await
    }

    /// Continues the session kept in `folder`, or signs in and keeps the session there: the
    /// same device with the same keys over several runs.
    pub async fn open(server_url: &str, user: &User, device_name: &str, folder: &Path) -> Self {
        std::fs::create_dir_all(folder).expect("creating the folder of a device");
        let builder = Client::builder().homeserver_url(server_url).sqlite_store(folder, None);
        let client = build(builder, user).await;
        let file = folder.join("session.json");
        if let Ok(saved) = std::fs::read(&file) {
            let session: MatrixSession = serde_json::from_slice(&saved).expect("a kept session");
            client.restore_session(session).await.expect("continuing a kept session");
        } else {
            log_in(&client, user, device_name).await;
            let session = client.matrix_auth().session().expect("a device is signed in");
            let session = serde_json::to_vec(&session).expect("serialising a session");
            std::fs::write(file, session).expect("keeping a session");
        }
        Self::begin(client).await
    }

    async fn begin(client: Client) -> Self {
        client.encryption().wait_for_e2ee_initialization_tasks().await;
        client.event_cache().subscribe().expect("subscribing to the event cache");
        let settings = SyncSettings::new().set_presence(PresenceState::Offline);
        // For a device that continues, the server would wait half a minute for something new.
        let at_once = settings.clone().timeout(Duration::ZERO);
        client.sync_once(at_once).await.expect("the first sync of a device");
        let syncing = tokio::spawn({
            let client = client.clone();
            async move {
                // The loop ends by itself only when the session does; a test that ends
                // sessions expects that.
                while client.sync(settings.clone()).await.is_err() && client.session().is_some() {
                    tokio::time::sleep(Duration::from_millis(200)).await;
                }
            }
        });
        Self { client, syncing }
    }

    /// The client itself, for what has no method here.
    pub fn client(&self) -> &Client {
        &self.client
    }

    pub fn user_id(&self) -> &UserId {
        self.client.user_id().expect("a device is signed in")
    }

    pub fn device_id(&self) -> String {
        self.client.device_id().expect("a device is signed in").to_string()
    }

    /// A private room; returns when its members were invited.
    pub async fn create_room(&self, name: &str, encrypted: bool, invite: &[&str]) -> OwnedRoomId {
        let mut request = CreateRoom::new();
        request.name = Some(name.to_owned());
        request.preset = Some(RoomPreset::PrivateChat);
        self.create(request, encrypted, invite).await
    }

    /// The same, where whoever is invited may do all that its creator may.
    pub async fn create_room_of_equals(
        &self,
        name: &str,
        encrypted: bool,
        invite: &[&str],
    ) -> OwnedRoomId {
        let mut request = CreateRoom::new();
        request.name = Some(name.to_owned());
        request.preset = Some(RoomPreset::TrustedPrivateChat);
        self.create(request, encrypted, invite).await
    }

    /// An encrypted room for two, marked as direct on both sides.
    pub async fn create_direct(&self, other: &str) -> OwnedRoomId {
        let mut request = CreateRoom::new();
        request.is_direct = true;
        request.preset = Some(RoomPreset::TrustedPrivateChat);
        self.create(request, true, &[other]).await
    }

    /// Creates from any request, for power levels, aliases, room versions and the like.
    pub async fn create(
        &self,
        mut request: CreateRoom,
        encrypted: bool,
        invite: &[&str],
    ) -> OwnedRoomId {
        request.invite = invite.iter().map(|id| user_id(id)).collect();
        if encrypted {
            request.initial_state.push(encryption_event());
        }
        let room = self.client.create_room(request).await.expect("creating a room");
        // The answer may be here before the room has come down the sync.
        self.joined(room.room_id()).await;
        room.room_id().to_owned()
    }

    /// Accepts an invitation (waiting for it) or joins a public room.
    pub async fn join(&self, room_id: &RoomId) {
        self.client
            .join_room_by_id(room_id)
            .await
            .unwrap_or_else(|error| panic!("{} joining {room_id}: {error:?}", self.user_id()));
        self.joined(room_id).await;
    }

    pub async fn leave(&self, room_id: &RoomId) {
        self.room(room_id).leave().await.expect("leaving a room");
    }

    pub async fn invite(&self, room_id: &RoomId, other: &str) {
        self.room(room_id).invite_user_by_id(&user_id(other)).await.expect("inviting");
    }

    /// A room this device knows. Panics if it does not.
    pub fn room(&self, room_id: &RoomId) -> Room {
        self.client
            .get_room(room_id)
            .unwrap_or_else(|| panic!("{} does not know {room_id}", self.user_id()))
    }

    /// Waits until an invitation to this room has arrived.
    pub async fn wait_for_invite(&self, room_id: &RoomId) {
        self.wait_for_state(room_id, RoomState::Invited).await;
    }

    /// Waits until this room has `count` joined members, as this device sees it.
    pub async fn wait_for_members(&self, room_id: &RoomId, count: usize) {
        self.until(&format!("{count} members in {room_id}"), async || {
            // The count in the room's summary is not part of a sync without lazy loading.
            let room = self.client.get_room(room_id)?;
            let members = room.members_no_sync(RoomMemberships::JOIN).await.ok()?;
            (members.len() >= count).then_some(())
        })
        .await;
    }

    /// Signs out, which deletes the device on the server.
    pub async fn sign_out(self) {
        self.syncing.abort();
        self.client.logout().await.expect("signing out");
    }

    async fn joined(&self, room_id: &RoomId) {
        self.wait_for_state(room_id, RoomState::Joined).await;
    }

    async fn wait_for_state(&self, room_id: &RoomId, state: RoomState) {
        self.until(&format!("{room_id} to be {state:?}"), async || {
            self.client.get_room(room_id).filter(|room| room.state() == state)
        })
        .await;
    }

    /// Asks again every 30 ms until there is an answer.
    async fn until<T>(&self, what: &str, question: impl AsyncFn() -> Option<T>) -> T {
        let asking = async {
            loop {
                if let Some(answer) = question().await {
                    return answer;
                }
                tokio::time::sleep(Duration::from_millis(30)).await;
            }
        };
        tokio::time::timeout(PATIENCE, asking)
            .await
            .unwrap_or_else(|_| panic!("{} waited {PATIENCE:?} in vain for {what}", self.user_id()))
    }
}

impl Drop for Device {
    fn drop(&mut self) {
        self.syncing.abort();
    }
}

async fn build(builder: ClientBuilder, user: &User) -> Client {
    builder
        // Otherwise a device would go around a proxy as soon as it has signed in.
        .respect_login_well_known(false)
        .with_encryption_settings(EncryptionSettings {
            auto_enable_cross_signing: true,
            backup_download_strategy: BackupDownloadStrategy::Manual,
            auto_enable_backups: false,
        })
        .build()
        .await
        .unwrap_or_else(|error| panic!("building a client for {}: {error:?}", user.id))
}

async fn log_in(client: &Client, user: &User, device_name: &str) {
    client
        .matrix_auth()
        .login_username(&user.localpart, &user.password)
        .initial_device_display_name(device_name)
        .send()
        .await
        .unwrap_or_else(|error| panic!("signing in as {}: {error:?}", user.id));
}

fn user_id(text: &str) -> OwnedUserId {
    UserId::parse(text).unwrap_or_else(|error| panic!("{text} is not a user id: {error}"))
}

fn encryption_event() -> Raw<AnyInitialStateEvent> {
    use matrix_sdk::ruma::events::InitialStateEvent;
    let content = RoomEncryptionEventContent::with_recommended_defaults();
    InitialStateEvent::with_empty_state_key(content).to_raw_any()
}
