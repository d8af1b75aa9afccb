//! A test of the address that the PBX posts to: a message as the PBX would send it, sent by us, and known again when it
//! comes in at our own door.
//!
//! It is told from a real message by the name of its call, which holds a code that only this office can make, and only once
//! its signature was found right. One that comes when nobody awaits it any more tells of no call either, and says nothing of
//! the PBX.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use calls::ConnectionId;
use data_encoding::HEXLOWER;
use hmac::{Hmac, Mac};
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretBox};
use sha2::Sha256;
use tokio::{sync::watch, time::Instant};

use super::Driver;
use crate::{
    error::Error,
    webhook::{VerifyError, WebhookRequest},
};

/// The names of the calls of such messages begin so.
const TEST_CALL: &str = "trubka-test-";
/// Bytes of a name's code: nobody guesses it.
const CODE: usize = 16;
/// What the request journal calls such a message.
pub const TEST_NOTIFICATION: &str = "test notification";
/// And one that nobody awaits any more.
pub const TEST_LATE: &str = "late test notification";

/// A test of our address that came in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReceivedTest {
    /// It is the awaited one, about the call of this name.
    Awaited(String),
    /// Nobody awaits it any more.
    Late,
}

/// Makes the names of the calls of tests, and knows them again.
pub struct TestNames {
    key: SecretBox<[u8; 32]>,
    connection: ConnectionId,
}

impl TestNames {
    /// Those of a connection. The key is the office's own: whoever has it can make a real call look like a test.
    pub fn new(key: SecretBox<[u8; 32]>, connection: ConnectionId) -> Self {
        Self { key, connection }
    }

    /// The name with these random bytes, which nobody has seen before.
    pub fn name(&self, random: [u8; 16]) -> String {
        let random = HEXLOWER.encode(&random);
        let code = self.code(&random).finalize().into_bytes();
        format!("{TEST_CALL}{random}-{}", HEXLOWER.encode(&code[..CODE]))
    }

    /// Whether a call's name was made here.
    pub(super) fn is_one(&self, call: &str) -> bool {
        let Some((random, code)) = call.strip_prefix(TEST_CALL).and_then(|rest| rest.split_once('-')) else {
            return false;
        };
        let code = HEXLOWER.decode(code.as_bytes()).ok().filter(|code| code.len() == CODE);
        code.is_some_and(|code| self.code(random).verify_truncated_left(&code).is_ok())
    }

