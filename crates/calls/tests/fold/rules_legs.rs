//! The table of leg transitions, group calls and transfers.

use calls::{Effect, EndCause, Leg, LegState, LogEvent, VendorEvent};

use crate::{
    mango::{self, Channel},
    office::{AgentLegs, Office},
    rostelecom::{self, Session, agent},
};

/// The messages by which a leg gets into a state, and which are then tried on it.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Message {
    Offered,
    Queued,
    Ringing,
    Answered,
    Held,
    Retrieved,
    Cleared,
}

const MESSAGES: [Message; 7] = {
    use Message::{Answered, Cleared, Held, Offered, Queued, Retrieved, Ringing};
    [Offered, Queued, Ringing, Answered, Held, Retrieved, Cleared]
};

impl Message {
    fn effect(self) -> Effect {
        let leg = agent("101");
        match self {
            Self::Offered => Effect::LegOffered { leg },
            Self::Queued => Effect::LegQueued { leg, menu: false },
            Self::Ringing => Effect::LegRinging { leg },
            Self::Answered => Effect::LegAnswered { leg },
            Self::Held => Effect::LegHeld { leg },
            Self::Retrieved => Effect::LegRetrieved { leg },
            Self::Cleared => Effect::LegCleared { leg, cause: EndCause::Busy, reason: Some("486".into()) },
        }
    }
}

/// The leg after these messages, which arrive in order, and whether the call counts as joined late. The beginning was
/// heard; the messages are numbered.
fn after(messages: &[Message]) -> (Leg, bool) {
    let mut office = Office::new(rostelecom::settings());
    let LogEvent::Vendor(new) = Session::incoming("s1").starts(0).event else { unreachable!() };
    office.tell(0, new.clone());
    for (place, message) in messages.iter().enumerate() {
        let number = i64::try_from(place).unwrap() + 1;
        let event = VendorEvent {
            dedupe_key: format!("{number}"),
            leg_seq: Some(number),
            effects: vec![message.effect()],
            ..new.clone()
        };
        office.tell(number * 100, event);
    }
    let call = office.call("s1");
    (call.legs.iter().find(|leg| leg.key == "pin:101").expect("the leg").clone(), call.partial)
}

#[test]
fn the_table_of_transitions_holds_cell_by_cell() {
    use LegState::{Alerting, Cleared, Connected, Failed, Held, Initiated, Queued};
    use Message as M;
    let rows: [(&[Message], [LegState; 7]); 8] = [
        (&[], [Initiated, Queued, Alerting, Connected, Held, Connected, Failed]),
        (&[M::Offered], [Initiated, Queued, Alerting, Connected, Held, Connected, Failed]),
        (&[M::Queued], [Queued, Queued, Alerting, Connected, Held, Connected, Failed]),
        (&[M::Ringing], [Alerting, Alerting, Alerting, Connected, Held, Connected, Failed]),
        (&[M::Answered], [Connected, Connected, Connected, Connected, Held, Connected, Cleared]),
        (&[M::Answered, M::Held], [Held, Held, Held, Held, Held, Connected, Cleared]),
        (&[M::Ringing, M::Cleared], [Failed, Failed, Failed, Cleared, Failed, Failed, Failed]),
        (&[M::Answered, M::Cleared], [Cleared; 7]),
    ];
    for (before, expected) in rows {
        for (message, expected) in MESSAGES.into_iter().zip(expected) {
            let (leg, _) = after(&[before, &[message]].concat());
            assert_eq!(leg.state, expected, "{before:?} then {message:?}");
        }
    }
}

#[test]
fn a_hold_without_an_answer_shows_that_the_answer_was_missed() {
    assert!(after(&[Message::Ringing, Message::Held]).1);
    assert!(after(&[Message::Ringing, Message::Retrieved]).1);
    assert!(!after(&[Message::Ringing, Message::Answered, Message::Held]).1);
}

#[test]
fn an_end_fills_in_its_reason_and_a_late_answer_its_time() {
    let (leg, _) = after(&[Message::Ringing, Message::Cleared]);
    assert_eq!((leg.end_cause, leg.end_reason.as_deref()), (EndCause::Busy, Some("486")));
    let (leg, _) = after(&[Message::Ringing, Message::Cleared, Message::Answered]);
    assert!(leg.answered_at.is_some());
}

#[test]
fn mango_answers_again_to_take_a_leg_off_hold_and_others_do_not() {
    let own = Channel::incoming("e1", "101");
    let talk = [own.appeared(1, 0), own.connected(2, 5_000), own.on_hold(3, 9_000), own.connected(4, 9_500)];
    let state = |settings| Office::live(settings, &talk).call("e1").legs[0].state;
    assert_eq!(state(mango::settings()), LegState::Connected);
    assert_eq!(state(rostelecom::settings()), LegState::Held);
}

