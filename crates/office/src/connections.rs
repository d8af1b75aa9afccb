//! The connections at work. They come and go while the office runs.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock},
};

use calls::ConnectionId;
use jiff::tz::TimeZone;
use pbx::{ConnectionConfig, Driver};

use crate::{people::People, rule_answers::RuleAnswers};

/// A connection at work.
pub(crate) struct Connection {
    pub(crate) id: ConnectionId,
    pub(crate) driver: Arc<Driver>,
    /// Its settings, for whoever asks its PBX at another address.
    pub(crate) config: ConnectionConfig,
    pub(crate) zone: Arc<RwLock<Zone>>,
    /// Who works there, as the PBX lists them.
    pub(crate) people: Arc<People>,
    /// Extensions whose sessions are kept whoever else wants them, on makes that need one for each.
    pub(crate) extensions: Vec<String>,
    /// Its PBX can post to us.
    pub(crate) has_address: bool,
    /// It talks to the vendor's test host.
    pub(crate) is_test_host: bool,
    /// PEM certificates that its PBX is trusted by, beside public ones; may be empty.
    pub(crate) trust_anchors: Vec<u8>,
    /// What its PBX was answered about calls that have not come yet.
    pub(crate) rule_answers: RuleAnswers,
}

impl Connection {
    /// Its PBX posts to us.
    pub(crate) fn posts(&self) -> bool {
        self.driver.delivery().needs_public_address() && self.has_address
    }
}

/// The zone in which a vendor's times without a mark are read.
#[derive(Debug, Clone)]
pub(crate) struct Zone {
    pub(crate) zone: TimeZone,
    /// Given in the settings or chosen before: never changed by events.
    pub(crate) settled: bool,
    /// Given in the settings, or said by the PBX in this run: it is not asked once more.
    pub(crate) is_certain: bool,
}

/// Setting that keeps the zone that was chosen.
pub(crate) fn zone_key(connection: &ConnectionId) -> String {
    format!("zone:{connection}")
}

/// All of them.
#[derive(Default)]
pub(crate) struct Connections(RwLock<BTreeMap<ConnectionId, Arc<Connection>>>);

impl Connections {
    /// The connection with this id.
    pub(crate) fn get(&self, id: &ConnectionId) -> Option<Arc<Connection>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All of them, in the order of their ids.
    pub(crate) fn all(&self) -> Vec<Arc<Connection>> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// Puts one at its place; answers the one that was there.
    pub(crate) fn put(&self, connection: Arc<Connection>) -> Option<Arc<Connection>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(connection.id.clone(), connection)
    }

    /// Takes one away.
    pub(crate) fn take(&self, id: &ConnectionId) -> Option<Arc<Connection>> {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(id)
    }
}
