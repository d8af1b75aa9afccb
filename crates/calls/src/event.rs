//! What a book is told: vendor events, our commands with their answers, and our own decisions.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    action::Action,
    call::{Attribution, CallResult, Customer, Direction, EndCause, LegRole, Line, RecordingReference},
    id::{CallId, CommandId, ConnectionId},
};

/// Version of the log's entries; older ones are brought up on reading.
pub const EVENT_VERSION: u16 = 1;

/// One entry of a connection's log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Stored {
    /// Place in the office's log, unique and growing.
    pub seq: u64,
    /// The connection that it is about.
    pub connection: ConnectionId,
    /// When the office received or made it.
    pub received_at: Timestamp,
    /// What it says.
    pub event: LogEvent,
}

/// What an entry of the log says: the input of a book.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "told")]
pub enum LogEvent {
    /// The PBX said so.
    Vendor(VendorEvent),
    /// We asked the PBX for something. Logged before it is sent.
    Command(Command),
    /// What came of asking.
    Answer(CommandAnswer),
    /// We concluded so.
    Decision(Decision),
}

/// One message of a PBX about one call, as its make understood it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VendorEvent {
    /// Two messages with equal keys are the same message.
    pub dedupe_key: String,
    /// The vendor's own word for the message, for traces and journals.
    pub raw_kind: String,
    /// The vendor's id of the call; absent where the message is about none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The time that the PBX wrote on it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub time: Option<VendorTime>,
    /// The vendor's number of this event within its leg: it decides the order where it is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub leg_seq: Option<i64>,
    /// How it reached us.
    pub source: Source,
    /// It was posted to us while its connection was in trial mode: a call that begins with it is for administrators alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub trial: bool,
    /// The extension whose session told it, where the PBX has a session for each extension.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<String>,
    /// The vendor's id of our command that caused it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_command: Option<String>,
    /// What it means, in order. Empty means: nothing for the call (kept, counted).
    pub effects: Vec<Effect>,
}

/// A vendor's time: the text, and what it means once the zone is known.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct VendorTime {
    /// Verbatim.
    pub raw: String,
    /// Read in `zone` when it arrived.
    pub utc: Timestamp,
    /// IANA name of the zone in which `raw` was read; absent where the text itself is absolute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<String>,
}

/// How an event reached us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Source {
    /// Over a socket, as it happened.
    Push,
    /// Posted to our address, and signed by the PBX.
    Webhook,
    /// Posted to our address by whoever knows it, and believed because the settings say so.
    Unsigned,
    /// Read from the PBX.
    Poll,
    /// Kept by the PBX while we were away: never rings.
    Replay,
}

/// Names a leg of a call, with what the message says of its party.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LegRef {
    /// The make's key of this leg within its call.
    pub key: String,
    /// Part it plays.
    pub role: LegRole,
    /// Internal number, normalised.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// External number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<String>,
    /// Name that the PBX gave.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another key under which the PBX tells of the same phone while it does not name this one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub alias: Option<String>,
    /// Extension of the colleague at the calling end, where the PBX tells of both ends as of one leg. A later message of
    /// the leg that names another or none says that somebody else has taken his place: a transfer is complete.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub caller: Option<String>,
}

