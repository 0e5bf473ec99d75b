//! Polls: made, changed, voted in, read and ended.

use fantoccini::key::Key;
use herold_e2e::Window;
use herold_testkit::Message;
use matrix_sdk::ruma::{EventId, RoomId};
use serde_json::{Value, json};

use super::{
    choose, chord, clipboard, enter, focus_by_tab, focus_by_tab_back, focus_message, signed_in,
    wait_for_focus, wait_for_focused_message, wait_until_gone,
};
use crate::world::{SOON, World};

const START: &str = "org.matrix.msc3381.poll.start";
const RESPONSE: &str = "org.matrix.msc3381.poll.response";
const TEXT: &str = "org.matrix.msc1767.text";

/// One may vote for more than one of them, so they are no radio buttons.
const ON_ANSWER: &str = "return document.activeElement?.type === 'checkbox' \
    && document.activeElement.closest('[data-testid=poll]') !== null";

#[tokio::test(flavor = "multi_thread")]
async fn polls_are_made_changed_voted_in_read_and_ended_by_keyboard_alone() {
    let world = World::new().await;
    let partner = &world.partner;
    let room = partner.create_room("Bürgerbüro", true, &[world.user.id.as_str()]).await;
    let window = signed_in(&world).await;
    enter(&world, &window, &room, "Bürger").await;

    let open = ask(&world, &window, &room).await;
    change(&world, &window, &room, &open.event_id).await;
    remind(&world, &window, &room).await;
    partner.vote_for(&room, &open.event_id, &[answers(&open)[0]]).await;
    vote(&world, &window, &room, &open).await;
    read_result(&window, &open.event_id).await;
    end(&world, &window, &room, &open.event_id).await;

    let secret = ask_in_secret(&world, &window, &room).await;
    partner.vote_for(&room, &secret.event_id, &[answers(&secret)[1]]).await;
    let card = format!("[data-event-id='{}']", secret.event_id);
    let counted = format!(
        "return document.querySelector(\"{card} [data-testid='poll-voters']\")?.textContent\
           .includes('1') === true"
    );
    window.wait_until("the vote is counted", &counted).await;
    assert!(!window.is_there(&format!("{card} table")).await, "votes are secret until the end");
    end(&world, &window, &room, &secret.event_id).await;

    // From the list of all polls to the older one.
    focus_by_tab_back(&window, "open-room-menu").await;
    choose(&window, "menu-polls").await;
    wait_for_focus(&window, "close-polls").await;
    let listed = "return document.querySelectorAll('[data-testid=poll-jump]').length === 2";
    window.wait_until("both polls", listed).await;
    focus_by_tab(&window, "poll-jump").await;
    window.press_key(Key::Tab).await;
    window.press_key(Key::Enter).await;
    wait_for_focused_message(&window, &open.event_id).await;
    window.close().await;
}

/// The ids of a poll's answers.
fn answers(poll: &Message) -> Vec<&str> {
    let answers = poll.raw["content"][START]["answers"].as_array().expect("answers");
    answers.iter().map(|answer| answer["id"].as_str().expect("an id")).collect()
}

fn texts(poll: &Value) -> Vec<&str> {
    let answers = poll["answers"].as_array().expect("answers");
    answers.iter().map(|answer| answer[TEXT].as_str().expect("a text")).collect()
}

async fn open_dialog(window: &Window) {
    focus_by_tab(window, "composer").await;
    focus_by_tab_back(window, "composer-more").await;
    choose(window, "start-poll").await;
    wait_for_focus(window, "poll-question").await;
}

