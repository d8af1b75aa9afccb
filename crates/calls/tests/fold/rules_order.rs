//! Idempotence, order, late creation, replay, recordings, numbers.

use calls::{
    CallResult, CallState, Decision, Effect, EndCause, LegState, LogEvent, RecordingState, Source, VendorEvent,
    VendorTime,
};

use jiff::SignedDuration;

use crate::{
    mango::{self, Channel},
    office::{AgentLegs, Entry, Office, at, call_id},
    rostelecom::{self, CUSTOMER, LINE, Session},
};

fn vendor(entry: &Entry) -> VendorEvent {
    let LogEvent::Vendor(event) = entry.event.clone() else { unreachable!() };
    event
}

#[test]
fn the_same_key_twice_changes_nothing_whatever_it_says() {
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.starts(0)]);
    let other = VendorEvent { dedupe_key: vendor(&call.starts(0)).dedupe_key, ..vendor(&call.end(10, false)) };
    assert_eq!(office.tell(5_000, other), []);
}

#[test]
fn an_event_below_the_newest_number_only_fills_what_is_empty() {
    let own = Channel::incoming("e1", "101");
    let mut office = Office::live(mango::settings(), &[own.on_hold(3, 9_000)]);
    assert!(office.call("e1").partial);
    assert_eq!(office.call("e1").line.number.as_deref(), Some(LINE));
    office.tell(9_500, own.connected(2, 5_000).event);
    office.tell(9_600, own.appeared(1, 0).event);
    let call = office.call("e1");
    assert_eq!((call.legs[0].state, call.partial), (LegState::Held, false));
    assert_eq!(call.legs[0].answered_at, Some(at(5_000)));
    assert_eq!(call.started_at, at(0));
}

#[test]
fn a_late_beginning_fills_in_and_takes_nothing_back() {
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.connected(5_000, "101")]);
    assert!(office.call("s1").partial);
    assert_eq!(office.call("s1").state, CallState::Talking);
    office.tell(6_000, call.starts(0).event);
    let joined = office.call("s1");
    assert_eq!((joined.partial, joined.state), (false, CallState::Talking));
    assert_eq!(joined.line.number.as_deref(), Some(LINE));
}

#[test]
fn an_end_alone_is_an_unknown_call_and_no_missed_one() {
    let office = Office::live(rostelecom::settings(), &[Session::incoming("s1").end(0, false)]);
    assert_eq!((office.call("s1").result, office.call("s1").partial), (Some(CallResult::Unknown), true));
}

#[test]
fn an_old_event_is_late_and_an_old_message_of_a_fresh_call_is_not() {
    let call = Session::incoming("s1");
    let mut office = Office::new(rostelecom::settings());
    office.tell(400_000, call.starts(0).event);
    assert!(office.call("s1").late);

    let mut office = Office::live(rostelecom::settings(), &[call.starts(0)]);
    office.tell(400_000, call.end(60_000, false).event);
    assert!(!office.call("s1").late);
}

/// The same moment, taken out of a text that was read as Moscow time.
fn read_as_moscow(entry: &Entry) -> VendorEvent {
    let event = vendor(entry);
    let time = event.time.clone().map(|time| VendorTime { zone: Some("Europe/Moscow".into()), ..time });
    VendorEvent { time, ..event }
}

#[test]
fn a_wrong_zone_silences_no_card_and_an_old_event_does_not_ring() {
    let call = Session::incoming("s1");
    let zone = Decision::ZoneChosen { zone: "UTC".into(), because: "the first live events".into() };
    let hours = 3 * 3_600_000;
    let mut office = Office::new(rostelecom::settings());
    office.tell(hours, read_as_moscow(&call.starts(0)));
    assert!(!office.call("s1").late, "perhaps UTC");
    let mut office = Office::live(rostelecom::settings(), &[Entry::new(0, zone)]);
    office.tell(hours, read_as_moscow(&call.starts(0)));
    assert!(!office.call("s1").late, "the zone that was chosen or given is wrong");
    let other = Session::incoming("s2");
    office.tell(hours + 15 * 60_000, read_as_moscow(&other.starts(0)));
    assert!(office.call("s2").late, "no zone makes it recent");
}

#[test]
fn before_the_zone_is_chosen_a_fresh_call_may_seem_to_lie_ahead_and_an_old_one_is_old() {
    let (fresh, old) = (Session::incoming("s1"), Session::incoming("s2"));
    let hours = 3 * 3_600_000;
    let mut office = Office::new(rostelecom::settings());
    office.tell(80, fresh.starts(hours).event);
    assert!(!office.call("s1").late, "Moscow time read as UTC");
    office.tell(hours + 15 * 60_000, old.starts(0).event);
    assert!(office.call("s2").late, "no zone makes it recent");
}

