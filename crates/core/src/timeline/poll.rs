//! A poll as a card (MSC3381). The SDK counts the running polls that today's clients send; hiding the result of
//! a secret one is our duty. Ended polls and those with the stable types are counted here, by the protocol's rules
//! in ruma.

use std::collections::{HashMap, HashSet};

use herold_protocol::{Poll, PollAnswer, Tally};
use matrix_sdk::{
    Room,
    ruma::{
        EventId, MilliSecondsSinceUnixEpoch, OwnedEventId, OwnedUserId, UserId,
        events::{
            AnyMessageLikeEventContent, AnySyncMessageLikeEvent, AnySyncTimelineEvent,
            MessageLikeEventType, SyncMessageLikeEvent,
            poll::{
                PollResponseData, compile_unstable_poll_results,
                start::{PollContentBlock, PollKind, PollStartEventContent},
                unstable_start::{
                    NewUnstablePollStartEventContent, UnstablePollAnswer, UnstablePollAnswers,
                    UnstablePollStartContentBlock, UnstablePollStartEventContent,
                },
            },
            relation::RelationType,
            room::{
                encrypted::{self, RoomEncryptedEventContent},
                message::Relation,
            },
        },
    },
    send_queue::{LocalEcho, LocalEchoContent},
};
use matrix_sdk_ui::timeline::{EventTimelineItem, MsgLikeKind, PollState};

use super::{
    polls::{MOST_ANSWERS, may_end},
    relations,
};
use crate::moment::moment_ms;
use herold_rich_text::text::one_line;

/// What is done to a poll, and reactions.
pub(super) const RELATIONS: [RelationType; 3] =
    [RelationType::Reference, RelationType::Replacement, RelationType::Annotation];

/// A poll with everything that is known of its votes.
pub(super) struct Results {
    question: String,
    open: bool,
    max_selections: u32,
    answers: Vec<(String, String)>,
    votes: HashMap<String, Vec<OwnedUserId>>,
    end: Option<MilliSecondsSinceUnixEpoch>,
    edited: bool,
    /// A vote of one's own is on its way to the server, which says whether it counts.
    awaits_own: bool,
    /// Something cannot be decrypted.
    partial: bool,
}

impl Results {
    /// As the SDK counts them.
    pub(super) fn of_state(state: &PollState) -> Self {
        let result = state.results();
        let users = |votes: Vec<String>| {
            votes.iter().filter_map(|user| UserId::parse(user).ok()).collect::<Vec<_>>()
        };
        Self {
            question: result.question,
            open: result.kind == PollKind::Disclosed,
            max_selections: u32::try_from(result.max_selections).unwrap_or(u32::MAX).max(1),
            answers: distinct(result.answers.into_iter().map(|answer| (answer.id, answer.text))),
            votes: result.votes.into_iter().map(|(id, votes)| (id, users(votes))).collect(),
            end: result.end_time,
            edited: result.has_been_edited,
            awaits_own: false,
            partial: false,
        }
    }

    /// By the votes on this device.
    fn counted(poll: &UnstablePollStartContentBlock, known: &Relations, edited: bool) -> Self {
        let votes = compile_unstable_poll_results(poll, known.data(), known.end);
        Self {
            question: poll.question.text.clone(),
            open: poll.kind == PollKind::Disclosed,
            max_selections: u32::try_from(u64::from(poll.max_selections))
                .unwrap_or(u32::MAX)
                .max(1),
            answers: distinct(
                poll.answers.iter().map(|answer| (answer.id.clone(), answer.text.clone())),
            ),
            votes: owned(votes),
            end: known.end,
            edited,
            awaits_own: false,
            partial: known.unreadable,
        }
    }

    fn has_vote_of(&self, user: &UserId) -> bool {
        self.votes.values().flatten().any(|voter| voter == user)
    }

    /// Whether people may see them yet.
    pub(super) fn are_visible(&self) -> bool {
        self.open || self.has_ended()
    }

    pub(super) fn has_ended(&self) -> bool {
        self.end.is_some()
    }

    /// Whether what comes may still change them.
    pub(super) fn are_final(&self) -> bool {
        self.has_ended() && !self.awaits_own
    }

    pub(super) fn may_have_votes(&self) -> bool {
        self.partial || self.votes.values().any(|voters| !voters.is_empty())
    }

    /// Whether all that was done to the poll could be read.
    pub(super) fn are_complete(&self) -> bool {
        !self.partial
    }

    /// The answers as they are written.
    pub(super) fn texts(&self) -> impl Iterator<Item = (&str, &str)> {
        self.answers.iter().map(|(id, text)| (id.as_str(), text.as_str()))
    }

