//! What every make provides. Makes do no I/O.

use std::time::Instant;

use calls::{Ability, ActOn, Action, BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::Timestamp;
use secrecy::SecretString;
use url::Url;

use crate::{
    capability::Capability,
    check::RightProbe,
    delivery::Delivery,
    error::Error,
    history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span},
    lock_out::LockOut,
    poll::{PollStart, Poller},
    query::{Query, QueryStep},
    quota::Quota,
    request::{Answer, Request},
    routing::{Incoming, Route, RouteReply},
    session::Session,
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// The next step on the way to a recording.
#[derive(Debug, Clone)]
pub enum RecordingStep {
    /// Ask the PBX; its answer goes to [`Pbx::read_recording`].
    Ask(Request),
    /// Fetch this.
    Fetch(Request),
}

/// What follows the answer to a request of an action.
#[derive(Debug, Clone)]
pub enum ActStep {
    /// Nothing: that answer says what came of the action.
    Done,
    /// Another request.
    Send(Box<Request>),
    /// Nothing before the PBX has told that what was asked took effect. Where it does not in time, this is said.
    Wait(&'static str),
    /// Nothing more; this says what was done and what was not.
    Stop(&'static str),
}

/// A call that is placed for a group of people.
#[derive(Debug, Clone, Copy)]
pub struct GroupCallback<'a> {
    /// The group's short number.
    pub group: &'a str,
    /// Whom to call.
    pub to: &'a str,
    /// The office's number that is shown and charged.
    pub line: &'a str,
    /// The customer's phone rings before the group's.
    pub customer_first: bool,
}

/// A make of PBX, configured for one connection.
pub trait Pbx: Send + Sync {
    /// What differs in the fold.
    fn book_settings(&self) -> BookSettings;

    /// How this connection's events reach us, where its settings choose another way than its make's description says.
    fn delivery(&self) -> Option<Delivery> {
        None
    }

    /// What the settings of this connection make of what its make can do.
    fn capability(&self, of_make: Capability) -> Capability {
        of_make
    }

    /// The vendor's address.
    fn base_url(&self) -> &Url;

    /// How often the PBX may be asked, whatever it is asked. What else a request counts towards is said on it
    /// ([`Request::quotas`]).
    fn quota(&self) -> Quota;

    /// What an answer shows of the PBX's patience: from then on it answers no such requests for a while.
    fn lock_out(&self, request: &Request, answer: &Answer, _now: Instant) -> Option<LockOut> {
        LockOut::of_too_many(request, self.quota(), answer)
    }

    /// The answer to a test of our address, which nothing authenticates and which is stored nowhere; `None` for
    /// everything else.
    fn address_check(&self, _request: &WebhookRequest) -> Option<WebhookReply> {
        None
    }

    /// Checks that a webhook is authentic, on its raw bytes.
    fn verify(&self, request: &WebhookRequest) -> Result<Verified, VerifyError>;

    /// Understands an authentic webhook. What is not understood becomes an `Unknown` event.
    fn decode(&self, verified: Verified, context: &DecodeContext) -> Decoded;

    /// The call from outside about which an authentic webhook asks before it is routed; `None` for every other.
    fn incoming(&self, _request: &WebhookRequest) -> Option<Incoming> {
        None
    }

    /// The answer to such a webhook that has the call routed so, with what of the route it says; `None` where this PBX cannot
    /// be told anything of it.
    fn route_reply(&self, _request: &WebhookRequest, _route: &Route) -> Option<RouteReply> {
        None
    }

    /// Whether an authentic webhook tells that an export of the history is made.
    fn announces_history(&self, _request: &WebhookRequest) -> bool {
        false
    }

    /// A message of [`Description::test_messages`](crate::Description::test_messages) about a call of this name, not signed
    /// yet; `None` where the make has none of that name.
    fn test_message(&self, _name: &str, _call: &str, _now: Timestamp) -> Option<WebhookRequest> {
        None
    }

    /// Adds the signature that this PBX would send with a webhook.
    fn sign_webhook(&self, request: &mut WebhookRequest) -> Result<(), Error>;

    /// Signs a request to the PBX.
    fn sign(&self, request: &mut Request) -> Result<(), Error>;

    /// What must be read before an agent's phone can be rung, where the PBX knows him by another name; asked again until
    /// it is nothing.
    fn lookup(&self, _agent: &str) -> Option<Request> {
        None
    }

    /// Takes in the answer to [`Pbx::lookup`].
    fn read_lookup(&self, _agent: &str, _answer: &Answer) -> Result<(), Error> {
        Ok(())
    }

    /// Ring `from`, then dial `to`. The command's id is for a PBX that names it in the call's events.
    fn originate(&self, command: CommandId, from: &str, to: &str) -> Result<Request, Error>;

    /// Rings `to` first, then `from`.
    fn originate_customer_first(&self, _command: CommandId, _from: &str, _to: &str) -> Result<Request, Error> {
        Err(Error::unsupported(Ability::CustomerFirst.words()))
    }

    /// Rings a group and a number over a line of the office, whichever is wanted first.
    fn call_back_for_group(&self, _command: CommandId, _callback: &GroupCallback<'_>) -> Result<Request, Error> {
        Err(Error::unsupported(Ability::GroupCallback.words()))
    }

    /// What came of an originate, of whatever kind.
    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer;

    /// The answer to an originate was lost: a call may have been placed.
    fn originate_lost(&self, _command: CommandId) {}

    /// Does something with a call that goes on, over HTTP or a running session ([`Request::session`]). The driver asks only
    /// for what [`Driver::abilities`](crate::Driver::abilities) says yes to.
    fn act(&self, _command: CommandId, _on: &ActOn, action: &Action) -> Result<Request, Error> {
        Err(Error::unsupported(action.ability().words()))
    }

    /// What is sent next for an action that takes several requests, after the answer to the one before; `step` counts those
    /// that were sent.
    fn act_next(&self, _on: &ActOn, _action: &Action, _step: usize, _answer: &Answer) -> Result<ActStep, Error> {
        Ok(ActStep::Done)
    }

    /// What came of an action, from the last answer. Accepted means no more than that the PBX took it: events show the effect.
    fn read_act(&self, command: CommandId, action: &Action, _answer: &Answer) -> CommandAnswer {
        CommandAnswer::Rejected { command, reason: Error::unsupported(action.ability().words()).to_string() }
    }

    /// The first step towards a recording of a call.
    fn recording(&self, call: &str, reference: &RecordingReference, now: Timestamp) -> Result<RecordingStep, Error>;

    /// The next step, from the answer to [`RecordingStep::Ask`].
    fn read_recording(&self, answer: &Answer) -> Result<Request, Error>;

    /// Makes this program known under a name, without a key; `None` where the key is found in the vendor's account pages. Each
    /// request that arrives may make another integration: it is sent once.
    fn introduce(&self, _name: &str) -> Option<Request> {
        None
    }

    /// The key that the PBX gave for it.
    fn read_introduction(&self, _answer: &Answer) -> Result<SecretString, Error> {
        Err(Error::unsupported("give a program its key"))
    }

    /// A cheap request that shows whether the credentials are right.
    fn check(&self) -> Result<Request, Error>;

    /// What the answer to [`Pbx::check`] shows.
    fn read_check(&self, answer: &Answer) -> Result<(), Error>;

    /// The first question for the calls of this span that are over.
    fn history(&self, _span: Span, _context: &DecodeContext) -> Result<HistoryRequest, Error> {
        Err(Error::unsupported("read finished calls"))
    }

    /// What the answer to a question for the history holds, and what to ask next.
    fn read_history(
        &self,
        _span: Span,
        _place: &HistoryPlace,
        _answer: &Answer,
        _context: &DecodeContext,
    ) -> Result<HistoryPage, Error> {
        Err(Error::unsupported("read finished calls"))
    }

    /// Asks about one call that is over, of which the history does not tell enough.
    fn call_details(&self, _call: &str) -> Result<Request, Error> {
        Err(Error::unsupported("tell of one call"))
    }

    /// What the answer to [`Pbx::call_details`] says of the call; nothing where it says nothing that can be read.
    fn read_call_details(
        &self,
        _call: &str,
        _answer: &Answer,
        _context: &DecodeContext,
    ) -> Result<Option<HistoryCall>, Error> {
        Err(Error::unsupported("tell of one call"))
    }

    /// Whether the answer to a command shows that the key has no right to what was asked, as one that may only read.
    fn lacks_right(&self, _ability: Ability, _answer: &Answer) -> bool {
        false
    }

    /// The reads by which a check tells a key that lacks a right from a wrong one, where a key's rights are given one by
    /// one. The first is that of [`Pbx::check`].
    fn right_probes(&self) -> Vec<RightProbe> {
        Vec::new()
    }

    /// The session of this key: an extension, or [`WHOLE_ACCOUNT`](crate::session::WHOLE_ACCOUNT). `None` for makes
    /// without sessions.
    fn session(&self, _key: &str) -> Option<Box<dyn Session>> {
        None
    }

    /// What tells the PBX that a session is over, so that it keeps events from now on; `None` where the end of the socket
    /// says so.
    fn end_session(&self, _key: &str) -> Option<Request> {
        None
    }

    /// What is asked of a PBX that tells nothing by itself; `None` for makes whose events come to us.
    fn poller(&self, _start: PollStart) -> Option<Box<dyn Poller>> {
        None
    }

    /// Asks about the account, or changes it; an error where this make cannot.
    fn query(&self, query: &Query) -> Result<Request, Error> {
        Err(Error::unsupported(query.name()))
    }

    /// What came of [`Pbx::query`].
    fn read_query(&self, query: &Query, _answer: &Answer) -> Result<QueryStep, Error> {
        Err(Error::unsupported(query.name()))
    }

    /// Secrets that are made of those in the settings and travel as they are: they are kept out of the journal, too.
    fn derived_secrets(&self) -> Vec<SecretString> {
        Vec::new()
    }
}
