//! States of the call (`call-model` §3.3) as a call goes on, numbers and the menu (§7.13, §7.19–7.22).

use calls::{Call, CallResult, CallState, Direction, Effect, EndCause, LegRef, LegRole, LegState, Told, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{Entry, Office, accepted, originate},
    rostelecom::{self, CUSTOMER, Session, agent},
};

/// The state after each entry for the call `vendor_call`.
fn states(settings: calls::BookSettings, vendor_call: &str, entries: &[Entry]) -> Vec<CallState> {
    let mut office = Office::new(settings);
    entries
        .iter()
        .map(|entry| {
            office.wait_until(entry.ms);
            office.tell(entry.ms, entry.told.clone());
            office.call(vendor_call).state
        })
        .collect()
}

fn last(settings: calls::BookSettings, vendor_call: &str, entries: &[Entry]) -> Call {
    Office::live(settings, entries).call(vendor_call).clone()
}

/// The entry with its effects replaced.
fn with(entry: &Entry, key: &str, effects: Vec<Effect>) -> Entry {
    let Told::Vendor(event) = entry.told.clone() else { unreachable!() };
    Entry::new(entry.ms, VendorEvent { dedupe_key: key.into(), effects, ..event })
}

#[test]
fn an_incoming_call_rings_before_anybody_is_named_and_talks_until_its_end() {
    use CallState::{Ended, Ringing, Talking};
    let call = Session::incoming("s1");
    let entries = [
        call.starts(0),
        call.calling(200, "101"),
        call.connected(5_000, "101"),
        call.disconnected(30_000, "101", EndCause::Transferred),
        call.calling(31_000, "102"),
        call.connected(40_000, "102"),
        call.end(60_000, false),
    ];
    let expected = [Ringing, Ringing, Talking, Talking, Ringing, Talking, Ended];
    assert_eq!(states(rostelecom::settings(), "s1", &entries), expected);
}

#[test]
fn a_second_agent_is_a_talk_and_a_third_a_conference() {
    use CallState::{Conference, Ringing, Talking};
    let call = Session::incoming("s1");
    let pins = ["101", "102", "103"].into_iter().enumerate();
    let entries: Vec<Entry> = std::iter::once(call.starts(0))
        .chain(pins.map(|(place, pin)| call.connected(5_000 * (i64::try_from(place).unwrap() + 1), pin)))
        .collect();
    assert_eq!(states(rostelecom::settings(), "s1", &entries), [Ringing, Talking, Talking, Conference]);
}

#[test]
fn a_menu_is_waiting_and_no_card() {
    let own = Channel::incoming("e1", "101");
    let waiting = last(mango::settings(), "e1", &[own.menu(0)]);
    assert_eq!((waiting.state, waiting.in_menu), (CallState::Queued, true));
    let ringing = last(mango::settings(), "e1", &[own.menu(0), own.appeared(1, 9_000)]);
    assert_eq!((ringing.state, ringing.in_menu), (CallState::Ringing, false));
}

#[test]
fn a_queue_that_gave_up_one_phone_waits_for_the_next() {
    let call = Session::incoming("s1");
    let entries = [call.starts(0), call.calling(200, "101"), call.disconnected(15_000, "101", EndCause::NoAnswer)];
    assert_eq!(last(rostelecom::settings(), "s1", &entries).state, CallState::Queued);
}

#[test]
fn hold_is_told_from_talk() {
    use CallState::{OnHold, Ringing, Talking};
    let own = Channel::incoming("e1", "101");
    let entries = [own.appeared(1, 0), own.connected(2, 5_000), own.on_hold(3, 9_000), own.connected(4, 12_000)];
    assert_eq!(states(mango::settings(), "e1", &entries), [Ringing, Talking, OnHold, Talking]);
}

#[test]
fn the_own_phone_that_rings_first_is_dialling_and_never_incoming() {
    let own = Channel::incoming("e1", "101");
    let entries = [Entry::new(-500, originate(1, "101", CUSTOMER)), own.appeared(1, 0)];
    let call = last(mango::settings(), "e1", &entries);
    assert_eq!((call.direction, call.state), (Direction::Outgoing, CallState::Dialling));
    assert_eq!(call.agent_legs().map(|leg| leg.state).collect::<Vec<_>>(), [LegState::Alerting]);

    let outgoing = Session::outgoing("s1", "101");
    let entries = [
        Entry::new(-500, originate(1, "101", CUSTOMER)),
        Entry::new(-300, accepted(1, Some("s1"))),
        outgoing.starts(0),
        outgoing.calling(100, "101"),
    ];
    let call = last(rostelecom::settings(), "s1", &entries);
    assert_eq!((call.direction, call.state), (Direction::Outgoing, CallState::Dialling));
}