#[test]
fn a_rebuild_that_knows_the_choice_judges_what_came_before_it_as_then() {
    let call = Session::incoming("s1");
    let hours = 3 * 3_600_000;
    let zone = Decision::ZoneChosen { zone: "UTC".into(), because: "the first live events".into() };
    let began = Entry::new(hours, read_as_moscow(&call.starts(0)));
    let live = Office::still(rostelecom::settings(), &[began, Entry::new(hours, zone)]);
    let mut rebuilt = Office::new(rostelecom::settings());
    rebuilt.book.settle_zone(live.book.zone_chosen().expect("chosen"));
    for entry in &live.log {
        rebuilt.book.apply(entry);
    }
    assert!(!live.call("s1").late);
    assert_eq!(rebuilt.book.call(&call_id("s1")), live.book.call(&call_id("s1")));
}

#[test]
fn a_replayed_call_rings_only_if_it_still_does_when_all_is_replayed() {
    let gap = Decision::GapOpened { session: None, from: at(0), cause: "the socket was lost".into() };
    let closed = Decision::GapClosed { session: None, to: at(20_000), hole_until: None };
    let ringing = Channel::incoming("e1", "101").replayed();
    let over = Channel::incoming("e2", "101").replayed();
    let entries = [
        Entry::new(0, gap),
        ringing.appeared(1, 10_000),
        over.appeared(1, 11_000),
        over.disconnected(2, 15_000, EndCause::NoAnswer),
    ];
    let mut office = Office::live(mango::settings(), &entries);
    assert!(office.call("e1").late);
    office.tell(18_000, closed);
    assert_eq!((office.call("e1").late, office.call("e1").state), (false, CallState::Ringing));
    assert!(office.call("e1").legs.iter().all(|leg| !leg.late), "now it may be shown");
    assert!(office.call("e2").late);
}

#[test]
fn unknown_events_and_additions_create_no_call() {
    let call = Session::incoming("s1");
    let mut office = Office::new(rostelecom::settings());
    assert_eq!(office.tell(0, call.analytics(0).event), []);
    let update = VendorEvent {
        effects: vec![Effect::CallUpdated {
            direction: calls::Direction::Incoming,
            customer: calls::Customer { number: Some(CUSTOMER.into()), name: Some("Реклама".into()) },
            line: calls::Line::default(),
        }],
        ..vendor(&call.analytics(10))
    };
    assert_eq!(office.tell(20, update), []);
    office.tell(500, call.starts(400).event);
    assert_eq!(office.call("s1").customer.name.as_deref(), Some("Реклама"), "kept for the call's beginning");
}

#[test]
fn a_recording_finds_its_call_and_alone_makes_an_old_one() {
    let own = Channel::incoming("e1", "101");
    let talk = [own.appeared(1, 0), own.connected(2, 5_000), own.disconnected(3, 60_000, EndCause::Normal)];
    let mut office = Office::live(mango::settings(), &talk).settle();
    office.tell(400_000, own.recorded(400_000, "https://r.example/1").event);
    office.tell(400_100, own.recorded(400_001, "https://r.example/2").event);
    let states: Vec<RecordingState> = office.call("e1").recordings.iter().map(|recording| recording.state).collect();
    assert_eq!(states, [RecordingState::Ready, RecordingState::Ready]);

    let mut office = Office::new(mango::settings());
    office.tell(0, own.recorded(0, "https://r.example/1").event);
    let call = office.call("e1");
    assert_eq!((call.state, call.result, call.late), (CallState::Ended, Some(CallResult::Unknown), true));
}

#[test]
fn a_recording_is_prepared_until_it_is_there_and_a_refusal_says_so() {
    let own = Channel::incoming("e1", "101");
    let talk = [own.appeared(1, 0), own.connected(2, 5_000), own.disconnected(3, 60_000, EndCause::Normal)];
    let told = |effect: Effect| VendorEvent { effects: vec![effect], ..vendor(&own.recorded(61_000, "")) };
    let mut office = Office::live(mango::settings(), &talk).settle();
    assert_eq!(office.call("e1").recordings, []);
    office.tell(70_000, told(Effect::RecordingStarted));
    assert_eq!(office.call("e1").recordings[0].state, RecordingState::Preparing);
    office.tell(71_000, VendorEvent { dedupe_key: "refused".into(), ..told(Effect::NotRecorded) });
    assert_eq!(office.call("e1").recordings[0].state, RecordingState::NotRecorded);
    office.tell(
        72_000,
        VendorEvent { dedupe_key: "there".into(), ..vendor(&own.recorded(61_000, "https://r.example/1")) },
    );
    assert_eq!(office.call("e1").recordings[0].state, RecordingState::Ready);
}

