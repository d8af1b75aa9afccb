use pbx::{MAKES, Make};

use super::*;
use crate::testing::at;

fn standing(make: Make) -> Standing {
    Standing {
        delivery: make.delivery,
        stages: make.stages,
        has_test_host: !make.test_addresses.is_empty(),
        is_at_test_host: false,
        is_address_encrypted: Some(true),
        trial_until: None,
        listed_call: None,
    }
}

fn exchange(second: i64) -> Option<Exchange> {
    Some(Exchange { id: second, at: at(second), status: Some(200), took_ms: 3, failure: None })
}

/// Everything that there can be, in the order of the stages.
fn everything() -> Evidence {
    let mut seen = Evidence {
        plain_notification: exchange(1),
        plain_request: exchange(2),
        notification: exchange(30),
        test_request: exchange(4),
        own_test: exchange(5),
        tls_notification: exchange(30),
        tls_request: exchange(6),
        request: exchange(29),
        call: exchange(30),
        taken: exchange(30),
        ..Evidence::default()
    };
    seen.begin(StageName::Live, at(10));
    seen.begin(StageName::AllowList, at(20));
    seen
}

fn states(standing: &Standing, seen: &Evidence) -> Vec<StageState> {
    stages(standing, seen).into_iter().map(|stage| stage.state).collect()
}

fn find(standing: &Standing, seen: &Evidence, name: ProofName) -> StageProof {
    let all: Vec<StageProof> = stages(standing, seen).into_iter().flat_map(|stage| stage.proofs).collect();
    all.into_iter().find(|proof| proof.proof == name).unwrap_or_else(|| panic!("{name:?} is not asked for"))
}

#[test]
fn the_first_stage_that_is_not_passed_is_the_current_one() {
    use StageState::{Current, Later, Passed};
    let standing = standing(pbx::rostelecom::MAKE);
    assert_eq!(states(&standing, &everything()), [Passed; 5]);
    assert_eq!(states(&standing, &Evidence::default()), [Current, Later, Later, Later, Later]);
    let seen = Evidence { own_test: None, call: None, ..everything() };
    assert_eq!(states(&standing, &seen), [Passed, Passed, Current, Later, Passed], "what is proved stays so");
}

#[test]
fn each_make_says_of_each_stage_what_to_do_or_why_nothing() {
    for make in MAKES {
        let standing = standing(*make);
        let told = stages(&standing, &Evidence::default());
        assert_eq!(told.iter().map(|stage| stage.stage).collect::<Vec<_>>(), StageName::ALL, "{make}");
        for stage in &told {
            let is_needed = stage.state != StageState::NotNeeded;
            assert_eq!(stage.proofs.is_empty(), !is_needed, "{make} {:?}", stage.stage);
            assert!(is_needed || !stage.can_run && stage.advice.en.starts_with("Not needed: "), "{make} {stage:?}");
            assert!(is_needed || stage.advice.ru.starts_with("Не нужен: "), "{make} {stage:?}");
        }
        // Whoever posts proves its signature and TLS; whoever does not has neither.
        let needs = |name: StageName| told.iter().any(|it| it.stage == name && it.state != StageState::NotNeeded);
        let posts = make.delivery.needs_public_address();
        assert_eq!([StageName::Signature, StageName::Tls, StageName::Live].map(needs), [posts, posts, true], "{make}");
    }
}

#[test]
fn without_a_test_host_nothing_is_asked_of_one() {
    let standing = standing(pbx::mango_vpbx::MAKE);
    let told = stages(&standing, &everything());
    let names: Vec<ProofName> = told.iter().flat_map(|stage| &stage.proofs).map(|proof| proof.proof).collect();
    assert!(!names.contains(&ProofName::TestRequest) && !names.contains(&ProofName::TlsRequest), "{names:?}");
    let runs = |name: StageName| told.iter().any(|stage| stage.stage == name && stage.can_run);
    assert!(!runs(StageName::Signature) && runs(StageName::Tls), "it has an address of its own to test");
}

