//! The order of a channel, driven by hand.

use std::time::{Duration, Instant};

use calls::Source;

use super::{answer, pbx, received};
use crate::{
    error::ErrorKind,
    request::Times,
    session::{Moment, Session, SessionInput, SessionOutput},
    traits::Pbx,
};

/// A channel driven by hand.
struct ByHand {
    channel: Box<dyn Session>,
    start: Instant,
    after: Duration,
}

impl ByHand {
    fn new() -> Self {
        let channel = pbx().session("101").expect("a session");
        Self { channel, start: tokio::time::Instant::now().into_std(), after: Duration::ZERO }
    }

    fn step(&mut self, input: SessionInput<'_>) -> Vec<SessionOutput> {
        let now = Moment { monotonic: self.start + self.after, wall: received() };
        self.channel.step(input, now)
    }

    fn answered(&mut self, status: u16, body: &str) -> Vec<SessionOutput> {
        self.step(SessionInput::Answered(Ok(&answer(status, body))))
    }

    /// Up to the first request for missed events.
    fn opened() -> Self {
        let mut by_hand = Self::new();
        assert_eq!(operation(&by_hand.step(SessionInput::Start)), "channel");
        let outputs = by_hand.answered(200, r#"{"Result":{"code":0},"url":"wss://x.mango-office.ru/channel/1"}"#);
        assert!(matches!(outputs.as_slice(), [SessionOutput::Open(_)]), "{outputs:?}");
        assert_eq!(operation(&by_hand.step(SessionInput::Opened)), "session/register");
        by_hand
    }
}

fn operation(outputs: &[SessionOutput]) -> &'static str {
    let Some(SessionOutput::Request(request)) = outputs.last() else { panic!("no request in {outputs:?}") };
    if request.operation == "session/register" {
        assert_eq!((request.times, request.idempotent), (Times::MINUTE, false));
    }
    request.operation
}

fn ending(outputs: &[SessionOutput]) -> ErrorKind {
    let [SessionOutput::End(error)] = outputs else { panic!("{outputs:?}") };
    error.kind()
}

const BATCH: &str = r#"{"Result":{"code":0},"events":[{"routeKey":"/call","data":{"entry_id":"e1","call_id":"c1","seq":1,"state":"APPEARED"}}]}"#;
const NOTHING_LEFT: &str = r#"{"Result":{"code":109}}"#;
/// As the vendor prints it, a code of success in it.
const LIMITED: &str = r#"{"name":"Service Unavailable","message":"Rate limit exceeded.","code":0,"status":429}"#;

