//! Threads: beside the conversation, in their list, and among what is unread.

use herold_core::protocol::{
    ConversationId, Draft, OutgoingText, PreviewContent, RoomRow, ThreadRow, TimelineFocus,
    TimelineRow,
};
use herold_testkit::{Device, FaultProxy, Synapse};
use matrix_sdk::ruma::RoomId;
use serde_json::json;

use crate::support::{Conversation, PATIENCE, Person, place, saying, texts};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_has_its_own_messages_and_its_root_says_how_many() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let root = talk.ben.send(&talk.room, "Haushalt 2027").await;
    // Where its key came after the root, the SDK still looks at all threads of the room, and a thread that
    // is made just then could not be stored (0.19.1, `replace_in_memory_utds`).
    let is_there = |rows: &[TimelineRow]| saying(rows, "Haushalt 2027").is_some();
    assert!(timeline.rest(PATIENCE, is_there).await, "no root");
    let thread = ConversationId::thread(talk.room.as_str(), root.as_str());
    let first = OutgoingText::new("Erster Beitrag");
    talk.anna.session().send_message(&thread, "1", first).await.expect("storing a message");
    let seen = talk.ben.wait_for_text(&talk.room, "Erster Beitrag", PATIENCE).await;
    let relation = &seen.raw["content"]["m.relates_to"];
    assert_eq!(relation["rel_type"], "m.thread");
    assert_eq!(relation["event_id"], root.as_str());
    assert_eq!(relation["is_falling_back"], true);
    talk.ben.reply_in_thread(&talk.room, &root, "Zweiter Beitrag").await;

    let focus = TimelineFocus::Thread { root_id: root.to_string() };
    let mut beneath = talk.anna.focused(&talk.room, focus).await;
    beneath.load_more().await;
    beneath
        .wait_until("the thread", |rows| {
            texts(rows) == ["Haushalt 2027", "Erster Beitrag", "Zweiter Beitrag"]
        })
        .await;
    let latest = Some(PreviewContent::Text { text: "Zweiter Beitrag".into() });
    timeline
        .wait_until("the summary", |rows| {
            saying(rows, "Haushalt 2027").and_then(|(_, row)| row.thread).is_some_and(|thread| {
                thread.replies == 2 && thread.latest.is_some_and(|shown| shown.content == latest)
            })
        })
        .await;
    assert_eq!(texts(timeline.rows()), ["Haushalt 2027"], "the room shows only the root");

    let mut threads = talk.anna.threads(&talk.room).await;
    let listed = threads.wait_for("the thread", |rows| rows.first().cloned()).await;
    assert_eq!(listed.root.event_id, root.as_str());
    assert_eq!(listed.root.content, Some(PreviewContent::Text { text: "Haushalt 2027".into() }));

    // A draft in the thread is another one than that of the room.
    let session = talk.anna.session();
    let draft = Draft { text: "halb fertig".into(), ..Draft::default() };
    session.save_draft(&thread, Some(draft.clone())).await.unwrap();
    assert_eq!(session.load_draft(&place(&talk.room)).await.unwrap(), None);
    assert_eq!(session.load_draft(&thread).await.unwrap(), Some(draft));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thread_is_followed_or_not_and_the_list_says_so_at_once() {
    let features = json!({ "msc4306_enabled": true });
    let server = Synapse::builder().option("experimental_features", features).start().await;
    let proxy = FaultProxy::before(&server.url()).await;
    // Synapse has them, but does not say so.
    let features = "\"unstable_features\":{";
    proxy.replace(features, &format!("{features}\"org.matrix.msc4306\":true,"));
    let anna = Person::sign_in(&proxy.url(), &server.user("Anna").await).await;
    let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
    let room = ben.create_direct(&anna.user.id).await;
    anna.accept(&room).await;
    ben.wait_for_members(&room, 2).await;
    let root = ben.send(&room, "Anlass").await;
    ben.reply_in_thread(&room, &root, "Antwort").await;

    let mut threads = anna.threads(&room).await;
    let follows = |rows: &[ThreadRow], wanted: bool| {
        rows.first().is_some_and(|row| row.followed == Some(wanted))
    };
    threads.wait_until("a thread that is not followed", |rows| follows(rows, false)).await;
    let session = anna.session();
    for wanted in [true, false] {
        let (room, root) = (room.as_str(), root.as_str());
        session.set_thread_followed(room, root, wanted).await.expect("a subscription");
        threads.wait_until("the list says so", |rows| follows(rows, wanted)).await;
        assert_eq!(session.is_thread_followed(room, root).await.unwrap(), Some(wanted));
    }
}

