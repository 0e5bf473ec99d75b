//! What a step comes to, given what its person sees, and how it is done: with Herold as its interface
//! does it, or with another client.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use herold_core::protocol::{
    ConversationId, Forward, Mentioned, MessageContent, MessageRow, OutgoingFiles, OutgoingText,
    Place, PollDraft, TextMention, TimelineRow,
};
use herold_testkit::{Device, Poll, picture::Picture};
use matrix_sdk::ruma::{OwnedEventId, RoomId};
use serde_json::json;

use super::{
    comparison::is_readable,
    script::{Act, ELSEWHERE, Step, Talk, Who},
};
use crate::support::{Person, messages, place, words};

/// How far back people look for something to answer, edit or react to, in messages.
const REACH: usize = 40;
/// Timelines stay open for about a dozen conversations; more threads would push out the rooms.
const MOST_THREADS: usize = 4;
pub(super) const KEYS: [&str; 4] = ["👍", "🎉", "😄", "🙏"];
const ANSWERS: [&str; 3] = ["Ja", "Nein", "Vielleicht"];

/// What a step comes to. Messages are named by their event identifiers.
#[derive(Debug)]
pub(super) enum Deed {
    Say(String),
    Format(String),
    Reply {
        to: String,
        text: String,
    },
    Edit {
        message: String,
        text: String,
    },
    React {
        message: String,
        key: &'static str,
    },
    TakeBack {
        message: String,
        key: &'static str,
        /// The reaction itself, where another client sent it.
        reaction: Option<OwnedEventId>,
    },
    Delete {
        message: String,
    },
    /// In the thread below a message.
    Answer {
        root: String,
        text: String,
    },
    Poll {
        question: String,
        open: bool,
    },
    Vote {
        poll: String,
        answer: String,
    },
    EndPoll {
        poll: String,
    },
    File(String),
    Picture(String),
    Place(String),
    Mention {
        label: String,
        user_id: String,
        text: String,
    },
    Pin {
        message: String,
    },
    Withdraw {
        poll: String,
    },
    Gallery([String; 2]),
    Voice(String),
    /// Into the same conversation.
    Forward {
        message: String,
        text: String,
    },
    Undo(String),
}

