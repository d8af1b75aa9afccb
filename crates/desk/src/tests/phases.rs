//! What a card says, as a table: each phase by what brings it about.

use calls::{CallResult, CallState, CommandState, Direction, LegState};
use link::wire::{Call, CardRule};

use crate::{
    cards::{
        Arrival, Ordered,
        phase::{answerer, phase},
        rule,
    },
    contract::CardPhase,
    testing::{Shape, at, call, command, me},
};

const ORDERED: Ordered = Ordered { state: CommandState::Sent, taken: false, while_talking: false, others_first: false };
const SENT: Option<Ordered> = Some(ORDERED);

fn placed() -> Call {
    call("1").placed(command(1))
}

fn placed_by_colleague() -> Call {
    placed().with(|call| call.placed_by = Some("103".into()))
}

#[track_caller]
fn says(call: &Call, ordered: Option<Ordered>, expected: Option<CardPhase>) {
    assert_eq!(phase(call, &me(), ordered), expected);
}

#[test]
fn calls_that_come_in() {
    let ringing = call("1").ringing_here();
    says(&ringing, None, Some(CardPhase::Ringing));
    says(&call("1").with(|call| call.rings_for_me = true), None, Some(CardPhase::Ringing));
    says(&call("1").leg("103", LegState::Alerting), None, None);
    let mine = call("1").leg("102", LegState::Connected);
    says(&mine, None, Some(CardPhase::Talking));
    says(&mine.clone().state(CallState::Talking), None, Some(CardPhase::Talking));
    says(&mine.clone().state(CallState::Conference), None, Some(CardPhase::Talking));
    says(&mine.clone().state(CallState::OnHold), None, Some(CardPhase::OnHold));
    says(&call("1").leg("102", LegState::Held).state(CallState::Talking), None, Some(CardPhase::OnHold));
    // A colleague holds his call and asks me about it.
    let asked = call("1").leg("103", LegState::Held).leg("102", LegState::Connected).state(CallState::OnHold);
    let asked = asked.with(|call| call.legs[1].asked_by = Some("103".into()));
    says(&asked, None, Some(CardPhase::Talking));
    let elsewhere = call("1").leg("103", LegState::Connected).state(CallState::Talking);
    says(&elsewhere, None, Some(CardPhase::AnsweredBy));
    // A colleague talks, and his transfer rings here.
    says(&elsewhere.clone().with(|call| call.rings_for_me = true), None, Some(CardPhase::Ringing));
    // I talked, and transferred the call.
    says(&elsewhere.leg("102", LegState::Cleared), None, Some(CardPhase::Ended));
}

#[test]
fn ends_of_calls_that_came_in() {
    let rang = call("1").ringing_here();
    let talked = call("1").leg("102", LegState::Connected);
    let elsewhere = call("1").leg("102", LegState::Failed).leg("103", LegState::Connected);
    for (call, result, expected) in [
        (&talked, CallResult::Answered, CardPhase::Ended),
        (&talked, CallResult::Transferred, CardPhase::Ended),
        (&elsewhere, CallResult::Answered, CardPhase::AnsweredBy),
        (&elsewhere, CallResult::AnsweredElsewhere, CardPhase::AnsweredBy),
        (&rang, CallResult::AnsweredElsewhere, CardPhase::AnsweredBy),
        (&rang, CallResult::Missed, CardPhase::Missed),
        (&rang, CallResult::Voicemail, CardPhase::Missed),
        (&rang, CallResult::Busy, CardPhase::Missed),
        (&rang, CallResult::NoAnswer, CardPhase::Missed),
        (&rang, CallResult::Cancelled, CardPhase::Missed),
        (&rang, CallResult::Rejected, CardPhase::Ended),
        (&rang, CallResult::Fax, CardPhase::Ended),
        (&rang, CallResult::Unknown, CardPhase::Ended),
    ] {
        says(&call.clone().ended(result), None, Some(expected));
    }
}

#[test]
fn calls_that_we_place() {
    says(&placed(), SENT, Some(CardPhase::PickUpYourPhone));
    // Even where the make shows the own phone's ringing as an incoming call, and the office says that it rings.
    let own_rings = placed().ringing_here().state(CallState::Ringing);
    says(&own_rings, SENT, Some(CardPhase::PickUpYourPhone));
    // Ordered by another program: outgoing, without a command of ours.
    says(&own_rings.with(|call| call.command = None), None, Some(CardPhase::PickUpYourPhone));
    says(&placed().leg("102", LegState::Connected), SENT, Some(CardPhase::Calling));
    says(&placed().leg("102", LegState::Connected).state(CallState::Talking), SENT, Some(CardPhase::Talking));
    says(&placed().leg("102", LegState::Held).state(CallState::OnHold), SENT, Some(CardPhase::OnHold));
    // I talked, and passed it on.
    says(&placed().leg("102", LegState::Cleared).state(CallState::Talking), SENT, Some(CardPhase::Ended));
    let lost = Some(Ordered { state: CommandState::Unknown, ..ORDERED });
    says(&placed(), lost, Some(CardPhase::UnknownOutcome));
    let not_confirmed = Some(Ordered { state: CommandState::Unknown, taken: true, ..ORDERED });
    says(&placed(), not_confirmed, Some(CardPhase::PickUpYourPhone));
    let refused = Some(Ordered { state: CommandState::Rejected, ..ORDERED });
    says(&placed(), refused, Some(CardPhase::Failed));
}

