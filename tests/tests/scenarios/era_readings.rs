//! Era's subscriptions, its list of calls, its token and its links, in each way in which its page may be read.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use calls::CallState;
use desk::contract::{CallAction, CallFilter, CallRow, CardPhase, ConnectionRow, ConnectionState, ErrorCode};
use link::Office;
use office::SystemClock;
use pbx::{CheckReason, Driver, journal::NoJournal};
use simulator::{Fault, Make, Reading, Simulator, SimulatorConfig, Timing};

use crate::{
    call_actions::{press, talking_in},
    recordings::fails_then_plays_in,
    scene::{Scene, eventually},
    settings::{ME, Override, account, viewer, with_wrong_token},
};

const MAKE: Make = Make::ERA;
const CALLER: &str = "+79161234567";
const OTHER: &str = "+79161234568";
/// Longer than a subscription and its renewal, or a minute without any event.
const LONG: Duration = Duration::from_secs(110);

under_readings! {
    lifetimes_that_are_shortened: [EXPIRES_SHORTENED] => renewed_in_time;
    a_renewal_of_what_is_over_that_is_refused: [EXPIRES_SHORTENED, SUBSCRIBE_UNANSWERED] => told_again;
    a_renewal_that_brings_back_what_is_over: [EXPIRES_SHORTENED, SUBSCRIBE_UNANSWERED, RENEWAL_REVIVES] => told_again;
    a_renewal_of_what_is_over_that_does_nothing: [EXPIRES_SHORTENED, SUBSCRIBE_UNANSWERED, RENEWAL_IGNORED] => told_again;
    subscriptions_that_outlive_their_socket: [SUBSCRIPTIONS_SURVIVE] => cut_in_a_talk;
    a_filter_by_logins_that_is_set_to_one: [OBJECTS_ARE_LOGINS] => filtered_by_login;
    a_filter_by_logins_that_is_set_to_a_number: [OBJECTS_ARE_LOGINS] => filtered_in_vain;
    a_filter_in_vain_with_one_subscription: [OBJECTS_ARE_LOGINS, ONE_SUBSCRIPTION] => filtered_in_vain;
    calls_that_are_listed_first: [CALLS_LISTED_FIRST] => listed_first;
    calls_of_others_that_are_listed_and_not_told: [OTHERS_LISTED_ONLY] => listed_only;
    a_list_in_pages: [CALLS_IN_PAGES] => listed_in_pages;
    a_list_in_pages_under_content: [CALLS_BY_THREE, CALLS_UNDER_CONTENT] => listed_in_pages;
    a_list_in_short_pages: [CALLS_BY_THREE] => listed_in_pages;
    a_list_in_pages_of_one_row: [CALLS_ONE_BY_ONE] => listed_in_pages;
    a_wrong_token_that_is_forbidden: [TOKEN_403] => wrong_token;
    a_dead_link_that_is_forbidden: [DEAD_LINK_403] => |readings| dead_link(readings, ErrorCode::Gone);
    a_dead_link_that_is_gone: [DEAD_LINK_410] => |readings| dead_link(readings, ErrorCode::Gone);
}

#[tokio::test]
async fn a_dead_link() {
    dead_link(&[], ErrorCode::NotReady).await;
}

/// Era alone, so much faster than life.
async fn scene(readings: &[Reading], speed: f64, overrides: &[Override]) -> Scene {
    let config = SimulatorConfig {
        history: false,
        timing: Timing { speed, ..Timing::default() },
        readings: readings.to_vec(),
        ..SimulatorConfig::of(&[MAKE])
    };
    let scene = Scene::set_so(config, overrides).await;
    scene.screens.until_connection(MAKE, "live", is_live).await;
    scene
}

fn is_live(row: &ConnectionRow) -> bool {
    row.state == ConnectionState::Live && row.gap_since.is_none()
}

