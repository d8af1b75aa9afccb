//! Trial mode: a call belongs to administrators alone where its first entry was posted meanwhile, and for good.

use calls::{LogEvent, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{Entry, Office, accepted, originate},
    rostelecom::{self, Session},
};

/// The same, posted in trial mode.
fn in_trial(entry: Entry) -> Entry {
    let LogEvent::Vendor(event) = entry.event else { panic!("a vendor's event") };
    Entry::new(entry.ms, VendorEvent { trial: true, ..event })
}

#[test]
fn the_first_entry_decides_whatever_comes_after_it() {
    let settings = rostelecom::settings;
    let call = Session::incoming("s1");
    let mut office = Office::live(settings(), &[in_trial(call.starts(0)), call.calling(200, "101")]);
    assert!(office.call("s1").trial && office.rebuilt().call("s1").trial);
    let end = call.end(60_000, false);
    office.tell(end.ms, end.event);
    assert!(office.call("s1").trial, "trial mode had ended by then");

    let office = Office::live(settings(), &[call.starts(0), in_trial(call.calling(200, "101"))]);
    assert!(!office.call("s1").trial && !office.rebuilt().call("s1").trial, "it had begun before trial mode");
}

#[test]
fn a_call_that_a_person_placed_is_his() {
    let order = Entry::new(0, originate(1, "101", "+79161234567"));
    let events = Channel::callback("e1", "101");
    let entries = [order, Entry::new(100, accepted(1, None)), in_trial(events.appeared(1, 1_000))];
    let office = Office::live(mango::settings(), &entries);
    assert!(!office.call("e1").trial && !office.rebuilt().call("e1").trial);
}
