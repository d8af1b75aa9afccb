//! Streams are opened, lost and resumed; what is old pops nothing.

use std::time::Duration;

use calls::{CallResult, CallState, LegState};
use link::{
    OfficeErrorKind, SignInError,
    wire::{ConnectionState, ConnectionView, Cursor, DownCause, Frame, Hole, StreamEvent},
};

use crate::{
    contract::{CardPhase, LinkCause, LinkState, MainView, Stage, Titles},
    testing::{Bench, Shape, agent_leg, at, breathe, call, live_connection},
};

#[tokio::test(start_paused = true)]
async fn catching_up_pops_nothing_but_what_still_rings() {
    let bench = Bench::bare().await;
    bench.add("own", false).await;
    bench.office.opened(1).await;
    bench.office.greet(9);
    bench.office.call(1, &call("ended").ringing_here());
    bench.office.call(2, &call("ended").ringing_here().ended(CallResult::Missed));
    bench.office.call(
        3,
        &call("stale").ringing_here().with(|call| {
            call.started_at = at(-3_600);
            call.legs[0].started_at = Some(at(-3_600));
        }),
    );
    // The call is old, but the transfer to this phone is not.
    bench.office.call(4, &call("transferred").ringing_here().with(|call| call.started_at = at(-3_600)));
    bench.until_link(LinkState::CatchingUp).await;
    breathe().await;
    assert!(bench.shown.record().phases().is_empty());
    bench.office.at(9);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert_eq!(bench.shown.record().cards.last().unwrap().cards[0].call.id, call("transferred").id.as_str());
}

