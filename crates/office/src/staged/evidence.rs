//! What the request journal and the audit hold of a connection's staged check.

use std::collections::BTreeMap;

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::{AuditAction, JournalDirection, JournalLine, JournalReason, JournalVerdict, StageName};
use pbx::{Driver, TEST_LATE, TEST_NOTIFICATION};
use store::Store;

use crate::{
    journal_body::{JournalBody, failure},
    view::read_line as read,
};

/// How far back it is looked; the journal keeps no more.
const LOOKED_BACK: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Entries of the journal that are looked through at most, and at a time.
const ENTRIES: usize = 5_000;
const AT_A_TIME: usize = 500;
/// Entries of the audit that are looked through.
const AUDITED: usize = 500;

/// One exchange that bears on the check.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Exchange {
    pub(crate) id: i64,
    pub(crate) at: Timestamp,
    pub(crate) status: Option<u16>,
    pub(crate) took_ms: u32,
    /// Why it failed; a webhook that was refused, a request that was not answered or not accepted.
    pub(crate) failure: Option<JournalReason>,
}

/// The newest exchanges of each kind.
#[derive(Debug, Default)]
pub(crate) struct Evidence {
    /// A webhook of the PBX, whatever its signature.
    pub(crate) notification: Option<Exchange>,
    /// One that came without encryption.
    pub(crate) plain_notification: Option<Exchange>,
    /// One that came encrypted and was taken.
    pub(crate) tls_notification: Option<Exchange>,
    /// A webhook that was taken.
    pub(crate) taken: Option<Exchange>,
    /// A message of ours that came in encrypted.
    pub(crate) own_test: Option<Exchange>,
    /// Our request to the test host, however.
    pub(crate) test_request: Option<Exchange>,
    /// Without encryption.
    pub(crate) plain_request: Option<Exchange>,
    /// With it.
    pub(crate) tls_request: Option<Exchange>,
    /// Our request to where the connection is.
    pub(crate) request: Option<Exchange>,
    /// A message that told of a call.
    pub(crate) call: Option<Exchange>,
    /// When a stage was last run.
    pub(crate) began: BTreeMap<StageName, Timestamp>,
}

/// What is looked for.
pub(crate) struct Wanted<'a> {
    pub(crate) connection: &'a ConnectionId,
    pub(crate) driver: &'a Driver,
    /// Host and port of the test host.
    pub(crate) test_host: Option<&'a str>,
    /// Host and port where the connection is.
    pub(crate) host: &'a str,
}

impl Evidence {
    /// Since when it is looked.
    pub(crate) fn since(now: Timestamp) -> Timestamp {
        now.checked_sub(LOOKED_BACK).unwrap_or(now)
    }

