//! Rostelecom's Integration API: signed webhooks in, signed requests out, one-time recording links.
//!
//! Sources, oddities and what was never tried on a live account: `docs/makes/rostelecom.md`.

mod archive;
mod config;
mod description;
mod events;
mod history;
mod requests;
mod responses;
mod rows;
mod sign;
mod test_message;
#[cfg(test)]
mod tests;
pub mod wire;

use calls::{BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::Timestamp;
use url::Url;

use self::config::Settings;
pub use self::description::MAKE;
use crate::{
    config_error::ConfigError,
    error::Error,
    history::{HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Span},
    make::ConnectionConfig,
    query::{Query, QueryStep, Reply},
    quota::Quota,
    request::{Answer, Request},
    routing::{Incoming, Route, RouteReply},
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookRequest},
};

/// Rostelecom, configured for one connection.
#[derive(Debug)]
pub struct Rostelecom {
    settings: Settings,
}

impl Rostelecom {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::read(config)? })
    }
}

impl Pbx for Rostelecom {
    fn book_settings(&self) -> BookSettings {
        BookSettings { answer_names_call: true, ..BookSettings::default() }
    }

    fn base_url(&self) -> &Url {
        &self.settings.base
    }

    fn quota(&self) -> Quota {
        Quota::per_second(5)
    }

    fn verify(&self, request: &WebhookRequest) -> Result<Verified, VerifyError> {
        sign::verify(&self.settings, request)
    }

    fn decode(&self, verified: Verified, context: &DecodeContext) -> Decoded {
        events::decode(&self.settings, &verified, context)
    }

    fn incoming(&self, request: &WebhookRequest) -> Option<Incoming> {
        events::incoming(request)
    }

    fn route_reply(&self, _request: &WebhookRequest, route: &Route) -> Option<RouteReply> {
        Some(events::route_reply(MAKE.outcomes.carried(route)))
    }

    fn announces_history(&self, request: &WebhookRequest) -> bool {
        events::announces_history(request)
    }

    fn test_message(&self, name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
        test_message::build(name, call, now)
    }

    fn sign_webhook(&self, request: &mut WebhookRequest) -> Result<(), Error> {
        sign::sign_webhook(&self.settings, request);
        Ok(())
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        sign::sign(&self.settings, request)
    }

    fn originate(&self, _command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::call_back(&self.settings, from, to)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        responses::call_back(command, answer)
    }

    fn recording(&self, call: &str, reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        // The reference is the session too; a call stitched from a command may know only the reference.
        let session = match reference {
            RecordingReference::Id(session) => session.as_str(),
            RecordingReference::Link(_) => call,
        };
        requests::get_record(&self.settings, session).map(RecordingStep::Ask)
    }

    fn read_recording(&self, answer: &Answer) -> Result<Request, Error> {
        responses::get_record(answer)
    }

    fn query(&self, query: &Query) -> Result<Request, Error> {
        if let Query::Users = query {
            return requests::users_info(&self.settings, None);
        }
        let Query::User(pin) = query else { return Err(Error::unsupported(query.name())) };
        requests::users_info(&self.settings, Some(pin))
    }

    fn read_query(&self, _query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
        responses::users(answer).map(|users| QueryStep::Done(Reply::Users(users)))
    }

    fn history(&self, span: Span, _context: &DecodeContext) -> Result<HistoryRequest, Error> {
        history::order(&self.settings, span, 0)
    }

    fn read_history(
        &self,
        span: Span,
        place: &HistoryPlace,
        answer: &Answer,
        context: &DecodeContext,
    ) -> Result<HistoryPage, Error> {
        history::read(&self.settings, span, place, answer, context)
    }

    fn call_details(&self, call: &str) -> Result<Request, Error> {
        requests::call_info(&self.settings, call)
    }

    fn read_call_details(
        &self,
        call: &str,
        answer: &Answer,
        context: &DecodeContext,
    ) -> Result<Option<HistoryCall>, Error> {
        history::details(call, answer, context)
    }

    fn check(&self) -> Result<Request, Error> {
        requests::get_record(&self.settings, requests::NIL_SESSION)
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(answer)
    }
}
