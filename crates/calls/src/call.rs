//! Calls and their legs as the fold leaves them. States belong to legs, the call's state is derived.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::id::{CallId, CommandId, ConnectionId, RecordingId};

/// State of one party's part in a call, by rank (terminal absorbs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LegState {
    /// Asked for, nothing rings yet.
    Initiated,
    /// In the menu or a queue.
    Queued,
    /// Rings.
    Alerting,
    /// Talks.
    Connected,
    /// Put on hold.
    Held,
    /// Ended without having been connected.
    Failed,
    /// Ended after having been connected.
    Cleared,
}

impl LegState {
    /// Lower never overwrites higher.
    pub fn rank(self) -> u8 {
        match self {
            Self::Initiated => 10,
            Self::Queued => 20,
            Self::Alerting => 30,
            Self::Connected | Self::Held => 40,
            Self::Failed | Self::Cleared => 90,
        }
    }

    /// Nothing leaves a terminal state, but for the correction of a late answer.
    pub fn is_terminal(self) -> bool {
        self.rank() == 90
    }

    /// Takes part in the talk, on hold or not.
    pub fn is_talking(self) -> bool {
        matches!(self, Self::Connected | Self::Held)
    }
}

/// State of a call, derived from its legs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CallState {
    /// Known, and nothing of the below yet.
    New,
    /// Outgoing, on its way.
    Dialling,
    /// The customer is in the menu or a queue.
    Queued,
    /// Somebody's phone rings.
    Ringing,
    /// Two sides talk.
    Talking,
    /// On hold.
    OnHold,
    /// Three or more talk.
    Conference,
    /// Over.
    Ended,
}

/// Who called whom, seen from the office.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// From outside.
    Incoming,
    /// To outside.
    Outgoing,
    /// Between colleagues.
    Internal,
    /// Not said.
    #[default]
    Unknown,
}

/// How an ended call went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CallResult {
    /// Somebody talked with the customer.
    Answered,
    /// For this person: another member took it.
    AnsweredElsewhere,
    /// Incoming and nobody answered.
    Missed,
    /// The called side was busy.
    Busy,
    /// The called side did not answer.
    NoAnswer,
    /// The called side refused, or our rule did.
    Rejected,
    /// The one who placed it gave up.
    Cancelled,
    /// Network, wrong number, no money, barred.
    Failed,
    /// For this person: he left by his transfer and the call went on.
    Transferred,
    /// Left a message.
    Voicemail,
    /// Sent a fax.
    Fax,
    /// The end lies in a gap or never came.
    Unknown,
}

/// Part that a leg plays.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum LegRole {
    /// The external party.
    Customer,
    /// A person of the office.
    Agent,
    /// Whom a transfer goes to.
    TransferTarget,
}

/// Why a leg ended, classified; the vendor's own words are beside it in [`Leg::end_reason`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum EndCause {
    /// Hung up in the usual way, or not said.
    #[default]
    Normal,
    /// Another member of the group answered.
    AnsweredElsewhere,
    /// Busy.
    Busy,
    /// Did not answer in time.
    NoAnswer,
    /// Refused.
    Rejected,
    /// The caller gave up.
    Cancelled,
    /// Forwarded elsewhere.
    Diverted,
    /// Left by a transfer.
    Transferred,
    /// Could not be reached, barred, out of money, technical.
    Failed,
}

/// One party's part in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Leg {
    /// The make's own key of this leg within its call.
    pub key: String,
    /// Part it plays.
    pub role: LegRole,
    /// Internal number, normalised by the make.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// External number (E.164 with `+` where it is one).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name that the PBX gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Where it stands.
    pub state: LegState,
    /// When it came to be, as far as known.
    pub started_at: Timestamp,
    /// When it was answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended, classified.
    #[serde(default)]
    pub end_cause: EndCause,
    /// The PBX's own reason, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// Nothing is known of it but its end: it does not say whose phone rings.
    #[serde(default, skip_serializing_if = "is_false")]
    pub only_end: bool,
    /// Extension of the colleague who asks about the call on this leg, and has not passed it on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// That its phone rings was told late, or by replay: nobody is rung by it.
    #[serde(default, skip_serializing_if = "is_false")]
    pub late: bool,
}

