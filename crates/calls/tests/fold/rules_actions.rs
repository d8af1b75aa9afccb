//! Commands that act on a call: the answer alone confirms nothing, an event does.

use calls::{
    Action, CallState, Command, CommandAnswer, CommandKind, CommandState, Decision, Effect, EndCause, LegState,
    LogEvent, Source, Target, VendorEvent, number::Dialable,
};

use crate::{
    mango::{self, Channel},
    office::{Entry, Office, accepted, call_id, command_id},
};

fn of(action: Action) -> LogEvent {
    let kind =
        CommandKind::Act { call: call_id("e1"), leg: "e1/101/Whole".into(), extension: Some("101".into()), action };
    LogEvent::Command(Command { id: command_id(1), author: "Irina".into(), kind })
}

/// A talk of 101, and an action on it that the PBX has taken.
fn taken(action: Action) -> Office {
    let mut office = talk();
    office.tell(3_000, of(action));
    office.tell(3_100, accepted(1, None));
    assert_eq!(state(&office), CommandState::Accepted);
    office
}

fn talk() -> Office {
    let own = Channel::incoming("e1", "101");
    Office::live(mango::settings(), &[own.appeared(1, 0), own.connected(2, 2_000)])
}

fn state(office: &Office) -> CommandState {
    office.commands[&command_id(1)]
}

fn tell(office: &mut Office, entry: Entry) {
    office.wait_until(entry.ms);
    office.tell(entry.ms, entry.event);
}

fn transfer(to: &str, attended: bool) -> Action {
    Action::Transfer { to: Target::Number(Dialable::read(to).expect("a number").number), attended }
}

/// A message of the call without a leg.
fn message(ms: i64, effect: Effect) -> Entry {
    let event = VendorEvent {
        dedupe_key: format!("message {ms} {effect:?}"),
        raw_kind: "message".into(),
        call: Some("e1".into()),
        time: None,
        leg_seq: None,
        source: Source::Push,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![effect],
    };
    Entry::new(ms, event)
}

/// The outcome of a command, told of no call.
fn outcome(ms: i64, accepted: bool, detail: Option<&str>) -> Entry {
    let effect = Effect::CommandResult { accepted, detail: detail.map(str::to_owned) };
    let LogEvent::Vendor(event) = message(ms, effect).event else { unreachable!("a vendor's") };
    let vendor_command = Some(command_id(1).to_string());
    Entry::new(ms, VendorEvent { call: None, vendor_command, ..event })
}

#[test]
fn an_action_opens_no_call_and_changes_none() {
    let mut office = talk();
    let before = office.call("e1").clone();
    office.tell(3_000, of(Action::Hold));
    assert_eq!((office.calls.len(), office.call("e1")), (1, &before));
    assert_eq!(state(&office), CommandState::Sent);
}

#[test]
fn each_action_is_confirmed_by_its_own_effect_and_by_no_other() {
    let own = Channel::incoming("e1", "101");
    let colleague = Channel::incoming("e1", "203");
    let begun = || message(4_000, Effect::RecordingStarted);
    let key = || message(4_000, Effect::Dtmf { digits: "1".into() });
    let held = || own.on_hold(3, 4_000);
    let ended = || own.disconnected(3, 4_000, EndCause::Normal);
    let rings = || colleague.appeared(1, 4_000);
    let cases: [(Action, Entry, Entry); 7] = [
        (Action::Hold, rings(), held()),
        (Action::Hangup, held(), ended()),
        (transfer("203", false), held(), rings()),
        (transfer("203", true), held(), rings()),
        (Action::Conference { with: Target::Number(Dialable::read("203").expect("one").number) }, held(), rings()),
        (Action::Dtmf { digits: "1".into() }, begun(), key()),
        (Action::Record { on: true }, key(), begun()),
    ];
    for (action, other, effect) in cases {
        let mut office = taken(action.clone());
        tell(&mut office, other);
        assert_eq!(state(&office), CommandState::Accepted, "{action:?}");
        tell(&mut office, effect);
        assert_eq!(state(&office), CommandState::Confirmed, "{action:?}");
    }
}

#[test]
fn who_is_retrieved_was_on_hold() {
    let own = Channel::incoming("e1", "101");
    let mut office = talk();
    tell(&mut office, own.on_hold(3, 2_500));
    office.tell(3_000, of(Action::Retrieve));
    office.tell(3_100, accepted(1, None));
    tell(&mut office, own.connected(4, 4_000));
    assert_eq!(state(&office), CommandState::Confirmed);
    assert!(office.call("e1").legs.iter().any(|leg| leg.state == LegState::Connected));
}

