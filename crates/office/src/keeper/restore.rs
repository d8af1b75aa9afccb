//! What is read of a connection before its book is brought up to the log: apart from the keeper, so that it can be read on
//! a thread that may wait for the database.

use std::collections::BTreeSet;

use calls::{CallId, ConnectionId, Stored};
use serde::{Deserialize, Serialize};
use store::{Filter, Store, UnreadEntry};

use crate::{call_entries, held_back, rows};

/// How many log entries, or rows, are read at a time.
const PAGE: usize = 4096;

/// What a rebuild of a connection's book begins with.
#[derive(Debug, Default, Serialize, Deserialize)]
pub(super) struct Rebuild {
    /// The log place from which to read.
    pub(super) floor: u64,
    /// The log place at which the vendor's zone was chosen: it may lie below the floor.
    pub(super) zone_chosen: Option<u64>,
    /// The sessions whose gaps are open, and the log places at which they opened: they may lie below the floor, too.
    #[serde(default)]
    pub(super) gaps: Vec<(Option<String>, u64)>,
}

/// The setting that keeps a connection's [`Rebuild`].
pub(super) fn rebuild_key(connection: &ConnectionId) -> String {
    format!("rebuild:{connection}")
}

/// A call whose row is open, with its entries or why they cannot be read.
pub(super) type OpenCall = (CallId, Result<Vec<Stored>, store::Error>);

/// What is known of a connection from earlier.
pub(super) struct Restored {
    /// The calls that the last run held back.
    pub(super) unread: BTreeSet<CallId>,
    /// Up to where the rows are written.
    pub(super) folded: u64,
    pub(super) start: Rebuild,
    /// The log from there on.
    pub(super) entries: Vec<Result<Stored, UnreadEntry>>,
    /// The calls whose rows are open.
    pub(super) open: Vec<OpenCall>,
}

impl Restored {
    /// Reads it.
    pub(super) fn read(store: &Store, office: &str, connection: &ConnectionId) -> Result<Self, store::Error> {
        let folded = store.fold_position(connection)?;
        let start = store.setting(&rebuild_key(connection))?;
        let start: Rebuild = start.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default();
        // The floor may be beyond rows that could not be written.
        let mut next = start.floor.min(folded + 1);
        let mut entries = Vec::new();
        loop {
            let page = store.read_from(connection, next, PAGE)?;
            let Some(last) = page.last() else { break };
            next = seq_of(last) + 1;
            entries.extend(page);
        }
        let unread = held_back::kept(store, connection)?;
        let open = open_calls(store, office, connection)?;
        Ok(Self { unread, folded, start, entries, open })
    }
}

/// The calls of a connection whose rows are open.
fn open_calls(store: &Store, office: &str, connection: &ConnectionId) -> Result<Vec<OpenCall>, store::Error> {
    let filter = Filter { office: Some(office.to_owned()), open: true, ..Filter::default() };
    let (mut open, mut before) = (Vec::new(), None);
    loop {
        let page = store.list(&filter, before, PAGE)?;
        let Some(last) = page.last() else { return Ok(open) };
        before = Some(last.cursor);
        let own = page.iter().filter_map(rows::call).filter(|call| call.connection == *connection);
        open.extend(own.map(|call| {
            let entries = call_entries::of_call(store, office, &call.id);
            (call.id, entries)
        }));
    }
}

/// Place of an entry, readable or not.
pub(super) fn seq_of(entry: &Result<Stored, UnreadEntry>) -> u64 {
    entry.as_ref().map_or_else(|unread| unread.seq, |stored| stored.seq)
}
