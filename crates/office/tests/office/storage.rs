//! What the office does when its database takes nothing, and what a restart brings back.

use std::time::Duration;

use calls::{CallId, CallRecord, CallState, Decision, Direction, LogEvent};
use jiff::SignedDuration;
use link::wire::{ConnectionState, DownCause, Frame, StreamEvent};
use office::HookOutcome;
use store::{Appended, Filter, NewEntry, Save};
use tokio::time::Instant;

use crate::support::{Bench, connection};

#[tokio::test]
async fn a_timer_that_cannot_be_stored_is_tried_again_and_not_all_the_time() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    // From now on the database takes nothing, as with a full disk, and a timer of the call is due.
    bench.store.clone().close();
    bench.clock.put_forward(SignedDuration::from_hours(24));
    assert_eq!(bench.receive(bench.request("end", "s-1", "")).await, HookOutcome::NotStored);
    let before = bench.clock.asked();
    let end = Instant::now() + Duration::from_secs(20);
    while bench.clock.asked() == before {
        assert!(Instant::now() < end, "it is tried again");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let turns = bench.clock.asked() - before;
    assert!(turns < 100, "{turns}");
}

#[tokio::test]
async fn a_webhook_that_cannot_be_stored_shows_on_its_connection() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;
    bench.store.clone().close();
    assert_eq!(bench.receive(bench.request("new", "s-1", "")).await, HookOutcome::NotStored);
    loop {
        if let StreamEvent::Connection { connection } = stream.event().await
            && connection.state == ConnectionState::Down
            && connection.cause == Some(DownCause::Storage)
        {
            break;
        }
    }
}

/// The log takes events, and what it holds of older calls cannot be read.
const UNREADABLE: &str = "ALTER TABLE redirects RENAME TO unreadable";
const READABLE: &str = "ALTER TABLE unreadable RENAME TO redirects";

#[tokio::test]
async fn what_cannot_be_folded_waits_and_is_shown_once_it_can() {
    let bench = Bench::new().await;
    bench.event("new", "s-0", "").await;
    let mut stream = bench.stream(None).await;
    stream.call().await;
    bench.behind_the_stores_back(UNREADABLE);
    bench.event("new", "s-1", "").await;
    bench.event("calling", "s-1", "102").await;
    // Of a call that is held nothing has to be read; it waits all the same, so that the order is that of the log.
    bench.event("end", "s-0", "").await;
    loop {
        if let StreamEvent::Connection { connection } = stream.event().await {
            assert_eq!((connection.state, connection.cause), (ConnectionState::Down, Some(DownCause::Storage)));
            break;
        }
    }
    assert!(bench.office.metrics().head < bench.store.head_seq().expect("is read"), "nobody resumes from beyond it");
    let late = bench.stream(None).await;
    bench.behind_the_stores_back(READABLE);
    let rings = stream.call_with(|call| call.legs.iter().any(|leg| leg.extension.as_deref() == Some("102"))).await;
    assert!(rings.rings_for_me && rings.state == CallState::Ringing, "{rings:?}");
    stream.call_in(CallState::Ended).await;
    // Nothing answers this connection's own requests, which may be what is told of it from now on.
    while !matches!(
        stream.event().await,
        StreamEvent::Connection { connection } if connection.cause != Some(DownCause::Storage)
    ) {}
    // Whoever began to look meanwhile is sent back to look anew.
    assert!(late.comes_to_its_end().await);
    let told = |bench: &Bench| {
        let rows = bench.store.list(&Filter::default(), None, 9).expect("readable");
        rows.into_iter().map(|row| row.body).collect::<Vec<_>>()
    };
    let live = told(&bench);
    assert_eq!(live.len(), 2);
    drop(stream);
    bench.behind_the_stores_back("UPDATE connections SET folded = 0; UPDATE calls SET body = ''");
    let again =
        bench.restart_after(|store| store.set_setting("rebuild:rt1", "{\"floor\":1}").wait().expect("written")).await;
    assert_eq!(told(&again), live, "the log read again says the same");
}

/// A call that a straggler opened again holds no floor: the log is not read from its beginning at the next start.
#[tokio::test]
async fn an_open_call_that_the_log_is_not_read_for_still_ends_by_itself() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    bench.event("calling", "s-1", "102").await;
    let bench = bench
        .restart_after(|store| {
            store.set_setting("rebuild:rt1", "{\"floor\":1000}").wait().expect("written");
        })
        .await;
    let mut stream = bench.stream(None).await;
    assert_eq!(stream.call().await.state, CallState::Ringing);
    bench.clock.put_forward(SignedDuration::from_hours(24));
    // Any letter wakes the keeper, which finds the timer due.
    bench.event("new", "s-2", "").await;
    let ended = stream.call_in(CallState::Ended).await;
    assert!(ended.legs.iter().any(|leg| leg.extension.as_deref() == Some("102")));
}

#[tokio::test]
async fn a_long_catch_up_comes_in_steps_and_misses_nothing() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    let bench = bench
        .restart_after(|store| {
            let first = store.list(&Filter::default(), None, 1).expect("readable").remove(0);
            let one = |n: u64| {
                let id = CallId::of_vendor(&connection(), &n.to_string());
                let event = LogEvent::Decision(Decision::ZoneChosen { zone: "UTC".into(), because: "a test".into() });
                let at = "2026-03-01T09:00:00Z".parse().expect("a time");
                let elsewhere = "rt2".parse().expect("valid");
                let entry = NewEntry { connection: elsewhere, call: None, dedupe_key: None, received_at: at, event };
                let seq = store.append(vec![entry]).send();
                (id, at, seq)
            };
            let entries: Vec<_> = (0..1200).map(one).collect();
            let record = |(id, started_at, seq): (CallId, _, store::Answer<Vec<Appended>>)| CallRecord {
                body: first.body.replace(first.id.as_str(), id.as_str()),
                seq: seq.wait().expect("stored")[0].seq(),
                id,
                connection: connection(),
                direction: Direction::Incoming,
                state: CallState::Ended,
                result: None,
                customer_number: None,
                customer_name: None,
                line: None,
                agents: vec!["102".into()],
                groups: Vec::new(),
                started_at,
                talk_ms: 0,
                has_recording: false,
                in_menu: false,
                open: false,
                for_admins: false,
            };
            store
                .save("test", Save { calls: entries.into_iter().map(record).collect(), ..Save::default() })
                .wait()
                .expect("saved");
        })
        .await;
    let mut stream = bench.stream(None).await;
    let head = bench.office.metrics().head;
    let mut seqs = Vec::new();
    loop {
        match stream.frame().await {
            Frame::Event { seq, event: StreamEvent::Call { .. } } => seqs.push(seq),
            Frame::At { seq } if seq == head => break,
            Frame::Event { .. } | Frame::Hello { .. } | Frame::At { .. } => {}
            Frame::TooOld | Frame::Other => panic!("the stream is whole"),
        }
    }
    seqs.sort_unstable();
    assert!(seqs.len() == 1201 && seqs.is_sorted_by(|a, b| a < b), "each once");
}
