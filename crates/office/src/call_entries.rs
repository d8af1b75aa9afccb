//! What the log holds of one call, for stragglers, recordings and questions about single calls.

use std::collections::BTreeSet;

use calls::{CallId, LogEvent, Stored};
use store::Store;

/// The call's entries with the gap that it may have begun in and those since: a result that is unknown because of a gap
/// must not turn into a missed call.
pub(crate) fn of_call(store: &Store, office: &str, call: &CallId) -> Result<Vec<Stored>, store::Error> {
    let mut entries = store.read_call(office, call)?;
    if let Some(first) = entries.first() {
        let gaps = store.read_gaps(&first.connection, first.seq)?;
        entries.extend(gaps);
        entries.sort_by_key(|entry| entry.seq);
    }
    Ok(entries)
}

/// The ids by which the PBX knows the call.
pub(crate) fn vendor_ids(store: &Store, office: &str, call: &CallId) -> Result<BTreeSet<String>, store::Error> {
    let told = store.read_call(office, call)?.into_iter().map(|stored| stored.event);
    Ok(told.filter_map(|told| if let LogEvent::Vendor(event) = told { event.call } else { None }).collect())
}