    pub(super) fn is_edited(&self) -> bool {
        self.edited
    }

    /// The result in numbers, a line per answer: the same in every language.
    pub(super) fn lines(&self) -> String {
        let counted = self.answers().zip(&self.answers);
        let lines: Vec<String> = counted
            .map(|((_, votes), (_, text))| format!("{}: {}", one_line(text, 500), votes.len()))
            .collect();
        lines.join("\n")
    }

    /// The answers with those who chose them.
    pub(super) fn answers(&self) -> impl Iterator<Item = (&str, &[OwnedUserId])> {
        self.answers
            .iter()
            .map(|(id, _)| (id.as_str(), self.votes.get(id).map_or(&[][..], Vec::as_slice)))
    }

    pub(super) fn card(&self, own: &UserId) -> Poll {
        let voters: HashSet<&OwnedUserId> = self.votes.values().flatten().collect();
        let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
        Poll {
            question: one_line(&self.question, 1000),
            open: self.open,
            max_selections: self.max_selections,
            answers: self
                .answers()
                .zip(&self.answers)
                .map(|((id, votes), (_, text))| PollAnswer {
                    id: id.to_owned(),
                    text: one_line(text, 500),
                    votes: self.are_visible().then(|| count(votes.len())),
                    own: votes.iter().any(|voter| voter == own),
                })
                .collect(),
            voters: count(voters.len()),
            vote_waiting: false,
            ended: self.has_ended(),
            ended_at_ms: self.end.map(moment_ms),
            tally: if self.partial { Tally::Partial } else { Tally::Complete },
        }
    }
}

/// A poll of which only the question is known for certain.
pub(super) async fn uncounted(
    event: &EventTimelineItem,
    room: &Room,
    tally: Tally,
) -> Option<Poll> {
    let asked = Results { votes: HashMap::new(), end: None, ..results(event, room).await? };
    let mut poll = Poll { tally, ..asked.card(room.own_user_id()) };
    for answer in &mut poll.answers {
        answer.votes = None;
    }
    Some(poll)
}

pub(super) fn is_poll(event: &EventTimelineItem) -> bool {
    event.content().as_poll().is_some() || is_stable(event)
}

/// Of the stable type, which the SDK hands on unread.
pub(super) fn is_stable(event: &EventTimelineItem) -> bool {
    event.content().as_msglike().is_some_and(|content| {
        matches!(&content.kind, MsgLikeKind::Other(other)
            if *other.event_type() == MessageLikeEventType::PollStart)
    })
}

/// The results of a poll that may have been ended, or that the SDK does not count.
pub(super) async fn results(event: &EventTimelineItem, room: &Room) -> Option<Results> {
    match event.content().as_poll() {
        Some(state) => Some(of_unstable(state, event, room).await),
        None if is_stable(event) => {
            let mut known = known(room, event, &HashSet::new()).await.unwrap_or_default();
            if let Some(event_id) = event.event_id() {
                known.votes.extend(own_vote(room, event_id).await);
            }
            of_stable(event, &known)
        }
        None => None,
    }
}

/// The results of a poll by what is on this device and what is on its way from here, where the SDK lacks votes.
pub(super) async fn results_apart(
    event: &EventTimelineItem,
    room: &Room,
    taken_back: &HashSet<OwnedEventId>,
) -> Option<Results> {
    let mut known = known(room, event, taken_back).await?;
    known.votes.extend(own_vote(room, event.event_id()?).await);
    match event.content().as_poll() {
        Some(state) => Some(counted_anew(state, &known)),
        None => of_stable(event, &known),
    }
}

/// The SDK (0.19.1) takes anybody's word for the end of a poll, and of several ends the one that it reads first.
/// Where it reads a poll after its end, it also leaves out its edits, and whatever follows a second end: anybody
/// could make votes vanish. Therefore the votes on this device are counted again.
async fn of_unstable(state: &PollState, event: &EventTimelineItem, room: &Room) -> Results {
    let results = Results::of_state(state);
    if results.end.is_none() {
        return results;
    }
    let Some(known) = known(room, event, &HashSet::new()).await else { return results };
    // Without any end on this device, the SDK knows more than the cache does: one's own is on its way.
    if known.end.is_none() && !known.foreign_end {
        return results;
    }
    let own = room.own_user_id();
    let counted = counted_anew(state, &known);
    let awaits_own = results.has_vote_of(own) && !counted.has_vote_of(own);
    Results { awaits_own, ..counted }
}

