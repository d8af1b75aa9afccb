//! One request and its answer.

use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBuilder};
use bytes::Bytes;
use http::{HeaderMap, header};
use jiff::Timestamp;
use tokio::time::Instant;

use super::{
    Driver,
    limit::{Patience, ToCount},
};
use crate::{
    error::{Error, Retry},
    journal::{JournalEntry, JournalKind, JournalOutcome, Original},
    quota::Quota,
    redact,
    request::{Answer, RateLimits, Request},
    wire_form::WireForm,
};

/// When requests are counted anew, in Unix seconds (Zadarma).
const RATE_LIMIT_RESET: header::HeaderName = header::HeaderName::from_static("x-ratelimit-reset");
/// How many requests are taken until then, and how many of them are left.
const RATE_LIMIT_REMAINING: header::HeaderName = header::HeaderName::from_static("x-ratelimit-remaining");
/// How long a repetition waits for its place.
const REPEATED_WITHIN: Duration = Duration::from_secs(5);
/// Largest answer of an API. A recording has a cap of its own.
const CAP: u64 = 4 << 20;

impl Driver {
    /// Sends a request that may be sent twice, up to three times while the PBX is out of reach or fails inside. A
    /// repetition for which the quotas have no place soon is left to whoever asks again.
    pub(super) async fn exchange_again(
        &self,
        request: &Request,
        patience: impl Into<Patience>,
    ) -> Result<Answer, Error> {
        let patience = patience.into();
        let pauses =
            ExponentialBuilder::default().with_min_delay(Duration::from_millis(300)).with_max_times(2).with_jitter();
        let mut outcome = self.exchange_once(request, patience).await;
        for pause in pauses.build() {
            let may_pass = match &outcome {
                Ok(answer) => answer.status >= 500,
                Err(error) => error.retry() == Retry::IfIdempotent,
            };
            if !may_pass {
                break;
            }
            tokio::time::sleep(pause).await;
            match self.exchange_once(request, patience.at_most(REPEATED_WITHIN)).await {
                Err(error) if error.unsent() && error.retry_after().is_some() => break,
                // The last answer says more than its status alone: the make reads its body.
                again => outcome = again,
            }
        }
        outcome
    }

    /// Sends a request once, in its turn.
    pub(super) async fn exchange_once(
        &self,
        request: &Request,
        patience: impl Into<Patience>,
    ) -> Result<Answer, Error> {
        let patience = patience.into();
        self.wait_turn(request, patience).await?;
        let answer = self.exchange_now(request, patience).await?;
        if let Some(lock_out) = self.pbx.lock_out(request, &answer, Instant::now().into_std()) {
            self.limit.lock_out(&self.to_count(request).of(), lock_out);
        }
        Ok(answer)
    }

    /// Waits until the PBX's quotas admit the request.
    pub(super) async fn wait_turn(&self, request: &Request, patience: impl Into<Patience>) -> Result<(), Error> {
        self.limit.wait(&self.to_count(request).of(), patience.into()).await
    }

    fn to_count(&self, request: &Request) -> Classes {
        let mut quotas = vec![self.pbx.quota()];
        quotas.extend(request.quotas.iter().cloned());
        Classes { quotas, address: request.address_digest() }
    }

    /// Sends a request once, whatever the quotas; not later than its patience admits, where it waits for a session to send
    /// it or for a connection.
    pub(super) async fn exchange_now(&self, request: &Request, patience: Patience) -> Result<Answer, Error> {
        let (at, began) = (self.clock.now(), Instant::now());
        let mut form = None;
        let answer = match &request.session {
            Some(session) => self.ask(session, request, patience.until).await,
            None => {
                let sent = net::Request { connected_by: patience.connected_by(), ..self.prepare(request, CAP)? };
                form = Some(WireForm::of_request(&sent, request.signed));
                self.client.send(sent).await.map(|told| read(told, at)).map_err(Error::from)
            }
        };
        // Passwords of a vendor's own stand wherever he puts them: names of fields do not find them all.
        let kept = |body: &Bytes| if request.has_passwords { None } else { self.redactor.body(body) };
        let target = redact::target(&request.url, request.signed);
        self.journal.record(JournalEntry {
            status: answer.as_ref().ok().map(|answer| answer.status),
            outcome: JournalOutcome::of(&answer),
            took: began.elapsed(),
            sent: kept(&request.body),
            received: answer.as_ref().ok().and_then(|answer| kept(&answer.body)),
            form,
            asks: Some(request.asks),
            original: request.asks.then(|| Original::Question(Box::new(request.clone()))),
            ..JournalEntry::new(at, &self.id, JournalKind::Request, request.operation, target)
        });
        answer
    }

