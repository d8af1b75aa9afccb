//! What the card window shows.

use calls::{CallState, Direction};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::action::ControlView;
use super::call::{CallRef, PartyView};
use super::settings::{Language, Theme};
use super::zone::ZoneView;

/// Everything that the card window shows; hidden when `cards` is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardsView {
    /// Grows with every change.
    #[ts(type = "number")]
    pub revision: u32,
    /// Newest call first.
    pub cards: Vec<CardView>,
    /// Calls that have a card too, which is not among these.
    pub more: u32,
    /// Language of the texts.
    pub language: Language,
    /// Theme of the window.
    pub theme: Theme,
    /// What times are shown by.
    pub zone: ZoneView,
    /// Demo office: a badge says so.
    pub demo: bool,
    /// The demo phone, when it has something to do.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub phone: Option<DemoPhoneView>,
}

/// One call on the card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardView {
    /// Which call. Stays the same on the card when a pending call gets its vendor's id.
    pub call: CallRef,
    /// State of the call (`data-state`).
    pub state: CallState,
    /// Who called whom (`data-direction`).
    pub direction: Direction,
    /// What the card says of it.
    pub phase: CardPhase,
    /// Who is on the other side.
    pub party: PartyView,
    /// The line's title or number; of a call that began in trial mode, that it did.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line: Option<String>,
    /// What stands beside it: the line's number in national grouping, or the line of a trial call.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub line_number: Option<String>,
    /// Who answered, in phase `answeredBy`.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_by: Option<String>,
    /// The colleague who asks the viewer about this call, which is another's still.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub asked_by: Option<String>,
    /// When it began.
    #[ts(type = "string")]
    pub started_at: Timestamp,
    /// When the talk began: the timer counts from here.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub answered_at: Option<Timestamp>,
    /// When it ended: the timer stands still.
    #[ts(optional, type = "string")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended_at: Option<Timestamp>,
    /// Why it ended, in the PBX's own words.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub end_reason: Option<String>,
    /// The office's clock minus this computer's, to be added to "now" by timers.
    #[ts(type = "number")]
    pub clock_offset_ms: i32,
    /// Last talk with this number.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_talk: Option<LastTalk>,
    /// What can be done with the call now, or why not.
    pub controls: Vec<ControlView>,
    /// The extension to ask for once the other side has answered.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// What to key in once the other side has answered.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_dial: Option<String>,
    /// The button that calls back is there.
    pub can_call: bool,
    /// The PBX took the command but nothing has shown its effect.
    pub not_confirmed: bool,
}

/// What a card says of its call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum CardPhase {
    /// Incoming, rings here.
    Ringing,
    /// We called: the agent's own phone rings, or is about to.
    PickUpYourPhone,
    /// The agent is on the line, the other side is being called.
    Calling,
    /// Talk, with a timer.
    Talking,
    /// On hold.
    OnHold,
    /// A colleague took it.
    AnsweredBy,
    /// Over after a talk.
    Ended,
    /// Nobody answered: call back is offered.
    Missed,
    /// Our call was not begun: the own phone is busy.
    OwnPhoneBusy,
    /// Our call found nobody: busy.
    Busy,
    /// Our call found nobody: no answer.
    NoAnswer,
    /// Our call was given up.
    Cancelled,
    /// Our call failed; `endReason` may say why.
    Failed,
    /// It is not known whether the PBX acted.
    UnknownOutcome,
}

/// The last talk with a number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct LastTalk {
    /// When.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// Who of us talked.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
    /// How long, where that is known.
    #[ts(optional, type = "number")]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub talk_ms: Option<u32>,
    /// The newest note of that call.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// The demo's stand-in for a handset.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DemoPhoneView {
    /// Where the phone stands.
    pub state: DemoPhoneState,
    /// What its display shows.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub shows: Option<String>,
}

/// Where the demo phone stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DemoPhoneState {
    /// On the hook.
    Idle,
    /// Rings.
    Ringing,
    /// Off the hook.
    Talking,
}

/// What a person does with the demo phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DemoPhoneAction {
    /// Answer.
    PickUp,
    /// Do not answer by itself.
    LetRing,
    /// End the call.
    HangUp,
}

/// Asks to call the other side of a call back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CallBackRequest {
    /// UUID made by the page for this click. While the outcome of an earlier one for the same call is not known, it is
    /// the same request and dials nothing.
    pub command: String,
    /// Which call.
    pub call: CallRef,
}
