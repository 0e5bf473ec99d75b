//! A poll as a card (MSC3381). The SDK counts the polls that today's clients send; hiding the result of a
//! secret one is our duty. Polls with the stable types are counted here, by the protocol's rules in ruma.

use std::collections::{HashMap, HashSet};

use herold_protocol::{Poll, PollAnswer};
use matrix_sdk::{
    Room,
    ruma::{
        EventId, MilliSecondsSinceUnixEpoch, OwnedUserId, UserId,
        events::{
            AnySyncMessageLikeEvent, AnySyncTimelineEvent, MessageLikeEventType,
            SyncMessageLikeEvent,
            poll::{
                PollResponseData, compile_poll_results, compile_unstable_poll_results,
                start::{PollContentBlock, PollKind, PollStartEventContent},
                unstable_start::NewUnstablePollStartEventContent,
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
        }
    }

    /// Whether people may see them yet.
    pub(super) fn are_visible(&self) -> bool {
        self.open || self.end.is_some()
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
            ended: self.end.is_some(),
            edited: self.edited,
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

/// The SDK takes anybody's word for the end of a poll. Where nobody who may end it did, or later than the
/// SDK thinks, the votes on this device are counted again.
async fn of_unstable(state: &PollState, event: &EventTimelineItem, room: &Room) -> Results {
    let mut results = Results::of_state(state);
    if results.end.is_none() {
        return results;
    }
    let Some(event_id) = event.event_id() else { return results };
    let Some(known) = relations(room, event_id, event.sender()).await else { return results };
    // Without any end on this device, the SDK knows more than the cache does.
    if known.end == results.end || (known.end.is_none() && !known.foreign_end) {
        return results;
    }
    let mut block = NewUnstablePollStartEventContent::from(state.clone()).poll_start;
    block.max_selections = results.max_selections.into();
    results.votes = owned(compile_unstable_poll_results(&block, known.data(), known.end));
    results.end = known.end;
    results
}

async fn of_stable(event: &EventTimelineItem, room: &Room) -> Option<Results> {
    let content: PollStartEventContent = event.original_json()?.get_field("content").ok()??;
    let known = relations(room, event.event_id()?, event.sender()).await.unwrap_or_default();
    let edit = known.edit.as_ref().filter(|(time, _)| known.end.is_none_or(|end| *time <= end));
    let poll = edit.map_or(&content.poll, |(_, poll)| poll);
    let text = |text: Option<&str>| text.unwrap_or_default().to_owned();
    Some(Results {
        question: text(poll.question.text.find_plain()),
        open: poll.kind == PollKind::Disclosed,
        max_selections: u32::try_from(u64::from(poll.max_selections)).unwrap_or(u32::MAX).max(1),
        answers: distinct(
            poll.answers.iter().map(|answer| (answer.id.clone(), text(answer.text.find_plain()))),
        ),
        votes: owned(compile_poll_results(poll, known.data(), known.end)),
        end: known.end,
        edited: edit.is_some(),
    })
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
    /// The latest edit by the author, of polls of the stable type only.
    edit: Option<(MilliSecondsSinceUnixEpoch, PollContentBlock)>,
}

impl Relations {
    fn data(&self) -> impl Iterator<Item = PollResponseData<'_>> {
        self.votes.iter().map(|vote| PollResponseData {
            sender: &vote.sender,
            origin_server_ts: vote.time,
            selections: &vote.answers,
        })
    }
}

async fn relations(room: &Room, event_id: &EventId, author: &UserId) -> Option<Relations> {
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
            Event::PollStart(SyncMessageLikeEvent::Original(edit)) if sender == *author => {
                if let Some(Relation::Replacement(replacement)) = edit.content.relates_to
                    && known.edit.as_ref().is_none_or(|(earlier, _)| *earlier <= time)
                {
                    known.edit = Some((time, replacement.new_content.poll));
                }
            }
            _ => {}
        }
    }
    Some(known)
}
