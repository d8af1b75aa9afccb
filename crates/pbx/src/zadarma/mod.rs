//! Zadarma and Novofon: one protocol at two hosts. Signed notifications in, signed requests out.
//!
//! Sources, oddities and what was never tried on a live account: `docs/makes/zadarma.md`.

mod account;
mod config;
mod description;
mod events;
mod party;
pub mod query;
mod requests;
mod responses;
mod sign;
mod statistics;
mod test_message;
#[cfg(test)]
mod tests;
mod told;
mod tracking;
mod xml;

use std::{
    sync::OnceLock,
    time::{Duration, Instant},
};

use calls::{BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::Timestamp;
use url::Url;

use self::config::{PbxId, Settings};
pub use self::description::{MAKE, NOVOFON};
use crate::{
    config_error::ConfigError,
    error::Error,
    history::{HistoryPage, HistoryPlace, HistoryRequest, Span},
    lock_out::LockOut,
    make::ConnectionConfig,
    query::{Query, QueryStep},
    quota::Quota,
    request::{Answer, Request},
    routing::{Incoming, Route, RouteReply},
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// Zadarma or Novofon, configured for one connection.
#[derive(Debug)]
pub struct Zadarma {
    settings: Settings,
    /// The number of the PBX as the account tells it; nothing where it tells none.
    pbx_id: OnceLock<Option<String>>,
}

impl Zadarma {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        Ok(Self { settings: Settings::read(config)?, pbx_id: OnceLock::new() })
    }

    fn pbx_id(&self) -> Option<&str> {
        match &self.settings.pbx_id {
            PbxId::Ask => self.pbx_id.get()?.as_deref(),
            PbxId::Given(id) => Some(id),
            PbxId::None => None,
        }
    }
}

/// How long the service counts requests for.
const A_MINUTE: Duration = Duration::from_secs(60);

impl Pbx for Zadarma {
    fn book_settings(&self) -> BookSettings {
        BookSettings { callback_in_two_calls: true, equal_messages_repeat: true, ..BookSettings::default() }
    }

    fn base_url(&self) -> &Url {
        &self.settings.base
    }

    fn quota(&self) -> Quota {
        Quota::per_minute(100)
    }

    /// Every answer says how many requests are left of this minute, beside ours those of other programs with this account.
    fn lock_out(&self, request: &Request, answer: &Answer, _now: Instant) -> Option<LockOut> {
        let refused = LockOut::of_too_many(request, self.quota(), answer);
        refused.or_else(|| LockOut::of_none_left(request, self.quota(), answer, A_MINUTE))
    }

    fn address_check(&self, request: &WebhookRequest) -> Option<WebhookReply> {
        events::address_check(request)
    }

    fn verify(&self, request: &WebhookRequest) -> Result<Verified, VerifyError> {
        sign::verify(&self.settings, request)
    }

    fn decode(&self, verified: Verified, context: &DecodeContext) -> Decoded {
        events::decode(&verified, context)
    }

    fn incoming(&self, request: &WebhookRequest) -> Option<Incoming> {
        events::incoming(request)
    }

    fn route_reply(&self, _request: &WebhookRequest, route: &Route) -> Option<RouteReply> {
        Some(events::route_reply(MAKE.outcomes.carried(route)))
    }

    fn test_message(&self, name: &str, call: &str, now: Timestamp) -> Option<WebhookRequest> {
        test_message::build(name, call, now)
    }

    fn sign_webhook(&self, request: &mut WebhookRequest) -> Result<(), Error> {
        sign::sign_webhook(&self.settings, request)
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        sign::sign(&self.settings, request)
    }

    fn lookup(&self, agent: &str) -> Option<Request> {
        let is_needed = self.settings.pbx_id == PbxId::Ask && self.pbx_id.get().is_none() && party::is_of_pbx(agent);
        is_needed.then(|| requests::extensions(&self.settings))
    }

    fn read_lookup(&self, _agent: &str, answer: &Answer) -> Result<(), Error> {
        // Two may have asked at once and were told the same.
        let _ = self.pbx_id.set(responses::pbx_id(answer)?);
        Ok(())
    }

    fn originate(&self, _command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::callback(&self.settings, self.pbx_id(), from, to, false)
    }

    fn originate_customer_first(&self, _command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        requests::callback(&self.settings, self.pbx_id(), from, to, true)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        responses::callback(command, answer)
    }

    fn recording(&self, call: &str, reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        let recording = match reference {
            RecordingReference::Id(recording) => recording.as_str(),
            RecordingReference::Link(_) => call,
        };
        requests::record(&self.settings, recording).map(RecordingStep::Ask)
    }

    fn read_recording(&self, answer: &Answer) -> Result<Request, Error> {
        responses::record(answer)
    }

    fn history(&self, span: Span, context: &DecodeContext) -> Result<HistoryRequest, Error> {
        Ok(statistics::ask(&self.settings, span, 0, Vec::new(), context))
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

    fn check(&self) -> Result<Request, Error> {
        Ok(requests::balance(&self.settings))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::check(answer)
    }

    fn query(&self, query: &Query) -> Result<Request, Error> {
        account::request(&self.settings, query)
    }

    fn read_query(&self, query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
        told::read(&self.settings, query, answer)
    }
}