fn counted_anew(state: &PollState, known: &Relations) -> Results {
    if let Some(edit) = known.valid_edit() {
        return Results::counted(edit, known, true);
    }
    let shown = Results::of_state(state);
    let mut poll = NewUnstablePollStartEventContent::from(state.clone()).poll_start;
    poll.kind = if shown.open { PollKind::Disclosed } else { PollKind::Undisclosed };
    poll.max_selections = shown.max_selections.into();
    Results::counted(&poll, known, shown.edited)
}

fn of_stable(event: &EventTimelineItem, known: &Relations) -> Option<Results> {
    let content: PollStartEventContent = event.original_json()?.get_field("content").ok()??;
    if let Some(edit) = known.valid_edit() {
        return Some(Results::counted(edit, known, true));
    }
    Some(Results::counted(&unstable(&content.poll)?, known, false))
}

/// The two types differ in how they are written, not in what they say.
fn unstable(poll: &PollContentBlock) -> Option<UnstablePollStartContentBlock> {
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    let answers: Vec<UnstablePollAnswer> = poll
        .answers
        .iter()
        .map(|answer| UnstablePollAnswer::new(answer.id.clone(), text(answer.text.find_plain())))
        .collect();
    let answers = UnstablePollAnswers::try_from(answers).ok()?;
    let question = text(poll.question.text.find_plain());
    let mut block = UnstablePollStartContentBlock::new(question, answers);
    block.kind = poll.kind.clone();
    block.max_selections = poll.max_selections;
    Some(block)
}

/// Votes name an answer by its identifier, so of several with the same one only the first can be chosen.
fn distinct(answers: impl Iterator<Item = (String, String)>) -> Vec<(String, String)> {
    let mut known = HashSet::new();
    answers.filter(|(id, _)| known.insert(id.clone())).take(MOST_ANSWERS).collect()
}

fn owned<'a, U>(
    counted: impl IntoIterator<Item = (&'a str, U)>,
) -> HashMap<String, Vec<OwnedUserId>>
where
    U: IntoIterator<Item = &'a UserId>,
{
    counted
        .into_iter()
        .map(|(id, users)| (id.to_owned(), users.into_iter().map(ToOwned::to_owned).collect()))
        .collect()
}

/// A vote as it came.
struct Vote {
    sender: OwnedUserId,
    time: MilliSecondsSinceUnixEpoch,
    answers: Vec<String>,
}

/// Whether a vote of one's own, or taking it back, has not reached the server yet.
pub(super) async fn has_waiting_vote(room: &Room, poll: &EventId) -> bool {
    own_vote(room, poll).await.is_some()
}

/// One's own last vote that is on its way.
async fn own_vote(room: &Room, poll: &EventId) -> Option<Vote> {
    let (echoes, _) = room.send_queue().subscribe().await.ok()?;
    let answers = |echo: LocalEcho| match echo.content {
        LocalEchoContent::Event { serialized_event, send_error: None, .. } => {
            match serialized_event.deserialize().ok()? {
                AnyMessageLikeEventContent::UnstablePollResponse(response) => {
                    (response.relates_to.event_id == poll).then_some(response.poll_response.answers)
                }
                AnyMessageLikeEventContent::PollResponse(response) => {
                    (response.relates_to.event_id == poll).then(|| response.selections.to_vec())
                }
                _ => None,
            }
        }
        _ => None,
    };
    let answers = echoes.into_iter().filter_map(answers).last()?;
    let (sender, time) = (room.own_user_id().to_owned(), MilliSecondsSinceUnixEpoch::now());
    Some(Vote { sender, time, answers })
}

/// What is on this device about a poll.
#[derive(Default)]
struct Relations {
    votes: Vec<Vote>,
    /// The earliest end by somebody who may end it.
    end: Option<MilliSecondsSinceUnixEpoch>,
    foreign_end: bool,
    /// What the author made of it, and when.
    edits: Vec<(MilliSecondsSinceUnixEpoch, UnstablePollStartContentBlock)>,
    /// Some of it cannot be decrypted.
    unreadable: bool,
}

impl Relations {
    fn data(&self) -> impl Iterator<Item = PollResponseData<'_>> {
        self.votes.iter().map(|vote| PollResponseData {
            sender: &vote.sender,
            origin_server_ts: vote.time,
            selections: &vote.answers,
        })
    }

    /// The latest edit from before the end.
    fn valid_edit(&self) -> Option<&UnstablePollStartContentBlock> {
        let in_time = self.edits.iter().filter(|(time, _)| self.end.is_none_or(|end| *time <= end));
        in_time.max_by_key(|(time, _)| *time).map(|(_, poll)| poll)
    }
}

