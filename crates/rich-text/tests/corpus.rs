//! The corpus of hostile input (`crates/hostile`), and what grows out of it by chance.
//!
//! The fuzzer (`make fuzz`) looks for the same faults with more patience; what it finds becomes a seed.

use std::{ops::Range, time::Duration};

use herold_hostile::{Limits, Seed, effort, faults, html, least_effort, names};
use herold_protocol::Block;
use herold_rich_text::{DEEPEST, MOST_NODES, from_message, plain, text::clean_filename};
use proptest::{
    prelude::*,
    test_runner::{Config, TestRunner},
};
use ruma::{UserId, user_id};

/// How long a message may hold up a screen, of the processor's time. An unoptimised build is about ten
/// times slower; without limits, the worst seeds take minutes in any build.
const LONGEST: Duration = Duration::from_millis(if cfg!(debug_assertions) { 1000 } else { 100 });

fn me() -> &'static UserId {
    user_id!("@me:example.org")
}

/// The formatted body as a tree; the same text is read as a plain one, too.
fn both(text: &str) -> [Vec<Block>; 2] {
    [from_message("", Some(text), me()), from_message(text, None, me())]
}

fn limits(text: &str) -> Limits {
    Limits {
        nodes: MOST_NODES,
        // The paragraph around the innermost element, and the text in it.
        depth: DEEPEST + 2,
        // A null byte becomes U+FFFD, which has three.
        text: text.len() * 3 + 1024,
    }
}

fn all_faults(text: &str, trees: &[Vec<Block>]) -> Vec<String> {
    trees.iter().flat_map(|tree| faults(tree, limits(text))).collect()
}

#[test]
fn every_formatted_body_of_the_corpus_becomes_a_harmless_tree() {
    for Seed { name, html } in html() {
        let found = all_faults(&html, &both(&html));
        assert!(found.is_empty(), "{name}: {found:#?}");
    }
}

#[test]
fn no_formatted_body_of_the_corpus_holds_up_a_screen() {
    for Seed { name, html } in html() {
        for (kind, body) in [("html", Some(html.as_str())), ("plain", None)] {
            let spent = least_effort(|| from_message(&html, body, me()));
            assert!(spent < LONGEST, "{name} as {kind}: {spent:?}");
        }
    }
}

#[test]
fn scripts_and_styles_are_not_among_the_words() {
    for Seed { name, html } in html() {
        let said = plain(&from_message("", Some(&html), me()));
        match name.as_str() {
            // What was never an element is text.
            "script-split" => assert_eq!(said.trim(), "ipt>alert(1)ipt>"),
            name if name.starts_with("script") || name.starts_with("style") => {
                assert!(!said.contains("alert") && !said.contains("import"), "{name}: {said}");
            }
            _ => {}
        }
    }
}

#[test]
fn every_file_name_of_the_corpus_becomes_a_safe_one() {
    for name in names() {
        let safe = clean_filename(&name.text());
        assert_eq!(safe, name.safe, "{:?}", name.given);
        assert_eq!(clean_filename(&safe), safe, "what is safe stays as it is");
        let path = std::path::Path::new("folder").join(&safe);
        assert_eq!(path.components().count(), 2, "{safe:?} leaves its folder");
        assert!(safe.len() <= 200 && !safe.chars().any(char::is_control), "{safe:?}");
    }
}

/// What is put into a seed, besides parts of other seeds.
const WORDS: [&str; 24] = [
    "<a href=\"",
    "\">",
    "</a>",
    "javascript:",
    "https://bund.de/",
    "https://matrix.to/#/@x:y.z",
    "<table>",
    "<td>",
    "<b>",
    "</b>",
    "<p>",
    "<blockquote>",
    "<li>",
    "<svg>",
    "<math>",
    "<template>",
    "<!--",
    "-->",
    "&colon;",
    "\0",
    "\u{202E}",
    "<span data-mx-spoiler=\"",
    "<pre><code class=\"language-",
    "<mx-reply>",
];

/// One change to a text. Places and lengths are in 65,536ths of it.
#[derive(Clone, Debug)]
enum Change {
    Remove(u16, u16),
    Repeat(u16, u16, u8),
    Insert(u16, &'static str),
    /// A part of another seed.
    Splice(u16, usize, u16, u16),
}

fn change() -> impl Strategy<Value = Change> {
    let word = prop::sample::select(WORDS.to_vec());
    prop_oneof![
        (any::<u16>(), 0..2000_u16).prop_map(|(at, length)| Change::Remove(at, length)),
        (any::<u16>(), any::<u16>(), 1..40_u8)
            .prop_map(|(at, length, times)| Change::Repeat(at, length, times)),
        (any::<u16>(), word).prop_map(|(at, word)| Change::Insert(at, word)),
        (any::<u16>(), any::<usize>(), any::<u16>(), any::<u16>())
            .prop_map(|(at, seed, from, length)| Change::Splice(at, seed, from, length)),
    ]
}

/// A place in a text that is the beginning of a character.
fn place(text: &str, at: u16) -> usize {
    text.floor_char_boundary(text.len() * usize::from(at) / 65_536)
}

fn part(text: &str, at: u16, length: u16) -> Range<usize> {
    let from = place(text, at);
    from..place(text, at.saturating_add(length)).max(from)
}

fn changed(seeds: &[Seed], seed: usize, changes: &[Change]) -> String {
    let mut text = seeds[seed % seeds.len()].html.clone();
    for change in changes {
        match *change {
            Change::Remove(at, length) => {
                let part = part(&text, at, length);
                text.replace_range(part, "");
            }
            Change::Repeat(at, length, times) => {
                let part = part(&text, at, length);
                let repeated = text[part.clone()].repeat(times.into());
                text.replace_range(part, &repeated);
            }
            Change::Insert(at, word) => text.insert_str(place(&text, at), word),
            Change::Splice(at, other, from, length) => {
                let other = &seeds[other % seeds.len()].html;
                let at = place(&text, at);
                text.insert_str(at, &other[part(other, from, length)]);
            }
        }
        text.truncate(text.floor_char_boundary(64 * 1024));
    }
    text
}

#[test]
fn whatever_grows_out_of_the_corpus_is_harmless_and_quick() {
    let seeds = html();
    let cases = if cfg!(debug_assertions) { 200 } else { 5000 };
    let mut runner =
        TestRunner::new(Config { cases, failure_persistence: None, ..Config::default() });
    let strategy = (any::<usize>(), prop::collection::vec(change(), 1..8));
    runner
        .run(&strategy, |(seed, changes)| {
            let text = changed(&seeds, seed, &changes);
            let (spent, trees) = effort(|| both(&text));
            let found = all_faults(&text, &trees);
            prop_assert!(found.is_empty(), "{:#?} in {:?}", found, text);
            let quick = spent < LONGEST || least_effort(|| both(&text)) < LONGEST;
            prop_assert!(quick, "{:?} for {:?}", spent, text);
            Ok(())
        })
        .unwrap();
}
