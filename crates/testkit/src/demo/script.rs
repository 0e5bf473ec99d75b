//! The plain-text form in which the rooms of the demo are written.
//!
//! ```text
//! name: Straßenfest            A head: name, topic, kind (group, direct, channel, space,
//! members: clara, anna         invite), encrypted, tag, unread, alias. The first member
//! ---                          creates the room.
//! -3 09:14 clara =plan: Hallo  Three days ago at 9:14, clara says something; it is called plan.
//!     Second line.             Four blanks continue a text. Texts are Markdown; @jens is a mention.
//! -20m jens >plan: Gern!       Twenty minutes ago, a reply. In encrypted rooms times are ignored.
//! -19m anna +plan: 👍          A reaction. Also: ~plan (edit), !thread plan, !pin plan,
//! -18m jens !poll =p: Q? | A   !redact plan, !poll, !vote p: 0, !end p, !image, !file,
//! -17m anna !vote p: 0         !location: lat,lon | name.
//! ```

/// A room and what is said in it.
#[derive(Debug)]
pub(super) struct Script {
    pub(super) name: String,
    pub(super) topic: Option<String>,
    pub(super) kind: Kind,
    pub(super) encrypted: bool,
    pub(super) members: Vec<String>,
    pub(super) tag: Option<String>,
    /// How many of the last lines Anna has not read.
    pub(super) unread: usize,
    pub(super) alias: Option<String>,
    pub(super) lines: Vec<Line>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Group,
    Direct,
    Channel,
    Space,
    /// Anna has been invited and has not answered.
    Invite,
}

#[derive(Debug)]
pub(super) struct Line {
    pub(super) time: Time,
    pub(super) who: String,
    pub(super) label: Option<String>,
    pub(super) act: Act,
    pub(super) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Time {
    /// Days before today, and minutes since midnight.
    Day(u64, u64),
    MinutesAgo(u64),
}

/// What a line does; the strings are labels of earlier lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Act {
    Say,
    Reply(String),
    Thread(String),
    Edit(String),
    React(String),
    Redact(String),
    Pin(String),
    Poll,
    Vote(String),
    End(String),
    Image,
    File,
    Location,
}

/// Panics with the line that is not understood.
pub(super) fn parse(text: &str) -> Script {
    let (head, body) = text.split_once("\n---\n").expect("a script has a head, --- and a body");
    let mut script = Script {
        name: String::new(),
        topic: None,
        kind: Kind::Group,
        encrypted: false,
        members: Vec::new(),
        tag: None,
        unread: 0,
        alias: None,
        lines: Vec::new(),
    };
    for line in head.lines() {
        let (key, value) =
            line.split_once(": ").unwrap_or_else(|| panic!("not a line of a head: {line}"));
        let value_text = value.trim().to_owned();
        match key {
            "name" => script.name = value_text,
            "topic" => script.topic = Some(value_text),
            "kind" => script.kind = parse_kind(value),
            "encrypted" => script.encrypted = value == "yes",
            "members" => script.members = value.split(", ").map(str::to_owned).collect(),
            "tag" => script.tag = Some(value_text),
            "unread" => script.unread = value.parse().expect("unread is a number"),
            "alias" => script.alias = Some(value_text),
            _ => panic!("a script's head has no {key}"),
        }
    }
    for line in body.lines() {
        if let Some(more) = line.strip_prefix("    ") {
            let last = script.lines.last_mut().expect("a text to continue");
            last.text.push('\n');
            last.text.push_str(more);
        } else if line.is_empty() {
            // A blank line inside a text (between paragraphs) or between two lines.
            if let Some(last) = script.lines.last_mut() {
                last.text.push('\n');
            }
        } else {
            script.lines.push(parse_line(line));
        }
    }
    for line in &mut script.lines {
        line.text.truncate(line.text.trim_end().len());
    }
    script
}

