//! Reads a PBX's history for a span of time, page by page.

use calls::Ability;
use jiff::Timestamp;

use super::{Driver, Priority, internal};
use crate::{
    error::{Error, ErrorKind},
    history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span},
    request::Answer,
    webhook::DecodeContext,
};

/// Questions of one reading. A PBX that sends on and on is no history.
const MOST_QUESTIONS: usize = 5000;

/// A history that is being read.
#[derive(Debug)]
pub struct HistoryReading<'a> {
    driver: &'a Driver,
    span: Span,
    context: DecodeContext,
    next: Option<HistoryRequest>,
    asked: usize,
}

impl HistoryReading<'_> {
    /// The next calls that are over, in the PBX's order; `None` at the end. A call may be told again with what was not
    /// known of it before. Takes as long as the PBX needs: minutes where an export is made first, or few questions are
    /// admitted.
    pub async fn next(&mut self) -> Result<Option<Vec<HistoryCall>>, Error> {
        while let Some(asked) = self.next.take() {
            if self.asked == MOST_QUESTIONS {
                return Err(Error::new(ErrorKind::Protocol, "the PBX's history has no end"));
            }
            self.asked += 1;
            self.driver.wait_for(&asked).await;
            let answer = self.driver.exchange_once(&asked.request, Priority::Background).await?;
            let page = self.driver.read_page(self.span, asked.place, answer, self.context.clone()).await?;
            self.next = page.next;
            if !page.calls.is_empty() {
                return Ok(Some(page.calls));
            }
        }
        Ok(None)
    }
}

impl Driver {
    /// Begins to read the calls of a span that are over.
    pub fn history(&self, span: Span, context: &DecodeContext) -> Result<HistoryReading<'_>, Error> {
        let from = self.history_reaches(span.to).map_or(span.from, |reaches| span.from.max(reaches));
        let span = Span { from, ..span };
        let next = Some(self.pbx.history(span, context)?);
        Ok(HistoryReading { driver: self, span, context: context.clone(), next, asked: 0 })
    }

    /// The earliest moment of which this PBX still tells, looking back from `now`; `None` where it keeps no history.
    pub fn history_reaches(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.make.capability.can(Ability::History) {
            return None;
        }
        let kept = self.make.capability.history_kept.and_then(|kept| jiff::SignedDuration::try_from(kept).ok());
        Some(kept.and_then(|kept| now.checked_sub(kept).ok()).unwrap_or(Timestamp::UNIX_EPOCH))
    }

    /// Whether this PBX can be asked about one call that is over.
    pub fn tells_of_single_calls(&self) -> bool {
        self.pbx.call_details("").is_ok()
    }

    /// Asks about one call that is over, of which the history does not tell enough; nothing where the PBX says nothing
    /// that can be read. Refused where the PBX admits no such question for a while: others can be asked meanwhile.
    pub async fn call_details(&self, call: &str, context: &DecodeContext) -> Result<Option<HistoryCall>, Error> {
        let request = self.pbx.call_details(call)?;
        let answer = self.exchange_once(&request, Priority::Background).await?;
        self.pbx.read_call_details(call, &answer, context)
    }

    /// Waits as long as the make says, or until the PBX tells that the export is made.
    async fn wait_for(&self, asked: &HistoryRequest) {
        let wait = tokio::time::sleep(asked.wait);
        if matches!(asked.place, HistoryPlace::Export { .. }) {
            tokio::select! {
                () = wait => {}
                () = self.history_made.notified() => {}
            }
        } else {
            wait.await;
        }
    }

    /// Reads an answer where it holds nothing up: an export is unpacked, and may be large.
    async fn read_page(
        &self,
        span: Span,
        place: HistoryPlace,
        answer: Answer,
        context: DecodeContext,
    ) -> Result<HistoryPage, Error> {
        let pbx = std::sync::Arc::clone(&self.pbx);
        let read = tokio::task::spawn_blocking(move || pbx.read_history(span, &place, &answer, &context));
        read.await.unwrap_or_else(|_| Err(internal("the PBX's history could not be read")))
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, sync::Arc, time::Duration};

    use secrecy::SecretString;
    use tokio::time::Instant;

    use super::*;
    use crate::{ConnectionConfig, Request, WebhookRequest, journal::NoJournal};

    struct NoTime;

    impl calls::Clock for NoTime {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    fn driver() -> Driver {
        let secrets = ["client_id", "key"].map(|name| (name.to_owned(), SecretString::from("word")));
        let config = ConnectionConfig {
            id: "rt1".parse().expect("an id"),
            make: crate::rostelecom::MAKE,
            zone: None,
            base_url: None,
            trust_anchor_pem: None,
            secrets: BTreeMap::from(secrets),
            overrides: BTreeMap::new(),
        };
        Driver::new(config, Arc::new(NoJournal), Arc::new(NoTime)).expect("good settings")
    }

    #[tokio::test(start_paused = true)]
    async fn an_export_is_fetched_as_soon_as_the_pbx_says_that_it_is_made() {
        let driver = driver();
        let context = DecodeContext {
            received_at: Timestamp::UNIX_EPOCH,
            zone: jiff::tz::TimeZone::UTC,
            source: calls::Source::Webhook,
        };
        let told = |path: &str, body: &'static str| {
            let mut request = WebhookRequest {
                method: "POST".to_owned(),
                path: path.to_owned(),
                headers: Vec::new(),
                body: bytes::Bytes::from_static(body.as_bytes()),
            };
            driver.pbx.sign_webhook(&mut request).expect("signed");
            driver.receive(&request, &context).decoded.map(|_| ())
        };
        let request = Request::get("export", "https://pbx.example/".parse().expect("an address"));
        let wait = Duration::from_secs(30);
        let export = HistoryRequest { request, wait, place: HistoryPlace::Export { order: "o-1".into(), tries: 1 } };
        let waited = async |asked: &HistoryRequest| {
            let before = Instant::now();
            driver.wait_for(asked).await;
            before.elapsed()
        };
        assert_eq!(told("/call_events", r#"{"session_id":"s-1","state":"end"}"#), Ok(()));
        assert_eq!(waited(&export).await, wait, "something else was told");
        assert_eq!(told("/history_file_completed", r#"{"order_id":"o-1","result":"0"}"#), Ok(()));
        assert_eq!((waited(&export).await, waited(&export).await), (Duration::ZERO, wait));
        let order = HistoryRequest { place: HistoryPlace::Order { again: 1 }, ..export };
        assert_eq!(told("/history_file_completed", r#"{"order_id":"o-2","result":"0"}"#), Ok(()));
        assert_eq!(waited(&order).await, wait, "the pause between other questions stays");
    }
}
