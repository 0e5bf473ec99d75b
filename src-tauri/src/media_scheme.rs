//! `herold-media:` answers with the picture behind an opaque token.
//!
//! The token is all a window can ask with. Only picture types that hold no script are named as such;
//! everything else is bytes that a webview does not interpret.

use herold_core::{
    App, MediaContent,
    protocol::{ErrorKind, MediaToken},
};
use tauri::{
    Manager, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};

pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    let token = MediaToken(request.uri().path().trim_start_matches('/').to_owned());
    tauri::async_runtime::spawn(async move {
        let content = match app.session() {
            Ok(session) => session.media(&token).await,
            Err(error) => Err(error),
        };
        responder.respond(match content {
            Ok(content) => picture(content),
            Err(error) => failure(error.kind),
        });
    });
}

fn picture(content: MediaContent) -> Response<Vec<u8>> {
    respond(StatusCode::OK, content.content_type, content.bytes)
}

fn failure(kind: ErrorKind) -> Response<Vec<u8>> {
    let status = match kind {
        ErrorKind::NotFound | ErrorKind::Invalid => StatusCode::NOT_FOUND,
        ErrorKind::Forbidden | ErrorKind::SignedOut => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    respond(status, "application/octet-stream", Vec::new())
}

fn respond(status: StatusCode, content_type: &str, body: Vec<u8>) -> Response<Vec<u8>> {
    let mut response = Response::new(body);
    *response.status_mut() = status;
    let headers = response.headers_mut();
    let mut set = |name, value: &str| {
        if let Ok(value) = header::HeaderValue::from_str(value) {
            headers.insert(name, value);
        }
    };
    set(header::CONTENT_TYPE, content_type);
    set(header::X_CONTENT_TYPE_OPTIONS, "nosniff");
    set(header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox");
    set(header::CONTENT_DISPOSITION, "inline");
    // The page plays sound and video from bytes that it reads. No other page can ask.
    set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*");
    // A token means the same media for as long as the session lives.
    set(
        header::CACHE_CONTROL,
        if status == StatusCode::OK { "private, max-age=86400, immutable" } else { "no-store" },
    );
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_served_cannot_run() {
        let response = picture(MediaContent {
            bytes: b"<script>".to_vec(),
            content_type: "application/octet-stream",
        });
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("sandbox")
        );
    }

    #[test]
    fn a_failure_is_not_cached() {
        let response = failure(ErrorKind::Offline);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
