//! The Era platform: events over one WebSocket with subscriptions, the list of calls and commands over REST.
//!
//! Much of the wire is not in the pages that could be read: what is ASSUMED stands in `wire.rs` and can be overridden
//! by name, every decoder reads what may come tolerantly, and which of the forms were met is counted. Marks such as A-1
//! number the assumptions. Sources, assumptions and what was never tried on a live account: `docs/makes/era.md`.

mod actions;
mod assumption_counts;
mod calls;
mod config;
mod description;
mod events;
mod frame;
mod listing;
mod polling;
mod requests;
mod responses;
mod session;
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
    assumption_counts::AssumptionCounts, calls::OpenCalls, config::Settings, polling::Polling, session::Socket,
    wire::Transport,
};
use crate::{
    config_error::ConfigError,
    error::Error,
    make::ConnectionConfig,
    quota::Quota,
    request::{Answer, Request},
    session::{Session, WHOLE_ACCOUNT},
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// What the sessions and the commands of one connection have in common.
#[derive(Debug)]
struct Shared {
    settings: Settings,
    /// The calls that go on: commands name them otherwise than events do.
    calls: OpenCalls,
    counts: AssumptionCounts,
}

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
        BookSettings { grace: SignedDuration::from_secs(4), callback_in_two_calls: true, ..BookSettings::default() }
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
        Ok(requests::list(&self.shared.settings))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(answer)
    }

    fn session(&self, key: &str) -> Option<Box<dyn Session>> {
        let shared = Arc::clone(&self.shared);
        (key == WHOLE_ACCOUNT).then(|| match shared.settings.wire.transport {
            Transport::Socket => Box::new(Socket::new(shared)) as Box<dyn Session>,
            Transport::Rest => Box::new(Polling::new(shared)),
        })
    }
}
