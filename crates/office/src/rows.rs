//! Calls and facts as the store keeps them.

use std::{collections::BTreeMap, sync::Arc};

use calls::{CallId, CommandId, ConnectionId};
use link::wire::{self, FactKind};
use serde_json::Value;
use store::{Audience, CallRecord, CommandStands, Fact, Redirect, Save, SavedCall, Scope};

use crate::settings::Directory;

/// A changed call whose row is not written yet.
#[derive(Debug, Clone)]
pub(crate) struct Changed {
    /// The call as it is stored.
    pub(crate) call: Arc<wire::Call>,
    /// Place of what changed it last.
    pub(crate) seq: u64,
}

/// What a connection's log changed and is not written yet.
#[derive(Debug, Default)]
pub(crate) struct Unsaved {
    /// How far it is folded with this.
    pub(crate) folded: u64,
    /// Calls in their newest state.
    pub(crate) calls: BTreeMap<CallId, Changed>,
    /// Ids that lead to others from now on.
    pub(crate) redirects: Vec<Redirect>,
    /// Commands that moved.
    pub(crate) commands: BTreeMap<CommandId, CommandStands>,
}

/// What is to be saved of one connection.
pub(crate) fn save(connection: &ConnectionId, unsaved: &Unsaved, directory: &Directory) -> Save {
    let recordings_of = |changed: &Changed| {
        let call = changed.call.id.clone();
        changed.call.recordings.iter().map(|recording| (recording.id.clone(), call.clone())).collect::<Vec<_>>()
    };
    Save {
        calls: unsaved.calls.values().map(|changed| record(changed, directory)).collect(),
        recordings: unsaved.calls.values().flat_map(recordings_of).collect(),
        redirects: unsaved.redirects.clone(),
        commands: unsaved.commands.values().cloned().collect(),
        folded: Some((connection.clone(), unsaved.folded)),
        ..Save::default()
    }
}

/// Who sees a call besides those who see everything: the same as its row says.
pub(crate) fn audience(call: &wire::Call, directory: &Directory) -> Audience {
    let agents = call.agents().map(|agent| Scope::Extension(call.connection.clone(), agent.to_owned()));
    agents.chain(groups(call, directory).into_iter().map(Scope::Group)).collect()
}

fn groups(call: &wire::Call, directory: &Directory) -> Vec<String> {
    directory.audiences(&call.connection, call.line.number.as_deref(), call.direction)
}

fn record(changed: &Changed, directory: &Directory) -> CallRecord {
    let call = &*changed.call;
    CallRecord {
        id: call.id.clone(),
        connection: call.connection.clone(),
        direction: call.direction,
        state: call.state,
        result: call.result,
        customer_number: call.customer.number.clone(),
        customer_name: call.customer.name.clone(),
        line: call.line.number.clone(),
        agents: call.agents().map(str::to_owned).collect(),
        groups: groups(call, directory),
        started_at: call.started_at,
        talk_ms: call.talk_ms(),
        has_recording: call.has_recording(),
        in_menu: call.in_menu,
        open: call.state != calls::CallState::Ended,
        seq: changed.seq,
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
