//! Any text as a formatted and as a plain body: no panic, only harmless trees, none of them late.
//!
//! `scripts/fuzz.sh` builds and runs it. What it finds becomes a seed of the corpus in `crates/hostile`.

#![no_main]

use std::time::{Duration, Instant};

use herold_hostile::{Limits, faults, least_effort};
use herold_protocol::Block;
use herold_rich_text::{DEEPEST, MOST_NODES, from_message, links, text};
use libfuzzer_sys::fuzz_target;
use ruma::user_id;

/// A hundred milliseconds, of the processor's time, with the fuzzer's instruments and checks of
/// arithmetic: those take about three times as long.
const LONGEST: Duration = Duration::from_millis(300);

fn trees(text: &str) -> [Vec<Block>; 2] {
    let me = user_id!("@me:example.org");
    [from_message("", Some(text), me), from_message(text, None, me)]
}

fuzz_target!(|data: &[u8]| {
    let text = String::from_utf8_lossy(data);
    let begun = Instant::now();
    let trees = trees(&text);
    // Looking closer costs more than the work itself.
    if begun.elapsed() > LONGEST {
        let spent = least_effort(|| self::trees(&text));
        assert!(spent < LONGEST, "{spent:?}");
    }
    let limits = Limits { nodes: MOST_NODES, depth: DEEPEST + 2, text: text.len() * 3 + 1024 };
    for tree in &trees {
        let found = faults(tree, limits);
        assert!(found.is_empty(), "{found:#?}");
    }
    let name = text::clean_filename(&text);
    assert_eq!(text::clean_filename(&name), name);
    assert!(!name.is_empty() && name.len() <= 200 && !name.contains(['/', '\\', ':', '\0']));
    links::matrix_link(&text);
    if let Some(url) = links::allowed(&text) {
        links::shows_another_host(&url, &text);
    }
});
