//! The room list, its lines, members and links.

use std::time::Duration;

use herold_core::{
    Followed,
    protocol::{
        Block, ConnectionState, ErrorReason, Inline, LinkOutcome, MemberRole, Membership,
        MoreOutcome, PreviewContent, RoomDetails, RoomFilter, RoomKind, RoomListQuery, RoomRow,
        RoomSection, TimelineRow, TimelineRowContent,
    },
};
use herold_testkit::{
    Device, Fault, FaultProxy, Poll, Synapse, User,
    picture::Picture,
    seed::{Event, Room, Written},
    shared_synapse,
};
use matrix_sdk::ruma::{
    OwnedEventId,
    api::client::{
        alias::create_alias,
        room::create_room::v3::{Request as CreateRoom, RoomPreset},
    },
};
use serde_json::{Value, json};

use crate::support::{Conversation, Person, View, place, saying};

fn section(section: RoomSection) -> RoomListQuery {
    RoomListQuery { section: Some(section), ..RoomListQuery::default() }
}

fn filter(filter: RoomFilter) -> RoomListQuery {
    RoomListQuery { filter, ..RoomListQuery::default() }
}

fn search(text: &str) -> RoomListQuery {
    RoomListQuery { search: text.to_owned(), ..RoomListQuery::default() }
}

/// A room that both are in, made without their devices.
fn room(creator: &User, member: &User, name: &str) -> Room {
    Room {
        creator: creator.id.clone(),
        config: json!({ "name": name, "preset": "public_chat", "visibility": "private" }),
        batches: vec![
            vec![Event::join(&member.id)],
            vec![Event::message(&creator.id, &format!("Willkommen in {name}"))],
        ],
        ..Room::default()
    }
}

/// Waits until a list has exactly these names, in any order.
async fn has_names(view: &mut View<herold_core::protocol::RoomRow>, wanted: &[&str]) {
    let mut wanted: Vec<_> = wanted.to_vec();
    wanted.sort_unstable();
    view.wait_until(&format!("{wanted:?}"), |rows| {
        let mut names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
        names.sort_unstable();
        names == wanted
    })
    .await;
}

async fn tag(server: &Synapse, token: &str, user: &User, room: &str, tag: &str) {
    let path = format!("/_matrix/client/v3/user/{}/rooms/{room}/tags/{tag}", user.id);
    let body = json!({ "order": 0.5 });
    server.call("PUT", &path, Some(token), Some(&body)).await.expect("tagging a room");
}

async fn set_levels(server: &Synapse, token: &str, room: &str, levels: &Value) {
    let path = format!("/_matrix/client/v3/rooms/{room}/state/m.room.power_levels");
    server.call("PUT", &path, Some(token), Some(levels)).await.expect("setting power levels");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_room_is_in_exactly_one_section_and_filters_choose_among_them() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
    let names = ["Gruppe", "Liebling", "Archiv"];
    let mut rooms: Vec<_> = names.iter().map(|name| room(&clara, &anna, name)).collect();
    rooms[1].config["power_level_content_override"] = json!({ "events_default": 50 });
    let written = server.write_rooms(&rooms).await;
    let (token, _) = server.log_in(&anna).await;
    tag(server, &token, &anna, &written[1].room_id, "m.favourite").await;
    tag(server, &token, &anna, &written[2].room_id, "m.lowpriority").await;
    let person = Person::sign_in(&server.url(), &anna).await;
    let direct = ben.create_direct(&anna.id).await;
    person.accept(&direct).await;
    let invitation = ben.create_room("Einladung", false, &[&anna.id]).await;

    for (which, wanted) in [
        (RoomSection::Invitations, "Einladung"),
        (RoomSection::Favourites, "Liebling"),
        (RoomSection::People, "Ben"),
        (RoomSection::Rooms, "Gruppe"),
        (RoomSection::LowPriority, "Archiv"),
    ] {
        let mut view = person.rooms_where(section(which));
        has_names(&mut view, &[wanted]).await;
        assert_eq!(view.rows()[0].section, which);
    }
    let mut groups = person.rooms_where(section(RoomSection::Rooms));
    has_names(&mut groups, &["Gruppe"]).await;
    has_names(&mut person.rooms_where(filter(RoomFilter::People)), &["Ben"]).await;
    let mut all = person.rooms();
    has_names(&mut all, &["Einladung", "Liebling", "Ben", "Gruppe", "Archiv"]).await;
    let row = person.room(&direct, "the direct chat", |row| row.kind == RoomKind::Direct).await;
    assert!(row.encrypted);
    let row = person.room(&invitation, "the invitation", |_| true).await;
    assert_eq!(row.membership, Membership::Invited);
    let inviter = row.inviter.expect("who invited");
    assert!(inviter.contains(ben.user_id().as_str()), "{inviter}");

    // A tag that is set elsewhere moves the room here.
    tag(server, &token, &anna, &written[0].room_id, "m.favourite").await;
    has_names(&mut groups, &[]).await;

    // So does a change of who may write, once somebody asks for the rooms in which not all may.
    let mut announcements = person.rooms_where(filter(RoomFilter::Announcements));
    has_names(&mut announcements, &["Liebling"]).await;
    assert_eq!(announcements.rows()[0].kind, RoomKind::Announcements);
    let (of_clara, _) = server.log_in(&clara).await;
    for (written, default) in [(&written[2], 50), (&written[1], 0)] {
        let levels = json!({ "events_default": default });
        set_levels(server, &of_clara, &written.room_id, &levels).await;
    }
    has_names(&mut announcements, &["Archiv"]).await;
}

