//! Talks to one connection's PBX: limits, signs, sends, retries where that does no harm, redacts and journals.

mod address_test;
mod again;
mod asking;
mod checking;
mod commands;
mod exchange;
mod history;
mod introducing;
mod limit;
mod polling;
mod querying;
mod recording;
mod sessions;
mod trial;

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
    time::Duration,
};

use calls::{Abilities, Ability, BookSettings, CallId, Clock, ConnectionId, Source, VendorEvent};
use tokio::time::Instant;
use url::Url;

use self::{
    address_test::AwaitedTest,
    limit::{Limit, Patience, Priority},
    sessions::Running,
};
pub use self::{
    address_test::{NotKept, ReceivedTest, SeenTest, TEST_LATE, TEST_NOTIFICATION, TestNames, TestWatch},
    again::{AskedAgain, ReadAgain},
    commands::Commands,
    history::HistoryReading,
    introducing::NoKeyGiven,
    recording::{Download, LARGEST_RECORDING},
    sessions::SessionReport,
    trial::{Trial, TrialOutcome, TrialReason, TrialStep},
};
use crate::{
    capability::Capability,
    config,
    config_error::ConfigError,
    delivery::Delivery,
    error::{Error, ErrorKind},
    journal::{self, ADDRESS_CHECK, Journal, JournalEntry, JournalKind, JournalOutcome, Original, is_understood},
    make::{ConnectionConfig, Make},
    quota::{KeepNoTimes, QuotaUse, RequestTimesKeeper},
    redact::Redactor,
    request::{Answer, Request},
    routing::{Incoming, Route, RouteReply},
    traits::Pbx,
    webhook::{DecodeContext, Decoded, VerifyError, WebhookReply, WebhookRequest},
    wire_form::WireForm,
};

/// How long a server may take that only has to be there.
const REACH_PATIENCE: Duration = Duration::from_secs(5);
/// Characters kept of a webhook's path.
const STRANGERS_TEXT: usize = 128;

/// One connection's driver. Shared by reference; everything may be asked at the same time.
pub struct Driver {
    id: ConnectionId,
    make: Make,
    pbx: Arc<dyn Pbx>,
    client: net::Client,
    limit: Limit,
    redactor: Redactor,
    journal: Arc<dyn Journal>,
    clock: Arc<dyn Clock>,
    running: Running,
    /// What the PBX has refused the key the right to, and until when that is believed: rights may be given.
    lacking: RwLock<Option<(Ability, Instant)>>,
    /// The PBX told that the export of its history is made.
    history_made: tokio::sync::Notify,
    /// Held by whoever reads what is needed before a call is placed.
    looking_up: tokio::sync::Mutex<()>,
    /// What may be asked through a session, by its extension (`""`: through the connection), where the PBX said so.
    rights: RwLock<BTreeMap<String, Abilities>>,
    /// The message by which our address is tested now.
    awaited_test: AwaitedTest,
    /// Names the calls of such messages; none where our address is not tested with this driver.
    test_names: Option<TestNames>,
}

/// What came of a webhook, and what the request journal is to say of it.
#[derive(Debug)]
pub struct Received {
    /// What it means, or why it is refused.
    pub decoded: Result<Decoded, VerifyError>,
    /// It is a test of our address that was sent from here, and tells of no call.
    pub test: Option<ReceivedTest>,
    /// Without status and answer, which are not known yet.
    pub entry: JournalEntry,
}

/// Who vouches for a webhook that is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignedBy {
    /// Whoever has the connection's key.
    Key,
    /// Nobody: it is a test of our address, or the settings have it believed without a signature.
    Nobody,
}

impl std::fmt::Debug for Driver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Driver").field("id", &self.id).field("make", &self.make).finish_non_exhaustive()
    }
}

