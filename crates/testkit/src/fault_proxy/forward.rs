//! Passing one request on, through whatever fault it meets.

use std::{
    future::pending,
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
    time::Duration,
};

use http_body_util::BodyExt;
use hyper::{
    Method, Request, Response, StatusCode, Uri,
    body::{Bytes, Frame, Incoming},
    header::{CONTENT_LENGTH, CONTENT_TYPE, HOST, HeaderValue, RETRY_AFTER},
};
use hyper_util::{
    client::legacy::{Client, connect::HttpConnector},
    rt::{TokioExecutor, TokioIo},
};
use serde_json::json;
use tokio::net::TcpStream;
use url::Url;

use super::{Fault, Shared};
use crate::http::{self, Body, Error};

pub(super) struct Upstream {
    /// None: a forward proxy.
    server: Option<Url>,
    client: Client<HttpConnector, Incoming>,
}

impl Upstream {
    pub(super) fn new(server: Option<Url>) -> Self {
        Self { server, client: Client::builder(TokioExecutor::new()).build_http() }
    }

    fn authority(&self, request: &Request<Incoming>) -> String {
        let (host, port) = match &self.server {
            Some(url) => (url.host_str().unwrap_or("").to_owned(), url.port_or_known_default()),
            None => (
                request.uri().host().unwrap_or("").to_owned(),
                request.uri().port_u16().or(Some(80)),
            ),
        };
        format!("{host}:{}", port.unwrap_or(80))
    }
}

/// An error here closes the connection without an answer.
pub(super) async fn handle(
    shared: Arc<Shared>,
    connection: u64,
    request: Request<Incoming>,
) -> Result<Response<Body>, Error> {
    let authority = shared.upstream.authority(&request);
    shared.record.add(&request, &authority);
    let path = request.uri().path_and_query().map_or("", |path| path.as_str()).to_owned();
    if shared.faults.is_dead(connection) {
        pending::<()>().await;
    }
    let mut allowance = None;
    match shared.faults.take(&path) {
        Fault::Pass => {}
        Fault::Cut => return Err("cut by the fault proxy".into()),
        Fault::HalfOpen => pending().await,
        Fault::Slow { latency } => tokio::time::sleep(latency).await,
        Fault::Status { code, retry_after, body } => return Ok(refusal(code, retry_after, body)),
        Fault::Page { code, retry_after } => return Ok(page(code, retry_after)),
        Fault::ResetAfter { bytes } => allowance = Some(bytes),
    }
    let response = pass_on(&shared, &authority, &path, request).await?;
    if shared.faults.is_dead(connection) {
        pending::<()>().await;
    }
    if allowance == Some(0) {
        return Err("the answer was lost by the fault proxy".into());
    }
    Ok(response.map(|inner| Faulty { inner, shared, connection, allowance, leaving: None }.boxed()))
}

async fn pass_on(
    shared: &Arc<Shared>,
    authority: &str,
    path: &str,
    mut request: Request<Incoming>,
) -> Result<Response<Body>, Error> {
    if request.method() == Method::CONNECT {
        return tunnel(authority.to_owned(), request).await;
    }
    *request.uri_mut() = format!("http://{authority}{path}").parse::<Uri>()?;
    let own = shared.address.to_string();
    request.headers_mut().insert(HOST, HeaderValue::from_str(authority)?);
    let response = match shared.upstream.client.request(request).await {
        Ok(response) => response,
        // A device sees what it would see without the proxy: a connection that closes.
        Err(error) => return Err(error.into()),
    };
    let names_itself = path.starts_with("/.well-known/") || path.contains("/login");
    let mut replacements = shared.replacements();
    if shared.upstream.server.is_some() && names_itself {
        // Otherwise the device would go around the proxy after it has signed in.
        replacements.push((authority.to_owned(), own));
    }
    let is_json = response
        .headers()
        .get(CONTENT_TYPE)
        .is_some_and(|kind| kind.as_bytes().starts_with(b"application/json"));
    if is_json && !replacements.is_empty() {
        return replace(response, &replacements).await;
    }
    Ok(response.map(|body| body.map_err(Error::from).boxed()))
}

