//! Which calls of a connection are held back, because this version cannot read their log entries (`keeper/unread.rs`), as
//! the database keeps it from one start to the next.

use std::collections::BTreeSet;

use calls::{CallId, ConnectionId};
use store::Store;

/// The calls of a connection that are held back.
pub(crate) fn kept(store: &Store, connection: &ConnectionId) -> Result<BTreeSet<CallId>, store::Error> {
    let text = store.setting(&key(connection))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

/// The setting that keeps a connection's calls that are held back.
pub(crate) fn key(connection: &ConnectionId) -> String {
    format!("unread:{connection}")
}