    fn code(&self, random: &str) -> Hmac<Sha256> {
        // Shorter than the hash's block, a key is filled up with zeros.
        let mut block = [0; 64];
        block[..32].copy_from_slice(self.key.expose_secret());
        let mut code = <Hmac<Sha256> as Mac>::new(&block.into());
        code.update(self.connection.as_str().as_bytes());
        code.update(b" ");
        code.update(random.as_bytes());
        code
    }
}

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

    /// A name for the call of a test, with these random bytes in it; `None` where our address is not tested.
    pub fn test_call(&self, random: [u8; 16]) -> Option<String> {
        self.test_names.as_ref().map(|names| names.name(random))
    }

    /// The message about this call that came while it was awaited is in the database, or could not be put there. Whoever
    /// awaits another one by now is told nothing.
    pub fn test_kept(&self, call: &str, is_kept: bool) {
        if let Some(awaited) = self.awaited_test.lock().as_ref().filter(|awaited| awaited.call == call) {
            let kept = if is_kept { Ok(Instant::now()) } else { Err(NotKept) };
            awaited.seen.send_modify(|seen| seen.kept = Some(kept));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, time::Duration};

    use calls::{Effect, Source};
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

    fn names(key: u8, connection: &str) -> TestNames {
        TestNames::new(SecretBox::new(Box::new([key; 32])), connection.parse().expect("an id"))
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
        let driver = Driver::new(config, Arc::new(NoJournal), Arc::new(Still)).expect("good settings");
        driver.naming_tests(names(7, "test"))
    }

    fn context() -> DecodeContext {
        DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook }
    }

    fn receive(driver: &Driver, request: &WebhookRequest) -> Received {
        driver.receive(request, &context())
    }

    fn signed(driver: &Driver, name: &str, call: &str) -> WebhookRequest {
        driver.test_message(name, call, Timestamp::UNIX_EPOCH).expect("is there").expect("is signed")
    }

    fn call(driver: &Driver, random: u8) -> String {
        driver.test_call([random; 16]).expect("it tests")
    }

    #[tokio::test]
    async fn each_message_of_each_make_is_signed_and_known_again_awaited_or_not() {
        for make in MAKES {
            assert_eq!(make.test_messages.is_empty(), !make.delivery.needs_public_address(), "{make}");
        }
        let posting = MAKES.iter().flat_map(|make| make.test_messages.iter().map(move |message| (*make, message.name)));
        for (make, name) in posting {
            let driver = driver(make);
            let call = call(&driver, 1);
            let request = signed(&driver, name, &call);
            let mut watch = driver.await_test(&call).expect("none is awaited");
            assert!(driver.await_test("trubka-test-other").is_none(), "one at a time");
            let received = receive(&driver, &request);
            assert_eq!(received.test, Some(ReceivedTest::Awaited(call.clone())), "{make} {name}: {received:?}");
            assert_eq!(received.entry.outcome, JournalOutcome::Signed { understood: true });
            assert_eq!((received.entry.operation.as_str(), received.entry.call), (TEST_NOTIFICATION, None));
            driver.test_kept(&call, true);
            watch.done().await;
            assert!(matches!(watch.seen(), SeenTest { arrived: Some(_), refused: None, kept: Some(Ok(_)) }));
            drop(watch);

            let late = receive(&driver, &request);
            assert_eq!(late.test, Some(ReceivedTest::Late), "{make} {name}");
            assert_eq!((late.entry.operation.as_str(), late.entry.call), (TEST_LATE, None));
            let again = driver.read_again(&request, &context());
            assert_eq!((again.operation.as_str(), again.events.len()), (TEST_LATE, 0), "{make} {name}");
        }
    }

    #[test]
    fn a_call_whose_name_was_not_made_here_is_a_call_whatever_it_is_called() {
        let driver = driver(crate::rostelecom::MAKE);
        let own = call(&driver, 1);
        let (random, code) = own.strip_prefix(TEST_CALL).and_then(|rest| rest.split_once('-')).expect("two parts");
        let of_others = [names(8, "test").name([1; 16]), names(7, "rt2").name([1; 16])];
        let made_up = [
            "trubka-test-00000000000000000000000000000000".to_owned(),
            format!("{TEST_CALL}{random}-"),
            format!("{TEST_CALL}{random}-{}", &code[..16]),
            format!("{TEST_CALL}{random}-{}", code.to_uppercase()),
            format!("{TEST_CALL}{random}-{code}00"),
            format!("{TEST_CALL}{}-{code}", "0".repeat(32)),
            TEST_CALL.to_owned(),
        ];
        for name in of_others.into_iter().chain(made_up) {
            let received = receive(&driver, &signed(&driver, "new", &name));
            assert_eq!(received.test, None, "{name}");
            let events = received.decoded.expect("is authentic").events;
            let begins = |effect: &Effect| matches!(effect, Effect::CallCreated { .. });
            assert!(events.iter().any(|event| event.effects.iter().any(begins)), "{name}: {events:?}");
            assert!(received.entry.call.is_some());
        }
        assert_eq!(receive(&driver, &signed(&driver, "new", &own)).test, Some(ReceivedTest::Late));
    }

    #[tokio::test]
    async fn what_became_of_one_message_is_not_told_of_another() {
        let driver = driver(crate::rostelecom::MAKE);
        let (first, second) = (call(&driver, 1), call(&driver, 2));
        drop(driver.await_test(&first).expect("none is awaited"));
        let watch = driver.await_test(&second).expect("the first has ended");
        driver.test_kept(&first, true);
        assert_eq!(watch.seen(), SeenTest::default());
        driver.test_kept(&second, false);
        assert_eq!(watch.seen().kept, Some(Err(NotKept)));
    }

    #[tokio::test]
    async fn a_message_of_another_test_is_not_the_awaited_one_and_a_changed_one_has_come_without_its_signature() {
        let driver = driver(crate::rostelecom::MAKE);
        let (own, other) = (call(&driver, 1), call(&driver, 2));
        assert!(driver.test_message("ringing", &own, Timestamp::UNIX_EPOCH).is_none());
        let mut watch = driver.await_test(&own).expect("none is awaited");
        assert_eq!(receive(&driver, &signed(&driver, "new", &other)).test, Some(ReceivedTest::Late));
        assert_eq!(receive(&driver, &signed(&driver, "new", "s-1")).test, None, "a real call");
        let mut forged = signed(&driver, "new", &other);
        forged.headers.retain(|(name, _)| name != "X-Client-Sign");
        assert!(receive(&driver, &forged).decoded.is_err());
        assert_eq!(watch.seen(), SeenTest::default());
        let mut stripped = signed(&driver, "new", &own);
        stripped.headers.retain(|(name, _)| name != "X-Client-Sign");
        let received = receive(&driver, &stripped);
        assert!(received.test.is_none() && received.decoded.is_err(), "{received:?}");
        tokio::time::timeout(Duration::from_secs(10), watch.done()).await.expect("is seen");
        let seen = watch.seen();
        assert!(seen.arrived.is_some() && seen.kept.is_none());
        assert_eq!(seen.refused, Some(VerifyError::Missing("X-Client-Sign")));
    }
}
