//! Signed webhooks in, states out: through verify, log, fold and stream.

use calls::{CallResult, CallState};
use jiff::{SignedDuration, Timestamp};
use link::{
    Office,
    wire::{Call, Frame, StreamEvent},
};
use office::HookOutcome;

use crate::support::{Bench, note};

fn knows(call: &Call, extension: &str) -> bool {
    call.legs.iter().any(|leg| leg.extension.as_deref() == Some(extension))
}

#[tokio::test]
async fn a_call_is_followed_from_ring_to_end() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;

    bench.event("new", "s-1", "").await;
    let call = stream.call().await;
    assert_eq!(call.state, CallState::Ringing);
    assert_eq!(call.customer.number.as_deref(), Some("+79161234567"));
    assert_eq!(call.line.title.as_deref(), Some("Sales"));
    assert!(call.rings_for_me);

    bench.event("calling", "s-1", "102").await;
    assert!(stream.call().await.rings_for_me);
    bench.event("connected", "s-1", "102").await;
    assert_eq!(stream.call().await.state, CallState::Talking);
    bench.event(" disconnected ", "s-1", "102").await;
    bench.event("end", "s-1", "").await;
    let ended = stream.call_in(CallState::Ended).await;
    assert_eq!(ended.result, Some(CallResult::Answered));
    assert!(!ended.rings_for_me);
}

#[tokio::test]
async fn an_old_message_that_no_zone_explains_rings_nobody() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;
    let long_ago = Timestamp::now() - SignedDuration::from_mins(3 * 60 + 15);
    let outcome = bench.receive(bench.request_at(long_ago, "new", "s-old", "")).await;
    assert!(matches!(outcome, HookOutcome::Stored(_)), "{outcome:?}");
    assert!(!stream.call().await.rings_for_me);
}

#[tokio::test]
async fn a_colleague_who_leaves_unheard_takes_the_ringing_from_nobody() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;
    bench.event("new", "s-left", "").await;
    bench.event("disconnected", "s-left", "101").await;
    assert!(stream.call_with(|call| knows(call, "101")).await.rings_for_me);
    bench.event("calling", "s-left", "103").await;
    assert!(!stream.call_with(|call| knows(call, "103")).await.rings_for_me);
}

#[tokio::test]
async fn a_phone_that_rang_ten_minutes_ago_rings_nobody() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;
    bench.event("new", "s-slow", "").await;
    let ten_minutes_ago = Timestamp::now() - SignedDuration::from_mins(10);
    bench.receive(bench.request_at(ten_minutes_ago, "calling", "s-slow", "102")).await;
    assert!(!stream.call_with(|call| knows(call, "102")).await.rings_for_me);
}

#[tokio::test]
async fn an_outgoing_call_that_is_passed_on_rings_at_its_target_and_not_at_who_placed_it() {
    let bench = Bench::new().await;
    let (mut placer, mut target) =
        (bench.stream_of(bench.agent("101")).await, bench.stream_of(bench.agent("102")).await);
    for state in ["new", "connected"] {
        bench.outbound(state, "s-out", "101", "").await;
    }
    bench.outbound("calling", "s-out", "101", "102").await;
    let rung = target.call().await;
    assert!(rung.rings_for_me, "{rung:?}");
    assert_eq!(rung.placed_by.as_deref(), Some("101"));
    let placed = placer.call_with(|call| knows(call, "102")).await;
    assert!(!placed.rings_for_me);
}

#[tokio::test]
async fn a_colleagues_answer_is_neither_missed_nor_mine() {
    let bench = Bench::new().await;
    let mut stream = bench.stream(None).await;
    for (state, pin) in [("new", ""), ("calling", "101"), ("calling", "102"), ("connected", "101")] {
        bench.event(state, "s-2", pin).await;
    }
    let talking = stream.call_in(CallState::Talking).await;
    assert!(!talking.rings_for_me);
    bench.event("disconnected", "s-2", "101").await;
    bench.event("end", "s-2", "").await;
    assert_eq!(stream.call_in(CallState::Ended).await.result, Some(CallResult::AnsweredElsewhere));
}

