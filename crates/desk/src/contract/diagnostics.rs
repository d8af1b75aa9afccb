//! How an office works, and why a call had no card.

use std::collections::BTreeMap;

use calls::ConnectionId;
pub use link::wire::{
    AskedAgain, AuditAction, AuditLine, AuditPage, CardPath, CardSpeed, CardsReport, CertificateRole, CertificateView,
    ConnectionReport, DeskName, DeskOutcome, EventMeaning, ExportedEntry, Hop, HopPlace, HopState, JournalAgain,
    JournalDetail, JournalDirection, JournalFilter, JournalLine, JournalPage, JournalReason, JournalVerdict, NoCard,
    PathEvent, ProofName, QuotaCounted, QuotaView, ReadAgain, ReadEvent, Reading, SignatureCheck, StageCause,
    StageName, StageProof, StageReport, StageRun, StageState, StagedCheck, StateReport, TestCause, TestMessageView,
    TestPlace, TestReport, TestStage, TestWish, WithoutCard, admin::TrialMode,
};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::call::CallRef;

/// Wish to see the way of a call to a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardPathRequest {
    /// Which call.
    pub call: CallRef,
    /// Whose desk; absent: the own, or for administrators the first that had no card.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<String>,
}

/// Wish to see how the calls of today came to cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardsTodayRequest {
    /// At which office.
    pub office: String,
}

/// Wish to see how an office stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StateRequest {
    /// Which office.
    pub office: String,
}

/// Wish to test the address that a connection's PBX posts to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TestAddressRequest {
    /// At which office.
    pub office: String,
    /// Whose address.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// Which message is sent, by its name.
    pub message: String,
    /// How long it is waited for.
    pub seconds: u32,
}

/// Wish to see how far a connection is proved.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct StagedCheckRequest {
    /// At which office.
    pub office: String,
    /// Which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
}

/// Wish to put a connection into trial mode.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct BeginTrialRequest {
    /// At which office.
    pub office: String,
    /// Which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// For so many hours from now, at most 24.
    pub hours: u32,
}

/// Wish to end the trial mode of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EndTrialRequest {
    /// At which office.
    pub office: String,
    /// Which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
}

/// Wish that an office does its part of a stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RunStageRequest {
    /// At which office.
    pub office: String,
    /// Of which connection.
    #[ts(type = "string")]
    pub connection: ConnectionId,
    /// Which stage.
    pub stage: StageName,
}

/// Wish to see a page of an office's request journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalRequest {
    /// At which office.
    pub office: String,
    /// Which entries.
    pub filter: JournalFilter,
}

/// Wish to see an entry of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalEntryRequest {
    /// At which office.
    pub office: String,
    /// Which.
    #[ts(type = "number")]
    pub id: i64,
    /// With the numbers that stand in it.
    pub reveal: bool,
}

/// An entry of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NamedEntry {
    /// At which office.
    pub office: String,
    /// Which.
    #[ts(type = "number")]
    pub id: i64,
}

/// Wish that an office forgets its request journal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ClearJournalRequest {
    /// Which office.
    pub office: String,
}

/// Wish to see a page of what administrators changed at an office.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AuditRequest {
    /// At which office.
    pub office: String,
    /// Older than this entry.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

/// Wish to have what the filter shows of a request journal in a file, with the middle of each number hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportJournalRequest {
    /// At which office.
    pub office: String,
    /// Which entries; where it says from where on, that is passed over.
    pub filter: JournalFilter,
    /// In whose words.
    pub words: ExportWords,
}

/// What a file calls things, in the language of whoever reads it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportWords {
    /// What stands between two fields: what a spreadsheet expects there depends on the language.
    pub separator: FieldSeparator,
    /// Over the columns: time, direction, connection, method, result, status, milliseconds, address, request, answer.
    pub columns: [String; 10],
    /// Which way something went.
    pub directions: BTreeMap<JournalDirection, String>,
    /// How it came out.
    pub verdicts: BTreeMap<JournalVerdict, String>,
    /// Why it failed.
    pub reasons: BTreeMap<JournalReason, String>,
    /// Methods with a name of ours.
    pub methods: BTreeMap<String, String>,
}

/// What stands between two fields of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum FieldSeparator {
    /// `,`
    Comma,
    /// `;`, where a comma stands in numbers.
    Semicolon,
}

/// A journal that was put into a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ExportedJournal {
    /// The file.
    pub file: String,
    /// How many entries stand in it.
    #[ts(type = "number")]
    pub entries: u32,
    /// They are all that fit; otherwise there were too many, and they are the newest.
    pub whole: bool,
}
