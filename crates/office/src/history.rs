//! What the log holds of one call, for stragglers and recordings.

use calls::{CallId, Stored};
use store::Store;

/// The call's entries with the gaps that opened or closed between them: a result that is unknown because of a gap must
/// not turn into a missed call.
pub(crate) fn of_call(store: &Store, office: &str, call: &CallId) -> Result<Vec<Stored>, store::Error> {
    let mut entries = store.read_call(office, call)?;
    if let (Some(first), Some(last)) = (entries.first(), entries.last()) {
        let gaps = store.read_gaps(&first.connection, first.seq, last.seq)?;
        entries.extend(gaps);
        entries.sort_by_key(|entry| entry.seq);
    }
    Ok(entries)
}