/// What a vendor's message means.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "effect")]
pub enum Effect {
    /// The call began.
    #[serde(rename_all = "camelCase")]
    CallCreated {
        /// Who called whom.
        direction: Direction,
        /// The external party, or the called colleague.
        customer: Customer,
        /// Number or queue that was called.
        line: Line,
    },
    /// More is known of the call; only what is given fills what was empty.
    #[serde(rename_all = "camelCase")]
    CallUpdated {
        /// Who called whom, unless unknown.
        direction: Direction,
        /// The external party.
        customer: Customer,
        /// Number or queue that was called.
        line: Line,
    },
    /// A party was asked for; nothing rings yet.
    LegOffered {
        /// Which leg.
        leg: LegRef,
    },
    /// A party is in the menu or a queue.
    LegQueued {
        /// Which leg.
        leg: LegRef,
        /// In the menu: no card.
        menu: bool,
    },
    /// A party's phone rings.
    LegRinging {
        /// Which leg.
        leg: LegRef,
    },
    /// A party answered.
    LegAnswered {
        /// Which leg.
        leg: LegRef,
    },
    /// A party was put on hold.
    LegHeld {
        /// Which leg.
        leg: LegRef,
    },
    /// A party was taken off hold.
    LegRetrieved {
        /// Which leg.
        leg: LegRef,
    },
    /// A party left; not the end of the call.
    LegCleared {
        /// Which leg.
        leg: LegRef,
        /// Why, classified.
        cause: EndCause,
        /// Why, in the PBX's words.
        reason: Option<String>,
    },
    /// The party of this leg has passed the call on and left: somebody else has taken his place. Changes nothing where the
    /// leg is not known.
    LegReplaced {
        /// Which leg.
        leg: LegRef,
    },
    /// The message is about the consultation leg of a transfer: its parties are two colleagues, and tell of the call only
    /// where nothing else does.
    TransferStarted,
    /// A digit was pressed.
    Dtmf {
        /// The digits.
        digits: String,
    },
    /// The outcome of routing a call.
    RouteResult {
        /// Whether the PBX did it.
        accepted: bool,
        /// Its code or words.
        detail: Option<String>,
    },
    /// The outcome of one of our commands, where the PBX tells it apart from its answer.
    CommandResult {
        /// Whether the PBX did it.
        accepted: bool,
        /// Its code or words.
        detail: Option<String>,
    },
    /// Recording began.
    RecordingStarted,
    /// A recording exists.
    RecordingAvailable {
        /// What fetches it.
        reference: RecordingReference,
    },
    /// There will be no recording.
    NotRecorded,
    /// It is known which advertisement brought the customer.
    Attributed {
        /// Which.
        attribution: Attribution,
    },
    /// The call is over; closes all open legs.
    #[serde(rename_all = "camelCase")]
    CallEnded {
        /// How it went, where the PBX says so itself; otherwise derived from the legs.
        result: Option<CallResult>,
        /// The PBX's own reason, verbatim.
        reason: Option<String>,
    },
    /// Not understood: kept with its body, changes nothing.
    Unknown {
        /// What came, redacted.
        body: Value,
    },
}

impl Effect {
    /// The leg that it is about, to be named otherwise.
    pub fn leg_mut(&mut self) -> Option<&mut LegRef> {
        match self {
            Self::LegOffered { leg }
            | Self::LegQueued { leg, .. }
            | Self::LegRinging { leg }
            | Self::LegAnswered { leg }
            | Self::LegHeld { leg }
            | Self::LegRetrieved { leg }
            | Self::LegReplaced { leg }
            | Self::LegCleared { leg, .. } => Some(leg),
            Self::CallCreated { .. }
            | Self::CommandResult { .. }
            | Self::CallUpdated { .. }
            | Self::TransferStarted
            | Self::Dtmf { .. }
            | Self::RouteResult { .. }
            | Self::RecordingStarted
            | Self::RecordingAvailable { .. }
            | Self::NotRecorded
            | Self::Attributed { .. }
            | Self::CallEnded { .. }
            | Self::Unknown { .. } => None,
        }
    }

    /// The leg that it is about, if it is about one.
    pub(crate) fn leg(&self) -> Option<&LegRef> {
        match self {
            Self::LegOffered { leg }
            | Self::LegQueued { leg, .. }
            | Self::LegRinging { leg }
            | Self::LegAnswered { leg }
            | Self::LegHeld { leg }
            | Self::LegRetrieved { leg }
            | Self::LegReplaced { leg }
            | Self::LegCleared { leg, .. } => Some(leg),
            Self::CallCreated { .. }
            | Self::CallUpdated { .. }
            | Self::TransferStarted
            | Self::Dtmf { .. }
            | Self::RouteResult { .. }
            | Self::CommandResult { .. }
            | Self::RecordingStarted
            | Self::RecordingAvailable { .. }
            | Self::NotRecorded
            | Self::Attributed { .. }
            | Self::CallEnded { .. }
            | Self::Unknown { .. } => None,
        }
    }
}

/// Something that a person asked the PBX to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Command {
    /// Its identity: acts once.
    pub id: CommandId,
    /// Who asked: a token's or person's name.
    pub author: String,
    /// What for.
    pub kind: CommandKind,
}

