//! What the log holds of one call, for stragglers and recordings.

use calls::{CallId, Stored};
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
