//! The request journal, as an administrator reads it.

use calls::{CallId, ConnectionId};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// Which way something went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalDirection {
    /// From the PBX to us.
    Incoming,
    /// From us to the PBX.
    Outgoing,
}

/// How an exchange came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalVerdict {
    /// Our request was answered, or a frame was taken.
    Done,
    /// A webhook whose signature matched.
    Signed,
    /// A webhook that is believed without a signature, since the settings say so.
    Unsigned,
    /// A test of our address was answered.
    AddressChecked,
    /// A webhook that nobody vouches for was refused.
    Refused,
    /// A webhook came where none is sent, and was refused.
    Stray,
    /// An answer or a frame that could not be understood.
    NotUnderstood,
    /// Something went wrong.
    Failed,
}

/// Why an exchange failed or was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalReason {
    /// A webhook without the signature, or the field, that decides.
    NoSignature,
    /// What decides was given more than once.
    GivenTwice,
    /// The body is not of the kind that the PBX posts.
    NotAForm,
    /// The signature is not a signature at all.
    SignatureMalformed,
    /// The signature was made with another key, or the body was changed.
    SignatureWrong,
    /// Signed for another account.
    OtherAccount,
    /// This PBX sends no webhooks.
    NoWebhooks,
    /// We could not store it and asked for it again.
    NotStored,
    /// The PBX does not accept the credentials.
    Unauthorized,
    /// The credentials may not do this, or not from our address.
    Forbidden,
    /// The PBX does not accept what was asked.
    InvalidRequest,
    /// The PBX knows no such thing.
    NotFound,
    /// It is over, or taken.
    Conflict,
    /// The PBX is asked too often.
    RateLimited,
    /// No answer in time.
    Timeout,
    /// The PBX cannot be reached.
    Unreachable,
    /// The certificate is not trusted, or the address is not allowed.
    NotTrusted,
    /// The PBX cannot do it.
    Unsupported,
    /// What came cannot be understood.
    NotUnderstood,
    /// The PBX failed inside.
    PbxFailed,
    /// The recording is still being made.
    NotReady,
    /// It existed and does not any more.
    Gone,
    /// What came is no audio.
    NotAudio,
    /// More came than is accepted.
    TooLarge,
    /// We ended it ourselves.
    Stopped,
}

/// What the signature of an exchange says now. Neither a key nor a signature is in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "camelCase")]
pub enum SignatureCheck {
    /// A webhook whose signature fits the key that the connection has now.
    Right,
    /// A webhook that is refused with the key that the connection has now.
    Wrong {
        /// Why.
        reason: JournalReason,
    },
    /// A webhook that is taken without a signature.
    Unsigned,
    /// Our request, which we signed.
    Ours {
        /// Names of the headers that carry the proof; none where it stands in the body or the address.
        headers: Vec<String>,
    },
    /// Our request, which needs no signature.
    OursUnsigned,
    /// The original is not kept any more, so nothing can be checked.
    NotKept,
    /// Nothing of this kind is signed.
    NothingSigned,
    /// The connection is not there any more.
    NoConnection,
}

/// Which entries are wanted: everything that is given must hold.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct JournalFilter {
    /// Of this method: a request's or a message's name.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<String>,
    /// That went this way.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub direction: Option<JournalDirection>,
    /// That failed or were refused.
    #[serde(default)]
    pub errors: bool,
    /// Older than this one.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<i64>,
}

/// A page of the journal, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalPage {
    /// The entries.
    pub entries: Vec<JournalLine>,
    /// Methods that were met while the page was read, by name.
    pub methods: Vec<String>,
    /// Give it as `before` to go on; absent at the end.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// One exchange with a PBX.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalLine {
    /// Its place; older ones are lower.
    #[ts(type = "number")]
    pub id: i64,
    /// When it began.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Which connection.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub connection: Option<ConnectionId>,
    /// Which way.
    pub direction: JournalDirection,
    /// The request's or message's name.
    pub method: String,
    /// How it came out.
    pub verdict: JournalVerdict,
    /// The same in English words, with what went wrong.
    pub outcome: String,
    /// It failed or was refused.
    pub failed: bool,
    /// Why it failed; absent where no more is known than that.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<JournalReason>,
    /// HTTP status of the answer; of a webhook, of ours, and absent where the program ended before it was given.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u32,
    /// A webhook that came over plain HTTP.
    #[serde(default)]
    pub plain: bool,
}