/// An open poll with three answers, of which one may choose two.
async fn ask(world: &World, window: &Window, room: &RoomId) -> Message {
    open_dialog(window).await;
    for text in ["Wohin?", "See", "Berge"] {
        window.press(text).await;
        window.press_key(Key::Enter).await;
    }
    let third = "return document.activeElement ===\
        document.querySelectorAll('[data-testid=poll-answer]')[2]";
    window.wait_until("a third answer", third).await;
    window.press("Museum").await;
    focus_by_tab(window, "poll-max").await;
    window.press_key(Key::Up).await;
    window.press(&chord(Key::Control, Key::Enter)).await;
    wait_until_gone(window, "poll-dialog").await;
    wait_for_focus(window, "composer-more").await;
    let message = world.partner.wait_for_message(room, |message| message.kind == START, SOON).await;
    let poll = &message.raw["content"][START];
    assert_eq!(poll["kind"], "org.matrix.msc3381.poll.disclosed");
    assert_eq!(poll["max_selections"], 2);
    assert_eq!(texts(poll), ["See", "Berge", "Museum"]);
    message
}

/// Nobody has voted yet. Ends on the menu of the poll.
async fn change(world: &World, window: &Window, room: &RoomId, poll: &EventId) {
    focus_message(window, poll).await;
    focus_by_tab(window, "poll-menu").await;
    choose(window, "menu-edit-poll").await;
    wait_for_focus(window, "poll-question").await;
    window.press_key(Key::End).await;
    window.press(" Am Freitag!").await;
    focus_by_tab(window, "poll-create").await;
    window.press_key(Key::Enter).await;
    wait_until_gone(window, "poll-dialog").await;
    wait_for_focus(window, "poll-menu").await;
    let changes = |message: &Message| {
        message.relates_to("m.replace", poll)
            && message.raw["content"]["m.new_content"][START]["question"][TEXT]
                == "Wohin? Am Freitag!"
    };
    world.partner.wait_for_message(room, changes, SOON).await;
}

/// Those who have not voted, which is left to be sent.
async fn remind(world: &World, window: &Window, room: &RoomId) {
    choose(window, "menu-remind").await;
    wait_for_focus(window, "composer").await;
    let written =
        "return document.querySelector('[data-testid=composer]').value.includes('@bernd')";
    window.wait_until("the reminder", written).await;
    window.press_key(Key::Enter).await;
    let partner = world.partner.user_id().as_str();
    let reminds = |message: &Message| {
        message.raw["content"]["m.mentions"]["user_ids"] == json!([partner])
            && message.body.contains("Wohin? Am Freitag!")
    };
    world.partner.wait_for_message(room, reminds, SOON).await;
}

/// For two answers, then for one, then for none.
async fn vote(world: &World, window: &Window, room: &RoomId, poll: &Message) {
    let ids = answers(poll);
    focus_message(window, &poll.event_id).await;
    window.press_key(Key::Tab).await;
    window.wait_until("the focus on an answer", ON_ANSWER).await;
    window.press(" ").await;
    window.press_key(Key::Tab).await;
    window.press(" ").await;
    focus_by_tab(window, "vote").await;
    window.press_key(Key::Enter).await;
    wait_for_vote(world, room, &ids[..2]).await;
    // Back on what was chosen, and not on what takes it back.
    window.wait_until("the focus on an answer", ON_ANSWER).await;

    window.find("withdraw-vote").await;
    window.press(" ").await;
    window.find("vote").await;
    focus_by_tab(window, "vote").await;
    window.press_key(Key::Enter).await;
    wait_for_vote(world, room, &ids[1..2]).await;
    window.wait_until("the focus on an answer", ON_ANSWER).await;

    window.find("withdraw-vote").await;
    focus_by_tab(window, "withdraw-vote").await;
    window.press_key(Key::Enter).await;
    wait_for_vote(world, room, &[]).await;
    window.wait_until("the focus on an answer", ON_ANSWER).await;
}

async fn wait_for_vote(world: &World, room: &RoomId, answers: &[&str]) {
    let anna = world.user.id.as_str();
    let is_vote = |message: &Message| {
        message.sender.as_str() == anna
            && message.raw["content"][RESPONSE]["answers"] == json!(answers)
    };
    world.partner.wait_for_message(room, is_vote, SOON).await;
}

