//! Making, answering and ending polls (MSC3381). How a poll is drawn is in `poll`.
//!
//! Polls leave with the unstable types, because those are what today's clients read.

use herold_protocol::{
    AnswerVoters, ConversationId, ErrorKind, ErrorReason, PollDraft, PollVotes, Sender,
};
use herold_rich_text::text::one_line;
use matrix_sdk::{
    Room, RoomMemberships,
    room::edit::EditedContent,
    ruma::{
        EventId, OwnedEventId, OwnedUserId, UserId,
        events::{
            AnyMessageLikeEventContent,
            poll::{
                end::PollEndEventContent,
                response::PollResponseEventContent,
                start::PollKind,
                unstable_end::UnstablePollEndEventContent,
                unstable_response::UnstablePollResponseEventContent,
                unstable_start::{
                    NewUnstablePollStartEventContent, UnstablePollAnswer, UnstablePollAnswers,
                    UnstablePollStartContentBlock,
                },
            },
            relation::Thread,
            room::message::RelationWithoutReplacement,
        },
    },
};

use super::{
    focus::event,
    live::Held,
    poll::{self, Results},
    relations,
    undo::Made,
};
use crate::{Error, Result, error::storage, outgoing::new_id, session::Session};

const LONGEST_QUESTION: usize = 1000;
const LONGEST_ANSWER: usize = 500;
/// MSC3381 allows no more.
pub(super) const MOST_ANSWERS: usize = 20;

impl Session {
    /// # Errors
    /// `Invalid` without a question, with fewer than 2 or more than 20 different answers, or with a limit
    /// that is none.
    pub async fn send_poll(
        &self,
        conversation: &ConversationId,
        request_id: &str,
        poll: PollDraft,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let block = start(&poll)?;
        let fallback = fallback(&poll);
        self.once(conversation, request_id, async {
            let mut content = NewUnstablePollStartEventContent::plain_text(fallback, block);
            if let Some(root) = conversation.thread.as_deref().map(event).transpose()? {
                let latest = self
                    .reply(conversation, &room, None)
                    .await?
                    .map_or_else(|| root.clone(), |reply| reply.event_id);
                content.relates_to =
                    Some(RelationWithoutReplacement::Thread(Thread::plain(root, latest)));
            }
            let content = AnyMessageLikeEventContent::UnstablePollStart(content.into());
            let made = Made::Poll(poll);
            self.send_undoable(conversation, &room, request_id, content, made).await
        })
        .await
    }

    /// Replaces a poll of one's own.
    ///
    /// # Errors
    /// `Forbidden` because of `PollHasVotes`, once somebody voted for something else, or of `PollEnded`. `Offline` where
    /// that is not known.
    pub async fn edit_poll(
        &self,
        conversation: &ConversationId,
        event_id: &str,
        poll: PollDraft,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let event_id = event(event_id)?;
        if let Some(item) = self.timelines.item(room.room_id(), &event_id).await
            && !item.is_own()
        {
            return Err(Error::new(ErrorKind::Forbidden));
        }
        let results = self.poll_results(&room, &event_id).await?;
        still_runs(results.as_ref())?;
        if results.as_ref().is_some_and(Results::may_have_votes) {
            return Err(Error::because(ErrorKind::Forbidden, ErrorReason::PollHasVotes));
        }
        // A vote may be on its way here. It counts for what its voter read, or for nothing.
        let before: Vec<_> = results.iter().flat_map(Results::texts).collect();
        let new_content = changed(&poll, &before, new_id)?;
        let content = EditedContent::PollStart { fallback_text: fallback(&poll), new_content };
        let content =
            room.make_edit_event(&event_id, content).await.map_err(super::actions::edit_error)?;
        room.send_queue().send(content).await.map_err(storage)?;
        Ok(())
    }

    /// An empty list withdraws the vote.
    ///
    /// # Errors
    /// `Forbidden` because of `PollEnded`: the vote would not count. `Offline` where that is not known.
    pub async fn vote(
        &self,
        conversation: &ConversationId,
        event_id: &str,
        answers: Vec<String>,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let poll = event(event_id)?;
        still_runs(self.poll_results(&room, &poll).await?.as_ref())?;
        // A poll is answered in the types it was made with.
        let content = if self.is_stable(&room, &poll).await {
            let content = PollResponseEventContent::new(answers.into(), poll);
            AnyMessageLikeEventContent::PollResponse(content)
        } else {
            let content = UnstablePollResponseEventContent::new(answers, poll);
            AnyMessageLikeEventContent::UnstablePollResponse(content)
        };
        room.send_queue().send(content).await.map_err(storage)?;
        Ok(())
    }

