//! A poll as a card (MSC3381). The SDK counts the running polls that today's clients send; hiding the result of
//! a secret one is our duty. Ended polls and those with the stable types are counted here, by the protocol's rules
//! in ruma.

use std::collections::{HashMap, HashSet};

use herold_protocol::{Poll, PollAnswer};
use matrix_sdk::{
    Room,
    ruma::{
        EventId, MilliSecondsSinceUnixEpoch, OwnedUserId, UserId,
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
            room::message::Relation,
        },
    },
};
use matrix_sdk_ui::timeline::{EventTimelineItem, MsgLikeKind, PollState};

use super::polls::{MOST_ANSWERS, may_end};
use herold_rich_text::text::one_line;

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
            ended: self.has_ended(),
        }
    }
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
        None if is_stable(event) => of_stable(event, room).await,
        None => None,
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
    let Some(event_id) = event.event_id() else { return results };
    let Some(known) = relations(room, event_id, event.sender(), false).await else {
        return results;
    };
    // Without any end on this device, the SDK knows more than the cache does: one's own is on its way.
    if known.end.is_none() && !known.foreign_end {
        return results;
    }
    let own = room.own_user_id();
    let settled = |counted: Results| {
        let awaits_own = results.has_vote_of(own) && !counted.has_vote_of(own);
        Results { awaits_own, ..counted }
    };
    if let Some(edit) = known.valid_edit() {
        return settled(Results::counted(edit, &known, true));
    }
    let mut poll = NewUnstablePollStartEventContent::from(state.clone()).poll_start;
    poll.kind = if results.open { PollKind::Disclosed } else { PollKind::Undisclosed };
    poll.max_selections = results.max_selections.into();
    settled(Results::counted(&poll, &known, results.edited))
}

async fn of_stable(event: &EventTimelineItem, room: &Room) -> Option<Results> {
    let content: PollStartEventContent = event.original_json()?.get_field("content").ok()??;
    let known = relations(room, event.event_id()?, event.sender(), true).await.unwrap_or_default();
    if let Some(edit) = known.valid_edit() {
        return Some(Results::counted(edit, &known, true));
    }
    Some(Results::counted(&unstable(&content.poll)?, &known, false))
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

/// What is on this device about a poll.
#[derive(Default)]
struct Relations {
    votes: Vec<Vote>,
    /// The earliest end by somebody who may end it.
    end: Option<MilliSecondsSinceUnixEpoch>,
    foreign_end: bool,
    /// What the author made of it, and when.
    edits: Vec<(MilliSecondsSinceUnixEpoch, UnstablePollStartContentBlock)>,
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

async fn relations(
    room: &Room,
    event_id: &EventId,
    author: &UserId,
    stable: bool,
) -> Option<Relations> {
    use AnySyncMessageLikeEvent as Event;
    let (cache, _drop) = room.event_cache().await.ok()?;
    let filter = Some(vec![RelationType::Reference, RelationType::Replacement]);
    let mut known = Relations::default();
    for relation in cache.find_event_relations(event_id, filter).await.ok()? {
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
            start if sender == *author => {
                known.edits.extend(edit(&start, stable).map(|poll| (time, poll)));
            }
            _ => {}
        }
    }
    Some(known)
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
