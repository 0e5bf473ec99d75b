//! axe-core finds nothing, on any screen, in any theme.

use herold_e2e::{Window, axe};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn axe_finds_nothing_on_any_screen_in_any_theme() {
    let world = World::new().await;
    let window = world.open().await;
    window.find("homeserver-input").await;
    let mut findings = check(&window, "sign-in").await;

    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Barrierefreiheit", true).await;
    world.partner.send(&room, "Guten Morgen!").await;
    world
        .partner
        .send_html(
            &room,
            "Liste",
            "<p>Eine <b>Liste</b>:</p><ul><li>a</li><li>b</li></ul><pre><code>x</code></pre>",
        )
        .await;
    window.wait_for_message("Liste").await;
    window.send("Meine Antwort").await;
    window.wait_for_message("Meine Antwort").await;

    for theme in ["light", "dark", "highContrast"] {
        window.click("open-settings").await;
        window.click(&format!("theme-{theme}")).await;
        findings.extend(check(&window, &format!("settings-{theme}")).await);
        window.press_key(fantoccini::key::Key::Escape).await;
        findings.extend(check(&window, &format!("conversation-{theme}")).await);
        window.click("details-toggle").await;
        window.find("member").await;
        findings.extend(check(&window, &format!("details-{theme}")).await);
        window.click("close-details").await;
    }
    window.resize(390, 844).await;
    findings.extend(check(&window, "phone").await);
    window.resize(320, 256).await;
    findings.extend(check(&window, "zoom-400").await);
    window.close().await;
    assert!(findings.is_empty(), "axe-core found:\n{}", findings.join("\n"));
}

async fn check(window: &Window, screen: &str) -> Vec<String> {
    window.screenshot(&format!("axe-{screen}")).await;
    axe::findings(window).await.into_iter().map(|finding| format!("{screen}: {finding}")).collect()
}