#[test]
fn what_shows_no_effect_is_unknown_and_a_late_event_still_confirms_it() {
    let own = Channel::incoming("e1", "101");
    let mut office = taken(Action::Hold);
    office.wait_until(18_200);
    assert_eq!(state(&office), CommandState::Unknown);
    tell(&mut office, own.on_hold(3, 19_000));
    assert_eq!(state(&office), CommandState::Confirmed);
}

#[test]
fn an_event_that_comes_before_the_answer_confirms_and_the_answer_takes_nothing_back() {
    let own = Channel::incoming("e1", "101");
    for late in [
        accepted(1, None),
        LogEvent::Answer(CommandAnswer::Unknown { command: command_id(1) }),
        LogEvent::Answer(CommandAnswer::Rejected { command: command_id(1), reason: "4101".into() }),
    ] {
        let mut office = talk();
        office.tell(3_000, of(Action::Hold));
        tell(&mut office, own.on_hold(3, 3_050));
        office.tell(3_200, late);
        assert_eq!(state(&office), CommandState::Confirmed);
    }
}

#[test]
fn a_refused_action_leaves_the_call_as_it_is() {
    let mut office = talk();
    let before = office.call("e1").clone();
    office.tell(3_000, of(Action::Hold));
    office.tell(3_100, LogEvent::Answer(CommandAnswer::Rejected { command: command_id(1), reason: "4100".into() }));
    assert_eq!(state(&office), CommandState::Rejected);
    assert_eq!(office.call("e1"), &before);
}

#[test]
fn an_outcome_that_is_told_apart_is_an_answer_and_no_more() {
    let lost = || {
        let mut office = talk();
        office.tell(3_000, of(Action::Hold));
        office.tell(3_100, LogEvent::Answer(CommandAnswer::Unknown { command: command_id(1) }));
        office
    };
    let mut office = lost();
    tell(&mut office, outcome(4_000, true, None));
    assert_eq!(state(&office), CommandState::Accepted);
    let mut office = lost();
    tell(&mut office, outcome(4_000, false, Some("4100")));
    assert_eq!(state(&office), CommandState::Rejected);
    // Of a command that is not ours.
    let mut office = talk();
    tell(&mut office, outcome(4_000, false, None));
    assert!(office.commands.is_empty());
}

#[test]
fn a_routing_is_confirmed_or_refused_by_its_own_event() {
    let route = || Action::Route { to: Dialable::read("203").expect("one").number };
    for (told, stands) in [(true, CommandState::Confirmed), (false, CommandState::Rejected)] {
        let mut office = taken(route());
        tell(&mut office, message(4_000, Effect::RouteResult { accepted: told, detail: Some("4100".into()) }));
        assert_eq!(state(&office), stands);
    }
}

#[test]
fn an_end_that_we_conclude_confirms_what_was_to_end_the_call_and_nothing_else() {
    let other = || Action::Transfer { to: Target::Call(call_id("e2")), attended: true };
    let absent = || Decision::AbsentFromSnapshot { call: call_id("e1") };
    for (action, shown) in [
        (Action::Hangup, true),
        (transfer("203", false), true),
        (other(), true),
        (transfer("203", true), false),
        (Action::Hold, false),
    ] {
        let mut office = taken(action.clone());
        office.tell(10_000, absent());
        assert_eq!(office.call("e1").state, CallState::Ended);
        let stands = if shown { CommandState::Confirmed } else { CommandState::Accepted };
        assert_eq!(state(&office), stands, "{action:?}");
    }
    // Whoever talks with the colleague already connects the two, and is out of it.
    for (colleague, shown) in [("203", CommandState::Confirmed), ("204", CommandState::Accepted)] {
        let (asking, asked) = (Channel::incoming("e2", "101"), Channel::incoming("e2", colleague));
        let mut office = talk();
        for entry in [asking.appeared(1, 2_100), asking.connected(2, 2_200), asked.appeared(1, 2_300)] {
            tell(&mut office, entry);
        }
        office.tell(3_000, of(transfer("203", true)));
        office.tell(3_100, accepted(1, None));
        office.tell(10_000, absent());
        assert_eq!(state(&office), shown, "{colleague}");
    }
    // That nothing is heard for hours says nothing of what was asked.
    for action in [Action::Hangup, transfer("203", false)] {
        let mut office = taken(action.clone());
        office.wait_until(5 * 3_600_000);
        assert_eq!((office.call("e1").state, state(&office)), (CallState::Ended, CommandState::Unknown), "{action:?}");
    }
}

#[test]
fn an_answer_is_about_the_call_that_its_command_acts_on() {
    let mut office = talk();
    office.tell(3_000, of(Action::Hold));
    assert_eq!(office.book.subject(&accepted(1, None)), Some(call_id("e1")));
    assert_eq!(of(Action::Hold).subject(&crate::office::connection()), Some(call_id("e1")));
}
