//! Why cards came up or not is kept, and told to the office.

use std::time::Duration;

use calls::CallResult;
use link::{OfficeErrorKind, wire::CardRule};

use crate::{
    contract::{CallRef, CardPath, CardPathRequest, CardPhase, ErrorCode, HopPlace, HopState, LinkState, NoCard},
    testing::{Bench, PATIENCE, Shape, at, breathe, call},
};

/// Rules that the office was told, by the call's name in the test.
fn told(bench: &Bench, name: &str) -> Vec<CardRule> {
    let id = call(name).id;
    bench.office.decisions().into_iter().filter(|one| one.call == id).map(|one| one.rule).collect()
}

#[tokio::test(start_paused = true)]
async fn every_rule_is_told_once_and_a_card_with_its_paint() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("rings").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let revision = bench.shown.record().cards.last().expect("published").revision;
    bench.pass(Duration::from_millis(20)).await;
    bench.desk.card_painted(revision).await;
    bench.office.call(2, &call("late").ringing_here().with(|call| call.late = true));
    bench.office.call(3, &call("menu").with(|call| call.in_menu = true));
    bench.office.call(4, &call("others"));
    bench.office.call(5, &call("others").with(|call| call.partial = true));
    bench.office.call(6, &call("others").ended(CallResult::Missed));
    bench.office.call(7, &call("over").ended(CallResult::Missed));
    bench.pass(Duration::from_secs(2)).await;
    assert_eq!(told(&bench, "rings"), [CardRule::Shown]);
    assert_eq!(told(&bench, "late"), [CardRule::Late]);
    assert_eq!(told(&bench, "menu"), [CardRule::InMenu]);
    assert_eq!(told(&bench, "others"), [CardRule::RingsOthers]);
    assert_eq!(told(&bench, "over"), [CardRule::Over]);
    let shown = bench.office.decisions().into_iter().find(|one| one.rule == CardRule::Shown).expect("told");
    let painted = shown.painted_at.expect("painted").duration_since(shown.decided_at);
    assert!(painted.as_millis() >= 20, "{painted}");
    // It rings after the menu: the newer rule is told, too.
    bench.office.call(8, &call("menu").ringing_here());
    bench.pass(Duration::from_secs(2)).await;
    assert_eq!(told(&bench, "menu"), [CardRule::InMenu, CardRule::Shown]);
    assert!(shown.decided_at >= at(0));
}

#[tokio::test(start_paused = true)]
async fn a_card_without_a_place_is_told_as_such_until_it_has_one() {
    let bench = Bench::bare().await;
    bench.add("own", false).await;
    bench.office.opened(1).await;
    bench.office.greet(5);
    let names = ["1", "2", "3", "4", "5"];
    for (seq, name) in names.into_iter().enumerate() {
        bench.office.call(seq as u64 + 1, &call(name).ringing_here());
    }
    bench.office.at(5);
    bench.until_link(LinkState::Live).await;
    bench.pass(Duration::from_secs(2)).await;
    let folded: Vec<_> = names.into_iter().filter(|name| told(&bench, name) == [CardRule::NoPlace]).collect();
    let [folded] = folded.as_slice() else { panic!("four have a place: {folded:?}") };
    let shown = names.into_iter().find(|name| name != folded).expect("four");
    bench.desk.dismiss_card(CallRef { office: "own".into(), id: call(shown).id.as_str().into() }).await.expect("goes");
    bench.pass(Duration::from_secs(2)).await;
    assert_eq!(told(&bench, folded), [CardRule::NoPlace, CardRule::Shown]);
}

/// What this desk noted, once it is written: the database takes its time whatever the clock of the test says.
async fn known_here(bench: &Bench, wish: &CardPathRequest) -> CardPath {
    for _ in 0..PATIENCE {
        match bench.desk.card_path(wish.clone()).await {
            Ok(path) => return path,
            Err(error) => assert_eq!(error.code, ErrorCode::Unreachable),
        }
        breathe().await;
    }
    panic!("this desk noted nothing")
}

#[tokio::test(start_paused = true)]
async fn an_office_that_cannot_be_asked_is_told_later_and_this_desk_knows_meanwhile() {
    let bench = Bench::remote().await;
    bench.office.refuse_decisions(Some(OfficeErrorKind::Unreachable));
    let ringing = call("1").with(|call| call.in_menu = true);
    bench.office.call(1, &ringing);
    bench.office.at(1);
    bench.pass(Duration::from_secs(2)).await;
    assert_eq!(told(&bench, "1"), []);
    bench.office.refuse(Some(OfficeErrorKind::Unreachable));
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    let wish =
        CardPathRequest { call: CallRef { office: "remote".into(), id: ringing.id.as_str().into() }, desk: None };
    let path = known_here(&bench, &wish).await;
    assert_eq!(path.cause, Some(NoCard::OnlyInMenu));
    // The same places as the office will name: nobody was rung, so it went no further than there, and this desk heard of it.
    let states: Vec<_> = path.hops.iter().map(|hop| (hop.place, hop.state)).collect();
    let passed = |place| (place, HopState::Passed);
    let before = [HopPlace::Pbx, HopPlace::Signature, HopPlace::Log].map(passed);
    let stop = (HopPlace::Office, HopState::Stopped);
    let after = [passed(HopPlace::Desk), (HopPlace::Card, HopState::NotReached)];
    assert_eq!(states, [&before[..], &[stop], &after].concat());
    bench.office.refuse_decisions(None);
    for _ in 0..40 {
        bench.pass(Duration::from_secs(1)).await;
    }
    assert_eq!(told(&bench, "1"), [CardRule::InMenu]);
}
