//! What a screen reader finds, through the desktop's own interface for it (AT-SPI).

use std::time::{Duration, Instant};

use atspi::{
    AccessibilityConnection, Role,
    connection::set_session_accessibility,
    proxy::accessible::{AccessibleProxy, ObjectRefExt},
};

use crate::world::World;

/// More than the whole application has; a circle in the tree ends here.
const MOST_NODES: usize = 20_000;

struct Node {
    role: Role,
    name: String,
}

/// Every accessible object of the applications on this desktop.
async fn tree(desktop: &AccessibilityConnection) -> Vec<Node> {
    let connection = desktop.connection();
    let root = desktop.root_accessible_on_registry().await.expect("the registry answers");
    let mut open: Vec<_> = root.get_children().await.unwrap_or_default();
    let mut found = Vec::new();
    while let Some(object) = open.pop() {
        if object.is_null() || found.len() > MOST_NODES {
            continue;
        }
        // What went away while the tree was walked is no part of it.
        eprintln!("OBJ {object:?}");
        let object = match object.as_accessible_proxy(connection).await { Ok(o) => o, Err(e) => { eprintln!("PROXY {e} {object:?}"); continue } };
        let Some((node, children)) = look(&object).await else { continue };
        found.push(node);
        open.extend(children);
    }
    found
}

async fn look(object: &AccessibleProxy<'_>) -> Option<(Node, Vec<atspi::ObjectRefOwned>)> {
    let role = object.get_role().await.map_err(|e| eprintln!("ROLE {e}")).ok()?;
    let name = object.name().await.map_err(|e| eprintln!("NAME {e}")).ok()?;
    Some((Node { role, name }, object.get_children().await.unwrap_or_default()))
}

async fn wait_for(
    desktop: &AccessibilityConnection,
    what: &str,
    fits: impl Fn(&Node) -> bool,
) -> Vec<Node> {
    let started = Instant::now();
    loop {
        let nodes = tree(desktop).await;
        if nodes.iter().any(&fits) {
            return nodes;
        }
        if started.elapsed() > Duration::from_secs(60) {
            let all: Vec<_> =
                nodes.iter().map(|node| format!("{:?} {:?}", node.role, node.name)).collect();
            panic!("a screen reader does not find {what} among {all:#?}");
        }
        tokio::time::sleep(Duration::from_millis(300)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_screen_reader_finds_everything_by_its_name() {
    let world = World::new().await;
    set_session_accessibility(true).await.expect("the desktop offers accessibility");
    let desktop = AccessibilityConnection::new().await.expect("the accessibility bus");
    let window = world.open().await;
    let button = window.find("sign-in").await.text().await.expect("the button's text");
    let nodes = wait_for(&desktop, "the sign-in button", |node| {
        node.role == Role::Button && node.name == button
    })
    .await;
    let field = nodes.iter().find(|node| node.role == Role::PasswordText);
    assert!(field.is_some_and(|node| !node.name.is_empty()), "the password field has a name");

    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Haushalt", true).await;
    world.partner.send(&room, "Der Entwurf liegt vor").await;
    window.open_room(room.as_str()).await;
    window.wait_for_message("Der Entwurf liegt vor").await;
    let nodes = wait_for(&desktop, "the message", |node| {
        node.name.contains("Der Entwurf liegt vor") && node.name.contains("bernd")
    })
    .await;
    assert!(nodes.iter().any(|node| node.name.contains("Haushalt")), "the room has its name");
    let nameless: Vec<_> = nodes
        .iter()
        .filter(|node| {
            let acts = matches!(
                node.role,
                Role::Button | Role::ToggleButton | Role::Entry | Role::PasswordText | Role::Link
            );
            acts && node.name.trim().is_empty()
        })
        .map(|node| node.role)
        .collect();
    assert!(nameless.is_empty(), "controls without a name: {nameless:?}");
    window.close().await;
}
