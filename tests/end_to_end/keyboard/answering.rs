//! Answering: replies, threads, reactions, forwarding; and finding, keeping and removing messages.

use std::time::{Duration, Instant, SystemTime};

use fantoccini::key::Key;
use herold_e2e::Window;
use herold_testkit::{
    Message, Synapse,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::{EventId, OwnedEventId, OwnedRoomId, RoomId};
use serde_json::{Value, json};

use super::{
    choose, chord, clipboard, enter, focus_by_tab, focus_by_tab_back, focus_message, open_room,
    send, signed_in, wait_for_focus, wait_for_focused_message, wait_until_gone,
};
use crate::world::{SOON, World};

/// In the text field of a thread beside the conversation.
const IN_THREAD: &str = "return document.activeElement?.dataset.testid === 'composer' \
    && document.activeElement.closest('[data-pane=details]') !== null";

#[tokio::test(flavor = "multi_thread")]
async fn one_replies_reacts_goes_into_a_thread_and_forwards_by_keyboard_alone() {
    let world = World::new().await;
    let partner = &world.partner;
    let anna = world.user.id.as_str();
    let shelf = partner.create_room("Ablage", false, &[anna]).await;
    let archive = partner.create_room("Archiv", false, &[anna]).await;
    let room = partner.create_room("Straßenfest", false, &[anna]).await;
    let window = signed_in(&world).await;
    enter(&world, &window, &shelf, "Ablage").await;
    enter(&world, &window, &archive, "Archiv").await;
    enter(&world, &window, &room, "Fest").await;
    let opens = partner.send(&room, "Wer schließt auf?").await;
    let closes = partner.send(&room, "Wer schließt ab?").await;

    // A reply, and from it back to the question.
    focus_message(&window, &opens).await;
    window.press("r").await;
    window.find("reply-bar").await;
    wait_for_focus(&window, "composer").await;
    send(&window, "Ich, um acht.").await;
    let reply = partner.wait_for_text(&room, "Ich, um acht.", SOON).await;
    let answered = &reply.raw["content"]["m.relates_to"]["m.in_reply_to"]["event_id"];
    assert_eq!(*answered, opens.as_str());
    focus_message(&window, &reply.event_id).await;
    focus_by_tab(&window, "reply-quote").await;
    window.press_key(Key::Enter).await;
    wait_for_focused_message(&window, &opens).await;

    // Who has read and who reacted, with the time.
    react(&world, &window, &room, &opens).await;
    partner.react(&room, &reply.event_id, "✅").await;
    partner.read_up_to(&room, &reply.event_id).await;
    focus_message(&window, &reply.event_id).await;
    let known = "return document.activeElement.querySelector('[data-testid=reaction]') !== null \
        && document.activeElement.querySelector('[data-testid=readers]') !== null";
    window.wait_until("the reaction and the reader", known).await;
    window.press("i").await;
    let details = "const readers = document.querySelector('[data-testid=reader-list]');\
        const reactions = document.querySelector('[data-testid=reaction-details]');\
        return readers?.textContent.includes('bernd') && readers.querySelector('time') !== null \
          && reactions?.textContent.includes('bernd') && reactions.textContent.includes('✅')";
    window.wait_until("who has read and who reacted", details).await;
    window.press_key(Key::Escape).await;
    wait_for_focused_message(&window, &reply.event_id).await;

    talk_in_thread(&world, &window, &room, &closes).await;

    focus_message(&window, &opens).await;
    window.press("f").await;
    for target in [&shelf, &archive] {
        tick_room(&world, &window, target).await;
    }
    focus_by_tab(&window, "confirm-forward").await;
    window.press_key(Key::Enter).await;
    for target in [&shelf, &archive] {
        let is_copy = |message: &Message| message.body.contains("Wer schließt auf?");
        partner.wait_for_message(target, is_copy, SOON).await;
    }
    wait_for_focused_message(&window, &opens).await;
    window.close().await;
}

/// With the emoji that is offered first, and no longer. Ends on the message.
async fn react(world: &World, window: &Window, room: &RoomId, event: &EventId) {
    window.press("+").await;
    wait_for_focus(window, "emoji-search").await;
    window.find("emoji").await;
    window.press_key(Key::Down).await;
    wait_for_focus(window, "emoji").await;
    let emoji = window.script("return document.activeElement.dataset.emoji").await;
    window.press_key(Key::Enter).await;
    let is_reaction = |message: &Message| {
        message.relates_to("m.annotation", event)
            && message.raw["content"]["m.relates_to"]["key"] == emoji
    };
    let reaction = world.partner.wait_for_message(room, is_reaction, SOON).await;
    wait_for_focused_message(window, event).await;
    let shown = "return document.activeElement.querySelector('[data-testid=reaction]') !== null";
    window.wait_until("the reaction", shown).await;

    focus_by_tab(window, "reaction").await;
    window.press_key(Key::Enter).await;
    let undoes = |message: &Message| message.redacts(&reaction.event_id);
    world.partner.wait_for_message(room, undoes, SOON).await;
    // The button went away.
    wait_for_focused_message(window, event).await;
}

/// Begins a thread, and comes back to it from what hangs below its root and from the list of threads.
async fn talk_in_thread(world: &World, window: &Window, room: &RoomId, root: &EventId) {
    focus_message(window, root).await;
    window.press("t").await;
    window.wait_until("the thread", IN_THREAD).await;
    send(window, "Ich, um zehn.").await;
    let said = world.partner.wait_for_text(room, "Ich, um zehn.", SOON).await;
    assert!(said.relates_to("m.thread", root), "{}", said.raw);
    world.partner.reply_in_thread(room, root, "Danke.").await;
    let answered = "return [...document.querySelectorAll('[data-pane=details] [data-testid=message]')]\
        .some((message) => message.textContent.includes('Danke.'))";
    window.wait_until("the answer in the thread", answered).await;
    window.press_key(Key::Escape).await;
    wait_for_focused_message(window, root).await;

    window.find("thread-summary").await;
    focus_by_tab(window, "thread-summary").await;
    window.press_key(Key::Enter).await;
    window.wait_until("the thread", IN_THREAD).await;
    window.press_key(Key::Escape).await;
    wait_for_focus(window, "thread-summary").await;

    focus_by_tab_back(window, "open-room-menu").await;
    choose(window, "menu-threads").await;
    wait_for_focus(window, "close-threads").await;
    window.find("open-thread").await;
    focus_by_tab(window, "open-thread").await;
    window.press_key(Key::Enter).await;
    window.wait_until("the thread", IN_THREAD).await;
    window.press_key(Key::Escape).await;
    wait_for_focus(window, "open-room-menu").await;
}

/// Finds a room to forward to, and ticks it. Ends in the search.
async fn tick_room(world: &World, window: &Window, room: &RoomId) {
    let name = world.partner.room(room).name().expect("a name");
    wait_for_focus(window, "forward-search").await;
    window.press(&chord(Key::Control, 'a')).await;
    window.press(&name).await;
    let found = format!(
        "const rooms = [...document.querySelectorAll('[data-testid=forward-room]')];\
         return rooms.length === 1 && rooms[0].dataset.roomId === '{room}'"
    );
    window.wait_until("the room is found", &found).await;
    window.press_key(Key::Down).await;
    let reached = format!(
        "return document.activeElement?.closest('[data-room-id]')?.dataset.roomId === '{room}'"
    );
    window.wait_until("the focus on the room", &reached).await;
    window.press(" ").await;
    window.wait_until("the tick", "return document.activeElement.checked").await;
    window.press_key(Key::Up).await;
    wait_for_focus(window, "forward-search").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_finds_copies_pins_reports_and_deletes_by_keyboard_alone() {
    let synapse = shared_synapse().await;
    let world = World::on(synapse).await;
    let past = Past::write(synapse, &world).await;
    let window = signed_in(&world).await;
    open_room(&window, &past.room, "Chro").await;
    window.find("composer").await;

    find(&window, &past).await;
    copy(&window, &past).await;
    pin(&world, &window, &past).await;
    mark_unread(synapse, &window, &past).await;

    choose(&window, "menu-report").await;
    wait_for_focus(&window, "report-reason").await;
    window.press("Werbung").await;
    focus_by_tab(&window, "confirm-report").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(&window, "report-dialog").await;
    wait_for_focused_message(&window, past.before_last()).await;
    let reports = synapse.reports_by(&world.user.id).await;
    assert_eq!(reports[0]["event_id"], past.before_last().as_str());
    assert_eq!(reports[0]["reason"], "Werbung");

    select_and_delete(&world, &window, &past.room).await;
    window.close().await;
}

/// A conversation of the partner over two days of the past and until now, half of it unread.
struct Past {
    room: OwnedRoomId,
    events: Vec<OwnedEventId>,
    /// Of another device of the person.
    token: String,
    account_data: String,
}

/// The first message of the day that is looked for, and the last one that was read.
const OF_DAY: usize = 20;
const READ: usize = 49;
/// 11 November 2025, whichever of the two comes first where dates are written.
const DAY: &str = "11";
const YEAR: &str = "2025";
const NINE_UTC_MS: u64 = 1_762_851_600_000;
const DAY_MS: u64 = 86_400_000;

impl Past {
    async fn write(synapse: &Synapse, world: &World) -> Self {
        let partner = world.partner.user_id().as_str();
        let anna = world.user.id.as_str();
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).expect("a clock");
        let now = u64::try_from(now.as_millis()).expect("a clock");
        let message = |number: usize| {
            let second = 1000 * number as u64;
            let time = match number {
                0..OF_DAY => NINE_UTC_MS - DAY_MS + second,
                OF_DAY..40 => NINE_UTC_MS + second,
                _ => now - 3_600_000 + second,
            };
            Event::message(partner, &format!("Eintrag {number}")).at(time)
        };
        let room = Room {
            creator: partner.to_owned(),
            config: json!({ "name": "Chronik", "preset": "trusted_private_chat", "invite": [anna] }),
            ts: Some(NINE_UTC_MS - 2 * DAY_MS),
            batches: vec![vec![Event::join(anna)], (0..160).map(message).collect()],
            ..Room::default()
        };
        let written = synapse.write_rooms(&[room]).await.remove(0);
        let room = OwnedRoomId::try_from(written.room_id).expect("the id of a room");
        let ids = written.events.into_iter().skip(1).map(OwnedEventId::try_from);
        let events: Vec<_> = ids.collect::<Result<_, _>>().expect("ids of events");
        let (token, _) = synapse.log_in(&world.user).await;
        let read = json!({ "m.fully_read": events[READ], "m.read": events[READ] });
        let markers = format!("/_matrix/client/v3/rooms/{room}/read_markers");
        synapse.call("POST", &markers, Some(&token), Some(&read)).await.expect("marking as read");
        world.partner.wait_for_members(&room, 2).await;
        let account_data = format!("/_matrix/client/v3/user/{anna}/rooms/{room}/account_data");
        Self { room, events, token, account_data }
    }

    fn last(&self) -> &EventId {
        &self.events[self.events.len() - 1]
    }

    fn before_last(&self) -> &EventId {
        &self.events[self.events.len() - 2]
    }
}

/// What is new, then a day, then the latest.
async fn find(window: &Window, past: &Past) {
    window.find("go-to-unread").await;
    focus_by_tab_back(window, "go-to-unread").await;
    window.press_key(Key::Enter).await;
    wait_for_focused_message(window, &past.events[READ + 1]).await;

    focus_by_tab_back(window, "open-room-menu").await;
    choose(window, "menu-date").await;
    wait_for_focus(window, "date-input").await;
    let next = char::from(Key::Right);
    window.press(&format!("{DAY}{next}{DAY}{next}{YEAR}")).await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "date-dialog").await;
    wait_for_focused_message(window, &past.events[OF_DAY]).await;

    focus_by_tab(window, "jump-to-latest").await;
    window.press_key(Key::Enter).await;
    wait_for_focused_message(window, past.last()).await;
}