/// As a table, then in its dialog: who voted, who did not, and in the clipboard.
async fn read_result(window: &Window, poll: &EventId) {
    focus_message(window, poll).await;
    focus_by_tab(window, "poll-as-table").await;
    window.press_key(Key::Enter).await;
    let table = "const cells = document.querySelectorAll('[data-testid=poll] td');\
        return document.activeElement.getAttribute('aria-pressed') === 'true'\
          && cells.length === 6 && cells[0].textContent === '1'";
    window.wait_until("the table", table).await;

    focus_by_tab_back(window, "poll-open-results").await;
    window.press_key(Key::Enter).await;
    let names = "const said = (hook) =>\
          document.querySelector(`[data-testid=${hook}]`)?.textContent ?? '';\
        return said('poll-voter-list').includes('bernd') && said('poll-missing').includes('anna')";
    window.wait_until("who voted and who did not", names).await;
    focus_by_tab(window, "copy-poll").await;
    let _clipboard = clipboard::alone().await;
    window.press_key(Key::Enter).await;
    clipboard::wait_for_text(|text| {
        text.starts_with("Wohin? Am Freitag!\n") && text.contains("\nSee: 1")
    })
    .await;
    window.press_key(Key::Escape).await;
    wait_for_focus(window, "poll-open-results").await;
}

/// Not at once: there is a question. Ends on the menu of the poll.
async fn end(world: &World, window: &Window, room: &RoomId, poll: &EventId) {
    focus_message(window, poll).await;
    focus_by_tab(window, "poll-menu").await;
    choose(window, "menu-end-poll").await;
    window.find("confirm-end-poll").await;
    window.press_key(Key::Escape).await;
    wait_until_gone(window, "end-poll").await;
    wait_for_focus(window, "poll-menu").await;
    choose(window, "menu-end-poll").await;
    window.find("confirm-end-poll").await;
    focus_by_tab(window, "confirm-end-poll").await;
    window.press_key(Key::Enter).await;
    let ends = |message: &Message| {
        message.kind.ends_with("poll.end") && message.relates_to("m.reference", poll)
    };
    world.partner.wait_for_message(room, ends, SOON).await;
    window.find_css(&format!("[data-event-id='{poll}'] [data-testid='poll-outcome']")).await;
    wait_for_focus(window, "poll-menu").await;
}

/// A secret poll, with the answers of both templates.
async fn ask_in_secret(world: &World, window: &Window, room: &RoomId) -> Message {
    open_dialog(window).await;
    window.press("Frühschicht?").await;
    focus_by_tab(window, "poll-template-yes-no").await;
    window.press_key(Key::Enter).await;
    focus_by_tab(window, "poll-open").await;
    window.press_key(Key::Down).await;
    wait_for_focus(window, "poll-secret").await;
    focus_by_tab_back(window, "poll-template-dates").await;
    window.press_key(Key::Enter).await;
    window.find("poll-date").await;
    focus_by_tab(window, "poll-date").await;
    // The same day, whichever part of it is written first.
    let next = char::from(Key::Right);
    window.press(&format!("12{next}12{next}2030")).await;
    window.press_key(Key::Enter).await;
    let four = "return document.querySelectorAll('[data-testid=poll-answer]').length === 4";
    window.wait_until("the day among the answers", four).await;
    window.press(&chord(Key::Control, Key::Enter)).await;
    wait_until_gone(window, "poll-dialog").await;
    let is_secret = |message: &Message| {
        message.raw["content"][START]["kind"] == "org.matrix.msc3381.poll.undisclosed"
    };
    let message = world.partner.wait_for_message(room, is_secret, SOON).await;
    let texts = texts(&message.raw["content"][START]);
    assert_eq!(texts.len(), 4);
    assert!(texts[3].contains("12"), "{texts:?}");
    message
}
