//! Ends and what is only concluded: grace, silence, absences, gaps, tombstones.

use calls::{CallResult, CallState, Decision, Effect, EndCause, LogEvent, Source, Timer, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{Entry, Office, at, call_id},
    rostelecom::{self, Session},
};

const HOUR: i64 = 3_600_000;

fn vendor(entry: &Entry) -> VendorEvent {
    let LogEvent::Vendor(event) = entry.event.clone() else { unreachable!() };
    event
}

fn fired(timer: Timer) -> Decision {
    Decision::TimerFired { timer }
}

#[test]
fn without_an_end_the_grace_ends_a_call_whose_legs_are_gone() {
    let own = Channel::incoming("e1", "101");
    let mut office =
        Office::live(mango::settings(), &[own.appeared(1, 0), own.disconnected(2, 9_000, EndCause::NoAnswer)]);
    assert_ne!(office.call("e1").state, CallState::Ended);
    assert_eq!(office.book.next_deadline(), Some((at(12_060), Timer::Grace { call: call_id("e1") })));
    office.wait_until(12_060);
    let call = office.call("e1");
    assert_eq!((call.state, call.result), (CallState::Ended, Some(CallResult::Missed)));
    assert_eq!(call.ended_at, Some(at(9_000)), "when its last leg went, not when we concluded it");
}

#[test]
fn a_concluded_end_gives_way_to_a_phone_that_rings_after_all() {
    let (first, second) = (Channel::incoming("e1", "101"), Channel::incoming("e1", "102"));
    let talk = [first.appeared(1, 0), first.connected(2, 5_000), first.disconnected(3, 30_000, EndCause::Normal)];
    let mut office = Office::live(mango::settings(), &talk).settle();
    assert_eq!(office.call("e1").state, CallState::Ended);
    office.tell(40_100, second.appeared(1, 40_000).event);
    assert_eq!((office.call("e1").state, office.call("e1").result), (CallState::Ringing, None));
}

#[test]
fn an_end_closes_what_is_open_and_nothing_opens_it_again() {
    let call = Session::incoming("s1");
    let entries = [call.starts(0), call.calling(200, "101"), call.end(9_000, false), call.calling(9_500, "102")];
    let office = Office::live(rostelecom::settings(), &entries);
    assert_eq!(office.call("s1").state, CallState::Ended);
    assert!(office.call("s1").legs.iter().all(|leg| leg.state.is_terminal()));
}

#[test]
fn one_users_end_is_not_the_end_for_a_colleague_who_talks() {
    let (first, second) = (Channel::incoming("e1", "101"), Channel::incoming("e1", "102"));
    let mut gone = vendor(&first.disconnected(2, 6_000, EndCause::Normal));
    gone.effects.push(Effect::CallEnded { result: Some(CallResult::Missed), reason: None });
    let mut office = Office::live(mango::settings(), &[first.appeared(1, 0), second.appeared(1, 0)]);
    office.tell(5_000, second.connected(2, 5_000).event);
    office.tell(6_000, gone);
    assert_eq!(office.call("e1").state, CallState::Talking);
    office.tell(30_000, second.disconnected(3, 30_000, EndCause::Normal).event);
    assert_eq!((office.call("e1").state, office.call("e1").result), (CallState::Ended, Some(CallResult::Answered)));
}

#[test]
fn hours_of_silence_end_a_call_as_unknown_and_its_end_corrects_that() {
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.starts(0), call.connected(5_000, "101")]);
    office.wait_until(4 * HOUR);
    assert_eq!(office.call("s1").state, CallState::Talking, "the last event came later");
    office.wait_until(4 * HOUR + 10_000);
    assert_eq!((office.call("s1").state, office.call("s1").result), (CallState::Ended, Some(CallResult::Unknown)));
    office.tell(4 * HOUR + 20_000, call.end(60_000, false).event);
    let corrected = office.call("s1");
    assert_eq!((corrected.result, corrected.ended_at), (Some(CallResult::Answered), Some(at(60_000))));
}

#[test]
fn a_replay_after_hours_of_silence_tells_how_the_call_went() {
    let own = Channel::incoming("e1", "101");
    let mut office = Office::live(mango::settings(), &[own.appeared(1, 0), own.connected(2, 5_000)]);
    office.wait_until(5 * HOUR);
    assert_eq!((office.call("e1").state, office.call("e1").result), (CallState::Ended, Some(CallResult::Unknown)));
    let kept = own.replayed();
    office.tell(5 * HOUR, kept.on_hold(3, 50_000).event);
    assert_eq!(office.call("e1").result, Some(CallResult::Unknown), "that is no end");
    office.tell(5 * HOUR + 100, kept.disconnected(4, 60_000, EndCause::Normal).event);
    let corrected = office.call("e1");
    assert_eq!((corrected.result, corrected.ended_at), (Some(CallResult::Answered), Some(at(60_000))));

    let mut office = Office::live(mango::settings(), &[own.appeared(1, 0)]);
    office.wait_until(5 * HOUR);
    office.tell(5 * HOUR, kept.disconnected(2, 20_000, EndCause::NoAnswer).event);
    assert_eq!(office.call("e1").result, Some(CallResult::Missed));
}

