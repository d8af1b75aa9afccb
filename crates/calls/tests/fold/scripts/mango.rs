//! What MANGO tells, and what comes of it.

use calls::{Decision, Direction, EndCause, Timer};

use super::{NORMAL, Script};
use crate::{
    mango::{self, Channel},
    office::{Entry, accepted, at, call_id, originate},
    rostelecom::CUSTOMER,
};

const DAY: i64 = 86_400_000;

fn mc(name: &'static str, entries: Vec<Entry>, calls: &'static [&'static str]) -> Script {
    Script { name, settings: mango::settings(), entries, calls }
}

fn gap(ms: i64) -> Entry {
    Entry::new(ms, Decision::GapOpened { session: None, from: at(ms), cause: "the socket was lost".into() })
}

fn gap_closed(ms: i64) -> Entry {
    Entry::new(ms, Decision::GapClosed { session: None, to: at(ms), hole_until: None })
}

pub(super) fn scripts() -> Vec<Script> {
    let own = Channel::incoming("e1", "101");
    let second = Channel::incoming("e1", "102");
    let third = Channel::incoming("e1", "103");
    let kept = Channel::incoming("e2", "101");
    let placed = Channel::outgoing("e1", "101");
    let callback = Channel::callback("e1", "101");
    let dialled = Channel::dialled("e1", "101");
    let elsewhere = EndCause::AnsweredElsewhere;
    vec![
        mc(
            "answered, held and taken back",
            vec![
                own.appeared(1, 0),
                own.connected(2, 5_000),
                own.on_hold(3, 20_000),
                own.connected(4, 20_500),
                own.disconnected(5, 60_000, NORMAL),
                own.recorded(400_000, "https://r.example/1"),
            ],
            &[
                "incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | recording ready https://r.example/1",
            ],
        ),
        mc(
            "talk too short to be recorded",
            vec![own.appeared(1, 0), own.connected(2, 5_000), own.disconnected(3, 9_000, NORMAL)],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | recording notRecorded"],
        ),
        mc(
            "missed",
            vec![own.appeared(1, 0), own.disconnected(2, 20_000, EndCause::NoAnswer)],
            &["incoming ended missed +79161234567 > +74951234567 “1111” | agent 101 failed noAnswer “1111”"],
        ),
        mc(
            "taken by a colleague whose channel is not ours",
            vec![own.appeared(1, 0), own.disconnected(2, 6_000, elsewhere)],
            &["incoming ended answeredElsewhere +79161234567 > +74951234567 | agent 101 failed answeredElsewhere"],
        ),
        mc(
            "group of three",
            vec![
                own.appeared(1, 0),
                second.appeared(1, 10),
                third.appeared(1, 20),
                second.connected(2, 6_000),
                own.disconnected(2, 6_010, elsewhere),
                third.disconnected(2, 6_020, elsewhere),
                second.disconnected(3, 60_000, NORMAL),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 failed answeredElsewhere | \
               agent 102 cleared | agent 103 failed answeredElsewhere"],
        ),
        mc(
            "menu, then an agent",
            vec![own.menu(0), own.appeared(1, 9_000), own.connected(2, 12_000), own.disconnected(3, 60_000, NORMAL)],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | customer cleared"],
        ),
        mc(
            "menu, then a phone that nobody answers",
            vec![own.menu(0), own.appeared(1, 9_000), own.disconnected(2, 20_000, EndCause::NoAnswer)],
            &["incoming ended missed +79161234567 > +74951234567 “1111” | agent 101 failed noAnswer “1111” | \
               customer failed"],
        ),
        mc(
            "a phone after the grace",
            vec![
                own.appeared(1, 0),
                own.disconnected(2, 9_000, EndCause::NoAnswer),
                Entry::new(12_200, Decision::TimerFired { timer: Timer::Grace { call: call_id("e1") } }),
                second.appeared(1, 13_000),
                second.connected(2, 15_000),
                second.disconnected(3, 60_000, NORMAL),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 failed noAnswer “1111” | \
               agent 102 cleared"],
        ),
        mc(
            "click-to-call, answered",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-200, accepted(1, None)),
                callback.appeared(1, 0),
                callback.connected(2, 9_000),
                callback.disconnected(3, 9_500, NORMAL),
                dialled.appeared(1, 10_000),
                dialled.connected(2, 20_000),
                dialled.disconnected(3, 40_000, NORMAL),
            ],
            &["outgoing ended answered +79161234567 (ours) (redirected) | agent 101 cleared | agent 101 cleared | \
               customer cleared"],
        ),
        mc(
            "click-to-call, nobody answers",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-200, accepted(1, None)),
                callback.appeared(1, 0),
                callback.disconnected(2, 30_000, EndCause::NoAnswer),
            ],
            &[
                "outgoing ended noAnswer +79161234567 (ours) (redirected) “1111” | agent 101 failed noAnswer “1111” | customer failed",
            ],
        ),
        mc(
            "placed from the phone, busy",
            vec![placed.appeared(1, 0), placed.disconnected(2, 5_000, EndCause::Busy)],
            &["outgoing ended busy +79161234567 | agent 101 failed busy"],
        ),
        mc(
            "reconnect in the middle of a call",
            vec![
                own.appeared(1, 0),
                own.connected(2, 5_000),
                gap(10_000),
                own.replayed().on_hold(3, 15_000),
                own.replayed().connected(4, 25_000),
                gap_closed(30_000),
                own.disconnected(5, 60_000, NORMAL),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared"],
        ),
        mc(
            "replay after a day",
            vec![
                gap(-86_400_000),
                own.replayed().appeared(1, -80_000_000),
                own.replayed().disconnected(2, -79_980_000, EndCause::NoAnswer),
                gap_closed(0),
            ],
            &["incoming ended missed +79161234567 > +74951234567 (late) “1111” | agent 101 failed noAnswer “1111”"],
        ),
        mc(
            "away over fourteen days",
            vec![
                own.appeared(1, -20 * DAY),
                gap(1_000 - 20 * DAY),
                kept.replayed().appeared(1, -80_000_000),
                kept.replayed().disconnected(2, -79_980_000, EndCause::NoAnswer),
                Entry::new(0, Decision::GapClosed { session: None, to: at(0), hole_until: Some(at(-14 * DAY)) }),
            ],
            &[
                "incoming ended missed +79161234567 > +74951234567 (late) “1111” | agent 101 failed noAnswer “1111”",
                "incoming ended unknown +79161234567 > +74951234567 | agent 101 failed",
            ],
        ),
        mc(
            "hidden number",
            vec![
                Channel { customer: None, ..own }.appeared(1, 0),
                Channel { customer: None, ..own }.disconnected(2, 20_000, EndCause::NoAnswer),
            ],
            &["incoming ended missed hidden > +74951234567 “1111” | agent 101 failed noAnswer “1111”"],
        ),
        mc(
            "internal, seen by the one who is called",
            vec![
                Channel { customer: Some("102"), direction: Direction::Internal, ..own }.appeared(1, 0),
                Channel { customer: Some("102"), direction: Direction::Internal, ..own }.connected(2, 4_000),
                Channel { customer: Some("102"), direction: Direction::Internal, ..own }
                    .disconnected(3, 30_000, NORMAL),
            ],
            &["internal ended answered 102 | agent 101 cleared"],
        ),
    ]
}