impl Leg {
    /// A person of the office, or one who is asked by a transfer.
    pub fn is_agent(&self) -> bool {
        matches!(self.role, LegRole::Agent | LegRole::TransferTarget)
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about by reference")]
fn is_false(flag: &bool) -> bool {
    !flag
}

/// The external party of a call, or the called colleague of an internal one.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Customer {
    /// E.164 with `+` where it is one, otherwise the vendor's text without scheme and domain; absent when hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name that the PBX gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

/// Number or queue that was called, or that an outgoing call shows.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// The number, E.164 where it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// The queue's name or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub queue: Option<String>,
}

/// Which advertisement brought the customer to call, as the PBX's call tracking tells. The texts are the advertiser's own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Attribution {
    /// The site or search engine that showed it.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<String>,
    /// The kind of advertisement.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub medium: Option<String>,
    /// The campaign.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub campaign: Option<String>,
    /// What was searched for.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub term: Option<String>,
    /// The page that the customer called from, without what its address says behind the path.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
}

/// What fetches a recording from its PBX.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind", content = "value")]
pub enum RecordingReference {
    /// A link that stays valid (MANGO server-client).
    Link(String),
    /// The vendor's id, exchanged for a one-time link each time (Rostelecom `session_id`, MANGO VPBX).
    Id(String),
}

impl std::fmt::Debug for RecordingReference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Who has the text may fetch the recording.
        f.write_str(match self {
            Self::Link(_) => "Link",
            Self::Id(_) => "Id",
        })
    }
}

impl RecordingReference {
    /// The vendor's text.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Link(text) | Self::Id(text) => text,
        }
    }
}

/// What the PBX has said of a recording.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum RecordingState {
    /// Being made by the PBX.
    Preparing,
    /// Can be fetched.
    Ready,
    /// The talk was too short to be recorded.
    NotRecorded,
}

/// A recording of a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Recording {
    /// Its identity.
    pub id: RecordingId,
    /// What the PBX has said of it.
    pub state: RecordingState,
    /// What fetches it; absent while unknown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<RecordingReference>,
}

/// A call as its connection's events describe it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Call {
    /// Its identity.
    pub id: CallId,
    /// The connection that told of it.
    pub connection: ConnectionId,
    /// The vendor's id, absent while only our command stands for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_call: Option<String>,
    /// Derived from the legs.
    pub state: CallState,
    /// Who called whom.
    pub direction: Direction,
    /// The external party, or the called colleague.
    pub customer: Customer,
    /// Number or queue that was called.
    pub line: Line,
    /// In the order in which they joined (start, then key).
    pub legs: Vec<Leg>,
    /// When it began.
    pub started_at: Timestamp,
    /// When somebody first talked with the customer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it was over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// How it went, once ended.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub result: Option<CallResult>,
    /// The PBX's own reason of the end, verbatim.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// A transfer is under way.
    #[serde(default)]
    pub transferring: bool,
    /// We joined late: earlier events are missing.
    #[serde(default)]
    pub partial: bool,
    /// First seen over five minutes old, or by replay: pops nothing.
    #[serde(default)]
    pub late: bool,
    /// Only in the menu or a queue: listed as waiting, no card.
    #[serde(default)]
    pub in_menu: bool,
    /// The command of ours that started it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub command: Option<CommandId>,
    /// Extension of the person of the office who placed it, by a click or by hand; absent where it came from outside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placed_by: Option<String>,
    /// The command had the customer rung before the phone that placed it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub customer_first: bool,
    /// Its first entry was posted while the connection was in trial mode: it is for administrators alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
    /// The id that this call had before its vendor's id was known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirected_from: Option<CallId>,
    /// Its recordings.
    pub recordings: Vec<Recording>,
    /// Which advertisement brought the customer, where the PBX tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
}

impl Call {
    /// Over, in whatever way.
    pub fn is_ended(&self) -> bool {
        self.state == CallState::Ended
    }
}
