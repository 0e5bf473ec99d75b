//! Polls in which people vote in every way there is, made up anew for each run: as Herold shows them and as the
//! protocol counts them.

use std::collections::BTreeSet;

use herold_core::protocol::{Poll, PollVotes, TimelineFocus, TimelineRow};
use herold_testkit::{
    seed::{Event, Room},
    shared_synapse,
};
use proptest::{collection::vec, prelude::*, strategy::ValueTree, test_runner::TestRunner};
use serde_json::{Value, json};

use crate::{
    polls::{asking, votes},
    support::{PATIENCE, Person, messages},
};

const POLLS: usize = 40;
const PEOPLE: usize = 5;
/// Who reads it all.
const ANNA: usize = 0;
/// Whose room it is: she may end every poll.
const CLARA: usize = 1;
/// Has left since.
const EMIL: usize = 4;
const MOST_DEEDS: usize = 24;
/// When the polls began, in milliseconds since 1970.
const MOMENT: u64 = 1_700_000_000_000;

#[derive(Clone, Debug)]
struct Ballot {
    stable: bool,
    open: bool,
    author: usize,
    answers: usize,
    max: u32,
    /// In the order of the room, which is not that of time.
    deeds: Vec<Deed>,
}

#[derive(Clone, Debug)]
struct Deed {
    who: usize,
    /// Seconds after the beginning.
    when: u64,
    what: What,
}

#[derive(Clone, Debug)]
enum What {
    /// For these answers, of which there may be too many or too few, and some that the poll does not have.
    Vote(Vec<usize>),
    /// A vote that was deleted since.
    Deleted(Vec<usize>),
    End,
}

fn a_ballot() -> impl Strategy<Value = Ballot> {
    let shape = (any::<bool>(), any::<bool>(), 0..PEOPLE, 2..5_usize, 1..4_u32);
    (shape, vec(a_deed(), 0..MOST_DEEDS)).prop_map(|(shape, deeds)| {
        let (stable, open, author, answers, max) = shape;
        Ballot { stable, open, author, answers, max, deeds }
    })
}

fn a_deed() -> impl Strategy<Value = Deed> {
    let answers = || vec(0..5_usize, 0..5);
    let what = prop_oneof![
        8 => answers().prop_map(What::Vote),
        1 => answers().prop_map(What::Deleted),
        1 => Just(What::End),
    ];
    (0..PEOPLE, 1..30_u64, what).prop_map(|(who, when, what)| Deed { who, when, what })
}

fn question(number: usize) -> String {
    format!("Umfrage {number}?")
}

impl Ballot {
    fn start(&self, number: usize, people: &[String]) -> Event {
        let question = question(number);
        let answers: Vec<String> =
            (0..self.answers).map(|answer| format!("Antwort {answer}")).collect();
        let (kind, content) = if self.stable {
            let text = |text: &str| json!([{ "body": text }]);
            let kind = if self.open { "m.disclosed" } else { "m.undisclosed" };
            let answers: Vec<Value> = answers
                .iter()
                .enumerate()
                .map(|(id, answer)| json!({ "m.id": id.to_string(), "m.text": text(answer) }))
                .collect();
            let poll = json!({
                "kind": kind,
                "max_selections": self.max,
                "question": { "m.text": text(&question) },
                "answers": answers,
            });
            ("m.poll.start", json!({ "m.text": text(&question), "m.poll": poll }))
        } else {
            let (disclosed, max_selections) = (self.open, self.max);
            let poll = herold_testkit::Poll { question, answers, disclosed, max_selections };
            ("org.matrix.msc3381.poll.start", poll.content())
        };
        Event::new(&people[self.author], kind, content).at(MOMENT)
    }

