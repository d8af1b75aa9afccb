//! Calls of which a PBX's history does not tell enough are asked about singly. A PBX admits few of these questions, so they
//! are asked beside everything else, the newest call first: nothing waits for them. What was not asked when the link ended is
//! found again in the stored calls.

use std::{cmp::Reverse, collections::BTreeMap, time::Duration};

use calls::{CallResult, CallState, ConnectionId, Direction};
use jiff::{SignedDuration, Timestamp};
use link::wire::Call;
use pbx::{Error, ErrorKind};
use store::Store;

use crate::{backoff::before_session, call_entries, details::DetailRequest, links::Link, rows};

/// The pause between two requests.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause after one that the PBX could not answer.
const FAILED: Duration = Duration::from_secs(60);
/// The longest pause where one request after the other is refused.
const LONGEST: Duration = Duration::from_secs(3600);
/// How often one call is asked about where the PBX fails inside, or its answer cannot be read.
const TRIES: u8 = 3;
/// Calls that are older are asked about no more when a link begins.
const REACH: SignedDuration = SignedDuration::from_hours(7 * 24);

/// Failures in a row.
#[derive(Debug, Default)]
struct Failures {
    /// Of whatever kind.
    all: usize,
    /// Requests that were refused for their calls.
    refused: u32,
}

impl Failures {
    fn refused_pause(&mut self) -> Duration {
        let pause = PAUSE * 2_u32.saturating_pow(self.refused).min(3600);
        self.refused += 1;
        pause.min(LONGEST)
    }
}

impl Link {
    /// Asks about single calls until the office stops.
    pub(crate) async fn keep_asking_details(self) {
        if !self.driver.tells_of_single_calls() {
            return;
        }
        self.ask_about_stored().await;
        let mut failures = Failures::default();
        loop {
            let request = self.details.next().await;
            let pause = match self.ask_details(&request.call).await {
                Ok(true) => {
                    failures = Failures::default();
                    PAUSE
                }
                Ok(false) => {
                    let unreadable = Error::new(ErrorKind::Protocol, "the PBX's answer tells nothing of the call");
                    self.details_failed(request, &unreadable, &mut failures).await
                }
                Err(error) => self.details_failed(request, &error, &mut failures).await,
            };
            tokio::time::sleep(pause).await;
        }
    }

    /// Whether the PBX told anything of the call.
    async fn ask_details(&self, call: &str) -> Result<bool, Error> {
        let context = self.history_context(self.clock.now());
        let Some(told) = self.driver.call_details(call, &context).await? else { return Ok(false) };
        self.tell_missed(vec![told]).await?;
        Ok(true)
    }

    /// Has those stored calls asked about whose direction or result is not known, but for those that were asked about in vain.
    async fn ask_about_stored(&self) {
        let (office, connection) = (self.office.clone(), self.connection.clone());
        let since = self.clock.now().checked_sub(REACH).unwrap_or(Timestamp::UNIX_EPOCH);
        match self.store.reading(move |store| stored_requests(store, &office, &connection, since)).await {
            Ok(requests) => self.details.ask_about(requests),
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "calls that were to be asked about cannot be read, and are not");
            }
        }
    }

    /// The PBX says nothing of this call: the next link does not ask again.
    async fn note_unknown(&self, request: DetailRequest) {
        let (now, connection) = (self.clock.now(), self.connection.clone());
        // What cannot be read is not written either: it would be forgotten.
        let Ok(mut known) = self.store.reading(move |store| UnknownToPbx::kept(store, &connection)).await else {
            tracing::warn!(connection = %self.connection, "a call of which the PBX says nothing will be asked about again");
            return;
        };
        known.0.retain(|_, asked| now.duration_since(*asked) < REACH);
        known.0.insert(request.call, now);
        // Texts and times always have a JSON.
        self.keep_text(&UnknownToPbx::key(&self.connection), &serde_json::to_string(&known.0).unwrap_or_default());
    }

    /// How long to wait after this error. What is wrong with one call costs the others nothing but a pause; what is wrong with
    /// the account or the way to the PBX costs no call its request.
    async fn details_failed(&self, request: DetailRequest, error: &Error, failures: &mut Failures) -> Duration {
        tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not tell of a single call");
        let tried =
            |request: DetailRequest| DetailRequest { tries: Reverse(request.tries.0.saturating_add(1)), ..request };
        let wait = before_session(error, failures.all, 0.0);
        failures.all += 1;
        match error.kind() {
            ErrorKind::RateLimited { retry_after } => {
                self.details.put_back(request);
                return retry_after.unwrap_or(FAILED).max(PAUSE);
            }
            // Such an answer may come from something before the PBX.
            ErrorKind::Protocol if request.tries.0 + 1 < TRIES => {
                self.details.put_back(tried(request));
                return failures.refused_pause();
            }
            ErrorKind::Internal | ErrorKind::NotReady => {
                if request.tries.0 + 1 < TRIES {
                    self.details.put_back(tried(request));
                }
            }
            ErrorKind::Timeout
            | ErrorKind::Transport
            | ErrorKind::Unauthorized
            | ErrorKind::Forbidden
            | ErrorKind::Refused
            | ErrorKind::Stopped => self.details.put_back(tried(request)),
            ErrorKind::NotFound
            | ErrorKind::InvalidRequest { .. }
            | ErrorKind::Conflict
            | ErrorKind::Unsupported
            | ErrorKind::Protocol
            | ErrorKind::Gone
            | ErrorKind::NotAudio
            | ErrorKind::TooLarge => {
                self.note_unknown(request).await;
                // Where none is answered, as by a PBX without this method, the rest is asked ever more seldom.
                return failures.refused_pause();
            }
        }
        wait.max(FAILED)
    }
}

