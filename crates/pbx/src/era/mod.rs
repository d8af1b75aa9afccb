//! The Era platform: events over one WebSocket with subscriptions, the list of calls and commands over REST.
//!
//! Much of the wire is not in the pages that could be read: what is ASSUMED stands in `wire.rs` and `names.rs` and can be
//! overridden by name, every decoder reads what may come tolerantly, and which of the forms were met is counted. Marks such
//! as A-1 number the assumptions. Sources, assumptions and what was never tried on a live account: `docs/makes/era.md`.

mod abilities;
mod actions;
mod assumption_counts;
mod calls;
mod conference;
mod config;
mod description;
mod events;
mod frame;
mod listing;
mod names;
mod pages;
mod phones;
mod polling;
mod requests;
mod responses;
mod session;
mod shared;
mod subscription;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use ::calls::{ActOn, Action, BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use self::description::MAKE;
use self::{
    assumption_counts::AssumptionCounts,
    calls::OpenCalls,
    config::Settings,
    polling::ListPoller,
    session::Socket,
    shared::Shared,
    wire::{Api, Transport},
};
use crate::{
    capability::{Capability, CardOnRing},
    config_error::ConfigError,
    delivery::Delivery,
    error::Error,
    make::ConnectionConfig,
    poll::{PollStart, Poller},
    query::{Query, QueryStep},
    quota::Quota,
    request::{Answer, Request},
    session::{Session, WHOLE_ACCOUNT},
    traits::{ActStep, Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// How long a call counts as taken off hold because the command was accepted, before an event or the list shows it.
const BELIEVED: SignedDuration = SignedDuration::from_secs(5);

/// The Era platform, configured for one connection.
#[derive(Debug)]
pub struct Era {
    shared: Arc<Shared>,
}

impl Era {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        let (settings, calls, counts) = (Settings::read(config)?, OpenCalls::default(), AssumptionCounts::default());
        Ok(Self { shared: Arc::new(Shared { settings, calls, counts }) })
    }
}

impl Pbx for Era {
    fn book_settings(&self) -> BookSettings {
        let wire = &self.shared.settings.wire;
        let told_after = match wire.transport {
            Transport::Socket => SignedDuration::ZERO,
            Transport::Rest => SignedDuration::from_secs(i64::from(wire.poll)),
        };
        BookSettings {
            grace: SignedDuration::from_secs(4),
            callback_in_two_calls: true,
            told_after,
            believes_retrieve: BELIEVED,
            ..BookSettings::default()
        }
    }

    fn delivery(&self) -> Option<Delivery> {
        (self.shared.settings.wire.transport == Transport::Rest).then_some(Delivery::Polling)
    }

    fn capability(&self, of_make: Capability) -> Capability {
        let wire = &self.shared.settings.wire;
        let card_on_ring = if wire.transport == Transport::Rest { CardOnRing::Late } else { of_make.card_on_ring };
        let key_acts_for_all = wire.api == Api::Token;
        Capability { abilities: abilities::abilities(wire, None), card_on_ring, key_acts_for_all, ..of_make }
    }

    fn base_url(&self) -> &Url {
        &self.shared.settings.base
    }

    fn quota(&self) -> Quota {
        // No page names a limit.
        Quota::per_second(10)
    }

    fn verify(&self, _request: &WebhookRequest) -> Result<Verified, VerifyError> {
        Err(VerifyError::NoWebhooks)
    }

    fn decode(&self, verified: Verified, _context: &DecodeContext) -> Decoded {
        let body = String::from_utf8_lossy(&verified.request().body).into_owned();
        let reply = WebhookReply { status: 200, content_type: "text/plain", body: bytes::Bytes::new() };
        Decoded { events: vec![events::strange(&body)], reply }
    }

    fn sign_webhook(&self, _request: &mut WebhookRequest) -> Result<(), Error> {
        Err(Error::unsupported("send webhooks, so there is nothing to sign"))
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        requests::authorise(&self.shared.settings, request)
    }

    fn originate(&self, _command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::originate(&self.shared.settings, from, to)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        responses::originate(command, answer)
    }

    fn act(&self, _command: CommandId, on: &ActOn, action: &Action) -> Result<Request, Error> {
        actions::act(&self.shared, on, action)
    }

    fn act_next(&self, on: &ActOn, action: &Action, step: usize, answer: &Answer) -> Result<ActStep, Error> {
        actions::next(&self.shared, on, action, step, answer)
    }

    fn read_act(&self, command: CommandId, _action: &Action, answer: &Answer) -> CommandAnswer {
        responses::act(command, answer)
    }

    fn recording(&self, _call: &str, reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        requests::recording(&self.shared.settings, reference).map(RecordingStep::Ask)
    }

    fn read_recording(&self, answer: &Answer) -> Result<Request, Error> {
        responses::recording(&self.shared.settings, answer)
    }

    fn check(&self) -> Result<Request, Error> {
        Ok(requests::list(&self.shared.settings, None))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(answer)
    }

    fn query(&self, query: &Query) -> Result<Request, Error> {
        phones::ask(&self.shared.settings, query)
    }

    fn read_query(&self, query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
        phones::read(query, answer)
    }

    fn session(&self, key: &str) -> Option<Box<dyn Session>> {
        let is_ours = key == WHOLE_ACCOUNT && self.shared.settings.wire.transport == Transport::Socket;
        is_ours.then(|| Box::new(Socket::new(Arc::clone(&self.shared))) as Box<dyn Session>)
    }

    fn poller(&self, start: PollStart) -> Option<Box<dyn Poller>> {
        let is_polled = self.shared.settings.wire.transport == Transport::Rest;
        is_polled.then(|| Box::new(ListPoller::new(Arc::clone(&self.shared), &start)) as Box<dyn Poller>)
    }
}
