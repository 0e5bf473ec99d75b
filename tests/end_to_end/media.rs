//! Files of others in the real window: what is seen, heard and printed of them, and that nothing in them runs.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use fantoccini::key::Key;
use herold_e2e::Window;
use herold_testkit::{Stub, Synapse, picture::Picture};
use serde_json::{Value, json};

use crate::world::{SOON, World};

/// How they were made is in the README beside them.
const FILM: &[u8] = include_bytes!("../fixtures/film.webm");
const VOICE: &[u8] = include_bytes!("../fixtures/voice.ogg");

/// Counts the colours of a PDF's page once it is drawn.
const COLOURS: &str = "const sheet = document.querySelector('[data-testid=pdf-sheet]');\
    if (sheet?.dataset.drawn !== 'true') return false;\
    const canvas = sheet.querySelector('canvas');\
    const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);\
    const seen = { red: 0, blue: 0, black: 0 };\
    for (let at = 0; at < data.length; at += 4) {\
      const red = data[at] > 200, green = data[at + 1] > 200, blue = data[at + 2] > 200;\
      if (red && !green && !blue) seen.red += 1;\
      if (blue && !green && !red) seen.blue += 1;\
      if (data[at] < 60 && data[at + 1] < 60 && data[at + 2] < 60) seen.black += 1;\
    }";

/// What is on the card, and how many pixels of its picture there are.
const CARD: &str = "const card = document.querySelector('[data-testid=link-card]');\
    if (!card) return null;\
    const picture = card.querySelector('img');\
    if (!picture?.complete) return null;\
    return { words: card.innerText, pixels: picture.naturalWidth * picture.naturalHeight };";

