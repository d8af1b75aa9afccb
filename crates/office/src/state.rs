//! The state that all views of an office share. Whoever works with it uses it; it uses none of them.

use std::{
    collections::BTreeMap,
    sync::{Arc, RwLock},
};

use calls::ConnectionId;
use jiff::tz::TimeZone;
use pbx::{Driver, WebhookRequest};
use store::Store;
use tokio::sync::Semaphore;

use crate::{
    clock::Clock, keeper::KeeperHandle, people::People, recordings::Recordings, routing::Routed, settings::Directory,
    status::Board,
};

/// A connection at work.
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) driver: Arc<Driver>,
    /// Its PBX signs what it sends.
    pub(crate) signs: bool,
    pub(crate) zone: Arc<RwLock<Zone>>,
    /// Who works there, as the PBX lists them.
    pub(crate) people: Arc<People>,
}

impl Connection {
    /// The answer to an authentic webhook whose PBX waits for it before it routes the call; `None` where it does not, or
    /// no rule says anything.
    pub(crate) fn routed(&self, request: &WebhookRequest, directory: &Directory) -> Option<Routed> {
        let from = self.driver.incoming(request)?.from?;
        let name = directory.contact(&from).map(str::to_owned);
        let (rule, route) = directory.routing().route(&self.id, name, &from)?;
        tracing::info!(connection = %self.id, rule, "a rule said how a call from outside is routed");
        let refused_by = route.refuse.then_some(rule);
        self.driver.route_reply(request, &route).map(|reply| Routed { reply, refused_by })
    }
}

/// The zone in which a vendor's times without a mark are read.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) zone: TimeZone,
    /// Given in the settings or chosen before: never changed by events.
    pub(crate) settled: bool,
}

/// What all views of an office share.
pub(crate) struct OfficeState {
    pub(crate) name: String,
    pub(crate) store: Store,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) directory: Arc<Directory>,
    pub(crate) keeper: KeeperHandle,
    pub(crate) board: Arc<Board>,
    pub(crate) connections: BTreeMap<ConnectionId, Connection>,
    pub(crate) recordings: Arc<Recordings>,
    /// Whoever reads the store waits here for his turn, and holds no thread meanwhile.
    pub(crate) reads: Semaphore,
    /// The same before that for pages of the catch-up, so that others are not behind all of them.
    pub(crate) pages: Semaphore,
}
