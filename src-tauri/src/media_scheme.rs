//! `herold-media:` answers with the picture behind an opaque token, and where asked for `bytes`, with any file.
//!
//! The token is all a window can ask with. A webview draws what it finds to be a picture, whatever it is called:
//! what may not be drawn is not given to it, but to the page's own reading of bytes.

use herold_core::{
    App, MediaContent,
    protocol::{ErrorKind, MediaToken},
};
use tauri::{
    Manager, Runtime, UriSchemeContext, UriSchemeResponder,
    http::{Request, Response, StatusCode, header},
};

const OTHER: &str = "application/octet-stream";
/// Bytes that a page reads, for which it has several copies of them: what `largestPlayed` in `recording.svelte.ts`
/// says, also where a message does not say how large its file is.
const LARGEST_READ: usize = 64 * 1024 * 1024;

pub(crate) fn serve<R: Runtime>(
    context: UriSchemeContext<'_, R>,
    request: Request<Vec<u8>>,
    responder: UriSchemeResponder,
) {
    let app = context.app_handle().state::<App>().inner().clone();
    let token = MediaToken(request.uri().path().trim_start_matches('/').to_owned());
    let answer = if request.uri().query() == Some("bytes") { file } else { picture };
    tauri::async_runtime::spawn(async move {
        let content = match app.session() {
            Ok(session) => session.media(&token).await,
            Err(error) => Err(error),
        };
        responder.respond(match content {
            Ok(content) => answer(content),
            Err(error) => failure(error.kind),
        });
    });
}

fn picture(content: MediaContent) -> Response<Vec<u8>> {
    if !content.is_picture() {
        return respond(StatusCode::UNSUPPORTED_MEDIA_TYPE, OTHER, Vec::new());
    }
    respond(StatusCode::OK, content.content_type, content.bytes)
}

fn file(content: MediaContent) -> Response<Vec<u8>> {
    if content.bytes.len() > LARGEST_READ {
        return respond(StatusCode::PAYLOAD_TOO_LARGE, OTHER, Vec::new());
    }
    respond(StatusCode::OK, OTHER, content.bytes)
}

fn failure(kind: ErrorKind) -> Response<Vec<u8>> {
    let status = match kind {
        ErrorKind::NotFound | ErrorKind::Invalid => StatusCode::NOT_FOUND,
        ErrorKind::Forbidden | ErrorKind::SignedOut => StatusCode::FORBIDDEN,
        _ => StatusCode::SERVICE_UNAVAILABLE,
    };
    respond(status, OTHER, Vec::new())
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
        let response = file(MediaContent { bytes: b"<script>".to_vec(), content_type: OTHER });
        assert_eq!(response.headers()[header::X_CONTENT_TYPE_OPTIONS], "nosniff");
        assert!(
            response.headers()[header::CONTENT_SECURITY_POLICY]
                .to_str()
                .unwrap()
                .contains("sandbox")
        );
    }

    #[test]
    fn what_is_no_picture_is_given_to_nobody_who_would_draw_it() {
        let content = || MediaContent { bytes: b"BM bitmap".to_vec(), content_type: OTHER };
        let drawn = picture(content());
        assert_eq!(drawn.status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        assert!(drawn.body().is_empty());
        assert_eq!(file(content()).body(), b"BM bitmap");
    }

    #[test]
    fn a_page_does_not_get_more_than_it_can_hold() {
        let content = |size| MediaContent { bytes: vec![0; size], content_type: OTHER };
        assert_eq!(file(content(LARGEST_READ)).status(), StatusCode::OK);
        let refused = file(content(LARGEST_READ + 1));
        assert_eq!(refused.status(), StatusCode::PAYLOAD_TOO_LARGE);
        assert!(refused.body().is_empty());
    }

    #[test]
    fn a_failure_is_not_cached() {
        let response = failure(ErrorKind::Offline);
        assert_eq!(response.status(), StatusCode::SERVICE_UNAVAILABLE);
        assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    }
}
