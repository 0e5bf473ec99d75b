//! Writing: formatting and looking at it, mentions, emoji, changing and taking back, files.

use std::process::{Command, Stdio};

use fantoccini::key::Key;
use herold_e2e::Window;
use herold_testkit::{Message, picture::Picture};
use matrix_sdk::ruma::{EventId, RoomId};
use serde_json::json;

use super::{
    choose, chord, clipboard, enter, focus_by_tab, focus_by_tab_back, focus_message, send,
    signed_in, wait_for_focus, wait_for_focused_message, wait_for_value, wait_until_gone,
};
use crate::world::{SOON, World};

#[tokio::test(flavor = "multi_thread")]
async fn one_formats_mentions_changes_takes_back_and_attaches_by_keyboard_alone() {
    let world = World::new().await;
    let anna = world.user.id.as_str();
    let shelf = world.partner.create_room("Ablage", true, &[anna]).await;
    let room = world.partner.create_room_of_equals("Schreibstube", true, &[anna]).await;
    let window = signed_in(&world).await;
    enter(&world, &window, &shelf, "Ablage").await;
    enter(&world, &window, &room, "Schreib").await;
    focus_by_tab(&window, "composer").await;

    format_and_look(&world, &window, &room).await;
    mention(&world, &window, &room, &shelf).await;
    call_everybody(&world, &window, &room).await;
    insert_emoji(&world, &window, &room).await;
    change(&world, &window, &room).await;
    take_back(&world, &window, &room).await;
    attach_picture(&world, &window, &room).await;
    send_long_text_as_file(&world, &window, &room).await;
    window.close().await;
}

/// Markdown by hand, then with the toolbar; looked at before it is sent, uncovered afterwards.
async fn format_and_look(world: &World, window: &Window, room: &RoomId) {
    send(window, "Guten Tag **allerseits**").await;
    let is_bold = |message: &Message| message.html().contains("<strong>allerseits</strong>");
    let seen = world.partner.wait_for_message(room, is_bold, SOON).await;
    assert!(seen.encrypted, "what left the window was encrypted");

    focus_by_tab(window, "toggle-formatting").await;
    window.press_key(Key::Enter).await;
    window.find("formatting-toolbar").await;
    focus_by_tab_back(window, "format-bold").await;
    window.press_key(Key::End).await;
    wait_for_focus(window, "text-preview-toggle").await;
    window.press_key(Key::Enter).await;
    window.find("text-preview").await;
    window.press_key(Key::Left).await;
    wait_for_focus(window, "format-spoiler").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "composer").await;
    window.press("angenommen").await;
    window.find_css("[data-testid='text-preview'] [data-testid='spoiler']").await;
    window.press_key(Key::Enter).await;
    let is_covered = |message: &Message| message.html().contains("data-mx-spoiler");
    let covered = world.partner.wait_for_message(room, is_covered, SOON).await;

    focus_message(window, &covered.event_id).await;
    focus_by_tab(window, "spoiler").await;
    window.press_key(Key::Enter).await;
    window.wait_until("the text is uncovered", &says(&covered.event_id, "angenommen")).await;
    focus_by_tab(window, "spoiler-hide").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "spoiler").await;
    focus_by_tab(window, "composer").await;
}

/// A person and a room, each from a list of suggestions.
async fn mention(world: &World, window: &Window, room: &RoomId, other: &RoomId) {
    window.press("@bern").await;
    window.find("suggestion").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "suggestions").await;
    window.press("siehe #Abla").await;
    window.find("suggestion").await;
    window.press_key(Key::Tab).await;
    wait_until_gone(window, "suggestions").await;
    window.press_key(Key::Enter).await;
    let partner = world.partner.user_id().as_str();
    let addresses = |message: &Message| {
        message.raw["content"]["m.mentions"]["user_ids"] == json!([partner])
            && message.html().contains(&format!("https://matrix.to/#/{other}"))
    };
    world.partner.wait_for_message(room, addresses, SOON).await;
    wait_for_value(window, "composer", "").await;
}

/// Everybody, after a question to which one may say no.
async fn call_everybody(world: &World, window: &Window, room: &RoomId) {
    window.press("@room").await;
    window.find("suggestion").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "suggestions").await;
    send(window, "um acht").await;
    window.find("everyone-question").await;
    window.press_key(Key::Escape).await;
    wait_for_focus(window, "composer").await;
    window.press_key(Key::Enter).await;
    window.find("everyone-question").await;
    focus_by_tab(window, "confirm-everyone").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "composer").await;
    let calls = |message: &Message| message.raw["content"]["m.mentions"]["room"] == json!(true);
    let call = world.partner.wait_for_message(room, calls, SOON).await;
    assert_eq!(call.body, "@room um acht");
}

/// By its name between two colons, and from the picker.
async fn insert_emoji(world: &World, window: &Window, room: &RoomId) {
    window.press("Danke :tada:").await;
    wait_for_value(window, "composer", "Danke 🎉").await;
    focus_by_tab(window, "open-emoji").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "emoji-search").await;
    window.find("emoji").await;
    window.press_key(Key::Down).await;
    wait_for_focus(window, "emoji").await;
    let emoji = window.script("return document.activeElement.dataset.emoji").await;
    let emoji = emoji.as_str().expect("an emoji");
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "composer").await;
    let text = format!("Danke 🎉{emoji}");
    wait_for_value(window, "composer", &text).await;
    window.press_key(Key::Enter).await;
    world.partner.wait_for_text(room, &text, SOON).await;
}

