//! Connections that come, change and go while the office is at work.

use std::sync::{Arc, PoisonError};

use calls::ConnectionId;

use super::{OfficeHandle, StartError, follow_rules};
use crate::{
    connections::Connection,
    holes::Holes,
    settings::{ConnectionSettings, LineSettings, Lookups, Person},
};

impl OfficeHandle {
    /// Connects one more PBX, or goes on at a known one with other settings. Calls that are known stay, and those that
    /// are on go on. Where something is wrong with the settings nothing changes.
    pub async fn put_connection(
        &self,
        settings: ConnectionSettings,
        lines: Vec<LineSettings>,
        people: Vec<Person>,
    ) -> Result<(), StartError> {
        let _turn = self.work.changing.lock().await;
        let state = &self.state;
        let mut new_zone = settings.config.zone.clone();
        let connection = Arc::new(Connection::new(settings, &state.store, &self.work.journal, &state.clock).await?);
        let (id, driver) = (connection.id.clone(), &connection.driver);
        let known = Arc::unwrap_or_clone(state.directory());
        let directory = Arc::new(known.with_connection(&id, connection.names_agent_on_ring(), lines, people));
        // Whatever may fail comes before the links end: nobody would open them again.
        if let Some(zone) = &new_zone
            && !self.is_new_zone(&id, zone).await?
        {
            new_zone = None;
        }
        follow_rules(&state.name, &state.store, &directory).await?;
        let before = state.connections.get(&id);
        if let Some(before) = &before {
            self.end_links(before).await;
        }
        state.board.add(&id, driver.make(), &driver.capability());
        state.board.set_holes(&id, Holes::kept(&state.store, &id).await);
        let joined = state.keeper.connect(&id, driver.book_settings(), Arc::clone(&directory)).await;
        if let Err(error) = joined {
            match before {
                Some(before) => self.open_links(&before),
                None => state.board.remove(&id),
            }
            return Err(error.into());
        }
        *state.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        state.connections.put(Arc::clone(&connection));
        if let Some(zone) = new_zone {
            self.log_given_zone(&id, zone).await;
        }
        state.keeper.status_changed(&id).await;
        self.open_links(&connection);
        Ok(())
    }

    /// Looks up lines, groups, people and contacts in these from now on, in place of all those that there were. Who may see
    /// the calls that are known follows the new lines and groups.
    pub async fn put_lookups(&self, lookups: Lookups) -> Result<(), StartError> {
        let _turn = self.work.changing.lock().await;
        let state = &self.state;
        let directory = Arc::new(Arc::unwrap_or_clone(state.directory()).replaced(lookups));
        follow_rules(&state.name, &state.store, &directory).await?;
        state.keeper.look_up_in(Arc::clone(&directory)).await?;
        *state.directory.write().unwrap_or_else(PoisonError::into_inner) = directory;
        // For which groups somebody may call back is told with the connections.
        for connection in state.connections.all() {
            state.keeper.status_changed(&connection.id).await;
        }
        Ok(())
    }

    /// Opens anew what keeps this connection alive, if there is one.
    pub async fn reopen(&self, id: &ConnectionId) {
        let _turn = self.work.changing.lock().await;
        if let Some(connection) = self.state.connections.get(id) {
            self.end_links(&connection).await;
            self.open_links(&connection);
        }
    }

    /// Connects to this PBX no more: its sessions end, and what is on is over for this office, whatever becomes of it at
    /// the PBX. Calls and what people wrote stay. Says whether there was such a connection.
    pub async fn remove_connection(&self, id: &ConnectionId) -> bool {
        let _turn = self.work.changing.lock().await;
        let state = &self.state;
        let Some(connection) = state.connections.take(id) else { return false };
        self.end_links(&connection).await;
        state.originals.forget_of(id);
        let now = state.clock.now();
        // A call that was asked for is over only when two lists running lack it.
        for _ in 0..2 {
            if state.keeper.absent(id, now, now, Default::default()).await.is_err() {
                tracing::error!(connection = %id, "the calls of a connection that was removed could not be ended");
            }
        }
        state.board.remove(id);
        state.end_trial(id).await;
        state.keeper.status_changed(id).await;
        true
    }
}
