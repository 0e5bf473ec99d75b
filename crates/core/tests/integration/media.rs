//! Pictures and files behind tokens.

use herold_core::{
    App, Config, ProfilePaths,
    policy::Policy,
    protocol::{
        Attachment, AttachmentKind, ErrorKind, ErrorReason, MediaToken, MessageContent,
        OutgoingFiles, OutgoingText, PlaceMap, TimelineRow,
    },
};
use herold_testkit::{Fault, Stub, picture::Picture};
use serde_json::json;

use crate::support::{Conversation, has_arrived, messages, passphrase, place, saying};

/// The attachment with this name, once it is there.
async fn attachment(talk: &Conversation, filename: &str) -> Attachment {
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline
        .wait_for(filename, |rows| {
            messages(rows).find_map(|(_, message)| match &message.content {
                MessageContent::Attachment { attachment, .. }
                    if attachment.filename == filename =>
                {
                    Some(attachment.clone())
                }
                _ => None,
            })
        })
        .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_token_of_an_avatar_gives_the_picture() {
    let talk = Conversation::begin().await;
    let picture = Picture::avatar("Ben");
    let account = talk.ben.client().account();
    account.upload_avatar(&mime::IMAGE_PNG, picture.png.clone()).await.expect("setting an avatar");
    talk.ben.send(&talk.room, "Neues Bild").await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let token =
        timeline.wait_for("Ben's avatar", |rows| saying(rows, "Neues Bild")?.1.sender.avatar).await;
    let content = talk.anna.session().media(&token).await.expect("loading the avatar");
    assert_eq!(content.content_type, "image/png");
    // The server scales it, so the bytes are others.
    assert!(content.bytes.len() > 100);

    // The second time, it comes from disk.
    talk.proxy.set(Fault::Cut).await;
    let again = talk.anna.session().media(&token).await.expect("the avatar from the cache");
    assert_eq!(again.bytes, content.bytes);
    let unknown = MediaToken("0123456789abcdef".to_owned());
    let error = talk.anna.session().media(&unknown).await.err().expect("nobody made this token");
    assert_eq!(error.kind, ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_encrypted_picture_is_decrypted_and_never_scaled_by_the_server() {
    let talk = Conversation::begin().await;
    let picture = Picture::market_square();
    talk.ben.send_image(&talk.room, "marktplatz.png", &picture).await;
    let attachment = attachment(&talk, "marktplatz.png").await;
    assert_eq!(attachment.kind, AttachmentKind::Image);
    assert_eq!(attachment.size, Some(picture.png.len() as u64));
    let shown = attachment.picture.expect("a picture");
    assert_eq!((shown.width, shown.height), (Some(picture.width), Some(picture.height)));
    assert_eq!(shown.thumbnail, None);
    let content = talk.anna.session().media(&shown.full).await.expect("loading the picture");
    assert_eq!(content.content_type, "image/png");
    assert!(content.bytes == picture.png, "the picture is what was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_does_not_match_its_hash_is_refused() {
    let talk = Conversation::begin().await;
    let (token, _) = talk.server.log_in(&talk.anna.user).await;
    let bytes = b"ciphertext of something else".to_vec();
    let uri = talk.server.upload(&token, "application/octet-stream", bytes).await;
    let content = json!({
        "msgtype": "m.file",
        "body": "falsch.pdf",
        "file": {
            "v": "v2",
            "url": uri,
            "key": {
                "kty": "oct", "alg": "A256CTR", "ext": true, "key_ops": ["encrypt", "decrypt"],
                "k": "A".repeat(43),
            },
            "iv": "A".repeat(22),
            "hashes": { "sha256": "A".repeat(43) },
        },
    });
    talk.ben.send_raw(&talk.room, "m.room.message", content).await;
    let attachment = attachment(&talk, "falsch.pdf").await;
    let session = talk.anna.session();
    let error = session.media(&attachment.file).await.err().expect("the hash is wrong");
    assert_eq!(error.kind, ErrorKind::Invalid);
    assert_eq!(error.reason, Some(ErrorReason::HashMismatch));
    let folder = tempfile::tempdir().unwrap();
    let error = session.save_file(&attachment.file, "falsch.pdf", folder.path()).await;
    assert_eq!(error.expect_err("the hash is wrong").reason, Some(ErrorReason::HashMismatch));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing was written");

    // One that the server does not have is said to be gone there.
    let content = json!({ "msgtype": "m.file", "body": "fort.pdf", "url": format!("{uri}x") });
    talk.ben.send_raw(&talk.room, "m.room.message", content).await;
    let gone = self::attachment(&talk, "fort.pdf").await;
    let error = session.media(&gone.file).await.err().expect("the server has no such file");
    assert_eq!(error.reason, Some(ErrorReason::FileGone));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_address_of_a_file_in_another_message_changes_nothing_about_the_file() {
    let talk = Conversation::begin().await;
    let picture = Picture::market_square();
    talk.ben.send_image(&talk.room, "marktplatz.png", &picture).await;
    let shown = attachment(&talk, "marktplatz.png").await.picture.expect("a picture");
    let events = talk.ben.history(&talk.room).await;
    let file = events.iter().find_map(|event| event["content"].get("file")).expect("a file");
    let trap = json!({ "msgtype": "m.file", "body": "falle.png", "url": file["url"] });
    talk.ben.send_raw(&talk.room, "m.room.message", trap).await;
    let session = talk.anna.session();
    let trap = attachment(&talk, "falle.png").await.file;
    let content = session.media(&trap).await.expect("loading what is behind the address");
    assert!(content.bytes != picture.png, "nothing says how to decrypt it");
    let content = session.media(&shown.full).await.expect("loading the picture");
    assert!(content.bytes == picture.png, "the picture is what was sent");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_of_ones_own_is_not_downloaded_to_be_seen() {
    let talk = Conversation::begin().await;
    let picture = Picture::market_square();
    let (session, here) = (talk.anna.session(), place(&talk.room));
    let staged = session.stage_bytes("plan.png", "image/png", picture.png.clone()).await.unwrap();
    let files = OutgoingFiles {
        files: vec![staged.id],
        caption: OutgoingText::default(),
        gallery: false,
        keep_metadata: true,
    };
    session.send_files(&here, "plan", files).await.expect("queueing");
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let shown = timeline
        .wait_for("the picture sent", |rows| {
            messages(rows).filter(|(_, message)| has_arrived(message)).find_map(|(_, message)| {
                match &message.content {
                    MessageContent::Attachment { attachment, .. } => attachment.picture.clone(),
                    _ => None,
                }
            })
        })
        .await;
    talk.proxy.set_for("/media/", Fault::status(500)).await;
    let content = session.media(&shown.full).await.expect("the picture from the store");
    assert!(content.bytes == picture.png);
    let small = session.media(&shown.thumbnail.expect("a small one")).await;
    assert_eq!(small.expect("the small one from the store").content_type, "image/jpeg");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_could_hold_a_script_is_never_called_a_picture() {
    let talk = Conversation::begin().await;
    for (name, bytes) in [
        (
            "bild.svg",
            &b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>"[..],
        ),
        ("bild.png", &b"<!doctype html><script>alert(1)</script>"[..]),
    ] {
        talk.ben.send_file(&talk.room, name, &mime::IMAGE_PNG, bytes.to_vec()).await;
        let attachment = attachment(&talk, name).await;
        let content = talk.anna.session().media(&attachment.file).await.expect("loading the file");
        assert_eq!(content.content_type, "application/octet-stream", "{name}");
        assert_eq!(content.bytes, bytes);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_picture_that_claims_to_be_enormous_is_not_drawn_but_can_be_saved() {
    let talk = Conversation::begin().await;
    let mut bomb = Picture::market_square();
    bomb.png[16..20].copy_from_slice(&60_000_u32.to_be_bytes());
    bomb.png[20..24].copy_from_slice(&60_000_u32.to_be_bytes());
    talk.ben.send_image(&talk.room, "bombe.png", &bomb).await;
    let attachment = attachment(&talk, "bombe.png").await;
    let session = talk.anna.session();
    let shown = attachment.picture.expect("a picture");
    let content = session.media(&shown.full).await.expect("loading the picture");
    assert!(!content.is_picture(), "{}", content.content_type);
    let folder = tempfile::tempdir().unwrap();
    let path = session.save_file(&attachment.file, "bombe.png", folder.path()).await;
    assert!(std::fs::read(path.expect("saving the picture")).unwrap() == bomb.png);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_saved_file_lands_in_the_folder_under_a_safe_and_free_name() {
    let talk = Conversation::begin().await;
    let folder = tempfile::tempdir().unwrap();
    let bytes = b"%PDF-1.7 something".to_vec();
    let pdf = "application/pdf".parse().unwrap();
    talk.ben.send_file(&talk.room, "../../Plan\u{202E}fdp.pdf", &pdf, bytes.clone()).await;
    let attachment = attachment(&talk, "Planfdp.pdf").await;
    assert_eq!(attachment.kind, AttachmentKind::File);
    let session = talk.anna.session();
    for (asked, wanted) in [
        (attachment.filename.as_str(), "Planfdp.pdf"),
        (attachment.filename.as_str(), "Planfdp.pdf"),
        ("../../../etc/Planfdp.pdf", "Planfdp.pdf"),
        ("..", "file"),
    ] {
        let path =
            session.save_file(&attachment.file, asked, folder.path()).await.expect("saving a file");
        assert_eq!(path, folder.path().join(wanted));
        assert_eq!(std::fs::read(&path).unwrap(), bytes);
    }
    std::fs::write(folder.path().join("Planfdp.pdf"), "a note was added").unwrap();
    let path = session.save_file(&attachment.file, "Planfdp.pdf", folder.path()).await.unwrap();
    assert_eq!(path, folder.path().join("Planfdp (2).pdf"), "what was changed there stays");
}

fn map(rows: &[TimelineRow]) -> Option<Option<PlaceMap>> {
    messages(rows).find_map(|(_, message)| match &message.content {
        MessageContent::Location { map, .. } => Some(map.clone()),
        _ => None,
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_has_a_map_where_policy_names_a_server() {
    let talk = Conversation::begin().await;
    let geo_uri = "geo:48.137,11.575";
    let rathaus = json!({ "msgtype": "m.location", "body": "Rathaus", "geo_uri": geo_uri });
    talk.ben.send_raw(&talk.room, "m.room.message", rathaus).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    assert_eq!(timeline.wait_for("the place", map).await, None, "nobody may be asked");
    drop(timeline);
    talk.anna.app.close().await;

    let folder = talk.anna.profile().to_owned();
    let website = Stub::website().await;
    let tiles = |path: &str| format!("{}/{path}?tile={{z}}-{{x}}-{{y}}", website.url());
    let app = |path: &str| {
        let policy = json!({ "map_tiles_url": tiles(path), "map_attribution": "© Amt" });
        App::new(Config {
            paths: ProfilePaths::within(&folder),
            policy: Policy::from_values(policy.as_object().unwrap().clone()),
            demo: None,
            suggested_homeserver: None,
            connect: false,
        })
    };
    // A server that answers with something else than pictures, and one that sends elsewhere.
    let mut anna = talk.anna;
    for path in ["article", "moved.png"] {
        let wrong = app(path);
        wrong.start_with_passphrase(passphrase()).await.expect("opening the profile");
        anna = anna.with(wrong);
        let shown = anna.timeline(&talk.room).await.wait_for("the map", map).await.expect("a map");
        let error = anna.session().media(&shown.tiles[0].picture).await.map(|_| ()).unwrap_err();
        assert_eq!(error.kind, ErrorKind::Unsupported, "{path}");
        anna.app.close().await;
    }

    let right = app("picture.png");
    right.start_with_passphrase(passphrase()).await.expect("opening the profile");
    let anna = anna.with(right);
    let shown = anna.timeline(&talk.room).await.wait_for("the map", map).await.expect("a map");
    assert_eq!(shown.attribution, "© Amt");
    for tile in &shown.tiles {
        let content = anna.session().media(&tile.picture).await.expect("a tile");
        assert_eq!(content.content_type, "image/png");
    }
    drop(website);
    for tile in &shown.tiles {
        anna.session().media(&tile.picture).await.expect("it was kept");
    }
}
