//! What happens in a call, told to a make, which puts it into its own words.

use std::time::Duration;

use jiff::Timestamp;

use crate::script::{CallPlan, Topic};

/// Why an agent's part of a call ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Why {
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
}

/// Who called whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
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
    pub(crate) way: Way,
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

/// One call in the words of one make. Told in order; every time is the PBX's own.
pub(crate) trait Stage: Send + Sync {
    /// The call exists.
    fn opened(&mut self, at: Timestamp);
    /// It stands in the menu.
    fn in_menu(&mut self, at: Timestamp);
    /// An agent's phone rings.
    fn rings(&mut self, at: Timestamp, extension: &str);
    /// An agent talks with the other side.
    fn answered(&mut self, at: Timestamp, extension: &str);
    /// An agent begins to pass the call on.
    fn transferring(&mut self, at: Timestamp, extension: &str);
    /// An agent's part is over, whether he had answered or not.
    fn left(&mut self, at: Timestamp, extension: &str, why: Why);
    /// An agent's socket breaks, on a make that has sockets.
    fn cut(&mut self, extension: &str);
    /// The call is over.
    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>);
}

impl Facts {
    pub(crate) fn new(plan: &CallPlan, id: String, own_line: &str, telling: Telling) -> Self {
        let way = Way::of(plan);
        let (caller, called) = match way {
            Way::Incoming => (None, None),
            Way::Outgoing | Way::Callback => (plan.rings.first().cloned(), None),
            Way::Internal => (plan.rings.first().cloned(), plan.rings.get(1).cloned()),
        };
        let line = plan.line.clone().unwrap_or_else(|| own_line.to_owned());
        Self { id, way, customer: plan.customer.clone(), line, caller, called, telling }
    }
}

impl Way {
    pub(crate) fn of(plan: &CallPlan) -> Self {
        use crate::script::Scenario as S;
        match plan.scenario {
            S::Internal => Self::Internal,
            S::Outgoing => Self::Outgoing,
            S::Callback
            | S::CallbackAgentSilent
            | S::CallbackCustomerSilent
            | S::CallbackCustomerBusy
            | S::CallbackHungUp => Self::Callback,
            S::Answered | S::Missed | S::Busy | S::Group | S::Transfer | S::Reconnect | S::Replay => Self::Incoming,
        }
    }
}
