//! Previews of links, which the homeserver makes: this device never contacts the page.
//!
//! The homeserver learns every address it is asked about. Nothing is asked unless previews are switched
//! on, and in an encrypted room nothing without the person's word for this one link. Answers are kept in
//! memory for the session; an address is asked about once at a time. Which addresses are asked about at
//! all is in `address`, what is believed of an answer in `open_graph`.

mod address;
mod open_graph;

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::{Duration, Instant},
};

use herold_protocol::{ErrorKind, ErrorReason, LinkCard, LinkPreview};
use matrix_sdk::{
    EncryptionState, config::RequestConfig,
    ruma::api::client::authenticated_media::get_media_preview::v1::Request,
};
use tokio::{sync::OnceCell, time::timeout};
use url::Url;

use self::open_graph::Facts;
use crate::{Error, Result, session::Session};

/// The homeserver has to fetch the page itself.
const LONGEST_REQUEST: Duration = Duration::from_secs(10);

/// Addresses whose answer is remembered.
const MOST_REMEMBERED: usize = 300;

/// How long a page without a preview is not asked about again.
const NOTHING_LASTS: Duration = Duration::from_secs(10 * 60);
/// The same for a failure that says nothing about the page.
const FAILURE_LASTS: Duration = Duration::from_secs(15);

#[derive(Default)]
pub(crate) struct LinkPreviews {
    /// The homeserver makes no previews.
    switched_off: AtomicBool,
    remembered: Mutex<Remembered>,
}

/// What became of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Failure {
    Page,
    /// The homeserver was not reached, was slow or wants a pause.
    Way(ErrorKind),
}

struct Known {
    answer: Result<Option<Facts>, Failure>,
    since: Instant,
}

impl Known {
    fn is_current(&self, now: Instant) -> bool {
        let lasts = match &self.answer {
            Ok(Some(_)) => return true,
            Ok(None) | Err(Failure::Page) => NOTHING_LASTS,
            Err(Failure::Way(_)) => FAILURE_LASTS,
        };
        now.saturating_duration_since(self.since) < lasts
    }
}

type Slot = Arc<OnceCell<Known>>;

/// The addresses asked about last, the latest at the end.
#[derive(Default)]
struct Remembered(VecDeque<(Url, Slot)>);

impl Remembered {
    /// The slot of an address, a fresh one where its answer is too old.
    fn slot(&mut self, url: &Url, now: Instant) -> Slot {
        let place = self.0.iter().position(|(known, _)| known == url);
        let found = place.and_then(|place| self.0.remove(place)).map(|(_, slot)| slot);
        let slot = found
            .filter(|slot| slot.get().is_none_or(|known| known.is_current(now)))
            .unwrap_or_default();
        self.0.push_back((url.clone(), slot.clone()));
        if self.0.len() > MOST_REMEMBERED {
            self.0.pop_front();
        }
        slot
    }
}

impl Session {
    /// The preview of a link in a room. The caller has made sure that previews are switched on.
    /// `confirmed` after the person answered a `Confirm` outcome.
    ///
    /// # Errors
    /// What kept the homeserver from being asked. A page that cannot be read is `Nothing`.
    pub(crate) async fn link_preview(
        &self,
        room_id: &str,
        target: &str,
        confirmed: bool,
    ) -> Result<LinkPreview> {
        let room = self.joined_room(room_id)?;
        if self.link_previews.switched_off.load(Ordering::Relaxed) {
            return Ok(LinkPreview::Nothing);
        }
        let Some(url) = address::to_ask_about(target) else { return Ok(LinkPreview::Nothing) };
        // A room whose encryption is not known yet counts as encrypted.
        if !confirmed && !matches!(room.encryption_state(), EncryptionState::NotEncrypted) {
            return Ok(LinkPreview::Confirm);
        }
        let slot = {
            let mut remembered =
                self.link_previews.remembered.lock().unwrap_or_else(PoisonError::into_inner);
            remembered.slot(&url, Instant::now())
        };
        let known = slot
            .get_or_init(|| async {
                let answer = self.ask_about(&url).await;
                Known { answer, since: Instant::now() }
            })
            .await;
        match &known.answer {
            Ok(Some(facts)) => Ok(LinkPreview::Card { card: self.card(&url, facts) }),
            Ok(None) | Err(Failure::Page) => Ok(LinkPreview::Nothing),
            Err(Failure::Way(kind)) => Err(Error::new(*kind)),
        }
    }

