//! What everybody sets out to do, and what the network does meanwhile.

use std::{ops::Range, time::Duration};

use herold_testkit::Fault;
use rand::{Rng, rngs::StdRng, seq::SliceRandom};

const ROUNDS: usize = 100;
const AT_ONCE: usize = 4;
/// Here more is missed than a sync brings, and much waits to be sent.
pub(super) const LONG_CUT: Range<usize> = 40..64;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Anna,
    Ben,
    Clara,
    David,
    Emil,
    Fatma,
}

pub(super) const EVERYBODY: [Who; 6] =
    [Who::Anna, Who::Ben, Who::Clara, Who::David, Who::Emil, Who::Fatma];
/// Who uses another client.
pub(super) const ELSEWHERE: [Who; 4] = [Who::Clara, Who::David, Who::Emil, Who::Fatma];

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Talk {
    /// Anna and Ben.
    Direct,
    /// All but Ben.
    Group,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Act {
    Say,
    Format,
    Reply,
    Edit,
    React,
    TakeBack,
    Delete,
    Answer,
    Poll,
    Vote,
    EndPoll,
    File,
    Picture,
    Place,
    Mention,
    Pin,
    Withdraw,
    Gallery,
    Voice,
    Forward,
    /// Sends and takes back at once.
    Undo,
}

/// How often each is done, of a hundred times. What is impossible at the moment becomes a text.
const HABITS: [(Act, usize); 21] = [
    (Act::Say, 8),
    (Act::Format, 6),
    (Act::Reply, 9),
    (Act::Edit, 10),
    (Act::React, 12),
    (Act::TakeBack, 6),
    (Act::Delete, 6),
    (Act::Answer, 9),
    (Act::Poll, 4),
    (Act::Vote, 9),
    (Act::EndPoll, 3),
    (Act::File, 2),
    (Act::Picture, 2),
    (Act::Place, 2),
    (Act::Mention, 2),
    (Act::Pin, 2),
    (Act::Withdraw, 2),
    (Act::Gallery, 1),
    (Act::Voice, 1),
    (Act::Forward, 2),
    (Act::Undo, 2),
];

/// What somebody sets out to do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    pub(super) number: usize,
    pub(super) who: Who,
    pub(super) talk: Talk,
    pub(super) act: Act,
    /// Decides which message is meant, and the like.
    pub(super) dice: usize,
}

/// Rounds of people who do something at the same time.
pub(super) fn script(rng: &mut StdRng) -> Vec<Vec<Step>> {
    let mut rounds = Vec::with_capacity(ROUNDS);
    for round in 0..ROUNDS {
        let mut people = EVERYBODY;
        people.shuffle(rng);
        let mut steps = Vec::with_capacity(AT_ONCE);
        for (index, who) in people.into_iter().take(AT_ONCE).enumerate() {
            let talk = match who {
                Who::Anna if rng.random::<bool>() => Talk::Direct,
                Who::Ben => Talk::Direct,
                _ => Talk::Group,
            };
            let number = round * AT_ONCE + index;
            let act = habit(rng.random_range(0..100));
            steps.push(Step { number, who, talk, act, dice: rng.random_range(0..1_000_000) });
        }
        rounds.push(steps);
    }
    rounds
}

fn habit(mut dice: usize) -> Act {
    for (act, share) in HABITS {
        if dice < share {
            return act;
        }
        dice -= share;
    }
    Act::Say
}

/// What the network of Anna's first device is like for a while.
#[derive(Clone, Debug)]
pub(super) enum Weather {
    Everything(Fault),
    /// For requests with this in their path.
    Requests(&'static str, Fault),
    /// For the next few of them.
    Next(&'static str, u32, Fault),
}

pub(super) fn weather(rng: &mut StdRng) -> Vec<(Range<usize>, Weather)> {
    let pause = |seconds| Fault::Status {
        code: 429,
        retry_after: Some(Duration::from_secs(seconds)),
        body: None,
    };
    let mut kinds = vec![
        Weather::Everything(Fault::Cut),
        Weather::Everything(Fault::HalfOpen),
        Weather::Everything(Fault::Slow { latency: Duration::from_millis(400) }),
        Weather::Everything(Fault::status(502)),
        Weather::Everything(pause(2)),
        Weather::Requests("/send/", Fault::Cut),
        Weather::Requests("/send/", pause(1)),
        Weather::Requests("/sync", Fault::status(502)),
        Weather::Requests("/sync", Fault::ResetAfter { bytes: 300 }),
        // The server has the message, and the device does not hear of it.
        Weather::Next("/send/", 3, Fault::ResetAfter { bytes: 0 }),
    ];
    kinds.shuffle(rng);
    let begins = (4..ROUNDS - 4)
        .step_by(6)
        .filter(|begin| begin + 4 < LONG_CUT.start || *begin > LONG_CUT.end);
    let mut spells: Vec<(Range<usize>, Weather)> =
        begins.map(|begin| begin..begin + 3).zip(kinds.into_iter().cycle()).collect();
    spells.push((LONG_CUT, Weather::Everything(Fault::Cut)));
    spells
}
