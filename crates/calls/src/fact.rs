//! What people write about calls. A fact is never changed, only replaced by a newer one.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use uuid::Uuid;

use crate::id::CallId;

/// Something that a person wrote about a call.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Fact {
    /// UUIDv7, made where it was written.
    pub id: Uuid,
    /// What kind.
    pub kind: FactKind,
    /// Who wrote it; the office sets it for remote desks.
    pub author: String,
    /// When it was written, by the writer's clock.
    pub at: Timestamp,
    /// The call that it is about.
    pub call: CallId,
    /// The fact that it replaces.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub replaces: Option<Uuid>,
    /// Its content: a text for notes, a word for outcomes, `null` to take back what it replaces.
    pub value: Value,
}

/// Kinds of facts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum FactKind {
    /// Free text.
    Note,
    /// How the talk ended, in the office's words.
    Outcome,
}

impl FactKind {
    /// The word for it in the database and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Note => "note",
            Self::Outcome => "outcome",
        }
    }

    /// The kind that this word names; none for a kind of a later version.
    pub fn of_word(word: &str) -> Option<Self> {
        [Self::Note, Self::Outcome].into_iter().find(|kind| kind.as_str() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::FactKind;

    #[test]
    fn a_kind_has_one_word_in_the_database_and_on_the_wire() {
        for kind in [FactKind::Note, FactKind::Outcome] {
            assert_eq!(serde_json::to_value(kind).expect("JSON"), kind.as_str());
            assert_eq!(FactKind::of_word(kind.as_str()), Some(kind));
        }
        assert_eq!(FactKind::of_word("hologram"), None);
    }
}
