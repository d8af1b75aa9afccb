//! What came of a message that was sent to our own public address: how far it came, and why no further.

use std::time::Duration;

use link::wire::{HopState, TestCause, TestPlace, TestStage};
use net::{CertificateFault, NotReached, Reached};
use pbx::{SeenTest, VerifyError};
use tokio::time::Instant;

/// What was seen of a test from both ends.
#[derive(Debug)]
pub(crate) struct Tested {
    /// The address speaks TLS.
    pub(crate) is_encrypted: bool,
    /// How far the way to it is open.
    pub(crate) reached: Reached,
    /// And why no further.
    pub(crate) way: Result<(), NotReached>,
    /// When the message was sent, and how it was answered after how long, where it was.
    pub(crate) sent: Option<Sent>,
    /// What was seen of it at our door.
    pub(crate) seen: SeenTest,
}

/// A message on its way, and its answer.
#[derive(Debug)]
pub(crate) struct Sent {
    pub(crate) at: Instant,
    /// Its HTTP status.
    pub(crate) answer: Result<u16, net::Error>,
    pub(crate) took: Duration,
}

impl Tested {
    /// The places on the way, in their order.
    pub(crate) fn stages(&self) -> Vec<TestStage> {
        let mut stages = vec![self.connection()];
        // Before a proxy no name is looked up here.
        if self.reached.name.is_some() || self.reached.connection.is_none() {
            let is_stopped = matches!(self.way, Err(NotReached::Name(_)));
            stages.insert(0, stage(TestPlace::Name, self.reached.name, is_stopped));
        }
        if self.is_encrypted {
            let is_stopped = matches!(self.way, Err(NotReached::Certificate(..) | NotReached::Tls(_)));
            stages.push(stage(TestPlace::Tls, self.reached.tls, is_stopped));
        }
        stages.extend([self.answer(), self.arrival(), self.signature(), self.kept()]);
        stages
    }

    fn connection(&self) -> TestStage {
        let is_stopped = matches!(self.way, Err(NotReached::Connection(_) | NotReached::Closed(_)));
        stage(TestPlace::Connection, self.reached.connection, is_stopped)
    }

    fn answer(&self) -> TestStage {
        let Some(sent) = &self.sent else { return stage(TestPlace::Answer, None, false) };
        let is_answered = sent.answer.as_ref().is_ok_and(|status| is_success(*status) || self.seen.arrived.is_some());
        stage(TestPlace::Answer, is_answered.then_some(sent.took), true)
    }

    fn arrival(&self) -> TestStage {
        let took = self.seen.arrived.zip(self.sent.as_ref()).map(|(at, sent)| at.saturating_duration_since(sent.at));
        stage(TestPlace::Arrival, took, self.status().is_some_and(is_success))
    }

    fn signature(&self) -> TestStage {
        let is_right = self.seen.arrived.is_some() && self.seen.refused.is_none();
        let state = match (is_right, &self.seen.refused) {
            (true, _) => HopState::Passed,
            (false, Some(_)) => HopState::Stopped,
            (false, None) => HopState::NotReached,
        };
        TestStage { place: TestPlace::Signature, state, took_ms: None }
    }

    fn kept(&self) -> TestStage {
        let kept = self.seen.kept.and_then(Result::ok).zip(self.seen.arrived);
        let took = kept.map(|(kept, arrived)| kept.saturating_duration_since(arrived));
        stage(TestPlace::Kept, took, self.seen.arrived.is_some() && self.seen.refused.is_none())
    }

    /// The status with which somebody answered.
    pub(crate) fn status(&self) -> Option<u16> {
        self.sent.as_ref()?.answer.as_ref().ok().copied()
    }

    /// Why it came no further; nothing where it came all the way.
    pub(crate) fn cause(&self) -> Option<TestCause> {
        if let Err(why) = &self.way {
            return Some(of_way(why));
        }
        if let Some(why) = &self.seen.refused {
            return Some(of_refusal(why));
        }
        // Another test that ended too early may be what was kept.
        let is_kept = self.seen.arrived.is_some() && matches!(self.seen.kept, Some(Ok(_)));
        match &self.sent.as_ref()?.answer {
            _ if self.seen.arrived.is_some() && !is_kept => Some(TestCause::NotKept),
            Err(net::Error::Timeout) => Some(TestCause::NoAnswer),
            Err(_) => Some(TestCause::Broken),
            Ok(status) if is_kept => (!is_success(*status)).then_some(TestCause::OtherAnswer),
            Ok(status) => Some(of_status(*status)),
        }
    }

