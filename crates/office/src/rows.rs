//! Calls and facts as the store keeps them.

use std::collections::BTreeMap;

use calls::{CallId, ConnectionId, LegRole};
use link::wire::{self, FactKind};
use serde_json::Value;
use store::{CallRecord, Fact, Redirect, Save, SavedCall};

use crate::settings::Directory;

/// A changed call whose row is not written yet.
#[derive(Debug, Clone)]
pub(crate) struct Unsaved {
    /// The call as [`crate::seen::kept`].
    pub(crate) call: wire::Call,
    /// Place of what changed it first since it was last saved.
    pub(crate) first_seq: u64,
    /// Place of what changed it last.
    pub(crate) seq: u64,
}

/// What is to be saved of one connection.
pub(crate) fn save(
    connection: &ConnectionId,
    unsaved: &BTreeMap<CallId, Unsaved>,
    redirects: &[Redirect],
    folded: u64,
    directory: &Directory,
) -> Save {
    let changed = || unsaved.values().filter(|unsaved| unsaved.call.connection == *connection);
    let recordings_of = |unsaved: &Unsaved| {
        let call = unsaved.call.id.clone();
        unsaved.call.recordings.iter().map(|recording| (recording.id.clone(), call.clone())).collect::<Vec<_>>()
    };
    Save {
        calls: changed().map(|unsaved| record(unsaved, directory)).collect(),
        recordings: changed().flat_map(recordings_of).collect(),
        redirects: redirects.to_vec(),
        folded: Some((connection.clone(), folded)),
        ..Save::default()
    }
}

fn record(unsaved: &Unsaved, directory: &Directory) -> CallRecord {
    let call = &unsaved.call;
    let ends = call.ended_at.or(call.answered_at);
    let talk = call.answered_at.zip(ends).map_or(0, |(from, to)| to.duration_since(from).as_millis().max(0));
    CallRecord {
        id: call.id.clone(),
        connection: call.connection.clone(),
        direction: call.direction,
        state: call.state,
        result: call.result,
        customer_number: call.customer.number.clone(),
        customer_name: call.customer.name.clone(),
        line: call.line.number.clone(),
        agents: call
            .legs
            .iter()
            .filter(|leg| matches!(leg.role, LegRole::Agent | LegRole::TransferTarget))
            .filter_map(|leg| leg.extension.clone())
            .collect(),
        groups: directory.audiences(&call.connection, call.line.number.as_deref(), call.direction),
        started_at: call.started_at,
        talk_ms: i64::try_from(talk).unwrap_or(i64::MAX),
        has_recording: call.recordings.iter().any(|recording| recording.state != wire::RecordingState::NotRecorded),
        in_menu: call.in_menu,
        open: call.state != calls::CallState::Ended,
        first_seq: unsaved.first_seq,
        seq: unsaved.seq,
        // A call is made of plain data, which always has a JSON.
        body: serde_json::to_string(call).unwrap_or_default(),
    }
}

/// The call of a row; `None` when it was written by a later version.
pub(crate) fn call(row: &SavedCall) -> Option<wire::Call> {
    serde_json::from_str(&row.body)
        .inspect_err(|error| tracing::error!(category = ?error.classify(), "a stored call cannot be read"))
        .ok()
}

/// A fact as it is stored.
pub(crate) fn fact(fact: &wire::Fact) -> Fact {
    Fact {
        id: fact.id,
        kind: match fact.kind {
            FactKind::Note => "note",
            FactKind::Outcome => "outcome",
        }
        .to_owned(),
        author: fact.author.clone(),
        at: fact.at,
        subject: fact.call.clone(),
        replaces: fact.replaces,
        value: fact.value.clone(),
    }
}

/// A stored fact as it travels; `None` for kinds of a later version.
pub(crate) fn fact_of(fact: Fact) -> Option<wire::Fact> {
    let kind = serde_json::from_value(Value::String(fact.kind)).ok()?;
    Some(wire::Fact {
        id: fact.id,
        kind,
        author: fact.author,
        at: fact.at,
        call: fact.subject,
        replaces: fact.replaces,
        value: fact.value,
    })
}
