//! What a screen reader finds, through the desktop's own interface for it (AT-SPI).

use std::time::{Duration, Instant};

use atspi::{AccessibilityConnection, Role, connection::set_session_accessibility};
use herold_e2e::processes;
use zbus::{
    Connection, Message,
    zvariant::{DynamicType, OwnedObjectPath, OwnedValue},
};

use crate::world::World;

/// More than the whole application has; a circle in the tree ends here.
const MOST_NODES: usize = 20_000;

struct Node {
    role: Role,
    name: String,
}

/// Where an accessible object is: the name of its process on the bus, and its path. WebKit's processes have
/// names that the typed interface of the library refuses.
type Address = (String, OwnedObjectPath);

const REGISTRY: &str = "org.a11y.atspi.Registry";
const ROOT: &str = "/org/a11y/atspi/accessible/root";
const ACCESSIBLE: &str = "org.a11y.atspi.Accessible";

/// Every accessible object of the applications on this desktop.
async fn tree(desktop: &AccessibilityConnection) -> Vec<Node> {
    let connection = desktop.connection();
    let root = OwnedObjectPath::try_from(ROOT).unwrap();
    let mut open: Vec<Address> = vec![(REGISTRY.to_owned(), root)];
    let mut found = Vec::new();
    while let Some(address) = open.pop() {
        assert!(found.len() < MOST_NODES, "the tree has no end");
        // What went away while the tree was walked is no part of it.
        let Some((node, children)) = look(connection, &address).await else { continue };
        found.push(node);
        open.extend(children);
    }
    found
}

async fn look(connection: &Connection, address: &Address) -> Option<(Node, Vec<Address>)> {
    let role: u32 =
        call(connection, address, ACCESSIBLE, "GetRole", &()).await?.body().deserialize().ok()?;
    let name = property(connection, address, "Name").await?;
    let count = property(connection, address, "ChildCount").await?;
    let mut children = Vec::new();
    for index in 0..i32::try_from(count).ok()? {
        let child = call(connection, address, ACCESSIBLE, "GetChildAtIndex", &index).await;
        children.extend(child.and_then(|child| child.body().deserialize::<Address>().ok()));
    }
    let node = Node { role: Role::try_from(role).ok()?, name: name.try_into().ok()? };
    Some((node, children))
}

async fn property(connection: &Connection, address: &Address, name: &str) -> Option<OwnedValue> {
    const PROPERTIES: &str = "org.freedesktop.DBus.Properties";
    let answer = call(connection, address, PROPERTIES, "Get", &(ACCESSIBLE, name)).await?;
    answer.body().deserialize().ok()
}

async fn call(
    connection: &Connection,
    (process, path): &Address,
    interface: &str,
    method: &str,
    body: &(impl serde::Serialize + DynamicType),
) -> Option<Message> {
    connection.call_method(Some(process.as_str()), path, Some(interface), method, body).await.ok()
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

/// A driver does not outlive the page that it drives: whoever cannot see looks on.
#[tokio::test(flavor = "multi_thread")]
async fn an_interface_whose_process_ends_begins_again() {
    const PAGE: &str = "WebKitWebProcess";
    let world = World::new().await;
    set_session_accessibility(true).await.expect("the desktop offers accessibility");
    let desktop = AccessibilityConnection::new().await.expect("the accessibility bus");
    let window = world.signed_in().await;
    let room = world.room(&window, "Weiter", false).await;
    world.partner.send(&room, "Vor dem Ende").await;
    window.wait_for_message("Vor dem Ende").await;
    let page = processes::named(window.pid(), PAGE).expect("the page's process");
    processes::kill(page);

    let begun = Instant::now();
    while processes::named(window.pid(), PAGE).is_none_or(|pid| pid == page) {
        assert!(begun.elapsed() < Duration::from_secs(20), "nothing takes its place");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    // The list of rooms is there again, and goes on.
    world.partner.send(&room, "Und danach").await;
    wait_for(&desktop, "what came afterwards", |node| node.name.contains("Und danach")).await;
}
