//! Whole journeys by keyboard alone: nothing here clicks. Those about messages are in `writing`, `answering` and
//! `polls`; here is the way there and back, and what the keys do on any screen.

mod answering;
mod clipboard;
mod polls;
mod writing;

use fantoccini::key::Key;
use herold_e2e::Window;
use matrix_sdk::ruma::{EventId, RoomId};
use serde_json::{Value, json};

use crate::world::{SOON, World};

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_find_a_room_read_send_and_sign_out_by_keyboard_alone() {
    let world = World::new().await;
    let room = world.partner.create_room("Bürgerservice", false, &[world.user.id.as_str()]).await;
    let window = signed_in(&world).await;
    enter(&world, &window, &room, "burgers").await;

    // Read and answer.
    world.partner.send(&room, "Bitte bis Freitag.").await;
    window.wait_for_message("Bitte bis Freitag.").await;
    focus_by_tab(&window, "composer").await;
    send(&window, "Ist notiert.").await;
    world.partner.wait_for_text(&room, "Ist notiert.", SOON).await;

    // Fold the list, and back; look up the keys.
    window.press_key(Key::F9).await;
    window.find("unfold-rooms").await;
    window.press_key(Key::F9).await;
    window.find("fold-rooms").await;
    window.press_key(Key::F1).await;
    window.find("shortcut-sheet").await;
    window.press_key(Key::Escape).await;

    // Sign out.
    focus_by_tab(&window, "open-settings").await;
    window.press_key(Key::Enter).await;
    window.find("sign-out").await;
    focus_by_tab(&window, "sign-out").await;
    window.press_key(Key::Enter).await;
    window.find("confirm-sign-out").await;
    focus_by_tab(&window, "confirm-sign-out").await;
    window.press_key(Key::Enter).await;
    window.find("homeserver-input").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn on_a_narrow_screen_the_focus_goes_along_and_back_closes_what_is_open() {
    let world = World::new().await;
    let window = world.signed_in().await;
    world.room(&window, "Anderswo", false).await;
    let room = world.room(&window, "Bauamt", false).await;
    window.resize(390, 844).await;
    let row = format!(
        "return document.activeElement?.dataset?.roomId === '{room}' && document.activeElement.offsetParent !== null"
    );
    let has_focus = |hook: &str| {
        format!(
            "return document.activeElement?.dataset?.testid === '{hook}' && document.activeElement.offsetParent !== null"
        )
    };
    let focus =
        |hook: &str| format!("document.querySelector('[data-testid={hook}]').focus(); return true");

    window
        .wait_until(
            "one pane at a time",
            "return document.querySelector('[data-testid=back]')?.offsetParent !== null && innerWidth < 720",
        )
        .await;
    window.click("back").await;
    window.find("room-list").await;
    let hold = format!(
        "document.querySelector('[data-testid=room-row][data-room-id=\"{room}\"]').focus(); return true"
    );
    window.script(&hold).await;
    window.wait_until("the row", &row).await;
    window.press_key(Key::Enter).await;
    window
        .wait_until(
            "the heading of the conversation",
            "return document.activeElement?.matches('[data-pane-heading]') && document.activeElement.offsetParent !== null",
        )
        .await;

    window.script(&focus("details-toggle")).await;
    window.press_key(Key::Enter).await;
    window
        .wait_until("the details", "return document.activeElement?.closest('[data-pane=details]')")
        .await;
    window.script("history.back()").await;
    window.wait_until("what opened the details", &has_focus("details-toggle")).await;

    window.script(&focus("composer-more")).await;
    window.press_key(Key::Enter).await;
    window.click("start-poll").await;
    window.wait_until("the dialog", &has_focus("poll-question")).await;
    window.script("history.back()").await;
    window
        .wait_until(
            "no dialog, and the room",
            "return !document.querySelector('dialog[open]') && document.querySelector('[data-testid=composer]').offsetParent !== null",
        )
        .await;
    window.script("history.back()").await;
    window.wait_until("the list", &row).await;
    window.close().await;
}

/// A window in which the person has signed in.
async fn signed_in(world: &World) -> Window {
    let window = world.open().await;
    window.find("homeserver-input").await;
    focus_by_tab(&window, "homeserver-input").await;
    window.press(&world.server).await;
    focus_by_tab(&window, "username-input").await;
    window.press(&world.user.localpart).await;
    focus_by_tab(&window, "password-input").await;
    window.press(&world.user.password).await;
    window.press_key(Key::Enter).await;
    window.find("room-list").await;
    window
}

/// Finds a room of the partner by a part of its name, and accepts the invitation.
async fn enter(world: &World, window: &Window, room: &RoomId, name: &str) {
    open_room(window, room, name).await;
    window.find("accept-invitation").await;
    focus_by_tab(window, "accept-invitation").await;
    window.press_key(Key::Enter).await;
    window.find("composer").await;
    world.partner.wait_for_members(room, 2).await;
}

/// Finds a room by a part of its name.
async fn open_room(window: &Window, room: &RoomId, name: &str) {
    window.find_css(&format!("[data-testid='room-row'][data-room-id='{room}']")).await;
    window.press(&chord(Key::Control, 'k')).await;
    wait_for_focus(window, "switcher-input").await;
    window.press(name).await;
    let found = format!(
        "return document.querySelector('[data-testid=switcher-result]')?.dataset.roomId === '{room}'"
    );
    window.wait_until("the room is found", &found).await;
    window.press_key(Key::Enter).await;
}

/// One key while another one is held.
fn chord(held: Key, key: impl Into<char>) -> String {
    [char::from(held), key.into()].iter().collect()
}

/// Types into the composer, which has the focus, and sends.
async fn send(window: &Window, text: &str) {
    window.press(text).await;
    window.press_key(Key::Enter).await;
}

/// Tabs forward until the element has the focus; more stops than a screen has means a trap.
pub(crate) async fn focus_by_tab(window: &Window, hook: &str) {
    go_by(window, hook, &char::from(Key::Tab).to_string(), 80).await;
}

/// The same backwards.
async fn focus_by_tab_back(window: &Window, hook: &str) {
    go_by(window, hook, &chord(Key::Shift, Key::Tab), 80).await;
}

/// Opens the menu of what has the focus, and chooses from it.
async fn choose(window: &Window, entry: &str) {
    window.press_key(Key::Enter).await;
    let opened = "return document.activeElement?.matches('[role^=menuitem]') === true";
    window.wait_until("a menu", opened).await;
    go_by(window, entry, &char::from(Key::Down).to_string(), 30).await;
    window.press_key(Key::Enter).await;
}

async fn go_by(window: &Window, hook: &str, keys: &str, most: usize) {
    let reached = format!("return document.activeElement?.dataset?.testid === '{hook}'");
    for _ in 0..most {
        if window.script(&reached).await == Value::Bool(true) {
            return;
        }
        window.press(keys).await;
    }
    let focused = window.script("return document.activeElement?.outerHTML?.slice(0, 200)").await;
    panic!("{hook} cannot be reached with {keys:?}; the focus is at {focused}");
}

pub(crate) async fn wait_for_focus(window: &Window, hook: &str) {
    let script = format!("return document.activeElement?.dataset.testid === '{hook}'");
    window.wait_until(&format!("the focus at {hook}"), &script).await;
}

async fn wait_until_gone(window: &Window, hook: &str) {
    let script = format!("return document.querySelector('[data-testid={hook}]') === null");
    window.wait_until(&format!("{hook} is gone"), &script).await;
}

/// Waits until a field holds exactly this.
async fn wait_for_value(window: &Window, hook: &str, value: &str) {
    let script = format!(
        "return document.querySelector('[data-testid={hook}]')?.value === {}",
        json!(value)
    );
    window.wait_until(&format!("{value:?} in {hook}"), &script).await;
}

async fn wait_for_focused_message(window: &Window, event: &EventId) {
    let script = format!("return document.activeElement?.dataset.eventId === '{event}'");
    window.wait_until(&format!("the focus on the message {event}"), &script).await;
}

/// Goes to a message: Tab leads to the messages, the arrow keys lead through them.
async fn focus_message(window: &Window, event: &EventId) {
    // A row that has just come in is hidden until it has its place.
    let drawn = format!(
        "const message = document.querySelector('[data-event-id=\"{event}\"]');\
         return message !== null && getComputedStyle(message).visibility === 'visible'"
    );
    window.wait_until(&format!("the message {event} is drawn"), &drawn).await;
    enter_messages(window).await;
    let way = format!(
        "const row = document.activeElement;\
         const rows = [...row.closest('[data-testid=timeline]').querySelectorAll('[data-row-id]')];\
         const wanted = rows.findIndex((other) => other.dataset.eventId === '{event}');\
         return [row.dataset.rowId, Math.sign(wanted - rows.indexOf(row))]"
    );
    for _ in 0..60 {
        let here = window.script(&way).await;
        let key = match here[1].as_i64() {
            Some(0) => return,
            Some(1) => Key::Down,
            _ => Key::Up,
        };
        window.press_key(key).await;
        let moved = format!(
            "const row = document.activeElement?.dataset.rowId;\
             return row !== undefined && row !== {}",
            here[0]
        );
        window.wait_until("the focus on the next message", &moved).await;
    }
    panic!("the arrow keys do not lead to {event}");
}

/// Tab leads from anywhere to one of the messages, and Escape from what is in one to it.
async fn enter_messages(window: &Window) {
    const WITHIN: &str =
        "return (document.activeElement?.closest('[data-row-id]') ?? null) !== null";
    const ON_MESSAGE: &str = "return document.activeElement?.dataset.rowId !== undefined";
    const WRITING: &str =
        "return (document.activeElement?.closest('[data-composer]') ?? null) !== null";
    if window.script(WITHIN).await == Value::Bool(true) {
        if window.script(ON_MESSAGE).await == Value::Bool(false) {
            window.press_key(Key::Escape).await;
        }
    } else {
        for _ in 0..80 {
            // The messages are just before the composer.
            let keys = match window.script(WRITING).await {
                Value::Bool(true) => chord(Key::Shift, Key::Tab),
                _ => char::from(Key::Tab).to_string(),
            };
            window.press(&keys).await;
            if window.script(WITHIN).await == Value::Bool(true) {
                break;
            }
        }
    }
    window.wait_until("the focus on a message", ON_MESSAGE).await;
}