    async fn ask_about(&self, url: &Url) -> Result<Option<Facts>, Failure> {
        // The SDK would try again and again where the homeserver says that a page cannot be read.
        let once = RequestConfig::new().disable_retry().timeout(LONGEST_REQUEST);
        let request = self.client.send(Request::new(url.to_string())).with_request_config(once);
        match timeout(LONGEST_REQUEST, request.into_future()).await {
            Ok(Ok(response)) => Ok(response.data.and_then(|data| open_graph::read(data.get()))),
            Ok(Err(error)) => {
                let error = Error::from(error);
                if is_unknown_request(&error) {
                    tracing::info!("the homeserver makes no previews of links");
                    self.link_previews.switched_off.store(true, Ordering::Relaxed);
                }
                Err(failure(&error))
            }
            Err(_) => Err(Failure::Way(ErrorKind::Timeout)),
        }
    }

    fn card(&self, url: &Url, facts: &Facts) -> LinkCard {
        LinkCard {
            host: url.host_str().unwrap_or_default().to_owned(),
            site: facts.site.clone(),
            title: facts.title.clone(),
            description: facts.description.clone(),
            picture: facts.picture.as_ref().map(|uri| self.media.small(uri)),
        }
    }
}

/// A homeserver with previews switched off does not know the request (`M_UNRECOGNIZED`).
fn is_unknown_request(error: &Error) -> bool {
    error.kind == ErrorKind::Unsupported && error.reason.is_none()
}

fn failure(error: &Error) -> Failure {
    match error.kind {
        // The homeserver answers so where it cannot read the page.
        ErrorKind::Offline if error.reason == Some(ErrorReason::ServerError) => Failure::Page,
        ErrorKind::Offline | ErrorKind::Timeout | ErrorKind::RateLimited | ErrorKind::SignedOut => {
            Failure::Way(error.kind)
        }
        _ => Failure::Page,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(number: usize) -> Url {
        Url::parse(&format!("https://lindenau.example/{number}")).unwrap()
    }

    fn fill(slot: &Slot, answer: Result<Option<Facts>, Failure>, since: Instant) {
        assert!(slot.set(Known { answer, since }).is_ok());
    }

    #[test]
    fn an_address_that_is_being_asked_about_is_not_asked_about_twice() {
        let mut remembered = Remembered::default();
        let now = Instant::now();
        let first = remembered.slot(&url(1), now);
        assert!(Arc::ptr_eq(&first, &remembered.slot(&url(1), now)));
        assert!(!Arc::ptr_eq(&first, &remembered.slot(&url(2), now)));
    }

    #[test]
    fn a_card_stays_and_a_page_without_one_is_asked_about_again_later() {
        let mut remembered = Remembered::default();
        let now = Instant::now();
        let later = now + NOTHING_LASTS;
        fill(&remembered.slot(&url(1), now), Ok(Some(Facts::default())), now);
        fill(&remembered.slot(&url(2), now), Ok(None), now);
        fill(&remembered.slot(&url(3), now), Err(Failure::Way(ErrorKind::Offline)), now);
        let soon = now + FAILURE_LASTS;
        assert!(remembered.slot(&url(2), soon).get().is_some());
        assert!(remembered.slot(&url(3), soon).get().is_none());
        assert!(remembered.slot(&url(1), later).get().is_some());
        assert!(remembered.slot(&url(2), later).get().is_none());
    }

    #[test]
    fn the_addresses_asked_about_longest_ago_are_forgotten() {
        let mut remembered = Remembered::default();
        let now = Instant::now();
        let first = remembered.slot(&url(0), now);
        let second = remembered.slot(&url(1), now);
        for number in 2..MOST_REMEMBERED {
            remembered.slot(&url(number), now);
        }
        assert!(Arc::ptr_eq(&first, &remembered.slot(&url(0), now)));
        remembered.slot(&url(MOST_REMEMBERED), now);
        assert_eq!(remembered.0.len(), MOST_REMEMBERED);
        assert!(Arc::ptr_eq(&first, &remembered.slot(&url(0), now)));
        assert!(!Arc::ptr_eq(&second, &remembered.slot(&url(1), now)));
    }

    #[test]
    fn only_an_unknown_request_means_that_there_are_no_previews() {
        assert!(is_unknown_request(&Error::new(ErrorKind::Unsupported)));
        for error in [
            Error::because(ErrorKind::Unsupported, ErrorReason::NotMatrix),
            Error::new(ErrorKind::NotFound),
            Error::new(ErrorKind::Forbidden),
        ] {
            assert!(!is_unknown_request(&error), "{error}");
        }
    }
}
