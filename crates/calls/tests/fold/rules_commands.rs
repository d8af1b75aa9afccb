//! Commands of ours, the calls they start, and stitching.

use calls::{CallResult, CallState, Change, CommandAnswer, CommandState, Direction, LegState, LogEvent, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{Entry, Office, accepted, call_id, command_id, originate, pending_id},
    rostelecom::{self, CUSTOMER, Session},
};

fn asked(to: &str) -> Office {
    let mut office = Office::new(mango::settings());
    office.tell(0, originate(1, "101", to));
    office
}

fn unknown(number: u128) -> LogEvent {
    LogEvent::Answer(CommandAnswer::Unknown { command: command_id(number) })
}

fn tell(office: &mut Office, entry: Entry) -> Vec<Change> {
    office.wait_until(entry.ms);
    office.tell(entry.ms, entry.event)
}

#[test]
fn asking_makes_a_pending_call_at_once() {
    let office = asked("8 (916) 123-45-67");
    let call = &office.calls[&pending_id(1)];
    assert_eq!((call.direction, call.state), (Direction::Outgoing, CallState::Dialling));
    assert_eq!(call.customer.number.as_deref(), Some(CUSTOMER));
    assert_eq!(call.command, Some(command_id(1)));
    assert_eq!((call.vendor_call.as_deref(), call.late, call.partial), (None, false, false));
    let legs: Vec<_> = call.legs.iter().map(|leg| (leg.extension.as_deref(), leg.state)).collect();
    assert_eq!(legs, [(Some("101"), LegState::Initiated)]);
    assert_eq!(office.commands[&command_id(1)], CommandState::Sent);
}

#[test]
fn a_command_acts_once() {
    let mut office = asked(CUSTOMER);
    assert_eq!(office.tell(10, originate(1, "101", "+79001234567")), []);
}

#[test]
fn the_answers_call_id_redirects_for_good() {
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    let changes = office.tell(200, accepted(1, Some("s1")));
    assert_eq!(changes[0], Change::Redirect { from: pending_id(1), to: call_id("s1") });
    assert_eq!(office.call("s1").redirected_from, Some(pending_id(1)));
    assert_eq!(office.commands[&command_id(1)], CommandState::Accepted);
    assert!(office.book.holds(&pending_id(1)));
    assert_eq!(office.book.call(&pending_id(1)).map(|call| &call.id), Some(&call_id("s1")));
    tell(&mut office, Session::outgoing("s1", "101").starts(1_000));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);
    assert_eq!(office.calls.len(), 1);
}

#[test]
fn events_before_the_answer_are_the_same_call() {
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    tell(&mut office, Session::outgoing("s1", "101").starts(100));
    assert_eq!(office.call("s1").command, None, "the answer will say whose it is");
    let changes = office.tell(300, accepted(1, Some("s1")));
    assert!(changes.contains(&Change::Redirect { from: pending_id(1), to: call_id("s1") }));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);
    assert_eq!(office.calls.len(), 1);
}

#[test]
fn two_commands_to_one_number_get_the_calls_that_their_answers_name() {
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    office.tell(50, originate(2, "101", CUSTOMER));
    tell(&mut office, Session::outgoing("s1", "101").starts(100));
    tell(&mut office, Session::outgoing("s2", "101").starts(200));
    office.tell(400, accepted(2, Some("s2")));
    office.tell(500, accepted(1, Some("s1")));
    let commands = ["s1", "s2"].map(|session| office.call(session).command);
    assert_eq!(commands, [Some(command_id(1)), Some(command_id(2))]);
}

#[test]
fn a_call_that_no_answer_names_is_found_by_its_numbers_once_no_answer_can() {
    let lost = |office: &mut Office, ms, number| office.tell(ms, unknown(number));
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    tell(&mut office, Session::outgoing("s1", "101").starts(100));
    lost(&mut office, 5_000, 1);
    assert_eq!(office.call("s1").command, Some(command_id(1)));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);

    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    office.tell(50, originate(2, "101", CUSTOMER));
    lost(&mut office, 90, 1);
    tell(&mut office, Session::outgoing("s1", "101").starts(100));
    assert_eq!(office.call("s1").command, None, "the second answer may name it");
    office.tell(400, accepted(2, Some("s2")));
    assert_eq!(office.call("s1").command, Some(command_id(1)));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);

    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    office.tell(200, accepted(1, None));
    tell(&mut office, Session::outgoing("s1", "101").starts(300));
    assert_eq!(office.call("s1").command, Some(command_id(1)), "an answer without a name");

    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    tell(&mut office, Session::outgoing("s1", "101").starts(100));
    office.wait_until(60_000);
    assert_eq!(office.call("s1").command, Some(command_id(1)), "no answer at all");
    assert_eq!((office.calls.len(), office.commands[&command_id(1)]), (1, CommandState::Confirmed));
}

#[test]
fn an_answer_with_doubt_is_accepted_and_waits_for_its_events() {
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    let doubt = Some("-20".to_owned());
    let answer =
        CommandAnswer::Accepted { command: command_id(1), vendor_call: Some("s1".into()), doubt: doubt.clone() };
    let changes = office.tell(200, answer);
    let (id, call, state) = (command_id(1), call_id("s1"), CommandState::Accepted);
    assert_eq!(changes.last(), Some(&Change::Command { id, call, state, detail: doubt }));
    assert_eq!(office.call("s1").state, CallState::Dialling);
}

