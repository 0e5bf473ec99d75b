//! Servers that are not what Herold needs, for the messages a person sees when signing in, and pages that
//! a homeserver makes previews of.

use std::{convert::Infallible, net::SocketAddr, sync::Arc};

use hyper::{
    Method, Request, Response, StatusCode,
    body::Incoming,
    header::{CONTENT_TYPE, HeaderValue, LOCATION},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::TokioIo;
use serde_json::json;
use tokio::{net::TcpListener, task::JoinHandle};

use crate::{
    http::{self, Body},
    picture::Picture,
};

/// The server ends when the value is dropped.
pub struct Stub {
    address: SocketAddr,
    accepting: JoinHandle<()>,
}

type Respond = Arc<dyn Fn(&Method, &str) -> Response<Body> + Send + Sync>;

impl Stub {
    /// Answers 200 and a web page to everything, as a captive portal does.
    pub async fn html() -> Self {
        Self::start(|_, _| {
            let page = "<!doctype html><title>Welcome</title><p>Please sign in to the Wi-Fi.";
            http::answer(StatusCode::OK, "text/html; charset=utf-8", page.to_owned())
        })
        .await
    }

    /// A Matrix server from before sliding sync (MSC4186), with password login.
    pub async fn no_sliding_sync() -> Self {
        Self::start(old_server).await
    }

    /// Answers 404 without a body of Matrix to everything.
    pub async fn not_found() -> Self {
        Self::start(|_, _| {
            http::answer(StatusCode::NOT_FOUND, "text/plain", "Not found".to_owned())
        })
        .await
    }

    /// A web server whose `.well-known` says that the homeserver is at this address, and that has nothing else.
    pub async fn delegating_to(address: &str) -> Self {
        let named = json!({ "m.homeserver": { "base_url": address } });
        Self::start(move |_, path| match path {
            "/.well-known/matrix/client" => http::json(StatusCode::OK, &named),
            _ => http::answer(StatusCode::NOT_FOUND, "text/plain", "Not found".to_owned()),
        })
        .await
    }

    /// Pages that say something of themselves: `/article` with a picture, `/hostile` to deceive, `/silent`
    /// nothing; `/picture.png` itself, and `/moved.png`, which leads there. As a forward proxy, it answers so for every host.
    pub async fn website() -> Self {
        Self::start(page).await
    }

    /// `http://127.0.0.1:port`
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    async fn start(
        respond: impl Fn(&Method, &str) -> Response<Body> + Send + Sync + 'static,
    ) -> Self {
        let (listener, address) = http::listen().await;
        Self { address, accepting: tokio::spawn(accept(listener, Arc::new(respond))) }
    }
}

impl Drop for Stub {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

async fn accept(listener: TcpListener, respond: Respond) {
    while let Ok((stream, _)) = listener.accept().await {
        let respond = Arc::clone(&respond);
        let service = service_fn(move |request: Request<Incoming>| {
            let response = respond(request.method(), request.uri().path());
            std::future::ready(Ok::<_, Infallible>(response))
        });
        tokio::spawn(http1::Builder::new().serve_connection(TokioIo::new(stream), service));
    }
}

fn page(_: &Method, path: &str) -> Response<Body> {
    let html = |head: &str| {
        let text = format!("<!doctype html><html><head>{head}</head><body></body></html>");
        http::answer(StatusCode::OK, "text/html; charset=utf-8", text)
    };
    match path {
        "/article" => html(
            "<meta property='og:title' content='Neuer Radweg'>\
             <meta property='og:site_name' content='Stadt Lindenau'>\
             <meta property='og:description' content='Der Bau beginnt im März.'>\
             <meta property='og:image' content='/picture.png'>",
        ),
        // Synapse passes on at most 1,000 characters of a value.
        "/hostile" => html(&format!(
            "<meta property='og:title' content='Rechnung\u{202E}fdp.{}'>\
             <meta property='og:site_name' content='bund.de\u{200B}\u{2066}'>\
             <meta property='og:description' content='{}'>\
             <meta property='og:image' content='/nowhere.png'>",
            "x".repeat(900),
            "y ".repeat(450),
        )),
        "/silent" => html(""),
        "/moved.png" => {
            let mut moved = Response::new(http::body(Vec::new()));
            *moved.status_mut() = StatusCode::FOUND;
            moved.headers_mut().insert(LOCATION, HeaderValue::from_static("/picture.png"));
            moved
        }
        "/picture.png" => {
            let mut picture = Response::new(http::body(Picture::market_square().png));
            picture.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("image/png"));
            picture
        }
        _ => http::answer(StatusCode::NOT_FOUND, "text/plain", "Not found".to_owned()),
    }
}

fn old_server(method: &Method, path: &str) -> Response<Body> {
    let found = match path {
        "/_matrix/client/versions" => json!({
            "versions": ["r0.6.1", "v1.1", "v1.2", "v1.3", "v1.4", "v1.5", "v1.6"],
            "unstable_features": {},
        }),
        "/_matrix/client/v3/login" if method == Method::GET => {
            json!({ "flows": [{ "type": "m.login.password" }] })
        }
        "/_matrix/client/v3/login" => json!({
            "user_id": "@anna:old.example",
            "access_token": "stub",
            "device_id": "STUBDEVICE",
        }),
        _ => {
            let error = json!({ "errcode": "M_UNRECOGNIZED", "error": "Unrecognized request" });
            return http::json(StatusCode::NOT_FOUND, &error);
        }
    };
    http::json(StatusCode::OK, &found)
}