    /// Ends a poll for everybody. `words` say that it has ended, for clients that know no polls; the result,
    /// which for a secret poll is known here alone, is put beneath them.
    ///
    /// # Errors
    /// `Forbidden` for a poll of somebody else, unless one may delete messages of others, and because of
    /// `PollEnded`.
    pub async fn end_poll(
        &self,
        conversation: &ConversationId,
        event_id: &str,
        words: &str,
    ) -> Result<()> {
        let room = self.joined_room(&conversation.room_id)?;
        let poll = event(event_id)?;
        let author = self.author(&room, &poll).await?;
        if !may_end(&room, room.own_user_id(), &author).await {
            return Err(Error::new(ErrorKind::Forbidden));
        }
        let results = self.poll_results(&room, &poll).await?;
        still_runs(results.as_ref())?;
        let mut text = one_line(words, 2000);
        if let Some(results) = results.filter(Results::are_complete) {
            text.push_str(&format!("\n{}", results.lines()));
        }
        let content = if self.is_stable(&room, &poll).await {
            AnyMessageLikeEventContent::PollEnd(PollEndEventContent::with_plain_text(text, poll))
        } else {
            let content = UnstablePollEndEventContent::new(text, poll);
            AnyMessageLikeEventContent::UnstablePollEnd(content)
        };
        room.send_queue().send(content).await.map_err(storage)?;
        Ok(())
    }

    /// Who voted for what, and who has not voted. Empty while a secret poll runs.
    ///
    /// # Errors
    /// `Offline` where this device does not know all members of the room.
    pub async fn poll_votes(&self, room_id: &str, event_id: &str) -> Result<PollVotes> {
        let room = self.room(room_id)?;
        let results = self
            .poll_results(&room, &event(event_id)?)
            .await?
            .ok_or_else(|| Error::new(ErrorKind::NotFound))?;
        // Nobody would notice that a list of those who have not voted lacks somebody.
        let members = room.members(RoomMemberships::JOIN).await?;
        let count = u32::try_from(members.len()).unwrap_or(u32::MAX);
        if !results.are_visible() {
            return Ok(PollVotes { answers: Vec::new(), missing: Vec::new(), members: count });
        }
        let mut answers = Vec::new();
        let mut voted = std::collections::HashSet::new();
        for (id, users) in results.answers() {
            let voters = self.people(&room, users.to_vec()).await;
            voted.extend(users);
            answers.push(AnswerVoters { id: id.to_owned(), voters });
        }
        let missing: Vec<OwnedUserId> = members
            .iter()
            .map(|member| member.user_id().to_owned())
            .filter(|user| !voted.contains(user))
            .collect();
        let missing: Vec<Sender> = self.people(&room, missing).await;
        Ok(PollVotes { answers, missing, members: count })
    }

    /// `None` for a poll that is nowhere on screen.
    async fn poll_results(&self, room: &Room, poll: &EventId) -> Result<Option<Results>> {
        let Some(Held { item, apart, .. }) = self.timelines.holding(room.room_id(), poll).await
        else {
            return Ok(None);
        };
        if !apart {
            return Ok(poll::results(&item, room).await);
        }
        let taken_back = relations::complete(room, poll, &poll::RELATIONS).await?;
        Ok(poll::results_apart(&item, room, &taken_back).await)
    }

    async fn is_stable(&self, room: &Room, poll: &EventId) -> bool {
        let item = self.timelines.item(room.room_id(), poll).await;
        item.is_some_and(|item| poll::is_stable(&item))
    }

    async fn author(&self, room: &Room, event_id: &OwnedEventId) -> Result<OwnedUserId> {
        if let Some(item) = self.timelines.item(room.room_id(), event_id).await {
            return Ok(item.sender().to_owned());
        }
        let event = room.load_or_fetch_event(event_id, None).await?;
        event.sender().ok_or_else(|| Error::new(ErrorKind::NotFound))
    }
}

fn still_runs(results: Option<&Results>) -> Result<()> {
    if results.is_some_and(Results::has_ended) {
        return Err(Error::because(ErrorKind::Forbidden, ErrorReason::PollEnded));
    }
    Ok(())
}

/// Its author ends a poll, or somebody who may delete it.
pub(super) async fn may_end(room: &Room, who: &UserId, author: &UserId) -> bool {
    if who == author {
        return true;
    }
    match room.power_levels().await {
        Ok(levels) => levels.user_can_redact_event_of_other(who),
        Err(_) => false,
    }
}

/// A poll as an event that stands alone.
pub(super) fn content(poll: &PollDraft) -> Result<AnyMessageLikeEventContent> {
    let content = NewUnstablePollStartEventContent::plain_text(fallback(poll), start(poll)?);
    Ok(AnyMessageLikeEventContent::UnstablePollStart(content.into()))
}

/// What was typed for a poll that was to be sent.
pub(crate) fn draft(poll: &UnstablePollStartContentBlock) -> PollDraft {
    PollDraft {
        question: poll.question.text.clone(),
        answers: poll.answers.iter().map(|answer| answer.text.clone()).collect(),
        open: poll.kind == PollKind::Disclosed,
        max_selections: u32::try_from(u64::from(poll.max_selections)).unwrap_or(1),
    }
}