    /// The request as it goes out, signed where it is to be.
    pub(super) fn prepare(&self, request: &Request, cap: u64) -> Result<net::Request, Error> {
        let mut request = request.clone();
        if request.signed {
            self.pbx.sign(&mut request)?;
        }
        Ok(net::Request {
            method: request.method,
            url: request.url,
            headers: request.headers,
            body: request.body,
            timeout: request.times.total,
            cap,
            connected_by: None,
        })
    }
}

/// What a request counts towards.
struct Classes {
    quotas: Vec<Quota>,
    address: String,
}

impl Classes {
    fn of(&self) -> ToCount<'_> {
        ToCount { quotas: &self.quotas, address: &self.address }
    }
}

fn read(response: net::Response, now: Timestamp) -> Answer {
    let headers = &response.headers;
    let date = text(headers, header::DATE).as_deref().and_then(time);
    let asked = || text(headers, header::RETRY_AFTER).and_then(|text| retry_after(&text, date));
    let number = |name| text(headers, name).and_then(|text| text.parse::<u32>().ok());
    let reset = text(headers, RATE_LIMIT_RESET).and_then(|text| text.parse().ok());
    let counts_anew = reset.and_then(|reset| until(reset, date.unwrap_or(now)));
    let limits = number(RATE_LIMIT_REMAINING).map(|remaining| RateLimits { remaining, counts_anew });
    let retry_after = asked().or(counts_anew.filter(|_| response.status == 429));
    let location = text(headers, header::LOCATION);
    Answer { status: response.status, retry_after, date, location, limits, body: response.body }
}

/// When requests are counted anew, in Unix seconds, measured from the server's own clock where it tells the time.
fn until(reset: i64, now: Timestamp) -> Option<Duration> {
    Duration::try_from(Timestamp::from_second(reset).ok()?.duration_since(now)).ok()
}

/// Seconds, or a moment, which is measured from the server's own clock.
fn retry_after(text: &str, date: Option<Timestamp>) -> Option<Duration> {
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    Duration::try_from(time(text)?.duration_since(date?)).ok()
}

fn time(text: &str) -> Option<Timestamp> {
    jiff::fmt::rfc2822::parse(text).ok().map(|zoned| zoned.timestamp())
}

pub(super) fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(|text| text.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_servers_clock_and_wish_to_wait_are_read() {
        let mut headers = HeaderMap::new();
        headers.insert(header::DATE, http::HeaderValue::from_static("Thu, 05 Mar 2026 09:00:02 GMT"));
        headers.insert(header::RETRY_AFTER, http::HeaderValue::from_static(" 7 "));
        let now = Timestamp::UNIX_EPOCH;
        let answer = read(net::Response { status: 429, headers, body: bytes::Bytes::new() }, now);
        assert_eq!(answer.date, Some("2026-03-05T09:00:02Z".parse().expect("a time")));
        assert_eq!(answer.retry_after, Some(Duration::from_secs(7)));
        let until = |text| retry_after(text, answer.date);
        assert_eq!(until("Thu, 05 Mar 2026 09:01:02 GMT"), Some(Duration::from_secs(60)));
        assert_eq!((until("Thu, 05 Mar 2026 08:00:00 GMT"), until("soon"), until("-1")), (None, None, None));
        let told = answer.failure().expect("a failure");
        assert_eq!(told.retry(), Retry::After(Duration::from_secs(7)));
    }

    #[test]
    fn what_is_left_of_the_pbxs_patience_is_kept() {
        let reset = Timestamp::from_second(1_434_371_160).expect("a time");
        let told = |headers: &[(&'static str, &'static str)], before: i64| {
            let headers = headers
                .iter()
                .map(|(name, value)| (header::HeaderName::from_static(name), http::HeaderValue::from_static(value)));
            let now = reset - jiff::SignedDuration::from_secs(before);
            read(net::Response { status: 200, headers: headers.collect(), body: bytes::Bytes::new() }, now).limits
        };
        let all = [("x-ratelimit-limit", "3"), ("x-ratelimit-remaining", "0"), ("x-ratelimit-reset", "1434371160")];
        let limits =
            |seconds: Option<u64>| Some(RateLimits { remaining: 0, counts_anew: seconds.map(Duration::from_secs) });
        assert_eq!((told(&all, 20), told(&all, -20)), (limits(Some(20)), limits(None)));
        assert_eq!((told(&all[..2], 20), told(&all[..1], 20)), (limits(None), None));
        assert_eq!(told(&[("x-ratelimit-limit", "many"), ("x-ratelimit-remaining", "-1")], 20), None);
    }
}
