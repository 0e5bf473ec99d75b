//! Polls from scripts. A poll is named by its event identifier, which `create` prints.

use std::{sync::Arc, time::Duration};

use herold_core::{
    Error, Result, Session,
    list::ListReader,
    protocol::{
        ConversationId, Direction, ErrorKind, ErrorReason, MessageContent, MoreOutcome, Poll,
        PollDraft, PollVotes, SubscriptionId, Tally, TimelineFocus, TimelineRow,
        TimelineRowContent,
    },
};
use serde::Serialize;

use super::{
    conversation::{request_id, until_sent},
    lists::{QUIET, find_room},
};
use crate::{arguments::PollCommand, output::Output};

const WINDOW: &str = "cli";
/// Longest wait for a vote to be counted.
const PATIENCE: Duration = Duration::from_secs(30);
/// Longest wait for the key of a poll.
const KEY_PATIENCE: Duration = Duration::from_secs(10);

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PrintedPoll<'a> {
    room_id: &'a str,
    event_id: &'a str,
    #[serde(flatten)]
    poll: &'a Poll,
    /// Who voted for what; empty while a secret poll runs.
    votes: &'a PollVotes,
}

pub(super) async fn run(
    session: &Arc<Session>,
    command: PollCommand,
    output: &Output,
) -> Result<()> {
    match command {
        PollCommand::Create { room, question, answers, secret, max } => {
            let room = find_room(session, &room).await?;
            let poll = PollDraft { question, answers, open: !secret, max_selections: max };
            let (place, request) = (ConversationId::room(&room), request_id());
            let sending = session.send_poll(&place, &request, poll);
            let event_id = until_sent(session, &room, sending).await?;
            let answer = serde_json::json!({ "roomId": room, "eventId": event_id });
            output.line(&answer, |_| format!("Poll: {event_id}"))
        }
        PollCommand::Vote { room, poll, answers } => {
            let mut shown = Shown::open(session, &room, &poll).await?;
            let chosen = chosen(&shown.poll()?, &answers)?;
            let voting = session.vote(&shown.place, &poll, chosen.clone());
            until_sent(session, &shown.place.room_id, voting).await?;
            let counted =
                |poll: &Poll| poll.answers.iter().all(|a| a.own == chosen.contains(&a.id));
            // The end may have come before the vote did.
            shown.until(|poll| poll.ended || counted(poll)).await?;
            shown.list.settle(session, QUIET).await;
            if !counted(&shown.poll()?) {
                return Err(Error::because(ErrorKind::Forbidden, ErrorReason::PollEnded));
            }
            shown.print(output).await
        }
        PollCommand::End { room, poll } => {
            let mut shown = Shown::open(session, &room, &poll).await?;
            let question = shown.poll()?.question;
            let words = format!("The poll has ended: {question}");
            let ending = session.end_poll(&shown.place, &poll, &words);
            until_sent(session, &shown.place.room_id, ending).await?;
            shown.until(|poll| poll.ended).await?;
            shown.print(output).await
        }
        PollCommand::Show { room, poll } => {
            Shown::open(session, &room, &poll).await?.print(output).await
        }
    }
}

/// The identifiers of answers given by text or by number.
///
/// # Errors
/// `NotFound` for an answer that the poll does not have, `Invalid` for more than it allows.
fn chosen(poll: &Poll, wanted: &[String]) -> Result<Vec<String>> {
    let mut ids = Vec::with_capacity(wanted.len());
    for wanted in wanted {
        let by_number =
            wanted.parse().ok().and_then(|n: usize| poll.answers.get(n.checked_sub(1)?));
        let answer = poll.answers.iter().find(|answer| answer.text == *wanted).or(by_number);
        let id = &answer.ok_or_else(|| Error::new(ErrorKind::NotFound))?.id;
        if !ids.contains(id) {
            ids.push(id.clone());
        }
    }
    if ids.len() > poll.max_selections as usize {
        return Err(Error::new(ErrorKind::Invalid));
    }
    Ok(ids)
}

/// A poll kept current.
struct Shown<'a> {
    session: &'a Arc<Session>,
    place: ConversationId,
    event_id: String,
    list: ListReader<TimelineRow>,
}

impl<'a> Shown<'a> {
    /// With all that the server has of it.
    async fn open(session: &'a Arc<Session>, room: &str, poll: &str) -> Result<Self> {
        let room_id = find_room(session, room).await?;
        let (mut list, sink) = ListReader::new();
        // Around an event of a thread, there is the room beside it.
        let root = session.thread_of(&room_id, poll).await?;
        let (place, focus) = match root {
            Some(root_id) => {
                (ConversationId::thread(&room_id, &root_id), TimelineFocus::Thread { root_id })
            }
            // What came a moment ago may not be on this device yet, but around one event the server is asked.
            None => {
                (ConversationId::room(&room_id), TimelineFocus::Event { event_id: poll.to_owned() })
            }
        };
        let subscription = session.subscribe_timeline(WINDOW, &room_id, focus, sink).await?;
        list.next(session, PATIENCE).await;
        let mut shown = Self { session, place, event_id: poll.to_owned(), list };
        if shown.place.thread.is_some() {
            shown.load(subscription).await?;
        }
        shown.until_read().await;
        shown.until(|poll| poll.tally != Tally::Counting).await?;
        // Votes that came before their key are read once they are on screen.
        shown.list.settle(session, QUIET).await;
        if shown.poll()?.tally == Tally::Unknown {
            return Err(Error::new(ErrorKind::Offline));
        }
        Ok(shown)
    }

