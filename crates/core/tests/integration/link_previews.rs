//! Previews of links: who learns of an address, and what is believed of a page.

use std::time::{Duration, Instant};

use herold_core::{
    App, Config, ProfilePaths,
    policy::Policy,
    protocol::{ErrorKind, LinkCard, LinkPreview, Settings},
};
use herold_testkit::{Device, Fault, FaultProxy, Stub, Synapse};
use matrix_sdk::ruma::{OwnedRoomId, RoomId};
use serde_json::{Value, json};

use crate::support::{Conversation, PATIENCE, Person, passphrase};

/// Part of the path that Herold asks the homeserver at.
const REQUEST: &str = "/media/preview_url";
const ARTICLE: &str = "http://zeitung.lindenau.example/article";

fn switch(app: &App, link_previews: bool) {
    let settings = Settings { link_previews, ..Settings::default() };
    app.update_settings(settings).expect("storing the settings");
}

async fn preview(person: &Person, room: &RoomId, target: &str) -> LinkPreview {
    let answer = person.app.link_preview(room.as_str(), target, false).await;
    answer.expect("asking for a preview")
}

async fn confirmed(person: &Person, room: &RoomId, target: &str) -> LinkPreview {
    let answer = person.app.link_preview(room.as_str(), target, true).await;
    answer.expect("asking for a preview after the question")
}

fn card(preview: LinkPreview) -> LinkCard {
    match preview {
        LinkPreview::Card { card } => card,
        other => panic!("no card but {other:?}"),
    }
}

/// A server that makes previews of a small website, and two people there.
struct World {
    _website: Stub,
    _server: Synapse,
    /// Between Anna and the server.
    proxy: FaultProxy,
    anna: Person,
    ben: Device,
}

impl World {
    async fn begin() -> Self {
        let website = Stub::website().await;
        let server = Synapse::builder().link_previews(&website).start().await;
        let proxy = FaultProxy::before(&server.url()).await;
        let anna = Person::sign_in(&proxy.url(), &server.user("Anna").await).await;
        let ben = Device::sign_in(&server.url(), &server.user("Ben").await).await;
        Self { _website: website, _server: server, proxy, anna, ben }
    }
}

