//! The staged check of a connection: in the order that vendors recommend, what was seen of each stage and what is missing.

use calls::ConnectionId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{HopState, JournalReason, TestReport, Titles};

/// How far a connection is proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StagedCheck {
    /// Which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// What people call its make.
    pub titles: Titles,
    /// The office's clock.
    #[ts(type = "string")]
    pub now: Timestamp,
    /// What is older was not looked at.
    #[ts(type = "string")]
    pub since: Timestamp,
    /// The stages in their order.
    pub stages: Vec<StageReport>,
    /// The address that its PBX posts to; a word in it that only the vendor knows is left out.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hook: Option<String>,
    /// The vendor's test host, where it has one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test_host: Option<String>,
    /// The host where its PBX is asked.
    pub host: String,
    /// The certificate of the office with what vouches for it, as PEM; absent where something before it speaks TLS.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certificate: Option<String>,
    /// Trial mode is on until then.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trial_until: Option<Timestamp>,
}

/// A stage of the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StageName {
    /// Messages go both ways without encryption.
    Plain,
    /// Both sides accept the other's signature.
    Signature,
    /// The same over TLS.
    Tls,
    /// At the live address, with a real call.
    Live,
    /// With the vendor's allow-list.
    AllowList,
}

impl StageName {
    /// All of them in their order.
    pub const ALL: [Self; 5] = [Self::Plain, Self::Signature, Self::Tls, Self::Live, Self::AllowList];

    /// Its name over the wire.
    pub fn name(self) -> &'static str {
        match self {
            Self::Plain => "plain",
            Self::Signature => "signature",
            Self::Tls => "tls",
            Self::Live => "live",
            Self::AllowList => "allowList",
        }
    }
}

/// Where a stage stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StageState {
    /// Everything that it takes was seen.
    Passed,
    /// The first that is not passed.
    Current,
    /// Not passed either, and comes after the current one.
    Later,
    /// The make has nothing to prove there.
    NotNeeded,
}

/// What is known of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageReport {
    /// Which.
    pub stage: StageName,
    /// Where it stands.
    pub state: StageState,
    /// What is to be done in the vendor's account, or why there is nothing to prove.
    pub advice: Titles,
    /// What it takes, in the order of the check; nothing where it is not needed.
    pub proofs: Vec<StageProof>,
    /// The office can do its part of it now: ask the PBX, or send itself a message.
    pub can_run: bool,
    /// When somebody began it; absent where nobody has, or the stage has no beginning of its own.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub began_at: Option<Timestamp>,
}

/// What a stage takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum ProofName {
    /// A message of the PBX came without encryption, whatever its signature.
    PlainNotification,
    /// Our request to the test host was answered without encryption.
    PlainRequest,
    /// The signature of the last message of the PBX was right.
    Signature,
    /// The test host accepted our signature.
    TestRequest,
    /// Messages without encryption are not taken.
    TrialOff,
    /// A message of ours came in over the encrypted public address.
    OwnTest,
    /// A message of the PBX came encrypted, with a right signature.
    TlsNotification,
    /// Our encrypted request to the test host was accepted.
    TlsRequest,
    /// The connection is at the live address.
    LiveAddress,
    /// The live address accepted our request.
    Request,
    /// A real call was told.
    RealCall,
    /// A message of the PBX came with a right signature.
    Notification,
}

/// What was seen of one thing that a stage takes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageProof {
    /// What.
    pub proof: ProofName,
    /// Seen, seen to fail, or not seen yet.
    pub state: HopState,
    /// When that was.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// Its entry in the request journal.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub entry: Option<i64>,
    /// The status with which it was answered.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long that took, in milliseconds.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u32>,
    /// Why it is not seen.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<StageCause>,
    /// Why it failed, as the request journal says it.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<JournalReason>,
}

/// Why something that a stage takes is not seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum StageCause {
    /// Nothing came yet, and messages without encryption are not taken: trial mode is off.
    TrialIsOff,
    /// Messages without encryption are still taken.
    TrialIsOn,
    /// No message of the PBX came yet.
    NoNotification,
    /// The last message was refused.
    NotificationRefused,
    /// The office has not asked the PBX yet.
    NotAsked,
    /// The PBX did not answer, or refused.
    RequestFailed,
    /// No message of ours was sent to the public address yet, or none came in.
    NotTested,
    /// Nobody has named the public address.
    NoPublicAddress,
    /// The public address is not encrypted.
    PlainPublicAddress,
    /// The connection is at the vendor's test host.
    AtTestHost,
    /// Nobody has begun the stage.
    NotBegun,
    /// No real call was told since it was begun.
    NoCall,
}

/// Wish that the office does its part of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RunStage {
    /// Which.
    pub stage: StageName,
}

/// What came of a stage that was run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StageRun {
    /// How far the connection is proved now.
    pub check: StagedCheck,
    /// How far a message of ours came, where one was sent.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub test: Option<TestReport>,
}
