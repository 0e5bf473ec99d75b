//! What a text will look like, asked before it is sent.

use herold_core::protocol::{Block, Inline, Mentioned, MessageContent, OutgoingText, TextMention};

use crate::support::{Conversation, PATIENCE, has_arrived, messages, place};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_preview_of_a_text_is_what_is_seen_of_it_later() {
    let talk = Conversation::begin().await;
    let (here, session) = (place(&talk.room), talk.anna.session());
    let mut timeline = talk.anna.timeline(&talk.room).await;
    let target = Mentioned::Person { user_id: talk.ben.user_id().to_string() };
    let mentions = vec![TextMention { label: "@Ben".to_owned(), target }];
    let typed = [
        "Guten Tag\n\nzusammen, siehe https://herold.example/",
        "Hallo @Ben, **bitte** `prüfen` <b>nicht</b>",
        "Der Täter: ||Ende|der *Gärtner*||",
        "- eins\n- zwei\n\n> drei\n\n```rust\nfn main() {}\n```",
        "| Tag | Ort |\n|---|---|\n| Montag | Rathaus |",
        "/me *winkt* @Ben",
    ];
    for (number, text) in typed.into_iter().enumerate() {
        let message = OutgoingText { mentions: mentions.clone(), ..OutgoingText::new(text) };
        let preview = session.preview_text(&message);
        session.send_message(&here, text, message).await.expect("storing a message");
        let sent = timeline
            .wait_for("the message sent", |rows| {
                let row = messages(rows).map(|(_, row)| row).nth(number);
                row.filter(|row| has_arrived(row)).cloned()
            })
            .await;
        match sent.content {
            MessageContent::Text { blocks } | MessageContent::Emote { blocks } => {
                assert_eq!(preview, blocks, "{text}");
            }
            other => panic!("{text} became {other:?}"),
        }
    }
    assert!(session.preview_text(&OutgoingText::new(" \n")).is_empty(), "nothing to see");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_reason_of_hidden_text_reaches_others_and_comes_back_to_be_edited() {
    let talk = Conversation::begin().await;
    let session = talk.anna.session();
    let text = "Der Täter: ||Ende|der **Gärtner**||";
    talk.anna.send(&talk.room, text).await;
    let seen = talk.ben.wait_for_text(&talk.room, text, PATIENCE).await;
    let html = seen.raw["content"]["formatted_body"].as_str().unwrap();
    let hidden = "<span data-mx-spoiler=\"Ende\">der <strong>Gärtner</strong></span>";
    assert_eq!(html, format!("Der Täter: {hidden}"));
    let source = session.message_source(&place(&talk.room), seen.event_id.as_str()).await.unwrap();
    assert_eq!(source.text, text);

    let preview = session.preview_text(&OutgoingText::new(text));
    let [Block::Paragraph { children }] = preview.as_slice() else { panic!("{preview:?}") };
    assert!(
        matches!(&children[1], Inline::Spoiler { reason: Some(reason), .. } if reason == "Ende"),
        "{children:?}"
    );
}
