//! Who placed a call: whose phone it began with, and whom it therefore does not ring.

use calls::{Call, Customer, Direction, Effect, LegRef, LegRole, Line, Source, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{AgentLegs, Entry, Office, accepted, originate},
    rostelecom::{self, Session},
};

fn placed_by(call: &Call) -> Option<&str> {
    call.placed_by.as_deref()
}

#[test]
fn a_call_from_outside_was_placed_by_nobody_of_the_office() {
    let call = Session::incoming("s1");
    let office = Office::live(rostelecom::settings(), &[call.starts(0), call.calling(200, "101")]);
    assert_eq!(placed_by(office.call("s1")), None);
}

#[test]
fn a_call_by_hand_was_placed_by_the_phone_that_it_began_with() {
    let call = Session::outgoing("s1", "101");
    let entries = [call.starts(0), call.connected(5_000, "101"), call.calling(20_000, "102")];
    let office = Office::live(rostelecom::settings(), &entries);
    assert_eq!(placed_by(office.call("s1")), Some("101"));
    let call = Session::internal("s2", "103", "101");
    let office = Office::live(rostelecom::settings(), &[call.starts(0), call.calling(10, "101")]);
    assert_eq!(placed_by(office.call("s2")), Some("103"));
}

#[test]
fn a_click_is_placed_by_whom_it_was_asked_for() {
    let order = Entry::new(0, originate(1, "101", "+79161234567"));
    let shown_as_incoming = Channel::callback("e1", "101");
    let entries = [order, Entry::new(100, accepted(1, None)), shown_as_incoming.appeared(1, 1_000)];
    let office = Office::live(mango::settings(), &entries);
    assert_eq!(placed_by(office.call("e1")), Some("101"));
}

/// The PBX tells of both as of one leg.
#[test]
fn of_two_colleagues_the_called_one_did_not_place_it() {
    let leg = LegRef {
        key: "c1".into(),
        role: LegRole::Agent,
        extension: Some("202".into()),
        number: None,
        name: None,
        alias: None,
        caller: Some("201".into()),
    };
    let event = VendorEvent {
        dedupe_key: "c1".into(),
        raw_kind: "CONNECTED".into(),
        call: Some("e1".into()),
        time: None,
        leg_seq: Some(1),
        source: Source::Push,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![
            Effect::CallUpdated {
                direction: Direction::Internal,
                customer: Customer { number: Some("202".into()), name: None },
                line: Line::default(),
            },
            Effect::LegAnswered { leg },
        ],
    };
    let office = Office::live(mango::settings(), &[Entry::new(0, event)]);
    assert_eq!(placed_by(office.call("e1")), Some("201"));
    assert_eq!(office.call("e1").agent_legs().count(), 2);
}
