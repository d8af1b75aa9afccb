//! Why a call had a card at a desk or none: what desks report, and the path of a call as the office tells it.

use calls::CallId;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Signature;

/// Decisions that a report holds at most.
pub const LARGEST_REPORT: usize = 500;

/// By which rule a desk showed a call's card, or did not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum CardRule {
    /// It rings here, or was placed here: the card came up.
    Shown,
    /// It rings here, and newer calls had all places for cards.
    NoPlace,
    /// The call was only in the menu or a queue.
    InMenu,
    /// Its first event came too late to ring anybody.
    Late,
    /// It rang at other phones.
    RingsOthers,
    /// It rang here no more when the desk heard that it is for a phone of this person: he talked already, or had hung up.
    AnsweredFirst,
    /// A person here placed it on his phone.
    PlacedOnPhone,
    /// The desk came back when it had rung for more than two minutes.
    RangTooLong,
    /// It was over when the desk heard of it.
    Over,
}

/// What a desk decided about one call, by the office's clock. It names nobody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardDecision {
    /// Which call.
    pub call: CallId,
    /// By which rule.
    pub rule: CardRule,
    /// When the desk had heard of it and decided.
    pub decided_at: Timestamp,
    /// When the card was on the screen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub painted_at: Option<Timestamp>,
}

/// What a desk decided lately.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CardDecisions {
    /// At most [`LARGEST_REPORT`] of them.
    pub decisions: Vec<CardDecision>,
}

/// The way of one call to one desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardPath {
    /// Whose desk; absent where the call was not for anybody's.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskName>,
    /// From the PBX to the card, always all six.
    pub hops: Vec<Hop>,
    /// The desk's clock is wrong: it told times that cannot be, so nothing is known of when it heard of the call and showed it.
    #[serde(default)]
    pub clock_off: bool,
    /// Why there was no card; absent where there was one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<NoCard>,
    /// The same call at the other desks that it concerned; only for whoever may see that.
    pub others: Vec<DeskOutcome>,
    /// What came from the PBX.
    pub events: Vec<PathEvent>,
}

/// A desk, as administrators know it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeskName {
    /// Its token or person.
    pub id: String,
    /// What people call it.
    pub name: String,
}

/// A place on the way of a call, in their order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HopPlace {
    /// The PBX told of it.
    Pbx,
    /// Its words were found authentic.
    Signature,
    /// They were written to the log.
    Log,
    /// The office found whom it concerns and told them.
    Office,
    /// The desk heard of it.
    Desk,
    /// The card was shown.
    Card,
}

impl HopPlace {
    /// From the PBX to the card.
    pub const ALL: [Self; 6] = [Self::Pbx, Self::Signature, Self::Log, Self::Office, Self::Desk, Self::Card];

    /// What happened here to a call that stopped at `stop`, if it did. What came too late for a card goes on all the same:
    /// `reached` says whether it is known to have come here.
    pub fn state(self, stop: Option<Self>, reached: bool) -> HopState {
        match stop {
            Some(stop) if stop == self => HopState::Stopped,
            Some(stop) if stop < self && (self == Self::Card || !reached) => HopState::NotReached,
            Some(_) | None => HopState::Passed,
        }
    }
}

/// What happened at a place on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum HopState {
    /// It went on.
    Passed,
    /// It went no further, or came here too late.
    Stopped,
    /// It never came here.
    NotReached,
}

/// One place on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Hop {
    /// Which.
    pub place: HopPlace,
    /// What happened there.
    pub state: HopState,
    /// When; absent where nobody noted it.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at: Option<Timestamp>,
    /// How long it took from the place before; absent where one of the two is not known.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub took_ms: Option<u32>,
    /// Place in the log, at the log.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
}

/// Why a call had no card.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", rename_all_fields = "camelCase", tag = "kind")]
pub enum NoCard {
    /// What the PBX sent was refused: nothing of it became a call.
    Refused {
        /// Why, in the office's words.
        reason: String,
    },
    /// The PBX told of it too late.
    Late {
        /// By so much, where its words have a time.
        #[ts(optional, type = "number")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by_ms: Option<u32>,
    },
    /// Nobody was rung: the call ended in the menu or a queue.
    OnlyInMenu,
    /// It rang at phones that are not this desk's.
    RangOthers {
        /// Names or extensions of those who were rung.
        who: Vec<String>,
    },
    /// The line rings for groups that this person is not in.
    LineOfOtherGroups {
        /// The line's title or number.
        line: String,
        /// Its groups; none where it is of no group.
        groups: Vec<String>,
    },
    /// This person has no phone at the connection, and no group of his is rung.
    NoPhoneHere {
        /// The connection's id.
        connection: String,
    },
    /// This person talked already, or had hung up, when his desk heard that it is for him.
    AnsweredFirst,
    /// This person placed it on his phone: calls out have a card where they are placed from the screen.
    PlacedOnPhone,
    /// The desk did not follow the office then.
    DeskAway {
        /// Since when; absent where it had not followed in the last seven days.
        #[ts(optional, type = "string")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        since: Option<Timestamp>,
        /// Until when; absent where it is still away.
        #[ts(optional, type = "string")]
        #[serde(default, skip_serializing_if = "Option::is_none")]
        until: Option<Timestamp>,
    },
    /// The desk came back when it had rung too long.
    RangTooLong,
    /// It was over when the desk heard of it.
    Over,
    /// Newer calls had all places for cards.
    NoPlace,
    /// The desk followed the office and has not said what it did.
    NotReported,
    /// It began while its connection was in trial mode: it is for administrators alone.
    Trial,
}

