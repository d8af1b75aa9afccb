//! States of the call as a call goes on, numbers and the menu.

use calls::{
    Call, CallResult, CallState, Direction, Effect, EndCause, LegRef, LegRole, LegState, LogEvent, VendorEvent,
};

use crate::{
    mango::{self, Channel},
    office::{AgentLegs, Entry, Office, accepted, originate},
    rostelecom::{self, CUSTOMER, Session, agent},
};

/// The state after each entry for the call `vendor_call`.
fn states(settings: calls::BookSettings, vendor_call: &str, entries: &[Entry]) -> Vec<CallState> {
    let mut office = Office::new(settings);
    entries
        .iter()
        .map(|entry| {
            office.wait_until(entry.ms);
            office.tell(entry.ms, entry.event.clone());
            office.call(vendor_call).state
        })
        .collect()
}

fn last(settings: calls::BookSettings, vendor_call: &str, entries: &[Entry]) -> Call {
    Office::live(settings, entries).call(vendor_call).clone()
}

/// The entry with its effects replaced.
fn with(entry: &Entry, key: &str, effects: Vec<Effect>) -> Entry {
    let LogEvent::Vendor(event) = entry.event.clone() else { unreachable!() };
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

/// A second agent may be a conference or a transfer under way, which only the next message decides (§5.5).
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

/// Who transfers leaves one behind; where two stay with the customer when somebody leaves, it is a conference.
#[test]
fn two_who_stay_when_a_third_leaves_are_in_a_conference() {
    use CallState::{Conference, Ended, Ringing, Talking};
    let call = Session::incoming("s1");
    let gone = |ms, pin| call.disconnected(ms, pin, EndCause::Normal);
    let entries = [
        call.starts(0),
        call.connected(5_000, "101"),
        call.connected(10_000, "102"),
        call.connected(15_000, "103"),
        gone(20_000, "102"),
        gone(30_000, "101"),
        gone(40_000, "103"),
        call.end(40_100, false),
    ];
    let expected = [Ringing, Talking, Talking, Conference, Conference, Talking, Talking, Ended];
    assert_eq!(states(rostelecom::settings(), "s1", &entries), expected);
    let transfer = [&entries[..3], &[call.disconnected(20_000, "101", EndCause::Transferred)]].concat();
    assert_eq!(last(rostelecom::settings(), "s1", &transfer).state, Talking);
    let back = [&transfer[..], &[call.connected(25_000, "103")]].concat();
    assert_eq!(last(rostelecom::settings(), "s1", &back).state, Talking, "the next transfer may be under way");
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
fn a_queue_is_waiting_and_no_card() {
    let own = Channel::incoming("e1", "101");
    let entries = [own.queue(0), own.appeared(1, 9_000), own.connected(2, 12_000)];
    let expected = [CallState::Queued, CallState::Ringing, CallState::Talking];
    assert_eq!(states(mango::settings(), "e1", &entries), expected);
    assert!(last(mango::settings(), "e1", &entries[..1]).in_menu);
}

#[test]
fn a_phone_known_only_by_its_end_names_nobody() {
    let call = Session::incoming("s1");
    let entries = [call.starts(0), call.disconnected(9_000, "101", EndCause::NoAnswer), call.calling(9_500, "102")];
    let left = last(rostelecom::settings(), "s1", &entries[..2]);
    assert_eq!(left.state, CallState::Ringing);
    assert_eq!(left.agent_legs().map(|leg| leg.only_end).collect::<Vec<_>>(), [true]);
    let named = last(rostelecom::settings(), "s1", &entries);
    assert_eq!(named.state, CallState::Ringing);
    assert_eq!(named.agent_legs().map(|leg| leg.only_end).collect::<Vec<_>>(), [true, false]);
    assert_ne!(last(rostelecom::settings(), "s1", &entries[1..2]).state, CallState::Ringing, "nobody waits");
}

#[test]
fn only_a_message_that_comes_in_time_makes_a_phone_ring() {
    let call = Session::incoming("s1");
    let old = |pin| Entry::new(600_100, call.calling(100, pin).event);
    let mut entries = vec![call.starts(600_000), old("101"), old("102"), call.calling(600_200, "102")];
    let late = |entries: &[Entry]| {
        let call = last(rostelecom::settings(), "s1", entries);
        assert!(!call.late, "its beginning came in time");
        call.agent_legs().map(|leg| leg.late).collect::<Vec<_>>()
    };
    assert_eq!(late(&entries[..2]), [true]);
    assert_eq!(late(&entries), [true, false]);
    entries.push(call.connected(600_300, "101"));
    let legs = last(rostelecom::settings(), "s1", &entries).legs;
    assert!(legs.iter().all(|leg| !leg.late), "only what rings can ring late");
}

#[test]
fn the_agents_answer_to_our_own_call_is_not_the_customers() {
    let own = Channel::callback("e1", "101");
    let entries = [Entry::new(-500, originate(1, "101", CUSTOMER)), own.appeared(1, 0), own.connected(2, 4_000)];
    let call = last(mango::settings(), "e1", &entries);
    let customer = call.legs.iter().find(|leg| leg.role == LegRole::Customer).unwrap();
    assert_eq!((call.direction, customer.state), (Direction::Outgoing, LegState::Initiated));
    assert_eq!((call.state, call.answered_at), (CallState::Dialling, None));
}

/// Where a callback is told as the agent's leg alone, only its recording says that somebody talked.
#[test]
fn a_recording_alone_shows_that_the_agent_of_our_own_call_talked() {
    let own = Channel::callback("e1", "101");
    let begun = [Entry::new(-500, originate(1, "101", CUSTOMER)), own.appeared(1, 0), own.connected(2, 4_000)];
    let ended = |more: Vec<Entry>| {
        let entries = [begun.to_vec(), more, vec![own.disconnected(3, 60_000, EndCause::Normal)]].concat();
        Office::live(mango::settings(), &entries).settle().call("e1").result
    };
    assert_ne!(ended(vec![]), Some(CallResult::Answered));
    assert_eq!(ended(vec![own.recorded(59_000, "https://r.example/1")]), Some(CallResult::Answered));
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
    let own = Channel::callback("e1", "101");
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
    let customer = LegRef {
        key: "customer".into(),
        role: LegRole::Customer,
        extension: None,
        number,
        name: None,
        alias: None,
        caller: None,
    };
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
    let target = LegRef { role: LegRole::TransferTarget, ..agent("102") };
    let asked = [Effect::TransferStarted, Effect::LegRinging { leg: target.clone() }];
    let given_up = Effect::LegCleared { leg: target, cause: EndCause::Cancelled, reason: None };
    let mut entries =
        vec![call.starts(0), call.connected(5_000, "101"), with(&call.calling(20_000, "102"), "t", asked.to_vec())];
    assert!(last(rostelecom::settings(), "s1", &entries).transferring);
    entries.push(with(&call.calling(25_000, "102"), "f", vec![given_up]));
    let call_now = last(rostelecom::settings(), "s1", &entries);
    assert_eq!((call_now.transferring, call_now.state), (false, CallState::Talking));
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
        alias: None,
        caller: None,
    };
    let cleared = Effect::LegCleared { leg, cause: EndCause::Rejected, reason: Some("blacklist".into()) };
    let entries = [call.starts(0), with(&call.end(10, false), "r", vec![cleared]), call.end(20, false)];
    assert_eq!(last(rostelecom::settings(), "s1", &entries).result, Some(CallResult::Rejected));
}

#[test]
fn the_words_of_the_leg_with_which_a_call_went_are_those_of_its_end() {
    let call = Session::incoming("s1");
    let reason = |entries: &[Entry]| last(rostelecom::settings(), "s1", entries).end_reason;
    let ring = [call.starts(0), call.calling(200, "101"), call.calling(200, "102")];
    let given_up = call.disconnected(20_000, "102", EndCause::Cancelled);
    let end = call.end(20_100, false);
    assert_eq!(
        reason(&[&ring[..2], &[call.disconnected(20_000, "101", EndCause::Busy), end.clone()]].concat()).as_deref(),
        Some("Отбой")
    );
    let refused = call.disconnected(5_000, "101", EndCause::Rejected);
    assert_eq!(reason(&[&ring[..], &[refused.clone(), end.clone()]].concat()), None, "the call went on without it");
    assert_eq!(reason(&[&ring[..], &[refused, given_up, end]].concat()).as_deref(), Some("Отбой"));
    let lost = [
        call.connected(5_000, "102"),
        call.disconnected(6_000, "102", EndCause::Normal),
        call.disconnected(6_050, "101", EndCause::Cancelled),
        call.end(6_100, false),
    ];
    assert_eq!(reason(&[&ring[..], &lost[..]].concat()), None, "a loser's words are not the call's");
}