    /// The same in English words, where something said it.
    pub(crate) fn detail(&self) -> Option<String> {
        let of_way = self.way.as_ref().err().map(|why| match why {
            NotReached::Name(error)
            | NotReached::Closed(error)
            | NotReached::Connection(error)
            | NotReached::Certificate(_, error)
            | NotReached::Tls(error) => error.to_string(),
        });
        let of_refusal = || self.seen.refused.as_ref().map(ToString::to_string);
        of_way.or_else(of_refusal).or_else(|| Some(self.sent.as_ref()?.answer.as_ref().err()?.to_string()))
    }
}

/// A place that took so long, or was not passed: because it was reached and nothing went on from there, or was not reached.
fn stage(place: TestPlace, took: Option<Duration>, is_stopped: bool) -> TestStage {
    let state = match (took, is_stopped) {
        (Some(_), _) => HopState::Passed,
        (None, true) => HopState::Stopped,
        (None, false) => HopState::NotReached,
    };
    TestStage { place, state, took_ms: took.map(|took| u32::try_from(took.as_millis()).unwrap_or(u32::MAX)) }
}

fn is_success(status: u16) -> bool {
    (200..300).contains(&status)
}

fn of_way(why: &NotReached) -> TestCause {
    match why {
        NotReached::Name(net::Error::NoNameServer { .. } | net::Error::Timeout) => TestCause::NoNameServer,
        NotReached::Name(_) => TestCause::NameUnknown,
        NotReached::Closed(_) => TestCause::PortClosed,
        NotReached::Connection(_) => TestCause::NoConnection,
        NotReached::Certificate(CertificateFault::OtherName, _) => TestCause::OtherCertificate,
        NotReached::Certificate(CertificateFault::NotNow, _) => TestCause::CertificateNotNow,
        NotReached::Certificate(CertificateFault::Untrusted, _) => TestCause::CertificateUntrusted,
        NotReached::Tls(_) => TestCause::NoTls,
    }
}

fn of_refusal(why: &VerifyError) -> TestCause {
    match why {
        VerifyError::Missing(_) => TestCause::SignatureLost,
        VerifyError::MissingField(_)
        | VerifyError::Repeated(_)
        | VerifyError::RepeatedField
        | VerifyError::NotAForm
        | VerifyError::Malformed(_)
        | VerifyError::Mismatch
        | VerifyError::OtherAccount(_)
        | VerifyError::NoWebhooks => TestCause::SignatureWrong,
    }
}

/// What the status of an answer says where the message did not come.
fn of_status(status: u16) -> TestCause {
    match status {
        200..=299 => TestCause::OtherServer,
        300..=399 => TestCause::Redirected,
        // A path that a gateway does not know asks for a token.
        401 | 404 | 405 | 410 => TestCause::PathUnknown,
        403 | 407 | 429 => TestCause::Blocked,
        502..=504 => TestCause::NotPassedOn,
        _ => TestCause::OtherAnswer,
    }
}

#[cfg(test)]
mod tests {
    use pbx::NotKept;

    use super::*;

    const PASSED: Option<Duration> = Some(Duration::ZERO);

    fn tested(answer: Result<u16, net::Error>, seen: SeenTest) -> Tested {
        let reached = Reached { name: PASSED, connection: PASSED, tls: PASSED };
        let sent = Sent { at: Instant::now(), answer, took: Duration::ZERO };
        Tested { is_encrypted: true, reached, way: Ok(()), sent: Some(sent), seen }
    }

    fn arrived() -> SeenTest {
        SeenTest { arrived: Some(Instant::now()), ..SeenTest::default() }
    }

    /// The places that were not passed: those where it stopped with `!`.
    fn open(tested: &Tested) -> Vec<(TestPlace, bool)> {
        let stages = tested.stages().into_iter().filter(|stage| stage.state != HopState::Passed);
        stages.map(|stage| (stage.place, stage.state == HopState::Stopped)).collect()
    }

    #[test]
    fn each_place_of_a_message_that_came_and_was_kept_is_passed() {
        let kept = SeenTest { kept: Some(Ok(Instant::now())), ..arrived() };
        let good = tested(Ok(200), kept.clone());
        assert_eq!((open(&good), good.cause(), good.detail()), (Vec::new(), None, None));
        assert_eq!(good.stages().len(), 7);
        let plain = Tested { is_encrypted: false, ..tested(Ok(200), kept.clone()) };
        assert_eq!(plain.stages().len(), 6);
        assert_eq!(tested(Ok(500), kept.clone()).cause(), Some(TestCause::OtherAnswer), "a PBX would send it again");
        let late = tested(Err(net::Error::Timeout), kept);
        assert_eq!((open(&late), late.cause()), (vec![(TestPlace::Answer, true)], Some(TestCause::NoAnswer)));
    }

