//! What people write is kept, sent, and shown.

use std::time::Duration;

use calls::{CallResult, CallState, FactKind, LegState};
use link::{
    OfficeErrorKind,
    wire::{CallRule, RecordingState, Signature, Trace, TraceEvent, TracedRule},
};
use serde_json::json;

use crate::{
    contract::{
        CallRef, CardPhase, ErrorCode, LinkState, Notice, NoticeKind, OutcomeKind, SaveNoteRequest, SaveOutcomeRequest,
        TimelineKind,
    },
    testing::{Bench, Shape, agent_leg, at, breathe, call},
};

fn row(office: &str) -> CallRef {
    CallRef { office: office.into(), id: call("1").id.as_str().into() }
}

fn note(office: &str, text: &str) -> SaveNoteRequest {
    SaveNoteRequest { call: row(office), text: text.into(), replaces: None }
}

#[tokio::test(start_paused = true)]
async fn a_note_goes_to_the_office_with_its_author_and_time() {
    let bench = Bench::live().await;
    bench.keep("own", 1, &call("1").ended(CallResult::Missed));
    bench.desk.save_note(note("own", "  перезвонить  ")).await.unwrap();
    let [fact] = &bench.office.facts()[..] else { panic!("one fact") };
    assert_eq!((fact.kind, fact.author.as_str(), &fact.value), (FactKind::Note, "Пётр", &json!("перезвонить")));
    assert_eq!((fact.id.get_version_num(), &fact.call), (7, &call("1").id));
    bench.shown.until("lists follow", |record| record.calls.iter().any(|changed| !changed.rows.is_empty())).await;
}

#[tokio::test(start_paused = true)]
async fn what_a_remote_office_cannot_take_now_is_shown_at_once_and_sent_later() {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ended(CallResult::Missed));
    bench.shown.until("the call", |record| record.calls.iter().any(|changed| !changed.rows.is_empty())).await;
    bench.office.refuse_facts(Some(OfficeErrorKind::Unreachable));
    let details = bench.desk.save_note(note("remote", "перезвонить")).await.unwrap();
    assert_eq!((details.notes[0].text.as_str(), details.row.noted), ("перезвонить", true));
    assert!(bench.office.facts().is_empty());

    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.office.refuse_facts(None);
    bench.pass(Duration::from_secs(1)).await;
    bench.go_live(2).await;
    assert_eq!(bench.office.took_facts(1).await.len(), 1);
}

/// A desk at a remote office with an ended call.
async fn with_call() -> Bench {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ended(CallResult::Missed));
    bench.shown.until("the call", |record| record.calls.iter().any(|changed| !changed.rows.is_empty())).await;
    bench
}

#[tokio::test(start_paused = true)]
async fn what_an_office_is_too_busy_to_take_is_brought_again_and_is_one_note() {
    for busy in [OfficeErrorKind::RateLimited, OfficeErrorKind::Storage, OfficeErrorKind::Protocol] {
        let bench = with_call().await;
        bench.office.refuse_facts(Some(busy));
        let details = bench.desk.save_note(note("remote", "раз")).await.expect("kept here");
        assert_eq!(details.notes.len(), 1);
        while bench.office.facts_tried() == 0 {
            breathe().await;
        }
        bench.office.refuse_facts(None);
        bench.pass(Duration::from_secs(31)).await;
        let facts = bench.office.took_facts(1).await;
        assert_eq!(facts.iter().map(|fact| fact.id.to_string()).collect::<Vec<_>>(), [details.notes[0].id.clone()]);
        assert!(bench.desk.main_snapshot().await.unwrap().notices.is_empty());
    }
}

#[tokio::test(start_paused = true)]
async fn what_an_office_will_never_take_is_told_once_and_not_brought_again() {
    let bench = with_call().await;
    bench.office.refuse_facts(Some(OfficeErrorKind::NotFound));
    bench.desk.save_note(note("remote", "раз")).await.expect("kept here");
    let refused = [Notice { kind: NoticeKind::NoteRefused }];
    bench.shown.until("told", |record| record.now().notices == refused).await;
    bench.desk.dismiss_notice(NoticeKind::NoteRefused).await.unwrap();
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    bench.go_live(2).await;
    bench.pass(Duration::from_secs(60)).await;
    assert_eq!(bench.office.facts_tried(), 1);
    assert!(bench.desk.main_snapshot().await.unwrap().notices.is_empty());

    bench.desk.save_note(note("remote", "два")).await.expect("kept here");
    bench.shown.until("told again", |record| record.now().notices == refused).await;
    assert_eq!(bench.office.facts_tried(), 2);
}