fn parse_kind(text: &str) -> Kind {
    match text {
        "group" => Kind::Group,
        "direct" => Kind::Direct,
        "channel" => Kind::Channel,
        "space" => Kind::Space,
        "invite" => Kind::Invite,
        _ => panic!("there is no kind of room called {text}"),
    }
}

fn parse_line(line: &str) -> Line {
    let (head, text) = line.split_once(": ").unwrap_or((line.trim_end_matches(':'), ""));
    let mut words = head.split_whitespace();
    let mut word = || words.next().unwrap_or_else(|| panic!("incomplete line: {line}"));
    let first = word().strip_prefix('-').unwrap_or_else(|| panic!("no time: {line}"));
    let time = match first.strip_suffix('m') {
        Some(minutes) => Time::MinutesAgo(minutes.parse().expect("minutes ago")),
        None => {
            let (hours, minutes) = word().split_once(':').expect("a time of day");
            let hours: u64 = hours.parse().expect("hours");
            let minutes: u64 = minutes.parse().expect("minutes");
            Time::Day(first.parse().expect("days ago"), hours * 60 + minutes)
        }
    };
    let who = word().to_owned();
    let (mut label, mut act) = (None, Act::Say);
    while let Some(word) = words.next() {
        let mut target = || words.next().unwrap_or_else(|| panic!("no label: {line}")).to_owned();
        act = match (word.split_at(1), word) {
            (("=", name), _) => {
                label = Some(name.to_owned());
                continue;
            }
            ((">", name), _) => Act::Reply(name.to_owned()),
            (("~", name), _) => Act::Edit(name.to_owned()),
            (("+", name), _) => Act::React(name.to_owned()),
            (_, "!thread") => Act::Thread(target()),
            (_, "!redact") => Act::Redact(target()),
            (_, "!pin") => Act::Pin(target()),
            (_, "!vote") => Act::Vote(target()),
            (_, "!end") => Act::End(target()),
            (_, "!poll") => Act::Poll,
            (_, "!image") => Act::Image,
            (_, "!file") => Act::File,
            (_, "!location") => Act::Location,
            _ => panic!("{word} is not understood in: {line}"),
        };
    }
    Line { time, who, label, act, text: text.to_owned() }
}

impl Script {
    /// When something was last said, in milliseconds since 1970; 0 for silent rooms.
    pub(super) fn last_time(&self, now: u64) -> u64 {
        let times = self.lines.iter().filter(|_| !self.encrypted).map(|line| line.time.before(now));
        times.max().unwrap_or(0)
    }
}

impl Time {
    /// Milliseconds since 1970. Days are those of Central European Time.
    pub(super) fn before(self, now: u64) -> u64 {
        const MINUTE: u64 = 60_000;
        const DAY: u64 = 24 * 60 * MINUTE;
        const ZONE: u64 = 60 * MINUTE;
        match self {
            Self::MinutesAgo(minutes) => now - minutes * MINUTE,
            Self::Day(days, minutes) => {
                let midnight = (now + ZONE) / DAY * DAY - ZONE;
                (midnight - days * DAY + minutes * MINUTE).min(now)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_script_is_read_with_labels_times_and_paragraphs() {
        let script = parse(
            "name: Fest\nmembers: clara, anna\nunread: 1\n---\n\
             -3 09:14 clara =plan: Hallo: alle\n    Zweite Zeile\n\n    Absatz\n\
             -20m anna >plan: Gern!\n-19m anna !vote plan: 1\n",
        );
        assert_eq!((script.members.len(), script.unread), (2, 1));
        assert_eq!(script.lines[0].text, "Hallo: alle\nZweite Zeile\n\nAbsatz");
        assert_eq!(script.lines[0].time, Time::Day(3, 9 * 60 + 14));
        assert_eq!(script.lines[0].label.as_deref(), Some("plan"));
        assert_eq!(script.lines[1].act, Act::Reply("plan".to_owned()));
        assert_eq!(script.lines[1].time, Time::MinutesAgo(20));
        assert_eq!(script.lines[2].act, Act::Vote("plan".to_owned()));
    }
}