#[test]
fn ends_of_calls_that_we_placed() {
    for (result, expected) in [
        (CallResult::Answered, CardPhase::Ended),
        (CallResult::Voicemail, CardPhase::Ended),
        (CallResult::Busy, CardPhase::Busy),
        (CallResult::NoAnswer, CardPhase::NoAnswer),
        (CallResult::Cancelled, CardPhase::Cancelled),
        (CallResult::Rejected, CardPhase::Failed),
        (CallResult::Failed, CardPhase::Failed),
        (CallResult::Unknown, CardPhase::UnknownOutcome),
    ] {
        says(&placed().ended(result), SENT, Some(expected));
    }
    let talked = placed().with(|call| call.answered_at = Some(at(5))).ended(CallResult::Unknown);
    says(&talked, SENT, Some(CardPhase::Ended));
    let refused = Some(Ordered { state: CommandState::Rejected, ..ORDERED });
    says(&placed().ended(CallResult::Unknown), refused, Some(CardPhase::Failed));
}

#[test]
fn a_colleagues_outgoing_call_that_is_transferred_to_me_rings() {
    let transferred = placed_by_colleague()
        .leg("103", LegState::Connected)
        .ringing_here()
        .state(CallState::Talking)
        .with(|call| call.rings_for_me = true);
    says(&transferred, None, Some(CardPhase::Ringing));
}

#[test]
fn who_answered_is_never_the_caller_of_an_internal_call() {
    let internal =
        placed_by_colleague().with(|call| call.direction = Direction::Internal).leg("103", LegState::Connected);
    let internal = internal.ringing_here();
    assert_eq!(answerer(&internal, &me()), None);
    let picked_up = internal.leg("102", LegState::Failed).leg("104", LegState::Connected);
    assert_eq!(answerer(&picked_up, &me()).and_then(|leg| leg.extension.as_deref()), Some("104"));
}

#[test]
fn what_pops() {
    let ringing = call("1").ringing_here();
    let old = ringing.clone().with(|call| {
        call.started_at = at(-121);
        call.legs[0].started_at = Some(at(-121));
    });
    let (rings_others, after) = (CardRule::RingsOthers, CardRule::AnsweredFirst);
    for (what, call, live, catching_up) in [
        ("rings here", ringing.clone(), CardRule::Shown, CardRule::Shown),
        ("has rung here for long", old, CardRule::Shown, CardRule::RangTooLong),
        ("rings at a colleague", call("1").leg("103", LegState::Alerting), rings_others, rings_others),
        ("late", ringing.clone().with(|call| call.late = true), CardRule::Late, CardRule::Late),
        ("in the menu", ringing.clone().with(|call| call.in_menu = true), CardRule::InMenu, CardRule::InMenu),
        ("ended", ringing.ended(CallResult::Missed), CardRule::Over, CardRule::Over),
        ("talks already", call("1").leg("102", LegState::Connected).state(CallState::Talking), after, after),
        ("placed from here", placed().leg("102", LegState::Initiated), CardRule::Shown, after),
        (
            "placed by a colleague's click",
            placed_by_colleague().leg("103", LegState::Initiated),
            rings_others,
            rings_others,
        ),
        ("a colleague clicked my number", placed_by_colleague().ringing_here(), CardRule::Shown, CardRule::Shown),
        ("placed by hand", placed().with(|call| call.command = None), CardRule::PlacedOnPhone, CardRule::PlacedOnPhone),
    ] {
        assert_eq!(rule(&call, &me(), Arrival::Live, at(0)), live, "{what}, live");
        assert_eq!(rule(&call, &me(), Arrival::CatchUp, at(0)), catching_up, "{what}, catching up");
    }
}

/// The customer's phone rings first, or those of a group: mine is picked up only once it rings.
#[test]
fn calls_in_which_others_are_rung_first() {
    let asked = Some(Ordered { others_first: true, ..ORDERED });
    let mine = placed();
    says(&mine, asked, Some(CardPhase::Calling));
    says(&mine.clone().leg("102", LegState::Alerting), asked, Some(CardPhase::PickUpYourPhone));
    let group = placed().with(|call| call.placed_by = Some("500".into()));
    says(&group, asked, Some(CardPhase::Calling));
    says(&group.clone().leg("103", LegState::Alerting), asked, Some(CardPhase::Calling));
    let taken = group.leg("103", LegState::Connected).state(CallState::Talking);
    says(&taken, asked, Some(CardPhase::AnsweredBy));
    says(&taken.clone().ended(CallResult::Answered), asked, Some(CardPhase::AnsweredBy));
    let refused = Some(Ordered { state: CommandState::Rejected, others_first: true, ..ORDERED });
    says(&placed(), refused, Some(CardPhase::Failed));
    let lost = Some(Ordered { state: CommandState::Unknown, others_first: true, ..ORDERED });
    says(&placed(), lost, Some(CardPhase::UnknownOutcome));
    // The other desk of the same person has not asked for it, and is told so with the call.
    let elsewhere = placed().with(|call| call.customer_first = true);
    for ordered in [None, Some(ORDERED)] {
        says(&elsewhere, ordered, Some(CardPhase::Calling));
        says(&elsewhere.clone().leg("102", LegState::Alerting), ordered, Some(CardPhase::PickUpYourPhone));
    }
    // That my own phone was busy then says nothing of it.
    let talking = Some(Ordered { while_talking: true, others_first: true, ..ORDERED });
    says(&placed().ended(CallResult::Busy), talking, Some(CardPhase::Busy));
}