/// The sync may tell of the joining before the answer to it comes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_single_chat_stays_one_where_the_answer_to_joining_comes_late() {
    let talk = Conversation::begin().await;
    let lost = Fault::ResetAfter { bytes: 0 };
    talk.proxy.set_times("/join", 1, lost).await;
    let direct = talk.ben.create_direct(&talk.anna.user.id).await;
    talk.anna.accept(&direct).await;
    talk.anna.room(&direct, "the single chat", |row| row.kind == RoomKind::Direct).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unread_messages_and_mentions_rise_and_fall_when_they_are_read() {
    let talk = Conversation::begin().await;
    let mut unread = talk.anna.rooms_where(filter(RoomFilter::Unread));
    talk.ben.send(&talk.room, "Eins").await;
    talk.ben.send(&talk.room, "Zwei").await;
    talk.ben.mention(&talk.room, "Anna?", &[&talk.anna.user.id]).await;
    let row = talk
        .anna
        .room(&talk.room, "three unread messages, one of them a mention", |row| {
            row.unread.messages == 3 && row.unread.mentions == 1
        })
        .await;
    assert_eq!(row.unread.notifications, 3);
    unread.wait_until("the unread room", |rows| rows.len() == 1).await;

    talk.anna.session().mark_read(&place(&talk.room)).await.expect("marking as read");
    talk.anna
        .room(&talk.room, "nothing unread", |row| {
            row.unread.messages == 0 && row.unread.mentions == 0
        })
        .await;
    unread.wait_until("no unread room", |rows| rows.is_empty()).await;

    // With the conversation open, the receipt takes another way.
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, "Vier").await;
    timeline.wait_for("the message", |rows| saying(rows, "Vier")).await;
    talk.anna.room(&talk.room, "one unread", |row| row.unread.messages == 1).await;
    talk.anna.session().mark_read(&place(&talk.room)).await.expect("marking as read");
    talk.anna.room(&talk.room, "nothing unread", |row| row.unread.messages == 0).await;
    // What one writes oneself is read.
    talk.anna.send(&talk.room, "Fünf").await;
    talk.ben_has("Fünf").await;
    talk.anna
        .room(&talk.room, "the own message as preview", |row| {
            row.unread.messages == 0 && row.preview.as_ref().is_some_and(|preview| preview.own)
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_in_a_topic_is_a_link() {
    let talk = Conversation::begin().await;
    let topic = json!({ "topic": "Formulare: https://musterstadt.de/bauamt" });
    talk.ben.send_state(&talk.room, "m.room.topic", "", topic).await;
    let links_there = |inline: &Inline| matches!(inline, Inline::Link { target, .. } if target == "https://musterstadt.de/bauamt");
    let linked = |details: &RoomDetails| matches!(&details.topic[..], [Block::Paragraph { children }] if children.iter().any(links_there));
    talk.anna.details(&talk.room).wait_for("the link", linked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_line_above_what_is_new_stays_until_the_person_looks_away() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut details = talk.anna.details(&talk.room);
    let is = |event: &OwnedEventId| {
        let event = event.to_string();
        move |details: &RoomDetails| details.read_up_to.as_deref() == Some(&event)
    };
    // Read in the list of rooms, where nobody looks at it.
    let first = talk.ben.send(&talk.room, "Eins").await;
    let shown = |row: &RoomRow| {
        row.preview.as_ref().is_some_and(
            |preview| matches!(&preview.content, PreviewContent::Text { text } if text == "Eins"),
        )
    };
    talk.anna.room(&talk.room, "the message in the list", shown).await;
    session.mark_read(&here).await.expect("marking as read");
    details.wait_for("the line after the first", is(&first)).await;

    let mut timeline = talk.anna.timeline(&talk.room).await;
    let second = talk.ben.send(&talk.room, "Zwei").await;
    timeline.wait_for("the second", |rows| saying(rows, "Zwei")).await;
    session.mark_read(&here).await.expect("marking as read");
    talk.anna.room(&talk.room, "nothing unread", |row| row.unread.messages == 0).await;
    let line_before_last = |rows: &[TimelineRow]| {
        let line = rows.iter().position(|row| row.content == TimelineRowContent::ReadMarker);
        line.is_some() && line == rows.len().checked_sub(2)
    };
    timeline.wait_until("the line between both", line_before_last).await;
    talk.ben.send(&talk.room, "Drei").await;
    timeline.wait_for("the third", |rows| saying(rows, "Drei")).await;
    session.look_away(talk.room.as_str()).await.expect("looking away");
    details.wait_for("the line after the second", is(&second)).await;
    timeline.wait_until("the line before the third", line_before_last).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_says_what_the_latest_message_is() {
    let talk = Conversation::begin().await;
    let shows = async |what: &str, fits: &dyn Fn(&PreviewContent) -> bool| {
        let row = talk
            .anna
            .room(&talk.room, what, |row| {
                row.preview.as_ref().is_some_and(|preview| fits(&preview.content))
            })
            .await;
        row.preview.unwrap()
    };
    talk.ben.send(&talk.room, "Guten\u{202E} Morgen\nzweite Zeile").await;
    let preview = shows("the text in one line", &|content| {
        matches!(content, PreviewContent::Text { text } if text == "Guten Morgen zweite Zeile")
    })
    .await;
    assert_eq!(preview.sender.as_deref(), Some("Ben"));
    assert!(!preview.own && !preview.pending);

    talk.ben.send_image(&talk.room, "rathaus.png", &Picture::avatar("x")).await;
    shows("an image", &|content| matches!(content, PreviewContent::Image { .. })).await;
    talk.ben.send_poll(&talk.room, &Poll::new("Wann?", &["Heute", "Morgen"])).await;
    shows(
        "a poll",
        &|content| matches!(content, PreviewContent::Poll { question } if question == "Wann?"),
    )
    .await;
    let pdf = "application/pdf".parse().unwrap();
    talk.ben.send_file(&talk.room, "../plan.pdf", &pdf, vec![1, 2, 3]).await;
    shows(
        "a file",
        &|content| matches!(content, PreviewContent::File { filename } if filename == "plan.pdf"),
    )
    .await;
    let last = talk.ben.send(&talk.room, "Das war falsch").await;
    shows(
        "the mistake",
        &|content| matches!(content, PreviewContent::Text { text } if text == "Das war falsch"),
    )
    .await;
    talk.ben.redact(&talk.room, &last, None).await;
    shows(
        "no mistake any more",
        &|content| !matches!(content, PreviewContent::Text { text } if text.contains("falsch")),
    )
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sixty_rooms_come_in_two_pages_and_search_forgives_umlauts() {
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let mut rooms: Vec<_> =
        (0..58).map(|number| room(&clara, &anna, &format!("Vorgang {number}"))).collect();
    rooms.push(room(&clara, &anna, "Bürgerbüro"));
    rooms.push(room(&clara, &anna, "Straßenverkehrsamt"));
    let written = server.write_rooms(&rooms).await;
    let proxy = FaultProxy::before(&server.url()).await;
    let person = Person::new(&anna).await;
    // The first part of the list has twenty rooms. A link that comes just then leads to any of them.
    proxy.set_for("/sync", Fault::Slow { latency: Duration::from_millis(500) }).await;
    let early = async {
        person.connection("catching up", |state| *state == ConnectionState::CatchingUp).await;
        let session = person.session();
        let is_unknown = |room: &&Written| session.room_by_address(&room.room_id).is_none();
        let unknown = written.iter().find(is_unknown).expect("a room that is not known yet");
        let link = format!("matrix:roomid/{}", &unknown.room_id[1..]);
        assert!(session.follow_link(&link, "", false).await.is_err(), "nor is it by a link");
        session.follow_link_from_outside(&link).await
    };
    let address = proxy.url();
    let (entered, followed) = tokio::join!(person.enter(&address), early);
    entered.expect("signing in");
    assert!(matches!(followed, Ok(Followed::Room { .. })), "{:?}", followed.err());
    let session = person.session();
    proxy.clear().await;
    session.wait_for_all_rooms().await;
    for room in &written {
        assert!(session.room_by_address(room.room_id.as_str()).is_some());
    }

    let mut view = person.rooms();
    view.wait_until("a full page", |rows| rows.len() == 50).await;
    // All rooms have come down the sync once the oldest can be found.
    let mut oldest = person.rooms_where(search("Vorgang 0"));
    oldest.wait_until("the oldest room", |rows| !rows.is_empty()).await;
    assert_eq!(view.load_more().await, MoreOutcome::More);
    view.wait_until("all rooms", |rows| rows.len() == 60).await;
    assert_eq!(view.load_more().await, MoreOutcome::End);
    let mut ids: Vec<_> = view.rows().iter().map(|row| row.id.clone()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), written.len(), "no room is there twice");

    let mut found = person.rooms_where(search("burgerburo"));
    has_names(&mut found, &["Bürgerbüro"]).await;
    // The same list searches for something else.
    person.session().set_room_list_query(found.subscription, search("strverk")).await.unwrap();
    has_names(&mut found, &["Straßenverkehrsamt"]).await;
    person
        .session()
        .set_room_list_query(found.subscription, search("gibt es nicht"))
        .await
        .unwrap();
    has_names(&mut found, &[]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_declined_invitation_is_gone_on_both_sides() {
    let server = shared_synapse().await;
    let person = Person::sign_in(&server.url(), &server.user("Anna").await).await;
    let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
    let room = ben.create_room("Wette", false, &[&person.user.id]).await;
    person.room(&room, "the invitation", |row| row.membership == Membership::Invited).await;
    person.session().decline_invitation(room.as_str()).await.expect("declining");
    person.rooms().wait_until("no room", |rows| rows.is_empty()).await;
    let left = |message: &herold_testkit::Message| {
        message.kind == "m.room.member" && message.raw["content"]["membership"] == "leave"
    };
    ben.wait_for_message(&room, left, crate::support::PATIENCE).await;
    let error = person.session().accept_invitation("!unknown:herold.test").await.unwrap_err();
    assert_eq!(error.kind, herold_core::protocol::ErrorKind::NotFound);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_sorted_by_role_and_their_names_cannot_deceive() {
    let server = shared_synapse().await;
    let anna = server.user("Anna").await;
    let boss = server.user("Zora").await;
    let moderator = server.user("Yves").await;
    let hostile = server.user("Eve").await;
    let twin = server.user("Eve").await;
    let join = |user: &User, name: &str| {
        let content = json!({ "membership": "join", "displayname": name });
        Event::new(&user.id, "m.room.member", content).state(&user.id)
    };
    let levels = json!({ "users": { (boss.id.clone()): 100, (moderator.id.clone()): 50 } });
    let written = Room {
        creator: boss.id.clone(),
        config: json!({ "name": "Amt", "preset": "public_chat", "room_version": "10" }),
        batches: vec![vec![
            Event::join(&anna.id),
            Event::join(&moderator.id),
            join(&hostile, "Eve \u{202E}nimdA\u{200B}\n  x"),
            join(&twin, "Anna"),
            Event::new(&boss.id, "m.room.power_levels", levels).state(""),
        ]],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut members = person.members(&room);
    members
        .wait_until("all members with their roles", |rows| {
            rows.len() == 5 && rows[1].role == MemberRole::Moderator
        })
        .await;
    let rows = members.rows();
    let names: Vec<_> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["Zora", "Yves", "Anna", "Anna", "Eve nimdA x"]);
    let roles: Vec<_> = rows.iter().map(|row| row.role).collect();
    use MemberRole::{Administrator, Member, Moderator};
    assert_eq!(roles, [Administrator, Moderator, Member, Member, Member]);
    let ambiguous: Vec<_> = rows.iter().map(|row| row.name_ambiguous).collect();
    // Two of the same name, and one whose name would deceive.
    assert_eq!(ambiguous, [false, false, true, true, true]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn links_lead_to_joined_rooms_or_outside_and_never_to_a_script() {
    let talk = Conversation::begin().await;
    let alias = format!("amt-{}", talk.anna.user.localpart);
    let mut request = CreateRoom::new();
    request.name = Some("Amt".to_owned());
    request.preset = Some(RoomPreset::PublicChat);
    request.room_alias_name = Some(alias.clone());
    let public = talk.ben.create(request, false, &[&talk.anna.user.id]).await;
    talk.anna.accept(&public).await;
    let session = talk.anna.session();
    let full = format!("#{alias}:herold.test");
    let ben = talk.ben.user_id().as_str();
    for address in [full.clone(), format!("matrix:u/{}", &ben[1..])] {
        let known = |_: &[RoomRow]| session.room_by_address(&address).is_some();
        talk.anna.rooms().wait_until("the address", known).await;
    }

    // Only the server knows of this one.
    let other = format!("{alias}-zwei");
    let other_full = format!("#{other}:herold.test").try_into().unwrap();
    let request = create_alias::v3::Request::new(other_full, public.clone());
    talk.ben.client().send(request).await.expect("another alias");
    let public_id = &public.as_str()[1..];
    for (target, wanted, event) in [
        (format!("matrix:r/{alias}:herold.test"), &public, None),
        (format!("https://matrix.to/#/{full}"), &public, None),
        (format!("matrix:r/{other}:herold.test"), &public, None),
        (format!("matrix:roomid/{public_id}?via=herold.test"), &public, None),
        (format!("https://matrix.to/#/{public}/$event?via=herold.test"), &public, Some("$event")),
        (format!("matrix:u/{}", &ben[1..]), &talk.room, None),
    ] {
        match session.follow_link(&target, "", false).await {
            Ok(Followed::Room { room_id, event_id }) => {
                assert_eq!(room_id, wanted.as_str(), "{target}");
                assert_eq!(event_id.as_deref(), event, "{target}");
            }
            other => panic!("{target} led to {other:?}"),
        }
    }
    for (target, reason) in [
        ("matrix:r/nirgends:herold.test", ErrorReason::NotInRoom),
        ("https://matrix.to/#/@niemand:herold.test", ErrorReason::NoChat),
    ] {
        let error = session.follow_link(target, "", false).await.unwrap_err();
        assert_eq!(error.reason, Some(reason), "{target}");
    }
    for target in
        ["javascript:alert(1)", "data:text/html,x", "file:///etc/passwd", "", "vbscript:x"]
    {
        for confirmed in [false, true] {
            let error = session.follow_link(target, "", confirmed).await.unwrap_err();
            assert_eq!(error.reason, Some(ErrorReason::LinkRefused), "{target}");
        }
    }
    let place = session.follow_link("geo:52.5186,13.3761;u=35", "Karte öffnen", false).await;
    assert!(matches!(place, Ok(Followed::External(url)) if url.as_str() == "geo:52.5186,13.3761"));
    let outside = session.follow_link("https://www.bund.de/a?b#c", "bund.de", false).await;
    assert!(
        matches!(outside, Ok(Followed::External(url)) if url.as_str() == "https://www.bund.de/a?b#c")
    );
    let doubtful = "https://bünd.de/";
    match session.follow_link(doubtful, "", false).await {
        Ok(Followed::Ask(LinkOutcome::Confirm { host, .. })) => assert_eq!(host, "xn--bnd-hoa.de"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(session.follow_link(doubtful, "", true).await, Ok(Followed::External(_))));

    // A room that was left is no longer a target.
    let mut rooms = talk.anna.rooms();
    rooms.wait_until("both rooms", |rows| rows.len() == 2).await;
    let anna = talk.anna.user.id.as_str().try_into().unwrap();
    talk.ben.room(&public).kick_user(anna, None).await.expect("removing Anna");
    rooms.wait_until("one room less", |rows| rows.len() == 1).await;
    let gone = format!("matrix:roomid/{public_id}");
    let error = session.follow_link(&gone, "", false).await.expect_err("the room was left");
    assert_eq!(error.reason, Some(ErrorReason::NotInRoom));
}
