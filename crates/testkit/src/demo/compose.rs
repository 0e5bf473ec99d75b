//! Turns a line of a script into the content of an event.

use ruma::events::room::message::FormattedBody;
use serde_json::{Value, json};

use super::{
    people::{self, PEOPLE},
    script::{Act, Line},
};
use crate::{
    Poll,
    device::{end_content, vote_content},
};

/// Type and content of an event. `id` gives the event id of a label, `media` the address and
/// `info` of an uploaded file.
pub(super) fn content(
    line: &Line,
    id: impl Fn(&str) -> String,
    media: impl Fn(&str) -> (String, Value),
) -> (&'static str, Value) {
    let message = "m.room.message";
    match &line.act {
        Act::Say => (message, text(&line.text)),
        Act::Reply(to) => {
            let mut content = text(&line.text);
            content["m.relates_to"] = json!({ "m.in_reply_to": { "event_id": id(to) } });
            (message, content)
        }
        Act::Thread(root) => {
            let mut content = text(&line.text);
            content["m.relates_to"] = json!({
                "rel_type": "m.thread",
                "event_id": id(root),
                "is_falling_back": true,
                "m.in_reply_to": { "event_id": id(root) },
            });
            (message, content)
        }
        Act::Edit(of) => {
            let new = text(&line.text);
            let mut content = new.clone();
            content["body"] = json!(format!("* {}", new["body"].as_str().unwrap_or_default()));
            content["m.new_content"] = new;
            content["m.relates_to"] = json!({ "rel_type": "m.replace", "event_id": id(of) });
            (message, content)
        }
        Act::React(to) => {
            let relation =
                json!({ "rel_type": "m.annotation", "event_id": id(to), "key": line.text });
            ("m.reaction", json!({ "m.relates_to": relation }))
        }
        Act::Redact(what) => {
            ("m.room.redaction", json!({ "redacts": id(what), "reason": line.text }))
        }
        Act::Pin(what) => ("m.room.pinned_events", json!({ "pinned": [id(what)] })),
        Act::Poll => {
            let (question, answers) = line.text.split_once(" | ").expect("a poll has answers");
            let answers: Vec<_> = answers.split(" | ").collect();
            ("org.matrix.msc3381.poll.start", Poll::new(question, &answers).content())
        }
        Act::Vote(poll) => {
            let answers: Vec<_> = line
                .text
                .split(',')
                .map(|n| n.trim().parse().expect("an answer's number"))
                .collect();
            ("org.matrix.msc3381.poll.response", vote_content(&id(poll), &answers))
        }
        Act::End(poll) => ("org.matrix.msc3381.poll.end", end_content(&id(poll), &line.text)),
        Act::Image => (message, attachment("m.image", &line.text, media)),
        Act::File => (message, attachment("m.file", &line.text, media)),
        Act::Location => {
            let (place, name) = line.text.split_once(" | ").expect("a location has a name");
            let uri = format!("geo:{place}");
            let content = json!({
                "msgtype": "m.location",
                "body": format!("{name}: {uri}"),
                "geo_uri": uri,
                "org.matrix.msc3488.location": { "uri": uri, "description": name },
                "org.matrix.msc3488.asset": { "type": "m.pin" },
            });
            (message, content)
        }
    }
}

fn attachment(kind: &str, text: &str, media: impl Fn(&str) -> (String, Value)) -> Value {
    let (name, caption) = text.split_once(" | ").unwrap_or((text, text));
    let (url, info) = media(name);
    json!({ "msgtype": kind, "body": caption, "filename": name, "url": url, "info": info })
}

/// A text with its Markdown and its mentions.
pub(super) fn text(markdown: &str) -> Value {
    let (mut plain, mut linked) = (markdown.to_owned(), markdown.to_owned());
    let mut mentioned = Vec::new();
    for person in &PEOPLE {
        let mark = format!("@{}", person.key);
        if markdown.contains(&mark) {
            let link = format!("[{}](https://matrix.to/#/{})", person.short_name(), person.id());
            plain = plain.replace(&mark, person.short_name());
            linked = linked.replace(&mark, &link);
            mentioned.push(people::find(person.key).id());
        }
    }
    let mut content = json!({ "msgtype": "m.text", "body": plain });
    if let Some(formatted) = FormattedBody::markdown(&linked) {
        content["format"] = json!("org.matrix.custom.html");
        content["formatted_body"] = json!(formatted.body.trim_end());
    }
    if !mentioned.is_empty() {
        content["m.mentions"] = json!({ "user_ids": mentioned });
    }
    content
}
