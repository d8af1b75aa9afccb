//! Tries a connection step by step, in the way that a real call takes, so that a person sees where it stops.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use calls::{Ability, Source};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use tokio::{sync::mpsc, time::Instant};

use super::{
    Driver, SessionReport,
    checking::SKEW,
    limit::{Patience, Priority},
};
use crate::{
    check::CheckReason,
    config,
    config_error::ConfigError,
    delivery::Delivery,
    error::{Error, ErrorKind},
    history::Span,
    make::{ConnectionConfig, Make},
    session::WHOLE_ACCOUNT,
    webhook::DecodeContext,
};

/// How long a question of the check waits for its place in a quota of the PBX: less than the step may take, so that the
/// quota is named and not the address.
const PLACE_WITHIN: Duration = Duration::from_secs(5);
/// The calls that are read to see whether a history can be.
const RECENT: SignedDuration = SignedDuration::from_hours(1);

/// One step on the way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrialStep {
    /// Something answers at the address, with a certificate that is trusted.
    Address,
    /// The PBX accepts the key, and the key may do what is needed.
    Key,
    /// This computer's clock agrees with the PBX's.
    Clock,
    /// Calls are told as they ring.
    Live,
    /// Finished calls can be read.
    History,
}

impl TrialStep {
    /// The steps for a connection whose events reach us in this way, in their order.
    pub fn of(delivery: Delivery, has_history: bool) -> Vec<Self> {
        let mut steps = vec![Self::Address, Self::Key, Self::Clock];
        match delivery {
            Delivery::Socket | Delivery::SocketPerExtension => steps.push(Self::Live),
            Delivery::Webhook | Delivery::Polling if has_history => steps.push(Self::History),
            Delivery::Webhook | Delivery::Polling => {}
        }
        steps
    }

    /// The steps for a connection of this make of which nothing else is known yet.
    pub fn of_make(make: Make) -> Vec<Self> {
        Self::of(make.delivery, make.capability.can(Ability::History))
    }

    /// The steps for a connection with these settings, or what is wrong with them.
    pub fn of_config(connection: &ConnectionConfig) -> Result<Vec<Self>, ConfigError> {
        let (pbx, make) = (config::build(connection)?, connection.make);
        Ok(Self::of(pbx.delivery().unwrap_or(make.delivery), make.capability.can(Ability::History)))
    }

    /// What it takes at most; then it has failed.
    pub fn allowed(self) -> Duration {
        match self {
            Self::Address => Duration::from_secs(8),
            Self::Clock => Duration::from_secs(1),
            Self::Key | Self::Live => Duration::from_secs(20),
            Self::History => Duration::from_secs(30),
        }
    }
}

/// What came of a step, as a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialReason {
    /// As a check of the connection finds it.
    Found(CheckReason),
    /// The PBX has no such phone.
    NoSuchPhone,
    /// The clocks differ by more than signed messages bear.
    ClockOff,
    /// The PBX tells no time, so nothing is known of this computer's clock.
    NoTimeTold,
    /// It works, but takes longer than can be waited for here.
    TakesLong,
}

/// What came of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TrialOutcome {
    /// Whether calls get past it.
    pub ok: bool,
    /// The finding.
    pub reason: TrialReason,
    /// The finding in words, with what to do.
    pub detail: String,
    /// How long it took.
    pub took: Duration,
}

/// A connection that is being tried, beside the office: nothing that it hears of is taken from the PBX.
pub struct Trial {
    driver: Arc<Driver>,
    phone: String,
    zone: TimeZone,
    accepted: Mutex<Option<Accepted>>,
}

/// What the PBX showed when it accepted the key.
struct Accepted {
    detail: String,
    clock_ahead: Option<SignedDuration>,
    /// When, by this computer's clock as it was then,
    at: Timestamp,
    /// and by one that nobody sets.
    since: Instant,
}

impl Trial {
    /// Tries what this driver talks to, for the person with this phone.
    pub fn new(driver: Arc<Driver>, phone: &str, zone: TimeZone) -> Self {
        Self { driver, phone: phone.to_owned(), zone, accepted: Mutex::default() }
    }

    /// The steps for this connection, in their order.
    pub fn steps(&self) -> Vec<TrialStep> {
        TrialStep::of(self.driver.delivery(), self.driver.history_reaches(self.driver.clock.now()).is_some())
    }

    /// Takes one step, within the time that it is allowed.
    pub async fn take(&self, step: TrialStep) -> TrialOutcome {
        let began = Instant::now();
        let (ok, reason, detail) = match tokio::time::timeout(step.allowed(), self.outcome(step)).await {
            Ok(outcome) => outcome,
            Err(_) if step == TrialStep::History => {
                (true, TrialReason::TakesLong, "the PBX still prepares the list of finished calls".to_owned())
            }
            Err(_) => {
                let detail = format!("the PBX did not answer within {} seconds", step.allowed().as_secs());
                (false, TrialReason::Found(CheckReason::TimedOut), detail)
            }
        };
        TrialOutcome { ok, reason, detail, took: began.elapsed() }
    }