#[tokio::test(start_paused = true)]
async fn a_lost_stream_is_opened_again_and_its_cards_follow_what_happened() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    assert!(bench.shown.record().now().offices[0].lost_at.is_some());
    bench.pass(Duration::from_secs(1)).await;
    bench.office.opened(2).await;
    bench.office.greet(5);
    bench.office.call(2, &call("1").ringing_here().ended(CallResult::Missed));
    bench.office.call(3, &call("2").ringing_here().ended(CallResult::Missed));
    bench.office.call(4, &call("3").leg("102", LegState::Connected).state(CallState::Talking));
    bench.office.at(5);
    bench.until_link(LinkState::Live).await;
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    assert_eq!(bench.shown.record().now().offices[0].lost_at, None);
    assert_eq!(bench.shown.record().now().now.open.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn calls_that_came_meanwhile_are_counted_until_main_was_closed() {
    let bench = Bench::live().await;
    bench.office.at(1);
    breathe().await;
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    assert!(bench.office.opened(2).await.is_some());
    bench.office.greet(9);
    bench.office.call(2, &call("1").ended(CallResult::Missed));
    bench.office.call(3, &call("2").ended(CallResult::Answered));
    bench.office.at(9);
    bench.until_link(LinkState::Live).await;
    // What a PBX replays arrives live, and is marked.
    bench.office.call(10, &call("3").ended(CallResult::Missed).with(|call| call.late = true));
    bench.shown.until("three", |record| record.now().now.while_away == 3).await;
    bench.desk.main_closed();
    bench.shown.until("none", |record| record.now().now.while_away == 0).await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_token_is_not_tried_again() {
    let bench = Bench::live().await;
    bench.office.fail(OfficeErrorKind::Unauthorized);
    bench.until_link(LinkState::Refused).await;
    bench.pass(Duration::from_secs(3_600)).await;
    assert_eq!(bench.office.streams(), 1);
}

#[tokio::test(start_paused = true)]
async fn an_office_out_of_reach_is_tried_ever_more_rarely() {
    let bench = Bench::bare().await;
    bench.office.refuse(Some(OfficeErrorKind::Unreachable));
    bench.add("own", false).await;
    bench.until_link(LinkState::Lost).await;
    for _ in 0..600 {
        bench.pass(Duration::from_secs(1)).await;
    }
    assert!((20..=45).contains(&bench.office.streams()), "{}", bench.office.streams());
}

#[tokio::test(start_paused = true)]
async fn unknown_frames_and_kinds_are_passed_over() {
    let bench = Bench::live().await;
    bench.office.say(Frame::Other);
    bench.office.event(1, StreamEvent::Other);
    bench.office.call(2, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert_eq!(bench.office.streams(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_connection_tells_its_state_its_cause_and_its_gap() {
    let bench = Bench::live().await;
    let hole = Hole { from: at(-3600), until: at(-1800) };
    let down = ConnectionView {
        state: ConnectionState::Down,
        cause: Some(DownCause::Unauthorized),
        gap_since: Some(at(-60)),
        holes: vec![hole],
        drained: 7,
        ..live_connection()
    };
    bench.office.event(1, StreamEvent::Connection { connection: down });
    bench
        .shown
        .until("down", |record| {
            record.now().offices[0].connections.iter().any(|row| row.state == ConnectionState::Down)
        })
        .await;
    let record = bench.shown.record();
    let row = &record.now().offices[0].connections[0];
    assert_eq!((row.title.ru.as_str(), row.title.en.as_str()), ("Некая АТС", "Some make"));
    assert_eq!((row.cause, row.gap_since, row.drained), (Some(DownCause::Unauthorized), Some(at(-60)), 7));
    assert_eq!(row.holes, [hole]);
}

#[tokio::test(start_paused = true)]
async fn timers_run_by_the_offices_clock() {
    let bench = Bench::bare().await;
    bench.add("own", false).await;
    bench.office.opened(1).await;
    tokio::time::advance(Duration::from_secs(90)).await;
    // The office says it is 90 s earlier than this computer thinks.
    bench.office.greet(0);
    bench.office.at(0);
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let offset = bench.shown.record().cards.last().unwrap().cards[0].clock_offset_ms;
    assert!((-91_000..=-90_000).contains(&offset), "{offset}");
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rang_when_the_program_was_closed_rings_when_it_is_opened() {
    let bench = Bench::live().await;
    // The office keeps its rows from nobody's side.
    let kept = call("1").with(|call| call.legs.push(agent_leg("102", LegState::Alerting)));
    bench.keep("own", 1, &kept);
    let bench = bench.restart().await;
    bench.add("own", false).await;
    bench.go_live(1).await;
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
}

#[tokio::test(start_paused = true)]
async fn an_office_that_cannot_resume_is_asked_for_everything() {
    let bench = Bench::live().await;
    bench.office.at(4);
    breathe().await;
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, Some(Cursor { epoch: "e1".into(), seq: 4 }));
    bench.office.greet_in("e2", 2);
    bench.office.say(Frame::TooOld);
    breathe().await;
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(3).await, None);
}

#[tokio::test(start_paused = true)]
async fn the_office_in_the_same_process_is_not_asked_for_what_is_in_the_database() {
    let bench = Bench::bare().await;
    bench.keep("fresh", 7, &call("1").with(|call| call.legs.push(agent_leg("102", LegState::Alerting))));
    bench.add("fresh", false).await;
    assert_eq!(bench.office.opened(1).await, None);
    bench.office.greet(7);
    assert_eq!(bench.office.opened(2).await, Some(Cursor { epoch: "e1".into(), seq: 7 }));
    bench.office.greet(7);
    bench.office.at(7);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert_eq!(bench.shown.record().now().now.while_away, 0);
}

#[tokio::test(start_paused = true)]
async fn a_fresh_desk_was_never_away() {
    let bench = Bench::live().await;
    let replayed = |name: &str, seconds| {
        call(name).ended(CallResult::Missed).with(|call| (call.late, call.started_at) = (true, at(seconds)))
    };
    bench.office.call(1, &replayed("before", -60));
    bench.office.call(2, &replayed("meanwhile", 1));
    bench.shown.until("the second", |record| record.now().now.while_away == 1).await;
    bench.desk.dismiss_away().await.unwrap();
    bench.shown.until("none", |record| record.now().now.while_away == 0).await;

    bench.pass(Duration::from_secs(601)).await;
    let bench = bench.restart().await;
    bench.add("own", false).await;
    bench.go_live(1).await;
    bench.office.call(3, &replayed("seen then", 599));
    bench.office.call(4, &replayed("while away", 700));
    bench.shown.until("one", |record| record.now().now.while_away == 1).await;
    breathe().await;
    assert_eq!(bench.desk.main_snapshot().await.unwrap().now.while_away, 1);
}

#[tokio::test(start_paused = true)]
async fn an_office_that_is_lost_says_why() {
    for (error, cause) in [
        (OfficeErrorKind::Unreachable, LinkCause::Unreachable),
        (OfficeErrorKind::Forbidden, LinkCause::Forbidden),
        (OfficeErrorKind::Protocol, LinkCause::NotAGateway),
        (OfficeErrorKind::NotFound, LinkCause::NotAGateway),
        (OfficeErrorKind::Unauthorized, LinkCause::TokenRefused),
    ] {
        let bench = Bench::bare().await;
        bench.office.refuse(Some(error));
        bench.desk.add_remote_office("remote", "remote", "https://calls.example.org/", bench.office.clone()).await;
        let says = |main: &MainView| main.offices.iter().any(|office| office.cause == Some(cause));
        bench.shown.until("a cause", |record| record.main.last().is_some_and(says)).await;
        let office = bench.shown.record().now().offices[0].clone();
        assert_eq!(office.address.as_deref(), Some("https://calls.example.org/"));
        assert_eq!(office.link == LinkState::Refused, cause == LinkCause::TokenRefused);
    }
}

#[tokio::test(start_paused = true)]
async fn an_office_that_cannot_be_used_is_listed_and_can_be_left() {
    for (error, cause) in
        [(SignInError::TokenMissing, LinkCause::TokenMissing), (SignInError::BadAddress, LinkCause::BadAddress)]
    {
        let bench = Bench::bare().await;
        bench.office.lock(Some(error));
        bench.desk.add_remote_office("remote", "remote", "https://calls.example.org/", bench.office.clone()).await;
        bench.until_link(LinkState::Refused).await;
        let view = bench.desk.main_snapshot().await.unwrap();
        assert_eq!((view.offices[0].cause, view.stage), (Some(cause), Stage::Office));
        bench.pass(Duration::from_secs(3_600)).await;
        assert_eq!(bench.office.streams(), 0);
        bench.desk.remove_office("remote").await.unwrap();
        assert_eq!(bench.desk.main_snapshot().await.unwrap().stage, Stage::Welcome);
    }
}

#[tokio::test(start_paused = true)]
async fn a_keyring_that_is_unlocked_an_hour_later_brings_the_office_up() {
    let bench = Bench::bare().await;
    bench.office.lock(Some(SignInError::KeyringLocked));
    bench.desk.add_remote_office("remote", "remote", "https://calls.example.org/", bench.office.clone()).await;
    bench.until_link(LinkState::Lost).await;
    assert_eq!(bench.shown.record().now().offices[0].cause, Some(LinkCause::KeyringLocked));
    bench.pass(Duration::from_secs(3_600)).await;
    assert_eq!((bench.office.streams(), bench.shown.record().now().offices[0].link), (0, LinkState::Lost));
    bench.office.lock(None);
    bench.pass(Duration::from_secs(3)).await;
    bench.office.opened(1).await;
}

#[tokio::test(start_paused = true)]
async fn after_a_sleep_the_stream_is_opened_anew_at_once_whatever_it_waited_for() {
    let bench = Bench::bare().await;
    bench.desk.add_remote_office("remote", "remote", "https://calls.example.org/", bench.office.clone()).await;
    bench.office.opened(1).await;
    bench.office.greet(1);
    bench.office.at(1);
    bench.until_link(LinkState::Live).await;
    // The old stream says nothing and does not end: only the sleep tells that it may be dead.
    bench.desk.woke().await;
    assert!(bench.office.opened(2).await.is_some());
    bench.office.refuse(Some(OfficeErrorKind::Unreachable));
    bench.office.cut();
    let tried = refused_once_more(&bench).await;
    bench.desk.woke().await;
    bench.office.opened_at_once(tried + 1).await;
}

/// Waits until the desk was refused and waits for its next turn, which would be granted. Says how often it has tried.
async fn refused_once_more(bench: &Bench) -> usize {
    let tried = bench.office.streams() + 1;
    bench.office.opened(tried).await;
    // What it does until its next turn takes no thread of its own.
    breathe().await;
    bench.office.refuse(None);
    tried
}

#[tokio::test(start_paused = true)]
async fn a_person_may_try_a_lost_office_at_once_and_cuts_off_none_that_is_there() {
    let bench = Bench::remote().await;
    bench.desk.reconnect().await.unwrap();
    breathe().await;
    assert_eq!(bench.office.streams(), 1, "the open stream stays");
    bench.office.refuse(Some(OfficeErrorKind::Unreachable));
    bench.office.cut();
    let tried = refused_once_more(&bench).await;
    bench.desk.reconnect().await.unwrap();
    bench.office.opened_at_once(tried + 1).await;
}

#[tokio::test(start_paused = true)]
async fn two_connections_of_one_make_are_told_apart() {
    let bench = Bench::live().await;
    let second = ConnectionView { id: "rt2".parse().unwrap(), ..live_connection() };
    bench.office.event(1, StreamEvent::Connection { connection: second });
    bench.shown.until("both", |record| record.now().offices[0].connections.len() == 2).await;
    let titles: Vec<_> =
        bench.shown.record().now().offices[0].connections.iter().map(|row| row.title.clone()).collect();
    let both = |id| Titles { ru: format!("Некая АТС ({id})"), en: format!("Some make ({id})") };
    assert_eq!(titles, [both("rt1"), both("rt2")]);
}

#[tokio::test(start_paused = true)]
async fn what_rings_does_not_wait_for_the_end_of_a_long_catch_up() {
    let bench = Bench::bare().await;
    bench.add("own", false).await;
    bench.office.opened(1).await;
    bench.office.greet(9_000);
    bench.office.call(8_000, &call("rings still").ringing_here());
    bench.office.call(100, &call("old").ended(CallResult::Missed));
    bench.office.at(250);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    for seq in 251..3_000 {
        bench.office.call(seq, &call(&format!("old {seq}")).ended(CallResult::Answered));
    }
    bench.office.call(9_001, &call("live").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing, CardPhase::Ringing]).await;
    assert_eq!(bench.desk.main_snapshot().await.unwrap().offices[0].link, LinkState::CatchingUp);
    assert_eq!(bench.shown.record().cards.last().unwrap().cards[0].call.id, call("live").id.as_str());
    bench.office.at(9_000);
    bench.until_link(LinkState::Live).await;
    assert_eq!(bench.shown.record().phases().len(), 2);
}
