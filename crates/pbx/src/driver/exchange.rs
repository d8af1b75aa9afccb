//! One request and its answer.

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use http::{HeaderMap, header};
use jiff::Timestamp;

use super::Driver;
use crate::{
    error::{Error, ErrorKind, Retry},
    journal::{JournalEntry, JournalKind},
    redact,
    request::{Answer, Request},
};

/// Largest answer of an API. A recording has a cap of its own.
const CAP: u64 = 4 << 20;
/// How long a person who dials waits for a place under the limit.
const DIAL_PATIENCE: Duration = Duration::from_secs(3);
/// How long anything else waits.
const PATIENCE: Duration = Duration::from_secs(60);

impl Driver {
    /// Sends a request that may be sent twice, up to three times while the PBX is out of reach or fails inside.
    pub(super) async fn exchange_patiently(&self, request: Request) -> Result<Answer, Error> {
        let last = std::sync::Mutex::new(None);
        let pauses =
            ExponentialBuilder::default().with_min_delay(Duration::from_millis(300)).with_max_times(2).with_jitter();
        let done = (|| async {
            let answer = self.exchange_once(&request).await?;
            if answer.status < 500 {
                return Ok(answer);
            }
            let error = answer.failure().unwrap_or_else(|| super::internal("the PBX failed inside"));
            if let Ok(mut last) = last.lock() {
                *last = Some(answer);
            }
            Err(error)
        })
        .retry(pauses)
        .when(|error: &Error| error.retry() == Retry::IfIdempotent)
        .await;
        match done {
            // The last answer says more than its status alone: the make reads its body.
            Err(error) if error.kind() == ErrorKind::Internal => last.into_inner().ok().flatten().ok_or(error),
            other => other,
        }
    }

    /// Sends a request once.
    pub(super) async fn exchange_once(&self, request: &Request) -> Result<Answer, Error> {
        self.limit.wait(if request.idempotent { PATIENCE } else { DIAL_PATIENCE }).await?;
        let (at, began) = (Timestamp::now(), Instant::now());
        let sent = self.prepare(request, CAP)?;
        let answer = self.client.send(sent).await.map(read).map_err(Error::from);
        self.journal.record(JournalEntry {
            at,
            connection: self.id.clone(),
            kind: JournalKind::Request,
            operation: request.operation.to_owned(),
            target: redact::target(&request.url, request.signed),
            status: answer.as_ref().ok().map(|answer| answer.status),
            outcome: answer.as_ref().map_or_else(ToString::to_string, |_| "ok".to_owned()),
            took: began.elapsed(),
            sent: self.redactor.body(&request.body),
            received: answer.as_ref().ok().and_then(|answer| self.redactor.body(&answer.body)),
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
        })
    }
}

fn read(response: net::Response) -> Answer {
    let date = text(&response.headers, header::DATE)
        .and_then(|date| jiff::fmt::rfc2822::parse(&date).ok())
        .map(|zoned| zoned.timestamp());
    let retry_after =
        text(&response.headers, header::RETRY_AFTER).and_then(|seconds| seconds.parse().ok()).map(Duration::from_secs);
    Answer { status: response.status, retry_after, date, body: response.body }
}

pub(super) fn text(headers: &HeaderMap, name: header::HeaderName) -> Option<String> {
    headers.get(name)?.to_str().ok().map(|text| text.trim().to_owned())
}