/// What a command asks for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub enum CommandKind {
    /// Ring `from`, then dial `to`; or the other way round.
    Originate {
        /// The agent's extension.
        from: String,
        /// What to dial, as it is sent to the PBX.
        to: String,
        /// `to` is rung first, and `from` once that side has answered.
        #[serde(default, skip_serializing_if = "std::ops::Not::not")]
        customer_first: bool,
    },
    /// Do something with a call that goes on.
    Act {
        /// Which call.
        call: CallId,
        /// The make's key of the leg that it acts on.
        leg: String,
        /// The extension that acts.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        extension: Option<String>,
        /// What.
        action: Action,
    },
}

/// What came of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "answer")]
pub enum CommandAnswer {
    /// The PBX took it.
    #[serde(rename_all = "camelCase")]
    Accepted {
        /// Which command.
        command: CommandId,
        /// The vendor's id of the call, where it tells.
        vendor_call: Option<String>,
        /// The PBX's own doubts (a non-zero result beside a session): shown as "not confirmed".
        doubt: Option<String>,
    },
    /// The PBX refused it.
    Rejected {
        /// Which command.
        command: CommandId,
        /// Its code or words.
        reason: String,
    },
    /// The answer was lost: it may have acted. Never retried.
    Unknown {
        /// Which command.
        command: CommandId,
    },
}

impl CommandAnswer {
    /// The command that this answers.
    pub fn command(&self) -> CommandId {
        match self {
            Self::Accepted { command, .. } | Self::Rejected { command, .. } | Self::Unknown { command } => *command,
        }
    }
}

/// Where a command stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CommandState {
    /// On its way.
    Sent,
    /// The PBX said ok; nothing has shown the effect yet.
    Accepted,
    /// An event showed the effect.
    Confirmed,
    /// The PBX refused.
    Rejected,
    /// The answer was lost, or nothing showed an effect in time.
    Unknown,
}

/// What we concluded ourselves. Logged like everything else, so a rebuild reads no clock.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "decision")]
pub enum Decision {
    /// A deadline that the book asked for has passed.
    TimerFired {
        /// Which.
        timer: Timer,
    },
    /// An open call is not in the PBX's list.
    AbsentFromSnapshot {
        /// Which call.
        call: CallId,
    },
    /// Entries of this call that an earlier run could not read can be read now: the call is folded anew.
    ReadAgain {
        /// Which call.
        call: CallId,
    },
    /// What a rule of the office said of this call was answered in time, and the call had been told of before the PBX asked.
    RuleActed {
        /// Which call.
        call: CallId,
        /// The rule.
        rule: String,
    },
    /// What a rule of the office said of this call was answered after the PBX had gone on by itself: the rule did nothing.
    RuleTooLate {
        /// Which call.
        call: CallId,
        /// The rule.
        rule: String,
    },
    /// From here on events may be missing.
    #[serde(rename_all = "camelCase")]
    GapOpened {
        /// The extension whose session misses them; absent where it is the whole connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// Since when.
        from: Timestamp,
        /// Why, for the journal and the screen.
        cause: String,
    },
    /// Events are complete again.
    #[serde(rename_all = "camelCase")]
    GapClosed {
        /// The extension whose session it is; absent where it is the whole connection.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        session: Option<String>,
        /// Until when.
        to: Timestamp,
        /// Events before this are lost for good: away longer than the PBX keeps them, or sent to a socket that broke.
        hole_until: Option<Timestamp>,
    },
    /// Vendor times without a mark are read in this zone from here on.
    ZoneChosen {
        /// IANA name.
        zone: String,
        /// Why.
        because: String,
    },
}

/// A deadline that a book asks for (`Book::next_deadline`).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", tag = "timer")]
pub enum Timer {
    /// All legs are terminal and no end came.
    Grace {
        /// Which call.
        call: CallId,
    },
    /// An accepted command showed no effect in 15 s.
    NotConfirmed {
        /// Which command.
        command: CommandId,
    },
    /// A pending call found no event in 60 s.
    Unstitched {
        /// Which command.
        command: CommandId,
    },
    /// An ended call may be forgotten after 15 minutes.
    Tombstone {
        /// Which call.
        call: CallId,
    },
    /// No event of an open call for hours.
    Silent {
        /// Which call.
        call: CallId,
    },
    /// Nothing has shown that a call was taken off hold, though the PBX accepted the command.
    Provisional {
        /// Which call.
        call: CallId,
    },
}