#[test]
fn what_is_missing_says_why() {
    use ProofName as P;
    use StageCause as C;
    let make = pbx::rostelecom::MAKE;
    let trial = Standing { trial_until: Some(at(100)), ..standing(make) };
    let nothing = Evidence::default();
    let cause = |standing: &Standing, seen: &Evidence, name| {
        let proof = find(standing, seen, name);
        (proof.state, proof.cause.expect("a cause"))
    };
    let (open, stopped) = (HopState::NotReached, HopState::Stopped);
    assert_eq!(cause(&standing(make), &nothing, P::PlainNotification), (open, C::TrialIsOff));
    assert_eq!(cause(&trial, &nothing, P::PlainNotification), (open, C::NoNotification));
    assert_eq!(cause(&trial, &everything(), P::TrialOff), (stopped, C::TrialIsOn));
    for (is_encrypted, why) in [(None, C::NoPublicAddress), (Some(false), C::PlainPublicAddress)] {
        let standing = Standing { is_address_encrypted: is_encrypted, ..standing(make) };
        for name in [P::OwnTest, P::TlsNotification] {
            assert_eq!(cause(&standing, &everything(), name), (open, why));
        }
    }
    let there = Standing { is_at_test_host: true, ..standing(make) };
    assert_eq!(cause(&there, &everything(), P::LiveAddress), (stopped, C::AtTestHost));
    let mut early = everything();
    early.begin(StageName::Live, at(40));
    assert_eq!(cause(&standing(make), &early, P::RealCall), (open, C::NoCall), "the call was before");
    assert_eq!(cause(&standing(make), &nothing, P::RealCall), (open, C::NotBegun));
}

#[test]
fn what_failed_says_how() {
    let failing = |reason| Exchange { failure: Some(reason), ..exchange(50).expect("one") };
    let seen = Evidence {
        notification: Some(failing(JournalReason::SignatureWrong)),
        test_request: Some(failing(JournalReason::Unauthorized)),
        plain_request: Some(Exchange { status: None, ..failing(JournalReason::Unreachable) }),
        ..everything()
    };
    let standing = standing(pbx::rostelecom::MAKE);
    for (name, cause, reason) in [
        (ProofName::Signature, StageCause::NotificationRefused, JournalReason::SignatureWrong),
        (ProofName::TestRequest, StageCause::RequestFailed, JournalReason::Unauthorized),
        (ProofName::PlainRequest, StageCause::RequestFailed, JournalReason::Unreachable),
    ] {
        let proof = find(&standing, &seen, name);
        assert_eq!((proof.state, proof.cause, proof.reason), (HopState::Stopped, Some(cause), Some(reason)));
    }
    let refused = Evidence { plain_request: Some(failing(JournalReason::Forbidden)), ..everything() };
    assert_eq!(find(&standing, &refused, ProofName::PlainRequest).state, HopState::Passed, "any answer shows the way");
}

#[test]
fn an_office_that_no_pbx_can_reach_proves_what_it_can() {
    let make = pbx::rostelecom::MAKE;
    let stages = make.stages.without_address();
    let unreached = Standing { delivery: Delivery::Polling, stages, listed_call: Some(at(40)), ..standing(make) };
    use StageState::{NotNeeded, Passed};
    assert_eq!(states(&unreached, &everything()), [NotNeeded, NotNeeded, NotNeeded, Passed, Passed]);
}

#[test]
fn a_pbx_that_is_asked_shows_a_call_in_its_list() {
    let mut seen = Evidence { call: None, ..everything() };
    let polled = |listed_call| Standing { listed_call, ..standing(pbx::ringcloud::MAKE) };
    assert_eq!(find(&polled(Some(at(12))), &seen, ProofName::RealCall).state, HopState::Passed);
    assert_eq!(find(&polled(Some(at(9))), &seen, ProofName::RealCall).state, HopState::NotReached);
    seen.begin(StageName::Live, at(13));
    assert_eq!(find(&polled(Some(at(12))), &seen, ProofName::RealCall).cause, Some(StageCause::NoCall));
}
