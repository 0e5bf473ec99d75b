use std::time::{Duration, Instant};

use herold_testkit::{Device, Poll, picture::Picture, shared_synapse};

const SOON: Duration = Duration::from_secs(20);

#[tokio::test]
async fn two_devices_talk_encrypted() {
    let server = shared_synapse().await;
    let anna = Device::sign_in(&server.url(), &server.user("Anna").await).await;
    let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
    let room = anna.create_direct(ben.user_id().as_str()).await;
    ben.wait_for_invite(&room).await;
    ben.join(&room).await;
    anna.wait_for_members(&room, 2).await;

    let question = anna.send(&room, "Ist der Plan fertig?").await;
    let seen = ben.wait_for_text(&room, "Ist der Plan fertig?", SOON).await;
    assert!(seen.encrypted);
    assert_eq!(seen.event_id, question);

    ben.reply(&room, &question, "Fast.").await;
    let answer = anna.wait_for_text(&room, "Fast.", SOON).await;
    assert!(answer.encrypted);
    anna.edit(&room, &question, "Ist der Plan endlich fertig?").await;
    anna.react(&room, &answer.event_id, "🎉").await;
    ben.wait_for_message(&room, |message| message.kind == "m.reaction", SOON).await;

    let poll = Poll::new("Wann treffen wir uns?", &["Montag", "Dienstag"]);
    let poll = ben.send_poll(&room, &poll).await;
    anna.wait_for_message(&room, |message| message.event_id == poll, SOON).await;
    anna.vote(&room, &poll, &[1]).await;
    ben.end_poll(&room, &poll).await;
    let picture = Picture::market_square();
    let image = ben.send_image(&room, "marktplatz.png", &picture).await;
    let image = anna.wait_for_message(&room, |message| message.event_id == image, SOON).await;
    assert!(image.raw["content"]["file"].is_object(), "the picture is encrypted: {}", image.raw);
    anna.redact(&room, &question, Some("doppelt")).await;
    ben.sign_out().await;
}

#[tokio::test]
async fn devices_of_an_account_are_cross_signed() {
    let server = shared_synapse().await;
    let device = Device::sign_in(&server.url(), &server.user("Clara").await).await;
    let status = device.client().encryption().cross_signing_status().await.unwrap();
    assert!(status.is_complete());
}

#[tokio::test]
async fn a_device_that_continues_is_there_at_once() {
    let server = shared_synapse().await;
    let user = server.user("Dora").await;
    let folder = tempfile::tempdir().unwrap();
    let device = Device::open(&server.url(), &user, "Diensttelefon", folder.path()).await;
    // Until it has synced all there is.
    tokio::time::sleep(Duration::from_secs(2)).await;
    drop(device);
    let begun = Instant::now();
    Device::open(&server.url(), &user, "Diensttelefon", folder.path()).await;
    assert!(begun.elapsed() < SOON, "it waited for something new");
}
