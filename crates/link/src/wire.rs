//! What travels between an office and those who look at it (JSON, camelCase, times RFC 3339).

pub mod admin;
pub mod join;
pub mod people;

mod action;
mod address_test;
mod audit;
mod card_path;
mod connection;
mod join_link;
mod journal;
mod setup;
mod staged;
mod state;
mod summary;

use calls::{
    Attribution, CallId, CallResult, CallState, CommandId, CommandState, ConnectionId, Customer, Direction, EndCause,
    Fact, LegRole, LegState, RecordingId, number::DialNumber,
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub use action::{ActOnCall, ActionBody};
pub use address_test::{TEST_SECONDS, TestCause, TestMessageView, TestPlace, TestReport, TestStage, TestWish};
pub use audit::{AuditAction, AuditLine, AuditPage, AuditRange};
pub use card_path::{
    CardDecision, CardDecisions, CardPath, CardRule, CardSpeed, CardsReport, CauseDetails, DeskName, DeskOutcome, Hop,
    HopPlace, HopState, LARGEST_REPORT, NoCard, PathEvent, WithoutCard,
};
pub use connection::{
    Balance, CallbackGroup, ConnectionState, ConnectionView, ConnectionWarning, DownCause, Hole, Titles,
};
pub use join_link::{JoinCode, JoinLink, JoinLinkError};
pub use journal::{
    AskedAgain, EventMeaning, ExportedEntry, JournalAgain, JournalDetail, JournalDirection, JournalExport,
    JournalFilter, JournalLine, JournalPage, JournalReason, JournalVerdict, ReadAgain, ReadEvent, Reading,
    SignatureCheck,
};
pub use setup::{
    CheckField, CheckFinding, CheckOutcome, CheckStep, Introduction, KeyField, KeyKind, MakeCard, MakeRecordings,
    MakeView, PhoneChoice, Phones,
};
pub use staged::{
    ProofName, RunStage, StageCause, StageName, StageProof, StageReport, StageRun, StageState, StagedCheck,
};
pub use state::{CertificateRole, CertificateView, ConnectionReport, QuotaCounted, QuotaView, StateReport};

use crate::lenient;

/// Version of the stream that this program speaks.
pub const PROTOCOL: u32 = 1;

/// The client's first frame.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// Where to go on, or `null` for everything.
    pub resume: Option<Cursor>,
}

/// A place in an office's log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor {
    /// Changes when the log is restored or when this viewer's rights change.
    pub epoch: String,
    /// The last sequence number that was taken in.
    pub seq: u64,
}

/// What an office sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum Frame {
    /// First frame.
    Hello {
        /// Version of the stream.
        protocol: u32,
        /// Epoch of the log for this viewer.
        epoch: String,
        /// Head of the log: what comes up to here is catch-up.
        seq: u64,
        /// The office's clock.
        now: Timestamp,
        /// Who the office takes the viewer for.
        you: You,
    },
    /// Something changed. A catch-up of more than one step begins with the calls that are open and the newest, ahead of
    /// their turn; everything else comes in the order of the log. What happens meanwhile is told in between.
    Event {
        /// Sequence number of the event that changed it.
        seq: u64,
        /// The new state.
        event: StreamEvent,
    },
    /// Everything up to here was sent. Comes after each step of the catch-up, so that a stream that is cut goes on from
    /// there, and with each heartbeat. The catch-up ends with the one that reaches the `seq` of `hello`.
    At {
        /// Place in the log.
        seq: u64,
    },
    /// The cursor cannot be resumed: set the copy aside and resume from `null`.
    TooOld,
    /// A kind of a later version.
    #[serde(other)]
    Other,
}

/// Who a viewer is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct You {
    /// The token's or person's name.
    pub name: String,
    /// What may be seen.
    pub role: Role,
    /// Extensions that are his.
    pub extensions: Vec<ExtensionRef>,
    /// Groups whose lines ring here.
    pub groups: Vec<String>,
}

/// What a viewer may see and do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// His calls and those that ring or rang for him.
    Agent,
    /// Everything, or, with groups, what their lines take.
    Manager,
    /// Everything, and administration.
    Admin,
}

/// An extension of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ExtensionRef {
    /// Where.
    pub connection: ConnectionId,
    /// Which.
    pub extension: String,
}

/// A whole new state of one thing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum StreamEvent {
    /// A call.
    Call {
        /// The call, whole.
        call: Box<Call>,
    },
    /// A call may no longer be seen.
    Gone {
        /// Which.
        id: CallId,
    },
    /// Something that a person wrote.
    Fact {
        /// The fact.
        fact: Fact,
    },
    /// A command moved.
    Command {
        /// Where it stands.
        command: CommandView,
    },
    /// A connection's state; not in the log, sent after `hello` (with the place from which the desk goes on) and on
    /// every change.
    Connection {
        /// The connection.
        connection: ConnectionView,
    },
    /// The office has this connection no more. Its calls stay.
    Disconnected {
        /// Which.
        id: ConnectionId,
    },
    /// A call was erased.
    Erased {
        /// Which.
        id: CallId,
    },
    /// A kind of a later version.
    #[serde(other)]
    Other,
}

