//! Scripts of both makes and what they end in.

use calls::{BookSettings, CommandAnswer, Decision, Direction, EndCause, Told};

use crate::{
    mango::{self, Channel},
    office::{Entry, accepted, at, command_id, originate},
    rostelecom::{self, CUSTOMER, Session},
};

/// A golden script.
pub(crate) struct Script {
    pub(crate) name: &'static str,
    pub(crate) settings: BookSettings,
    pub(crate) entries: Vec<Entry>,
    /// The calls, once everything that is waited for has come.
    pub(crate) calls: &'static [&'static str],
}

pub(crate) fn all() -> Vec<Script> {
    rostelecom_scripts().into_iter().chain(mango_scripts()).collect()
}

fn rt(name: &'static str, entries: Vec<Entry>, calls: &'static [&'static str]) -> Script {
    Script { name, settings: rostelecom::settings(), entries, calls }
}

fn mc(name: &'static str, entries: Vec<Entry>, calls: &'static [&'static str]) -> Script {
    Script { name, settings: mango::settings(), entries, calls }
}

fn gap(ms: i64) -> Entry {
    Entry::new(ms, Decision::GapOpened { from: at(ms), cause: "the socket was lost".into() })
}

fn gap_closed(ms: i64) -> Entry {
    Entry::new(ms, Decision::GapClosed { to: at(ms), hole_until: None })
}

const NORMAL: EndCause = EndCause::Normal;

fn rostelecom_scripts() -> Vec<Script> {
    let incoming = Session::incoming("s1");
    let outgoing = Session::outgoing("s1", "101");
    let internal = Session::internal("s1", "101", "102");
    vec![
        rt(
            "answered",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.connected(5_000, "101"),
                incoming.disconnected(65_000, "101", NORMAL),
                incoming.end(65_100, true),
                incoming.analytics(90_000),
            ],
            &[
                "incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | customer cleared | recording ready s1",
            ],
        ),
        rt(
            "answered, as the guide of 2018 tells it",
            vec![
                incoming.starts(0),
                incoming.connected(5_000, "101"),
                incoming.disconnected(65_000, "101", NORMAL),
                incoming.end(64_900, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | customer cleared"],
        ),
        rt(
            "missed",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.disconnected(20_000, "101", EndCause::Cancelled),
                incoming.end(20_100, false),
            ],
            &[
                "incoming ended missed +79161234567 > +74951234567 | agent 101 failed cancelled “Отбой” | customer failed",
            ],
        ),
        rt(
            "hidden number, hung up before anybody rang",
            vec![Session::hidden("s1").starts(0), Session::hidden("s1").end(3_000, false)],
            &["incoming ended missed hidden > +74951234567 | customer failed"],
        ),
        rt(
            "group of three",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.calling(210, "102"),
                incoming.calling(220, "103"),
                incoming.connected(4_000, "102"),
                incoming.disconnected(60_000, "102", NORMAL),
                incoming.end(60_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 failed answeredElsewhere | \
               agent 102 cleared | agent 103 failed answeredElsewhere | customer cleared"],
        ),
        rt(
            "queue that rings one phone twice",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.disconnected(15_000, "101", EndCause::NoAnswer),
                incoming.calling(20_000, "101"),
                incoming.connected(24_000, "101"),
                incoming.disconnected(60_000, "101", NORMAL),
                incoming.end(60_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 #2 cleared | \
               agent 101 failed noAnswer “Отбой” | customer cleared"],
        ),
        rt(
            "blind transfer",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.connected(5_000, "101"),
                incoming.calling(30_000, "102"),
                incoming.disconnected(30_500, "101", EndCause::Transferred),
                incoming.connected(40_000, "102"),
                incoming.disconnected(90_000, "102", NORMAL),
                incoming.end(90_100, true),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared transferred “Отбой” | \
               agent 102 cleared | customer cleared | recording ready s1"],
        ),
        rt(
            "transfer that comes back",
            vec![
                incoming.starts(0),
                incoming.connected(5_000, "101"),
                incoming.disconnected(30_500, "101", EndCause::Transferred),
                incoming.calling(31_000, "102"),
                incoming.disconnected(50_000, "102", EndCause::NoAnswer),
                incoming.connected(52_000, "101"),
                incoming.disconnected(90_000, "101", NORMAL),
                incoming.end(90_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 #2 cleared | \
               agent 101 cleared transferred “Отбой” | agent 102 failed noAnswer “Отбой” | customer cleared"],
        ),
        rt(
            "outgoing, busy",
            vec![outgoing.starts(0), outgoing.disconnected(4_000, "101", EndCause::Busy), outgoing.end(4_100, false)],
            &["outgoing ended busy +79161234567 | agent 101 failed busy “Отбой”"],
        ),
        rt(
            "outgoing, answered",
            vec![
                outgoing.starts(0),
                outgoing.connected(8_000, "101"),
                outgoing.disconnected(50_000, "101", NORMAL),
                outgoing.end(50_100, false),
            ],
            &["outgoing ended answered +79161234567 | agent 101 cleared | customer cleared"],
        ),
        rt(
            "internal, answered",
            vec![
                internal.starts(0),
                internal.calling(100, "102"),
                internal.connected(4_000, "102"),
                internal.disconnected(20_000, "102", NORMAL),
                internal.end(20_100, false),
            ],
            &["internal ended answered 102 | agent 101 cleared | agent 102 cleared"],
        ),
        rt(
            "internal, not answered",
            vec![
                internal.starts(0),
                internal.calling(100, "102"),
                internal.disconnected(20_000, "102", EndCause::NoAnswer),
                internal.end(20_100, false),
            ],
            &["internal ended noAnswer 102 | agent 101 failed | agent 102 failed noAnswer “Отбой”"],
        ),
        rt(
            "click-to-call, answered",
            vec![
                Entry::new(-500, originate(1, "101", "8 916 123-45-67")),
                Entry::new(-300, accepted(1, Some("s1"))),
                outgoing.starts(0),
                outgoing.calling(50, "101"),
                outgoing.connected(9_000, "101"),
                outgoing.disconnected(50_000, "101", NORMAL),
                outgoing.end(50_100, false),
            ],
            &["outgoing ended answered +79161234567 (ours) (redirected) | agent 101 cleared | customer cleared"],
        ),
        rt(
            "click-to-call, the agent hangs up during the prompt",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                outgoing.starts(0),
                Entry::new(300, accepted(1, Some("s1"))),
                outgoing.calling(350, "101"),
                outgoing.disconnected(5_000, "101", EndCause::Cancelled),
                outgoing.end(5_100, false),
            ],
            &["outgoing ended cancelled +79161234567 (ours) (redirected) | agent 101 failed cancelled “Отбой”"],
        ),
        rt(
            "click-to-call whose answer was lost",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-100, Told::Answer(CommandAnswer::Unknown { command: command_id(1) })),
                outgoing.starts(0),
                outgoing.connected(9_000, "101"),
                outgoing.end(50_100, false),
            ],
            &["outgoing ended answered +79161234567 (ours) (redirected) | agent 101 cleared | customer cleared"],
        ),
    ]
}

fn mango_scripts() -> Vec<Script> {
    let own = Channel::incoming("e1", "101");
    let second = Channel::incoming("e1", "102");
    let third = Channel::incoming("e1", "103");
    let placed = Channel::outgoing("e1", "101");
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
            &["incoming ended missed +79161234567 > +74951234567 | agent 101 failed noAnswer “1111”"],
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
            "click-to-call, answered",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-200, accepted(1, None)),
                own.appeared(1, 0),
                own.connected(2, 9_000),
                own.disconnected(3, 40_000, NORMAL),
            ],
            &["outgoing ended answered +79161234567 > +74951234567 (ours) (redirected) | agent 101 cleared"],
        ),
        mc(
            "click-to-call, nobody answers",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-200, accepted(1, None)),
                own.appeared(1, 0),
                own.disconnected(2, 30_000, EndCause::NoAnswer),
            ],
            &[
                "outgoing ended noAnswer +79161234567 > +74951234567 (ours) (redirected) | agent 101 failed noAnswer “1111”",
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
            &["incoming ended missed +79161234567 > +74951234567 (late) | agent 101 failed noAnswer “1111”"],
        ),
        mc(
            "hidden number",
            vec![
                Channel { customer: None, ..own }.appeared(1, 0),
                Channel { customer: None, ..own }.disconnected(2, 20_000, EndCause::NoAnswer),
            ],
            &["incoming ended missed hidden > +74951234567 | agent 101 failed noAnswer “1111”"],
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
