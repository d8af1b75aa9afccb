//! What a session lacks, told by hand; against a simulated PBX it is tried in `tests/tests/scenarios/extensions.rs`.

use std::collections::BTreeSet;

use calls::{CallId, Customer, Decision, Direction, Effect, Line};
use link::wire::Role;
use tokio::sync::oneshot;

use super::*;
use crate::{
    links::Complete,
    settings::Viewer,
    testing::{Bench, at},
};

fn opened(session: &str, from: Timestamp) -> Decision {
    Decision::GapOpened { session: Some(session.to_owned()), from, cause: "session".to_owned() }
}

fn closed(session: &str, to: Timestamp, hole_until: Option<Timestamp>) -> Decision {
    Decision::GapClosed { session: Some(session.to_owned()), to, hole_until }
}

/// A batch of one event, and how its storing is told.
fn batch(source: Source, time: Option<Timestamp>) -> (SessionReport, oneshot::Receiver<()>) {
    let (stored, told) = oneshot::channel();
    let mut event = Bench::event(&format!("{source:?} {time:?}"), None, Vec::new());
    event.source = source;
    event.time = time.map(|utc| calls::VendorTime { raw: String::new(), utc, zone: None });
    (SessionReport::Batch { events: vec![event], stored }, told)
}

/// Lets a session report this at these seconds, then end.
async fn run(bench: &Bench, missing: &mut Missing, reports: Vec<(i64, SessionReport)>) -> Run {
    let mut run = Run::begin(bench.link.clock.now());
    for (second, report) in reports {
        bench.set(second);
        bench.link.take_report("101", report, &mut run, missing).await.expect("is stored");
    }
    bench.link.end_run("101", &run, missing);
    run
}

#[tokio::test]
async fn what_was_replayed_is_shown_also_where_no_gap_was_known() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    bench.link.close_gap("101", at(10), None).await;
    bench.settle().await;
    assert_eq!(bench.decisions(), [closed("101", at(10), None)]);
}

#[tokio::test]
async fn each_session_has_gaps_of_its_own() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    let link = &bench.link;
    link.open_gap("101", at(20), "session").await;
    link.open_gap("101", at(25), "session").await;
    link.open_gap("103", at(10), "session").await;
    link.close_gap("101", at(40), None).await;
    assert!(link.board.has_gap(&link.connection, "103") && !link.board.has_gap(&link.connection, "101"));
    bench.settle().await;
    assert_eq!(bench.decisions(), [opened("101", at(20)), opened("103", at(10)), closed("101", at(40), None)]);
}

#[tokio::test]
async fn a_gap_is_filled_only_if_nothing_was_lost_in_it() {
    let drained = || SessionReport::Drained { complete: true };
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    // The first connection: the PBX has kept everything.
    let mut missing = Missing::at_start(Some(Complete { until: at(5), was_ended: true }), at(11));
    let reports = vec![(10, SessionReport::Connected), (20, drained()), (30, SessionReport::Heard)];
    run(&bench, &mut missing, reports).await;
    assert_eq!((missing.since, missing.lost_since), (Some(at(30)), Some(at(30))), "from the last sign of life");
    // The socket breaks again before all is drained.
    run(&bench, &mut missing, vec![(50, SessionReport::Connected)]).await;
    assert_eq!((missing.since, missing.lost_since), (Some(at(30)), Some(at(30))));
    // The PBX kept nothing that lies in between.
    run(
        &bench,
        &mut missing,
        vec![(60, SessionReport::Connected), (61, batch(Source::Replay, Some(at(3))).0), (62, drained())],
    )
    .await;
    // Here it did from 70 on.
    run(
        &bench,
        &mut missing,
        vec![(80, SessionReport::Connected), (81, batch(Source::Replay, Some(at(70))).0), (82, drained())],
    )
    .await;
    // And here it gives the same again and again.
    run(&bench, &mut missing, vec![(90, SessionReport::Connected), (95, SessionReport::Drained { complete: false })])
        .await;
    bench.settle().await;
    let holes: Vec<_> = bench
        .decisions()
        .into_iter()
        .filter_map(
            |decision| {
                if let Decision::GapClosed { hole_until, .. } = decision { Some(hole_until) } else { None }
            },
        )
        .collect();
    assert_eq!(holes, [None, Some(at(60)), Some(at(70)), Some(at(95))]);
}

