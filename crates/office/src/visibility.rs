//! What a viewer may see of a call, and whether it rings for him.

use calls::{Call, CallResult, CallState, ConnectionId, Leg, RecordingState};
use link::wire::{self, Role};

use crate::settings::{Directory, Viewer};

/// The call as the office stores and publishes it: everything, from nobody's side. A line without a title has none.
pub(crate) fn to_stored(call: &Call, directory: &Directory) -> wire::Call {
    let line = call.line.number.clone().or_else(|| call.line.queue.clone());
    let title = line.as_deref().and_then(|line| directory.line(&call.connection, line)).map(|line| line.title.clone());
    let title = title.filter(|title| !title.is_empty());
    let mut customer = call.customer.clone();
    if customer.name.is_none()
        && let Some(number) = customer.number.as_deref()
    {
        customer.name = directory.name(&call.connection, number).map(str::to_owned);
    }
    wire::Call {
        id: call.id.clone(),
        connection: call.connection.clone(),
        state: call.state,
        direction: call.direction,
        customer,
        line: wire::Line { number: line, title },
        legs: call.legs.iter().map(|leg| stored_leg(leg, &call.connection, directory)).collect(),
        started_at: call.started_at,
        answered_at: call.answered_at,
        ended_at: call.ended_at,
        result: call.result,
        end_reason: call.end_reason.clone(),
        rings_for_me: false,
        mine: false,
        in_menu: call.in_menu,
        late: call.late,
        transferring: call.transferring,
        partial: call.partial,
        command: call.command,
        placed_by: call.placed_by.clone(),
        customer_first: call.customer_first,
        trial: call.trial,
        recordings: call.recordings.iter().map(stored_recording).collect(),
        redirected_from: call.redirected_from.clone(),
        attribution: call.attribution.clone(),
    }
}

/// A stored call from this viewer's side; `None` when he may not see it.
pub(crate) fn as_seen_by(mut call: wire::Call, viewer: &Viewer, directory: &Directory) -> Option<wire::Call> {
    if call.trial && viewer.role != Role::Admin {
        return None;
    }
    let side = Side { call: &call, directory, viewer };
    let mine = call.legs_of(&viewer.extensions).next().is_some();
    let rung = side.is_rung();
    if !mine && !side.is_looked_after() {
        return None;
    }
    let rings_for_me = side.rings_for_me(rung);
    let result = side.result(mine, rung);
    call.rings_for_me = rings_for_me;
    call.mine = mine;
    call.result = result;
    Some(call)
}

struct Side<'a> {
    call: &'a wire::Call,
    directory: &'a Directory,
    viewer: &'a Viewer,
}

impl Side<'_> {
    fn is_of(&self, audiences: &[String]) -> bool {
        let call = self.call;
        let of_call = self.directory.audiences(&call.connection, call.line.number.as_deref(), call.direction);
        of_call.iter().any(|audience| audiences.contains(audience))
    }

    /// The viewer's group was rung, or is while no agent is named.
    fn is_rung(&self) -> bool {
        self.is_of(&self.viewer.rung_with())
    }

    /// The viewer's role shows him this call though he has no part in it.
    fn is_looked_after(&self) -> bool {
        self.viewer.looks_after().is_none_or(|audiences| self.is_of(&audiences))
    }

    fn rings_for_me(&self, group_is_rung: bool) -> bool {
        let call = self.call;
        let named = |leg: &wire::Leg| leg.is_agent() && !leg.only_end && self.is_told_whose(leg);
        let no_agent_named = !call.legs.iter().any(named);
        let group_rings = group_is_rung && no_agent_named && call.state == CallState::Ringing && call.may_ring();
        group_rings || call.rings_at(&self.viewer.extensions)
    }

    /// Whose phone it is can be told. A PBX that tells a phone by its SIP name, before it names the extension, may mean
    /// anybody of the office.
    fn is_told_whose(&self, leg: &wire::Leg) -> bool {
        leg.extension.as_deref().is_none_or(|extension| {
            extension.bytes().all(|byte| byte.is_ascii_digit())
                || self.call.is_of(extension, &self.viewer.extensions)
                || self.directory.person(&self.call.connection, extension).is_some()
        })
    }

    /// A manager who was not rung sees how the call went; one whose phone rang, and an agent, what came of it for him.
    fn result(&self, mine: bool, group_is_rung: bool) -> Option<CallResult> {
        let concerned = mine || group_is_rung && self.viewer.role == Role::Agent;
        if concerned { self.call.result_for(&self.viewer.extensions) } else { self.call.result }
    }
}

fn stored_leg(leg: &Leg, connection: &ConnectionId, directory: &Directory) -> wire::Leg {
    let known = leg.extension.as_deref().and_then(|extension| directory.person(connection, extension));
    wire::Leg {
        extension: leg.extension.clone(),
        number: leg.number.clone(),
        name: known.map(str::to_owned).or_else(|| leg.name.clone()),
        role: leg.role,
        state: leg.state,
        started_at: Some(leg.started_at),
        answered_at: leg.answered_at,
        ended_at: leg.ended_at,
        end_cause: leg.end_cause,
        only_end: leg.only_end,
        asked_by: leg.asked_by.clone(),
        late: leg.late,
    }
}

fn stored_recording(recording: &calls::Recording) -> wire::Recording {
    let state = match recording.state {
        RecordingState::Preparing => wire::RecordingState::Preparing,
        RecordingState::Ready => wire::RecordingState::Ready,
        RecordingState::NotRecorded => wire::RecordingState::NotRecorded,
    };
    wire::Recording { id: recording.id.clone(), state, duration_ms: None }
}