fn start(poll: &PollDraft) -> Result<UnstablePollStartContentBlock> {
    changed(poll, &[], new_id)
}

/// What is made of a poll with these answers, each an identifier and a text. Only an answer that says the same keeps
/// its identifier: by that alone, votes name it.
fn changed(
    poll: &PollDraft,
    before: &[(&str, &str)],
    mut new_id: impl FnMut() -> String,
) -> Result<UnstablePollStartContentBlock> {
    let invalid = || Error::new(ErrorKind::Invalid);
    let question = one_line(&poll.question, LONGEST_QUESTION);
    let texts = answers(poll);
    let different: std::collections::HashSet<&String> = texts.iter().collect();
    let limit = poll.max_selections as usize;
    if question.is_empty()
        || texts.len() < 2
        || texts.len() > MOST_ANSWERS
        || different.len() != texts.len()
        || !(1..=texts.len()).contains(&limit)
    {
        return Err(invalid());
    }
    let answers: Vec<UnstablePollAnswer> = texts
        .into_iter()
        .map(|text| {
            let same = before.iter().find(|(_, before)| one_line(before, LONGEST_ANSWER) == text);
            let id = same.map_or_else(&mut new_id, |(id, _)| (*id).to_owned());
            UnstablePollAnswer::new(id, text)
        })
        .collect();
    let answers = UnstablePollAnswers::try_from(answers).map_err(|_| invalid())?;
    let mut block = UnstablePollStartContentBlock::new(question, answers);
    block.kind = if poll.open { PollKind::Disclosed } else { PollKind::Undisclosed };
    block.max_selections = poll.max_selections.into();
    Ok(block)
}

fn answers(poll: &PollDraft) -> Vec<String> {
    poll.answers
        .iter()
        .map(|answer| one_line(answer, LONGEST_ANSWER))
        .filter(|answer| !answer.is_empty())
        .collect()
}

/// For clients that know no polls.
fn fallback(poll: &PollDraft) -> String {
    let mut text = one_line(&poll.question, LONGEST_QUESTION);
    for (index, answer) in answers(poll).iter().enumerate() {
        text.push_str(&format!("\n{}. {answer}", index + 1));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::{draft as typed, *};

    fn draft(answers: &[&str], max_selections: u32) -> PollDraft {
        PollDraft {
            question: "Wann?".into(),
            answers: answers.iter().map(ToString::to_string).collect(),
            open: true,
            max_selections,
        }
    }

    fn ids(block: &UnstablePollStartContentBlock) -> Vec<&str> {
        block.answers.iter().map(|answer| answer.id.as_str()).collect()
    }

    #[test]
    fn answers_of_every_poll_have_identifiers_of_their_own() {
        let poll = draft(&["Ja", "Nein"], 1);
        let (one, other) = (start(&poll).unwrap(), start(&poll).unwrap());
        let all: std::collections::HashSet<&str> =
            ids(&one).into_iter().chain(ids(&other)).collect();
        assert_eq!(all.len(), 4);
    }

    #[test]
    fn an_answer_keeps_its_identifier_where_it_still_says_the_same_wherever_it_stands() {
        let mut number = 0;
        let count = || {
            number += 1;
            format!("new-{number}")
        };
        let before = [("a", "Ja"), ("b", "Nein"), ("c", " Vielleicht\n")];
        let poll = draft(&["Nein", "Ja, gern", "Ja", "Vielleicht"], 1);
        let block = changed(&poll, &before, count).unwrap();
        assert_eq!(ids(&block), ["b", "new-1", "a", "c"]);
    }

    #[test]
    fn a_poll_needs_a_question_and_two_different_answers() {
        assert!(start(&draft(&["Montag", "Dienstag"], 1)).is_ok());
        assert!(start(&draft(&["Montag", "  "], 1)).is_err());
        assert!(start(&draft(&["Montag", "Montag"], 1)).is_err());
        assert!(start(&PollDraft { question: " ".into(), ..draft(&["a", "b"], 1) }).is_err());
    }

    #[test]
    fn what_was_typed_for_a_poll_can_be_had_back() {
        for poll in [draft(&["a", "b"], 2), PollDraft { open: false, ..draft(&["a", "b", "c"], 1) }]
        {
            assert_eq!(typed(&start(&poll).unwrap()), poll);
        }
    }

    #[test]
    fn nobody_can_choose_more_answers_than_there_are() {
        assert!(start(&draft(&["a", "b"], 3)).is_err());
        assert!(start(&draft(&["a", "b"], 0)).is_err());
        let many: Vec<String> = (0..21).map(|number| number.to_string()).collect();
        let many: Vec<&str> = many.iter().map(String::as_str).collect();
        assert!(start(&draft(&many, 1)).is_err());
        assert!(start(&draft(&many[..20], 20)).is_ok());
    }
}
