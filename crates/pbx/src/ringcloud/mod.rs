//! RingCloud: it tells nothing by itself, so it is asked for the calls that go on and for those that ended. Its calls
//! have no ids, its requests a permanent key in their address, and the same may be asked about once a minute.
//!
//! Sources, oddities and what was never tried on a live account: `docs/makes/ringcloud.md`.

mod account;
mod config;
mod current;
mod description;
mod directory;
mod events;
mod finished;
mod known;
mod lists;
mod placed;
mod poller;
mod recordings;
mod requests;
mod responses;
mod rows;
mod sign;
#[cfg(test)]
mod tests;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use calls::{Ability, BookSettings, CommandAnswer, CommandId, RecordingReference};
use jiff::{SignedDuration, Timestamp};
use secrecy::SecretString;
use url::Url;

pub use self::description::MAKE;
use self::{config::Settings, directory::Directory, placed::PlacedCalls, poller::RingCloudPoller};
use crate::{
    check::RightProbe,
    config_error::ConfigError,
    error::{Error, ErrorKind},
    make::ConnectionConfig,
    poll::{PollStart, Poller},
    query::{Query, QueryStep},
    quota::Quota,
    request::{Answer, Request},
    traits::{Pbx, RecordingStep},
    webhook::{DecodeContext, Decoded, Verified, VerifyError, WebhookReply, WebhookRequest},
};

/// RingCloud, configured for one connection.
#[derive(Debug)]
pub struct RingCloud {
    settings: Arc<Settings>,
    directory: Arc<Mutex<Directory>>,
    placed: Arc<PlacedCalls>,
}

impl RingCloud {
    /// Reads the settings, or says what is wrong with them.
    pub fn new(config: &ConnectionConfig) -> Result<Self, ConfigError> {
        Ok(Self { settings: Arc::new(Settings::read(config)?), directory: Arc::default(), placed: Arc::default() })
    }

    fn directory(&self) -> MutexGuard<'_, Directory> {
        self.directory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pbx for RingCloud {
    fn book_settings(&self) -> BookSettings {
        let interval = SignedDuration::try_from(self.settings.interval).unwrap_or_default();
        BookSettings { told_after: interval + SignedDuration::from_secs(5), ..BookSettings::default() }
    }

    fn base_url(&self) -> &Url {
        &self.settings.base
    }

    fn quota(&self) -> Quota {
        // No limit of all requests together is known.
        Quota::per_second(5)
    }

    fn verify(&self, _request: &WebhookRequest) -> Result<Verified, VerifyError> {
        Err(VerifyError::NoWebhooks)
    }

    fn decode(&self, _verified: Verified, _context: &DecodeContext) -> Decoded {
        // Nothing is ever verified.
        let reply = WebhookReply { status: 404, content_type: "text/plain", body: bytes::Bytes::new() };
        Decoded { events: Vec::new(), reply }
    }

    fn sign_webhook(&self, _request: &mut WebhookRequest) -> Result<(), Error> {
        Err(Error::unsupported("send webhooks, so there is nothing to sign"))
    }

    fn sign(&self, request: &mut Request) -> Result<(), Error> {
        sign::sign(&self.settings.key, &self.settings.hash, request);
        Ok(())
    }

    fn lookup(&self, agent: &str) -> Option<Request> {
        let directory = self.directory();
        if directory.name_of(agent).is_some() {
            return None;
        }
        if !directory.is_listed() {
            return Some(requests::users(&self.settings));
        }
        directory.unread().map(|name| requests::user(&self.settings, name))
    }

    fn read_lookup(&self, agent: &str, answer: &Answer) -> Result<(), Error> {
        let data = responses::data(&self.settings, answer);
        let mut directory = self.directory();
        if !directory.is_listed() {
            match data {
                Ok(data) => directory.take_list(&data),
                // Who may place calls need not be allowed to read the employees: his user name then does.
                Err(error) if responses::is_forbidden(answer) && agent.len() > 5 => {
                    tracing::debug!(%error, "the employees cannot be read");
                    directory.give_up();
                }
                Err(error) => return Err(error),
            }
        } else if let Some(name) = directory.unread().map(str::to_owned) {
            match data {
                Ok(data) => directory.take_user(&name, &data),
                Err(_) => directory.mark_silent(&name),
            }
        }
        Ok(())
    }

    fn originate(&self, command: CommandId, from: &str, to: &str) -> Result<Request, Error> {
        let agent = crate::party::extension(from).unwrap_or_default();
        let directory = self.directory();
        let name = match directory.name_of(&agent) {
            Some(name) => name.to_owned(),
            // An extension is no name of a user; a longer word may be one that the list does not tell.
            None if agent.len() > 5 && directory.users().next().is_none() => agent.clone(),
            None => {
                let why = "RingCloud has no user with this extension or name";
                return Err(Error::new(ErrorKind::InvalidRequest { field: "from" }, why).before_sending());
            }
        };
        drop(directory);
        let request = requests::call(&self.settings, &name, to)?;
        self.placed.add(command, &agent, to);
        Ok(request)
    }

    fn read_originate(&self, command: CommandId, answer: &Answer) -> CommandAnswer {
        let outcome = responses::call(&self.settings, command, answer);
        match &outcome {
            CommandAnswer::Rejected { .. } => self.placed.refuse(command),
            CommandAnswer::Accepted { .. } | CommandAnswer::Unknown { .. } => self.placed.accept(command),
        }
        outcome
    }

    fn originate_lost(&self, command: CommandId) {
        self.placed.accept(command);
    }

    fn recording(&self, _call: &str, reference: &RecordingReference, _now: Timestamp) -> Result<RecordingStep, Error> {
        recordings::request(&self.settings, reference).map(RecordingStep::Fetch)
    }

    fn read_recording(&self, _answer: &Answer) -> Result<Request, Error> {
        Err(Error::unsupported("be asked for a recording's link: its address is stored"))
    }

    fn check(&self) -> Result<Request, Error> {
        Ok(requests::balance(&self.settings))
    }

    fn read_check(&self, answer: &Answer) -> Result<(), Error> {
        responses::data(&self.settings, answer).map(|_| ())
    }

    fn lacks_right(&self, ability: Ability, answer: &Answer) -> bool {
        ability == Ability::Originate && responses::is_forbidden(answer)
    }

    fn right_probes(&self) -> Vec<RightProbe> {
        let settings = &self.settings;
        // Not the lists that are polled: these may be asked for once a minute.
        vec![
            RightProbe { right: "read the balance", is_needed: false, request: requests::balance(settings) },
            RightProbe { right: "read calls", is_needed: true, request: requests::channels(settings) },
            RightProbe { right: "read users", is_needed: false, request: requests::users(settings) },
        ]
    }

    fn query(&self, query: &Query) -> Result<Request, Error> {
        account::request(&self.settings, query)
    }

    fn read_query(&self, query: &Query, answer: &Answer) -> Result<QueryStep, Error> {
        account::read(&self.settings, &mut self.directory(), query, answer)
    }

    fn poller(&self, start: PollStart) -> Option<Box<dyn Poller>> {
        let (settings, directory) = (Arc::clone(&self.settings), Arc::clone(&self.directory));
        Some(Box::new(RingCloudPoller::new(settings, directory, Arc::clone(&self.placed), start)))
    }

    fn derived_secrets(&self) -> Vec<SecretString> {
        vec![self.settings.hash.clone()]
    }
}