/// The last one with the up arrow, any of them from its menu; what it said before is kept.
async fn change(world: &World, window: &Window, room: &RoomId) {
    send(window, "Um sieben").await;
    let event = world.partner.wait_for_text(room, "Um sieben", SOON).await.event_id;
    window.find_css(&format!("[data-event-id='{event}']")).await;
    window.press_key(Key::Up).await;
    wait_for_value(window, "composer", "Um sieben").await;
    window.press_key(Key::Escape).await;
    wait_for_value(window, "composer", "").await;
    window.press_key(Key::Up).await;
    wait_for_value(window, "composer", "Um sieben").await;
    window.press(&chord(Key::Control, 'a')).await;
    send(window, "Um acht").await;
    let becomes = |text: &'static str| {
        let event = event.clone();
        move |message: &Message| {
            message.edited_body() == text && message.relates_to("m.replace", &event)
        }
    };
    world.partner.wait_for_message(room, becomes("Um acht"), SOON).await;
    window.wait_until("the changed text", &says(&event, "Um acht")).await;

    focus_message(window, &event).await;
    choose(window, "menu-edit").await;
    wait_for_focus(window, "composer").await;
    wait_for_value(window, "composer", "Um acht").await;
    window.press_key(Key::End).await;
    send(window, " Uhr").await;
    world.partner.wait_for_message(room, becomes("Um acht Uhr"), SOON).await;
    window.wait_until("the changed text", &says(&event, "Um acht Uhr")).await;

    focus_message(window, &event).await;
    choose(window, "menu-history").await;
    let versions = "return document.querySelectorAll('[data-testid=revision]').length === 3";
    window.wait_until("all versions", versions).await;
    window.press_key(Key::Escape).await;
    wait_for_focused_message(window, &event).await;
    focus_by_tab(window, "composer").await;
}

async fn take_back(world: &World, window: &Window, room: &RoomId) {
    send(window, "Zu früh").await;
    window.find("undo-send").await;
    window.press(&chord(Key::Control, 'z')).await;
    wait_for_value(window, "composer", "Zu früh").await;
    window.press(&chord(Key::Control, 'a')).await;
    send(window, "Rechtzeitig").await;
    world.partner.wait_for_text(room, "Rechtzeitig", SOON).await;
    let messages = world.partner.messages(room).await;
    let stays = |message: &Message| {
        message.body == "Zu früh" && !messages.iter().any(|other| other.redacts(&message.event_id))
    };
    assert!(!messages.iter().any(stays), "what was taken back is still there");
}

/// A picture that another program copied, with a text.
async fn attach_picture(world: &World, window: &Window, room: &RoomId) {
    let _clipboard = clipboard::alone().await;
    let file = world.profile.path().join("plan.png");
    std::fs::write(&file, Picture::paint(60, 40, |_, _| [31, 95, 139]).png).unwrap();
    // What is copied belongs to the program that copied it, for as long as that lives.
    let mut other = Command::new("xclip")
        .args(["-selection", "clipboard", "-target", "image/png", "-quiet", "-in"])
        .arg(&file)
        .stderr(Stdio::null())
        .spawn()
        .expect("xclip runs");
    clipboard::wait_for("TARGETS", |kinds| kinds.contains("image/png")).await;
    window.press(&chord(Key::Control, 'v')).await;
    window.find("staged-file").await;
    wait_for_focus(window, "attach-caption").await;
    send(window, "Der Plan").await;
    wait_for_focus(window, "composer").await;
    let is_plan = |message: &Message| {
        message.raw["content"]["msgtype"] == "m.image" && message.body == "Der Plan"
    };
    let sent = world.partner.wait_for_message(room, is_plan, SOON).await;
    assert_eq!(sent.raw["content"]["info"]["mimetype"], "image/png");
    other.kill().unwrap();
    other.wait().unwrap();
}

/// More than a message can hold, by copying what is there again and again.
async fn send_long_text_as_file(world: &World, window: &Window, room: &RoomId) {
    let _clipboard = clipboard::alone().await;
    window.press("Und noch mehr Text als je zuvor. ").await;
    for _ in 0..11 {
        window.press(&chord(Key::Control, 'a')).await;
        window.press(&chord(Key::Control, 'c')).await;
        window.press_key(Key::Right).await;
        window.press(&chord(Key::Control, 'v')).await;
    }
    window.find("send-as-file").await;
    focus_by_tab_back(window, "send-as-file").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(window, "composer").await;
    wait_for_value(window, "composer", "").await;
    let is_file = |message: &Message| message.raw["content"]["msgtype"] == "m.file";
    let sent = world.partner.wait_for_message(room, is_file, SOON).await;
    let size = sent.raw["content"]["info"]["size"].as_u64().expect("a size");
    assert!(size > 60_000, "{size} bytes");
}

/// Whether a message in the window says this.
fn says(event: &EventId, text: &str) -> String {
    format!(
        "return document.querySelector('[data-event-id=\"{event}\"] .body')?.textContent\
           .includes({}) === true",
        json!(text)
    )
}
