//! Bad networks and bad input, as a person sees them.

use std::time::{Duration, Instant};

use herold_e2e::Window;
use herold_testkit::{Fault, FaultProxy, Stub};

use crate::world::{SOON, World};

#[tokio::test(flavor = "multi_thread")]
async fn every_failed_sign_in_says_why_and_keeps_what_was_typed() {
    let world = World::new().await;
    let window = world.open().await;
    let html = Stub::html().await;
    let old = Stub::no_sliding_sync().await;
    let mut texts = std::collections::BTreeSet::new();
    for (server, password) in [
        (world.server.clone(), "falsch".to_owned()),
        ("gibt-es-nicht.invalid".to_owned(), world.user.password.clone()),
        ("http://127.0.0.1:9".to_owned(), world.user.password.clone()),
        (html.url(), world.user.password.clone()),
        (old.url(), world.user.password.clone()),
        ("kein server".to_owned(), world.user.password.clone()),
    ] {
        window.fill("homeserver-input", &server).await;
        window.fill("username-input", &world.user.localpart).await;
        window.fill("password-input", &password).await;
        window.click("sign-in").await;
        let text = window
            .wait_until(
                &format!("an explanation for {server}"),
                "const e = document.querySelector('[data-testid=sign-in-error]');\
                 return document.querySelector('[data-testid=sign-in]').ariaDisabled !== 'true' && e && e.textContent.trim().length > 20 && e.textContent",
            )
            .await;
        texts.insert(text.to_string());
        assert_eq!(
            window
                .script("return document.querySelector('[data-testid=homeserver-input]').value")
                .await,
            server
        );
    }
    assert_eq!(texts.len(), 6, "each failure has its own words: {texts:#?}");
    // And after all that, the right data works.
    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_connection_is_shown_and_heals_by_itself() {
    let world = World::new().await;
    let proxy = FaultProxy::before(&world.server).await;
    let window = world.open().await;
    window.sign_in(&proxy.url(), &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Funkloch", true).await;
    state(&window, "online").await;

    proxy.set(Fault::Cut).await;
    state(&window, "offline").await;
    window.send("Im Funkloch geschrieben").await;
    window.wait_for_message("Im Funkloch geschrieben").await;
    window.screenshot("offline").await;
    tokio::time::sleep(Duration::from_secs(2)).await;

    proxy.clear().await;
    state(&window, "online").await;
    world.partner.wait_for_text(&room, "Im Funkloch geschrieben", SOON).await;
    window
        .wait_until(
            "the message is marked as sent",
            "return [...document.querySelectorAll('[data-testid=message]')]\
               .some((m) => m.textContent.includes('Funkloch') && m.dataset.sendState === 'sent')",
        )
        .await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_need_wait_for_a_connection_that_is_back() {
    let world = World::new().await;
    let proxy = FaultProxy::before(&world.server).await;
    let window = world.open().await;
    window.sign_in(&proxy.url(), &world.user.localpart, &world.user.password).await;
    state(&window, "online").await;

    proxy.set(Fault::Cut).await;
    state(&window, "offline").await;
    window
        .wait_until(
            "a longer pause",
            "return document.querySelector('[data-testid=connection]').innerText.match(/\\d+/)?.[0] > 10",
        )
        .await;
    proxy.clear().await;
    let asked = Instant::now();
    window.click("try-now").await;
    window
        .wait_until(
            "another attempt",
            "return document.querySelector('[data-testid=connection]').dataset.state !== 'offline'",
        )
        .await;
    assert!(asked.elapsed() < Duration::from_secs(7), "{:?}", asked.elapsed());
    state(&window, "online").await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_at_start_the_rooms_are_there() {
    let world = World::new().await;
    let proxy = FaultProxy::before(&world.server).await;
    let window = world.open().await;
    window.sign_in(&proxy.url(), &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Ohne Netz", false).await;
    world.partner.send(&room, "Das liegt auf der Platte.").await;
    window.wait_for_message("Das liegt auf der Platte.").await;
    window.close().await;

    proxy.set(Fault::Cut).await;
    let window = world.open().await;
    window.open_room(room.as_str()).await;
    window.wait_for_message("Das liegt auf der Platte.").await;
    state(&window, "offline").await;
    window.close().await;
}

async fn state(window: &Window, wanted: &str) {
    window
        .wait_until(
            &format!("the connection is {wanted}"),
            &format!("return document.querySelector('[data-testid=connection]')?.dataset.state === '{wanted}'"),
        )
        .await;
}