#[tokio::test(start_paused = true)]
async fn calls_do_not_wait_for_a_note_that_is_on_its_way() {
    let bench = with_call().await;
    bench.office.hold_facts();
    bench.desk.save_note(note("remote", "раз")).await.expect("kept here");
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(1)).await;
    bench.go_live(2).await;
    bench.office.call(2, &call("2").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
}

#[tokio::test(start_paused = true)]
async fn an_edit_replaces_and_an_empty_text_takes_back() {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ended(CallResult::Missed));
    bench.shown.until("the call", |record| record.calls.iter().any(|changed| !changed.rows.is_empty())).await;
    let first = bench.desk.save_note(note("remote", "раз")).await.unwrap().notes[0].id.clone();
    let edit = SaveNoteRequest { replaces: Some(first), ..note("remote", "два") };
    let edited = bench.desk.save_note(edit).await.unwrap();
    assert_eq!(edited.notes.iter().map(|note| note.text.as_str()).collect::<Vec<_>>(), ["два"]);
    let back = SaveNoteRequest { replaces: Some(edited.notes[0].id.clone()), ..note("remote", " ") };
    assert!(bench.desk.save_note(back).await.unwrap().notes.is_empty());
    assert_eq!(bench.desk.save_note(note("remote", "")).await.unwrap().notes, []);
    assert_eq!(bench.office.took_facts(3).await.len(), 3);
}

#[tokio::test(start_paused = true)]
async fn an_outcome_replaces_the_one_before() {
    let bench = Bench::remote().await;
    bench.office.call(1, &call("1").ended(CallResult::Answered));
    bench.shown.until("the call", |record| record.calls.iter().any(|changed| !changed.rows.is_empty())).await;
    let outcome = |outcome| SaveOutcomeRequest { call: row("remote"), outcome };
    let details = bench.desk.save_outcome(outcome(Some(OutcomeKind::CallBack))).await.unwrap();
    assert_eq!(details.outcome, Some(OutcomeKind::CallBack));
    let details = bench.desk.save_outcome(outcome(Some(OutcomeKind::Order))).await.unwrap();
    assert_eq!(details.outcome, Some(OutcomeKind::Order));
    let details = bench.desk.save_outcome(outcome(None)).await.unwrap();
    assert_eq!(details.outcome, None);
    bench.desk.save_card_outcome(outcome(Some(OutcomeKind::Resolved))).await.unwrap();
    assert_eq!(bench.desk.call_details(row("remote")).await.unwrap().outcome, Some(OutcomeKind::Resolved));
}