    async fn outcome(&self, step: TrialStep) -> (bool, TrialReason, String) {
        match step {
            TrialStep::Address => told(self.driver.reach().await, "the PBX answers at its address"),
            TrialStep::Key => self.key().await,
            TrialStep::Clock => self.clock(),
            TrialStep::Live => {
                let lived = self.live().await;
                if lived.as_ref().is_err_and(|error| error.kind() == ErrorKind::NotFound) {
                    let detail = "the PBX has no phone with this number; look at the extension".to_owned();
                    return (false, TrialReason::NoSuchPhone, detail);
                }
                told(lived, "the PBX tells of calls as they ring")
            }
            TrialStep::History => told(self.history().await, "finished calls can be read"),
        }
    }

    /// Where the PBX admits the same question only once in a while, what it answered before holds.
    async fn key(&self) -> (bool, TrialReason, String) {
        let report = self.driver.check_with(Patience::from(Priority::Person).at_most(PLACE_WITHIN)).await;
        let mut accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        match &*accepted {
            Some(before) if report.reason == CheckReason::Busy => {
                return (true, TrialReason::Found(CheckReason::Works), before.detail.clone());
            }
            Some(_) | None => {}
        }
        let told = (report.ok, TrialReason::Found(report.reason), report.detail.clone());
        let (at, since) = (self.driver.clock.now(), Instant::now());
        *accepted = report.ok.then_some(Accepted { detail: report.detail, clock_ahead: report.clock_ahead, at, since });
        told
    }

    /// How far the PBX's clock is ahead, by its answer to the key. This computer's may have been set since.
    fn clock_ahead(&self) -> Option<SignedDuration> {
        let accepted = self.accepted.lock().unwrap_or_else(PoisonError::into_inner);
        let Accepted { clock_ahead, at, since, .. } = accepted.as_ref()?;
        let passed = SignedDuration::try_from(since.elapsed()).ok()?;
        let set_by = self.driver.clock.now().duration_since(*at) - passed;
        clock_ahead.map(|ahead| ahead - set_by)
    }

    fn clock(&self) -> (bool, TrialReason, String) {
        match self.clock_ahead() {
            None => {
                let detail = "the PBX tells no time, so nothing is known of this computer's clock".to_owned();
                (true, TrialReason::NoTimeTold, detail)
            }
            Some(ahead) if ahead.abs() > SKEW => {
                let detail = format!("this computer's clock is {} minutes away from the PBX's", ahead.abs().as_mins());
                (false, TrialReason::ClockOff, detail)
            }
            Some(_) => (true, TrialReason::Found(CheckReason::Works), "the clocks agree".to_owned()),
        }
    }

    /// Opens a session until live events flow. What was missed before stays at the PBX: it is not said to be stored.
    async fn live(&self) -> Result<(), Error> {
        let key = match self.driver.delivery() {
            Delivery::SocketPerExtension => self.phone.as_str(),
            Delivery::Socket | Delivery::Webhook | Delivery::Polling => WHOLE_ACCOUNT,
        };
        let (out, mut reports) = mpsc::channel(16);
        let connected = async {
            loop {
                match reports.recv().await {
                    Some(SessionReport::Connected) => return true,
                    Some(_) => {}
                    None => return false,
                }
            }
        };
        tokio::select! {
            error = self.driver.run_session(key, out) => return Err(error),
            is_live = connected => if !is_live { return Err(Error::new(ErrorKind::Transport, "the session broke")) },
        }
        if let Err(error) = self.driver.end_session(key).await {
            tracing::warn!(kind = ?error.kind(), "the session of a trial could not be ended at the PBX");
        }
        Ok(())
    }

    async fn history(&self) -> Result<(), Error> {
        let now = self.driver.clock.now();
        let span = Span { from: now.checked_sub(RECENT).unwrap_or(now), to: now };
        let context = DecodeContext { received_at: now, zone: self.zone.clone(), source: Source::Replay };
        let mut reading = self.driver.history(span, &context)?;
        while reading.next().await?.is_some() {}
        Ok(())
    }
}

fn told(outcome: Result<(), Error>, works: &str) -> (bool, TrialReason, String) {
    match outcome {
        Ok(()) => (true, TrialReason::Found(CheckReason::Works), works.to_owned()),
        Err(error) => (false, TrialReason::Found(CheckReason::of(&error)), error.to_string()),
    }
}