/// The parts of a cause that the rule by which a desk decided leaves open: whoever knows more of the call fills them in.
pub trait CauseDetails {
    /// A call that came too late.
    fn late(&self) -> NoCard;
    /// A call that rang other phones.
    fn rang_others(&self) -> NoCard;
}

impl NoCard {
    /// Why there was no card where a desk decided by this rule; nothing where there was one.
    pub fn by_rule(rule: CardRule, call: &impl CauseDetails) -> Option<Self> {
        Some(match rule {
            CardRule::Shown => return None,
            CardRule::NoPlace => Self::NoPlace,
            CardRule::InMenu => Self::OnlyInMenu,
            CardRule::Late => call.late(),
            CardRule::RingsOthers => call.rang_others(),
            CardRule::AnsweredFirst => Self::AnsweredFirst,
            CardRule::PlacedOnPhone => Self::PlacedOnPhone,
            CardRule::RangTooLong => Self::RangTooLong,
            CardRule::Over => Self::Over,
        })
    }

    /// Where on its way a call stopped for this reason.
    pub fn stopped_at(&self) -> HopPlace {
        match self {
            Self::Late { .. } => HopPlace::Pbx,
            Self::Refused { .. } => HopPlace::Signature,
            Self::OnlyInMenu
            | Self::RangOthers { .. }
            | Self::LineOfOtherGroups { .. }
            | Self::NoPhoneHere { .. }
            | Self::Trial => HopPlace::Office,
            Self::DeskAway { .. } | Self::RangTooLong | Self::Over | Self::AnsweredFirst => HopPlace::Desk,
            Self::PlacedOnPhone | Self::NoPlace | Self::NotReported => HopPlace::Card,
        }
    }
}

/// What came of a call at a desk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct DeskOutcome {
    /// Whose.
    pub desk: DeskName,
    /// Why there was no card; absent where there was one.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<NoCard>,
    /// How soon the card came after the office had heard of the call.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card_ms: Option<u32>,
}

/// One event of the PBX on the way.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct PathEvent {
    /// Place in the log.
    #[ts(type = "number")]
    pub seq: u64,
    /// The vendor's word, or ours for commands and decisions.
    pub kind: String,
    /// When it came.
    #[ts(type = "string")]
    pub received_at: Timestamp,
    /// It came too late to ring anybody.
    pub late: bool,
    /// The vendor's signature was checked.
    pub signed: bool,
    /// It is a command or a decision of ours: nothing came from the PBX, and nothing is signed.
    #[serde(default)]
    pub own: bool,
    /// What was said of the call's route: the office's rule that acted, or the PBX's words.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub route: Option<String>,
}

/// How the calls of a time came to cards.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardsReport {
    /// Calls that rang or should have.
    pub calls: u32,
    /// Those of them that had a card at every desk that they concerned.
    pub shown: u32,
    /// The others, newest first, and what was refused.
    pub without: Vec<WithoutCard>,
    /// How soon the cards came.
    pub speed: CardSpeed,
}

/// A call without a card, or something refused that was to be one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct WithoutCard {
    /// When it began, or came.
    #[ts(type = "string")]
    pub at: Timestamp,
    /// The call; absent for what was refused.
    #[ts(optional, type = "string")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub call: Option<CallId>,
    /// The entry of the request journal; absent for a call.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub journal: Option<i64>,
    /// Who called: a name, else a number as people write it; absent where it is hidden or not known.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub customer: Option<String>,
    /// The line's title or number, else the connection.
    pub line: String,
    /// Whose desk; absent where it is all that it concerned, or nobody's.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desk: Option<DeskName>,
    /// It concerned desks, and none of them had a card.
    pub at_all_desks: bool,
    /// Why.
    pub cause: NoCard,
}

/// How soon cards came after the office had heard of the calls.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct CardSpeed {
    /// Within 50 ms.
    pub within_50: u32,
    /// Within 100 ms, but not 50.
    pub within_100: u32,
    /// Later.
    pub later: u32,
    /// The one in the middle.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub median_ms: Option<u32>,
    /// The slowest.
    #[ts(optional, type = "number")]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub longest_ms: Option<u32>,
}

impl PathEvent {
    /// What the path says of a stored event.
    pub fn of(event: &super::TraceEvent) -> Self {
        Self {
            seq: event.seq,
            kind: event.kind.clone(),
            received_at: event.received_at,
            late: event.late,
            signed: event.signature == Signature::Valid,
            own: event.signature == Signature::Own,
            route: event.route.clone(),
        }
    }
}
