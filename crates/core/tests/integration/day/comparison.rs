//! Every message in one line, and what differs between two lists of them.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    fmt::{self, Display},
    time::{Duration, Instant},
};

use herold_core::protocol::{GalleryItem, MessageContent, MessageRow, TimelineRow};
use herold_testkit::Device;
use matrix_sdk::ruma::RoomId;

use crate::support::{PATIENCE, View, messages, words};

/// How long a device may differ when nothing happens any more.
const LIMIT: Duration = Duration::from_secs(30);

/// Waits for something that has to come.
pub(super) async fn until(
    view: &mut View<TimelineRow>,
    what: &str,
    fits: impl Fn(&[TimelineRow]) -> bool,
) {
    if !view.rest(PATIENCE, fits).await {
        let lines: Vec<String> = lines(view.rows()).iter().map(ToString::to_string).collect();
        let last = &lines[lines.len().saturating_sub(10)..];
        panic!("never {what}; of {} lines the last are\n{}", lines.len(), last.join("\n"));
    }
}

/// Loads what is older and waits for a list that fits. Whoever calls looks at what there is in the end.
pub(super) async fn settle(view: &mut View<TimelineRow>, fits: impl Fn(&[TimelineRow]) -> bool) {
    let begun = Instant::now();
    while begun.elapsed() < LIMIT {
        match tokio::time::timeout(LIMIT, view.load_all()).await {
            Ok(Ok(())) => {}
            failed => println!("cannot load older messages: {failed:?}"),
        }
        if view.rest(LIMIT / 6, &fits).await {
            return;
        }
    }
}

/// A message in one line, for comparison.
#[derive(Clone, Debug)]
pub(super) struct Line {
    pub(super) id: String,
    pub(super) text: String,
}

impl Display for Line {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} {}", self.id, self.text)
    }
}

fn item_name(item: &GalleryItem) -> &str {
    match item {
        GalleryItem::File { attachment, .. } => &attachment.filename,
        GalleryItem::Unknown { item_type, .. } => item_type,
    }
}

pub(super) fn lines(rows: &[TimelineRow]) -> Vec<Line> {
    lines_with(rows, |_, row| all_of(row))
}

/// The words of a thread. What was done to its root belongs to the room.
pub(super) fn answer_lines(rows: &[TimelineRow], root: &str) -> Vec<Line> {
    lines_with(rows, |id, row| if id == root { "the root".to_owned() } else { words(row) })
}

fn lines_with(rows: &[TimelineRow], text: impl Fn(&str, &MessageRow) -> String) -> Vec<Line> {
    messages(rows)
        .map(|(row_id, row)| {
            let id = row.event_id.clone().unwrap_or_else(|| format!("(unsent) {row_id}"));
            Line { text: text(&id, row), id }
        })
        .collect()
}

/// Everything that has to be the same on all devices.
fn all_of(row: &MessageRow) -> String {
    let sender = row.sender.id.split(['-', ':']).next().unwrap_or_default();
    let content = match &row.content {
        // What else there was of it servers keep or not.
        MessageContent::Redacted { .. } => return format!("{sender}: deleted"),
        MessageContent::Text { .. } => format!("{:?}", words(row)),
        MessageContent::Attachment { attachment, .. } => {
            format!("{:?} {}", attachment.kind, attachment.filename)
        }
        MessageContent::Gallery { items, .. } => {
            let names: Vec<_> = items.iter().map(item_name).collect();
            format!("gallery of {}", names.join(", "))
        }
        MessageContent::Location { text, geo_uri, .. } => format!("{text} at {geo_uri}"),
        MessageContent::Poll { poll } => {
            let votes: Vec<String> = poll
                .answers
                .iter()
                .map(|answer| format!("{}:{:?}", answer.text, answer.votes))
                .collect();
            let end = if poll.ended { ", ended" } else { "" };
            format!("{} [{}], {} voters{end}", poll.question, votes.join(" "), poll.voters)
        }
        other => format!("{other:?}"),
    };
    let mut line = format!("{sender}: {content}");
    if row.edited {
        line.push_str(", edited");
    }
    if let Some(answered) = &row.reply_to {
        line.push_str(&format!(", answers {}", answered.event_id));
    }
    let mut reactions: Vec<String> =
        row.reactions.iter().map(|r| format!("{}:{}", r.key, r.count)).collect();
    reactions.sort();
    if !reactions.is_empty() {
        line.push_str(&format!(", {}", reactions.join(" ")));
    }
    if let Some(thread) = &row.thread {
        line.push_str(&format!(", {} in its thread", thread.replies));
    }
    line
}

/// These messages, with the lines of a device that should have them.
pub(super) fn in_order(ids: &[String], lines: &[Line]) -> Vec<Line> {
    ids.iter()
        .map(|id| {
            let line = lines.iter().find(|line| line.id == *id).cloned();
            let text = "(not on the device that is compared with)".to_owned();
            line.unwrap_or_else(|| Line { id: id.clone(), text })
        })
        .collect()
}

