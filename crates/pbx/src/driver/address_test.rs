//! A test of the address that the PBX posts to: a message as the PBX would send it, sent by us, and known again when it
//! comes in at our own door.
//!
//! It is told from a real message by the name of its call, and only once its signature was found right. Whatever bears
//! such a name and is not awaited at that moment is kept as a message of unknown meaning: it begins no call.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use calls::{Effect, Source, VendorEvent};
use jiff::Timestamp;
use serde_json::Value;
use tokio::{sync::watch, time::Instant};

use super::Driver;
use crate::{
    dedupe,
    error::Error,
    webhook::{Decoded, VerifyError, WebhookRequest},
};

/// The names of the calls of such messages begin so.
pub const TEST_CALL: &str = "trubka-test-";
/// What the request journal calls them.
pub const TEST_NOTIFICATION: &str = "test notification";

/// What was seen of an awaited message at our door.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SeenTest {
    /// When it came.
    pub arrived: Option<Instant>,
    /// Why it was refused, where its signature did not get through as it was made.
    pub refused: Option<VerifyError>,
    /// When it was in the database, or that it could not be put there.
    pub kept: Option<Result<Instant, NotKept>>,
}

/// The database did not take it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotKept;

/// The message that is awaited now: one at a time.
#[derive(Default)]
pub(super) struct AwaitedTest(Arc<Mutex<Option<Awaited>>>);

struct Awaited {
    call: String,
    seen: watch::Sender<SeenTest>,
}

/// Waits for a message until this is dropped.
pub struct TestWatch {
    of: Arc<Mutex<Option<Awaited>>>,
    seen: watch::Receiver<SeenTest>,
}

impl AwaitedTest {
    fn lock(&self) -> MutexGuard<'_, Option<Awaited>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the authentic message about this call is the awaited one; then it has come.
    pub(super) fn arrives(&self, call: &str) -> bool {
        let awaited = self.lock();
        let Some(awaited) = awaited.as_ref().filter(|awaited| awaited.call == call) else { return false };
        awaited.seen.send_modify(|seen| seen.arrived = seen.arrived.or_else(|| Some(Instant::now())));
        true
    }

    /// A message was refused. Where the awaited one is in it, it came, and something on the way has changed it.
    pub(super) fn refused(&self, body: &[u8], why: &VerifyError) {
        let awaited = self.lock();
        let is_in_it = |awaited: &&Awaited| {
            let call = awaited.call.as_bytes();
            body.windows(call.len()).any(|part| part == call)
        };
        let Some(awaited) = awaited.as_ref().filter(is_in_it) else { return };
        awaited.seen.send_modify(|seen| {
            seen.arrived = seen.arrived.or_else(|| Some(Instant::now()));
            seen.refused = Some(why.clone());
        });
    }
}

impl TestWatch {
    /// Waits until the message was kept or refused; whoever gives up sees what there was until then.
    pub async fn done(&mut self) {
        // An error means that nothing more can come.
        let _ = self.seen.wait_for(|seen| seen.kept.is_some() || seen.refused.is_some()).await;
    }

    /// What was seen up to now.
    pub fn seen(&self) -> SeenTest {
        self.seen.borrow().clone()
    }
}

