//! Facts on their way to a remote office, and in the form in which the store keeps them.

use link::{Office, OfficeErrorKind, wire};
use store::Store;

use crate::archive::{NOTE, OUTCOME};

/// A fact as the store keeps it.
pub(crate) fn stored_fact(fact: &wire::Fact) -> store::Fact {
    let kind = match fact.kind {
        wire::FactKind::Note => NOTE,
        wire::FactKind::Outcome => OUTCOME,
    };
    store::Fact {
        id: fact.id,
        kind: kind.to_owned(),
        author: fact.author.clone(),
        at: fact.at,
        subject: fact.call.clone(),
        replaces: fact.replaces,
        value: fact.value.clone(),
    }
}

/// The same on its way out; a kind that the wire does not know stays here.
fn wire_fact(fact: store::Fact) -> Option<wire::Fact> {
    let kind = match fact.kind.as_str() {
        NOTE => wire::FactKind::Note,
        OUTCOME => wire::FactKind::Outcome,
        _ => return None,
    };
    Some(wire::Fact {
        id: fact.id,
        kind,
        author: fact.author,
        at: fact.at,
        call: fact.subject,
        replaces: fact.replaces,
        value: fact.value,
    })
}

/// Sends what was written while the office was out of reach, oldest first. What cannot be sent now stays.
pub(super) async fn send(store: &Store, id: &str, office: &dyn Office) {
    let waiting = match store.outbox(id) {
        Ok(waiting) => waiting,
        Err(error) => {
            tracing::warn!(office = id, %error, "the outbox cannot be read");
            return;
        }
    };
    for fact in waiting.into_iter().filter_map(wire_fact) {
        match office.add_fact(fact).await {
            Ok(()) => {}
            Err(error) if error.kind == OfficeErrorKind::Unreachable => return,
            Err(error) => tracing::warn!(office = id, kind = ?error.kind, "the office did not take a fact"),
        }
    }
}