/// What a device shows otherwise than it should, line by line.
pub(super) fn differences(wanted: &[Line], shown: &[Line]) -> Vec<String> {
    let mut found = Vec::new();
    let mut here: HashMap<&str, &Line> = HashMap::new();
    for line in shown {
        if here.insert(&line.id, line).is_some() {
            found.push(format!("doubled   {line}"));
        }
    }
    for line in wanted {
        match here.get(line.id.as_str()) {
            None => found.push(format!("missing   {line}")),
            Some(other) if other.text != line.text => {
                found.push(format!("different {line}\n       here {other}"));
            }
            Some(_) => {}
        }
    }
    let due: HashSet<&str> = wanted.iter().map(|line| line.id.as_str()).collect();
    for line in shown.iter().filter(|line| !due.contains(line.id.as_str())) {
        found.push(format!("extra     {line}"));
    }
    // Of what is on both sides, by their numbers in the right order.
    let common = wanted.iter().filter(|line| here.contains_key(line.id.as_str()));
    let places: HashMap<&str, usize> =
        common.enumerate().map(|(place, line)| (line.id.as_str(), place)).collect();
    let mut placed = HashSet::new();
    let shown = shown.iter().map(|line| line.id.as_str()).filter(|id| placed.insert(*id));
    let order: Vec<usize> = shown.filter_map(|id| places.get(id).copied()).collect();
    let runs: Vec<&[usize]> = order.chunk_by(|a, b| a + 1 == *b).collect();
    if runs.len() > 1 {
        let runs: Vec<String> =
            runs.iter().map(|run| format!("{}-{}", run[0], run[run.len() - 1])).collect();
        found.push(format!("order     {}", runs.join(" ")));
    }
    found
}

pub(super) fn report(problems: &mut Vec<String>, what: &str, found: Vec<String>) {
    if !found.is_empty() {
        problems.push(format!("{what}:\n  {}", found.join("\n  ")));
    }
}

/// Whether these messages are there, in this order, and can be read.
pub(super) fn is_complete(rows: &[TimelineRow], ids: &[String]) -> bool {
    let is_undecryptable =
        |row: &MessageRow| matches!(row.content, MessageContent::Undecryptable { .. });
    lines(rows).iter().map(|line| &line.id).eq(ids)
        && !messages(rows).any(|(_, row)| is_undecryptable(row))
}

/// Roots whose number of answers is not what the server has.
pub(super) fn wrong_counts(rows: &[TimelineRow], truth: &Truth) -> Vec<String> {
    let mut found = Vec::new();
    for (root, answers) in &truth.answers {
        let row = messages(rows)
            .map(|(_, row)| row)
            .find(|row| row.event_id.as_ref() == Some(root) && is_readable(row));
        let counted = row.map(|row| row.thread.as_ref().map_or(0, |thread| thread.replies));
        if counted.is_some_and(|counted| counted as usize != answers.len()) {
            found.push(format!("{root} has {} answers, shown are {counted:?}", answers.len()));
        }
    }
    found
}

/// What the server has of a conversation, oldest first. It makes the events of a room one after the
/// other, so this is the order in which they were sent to the devices as well.
#[derive(Default)]
pub(super) struct Truth {
    /// Messages that have a row of their own in the room.
    pub(super) rows: Vec<String>,
    /// Those in threads, by root.
    pub(super) answers: BTreeMap<String, Vec<String>>,
}

pub(super) async fn on_server(reader: &Device, room: &RoomId) -> Truth {
    let mut truth = Truth::default();
    for raw in reader.history(room).await {
        let is_message = matches!(
            raw["type"].as_str(),
            // A deleted message stays encrypted.
            Some("m.room.message" | "m.room.encrypted" | "org.matrix.msc3381.poll.start")
        );
        // It has lost what made it an edit.
        let because = &raw["unsigned"]["redacted_because"]["content"]["reason"];
        let is_message = is_message && because != "Edit of a deleted message";
        let Some(id) = raw["event_id"].as_str().filter(|_| is_message) else { continue };
        let relation = &raw["content"]["m.relates_to"];
        match relation["rel_type"].as_str() {
            None => truth.rows.push(id.to_owned()),
            Some("m.thread") => {
                let root = relation["event_id"].as_str().unwrap_or_default().to_owned();
                truth.answers.entry(root).or_default().push(id.to_owned());
            }
            Some(_) => {}
        }
    }
    truth
}

/// Whether there is something to be seen and answered.
pub(super) fn is_readable(row: &MessageRow) -> bool {
    !matches!(row.content, MessageContent::Redacted { .. } | MessageContent::Undecryptable { .. })
}