#[tokio::test(start_paused = true)]
async fn wrong_requests_name_their_field() {
    let bench = Bench::live().await;
    let bad = SaveNoteRequest { replaces: Some("x".into()), ..note("own", "раз") };
    assert_eq!(bench.desk.save_note(bad).await.unwrap_err().field.as_deref(), Some("replaces"));
    let long = note("own", &"я".repeat(10_001));
    assert_eq!(bench.desk.save_note(long).await.unwrap_err().field.as_deref(), Some("text"));
    assert_eq!(bench.desk.save_note(note("none", "раз")).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(bench.desk.call_details(row("own")).await.unwrap_err().code, ErrorCode::NotFound);
}

#[tokio::test(start_paused = true)]
async fn the_side_panel_tells_the_whole_story() {
    let bench = Bench::live().await;
    let told = call("1")
        .named_leg("103", "Ирина", LegState::Cleared)
        .with(|call| call.legs[0].ended_at = Some(at(20)))
        .named_leg("102", "Пётр", LegState::Connected)
        .with(|call| {
            call.legs[1].started_at = Some(at(18));
            call.legs[1].answered_at = Some(at(19));
            call.recordings.push(link::wire::Recording {
                id: calls::RecordingId::of(&call.id, "r"),
                state: RecordingState::Ready,
                duration_ms: None,
            });
        })
        .state(CallState::Talking)
        .ended(CallResult::Answered);
    bench.keep("own", 1, &told);
    bench.keep("own", 2, &call("2").with(|call| call.started_at = at(-100)).ended(CallResult::Missed));
    let event = |seq: u64, kind: &str, signature, seconds| TraceEvent {
        seq,
        kind: kind.into(),
        vendor_time: None,
        received_at: at(seconds),
        late: false,
        signature,
        party: None,
        route: None,
        rule: None,
    };
    bench.office.set_trace(Trace {
        events: vec![
            event(1, "new", Signature::Valid, 0),
            event(2, "record", Signature::Valid, 90),
            event(3, "timerFired", Signature::Own, 900),
        ],
    });
    let details = bench.desk.call_details(row("own")).await.unwrap();
    let story: Vec<_> = details.timeline.iter().map(|entry| (entry.what, entry.who.join(", "))).collect();
    assert_eq!(
        story,
        [
            (TimelineKind::Arrived, "Продажи".to_owned()),
            (TimelineKind::Rings, "Ирина".to_owned()),
            (TimelineKind::Answered, "Ирина".to_owned()),
            (TimelineKind::Rings, "Пётр".to_owned()),
            (TimelineKind::Answered, "Пётр".to_owned()),
            (TimelineKind::Left, "Ирина".to_owned()),
            (TimelineKind::Ended, String::new()),
            (TimelineKind::RecordingReady, String::new()),
        ]
    );
    assert_eq!(details.timeline.last().unwrap().at, at(90));
    assert_eq!(details.calls_with_number, 2);
    assert_eq!(details.others.len(), 1);
    let events = details.events.expect("the office is there");
    assert_eq!(events.iter().map(|event| event.signed).collect::<Vec<_>>(), [true, true, false]);
    assert_eq!(details.legs[1].extension.as_deref(), Some("102"));
    assert_eq!(details.legs[1].talk_ms, Some(41_000));
    assert_eq!(details.row.talk_ms, Some(55_000));
    assert_eq!(agent_leg("1", LegState::Connected).answered_at, Some(at(5)));
}

#[tokio::test(start_paused = true)]
async fn the_side_panel_tells_what_came_of_a_rule() {
    let bench = Bench::live().await;
    bench.keep("own", 1, &call("1").ringing_here());
    let event = |seconds: i64, rule| TraceEvent {
        seq: 1,
        kind: "new".into(),
        vendor_time: None,
        received_at: at(seconds),
        late: false,
        signature: Signature::Valid,
        party: None,
        route: None,
        rule,
    };
    let acted = |rule| Some(TracedRule::Acted(rule));
    for (rules, expected) in [
        (vec![None, None], None),
        (vec![acted(CallRule::Responsible), None], Some(TimelineKind::RuleResponsible)),
        (vec![acted(CallRule::Scenario)], Some(TimelineKind::RuleScenario)),
        (vec![acted(CallRule::Blocked)], Some(TimelineKind::RuleBlocked)),
        (vec![None, acted(CallRule::Contact)], Some(TimelineKind::RuleContact)),
        (vec![None, Some(TracedRule::TooLate)], Some(TimelineKind::RuleTooLate)),
        // What the PBX refused has not been done.
        (vec![None, acted(CallRule::Responsible), Some(TracedRule::Refused)], Some(TimelineKind::RuleRefused)),
    ] {
        let events = rules.iter().map(|rule| event(-2, *rule)).collect();
        bench.office.set_trace(Trace { events });
        let told = bench.desk.call_details(row("own")).await.unwrap().timeline;
        let second = told.get(1).expect("the call came in, and more");
        match expected {
            Some(expected) => assert_eq!((second.what, second.at), (expected, told[0].at), "{rules:?}"),
            None => assert_eq!(second.what, TimelineKind::Rings, "{told:?}"),
        }
    }
}