/// A room without encryption, once Anna's device knows that it has none.
async fn clear_room(anna: &Person, ben: &Device) -> OwnedRoomId {
    let room = ben.create_room("Presse", false, &[&anna.user.id]).await;
    anna.accept(&room).await;
    switch(&anna.app, true);
    let begun = Instant::now();
    while preview(anna, &room, "http://lindenau.example/silent").await == LinkPreview::Confirm {
        assert!(begun.elapsed() < PATIENCE, "the room's encryption is never known");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    room
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_has_a_card_where_previews_are_switched_on() {
    let world = World::begin().await;
    let (proxy, anna, ben) = (&world.proxy, &world.anna, &world.ben);
    let room = clear_room(anna, ben).await;

    // Off, nothing is requested, whatever a window says.
    switch(&anna.app, false);
    proxy.forget_requests();
    assert_eq!(preview(anna, &room, ARTICLE).await, LinkPreview::Nothing);
    assert_eq!(confirmed(anna, &room, ARTICLE).await, LinkPreview::Nothing);
    assert_eq!(proxy.count(REQUEST), 0);

    // On, the server is asked once, however often the link is on screen.
    switch(&anna.app, true);
    let (first, second) =
        tokio::join!(preview(anna, &room, ARTICLE), preview(anna, &room, ARTICLE));
    assert_eq!(first, second);
    assert_eq!(preview(anna, &room, &format!("{ARTICLE}#geheim")).await, first);
    assert_eq!(proxy.count(REQUEST), 1);
    let request = proxy.wait_for(REQUEST, PATIENCE).await;
    assert!(request.path.starts_with("/_matrix/client/v1/media/preview_url"), "{}", request.path);
    assert!(request.authorized);
    assert!(!request.path.contains("geheim"), "{}", request.path);

    let card = card(first);
    assert_eq!(card.host, "zeitung.lindenau.example");
    assert_eq!(card.site.as_deref(), Some("Stadt Lindenau"));
    assert_eq!(card.title.as_deref(), Some("Neuer Radweg"));
    assert_eq!(card.description.as_deref(), Some("Der Bau beginnt im März."));
    let token = card.picture.expect("a picture");
    let picture = anna.session().media(&token).await.expect("loading the picture");
    assert!(picture.content_type.starts_with("image/"), "{}", picture.content_type);

    // A page that says nothing, and addresses that are not asked about.
    assert_eq!(preview(anna, &room, "http://lindenau.example/nowhere").await, LinkPreview::Nothing);
    proxy.forget_requests();
    for target in ["http://127.0.0.1/article", "http://akten.local/", "mailto:a@lindenau.example"] {
        assert_eq!(preview(anna, &room, target).await, LinkPreview::Nothing, "{target}");
    }
    assert_eq!(proxy.count(REQUEST), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_from_an_encrypted_room_stays_there_until_the_person_says_otherwise() {
    let world = World::begin().await;
    let (proxy, anna, ben) = (&world.proxy, &world.anna, &world.ben);
    let room = ben.create_direct(&anna.user.id).await;
    anna.accept(&room).await;
    switch(&anna.app, true);
    proxy.forget_requests();
    assert_eq!(preview(anna, &room, ARTICLE).await, LinkPreview::Confirm);
    assert_eq!(proxy.count(REQUEST), 0);

    let card = card(confirmed(anna, &room, ARTICLE).await);
    assert_eq!(card.title.as_deref(), Some("Neuer Radweg"));
    assert_eq!(proxy.count(REQUEST), 1);
    // For this link alone.
    let other = format!("{ARTICLE}?page=2");
    assert_eq!(preview(anna, &room, &other).await, LinkPreview::Confirm);
    assert_eq!(proxy.count(REQUEST), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_hostile_page_is_cut_and_cleaned() {
    let world = World::begin().await;
    let (proxy, anna, ben) = (&world.proxy, &world.anna, &world.ben);
    let room = clear_room(anna, ben).await;
    let card = card(preview(anna, &room, "http://lindenau.example/hostile").await);
    let title = card.title.expect("a title");
    assert!(title.starts_with("Rechnungfdp.x"), "{title}");
    assert!(title.chars().count() <= 141, "{title}");
    assert_eq!(card.site.as_deref(), Some("bund.de"));
    assert_eq!(card.host, "lindenau.example");
    assert!(card.description.expect("a description").chars().count() <= 241);
    assert_eq!(card.picture, None);

    // What no page but a hostile server can say.
    let answers = [
        json!({ "og:title": 7, "og:description": ["x"], "og:image": { "a": 1 } }),
        json!({ "og:title": null }),
        json!([1, 2]),
    ];
    for (number, answer) in answers.into_iter().enumerate() {
        answer_with(proxy, answer).await;
        let target = format!("http://lindenau.example/{number}");
        assert_eq!(preview(anna, &room, &target).await, LinkPreview::Nothing, "{target}");
    }
    answer_with(proxy, json!({ "og:title": "x", "og:image": "https://evil.example/x.png" })).await;
    let preview = preview(anna, &room, "http://lindenau.example/picture").await;
    assert_eq!(self::card(preview).picture, None);
}

async fn answer_with(proxy: &FaultProxy, body: Value) {
    let fault = Fault::Status { code: 200, retry_after: None, body: Some(body) };
    proxy.set_for(REQUEST, fault).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_previews_is_asked_once() {
    let talk = Conversation::begin().await;
    switch(&talk.anna.app, true);
    talk.proxy.forget_requests();
    assert_eq!(confirmed(&talk.anna, &talk.room, ARTICLE).await, LinkPreview::Nothing);
    assert_eq!(talk.proxy.count(REQUEST), 1);
    let other = "https://lindenau.example/";
    assert_eq!(preview(&talk.anna, &talk.room, other).await, LinkPreview::Nothing);
    assert_eq!(confirmed(&talk.anna, &talk.room, other).await, LinkPreview::Nothing);
    assert_eq!(talk.proxy.count(REQUEST), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_does_not_answer_is_not_waited_for_long() {
    let talk = Conversation::begin().await;
    switch(&talk.anna.app, true);
    talk.proxy.set_for(REQUEST, Fault::HalfOpen).await;
    let asked = talk.anna.app.link_preview(talk.room.as_str(), ARTICLE, true).await;
    assert_eq!(asked.expect_err("the server does not answer").kind, ErrorKind::Timeout);
}

#[tokio::test]
async fn policy_decides_about_previews_and_the_choice_of_the_person_survives_it() {
    let folder = tempfile::tempdir().unwrap();
    let app = |policy: Value| {
        App::new(Config {
            paths: ProfilePaths::within(folder.path()),
            policy: Policy::from_values(policy.as_object().unwrap().clone()),
            demo: None,
            suggested_homeserver: None,
            connect: false,
        })
    };
    let shown = |app: &App| app.subscribe().0.settings.link_previews;
    let free = app(json!({}));
    free.start_with_passphrase(passphrase()).await.expect("opening the profile");
    assert!(!shown(&free), "off unless somebody wants it");
    switch(&free, true);
    assert!(shown(&free));
    free.close().await;

    for forbidden in [json!({ "url_previews": false }), json!({ "url_previews": "ja" })] {
        let managed = app(forbidden);
        assert!(!shown(&managed));
        switch(&managed, false);
        let answer = managed.link_preview("!a:lindenau.example", ARTICLE, true).await;
        assert_eq!(answer.expect("nothing is asked"), LinkPreview::Nothing);
    }
    assert!(shown(&app(json!({}))));
    assert!(shown(&app(json!({ "url_previews": true }))));
}
