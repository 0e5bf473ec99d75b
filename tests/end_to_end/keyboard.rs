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
