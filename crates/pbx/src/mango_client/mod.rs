//! MANGO OFFICE's server-client API: a socket per user, missed events given again, a token for the integration.
//!
//! Only its introduction is public: the wire is ASSUMED in `wire.rs` and can be overridden by name. Sources and what
//! was never tried on a live account: `docs/makes/mango-client.md`.

mod config;
mod description;
mod events;
mod requests;
mod responses;
mod session;
#[cfg(test)]
mod tests;
mod wire;

use std::sync::Arc;

use calls::{ActOn, Action, BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use url::Url;

pub use self::description::MAKE;
use self::{config::Settings, session::Channel};
use crate::{
    config_error::ConfigError,
    error::Error,
    make::ConnectionConfig,
    quota::Quota,
    request::{Answer, Request},
    session::Session,
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookRequest},
};

/// MANGO OFFICE's server-client API, configured for one connection.
#[derive(Debug)]
pub struct MangoClient {
    settings: Arc<Settings>,
}

impl MangoClient {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        Ok(Self { settings: Arc::new(Settings::read(config)?) })
    }
}

impl Pbx for MangoClient {
    fn book_settings(&self) -> BookSettings {
        BookSettings {
            answer_retrieves: true,
            shortest_recording: Some(SignedDuration::from_secs(6)),
            own_leg_only: true,
            legs_join_two: true,
            ..BookSettings::default()
        }
    }

    fn base_url(&self) -> &Url {
        &self.settings.base
    }

    fn quota(&self) -> Quota {
        Quota::per_second(10)
    }

    fn verify(&self, _request: &WebhookRequest) -> Result<Verified, VerifyError> {
        Err(VerifyError::NoWebhooks)
    }

    fn decode(&self, verified: Verified, context: &DecodeContext) -> Decoded {
        events::webhook(&self.settings.wire, &verified, context)
    }

    fn sign_webhook(&self, _request: &mut WebhookRequest) -> Result<(), Error> {
        Err(Error::unsupported("send webhooks, so there is nothing to sign"))
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        requests::authorise(&self.settings, request)
    }

    fn originate(&self, _command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::callback(&self.settings, from, to)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        responses::command(&self.settings.wire, command, answer)
    }

    fn act(&self, _command: CommandId, on: &ActOn, action: &Action) -> Result<Request, Error> {
        requests::act(&self.settings, on, action)
    }

    fn read_act(&self, command: CommandId, _action: &Action, answer: &Answer) -> CommandAnswer {
        responses::command(&self.settings.wire, command, answer)
    }

    fn recording(&self, _call: &str, reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        requests::recording(&self.settings, reference).map(RecordingStep::Fetch)
    }

    fn read_recording(&self, _answer: &Answer) -> Result<Request, Error> {
        Err(Error::unsupported("be asked for a recording's link: the link is stored"))
    }

    fn introduce(&self, name: &str) -> Option<Request> {
        Some(requests::integration_create(&self.settings, name))
    }

    fn read_introduction(&self, answer: &Answer) -> Result<SecretString, Error> {
        responses::token(&self.settings.wire, answer)
    }

    fn check(&self) -> Result<Request, Error> {
        Ok(requests::check(&self.settings))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(&self.settings.wire, answer)
    }

    fn session(&self, extension: &str) -> Option<Box<dyn Session>> {
        Some(Box::new(Channel::new(Arc::clone(&self.settings), extension)))
    }

    fn end_session(&self, extension: &str) -> Option<Request> {
        Some(requests::unregister(&self.settings, extension))
    }
}