/// The text, the link and the quotation of the last message. Ends on it.
async fn copy(window: &Window, past: &Past) {
    let _clipboard = clipboard::alone().await;
    window.press("c").await;
    clipboard::wait_for_text(|text| text == "Eintrag 159").await;
    choose(window, "menu-link").await;
    let id = past.last().as_str().trim_start_matches('$');
    clipboard::wait_for_text(|text| text.starts_with("https://matrix.to/") && text.contains(id))
        .await;
    wait_for_focused_message(window, past.last()).await;
    window.press("q").await;
    let quoted = |text: &str| text.starts_with("> bernd") && text.ends_with("> Eintrag 159");
    clipboard::wait_for_text(quoted).await;
    wait_for_focused_message(window, past.last()).await;
}

/// Two messages; seen in the bar and in the list, from which one of them goes again.
async fn pin(world: &World, window: &Window, past: &Past) {
    let (last, before) = (past.last(), past.before_last());
    choose(window, "menu-pin").await;
    window.find("pin-bar").await;
    focus_message(window, before).await;
    choose(window, "menu-pin").await;
    window.find("open-pins").await;
    world.partner.wait_for_pins(&past.room, &[last, before]).await;

    // The bar stays where it is, and the next stop after it is what it shows.
    let shows = "return document.querySelector('[data-testid=pin-jump]')?.textContent\
        .includes('Eintrag 159') === true";
    window.wait_until("the latest in the bar", shows).await;
    focus_by_tab_back(window, "pin-jump").await;
    window.press_key(Key::Enter).await;
    focus_by_tab(window, "open-pins").await;
    window.press_key(Key::Tab).await;
    wait_for_focused_message(window, last).await;

    focus_by_tab_back(window, "open-pins").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "close-pins").await;
    let listed = "return document.querySelectorAll('[data-testid=pin-show]').length === 2";
    window.wait_until("both in the list", listed).await;
    focus_by_tab(window, "unpin").await;
    focus_by_tab(window, "pin-show").await;
    window.press_key(Key::Enter).await;
    wait_for_focused_message(window, before).await;
    window.press_key(Key::F6).await;
    wait_for_focus(window, "pin-show").await;
    focus_by_tab(window, "unpin").await;
    window.press_key(Key::Enter).await;
    world.partner.wait_for_pins(&past.room, &[last]).await;
    let left = "return document.querySelectorAll('[data-testid=pin-show]').length === 1";
    window.wait_until("one in the list", left).await;
    wait_for_focus(window, "unpin").await;
    window.press_key(Key::Escape).await;
    wait_until_gone(window, "close-pins").await;
}