    /// `start`: place of the poll among the events of the room.
    fn event(&self, deed: &Deed, start: usize, people: &[String]) -> Event {
        let relation = json!({ "rel_type": "m.reference", "event_id": format!("$ref:{start}") });
        let (kind, mut content) = match (&deed.what, self.stable) {
            (What::End, true) => ("m.poll.end", json!({ "m.text": [{ "body": "Ende" }] })),
            (What::End, false) => (
                "org.matrix.msc3381.poll.end",
                json!({ "org.matrix.msc3381.poll.end": {}, "org.matrix.msc1767.text": "Ende" }),
            ),
            (What::Vote(answers) | What::Deleted(answers), stable) => {
                let ids: Vec<String> = answers.iter().map(ToString::to_string).collect();
                if stable {
                    ("m.poll.response", json!({ "m.selections": ids }))
                } else {
                    let response = json!({ "answers": ids });
                    let kind = "org.matrix.msc3381.poll.response";
                    (kind, json!({ "org.matrix.msc3381.poll.response": response }))
                }
            }
        };
        content["m.relates_to"] = relation;
        Event::new(&people[deed.who], kind, content).at(MOMENT + deed.when * 1000)
    }

    /// The first end by somebody who may end it.
    fn end(&self) -> Option<u64> {
        let ends = self.deeds.iter().filter(|deed| matches!(deed.what, What::End));
        let valid = ends.filter(|deed| deed.who == self.author || deed.who == CLARA);
        valid.map(|deed| deed.when).min()
    }

    /// What a person may have chosen, by the rules of MSC3381: the latest vote until the end counts; one that names
    /// an answer that there is not counts for nothing; what is beyond the limit is cut off. Which of two votes of
    /// the same moment is the later one, the rules do not say.
    fn allowed(&self, who: usize) -> Vec<BTreeSet<usize>> {
        let end = self.end().unwrap_or(u64::MAX);
        let cast: Vec<(u64, &Vec<usize>)> = self
            .deeds
            .iter()
            .filter(|deed| deed.who == who && deed.when <= end)
            .filter_map(|deed| match &deed.what {
                What::Vote(answers) => Some((deed.when, answers)),
                What::Deleted(_) | What::End => None,
            })
            .collect();
        let Some(latest) = cast.iter().map(|(when, _)| *when).max() else {
            return vec![BTreeSet::new()];
        };
        let last = cast.into_iter().filter(|(when, _)| *when == latest);
        last.map(|(_, answers)| self.counted(answers)).collect()
    }

    fn counted(&self, answers: &[usize]) -> BTreeSet<usize> {
        if answers.iter().any(|answer| *answer >= self.answers) {
            return BTreeSet::new();
        }
        answers.iter().copied().take(self.max as usize).collect()
    }

    fn check(&self, card: &Poll, names: &PollVotes, people: &[String]) {
        assert_eq!((card.open, card.ended), (self.open, self.end().is_some()), "{self:#?}");
        assert_eq!((card.answers.len(), card.max_selections), (self.answers, self.max));
        let answers = card.answers.iter().enumerate();
        let own: BTreeSet<usize> =
            answers.filter(|(_, answer)| answer.own).map(|(number, _)| number).collect();
        assert!(self.allowed(ANNA).contains(&own), "one's own vote is {own:?}: {self:#?}");
        if card.open || card.ended {
            self.check_result(card, names, people);
            return;
        }
        assert_eq!(votes(card), vec![None; self.answers]);
        assert!(names.answers.is_empty() && names.missing.is_empty(), "{names:?}");
        let voted: Vec<_> = (0..PEOPLE).map(|who| self.allowed(who)).collect();
        let surely = voted.iter().filter(|any| any.iter().all(|one| !one.is_empty())).count();
        let perhaps = voted.iter().filter(|any| any.iter().any(|one| !one.is_empty())).count();
        let voters = card.voters as usize;
        assert!((surely..=perhaps).contains(&voters), "{voters} voted: {self:#?}");
    }

