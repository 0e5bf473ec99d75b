//! The colleagues' devices: they write in the encrypted rooms when Anna can read it.
//!
//! Each device keeps its keys in the folder of the demo, so that it is the same device at
//! the next start. A device of Anna's that appears is greeted once: the first with the whole
//! conversation of each room, a later one with its last lines.

use std::{
    collections::{BTreeSet, HashMap},
    path::{Path, PathBuf},
    time::Duration,
};

use futures_util::future::join_all;
use ruma::{OwnedRoomId, UserId};

use super::{
    compose,
    people::{self, ANNA},
    script::{Act, Script},
    town,
};
use crate::{Device, picture::Picture};

const LOOK_AGAIN: Duration = Duration::from_millis(700);
/// Between two lines of a room, so that they can be seen to arrive.
const PAUSE: Duration = Duration::from_millis(250);
const LINES_FOR_LATER_DEVICES: usize = 2;

pub(super) struct Live {
    server_url: String,
    folder: PathBuf,
}

impl Live {
    pub(super) fn new(server_url: String, folder: &Path) -> Self {
        Self { server_url, folder: folder.join("devices") }
    }

    /// Runs until it is aborted.
    pub(super) async fn run(self) {
        let scripts: Vec<_> =
            town::scripts().into_iter().filter(|script| script.encrypted).collect();
        let writers: BTreeSet<_> =
            scripts.iter().flat_map(|script| &script.lines).map(|line| line.who.clone()).collect();
        let devices = join_all(writers.iter().map(async |key| {
            let user = people::find(key).user();
            let folder = self.folder.join(&user.localpart);
            (key.clone(), Device::open(&self.server_url, &user, "Diensttelefon", &folder).await)
        }))
        .await;
        let devices: HashMap<_, _> = devices.into_iter().collect();
        let mut greeted = self.greeted();
        loop {
            let present = present(&devices).await;
            if let Some(new) = present.difference(&greeted).next().cloned() {
                let is_first = greeted.is_empty();
                join_all(scripts.iter().map(|script| play(script, &devices, is_first))).await;
                greeted.insert(new);
                self.remember(&greeted);
            }
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    fn greeted(&self) -> BTreeSet<String> {
        let saved = std::fs::read(self.folder.join("greeted.json"));
        saved.ok().and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default()
    }

    fn remember(&self, greeted: &BTreeSet<String>) {
        let bytes = serde_json::to_vec(greeted).expect("serialising device ids");
        std::fs::write(self.folder.join("greeted.json"), bytes).expect("remembering devices");
    }
}

fn anna() -> &'static UserId {
    static ID: std::sync::OnceLock<ruma::OwnedUserId> = std::sync::OnceLock::new();
    ID.get_or_init(|| UserId::parse(ANNA.id()).expect("Anna has a valid user id"))
}

/// The ids of Anna's devices that can receive keys.
async fn present(devices: &HashMap<String, Device>) -> BTreeSet<String> {
    let Some(device) = devices.values().next() else { return BTreeSet::new() };
    let found = device.client().encryption().get_user_devices(anna()).await;
    found.map_or_else(
        |_| BTreeSet::new(),
        |found| found.devices().map(|device| device.device_id().to_string()).collect(),
    )
}

async fn play(script: &Script, devices: &HashMap<String, Device>, whole: bool) {
    let Some(room) = find_room(script, devices) else {
        eprintln!("herold-demo: nobody is in the room {}", script.name);
        return;
    };
    // Whoever writes must know the new device, or it could not read the first words.
    for line in &script.lines {
        // Fails only if the server is going away.
        let _ = devices[&line.who].client().encryption().request_user_identity(anna()).await;
    }
    let skipped = if whole {
        0
    } else {
        // Without reactions and the like, which would refer to what is not sent.
        script
            .lines
            .iter()
            .rposition(|line| line.act != Act::Say)
            .map_or(0, |last| last + 1)
            .max(script.lines.len().saturating_sub(LINES_FOR_LATER_DEVICES))
    };
    let mut labels: HashMap<&str, String> = HashMap::new();
    for line in &script.lines[skipped..] {
        let device = &devices[&line.who];
        let sent = if line.act == Act::Image {
            device.send_image(&room, &line.text, &Picture::market_square()).await
        } else {
            let id = |label: &str| labels[label].clone();
            let (kind, content) =
                compose::content(line, id, |name| panic!("{name} cannot be sent encrypted"));
            device.send_raw(&room, kind, content).await
        };
        if let Some(label) = &line.label {
            labels.insert(label, sent.to_string());
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// The room by its name, or by its two members.
fn find_room(script: &Script, devices: &HashMap<String, Device>) -> Option<OwnedRoomId> {
    let device = &devices[&script.lines.first()?.who];
    let rooms = device.client().joined_rooms();
    let found = rooms.into_iter().find(|room| {
        if script.kind == super::script::Kind::Direct {
            room.name().is_none()
                && room.encryption_state().is_encrypted()
                && room.direct_targets().iter().any(|target| target.as_str() == ANNA.id())
        } else {
            room.name().as_deref() == Some(script.name.as_str())
        }
    });
    found.map(|room| room.room_id().to_owned())
}