/// One exchange with its bodies. They hold no secret, and no number unless it was revealed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct JournalDetail {
    /// The entry.
    pub line: JournalLine,
    /// Host and path, without query.
    pub target: String,
    /// What we sent.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// What came.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
    /// The call that it told of.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The request as a line for a shell, with variables such as `$TRUBKA_SECRET` in place of what is secret; absent where
    /// it was not made over HTTP, or too little of it is kept.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub curl: Option<String>,
    /// The body of the request was too long to be kept whole.
    #[serde(default)]
    pub cut: bool,
    /// Whether it can be had once more.
    #[serde(default)]
    pub again: JournalAgain,
    /// Numbers stand in it as they came.
    pub revealed: bool,
}

/// Whether an exchange can be had once more, and if not, why.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum JournalAgain {
    /// It is a question of ours: the PBX can be asked once more.
    Ask,
    /// It is a webhook: it can be read once more.
    Read,
    /// It places or changes something at the PBX, so it is sent once.
    Changes,
    /// What it could be had from is not kept any more, or never was.
    NotKept,
    /// The connection is not there any more.
    NoConnection,
    /// A frame of a socket, a remark of our own, or an entry of a version before.
    #[default]
    Nothing,
}

/// The answer to a question that was asked once more. It holds no secret, and no number as it came.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct AskedAgain {
    /// It failed or was refused.
    pub failed: bool,
    /// Why it failed; absent where no more is known than that.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<JournalReason>,
    /// HTTP status of the answer; absent where there was none.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// How long it took.
    #[ts(type = "number")]
    pub took_ms: u32,
    /// What came.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
}

/// A webhook that was read once more, with the keys and settings of now. Nothing came of it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadAgain {
    /// What it meant when it came.
    pub before: Reading,
    /// What it means now.
    pub now: Reading,
}

/// What a webhook was understood to mean.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Reading {
    /// The message's name.
    pub method: String,
    /// How it came out.
    pub verdict: JournalVerdict,
    /// Why it was refused; absent where it was not.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<JournalReason>,
    /// What it told, in its order.
    pub events: Vec<ReadEvent>,
}

/// One event that a webhook told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct ReadEvent {
    /// The vendor's word.
    pub kind: String,
    /// The vendor's name of the call; absent where it is about none.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<String>,
    /// The time that the PBX wrote on it.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vendor_time: Option<Timestamp>,
    /// The extension, or the number with its middle hidden, that it is about.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub party: Option<String>,
    /// What it means.
    pub meanings: Vec<EventMeaning>,
}

/// What an event says of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum EventMeaning {
    /// The call began.
    CallCreated,
    /// More is known of the call.
    CallUpdated,
    /// Somebody is asked for; nothing rings yet.
    Offered,
    /// It is in the menu or a queue.
    Queued,
    /// A phone rings.
    Ringing,
    /// Somebody answered.
    Answered,
    /// Somebody was put on hold.
    Held,
    /// Somebody was taken off hold.
    Retrieved,
    /// Somebody left.
    Cleared,
    /// Somebody passed the call on and left.
    Replaced,
    /// It is about the consultation of a transfer.
    TransferStarted,
    /// A digit was pressed.
    Dtmf,
    /// How routing it came out.
    RouteResult,
    /// How one of our commands came out.
    CommandResult,
    /// Recording began.
    RecordingStarted,
    /// There is a recording.
    RecordingAvailable,
    /// There will be no recording.
    NotRecorded,
    /// The advertisement that brought the customer is known.
    Attributed,
    /// The call is over.
    CallEnded,
    /// It is kept and not understood.
    Unknown,
}

/// A part of the journal for a file, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct JournalExport {
    /// The entries.
    pub entries: Vec<ExportedEntry>,
    /// Give it as `before` to go on; absent at the end.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next: Option<i64>,
}

/// An entry with its bodies, with the middle of each number hidden.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ExportedEntry {
    /// The entry.
    pub line: JournalLine,
    /// Host and path, without query.
    pub target: String,
    /// What we sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sent: Option<String>,
    /// What came.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<String>,
}
