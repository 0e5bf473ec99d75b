//! What a person does with one message: react, report, pin, forward, look closer. Deleting is in `redact`.

use std::collections::HashSet;

use futures_util::FutureExt;
use herold_protocol::{
    ConversationId, Draft, ErrorKind, ErrorReason, Forward, MessageDetails, PollDraft,
    ReactionDetails, Revision, Sender,
};
use herold_rich_text::text::{one_line, reaction};
use matrix_sdk::{
    Room,
    deserialized_responses::TimelineEvent,
    room::edit::EditError,
    ruma::{
        EventId, OwnedUserId,
        api::client::room::get_event_by_timestamp,
        events::{
            AnyMessageLikeEventContent, AnySyncTimelineEvent, MessageLikeEventContent,
            poll::unstable_start::UnstablePollStartEventContent,
            relation::RelationType,
            room::message::{FormattedBody, Relation},
        },
    },
};
use matrix_sdk_ui::timeline::{Message, TimelineEventItemId, TimelineItemContent};

use super::{
    apart::{self, Reactions},
    focus::{self, event},
    forward,
    live::focus_of,
    message::{by_shown_key, look_alike, shown_key},
    poll, polls, relations,
    send::waiting_row,
    undo::Made,
};
use crate::{Error, Result, compose, error::storage, moment::moment_ms, session::Session};

/// Messages forwarded at once, times rooms; the words for `TooManyForwarded` name it.
const MOST_FORWARDED: usize = 500;
/// Characters of a reaction that is made here.
const LONGEST_REACTION: usize = 64;
/// People named in the details of a message.
pub(super) const MOST_PEOPLE: usize = 1000;

impl Session {
    /// Adds a reaction, or takes one's own away. The same key counts once per person. What is there already is
    /// joined with the key that it has, of which only a part may be shown.
    pub async fn toggle_reaction(
        &self,
        conversation: &ConversationId,
        event_id: &str,
        key: &str,
    ) -> Result<()> {
        let mut key = reaction(key, LONGEST_REACTION);
        if key.is_empty() {
            return Err(Error::new(ErrorKind::Invalid));
        }
        let room = self.joined_room(&conversation.room_id)?;
        let event_id = event(event_id)?;
        let held = self.timelines.holding(room.room_id(), &event_id).await;
        if let Some(held) = &held {
            let Reactions { all, unknown } = apart::reactions_of(held, &room).await;
            let alike = |other: &str| look_alike(&shown_key(other), &key);
            let own = room.own_user_id();
            let own_unknown =
                unknown.into_iter().find(|reaction| reaction.sender == own && alike(&reaction.key));
            if let Some(reaction) = own_unknown {
                room.send_queue().redact(reaction.event_id, None).await.map_err(storage)?;
                return Ok(());
            }
            let there = || all.iter().filter(|(other, _)| alike(other));
            let with_own = there().find(|(_, people)| people.contains_key(own));
            if let Some((there, _)) = with_own.or_else(|| there().next()) {
                key = there.clone();
            }
        }
        let timeline = match held {
            Some(held) => held.timeline,
            None => self.timelines.open(&room, &focus_of(conversation)).await?,
        };
        timeline.toggle_reaction(&TimelineEventItemId::EventId(event_id), &key).await?;
        Ok(())
    }

    /// Tells the homeserver's administrators about a message (specification, "Reporting content").
    pub async fn report_message(&self, room_id: &str, event_id: &str, reason: &str) -> Result<()> {
        let room = self.joined_room(room_id)?;
        room.report_content(event(event_id)?, Some(one_line(reason, 500))).await?;
        Ok(())
    }

    pub async fn permalink(&self, room_id: &str, event_id: &str) -> Result<String> {
        let room = self.room(room_id)?;
        Ok(room.matrix_to_event_permalink(event(event_id)?).await?.to_string())
    }

    /// The root of the thread that a message answers in; `None` for a message of the room itself.
    pub async fn thread_of(&self, room_id: &str, event_id: &str) -> Result<Option<String>> {
        let room = self.room(room_id)?;
        let root = focus::thread_of(&room, &event(event_id)?).await;
        Ok(root.map(|root| root.to_string()))
    }

