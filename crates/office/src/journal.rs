//! The request journal in the store: seven days of redacted exchanges with the PBXs.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
};

use calls::ConnectionId;
use jiff::{SignedDuration, Timestamp};
use link::wire::JournalVerdict;
use pbx::{Driver, Journal, JournalEntry, WebhookReply};
use store::{JournalPlace, NewJournalRow, Store};
use tokio::time::Instant;

use crate::{
    journal_body::{JournalBody, of_entry},
    method_counts::MethodCounts,
    originals::Originals,
};

/// How long an exchange is remembered.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Entries that are forgotten at a time: whoever writes meanwhile waits for them.
const AT_A_TIME: usize = 2000;
/// Entries that may wait for a writer that is behind.
const WAITING: usize = 1024;
/// Refused webhooks of a connection that are noted within a second: whoever sends more says nothing new.
const REFUSED_A_SECOND: u32 = 5;

/// Writes entries to the store without waiting for it.
pub(crate) struct StoreJournal {
    store: Store,
    method_counts: Arc<MethodCounts>,
    originals: Arc<Originals>,
    waiting: Arc<AtomicUsize>,
    left_out: AtomicU64,
    /// The last second in which a connection got webhooks that nobody vouches for, and how many.
    refused: Mutex<BTreeMap<ConnectionId, (i64, u32)>>,
}

impl StoreJournal {
    pub(crate) fn new(store: Store) -> Self {
        let method_counts = Arc::new(MethodCounts::new(store.clone()));
        Self {
            store,
            method_counts,
            originals: Arc::default(),
            waiting: Arc::default(),
            left_out: AtomicU64::new(0),
            refused: Mutex::default(),
        }
    }

    /// Webhooks byte for byte, as far as they are kept.
    pub(crate) fn originals(&self) -> &Arc<Originals> {
        &self.originals
    }

    /// What vendors count of all this.
    pub(crate) fn method_counts(&self) -> &Arc<MethodCounts> {
        &self.method_counts
    }

    /// Entries that were not noted, because the writer was behind or the same was refused too often.
    pub(crate) fn left_out(&self) -> u64 {
        self.left_out.load(Ordering::Relaxed)
    }

    /// Notes a webhook before anything else is done with it. What was answered is added once it is known; where the program
    /// ends before that, the row says so by having no status.
    pub(crate) fn webhook(&self, entry: JournalEntry, driver: Arc<Driver>) -> WebhookRow {
        self.method_counts.saw(&entry);
        self.note(entry, driver, |_| ())
    }

    /// Notes a test of our own address, which the vendor has not counted; says whether that is in the database.
    pub(crate) fn test(
        &self,
        entry: JournalEntry,
        driver: Arc<Driver>,
        kept: impl FnOnce(bool) + Send + 'static,
    ) -> WebhookRow {
        self.note(entry, driver, kept)
    }

    fn note(
        &self,
        mut entry: JournalEntry,
        driver: Arc<Driver>,
        kept: impl FnOnce(bool) + Send + 'static,
    ) -> WebhookRow {
        let began = Instant::now();
        let (original, connection) = (entry.original.take(), entry.connection.clone());
        let (row, body) = of_entry(entry);
        let at = row.at;
        let place = self.is_admitted(&row, &body).then(|| {
            let noted = self.noted();
            let written = move |result: Result<(), store::Error>| {
                kept(result.is_ok());
                noted(result);
            };
            self.store.note_unfinished(NewJournalRow { body: body.text(), ..row }, written)
        });
        if let (Some(place), Some(original)) = (&place, original) {
            self.originals.keep(place.clone(), at, connection, original, is_anybodys(&body));
        }
        WebhookRow { store: self.store.clone(), place, body, began, driver }
    }

    /// There is room for it, and it is not one of too many of its second.
    fn is_admitted(&self, row: &NewJournalRow, body: &JournalBody) -> bool {
        let is_left_out = self.is_flood(row, body) || self.waiting.load(Ordering::Relaxed) >= WAITING;
        if is_left_out {
            self.left_out.fetch_add(1, Ordering::Relaxed);
        }
        !is_left_out
    }

