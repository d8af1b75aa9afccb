//! How an ended call went.

use super::{derived_leg::DerivedLeg, evidence::Step};
use crate::call::{CallResult, Direction, EndCause};

/// What part the legs have in the call.
#[derive(Debug, Clone, Copy)]
pub(super) struct Parts<'a> {
    pub(super) direction: Direction,
    pub(super) originator: Option<&'a str>,
    /// An outgoing call whose first leg is the agent's own phone: his answer is no talk.
    pub(super) agent_first: bool,
    /// The PBX tells of a recording, so somebody talked.
    pub(super) recorded: bool,
}

/// What besides the legs bears on the result.
#[derive(Debug, Clone, Copy)]
pub(super) struct ResultInput {
    pub(super) own_leg_only: bool,
    /// What the PBX itself says.
    pub(super) vendor_result: Option<CallResult>,
    /// Messages may be missing that would have changed the result.
    pub(super) doubtful: bool,
}

/// The leg with which somebody first talked with the customer, if anybody did.
pub(super) fn first_talk<'a, 'b>(legs: &'b [DerivedLeg<'a>], parts: Parts<'_>) -> Option<&'b DerivedLeg<'a>> {
    let talked = || legs.iter().filter(|leg| leg.talked() && !leg.mirrored);
    let agents = || talked().filter(|leg| leg.is_agent());
    let customers = || talked().filter(|leg| leg.is_customer());
    let candidates: Vec<&DerivedLeg<'_>> = match parts.direction {
        Direction::Incoming | Direction::Unknown => agents().collect(),
        Direction::Outgoing if parts.agent_first => {
            // That he talked may be told by his end alone, or by nothing but the recording: then the talk began on the
            // agent's leg.
            let told_by_end = |leg: &DerivedLeg<'_>| leg.answered.is_some() && leg.answered == leg.ended;
            let on_own_leg = customers().any(told_by_end) || parts.recorded && legs.iter().all(never_dialled);
            let own = agents().filter(|_| on_own_leg);
            customers().filter(|leg| !told_by_end(leg)).chain(own).collect()
        }
        Direction::Outgoing if legs.iter().any(|leg| leg.is_customer() && !leg.mirrored) => customers().collect(),
        Direction::Outgoing => agents().collect(),
        Direction::Internal => {
            let originator = parts.originator;
            let called = talked().filter(|leg| originator.is_none() || leg.extension() != originator);
            if legs.len() > 1 { called.collect() } else { talked().collect() }
        }
    };
    candidates.into_iter().min_by_key(|leg| leg.talk_began().at)
}

/// It is no customer of whom more is known than that he is to be dialled.
fn never_dialled(leg: &DerivedLeg<'_>) -> bool {
    !leg.is_customer() || leg.evidence.steps.iter().all(|(_, step)| *step == Step::Offered)
}

/// The result of an ended call.
pub(super) fn of_ended(legs: &[DerivedLeg<'_>], parts: Parts<'_>, input: ResultInput) -> CallResult {
    let talked = first_talk(legs, parts).is_some();
    // Our rule refused the caller, whatever the PBX calls that.
    let refused = parts.direction == Direction::Incoming
        && legs.iter().any(|leg| leg.is_customer() && leg.cause == EndCause::Rejected);
    if let Some(vendor_result) = input.vendor_result
        && !(talked && denies_talk(vendor_result, input.own_leg_only))
        && !(refused && vendor_result == CallResult::Missed)
    {
        return vendor_result;
    }
    if talked {
        return CallResult::Answered;
    }
    let causes = |agents: bool| legs.iter().filter(move |leg| leg.is_agent() == agents).map(|leg| leg.cause);
    if causes(true).any(|cause| cause == EndCause::AnsweredElsewhere) {
        return CallResult::AnsweredElsewhere;
    }
    if input.doubtful {
        return CallResult::Unknown;
    }
    match parts.direction {
        Direction::Incoming if causes(false).any(|cause| cause == EndCause::Rejected) => CallResult::Rejected,
        Direction::Incoming => CallResult::Missed,
        Direction::Outgoing | Direction::Internal => unanswered(legs, parts.originator),
        Direction::Unknown => CallResult::Unknown,
    }
}

/// Whether the word is about less than the call in which somebody talked: where each user sees only his own leg, about his
/// part; elsewhere about what was tried last, as when a call that was passed on is not answered there.
fn denies_talk(vendor_result: CallResult, own_leg_only: bool) -> bool {
    match vendor_result {
        CallResult::Missed | CallResult::NoAnswer | CallResult::AnsweredElsewhere | CallResult::Unknown => true,
        CallResult::Busy | CallResult::Cancelled | CallResult::Failed => !own_leg_only,
        CallResult::Answered
        | CallResult::Rejected
        | CallResult::Transferred
        | CallResult::Voicemail
        | CallResult::Fax => false,
    }
}

/// Why a call that we placed was not answered: the called side's cause counts before the caller's.
fn unanswered(legs: &[DerivedLeg<'_>], originator: Option<&str>) -> CallResult {
    let placed_it = |leg: &DerivedLeg<'_>| leg.is_agent() && (originator.is_none() || leg.extension() == originator);
    let of = |ours: bool| legs.iter().filter(move |leg| placed_it(leg) == ours).find_map(|leg| of_cause(leg.cause));
    of(false).or_else(|| of(true)).unwrap_or(CallResult::NoAnswer)
}

fn of_cause(cause: EndCause) -> Option<CallResult> {
    match cause {
        EndCause::Busy => Some(CallResult::Busy),
        EndCause::NoAnswer => Some(CallResult::NoAnswer),
        EndCause::Rejected => Some(CallResult::Rejected),
        EndCause::Cancelled => Some(CallResult::Cancelled),
        EndCause::Failed => Some(CallResult::Failed),
        EndCause::Normal | EndCause::AnsweredElsewhere | EndCause::Diverted | EndCause::Transferred => None,
    }
}