    fn check_result(&self, card: &Poll, names: &PollVotes, people: &[String]) {
        let chose = |person: &String| -> BTreeSet<usize> {
            let answers = names.answers.iter().enumerate();
            let chosen = answers.filter(|(_, of)| of.voters.iter().any(|one| one.id == *person));
            chosen.map(|(number, _)| number).collect()
        };
        let chosen: Vec<BTreeSet<usize>> = people.iter().map(chose).collect();
        for (who, chosen) in chosen.iter().enumerate() {
            let allowed = self.allowed(who);
            assert!(allowed.contains(chosen), "{who} chose {chosen:?} of {allowed:?}: {self:#?}");
        }
        let count = |answer: usize| chosen.iter().filter(|of| of.contains(&answer)).count();
        let counts: Vec<Option<u32>> =
            (0..self.answers).map(|answer| Some(count(answer) as u32)).collect();
        assert_eq!(votes(card), counts, "{self:#?}");
        let voters = chosen.iter().filter(|of| !of.is_empty()).count();
        assert_eq!(card.voters as usize, voters, "{self:#?}");
        let missing: BTreeSet<&str> = names.missing.iter().map(|one| one.id.as_str()).collect();
        let silent: BTreeSet<&str> = (0..PEOPLE)
            .filter(|who| *who != EMIL && chosen[*who].is_empty())
            .map(|who| people[who].as_str())
            .collect();
        assert_eq!(missing, silent, "{self:#?}");
    }
}

/// The room with everything that was done in it.
fn room(ballots: &[Ballot], people: &[String]) -> Room {
    let joining = (0..PEOPLE).filter(|who| *who != CLARA);
    let joins: Vec<Event> = joining.map(|who| Event::join(&people[who])).collect();
    let starts = ballots.iter().enumerate().map(|(number, one)| one.start(number, people));
    let (first_start, first_deed) = (joins.len(), joins.len() + ballots.len());
    let (mut deeds, mut after) = (Vec::new(), Vec::new());
    // Each poll has something on every page.
    for round in 0..MOST_DEEDS {
        for (number, ballot) in ballots.iter().enumerate() {
            let Some(deed) = ballot.deeds.get(round) else { continue };
            if matches!(deed.what, What::Deleted(_)) {
                let vote = json!({ "redacts": format!("$ref:{}", first_deed + deeds.len()) });
                after.push(Event::new(&people[deed.who], "m.room.redaction", vote));
            }
            deeds.push(ballot.event(deed, first_start + number, people));
        }
    }
    let leave = json!({ "membership": "leave" });
    after.push(Event::new(&people[EMIL], "m.room.member", leave).state(&people[EMIL]));
    Room {
        creator: people[CLARA].clone(),
        config: json!({ "name": "Wahllokal", "preset": "public_chat" }),
        batches: vec![joins, starts.collect(), deeds, after],
        ..Room::default()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn every_poll_shows_what_the_protocol_counts() {
    let ballots = vec(a_ballot(), POLLS).new_tree(&mut TestRunner::default()).unwrap().current();
    let server = shared_synapse().await;
    let (anna, clara) = (server.user("Anna").await, server.user("Clara").await);
    let mut people = vec![anna.id.clone(), clara.id];
    let others = ["dora", "ben", "emil"];
    people.extend(others.map(|name| format!("@wahl-{name}:{}", server.server_name())));
    let (anna, room) = Person::in_written_room(server, &anna, room(&ballots, &people)).await;

    let mut polls = anna.focused(&room, TimelineFocus::Polls).await;
    polls.load_all().await.expect("reading the room to its beginning");
    let all = |rows: &[TimelineRow]| messages(rows).count() == POLLS;
    assert!(polls.rest(PATIENCE, all).await, "{} polls", messages(polls.rows()).count());
    for (number, ballot) in ballots.iter().enumerate() {
        let (event, card) = asking(polls.rows(), &question(number)).expect("the poll");
        let event = event.expect("it is on the server");
        let names = anna.session().poll_votes(room.as_str(), &event).await.expect("the names");
        ballot.check(&card, &names, &people);
    }
}
