//! Calls as lists and the side panel show them.

use calls::{Attribution, CallResult, CallState, Direction, LegRole, LegState};
use jiff::Timestamp;
use link::wire::RecordingState;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::ControlView;
use super::dial::RegionView;

/// Names a call among all offices that this desk looks at.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallRef {
    /// The office.
    pub office: String,
    /// The call within it.
    pub id: String,
}

/// Wish for a page of the call list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", default)]
pub struct ListCallsRequest {
    /// Any part of a number or name, or a word of a note; empty lists everything.
    pub text: String,
    /// Which calls.
    pub filter: CallFilter,
    /// `next` of the page before.
    #[ts(optional)]
    pub before: Option<String>,
    /// Rows wanted, at most 200.
    pub limit: u32,
}

/// Which calls a list holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CallFilter {
    /// All.
    #[default]
    All,
    /// From outside.
    Incoming,
    /// To outside.
    Outgoing,
    /// Nobody answered.
    Missed,
    /// With a recording.
    Recorded,
}

/// A page of the call list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallsPage {
    /// Newest first.
    pub rows: Vec<CallRow>,
    /// Give it as `before` to go on; absent at the end.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next: Option<String>,
    /// All calls that match, for the scroll bar; absent for searches.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// How many calls each filter shows without a search; with the first page only.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub counts: Option<CallCounts>,
}

/// Calls of each [`CallFilter`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallCounts {
    /// All.
    pub all: u32,
    /// From outside.
    pub incoming: u32,
    /// To outside.
    pub outgoing: u32,
    /// Nobody answered.
    pub missed: u32,
    /// With a recording.
    pub recorded: u32,
}

/// A row of the call list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallRow {
    /// Which call.
    pub call: CallRef,
    /// The connection whose PBX it goes through.
    pub connection: String,
    /// The external party or colleague.
    pub party: PartyView,
    /// Who called whom.
    pub direction: Direction,
    /// Where it stands.
    pub state: CallState,
    /// How it went.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub result: Option<CallResult>,
    /// The line's title, or its number in national grouping.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// Name or extension of the colleague who talked, or whose phone rang.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
    /// When the talk began: a running talk's timer counts from here, in the list as on the card.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// Length of an ended talk; absent when nobody talked.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_ms: Option<u32>,
    /// How long an ended call rang that nobody took.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rang_ms: Option<u32>,
    /// Its recording, if any.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub recording: Option<RecordingRow>,
    /// It has a note.
    pub noted: bool,
    /// How the talk ended, as somebody said.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
    /// How the number of a missed call was talked with afterwards.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reached: Option<ReachedView>,
    /// It began while its connection was in trial mode: only administrators see it.
    pub trial: bool,
    /// What can be done with the call now, or why not; told of calls that go on, in [`super::NowView`].
    pub controls: Vec<ControlView>,
}

/// The first talk with somebody whose call was missed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReachedView {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// We had called; otherwise he called again.
    pub called_back: bool,
}

/// Who is on the other side.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PartyView {
    /// Name, where one is known.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Number in national grouping; absent when hidden.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// What dialling it would send; absent when hidden.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dial: Option<String>,
    /// A colleague.
    pub internal: bool,
    /// Where the number belongs, of somebody without a name.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<RegionView>,
}

/// A recording in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordingRow {
    /// Its identity.
    pub id: String,
    /// Where it stands.
    pub state: RecordingState,
}

/// What the side panel shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallDetails {
    /// The call itself.
    pub row: CallRow,
    /// Why it ended, in the PBX's own words.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// Which advertisement brought the customer, where the PBX tells.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub attribution: Option<Attribution>,
    /// Its parties.
    pub legs: Vec<LegView>,
    /// What happened, in order.
    pub timeline: Vec<TimelineEntry>,
    /// What people wrote, newest first.
    pub notes: Vec<NoteView>,
    /// The newest outcome, if any.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub outcome: Option<OutcomeKind>,
    /// Other calls with this number, newest first, at most ten.
    pub others: Vec<CallRow>,
    /// All calls with this number, this one included.
    pub calls_with_number: u32,
    /// Stored events, for support; absent while the office is out of reach.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub events: Option<Vec<EventView>>,
}

/// A party's part in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LegView {
    /// Part it plays.
    pub role: LegRole,
    /// Name, extension or number.
    pub who: String,
    /// Extension, where it has one beside the name.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// Where it stands.
    pub state: LegState,
    /// How long it talked.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_ms: Option<u32>,
}

/// Something that happened in a call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct TimelineEntry {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// What.
    pub what: TimelineKind,
    /// Who or where: names, extensions, a line.
    pub who: Vec<String>,
}

/// Kinds of [`TimelineEntry`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum TimelineKind {
    /// The call came in on a line.
    Arrived,
    /// The call was placed.
    Placed,
    /// Phones ring.
    Rings,
    /// Somebody answered.
    Answered,
    /// By a rule of the office whoever looks after the caller was to be rung first.
    RuleResponsible,
    /// By a rule his call went through a scenario of the PBX.
    RuleScenario,
    /// By a rule he was refused.
    RuleBlocked,
    /// By a rule the PBX was told his name.
    RuleContact,
    /// A rule was too late for the PBX.
    RuleTooLate,
    /// The PBX did not do what a rule says.
    RuleRefused,
    /// Somebody left.
    Left,
    /// It ended.
    Ended,
    /// The recording can be played.
    RecordingReady,
}

/// What a person wrote.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct NoteView {
    /// Its identity.
    pub id: String,
    /// The text.
    pub text: String,
    /// Who wrote it.
    pub author: String,
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Others who edited it without having seen this.
    pub also_edited_by: Vec<String>,
}

/// How a talk ended, in the office's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum OutcomeKind {
    /// Done, nothing is left.
    Resolved,
    /// Somebody must call back.
    CallBack,
    /// An order was made.
    Order,
    /// A complaint.
    Complaint,
    /// Wrong number or nuisance.
    WrongNumber,
}

/// One stored event, for support.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventView {
    /// The vendor's word, or ours.
    pub kind: String,
    /// Extension or number that it is about.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// When the office received it.
    #[ts(type = "string")]
    pub received_at: Timestamp,
    /// The vendor's signature was checked.
    pub signed: bool,
}

/// Wish to keep a note.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveNoteRequest {
    /// Which call.
    pub call: CallRef,
    /// The text; empty takes the note back.
    pub text: String,
    /// The note that it replaces.
    #[ts(optional)]
    #[serde(default)]
    pub replaces: Option<String>,
}

/// Wish to say how a talk ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct SaveOutcomeRequest {
    /// Which call.
    pub call: CallRef,
    /// The outcome; absent takes it back.
    #[ts(optional)]
    #[serde(default)]
    pub outcome: Option<OutcomeKind>,
}

/// Calls changed: lists ask again for what they show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallsChanged {
    /// The rows that changed, whole; lists may put them in place.
    pub rows: Vec<CallRow>,
}
