//! What people write about a call reaches everybody who sees it, whenever he begins to.

use calls::CallId;
use link::{
    Office,
    wire::{Frame, StreamEvent},
};

use crate::support::{Bench, connection, note};

fn id(session: &str) -> CallId {
    CallId::of_vendor(&connection(), session)
}

async fn note_on(bench: &Bench, session: &str, text: &str) {
    bench.manager().add_fact(note(&id(session), text)).await.expect("kept");
}

fn notes(told: &[StreamEvent]) -> Vec<String> {
    let text = |event: &StreamEvent| {
        if let StreamEvent::Fact { fact } = event { fact.value.as_str().map(str::to_owned) } else { None }
    };
    told.iter().filter_map(text).collect()
}

#[tokio::test]
async fn who_joins_a_call_later_is_told_what_was_written_before() {
    let bench = Bench::new().await;
    for (state, pin) in [("new", ""), ("calling", "102"), ("connected", "102")] {
        bench.event(state, "s-1", pin).await;
    }
    let mut colleague = bench.stream_of(bench.agent("103")).await;
    colleague.cursor().await;
    for text in ["первая", "вторая"] {
        note_on(&bench, "s-1", text).await;
    }
    bench.event("calling", "s-1", "103").await;
    // The call first, then what is written about it, in the order in which it was written.
    assert!(notes(&colleague.until_call(&id("s-1")).await).is_empty());
    assert_eq!((colleague.fact().await.value, colleague.fact().await.value), ("первая".into(), "вторая".into()));

    // Who saw it all along is told nothing twice, and neither is the one who joined.
    note_on(&bench, "s-1", "третья").await;
    assert_eq!(colleague.fact().await.value, "третья");
    bench.event("connected", "s-1", "103").await;
    bench.event("new", "s-2", "").await;
    bench.event("calling", "s-2", "103").await;
    assert!(notes(&colleague.until_call(&id("s-2")).await).is_empty());
}

#[tokio::test]
async fn who_resumes_after_he_joined_a_call_is_told_what_was_written_before() {
    let bench = Bench::new().await;
    for (state, pin) in [("new", ""), ("calling", "102")] {
        bench.event(state, "s-1", pin).await;
    }
    note_on(&bench, "s-1", "до него").await;
    let cursor = bench.stream_of(bench.agent("103")).await.cursor().await;
    bench.event("calling", "s-1", "103").await;
    note_on(&bench, "s-1", "при нём").await;
    // Many calls of others, so that the catch-up has more than one step.
    for session in 0..300 {
        bench.event("new", &format!("other-{session}"), "").await;
    }
    let mut resumed = bench.resume_as(bench.agent("103"), cursor).await;
    let head = bench.office.metrics().head;
    let mut told = Vec::new();
    loop {
        match resumed.frame().await {
            Frame::Event { event, .. } => told.push(event),
            Frame::At { seq } if seq == head => break,
            Frame::Hello { .. } | Frame::At { .. } | Frame::TooOld | Frame::Other => {}
        }
    }
    assert_eq!(notes(&told), ["до него", "при нём"], "each once");
    let first = told.iter().position(|event| matches!(event, StreamEvent::Fact { .. }));
    let call = told.iter().position(|event| matches!(event, StreamEvent::Call { .. }));
    assert!(call < first, "the call comes before what is written about it");
}

#[tokio::test]
async fn what_is_written_stays_with_those_who_see_the_call() {
    let bench = Bench::new().await;
    for (state, pin) in [("new", ""), ("calling", "102")] {
        bench.event(state, "s-1", pin).await;
    }
    let mut stranger = bench.stream_of(bench.agent("104")).await;
    note_on(&bench, "s-1", "не для него").await;
    bench.event("calling", "s-1", "103").await;
    bench.event("calling", "s-2", "104").await;
    assert!(notes(&stranger.until_call(&id("s-2")).await).is_empty());
}