    /// Reads what there is. Waits for the database.
    pub(crate) fn read(store: &Store, wanted: &Wanted<'_>, since: Timestamp) -> Result<Self, store::Error> {
        let mut found = Self::default();
        let (mut before, mut looked) = (None, 0);
        'journal: while looked < ENTRIES {
            let rows = store.journal_before(before, AT_A_TIME)?;
            let is_last = rows.len() < AT_A_TIME;
            looked += rows.len();
            for row in rows {
                before = Some(row.id);
                if row.entry.at < since {
                    break 'journal;
                }
                if row.entry.connection.as_ref() == Some(wanted.connection)
                    && let Some((line, body)) = read(row)
                {
                    found.take(&line, &body, wanted);
                }
            }
            if is_last {
                break;
            }
        }
        for row in store.audit_before(None, AUDITED)? {
            let entry = row.entry;
            let is_ours =
                entry.action == AuditAction::CheckedStage.name() && entry.subject == wanted.connection.as_str();
            let stage = StageName::ALL.into_iter().find(|stage| stage.name() == entry.detail);
            if let Some(stage) = stage.filter(|_| is_ours && entry.at >= since)
                && found.began(stage).is_none()
            {
                found.begin(stage, entry.at);
            }
        }
        Ok(found)
    }

    /// When this stage was last run.
    pub(crate) fn began(&self, stage: StageName) -> Option<Timestamp> {
        self.began.get(&stage).copied()
    }

    /// This stage was last run then.
    pub(crate) fn begin(&mut self, stage: StageName, at: Timestamp) {
        self.began.insert(stage, at);
    }

    /// Rows come newest first, so the first of a kind stays.
    fn take(&mut self, line: &JournalLine, body: &JournalBody, wanted: &Wanted<'_>) {
        let has_form = body.form.is_some();
        match line.direction {
            JournalDirection::Outgoing => self.take_request(line, body, wanted),
            JournalDirection::Incoming if has_form => self.take_webhook(line, body),
            // A frame of a socket.
            JournalDirection::Incoming => {
                if body.call.is_some() && !line.failed {
                    self.call.get_or_insert_with(|| exchange(line, None));
                }
            }
        }
    }

    fn take_webhook(&mut self, line: &JournalLine, body: &JournalBody) {
        let seen = || exchange(line, line.failed.then(|| line.reason.unwrap_or(JournalReason::NotUnderstood)));
        if line.method == TEST_NOTIFICATION {
            if !line.plain && !line.failed {
                self.own_test.get_or_insert_with(seen);
            }
            return;
        }
        // Our own too, which came after nobody awaited it any more.
        if line.method == TEST_LATE {
            return;
        }
        // What is not signed says nothing of the key.
        if matches!(line.verdict, JournalVerdict::Signed | JournalVerdict::Refused) {
            self.notification.get_or_insert_with(seen);
        }
        match line.verdict {
            JournalVerdict::Signed | JournalVerdict::Unsigned => {
                self.taken.get_or_insert_with(seen);
                if !line.plain {
                    self.tls_notification.get_or_insert_with(seen);
                }
                if body.call.is_some() {
                    self.call.get_or_insert_with(seen);
                }
            }
            // Anybody may send these.
            JournalVerdict::Refused
            | JournalVerdict::AddressChecked
            | JournalVerdict::Stray
            | JournalVerdict::Done
            | JournalVerdict::NotUnderstood
            | JournalVerdict::Failed => {}
        }
        if line.plain && line.verdict != JournalVerdict::Stray {
            self.plain_notification.get_or_insert_with(seen);
        }
    }

    fn take_request(&mut self, line: &JournalLine, body: &JournalBody, wanted: &Wanted<'_>) {
        let host = body.target.split('/').next().unwrap_or_default();
        let seen = || exchange(line, request_failure(line, body, wanted.driver));
        if wanted.test_host == Some(host) {
            self.test_request.get_or_insert_with(seen);
            match body.form.as_ref().and_then(|form| form.scheme.as_deref()) {
                Some("http") => self.plain_request.get_or_insert_with(seen),
                Some(_) | None => self.tls_request.get_or_insert_with(seen),
            };
        }
        if wanted.host == host {
            self.request.get_or_insert_with(seen);
        }
    }
}

fn exchange(line: &JournalLine, failure: Option<JournalReason>) -> Exchange {
    Exchange { id: line.id, at: line.at, status: line.status, took_ms: line.took_ms, failure }
}

/// Why our request came to nothing. What a check asks is judged as a check does: some ask for what there is not.
fn request_failure(line: &JournalLine, body: &JournalBody, driver: &Driver) -> Option<JournalReason> {
    if let (Some(status), Some(received)) = (line.status, &body.received)
        && let Some(judged) = driver.judge_check(&body.operation, status, received)
    {
        return judged.err().map(|error| failure(error.kind()));
    }
    line.failed.then(|| line.reason.unwrap_or(JournalReason::NotUnderstood))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::at;

    fn webhook(method: &str, verdict: JournalVerdict) -> Evidence {
        let line = JournalLine {
            id: 1,
            at: at(0),
            connection: None,
            direction: JournalDirection::Incoming,
            method: method.to_owned(),
            verdict,
            outcome: String::new(),
            failed: verdict == JournalVerdict::Refused,
            reason: None,
            status: Some(200),
            took_ms: 1,
            plain: false,
        };
        let body = serde_json::json!({"operation": method, "verdict": "signed", "outcome": ""});
        let mut found = Evidence::default();
        found.take_webhook(&line, &serde_json::from_value(body).expect("a body"));
        found
    }

    #[test]
    fn our_own_message_proves_nothing_of_the_pbx_and_an_unsigned_one_nothing_of_the_key() {
        let proved = |found: &Evidence| {
            [&found.notification, &found.taken, &found.tls_notification, &found.own_test].map(Option::is_some)
        };
        let late = webhook(TEST_LATE, JournalVerdict::Signed);
        assert_eq!(proved(&late), [false; 4], "nobody awaited it any more");
        assert_eq!(proved(&webhook(TEST_NOTIFICATION, JournalVerdict::Signed)), [false, false, false, true]);
        assert_eq!(proved(&webhook("new", JournalVerdict::Signed)), [true, true, true, false]);
        assert_eq!(proved(&webhook("new", JournalVerdict::Unsigned)), [false, true, true, false]);
        assert_eq!(proved(&webhook("new", JournalVerdict::Refused)), [true, false, false, false]);
    }
}