    /// One more waits to be written, until what this answers is called.
    fn noted(&self) -> impl FnOnce(Result<(), store::Error>) + Send + 'static {
        let waiting = Arc::clone(&self.waiting);
        waiting.fetch_add(1, Ordering::Relaxed);
        move |result| {
            waiting.fetch_sub(1, Ordering::Relaxed);
            hole(result);
        }
    }

    /// Whether this is one webhook that nobody vouches for too many of its second: refused, or a test of our address.
    fn is_flood(&self, row: &NewJournalRow, body: &JournalBody) -> bool {
        let Some(connection) = row.connection.as_ref().filter(|_| is_anybodys(body)) else { return false };
        let mut refused = self.refused.lock().unwrap_or_else(PoisonError::into_inner);
        let (second, count) = refused.entry(connection.clone()).or_default();
        if *second != row.at.as_second() {
            (*second, *count) = (row.at.as_second(), 0);
        }
        *count += 1;
        *count > REFUSED_A_SECOND
    }
}

impl Journal for StoreJournal {
    fn record(&self, mut entry: JournalEntry) {
        self.method_counts.saw(&entry);
        let (original, connection) = (entry.original.take(), entry.connection.clone());
        let (row, body) = of_entry(entry);
        if !self.is_admitted(&row, &body) {
            return;
        }
        let at = row.at;
        let place = self.store.note_unfinished(NewJournalRow { body: body.text(), ..row }, self.noted());
        if let Some(original) = original {
            self.originals.keep(place, at, connection, original, is_anybodys(&body));
        }
    }
}

/// The row of a webhook until it is known what was answered.
pub struct WebhookRow {
    store: Store,
    /// None where it was left out.
    place: Option<JournalPlace>,
    body: JournalBody,
    began: Instant,
    driver: Arc<Driver>,
}

impl WebhookRow {
    /// The webhook was answered with this status, and with this where it was taken.
    pub fn answered(self, status: u16, reply: Option<&WebhookReply>) {
        let Some(place) = self.place else { return };
        let took_ms = u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX);
        let sent = reply.and_then(|reply| self.driver.redacted(reply));
        let body = JournalBody { status: Some(status), sent, took_ms, ..self.body };
        self.store.finish_note(place, body.text()).then(hole);
    }
}

/// Anybody can send it as often as he likes.
fn is_anybodys(body: &JournalBody) -> bool {
    matches!(body.verdict, JournalVerdict::Refused | JournalVerdict::Stray | JournalVerdict::AddressChecked)
}

fn hole(result: Result<(), store::Error>) {
    if let Err(error) = result {
        tracing::warn!(kind = ?error.kind(), "the request journal has a hole");
    }
}