#[tokio::test]
async fn a_session_that_nobody_wants_any_more_misses_nothing() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    let link = &bench.link;
    link.set("101", SessionStatus::down(DownCause::Unreachable)).await;
    link.open_gap("101", at(10), "session").await;
    bench.set(20);
    link.forget_session("101").await;
    assert!(!link.board.has_gap(&link.connection, "101"));
    assert_eq!(link.board.state(&link.connection), Some(ConnectionState::Connecting), "it is off the board");
    assert_eq!(bench.decisions()[1..], [closed("101", at(20), Some(at(20)))]);
}

#[tokio::test]
async fn what_could_not_be_stored_says_so_and_is_lost_if_it_was_live() {
    for (source, lost) in [(Source::Replay, None), (Source::Push, Some(at(7)))] {
        let bench = Bench::new(pbx::mango_client::MAKE).await;
        bench.set(7);
        let (out, reports) = mpsc::channel(1);
        bench.link.store.clone().close();
        let (report, answer) = batch(source, None);
        out.send(report).await.expect("is taken");
        let mut missing = Missing::default();
        let followed = bench.link.follow("101", reports, &mut missing).await;
        let status = status_after(&Error::new(ErrorKind::Internal, ""), &followed);
        assert_eq!(status.cause, Some(DownCause::Storage));
        assert!(answer.await.is_err(), "the PBX keeps what it keeps");
        assert_eq!(missing.lost_since, lost, "{source:?}");
    }
}

#[tokio::test]
async fn a_run_that_did_not_end_its_session_may_have_lost_what_came_last() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    let link = &bench.link;
    assert_eq!(Missing::at_start(link.complete("101").await, at(0)), Missing::default(), "the first start");
    let start = async |second| {
        bench.settle().await;
        Missing::at_start(link.complete("101").await, at(second))
    };
    link.stamp_at("101", at(10));
    let lost = Missing { since: Some(at(10)), lost_since: Some(at(10)) };
    assert_eq!(start(11).await, lost, "killed, however soon it came back");
    bench.set(20);
    link.stamp_ended("101");
    assert_eq!(start(24).await, Missing::default());
    assert_eq!(start(60).await, Missing { since: Some(at(20)), lost_since: None }, "the PBX has kept it");
    link.stamp_at("101", at(80));
    assert_eq!(start(90).await, Missing { since: Some(at(80)), lost_since: Some(at(80)) }, "and killed later");
}

/// A list of the PBX's, asked for at this second, with these calls on it.
fn listed(asked: i64, calls: &[&str]) -> SessionReport {
    let created =
        || Effect::CallCreated { direction: Direction::Incoming, customer: Customer::default(), line: Line::default() };
    let events = calls.iter().map(|call| Bench::event(&format!("listed {call}"), Some(call), vec![created()]));
    let calls = calls.iter().map(|call| (*call).to_owned()).collect::<BTreeSet<_>>();
    SessionReport::Snapshot(Snapshot { asked: at(asked), events: events.collect(), calls })
}

#[tokio::test]
async fn a_call_that_a_newer_list_lacks_is_concluded_to_be_over() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    let reports = vec![(10, listed(9, &["a", "b"])), (20, listed(9, &["b"])), (30, listed(29, &["b"]))];
    run(&bench, &mut Missing::default(), reports).await;
    bench.settle().await;
    let call = CallId::of_vendor(&bench.link.connection, "a");
    assert_eq!(bench.decisions(), [Decision::AbsentFromSnapshot { call }], "not by the list that is older than it");
}

#[tokio::test]
async fn what_is_to_be_said_of_a_live_session_is_shown_and_taken_back() {
    let bench = Bench::new(pbx::mango_client::MAKE).await;
    let mut run = Run::begin(at(0));
    let mut missing = Missing::default();
    let manager = Viewer {
        id: "irina".to_owned(),
        name: "Irina".to_owned(),
        role: Role::Manager,
        extensions: Vec::new(),
        groups: Vec::new(),
        rights: String::new(),
    };
    let notice = |text: Option<&str>| SessionReport::Notice(text.map(str::to_owned));
    let reports = [
        (notice(Some("no rights")), None),
        (SessionReport::Drained { complete: true }, Some("no rights")),
        (notice(None), None),
        (notice(Some("none at all")), Some("none at all")),
    ];
    for (report, shown) in reports {
        bench.link.take_report("", report, &mut run, &mut missing).await.expect("is taken");
        let view = bench.link.board.view(&bench.link.connection, &manager).expect("is on the board");
        assert_eq!(view.detail.as_deref(), shown);
    }
}
