//! Facts on their way to a remote office.

use std::{collections::BTreeSet, time::Duration};

use calls::Fact;
use link::Office;
use store::Store;
use uuid::Uuid;

/// When an office that cannot take something now is asked again, unless it says when.
const AGAIN: Duration = Duration::from_secs(30);

/// Sends what was written here, while the stream of its office is open.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    /// Taken by the office; each comes back over the stream with its place in the log.
    sent: BTreeSet<Uuid>,
}

/// What came of sending.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Sent {
    /// Something is left: it is tried again after this.
    pub(super) again_after: Option<Duration>,
    /// The office will never take something: that stays on this computer.
    pub(super) refused: bool,
}

impl Outbox {
    /// Sends what waits, oldest first, until something cannot be sent now.
    pub(super) async fn send(&mut self, store: &Store, id: &str, office: &dyn Office) -> Result<Sent, store::Error> {
        let mut outcome = Sent::default();
        let (mut refused, waiting) = read(store, id).await?;
        for fact in waiting {
            let fact_id = fact.id;
            if self.sent.contains(&fact_id) || refused.contains(&fact_id) {
                continue;
            }
            match office.add_fact(fact).await {
                Ok(()) => drop(self.sent.insert(fact_id)),
                Err(error) if error.kind.is_final() => {
                    tracing::warn!(office = id, kind = ?error.kind, "the office does not take what was written");
                    refused.insert(fact_id);
                    keep_refused(store, id, &refused).await?;
                    outcome.refused = true;
                }
                Err(error) => {
                    outcome.again_after = Some(error.retry_after.unwrap_or(AGAIN));
                    return Ok(outcome);
                }
            }
        }
        Ok(outcome)
    }
}

/// What the office has refused before, and what waits to be sent, oldest first.
async fn read(store: &Store, id: &str) -> Result<(BTreeSet<Uuid>, Vec<Fact>), store::Error> {
    let id = id.to_owned();
    store.reading(move |store| Ok((refused(store, &id)?, store.outbox(&id)?))).await
}

/// What the office has refused before. A list of a later version counts as empty: then it is said once more.
fn refused(store: &Store, id: &str) -> Result<BTreeSet<Uuid>, store::Error> {
    let text = store.setting(&refused_key(id))?;
    Ok(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

async fn keep_refused(store: &Store, id: &str, refused: &BTreeSet<Uuid>) -> Result<(), store::Error> {
    let text = serde_json::to_string(refused)
        .map_err(|error| store::Error::Unreadable { what: "list of refused facts", reason: error.to_string() })?;
    store.set_setting(&refused_key(id), &text).await
}

fn refused_key(id: &str) -> String {
    format!("desk.refused-facts:{id}")
}
