//! Wrong passwords and servers that are not what they should be.

use std::{net::TcpListener, time::Duration};

use herold_core::protocol::{ErrorKind, ErrorReason, PasswordSignIn, SessionState};
use herold_testkit::{Certificate, Fault, FaultProxy, Stub, TlsProxy, User, shared_synapse};

use crate::support::Person;

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