/// Ends on the message.
async fn mark_unread(synapse: &Synapse, window: &Window, past: &Past) {
    focus_message(window, past.before_last()).await;
    choose(window, "menu-unread").await;
    let path = format!("{}/m.marked_unread", past.account_data);
    let started = Instant::now();
    loop {
        let marked = synapse.call("GET", &path, Some(&past.token), None).await;
        if marked.as_ref().is_ok_and(|content| content["unread"] == Value::Bool(true)) {
            break;
        }
        assert!(started.elapsed() < SOON, "not marked as unread: {marked:?}");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    wait_for_focused_message(window, past.before_last()).await;
}

/// One message with a reason, two at once, which are copied before.
async fn select_and_delete(world: &World, window: &Window, room: &RoomId) {
    let partner = &world.partner;
    focus_by_tab(window, "composer").await;
    let mut own = Vec::new();
    for text in ["Eins", "Zwei", "Drei"] {
        send(window, text).await;
        let event = partner.wait_for_text(room, text, SOON).await.event_id;
        window.find_css(&format!("[data-event-id='{event}'][data-send-state='sent']")).await;
        own.push(event);
    }

    focus_message(window, &own[0]).await;
    window.press_key(Key::Delete).await;
    window.find("delete-dialog").await;
    focus_by_tab_back(window, "delete-reason").await;
    window.press("Doppelt").await;
    focus_by_tab(window, "confirm-delete").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "delete-dialog").await;
    let undoes = |message: &Message| message.redacts(&own[0]);
    let deleted = partner.wait_for_message(room, undoes, SOON).await;
    assert_eq!(deleted.raw["content"]["reason"], "Doppelt");

    let clipboard = clipboard::alone().await;
    focus_message(window, &own[1]).await;
    select_with(window, Key::Down).await;
    focus_by_tab(window, "copy-selection").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "selection-bar").await;
    clipboard::wait_for_text(|text| text.contains("Zwei") && text.contains("Drei")).await;
    drop(clipboard);
    wait_for_focused_message(window, &own[2]).await;

    select_with(window, Key::Up).await;
    focus_by_tab(window, "delete-selection").await;
    window.press_key(Key::Enter).await;
    window.find("delete-dialog").await;
    focus_by_tab(window, "confirm-delete").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "delete-dialog").await;
    for event in &own[1..] {
        partner.wait_for_message(room, |message| message.redacts(event), SOON).await;
    }
}

/// The message that has the focus, and the one beside it.
async fn select_with(window: &Window, direction: Key) {
    window.press("x").await;
    window.find("selection-bar").await;
    window.press(&chord(Key::Shift, direction)).await;
    let both =
        "return document.querySelectorAll('[data-testid=select-message]:checked').length === 2";
    window.wait_until("two messages are selected", both).await;
}
