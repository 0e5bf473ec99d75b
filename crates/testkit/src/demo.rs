//! Stadt Lindenau: a fictional town hall whose people talk to Anna Berger.
//!
//! The first start of a folder writes accounts and rooms with some weeks of past. What is
//! encrypted cannot be written ahead: nobody could give Anna's device keys that it does not
//! have yet. So the encrypted rooms are silent until a device of hers appears, and then her
//! colleagues, whose devices run in this process, begin to write ([`live`]). The texts are
//! in `demo/rooms/*.txt`, in the form that [`script`] describes.

mod compose;
mod live;
mod people;
mod script;
mod town;

use std::path::{Path, PathBuf};

use serde::Serialize;
use tokio::task::JoinHandle;

use crate::Synapse;
use people::ANNA;

/// The password of all accounts of the demo.
pub const PASSWORD: &str = "Lindenau-Demo-2026";
const SERVER_NAME: &str = "lindenau.example";

/// A running demo. Use [`Demo::stop`] to end it in good order.
pub struct Demo {
    server: Synapse,
    folder: PathBuf,
    colleagues: JoinHandle<()>,
}

/// What to type into the sign-in screen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SignIn {
    pub homeserver: String,
    pub username: String,
    pub password: String,
    pub display_name: String,
}

impl Demo {
    /// Starts the town in this folder; `fresh` forgets what was there.
    ///
    /// Panics if the folder holds something other than a demo.
    pub async fn start(folder: &Path, fresh: bool) -> Self {
        let marker = folder.join("demo.json");
        if folder.exists() && (fresh || !marker.exists()) {
            clear(folder);
        }
        let server =
            Synapse::builder().folder(folder.join("server")).server_name(SERVER_NAME).start().await;
        if !marker.exists() {
            town::write(&server).await;
            std::fs::write(&marker, "{}").expect("marking the demo as complete");
        }
        let live = live::Live::new(server.url(), folder);
        let colleagues = tokio::spawn(live.run());
        Self { server, folder: folder.to_owned(), colleagues }
    }

    pub fn sign_in(&self) -> SignIn {
        SignIn {
            homeserver: self.server.url(),
            username: ANNA.localpart.to_owned(),
            password: PASSWORD.to_owned(),
            display_name: ANNA.name.to_owned(),
        }
    }

    pub fn server(&self) -> &Synapse {
        &self.server
    }

    pub fn folder(&self) -> &Path {
        &self.folder
    }

    pub async fn stop(self) {
        self.colleagues.abort();
        self.server.stop().await;
    }
}

/// Removes a demo, complete or not, and nothing else.
fn clear(folder: &Path) {
    let entries = std::fs::read_dir(folder).expect("reading the folder of the demo");
    for entry in entries.flatten() {
        let name = entry.file_name();
        assert!(
            ["server", "devices", "demo.json"].iter().any(|&known| name == known),
            "{} is not a demo: it holds {}",
            folder.display(),
            name.display()
        );
    }
    std::fs::remove_dir_all(folder).expect("removing the old demo");
}