    /// The first message of a day or after it, outside threads (specification, "Jump to date"); `None` where there
    /// is none.
    pub async fn event_at_date(&self, room_id: &str, timestamp_ms: u64) -> Result<Option<String>> {
        let room = self.room(room_id)?;
        let time = matrix_sdk::ruma::UInt::try_from(timestamp_ms)
            .map_err(|error| Error::new(ErrorKind::Invalid).with_source(error))?;
        let request = get_event_by_timestamp::v1::Request::since(
            room.room_id().to_owned(),
            matrix_sdk::ruma::MilliSecondsSinceUnixEpoch(time),
        );
        match self.client.send(request).await.map_err(Error::from) {
            Ok(response) => {
                Ok(Some(focus::outside_threads(&room, response.event_id).await.to_string()))
            }
            Err(error) if error.kind == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// A message as it was typed, to edit it or to quote from it. `message` names it as [`OutgoingText`] does.
    ///
    /// [`OutgoingText`]: herold_protocol::OutgoingText
    pub async fn message_source(
        &self,
        conversation: &ConversationId,
        message: &str,
    ) -> Result<Draft> {
        let room = self.room(&conversation.room_id)?;
        let content = match waiting_row(message) {
            Some(row_id) => {
                let item = self.item(&room, conversation, row_id).await?;
                let event = item.as_ref().and_then(|item| item.as_event()).ok_or_else(deleted)?;
                Some(event.content().clone())
            }
            None => self.content(&room, &event(message)?).await?,
        };
        let content = content.ok_or_else(|| Error::new(ErrorKind::Unsupported))?;
        if content.is_redacted() {
            return Err(deleted());
        }
        let text = content.as_message().ok_or_else(|| Error::new(ErrorKind::Unsupported))?;
        Ok(compose::source(text.msgtype(), text.mentions(), room.own_user_id()))
    }

    /// What a message says now: with its latest edit, where a timeline knows it.
    async fn content(
        &self,
        room: &Room,
        event_id: &EventId,
    ) -> Result<Option<TimelineItemContent>> {
        if let Some(item) = self.timelines.item(room.room_id(), event_id).await {
            return Ok(Some(item.content().clone()));
        }
        let event = room.load_or_fetch_event(event_id, None).await?;
        Ok(TimelineItemContent::from_event(room, event).await)
    }

    /// A message of the kinds that have words, as it is now.
    pub(super) async fn message(&self, room: &Room, event_id: &EventId) -> Result<Option<Message>> {
        let Some(content) = self.content(room, event_id).await? else { return Ok(None) };
        if content.is_redacted() {
            return Err(deleted());
        }
        Ok(content.as_message().cloned())
    }

    /// All states of an edited message, the first one first.
    ///
    /// # Errors
    /// `Offline` where the server cannot say whether this device has all of them.
    pub async fn edit_history(&self, room_id: &str, event_id: &str) -> Result<Vec<Revision>> {
        let room = self.room(room_id)?;
        let event_id = event(event_id)?;
        let original = room.load_or_fetch_event(&event_id, None).await?;
        let kinds = [RelationType::Replacement];
        let taken_back = relations::complete(&room, &event_id, &kinds).await?;
        let edits = relations::lasting(&room, &event_id, &kinds, &taken_back).await?;
        let author = sender_of(&original);
        let mut revisions = Vec::with_capacity(edits.len() + 1);
        // An edit by anybody but the author is none (specification, "Validity of replacement events").
        let valid = edits.into_iter().filter(|edit| sender_of(edit) == author);
        for event in std::iter::once(original).chain(valid) {
            let timestamp_ms = event.timestamp().map_or(0, moment_ms);
            let blocks = match said(&event) {
                Said::Words(body, formatted) => {
                    let mut blocks = compose::blocks(&body, formatted.as_ref(), room.own_user_id());
                    self.name_mentions(&room, &mut blocks).await;
                    Some(blocks)
                }
                Said::Unreadable => None,
                Said::Nothing => continue,
            };
            revisions.push(Revision { timestamp_ms, blocks });
        }
        revisions.sort_by_key(|revision| revision.timestamp_ms);
        Ok(revisions)
    }

    /// Who has read a message, and who reacted to it.
    pub async fn message_details(&self, room_id: &str, event_id: &str) -> Result<MessageDetails> {
        let room = self.room(room_id)?;
        let event_id = event(event_id)?;
        let readers = self.readers(&room, &event_id).await;
        let mut reactions = Vec::new();
        if let Some(held) = self.timelines.holding(room.room_id(), &event_id).await {
            for (key, people) in by_shown_key(&apart::reactions_of(&held, &room).await.all) {
                let people = people.into_iter().take(MOST_PEOPLE).cloned().collect();
                reactions.push(ReactionDetails { key, people: self.people(&room, people).await });
            }
        }
        Ok(MessageDetails {
            readers: readers.people,
            all_readers_known: readers.complete,
            reactions,
        })
    }

    /// People as a screen shows them, from the members known on this device.
    pub(crate) async fn people(&self, room: &Room, users: Vec<OwnedUserId>) -> Vec<Sender> {
        let mut people = Vec::new();
        for user in users {
            let member = room.get_member_no_sync(&user).await.ok().flatten();
            let name = member
                .as_ref()
                .and_then(|member| member.display_name())
                .map(herold_rich_text::text::clean_name)
                .filter(|name| !name.is_empty());
            people.push(Sender {
                id: user.to_string(),
                name: name.unwrap_or_else(|| user.localpart().to_owned()),
                name_ambiguous: member.as_ref().is_some_and(|member| member.name_ambiguous()),
                avatar: member
                    .as_ref()
                    .and_then(|member| member.avatar_url())
                    .map(|uri| self.media.avatar(uri)),
            });
        }
        people
    }

    /// Sends copies to other rooms, in the order given: all messages to all rooms, or nothing.
    ///
    /// # Errors
    /// `TooManyForwarded`, `Unsupported` where a message cannot be forwarded, `ForwardRefused` where a room takes none
    /// of its kind from this person, `MessageTooLong`.
    pub async fn forward_messages(
        &self,
        room_id: &str,
        request_id: &str,
        messages: &[Forward],
        targets: &[String],
    ) -> Result<()> {
        if messages.len() * targets.len() > MOST_FORWARDED {
            return Err(Error::because(ErrorKind::Invalid, ErrorReason::TooManyForwarded));
        }
        let room = self.room(room_id)?;
        let mut copies = Vec::with_capacity(messages.len());
        for message in messages {
            let id = event(&message.event_id)?;
            if let Some(poll) = self.stable_poll(&room, &id).await {
                copies.extend(forward::after(polls::content(&poll)?, &message.attribution));
                continue;
            }
            let Some(content) = self.content(&room, &id).await? else {
                return Err(Error::new(ErrorKind::Unsupported));
            };
            copies.extend(forward::copy(&content, &message.attribution)?);
        }
        let unique: HashSet<&String> = targets.iter().collect();
        let targets: Vec<Room> =
            unique.into_iter().map(|target| self.joined_room(target)).collect::<Result<_>>()?;
        let mut sent = Vec::with_capacity(targets.len() * copies.len());
        for target in &targets {
            // Where they are not known yet, the server decides.
            let levels = target.power_levels().await.ok();
            for copy in &copies {
                let own = target.own_user_id();
                if levels.as_ref().is_some_and(|l| !l.user_can_send_message(own, copy.event_type()))
                {
                    return Err(Error::because(ErrorKind::Forbidden, ErrorReason::ForwardRefused));
                }
                sent.push((target, forward::fitting(copy, compose::longest(target))?));
            }
        }
        let here = ConversationId::room(room_id);
        self.once(&here, request_id, async {
            let queueing = async {
                for (target, copy) in sent {
                    self.queue_noted(target, request_id, copy).await?;
                }
                Ok(())
            }
            .boxed();
            self.undoable(&here, &room, request_id, Made::Copies, queueing).await
        })
        .await
    }
}

impl Session {
    /// What a poll of the stable type asks, which today's clients do not know yet.
    async fn stable_poll(&self, room: &Room, event_id: &EventId) -> Option<PollDraft> {
        let item = self.timelines.item(room.room_id(), event_id).await?;
        if !poll::is_stable(&item) {
            return None;
        }
        let poll = poll::results(&item, room).await?.card(room.own_user_id());
        Some(PollDraft {
            question: poll.question,
            answers: poll.answers.into_iter().map(|answer| answer.text).collect(),
            open: poll.open,
            max_selections: poll.max_selections,
        })
    }
}

fn sender_of(event: &TimelineEvent) -> Option<OwnedUserId> {
    event.sender()
}

/// What one state of a message says.
enum Said {
    Words(String, Option<FormattedBody>),
    /// Its key is not on this device.
    Unreadable,
    Nothing,
}

fn said(event: &TimelineEvent) -> Said {
    let Ok(AnySyncTimelineEvent::MessageLike(event)) = event.raw().deserialize() else {
        return Said::Nothing;
    };
    match event.original_content() {
        Some(AnyMessageLikeEventContent::RoomEncrypted(_)) => Said::Unreadable,
        Some(content) => {
            words(content).map_or(Said::Nothing, |(body, formatted)| Said::Words(body, formatted))
        }
        None => Said::Nothing,
    }
}

fn words(content: AnyMessageLikeEventContent) -> Option<(String, Option<FormattedBody>)> {
    match content {
        AnyMessageLikeEventContent::RoomMessage(content) => {
            let message = match content.relates_to {
                Some(Relation::Replacement(new)) => new.new_content.msgtype,
                _ => content.msgtype,
            };
            let (body, formatted) = compose::words(&message);
            // Where nothing is said with a file, there is its name.
            let body = if body.is_empty() { message.body() } else { body };
            Some((body.to_owned(), formatted.cloned()))
        }
        AnyMessageLikeEventContent::UnstablePollStart(poll) => {
            let block = match &poll {
                UnstablePollStartEventContent::New(new) => &new.poll_start,
                UnstablePollStartEventContent::Replacement(new) => {
                    &new.relates_to.new_content.poll_start
                }
                _ => return None,
            };
            let answers = block.answers.iter().map(|answer| answer.text.as_str());
            Some((poll_words(&block.question.text, answers), None))
        }
        AnyMessageLikeEventContent::PollStart(poll) => {
            let block = match poll.relates_to {
                Some(Relation::Replacement(new)) => new.new_content.poll,
                _ => poll.poll,
            };
            let answers = block.answers.iter().filter_map(|answer| answer.text.find_plain());
            Some((poll_words(block.question.text.find_plain().unwrap_or_default(), answers), None))
        }
        _ => None,
    }
}

fn poll_words<'a>(question: &str, answers: impl Iterator<Item = &'a str>) -> String {
    let answers: Vec<String> = answers.map(|answer| format!("- {answer}")).collect();
    format!("{question}\n{}", answers.join("\n"))
}

pub(super) fn deleted() -> Error {
    Error::because(ErrorKind::NotFound, ErrorReason::MessageDeleted)
}

/// Of the kinds that are edited here, what a deleted message still has is its type.
const EDITED_TYPES: [&str; 2] = ["m.room.message", "org.matrix.msc3381.poll.start"];

pub(super) fn edit_error(error: EditError) -> Error {
    match error {
        EditError::Fetch(cause) => (*cause).into(),
        EditError::NotAuthor => Error::new(ErrorKind::Forbidden),
        EditError::IncompatibleEditType { ref target, .. }
            if EDITED_TYPES.contains(&target.as_str()) =>
        {
            deleted().with_source(error)
        }
        other => Error::new(ErrorKind::Invalid).with_source(other),
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::serde::Raw;
    use serde_json::{Value, json};

    use super::*;

    fn edit(kind: &str, content: Value) -> TimelineEvent {
        let event = json!({
            "event_id": "$edit", "type": kind, "sender": "@anna:herold.test",
            "origin_server_ts": 1, "content": content,
        });
        TimelineEvent::from_plaintext(Raw::new(&event).unwrap().cast_unchecked())
    }

    #[test]
    fn an_edit_without_its_key_has_a_place_in_the_history() {
        let content = json!({
            "algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "x",
            "m.relates_to": { "rel_type": "m.replace", "event_id": "$message" },
        });
        assert!(matches!(said(&edit("m.room.encrypted", content)), Said::Unreadable));
        let deleted = said(&edit("m.room.message", json!({})));
        assert!(matches!(deleted, Said::Nothing));
    }

    #[test]
    fn the_words_with_a_file_keep_their_formatting() {
        let file = |words: Value| {
            let mut new = json!({
                "msgtype": "m.file", "body": "Plan.pdf", "filename": "Plan.pdf",
                "url": "mxc://herold.test/plan",
            });
            new.as_object_mut().unwrap().extend(words.as_object().unwrap().clone());
            edit(
                "m.room.message",
                json!({
                    "msgtype": "m.file", "body": "* Plan", "url": "mxc://herold.test/plan",
                    "m.new_content": new,
                    "m.relates_to": { "rel_type": "m.replace", "event_id": "$message" },
                }),
            )
        };
        let html = "Der <b>Plan</b>";
        let caption = json!({
            "body": "Der Plan", "format": "org.matrix.custom.html", "formatted_body": html,
        });
        let words = |event: &TimelineEvent| match said(event) {
            Said::Words(body, formatted) => Some((body, formatted.map(|text| text.body))),
            Said::Unreadable | Said::Nothing => None,
        };
        assert_eq!(words(&file(caption)), Some(("Der Plan".into(), Some(html.into()))));
        assert_eq!(words(&file(json!({}))), Some(("Plan.pdf".into(), None)));
    }
}