/// Forgets what is older than seven days, in memory and then, a part at a time, in the database.
pub(crate) async fn prune(store: Store, originals: Arc<Originals>, now: Timestamp) {
    let Ok(before) = now.checked_sub(KEPT) else { return };
    originals.forget_before(before);
    loop {
        match store.prune_journal(before, AT_A_TIME).await {
            Ok(AT_A_TIME) => {}
            Ok(_) => return,
            Err(error) => {
                tracing::warn!(kind = ?error.kind(), "the request journal is kept longer than seven days");
                return;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use pbx::{JournalKind, JournalOutcome, Original, VerifyError, WebhookRequest, journal::NoJournal};
    use store::{Options, SystemRandom};

    use super::*;
    use crate::testing::{ManualClock, connection_config};

    fn entry(connection: &str, at: &str, outcome: JournalOutcome) -> JournalEntry {
        JournalEntry {
            at: at.parse().expect("a time"),
            connection: connection.parse().expect("valid"),
            kind: JournalKind::Webhook,
            operation: "POST".into(),
            target: "/call_events".into(),
            status: None,
            outcome,
            took: Duration::ZERO,
            sent: None,
            received: None,
            call: None,
            form: None,
            plain: false,
            asks: None,
            original: None,
        }
    }

    fn refused() -> JournalOutcome {
        JournalOutcome::Refused(VerifyError::Missing("Signature"))
    }

    fn signed() -> JournalOutcome {
        JournalOutcome::Signed { understood: true }
    }

    fn noted(store: &Store) -> usize {
        // What was handed in before this is written before it.
        store.set_setting("done", "").wait().expect("written");
        store.journal_before(None, 1000).expect("reads").len()
    }

    #[test]
    fn a_flood_of_refused_webhooks_leaves_a_few_of_each_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for _ in 0..20 {
            journal.record(entry("rt1", "2026-03-01T09:00:00.1Z", refused()));
        }
        journal.record(entry("rt1", "2026-03-01T09:00:01Z", refused()));
        journal.record(entry("rt2", "2026-03-01T09:00:00.1Z", refused()));
        journal.record(entry("rt1", "2026-03-01T09:00:00.1Z", signed()));
        assert_eq!((noted(&store), journal.left_out()), (8, 15));
    }

    #[test]
    fn a_flood_of_tests_of_our_address_leaves_a_few_of_each_second() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for _ in 0..20 {
            journal.record(entry("mv1", "2026-03-01T09:00:00.1Z", JournalOutcome::AddressChecked));
        }
        journal.record(entry("mv1", "2026-03-01T09:00:00.1Z", signed()));
        assert_eq!((noted(&store), journal.left_out()), (6, 15));
    }

    fn webhook_rows(store: &Store) -> Vec<(Option<u16>, Option<String>)> {
        noted(store);
        let rows = store.journal_before(None, 10).expect("reads");
        rows.iter().map(|row| JournalBody::read(row).expect("is read")).map(|body| (body.status, body.sent)).collect()
    }

    #[test]
    fn a_webhook_is_noted_before_it_is_answered_and_its_answer_is_added() {
        let folder = tempfile::tempdir().expect("a folder");
        let open = || Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let driver = || {
            let config = connection_config("rt1", pbx::rostelecom::MAKE);
            Arc::new(Driver::new(config, Arc::new(NoJournal), Arc::new(ManualClock::default())).expect("good settings"))
        };
        let reply = |body: &'static [u8]| WebhookReply {
            status: 200,
            content_type: "application/json",
            body: bytes::Bytes::from_static(body),
        };
        let at = "2026-03-01T09:00:00Z";
        let store = open();
        let journal = StoreJournal::new(store.clone());
        let row = journal.webhook(entry("rt1", at, signed()), driver());
        assert_eq!(webhook_rows(&store), [(None, None)]);
        row.answered(200, Some(&reply(br#"{"display_name":"x","token":"s3cret"}"#)));
        let rows = webhook_rows(&store);
        let [(Some(200), Some(sent))] = rows.as_slice() else { panic!("answered: {rows:?}") };
        assert!(sent.contains("display_name") && !sent.contains("s3cret"), "{sent}");

        journal.webhook(entry("rt1", at, refused()), driver()).answered(403, None);
        // The program ends before it has answered this one.
        drop(journal.webhook(entry("rt1", at, signed()), driver()));
        assert_eq!(webhook_rows(&store)[..2], [(None, None), (Some(403), None)]);
        drop(journal);
        store.close();
        let store = open();
        assert_eq!(webhook_rows(&store)[..2], [(None, None), (Some(403), None)]);

        // Whoever clears the journal meanwhile has cleared it.
        let journal = StoreJournal::new(store.clone());
        let row = journal.webhook(entry("rt1", at, signed()), driver());
        noted(&store);
        let newest = store.journal_before(None, 1).expect("reads")[0].id;
        store.forget_journal(newest, 10).wait().expect("forgotten");
        row.answered(200, Some(&reply(b"{}")));
        assert_eq!(webhook_rows(&store), []);
    }

    #[tokio::test]
    async fn what_is_older_than_seven_days_is_forgotten() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("x", SystemRandom)).expect("opens");
        let journal = StoreJournal::new(store.clone());
        for at in ["2026-03-01T09:00:00Z", "2026-03-01T09:00:01Z", "2026-03-08T09:00:00Z"] {
            let body = bytes::Bytes::from_static(b"{}");
            let request = WebhookRequest { method: "POST".into(), path: String::new(), headers: Vec::new(), body };
            let original = Some(Original::Webhook { request, told: Vec::new() });
            journal.record(JournalEntry { original, ..entry("rt1", at, signed()) });
        }
        assert_eq!(noted(&store), 3);
        let rows = store.journal_before(None, 3).expect("reads");
        let in_memory = || rows.iter().filter(|row| journal.originals().get(row.id).is_some()).count();
        assert_eq!(in_memory(), 3);
        let now = "2026-03-08T09:00:01Z".parse().expect("a time");
        prune(store.clone(), Arc::clone(journal.originals()), now).await;
        assert_eq!((noted(&store), in_memory()), (2, 2));
    }
}
