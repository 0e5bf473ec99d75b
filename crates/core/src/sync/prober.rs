//! Asks a homeserver whether it is there, without a token.
//!
//! The SDK passes on `Retry-After` only where the answer is one of Matrix. A load balancer says it with a page.

use std::time::Duration;

use herold_protocol::{ErrorKind, ErrorReason};
use matrix_sdk::{
    HttpError,
    reqwest::{
        Client, StatusCode,
        header::{HeaderMap, RETRY_AFTER},
    },
    ruma::api::error::{RetryAfter, StandardErrorBody},
};
use serde::{Deserialize, de::IgnoredAny};
use url::Url;

use super::{CHECK_INTERVAL, CHECK_TIMEOUT};
use crate::{
    Error, Result,
    error::{classify_api, time_until},
    session::http,
};

pub(crate) struct Prober {
    http: Client,
    question: Url,
}

/// The answer to `/versions` (specification, client-server API, "API versions").
#[derive(Deserialize)]
struct Versions {
    #[serde(rename = "versions")]
    _versions: Vec<IgnoredAny>,
}

impl Prober {
    pub(crate) fn new(homeserver: &Url) -> Result<Self> {
        let base = homeserver.as_str().trim_end_matches('/');
        let question = Url::parse(&format!("{base}/_matrix/client/versions"))
            .map_err(|error| Error::new(ErrorKind::Internal).with_source(error))?;
        // One connection lasts from one check to the next.
        let http = http().timeout(CHECK_TIMEOUT).pool_idle_timeout(2 * CHECK_INTERVAL);
        Ok(Self { http: http.build().map_err(HttpError::from)?, question })
    }

    /// # Errors
    /// Why the server cannot be used now, and for how long it asks to be left alone.
    pub(crate) async fn ask(&self) -> Result<()> {
        let question = self.http.get(self.question.clone());
        let answer = question.send().await.map_err(HttpError::from)?;
        let status = answer.status();
        let asked = asked_pause(status, answer.headers());
        let body = answer.bytes().await.map_err(HttpError::from)?;
        if status.is_success() {
            serde_json::from_slice::<Versions>(&body).map_err(|error| {
                Error::because(ErrorKind::Unsupported, ErrorReason::NotMatrix).with_source(error)
            })?;
            return Ok(());
        }
        let refusal = serde_json::from_slice::<StandardErrorBody>(&body).ok();
        let error = classify_api(refusal.as_ref().map(|refusal| &refusal.kind), status.as_u16());
        Err(Error { retry_after: asked.or(error.retry_after), ..error })
    }
}

/// What `Retry-After` says (RFC 9110, section 10.2.3): seconds, or a date.
fn asked_pause(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    if !matches!(status, StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE) {
        return None;
    }
    let asked = RetryAfter::try_from(headers.get(RETRY_AFTER)?).ok()?;
    time_until(&asked)
}

#[cfg(test)]
mod tests {
    use matrix_sdk::reqwest::header::HeaderValue;

    use super::*;

    #[test]
    fn a_pause_is_read_in_seconds_or_as_a_date_where_the_status_asks_for_one() {
        let pause = |status: u16, text: &'static str| {
            let headers = HeaderMap::from_iter([(RETRY_AFTER, HeaderValue::from_static(text))]);
            asked_pause(StatusCode::from_u16(status).unwrap(), &headers)
        };
        assert_eq!(pause(429, "40"), Some(Duration::from_secs(40)));
        assert_eq!(pause(503, "40"), Some(Duration::from_secs(40)));
        let long = pause(503, "Thu, 31 Dec 2099 23:59:59 GMT").unwrap();
        assert!(long > Duration::from_secs(86_400), "{long:?}");
        assert_eq!(pause(429, "Fri, 15 May 2015 15:34:21 GMT"), None);
        assert_eq!(pause(429, "soon"), None);
        assert_eq!(pause(500, "40"), None);
        assert_eq!(asked_pause(StatusCode::TOO_MANY_REQUESTS, &HeaderMap::new()), None);
    }
}