async fn known(
    room: &Room,
    poll: &EventTimelineItem,
    taken_back: &HashSet<OwnedEventId>,
) -> Option<Relations> {
    use AnySyncMessageLikeEvent as Event;
    let (author, stable) = (poll.sender(), is_stable(poll));
    let mut known = Relations::default();
    let lasting = relations::lasting(room, poll.event_id()?, &RELATIONS, taken_back).await;
    for relation in lasting.ok()? {
        let Ok(AnySyncTimelineEvent::MessageLike(event)) = relation.raw().deserialize() else {
            continue;
        };
        let (sender, time) = (event.sender().to_owned(), event.origin_server_ts());
        match event {
            Event::UnstablePollEnd(SyncMessageLikeEvent::Original(_))
            | Event::PollEnd(SyncMessageLikeEvent::Original(_)) => {
                if may_end(room, &sender, author).await {
                    known.end = Some(known.end.map_or(time, |earlier| earlier.min(time)));
                } else {
                    known.foreign_end = true;
                }
            }
            Event::UnstablePollResponse(SyncMessageLikeEvent::Original(response)) => {
                let answers = response.content.poll_response.answers;
                known.votes.push(Vote { sender, time, answers });
            }
            Event::PollResponse(SyncMessageLikeEvent::Original(response)) => {
                let answers = response.data().selections.to_vec();
                known.votes.push(Vote { sender, time, answers });
            }
            Event::RoomEncrypted(event) => known.unreadable |= may_count(&event, author),
            start if sender == *author => {
                known.edits.extend(edit(&start, stable).map(|poll| (time, poll)));
            }
            _ => {}
        }
    }
    Some(known)
}

/// Whether an event that cannot be decrypted may be a vote, an end or an edit, by what it says in the clear.
fn may_count(event: &SyncMessageLikeEvent<RoomEncryptedEventContent>, author: &UserId) -> bool {
    let relation = event.as_original().and_then(|event| event.content.relates_to.as_ref());
    match relation {
        Some(encrypted::Relation::Reference(_)) => true,
        Some(encrypted::Relation::Replacement(_)) => event.sender() == author,
        _ => false,
    }
}

/// What an edit makes of a poll. It has the type of what it changes (specification, "Validity of replacement
/// events").
fn edit(event: &AnySyncMessageLikeEvent, stable: bool) -> Option<UnstablePollStartContentBlock> {
    match event.original_content()? {
        AnyMessageLikeEventContent::PollStart(content) if stable => match content.relates_to? {
            Relation::Replacement(edit) => unstable(&edit.new_content.poll),
            _ => None,
        },
        AnyMessageLikeEventContent::UnstablePollStart(
            UnstablePollStartEventContent::Replacement(edit),
        ) if !stable => Some(edit.relates_to.new_content.poll_start),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use matrix_sdk::ruma::{serde::Raw, user_id};
    use serde_json::{Value, json};

    use super::*;

    fn counts(sender: &str, relation: Value) -> bool {
        let event = json!({
            "type": "m.room.encrypted",
            "event_id": "$unreadable",
            "sender": sender,
            "origin_server_ts": 1,
            "content": {
                "algorithm": "m.megolm.v1.aes-sha2",
                "ciphertext": "AwgBEoABzg",
                "session_id": "session",
                "m.relates_to": relation,
            },
        });
        let event = Raw::new(&event).unwrap().cast_unchecked::<AnySyncTimelineEvent>();
        match event.deserialize().unwrap() {
            AnySyncTimelineEvent::MessageLike(AnySyncMessageLikeEvent::RoomEncrypted(event)) => {
                may_count(&event, user_id!("@anna:lindenau.example"))
            }
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn what_cannot_be_decrypted_may_be_a_vote_of_anybody_and_an_edit_of_the_author() {
        let (anna, ben) = ("@anna:lindenau.example", "@ben:lindenau.example");
        let related = |kind: &str| json!({ "rel_type": kind, "event_id": "$poll" });
        for (sender, relation, wanted) in [
            (anna, related("m.reference"), true),
            (ben, related("m.reference"), true),
            (anna, related("m.replace"), true),
            (ben, related("m.replace"), false),
            (anna, related("m.thread"), false),
            (ben, json!({ "m.in_reply_to": { "event_id": "$poll" } }), false),
        ] {
            assert_eq!(counts(sender, relation.clone()), wanted, "{sender} {relation}");
        }
    }
}
