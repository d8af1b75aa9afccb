//! What the office says of settings that do not fit what comes.

use jiff::{SignedDuration, Timestamp};
use link::wire::{ConnectionView, ConnectionWarning, Role, StreamEvent};

use crate::support::{Bench, Frames, connection, viewer};

/// The next thing that is said of the connection.
async fn next_status(stream: &mut Frames) -> ConnectionView {
    loop {
        if let StreamEvent::Connection { connection } = stream.event().await {
            return connection;
        }
    }
}

#[tokio::test]
async fn a_wrong_zone_rings_and_is_said() {
    let bench = Bench::new().await;
    let mut desk = bench.stream_of(viewer(Role::Agent, "102", &["sales"])).await;
    let mut manager = bench.stream(None).await;
    assert_eq!((next_status(&mut desk).await.warnings, next_status(&mut manager).await.warnings), (vec![], vec![]));
    // The settings say UTC, the PBX writes the time of Moscow.
    let at = || Timestamp::now() + SignedDuration::from_hours(3);
    for state in ["new", "calling", "connected", "disconnected", "end"] {
        bench.receive(bench.request_at(at(), state, "s-1", "102")).await;
    }
    assert!(desk.call().await.rings_for_me, "no card is silenced");
    let warned = |connection: &ConnectionView| connection.warnings == [ConnectionWarning::WrongZone];
    let (mut to_desk, mut to_manager) = (next_status(&mut desk).await, next_status(&mut manager).await);
    while !warned(&to_desk) {
        to_desk = next_status(&mut desk).await;
    }
    while !warned(&to_manager) {
        to_manager = next_status(&mut manager).await;
    }
    assert_eq!((to_desk.clock_skew_ms, to_desk.detail), (None, None), "an agent can put nothing right");
    let detail = to_manager.detail.expect("says what to do");
    assert!(detail.contains("3 h ahead") && detail.contains("zone = \"Europe/Moscow\""), "{detail}");
    let status = bench.manager().connections().remove(0);
    assert_eq!((status.warnings, status.clock_ahead_ms), (vec![ConnectionWarning::WrongZone], Some(3 * 3_600_000)));
    // Once the zone is right it is said no more.
    for session in 0..15 {
        bench.event("new", &format!("right-{session}"), "").await;
    }
    assert_eq!(bench.manager().connections().remove(0).warnings, []);
}

#[tokio::test]
async fn a_clock_that_is_off_is_no_wrong_zone() {
    let bench = Bench::new().await;
    for session in 0..3 {
        let at = Timestamp::now() - SignedDuration::from_mins(40);
        bench.receive(bench.request_at(at, "new", &format!("s-{session}"), "")).await;
    }
    let status = bench.manager().connections().remove(0);
    assert_eq!(status.warnings, []);
    assert!(status.clock_ahead_ms.is_some_and(|ahead| (ahead + 40 * 60_000).abs() < 60_000), "behind: {status:?}");
}

#[tokio::test]
async fn a_line_that_is_not_listed_rings_every_desk_and_is_said() {
    let bench = Bench::new().await;
    let mut desk = bench.stream_of(bench.agent("103")).await;
    let mut manager = bench.stream(None).await;
    bench.event("new", "listed", "").await;
    bench.rings_on("+74957654321", "s-1").await;
    let call = desk.call().await;
    assert!(call.rings_for_me && call.line.number.as_deref() == Some("+74957654321"), "{call:?}");
    let mut to_manager = next_status(&mut manager).await;
    while to_manager.warnings.is_empty() {
        to_manager = next_status(&mut manager).await;
    }
    assert_eq!(to_manager.warnings, [ConnectionWarning::UnlistedLine]);
    assert!(to_manager.detail.is_some_and(|detail| detail.contains("+74957654321") && detail.contains("[[line]]")));
    bench.rings_on("+74957654321", "s-2").await;
    bench.rings_on("+74957654322", "s-3").await;
    let (of, warnings) = bench.office.warnings().remove(0);
    assert_eq!((of, warnings.unlisted_lines.len()), (connection(), 2));
}
