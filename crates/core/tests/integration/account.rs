//! A person's own name and picture: changed, seen by others, and forbidden by a server.

use std::time::{Duration, Instant};

use herold_core::protocol::{ErrorKind, ErrorReason, ProfilePermissions};
use herold_testkit::{Device, Fault};
use image::DynamicImage;
use matrix_sdk::{
    media::{MediaFormat, MediaRequestParameters},
    room::RoomMember,
    ruma::events::room::MediaSource,
};
use serde_json::json;
use tempfile::TempDir;

use crate::support::{Conversation, PATIENCE, saying};

/// Anna as Ben's client knows her in their room, once that fits.
async fn as_ben_sees(
    talk: &Conversation,
    what: &str,
    fits: impl Fn(&RoomMember) -> bool,
) -> RoomMember {
    let (room, begun) = (talk.ben.room(&talk.room), Instant::now());
    let anna = talk.anna.user.id.as_str().try_into().unwrap();
    loop {
        let member = room.get_member_no_sync(anna).await.unwrap().expect("Anna is there");
        if fits(&member) {
            return member;
        }
        assert!(begun.elapsed() < PATIENCE, "Ben never sees {what}, but {member:?}");
        tokio::time::sleep(Duration::from_millis(30)).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn name_and_picture_are_changed_seen_removed_and_forbidden() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let both = ProfilePermissions { name: true, picture: true };
    assert_eq!(session.profile_permissions().await.unwrap(), both);
    talk.anna.send(&talk.room, "Guten Morgen").await;

    session.set_display_name(" Anna\u{202E}  Krüger\n").await.expect("changing the name");
    assert_eq!(session.account().display_name.as_deref(), Some("Anna Krüger"));
    let too_long = session.set_display_name(&"x".repeat(256)).await.unwrap_err();
    assert_eq!(too_long.reason, Some(ErrorReason::NameTooLong));
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("Anna.png");
    DynamicImage::new_rgb8(960, 640).save(&path).unwrap();
    let staged = session.stage_path(&path).await.unwrap();
    session.set_picture(Some(&staged.id)).await.expect("changing the picture");
    let token = session.account().avatar.expect("a picture");
    assert!(session.media(&token).await.expect("one's own picture").is_picture());

    let seen = as_ben_sees(&talk, "name and picture", |member| {
        member.display_name() == Some("Anna Krüger") && member.avatar_url().is_some()
    })
    .await;
    let source = MediaSource::Plain(seen.avatar_url().unwrap().to_owned());
    let request = MediaRequestParameters { source, format: MediaFormat::File };
    let picture = talk.ben.client().media().get_media_content(&request, false).await.unwrap();
    let picture = image::load_from_memory(&picture).expect("a picture");
    assert_eq!((picture.width(), picture.height()), (512, 341));
    let own_message = |name: &'static str| {
        move |rows: &[_]| saying(rows, "Guten Morgen").filter(|(_, m)| m.sender.name == name)
    };
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let (_, message) = timeline.wait_for("her new name", own_message("Anna Krüger")).await;
    assert!(message.sender.avatar.is_some());

    session.set_picture(None).await.expect("removing the picture");
    assert_eq!(session.account().avatar, None);
    as_ben_sees(&talk, "no picture", |member| member.avatar_url().is_none()).await;
    session.set_display_name("\u{200B}").await.expect("removing the name");
    assert_eq!(session.account().display_name, None);
    as_ben_sees(&talk, "no name", |member| member.display_name().is_none()).await;

    // What another device changed is there as soon as somebody looks.
    let other = Device::sign_in(&talk.server.url(), &talk.anna.user).await;
    other.client().account().set_display_name(Some("Anna")).await.unwrap();
    session.profile_permissions().await.unwrap();
    assert_eq!(session.account().display_name.as_deref(), Some("Anna"));

    let forbidden = json!({ "enabled": true, "disallowed": ["displayname"] });
    let body = Some(json!({ "capabilities": { "m.profile_fields": forbidden } }));
    let forbids = Fault::Status { code: 200, retry_after: None, body };
    talk.proxy.set_for("/capabilities", forbids).await;
    let permissions = session.profile_permissions().await.unwrap();
    assert_eq!(permissions, ProfilePermissions { name: false, picture: true });
    talk.proxy.forget_requests();
    let refused = session.set_display_name("Anna Krüger").await.unwrap_err();
    let managed = (ErrorKind::Forbidden, Some(ErrorReason::ProfileManaged));
    assert_eq!((refused.kind, refused.reason), managed);
    assert_eq!(talk.proxy.count("/displayname"), 0, "the server is asked to do it");
    assert_eq!(session.account().display_name.as_deref(), Some("Anna"));
}
