//! What the office does when its database takes nothing, and what a restart brings back.

use std::time::Duration;

use calls::CallState;
use jiff::SignedDuration;
use link::wire::{ConnectionState, DownCause, StreamEvent};
use office::HookOutcome;

use crate::support::Bench;

#[tokio::test]
async fn a_timer_that_cannot_be_stored_is_tried_again_and_not_all_the_time() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    // From now on the database takes nothing, as with a full disk, and a timer of the call is due.
    bench.store.clone().close();
    bench.clock.put_forward(SignedDuration::from_hours(24));
    assert_eq!(bench.receive(bench.request("end", "s-1", "")).await, HookOutcome::NotStored);
    let before = bench.clock.asked();
    tokio::time::sleep(Duration::from_millis(1500)).await;
    let turns = bench.clock.asked() - before;
    assert!((1..100).contains(&turns), "{turns}");
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
