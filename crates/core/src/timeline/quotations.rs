//! What answers quote, where that is not among the messages of their list.
//!
//! The SDK (0.19.1) quotes what its timeline holds, and loads the rest when it is asked to.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

use futures_util::{StreamExt, stream::poll_fn};
use matrix_sdk::ruma::{OwnedEventId, api::error::ErrorKind};
use matrix_sdk_ui::timeline::{
    Error as TimelineError, EventTimelineItem, Timeline, TimelineDetails,
};
use tokio::{
    sync::{
        Semaphore, broadcast,
        mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel},
        watch,
    },
    time::sleep,
};

use crate::sync::pause;

/// Messages that are loaded at the same time.
const AT_ONCE: usize = 4;
/// Tries for an answer whose original the SDK neither has nor refuses.
const MOST_TRIES: u32 = 3;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Loading,
    GivenUp,
}

/// The answers of a list whose original is asked for.
pub(super) struct Quotations {
    states: Mutex<HashMap<OwnedEventId, State>>,
    wanted: UnboundedSender<OwnedEventId>,
    given_up: broadcast::Sender<OwnedEventId>,
}

/// Answers whose original has not been asked for yet.
pub(super) struct Wanted(UnboundedReceiver<OwnedEventId>);

/// What the SDK says of the original.
enum Original {
    /// It is there, or nobody needs it any more.
    Settled,
    /// The SDK was not asked, or did not say.
    Missing,
    Unreachable,
    Refused,
}

impl Quotations {
    pub(super) fn new() -> (Arc<Self>, Wanted) {
        let (wanted, answers) = unbounded_channel();
        let (given_up, _) = broadcast::channel(64);
        (Arc::new(Self { states: Mutex::default(), wanted, given_up }), Wanted(answers))
    }

    /// Whether what this answer quotes is still being loaded, which the first question begins. The SDK loads it for
    /// messages alone.
    pub(super) fn is_loading(&self, answer: &EventTimelineItem) -> bool {
        if answer.content().as_message().is_none() {
            return false;
        }
        // It is loaded once the answer was sent.
        let Some(event_id) = answer.event_id() else { return true };
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(state) = states.get(event_id) {
            return *state == State::Loading;
        }
        states.insert(event_id.to_owned(), State::Loading);
        let _ = self.wanted.send(event_id.to_owned());
        true
    }

    /// Answers whose original cannot be had. The SDK tells of the others itself.
    pub(super) fn given_up(&self) -> broadcast::Receiver<OwnedEventId> {
        self.given_up.subscribe()
    }

    /// Loads until the list is closed.
    pub(super) async fn load(
        &self,
        timeline: watch::Receiver<Arc<Timeline>>,
        Wanted(mut answers): Wanted,
    ) {
        let turns = Semaphore::new(AT_ONCE);
        let load = |answer| self.load_one(&timeline, &turns, answer);
        poll_fn(|context| answers.poll_recv(context)).for_each_concurrent(None, load).await;
    }

    async fn load_one(
        &self,
        current: &watch::Receiver<Arc<Timeline>>,
        turns: &Semaphore,
        answer: OwnedEventId,
    ) {
        let mut failures = 0;
        loop {
            let Ok(turn) = turns.acquire().await else { return };
            // A list that is closed meanwhile must not leave it half done: the SDK takes it for under way ever after.
            let (timeline, of) = (current.borrow().clone(), answer.clone());
            let asked = tokio::spawn(async move { timeline.fetch_details_for_event(&of).await });
            let Ok(asked) = asked.await else { return self.give_up(answer) };
            drop(turn);
            let original = match asked {
                Ok(()) => original(current.borrow().clone(), &answer).await,
                Err(TimelineError::EventNotInTimeline(_)) => Original::Settled,
                Err(_) => Original::Refused,
            };
            failures += 1;
            match original {
                Original::Settled => {
                    let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
                    states.remove(&answer);
                    return;
                }
                Original::Refused => return self.give_up(answer),
                Original::Missing if failures >= MOST_TRIES => return self.give_up(answer),
                Original::Missing | Original::Unreachable => sleep(pause(failures, None)).await,
            }
        }
    }

    fn give_up(&self, answer: OwnedEventId) {
        let mut states = self.states.lock().unwrap_or_else(PoisonError::into_inner);
        states.insert(answer.clone(), State::GivenUp);
        drop(states);
        let _ = self.given_up.send(answer);
    }
}

async fn original(timeline: Arc<Timeline>, answer: &OwnedEventId) -> Original {
    let item = timeline.item_by_event_id(answer).await;
    let content = item.as_ref().and_then(|item| item.content().as_msglike());
    let Some(reply) = content.and_then(|content| content.in_reply_to.as_ref()) else {
        return Original::Settled;
    };
    match &reply.event {
        TimelineDetails::Ready(_) => Original::Settled,
        // Another list asks at the same time, or a gap was filled meanwhile.
        TimelineDetails::Unavailable | TimelineDetails::Pending => Original::Missing,
        TimelineDetails::Error(error) => match (error.as_ref(), error.client_api_error_kind()) {
            (_, Some(ErrorKind::LimitExceeded(..))) => Original::Unreachable,
            (matrix_sdk::Error::Http(_), None) => Original::Unreachable,
            _ => Original::Refused,
        },
    }
}