impl Drop for TestWatch {
    fn drop(&mut self) {
        *self.of.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

impl Driver {
    /// The signed message of this name about a call of this name, as the PBX would post it; `None` where the make has none
    /// of that name.
    pub fn test_message(&self, name: &str, call: &str, now: Timestamp) -> Option<Result<WebhookRequest, Error>> {
        let mut request = self.pbx.test_message(name, call, now)?;
        Some(self.pbx.sign_webhook(&mut request).map(|()| request))
    }

    /// Awaits a message about this call; `None` while another one is awaited.
    pub fn await_test(&self, call: &str) -> Option<TestWatch> {
        let mut awaited = self.awaited_test.lock();
        if awaited.is_some() {
            return None;
        }
        let (sender, seen) = watch::channel(SeenTest::default());
        *awaited = Some(Awaited { call: call.to_owned(), seen: sender });
        Some(TestWatch { of: Arc::clone(&self.awaited_test.0), seen })
    }

    /// The awaited message that came is in the database, or could not be put there.
    pub fn test_kept(&self, is_kept: bool) {
        if let Some(awaited) = self.awaited_test.lock().as_ref() {
            let kept = if is_kept { Ok(Instant::now()) } else { Err(NotKept) };
            awaited.seen.send_modify(|seen| seen.kept = Some(kept));
        }
    }
}

/// The call of a test that these events are about.
pub(super) fn call_of(decoded: &Decoded) -> Option<&str> {
    decoded.events.iter().filter_map(|event| event.call.as_deref()).find(|call| call.starts_with(TEST_CALL))
}

/// What is kept of a test that nobody awaits.
pub(super) fn unknown(body: &[u8], redacted: Option<String>, source: Source) -> VendorEvent {
    VendorEvent {
        dedupe_key: dedupe::of_bytes(TEST_NOTIFICATION, body),
        raw_kind: TEST_NOTIFICATION.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![Effect::Unknown { body: Value::from(redacted.unwrap_or_default()) }],
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use calls::Source;
    use jiff::tz::TimeZone;
    use secrecy::SecretString;

    use super::*;
    use crate::{ConnectionConfig, DecodeContext, JournalOutcome, MAKES, Make, Received, journal::NoJournal};

    struct Still;

    impl calls::Clock for Still {
        fn now(&self) -> Timestamp {
            Timestamp::UNIX_EPOCH
        }
    }

    fn driver(make: Make) -> Driver {
        let secrets = make.secrets.iter().map(|secret| (secret.name.to_owned(), SecretString::from("s3cret")));
        let config = ConnectionConfig {
            id: "test".parse().expect("an id"),
            make,
            zone: None,
            base_url: None,
            trust_anchor_pem: None,
            secrets: secrets.collect(),
            overrides: BTreeMap::new(),
        };
        Driver::new(config, Arc::new(NoJournal), Arc::new(Still)).expect("good settings")
    }

    fn receive(driver: &Driver, request: &WebhookRequest) -> Received {
        let (received_at, zone) = (Timestamp::UNIX_EPOCH, TimeZone::UTC);
        driver.receive(request, &DecodeContext { received_at, zone, source: Source::Webhook })
    }

    fn signed(driver: &Driver, name: &str, call: &str) -> WebhookRequest {
        driver.test_message(name, call, Timestamp::UNIX_EPOCH).expect("is there").expect("is signed")
    }

    const CALL: &str = "trubka-test-0a1b2c3d";

    #[tokio::test]
    async fn each_message_of_each_make_is_signed_and_known_again_while_it_is_awaited_and_no_longer() {
        for make in MAKES {
            assert_eq!(make.test_messages.is_empty(), !make.delivery.needs_public_address(), "{make}");
        }
        let posting = MAKES.iter().flat_map(|make| make.test_messages.iter().map(move |message| (*make, message.name)));
        for (make, name) in posting {
            let driver = driver(make);
            let request = signed(&driver, name, CALL);
            let mut watch = driver.await_test(CALL).expect("none is awaited");
            assert!(driver.await_test("trubka-test-other").is_none(), "one at a time");
            let received = receive(&driver, &request);
            assert!(received.is_test && received.decoded.is_ok(), "{make} {name}: {received:?}");
            assert_eq!(received.entry.outcome, JournalOutcome::Signed { understood: true });
            assert_eq!((received.entry.operation.as_str(), received.entry.call), (TEST_NOTIFICATION, None));
            driver.test_kept(true);
            watch.done().await;
            assert!(matches!(watch.seen(), SeenTest { arrived: Some(_), refused: None, kept: Some(Ok(_)) }));
            drop(watch);

            let late = receive(&driver, &request);
            assert!(!late.is_test, "{make} {name}");
            assert_eq!(late.entry.outcome, JournalOutcome::Signed { understood: false });
            let events = late.decoded.expect("is authentic").events;
            let [VendorEvent { call: None, effects, .. }] = events.as_slice() else { panic!("{make}: {events:?}") };
            assert!(matches!(effects.as_slice(), [Effect::Unknown { .. }]), "{make} {name}: {effects:?}");
        }
    }

    #[tokio::test]
    async fn a_message_of_another_test_is_not_the_awaited_one_and_a_changed_one_has_come_without_its_signature() {
        let driver = driver(crate::rostelecom::MAKE);
        assert!(driver.test_message("ringing", CALL, Timestamp::UNIX_EPOCH).is_none());
        let mut watch = driver.await_test(CALL).expect("none is awaited");
        assert!(!receive(&driver, &signed(&driver, "new", "trubka-test-ffffffff")).is_test);
        assert!(!receive(&driver, &signed(&driver, "new", "s-1")).is_test, "a real call");
        let mut forged = signed(&driver, "new", "trubka-test-ffffffff");
        forged.headers.retain(|(name, _)| name != "X-Client-Sign");
        assert!(receive(&driver, &forged).decoded.is_err());
        assert_eq!(watch.seen(), SeenTest::default());
        let mut stripped = signed(&driver, "new", CALL);
        stripped.headers.retain(|(name, _)| name != "X-Client-Sign");
        let received = receive(&driver, &stripped);
        assert!(!received.is_test && received.decoded.is_err(), "{received:?}");
        tokio::time::timeout(Duration::from_secs(10), watch.done()).await.expect("is seen");
        let seen = watch.seen();
        assert!(seen.arrived.is_some() && seen.kept.is_none());
        assert_eq!(seen.refused, Some(VerifyError::Missing("X-Client-Sign")));
    }
}
