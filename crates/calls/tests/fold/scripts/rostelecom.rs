//! What Rostelecom tells, and what comes of it.

use calls::{CommandAnswer, Decision, EndCause, LogEvent};

use super::{NORMAL, Script};
use crate::{
    office::{Entry, accepted, call_id, command_id, originate},
    rostelecom::{self, CUSTOMER, Session},
};

fn rt(name: &'static str, entries: Vec<Entry>, calls: &'static [&'static str]) -> Script {
    Script { name, settings: rostelecom::settings(), entries, calls }
}

pub(super) fn scripts() -> Vec<Script> {
    let incoming = Session::incoming("s1");
    let outgoing = Session::outgoing("s1", "101");
    let again = Session::outgoing("s2", "101");
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
                "incoming ended missed +79161234567 > +74951234567 “Отбой” | agent 101 failed cancelled “Отбой” | customer failed",
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
            "attended transfer",
            vec![
                incoming.starts(0),
                incoming.calling(200, "101"),
                incoming.connected(5_000, "101"),
                incoming.calling(30_000, "102"),
                incoming.connected(35_000, "102"),
                incoming.disconnected(50_000, "101", EndCause::Transferred),
                incoming.disconnected(90_000, "102", NORMAL),
                incoming.end(90_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared transferred “Отбой” | \
               agent 102 cleared | customer cleared"],
        ),
        rt(
            "conference",
            vec![
                incoming.starts(0),
                incoming.connected(5_000, "101"),
                incoming.calling(20_000, "102"),
                incoming.connected(25_000, "102"),
                incoming.connected(40_000, "103"),
                incoming.disconnected(60_000, "102", NORMAL),
                incoming.disconnected(70_000, "103", NORMAL),
                incoming.disconnected(90_000, "101", NORMAL),
                incoming.end(90_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | agent 102 cleared | \
               agent 103 cleared | customer cleared"],
        ),
        rt(
            "absent from the list, and its end told after all",
            vec![
                incoming.starts(0),
                incoming.connected(5_000, "101"),
                Entry::new(65_000, Decision::AbsentFromSnapshot { call: call_id("s1") }),
                incoming.disconnected(60_000, "101", NORMAL),
                incoming.end(60_100, false),
            ],
            &["incoming ended answered +79161234567 > +74951234567 | agent 101 cleared | customer cleared"],
        ),
        rt(
            "the zone is chosen in the midst of a call",
            vec![
                incoming.starts(0),
                Entry::new(1_000, Decision::ZoneChosen { zone: "UTC".into(), because: "a live event".into() }),
                incoming.calling(1_200, "101"),
                incoming.disconnected(20_000, "101", EndCause::NoAnswer),
                incoming.end(20_100, false),
            ],
            &["incoming ended missed +79161234567 > +74951234567 “Отбой” | agent 101 failed noAnswer “Отбой” | \
               customer failed"],
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
            &["outgoing ended busy +79161234567 “Отбой” | agent 101 failed busy “Отбой”"],
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
            &["internal ended noAnswer 102 “Отбой” | agent 101 failed | agent 102 failed noAnswer “Отбой”"],
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
            &["outgoing ended cancelled +79161234567 (ours) (redirected) “Отбой” | agent 101 failed cancelled “Отбой”"],
        ),
        rt(
            "click-to-call, the agent does not pick up",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-300, accepted(1, Some("s1"))),
                outgoing.starts(0),
                outgoing.calling(50, "101"),
                outgoing.disconnected(30_000, "101", EndCause::NoAnswer),
                outgoing.end(30_100, false),
            ],
            &["outgoing ended noAnswer +79161234567 (ours) (redirected) “Отбой” | agent 101 failed noAnswer “Отбой”"],
        ),
        rt(
            "click-to-call, the customer is busy",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-300, accepted(1, Some("s1"))),
                outgoing.starts(0),
                outgoing.disconnected(12_000, "101", EndCause::Busy),
                outgoing.end(12_100, false),
            ],
            &["outgoing ended busy +79161234567 (ours) (redirected) “Отбой” | agent 101 failed busy “Отбой”"],
        ),
        rt(
            "two of click-to-call to one number",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-400, originate(2, "101", CUSTOMER)),
                outgoing.starts(0),
                again.starts(10),
                Entry::new(100, accepted(1, Some("s1"))),
                Entry::new(120, accepted(2, Some("s2"))),
                outgoing.connected(9_000, "101"),
                again.disconnected(9_100, "101", EndCause::Busy),
                again.end(9_200, false),
                outgoing.end(50_100, false),
            ],
            &[
                "outgoing ended answered +79161234567 (ours) (redirected) | agent 101 cleared | customer cleared",
                "outgoing ended busy +79161234567 (ours) (redirected) “Отбой” | agent 101 failed busy “Отбой”",
            ],
        ),
        rt(
            "click-to-call whose answer was lost",
            vec![
                Entry::new(-500, originate(1, "101", CUSTOMER)),
                Entry::new(-100, LogEvent::Answer(CommandAnswer::Unknown { command: command_id(1) })),
                outgoing.starts(0),
                outgoing.connected(9_000, "101"),
                outgoing.end(50_100, false),
            ],
            &["outgoing ended answered +79161234567 (ours) (redirected) | agent 101 cleared | customer cleared"],
        ),
    ]
}
