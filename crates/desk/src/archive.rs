//! Calls, notes and settings as this computer's database holds them. Everything here blocks: callers are off the loop.

use calls::{CallId, CallResult, Direction, FactKind};
use jiff::Timestamp;
use link::wire::Call;
use serde::{Serialize, de::DeserializeOwned};
use store::{Filter, SavedCall, ShownFact, Store};

use crate::{
    contract::{ContractError, ErrorCode, ReachedView},
    errors::no_such_call,
    views::{details::outcome, row::CallAnnotations},
};

/// Rows read at once when a list is walked.
const PAGE: usize = 200;
/// No figure looks further than this many calls back.
const FURTHEST: usize = 5_000;

/// A call with its office.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct ArchivedCall {
    pub(crate) office: String,
    pub(crate) call: Call,
}

/// Reading side of the store, in the words of this crate.
#[derive(Debug, Clone)]
pub(crate) struct Archive {
    pub(crate) store: Store,
}

impl Archive {
    /// The call under its newest id or any that it had.
    pub(crate) fn call(&self, office: &str, id: &str) -> Result<Call, ContractError> {
        let id: CallId = id.parse().map_err(|_| no_such_call())?;
        let saved = self.store.get(office, &id)?.ok_or_else(no_such_call)?;
        read(&saved).ok_or_else(|| ContractError::new(ErrorCode::Storage, "this call was stored in an unknown form"))
    }

    /// Calls that are not over, oldest first.
    pub(crate) fn open_calls(&self, office: &str) -> Result<Vec<Call>, store::Error> {
        let filter = Filter { office: Some(office.to_owned()), open: true, ..Filter::default() };
        let mut open: Vec<_> = self.store.list(&filter, None, PAGE)?.iter().filter_map(read).collect();
        open.reverse();
        Ok(open)
    }

    /// Newest calls with this number, of all offices.
    pub(crate) fn with_number(&self, number: &str, limit: usize) -> Result<Vec<ArchivedCall>, store::Error> {
        let saved = self.store.calls_with_number(number, &Filter::default(), limit)?;
        Ok(saved.iter().filter_map(archived_call).collect())
    }

    /// All calls that began at or after this moment, newest first.
    pub(crate) fn since(&self, from: Timestamp) -> Result<Vec<ArchivedCall>, store::Error> {
        let mut found = Vec::new();
        let mut before = None;
        loop {
            let page = self.store.list(&Filter::default(), before, PAGE)?;
            let full = page.len() == PAGE;
            before = page.last().map(|saved| saved.cursor);
            let calls = page.iter().filter_map(archived_call);
            let fresh: Vec<_> = calls.take_while(|archived| archived.call.started_at >= from).collect();
            let all_fresh = fresh.len() == page.len();
            found.extend(fresh);
            if !full || !all_fresh || found.len() >= FURTHEST {
                return Ok(found);
            }
        }
    }

    /// What people wrote about a call.
    pub(crate) fn facts(&self, office: &str, call: &CallId) -> Result<Vec<ShownFact>, store::Error> {
        self.store.facts(office, call)
    }

    /// What else a row says of a call, which is given from the side of the person here.
    pub(crate) fn annotations(&self, office: &str, call: &Call) -> Result<CallAnnotations, store::Error> {
        let facts = self.facts(office, &call.id)?;
        let noted = facts.iter().any(|shown| shown.fact.kind == FactKind::Note);
        let missed = call.direction == Direction::Incoming && call.result == Some(CallResult::Missed);
        let reached = match call.customer.number.as_deref().filter(|_| missed) {
            Some(number) => self.store.reached_after(number, call.started_at)?,
            None => None,
        };
        let reached = reached.map(|(at, called_back)| ReachedView { at, called_back });
        Ok(CallAnnotations { noted, outcome: outcome(&facts), reached })
    }

    /// A choice of the person at this desk; one that a later version wrote in its own way counts as not made.
    pub(crate) fn choice<T: DeserializeOwned>(&self, key: &str) -> Result<Option<T>, store::Error> {
        Ok(self.store.setting(key)?.and_then(|text| serde_json::from_str(&text).ok()))
    }

    /// Keeps a choice.
    pub(crate) async fn choose(&self, key: &str, value: &(impl Serialize + Sync)) -> Result<(), ContractError> {
        let text = serde_json::to_string(value).map_err(|error| {
            ContractError::new(ErrorCode::Internal, format!("a setting cannot be written: {error}"))
        })?;
        Ok(self.store.set_setting(key, &text).await?)
    }
}

/// A saved call of an office, or nothing where a later version wrote it in an unknown form.
pub(crate) fn archived_call(saved: &SavedCall) -> Option<ArchivedCall> {
    read(saved).map(|call| ArchivedCall { office: saved.office.clone(), call })
}

fn read(saved: &SavedCall) -> Option<Call> {
    serde_json::from_str(&saved.body)
        .inspect_err(|error| tracing::warn!(call = saved.id.as_str(), %error, "a stored call cannot be read"))
        .ok()
}

/// Runs a read away from the loop and the executor.
pub(crate) async fn off_loop<T: Send + 'static>(
    archive: &Archive,
    read: impl FnOnce(&Archive) -> Result<T, ContractError> + Send + 'static,
) -> Result<T, ContractError> {
    let archive = archive.clone();
    tokio::task::spawn_blocking(move || read(&archive))
        .await
        .map_err(|_| ContractError::new(ErrorCode::Internal, "reading from the database was cut off"))?
}
