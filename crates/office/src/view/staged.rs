//! The staged check of a connection, for administrators: what is proved, and the office's own part of a stage.

use std::{sync::Arc, time::Duration};

use calls::{Clock, ConnectionId};
use link::{
    OfficeError, OfficeErrorKind,
    wire::{AuditAction, StageName, StageRun, StagedCheck, TestReport, TestWish},
};
use pbx::{ConnectionConfig, Delivery, Driver, Journal};
use url::Url;

use super::{View, storage};
use crate::{
    connections::Connection,
    setup::titles,
    staged::{self, Evidence, Standing, Wanted},
};

/// How long a PBX may take that is asked for a check.
const CHECK_WITHIN: Duration = Duration::from_secs(20);
/// How long a message of ours is waited for, in seconds.
const TEST_SECONDS: u32 = 10;
/// The newest calls of the office that are looked through for one of a connection.
const CALLS: usize = 200;

impl View {
    /// How far a connection is proved.
    pub(super) async fn check_stages(&self, id: &ConnectionId) -> Result<StagedCheck, OfficeError> {
        self.admins_only()?;
        let connection = self.at_work(id)?;
        let outside = self.office.outside();
        let door = outside.door.as_ref();
        let now = self.office.clock.now();
        let since = Evidence::since(now);
        let (driver, make) = (Arc::clone(&connection.driver), connection.driver.make());
        let test_host = connection.test_address(true)?.map(|url| place(&url));
        let host = place(driver.base_url());
        let wanted = (id.clone(), Arc::clone(&driver), test_host.clone(), host.clone());
        let seen = self.reading(move |view| {
            let (id, driver, test_host, host) = &wanted;
            let wanted = Wanted { connection: id, driver, test_host: test_host.as_deref(), host };
            Evidence::read(&view.office.store, &wanted, since).map_err(|error| storage(&error))
        });
        // Where its PBX cannot reach us it is asked, like one that tells nothing by itself.
        let (delivery, stages) = match driver.delivery().needs_public_address() && !connection.has_address {
            true => (Delivery::Polling, make.stages.without_address()),
            false => (driver.delivery(), make.stages),
        };
        let standing = Standing {
            delivery,
            stages,
            has_test_host: test_host.is_some(),
            is_at_test_host: connection.is_test_host,
            is_address_encrypted: door.map(|door| door.public_url.scheme() == "https"),
            trial_until: self.office.board.view(id, &self.viewer).and_then(|view| view.trial_until),
            listed_call: staged::newest_of(id, &self.calls(None, CALLS).await?.calls),
        };
        Ok(StagedCheck {
            connection: id.clone(),
            titles: titles(make.title),
            now,
            since,
            stages: staged::stages(&standing, &seen.await?),
            hook: door.filter(|_| delivery.needs_public_address()).map(|door| door.shown_address_of(id)),
            test_host,
            host,
            certificate: outside.chain.clone(),
            trial_until: standing.trial_until,
        })
    }

    /// Does the office's part of a stage: asks the PBX something harmless, or sends itself a message.
    pub(super) async fn run_stage_of(&self, id: &ConnectionId, stage: StageName) -> Result<StageRun, OfficeError> {
        self.admins_only()?;
        let connection = self.at_work(id)?;
        let check = self.check_stages(id).await?;
        if !check.stages.iter().any(|of| of.stage == stage && of.can_run) {
            let message = "there is nothing that the office could do itself for this stage";
            return Err(OfficeError::new(OfficeErrorKind::Unsupported, message));
        }
        let entry = self.noted(AuditAction::CheckedStage, id.as_str(), stage.name().to_owned());
        let mut test = None;
        match stage {
            StageName::Plain => self.ask_test_host(&connection, false).await?,
            // As its make's first stage had it, so that one thing at a time is proved.
            StageName::Signature => {
                let is_encrypted = matches!(connection.driver.make().stages.plain, pbx::StageAdvice::NotNeeded(_));
                self.ask_test_host(&connection, is_encrypted).await?;
            }
            StageName::Tls => {
                self.ask_test_host(&connection, true).await?;
                test = self.test_own_address(&connection).await?;
            }
            StageName::Live | StageName::AllowList => ask(&connection.driver).await,
        }
        // Written after what the journal was told, so that all of it can be read now.
        self.office.store.audit(entry).await.map_err(|error| storage(&error))?;
        Ok(StageRun { check: self.check_stages(id).await?, test })
    }

    fn at_work(&self, id: &ConnectionId) -> Result<Arc<Connection>, OfficeError> {
        let missing = || OfficeError::new(OfficeErrorKind::NotFound, "there is no such connection, or it is paused");
        self.office.connections.get(id).ok_or_else(missing)
    }

    /// Asks the vendor's test host, where there is one.
    async fn ask_test_host(&self, connection: &Connection, is_encrypted: bool) -> Result<(), OfficeError> {
        let Some(base_url) = connection.test_address(is_encrypted)? else { return Ok(()) };
        let config = ConnectionConfig { base_url: Some(base_url), ..connection.config.clone() };
        let journal = Arc::clone(&self.office.journal) as Arc<dyn Journal>;
        let driver = Driver::new(config, journal, Arc::clone(&self.office.clock) as Arc<dyn Clock>);
        ask(&driver.map_err(|error| crate::unusable_settings(&error))?).await;
        Ok(())
    }

    /// Sends the first message that there is to the public address, where somebody has named one.
    async fn test_own_address(&self, connection: &Connection) -> Result<Option<TestReport>, OfficeError> {
        let message = connection.driver.make().test_messages.first();
        let (Some(message), true) = (message, self.office.outside().door.is_some()) else { return Ok(None) };
        let wish = TestWish { message: message.name.to_owned(), seconds: TEST_SECONDS };
        self.send_test(&connection.id, wish).await.map(Some)
    }
}

impl Connection {
    /// The vendor's test host, with or without encryption.
    fn test_address(&self, is_encrypted: bool) -> Result<Option<Url>, OfficeError> {
        self.config.test_address(is_encrypted).map_err(|error| crate::unusable_settings(&error))
    }
}

/// What comes of it stands in the request journal.
async fn ask(driver: &Driver) {
    if tokio::time::timeout(CHECK_WITHIN, driver.check()).await.is_err() {
        tracing::debug!(connection = %driver.id(), "the PBX took too long for a stage of its check");
    }
}

/// Host and port, as the request journal names them.
fn place(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}
