//! The copy of a remote office: states as they come, in one transaction with the place that they reach.

use std::collections::BTreeMap;

use calls::{CallId, Fact};
use link::wire::{Call, Cursor, StreamEvent};
use store::{Redirect, ReplicaCursor, Save, Store};

/// What came since the last commit, each thing in its newest state.
#[derive(Debug, Default)]
pub(super) struct Batch {
    calls: BTreeMap<CallId, (u64, Box<Call>)>,
    redirects: Vec<Redirect>,
    gone: BTreeMap<CallId, u64>,
    facts: Vec<(u64, Fact)>,
    cursor: Option<Cursor>,
}

impl Batch {
    /// Takes in an event.
    pub(super) fn add(&mut self, seq: u64, event: &StreamEvent) {
        match event {
            StreamEvent::Call { call } => {
                if let Some(from) = &call.redirected_from {
                    self.calls.remove(from);
                    self.redirects.push(Redirect { from: from.clone(), to: call.id.clone(), seq });
                }
                self.gone.remove(&call.id);
                self.calls.insert(call.id.clone(), (seq, call.clone()));
            }
            StreamEvent::Gone { id } | StreamEvent::Erased { id } => {
                self.calls.remove(id);
                self.gone.insert(id.clone(), seq);
            }
            StreamEvent::Fact { fact } => self.facts.push((seq, fact.clone())),
            StreamEvent::Command { .. }
            | StreamEvent::Connection { .. }
            | StreamEvent::Disconnected { .. }
            | StreamEvent::Other => {}
        }
    }

    /// Everything up to here has come.
    pub(super) fn reached(&mut self, cursor: Cursor) {
        self.cursor = Some(cursor);
    }

    /// Something is to be written.
    pub(super) fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.gone.is_empty() && self.facts.is_empty() && self.cursor.is_none()
    }

    /// Writes everything; the place is kept only together with all that lies before it.
    pub(super) async fn commit(self, store: &Store, office: &str) -> Result<(), store::Error> {
        let calls = self.calls.into_values().map(|(seq, call)| call.record(Vec::new(), seq)).collect();
        let cursor = self.cursor.map(|Cursor { epoch, seq }| ReplicaCursor { epoch, seq });
        let gone = self.gone.into_iter().collect();
        let facts = self.facts.into_iter().map(|(seq, fact)| (fact, seq)).collect();
        store.save(office, Save { calls, redirects: self.redirects, gone, facts, cursor, ..Save::default() }).await
    }
}
