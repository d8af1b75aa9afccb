//! A remote office is copied, and resumed where the copy ends.

use std::time::Duration;

use calls::{CallId, CallResult, Fact, FactKind};
use link::wire::{Cursor, Frame, StreamEvent};
use store::{Filter, ReplicaCursor};

use crate::{
    contract::{CallFilter, LinkState, ListCallsRequest},
    testing::{Bench, PATIENCE, Shape, at, breathe, call, command, connection},
};

async fn listed(bench: &Bench) -> Vec<String> {
    let request = ListCallsRequest { filter: CallFilter::All, limit: 50, ..ListCallsRequest::default() };
    bench.desk.list_calls(request).await.unwrap().rows.into_iter().map(|row| row.call.id).collect()
}

/// Waits, in real time, until the copy holds this many calls.
async fn until_kept(bench: &Bench, count: u64) {
    for _ in 0..PATIENCE {
        if bench.store.count(&Filter::default()).unwrap() == count {
            return;
        }
        breathe().await;
    }
    panic!("{} calls are kept, not {count}", bench.store.count(&Filter::default()).unwrap());
}

async fn until_cursor(bench: &Bench, seq: u64) {
    let wanted = Some(ReplicaCursor { epoch: "e1".into(), seq });
    for _ in 0..PATIENCE {
        if bench.store.replica_cursor("remote").unwrap() == wanted {
            return;
        }
        breathe().await;
    }
    panic!("the cursor is {:?}", bench.store.replica_cursor("remote").unwrap());
}

#[tokio::test(start_paused = true)]
async fn a_remote_office_resumes_from_the_last_committed_at() {
    let bench = Bench::remote().await;
    bench.office.call(3, &call("1").ringing_here());
    bench.office.at(4);
    until_cursor(&bench, 4).await;
    // Written at once, but no `at` has told that nothing before it is missing.
    bench.office.call(6, &call("2").ringing_here());
    until_kept(&bench, 2).await;
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, Some(Cursor { epoch: "e1".into(), seq: 4 }));
}

#[tokio::test(start_paused = true)]
async fn the_copy_outlives_the_program() {
    let bench = Bench::remote().await;
    bench.office.call(3, &call("1").ended(CallResult::Missed));
    bench.office.at(5);
    until_cursor(&bench, 5).await;
    let bench = bench.restart().await;
    bench.add("remote", true).await;
    assert_eq!(bench.office.opened(1).await, Some(Cursor { epoch: "e1".into(), seq: 5 }));
    assert_eq!(listed(&bench).await, [call("1").id.as_str()]);
}

#[tokio::test(start_paused = true)]
async fn redirects_gone_calls_and_facts_reach_the_copy() {
    let bench = Bench::remote().await;
    let pending = CallId::of_command(&connection(), command(1));
    bench.office.call(1, &call("x").placed(command(1)).with(|call| call.id = pending.clone()));
    until_kept(&bench, 1).await;
    let note = Fact {
        id: command(5).0,
        kind: FactKind::Note,
        author: "Ирина".into(),
        at: at(1),
        call: pending.clone(),
        replaces: None,
        value: "перезвонить".into(),
    };
    bench.office.event(2, StreamEvent::Fact { fact: note });
    bench.office.call(3, &call("7").placed(command(1)).with(|call| call.redirected_from = Some(pending.clone())));
    bench.office.call(4, &call("8"));
    bench.office.event(5, StreamEvent::Gone { id: call("8").id });
    bench.office.at(5);
    until_cursor(&bench, 5).await;
    assert_eq!(listed(&bench).await, [call("7").id.as_str()]);
    let old = crate::contract::CallRef { office: "remote".into(), id: pending.as_str().into() };
    let details = bench.desk.call_details(old).await.unwrap();
    assert_eq!(details.row.call.id, call("7").id.as_str());
    assert_eq!(details.notes[0].text, "перезвонить");
    assert!(details.row.noted);
}

#[tokio::test(start_paused = true)]
async fn a_copy_that_cannot_be_resumed_is_set_aside() {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ended(CallResult::Missed));
    bench.office.at(1);
    until_cursor(&bench, 1).await;
    bench.office.say(Frame::TooOld);
    until_kept(&bench, 0).await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, None);
}

#[tokio::test(start_paused = true)]
async fn removing_a_remote_office_removes_its_copy() {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ringing_here());
    until_kept(&bench, 1).await;
    bench.desk.remove_office("remote").await.unwrap();
    until_kept(&bench, 0).await;
    bench.shown.until("no office", |record| record.now().offices.is_empty()).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn a_catch_up_that_was_cut_goes_on_from_its_last_committed_step() {
    let bench = Bench::bare().await;
    bench.add("remote", true).await;
    bench.office.opened(1).await;
    bench.office.greet(2_000);
    let note = |number: u64| Fact {
        id: command(u128::from(number)).0,
        kind: FactKind::Note,
        author: "Ирина".into(),
        at: at(1),
        call: call("1").id,
        replaces: None,
        value: format!("заметка {number}").into(),
    };
    for seq in 1..=1_800 {
        if seq % 3 == 0 {
            bench.office.event(seq, StreamEvent::Fact { fact: note(seq) });
        } else {
            bench.office.call(seq, &call(&seq.to_string()).ended(CallResult::Answered));
        }
        if seq % 250 == 0 {
            bench.office.at(seq);
        }
    }
    bench.office.at(1_800);
    until_cursor(&bench, 1_800).await;
    assert_eq!(bench.store.count(&Filter::default()).unwrap(), 1_200, "the rows are there with the place");
    assert_eq!(bench.store.facts("remote", &call("1").id).unwrap().len(), 600, "and so are the facts");
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, Some(Cursor { epoch: "e1".into(), seq: 1_800 }));
}
