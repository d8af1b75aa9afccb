//! MANGO OFFICE's VPBX API: webhooks of the whole account in, signed forms out, recordings through a redirect.
//!
//! Sources, oddities and what was never tried on a live account: `docs/makes/mango-vpbx.md`.

mod account;
mod config;
mod description;
mod events;
mod leg;
mod quota;
mod requests;
mod responses;
mod sign;
mod statistics;
mod test_message;
#[cfg(test)]
mod tests;
pub mod wire;

use std::time::Instant;

use calls::{ActOn, Action, BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::{SignedDuration, Timestamp};
use url::Url;

pub use self::description::MAKE;
#[cfg(test)]
pub(crate) use self::quota::of_path as quota_of;
use self::{
    config::{RecordingBy, Settings},
    quota::WrongRequests,
};
use crate::{
    config_error::ConfigError,
    error::Error,
    history::{HistoryPage, HistoryPlace, HistoryRequest, Span},
    lock_out::LockOut,
    make::ConnectionConfig,
    query::{Query, QueryStep},
    quota::Quota,
    request::{Answer, Request},
    traits::{GroupCallback, Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// MANGO OFFICE's VPBX API, configured for one connection.
#[derive(Debug)]
pub struct MangoVpbx {
    settings: Settings,
    wrong: WrongRequests,
}

impl MangoVpbx {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::read(config)?, wrong: WrongRequests::default() })
    }
}

impl Pbx for MangoVpbx {
    fn book_settings(&self) -> BookSettings {
        BookSettings {
            answer_retrieves: true,
            shortest_recording: Some(SignedDuration::from_secs(6)),
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

    fn lock_out(&self, request: &Request, answer: &Answer, now: Instant) -> Option<LockOut> {
        self.wrong.read(answer, now).or_else(|| LockOut::of_too_many(request, self.quota(), answer))
    }

    fn address_check(&self, request: &WebhookRequest) -> Option<WebhookReply> {
        sign::is_address_check(&self.settings, request).then(events::reply)
    }

    fn verify(&self, request: &WebhookRequest) -> Result<Verified, VerifyError> {
        sign::verify(&self.settings, request)
    }

    fn decode(&self, verified: Verified, context: &DecodeContext) -> Decoded {
        events::decode(&verified, context)
    }

    fn test_message(&self, name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
        test_message::build(name, call, now)
    }

    fn sign_webhook(&self, request: &mut WebhookRequest) -> Result<(), Error> {
        sign::sign_webhook(&self.settings, request);
        Ok(())
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        sign::sign(&self.settings, request);
        Ok(())
    }

    fn originate(&self, command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::callback(&self.settings, command, from, to)
    }

    fn call_back_for_group(&self, command: CommandId, callback: &GroupCallback<'_>) -> Result<Request, Error> {
        requests::group_callback(&self.settings, command, callback)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        responses::command(command, answer)
    }

    fn act(&self, command: CommandId, on: &ActOn, action: &Action) -> Result<Request, Error> {
        requests::act(&self.settings, command, on, action)
    }

    fn read_act(&self, command: CommandId, _action: &Action, answer: &Answer) -> CommandAnswer {
        responses::command(command, answer)
    }

    fn recording(&self, _call: &str, reference: &RecordingReference, now: Timestamp) -> Result<RecordingStep, Error> {
        let recording = requests::recording_id(reference)?;
        Ok(match self.settings.recording {
            RecordingBy::Post => RecordingStep::Ask(requests::recording(&self.settings, recording)),
            RecordingBy::Link => RecordingStep::Fetch(requests::recording_link(&self.settings, recording, now)),
        })
    }

    fn read_recording(&self, answer: &Answer) -> Result<Request, Error> {
        responses::recording(answer)
    }

    fn check(&self) -> Result<Request, Error> {
        Ok(requests::check(&self.settings))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(answer)
    }

    fn history(&self, span: Span, _context: &DecodeContext) -> Result<HistoryRequest, Error> {
        statistics::ask(&self.settings, span)
    }

    fn read_history(
        &self,
        span: Span,
        place: &HistoryPlace,
        answer: &Answer,
        context: &DecodeContext,
    ) -> Result<HistoryPage, Error> {
        statistics::read(&self.settings, span, place, answer, context)
    }

    fn query(&self, query: &Query) -> Result<Request, Error> {
        account::ask(&self.settings, query)
    }

    fn read_query(&self, query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
        account::read(query, answer)
    }
}