enum Reaction {
    Given { key: &'static str, event: Option<OwnedEventId> },
    TakenBack,
}

/// What was done, as far as later steps have to know.
#[derive(Default)]
pub(super) struct Record {
    /// Nobody reacts twice to a message: the server refuses the same reaction, and whether it still is
    /// the same is not known here without the network.
    reactions: HashMap<(Who, String), Reaction>,
    pub(super) roots: Vec<(Talk, String)>,
    ended: HashSet<String>,
}

impl Record {
    pub(super) fn note(&mut self, step: &Step, deed: Deed, event: Option<OwnedEventId>) {
        match deed {
            Deed::React { message, key } => {
                self.reactions.insert((step.who, message), Reaction::Given { key, event });
            }
            Deed::TakeBack { message, .. } => {
                self.reactions.insert((step.who, message), Reaction::TakenBack);
            }
            Deed::Answer { root, .. } => {
                let root = (step.talk, root);
                if !self.roots.contains(&root) {
                    self.roots.push(root);
                }
            }
            Deed::EndPoll { poll } => {
                self.ended.insert(poll);
            }
            _ => {}
        }
    }
}

/// What a step comes to, given what its person sees.
pub(super) fn choose(
    step: &Step,
    rows: &[TimelineRow],
    user_ids: &HashMap<Who, String>,
    record: &Record,
) -> Deed {
    let Step { number, who, talk, act, dice } = *step;
    let me = user_ids[&who].as_str();
    let seen = referable(rows);
    let pick = |fits: &dyn Fn(&str, &MessageRow) -> bool| {
        let fitting: Vec<_> =
            seen.iter().rev().filter(|(id, row)| fits(id, row)).take(REACH).collect();
        fitting.get(dice % fitting.len().max(1)).map(|(id, row)| ((*id).to_owned(), *row))
    };
    let given = |id: &str| match record.reactions.get(&(who, id.to_owned())) {
        Some(Reaction::Given { key, event }) => Some((*key, event.clone())),
        _ => None,
    };
    let is_root = |id: &str| record.roots.iter().any(|(_, root)| root == id);
    let text = || format!("Nummer {number}");
    let deed = match act {
        Act::Say => None,
        Act::Format => Some(Deed::Format(text())),
        Act::Reply => pick(&|_, _| true).map(|(to, _)| Deed::Reply { to, text: text() }),
        Act::Edit => pick(&|_, row| is_text(row) && row.sender.id == me)
            .map(|(message, _)| Deed::Edit { message, text: format!("{}, besser", text()) }),
        Act::React => {
            let is_new = |id: &str| !record.reactions.contains_key(&(who, id.to_owned()));
            let key = KEYS[dice % KEYS.len()];
            pick(&|id, _| is_new(id)).map(|(message, _)| Deed::React { message, key })
        }
        Act::TakeBack => {
            let shows = |row: &MessageRow, key: &str| {
                row.reactions.iter().any(|reaction| reaction.own && reaction.key == key)
            };
            let can = |id: &str, row: &MessageRow| {
                given(id).is_some_and(|(key, _)| ELSEWHERE.contains(&who) || shows(row, key))
            };
            pick(&can).and_then(|(message, _)| {
                let (key, reaction) = given(&message)?;
                Some(Deed::TakeBack { message, key, reaction })
            })
        }
        // An answer in a thread is never deleted: with its content it loses its thread, and who sees
        // it only then takes it for a message of the room (MSC3389).
        Act::Delete => {
            let moderates = who == Who::Clara && dice % 3 == 1;
            pick(&|id, row| {
                let may = moderates || row.sender.id == me;
                may && row.thread.is_none() && !is_root(id)
            })
            .map(|(message, _)| Deed::Delete { message })
        }
        Act::Answer => {
            let threads = record.roots.iter().filter(|(of, _)| *of == talk).count();
            let known = pick(&|id, _| is_root(id));
            let begins = threads < MOST_THREADS && (known.is_none() || dice % 3 == 1);
            let root = if begins { pick(&|_, row| is_text(row)) } else { known };
            root.map(|(root, _)| Deed::Answer { root, text: text() })
        }
        Act::Poll => Some(Deed::Poll { question: format!("{}?", text()), open: dice % 4 != 1 }),
        Act::Vote => pick(&|_, row| is_running_poll(row)).and_then(|(poll, row)| {
            let MessageContent::Poll { poll: card } = &row.content else { return None };
            let answer = card.answers.get((dice / 7) % ANSWERS.len())?;
            Some(Deed::Vote { poll, answer: answer.id.clone() })
        }),
        Act::EndPoll => {
            let is_mine = |id: &str, row: &MessageRow| {
                is_running_poll(row) && row.sender.id == me && !record.ended.contains(id)
            };
            pick(&is_mine).map(|(poll, _)| Deed::EndPoll { poll })
        }
        Act::File => Some(Deed::File(format!("{}.txt", text()))),
        Act::Picture => Some(Deed::Picture(format!("{}.png", text()))),
        Act::Place => Some(Deed::Place(text())),
        Act::Mention => {
            let whom = match (talk, who) {
                (Talk::Direct, Who::Anna) => Who::Ben,
                (Talk::Group, Who::Anna) => Who::Clara,
                _ => Who::Anna,
            };
            let label = format!("@{whom:?}");
            let text = format!("{label}: {}", text());
            Some(Deed::Mention { label, user_id: user_ids[&whom].clone(), text })
        }
        Act::Pin if who == Who::Clara => {
            pick(&|_, _| true).map(|(message, _)| Deed::Pin { message })
        }
        Act::Pin => None,
        Act::Withdraw => {
            pick(&|_, row| is_running_poll(row)).map(|(poll, _)| Deed::Withdraw { poll })
        }
        Act::Gallery => Some(Deed::Gallery(["a", "b"].map(|part| format!("{}{part}.txt", text())))),
        Act::Voice => Some(Deed::Voice(format!("{}.ogg", text()))),
        Act::Forward => pick(&|_, row| is_text(row)).map(|(message, row)| {
            let text = format!("{}, weitergeleitet: {}", text(), words(row));
            Deed::Forward { message, text }
        }),
        Act::Undo => Some(Deed::Undo(text())),
    };
    deed.unwrap_or_else(|| Deed::Say(text()))
}

/// What others can refer to: messages the server has, with something in them, each once.
fn referable(rows: &[TimelineRow]) -> Vec<(&str, &MessageRow)> {
    let mut seen = HashSet::new();
    messages(rows)
        .filter_map(|(_, row)| Some((row.event_id.as_deref()?, row)))
        .filter(|(id, row)| !id.is_empty() && is_readable(row) && seen.insert(*id))
        .collect()
}

fn is_text(row: &MessageRow) -> bool {
    matches!(row.content, MessageContent::Text { .. })
}

fn is_running_poll(row: &MessageRow) -> bool {
    matches!(&row.content, MessageContent::Poll { poll } if !poll.ended)
}

/// As the interface does it. Nothing here may wait for the network.
pub(super) async fn with_herold(
    person: &Person,
    room: &RoomId,
    request: &str,
    deed: &Deed,
) -> herold_core::Result<()> {
    let session = person.session();
    let here = place(room);
    match deed {
        Deed::Say(text) => session.send_message(&here, request, OutgoingText::new(text)).await,
        Deed::Format(text) => {
            let text = OutgoingText::new(format!("**{text}** mit `Code`"));
            session.send_message(&here, request, text).await
        }
        Deed::Reply { to, text } => {
            let text = OutgoingText { reply_to: Some(to.clone()), ..OutgoingText::new(text) };
            session.send_message(&here, request, text).await
        }
        Deed::Edit { message, text } => {
            let text = OutgoingText { edits: Some(message.clone()), ..OutgoingText::new(text) };
            session.send_message(&here, request, text).await
        }
        Deed::React { message, key } | Deed::TakeBack { message, key, .. } => {
            session.toggle_reaction(&here, message, key).await
        }
        Deed::Delete { message } => session.redact_message(room.as_str(), message, None).await,
        Deed::Answer { root, text } => {
            let thread = ConversationId::thread(room.as_str(), root);
            session.send_message(&thread, request, OutgoingText::new(text)).await
        }
        Deed::Poll { question, open } => {
            let poll = PollDraft {
                question: question.clone(),
                answers: ANSWERS.iter().map(ToString::to_string).collect(),
                open: *open,
                max_selections: 1,
            };
            session.send_poll(&here, request, poll).await
        }
        Deed::Vote { poll, answer } => session.vote(&here, poll, vec![answer.clone()]).await,
        Deed::EndPoll { poll } => session.end_poll(&here, poll, "Ende").await,
        Deed::File(name) => send_files(person, room, request, "text/plain", &[name]).await,
        Deed::Picture(name) => send_files(person, room, request, "image/png", &[name]).await,
        Deed::Place(description) => {
            let place =
                Place { description: description.clone(), latitude: 48.137, longitude: 11.575 };
            session.send_location(&here, request, place).await
        }
        Deed::Mention { label, user_id, text } => {
            let target = Mentioned::Person { user_id: user_id.clone() };
            let mentions = vec![TextMention { label: label.clone(), target }];
            let text = OutgoingText { mentions, ..OutgoingText::new(text) };
            session.send_message(&here, request, text).await
        }
        Deed::Pin { message } => session.set_pinned(room.as_str(), message, true).await,
        Deed::Withdraw { poll } => session.vote(&here, poll, Vec::new()).await,
        Deed::Gallery([a, b]) => send_files(person, room, request, "text/plain", &[a, b]).await,
        Deed::Voice(name) => send_files(person, room, request, "audio/ogg", &[name]).await,
        Deed::Forward { message, text } => {
            let attribution = text.clone();
            let forward = Forward { event_id: message.clone(), attribution };
            let room = room.to_string();
            session.forward_messages(&room, request, &[forward], std::slice::from_ref(&room)).await
        }
        Deed::Undo(text) => {
            session.send_message(&here, request, OutgoingText::new(text)).await?;
            session.undo_send(request).await.map(drop)
        }
    }
}

/// Pictures show something; of other files only the name matters.
async fn send_files(
    person: &Person,
    room: &RoomId,
    request: &str,
    mime_type: &str,
    names: &[&String],
) -> herold_core::Result<()> {
    let session = person.session();
    let mut files = Vec::new();
    for name in names {
        let bytes = match mime_type {
            "image/png" => Picture::avatar(name).png,
            _ => name.as_bytes().to_vec(),
        };
        files.push(session.stage_bytes(name, mime_type, bytes).await?.id);
    }
    let files = OutgoingFiles {
        gallery: files.len() > 1,
        files,
        caption: OutgoingText::default(),
        keep_metadata: false,
    };
    session.send_files(&place(room), request, files).await
}

pub(super) async fn with_another_client(
    device: &Device,
    room: &RoomId,
    deed: &Deed,
) -> Option<OwnedEventId> {
    let sent = match deed {
        Deed::Say(text) => device.send(room, text).await,
        Deed::Format(text) => {
            let html = format!("<strong>{text}</strong> mit <code>Code</code>");
            device.send_html(room, &format!("**{text}** mit `Code`"), &html).await
        }
        Deed::Reply { to, text } => device.reply(room, &event(to), text).await,
        Deed::Edit { message, text } => device.edit(room, &event(message), text).await,
        Deed::React { message, key } => device.react(room, &event(message), key).await,
        Deed::TakeBack { reaction, .. } => {
            let reaction = reaction.as_ref().expect("a reaction of another client is an event");
            device.redact(room, reaction, None).await;
            return None;
        }
        Deed::Delete { message } => {
            device.redact(room, &event(message), None).await;
            return None;
        }
        Deed::Answer { root, text } => device.reply_in_thread(room, &event(root), text).await,
        Deed::Poll { question, open } => {
            let poll = Poll { disclosed: *open, ..Poll::new(question, &ANSWERS) };
            device.send_poll(room, &poll).await
        }
        Deed::Vote { poll, answer } => {
            // Answers of a poll that Herold made have other names than those of the testkit.
            let kind = "org.matrix.msc3381.poll.response";
            let vote = json!({
                "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
                "org.matrix.msc3381.poll.response": { "answers": [answer] },
            });
            device.send_raw(room, kind, vote).await
        }
        Deed::EndPoll { poll } => device.end_poll(room, &event(poll)).await,
        Deed::File(name) => {
            device.send_file(room, name, &mime::TEXT_PLAIN, name.as_bytes().to_vec()).await
        }
        Deed::Picture(name) => device.send_image(room, name, &Picture::avatar(name)).await,
        Deed::Place(description) => {
            let content = json!({
                "msgtype": "m.location",
                "body": description,
                "geo_uri": "geo:48.137,11.575",
            });
            device.send_raw(room, "m.room.message", content).await
        }
        Deed::Mention { user_id, text, .. } => device.mention(room, text, &[user_id]).await,
        Deed::Pin { message } => {
            let pinned = json!({ "pinned": [message] });
            device.send_state(room, "m.room.pinned_events", "", pinned).await
        }
        Deed::Withdraw { poll } => {
            let vote = json!({
                "m.relates_to": { "rel_type": "m.reference", "event_id": poll },
                "org.matrix.msc3381.poll.response": { "answers": [] },
            });
            device.send_raw(room, "org.matrix.msc3381.poll.response", vote).await
        }
        Deed::Gallery([name, _]) => {
            device.send_file(room, name, &mime::TEXT_PLAIN, name.as_bytes().to_vec()).await
        }
        Deed::Voice(name) => {
            let loudness = vec![0.2, 0.8, 0.4];
            let ogg = name.as_bytes().to_vec();
            device.send_voice(room, ogg, Duration::from_secs(3), loudness).await
        }
        Deed::Forward { text, .. } => device.send(room, text).await,
        Deed::Undo(text) => {
            let sent = device.send(room, text).await;
            device.redact(room, &sent, None).await;
            return None;
        }
    };
    Some(sent)
}

pub(super) fn event(id: &str) -> OwnedEventId {
    id.parse().expect("an event identifier")
}
