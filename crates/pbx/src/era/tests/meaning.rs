//! What each event means.

use ::calls::{Direction, Effect, EndCause, LegRole, RecordingReference};
use serde_json::{Value, json};

use super::{ByHand, names};

const CALL: &str = "3694473f-0641-450c-2c15-c00000000002";

fn with(base: Value, more: Value) -> Value {
    let mut base = base;
    base.as_object_mut().expect("an object").extend(more.as_object().cloned().into_iter().flatten());
    base
}

/// What is in every event.
fn data(event: u32, more: Value) -> Value {
    let common = json!({"eventid": format!("e{event}"), "eventts": 1_772_442_000_000_i64 + i64::from(event) * 1000,
        "cid": CALL, "invitets": 1_772_442_000_000_i64, "connectionid": format!("{CALL}.1772442000000"), "acallid": "a1"});
    with(common, more)
}

fn incoming() -> ByHand {
    let mut by_hand = ByHand::live();
    let invite = json!({"fromouter": true, "fromusername": "79161234567", "callednum": "74951234567"});
    let event = by_hand.event("callevents.invite", data(1, invite));
    assert_eq!(names(&event), ["callCreated", "legOffered a1"]);
    by_hand
}

fn fork(leg: &str, number: &str) -> Value {
    json!({"forkcallid": leg, "forkdir": "in", "forkcallednum": number, "forkremoteuri": format!("sip:{number}@pbx.example")})
}

