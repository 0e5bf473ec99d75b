//! A poll as a card (MSC3381). The SDK counts; hiding the result of a secret poll is our duty.

use herold_protocol::{Poll, PollAnswer};
use matrix_sdk::ruma::{UserId, events::poll::start::PollKind};
use matrix_sdk_ui::timeline::PollState;

use crate::text::one_line;

pub(super) fn poll(state: &PollState, own: &UserId) -> Poll {
    let result = state.results();
    let ended = result.end_time.is_some();
    let open = result.kind == PollKind::Disclosed;
    let visible = open || ended;
    let voters: std::collections::HashSet<&String> = result.votes.values().flatten().collect();
    let none = Vec::new();
    Poll {
        question: one_line(&result.question, 1000),
        open,
        max_selections: u32::try_from(result.max_selections).unwrap_or(u32::MAX).max(1),
        answers: result
            .answers
            .iter()
            .take(20)
            .map(|answer| {
                let votes = result.votes.get(&answer.id).unwrap_or(&none);
                PollAnswer {
                    id: answer.id.clone(),
                    text: one_line(&answer.text, 500),
                    votes: visible.then(|| u32::try_from(votes.len()).unwrap_or(u32::MAX)),
                    own: votes.iter().any(|voter| voter == own.as_str()),
                }
            })
            .collect(),
        voters: u32::try_from(voters.len()).unwrap_or(u32::MAX),
        ended,
    }
}