#[tokio::test(flavor = "multi_thread")]
async fn a_link_has_a_card_once_previews_are_switched_on() {
    let website = Stub::website().await;
    let server = Synapse::builder().link_previews(&website).start().await;
    let world = World::on(&server).await;
    let opened = world.profile.path().join("opened");
    let window = Window::open(&world.options().environment("PATH", &a_browser(&world))).await;
    window.sign_in(&world.server, &world.user.localpart, &world.user.password).await;
    let room = world.room(&window, "Presse", false).await;
    let link = "Bitte lesen: http://zeitung.lindenau.example/article";
    world.partner.send(&room, link).await;
    window.wait_for_message(link).await;
    assert!(!window.is_there("[data-testid='link-card']").await, "nobody asked for previews");

    window.click("open-settings").await;
    window.click("link-previews").await;
    window.press_key(Key::Escape).await;
    let card = window.wait_until("the card", CARD).await;
    let words = card["words"].as_str().unwrap();
    assert!(words.contains("zeitung.lindenau.example"), "{words}");
    assert!(words.contains("Neuer Radweg"), "{words}");
    assert!(card["pixels"].as_u64().unwrap() > 0, "the picture is not drawn");
    window.screenshot("link-card").await;

    window.click("message-link").await;
    let begun = Instant::now();
    while !opened.exists() {
        assert!(begun.elapsed() < SOON, "no browser was started");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    let environment = std::fs::read_to_string(&opened).unwrap();
    assert!(environment.starts_with("http://zeitung.lindenau.example/article\n"), "{environment}");
    assert!(environment.contains("\nDISPLAY\n"), "{environment}");
    assert!(!environment.contains("JSC_"), "a switch of Herold's own webview: {environment}");
    window.close().await;
}

/// The programs of this machine, and a browser before them, which writes down its address and the names in its
/// environment.
fn a_browser(world: &World) -> String {
    use std::os::unix::fs::PermissionsExt;

    let folder = world.profile.path().join("bin");
    std::fs::create_dir(&folder).unwrap();
    let note = world.profile.path().join("opened");
    let script = format!(
        "#!/bin/sh\n{{ echo \"$1\"; env | cut -d = -f 1; }} >'{0}.new'; mv '{0}.new' '{0}'\n",
        note.display()
    );
    let browser = folder.join("xdg-open");
    std::fs::write(&browser, script).unwrap();
    std::fs::set_permissions(&browser, std::fs::Permissions::from_mode(0o755)).unwrap();
    format!("{}:{}", folder.display(), std::env::var("PATH").unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pdf_is_seen_page_by_page_and_nothing_in_it_runs() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Bauakte", true).await;
    let mark = world.profile.path().join("launched");
    let pdf = hostile_pdf(&mark);
    world.partner.send_file(&room, "Plan.pdf", &"application/pdf".parse().unwrap(), pdf).await;
    let address = watch(&window).await;

    window.click("preview-file").await;
    window.find("pdf-preview").await;
    window
        .wait_until(
            "the first page",
            &format!("{COLOURS} return seen.red > 5000 && seen.blue === 0 && seen.black > 300"),
        )
        .await;
    wait_for_words(&window, "Seite eins").await;
    window.screenshot("pdf").await;
    // A link covers the whole page.
    window.click("pdf-sheet").await;
    window.click("pdf-next").await;
    window
        .wait_until(
            "the second page",
            &format!("{COLOURS} return seen.blue > 5000 && seen.red === 0 && seen.black > 300"),
        )
        .await;
    wait_for_words(&window, "Seite zwei").await;

    // What runs late shall be seen, too.
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert_nothing_ran(&window, &address).await;
    assert!(!mark.exists(), "the file started a program");
    let controls = window
        .script(
            "return document.querySelectorAll(\
               '[data-testid=pdf-sheet] :is(a, button, input, select, textarea, iframe)').length",
        )
        .await;
    assert_eq!(controls, json!(0), "a page is a picture");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_plays_in_its_place() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Baustelle", true).await;
    let kind = "video/webm".parse().unwrap();
    world.partner.send_file(&room, "Begehung.webm", &kind, FILM.to_vec()).await;

    window.click("play-video").await;
    let film = "const film = document.querySelector('[data-testid=video] video');";
    window.wait_until("the film starts", &format!("{film} return film?.currentTime > 0")).await;
    window.wait_until("the film goes on", &format!("{film} return film.currentTime > 1.5")).await;
    window.screenshot("film").await;
    let facts = window
        .script(&format!(
            "{film}\
             const canvas = new OffscreenCanvas(film.videoWidth, film.videoHeight);\
             const context = canvas.getContext('2d');\
             context.drawImage(film, 0, 0);\
             const {{ data }} = context.getImageData(0, 0, canvas.width, canvas.height);\
             const shades = new Set();\
             for (let at = 0; at < data.length; at += 4)\
               shades.add((data[at] >> 6) * 16 + (data[at + 1] >> 6) * 4 + (data[at + 2] >> 6));\
             return {{\
               error: film.error?.message ?? null,\
               size: [film.videoWidth, film.videoHeight],\
               colourful: shades.size > 5,\
               says: document.querySelector('[data-testid=media-state]').textContent,\
             }}"
        ))
        .await;
    assert_eq!(facts, json!({ "error": null, "size": [160, 90], "colourful": true, "says": "" }));
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_film_that_cannot_be_played_says_what_to_do_about_it() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Baustelle", true).await;
    let kind = "video/webm".parse().unwrap();
    world.partner.send_file(&room, "Defekt.webm", &kind, vec![0x5A; 4096]).await;

    window.click("play-video").await;
    window.find_css("[data-testid='video'][data-state='refused']").await;
    window
        .wait_until(
            "the cause",
            "return /codec/i.test(document.querySelector('[data-testid=media-state]').textContent)",
        )
        .await;
    assert!(window.is_there("[data-testid='open-file']").await, "another program may play it");
    assert!(window.is_there("[data-testid='save-file']").await, "it can be saved");
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_voice_message_is_heard_wound_and_sped_up() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Außendienst", true).await;
    let loudness = (0..60_u8).map(|bar| f32::from(bar) / 60.0).collect();
    world.partner.send_voice(&room, VOICE.to_vec(), Duration::from_secs(8), loudness).await;

    window.find("voice-player").await;
    let facts = window
        .script(
            "const bars = document.querySelector('[data-testid=voice-waveform]').children;\
             return {\
               isVoice: document.querySelector('[data-testid=file]') === null,\
               length: document.querySelector('[data-testid=voice-position]').max,\
               rises: bars[bars.length - 1].offsetHeight > 2 * bars[0].offsetHeight,\
             }",
        )
        .await;
    assert_eq!(facts, json!({ "isVoice": true, "length": "8", "rises": true }));

    let player = "const voice = document.querySelector('[data-testid=voice-player] audio');\
                  const slider = document.querySelector('[data-testid=voice-position]');";
    window.click("voice-play").await;
    window
        .wait_until(
            "it is heard",
            &format!("{player} return !voice?.paused && voice?.currentTime > 0.3"),
        )
        .await;
    window.click("voice-play").await;
    let before = window
        .wait_until("a pause", &format!("{player} return voice.paused && voice.currentTime"))
        .await;

    window.script(&format!("{player} slider.focus()")).await;
    window.press_key(Key::Right).await;
    window.press_key(Key::Right).await;
    let wound =
        format!("{player} return voice.currentTime > {before} + 1 && slider.valueAsNumber >= 2");
    window.wait_until("the arrow keys wind it", &wound).await;

    window.click("voice-speed").await;
    let before = window.script(&format!("{player} return voice.currentTime")).await;
    window.click("voice-play").await;
    let faster =
        format!("{player} return voice.playbackRate === 1.5 && voice.currentTime > {before} + 0.5");
    window.wait_until("it goes on faster", &faster).await;
    let error = window.script(&format!("{player} return voice.error?.message ?? null")).await;
    assert_eq!(error, Value::Null);
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn text_is_shown_as_text_whatever_it_is_written_in() {
    const NOTE: &str = "Grüße aus dem Amt\n\tum acht <b>Uhr</b>\n";
    const FORM: &str = "<!doctype html><script>ran.push('html')</script>\
        <img src=\"x\" onerror=\"ran.push('html')\"><h1>Formular</h1>";
    const DRAWING: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\" onload=\"ran.push('svg')\">\
        <script>ran.push('svg')</script></svg>";
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Formulare", true).await;
    let address = watch(&window).await;
    for (name, kind, content) in [
        ("notiz.txt", "text/plain", NOTE),
        ("seite.html", "text/html", FORM),
        ("zeichnung.svg", "application/octet-stream", DRAWING),
        ("bild.svg", "image/svg+xml", DRAWING),
    ] {
        let bytes = content.as_bytes().to_vec();
        world.partner.send_file(&room, name, &kind.parse().unwrap(), bytes).await;
    }
    // What claims to be a picture is drawn only where its bytes cannot hold a script.
    window.find_css("[data-testid='picture'][data-state='failed']").await;

    for (name, content) in [("notiz.txt", NOTE), ("seite.html", FORM)] {
        press(&window, "preview-file", name).await;
        window.find("text-preview").await;
        let shown = window
            .wait_until(
                "the text",
                "const text = document.querySelector('[data-testid=text-preview] pre');\
                 return text && { text: text.textContent, elements: text.childElementCount }",
            )
            .await;
        assert_eq!(shown, json!({ "text": content, "elements": 0 }), "{name}");
        window.press_key(Key::Escape).await;
        window
            .wait_until(
                "the text is closed",
                "return document.querySelector('[data-testid=text-preview]') === null",
            )
            .await;
    }

    // A drawing that is sent as a file is not looked at here, and opened elsewhere only after a question.
    assert!(!window.is_there("[data-testid='preview-file'][aria-label*='.svg']").await);
    press(&window, "open-file", "zeichnung.svg").await;
    window.find("open-question").await;
    assert_nothing_ran(&window, &address).await;
    window.close().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_printer_gets_the_messages_and_nothing_else() {
    let world = World::new().await;
    let window = world.signed_in().await;
    let room = world.room(&window, "Straßenfest", true).await;
    world.partner.send(&room, "Die Bänke kommen um acht.").await;
    world.partner.send_image(&room, "marktplatz.png", &Picture::market_square()).await;
    window.wait_for_message("Die Bänke kommen um acht.").await;
    window.find_css("[data-testid='picture'][data-state='loaded']").await;
    window.send("Danke, ich schließe auf.").await;
    window.wait_for_message("Danke, ich schließe auf.").await;

    // A page that a driver controls gets no dialog from WebKit, and the driver has no command to print.
    let title = window
        .script("window.printed = 0; window.print = () => { printed += 1; }; return document.title")
        .await;
    window.click("open-room-menu").await;
    window.click("menu-print").await;
    window.wait_until("the dialog is asked for", "return printed === 1").await;
    let on_screen =
        "return getComputedStyle(document.querySelector('[data-testid=print-view]')).display";
    assert_eq!(window.script(on_screen).await, "none", "nobody sees it in the window");

    // What applies to the printer applies to the screen for a moment.
    let page = window
        .script(
            "window.forPrinters = [...document.styleSheets]\
               .flatMap((sheet) => [...sheet.cssRules])\
               .filter((rule) => rule instanceof CSSMediaRule && rule.media.mediaText === 'print');\
             for (const rule of forPrinters) rule.media.mediaText = 'all';\
             const view = document.querySelector('[data-testid=print-view]');\
             return {\
               title: document.title,\
               hidden: getComputedStyle(document.querySelector('#app')).display,\
               text: document.body.innerText,\
               ofView: view.innerText,\
               height: view.offsetHeight,\
               pictures: [...view.querySelectorAll('img')].map((picture) => picture.naturalWidth),\
             }",
        )
        .await;
    window.screenshot("print").await;
    assert_eq!(page["title"], "Straßenfest", "the name of a file that is printed to");
    assert_eq!(page["hidden"], "none", "the window itself");
    assert_eq!(page["text"], page["ofView"], "there is nothing else on paper");
    assert!(page["height"].as_u64().unwrap() > 100, "{page}");
    assert_eq!(page["pictures"], json!([960]));
    let text = page["text"].as_str().unwrap();
    for part in
        ["Straßenfest", "Die Bänke kommen um acht.", "marktplatz.png", "Danke, ich schließe auf."]
    {
        assert!(text.contains(part), "{part} is not in {text}");
    }

    window
        .script(
            "for (const rule of forPrinters) rule.media.mediaText = 'print';\
             window.dispatchEvent(new Event('afterprint'))",
        )
        .await;
    window
        .wait_until(
            "everything is as before",
            &format!(
                "return document.querySelector('[data-testid=print-view]') === null \
                   && document.title === {title}"
            ),
        )
        .await;
    window.close().await;
}

/// Waits for what a page of a PDF says to those who cannot see it.
async fn wait_for_words(window: &Window, words: &str) {
    let script = format!(
        "return document.querySelector('[data-testid=pdf-sheet] p').textContent.includes({})",
        json!(words)
    );
    window.wait_until(&format!("the words {words:?}"), &script).await;
}

/// Notes from now on what a file sets off in the page, and returns the page's address. Behind a real
/// dialog the driver would run no script, which ends the test as well.
async fn watch(window: &Window) -> Value {
    window
        .script(
            "window.ran = [];\
             for (const name of ['alert', 'confirm', 'prompt', 'open', 'print'])\
               window[name] = () => { ran.push(name); };\
             return location.href",
        )
        .await
}

async fn assert_nothing_ran(window: &Window, address: &Value) {
    let facts = window
        .script(
            "return {\
               ran: window.ran,\
               address: location.href,\
               frames: document.querySelectorAll('iframe, object, embed').length,\
             }",
        )
        .await;
    assert_eq!(facts, json!({ "ran": [], "address": address, "frames": 0 }));
}

/// A button on the card of one file.
async fn press(window: &Window, hook: &str, filename: &str) {
    let button = format!("[data-testid='{hook}'][aria-label*='{filename}']");
    window
        .find_css(&button)
        .await
        .click()
        .await
        .unwrap_or_else(|error| panic!("{button}: {error}"));
}

/// Two pages, with writing and a red or a blue square, and everything that a PDF can set off: a script
/// when it is opened, a program when a page is shown, a link over the whole page, a field with a script.
fn hostile_pdf(mark: &Path) -> Vec<u8> {
    let page = |content: u32| {
        format!(
            "<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 400]/Contents {content} 0 R\
             /Resources<</Font<</F1 7 0 R>>>>/AA<</O 9 0 R>>/Annots[10 0 R 11 0 R]>>"
        )
    };
    let content = |colour: &str, words: &str| {
        let drawn =
            format!("{colour} rg 50 60 200 120 re f 0 g BT /F1 36 Tf 50 300 Td ({words}) Tj ET");
        format!("<</Length {}>>stream\n{drawn}\nendstream", drawn.len())
    };
    let objects = [
        "<</Type/Catalog/Pages 2 0 R/OpenAction 8 0 R/AcroForm<</Fields[11 0 R]>>\
         /Names<</JavaScript<</Names[(start) 8 0 R]>>>>>>"
            .to_owned(),
        "<</Type/Pages/Kids[3 0 R 4 0 R]/Count 2>>".to_owned(),
        page(5),
        page(6),
        content("1 0 0", "Seite eins"),
        content("0 0 1", "Seite zwei"),
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica/Encoding/WinAnsiEncoding>>".to_owned(),
        "<</S/JavaScript/JS(app.alert\\('ran'\\); window.alert\\('ran'\\);)/Next 9 0 R>>".to_owned(),
        format!("<</S/Launch/F(touch)/Unix<</F(touch)/P({})>>>>", mark.display()),
        "<</Type/Annot/Subtype/Link/Rect[0 0 300 400]/Border[0 0 0]\
         /A<</S/URI/URI(https://example.org/)>>>>"
            .to_owned(),
        "<</Type/Annot/Subtype/Widget/FT/Tx/T(field)/V(x)/Rect[5 5 20 20]/A 8 0 R/AA<</E 8 0 R/K 8 0 R>>>>"
            .to_owned(),
    ];
    let mut pdf = "%PDF-1.7\n".to_owned();
    let mut places = String::new();
    for (index, object) in objects.iter().enumerate() {
        places.push_str(&format!("{:010} 00000 n \n", pdf.len()));
        pdf.push_str(&format!("{} 0 obj{object}endobj\n", index + 1));
    }
    let (table, count) = (pdf.len(), objects.len() + 1);
    pdf.push_str(&format!(
        "xref\n0 {count}\n0000000000 65535 f \n{places}\
         trailer<</Size {count}/Root 1 0 R>>\nstartxref\n{table}\n%%EOF\n"
    ));
    pdf.into_bytes()
}
