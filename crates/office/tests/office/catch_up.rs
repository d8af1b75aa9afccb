//! A desk that joins, or comes back to, an office with much to tell.

use std::collections::BTreeMap;

use calls::{CallId, CallState};
use futures_util::future::join_all;
use link::wire::{Call, Cursor, Frame, StreamEvent};

use crate::support::{Bench, Frames, connection};

/// More than a few steps of a catch-up.
const MANY: usize = 1500;

fn id(session: &str) -> CallId {
    CallId::of_vendor(&connection(), session)
}

/// An office with two calls that ring since long ago, and many that came and went after them.
async fn large_office() -> Bench {
    let bench = Bench::new().await;
    bench.event("new", "rings", "").await;
    bench.event("new", "rings too", "").await;
    for state in ["new", "end"] {
        let sessions: Vec<String> = (0..MANY).map(|place| format!("s-{place}")).collect();
        join_all(sessions.iter().map(|session| bench.event(state, session, ""))).await;
    }
    bench.event("new", "newest", "").await;
    bench.event("end", "newest", "").await;
    bench
}

/// What a stream told.
#[derive(Default)]
struct LogEvent {
    calls: Vec<(u64, Call)>,
    places: Vec<u64>,
}

impl LogEvent {
    /// Until it has caught up, or until `enough`; the cursor with which to go on.
    async fn of(frames: &mut Frames, enough: impl Fn(&Self) -> bool) -> (Cursor, Self) {
        let Frame::Hello { epoch, seq: head, .. } = frames.frame().await else { panic!("hello comes first") };
        let mut told = Self::default();
        while told.places.last().is_none_or(|place| *place < head) && !enough(&told) {
            match frames.frame().await {
                Frame::Event { seq, event: StreamEvent::Call { call } } => told.calls.push((seq, *call)),
                Frame::At { seq } => told.places.push(seq),
                Frame::Event { .. } | Frame::Hello { .. } | Frame::TooOld | Frame::Other => {}
            }
        }
        (Cursor { epoch, seq: told.places.last().copied().unwrap_or_default() }, told)
    }

    fn newest_states(&self) -> BTreeMap<CallId, CallState> {
        self.calls.iter().map(|(_, call)| (call.id.clone(), call.state)).collect()
    }
}

#[tokio::test]
async fn open_calls_and_the_newest_come_first_and_everything_once() {
    let bench = large_office().await;
    let (_, told) = LogEvent::of(&mut bench.stream(None).await, |_| false).await;
    let first: Vec<_> = told.calls[..3].iter().map(|(_, call)| (call.id.clone(), call.rings_for_me)).collect();
    assert_eq!(first, [(id("rings too"), true), (id("rings"), true), (id("newest"), false)]);
    assert_eq!(told.calls.len(), MANY + 3, "each once");
    assert_eq!(told.newest_states().len(), MANY + 3);
    assert!(told.places.len() > 3 && told.places.is_sorted(), "{:?}", told.places);
}

#[tokio::test]
async fn what_fits_into_one_step_is_told_in_the_order_of_the_log() {
    let bench = Bench::new().await;
    for session in ["s-1", "s-2", "s-3"] {
        bench.event("new", session, "").await;
    }
    // The head of the log is beyond the last call.
    bench.event("levitating", "s-1", "").await;
    let (cursor, told) = LogEvent::of(&mut bench.stream(None).await, |_| false).await;
    let order: Vec<_> = told.calls.iter().map(|(_, call)| call.id.clone()).collect();
    assert_eq!(order, ["s-1", "s-2", "s-3"].map(id));
    assert_eq!(told.places, [cursor.seq], "one step");
    assert!(cursor.seq > told.calls[2].0, "the head is beyond the last call");
}

#[tokio::test]
async fn a_stream_that_is_cut_goes_on_from_the_last_place_that_was_told() {
    let bench = large_office().await;
    let head = bench.store.head_seq().expect("is read");
    let nearly = |told: &LogEvent| told.places.last().is_some_and(|place| *place * 10 >= head * 9);
    let (cursor, first) = LogEvent::of(&mut bench.stream(None).await, nearly).await;
    assert!(cursor.seq < head, "it was cut");
    let (_, second) = LogEvent::of(&mut bench.stream(Some(cursor.clone())).await, |_| false).await;
    assert!(second.calls.iter().all(|(seq, _)| *seq > cursor.seq), "nothing that the place covers");
    assert!(second.calls.len() < MANY / 3, "{} calls", second.calls.len());
    let mut together = first.newest_states();
    together.extend(second.newest_states());
    assert_eq!(together.len(), MANY + 3, "nothing is missing");
}

#[tokio::test]
async fn what_happens_during_the_catch_up_is_told_at_once_and_not_undone_by_it() {
    let bench = large_office().await;
    let mut frames = bench.stream(None).await;
    let (_, told) = LogEvent::of(&mut frames, |told| told.calls.len() == 1).await;
    assert_eq!(told.calls[0].1.id, id("rings too"));
    // What was read of "rings" waits to be told.
    bench.event("new", "live", "").await;
    bench.event("end", "rings", "").await;
    let mut calls = Vec::new();
    let mut places = 0;
    while calls.len() < MANY + 3 {
        match frames.frame().await {
            Frame::Event { event: StreamEvent::Call { call }, .. } => calls.push((call.id.clone(), call.state)),
            Frame::At { .. } => places += 1,
            Frame::Event { .. } | Frame::Hello { .. } | Frame::TooOld | Frame::Other => {}
        }
        if calls.len() == 2 {
            assert_eq!(calls, [(id("live"), CallState::Ringing), (id("rings"), CallState::Ended)]);
            assert_eq!(places, 0, "before any step was told");
        }
    }
    assert_eq!(calls.iter().filter(|(call, _)| *call == id("rings")).count(), 1, "its older state comes no more");
}