/// What is to be asked about the calls of a connection that began since then.
fn stored_requests(
    store: &Store,
    office: &str,
    connection: &ConnectionId,
    since: Timestamp,
) -> Result<Vec<(String, Option<Timestamp>)>, store::Error> {
    let unknown = UnknownToPbx::kept(store, connection)?;
    let mut requests = Vec::new();
    for call in rows::began_since(store, office, connection, since)?.iter().filter(leaves_open) {
        let ids = call_entries::vendor_ids(store, office, &call.id)?;
        let ids = ids.into_iter().filter(|id| !unknown.0.contains_key(id));
        requests.extend(ids.map(|id| (id, Some(call.started_at))));
    }
    Ok(requests)
}

/// Whether the PBX may know of this call what is not known here.
fn leaves_open(call: &&Call) -> bool {
    let has_result = call.result.is_some_and(|result| result != CallResult::Unknown);
    call.state == CallState::Ended && (call.direction == Direction::Unknown || !has_result)
}

/// The calls that were asked about in vain, and when.
struct UnknownToPbx(BTreeMap<String, Timestamp>);

impl UnknownToPbx {
    /// Those of this connection. A list of another version counts as empty: that costs a few questions.
    fn kept(store: &Store, connection: &ConnectionId) -> Result<Self, store::Error> {
        let text = store.setting(&Self::key(connection))?;
        Ok(Self(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()))
    }

    fn key(connection: &ConnectionId) -> String {
        format!("unknown to the PBX:{connection}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Bench;

    #[tokio::test]
    async fn what_the_pbx_cannot_answer_is_asked_again_in_its_time() {
        let bench = Bench::new(pbx::rostelecom::MAKE).await;
        let link = &bench.link;
        let mut failures = Failures::default();
        let mut failed = async |tries, kind| {
            let before = link.details.waiting();
            let request = DetailRequest { tries: Reverse(tries), began: None, call: format!("{kind:?}{tries}") };
            let pause = link.details_failed(request, &Error::new(kind, ""), &mut failures).await;
            (pause, link.details.waiting() - before)
        };
        let busy = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(900)) };
        assert_eq!(failed(0, busy).await, (Duration::from_secs(900), 1));
        assert_eq!(
            (failed(0, ErrorKind::Internal).await, failed(TRIES - 1, ErrorKind::Internal).await),
            ((FAILED, 1), (FAILED, 0))
        );
        for kind in [ErrorKind::Timeout, ErrorKind::Transport, ErrorKind::Unauthorized, ErrorKind::Forbidden] {
            assert_eq!(failed(200, kind).await.1, 1, "{kind:?}: of that call nothing is said");
        }
        for pause in [1, 2, 4, 8] {
            let refused = failed(0, ErrorKind::NotFound).await;
            assert_eq!(refused, (Duration::from_secs(pause), 0), "of that call alone");
        }
        let mut pause = Duration::ZERO;
        for _ in 0..20 {
            pause = failed(0, ErrorKind::Protocol).await.0;
        }
        assert_eq!(pause, LONGEST, "a PBX that answers none is asked seldom");
    }
}
