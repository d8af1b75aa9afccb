//! The request journal of an office behind a gateway.

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::json;

use crate::{
    error::OfficeError,
    remote::http::Http,
    wire::{JournalDirection, JournalFilter},
};

/// A question waits for its turn before it is asked again, and a PBX may take a minute for its answer.
const AGAIN_PATIENCE: Duration = Duration::from_secs(80);

/// What of the journal fits this.
pub(super) async fn read<T: DeserializeOwned>(
    http: &Http,
    path: &[&str],
    filter: &JournalFilter,
) -> Result<T, OfficeError> {
    let JournalFilter { method, direction, errors, before } = filter;
    let before = before.map(|before| before.to_string());
    let direction = direction.map(|direction| match direction {
        JournalDirection::Incoming => "incoming",
        JournalDirection::Outgoing => "outgoing",
    });
    let query = [("method", method.as_deref()), ("direction", direction), ("before", before.as_deref())];
    let query = query.into_iter().filter_map(|(name, value)| Some((name, value?)));
    let query: Vec<_> = query.chain(errors.then_some(("errors", "true"))).collect();
    http.get_with(path, &query).await
}

/// Has an entry once more.
pub(super) async fn again<T: DeserializeOwned>(http: &Http, id: i64, how: &str) -> Result<T, OfficeError> {
    http.ask(&["v1", "admin", "journal", &id.to_string(), how], &json!({}), AGAIN_PATIENCE).await
}