#[test]
fn a_customer_who_waits_again_keeps_the_call_open() {
    let own = Channel::incoming("e1", "101");
    let rung = [own.menu(0), own.appeared(1, 9_000), own.disconnected(2, 20_000, EndCause::NoAnswer)];
    let mut office = Office::live(mango::settings(), &rung);
    office.wait_until(23_060);
    assert_eq!(office.call("e1").result, Some(CallResult::Missed), "nobody tells that the menu was left");
    office.tell(25_060, own.queue(25_000).event);
    office.wait_until(60_000);
    assert_eq!(office.call("e1").state, CallState::Queued);
}

#[test]
fn a_timer_whose_condition_is_gone_changes_nothing() {
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.starts(0)]);
    let id = call_id("s1");
    for timer in [
        Timer::Grace { call: id.clone() },
        Timer::Silent { call: id.clone() },
        Timer::Tombstone { call: id.clone() },
        Timer::Unstitched { command: crate::office::command_id(1) },
        Timer::NotConfirmed { command: crate::office::command_id(1) },
    ] {
        assert_eq!(office.tell(1_000, fired(timer)), []);
    }
    assert!(office.book.holds(&id));
}

#[test]
fn one_absence_ends_a_pushed_call_and_a_polled_one_needs_two() {
    let absent = || Decision::AbsentFromSnapshot { call: call_id("s1") };
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.starts(0), call.connected(5_000, "101")]);
    office.tell(60_000, absent());
    assert_eq!(office.call("s1").result, Some(CallResult::Answered));

    let polled = |entry: &Entry| VendorEvent { source: Source::Poll, ..vendor(entry) };
    let mut office = Office::new(rostelecom::settings());
    office.tell(0, polled(&call.starts(0)));
    office.tell(60_000, absent());
    assert_eq!(office.call("s1").state, CallState::Ringing);
    office.tell(70_000, polled(&call.calling(69_000, "101")));
    office.tell(120_000, absent());
    assert_eq!(office.call("s1").state, CallState::Ringing, "it was seen in between");
    office.tell(180_000, absent());
    assert_eq!((office.call("s1").state, office.call("s1").result), (CallState::Ended, Some(CallResult::Unknown)));
    office.tell(240_000, polled(&call.end(150_000, false)));
    assert_eq!(office.call("s1").result, Some(CallResult::Missed), "the finished row corrects it");
}

#[test]
fn a_gap_makes_no_missed_call() {
    let call = Session::incoming("s1");
    let gap = Decision::GapOpened { session: None, from: at(1_000), cause: "the office was away".into() };
    let hole = Decision::GapClosed { session: None, to: at(60_000), hole_until: Some(at(60_000)) };
    let entries = [call.starts(0), Entry::new(1_000, gap), Entry::new(60_000, hole), call.end(61_000, false)];
    let office = Office::live(rostelecom::settings(), &entries);
    assert_eq!(office.call("s1").result, Some(CallResult::Unknown));
}

#[test]
fn a_gap_that_a_replay_has_filled_is_none() {
    let own = Channel::incoming("e1", "101");
    let gap = Decision::GapOpened { session: None, from: at(1_000), cause: "the socket was lost".into() };
    let entries =
        [own.appeared(1, 0), Entry::new(1_000, gap), own.replayed().disconnected(2, 9_000, EndCause::NoAnswer)];
    let mut office = Office::live(mango::settings(), &entries);
    assert_eq!(office.book.floor(), Some(1));
    office.wait_until(13_000);
    assert_eq!(office.call("e1").result, Some(CallResult::Unknown));
    office.tell(20_000, Decision::GapClosed { session: None, to: at(20_000), hole_until: None });
    assert_eq!(office.call("e1").result, Some(CallResult::Missed));
}