#[test]
fn the_next_batch_is_asked_for_only_after_the_last_was_stored() {
    let mut by_hand = ByHand::opened();
    let outputs = by_hand.answered(200, BATCH);
    let [
        SessionOutput::Connected,
        SessionOutput::Events { events, hold: true },
        SessionOutput::DrainProgress { events: 1 },
    ] = outputs.as_slice()
    else {
        panic!("{outputs:?}")
    };
    assert_eq!(events[0].source, Source::Replay);

    let live = by_hand.step(SessionInput::Text(r#"{"routeKey":"/call","data":{"entry_id":"e2","state":"APPEARED"}}"#));
    let [SessionOutput::Events { events, hold: false }] = live.as_slice() else { panic!("{live:?}") };
    assert_eq!(events[0].source, Source::Push);

    assert_eq!(operation(&by_hand.step(SessionInput::Stored)), "session/register");
    assert!(matches!(by_hand.answered(200, NOTHING_LEFT).as_slice(), [SessionOutput::Drained { complete: true }]));
    assert!(by_hand.step(SessionInput::Stored).is_empty());
}

#[test]
fn a_client_error_without_data_is_an_empty_drain() {
    let cases =
        [(404, ""), (410, " "), (400, ""), (400, NOTHING_LEFT), (404, r#"{"Result":{"code":0}}"#), (200, NOTHING_LEFT)];
    for (status, body) in cases {
        let outputs = ByHand::opened().answered(status, body);
        assert!(
            matches!(outputs.as_slice(), [SessionOutput::Connected, SessionOutput::Drained { complete: true }]),
            "{status} {body}"
        );
    }
}

#[test]
fn other_errors_end_the_session() {
    let cases = [
        (401, r#"{"Result":{"code":3105}}"#, ErrorKind::Unauthorized),
        (401, "", ErrorKind::Unauthorized),
        (400, r#"{"Result":{"code":4000}}"#, ErrorKind::Conflict),
        (400, "<html>", ErrorKind::Protocol),
        (400, r#"{"Result":{"code":2210}}"#, ErrorKind::Forbidden),
        (404, r#"{"Result":{"code":5008}}"#, ErrorKind::Internal),
        (403, r#"{"Result":{"code":0}}"#, ErrorKind::Forbidden),
        (408, r#"{"Result":{"code":0}}"#, ErrorKind::Timeout),
        (500, "", ErrorKind::Internal),
        (429, "", ErrorKind::RateLimited { retry_after: None }),
        (429, LIMITED, ErrorKind::RateLimited { retry_after: None }),
        (429, NOTHING_LEFT, ErrorKind::RateLimited { retry_after: None }),
        (400, r#"{"Result":{"code":4290}}"#, ErrorKind::RateLimited { retry_after: None }),
        (200, "<html>", ErrorKind::Protocol),
    ];
    for (status, body, kind) in cases {
        assert_eq!(ending(&ByHand::opened().answered(status, body)), kind, "{status} {body}");
    }
}

#[test]
fn an_endless_drain_of_nothing_ends() {
    let mut by_hand = ByHand::opened();
    let empty = r#"{"Result":{"code":0},"events":[]}"#;
    assert_eq!(operation(&by_hand.answered(200, empty)), "session/register");
    assert_eq!(operation(&by_hand.answered(200, empty)), "session/register");
    assert!(matches!(by_hand.answered(200, empty).as_slice(), [SessionOutput::Drained { complete: true }]));
}

#[test]
fn a_drain_that_gives_the_same_again_and_again_is_given_up() {
    let second = BATCH.replace("\"e1\"", "\"e2\"");
    let mut by_hand = ByHand::opened();
    by_hand.answered(200, BATCH);
    by_hand.step(SessionInput::Stored);
    by_hand.answered(200, &second);
    assert_eq!(operation(&by_hand.step(SessionInput::Stored)), "session/register");
    // In turns, and nothing of it is new.
    for batch in [BATCH, &second] {
        let outputs = by_hand.answered(200, batch);
        assert_eq!((outputs.len(), operation(&outputs)), (1, "session/register"));
    }
    let outputs = by_hand.answered(200, BATCH);
    assert!(matches!(outputs.as_slice(), [SessionOutput::Drained { complete: false }]), "{outputs:?}");
    let live = by_hand.step(SessionInput::Text(r#"{"routeKey":"/call","data":{"entry_id":"e3","state":"APPEARED"}}"#));
    assert!(matches!(live.as_slice(), [SessionOutput::Events { hold: false, .. }]), "{live:?}");
}

#[test]
fn a_batch_given_twice_is_no_endless_drain() {
    let mut by_hand = ByHand::opened();
    by_hand.answered(200, BATCH);
    by_hand.step(SessionInput::Stored);
    assert_eq!(operation(&by_hand.answered(200, BATCH)), "session/register");
    let outputs = by_hand.answered(200, NOTHING_LEFT);
    assert!(matches!(outputs.as_slice(), [SessionOutput::Drained { complete: true }]), "{outputs:?}");
}

#[test]
fn an_unknown_user_is_created_once() {
    let unknown = r#"{"Result":{"code":3300,"message":"no such object"}}"#;
    let mut by_hand = ByHand::new();
    by_hand.step(SessionInput::Start);
    assert_eq!(operation(&by_hand.answered(400, unknown)), "users/create");
    assert_eq!(operation(&by_hand.answered(200, r#"{"Result":{"code":0}}"#)), "channel");
    assert_eq!(ending(&by_hand.answered(400, unknown)), ErrorKind::NotFound);
    assert!(by_hand.step(SessionInput::Timer).is_empty());
}

#[test]
fn silence_is_asked_about_and_then_given_up() {
    let mut by_hand = ByHand::opened();
    by_hand.after = Duration::from_secs(29);
    assert!(by_hand.step(SessionInput::Timer).is_empty());
    assert_eq!(by_hand.channel.next_timer(), Some(by_hand.start + Duration::from_secs(30)));
    by_hand.after = Duration::from_secs(30);
    assert!(matches!(by_hand.step(SessionInput::Timer).as_slice(), [SessionOutput::Ping]));
    by_hand.after = Duration::from_secs(45);
    assert!(by_hand.step(SessionInput::Heard).is_empty());
    by_hand.after = Duration::from_secs(76);
    assert!(matches!(by_hand.step(SessionInput::Timer).as_slice(), [SessionOutput::Ping]));
    by_hand.after = Duration::from_secs(105);
    assert_eq!(ending(&by_hand.step(SessionInput::Timer)), ErrorKind::Timeout);
    assert_eq!(by_hand.channel.next_timer(), None);
}
