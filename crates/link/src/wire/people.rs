//! The people of an office and its invitations, as an admin sees and changes them.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ExtensionRef, Role, join::SecretText};

/// The people who may look at the office, and those who are invited.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct People {
    /// Who has a token.
    pub people: Vec<TokenPerson>,
    /// Who has, or had, an invitation; newest first.
    pub invitations: Vec<InvitationView>,
}

/// Somebody who has a token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TokenPerson {
    /// Names the token.
    pub token_id: String,
    /// Whose it is.
    pub name: String,
    /// What he sees.
    pub role: Role,
    /// His extensions.
    pub extensions: Vec<ExtensionRef>,
    /// His groups.
    pub groups: Vec<String>,
    /// From then on it is no token, unless it is renewed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<Timestamp>,
    /// The computer that it was given to, as that called itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<String>,
    /// The program that uses it, with its version.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<String>,
    /// When it was last here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last_seen: Option<Timestamp>,
    /// Its desk looks at the office now.
    pub online: bool,
}

/// An invitation, without its code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InvitationView {
    /// Names it.
    pub id: String,
    /// Whose it is.
    pub name: String,
    /// What he will see.
    pub role: Role,
    /// The extensions that will be his.
    pub extensions: Vec<ExtensionRef>,
    /// The groups that will be his.
    pub groups: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
    /// How it stands.
    pub state: InvitationState,
}

/// How an invitation stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum InvitationState {
    /// It can be used.
    Open,
    /// It was.
    Used,
    /// It cannot be used any more.
    Expired,
    /// It was taken back.
    Revoked,
}

/// Invites somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Invite {
    /// Whose it is.
    pub name: String,
    /// What he will see.
    pub role: Role,
    /// The extensions that will be his.
    #[serde(default)]
    pub extensions: Vec<ExtensionRef>,
    /// The groups that will be his.
    #[serde(default)]
    pub groups: Vec<String>,
    /// How many days his token is valid after each renewal; for good when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token_expires_days: Option<u32>,
}

/// An invitation that was made; its link is told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Invited {
    /// Names it.
    pub id: String,
    /// What he opens.
    pub link: SecretText,
    /// From then on it is of no use.
    pub expires_at: Timestamp,
}

/// Invites all people of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImportInvitations {
    /// The table: name, role, extensions, groups.
    pub csv: String,
}

/// Who is in a table, up to the line that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TablePreview {
    /// The people, in its order.
    pub people: Vec<Invite>,
    /// Why nobody can be invited by it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<TableProblem>,
}

/// What is wrong with a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TableProblem {
    /// In which line; the first is 1.
    pub line: u32,
    /// What.
    pub fault: TableFault,
    /// The part of the line that is meant.
    pub part: String,
}

/// What may be wrong with a line of a table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TableFault {
    /// The name is missing, or is none.
    Name,
    /// There is no such role.
    Role,
    /// It is no extension.
    Extension,
    /// There are more fields than a line has.
    Fields,
    /// The quotes do not fit together.
    Quotes,
    /// There is no such connection.
    Connection,
    /// There is no such group.
    Group,
    /// Nobody is in it.
    Empty,
    /// More people are in it than one table may hold.
    TooMany,
}

/// The invitations of a table, in its order; their links are told this once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ImportedInvitations {
    /// One a line.
    pub invitations: Vec<NamedLink>,
}

/// Whose link it is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct NamedLink {
    /// Whose.
    pub name: String,
    /// What he opens.
    pub link: SecretText,
}

/// What somebody sees from now on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ChangeRights {
    /// What he sees.
    pub role: Role,
    /// His extensions.
    pub extensions: Vec<ExtensionRef>,
    /// His groups.
    pub groups: Vec<String>,
}