/// Plays a call that rings at mine; its caller.
fn missed(scene: &Scene, place: usize) -> String {
    let caller = format!("+7916123{place:04}");
    scene.play(MAKE, &format!(r#"{{"call":"missed","from":"{caller}","ring":"1s"}}"#));
    caller
}

/// A call that rings at mine is played, and comes into the list.
async fn comes(scene: &Scene, place: usize) {
    let caller = missed(scene, place);
    scene.row(Some(&caller), |_| true).await;
}

/// A call that rings at mine is played; whether the list has it. What is not told has no end to wait for, so it is given
/// a while; what comes later still counts for the call after it.
async fn is_told(scene: &Scene, place: usize) -> bool {
    let caller = missed(scene, place);
    let told = async {
        while scene.list(CallFilter::All).await.iter().all(|row| row.party.dial.as_deref() != Some(&caller)) {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(2), told).await.is_ok()
}

/// One call after the other, until one is told, or is not; the place of the next.
async fn until_told(scene: &Scene, is: bool, first: usize) -> usize {
    let looking = async {
        let mut place = first;
        while is_told(scene, place).await != is {
            place += 1;
        }
        place + 1
    };
    tokio::time::timeout(LONG, looking).await.unwrap_or_else(|_| panic!("told: never {is}"))
}

/// A subscription that lives for ten seconds is renewed before they are over.
async fn renewed_in_time(readings: &[Reading]) {
    let scene = scene(readings, 1.0, &[]).await;
    for place in 0..12 {
        comes(&scene, place).await;
        tokio::time::sleep(Duration::from_secs(1)).await;
    }
}

/// The program takes it for granted that it has half a minute, and the subscription is over after ten seconds.
async fn told_again(readings: &[Reading]) {
    let scene = scene(readings, 1.0, &[(MAKE, "expires", "30")]).await;
    let next = until_told(&scene, false, 0).await;
    until_told(&scene, true, next).await;
}

/// The new socket has its own subscription and the old one, so each event comes twice.
async fn cut_in_a_talk(readings: &[Reading]) {
    let (scene, _) = talking_in(scene(readings, 10.0, &[]).await, MAKE).await;
    scene.simulator.cut(Some(MAKE), ME);
    scene.screens.until_connection(MAKE, "has a gap", |row| !is_live(row)).await;
    scene.screens.until_connection(MAKE, "live again", is_live).await;
    scene.hang_up(ME);
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
    scene.screens.until_card(Some(CALLER), CardPhase::Ended).await;
    let story = scene.screens.record().story(Some(CALLER));
    assert_eq!(story, [CardPhase::Ringing, CardPhase::Talking, CardPhase::Ended]);
    assert_eq!(scene.list(CallFilter::All).await.len(), 1);
}

async fn filtered_by_login(readings: &[Reading]) {
    let scene = scene(readings, 10.0, &[(MAKE, "objects", "petr")]).await;
    comes(&scene, 0).await;
}

/// After a minute in which calls are listed and not told, everything is subscribed to.
async fn filtered_in_vain(readings: &[Reading]) {
    let scene = scene(readings, 10.0, &[(MAKE, "objects", ME)]).await;
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234567","ring":"6000s"}"#);
    assert!(!is_told(&scene, 0).await);
    until_told(&scene, true, 1).await;
    scene.screens.until_connection(MAKE, "lacks nothing", |row| is_live(row) && row.detail.is_none()).await;
}

/// A call of mine on hold, so that the list is read every few seconds.
async fn holding(readings: &[Reading]) -> Scene {
    let (scene, row) = talking_in(scene(readings, 10.0, &[]).await, MAKE).await;
    eventually("it is put on hold", async || press(&scene, &row, CallAction::Hold).await.ok()).await;
    scene.screens.until_card(Some(CALLER), CardPhase::OnHold).await;
    scene
}

/// A colleague's call, from its beginning to its end.
async fn of_a_colleague(scene: &Scene) -> CallRow {
    scene.play(MAKE, r#"{"call":"answered","from":"+79161234568","rings":["203"],"ring":"600s","talk":"600s"}"#);
    scene.row(Some(OTHER), |row| row.state == CallState::Ringing).await;
    scene.pick_up("203").await;
    scene.row(Some(OTHER), |row| row.state == CallState::Talking).await;
    scene.hang_up("203");
    let row = scene.row(Some(OTHER), |row| row.state == CallState::Ended).await;
    assert_eq!(scene.list(CallFilter::All).await.len(), 2);
    assert_eq!(scene.screens.record().cards_of(Some(OTHER)), 0, "it did not ring at mine");
    assert!(scene.list(CallFilter::Missed).await.is_empty());
    row
}

async fn listed_first(readings: &[Reading]) {
    let scene = holding(readings).await;
    let row = of_a_colleague(&scene).await;
    let call = row.call.id.parse().expect("an id");
    let trace = scene.view(viewer(&scene.simulator)).trace(&call).await.expect("readable").expect("to be seen");
    let kinds: Vec<&str> = trace.events.iter().map(|event| event.kind.as_str()).collect();
    let listed = kinds.iter().position(|kind| kind.starts_with("uc/calls"));
    let told = kinds.iter().position(|kind| *kind == "callevents.invite");
    assert!(listed.is_some() && listed < told, "{kinds:?}");
}

async fn listed_only(readings: &[Reading]) {
    let scene = holding(readings).await;
    of_a_colleague(&scene).await;
    scene.screens.until_connection(MAKE, "lacks nothing", |row| is_live(row) && row.detail.is_none()).await;
    scene.hang_up(ME);
    scene.row(Some(CALLER), |row| row.state == CallState::Ended).await;
}

/// More calls than a page has.
/// However many rows a page has, the calls on all of them are known, and none ends by standing on a later one.
async fn listed_in_pages(readings: &[Reading]) {
    let scene = scene(readings, 10.0, &[(MAKE, "transport", "rest"), (MAKE, "poll", "1")]).await;
    for place in 0..12 {
        let line = format!(r#"{{"call":"answered","from":"+7916123{place:04}","rings":["203"],"menu":"6000s"}}"#);
        scene.play(MAKE, &line);
    }
    let open = async || scene.list(CallFilter::All).await.iter().filter(|row| row.state != CallState::Ended).count();
    eventually("all are listed", async || (open().await == 12).then_some(())).await;
    tokio::time::sleep(Duration::from_secs(4)).await;
    assert_eq!(open().await, 12, "none has ended by standing on the second page");
}

async fn wrong_token(readings: &[Reading]) {
    let config = SimulatorConfig { readings: readings.to_vec(), history: false, ..SimulatorConfig::of(&[MAKE]) };
    let simulator = Simulator::start(config).await.expect("a free port");
    let check = async |config| {
        let driver = Driver::new(config, Arc::new(NoJournal), Arc::new(SystemClock)).expect("a driver");
        driver.check().await.reason
    };
    assert_eq!(check(with_wrong_token(&simulator, MAKE)).await, CheckReason::WrongCredentials);
    assert_eq!(check(account(&simulator, MAKE, Vec::new(), BTreeMap::new()).config).await, CheckReason::Works);
}

async fn dead_link(readings: &[Reading], expected: ErrorCode) {
    let scene = scene(readings, 10.0, &[]).await;
    fails_then_plays_in(&scene, MAKE, Fault::LinkUsed, expected).await;
    scene.screens.until_connection(MAKE, "live", is_live).await;
}