#[test]
fn the_first_answer_takes_the_call_from_the_group_at_once() {
    let call = Session::incoming("s1");
    let ring = [call.starts(0), call.calling(200, "101"), call.calling(200, "102"), call.connected(5_000, "102")];
    let office = Office::live(rostelecom::settings(), &ring);
    let loser = &office.call("s1").legs.iter().find(|leg| leg.key == "pin:101").unwrap();
    assert_eq!((loser.state, loser.end_cause), (LegState::Failed, EndCause::AnsweredElsewhere));
}

#[test]
fn a_phone_that_rings_after_the_answer_is_a_transfer_target_and_no_loser() {
    let call = Session::incoming("s1");
    let talk = [call.starts(0), call.connected(5_000, "101"), call.calling(30_000, "102")];
    let office = Office::live(rostelecom::settings(), &talk);
    let target = &office.call("s1").legs.iter().find(|leg| leg.key == "pin:102").unwrap();
    assert_eq!(target.state, LegState::Alerting);
}

#[test]
fn two_that_answer_at_once_are_both_kept() {
    let call = Session::incoming("s1");
    let ring = [call.starts(0), call.calling(200, "101"), call.calling(200, "102")];
    let answers = [call.connected(5_000, "102"), call.connected(5_300, "101")];
    let office = Office::live(rostelecom::settings(), &[&ring[..], &answers[..]].concat());
    let talking = office.call("s1").agent_legs().filter(|leg| leg.state == LegState::Connected).count();
    assert_eq!(talking, 2);
}

#[test]
fn a_loser_that_gets_the_call_by_transfer_rings_in_a_new_turn() {
    let call = Session::incoming("s1");
    let ring = [call.starts(0), call.calling(200, "101"), call.calling(200, "102"), call.connected(5_000, "102")];
    let transfer = [call.calling(30_000, "101")];
    let office = Office::live(rostelecom::settings(), &[&ring[..], &transfer[..]].concat());
    let states: Vec<(&str, LegState)> =
        office.call("s1").agent_legs().map(|leg| (leg.key.as_str(), leg.state)).collect();
    let turns = [("pin:101", LegState::Failed), ("pin:102", LegState::Connected), ("pin:101#2", LegState::Alerting)];
    assert_eq!(states, turns);
}

#[test]
fn a_loss_that_is_told_late_corrects_a_missed_call_silently() {
    let own = Channel::incoming("e1", "101");
    let missed = [own.appeared(1, 0), own.disconnected(2, 9_000, EndCause::Normal)];
    let mut office = Office::live(mango::settings(), &missed).settle();
    assert_eq!(office.call("e1").result, Some(calls::CallResult::Missed));
    let flagged = own.disconnected(3, 9_000, EndCause::AnsweredElsewhere);
    office.tell(flagged.ms + 60_000, flagged.event);
    assert_eq!(office.call("e1").result, Some(calls::CallResult::AnsweredElsewhere));
}

#[test]
fn a_loser_is_one_whatever_reason_his_phone_was_given() {
    let call = Session::incoming("s1");
    let ring = [call.starts(0), call.calling(200, "101"), call.calling(200, "102"), call.calling(200, "103")];
    let rest = [
        call.disconnected(2_000, "103", EndCause::NoAnswer),
        call.connected(5_000, "102"),
        call.disconnected(5_100, "101", EndCause::Cancelled),
    ];
    let office = Office::live(rostelecom::settings(), &[&ring[..], &rest[..]].concat());
    let leg = |key: &str| office.call("s1").legs.iter().find(|leg| leg.key == key).unwrap();
    let lost = leg("pin:101");
    assert_eq!((lost.state, lost.end_cause), (LegState::Failed, EndCause::AnsweredElsewhere));
    assert_eq!(lost.end_reason.as_deref(), Some("Отбой"), "the PBX's words are kept");
    assert_eq!(leg("pin:103").end_cause, EndCause::NoAnswer, "it had given up before");
}

/// However soon: the second turn of the phone is told by what ended the first.
#[test]
fn who_gets_back_what_he_passed_on_has_two_talks() {
    let call = Session::incoming("s1");
    let entries = [
        call.starts(0),
        call.connected(5_000, "101"),
        call.disconnected(30_000, "101", EndCause::Transferred),
        call.calling(30_100, "102"),
        call.disconnected(30_300, "102", EndCause::NoAnswer),
        call.calling(30_400, "101"),
        call.connected(30_700, "101"),
        call.disconnected(60_000, "101", EndCause::Normal),
        call.end(60_100, false),
    ];
    let office = Office::live(rostelecom::settings(), &entries).settle();
    let talks: Vec<_> = office
        .call("s1")
        .agent_legs()
        .filter(|leg| leg.extension.as_deref() == Some("101"))
        .map(|leg| (leg.end_cause, leg.answered_at.is_some()))
        .collect();
    assert_eq!(talks, [(EndCause::Transferred, true), (EndCause::Normal, true)]);
}
