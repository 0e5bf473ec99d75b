//! Wrong passwords and servers that are not what they should be.

use std::{net::TcpListener, time::Duration};

use herold_core::protocol::{
    ConnectionState, ErrorKind, ErrorReason, OfflineReason, PasswordSignIn, SessionState,
};
use herold_testkit::{
    Certificate, Fault, FaultProxy, Stub, Synapse, TlsProxy, User, shared_synapse,
};
use serde_json::{Value, json};

use crate::support::{PATIENCE, Person};

fn nobody() -> User {
    User {
        id: "@nobody:herold.test".to_owned(),
        localpart: "nobody".to_owned(),
        password: "not a password".to_owned(),
        display_name: "Nobody".to_owned(),
    }
}

/// Why signing in at this server fails. The profile must be as before.
async fn refusal(server: &str) -> (ErrorKind, Option<ErrorReason>) {
    let person = Person::new(&nobody()).await;
    let discovery = person.app.discover(server).await.expect_err("discovering must fail");
    let sign_in = person.enter(server).await.expect_err("signing in must fail");
    assert_eq!((discovery.kind, discovery.reason), (sign_in.kind, sign_in.reason));
    assert_eq!(person.app.state(), SessionState::SignedOut);
    (sign_in.kind, sign_in.reason)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wrong_password_is_said_and_the_right_one_still_works() {
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let person = Person::new(&user).await;
    for _ in 0..2 {
        let error = person
            .app
            .sign_in(PasswordSignIn {
                homeserver: server.url(),
                username: user.localpart.clone(),
                password: "wrong".to_owned(),
            })
            .await
            .expect_err("the password is wrong");
        assert_eq!(error.kind, ErrorKind::SignedOut);
        assert_eq!(error.reason, Some(ErrorReason::WrongCredentials));
        assert_eq!(person.app.state(), SessionState::SignedOut);
        assert!(person.app.session().is_err());
    }
    person.enter(&server.url()).await.expect("signing in with the right password");
    person.online().await;
    assert_eq!(person.session().account().user_id, user.id);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_a_pause_is_heard_at_once() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let asked = Duration::from_secs(120);
    let pause = Fault::Status { code: 429, retry_after: Some(asked), body: None };
    proxy.set_for("login", pause).await;
    // The question how one signs in here is answered.
    proxy.set_times("v3/login", 1, Fault::Pass).await;
    let person = Person::new(&nobody()).await;
    let answer = tokio::time::timeout(Duration::from_secs(20), person.enter(&proxy.url())).await;
    let error = answer.expect("an answer before the pause is over").unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimited, Some(asked)));
    assert_eq!(person.app.state(), SessionState::SignedOut);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_whole_user_identifier_signs_in_and_a_repeated_call_changes_nothing() {
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let person = Person::new(&user).await;
    let request = PasswordSignIn {
        homeserver: format!("  {}/ ", server.url()),
        username: user.id.clone(),
        password: user.password.clone(),
    };
    person.app.sign_in(request.clone()).await.expect("signing in");
    let device = person.device_id();
    person.app.sign_in(request).await.expect("asking again");
    assert_eq!(person.device_id(), device);
    assert!(server.devices(&user.id).await.contains(&device));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_without_a_server_is_unknown() {
    let refusal = refusal("nowhere.invalid").await;
    assert_eq!(refusal, (ErrorKind::Offline, Some(ErrorReason::ServerUnknown)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_port_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let refusal = refusal(&address).await;
    assert_eq!(refusal, (ErrorKind::Offline, Some(ErrorReason::ServerUnreachable)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_web_page_is_not_a_matrix_server() {
    let stub = Stub::html().await;
    let refusal = refusal(&stub.url()).await;
    assert_eq!(refusal, (ErrorKind::Unsupported, Some(ErrorReason::NotMatrix)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_knows_nothing_of_matrix_is_not_a_matrix_server() {
    let stub = Stub::not_found().await;
    let refusal = refusal(&stub.url()).await;
    assert_eq!(refusal, (ErrorKind::Unsupported, Some(ErrorReason::NotMatrix)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_is_down_for_a_while_is_not_taken_for_a_wrong_address() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    proxy.set(Fault::status(502)).await;
    let failing = (ErrorKind::Offline, Some(ErrorReason::ServerError));
    assert_eq!(refusal(&proxy.url()).await, failing);
    // The web server of the name is there, and what stands behind it is not.
    proxy.set_for("/.well-known", Fault::status(404)).await;
    assert_eq!(refusal(&proxy.url()).await, failing);
    proxy.set(Fault::status(429)).await;
    assert_eq!(refusal(&proxy.url()).await, (ErrorKind::RateLimited, None));
    // Where the homeserver is cannot be known just now.
    proxy.set_for("/.well-known", Fault::status(503)).await;
    proxy.set(Fault::status(404)).await;
    assert_eq!(refusal(&proxy.url()).await, failing);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_heard_at_once_also_before_the_server_is_known() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let asked = Duration::from_secs(120);
    proxy.set(Fault::Status { code: 429, retry_after: Some(asked), body: None }).await;
    let person = Person::new(&nobody()).await;
    let address = proxy.url();
    let question = person.app.discover(&address);
    let answer = tokio::time::timeout(Duration::from_secs(20), question).await;
    let error = answer.expect("an answer before the pause is over").unwrap_err();
    assert_eq!((error.kind, error.retry_after), (ErrorKind::RateLimited, Some(asked)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_without_sliding_sync_is_refused_by_name_of_what_it_lacks() {
    let stub = Stub::no_sliding_sync().await;
    let refusal = refusal(&stub.url()).await;
    assert_eq!(refusal, (ErrorKind::Unsupported, Some(ErrorReason::NoSlidingSync)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_expired_certificate_is_called_expired() {
    let server = shared_synapse().await;
    let proxy = TlsProxy::before(&server.url(), Certificate::Expired).await;
    let refusal = refusal(&proxy.url()).await;
    assert_eq!(refusal, (ErrorKind::Offline, Some(ErrorReason::CertificateExpired)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn certificates_that_nobody_vouches_for_are_refused() {
    let server = shared_synapse().await;
    for kind in [Certificate::SelfSigned, Certificate::UnknownAuthority, Certificate::WrongHost] {
        let proxy = TlsProxy::before(&server.url(), kind).await;
        let refusal = refusal(&proxy.url()).await;
        assert_eq!(
            refusal,
            (ErrorKind::Offline, Some(ErrorReason::CertificateInvalid)),
            "{kind:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_password_is_never_sent_unprotected_to_another_machine() {
    for server in ["http://matrix.example.org", "http://192.0.2.1:8008", "not a server", ""] {
        let refusal = refusal(server).await;
        assert_eq!(refusal, (ErrorKind::Invalid, Some(ErrorReason::ServerNameInvalid)), "{server}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_whose_name_leads_to_another_port_is_signed_in_to_there() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let name = Stub::delegating_to(&proxy.url()).await;
    let user = server.user("Anna").await;
    let person = Person::new(&user).await;
    let found = person.app.discover(&name.url()).await.expect("discovering");
    assert_eq!((found.name, found.homeserver), (name.url(), format!("{}/", proxy.url())));
    person.enter(&name.url()).await.expect("signing in");
    person.online().await;
    assert!(server.devices(&user.id).await.contains(&person.device_id()));
    assert!(proxy.count("/sync") > 0, "what follows goes there, too");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_name_that_leads_to_an_unprotected_address_is_refused_before_anything_is_sent_there() {
    let unprotected = (ErrorKind::Invalid, Some(ErrorReason::ServerNameInvalid));
    for address in ["http://192.0.2.1", "http://matrix.example.org:8008", "ftp://127.0.0.1"] {
        let name = Stub::delegating_to(address).await;
        assert_eq!(refusal(&name.url()).await, unprotected, "{address}");
    }
}

/// The keys of this device and of the account's identity, as the server tells them to others.
async fn keys(server: &Synapse, user: &User, device: &str) -> (Value, Value) {
    let question = json!({ "device_keys": { user.id.as_str(): [] } });
    let answer = server.admin("POST", "/_matrix/client/v3/keys/query", Some(&question)).await;
    let of_device = answer["device_keys"][&user.id][device]["keys"].clone();
    (of_device, answer["master_keys"][&user.id]["keys"].clone())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_asks_for_the_password_once_more_gets_the_keys_of_the_account() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("streng").await;
    let person = Person::new(&user).await;
    person.enter(&proxy.url()).await.expect("signing in");
    let (device, identity) = keys(server, &user, &person.device_id()).await;
    assert!(device.is_object(), "the keys of the device: {device}");
    assert!(identity.is_object(), "the keys of the account: {identity}");
    assert!(proxy.count("device_signing/upload") > 1, "it was asked for the password");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn keys_that_the_server_did_not_get_at_sign_in_are_there_after_the_next_start() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("Anna").await;
    proxy.set_for("/keys/upload", Fault::status(403)).await;
    let mut anna = Person::sign_in(&proxy.url(), &user).await;
    let device = anna.device_id();
    assert_eq!(keys(server, &user, &device).await, (Value::Null, Value::Null));
    anna.app.close().await;

    proxy.clear().await;
    anna.restart().await;
    let both = async {
        loop {
            let (device, identity) = keys(server, &user, &device).await;
            if device.is_object() && identity.is_object() {
                return;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    };
    let both = tokio::time::timeout(PATIENCE / 4, both).await;
    assert!(both.is_ok(), "{:?}", keys(server, &user, &device).await);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_that_cannot_be_stored_is_ended_on_the_server_too() {
    let server = shared_synapse().await;
    let user = server.user("Anna").await;
    let person = Person::new(&user).await;
    let before = server.devices(&user.id).await;
    // Where the session would be written is something else.
    let in_the_way = person.profile().join("session.new");
    std::fs::create_dir(&in_the_way).unwrap();
    let error = person.enter(&server.url()).await.expect_err("the session cannot be stored");
    assert_eq!(error.kind, ErrorKind::Storage);
    assert_eq!(person.app.state(), SessionState::SignedOut);
    assert_eq!(server.devices(&user.id).await, before, "no device is left");

    person.enter(&server.url()).await.expect("signing in, now that nothing is in the way");
    assert!(server.devices(&user.id).await.contains(&person.device_id()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_server_that_fails_right_after_the_password_is_a_lost_connection_and_no_lost_sign_in() {
    let server = shared_synapse().await;
    let proxy = FaultProxy::before(&server.url()).await;
    let user = server.user("Anna").await;
    proxy.set(Fault::status(403)).await;
    for path in ["/.well-known", "/versions", "/login"] {
        proxy.set_for(path, Fault::Slow { latency: Duration::ZERO }).await;
    }
    let person = Person::new(&user).await;
    person.enter(&proxy.url()).await.expect("the server took the password");
    person
        .connection("offline", |state| {
            matches!(state, ConnectionState::Offline { reason: OfflineReason::ServerError, .. })
        })
        .await;
    assert!(
        matches!(person.app.state(), SessionState::SignedIn { .. }),
        "{:?}",
        person.app.state()
    );
    proxy.clear().await;
    person.session().retry_connection();
    person.online().await;
}
