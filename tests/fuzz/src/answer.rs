//! Bytes that come in answer to what we ask.

use bytes::Bytes;
use calls::{Action, CommandAnswer, CommandId, Source, VendorEvent};
use jiff::tz::TimeZone;
use pbx::{Answer, DecodeContext, HistoryPlace, Make, Pbx, PollStart, Query, SessionOutput, Span, session::Moment};
use uuid::Uuid;

use crate::{fold, live::answered_so, now, says_no_secret, told};

/// Questions of a poller that are answered so.
const POLLED: usize = 8;
/// The longest reason of a refusal: a sentence of the PBX and one of ours.
const LONGEST_REASON: usize = 1024;

pub(super) fn check(pbx: &dyn Pbx, make: Make, bytes: &[u8]) -> usize {
    let answer = read(bytes);
    commands(pbx, &answer);
    queries(pbx, &answer);
    let polled = polled(pbx, &answer);
    let sessions: Vec<VendorEvent> = answered_so(pbx, make, &answer).into_iter().flat_map(of_session).collect();
    let history = history(pbx, &answer);
    let events = polled.len() + sessions.len() + history.len();
    for events in [polled, sessions] {
        // The same bytes answered several questions.
        fold::hold(pbx.book_settings(), &events, bytes.len().saturating_mul(POLLED));
    }
    // A history may be packed; what it is unpacked to is bounded by the make.
    fold::hold(pbx.book_settings(), &history, usize::MAX);
    events
}

/// `HTTP/1.1 403 …`, headers, an empty line, the body; or a body alone.
fn read(bytes: &[u8]) -> Answer {
    let Some(rest) = bytes.strip_prefix(b"HTTP/1.1 ") else { return told(bytes) };
    let status = rest.get(..3).and_then(|digits| std::str::from_utf8(digits).ok()?.parse().ok()).unwrap_or(200);
    let end = |mark: &[u8]| bytes.windows(mark.len()).position(|window| window == mark).map(|at| at + mark.len());
    let body = end(b"\r\n\r\n").or_else(|| end(b"\n\n")).unwrap_or(bytes.len());
    Answer { status, body: Bytes::copy_from_slice(&bytes[body..]), ..told("") }
}

fn commands(pbx: &dyn Pbx, answer: &Answer) {
    let command = CommandId(Uuid::from_u128(1));
    let digits = Action::Dtmf { digits: "12#".to_owned() };
    let actions = [Action::Answer, Action::Hangup, Action::Hold, Action::Retrieve, Action::Pickup, digits];
    let acted = actions.iter().map(|action| pbx.read_act(command, action, answer));
    for answer in acted.chain([pbx.read_originate(command, answer)]) {
        assert_eq!(answer.command(), command);
        if let CommandAnswer::Rejected { reason, .. } = answer {
            assert!(reason.len() <= LONGEST_REASON, "{} bytes of a reason", reason.len());
            says_no_secret(&reason);
        }
    }
}

fn queries(pbx: &dyn Pbx, answer: &Answer) {
    let number = Query::Number("+79161234567".to_owned());
    for query in [Query::Balance, Query::Users, Query::User("111111".to_owned()), Query::Channels, number] {
        if let Err(error) = pbx.read_query(&query, answer) {
            says_no_secret(&error.to_string());
        }
    }
    let outcomes = [
        pbx.read_check(answer).err(),
        pbx.read_lookup("101", answer).err(),
        pbx.read_recording(answer).err(),
        pbx.check().err(),
    ];
    outcomes.into_iter().flatten().for_each(|error| says_no_secret(&error.to_string()));
    if let Ok(request) = pbx.check() {
        drop(pbx.lock_out(&request, answer, now().monotonic));
    }
}

/// The events of a poller whose questions are all answered so, and of one that knows of nobody who works there.
fn polled(pbx: &dyn Pbx, answer: &Answer) -> Vec<VendorEvent> {
    let nobody = told(r#"{"status":"success","message":null,"data":[]}"#);
    let mut events = Vec::new();
    for friendly in [0, 1] {
        let start = PollStart { held: Vec::new(), zone: zone(), is_zone_settled: friendly == 1, now: now() };
        let Some(mut poller) = pbx.poller(start) else { return events };
        for place in 0..POLLED {
            let (due, _) = poller.due();
            let at = Moment { monotonic: due.max(now().monotonic), ..now() };
            let told = if place < friendly { &nobody } else { answer };
            match poller.read(Ok(told), at, at) {
                Ok(found) => {
                    events.extend(found.events);
                    events.extend(found.snapshot.into_iter().flat_map(|list| list.events));
                }
                Err(error) => says_no_secret(&error.to_string()),
            }
        }
    }
    events
}

fn of_session(output: SessionOutput) -> Vec<VendorEvent> {
    match output {
        SessionOutput::Events { events, .. } => events,
        SessionOutput::Snapshot(list) => list.events,
        SessionOutput::End(error) => {
            says_no_secret(&error.to_string());
            Vec::new()
        }
        SessionOutput::Notice(_)
        | SessionOutput::Request(_)
        | SessionOutput::Open(_)
        | SessionOutput::Send(_)
        | SessionOutput::Ping
        | SessionOutput::Connected
        | SessionOutput::DrainProgress { .. }
        | SessionOutput::Drained { .. }
        | SessionOutput::Answer { .. }
        | SessionOutput::Rights(_) => Vec::new(),
    }
}

fn history(pbx: &dyn Pbx, answer: &Answer) -> Vec<VendorEvent> {
    let to = now().wall;
    let span = Span { from: to - jiff::SignedDuration::from_hours(24 * 7), to };
    let context = DecodeContext { received_at: to, zone: zone(), source: Source::Replay };
    let places = [
        HistoryPlace::Order { again: 0 },
        HistoryPlace::Export { order: "1".to_owned(), tries: 0 },
        HistoryPlace::Page { skip: 0, calls: Vec::new() },
    ];
    let mut events = Vec::new();
    for place in places {
        match pbx.read_history(span, &place, answer, &context) {
            Ok(page) => events.extend(page.calls.into_iter().flat_map(|call| call.events)),
            Err(error) => says_no_secret(&error.to_string()),
        }
    }
    match pbx.read_call_details("1", answer, &context) {
        Ok(call) => events.extend(call.into_iter().flat_map(|call| call.events)),
        Err(error) => says_no_secret(&error.to_string()),
    }
    events
}

fn zone() -> TimeZone {
    TimeZone::get("Europe/Moscow").expect("a zone")
}
