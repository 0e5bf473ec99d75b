//! What somebody sends who means harm, in one place: `corpus/`, read for every test that should see it.
//!
//! [`html`] are formatted bodies, [`names`] names of files with what has to become of them, [`events`] whole
//! messages. [`faults`] says what may not be in a tree, whatever it was made of. `docs/hostile-input.md`
//! tells how to add to the corpus. Only tests and the fuzzer depend on this crate.

// This crate is test code: whoever broke a file of the corpus has to read which one.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod effort;
mod faults;

use std::{fs, path::PathBuf};

use serde::Deserialize;
use serde_json::Value;

pub use effort::{effort, least_effort};
pub use faults::{Limits, faults};

/// A formatted body.
#[derive(Clone, Debug)]
pub struct Seed {
    /// The file it is in, without extension, or its name in `html-repeated.json`.
    pub name: String,
    pub html: String,
}

/// A name that a sender gave a file.
#[derive(Clone, Debug, Deserialize)]
pub struct Name {
    pub given: String,
    /// How often `given` is repeated; for names that are too long to write down.
    #[serde(default = "once")]
    pub times: usize,
    /// What is put behind the repetitions.
    #[serde(default)]
    pub end: String,
    /// The name under which the file is saved.
    pub safe: String,
}

impl Name {
    /// The whole name, as it comes in an event.
    pub fn text(&self) -> String {
        self.given.repeat(self.times) + &self.end
    }
}

/// A message or something that belongs to one.
#[derive(Clone, Debug, Deserialize)]
pub struct Event {
    /// The file it is in, without extension.
    #[serde(skip)]
    pub name: String,
    #[serde(rename = "type")]
    pub kind: String,
    content: Value,
    /// Whether there has to be a row for it. What changes another message, or would, needs none.
    pub row: bool,
}

/// Events that the corpus may refer to.
#[derive(Clone, Copy, Debug)]
pub struct Known<'a> {
    /// `$OWN`: a message by the sender of the corpus in the same room.
    pub own: &'a str,
    /// `$FOREIGN`: a message by somebody else in the same room.
    pub foreign: &'a str,
    /// `$ELSEWHERE`: a message in a room that the reader is in, too.
    pub elsewhere: &'a str,
    /// `$POLL`: a poll in that other room, with the answers `0` and `1`.
    pub poll: &'a str,
}

impl Event {
    /// The content, with the events that it refers to put in.
    pub fn content(&self, known: &Known<'_>) -> Value {
        let mut content = self.content.clone();
        put_in(&mut content, known);
        content
    }
}

fn put_in(value: &mut Value, known: &Known<'_>) {
    match value {
        Value::String(text) => {
            *text = match text.as_str() {
                "$OWN" => known.own.to_owned(),
                "$FOREIGN" => known.foreign.to_owned(),
                "$ELSEWHERE" => known.elsewhere.to_owned(),
                "$POLL" => known.poll.to_owned(),
                _ => return,
            };
        }
        Value::Array(values) => values.iter_mut().for_each(|value| put_in(value, known)),
        Value::Object(fields) => fields.values_mut().for_each(|value| put_in(value, known)),
        _ => {}
    }
}

#[derive(Deserialize)]
struct Repeated {
    name: String,
    #[serde(default)]
    before: String,
    repeat: String,
    times: usize,
    /// What follows the repetitions, as often as they were.
    #[serde(default)]
    close: String,
    #[serde(default)]
    after: String,
}

fn once() -> usize {
    1
}

/// Every formatted body, by name. Those of `html-repeated.json` have up to 64 KB; in them, `{n}` is the number
/// of the repetition.
pub fn html() -> Vec<Seed> {
    let mut seeds: Vec<Seed> = files("html", "html")
        .map(|(name, text)| Seed { name, html: text })
        .chain(read::<Vec<Repeated>>("html-repeated.json").into_iter().map(|large| {
            let repeated: String = (0..large.times)
                .map(|number| large.repeat.replace("{n}", &number.to_string()))
                .collect();
            let close = large.close.repeat(large.times);
            let html = format!("{}{repeated}{close}{}", large.before, large.after);
            Seed { name: large.name, html }
        }))
        .collect();
    seeds.sort_by(|one, other| one.name.cmp(&other.name));
    seeds
}

/// Every name of a file.
pub fn names() -> Vec<Name> {
    read("names.json")
}

/// Every event, by name.
pub fn events() -> Vec<Event> {
    let mut events: Vec<Event> = files("events", "json")
        .map(|(name, text)| {
            let event = serde_json::from_str(&text);
            Event { name: name.clone(), ..event.unwrap_or_else(|error| panic!("{name}: {error}")) }
        })
        .collect();
    events.sort_by(|one, other| one.name.cmp(&other.name));
    events
}

fn corpus() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("corpus")
}

fn files(folder: &str, extension: &str) -> impl Iterator<Item = (String, String)> {
    let entries = fs::read_dir(corpus().join(folder)).expect("reading the corpus");
    entries.map(|entry| entry.expect("reading the corpus").path()).filter_map(move |path| {
        let name = path.file_stem()?.to_str()?.to_owned();
        let text = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        (path.extension()? == extension)
            .then(|| (name, String::from_utf8_lossy(&text).into_owned()))
    })
}

fn read<T: for<'a> Deserialize<'a>>(file: &str) -> T {
    let text = fs::read_to_string(corpus().join(file)).expect("reading the corpus");
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("{file}: {error}"))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_corpus_is_whole() {
        let seeds = html();
        assert!(seeds.len() >= 60, "{} seeds", seeds.len());
        let names: HashSet<&str> = seeds.iter().map(|seed| seed.name.as_str()).collect();
        assert_eq!(names.len(), seeds.len(), "two seeds of one name");
        for seed in &seeds {
            assert!(!seed.html.is_empty(), "{} is empty", seed.name);
            assert!(seed.html.len() <= 64 * 1024, "{} is too large for an event", seed.name);
        }
        assert!(seeds.iter().any(|seed| seed.html.len() > 60 * 1024), "none is large");
        assert!(!super::names().is_empty() && !events().is_empty());
    }

    #[test]
    fn events_name_what_exists() {
        let known = Known { own: "1", foreign: "2", elsewhere: "3", poll: "4" };
        for event in events() {
            let content = event.content(&known).to_string();
            for place in ["$OWN", "$FOREIGN", "$ELSEWHERE", "$POLL"] {
                assert!(!content.contains(place), "{}: {content}", event.name);
            }
        }
    }
}