/// A call as a viewer may see it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its identity.
    pub id: CallId,
    /// The connection that told of it.
    pub connection: ConnectionId,
    /// Derived from the legs.
    #[serde(deserialize_with = "lenient::call_state")]
    pub state: CallState,
    /// Who called whom.
    #[serde(deserialize_with = "lenient::or_default")]
    pub direction: Direction,
    /// The external party, or the called colleague.
    pub customer: Customer,
    /// Number or queue that was called.
    pub line: Line,
    /// The parties.
    pub legs: Vec<Leg>,
    /// When it began.
    pub started_at: Timestamp,
    /// When somebody first talked with the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How it went, for this viewer.
    #[serde(default, deserialize_with = "lenient::result", skip_serializing_if = "Option::is_none")]
    pub result: Option<CallResult>,
    /// The PBX's own reason of the end, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// It rings for this viewer, now.
    pub rings_for_me: bool,
    /// One of the viewer's extensions is a leg, or he placed it.
    #[serde(default)]
    pub mine: bool,
    /// Only in the menu or a queue.
    #[serde(default)]
    pub in_menu: bool,
    /// First seen too late to pop.
    #[serde(default)]
    pub late: bool,
    /// A transfer is under way.
    #[serde(default)]
    pub transferring: bool,
    /// Earlier events are missing.
    #[serde(default)]
    pub partial: bool,
    /// Our command that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// Extension of the person of the office who placed it; absent where it came from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<String>,
    /// It was asked for so that the customer is rung before the phone that placed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_first: bool,
    /// It began while its connection was in trial mode: only administrators see it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub trial: bool,
    /// Its recordings.
    pub recordings: Vec<Recording>,
    /// The id that it had before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_from: Option<CallId>,
    /// Which advertisement brought the customer, where the PBX tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
}

/// Number or queue that was called, with the office's name for it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Line {
    /// The number, or the queue where there is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The office's name for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
}

/// One party's part in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leg {
    /// Internal number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// External number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name of the person, where the office or the PBX knows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Part it plays.
    pub role: LegRole,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::leg_state")]
    pub state: LegState,
    /// When it came to be.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub started_at: Option<Timestamp>,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended.
    #[serde(default, deserialize_with = "lenient::or_default")]
    pub end_cause: EndCause,
    /// Nothing is known of it but its end: it does not say whose phone rings.
    #[serde(default, skip_serializing_if = "is_false")]
    pub only_end: bool,
    /// Extension of the colleague who asks about the call on this leg, and has not passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// That its phone rings was told late: nobody is rung by it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub late: bool,
}

fn is_false(value: &bool) -> bool {
    !value
}

/// A recording as a viewer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// Its identity.
    pub id: RecordingId,
    /// Where it stands.
    #[serde(deserialize_with = "lenient::or_default")]
    pub state: RecordingState,
    /// Its length, once measured.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_ms: Option<u32>,
}

/// Where a recording stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum RecordingState {
    /// The PBX is making it.
    #[default]
    Preparing,
    /// Can be played.
    Ready,
    /// Being fetched from the PBX.
    Fetching,
    /// Its link is no longer valid; asking again may help.
    Expired,
    /// Gone for good.
    Gone,
    /// The talk was too short to be recorded.
    NotRecorded,
}

/// Asks for a call to be placed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PlaceCall {
    /// Identity of the request.
    pub command: CommandId,
    /// Through which connection.
    pub connection: ConnectionId,
    /// Whose phone rings first, a person's or a group's; the viewer's own extension when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// What to dial: the digits of `number`, or a text, which the office reads once.
    pub to: String,
    /// The same as it was read and shown to a person: nothing reads it again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<DialNumber>,
    /// The customer's phone rings first.
    #[serde(default, skip_serializing_if = "is_false")]
    pub customer_first: bool,
}

/// Where a command stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CommandView {
    /// Its identity.
    pub command: CommandId,
    /// The call that it started; follow redirects.
    pub call: CallId,
    /// Where it stands.
    pub state: CommandState,
    /// The PBX's words, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The stored events of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// One per stored event, in the order of the log.
    pub events: Vec<TraceEvent>,
}

/// One stored event.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct TraceEvent {
    /// Place in the log.
    pub seq: u64,
    /// The vendor's word, or ours for commands and decisions.
    pub kind: String,
    /// The vendor's time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_time: Option<Timestamp>,
    /// When the office received or made it.
    pub received_at: Timestamp,
    /// Arrived too late to pop.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// How it was authenticated.
    pub signature: Signature,
    /// Extension or number that it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// What was said of the call's route: the office's rule that acted, or the PBX's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
    /// What came of a rule of the office for callers, where the event tells that.
    #[serde(default, deserialize_with = "lenient::or_default", skip_serializing_if = "Option::is_none")]
    pub rule: Option<TracedRule>,
}

/// What came of a rule of the office for callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum TracedRule {
    /// The PBX was told what it says.
    Acted(CallRule),
    /// The PBX did not wait for it.
    TooLate,
    /// The PBX did not do what it says.
    Refused,
}

/// A rule of the office for callers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CallRule {
    /// Whoever looks after the caller is rung first.
    Responsible,
    /// His call goes through a scenario of the PBX.
    Scenario,
    /// He is refused.
    Blocked,
    /// His name is shown on the phones.
    Contact,
}

impl CallRule {
    /// The rule of this name in the office's log.
    pub fn named(name: &str) -> Option<Self> {
        serde_json::from_value(name.into()).ok()
    }
}

/// How an event was authenticated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Signature {
    /// The vendor's signature was checked.
    Valid,
    /// Nobody signed it: it came over a channel that is authenticated itself, or the settings say that what comes without a
    /// signature is believed.
    None,
    /// Made by the office.
    Own,
}

/// Shape and length of a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PeaksView {
    /// Length.
    pub duration_ms: u32,
    /// One lane a channel, values 0–255, evenly spread over the length. Lane 0 is the agent.
    pub lanes: Vec<Vec<u8>>,
    /// Byte place of the audio frame that begins at or before each whole second, for seeking.
    pub seconds: Vec<u32>,
    /// Length in bytes.
    pub bytes: u32,
    /// `audio/mpeg` or `audio/wav`.
    pub mime: String,
}
