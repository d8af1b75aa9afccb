//! Calls as the store keeps them.

use std::{collections::BTreeMap, sync::Arc};

use calls::{CallId, CallRecord, CommandId, ConnectionId};
use jiff::Timestamp;
use link::wire;
use store::{Audience, CommandStatus, Filter, Redirect, Save, SavedCall, Scope, Store};

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
    pub(crate) commands: BTreeMap<CommandId, CommandStatus>,
}

/// What is to be saved of one connection.
pub(crate) fn save(connection: &ConnectionId, unsaved: &Unsaved, directory: &Directory) -> Save {
    let recordings_of = |changed: &Changed| {
        let call = changed.call.id.clone();
        changed.call.recordings.iter().map(|recording| (recording.id.clone(), call.clone())).collect::<Vec<_>>()
    };
    Save {
        calls: unsaved
            .calls
            .values()
            .map(|changed| CallRecord {
                for_admins: changed.call.trial,
                ..changed.call.record(groups(&changed.call, directory), changed.seq)
            })
            .collect(),
        recordings: unsaved.calls.values().flat_map(recordings_of).collect(),
        redirects: unsaved.redirects.clone(),
        commands: unsaved.commands.values().cloned().collect(),
        folded: Some((connection.clone(), unsaved.folded)),
        ..Save::default()
    }
}

/// Who sees a call besides those who see everything: the same as its row says.
pub(crate) fn audience(call: &wire::Call, directory: &Directory) -> Audience {
    if call.trial {
        return Audience::for_admins();
    }
    let agents = call.agents().map(|agent| Scope::Extension(call.connection.clone(), agent.to_owned()));
    agents.chain(groups(call, directory).into_iter().map(Scope::Group)).collect()
}

fn groups(call: &wire::Call, directory: &Directory) -> Vec<String> {
    directory.audiences(&call.connection, call.line.number.as_deref(), call.direction)
}

/// How many calls are read at a time.
const PAGE: usize = 1000;

/// The calls of a connection that began since then, the newest first.
pub(crate) fn began_since(
    store: &Store,
    office: &str,
    connection: &ConnectionId,
    since: Timestamp,
) -> Result<Vec<wire::Call>, store::Error> {
    let all = Filter { office: Some(office.to_owned()), ..Filter::default() };
    let (mut before, mut found) = (None, Vec::new());
    loop {
        let page = store.list(&all, before, PAGE)?;
        let Some(last) = page.last() else { return Ok(found) };
        before = Some(last.cursor);
        for known in page.iter().filter_map(call) {
            if known.started_at < since {
                return Ok(found);
            }
            if known.connection == *connection {
                found.push(known);
            }
        }
    }
}

/// The call of a row; `None` when it was written by a later version.
pub(crate) fn call(row: &SavedCall) -> Option<wire::Call> {
    serde_json::from_str(&row.body)
        .inspect_err(|error| tracing::error!(category = ?error.classify(), "a stored call cannot be read"))
        .ok()
}
