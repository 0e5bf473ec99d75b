//! Voice messages by keyboard alone, from the microphone to the other person's device.

use fantoccini::key::Key;
use herold_e2e::{Window, axe};
use herold_testkit::Message;

use crate::{
    keyboard::{focus_by_tab, wait_for_focus},
    microphone::Microphone,
    world::{SOON, World},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_is_recorded_heard_and_sent_by_keyboard_alone() {
    let world = World::new().await;
    let microphone = Microphone::new();
    let window = microphone.window(&world).await;
    let room = world.room(&window, "Außendienst", true).await;

    record(&window).await;
    let mut findings = axe::findings(&window).await;
    window.screenshot("recording").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(&window, "voice-play").await;
    window.press_key(Key::Enter).await;
    let heard = "document.querySelector('[data-testid=recording-bar] audio')";
    window.wait_until("it is heard", &format!("return {heard}?.currentTime > 0.3")).await;
    window.press_key(Key::Enter).await;
    window.wait_until("a pause", &format!("return {heard}.paused")).await;
    findings.extend(axe::findings(&window).await);
    focus_by_tab(&window, "recording-send").await;
    window.press_key(Key::Enter).await;
    wait_for_focus(&window, "composer").await;

    let seen = world.partner.wait_for_message(&room, is_sound, SOON).await;
    assert!(seen.encrypted, "what left the window was encrypted");
    let content = &seen.raw["content"];
    assert!(content["org.matrix.msc3245.voice"].is_object(), "{content}");
    let length = content["info"]["duration"].as_u64().expect("a duration");
    assert!(length >= 2500, "{length} ms");
    let waveform = content["org.matrix.msc1767.audio"]["waveform"].as_array().expect("a waveform");
    assert!(!waveform.is_empty());
    // As loud at its end as at its beginning.
    let loud = waveform.iter().all(|value| value.as_u64().is_some_and(|value| value > 512));
    assert!(loud, "{waveform:?}");

    let own = "const player = document.querySelector('[data-testid=message] [data-testid=voice-player]');\
               const slider = player?.querySelector('[data-testid=voice-position]');";
    window
        .wait_until(
            "the message is marked as sent",
            &format!(
                "{own} return player?.closest('[data-testid=message]').dataset.sendState === 'sent'"
            ),
        )
        .await;
    focus_by_tab(&window, "voice-position").await;
    window.press_key(Key::Right).await;
    window.press_key(Key::Right).await;
    window
        .wait_until(
            "the arrow keys wind it",
            &format!(
                "{own} return slider.valueAsNumber === 2 && document.activeElement === slider \
                   && player.querySelector('audio')?.currentTime > 1.5"
            ),
        )
        .await;
    findings.extend(axe::findings(&window).await);
    window.close().await;
    assert!(findings.is_empty(), "axe-core found:\n{}", findings.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_recording_is_deleted_by_keyboard_and_nobody_else_hears_it() {
    let world = World::new().await;
    let microphone = Microphone::new();
    let window = microphone.window(&world).await;
    let room = world.room(&window, "Außendienst", true).await;

    record(&window).await;
    // One key loses nothing, and neither does the same key once more.
    window.press_key(Key::Escape).await;
    window.find("recording-question").await;
    window.press_key(Key::Escape).await;
    wait_for_focus(&window, "voice-play").await;
    focus_by_tab(&window, "recording-delete").await;
    window.press_key(Key::Enter).await;
    window.find("recording-question").await;
    focus_by_tab(&window, "recording-delete-confirmed").await;
    window.press_key(Key::Enter).await;

    wait_for_focus(&window, "composer").await;
    window.press("Doch lieber schriftlich.").await;
    window.press_key(Key::Enter).await;
    world.partner.wait_for_text(&room, "Doch lieber schriftlich.", SOON).await;
    let sounds = world.partner.messages(&room).await.iter().filter(|m| is_sound(m)).count();
    assert_eq!(sounds, 0, "nothing but the text was sent");
    window.close().await;
}

/// Begins to record, and waits until there is more than is deleted without a question.
async fn record(window: &Window) {
    focus_by_tab(window, "record-voice").await;
    window.press_key(Key::Enter).await;
    window
        .wait_until(
            "the time runs",
            "return document.querySelector('[data-testid=recording-time]')?.textContent >= '0:03'",
        )
        .await;
    wait_for_focus(window, "recording-stop").await;
}

fn is_sound(message: &Message) -> bool {
    message.raw["content"]["msgtype"] == "m.audio"
}
