//! Files on their way out: looked at, cleaned, queued, and arriving whole.

use std::{io::Cursor, path::PathBuf};

use base64::{Engine, engine::general_purpose::STANDARD};
use herold_core::protocol::{
    AttachmentKind, ErrorKind, ErrorReason, FileFilter, FileMetadata, GalleryItem, Mentioned,
    MessageContent, OutgoingFiles, OutgoingText, PreviewContent, RecordingFacts, SendState,
    StagedFile, TextMention, TimelineFocus, TimelineRow,
};
use herold_testkit::{Fault, Message};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};
use matrix_sdk::{
    media::{MediaFormat, MediaRequestParameters},
    ruma::events::room::MediaSource,
};
use tempfile::TempDir;

use crate::support::{Conversation, PATIENCE, Person, messages, place, saying};

/// A picture with something in every corner.
fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let image = RgbImage::from_fn(width, height, |x, y| Rgb([x as u8, y as u8, (x ^ y) as u8]));
    let mut out = Cursor::new(Vec::new());
    DynamicImage::ImageRgb8(image).write_to(&mut out, format).unwrap();
    out.into_inner()
}

fn file(folder: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

async fn stage(anna: &Person, path: &std::path::Path) -> StagedFile {
    anna.session().stage_path(path).await.expect("staging a file")
}

fn outgoing(files: &[&StagedFile]) -> OutgoingFiles {
    OutgoingFiles {
        files: files.iter().map(|file| file.id.clone()).collect(),
        caption: OutgoingText::default(),
        gallery: false,
        keep_metadata: false,
    }
}

fn attached(rows: &[TimelineRow]) -> Vec<(String, AttachmentKind)> {
    messages(rows)
        .filter_map(|(_, message)| match &message.content {
            MessageContent::Attachment { attachment, .. } => {
                Some((attachment.filename.clone(), attachment.kind))
            }
            _ => None,
        })
        .collect()
}

/// The bytes of a file as Ben's client downloads and decrypts them.
async fn downloaded(talk: &Conversation, content: &serde_json::Value) -> Vec<u8> {
    let source: MediaSource = serde_json::from_value(content.clone()).expect("a source");
    let request = MediaRequestParameters { source, format: MediaFormat::File };
    let media = talk.ben.client().media();
    media.get_media_content(&request, false).await.expect("downloading")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pictures_and_files_arrive_whole_encrypted_and_with_their_caption() {
    let talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let picture = picture(1200, 900, ImageFormat::Png);
    let plan = stage(&talk.anna, &file(&folder, "Lageplan.png", &picture)).await;
    assert_eq!((plan.kind, plan.mime_type.as_str()), (AttachmentKind::Image, "image/png"));
    let shown = plan.picture.clone().expect("a small picture before it is sent");
    let preview = talk.anna.session().media(&shown.full).await.expect("the small picture");
    assert_eq!(preview.content_type, "image/jpeg");
    let minutes = b"%PDF-1.7 Niederschrift".to_vec();
    let minutes_file = stage(&talk.anna, &file(&folder, "Niederschrift.pdf", &minutes)).await;
    assert_eq!(minutes_file.mime_type, "application/pdf");

    let mut timeline = talk.anna.timeline(&talk.room).await;
    let here = place(&talk.room);
    let session = talk.anna.session();
    let files = OutgoingFiles {
        caption: OutgoingText::new("Der **neue** Plan"),
        ..outgoing(&[&plan, &minutes_file])
    };
    session.send_files(&here, "1", files.clone()).await.expect("queueing");
    session.send_files(&here, "1", files).await.expect("asked twice");

    let image = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.image", PATIENCE)
        .await;
    let content = &image.raw["content"];
    assert_eq!(content["filename"], "Lageplan.png");
    assert_eq!(content["body"], "Der **neue** Plan");
    assert!(content["formatted_body"].as_str().unwrap().contains("<strong>neue</strong>"));
    assert_eq!((&content["info"]["w"], &content["info"]["h"]), (&1200.into(), &900.into()));
    assert!(content["info"]["xyz.amorgan.blurhash"].is_string());
    assert!(content["info"]["thumbnail_file"].is_object(), "the thumbnail is encrypted as well");
    assert!(content["file"].is_object() && content["url"].is_null());
    let arrived = downloaded(&talk, content).await;
    assert_eq!(arrived, picture);
    let document = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.file", PATIENCE)
        .await;
    assert_eq!(downloaded(&talk, &document.raw["content"]).await, minutes);
    timeline
        .wait_until("both here", |rows| {
            attached(rows)
                == [
                    ("Lageplan.png".to_owned(), AttachmentKind::Image),
                    ("Niederschrift.pdf".to_owned(), AttachmentKind::File),
                ]
        })
        .await;

    let all = TimelineFocus::Files { kind: FileFilter::Documents };
    let mut documents = talk.anna.focused(&talk.room, all).await;
    documents
        .wait_until("the documents alone", |rows| {
            attached(rows) == [("Niederschrift.pdf".to_owned(), AttachmentKind::File)]
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn several_files_can_be_one_gallery() {
    let talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let one = stage(&talk.anna, &file(&folder, "1.png", &picture(64, 48, ImageFormat::Png))).await;
    let two = stage(&talk.anna, &file(&folder, "2.png", &picture(48, 64, ImageFormat::Png))).await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let files = OutgoingFiles {
        gallery: true,
        caption: OutgoingText::new("Begehung"),
        ..outgoing(&[&one, &two])
    };
    talk.anna.session().send_files(&place(&talk.room), "1", files).await.expect("queueing");
    let seen = talk
        .ben
        .wait_for_message(
            &talk.room,
            |m| m.raw["content"]["msgtype"].as_str().is_some_and(|t| t.ends_with("gallery")),
            PATIENCE,
        )
        .await;
    assert_eq!(seen.body, "Begehung", "clients without galleries show the caption");
    let is_shown = |rows: &[TimelineRow], captioned: bool| {
        messages(rows).any(|(_, message)| match &message.content {
            MessageContent::Gallery { items, caption } => {
                let name = |item: &GalleryItem| match item {
                    GalleryItem::File { attachment, .. } => attachment.filename.clone(),
                    GalleryItem::Unknown { .. } => String::new(),
                };
                let names: Vec<String> = items.iter().map(name).collect();
                names == ["1.png", "2.png"] && caption.is_some() == captioned
            }
            _ => false,
        })
    };
    timeline.wait_until("the gallery", |rows| is_shown(rows, true)).await;

    // What is said with files can be taken back.
    let edit = OutgoingText { edits: Some(seen.event_id.to_string()), ..OutgoingText::new(" ") };
    let session = talk.anna.session();
    session.send_message(&place(&talk.room), "2", edit).await.expect("an edit without words");
    timeline.wait_until("the files alone", |rows| is_shown(rows, false)).await;
    let is_edit = |message: &Message| message.raw["content"]["m.new_content"].is_object();
    let edit = talk.ben.wait_for_message(&talk.room, is_edit, PATIENCE).await;
    assert_eq!(edit.raw["content"]["m.new_content"]["body"], "1.png\n2.png");
}

/// An event has room for so many files only, and a server would refuse it after all of them were uploaded.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn more_files_than_fit_become_several_galleries() {
    let talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let mut staged = Vec::new();
    for number in 0..30 {
        let path = file(&folder, &format!("{number}.txt"), format!("Anlage {number}").as_bytes());
        staged.push(stage(&talk.anna, &path).await);
    }
    let names = |from: usize, to: usize| {
        (from..to).map(|number| format!("{number}.txt")).collect::<Vec<_>>().join("\n")
    };
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let staged: Vec<_> = staged.iter().collect();
    let files = OutgoingFiles { gallery: true, ..outgoing(&staged) };
    talk.anna.session().send_files(&place(&talk.room), "1", files).await.expect("queueing");
    timeline
        .wait_until("two galleries on the server", |rows| {
            let galleries: Vec<(usize, bool)> = messages(rows)
                .filter_map(|(_, message)| match &message.content {
                    MessageContent::Gallery { items, caption } if message.event_id.is_some() => {
                        Some((items.len(), caption.is_some()))
                    }
                    _ => None,
                })
                .collect();
            galleries == [(24, false), (6, false)]
        })
        .await;
    // Clients without galleries show the body alone.
    assert_eq!(talk.ben_has(&names(24, 30)).await, [names(0, 24), names(24, 30)]);
    talk.anna
        .room(&talk.room, "files in the preview", |row| {
            let files = PreviewContent::Gallery { count: 6, caption: None };
            row.preview.as_ref().is_some_and(|preview| preview.content == files)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_photo_leaves_without_its_place_unless_its_sender_wants_otherwise() {
    let talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "Foto.jpg", &photo_with_place());
    let session = talk.anna.session();
    let here = place(&talk.room);
    let mut arrived = Vec::new();
    for keep_metadata in [false, true] {
        let staged = stage(&talk.anna, &path).await;
        assert_eq!(staged.metadata, FileMetadata::Removable, "the sender is told");
        let files = OutgoingFiles { keep_metadata, ..outgoing(&[&staged]) };
        session.send_files(&here, &format!("{keep_metadata}"), files).await.unwrap();
        let wanted = arrived.len() + 1;
        let deadline = std::time::Instant::now() + PATIENCE;
        loop {
            let images: Vec<_> = talk
                .ben
                .messages(&talk.room)
                .await
                .into_iter()
                .filter(|m| m.raw["content"]["msgtype"] == "m.image")
                .collect();
            if images.len() == wanted {
                arrived.push(downloaded(&talk, &images[wanted - 1].raw["content"]).await);
                break;
            }
            assert!(std::time::Instant::now() < deadline, "the photo never arrived");
            tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        }
    }
    let holds_place = |bytes: &[u8]| bytes.windows(9).any(|part| part == b"GPS 48.13");
    assert!(!holds_place(&arrived[0]));
    assert!(holds_place(&arrived[1]));
}

/// A JPEG with Exif that names a place.
fn photo_with_place() -> Vec<u8> {
    let mut exif =
        b"Exif\0\0II*\0\x08\0\0\0\x01\0\x25\x88\x04\0\x01\0\0\0\x40\0\0\0\0\0\0\0".to_vec();
    exif.extend(b"GPS 48.137 11.575");
    let jpeg = picture(64, 48, ImageFormat::Jpeg);
    let mut out = jpeg[..2].to_vec();
    out.extend([0xFF, 0xE1]);
    out.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    out.extend(exif);
    out.extend(&jpeg[2..]);
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_film_leaves_with_what_its_player_told_of_it() {
    let talk = Conversation::begin().await;
    let (session, here) = (talk.anna.session(), place(&talk.room));
    let bytes = b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2 film".to_vec();
    let film = session.stage_bytes("Begehung.mp4", "video/mp4", bytes.clone()).await.unwrap();
    assert_eq!((film.kind, film.picture), (AttachmentKind::Video, None));
    let token = film.recording.expect("it can be looked at");
    assert_eq!(session.media(&token).await.expect("its bytes").bytes, bytes);
    let facts = RecordingFacts {
        duration_ms: Some(12_500),
        width: Some(1920),
        height: Some(1080),
        still: Some(STANDARD.encode(picture(640, 360, ImageFormat::Jpeg))),
    };
    let film = session.describe_staged(&film.id, facts.clone()).await.expect("describing it");
    let shown = film.picture.clone().expect("a small picture before it is sent");
    assert!(session.media(&shown.full).await.expect("the small picture").is_picture());
    session.send_files(&here, "1", outgoing(&[&film])).await.expect("queueing");
    let error = session.describe_staged(&film.id, facts).await.expect_err("no longer staged");
    assert_eq!(error.reason, Some(ErrorReason::LocalFileGone));

    let seen = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.video", PATIENCE)
        .await;
    let info = &seen.raw["content"]["info"];
    assert_eq!(info["duration"], 12_500);
    assert_eq!((&info["w"], &info["h"]), (&1920.into(), &1080.into()));
    assert!(info["xyz.amorgan.blurhash"].is_string());
    assert_eq!(info["thumbnail_info"]["w"], 640);
    assert!(info["thumbnail_file"].is_object(), "the thumbnail is encrypted as well");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_upload_waits_for_the_network_over_a_restart() {
    let mut talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let bytes: Vec<u8> = (0..300_000_u32).map(|n| (n % 251) as u8).collect();
    let staged = stage(&talk.anna, &file(&folder, "Daten.bin", &bytes)).await;
    talk.proxy.set(Fault::Cut).await;
    let files = outgoing(&[&staged]);
    talk.anna.session().send_files(&place(&talk.room), "1", files).await.expect("queueing");
    // The file itself is no longer needed.
    drop(folder);
    talk.anna.restart().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let row = timeline
        .wait_for("the file waiting", |rows| {
            let waiting = messages(rows).find(|(_, message)| {
                matches!(message.send_state, Some(SendState::Sending { .. } | SendState::Waiting))
            });
            waiting.map(|(row, _)| row.to_owned())
        })
        .await;
    // What is said with it can still be changed.
    let words = OutgoingText { edits: Some(row), ..OutgoingText::new("Die Zahlen") };
    let changed = talk.anna.session().send_message(&place(&talk.room), "2", words).await;
    changed.expect("changing the caption");
    talk.proxy.clear().await;
    talk.anna.session().retry_connection();
    let seen = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.file", PATIENCE)
        .await;
    assert_eq!(seen.raw["content"]["body"], "Die Zahlen");
    assert_eq!(seen.raw["content"]["filename"], "Daten.bin");
    assert_eq!(downloaded(&talk, &seen.raw["content"]).await, bytes);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_several_files_those_that_were_queued_are_not_queued_again() {
    let talk = Conversation::begin().await;
    let folder = TempDir::new().unwrap();
    let first = stage(&talk.anna, &file(&folder, "eins.txt", b"Eins")).await;
    let second = file(&folder, "zwei.txt", b"Zwei");
    let gone = stage(&talk.anna, &second).await;
    std::fs::remove_file(&second).unwrap();
    let (session, here) = (talk.anna.session(), place(&talk.room));
    let files =
        OutgoingFiles { caption: OutgoingText::new("Zwei Dateien"), ..outgoing(&[&first, &gone]) };
    let error = session.send_files(&here, "1", files.clone()).await.expect_err("one is gone");
    assert_eq!(error.reason, Some(ErrorReason::LocalFileGone));
    file(&folder, "zwei.txt", b"Zwei");
    session.send_files(&here, "1", files).await.expect("queueing the other");
    talk.anna.send(&talk.room, "Fertig").await;
    assert_eq!(talk.ben_has("Fertig").await, ["Zwei Dateien", "zwei.txt", "Fertig"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_sent_is_said_before_it_is_queued() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let folder = TempDir::new().unwrap();
    // Larger than Synapse takes: known from its configuration, without reading the file.
    let path = folder.path().join("riesig.iso");
    std::fs::File::create(&path).unwrap().set_len(3 * 1024 * 1024 * 1024).unwrap();
    let staged = stage(&talk.anna, &path).await;
    assert_eq!(staged.problem.clone().and_then(|p| p.reason), Some(ErrorReason::FileTooLarge));
    let error = session.send_files(&here, "1", outgoing(&[&staged])).await.expect_err("too large");
    assert_eq!(error.kind, ErrorKind::TooLarge);

    let path = file(&folder, "weg.txt", b"bald weg");
    let staged = stage(&talk.anna, &path).await;
    std::fs::remove_file(&path).unwrap();
    let error = session.send_files(&here, "2", outgoing(&[&staged])).await.expect_err("gone");
    assert_eq!(error.reason, Some(ErrorReason::LocalFileGone));
    let error = session.stage_path(folder.path()).await.expect_err("a folder is no file");
    assert_eq!(error.reason, Some(ErrorReason::NotAFile));
    let many = OutgoingFiles { files: vec![String::new(); 101], ..outgoing(&[&staged]) };
    let error = session.send_files(&here, "2", many).await.expect_err("too many");
    assert_eq!(error.reason, Some(ErrorReason::TooManyFiles));

    let staged = session.stage_bytes("../../etc/pass\u{202E}wd.txt", "text/plain", b"x".to_vec());
    let staged = staged.await.unwrap();
    assert!(!staged.filename.contains(['/', '\u{202E}']), "{}", staged.filename);
    session.discard_staged(std::slice::from_ref(&staged.id));
    assert!(session.send_files(&here, "3", outgoing(&[&staged])).await.is_err(), "discarded");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_text_too_long_for_a_message_goes_as_a_file_and_can_be_read_here() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let text = "Zeile mit Umlauten: äöü\n".repeat(6000);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let question = talk.ben.send(&talk.room, "Was stand im Protokoll?").await;
    timeline.wait_for("the question", |rows| saying(rows, "Was stand im Protokoll?")).await;
    let text = format!("@Anna {text}");
    let anna = talk.anna.user.id.to_string();
    let target = Mentioned::Person { user_id: anna.clone() };
    let message = OutgoingText {
        mentions: vec![TextMention { label: "@Anna".to_owned(), target }],
        reply_to: Some(question.to_string()),
        ..OutgoingText::new(text.clone())
    };
    session.send_text_as_file(&here, "1", "Nachricht.txt", message).await.expect("queueing");
    let seen = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.file", PATIENCE)
        .await;
    let content = &seen.raw["content"];
    assert_eq!(downloaded(&talk, content).await, text.as_bytes());
    assert_eq!(content["body"], "Nachricht.txt", "the text is in the file alone");
    assert_eq!(content["m.relates_to"]["m.in_reply_to"]["event_id"], question.as_str());
    let addressed = content["m.mentions"]["user_ids"].as_array().expect("people");
    assert!(addressed.contains(&anna.into()), "{addressed:?}");
    let token = timeline
        .wait_for("the file", |rows| {
            messages(rows).find_map(|(_, message)| match &message.content {
                MessageContent::Attachment { attachment, .. } if message.event_id.is_some() => {
                    Some(attachment.file.clone())
                }
                _ => None,
            })
        })
        .await;
    let shown = session.file_text(&token).await.expect("text");
    assert!(text.starts_with(&shown.text) && !shown.text.is_empty());
    talk.ben.send(&talk.room, "Ende").await;
    timeline.wait_for("the end", |rows| saying(rows, "Ende")).await;
}
