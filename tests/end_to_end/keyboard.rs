//! Whole journeys by keyboard alone: nothing here clicks.

use fantoccini::key::Key;

use crate::world::{SOON, World};

#[tokio::test(flavor = "multi_thread")]
async fn sign_in_find_a_room_read_send_and_sign_out_by_keyboard_alone() {
    let world = World::new().await;
    let room = world.partner.create_room("Bürgerservice", false, &[world.user.id.as_str()]).await;
    let window = world.open().await;
    window.find("homeserver-input").await;

    // Sign in.
    focus_by_tab(&window, "homeserver-input").await;
    window.press(&world.server).await;
    focus_by_tab(&window, "username-input").await;
    window.press(&world.user.localpart).await;
    focus_by_tab(&window, "password-input").await;
    window.press(&world.user.password).await;
    window.press_key(Key::Enter).await;
    window.find("room-list").await;
    window.find_css(&format!("[data-room-id='{room}']")).await;

    // Find the room by its name and accept the invitation.
    window.press(&format!("{}k", char::from(Key::Control))).await;
    window.find("switcher-input").await;
    window.press("burgers").await;
    window.find("switcher-result").await;
    window.press_key(Key::Enter).await;
    window.find("accept-invitation").await;
    focus_by_tab(&window, "accept-invitation").await;
    window.press_key(Key::Enter).await;
    window.find("composer").await;
    world.partner.wait_for_members(&room, 2).await;

    // Read and answer.
    world.partner.send(&room, "Bitte bis Freitag.").await;
    window.wait_for_message("Bitte bis Freitag.").await;
    focus_by_tab(&window, "composer").await;
    window.press("Ist notiert.").await;
    window.press_key(Key::Enter).await;
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

/// Tabs forward until the element has the focus; more stops than a screen has means a trap.
pub(crate) async fn focus_by_tab(window: &herold_e2e::Window, hook: &str) {
    let script = format!("return document.activeElement?.dataset?.testid === '{hook}'");
    for _ in 0..80 {
        if window.script(&script).await == serde_json::Value::Bool(true) {
            return;
        }
        window.press_key(Key::Tab).await;
    }
    let focused = window.script("return document.activeElement?.outerHTML?.slice(0, 200)").await;
    panic!("{hook} cannot be reached with the Tab key; the focus is at {focused}");
}