#[test]
fn times_of_two_clocks_are_never_mixed() {
    let call = Session::incoming("s1");
    let entries = [call.starts(0), call.connected(5_000, "101")];
    let office = Office::live(rostelecom::settings(), &entries);
    assert_eq!(office.call("s1").started_at, at(0), "by the vendor's clock");

    let mut office = Office::live(rostelecom::settings(), &entries);
    office.tell(60_080, VendorEvent { time: None, ..vendor(&call.end(60_000, false)) });
    let ended = office.call("s1");
    let times = (ended.started_at, ended.answered_at, ended.ended_at);
    assert_eq!(times, (at(80), Some(at(5_080)), Some(at(60_080))), "by ours throughout");

    let mut office = Office::live(rostelecom::settings(), &entries);
    let moscow = VendorTime { raw: String::new(), utc: at(60_000), zone: Some("Europe/Moscow".into()) };
    office.tell(60_080, VendorEvent { time: Some(moscow), ..vendor(&call.end(60_000, false)) });
    assert_eq!(office.call("s1").started_at, at(80), "two zones are two clocks");
}

#[test]
fn a_call_in_whose_midst_the_zone_is_chosen_is_ordered_by_our_clock() {
    let moscow_read_as_utc = |entry: Entry| {
        let event = vendor(&entry);
        let time = event.time.clone().map(|time| VendorTime { utc: time.utc + SignedDuration::from_hours(3), ..time });
        Entry::new(entry.ms, VendorEvent { time, ..event })
    };
    let in_moscow = |entry: Entry| Entry::new(entry.ms, read_as_moscow(&entry));
    let call = Session::incoming("s1");
    let entries = [
        moscow_read_as_utc(call.starts(0)),
        moscow_read_as_utc(call.calling(200, "101")),
        moscow_read_as_utc(call.calling(210, "102")),
        Entry::new(300, Decision::ZoneChosen { zone: "Europe/Moscow".into(), because: "three hours ahead".into() }),
        in_moscow(call.connected(5_000, "101")),
    ];
    let mut office = Office::live(rostelecom::settings(), &entries);
    let states: Vec<LegState> = office.call("s1").agent_legs().map(|leg| leg.state).collect();
    assert_eq!(states, [LegState::Connected, LegState::Failed]);
    assert!(!office.call("s1").late);
    for entry in [call.disconnected(60_000, "101", EndCause::Normal), call.end(60_100, false)].map(in_moscow) {
        office.tell(entry.ms, entry.event);
    }
    let ended = office.call("s1");
    assert_eq!((ended.legs.len(), ended.result), (3, Some(CallResult::Answered)));
    assert_eq!((ended.started_at, ended.ended_at), (at(80), Some(at(60_180))));
}

#[test]
fn no_duration_is_negative() {
    let call = Session::incoming("s1");
    let entries = [call.starts(10_000), call.connected(15_000, "101"), call.end(12_000, false)];
    let office = Office::live(rostelecom::settings(), &entries);
    let ended = office.call("s1");
    assert!(ended.started_at <= ended.answered_at.unwrap() && ended.answered_at <= ended.ended_at);
    assert!(ended.legs.iter().all(|leg| leg.ended_at.unwrap() >= leg.answered_at.unwrap_or(leg.started_at)));
}

#[test]
fn hidden_numbers_stay_two_calls_and_nobody() {
    let first = Session { id: "s1", ..Session::hidden("s1") };
    let second = Session { id: "s2", ..Session::hidden("s2") };
    let office = Office::live(rostelecom::settings(), &[first.starts(0), second.starts(10)]);
    assert_eq!(office.calls.len(), 2);
    assert!(office.calls.values().all(|call| call.customer.number.is_none()));
}

#[test]
fn a_poll_counts_as_heard_without_ringing_late() {
    let call = Session::incoming("s1");
    let polled = VendorEvent { source: Source::Poll, ..vendor(&call.starts(0)) };
    let mut office = Office::new(rostelecom::settings());
    office.tell(5_000, polled);
    assert!(!office.call("s1").late);
}
