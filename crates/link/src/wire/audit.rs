//! What administrators changed.

use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize};
use ts_rs::TS;

/// Which entries of the audit are wanted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditRange {
    /// Older than this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
    /// So many at most; absent: as many as the office finds right.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<usize>,
}

/// A page of the audit, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditPage {
    /// The entries.
    pub entries: Vec<AuditLine>,
    /// Give it as `before` to go on; absent at the end.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// A change by an administrator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditLine {
    /// Its place; the `before` of the next page.
    #[ts(type = "number")]
    pub id: i64,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who: a name with the id of its token, or `command line`.
    pub who: String,
    /// What was done.
    pub action: AuditAction,
    /// What it was done to: a name, an id, or `journal` with the number of an entry. Empty where that says nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// The rest, in English. Holds no secret.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub detail: String,
}

/// Writes the actions with the names that the audit keeps for good.
macro_rules! actions {
    ($($(#[doc = $doc:literal])+ $action:ident = $name:literal,)+) => {
        /// What an administrator did.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, TS)]
        pub enum AuditAction {
            $($(#[doc = $doc])+ #[serde(rename = $name)] $action,)+
            /// Something that this version does not know.
            #[serde(rename = "unknown")]
            Unknown,
        }

        impl AuditAction {
            /// All that this version writes.
            pub const ALL: &[Self] = &[$(Self::$action),+];

            /// Its name in the audit.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$action => $name,)+
                    Self::Unknown => "unknown",
                }
            }
        }
    };
}

actions! {
    /// Invited somebody, or a table of people.
    Invited = "invited",
    /// Gave an open invitation another link.
    ReissuedInvitation = "reissuedInvitation",
    /// Took an open invitation back.
    RevokedInvitation = "revokedInvitation",
    /// Joined with an invitation.
    Joined = "joined",
    /// Issued a token on the command line.
    IssuedToken = "issuedToken",
    /// Gave somebody other rights, or phones.
    ChangedRights = "changedRights",
    /// Took somebody's token back.
    RemovedPerson = "removedPerson",
    /// Gave the own token back.
    SignedOut = "signedOut",
    /// Added a connection, or changed it.
    PutConnection = "putConnection",
    /// Removed a connection.
    RemovedConnection = "removedConnection",
    /// Took a step of a connection's check with a key that is kept.
    CheckedConnection = "checkedConnection",
    /// Read the phones of a PBX with a key that is kept.
    ListedPhones = "listedPhones",
    /// Asked a PBX for its key.
    AskedForKey = "askedForKey",
    /// The PBX gave it.
    GivenKey = "givenKey",
    /// The PBX did not give it.
    RefusedKey = "refusedKey",
    /// Changed one of the lists: lines, groups, people, contacts.
    ChangedList = "changedList",
    /// Put a connection into trial mode.
    BeganTrial = "beganTrial",
    /// Ended it.
    EndedTrial = "endedTrial",
    /// Ran a stage of a connection's staged check.
    CheckedStage = "checkedStage",
    /// Sent a test message to a connection's public address.
    TestedAddress = "testedAddress",
    /// Revealed the numbers of an entry of the request journal.
    RevealNumbers = "revealNumbers",
    /// Asked the question of an entry once more.
    RepeatedRequest = "repeatedRequest",
    /// Read the webhook of an entry once more.
    ReplayedWebhook = "replayedWebhook",
    /// Put the request journal into a file.
    ExportedJournal = "exportedJournal",
    /// Cleared the request journal.
    ClearJournal = "clearJournal",
}

impl AuditAction {
    /// The action of this name.
    pub fn named(name: &str) -> Self {
        Self::ALL.iter().copied().find(|action| action.name() == name).unwrap_or(Self::Unknown)
    }
}

impl<'de> Deserialize<'de> for AuditAction {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        Ok(Self::named(&String::deserialize(deserializer)?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_another_version_writes_is_unknown_and_the_rest_of_the_page_stays() {
        let text = r#"{"entries":[{"id":2,"at":"2026-11-20T11:00:00Z","who":"Ольга (t1)","action":"paintedLogo"},
            {"id":1,"at":"2026-11-20T11:00:00Z","who":"command line","action":"issuedToken","subject":"Ольга"}]}"#;
        let page: AuditPage = serde_json::from_str(text).expect("a page");
        let actions: Vec<_> = page.entries.iter().map(|entry| entry.action).collect();
        assert_eq!(actions, [AuditAction::Unknown, AuditAction::IssuedToken]);
        assert_eq!(AuditAction::named("paintedLogo"), AuditAction::Unknown);
        for action in AuditAction::ALL {
            assert_eq!(serde_json::to_value(action).expect("a name"), action.name());
            assert_eq!(AuditAction::named(action.name()), *action);
        }
    }
}