async fn replace(
    response: Response<Incoming>,
    replacements: &[(String, String)],
) -> Result<Response<Body>, Error> {
    let (mut head, body) = response.into_parts();
    let text = String::from_utf8(body.collect().await?.to_bytes().to_vec())?;
    head.headers.remove(CONTENT_LENGTH);
    let text = replacements.iter().fold(text, |text, (from, to)| text.replace(from, to));
    Ok(Response::from_parts(head, http::body(text)))
}

async fn tunnel(authority: String, request: Request<Incoming>) -> Result<Response<Body>, Error> {
    let mut server = TcpStream::connect(&authority).await?;
    tokio::spawn(async move {
        if let Ok(device) = hyper::upgrade::on(request).await {
            // Either side may close at any time; there is nobody to tell.
            let _ = tokio::io::copy_bidirectional(&mut TokioIo::new(device), &mut server).await;
        }
    });
    Ok(Response::new(http::body(Bytes::new())))
}

fn refusal(
    code: u16,
    retry_after: Option<Duration>,
    body: Option<serde_json::Value>,
) -> Response<Body> {
    let errcode = match code {
        401 => "M_UNKNOWN_TOKEN",
        403 => "M_FORBIDDEN",
        404 => "M_NOT_FOUND",
        413 => "M_TOO_LARGE",
        429 => "M_LIMIT_EXCEEDED",
        _ => "M_UNKNOWN",
    };
    let body = body.unwrap_or_else(|| {
        let mut body = json!({ "errcode": errcode, "error": "Made by the fault proxy" });
        if let Some(delay) = retry_after {
            body["retry_after_ms"] = json!(delay.as_millis());
        }
        body
    });
    let status = StatusCode::from_u16(code).expect("a status code between 100 and 999");
    let mut response = http::json(status, &body);
    if let Some(delay) = retry_after {
        let seconds = delay.as_secs().max(1);
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}

fn page(code: u16, retry_after: &'static str) -> Response<Body> {
    let status = StatusCode::from_u16(code).expect("a status code between 100 and 999");
    let text = "<!doctype html><title>Busy</title><p>Please try again later.".to_owned();
    let mut response = http::answer(status, "text/html; charset=utf-8", text);
    response.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(retry_after));
    response
}

/// A body that stops when its connection died, and breaks when its allowance is used up.
struct Faulty {
    inner: Body,
    shared: Arc<Shared>,
    connection: u64,
    allowance: Option<u64>,
    /// The time in which the allowed bytes reach the device before the connection breaks.
    leaving: Option<Pin<Box<tokio::time::Sleep>>>,
}

const LEAVING: Duration = Duration::from_millis(20);

impl hyper::body::Body for Faulty {
    type Data = Bytes;
    type Error = Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Error>>> {
        if self.shared.faults.is_dead(self.connection) {
            return Poll::Pending;
        }
        if self.allowance == Some(0) {
            let leaving = self.leaving.get_or_insert_with(|| Box::pin(tokio::time::sleep(LEAVING)));
            std::task::ready!(leaving.as_mut().poll(context));
            return Poll::Ready(Some(Err("reset by the fault proxy".into())));
        }
        let polled = Pin::new(&mut self.inner).poll_frame(context);
        let Some(allowance) = self.allowance else { return polled };
        polled.map(|frame| {
            let frame = frame?.map(|frame| match frame.into_data() {
                Ok(mut data) => {
                    data.truncate(usize::try_from(allowance).unwrap_or(usize::MAX));
                    self.allowance = Some(allowance - data.len() as u64);
                    Frame::data(data)
                }
                Err(trailers) => trailers,
            });
            Some(frame)
        })
    }

    fn is_end_stream(&self) -> bool {
        self.allowance.is_none() && self.inner.is_end_stream()
    }

    fn size_hint(&self) -> hyper::body::SizeHint {
        self.inner.size_hint()
    }
}
