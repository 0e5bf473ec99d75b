//! What a civil servant does on an ordinary day.

use herold_e2e::Window;
use serde_json::Value;

use crate::world::{SOON, World};

#[tokio::test(flavor = "multi_thread")]
async fn somebody_signs_in_talks_encrypted_and_signs_out() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Bauamt Straßenfest", true).await;

    window.send("Wer bringt die Bänke mit?").await;
    let received = world.partner.wait_for_text(&room, "Wer bringt die Bänke mit?", SOON).await;
    assert!(received.encrypted, "what left the window was encrypted");

    world.partner.send(&room, "Ich, um acht.").await;
    window.wait_for_message("Ich, um acht.").await;
    window
        .wait_until(
            "the own message is marked as sent",
            "const m = [...document.querySelectorAll('[data-testid=message]')]\
               .find((m) => m.textContent.includes('Bänke'));\
             return m?.dataset.sendState === 'sent' && m.dataset.eventId?.startsWith('$')",
        )
        .await;
    window.screenshot("conversation").await;

    window.click("open-settings").await;
    window
        .wait_until(
            "the server says that the name may be changed",
            "return document.querySelector('[data-testid=change-name]:enabled') !== null",
        )
        .await;
    window.click("change-name").await;
    window.fill("name-input", "Anna Krüger").await;
    window.click("save-name").await;
    window
        .wait_until(
            "the new name in the settings and above the list of rooms",
            "const named = [...document.querySelectorAll('[data-testid=own-name], .pane-header h2')];
             return named.filter((place) => place.textContent === 'Anna Krüger').length === 2",
        )
        .await;
    window.click("sign-out").await;
    window.click("confirm-sign-out").await;
    window.find("homeserver-input").await;
    window.close().await;
    assert_eq!(files_naming(&world, &world.user.id.to_string()), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn after_a_restart_everything_is_there_without_signing_in() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Kämmerei", false).await;
    world.partner.send(&room, "Der Haushalt liegt im Ordner.").await;
    window.wait_for_message("Der Haushalt liegt im Ordner.").await;
    window.fill("composer", "Ein Entwurf, noch nicht").await;
    tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
    window.kill();

    let window = world.open().await;
    window.open_room(room.as_str()).await;
    window.wait_for_message("Der Haushalt liegt im Ordner.").await;
    window
        .wait_until(
            "the draft",
            "return document.querySelector('[data-testid=composer]')?.value === 'Ein Entwurf, noch nicht'",
        )
        .await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_crash_while_sending_two_hundred_messages_loses_and_doubles_none() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Lagezentrum", true).await;
    send_many(&window, 200).await;
    window
        .wait_until(
            "some messages are stored, and it is known of twenty",
            "return window.accepted >= 20 \
                && document.querySelectorAll('[data-testid=message][data-send-state]').length >= 20",
        )
        .await;
    let accepted = window.script("return window.accepted ?? 0").await;
    window.kill();
    let accepted = accepted.as_u64().unwrap_or(0);
    assert!(accepted >= 20, "{accepted}");

    let window = world.open().await;
    window.open_room(room.as_str()).await;
    let last = format!("Meldung {:03}", accepted - 1);
    world.partner.wait_for_text(&room, &last, SOON * 3).await;
    // What was stored between the last look and the crash may follow.
    let mut before = usize::MAX;
    loop {
        let arrived = arrived(&world, &room).await;
        if arrived.len() == before {
            let expected: Vec<String> =
                (0..arrived.len()).map(|n| format!("Meldung {n:03}")).collect();
            assert_eq!(arrived, expected, "none lost, none doubled, in order");
            assert!(arrived.len() as u64 >= accepted);
            break;
        }
        before = arrived.len();
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
    }
    window.close().await;
}

/// Types and sends without waiting for the server, one message after the other was stored.
async fn send_many(window: &Window, number: usize) {
    let source = format!(
        "window.accepted = 0;\
         (async () => {{\
           for (let n = 0; n < {number}; n++) {{\
             const field = document.querySelector('[data-testid=composer]');\
             field.value = 'Meldung ' + String(n).padStart(3, '0');\
             field.dispatchEvent(new Event('input', {{ bubbles: true }}));\
             await new Promise((r) => setTimeout(r, 0));\
             document.querySelector('[data-testid=send]').click();\
             await new Promise((r) => setTimeout(r, 15));\
             if (n % 10 === 9) await new Promise((r) => setTimeout(r, 200));\
             window.accepted = n > 20 ? n - 20 : 0;\
           }}\
         }})(); return true"
    );
    assert_eq!(window.script(&source).await, Value::Bool(true));
}

async fn arrived(world: &World, room: &matrix_sdk::ruma::RoomId) -> Vec<String> {
    let events = world.partner.history(room).await;
    let texts = events.iter().filter_map(|event| event["content"]["body"].as_str());
    texts.filter(|text| text.starts_with("Meldung ")).map(ToOwned::to_owned).collect()
}

/// Files of the profile that hold a text.
fn files_naming(world: &World, text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut folders = vec![world.profile.path().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() {
                folders.push(path);
            } else if std::fs::read(&path)
                .is_ok_and(|bytes| bytes.windows(text.len()).any(|part| part == text.as_bytes()))
            {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
