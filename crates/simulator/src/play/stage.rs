//! What happens in a call, told to a make, which puts it into its own words.

use std::future::Future;
use std::pin::Pin;
use std::time::Duration;

use bytes::Bytes;
use jiff::Timestamp;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::script::{CallPlan, Topic};

/// Why an agent's part of a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum EndReason {
    /// He hung up.
    AgentHungUp,
    /// The other side hung up, also while it still rang.
    CustomerHungUp,
    /// Nobody picked up in time.
    NoAnswer,
    /// The called side was talking to somebody else.
    Busy,
    /// The called side refused.
    Refused,
    /// Another member of the group answered.
    AnsweredElsewhere,
    /// He passed the call on.
    Transferred,
    /// The colleague who asked him hung up.
    ColleagueHungUp,
    /// The customer's number cannot be dialled.
    Unreachable,
}

/// How an agent passes a call on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Passing {
    /// Without a word: he is gone before the colleague answers.
    Blind,
    /// He asks the colleague first, while the customer waits.
    Consulting,
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CallKind {
    /// A customer called the office.
    Incoming,
    /// An agent dialled from his handset.
    Outgoing,
    /// The office rang the agent first, the customer after him.
    Callback,
    /// One extension called another.
    Internal,
}

/// How the events of a call are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Telling {
    /// As they happen.
    Live,
    /// All at once, long after they happened.
    Late,
    /// Not at all: the PBX only remembers them.
    Remembered,
}

/// The facts of a call that do not change while it lasts.
#[derive(Debug, Clone)]
pub(crate) struct Facts {
    /// The PBX's id of the call.
    pub(crate) id: String,
    pub(crate) kind: CallKind,
    /// In E.164 with a plus; none is hidden, or an internal call.
    pub(crate) customer: Option<String>,
    pub(crate) line: String,
    /// The extension that places the call; none for an incoming one.
    pub(crate) caller: Option<String>,
    /// The extension that is called by a colleague.
    pub(crate) called: Option<String>,
    pub(crate) telling: Telling,
}

/// A recording that will exist after the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Recorded {
    pub(crate) talk: Duration,
    pub(crate) topic: Topic,
}

/// Where an external system has a call sent that it was asked about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Routing {
    /// To this extension.
    Ring(String),
    /// To nobody: the caller is refused.
    Refuse,
}

/// What an external system says of a call; nothing where the PBX's own routing goes on.
pub(crate) type RouteAnswer = Pin<Box<dyn Future<Output = Option<Routing>> + Send>>;

/// How long a PBX waits for that. No page says it.
const ROUTE_WITHIN: Duration = Duration::from_secs(3);

/// Waits for the answer to a webhook and reads it; nothing where it does not come in time.
pub(crate) fn route_answer(answer: oneshot::Receiver<Bytes>, read: fn(&[u8]) -> Option<Routing>) -> RouteAnswer {
    Box::pin(async move { read(&timeout(ROUTE_WITHIN, answer).await.ok()?.ok()?) })
}

/// One call in the words of one make. Told in order; every time is the PBX's own.
pub(crate) trait Stage: Send + Sync {
    /// The call's own id, by which orders reach it.
    fn call_id(&self) -> &str;
    /// The call exists.
    fn opened(&mut self, at: Timestamp);
    /// A call from outside is about to be routed: the question where to, on a make that asks.
    fn asks_where_to(&mut self, _at: Timestamp) -> Option<RouteAnswer> {
        None
    }
    /// It stands in the menu.
    fn in_menu(&mut self, at: Timestamp);
    /// A program turns away the caller, before his call is routed or while he stands in the menu, on a make that can; the
    /// end is told apart.
    fn turned_away(&mut self, _at: Timestamp) {}
    /// An agent's phone rings.
    fn rings(&mut self, at: Timestamp, extension: &str);
    /// An agent talks with the other side.
    fn answered(&mut self, at: Timestamp, extension: &str);
    /// The agent of a callback has picked up; the customer is not dialled yet.
    fn picked_up(&mut self, at: Timestamp, extension: &str);
    /// The customer of a callback is dialled.
    fn dials_customer(&mut self, at: Timestamp, extension: &str);
    /// An agent lets the other side wait.
    fn held(&mut self, at: Timestamp, extension: &str);
    /// He talks with the other side again.
    fn retrieved(&mut self, at: Timestamp, extension: &str);
    /// A colleague's phone rings for the agent who passes the call on.
    fn passes_on(&mut self, at: Timestamp, agent: &str, target: &str, passing: Passing);
    /// The colleague who was asked talks with the customer and the agent, on a make that has conferences.
    fn joined(&mut self, _at: Timestamp, _target: &str) {}
    /// The customer is the colleague's now, who talks already or whose phone still rings; the agent has left.
    fn taken_over(&mut self, at: Timestamp, agent: &str, target: &str, talking: bool);
    /// The colleague did not answer, so the agent's phone rings again.
    fn returns(&mut self, at: Timestamp, target: &str, agent: &str);
    /// Somebody takes a call that rings at a colleague's phone.
    fn taken(&mut self, at: Timestamp, from: &str, by: &str);
    /// An agent's part is over, whether he had answered or not.
    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason);
    /// An agent's socket breaks, on a make that has sockets.
    fn cut(&mut self, extension: &str);
    /// The call is over.
    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>);
}

impl Facts {
    pub(crate) fn new(plan: &CallPlan, id: String, own_line: &str, telling: Telling) -> Self {
        let kind = CallKind::of(plan);
        let (caller, called) = match kind {
            CallKind::Incoming => (None, None),
            CallKind::Outgoing | CallKind::Callback => (plan.rings.first().cloned(), None),
            CallKind::Internal => (plan.rings.first().cloned(), plan.rings.get(1).cloned()),
        };
        let line = plan.line.clone().unwrap_or_else(|| own_line.to_owned());
        Self { id, kind, customer: plan.customer.clone(), line, caller, called, telling }
    }
}

impl CallKind {
    pub(crate) fn of(plan: &CallPlan) -> Self {
        use crate::script::Scenario as S;
        match plan.scenario {
            S::Internal => Self::Internal,
            S::Outgoing => Self::Outgoing,
            S::Callback
            | S::CallbackAgentSilent
            | S::CallbackCustomerSilent
            | S::CallbackCustomerBusy
            | S::CallbackCustomerUnreachable
            | S::CallbackHungUp => Self::Callback,
            S::Answered
            | S::Missed
            | S::Busy
            | S::Group
            | S::Transfer
            | S::TransferUnanswered
            | S::TransferReturned
            | S::TransferConsulted
            | S::TransferGivenUp
            | S::TransferAbandoned
            | S::Taken
            | S::Reconnect
            | S::Replay => Self::Incoming,
        }
    }
}