    #[test]
    fn an_answer_of_somebody_else_is_called_so() {
        let (arrival, signature, kept) = (TestPlace::Arrival, TestPlace::Signature, TestPlace::Kept);
        let other = tested(Ok(200), SeenTest::default());
        assert_eq!(other.cause(), Some(TestCause::OtherServer));
        assert_eq!(open(&other), [(arrival, true), (signature, false), (kept, false)]);
        let cases = [
            (404, TestCause::PathUnknown),
            (401, TestCause::PathUnknown),
            (301, TestCause::Redirected),
            (502, TestCause::NotPassedOn),
            (403, TestCause::Blocked),
            (500, TestCause::OtherAnswer),
        ];
        for (status, cause) in cases {
            let tested = tested(Ok(status), SeenTest::default());
            assert_eq!((tested.cause(), tested.status()), (Some(cause), Some(status)));
            let stopped = [(TestPlace::Answer, true), (arrival, false), (signature, false), (kept, false)];
            assert_eq!(open(&tested), stopped, "{status}");
        }
        assert_eq!(tested(Err(net::Error::Timeout), SeenTest::default()).cause(), Some(TestCause::NoAnswer));
        let broken = tested(Err(net::Error::Transport("reset".to_owned())), SeenTest::default());
        assert_eq!(broken.cause(), Some(TestCause::Broken));
    }

    #[test]
    fn what_came_changed_or_could_not_be_kept_stops_there() {
        let refused = |why| tested(Ok(403), SeenTest { refused: Some(why), ..arrived() });
        let lost = refused(VerifyError::Missing("X-Client-Sign"));
        assert_eq!(lost.cause(), Some(TestCause::SignatureLost));
        assert_eq!(open(&lost), [(TestPlace::Signature, true), (TestPlace::Kept, false)]);
        assert!(lost.detail().is_some_and(|detail| detail.contains("X-Client-Sign")));
        assert_eq!(refused(VerifyError::Mismatch).cause(), Some(TestCause::SignatureWrong));
        for kept in [Some(Err(NotKept)), None] {
            let tested = tested(Ok(503), SeenTest { kept, ..arrived() });
            assert_eq!((open(&tested), tested.cause()), (vec![(TestPlace::Kept, true)], Some(TestCause::NotKept)));
        }
    }

    #[test]
    fn a_way_that_is_not_open_names_its_first_closed_place() {
        let not_reached = |way, reached| {
            let tested = Tested { is_encrypted: true, reached, way: Err(way), sent: None, seen: SeenTest::default() };
            (
                tested.stages().into_iter().find(|stage| stage.state == HopState::Stopped).map(|it| it.place),
                tested.cause(),
            )
        };
        let nothing = Reached::default();
        let connected = Reached { name: PASSED, connection: PASSED, tls: None };
        let error = || net::Error::Connect("x".to_owned());
        let nobody = net::Error::NameNotFound { host: "x".to_owned() };
        let cases = [
            (not_reached(NotReached::Name(nobody), nothing), (TestPlace::Name, TestCause::NameUnknown)),
            (not_reached(NotReached::Name(net::Error::Timeout), nothing), (TestPlace::Name, TestCause::NoNameServer)),
            (
                not_reached(NotReached::Closed(error()), Reached { name: PASSED, ..nothing }),
                (TestPlace::Connection, TestCause::PortClosed),
            ),
            (
                not_reached(NotReached::Connection(net::Error::Timeout), Reached { name: PASSED, ..nothing }),
                (TestPlace::Connection, TestCause::NoConnection),
            ),
            (
                not_reached(NotReached::Certificate(CertificateFault::NotNow, error()), connected),
                (TestPlace::Tls, TestCause::CertificateNotNow),
            ),
            (
                not_reached(NotReached::Certificate(CertificateFault::OtherName, error()), connected),
                (TestPlace::Tls, TestCause::OtherCertificate),
            ),
            (not_reached(NotReached::Tls(error()), connected), (TestPlace::Tls, TestCause::NoTls)),
        ];
        for ((place, cause), expected) in cases {
            assert_eq!((place, cause), (Some(expected.0), Some(expected.1)));
        }
    }
}