#[test]
fn what_begins_in_a_gap_and_is_replayed_is_not_missed_before_all_is_replayed() {
    let (first, second) = (Channel::incoming("e1", "101").replayed(), Channel::incoming("e1", "102").replayed());
    let gap = Decision::GapOpened { session: None, from: at(0), cause: "the socket was lost".into() };
    let closed = Decision::GapClosed { session: None, to: at(60_000), hole_until: None };
    let entries = [
        Entry::new(0, gap),
        Entry::new(30_000, first.appeared(1, 1_000).event),
        Entry::new(30_100, first.disconnected(2, 9_000, EndCause::NoAnswer).event),
    ];
    let mut office = Office::live(mango::settings(), &entries);
    office.wait_until(40_000);
    assert_eq!(office.call("e1").result, Some(CallResult::Unknown), "the drain takes longer than the grace");
    let mut answered = Office::live(mango::settings(), &entries);
    answered.wait_until(40_000);
    for entry in
        [second.appeared(1, 9_500), second.connected(2, 12_000), second.disconnected(3, 40_000, EndCause::Normal)]
    {
        answered.tell(50_000, entry.event);
    }
    office.tell(60_000, closed.clone());
    answered.tell(60_000, closed);
    assert_eq!(office.call("e1").result, Some(CallResult::Missed));
    assert_eq!(answered.settle().call("e1").result, Some(CallResult::Answered));
}

#[test]
fn the_gap_of_one_session_makes_no_doubt_of_what_another_tells_live() {
    let own = Channel::incoming("e1", "101");
    let gap = Decision::GapOpened { session: None, from: at(0), cause: "another session was lost".into() };
    let rung = [own.appeared(1, 1_000), own.disconnected(2, 9_000, EndCause::NoAnswer)];
    let mut office = Office::live(mango::settings(), &[&[Entry::new(0, gap.clone())], &rung[..]].concat());
    office.wait_until(13_000);
    assert_eq!(office.call("e1").result, Some(CallResult::Missed));

    let call = Session::incoming("s1");
    let shared = [Entry::new(0, gap), call.starts(1_000), call.end(9_000, false)];
    let office = Office::live(rostelecom::settings(), &shared);
    assert_eq!(office.call("s1").result, Some(CallResult::Unknown), "all its events come one way");
}

fn gap_of(session: &str, ms: i64) -> Entry {
    let cause = "session".into();
    Entry::new(ms, Decision::GapOpened { session: Some(session.into()), from: at(ms), cause })
}

fn gap_closed_of(session: &str, ms: i64) -> Entry {
    Entry::new(ms, Decision::GapClosed { session: Some(session.into()), to: at(ms), hole_until: None })
}

#[test]
fn a_session_that_fails_for_good_makes_no_doubt_of_other_peoples_calls() {
    let (own, other) = (Channel::incoming("e1", "101"), Channel::incoming("e2", "103"));
    let rung = [own.appeared(1, 1_000), other.appeared(1, 1_000), gap_of("103", 2_000)];
    let mut office = Office::live(mango::settings(), &rung);
    for channel in [own, other] {
        office.tell(9_100, channel.disconnected(2, 9_000, EndCause::NoAnswer).event);
    }
    office.wait_until(13_000);
    assert_eq!(office.call("e1").result, Some(CallResult::Missed));
    assert_eq!(office.call("e2").result, Some(CallResult::Unknown));

    // A later outage of 101 is filled while 103 is still away.
    let missed = Channel::incoming("e3", "101").replayed();
    for entry in [
        gap_of("101", 20_000),
        Entry::new(30_000, missed.menu(21_000).event),
        Entry::new(30_000, missed.appeared(1, 22_000).event),
        Entry::new(30_000, missed.disconnected(2, 25_000, EndCause::NoAnswer).event),
        gap_closed_of("101", 31_000),
    ] {
        office.tell(entry.ms, entry.event);
    }
    office.wait_until(40_000);
    assert_eq!(office.call("e3").result, Some(CallResult::Missed));
    office.wait_until(HOUR);
    assert_eq!(office.book.floor(), None, "what is missing holds nothing at a restart");
    assert_eq!(office.book.open_gaps().collect::<Vec<_>>(), [(Some("103"), 3)]);
}

#[test]
fn the_numbers_of_a_leg_show_that_a_hole_took_nothing() {
    let own = Channel::incoming("e1", "101");
    let hole = Decision::GapClosed { session: Some("101".into()), to: at(6_000), hole_until: Some(at(6_000)) };
    let entries = [own.appeared(1, 0), gap_of("101", 5_000), Entry::new(6_000, hole)];
    for (next, result) in [(2, CallResult::Missed), (3, CallResult::Unknown)] {
        let mut office = Office::live(mango::settings(), &entries);
        office.tell(20_000, own.disconnected(next, 20_000, EndCause::NoAnswer).event);
        office.wait_until(30_000);
        assert_eq!(office.call("e1").result, Some(result), "the next message is number {next}");
    }
}

