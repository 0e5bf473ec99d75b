use std::time::{Duration, Instant};

use herold_testkit::{Device, Fault, FaultProxy, Stub, Synapse, shared_synapse};
use serde_json::{Value, json};

const VERSIONS: &str = "/_matrix/client/versions";

async fn ask(client: &reqwest::Client, url: &str) -> reqwest::Result<reqwest::Response> {
    client.get(format!("{url}{VERSIONS}")).timeout(Duration::from_secs(1)).send().await
}

async fn passes(client: &reqwest::Client, proxy: &FaultProxy) {
    let answer = ask(client, &proxy.url()).await.expect("the proxy passes");
    assert!(answer.status().is_success());
    answer.bytes().await.expect("the answer is complete");
}

#[tokio::test]
async fn cut_refuses_and_pass_mends() {
    let proxy = FaultProxy::before(&shared_synapse().await.url()).await;
    let client = reqwest::Client::new();
    passes(&client, &proxy).await;
    proxy.set(Fault::Cut).await;
    // A new client has no connection that could be the one that breaks: this is a refusal.
    assert!(ask(&reqwest::Client::new(), &proxy.url()).await.unwrap_err().is_connect());
    assert!(ask(&client, &proxy.url()).await.is_err());
    proxy.set(Fault::Pass).await;
    passes(&client, &proxy).await;
    assert_eq!(proxy.count(VERSIONS), 2);
}

#[tokio::test]
async fn cut_breaks_a_waiting_request() {
    let server = Synapse::start().await;
    let proxy = FaultProxy::before(&server.url()).await;
    server.pause();
    let (client, url) = (reqwest::Client::new(), proxy.url());
    let waiting = tokio::spawn(async move { ask(&client, &url).await });
    proxy.wait_for(VERSIONS, Duration::from_secs(5)).await;
    proxy.set(Fault::Cut).await;
    let error = waiting.await.unwrap().unwrap_err();
    assert!(!error.is_timeout(), "{error:?}");
}

#[tokio::test]
async fn slow_delays_every_request() {
    let proxy = FaultProxy::before(&shared_synapse().await.url()).await;
    proxy.set(Fault::Slow { latency: Duration::from_millis(300) }).await;
    let begun = Instant::now();
    passes(&reqwest::Client::new(), &proxy).await;
    assert!(begun.elapsed() >= Duration::from_millis(300));
}

#[tokio::test]
async fn status_answers_for_its_paths_and_times_only() {
    let proxy = FaultProxy::before(&shared_synapse().await.url()).await;
    let client = reqwest::Client::new();
    let limited =
        Fault::Status { code: 429, retry_after: Some(Duration::from_secs(2)), body: None };
    proxy.set_times("/versions", 1, limited).await;
    let answer = ask(&client, &proxy.url()).await.unwrap();
    assert_eq!(answer.status(), 429);
    assert_eq!(answer.headers()["retry-after"], "2");
    let body: Value = answer.json().await.unwrap();
    assert_eq!(
        (&body["errcode"], &body["retry_after_ms"]),
        (&json!("M_LIMIT_EXCEEDED"), &json!(2000))
    );
    passes(&client, &proxy).await;
    proxy.set_for("/sync", Fault::status(502)).await;
    passes(&client, &proxy).await;
}

#[tokio::test]
async fn half_open_never_answers_and_its_connections_stay_dead() {
    let proxy = FaultProxy::before(&shared_synapse().await.url()).await;
    let client = reqwest::Client::new();
    passes(&client, &proxy).await;
    proxy.set(Fault::HalfOpen).await;
    // The kept connection and a new one alike.
    assert!(ask(&client, &proxy.url()).await.unwrap_err().is_timeout());
    assert!(ask(&reqwest::Client::new(), &proxy.url()).await.unwrap_err().is_timeout());
    proxy.clear().await;
    passes(&reqwest::Client::new(), &proxy).await;
}

#[tokio::test]
async fn half_open_withholds_the_answer_to_a_waiting_request() {
    let server = Synapse::start().await;
    let proxy = FaultProxy::before(&server.url()).await;
    server.pause();
    let (client, url) = (reqwest::Client::new(), proxy.url());
    let waiting = tokio::spawn(async move { ask(&client, &url).await });
    proxy.wait_for(VERSIONS, Duration::from_secs(5)).await;
    proxy.set(Fault::HalfOpen).await;
    proxy.clear().await;
    server.resume();
    assert!(waiting.await.unwrap().unwrap_err().is_timeout());
}

#[tokio::test]
async fn reset_breaks_the_answer_off() {
    let proxy = FaultProxy::before(&shared_synapse().await.url()).await;
    proxy.set(Fault::ResetAfter { bytes: 10 }).await;
    let answer = ask(&reqwest::Client::new(), &proxy.url()).await.unwrap();
    assert!(answer.bytes().await.is_err());
    proxy.set(Fault::ResetAfter { bytes: 0 }).await;
    assert!(ask(&reqwest::Client::new(), &proxy.url()).await.is_err());
}

#[tokio::test]
async fn device_stays_behind_the_proxy_and_is_recorded() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let device = Device::sign_in(&proxy.url(), &server.user("Dora").await).await;
    let sync = proxy.wait_for("/sync", Duration::from_secs(10)).await;
    assert!(sync.authorized);
    let login = proxy.wait_for("/login", Duration::from_secs(1)).await;
    assert!(!login.authorized);
    let (token, _) = server.log_in(&server.user("Emil").await).await;
    assert!(!token.is_empty());
    let host = server.url().replace("http://", "");
    assert_eq!(proxy.hosts(), [host]);
    drop(device);
    let well_known =
        reqwest::get(format!("{}/.well-known/matrix/client", proxy.url())).await.unwrap();
    assert!(well_known.text().await.unwrap().contains(&proxy.url()));
}

#[tokio::test]
async fn forward_proxy_records_every_host() {
    let (server, other) = (shared_synapse().await, Stub::html().await);
    let proxy = FaultProxy::forward().await;
    let client = reqwest::Client::builder()
        .proxy(reqwest::Proxy::all(proxy.url()).unwrap())
        .build()
        .unwrap();
    assert!(ask(&client, &server.url()).await.unwrap().status().is_success());
    assert!(ask(&client, &other.url()).await.unwrap().status().is_success());
    let mut hosts = [server.url(), other.url()].map(|url| url.replace("http://", ""));
    hosts.sort();
    assert_eq!(proxy.hosts(), hosts);
}

#[tokio::test]
async fn stubs_are_what_they_say() {
    let client = reqwest::Client::new();
    let (html, old, missing) =
        (Stub::html().await, Stub::no_sliding_sync().await, Stub::not_found().await);
    let page = ask(&client, &html.url()).await.unwrap();
    assert!(page.headers()["content-type"].to_str().unwrap().starts_with("text/html"));
    let versions: Value = ask(&client, &old.url()).await.unwrap().json().await.unwrap();
    assert_eq!(versions["unstable_features"], json!({}));
    assert_eq!(ask(&client, &missing.url()).await.unwrap().status(), 404);
}