#[test]
fn without_an_effect_it_is_not_confirmed_until_an_event_shows_one() {
    let mut office = asked(CUSTOMER);
    office.tell(200, accepted(1, None));
    office.wait_until(15_199);
    assert_eq!(office.commands[&command_id(1)], CommandState::Accepted);
    office.wait_until(15_200);
    assert_eq!(office.commands[&command_id(1)], CommandState::Unknown);
    assert_eq!(office.calls[&pending_id(1)].state, CallState::Dialling);
    tell(&mut office, Channel::callback("e1", "101").appeared(1, 30_000));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);
}

#[test]
fn a_refusal_ends_the_call_with_its_reason() {
    let mut office = asked(CUSTOMER);
    let reason = "3300".to_owned();
    office.tell(200, CommandAnswer::Rejected { command: command_id(1), reason: reason.clone() });
    let call = &office.calls[&pending_id(1)];
    assert_eq!((call.state, call.result), (CallState::Ended, Some(CallResult::Failed)));
    assert_eq!((call.end_reason.as_ref(), call.legs[0].state), (Some(&reason), LegState::Failed));
    assert_eq!(office.commands[&command_id(1)], CommandState::Rejected);
    tell(&mut office, Channel::callback("e1", "101").appeared(1, 1_000));
    assert_eq!(office.call("e1").command, None, "what was refused is not stitched");
}

#[test]
fn a_lost_answer_ends_as_unknown_unless_an_event_shows_the_call() {
    let mut office = asked(CUSTOMER);
    office.tell(200, unknown(1));
    assert_eq!(office.commands[&command_id(1)], CommandState::Unknown);
    office.wait_until(60_200);
    let call = &office.calls[&pending_id(1)];
    assert_eq!((call.state, call.result), (CallState::Ended, Some(CallResult::Unknown)));

    let mut office = asked(CUSTOMER);
    office.tell(200, unknown(1));
    tell(&mut office, Channel::callback("e1", "101").appeared(1, 5_000));
    assert_eq!(office.redirects[&pending_id(1)], call_id("e1"));
    assert_eq!(office.commands[&command_id(1)], CommandState::Confirmed);
}

#[test]
fn after_a_minute_a_call_with_the_number_is_another_call() {
    let mut office = asked(CUSTOMER);
    office.tell(200, accepted(1, None));
    tell(&mut office, Channel::callback("e1", "101").appeared(1, 61_000));
    assert_eq!((office.call("e1").command, office.call("e1").direction), (None, Direction::Outgoing));
    assert_eq!(office.calls[&pending_id(1)].result, Some(CallResult::Unknown));
}

#[test]
fn only_the_own_line_and_the_same_number_are_stitched() {
    for (channel, ours) in [
        (Channel::callback("e1", "101"), true),
        (Channel::outgoing("e1", "101"), true),
        (Channel::callback("e1", "102"), false),
        (Channel { customer: Some("+79001234567"), ..Channel::callback("e1", "101") }, false),
        (Channel { customer: None, ..Channel::callback("e1", "101") }, false),
    ] {
        let mut office = asked("89161234567");
        tell(&mut office, channel.appeared(1, 1_000));
        assert_eq!(office.call("e1").command.is_some(), ours, "{channel:?}");
    }
}

#[test]
fn a_call_that_was_there_before_is_not_what_we_asked_for() {
    let own = Channel::callback("e1", "101");
    let mut office = Office::new(mango::settings());
    tell(&mut office, own.appeared(1, 0));
    office.tell(5_000, originate(1, "101", CUSTOMER));
    tell(&mut office, own.connected(2, 6_000));
    assert_eq!(office.call("e1").command, None);
}

#[test]
fn where_calls_from_outside_look_like_it_the_customers_own_call_is_not_ours() {
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, originate(1, "101", CUSTOMER));
    let incoming = Session::incoming("s1");
    tell(&mut office, incoming.starts(1_000));
    tell(&mut office, incoming.calling(1_200, "101"));
    assert_eq!(office.call("s1").command, None);
}

#[test]
fn the_newest_is_stitched_first_and_each_once() {
    let mut office = asked(CUSTOMER);
    office.tell(2_000, originate(2, "101", CUSTOMER));
    for (entry, ms) in [("e1", 3_000), ("e2", 4_000), ("e3", 5_000)] {
        tell(&mut office, Channel::callback(entry, "101").appeared(1, ms));
    }
    let commands = ["e1", "e2", "e3"].map(|entry| office.call(entry).command);
    assert_eq!(commands, [Some(command_id(2)), Some(command_id(1)), None]);
}

#[test]
fn the_vendors_copy_of_our_commands_id_stitches_whatever_the_number() {
    let mut office = asked("+79001234567");
    let LogEvent::Vendor(event) = Channel::callback("e1", "102").appeared(1, 1_000).event else { unreachable!() };
    let named = VendorEvent { vendor_command: Some(command_id(1).to_string()), ..event };
    office.tell(1_100, named);
    assert_eq!(office.redirects[&pending_id(1)], call_id("e1"));
}

#[test]
fn a_hidden_target_is_never_matched() {
    let mut office = asked("anonymous");
    tell(&mut office, Channel { customer: Some("anonymous"), ..Channel::callback("e1", "101") }.appeared(1, 1_000));
    assert_eq!(office.call("e1").command, None);
}

#[test]
fn a_colleague_is_an_internal_call() {
    let office = asked("345");
    assert_eq!(office.calls[&pending_id(1)].direction, Direction::Internal);
}
