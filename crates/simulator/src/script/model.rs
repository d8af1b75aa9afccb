//! What a script can ask for, after it was read.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::fault::Fault;
use crate::make::Make;
use crate::world::World;

/// A step with its time since the script, or its round, began.
#[derive(Debug, Clone, PartialEq)]
pub struct Timed {
    /// When it happens.
    pub at: Duration,
    /// The line of the script that asked for it, counted from 1.
    pub line: usize,
    /// What happens.
    pub step: Step,
}

/// One thing that a script does.
#[derive(Debug, Clone, PartialEq)]
pub enum Step {
    /// A whole call.
    Call(CallPlan),
    /// One event as the make would send it, whatever it holds.
    Event(RawEvent),
    /// Cuts the socket of an extension without a closing frame; of one make, or of all that have a socket for each.
    Cut(Option<Make>, String),
    /// Switches a fault.
    Fault(Fault, bool),
    /// Does something to a demo phone by hand.
    Phone(String, PhoneAction),
    /// From now on this number behaves so when it is called.
    Callee(String, Callee),
    /// From now on times without a mark are in this zone.
    Zone(Zone),
}

impl Step {
    /// The make it is for; none when it is for all of them or for none.
    pub(crate) fn make(&self) -> Option<Make> {
        match self {
            Self::Call(plan) => Some(plan.make),
            Self::Event(event) => Some(event.make),
            Self::Cut(make, _) => *make,
            Self::Fault(..) | Self::Phone(..) | Self::Callee(..) | Self::Zone(_) => None,
        }
    }

    /// The extensions it names.
    pub(crate) fn extensions(&self) -> Vec<&String> {
        match self {
            Self::Call(plan) => plan.rings.iter().chain(&plan.answers).chain(&plan.transfer).collect(),
            Self::Cut(_, extension) | Self::Phone(extension, _) => vec![extension],
            Self::Event(event) => event.extension.iter().collect(),
            Self::Fault(..) | Self::Callee(..) | Self::Zone(_) => vec![],
        }
    }
}

/// What a hand does to a phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PhoneAction {
    /// Picks up.
    Pickup,
    /// Hangs up or refuses.
    Hangup,
    /// Lets it ring until a hand or the time-out ends it.
    LetRing,
}

/// The zone of timestamps that carry no mark of it: Rostelecom's, Zadarma's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
pub enum Zone {
    /// As the guide of 2018 says.
    #[default]
    #[serde(rename = "UTC")]
    Utc,
    /// As programs written from the later guide take it.
    #[serde(rename = "Europe/Moscow")]
    Moscow,
}

/// How a customer behaves when the office calls him.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Callee {
    /// Whether he answers.
    pub does: CalleeDoes,
    /// How long it rings at his side first.
    pub ring: Duration,
    /// How long he talks before he hangs up.
    pub talk: Duration,
}

/// Whether a called customer answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum CalleeDoes {
    /// He answers.
    Answer,
    /// He lets it ring.
    Silent,
    /// He is talking to somebody else.
    Busy,
    /// He refuses the call.
    Refuse,
    /// His number cannot be dialled.
    Unreachable,
}

impl Default for Callee {
    fn default() -> Self {
        Self { does: CalleeDoes::Answer, ring: Duration::from_secs(3), talk: Duration::from_secs(15) }
    }
}

/// The kinds of whole calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// A customer calls and one agent answers.
    Answered,
    /// A customer calls, the agents' phones ring, nobody answers.
    Missed,
    /// A customer calls and the agent is busy.
    Busy,
    /// A customer calls, several phones ring, one answers.
    Group,
    /// As answered, then the agent passes the call on without asking.
    Transfer,
    /// As transfer; the colleague does not answer, and the customer gives up.
    TransferUnanswered,
    /// As transfer; the colleague does not answer, and the call comes back to the agent.
    TransferReturned,
    /// As answered, then the agent asks a colleague and hands the call over.
    TransferConsulted,
    /// As answered; the agent asks a colleague, and goes on with the customer himself.
    TransferGivenUp,
    /// As answered; the customer hangs up while the agent asks a colleague.
    TransferAbandoned,
    /// A customer calls, and somebody takes the call that rings at a colleague's phone.
    Taken,
    /// One extension calls another.
    Internal,
    /// An agent dials from his handset.
    Outgoing,
    /// Click-to-call by another program: agent first, then the customer.
    Callback,
    /// Click-to-call; the agent lets it ring.
    CallbackAgentSilent,
    /// Click-to-call; the customer lets it ring.
    CallbackCustomerSilent,
    /// Click-to-call; the customer is busy.
    CallbackCustomerBusy,
    /// Click-to-call; the customer's number cannot be dialled.
    CallbackCustomerUnreachable,
    /// Click-to-call; the agent hangs up during the prompt.
    CallbackHungUp,
    /// As answered; the agent's socket is cut in mid-call.
    Reconnect,
    /// As answered, but it happened some time ago and is only told now.
    Replay,
}

impl Scenario {
    /// Whether somebody talks with the other side.
    pub fn is_answered(self) -> bool {
        match self {
            Self::Missed
            | Self::Busy
            | Self::CallbackAgentSilent
            | Self::CallbackCustomerSilent
            | Self::CallbackCustomerBusy
            | Self::CallbackCustomerUnreachable
            | Self::CallbackHungUp => false,
            Self::Answered
            | Self::Group
            | Self::Transfer
            | Self::TransferUnanswered
            | Self::TransferReturned
            | Self::TransferConsulted
            | Self::TransferGivenUp
            | Self::TransferAbandoned
            | Self::Taken
            | Self::Internal
            | Self::Outgoing
            | Self::Callback
            | Self::Reconnect
            | Self::Replay => true,
        }
    }

