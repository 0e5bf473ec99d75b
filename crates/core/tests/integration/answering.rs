//! What people do with each other's messages: answer, react, edit, pin, look closer.
//! Everything is looked at from both ends: what Anna's screen shows, and what Ben's client got.

use std::time::Duration;

use herold_core::protocol::{
    ConnectionState, ConversationId, Direction, Draft, ErrorKind, ErrorReason, Mentioned,
    MessageContent, MoreOutcome, OutgoingText, Place, PreviewContent, TextMention, TimelineFocus,
    TimelineRow,
};
use herold_testkit::{
    Fault, Message,
    seed::{Event, Room},
    shared_synapse,
};
use matrix_sdk::ruma::OwnedEventId;
use serde_json::json;

use crate::support::{
    Conversation, PATIENCE, Person, View, has_arrived, message_with, place, saying, sent, texts,
    words,
};

async fn send(anna: &Person, to: &ConversationId, request: &str, message: OutgoingText) {
    anna.session().send_message(to, request, message).await.expect("storing a message");
}

/// Ben asks, and Anna answers "Um neun.". Returns the question.
async fn ask_and_answer(talk: &Conversation, timeline: &mut View<TimelineRow>) -> OwnedEventId {
    let question = talk.ben.send(&talk.room, "Wann ist die Sitzung?").await;
    timeline.wait_for("the question", |rows| saying(rows, "Wann ist die Sitzung?")).await;
    let answer =
        OutgoingText { reply_to: Some(question.to_string()), ..OutgoingText::new("Um neun.") };
    send(&talk.anna, &place(&talk.room), "answer", answer).await;
    question
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn formatting_and_mentions_reach_other_clients_as_matrix_writes_them() {
    let talk = Conversation::begin().await;
    let mention = TextMention {
        label: "@Ben".into(),
        target: Mentioned::Person { user_id: talk.ben.user_id().to_string() },
    };
    let text = "Hallo @Ben, **bitte** `prüfen` <b>nicht</b>.";
    let outgoing = OutgoingText { mentions: vec![mention.clone()], ..OutgoingText::new(text) };
    send(&talk.anna, &place(&talk.room), "1", outgoing).await;
    let seen = talk.ben.wait_for_text(&talk.room, text, PATIENCE).await;
    let content = &seen.raw["content"];
    assert_eq!(content["m.mentions"]["user_ids"], json!([talk.ben.user_id()]));
    let html = content["formatted_body"].as_str().unwrap();
    let link = format!("<a href=\"https://matrix.to/#/{}\">@Ben</a>", talk.ben.user_id());
    assert!(html.contains(&link), "{html}");
    assert!(html.contains("<strong>bitte</strong>") && html.contains("&lt;b&gt;"), "{html}");

    // To be edited, it comes back as it was typed.
    let session = talk.anna.session();
    let source = session.message_source(&place(&talk.room), seen.event_id.as_str()).await.unwrap();
    assert_eq!(source, Draft { text: text.into(), mentions: vec![mention], ..Draft::default() });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_quotes_what_was_said_long_before_it() {
    let server = shared_synapse().await;
    let (anna, ben) = (server.user("Anna").await, server.user("Ben").await);
    let answer = |id: &str, text: &str| {
        let relation = json!({ "m.in_reply_to": { "event_id": id } });
        let content = json!({ "msgtype": "m.text", "body": text, "m.relates_to": relation });
        Event::new(&ben.id, "m.room.message", content)
    };
    let between = (0..150).map(|number| Event::message(&ben.id, &format!("Zeile {number}")));
    let written = Room {
        creator: ben.id.clone(),
        config: json!({ "name": "Lange her", "preset": "public_chat" }),
        batches: vec![
            vec![Event::message(&ben.id, "Wann ist die Sitzung?")],
            vec![Event::join(&anna.id)],
            between.collect(),
            vec![answer("$ref:0", "Um neun."), answer("$nirgends", "Dazu nichts.")],
        ],
        ..Room::default()
    };
    let (person, room) = Person::in_written_room(server, &anna, written).await;
    let mut timeline = person.timeline(&room).await;
    let quoted = |rows: &[TimelineRow], text: &str| {
        saying(rows, text).and_then(|(_, message)| message.reply_to).filter(|reply| !reply.loading)
    };
    let found = timeline.wait_for("the quotation", |rows| quoted(rows, "Um neun.")).await;
    let said = PreviewContent::Text { text: "Wann ist die Sitzung?".into() };
    assert_eq!(found.content, Some(said));
    assert_eq!(found.sender.map(|sender| sender.name), Some("Ben".to_owned()));
    assert!(saying(timeline.rows(), "Wann ist die Sitzung?").is_none(), "it is far above");
    let found = timeline.wait_for("that there is none", |rows| quoted(rows, "Dazu nichts.")).await;
    assert_eq!((found.sender, found.content), (None, None));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_mentioned_room_without_an_address_says_where_it_is_found() {
    let talk = Conversation::begin().await;
    let plan = talk.ben.create_room("Plan", false, &[&talk.anna.user.id]).await;
    talk.anna.accept(&plan).await;
    let mention =
        TextMention { label: "#Plan".into(), target: Mentioned::Room { room: plan.to_string() } };
    let outgoing =
        OutgoingText { mentions: vec![mention.clone()], ..OutgoingText::new("Siehe #Plan") };
    send(&talk.anna, &place(&talk.room), "1", outgoing).await;
    let seen = talk.ben.wait_for_text(&talk.room, "Siehe #Plan", PATIENCE).await;
    let html = seen.raw["content"]["formatted_body"].as_str().unwrap();
    assert!(html.contains(&format!("?via={}", talk.server.server_name())), "{html}");

    // To be edited, it comes back as it was typed.
    let session = talk.anna.session();
    let source = session.message_source(&place(&talk.room), seen.event_id.as_str()).await.unwrap();
    assert_eq!(source.mentions, [mention]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_answer_names_what_it_answers_and_an_edit_replaces_it_everywhere() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let question = ask_and_answer(&talk, &mut timeline).await;
    let seen = talk.ben.wait_for_text(&talk.room, "Um neun.", PATIENCE).await;
    let relation = &seen.raw["content"]["m.relates_to"];
    assert_eq!(relation["m.in_reply_to"]["event_id"], question.as_str());
    let (_, row) = timeline.wait_for("the answer", |rows| saying(rows, "Um neun.")).await;
    let quoted = row.reply_to.expect("the answer quotes");
    assert_eq!(quoted.event_id, question.as_str());
    assert_eq!(quoted.content, Some(PreviewContent::Text { text: "Wann ist die Sitzung?".into() }));

    let event = sent(&mut timeline, "Um neun.").await;
    let edit = OutgoingText { edits: Some(event.to_string()), ..OutgoingText::new("Um zehn.") };
    send(&talk.anna, &here, "2", edit).await;
    let replaced = talk
        .ben
        .wait_for_message(
            &talk.room,
            |message| message.raw["content"]["m.new_content"]["body"] == "Um zehn.",
            PATIENCE,
        )
        .await;
    assert_eq!(replaced.raw["content"]["m.relates_to"]["rel_type"], "m.replace");
    let (_, row) = timeline.wait_for("the edit", |rows| saying(rows, "Um zehn.")).await;
    assert!(row.edited && row.editable);
    assert!(row.reply_to.is_some(), "an edited answer stays an answer");
    assert_eq!(texts(timeline.rows()), ["Wann ist die Sitzung?", "Um zehn."]);

    let session = talk.anna.session();
    let history = session.edit_history(talk.room.as_str(), event.as_str()).await.unwrap();
    let states: Vec<String> = history
        .iter()
        .map(|revision| herold_core::plain_text(revision.blocks.as_deref().unwrap_or_default()))
        .collect();
    assert_eq!(states, ["Um neun.", "Um zehn."]);
    // A message of somebody else cannot be edited.
    let foreign = OutgoingText { edits: Some(question.to_string()), ..OutgoingText::new("x") };
    let error = session.send_message(&here, "3", foreign).await.expect_err("not Anna's");
    assert_eq!(error.kind, ErrorKind::Forbidden);

    // Nor can one that was deleted meanwhile, and that is what is said of it.
    session.redact_message(talk.room.as_str(), event.as_str(), None).await.expect("deleting");
    timeline.wait_until("it is gone", |rows| !texts(rows).contains(&"Um zehn.".to_owned())).await;
    let edit = OutgoingText { edits: Some(event.to_string()), ..OutgoingText::new("Um elf.") };
    let error = session.send_message(&here, "4", edit).await.expect_err("deleted");
    assert_eq!(error.reason, Some(ErrorReason::MessageDeleted));
    let error = session.message_source(&place(&talk.room), event.as_str()).await;
    assert_eq!(error.expect_err("deleted").reason, Some(ErrorReason::MessageDeleted));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_edit_notifies_whom_no_state_before_it_addressed() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    ask_and_answer(&talk, &mut timeline).await;
    let event = sent(&mut timeline, "Um neun.").await;

    let clara = "@clara:example.org";
    let mentions = vec![
        TextMention {
            label: "@Clara".into(),
            target: Mentioned::Person { user_id: clara.to_owned() },
        },
        TextMention { label: "@room".into(), target: Mentioned::Everyone },
    ];
    let mut everybody = [clara.to_owned(), talk.ben.user_id().to_string()];
    everybody.sort();
    for (text, new) in [
        ("Um zehn, @Clara und @room", json!({ "user_ids": [clara], "room": true })),
        ("Um elf, @Clara und @room", json!({})),
    ] {
        let edit = OutgoingText {
            edits: Some(event.to_string()),
            mentions: mentions.clone(),
            ..OutgoingText::new(text)
        };
        send(&talk.anna, &here, text, edit).await;
        let is_it = |seen: &Message| seen.raw["content"]["m.new_content"]["body"] == text;
        let seen = talk.ben.wait_for_message(&talk.room, is_it, PATIENCE).await;
        let content = &seen.raw["content"];
        assert_eq!(content["m.mentions"], new, "{text}");
        let all = &content["m.new_content"]["m.mentions"];
        assert_eq!(*all, json!({ "user_ids": everybody, "room": true }), "{text}");
        let has_edit = |rows: &[TimelineRow]| saying(rows, text).map(|_| ());
        timeline.wait_for("the edit", has_edit).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn reactions_are_counted_and_taken_away() {
    let talk = Conversation::begin().await;
    let here = place(&talk.room);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let event = talk.ben.send(&talk.room, "Fertig").await;
    timeline.wait_for("the message", |rows| saying(rows, "Fertig")).await;
    talk.ben.react(&talk.room, &event, "🎉").await;
    let session = talk.anna.session();
    session.toggle_reaction(&here, event.as_str(), "🎉").await.expect("reacting");
    let row = timeline
        .wait_for("two reactions", |rows| {
            saying(rows, "Fertig").map(|(_, row)| row).filter(|row| {
                row.reactions.iter().any(|reaction| reaction.count == 2 && reaction.own)
            })
        })
        .await;
    let mut names = row.reactions[0].names.clone();
    names.sort();
    assert_eq!(names, ["Anna", "Ben"], "people are called by their names");
    let details = session.message_details(talk.room.as_str(), event.as_str()).await.unwrap();
    assert_eq!(details.reactions[0].people.len(), 2);
    // What is under way just now is not taken back by the SDK (0.19.1, `toggle_reaction_local`).
    let is_annas = |seen: &Message| {
        seen.kind == "m.reaction" && seen.sender.as_str() == talk.anna.user.id.as_str()
    };
    talk.ben.wait_for_message(&talk.room, is_annas, PATIENCE).await;
    session.toggle_reaction(&here, event.as_str(), "🎉").await.expect("taking away");
    timeline
        .wait_until("one reaction", |rows| {
            saying(rows, "Fertig").is_some_and(|(_, row)| {
                row.reactions.iter().any(|reaction| reaction.count == 1 && !reaction.own)
            })
        })
        .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pins_are_listed_and_kept_beside_those_of_others() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let first = talk.ben.send(&talk.room, "Türcode").await;
    let second = talk.ben.send(&talk.room, "Notfallnummer").await;
    let third = talk.ben.send(&talk.room, "Dienstplan").await;
    timeline.wait_for("all", |rows| saying(rows, "Dienstplan")).await;
    let mut details = talk.anna.details(&talk.room);
    pin(&talk, &[&first]).await;
    details.wait_for("the first pin", |room| room.pinned.len() == 1).await;

    // Ben has pinned another, of which Anna's device does not know yet.
    let late = Fault::Slow { latency: Duration::from_secs(3) };
    talk.proxy.set_for("/sync", late.clone()).await;
    talk.proxy.cut_connections();
    pin(&talk, &[&first, &second]).await;
    let session = talk.anna.session();
    session.set_pinned(talk.room.as_str(), third.as_str(), true).await.expect("pinning");
    talk.proxy.clear().await;
    details.wait_for("all pins", |room| room.pinned.len() == 3).await;

    // Something is pinned while the list is loaded for the first time.
    session.set_pinned(talk.room.as_str(), second.as_str(), false).await.expect("unpinning");
    details.wait_for("two pins", |room| room.pinned.len() == 2).await;
    talk.proxy.set_for("/relations/", late).await;
    let mut pins = talk.anna.focused(&talk.room, TimelineFocus::Pinned).await;
    session.set_pinned(talk.room.as_str(), second.as_str(), true).await.expect("pinning");
    details.wait_for("three pins again", |room| room.pinned.len() == 3).await;
    talk.proxy.clear().await;
    let all = ["Türcode", "Notfallnummer", "Dienstplan"];
    pins.wait_until("all pins", |rows| texts(rows) == all).await;

    session.set_pinned(talk.room.as_str(), first.as_str(), false).await.expect("unpinning");
    pins.wait_until("two of them", |rows| texts(rows) == all[1..]).await;
}

async fn pin(talk: &Conversation, events: &[&OwnedEventId]) {
    let content = json!({ "pinned": events });
    talk.ben.send_state(&talk.room, "m.room.pinned_events", "", content).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reaction_joins_the_one_that_looks_the_same_and_is_taken_back_as_it_was_given() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let event = talk.ben.send(&talk.room, "Fertig").await;
    let (plain, coloured) = ("👍", "👍\u{FE0F}");
    let long = "sehr ".repeat(8) + "gut";
    for key in [plain, &long] {
        talk.ben.react(&talk.room, &event, key).await;
    }
    let reactions = |rows: &[TimelineRow]| {
        message_with(rows, event.as_str()).map(|row| row.reactions.clone()).unwrap_or_default()
    };
    timeline.wait_until("both", |rows| reactions(rows).len() == 2).await;
    let is_annas = |event: &serde_json::Value| {
        event["content"]["m.relates_to"]["key"] == long.as_str()
            && event["sender"] == talk.anna.user.id.as_str()
    };
    let shown: Vec<String> =
        reactions(timeline.rows()).into_iter().map(|reaction| reaction.key).collect();
    for (count, own) in [(2, true), (1, false)] {
        session.toggle_reaction(&here, event.as_str(), coloured).await.expect("reacting");
        session.toggle_reaction(&here, event.as_str(), &shown[1]).await.expect("reacting");
        timeline
            .wait_until("two kinds still", |rows| {
                let all = reactions(rows);
                all.len() == 2 && all.iter().all(|one| (one.count, one.own) == (count, own))
            })
            .await;
        if own {
            // What is under way just now is not taken back by the SDK (0.19.1, `toggle_reaction_local`).
            talk.ben.wait_for_message(&talk.room, |seen| is_annas(&seen.raw), PATIENCE).await;
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_place_is_sent_as_text_coordinates_and_link() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let here = place(&talk.room);
    let at = |latitude| Place { description: "Rathaus".into(), latitude, longitude: 11.575 };
    session.send_location(&here, "1", at(48.137)).await.expect("sending a place");
    let seen = talk
        .ben
        .wait_for_message(&talk.room, |m| m.raw["content"]["msgtype"] == "m.location", PATIENCE)
        .await;
    assert_eq!(seen.raw["content"]["geo_uri"], "geo:48.137,11.575");
    assert_eq!(seen.body, "Rathaus (geo:48.137,11.575)");
    for wrong in [91.0, f64::NAN, f64::INFINITY] {
        let error = session.send_location(&here, "2", at(wrong)).await.expect_err("no place");
        assert_eq!(error.kind, ErrorKind::Invalid);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_can_jump_to_an_old_message_and_read_on_from_there() {
    let talk = Conversation::begin().await;
    let mut events = Vec::new();
    for number in 0..70 {
        events.push(talk.ben.send(&talk.room, &format!("Nummer {number}")).await);
    }
    let old = &events[5];
    let focus = TimelineFocus::Event { event_id: old.to_string() };
    let mut view = talk.anna.focused(&talk.room, focus.clone()).await;
    view.wait_for("the old message", |rows| saying(rows, "Nummer 5")).await;
    assert!(saying(view.rows(), "Nummer 69").is_none(), "the end is far away");
    let session = talk.anna.session();
    session.toggle_reaction(&place(&talk.room), old.as_str(), "👍").await.expect("reacting");
    view.wait_for("the reaction", |rows| {
        saying(rows, "Nummer 5").filter(|(_, row)| row.reactions.iter().any(|r| r.own))
    })
    .await;
    let details = session.message_details(talk.room.as_str(), old.as_str()).await.unwrap();
    assert_eq!(details.reactions.len(), 1, "who reacted can be seen");
    assert!(!details.all_readers_known, "what came after it is not loaded");
    while view.load(Direction::Newer).await == MoreOutcome::More {}
    view.wait_for("the end", |rows| saying(rows, "Nummer 69")).await;
    let numbers: Vec<String> = texts(view.rows());
    let mut sorted = numbers.clone();
    sorted.sort_by_key(|text| text.rsplit(' ').next().unwrap().parse::<u32>().unwrap());
    assert_eq!(numbers, sorted, "in order and without doubles");

    // Whoever comes back sees what was done meanwhile.
    drop(view);
    talk.ben.edit(&talk.room, old, "Nummer fünf").await;
    talk.ben.redact(&talk.room, &events[6], None).await;
    let mut view = talk.anna.focused(&talk.room, focus).await;
    view.wait_until("the edit and the deletion", |rows| {
        let deleted = message_with(rows, events[6].as_str());
        saying(rows, "Nummer fünf").is_some()
            && deleted.is_some_and(|row| matches!(row.content, MessageContent::Redacted { .. }))
    })
    .await;

    // Why a jump leads nowhere is said.
    let nowhere = TimelineFocus::Event { event_id: "$gibt-es-nicht".to_owned() };
    assert_eq!(talk.anna.unfocused(&talk.room, nowhere).await, ErrorKind::NotFound);
    talk.proxy.set(Fault::Cut).await;
    let far = TimelineFocus::Event { event_id: events[30].to_string() };
    assert_eq!(talk.anna.unfocused(&talk.room, far).await, ErrorKind::Offline);
    talk.proxy.clear().await;
    talk.anna.online().await;

    let date = session.event_at_date(talk.room.as_str(), 0).await.expect("asking for a date");
    assert!(date.is_some(), "the first event of the room");

    // An answer in a thread is found there; in the room, there is what is said beside it.
    let root = &events[3];
    let answer = talk.ben.reply_in_thread(&talk.room, root, "Im Faden").await;
    talk.ben.send(&talk.room, "Danach").await;
    let thread = session.thread_of(talk.room.as_str(), answer.as_str()).await.unwrap();
    assert_eq!(thread.as_deref(), Some(root.as_str()));
    assert_eq!(session.thread_of(talk.room.as_str(), root.as_str()).await.unwrap(), None);
    let focus = TimelineFocus::Event { event_id: answer.to_string() };
    let mut beside = talk.anna.focused(&talk.room, focus).await;
    beside.wait_for("what was said after it", |rows| saying(rows, "Danach")).await;
    assert!(saying(beside.rows(), "Nummer 69").is_some(), "the room");
    assert!(saying(beside.rows(), "Im Faden").is_none(), "the thread stays apart");

    // What nobody knows here is no gap there either.
    let strange = json!({
        "msgtype": "org.example.unknown",
        "body": "Ersatztext",
        "m.relates_to": { "rel_type": "m.thread", "event_id": root, "m.in_reply_to": { "event_id": root } },
    });
    let strange = talk.ben.send_raw(&talk.room, "m.room.message", strange).await;
    let focus = TimelineFocus::Thread { root_id: root.to_string() };
    let mut thread = talk.anna.focused(&talk.room, focus).await;
    thread.wait_for("its words", |rows| message_with(rows, strange.as_str()).map(words)).await;
    let mut pins = talk.anna.focused(&talk.room, TimelineFocus::Pinned).await;
    session.set_pinned(talk.room.as_str(), strange.as_str(), true).await.expect("pinning");
    pins.wait_for("its words among the pins", |rows| {
        message_with(rows, strange.as_str()).map(words)
    })
    .await;
    let future = session.event_at_date(talk.room.as_str(), 32_503_680_000_000).await.unwrap();
    assert_eq!(future, None);
    let link = session.permalink(talk.room.as_str(), old.as_str()).await.unwrap();
    assert!(link.contains(talk.room.as_str().trim_start_matches('!').split(':').next().unwrap()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_has_read_and_who_is_writing_is_shown() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Gelesen?").await;
    let event = sent(&mut timeline, "Gelesen?").await;
    talk.ben.wait_for_text(&talk.room, "Gelesen?", PATIENCE).await;
    talk.ben.read_up_to(&talk.room, &event).await;
    let row = timeline
        .wait_for("the receipt", |rows| {
            saying(rows, "Gelesen?").map(|(_, row)| row).filter(|row| row.read_by == 1)
        })
        .await;
    assert_eq!(row.readers[0].name, "Ben");
    let session = talk.anna.session();
    let details = session.message_details(talk.room.as_str(), event.as_str()).await.unwrap();
    assert_eq!(details.readers.len(), 1);
    assert!(details.readers[0].timestamp_ms.is_some() && !details.readers[0].at_latest);
    assert!(details.all_readers_known);

    // Whoever has read a later message has read this one by then.
    let later = talk.ben.send(&talk.room, "Ja, gelesen.").await;
    talk.ben.read_up_to(&talk.room, &later).await;
    tokio::time::timeout(PATIENCE, async {
        loop {
            let details =
                session.message_details(talk.room.as_str(), event.as_str()).await.unwrap();
            assert_eq!(details.readers.len(), 1);
            assert!(details.all_readers_known);
            if details.readers[0].at_latest {
                return;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    })
    .await
    .expect("his receipt lies on the later one");

    let mut details = talk.anna.details(&talk.room);
    talk.ben.set_typing(&talk.room, true).await;
    details.wait_for("Ben writing", |room| room.typing == ["Ben"]).await;
    talk.ben.set_typing(&talk.room, false).await;
    details.wait_for("nobody writing", |room| room.typing.is_empty()).await;
    session.set_unread(talk.room.as_str(), true).await.unwrap();
    details.wait_for("the mark", |room| room.unread.marked).await;
    session.mark_read(&place(&talk.room)).await.unwrap();
    details.wait_for("no mark", |room| !room.unread.marked).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn people_are_suggested_by_any_part_of_their_name() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let found = async |query: &str| {
        let people = session.suggest_members(talk.room.as_str(), query).await.unwrap();
        people.into_iter().map(|person| person.name).collect::<Vec<_>>()
    };
    talk.anna.members(&talk.room).wait_until("both members", |rows| rows.len() == 2).await;
    assert_eq!(found("be").await, ["Ben"]);
    assert_eq!(found("").await, ["Ben"], "nobody mentions oneself");
    assert!(found("zzz").await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_edits_the_later_one_is_shown_however_pages_come() {
    // The earlier one on the page of the message, and on the one that is loaded before that.
    for before_edit in [0, 40] {
        later_edit_is_shown(before_edit).await;
    }
}

/// The later of two edits comes with the sync, the earlier one with an older page.
async fn later_edit_is_shown(before_edit: usize) {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    timeline.wait_until("the conversation", |rows| !rows.is_empty()).await;
    talk.proxy.set_for("/sync", Fault::Cut).await;
    talk.proxy.cut_connections();
    talk.anna.connection("offline", |state| matches!(state, ConnectionState::Offline { .. })).await;
    let message = talk.ben.send(&talk.room, "Entwurf").await;
    for number in 0..before_edit {
        talk.ben.send(&talk.room, &format!("Nummer {number}")).await;
    }
    talk.ben.edit(&talk.room, &message, "Erste Fassung").await;
    for number in 0..40 {
        talk.ben.send(&talk.room, &format!("Danach {number}")).await;
    }
    talk.ben.edit(&talk.room, &message, "Letzte Fassung").await;
    talk.proxy.set_for("/sync", Fault::Pass).await;
    talk.anna.session().retry_connection();
    talk.anna.online().await;
    timeline.wait_until("the latest", |rows| saying(rows, "Danach 39").is_some()).await;
    timeline.load_all().await.expect("loading what is older");
    let is_right = |rows: &[TimelineRow]| saying(rows, "Letzte Fassung").is_some();
    assert!(timeline.rest(PATIENCE, is_right).await, "{:?}", texts(timeline.rows()));
}

/// Events that refer to what they must not: each is shown as what it is, and nothing else breaks.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn hostile_relations_change_nothing_they_may_not() {
    let talk = Conversation::begin().await;
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.anna.send(&talk.room, "Das Original").await;
    let own = sent(&mut timeline, "Das Original").await;
    // Ben "edits" Anna's message, answers himself, reacts ten times with long keys.
    talk.ben.edit(&talk.room, &own, "Gefälscht").await;
    let ghost: OwnedEventId = "$nirgendwo:example.org".parse().unwrap();
    talk.ben.reply(&talk.room, &ghost, "Antwort ins Leere").await;
    for number in 0..10 {
        talk.ben.react(&talk.room, &own, &format!("{number}{}", "🧨".repeat(200))).await;
    }
    talk.ben.send(&talk.room, "Ende").await;
    timeline.wait_for("the end", |rows| saying(rows, "Ende")).await;
    let (_, row) = saying(timeline.rows(), "Das Original").expect("the original is as it was");
    assert!(!row.edited);
    assert!(row.reactions.iter().all(|reaction| reaction.key.chars().count() <= 33));
    let shown = texts(timeline.rows());
    assert!(shown.contains(&"Antwort ins Leere".to_owned()));
    assert!(!shown.iter().any(|text| text.contains("Gefälscht")), "{shown:?}");
    let history = talk.anna.session().edit_history(talk.room.as_str(), own.as_str()).await.unwrap();
    assert_eq!(history.len(), 1, "an edit by somebody else is none");
    assert!(has_arrived(&row) && words(&row) == "Das Original");
}
