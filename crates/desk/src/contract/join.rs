//! Joining an office by an invitation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::settings::Token;

/// Asks what an invitation is for. It is not used by that.
#[derive(Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadInvitationRequest {
    /// The link, as a person pasted it; absent for the one that another program handed over.
    #[ts(optional, type = "string")]
    #[serde(default)]
    pub link: Option<Token>,
}

link::must_not_implement!(ReadInvitationRequest: std::fmt::Debug, Serialize);

/// What an invitation is for, or why that cannot be said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationAnswer {
    /// What it is for.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub invitation: Option<InvitationDetails>,
    /// Why it cannot be used.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<JoinProblem>,
}

/// What an invitation is for. Its code stays in the program.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct InvitationDetails {
    /// Names it: a person says yes to what he was shown, and to nothing else.
    #[ts(type = "number")]
    pub id: u32,
    /// The office's name.
    pub office: String,
    /// Whose it is.
    pub person: String,
    /// The extensions that will be his.
    pub extensions: Vec<String>,
    /// Where the office's gateway is.
    pub host: String,
    /// The gateway vouches for itself, by a certificate that the invitation names.
    pub own_certificate: bool,
    /// Until when it can be used.
    #[ts(type = "string")]
    pub expires_at: Timestamp,
}

/// A person says yes to an invitation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinOfficeRequest {
    /// Which.
    #[ts(type = "number")]
    pub invitation: u32,
}

/// What came of a yes; joined without a problem.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JoinAnswer {
    /// Why it led nowhere.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<JoinProblem>,
}

/// Why an invitation cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JoinProblem {
    /// The text is no link of an invitation, or not all of one.
    NotALink,
    /// The office does not know its code.
    CodeUnknown,
    /// Its code was used before.
    CodeUsed,
    /// It was valid too long ago.
    CodeExpired,
    /// An administrator took it back.
    CodeRevoked,
    /// Too many codes were tried from here.
    TooOften,
    /// Its host is not found.
    NameNotFound,
    /// No name server could be asked for its host.
    NoNameServer,
    /// Something before the gateway lets nobody through from here.
    Forbidden,
    /// Nobody answers at its address.
    NoAnswer,
    /// Nobody whom this computer trusts vouches for the gateway.
    Untrusted,
    /// The gateway has another certificate than the link names.
    OtherCertificate,
    /// The gateway is of a version without invitations.
    TooOld,
    /// What answers is no gateway.
    NotAGateway,
    /// The gateway cannot do it now.
    NotNow,
    /// Another invitation was opened meanwhile.
    Replaced,
    /// This computer's database does not keep the office.
    NotKept,
}