#[test]
fn the_agents_answer_alone_is_no_talk_where_the_customer_is_shown() {
    let call = Session::outgoing("s1", "101");
    let number = Some(CUSTOMER.to_owned());
    let customer = LegRef { key: "customer".into(), role: LegRole::Customer, extension: None, number, name: None };
    let answered = with(&call.calling(2_000, "101"), "a", vec![Effect::LegAnswered { leg: agent("101") }]);
    let rings = with(&call.calling(2_500, "101"), "b", vec![Effect::LegRinging { leg: customer }]);
    let entries = [call.starts(0), answered, rings, call.end(30_000, false)];
    let seen = states(rostelecom::settings(), "s1", &entries);
    assert_eq!(seen[2..], [CallState::Dialling, CallState::Ended]);
    assert_eq!(last(rostelecom::settings(), "s1", &entries).result, Some(CallResult::NoAnswer));
}

#[test]
fn a_colleague_who_is_dialled_rings_and_the_one_who_dials_does_not() {
    let call = Session::internal("s1", "101", "102");
    let entries = [
        Entry::new(-500, originate(1, "101", "102")),
        Entry::new(-300, accepted(1, Some("s1"))),
        call.starts(0),
        call.calling(100, "101"),
        call.calling(4_000, "102"),
    ];
    let states = states(rostelecom::settings(), "s1", &entries[2..]);
    assert_eq!(states, [CallState::Dialling, CallState::Ringing, CallState::Ringing], "not ours: any phone rings");
    let seen = Office::live(rostelecom::settings(), &entries[..4]);
    assert_eq!(seen.call("s1").state, CallState::Dialling);
    assert_eq!(seen.call("s1").direction, Direction::Internal);
    let seen = Office::live(rostelecom::settings(), &entries);
    assert_eq!(seen.call("s1").state, CallState::Ringing);
}

#[test]
fn a_transfer_under_way_is_a_flag_beside_the_state() {
    let call = Session::incoming("s1");
    let mark = |ms, key: &str, effect| with(&call.calling(ms, "101"), key, vec![effect]);
    let mut entries = vec![
        call.starts(0),
        call.connected(5_000, "101"),
        mark(20_000, "t", Effect::TransferStarted { by: Some(agent("101")) }),
    ];
    assert!(last(rostelecom::settings(), "s1", &entries).transferring);
    entries.push(mark(25_000, "f", Effect::TransferFailed));
    let call_now = last(rostelecom::settings(), "s1", &entries);
    assert_eq!((call_now.transferring, call_now.state), (false, CallState::Talking));
    entries.extend([mark(30_000, "t2", Effect::TransferStarted { by: None }), call.end(40_000, false)]);
    assert!(!last(rostelecom::settings(), "s1", &entries).transferring);
}

#[test]
fn the_pbxs_own_result_counts_before_ours() {
    let call = Session::incoming("s1");
    let voicemail = Effect::CallEnded { result: Some(CallResult::Voicemail), reason: Some("voicemail".into()) };
    let entries = [call.starts(0), with(&call.end(20_000, false), "v", vec![voicemail])];
    let ended = last(rostelecom::settings(), "s1", &entries);
    assert_eq!((ended.result, ended.end_reason.as_deref()), (Some(CallResult::Voicemail), Some("voicemail")));
}

#[test]
fn a_caller_whom_a_rule_turns_away_is_rejected_and_not_missed() {
    let call = Session::incoming("s1");
    let leg = LegRef {
        key: "customer".into(),
        role: LegRole::Customer,
        extension: None,
        number: Some(CUSTOMER.into()),
        name: None,
    };
    let cleared = Effect::LegCleared { leg, cause: EndCause::Rejected, reason: Some("blacklist".into()) };
    let entries = [call.starts(0), with(&call.end(10, false), "r", vec![cleared]), call.end(20, false)];
    assert_eq!(last(rostelecom::settings(), "s1", &entries).result, Some(CallResult::Rejected));
}
