//! What the loop knows of one office.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use calls::{Abilities, Ability, CallId, CallState, ConnectionId};
use jiff::{SignedDuration, Timestamp};
use link::{
    Office,
    wire::{Call, ConnectionState, Leg},
};

use super::message::OfficeSlot;
use crate::{
    contract::{DialConnection, LinkCause, LinkState, OfficeView},
    me::Me,
    offices::Supervision,
    ports::{Clock, Uptime},
    views::{
        card::offset_ms,
        connection::{Connections, connection_row, connection_title},
        controls::ringing_controls,
    },
};

/// One office at this desk.
pub(crate) struct OfficeDesk {
    pub(crate) slot: OfficeSlot,
    pub(crate) generation: u64,
    pub(crate) link: LinkState,
    /// Why it is lost or refused.
    pub(crate) cause: Option<LinkCause>,
    pub(crate) lost_at: Option<Timestamp>,
    /// The same on the clock that nobody sets.
    pub(crate) lost_since: Option<Uptime>,
    /// The copy, or the place in the log, was set aside: what cards say must be found anew.
    pub(crate) set_aside: bool,
    /// Who sits here, once the office has said.
    pub(crate) me: Option<Me>,
    /// The office's clock minus ours.
    pub(crate) offset: SignedDuration,
    pub(crate) connections: Connections,
    /// Calls that are not over.
    pub(crate) open: BTreeMap<CallId, Call>,
    /// Extensions that calls were seen at, so that people know a colleague's number from a code of the country.
    pub(crate) met: BTreeSet<String>,
    /// The id that a call had, and the one that rules.
    pub(crate) redirects: BTreeMap<CallId, CallId>,
    /// Calls that the stream told of while the open ones are being read from the database.
    pub(crate) seen_while_reading: Option<BTreeSet<CallId>>,
    /// Calls that were missed and told since the last step of the catch-up ended.
    pub(crate) told_in_step: BTreeSet<CallId>,
    /// Changed, and not yet said to be in the database.
    pub(crate) uncommitted: Vec<Touched>,
    /// Whether a cursor was there: what comes while catching up was missed, not merely never seen.
    pub(crate) resumed: bool,
    /// Ends the stream when this goes.
    pub(crate) _supervision: Supervision,
}

/// Something of a list changed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Touched {
    /// This call.
    Call(Box<Call>),
    /// What people wrote about this call.
    Notes(CallId),
    /// A row went: lists ask again.
    Rows,
}

impl OfficeDesk {
    /// An office of which nothing is known yet.
    pub(crate) fn new(slot: OfficeSlot, generation: u64, supervision: Supervision) -> Self {
        Self {
            slot,
            generation,
            link: LinkState::Connecting,
            cause: None,
            lost_at: None,
            lost_since: None,
            set_aside: false,
            me: None,
            offset: SignedDuration::ZERO,
            connections: Connections::new(),
            open: BTreeMap::new(),
            met: BTreeSet::new(),
            redirects: BTreeMap::new(),
            seen_while_reading: None,
            told_in_step: BTreeSet::new(),
            uncommitted: Vec::new(),
            resumed: false,
            _supervision: supervision,
        }
    }

    /// It tells no more.
    pub(crate) fn end(&mut self, link: LinkState, cause: LinkCause, clock: &dyn Clock) {
        (self.link, self.cause) = (link, Some(cause));
        self.lost_at.get_or_insert(clock.now());
        self.lost_since.get_or_insert(clock.uptime());
    }

    /// The way to it.
    pub(crate) fn office(&self) -> Arc<dyn Office> {
        Arc::clone(&self.slot.office)
    }

    /// Who sits here; nobody in particular before the office has said.
    pub(crate) fn me(&self) -> Me {
        self.me.clone().unwrap_or_default()
    }

    /// The office's clock.
    pub(crate) fn now(&self, local: Timestamp) -> Timestamp {
        local.saturating_add(self.offset).unwrap_or(local)
    }

    /// It can be asked without waiting for it to come back.
    pub(crate) fn reachable(&self) -> bool {
        matches!(self.link, LinkState::CatchingUp | LinkState::Live)
    }

    /// Takes in a call's newest state.
    pub(crate) fn take_call(&mut self, call: &Call) {
        self.met.extend(call.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| leg.extension.clone()));
        if let Some(old) = &call.redirected_from {
            self.open.remove(old);
            self.redirects.insert(old.clone(), call.id.clone());
        }
        if call.state == CallState::Ended {
            self.open.remove(&call.id);
        } else {
            self.open.insert(call.id.clone(), call.clone());
        }
    }

    /// The id that rules.
    pub(crate) fn ruling(&self, id: &CallId) -> CallId {
        self.redirects.get(id).unwrap_or(id).clone()
    }

    /// What a connection can do.
    pub(crate) fn abilities(&self, connection: &ConnectionId) -> Abilities {
        self.connections.get(connection).map(|connection| connection.capability).unwrap_or_default()
    }

    /// The person here is in a talk, on the phone that would ring first.
    pub(crate) fn talks_at(&self, connection: &ConnectionId, extension: &str) -> bool {
        let me = self.me();
        let at = |call: &Call, leg: &Leg| call.connection == *connection || leg.extension.as_deref() == Some(extension);
        self.open.values().any(|call| me.legs(call).any(|leg| leg.state.is_talking() && at(call, leg)))
    }

    /// Connections that a call can go through here, now.
    pub(crate) fn dial_connections(&self) -> Vec<DialConnection> {
        if !self.reachable() {
            return Vec::new();
        }
        self.connections
            .values()
            .filter(|connection| {
                connection.capability.can(Ability::Originate)
                    && matches!(connection.state, ConnectionState::Live | ConnectionState::Waiting)
            })
            .filter_map(|connection| {
                Some(DialConnection {
                    office: self.slot.id.clone(),
                    connection: connection.id.as_str().to_owned(),
                    title: connection_title(connection, &self.connections),
                    from: connection.extension.clone()?,
                    groups: connection.groups.clone(),
                    controls: ringing_controls(connection.capability),
                })
            })
            .collect()
    }

    /// Extensions that are known here: mine, and those that calls were seen at.
    pub(crate) fn extensions(&self) -> Vec<String> {
        let mine = self.me.iter().flat_map(|me| &me.extensions).map(|mine| mine.extension.clone());
        mine.chain(self.met.iter().cloned()).collect()
    }

    /// As main shows it.
    pub(crate) fn view(&self, demo: bool) -> OfficeView {
        let row = |connection| connection_row(connection, &self.connections);
        OfficeView {
            id: self.slot.id.clone(),
            name: self.slot.name.clone(),
            address: self.slot.address.clone(),
            demo,
            admin: self.me.as_ref().is_some_and(Me::is_admin),
            link: self.link,
            cause: self.cause,
            lost_at: self.lost_at,
            clock_offset_ms: offset_ms(self.offset),
            connections: self.connections.values().map(row).collect(),
        }
    }
}