    /// Whether an agent passes the call on.
    pub fn is_passed_on(self) -> bool {
        matches!(
            self,
            Self::Transfer
                | Self::TransferUnanswered
                | Self::TransferReturned
                | Self::TransferConsulted
                | Self::TransferGivenUp
                | Self::TransferAbandoned
        )
    }

    /// Whether the agent asks his colleague before he passes the call on.
    pub fn asks_first(self) -> bool {
        matches!(self, Self::TransferConsulted | Self::TransferGivenUp | Self::TransferAbandoned)
    }

    /// Whether the office rings the agent first and the customer after him.
    pub fn is_callback(self) -> bool {
        match self {
            Self::Callback
            | Self::CallbackAgentSilent
            | Self::CallbackCustomerSilent
            | Self::CallbackCustomerBusy
            | Self::CallbackCustomerUnreachable
            | Self::CallbackHungUp => true,
            Self::Answered
            | Self::Missed
            | Self::Busy
            | Self::Group
            | Self::Transfer
            | Self::TransferUnanswered
            | Self::TransferReturned
            | Self::TransferConsulted
            | Self::TransferGivenUp
            | Self::TransferAbandoned
            | Self::Taken
            | Self::Internal
            | Self::Outgoing
            | Self::Reconnect
            | Self::Replay => false,
        }
    }
}

/// Which of the recorded conversations a recording holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Topic {
    /// An order, in Russian, 34 s.
    Order,
    /// A complaint, in Russian, 31 s.
    Complaint,
    /// A short talk in English, 15 s.
    En,
}

impl Topic {
    /// How long the recorded conversation is.
    pub fn length(self) -> Duration {
        Duration::from_millis(match self {
            Self::Order => 33_768,
            Self::Complaint => 31_068,
            Self::En => 15_336,
        })
    }
}

/// A whole call, every question about it answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallPlan {
    /// Which PBX it goes through.
    pub make: Make,
    /// What becomes of it.
    pub scenario: Scenario,
    /// The customer's number in E.164 with a plus; none is a hidden number.
    pub customer: Option<String>,
    /// The customer's name, for whoever keeps an address book; no make sends it.
    pub name: Option<String>,
    /// The office's number; none is the first line of the make.
    pub line: Option<String>,
    /// The extensions that ring; the caller first when an extension calls.
    pub rings: Vec<String>,
    /// Which of them answers.
    pub answers: Option<String>,
    /// Whom the call is passed to, or who takes it.
    pub transfer: Option<String>,
    /// How long it stands in a menu first.
    pub menu: Option<Duration>,
    /// How long it rings.
    pub ring: Duration,
    /// How long they talk.
    pub talk: Duration,
    /// How long ago it happened.
    pub ago: Option<Duration>,
    /// Whether it is recorded; unsaid, a talk of over six seconds is.
    pub record: Option<bool>,
    /// What the recording holds; unsaid, any.
    pub topic: Option<Topic>,
    /// Between colleagues: a program ordered it, so the caller's phone rings first.
    pub clicked: bool,
    /// A callback: the customer is rung first, and the agent only where he answers.
    pub customer_first: bool,
}

impl CallPlan {
    /// Click-to-call as a program orders it: agent first, then the customer, or the colleague of that number.
    pub(crate) fn ordered(make: Make, agent: &str, number: &str, world: &World) -> Self {
        let colleague = world.staff.employee(number).map(|employee| employee.extension.clone());
        let customer = colleague.is_none().then(|| number.to_owned());
        let talk = world.callee(number).talk;
        Self {
            make,
            scenario: if colleague.is_some() { Scenario::Internal } else { Scenario::Callback },
            customer,
            name: None,
            line: None,
            answers: Some(colleague.clone().unwrap_or_else(|| agent.to_owned())),
            clicked: colleague.is_some(),
            customer_first: false,
            rings: std::iter::once(agent.to_owned()).chain(colleague).collect(),
            transfer: None,
            menu: None,
            ring: Duration::from_secs(4),
            talk,
            ago: None,
            record: None,
            topic: None,
        }
    }

    /// Whether a talk as planned is recorded.
    pub(crate) fn is_recorded(&self, talk: Duration) -> bool {
        self.record.unwrap_or(talk > Duration::from_secs(6))
    }
}

/// A low-level event.
#[derive(Debug, Clone, PartialEq)]
pub struct RawEvent {
    /// The PBX that sends it.
    pub make: Make,
    /// Its content.
    pub body: RawBody,
    /// For MANGO, whose socket it goes to.
    pub extension: Option<String>,
    /// How a webhook is signed.
    pub sign: Sign,
    /// What a webhook adds to the hook's address.
    pub path: String,
}

/// The content of a low-level event.
#[derive(Debug, Clone, PartialEq)]
pub enum RawBody {
    /// An object, written as the make writes JSON; a missing `timestamp` is filled in.
    Object(serde_json::Map<String, Value>),
    /// Text, sent as it is.
    Text(String),
}

/// How a low-level webhook is signed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sign {
    /// As it should be.
    #[default]
    Right,
    /// With a digest of something else.
    Wrong,
    /// Not at all.
    None,
}
