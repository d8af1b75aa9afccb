//! The links of an office's connections: opened, ended, opened anew.

use std::{
    sync::{Arc, PoisonError},
    time::Duration,
};

use calls::ConnectionId;
use link::wire::{ConnectionState, DownCause};
use pbx::{Delivery, WHOLE_ACCOUNT};

use super::OfficeHandle;
use crate::{connections::Connection, links::Link};

/// After a sleep the network may take so long to come back.
const ROUTE_COMES_WITHIN: Duration = Duration::from_secs(120);
/// Meanwhile what is out of reach is tried this often.
const TRY_AGAIN: Duration = Duration::from_secs(1);

impl OfficeHandle {
    /// Keeps a session for this extension, on makes that need one; asking twice keeps one.
    pub fn watch_extension(&self, connection: &ConnectionId, extension: &str) {
        if let Some(link) = self.link_with_sessions(connection) {
            self.work.sessions.watch(link, extension, false);
        }
    }

    /// Ends the session of an extension that nobody wants any more, unless the settings name it.
    pub fn unwatch_extension(&self, connection: &ConnectionId, extension: &str) {
        if let Some(link) = self.link_with_sessions(connection) {
            self.work.sessions.unwatch(link, extension);
        }
    }

    /// The computer is about to sleep: ends the sessions, so that the PBXs keep what comes meanwhile.
    pub async fn sleep(&self) {
        let _turn = self.work.changing.lock().await;
        self.end_all_links().await;
    }

    /// The computer has slept: whatever was open may be dead without having said so, and is opened anew. The network may
    /// come back later than the computer: until then what is out of reach is tried every second.
    pub async fn wake(&self) {
        {
            let _turn = self.work.changing.lock().await;
            self.end_all_links().await;
            self.state.connections.all().iter().for_each(|connection| self.open_links(connection));
        }
        let end = tokio::time::Instant::now() + ROUTE_COMES_WITHIN;
        while tokio::time::Instant::now() < end && !self.state.keeper.has_stopped() {
            tokio::time::sleep(TRY_AGAIN).await;
            self.work.sessions.try_again(|connection, extension| {
                let cause = self.state.board.cause(connection, extension);
                cause == Some(DownCause::Unreachable)
            });
            if self.state.connections.all().iter().all(|connection| self.is_live(&connection.id)) {
                return;
            }
        }
    }

    fn is_live(&self, connection: &ConnectionId) -> bool {
        matches!(self.state.board.state(connection), Some(ConnectionState::Live | ConnectionState::Waiting))
    }

    /// Ends the sessions so that the PBXs keep events from now on, finishes what was begun and stops.
    pub async fn shutdown(&self) {
        let _turn = self.work.changing.lock().await;
        if let Some(routing) = self.work.routing.lock().unwrap_or_else(PoisonError::into_inner).take() {
            routing.abort();
        }
        self.end_all_links().await;
        let keeper = self.work.keeper.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(keeper) = keeper {
            self.state.keeper.stop().await;
            if keeper.await.is_err() {
                tracing::error!("the keeper of the log had failed before the end");
            }
        }
    }

    /// Opens what keeps a connection alive, and the sessions that its settings name.
    pub(super) fn open_links(&self, connection: &Arc<Connection>) {
        let link = self.link(connection);
        let task = match connection.driver.delivery() {
            Delivery::Webhook if connection.has_address => tokio::spawn(async move {
                tokio::join!(
                    link.clone().keep_checking(),
                    link.clone().keep_asking_details(),
                    link.keep_learning_balance()
                );
            }),
            Delivery::Webhook => tokio::spawn(async move {
                tokio::join!(
                    link.clone().keep_reading(),
                    link.clone().keep_asking_details(),
                    link.keep_learning_balance()
                );
            }),
            Delivery::Polling => tokio::spawn(async move {
                tokio::join!(link.clone().keep_polling(), link.keep_learning_balance());
            }),
            // One for the whole connection, kept like those of extensions.
            Delivery::Socket => return self.work.sessions.watch(link, WHOLE_ACCOUNT, true),
            Delivery::SocketPerExtension => {
                let watch = |extension: &String| self.work.sessions.watch(link.clone(), extension, true);
                return connection.extensions.iter().for_each(watch);
            }
        };
        self.work.links.lock().unwrap_or_else(PoisonError::into_inner).insert(connection.id.clone(), task);
    }

    /// Ends what keeps one connection alive: its PBX keeps events from now on.
    pub(super) async fn end_links(&self, connection: &Connection) {
        let task = self.work.links.lock().unwrap_or_else(PoisonError::into_inner).remove(&connection.id);
        if let Some(task) = task {
            task.abort();
            // An error says that it was aborted.
            let _ = task.await;
        }
        self.work.sessions.end_of(&connection.id).await;
        self.stamp_at_end(connection);
    }

    async fn end_all_links(&self) {
        let tasks = std::mem::take(&mut *self.work.links.lock().unwrap_or_else(PoisonError::into_inner));
        for task in tasks.into_values() {
            task.abort();
            let _ = task.await;
        }
        self.work.sessions.end_all().await;
        self.state.connections.all().iter().for_each(|connection| self.stamp_at_end(connection));
    }

    /// Sessions and lists of finished calls know themselves until when they had everything: what was not read cannot be
    /// called complete because the office stops.
    fn stamp_at_end(&self, connection: &Connection) {
        match connection.driver.delivery() {
            Delivery::Webhook if !connection.has_address => {}
            Delivery::Webhook => self.link(connection).stamp_at_end(),
            Delivery::Polling | Delivery::Socket | Delivery::SocketPerExtension => {}
        }
    }

    /// The link of a connection whose make needs a session for each extension.
    fn link_with_sessions(&self, connection: &ConnectionId) -> Option<Link> {
        let known = self.state.connections.get(connection)?;
        (known.driver.delivery() == Delivery::SocketPerExtension).then(|| self.link(&known))
    }

    fn link(&self, connection: &Connection) -> Link {
        Link {
            office: self.state.name.clone(),
            connection: connection.id.clone(),
            driver: Arc::clone(&connection.driver),
            keeper: self.state.keeper.clone(),
            board: Arc::clone(&self.state.board),
            clock: Arc::clone(&self.state.clock),
            store: self.state.store.clone(),
            zone: Arc::clone(&connection.zone),
            people: Arc::clone(&connection.people),
            filling: Arc::default(),
            details: Arc::default(),
        }
    }
}