#[test]
fn a_gap_below_the_floor_is_opened_again_at_a_restart() {
    let own = Channel::incoming("e1", "101");
    let mut live = Office::live(mango::settings(), &[gap_of("101", 0)]);
    let gaps: Vec<_> = live.book.open_gaps().map(|(session, at)| (session.map(str::to_owned), at)).collect();
    let mut rebuilt = Office::new(mango::settings());
    for (session, opened_at) in gaps {
        rebuilt.book.reopen_gap(session, opened_at);
    }
    rebuilt.log.clone_from(&live.log);
    let replayed = own.replayed();
    for office in [&mut live, &mut rebuilt] {
        for event in [replayed.appeared(1, 1_000), replayed.disconnected(2, 9_000, EndCause::NoAnswer)] {
            office.tell(30_000, event.event);
        }
        office.wait_until(40_000);
    }
    assert_eq!(live.call("e1").result, Some(CallResult::Unknown));
    assert_eq!(rebuilt.call("e1"), live.call("e1"));
}

#[test]
fn a_doubt_that_a_hole_left_outlives_a_restart() {
    let call = Session::incoming("s1");
    let entries = [
        Entry::new(0, Decision::GapOpened { session: None, from: at(0), cause: "the office was away".into() }),
        call.starts(1_000),
        Entry::new(2_000, Decision::GapClosed { session: None, to: at(2_000), hole_until: Some(at(2_000)) }),
    ];
    let live = Office::live(rostelecom::settings(), &entries);
    let floor = live.book.floor().unwrap();
    let mut rebuilt = Office::new(rostelecom::settings());
    for stored in live.log.iter().filter(|stored| stored.seq >= floor) {
        rebuilt.book.apply(stored);
    }
    rebuilt.tell(9_000, call.end(9_000, false).event);
    assert_eq!(rebuilt.call("s1").result, Some(CallResult::Unknown));
    assert_eq!(floor, 1, "the gap is part of what is held");
}

#[test]
fn a_call_that_was_brought_back_and_opens_again_is_held_at_a_restart() {
    let (first, second) = (Channel::incoming("e1", "101"), Channel::incoming("e1", "102"));
    let talk = [first.appeared(1, 0), first.connected(2, 5_000), first.disconnected(3, 30_000, EndCause::Normal)];
    let mut office = Office::live(mango::settings(), &talk);
    office.wait_until(HOUR);
    assert_eq!((office.book.holds(&call_id("e1")), office.book.floor()), (false, None));
    office.tell(HOUR + 60, second.appeared(1, HOUR).event);
    assert_eq!(office.call("e1").state, CallState::Ringing);
    assert_eq!(office.book.floor(), Some(office.log.len() as u64));
    office.tell(HOUR + 9_060, second.disconnected(2, HOUR + 9_000, EndCause::NoAnswer).event);
    office.wait_until(2 * HOUR);
    assert_eq!(office.book.floor(), None);
}

#[test]
fn an_ended_call_is_held_for_fifteen_minutes() {
    let call = Session::incoming("s1");
    let mut office = Office::live(rostelecom::settings(), &[call.starts(0), call.end(9_000, false)]);
    let minutes = 15 * 60_000;
    office.wait_until(minutes + 9_000);
    assert!(office.book.holds(&call_id("s1")));
    assert_eq!(office.book.floor(), Some(1));
    office.wait_until(minutes + 10_000);
    assert!(!office.book.holds(&call_id("s1")));
    assert_eq!((office.book.floor(), office.book.next_deadline()), (None, None));
}

#[test]
fn a_straggler_does_not_undo_what_is_known() {
    let call = Session::incoming("s1");
    let entries = [call.starts(0), call.connected(5_000, "101"), call.end(60_000, false)];
    let mut office = Office::live(rostelecom::settings(), &entries);
    office.wait_until(2 * HOUR);
    let before = office.call("s1").clone();
    office.tell(2 * HOUR, call.disconnected(59_900, "101", EndCause::Busy).event);
    let after = office.call("s1");
    assert_eq!((after.result, after.late, after.partial), (before.result, false, false));
    let leg = after.legs.iter().find(|leg| leg.key == "pin:101").unwrap();
    assert_eq!(leg.end_reason.as_deref(), Some("Отбой"));
    assert_eq!(office.book.floor(), None, "what was restored does not hold the log");
}

#[test]
fn a_list_lacks_open_calls_that_are_older_than_it() {
    let (first, second) = (Session::incoming("s1"), Session::incoming("s2"));
    let entries = [first.starts(0), first.connected(5_000, "101"), second.starts(9_000)];
    let office = Office::live(rostelecom::settings(), &entries);
    let lacks = |listed: &[&str], asked| {
        let listed = listed.iter().map(|id| (*id).to_owned()).collect();
        office.book.absent_from(&listed, at(asked))
    };
    assert_eq!(lacks(&[], 20_000).len(), 2);
    assert_eq!(lacks(&["s2", "unheard of"], 20_000), [call_id("s1")]);
    assert_eq!(lacks(&["s1", "s2"], 20_000), []);
    assert_eq!(lacks(&[], 8_000), [call_id("s1")], "the other began after the list was asked for");
    assert_eq!(lacks(&[], 4_000), [], "both were heard of since");
}
