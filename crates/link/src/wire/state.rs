//! How an office stands, as an administrator sees it.

use calls::ConnectionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{ConnectionState, ConnectionWarning, DownCause, Hole, TestMessageView, Titles};

/// How an office stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StateReport {
    /// The office's clock.
    #[ts(type = "string")]
    pub now: Timestamp,
    /// The address that PBXs post to, where there is one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public_url: Option<String>,
    /// The IP addresses that it leads to: what a vendor's allow-list is to have, where the office goes out by the same.
    pub addresses: Vec<String>,
    /// The certificates that the office shows or trusts, and until when.
    pub certificates: Vec<CertificateView>,
    /// Its connections.
    pub connections: Vec<ConnectionReport>,
}

/// A certificate and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CertificateView {
    /// What it is for.
    pub role: CertificateRole,
    /// Whose PBX is known by it.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// The host names that it is for; an authority's has none.
    pub names: Vec<String>,
    /// When it ends; absent where it never does.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// What a certificate is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CertificateRole {
    /// The office shows it to whoever comes.
    Own,
    /// It vouches for that one, where no public authority does.
    OwnAuthority,
    /// A PBX is trusted because of it, beside public authorities.
    Trusted,
}

/// How a connection stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ConnectionReport {
    /// Which.
    #[ts(type = "string")]
    pub id: ConnectionId,
    /// What people call its make.
    pub titles: Titles,
    /// Where it stands.
    pub state: ConnectionState,
    /// Since when.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// Why it is down.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<DownCause>,
    /// What else is wrong with it.
    pub warnings: Vec<ConnectionWarning>,
    /// The same in words, with what is wrong with single sessions.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Events may be missing since then.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missing_since: Option<Timestamp>,
    /// Times of which calls are missing for good, oldest first.
    pub holes: Vec<Hole>,
    /// When the last authentic message came.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heard_at: Option<Timestamp>,
    /// How far the PBX's clock is ahead of the office's, as the last messages showed it.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clock_ahead_ms: Option<i64>,
    /// That is so much that signatures, or the times of calls, are wrong by it.
    pub clock_is_off: bool,
    /// What the vendor admits, and how much of it is used.
    pub quotas: Vec<QuotaView>,
    /// Its PBX posts to us. From any address: the signature shows whose a message is.
    pub posts: bool,
    /// The messages by which the way from outside can be tested; none where its PBX does not post to us.
    #[serde(default)]
    pub test_messages: Vec<TestMessageView>,
    /// It talks to the vendor's test host: no real call comes from there.
    pub is_test_host: bool,
    /// It can be put into trial mode.
    #[serde(default)]
    pub offers_trial: bool,
    /// Where its PBX posts in trial mode, over plain HTTP, as far as that is known.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_address: Option<String>,
    /// It is in trial mode until then: its calls are for administrators alone, and its PBX may post over plain HTTP.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<Timestamp>,
}

/// So many requests are admitted, and so many were sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct QuotaView {
    /// Of what.
    pub counted: QuotaCounted,
    /// The method's or the kind's name.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// How many were sent or came.
    pub used: u32,
    /// How many are admitted.
    pub limit: u32,
    /// Within so many seconds.
    pub seconds: u32,
}

/// What a quota counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum QuotaCounted {
    /// Every request of the connection.
    Everything,
    /// The requests of one kind.
    Kind,
    /// One method. The vendor does not say in which time it counts: a day is looked at.
    Method,
}