/// Whether so many messages of a room and its threads are unread.
fn unread(room: &RoomId, wanted: u32) -> impl Fn(&[RoomRow]) -> bool + use<> {
    let id = room.to_string();
    move |rows: &[RoomRow]| rows.iter().any(|row| row.id == id && row.unread.messages == wanted)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_unread_in_a_thread_is_unread_in_its_room() {
    let mut talk = Conversation::begin().await;
    let session = talk.anna.session();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let root = talk.ben.send(&talk.room, "Dienstreise").await;
    timeline.wait_for("the root", |rows| saying(rows, "Dienstreise")).await;
    let room = talk.room.clone();
    let mut rooms = talk.anna.rooms();
    rooms.wait_until("the root unread", unread(&room, 1)).await;
    session.mark_read(&place(&room)).await.unwrap();
    rooms.wait_until("everything read", unread(&room, 0)).await;
    talk.ben.reply_in_thread(&talk.room, &root, "Mit der Bahn?").await;
    talk.ben.reply_in_thread(&talk.room, &root, "Am Montag?").await;
    rooms.wait_until("two unread in the thread", unread(&room, 2)).await;

    // The application may be closed in between.
    drop((rooms, timeline, session));
    talk.anna.restart().await;
    let mut rooms = talk.anna.rooms();
    rooms.wait_until("still two unread", unread(&room, 2)).await;

    let focus = TimelineFocus::Thread { root_id: root.to_string() };
    let mut thread = talk.anna.focused(&talk.room, focus).await;
    thread.wait_for("the answers", |rows| saying(rows, "Am Montag?")).await;
    let thread_id = ConversationId::thread(talk.room.as_str(), root.as_str());
    talk.anna.session().mark_read(&thread_id).await.unwrap();
    rooms.wait_until("the thread read", unread(&room, 0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_is_marked_as_read_in_the_list_also_where_a_thread_spoke_last() {
    let talk = Conversation::begin().await;
    let mut rooms = talk.anna.rooms();
    let root = talk.ben.send(&talk.room, "Dienstreise").await;
    talk.ben.reply_in_thread(&talk.room, &root, "Mit der Bahn?").await;
    rooms.wait_until("both unread", unread(&talk.room, 2)).await;
    talk.anna.session().mark_read(&place(&talk.room)).await.unwrap();
    rooms.wait_until("the thread alone unread", unread(&talk.room, 1)).await;
    talk.anna.session().set_unread(talk.room.as_str(), false).await.unwrap();
    rooms.wait_until("nothing unread", unread(&talk.room, 0)).await;
}

/// Where a room is opened, the server sends its latest messages once more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_root_that_comes_once_more_is_not_unread_in_its_thread() {
    let talk = Conversation::begin().await;
    let mut rooms = talk.anna.rooms();
    let root = talk.ben.send(&talk.room, "Dienstreise").await;
    rooms.wait_until("the root unread", unread(&talk.room, 1)).await;
    talk.ben.reply_in_thread(&talk.room, &root, "Mit der Bahn?").await;
    rooms.wait_until("the answer unread", unread(&talk.room, 2)).await;

    talk.proxy.forget_requests();
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.proxy.wait_for("/sync", PATIENCE).await;
    talk.ben.send(&talk.room, "Etwas anderes").await;
    timeline.wait_until("the last", |rows| saying(rows, "Etwas anderes").is_some()).await;
    assert!(rooms.rest(PATIENCE, unread(&talk.room, 3)).await, "{:#?}", rooms.rows());
}