#[test]
fn an_incoming_call_rings_two_phones_is_answered_and_ends() {
    let mut by_hand = incoming();
    let first = by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    assert_eq!(names(&first), ["callUpdated", "legRinging f1"]);
    let Effect::LegRinging { leg } = &first.effects[1] else { panic!("{first:?}") };
    assert_eq!((leg.role, leg.extension.as_deref()), (LegRole::Agent, Some("101")));
    by_hand.event("callevents.fork_start", data(3, fork("f2", "102")));
    let answered = by_hand.event("callevents.dlg_start", data(4, json!({"bcallid": "f1"})));
    assert_eq!(names(&answered), ["callUpdated", "legAnswered a1", "legAnswered f1", "legCleared f2"]);
    let Effect::CallUpdated { direction, customer, line } = &answered.effects[0] else { panic!("{answered:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Incoming, Some("+79161234567")));
    assert_eq!(line.number.as_deref(), Some("+74951234567"));
    assert_eq!(answered.time.as_ref().map(|time| time.raw.as_str()), Some("1772442004000"));
    let ended = by_hand.event("callevents.dlg_end", data(5, json!({"completiontype": "bye"})));
    assert_eq!(names(&ended), ["callUpdated", "legCleared a1", "legCleared f1", "callEnded"]);
    let later = by_hand.event("callevents.dlg_stop", data(6, json!({"completiontype": "bye"})));
    assert_eq!(names(&later), names(&ended));
}

#[test]
fn an_event_without_the_answering_leg_answers_the_only_one_that_is_dialled() {
    let mut by_hand = incoming();
    by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    by_hand.event("callevents.fork_start", data(3, fork("f2", "102")));
    let stop = by_hand.event("callevents.fork_stop", data(4, json!({"forkcallid": "f2", "sipcode": "486"})));
    let Effect::LegCleared { leg, cause, .. } = &stop.effects[1] else { panic!("{stop:?}") };
    assert_eq!((leg.key.as_str(), *cause), ("f2", EndCause::Busy));
    let answered = by_hand.event("callevents.dlg_start", data(5, json!({})));
    assert_eq!(names(&answered), ["callUpdated", "legAnswered a1", "legAnswered f1"]);
}

#[test]
fn a_destination_is_given_up_for_the_reason_of_its_code() {
    for (code, cause) in [
        (json!(486), EndCause::Busy),
        (json!("600"), EndCause::Busy),
        (json!(408), EndCause::NoAnswer),
        (json!(480.0), EndCause::NoAnswer),
        (json!("603"), EndCause::Rejected),
        (json!(487), EndCause::Cancelled),
        (json!(503), EndCause::Failed),
        (json!("odd"), EndCause::Failed),
    ] {
        let mut by_hand = incoming();
        by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
        let stop = json!({"forkcallid": "f1", "sipcode": code});
        let event = by_hand.event("callevents.fork_stop", data(3, stop));
        let Effect::LegCleared { cause: found, .. } = &event.effects[1] else { panic!("{event:?}") };
        assert_eq!(*found, cause, "{code}");
    }
}

#[test]
fn an_outgoing_call_is_known_by_where_it_is_dialled() {
    let mut by_hand = ByHand::live();
    let own = json!({"fromouter": false, "fromnumber": "101", "callednum": "89161234567"});
    by_hand.event("callevents.invite", data(1, own));
    let out = json!({"forkcallid": "f1", "forkdir": "out", "forkcallednum": "79161234567"});
    let event = by_hand.event("callevents.fork_start", data(2, out));
    let Effect::CallUpdated { direction, customer, .. } = &event.effects[0] else { panic!("{event:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Outgoing, Some("+79161234567")));
    let Effect::LegRinging { leg } = &event.effects[1] else { panic!("{event:?}") };
    assert_eq!(leg.role, LegRole::Customer);
    let given_up = by_hand.event("callevents.dlg_end", data(3, json!({"completiontype": "cancel"})));
    let Effect::LegCleared { leg, cause, .. } = &given_up.effects[1] else { panic!("{given_up:?}") };
    assert_eq!((leg.extension.as_deref(), *cause), (Some("101"), EndCause::Cancelled));
}

#[test]
fn hold_and_un_hold_are_of_the_side_that_is_named() {
    for (side, leg) in [("a", "a1"), ("B", "f1"), ("", "f1")] {
        for (name, effect) in [("hold", "legHeld"), ("unhold", "legRetrieved"), ("resume", "legRetrieved")] {
            let mut by_hand = incoming();
            by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
            by_hand.event("callevents.dlg_start", data(3, json!({"bcallid": "f1"})));
            let event = by_hand.event(&format!("callevents.{name}"), data(4, json!({ "side": side })));
            assert_eq!(names(&event), ["callUpdated".to_owned(), format!("{effect} {leg}")], "{side} {name}");
        }
    }
}

#[test]
fn who_passes_a_call_on_has_left_it_by_that() {
    let mut by_hand = incoming();
    by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    by_hand.event("callevents.dlg_start", data(3, json!({"bcallid": "f1"})));
    let refer = by_hand.event("callevents.refer", data(4, json!({"side": "b", "referto": "sip:102@pbx.example"})));
    assert_eq!(names(&refer), ["callUpdated", "transferStarted", "legOffered refer"]);
    let ended = by_hand.event("callevents.dlg_end", data(5, json!({"completiontype": "bye"})));
    let causes: Vec<_> = ended
        .effects
        .iter()
        .filter_map(|effect| {
            if let Effect::LegCleared { leg, cause, .. } = effect { Some((leg.key.as_str(), *cause)) } else { None }
        })
        .collect();
    assert_eq!(causes, [("a1", EndCause::Normal), ("f1", EndCause::Transferred)]);
}

#[test]
fn a_transfer_that_failed_leaves_the_call_as_it_was() {
    let mut by_hand = incoming();
    by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    by_hand.event("callevents.dlg_start", data(3, json!({"bcallid": "f1"})));
    by_hand.event("callevents.refer", data(4, json!({"side": "b", "referto": "sip:102@pbx.example"})));
    let aborted = by_hand.event("callevents.refer_aborted", data(5, json!({"sipcode": 486})));
    assert_eq!(names(&aborted), ["callUpdated", "legCleared refer"]);
    let ended = by_hand.event("callevents.dlg_end", data(6, json!({"completiontype": "bye"})));
    assert!(
        !ended.effects.iter().any(|effect| matches!(effect, Effect::LegCleared { cause: EndCause::Transferred, .. }))
    );
}

#[test]
fn the_end_of_one_dialogue_is_not_the_end_while_another_goes_on() {
    let mut by_hand = incoming();
    by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    by_hand.event("callevents.dlg_start", data(3, json!({"bcallid": "f1"})));
    let second = json!({"connectionid": format!("{CALL}.1772442060000"), "invitets": 1_772_442_060_000_i64});
    by_hand.event("callevents.invite", data(4, with(json!({"fromouter": true}), second.clone())));
    let first = by_hand.event("callevents.dlg_end", data(5, json!({"completiontype": "bye"})));
    assert!(!names(&first).contains(&"callEnded".to_owned()), "{first:?}");
    let last = by_hand.event("callevents.dlg_end", data(6, second));
    assert!(names(&last).contains(&"callEnded".to_owned()), "{last:?}");
}

#[test]
fn digits_and_recordings_belong_to_the_call_of_their_connection() {
    let mut by_hand = ByHand::live();
    let connection = json!({"eventid": "e", "connectionid": format!("{CALL}.1772442000000")});
    let pressed = by_hand.event("ccsevents.call_dtmf", with(connection.clone(), json!({"dtmf": 5})));
    assert_eq!(pressed.effects, [Effect::Dtmf { digits: "5".to_owned() }]);
    assert_eq!(pressed.call.as_deref(), Some(CALL));
    let key = "fs:main1:Srv-002/2020-09-24/1.mp3";
    let ready = with(connection.clone(), json!({"idconn": "x.1", "key": key}));
    let ready = by_hand.event("ccsevents.connection_set_record_info", ready);
    assert_eq!(ready.effects, [Effect::RecordingAvailable { reference: RecordingReference::Id(key.to_owned()) }]);
    let begun = by_hand.event("ccsevents.connection_start_record", connection.clone());
    assert_eq!(begun.effects, [Effect::RecordingStarted]);
    let failed = by_hand.event("ccsevents.connection_failure", connection);
    assert!(names(&failed).contains(&"callEnded".to_owned()), "{failed:?}");
}

#[test]
fn one_event_has_one_key_by_whichever_subscription_it_comes() {
    let mut by_hand = ByHand::live();
    let mut key = |subscription: &str, id: &str| {
        let body = json!({"id": subscription, "event": "callevents.invite", "data": data(1, json!({ "eventid": id }))});
        super::events(&by_hand.text("event", body))[0].dedupe_key.clone()
    };
    assert_eq!(key("s1", "e1"), key("s2", "e1"));
    assert_ne!(key("s1", "e1"), key("s1", "e2"));
}

#[test]
fn an_event_of_another_name_is_kept_and_changes_nothing() {
    let mut by_hand = incoming();
    for name in ["callevents.colour", "ccsevents.seance_create", "modelevents.data_changed"] {
        let event = by_hand.event(name, data(9, json!({"token_local": "abc"})));
        let [Effect::Unknown { body }] = event.effects.as_slice() else { panic!("{event:?}") };
        assert!(event.call.is_none() && !body.to_string().contains("abc"), "{body}");
    }
}

/// Click-to-call may be told of as a call of a script to the phone of the one who ordered it, and a second one from it.
#[test]
fn a_script_that_rings_the_own_phone_is_no_caller() {
    let mut by_hand = ByHand::live();
    let from = json!({"fromouter": true, "fromusername": "ivr", "callednum": "101"});
    let begun = by_hand.event("callevents.invite", data(1, from));
    assert_eq!(names(&begun), ["callCreated"]);
    let Effect::CallCreated { direction, customer, .. } = &begun.effects[0] else { panic!("{begun:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Outgoing, None));
    let rings = by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    assert_eq!(names(&rings), ["callUpdated", "legRinging f1"]);
    let picked_up = by_hand.event("callevents.dlg_start", data(3, json!({"bcallid": "f1"})));
    assert_eq!(names(&picked_up), ["callUpdated"], "nobody talks yet");
    // What he ordered is on his phone now, so the script's part of it ends nothing.
    let ordered = json!({"cid": "c2", "connectionid": "c2.1772442000001", "acallid": "f1", "fromouter": false,
        "fromusername": "101", "callednum": "79161234567"});
    by_hand.event("callevents.invite", data(4, ordered.clone()));
    let ended = by_hand.event("callevents.dlg_end", data(5, json!({"completiontype": "bye"})));
    assert_eq!(names(&ended), ["callUpdated"]);
    let whole = by_hand.event("callevents.dlg_end", data(6, with(ordered, json!({"completiontype": "bye"}))));
    assert!(names(&whole).contains(&"callEnded".to_owned()), "{whole:?}");
    // He does not pick up.
    let mut by_hand = ByHand::live();
    by_hand.event("callevents.invite", data(1, json!({"fromusername": "ivr", "callednum": "101"})));
    by_hand.event("callevents.fork_start", data(2, fork("f1", "101")));
    let ended = by_hand.event("callevents.dlg_end", data(3, json!({"completiontype": "timeout"})));
    assert_eq!(names(&ended), ["callUpdated", "legCleared f1", "callEnded"]);
}

#[test]
fn the_own_phone_that_is_dialled_first_has_not_lost_the_call() {
    let mut by_hand = ByHand::live();
    by_hand.event(
        "callevents.invite",
        data(1, json!({"fromouter": false, "fromnumber": "101", "callednum": "79161234567"})),
    );
    by_hand.event("callevents.fork_start", data(2, fork("a1", "101")));
    let out = json!({"forkcallid": "f1", "forkdir": "out", "forkcallednum": "79161234567"});
    by_hand.event("callevents.fork_start", data(3, out));
    // Without the leg that answered it is the only other one.
    for (number, answer) in [(4, json!({"bcallid": "f1"})), (5, json!({}))] {
        let answered = by_hand.event("callevents.dlg_start", data(number, answer));
        assert_eq!(names(&answered), ["callUpdated", "legAnswered a1", "legAnswered f1"]);
    }
}

#[test]
fn whoever_joins_a_conference_is_a_leg_more_while_the_list_shows_it() {
    let row = |call: &str, more: &str| {
        format!(
            r#"{{"cid":"{call}","connectionid":"{call}.1","state":"Dialog","acallid":"{call}-a","bcallid":"{call}-b",{more}}}"#
        )
    };
    let outside = r#""fromouter":true,"fromnumber":"79161234567","bremoteuri":"sip:101@pbx.example""#;
    let inside = r#""fromouter":false,"fromnumber":"101","bremoteuri":"sip:102@pbx.example""#;
    let both = |conference: &str| {
        format!("[{},{}]", row("c1", &format!("{outside}{conference}")), row("c2", &format!("{inside}{conference}")))
    };
    let mut by_hand = ByHand::live_with(&[], &both(""));
    let mut read = |list: &str| {
        loop {
            by_hand.step(crate::session::SessionInput::Heard);
            let (_, outputs) = by_hand.wait();
            if outputs.iter().any(|output| matches!(output, crate::session::SessionOutput::Request(_))) {
                let told = super::snapshot(&by_hand.answered(list)).events;
                break told.iter().map(|event| (event.call.clone().expect("a call"), names(event))).collect::<Vec<_>>();
            }
        }
    };
    let joined = both(r#","conference":"k1""#);
    assert_eq!(read(&joined), [("c1".to_owned(), vec!["legAnswered c2-b".to_owned()])]);
    assert_eq!(read(&joined), [], "told once");
    assert_eq!(read(&both("")), [("c1".to_owned(), vec!["legCleared c2-b".to_owned()])]);
    let apart = both(r#","conference":"k1""#).replacen("k1", "k2", 1);
    assert_eq!(read(&apart), [], "two conferences");
}

#[test]
fn numbers_as_texts_and_floats_and_keys_in_any_case_are_read() {
    let mut by_hand = ByHand::live();
    let odd = json!({"EventId": "e1", "EVENTTS": "1772442001000", "cid": CALL, "invitets": 1_772_442_000_000.0,
        "acallid": "a1", "fromouter": "1", "fromusername": 79_161_234_567_i64, "callednum": 74_951_234_567.0});
    let event = by_hand.event("callevents.invite", odd);
    let Effect::CallCreated { direction, customer, line } = &event.effects[0] else { panic!("{event:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Incoming, Some("+79161234567")));
    assert_eq!(line.number.as_deref(), Some("+74951234567"));
    assert_eq!(event.time.as_ref().map(|time| time.utc.as_millisecond()), Some(1_772_442_001_000));
    let known = by_hand.era.shared.calls.get(CALL).expect("known");
    assert_eq!(known.connection, Some(format!("{CALL}.1772442000000")));
}

mod whatever_comes {
    use proptest::prelude::*;

    use super::*;
    use crate::session::{SessionInput, SessionOutput};

    proptest! {
        #[test]
        fn reading_a_frame_never_panics(text in "\\PC{0,200}") {
            let outputs = ByHand::live().step(SessionInput::Text(&text));
            prop_assert!(!outputs.iter().any(|output| matches!(output, SessionOutput::End(_))));
        }

        #[test]
        fn any_values_of_known_fields_are_read(
            name in prop_oneof![
                Just("callevents.invite"), Just("callevents.fork_start"), Just("callevents.fork_stop"), Just("callevents.dlg_start"),
                Just("callevents.hold"), Just("callevents.refer"), Just("callevents.dlg_end"), Just("ccsevents.call_dtmf"),
            ],
            texts in proptest::array::uniform5("[0-9a-z+@ :.-]{0,16}"),
            number in any::<f64>(),
        ) {
            let [call, leg, party, way, time] = texts;
            let data = json!({"cid": call, "invitets": time, "eventts": number, "acallid": leg, "bcallid": leg, "forkcallid": leg,
                "fromnumber": party, "callednum": number, "forkdir": way, "side": way, "sipcode": time, "dtmf": number,
                "forkcallednum": party, "referto": party});
            let event = ByHand::live().event(name, data);
            if !call.trim().is_empty() {
                prop_assert_eq!(event.call.as_deref(), Some(call.trim()));
            }
        }
    }
}
