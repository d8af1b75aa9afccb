//! Who sees and hears what.

use calls::{CallResult, CallState, Fact};
use jiff::Timestamp;
use link::{
    ByteRange, Office, OfficeErrorKind,
    wire::{Frame, Role, StreamEvent},
};

use crate::support::{Bench, note, viewer};

#[tokio::test]
async fn who_was_rung_but_did_not_talk_hears_nothing() {
    let bench = Bench::new().await;
    for (state, pin) in
        [("new", ""), ("calling", "101"), ("calling", "102"), ("connected", "102"), ("disconnected", "102")]
    {
        bench.event(state, "s-1", pin).await;
    }
    bench.end_of_recorded("s-1").await;
    let call = bench.manager().calls(None, 1).await.expect("readable").calls.remove(0);
    let recording = call.recordings.first().expect("it was recorded").id.clone();
    let everything = ByteRange { start: 0, end: None };
    for (extension, missing) in [("101", true), ("102", false)] {
        let view = bench.of_agent(extension);
        assert!(view.call(&call.id).await.expect("readable").is_some(), "both see the call");
        let refused = |kind: OfficeErrorKind| (kind == OfficeErrorKind::NotFound) == missing;
        assert!(
            refused(view.recording(&recording, everything).await.expect_err("nobody gives it").kind),
            "{extension}"
        );
        assert!(refused(view.peaks(&recording).await.expect_err("nobody gives it").kind), "{extension}");
    }
}

#[tokio::test]
async fn what_a_desk_is_told_comes_in_the_order_of_the_log() {
    let bench = Bench::new().await;
    for session in ["s-1", "s-2", "s-3"] {
        bench.event("new", session, "").await;
    }
    let mut stream = bench.stream(None).await;
    let Frame::Hello { .. } = stream.frame().await else { panic!("hello comes first") };
    let (mut seqs, mut connections) = (Vec::new(), 0);
    let at = loop {
        match stream.frame().await {
            Frame::Event { seq, event } => {
                connections += usize::from(matches!(event, StreamEvent::Connection { .. }));
                seqs.push(seq);
            }
            Frame::At { seq } => break seq,
            other @ (Frame::Hello { .. } | Frame::TooOld | Frame::Other) => panic!("{other:?}"),
        }
    };
    assert_eq!(connections, 1);
    assert!(seqs.len() >= 4 && seqs.is_sorted() && seqs.iter().all(|seq| *seq <= at), "{seqs:?}, {at}");
}

#[tokio::test]
async fn a_fact_is_kept_and_told_once_and_its_id_is_nobody_elses() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    let mut stream = bench.stream(None).await;
    let call = stream.call().await;
    let fact = note(&call.id, "call back tomorrow");
    let view = bench.manager();
    view.add_fact(fact.clone()).await.expect("kept");
    view.add_fact(fact.clone()).await.expect("known");
    let other = Fact { value: "something else".into(), ..fact.clone() };
    assert_eq!(view.add_fact(other).await.map_err(|error| error.kind), Err(OfficeErrorKind::Conflict));
    view.add_fact(note(&call.id, "last")).await.expect("kept");
    let mut told = Vec::new();
    while told.last().is_none_or(|value| value != "last") {
        if let StreamEvent::Fact { fact } = stream.event().await {
            told.push(fact.value);
        }
    }
    assert_eq!(told, ["call back tomorrow", "last"]);
}

#[tokio::test]
async fn other_lines_or_groups_are_another_log_and_other_viewers() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    let member = || viewer(Role::Agent, "109", &["sales"]);
    let cursor = bench.stream_of(member()).await.cursor().await;
    let same = bench.restart().await;
    assert_eq!(same.stream_of(member()).await.cursor().await.epoch, cursor.epoch);

    let other = same.restart_with(|_| {}, &["support"]).await;
    let page = other.office.view(member()).calls(None, 10).await.expect("readable");
    assert_eq!(page.calls, [], "the line is another group's now");
    assert_ne!(other.stream_of(member()).await.cursor().await.epoch, cursor.epoch);
}

#[tokio::test]
async fn the_last_page_names_no_next() {
    let bench = Bench::new().await;
    for session in ["s-1", "s-2", "s-3"] {
        bench.event("new", session, "").await;
    }
    let view = bench.manager();
    let first = view.calls(None, 2).await.expect("readable");
    let second = view.calls(first.next.clone(), 1).await.expect("readable");
    assert_eq!((first.calls.len(), second.calls.len()), (2, 1));
    assert!(first.next.is_some() && second.next.is_none());
    assert_eq!(view.calls(None, 3).await.expect("readable").next, None);
    assert_eq!(view.calls(None, usize::MAX).await.expect("readable").calls.len(), 3);
}

#[tokio::test]
async fn authentic_messages_that_say_nothing_known_are_counted() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    assert_eq!(bench.office.metrics().not_understood, 0);
    let strange = bench.request_at(Timestamp::now(), "levitating", "s-1", "");
    bench.receive(strange.clone()).await;
    bench.receive(strange).await;
    assert_eq!(bench.office.metrics().not_understood, 1, "once, however often it comes");
    let mut stream = bench.stream(None).await;
    assert_eq!(stream.call().await.state, CallState::Ringing);
    bench.event("end", "s-1", "").await;
    assert_eq!(stream.call_in(CallState::Ended).await.result, Some(CallResult::Missed));
}
