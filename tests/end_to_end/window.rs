//! The window as a window: one of it, where it was, and links that lead into it.

use std::{
    collections::HashSet,
    path::Path,
    time::{Duration, Instant},
};

use herold_e2e::{Window, application, processes};

use crate::world::World;

#[tokio::test(flavor = "multi_thread")]
async fn a_second_start_hands_its_link_to_the_first_and_ends() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Ziel", false).await;
    let other = world.room(&window, "Anderswo", false).await;
    assert_ne!(room, other);
    world.partner.send(&room, "Hier ist das Ziel.").await;

    // The first one's webview works with its files.
    let files = world.profile.path().join("cache/webview");
    std::fs::create_dir_all(&files).expect("the webview's folder");
    std::fs::write(files.join("in-use"), "").expect("a file in it");

    let link = format!("https://matrix.to/#/{room}");
    let started = std::time::Instant::now();
    let mut second = std::process::Command::new(application())
        .arg(&link)
        .env("HEROLD_DATA_DIR", world.profile.path())
        .spawn()
        .expect("a second start");
    while second.try_wait().expect("a status").is_none() {
        assert!(started.elapsed() < Duration::from_secs(20), "the second instance stays");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    window.wait_for_message("Hier ist das Ziel.").await;
    assert!(files.join("in-use").exists(), "the second start took the first one's files away");
    window.close().await;
    let window = world.open().await;
    window.find("room-list").await;
    assert!(!files.join("in-use").exists(), "a start of its own begins without old files");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matrix_link_on_the_command_line_opens_its_room() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Direkt", false).await;
    world.partner.send(&room, "Sie sind richtig.").await;
    window.wait_for_message("Sie sind richtig.").await;
    window.close().await;

    let link = format!("matrix:roomid/{}", room.as_str().trim_start_matches('!'));
    let window = Window::open(&world.options().argument(&link)).await;
    window.wait_for_message("Sie sind richtig.").await;
    window.close().await;
}

/// Not whether it is maximised: no window manager runs on the desktop of the tests, and without one no window
/// is. What is remembered then is in the unit tests of `src-tauri`.
#[tokio::test(flavor = "multi_thread")]
async fn the_window_comes_back_where_it_was() {
    let world = World::new().await;
    let window = world.open().await;
    window.find("homeserver-input").await;
    assert_ne!(window.place().await, [140, 70, 900, 640]);
    window.put([140, 70, 900, 640]).await;
    window.wait_until("the new size", "return innerWidth === 900 && innerHeight === 640").await;
    // The place is written down a moment after the window came to rest.
    tokio::time::sleep(Duration::from_millis(1500)).await;
    window.close().await;

    let window = world.open().await;
    window.find("homeserver-input").await;
    assert_eq!(window.place().await, [140, 70, 900, 640]);
    window.close().await;
}

/// Pictures of the first large window that this desktop shows, until there is something in it: the colour
/// of its corner, and how many colours it has.
fn pictures_of_the_first_window() -> Vec<(Vec<u8>, usize)> {
    use x11rb::{
        connection::Connection,
        protocol::xproto::{ConnectionExt, ImageFormat, MapState},
    };
    let (x, screen) = x11rb::connect(None).expect("an X server");
    let root = x.setup().roots[screen].root;
    let started = Instant::now();
    let mut pictures = Vec::new();
    while started.elapsed() < Duration::from_secs(60) {
        for window in x.query_tree(root).unwrap().reply().expect("the windows").children {
            // A window may go away while it is looked at.
            let shown = x.get_window_attributes(window).unwrap().reply();
            let Ok(size) = x.get_geometry(window).unwrap().reply() else { continue };
            let shown = shown.is_ok_and(|window| window.map_state == MapState::VIEWABLE);
            if !shown || size.width < 320 || size.height < 256 {
                continue;
            }
            let (width, height) = (size.width, size.height);
            let picture = x.get_image(ImageFormat::Z_PIXMAP, window, 0, 0, width, height, !0);
            let Ok(picture) = picture.unwrap().reply() else { continue };
            let pixels: Vec<_> = picture.data.chunks_exact(4).map(<[u8]>::to_vec).collect();
            // The fourth byte is no colour.
            let corner = pixels[0][..3].to_vec();
            let colours = pixels.into_iter().collect::<HashSet<_>>().len();
            pictures.push((corner, colours));
            if colours > SHADES {
                return pictures;
            }
        }
        std::thread::sleep(Duration::from_millis(5));
    }
    panic!("no window appeared with something in it: {pictures:?}");
}

/// Text has dozens of shades at its edges; an empty page has one or two.
const SHADES: usize = 20;

/// Starts the application without a driver and waits until there is something in its window: the pictures
/// until then, and what libraries the program has loaded.
async fn first_window(world: &World) -> (Vec<(Vec<u8>, usize)>, String) {
    let mut application = std::process::Command::new(application())
        .env("HEROLD_DATA_DIR", world.profile.path())
        .spawn()
        .expect("the application starts");
    let pictures = tokio::task::spawn_blocking(pictures_of_the_first_window).await;
    let libraries = std::fs::read_to_string(format!("/proc/{}/maps", application.id()));
    for pid in processes::tree(application.id()).into_iter().rev() {
        processes::kill(pid);
    }
    let _ = application.wait();
    (pictures.unwrap(), libraries.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_appears_when_there_is_something_to_see_and_never_flashes() {
    let world = World::new().await;
    let (pictures, _) = first_window(&world).await;
    let (page, _) = pictures.last().unwrap();
    // The first picture may be older than what the window was told to be.
    for (corner, _) in pictures.iter().skip(1) {
        assert_eq!(corner, page, "the window showed another colour than the page has");
    }
}

/// Only a machine without graphics can show this; there, the driver is Mesa's, with a compiler of 20 MB.
#[tokio::test(flavor = "multi_thread")]
async fn without_graphics_the_program_draws_without_an_opengl_driver() {
    if Path::new("/dev/dri").exists() || Path::new("/dev/nvidia0").exists() {
        return;
    }
    let world = World::new().await;
    let (_, libraries) = first_window(&world).await;
    assert!(libraries.contains("libwebkit2gtk"), "{libraries}");
    for driver in ["_dri.so", "libgallium", "libLLVM"] {
        assert!(!libraries.contains(driver), "{driver} is loaded");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn closing_the_window_ends_every_process() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let processes_before = processes::tree(window.pid());
    assert!(processes_before.len() > 1, "the webview has processes of its own");
    window.close().await;
    tokio::time::sleep(Duration::from_secs(1)).await;
    let left: Vec<_> =
        processes_before.into_iter().filter(|pid| processes::is_running(*pid)).collect();
    assert!(left.is_empty(), "still running: {left:?}");
}