impl Driver {
    /// A driver for a connection, or what is wrong with its settings.
    pub fn new(
        config: ConnectionConfig,
        journal: Arc<dyn Journal>,
        clock: Arc<dyn Clock>,
    ) -> Result<Self, ConfigError> {
        let pbx: Arc<dyn Pbx> = config::build(&config)?.into();
        let anchor_error =
            |error: net::Error| ConfigError::TrustAnchor { connection: config.id.clone(), reason: error.to_string() };
        let base = pbx.base_url();
        let hosts = net::Hosts::of(base)
            .map_err(|_| ConfigError::BaseUrl { connection: config.id.clone() })?
            .and_domains(config.make.domains);
        let mut settings = net::Settings::new(base, hosts);
        if let Some(pem) = &config.trust_anchor_pem {
            settings.anchors = net::read_anchors(pem).map_err(anchor_error)?;
        }
        let client = net::Client::new(settings).map_err(anchor_error)?;
        Ok(Self {
            limit: Limit::new(config.id.clone(), Arc::new(KeepNoTimes), Arc::clone(&clock)),
            redactor: Redactor::new(config.secrets.into_values().chain(pbx.derived_secrets())),
            id: config.id,
            make: config.make,
            client,
            pbx,
            journal,
            clock,
            running: Running::default(),
            lacking: RwLock::default(),
            history_made: tokio::sync::Notify::new(),
            looking_up: tokio::sync::Mutex::default(),
            rights: RwLock::default(),
            awaited_test: AwaitedTest::default(),
            test_names: None,
        })
    }

    /// Keeps in mind when the PBX was asked, as far as it counts that beyond the end of this program.
    #[must_use]
    pub fn keeping_times(mut self, keeper: Arc<dyn RequestTimesKeeper>) -> Self {
        self.limit = Limit::new(self.id.clone(), keeper, Arc::clone(&self.clock));
        self
    }

    /// Tests the address that the PBX posts to, with messages about calls of such names.
    #[must_use]
    pub fn naming_tests(mut self, names: TestNames) -> Self {
        self.test_names = Some(names);
        self
    }

    /// Which connection it is.
    pub fn id(&self) -> &ConnectionId {
        &self.id
    }

    /// Which make it is.
    pub fn make(&self) -> Make {
        self.make
    }

    /// Where its PBX is asked.
    pub fn base_url(&self) -> &Url {
        self.pbx.base_url()
    }

    /// What the PBX can do.
    pub fn capability(&self) -> Capability {
        self.pbx.capability(self.make.capability.clone())
    }

    /// How the connection's events reach us.
    pub fn delivery(&self) -> Delivery {
        self.pbx.delivery().unwrap_or(self.make.delivery)
    }

    /// How far its quotas are used now.
    pub fn quota_uses(&self) -> Vec<QuotaUse> {
        self.limit.uses(&self.pbx.quota())
    }

    /// What differs in the fold.
    pub fn book_settings(&self) -> BookSettings {
        self.pbx.book_settings()
    }

    /// Checks a webhook's authenticity on its raw bytes, then understands it. Nothing that is authentic fails. Whoever
    /// answers it notes the entry: he knows whether it is another reading of the same webhook, and what was answered.
    pub fn receive(&self, request: &WebhookRequest, context: &DecodeContext) -> Received {
        let began = Instant::now();
        let decoded = self.read_webhook(request, context);
        if let Err(why) = &decoded {
            self.awaited_test.refused(&request.body, why);
        }
        let test = decoded.as_ref().ok().and_then(|decoded| self.test_in(decoded));
        if decoded.is_ok() && self.pbx.announces_history(request) {
            self.history_made.notify_one();
        }
        let (operation, outcome) = said(request, &decoded, test.as_ref());
        // A body that nobody vouches for is not kept.
        let is_kept = matches!(outcome, JournalOutcome::Signed { .. } | JournalOutcome::Unsigned { .. });
        let received = if is_kept { self.redactor.body(&request.body) } else { None };
        let path = cut(request.path.split(['?', '#']).next().unwrap_or_default());
        let entry = JournalEntry::new(context.received_at, &self.id, JournalKind::Webhook, operation, path);
        let told = decoded.iter().flat_map(|decoded| &decoded.events).filter(|_| test.is_none());
        let told: Vec<VendorEvent> = told.cloned().collect();
        let call = told.iter().find_map(|event| event.call.as_deref());
        let call = call.map(|call| CallId::of_vendor(&self.id, call));
        let form = Some(WireForm::of_webhook(request));
        let original = Some(Original::Webhook { request: request.clone(), told });
        let took = began.elapsed();
        let entry = JournalEntry { outcome, took, received, call, form, original, ..entry };
        Received { decoded, test, entry }
    }