#[tokio::test]
async fn a_repeated_webhook_is_known_and_a_forged_one_refused() {
    let bench = Bench::new().await;
    let request = bench.request("new", "s-3", "");
    assert!(matches!(bench.receive(request.clone()).await, HookOutcome::Stored(_)));
    assert!(matches!(bench.receive(request.clone()).await, HookOutcome::Known(_)));
    let mut forged = request;
    forged.body = String::from_utf8(forged.body.to_vec()).expect("text").replace("s-3", "s-4").into();
    assert!(matches!(bench.receive(forged).await, HookOutcome::Refused(_)));
}

#[tokio::test]
async fn a_restart_shows_every_acknowledged_event_once() {
    let bench = Bench::new().await;
    for (state, pin) in [("new", ""), ("calling", "102"), ("connected", "102")] {
        bench.event(state, "s-5", pin).await;
    }
    let bench = bench.restart().await;
    let mut stream = bench.stream(None).await;
    let call = stream.call().await;
    assert_eq!(call.state, CallState::Talking);
    let trace = bench.manager().trace(&call.id).await.expect("readable").expect("there");
    let kinds: Vec<_> = trace.events.iter().map(|event| event.kind.as_str()).collect();
    assert_eq!(kinds, ["new", "calling", "connected"]);

    bench.event("disconnected", "s-5", "102").await;
    bench.event("end", "s-5", "").await;
    assert_eq!(stream.call_in(CallState::Ended).await.result, Some(CallResult::Answered));
}

#[tokio::test]
async fn a_desk_resumes_where_it_was_and_a_strange_cursor_is_too_old() {
    let bench = Bench::new().await;
    bench.event("new", "s-6", "").await;
    let mut first = bench.stream(None).await;
    let cursor = first.cursor().await;
    drop(first);

    bench.event("end", "s-6", "").await;
    let mut second = bench.stream(Some(cursor.clone())).await;
    assert_eq!(second.call_in(CallState::Ended).await.result, Some(CallResult::Missed));

    let ahead = link::wire::Cursor { seq: cursor.seq + 1_000, ..cursor };
    let mut third = bench.stream(Some(ahead)).await;
    assert_eq!(third.frame_after_hello().await, Frame::TooOld);
}

#[tokio::test]
async fn an_agent_sees_only_what_rings_or_rang_for_him() {
    let bench = Bench::new().await;
    let mut agent = bench.stream_of(bench.agent("103")).await;
    for (state, pin) in [("new", ""), ("calling", "102"), ("connected", "102")] {
        bench.event(state, "s-7", pin).await;
    }
    bench.event("new", "s-8", "").await;
    bench.event("calling", "s-8", "103").await;
    let seen = agent.call_with(|call| call.legs.iter().any(|leg| leg.extension.as_deref() == Some("103"))).await;
    assert!(seen.rings_for_me);
    let view = bench.office.view(bench.agent("103"));
    let page = view.calls(None, 10).await.expect("readable");
    assert_eq!(page.calls.len(), 1, "the call of 102 is not his");
}

#[tokio::test]
async fn what_people_write_reaches_everybody_who_sees_the_call() {
    let bench = Bench::new().await;
    bench.event("new", "s-9", "").await;
    let mut stream = bench.stream(None).await;
    let call = stream.call().await;
    bench.manager().add_fact(note(&call.id, "call back tomorrow")).await.expect("kept");
    let fact = loop {
        if let StreamEvent::Fact { fact } = stream.event().await {
            break fact;
        }
    };
    assert_eq!(fact.value, "call back tomorrow");
    assert_eq!(fact.author, "Test", "the office says who wrote it, not the desk");
}
