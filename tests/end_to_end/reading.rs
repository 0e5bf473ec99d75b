//! Reading back: what one looks at stays where it is.

use herold_testkit::{
    seed::{Event, Room},
    shared_synapse,
};
use serde_json::json;

use crate::world::World;

/// Goes to the top again and again, and tells how far the first message on screen moved when older ones came in
/// above it.
const READ_BACK: &str = "const done = arguments[arguments.length - 1];\
    const list = document.querySelector('[data-testid=timeline] [role=list]');\
    const top = () => list.getBoundingClientRect().top;\
    const place = (message) => message.getBoundingClientRect().top;\
    const first = () => [...list.querySelectorAll('[data-testid=message]')].find((one) => place(one) >= top());\
    const moves = [];\
    const begun = performance.now();\
    let last = null;\
    let rest = 0;\
    const look = () => {\
      if (moves.length === 2 || performance.now() - begun > 20000) return done(moves);\
      if (rest > 0) {\
        rest -= 1;\
        if (rest === 0) {\
          moves.push(last.message.isConnected ? place(last.message) - last.place : null);\
          last = null;\
        }\
      } else if (last !== null && list.scrollHeight > last.height + 400) {\
        rest = 20;\
      } else if (list.scrollTop > 0) {\
        list.dispatchEvent(new WheelEvent('wheel', { deltaY: -120, bubbles: true }));\
        list.scrollTop = 0;\
        last = null;\
      } else {\
        const message = first();\
        last = { message, place: place(message), height: list.scrollHeight };\
      }\
      requestAnimationFrame(look);\
    };\
    look();";

/// All messages are of one day, so that its divider moves up with every page.
#[tokio::test(flavor = "multi_thread")]
async fn older_messages_come_in_above_what_is_read() {
    let world = World::new().await;
    let partner = world.partner.user_id();
    let messages =
        (0..400).map(|number| Event::message(partner.as_str(), &format!("Nummer {number}")));
    let room = Room {
        creator: partner.to_string(),
        config: json!({ "name": "Chronik", "preset": "public_chat" }),
        batches: vec![vec![Event::join(&world.user.id)], messages.collect()],
        ..Room::default()
    };
    let written = shared_synapse().await.write_rooms(&[room]).await;
    let window = world.signed_in().await;
    window.open_room(&written[0].room_id).await;
    window.wait_for_message("Nummer 399").await;
    let moves = window.script_async(READ_BACK).await;
    let moves: Vec<Option<f64>> = serde_json::from_value(moves).expect("a list of distances");
    assert!(!moves.is_empty(), "nothing older came");
    assert!(moves.iter().all(|by| by.is_some_and(|by| by.abs() <= 2.0)), "pixels: {moves:?}");
    window.close().await;
}