    /// What a webhook says, if it is authentic; nothing comes of it.
    fn read_webhook(&self, request: &WebhookRequest, context: &DecodeContext) -> Result<Decoded, VerifyError> {
        match self.pbx.address_check(request) {
            Some(reply) => Ok(Decoded { events: Vec::new(), reply }),
            None => self.pbx.verify(request).map(|verified| self.pbx.decode(verified, context)),
        }
    }

    /// The test of our address that an authentic message is, if it is one: its call bears a name that is made here alone.
    fn test_in(&self, decoded: &Decoded) -> Option<ReceivedTest> {
        let names = self.test_names.as_ref()?;
        let call = decoded.events.iter().filter_map(|event| event.call.as_deref()).find(|call| names.is_one(call))?;
        let is_awaited = self.awaited_test.arrives(call);
        Some(if is_awaited { ReceivedTest::Awaited(call.to_owned()) } else { ReceivedTest::Late })
    }

    /// Checks the signature of a webhook with the keys that this connection has now; nothing else comes of it.
    pub fn check_signature(&self, request: &WebhookRequest) -> Result<SignedBy, VerifyError> {
        if self.pbx.address_check(request).is_some() {
            return Ok(SignedBy::Nobody);
        }
        let verified = self.pbx.verify(request)?;
        Ok(if verified.is_signed() { SignedBy::Key } else { SignedBy::Nobody })
    }

    /// The body of our answer to a webhook as it may be kept.
    pub fn redacted(&self, reply: &WebhookReply) -> Option<String> {
        self.redactor.body(&reply.body)
    }

    /// The call from outside about which this authentic webhook asks before it is routed.
    pub fn incoming(&self, request: &WebhookRequest) -> Option<Incoming> {
        self.pbx.incoming(request)
    }

    /// The answer that has it routed so, where the PBX can be told, and what of the route it says.
    pub fn route_reply(&self, request: &WebhookRequest, route: &Route) -> Option<RouteReply> {
        self.pbx.route_reply(request, route)
    }

    /// Whether anything answers at the PBX's address. Says nothing of the credentials and uses up no quota: it asks for
    /// no method of the API.
    pub async fn is_reachable(&self) -> bool {
        self.reach().await.is_ok()
    }

    /// The same, with the reason where nothing does.
    async fn reach(&self) -> Result<(), Error> {
        let mut request = net::Request::get(self.pbx.base_url().clone());
        request.timeout = REACH_PATIENCE;
        match self.client.send(request).await {
            // Longer than we read, so it is there.
            Ok(_) | Err(net::Error::TooLarge { .. }) => Ok(()),
            Err(error) => Err(error.into()),
        }
    }

    /// The request's answer, repeated where that does no harm.
    async fn exchange(&self, request: Request, patience: impl Into<Patience>) -> Result<Answer, Error> {
        if request.idempotent {
            self.exchange_again(&request, patience).await
        } else {
            self.exchange_once(&request, patience).await
        }
    }
}

/// What the request journal calls a webhook, and says of it.
fn said(
    request: &WebhookRequest,
    decoded: &Result<Decoded, VerifyError>,
    test: Option<&ReceivedTest>,
) -> (String, JournalOutcome) {
    match (decoded, test) {
        (Ok(decoded), _) if decoded.events.is_empty() => (ADDRESS_CHECK.to_owned(), JournalOutcome::AddressChecked),
        (Ok(_), Some(test)) => {
            let name = match test {
                ReceivedTest::Awaited(_) => TEST_NOTIFICATION,
                ReceivedTest::Late => TEST_LATE,
            };
            (name.to_owned(), JournalOutcome::Signed { understood: true })
        }
        (Ok(decoded), None) => {
            let kinds = journal::kinds(decoded.events.iter().map(|event| event.raw_kind.as_str()));
            let is_unsigned = decoded.events.iter().any(|event| event.source == Source::Unsigned);
            let understood = is_understood(&decoded.events);
            let outcome = match is_unsigned {
                true => JournalOutcome::Unsigned { understood },
                false => JournalOutcome::Signed { understood },
            };
            (kinds, outcome)
        }
        (Err(error), _) => (cut(&request.method_name()), JournalOutcome::Refused(error.clone())),
    }
}

/// The beginning of a text that anybody may have sent: enough to tell what it was, too little to fill the journal.
fn cut(text: &str) -> String {
    text.chars().take(STRANGERS_TEXT).collect()
}

/// Something of the driver's own that failed.
fn internal(what: &str) -> Error {
    Error::new(ErrorKind::Internal, what)
}