    /// Goes back in a thread until the poll is there.
    async fn load(&mut self, subscription: SubscriptionId) -> Result<()> {
        let older = Direction::Older;
        while self.poll().is_err()
            && self.session.load_more(subscription, older).await? == MoreOutcome::More
        {
            self.list.settle(self.session, QUIET).await;
        }
        self.list.settle(self.session, QUIET).await;
        Ok(())
    }

    /// Waits for the key of what came a moment ago, and in a thread for the message itself: the server has it.
    async fn until_read(&mut self) {
        let awaited = |content: Option<&MessageContent>, in_thread| match content {
            Some(content) => matches!(content, MessageContent::Undecryptable { .. }),
            None => in_thread,
        };
        let _ = tokio::time::timeout(KEY_PATIENCE, async {
            while awaited(self.content(), self.place.thread.is_some()) {
                self.list.next(self.session, PATIENCE).await;
            }
        })
        .await;
    }

    fn content(&self) -> Option<&MessageContent> {
        self.list.rows.iter().find_map(|row| match &row.content {
            TimelineRowContent::Message(message) => {
                (message.event_id.as_deref() == Some(&*self.event_id)).then_some(&message.content)
            }
            _ => None,
        })
    }

    fn poll(&self) -> Result<Poll> {
        match self.content() {
            Some(MessageContent::Poll { poll }) => Ok(poll.clone()),
            _ => Err(Error::new(ErrorKind::NotFound)),
        }
    }

    async fn until(&mut self, fits: impl Fn(&Poll) -> bool) -> Result<()> {
        while !fits(&self.poll()?) {
            if !self.list.next(self.session, PATIENCE).await {
                return Err(Error::new(ErrorKind::Timeout));
            }
        }
        Ok(())
    }

    async fn print(&self, output: &Output) -> Result<()> {
        let poll = self.poll()?;
        let votes = self.session.poll_votes(&self.place.room_id, &self.event_id).await?;
        let printed = PrintedPoll {
            room_id: &self.place.room_id,
            event_id: &self.event_id,
            poll: &poll,
            votes: &votes,
        };
        output.line(&printed, |printed| as_text(printed.poll))
    }
}

fn as_text(poll: &Poll) -> String {
    let state = if poll.ended { "ended" } else { "open" };
    let mut text = format!("{} ({state}, {} voted)", poll.question, poll.voters);
    for (number, answer) in poll.answers.iter().enumerate() {
        let votes = answer.votes.map_or_else(|| "?".to_owned(), |votes| votes.to_string());
        let own = if answer.own { " *" } else { "" };
        text.push_str(&format!("\n{}. {}: {votes}{own}", number + 1, answer.text));
    }
    if poll.tally == Tally::Partial {
        text.push_str(
            "\nSomething about this poll cannot be decrypted. The result may not be complete.",
        );
    }
    text
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use herold_core::protocol::{PollAnswer, Tally};

    use super::*;

    fn poll(max_selections: u32) -> Poll {
        let answer = |id: &str, text: &str| PollAnswer {
            id: id.into(),
            text: text.into(),
            votes: Some(0),
            own: false,
        };
        Poll {
            question: "Wann?".into(),
            open: true,
            max_selections,
            answers: vec![answer("a", "Montag"), answer("b", "2"), answer("c", "Mittwoch")],
            voters: 0,
            vote_waiting: false,
            ended: false,
            ended_at_ms: None,
            tally: Tally::Complete,
        }
    }

    #[test]
    fn answers_are_named_by_text_before_they_are_by_number() {
        let ids = |wanted: &[&str]| {
            let wanted: Vec<String> = wanted.iter().map(ToString::to_string).collect();
            chosen(&poll(2), &wanted)
        };
        assert_eq!(ids(&["Montag", "3"]).unwrap(), ["a", "c"]);
        assert_eq!(ids(&["2"]).unwrap(), ["b"]);
        assert_eq!(ids(&["1", "Montag"]).unwrap(), ["a"]);
        assert!(ids(&[]).unwrap().is_empty());
        assert_eq!(ids(&["Sonntag"]).unwrap_err().kind, ErrorKind::NotFound);
        assert_eq!(ids(&["1", "2", "3"]).unwrap_err().kind, ErrorKind::Invalid);
    }

    #[test]
    fn a_result_that_may_lack_votes_says_so() {
        let whole = poll(1);
        assert_eq!(as_text(&whole), "Wann? (open, 0 voted)\n1. Montag: 0\n2. 2: 0\n3. Mittwoch: 0");
        let partial = as_text(&Poll { tally: Tally::Partial, ..whole });
        assert!(partial.ends_with("The result may not be complete."), "{partial}");
    }
}
