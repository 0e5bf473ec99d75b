//! The network fails in every way; the state says so truthfully, and all is well again without a restart.

use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use herold_core::protocol::{ConnectionState, OfflineReason, SessionState};
use herold_testkit::Fault;

use crate::support::Conversation;

/// Waits until the state is offline for this reason; the time of the next attempt.
async fn offline(talk: &Conversation, wanted: OfflineReason) -> Option<u64> {
    let state = talk
        .anna
        .connection(
            &format!("offline because {wanted:?}"),
            |state| matches!(state, ConnectionState::Offline { reason, .. } if *reason == wanted),
        )
        .await;
    let ConnectionState::Offline { retry_at_ms, .. } = state else { unreachable!() };
    retry_at_ms
}

/// Online again by itself, and what was written meanwhile and what is written now arrives once.
async fn recovers(talk: &Conversation, meanwhile: &str) {
    talk.proxy.clear().await;
    talk.anna.online().await;
    talk.anna.send(&talk.room, "Danach").await;
    assert_eq!(talk.ben_has("Danach").await, [meanwhile, "Danach"]);
    assert!(matches!(talk.anna.app.state(), SessionState::SignedIn { .. }));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_network_is_unreachable_until_it_is_mended() {
    let talk = Conversation::begin().await;
    talk.proxy.set(Fault::Cut).await;
    offline(&talk, OfflineReason::Unreachable).await.expect("the next attempt is known");
    talk.anna.send(&talk.room, "Meanwhile").await;
    recovers(&talk, "Meanwhile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_person_need_not_wait_for_the_next_attempt() {
    let talk = Conversation::begin().await;
    talk.proxy.set(Fault::Cut).await;
    let soon = |state: &ConnectionState| {
        let ConnectionState::Offline { retry_at_ms: Some(at), .. } = state else { return false };
        *at > now_ms() + 3_000
    };
    talk.anna.connection("waiting longer", soon).await;
    let begun = Instant::now();
    talk.proxy.clear().await;
    talk.anna.session().retry_connection();
    talk.anna
        .connection("reconnecting", |state| !matches!(state, ConnectionState::Offline { .. }))
        .await;
    assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
    talk.anna.online().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_server_is_a_server_error() {
    let talk = Conversation::begin().await;
    talk.proxy.set(Fault::status(500)).await;
    talk.proxy.cut_connections();
    offline(&talk, OfflineReason::ServerError).await;
    talk.anna.send(&talk.room, "Meanwhile").await;
    recovers(&talk, "Meanwhile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_a_pause_gets_it() {
    let talk = Conversation::begin().await;
    let pause = Duration::from_secs(6);
    talk.proxy.set(Fault::Status { code: 429, retry_after: Some(pause), body: None }).await;
    talk.proxy.cut_connections();
    let retry_at = offline(&talk, OfflineReason::RateLimited).await.expect("the time is known");
    let now = now_ms();
    talk.proxy.forget_requests();
    let seen = Instant::now();
    assert!(retry_at >= now + 4_000 && retry_at <= now + 30_000, "{retry_at} at {now}");
    talk.anna.send(&talk.room, "Meanwhile").await;
    tokio::time::sleep(Duration::from_millis(retry_at.saturating_sub(now_ms() + 500))).await;
    let early: Vec<_> = talk
        .proxy
        .requests()
        .into_iter()
        .filter(|request| request.path.contains("/sync") || request.path.contains("/versions"))
        .map(|request| (request.at.duration_since(seen), request.path))
        .collect();
    assert!(early.is_empty(), "asked again too early: {early:?}");
    recovers(&talk, "Meanwhile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_load_balancer_that_asks_for_a_pause_gets_it_too() {
    let talk = Conversation::begin().await;
    // The second is longer than anybody waits: five minutes.
    for (code, retry_after, wanted, seconds) in [
        (429, "90", OfflineReason::RateLimited, 90),
        (503, "Thu, 31 Dec 2099 23:59:59 GMT", OfflineReason::ServerError, 300),
    ] {
        talk.proxy.set(Fault::Page { code, retry_after }).await;
        talk.proxy.cut_connections();
        let long = |state: &ConnectionState| {
            let ConnectionState::Offline { reason, retry_at_ms: Some(at) } = state else {
                return false;
            };
            *reason == wanted && *at > now_ms() + (seconds - 30) * 1_000
        };
        let state = talk.anna.connection("a long pause", long).await;
        let ConnectionState::Offline { retry_at_ms: Some(at), .. } = state else { unreachable!() };
        assert!(at <= now_ms() + seconds * 1_000, "{at}");
        talk.proxy.clear().await;
        talk.anna.session().retry_connection();
        talk.anna.online().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_connection_that_died_silently_is_noticed_within_half_a_minute() {
    let talk = Conversation::begin().await;
    let begun = Instant::now();
    talk.proxy.set(Fault::HalfOpen).await;
    talk.anna.send(&talk.room, "Meanwhile").await;
    offline(&talk, OfflineReason::NotAnswering).await;
    assert!(begun.elapsed() < Duration::from_secs(32), "{:?}", begun.elapsed());
    recovers(&talk, "Meanwhile").await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_slow_network_is_not_called_broken() {
    let talk = Conversation::begin().await;
    talk.proxy.set(Fault::Slow { latency: Duration::from_secs(2) }).await;
    let mut states = talk.anna.app.connection();
    talk.anna.send(&talk.room, "Langsam").await;
    assert_eq!(talk.ben_has("Langsam").await, ["Langsam"]);
    let mut timeline = talk.anna.timeline(&talk.room).await;
    talk.ben.send(&talk.room, "Auch langsam").await;
    timeline.wait_for("Ben's message", |rows| crate::support::saying(rows, "Auch langsam")).await;
    // Long enough for a check of the connection.
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_secs(8) {
        let state = states.borrow_and_update().clone();
        assert!(!matches!(state, ConnectionState::Offline { .. }), "{state:?}");
        let left = Duration::from_secs(8).saturating_sub(begun.elapsed());
        let _ = tokio::time::timeout(left, states.changed()).await;
    }
}

fn now_ms() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as u64
}
