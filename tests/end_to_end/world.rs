//! A person with an account, a partner with a device, and rooms between them.

use std::time::Duration;

use herold_e2e::{Options, Window};
use herold_testkit::{Device, Synapse, User, shared_synapse};
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use tempfile::TempDir;
use tokio::sync::{Mutex, MutexGuard};

pub(crate) const SOON: Duration = Duration::from_secs(60);

/// Windows take turns: two at once on one display would fight for the keyboard.
static TURN: Mutex<()> = Mutex::const_new(());

pub(crate) struct World {
    pub(crate) server: String,
    pub(crate) user: User,
    pub(crate) partner: Device,
    pub(crate) profile: TempDir,
    _turn: MutexGuard<'static, ()>,
}

impl World {
    pub(crate) async fn new() -> Self {
        Self::on(shared_synapse().await).await
    }

    pub(crate) async fn on(synapse: &Synapse) -> Self {
        let turn = TURN.lock().await;
        let user = synapse.user("anna").await;
        let partner = synapse.user("bernd").await;
        let partner = Device::sign_in(&synapse.url(), &partner).await;
        let profile = TempDir::new().expect("a folder for the profile");
        Self { server: synapse.url(), user, partner, profile, _turn: turn }
    }

    pub(crate) fn options(&self) -> Options {
        Options::new(self.profile.path())
            .environment("LANGUAGE", "de")
            .environment("LANG", "de_DE.UTF-8")
            // Without graphics Herold draws without OpenGL, and then the driver waits for ever for the picture of
            // a window in which nothing changes.
            .environment("WEBKIT_DISABLE_COMPOSITING_MODE", "0")
    }

    pub(crate) async fn open(&self) -> Window {
        Window::open(&self.options()).await
    }

    /// A window in which the person is signed in.
    pub(crate) async fn signed_in(&self) -> Window {
        let window = self.open().await;
        window.sign_in(&self.server, &self.user.localpart, &self.user.password).await;
        window
    }

    /// A room of the partner, entered through its invitation.
    pub(crate) async fn room(&self, window: &Window, name: &str, encrypted: bool) -> OwnedRoomId {
        let room = self.partner.create_room(name, encrypted, &[self.user.id.as_str()]).await;
        self.accept(window, &room).await;
        room
    }

    /// Accepts an invitation of the partner.
    pub(crate) async fn accept(&self, window: &Window, room: &RoomId) {
        let row = format!("[data-testid='room-row'][data-room-id='{room}']");
        window.find_css(&row).await.click().await.expect("an invitation can be opened");
        window.click("accept-invitation").await;
        window.find("composer").await;
        self.partner.wait_for_members(room, 2).await;
    }
}
