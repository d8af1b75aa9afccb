//! Keeps asking a PBX that tells nothing by itself, and keeps account of the times in which calls may be missing.
//!
//! What began and ended between two answers is read from the list of finished calls, so an outage is a gap that the
//! first answer after it fills, as far back as the PBX keeps that list; what is older is a hole.

use std::{collections::BTreeSet, sync::PoisonError, time::Duration};

use calls::{ConnectionId, Decision, LogEvent};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use link::wire::{ConnectionState, DownCause};
use pbx::{Error, ErrorKind, Found, HeldCall, Retry, Snapshot};
use store::Store;

use crate::{
    call_entries, cause,
    connections::{Zone, zone_key},
    keeper::NotStored,
    links::Link,
    rows,
    status::SessionStatus,
};

/// How long to wait before asking again when the database could not store what was found.
const STORE_AGAIN: Duration = Duration::from_secs(5);

impl Link {
    /// Asks for calls until the office stops.
    pub(crate) async fn keep_polling(self) {
        self.set("", SessionStatus::of(ConnectionState::Connecting)).await;
        let mut complete = self.complete("").await.map(|complete| complete.until);
        if let Some(from) = self.complete_until("").await {
            self.open_gap("", from, "stopped").await;
        }
        loop {
            let held = self.known_calls().await;
            let Zone { zone, settled, .. } = self.zone.read().unwrap_or_else(PoisonError::into_inner).clone();
            let Some(mut poller) = self.driver.poller(held, zone, settled) else {
                tracing::error!(connection = %self.connection, "this PBX is to be asked, and its make asks nothing");
                return;
            };
            // A poller takes what it has found for told. Where that could not be stored, a new poller begins with what is.
            loop {
                let asked = self.driver.poll(poller.as_mut()).await;
                let taken = match asked {
                    Ok(found) => self.take_found(found, &mut complete).await,
                    Err(error) => {
                        self.poll_failed(&error, complete).await;
                        Ok(())
                    }
                };
                if taken == Err(NotStored) {
                    self.set("", SessionStatus::down(DownCause::Storage)).await;
                    tokio::time::sleep(STORE_AGAIN).await;
                    break;
                }
            }
        }
    }

    /// The calls that rows may be about: those that are held, and those that the PBX may still tell of.
    async fn known_calls(&self) -> Vec<HeldCall> {
        let mut held = self.keeper.held(&self.connection).await;
        let Some(kept) = self.driver.capability().replay_kept.and_then(|kept| SignedDuration::try_from(kept).ok())
        else {
            return held;
        };
        let (office, connection) = (self.office.clone(), self.connection.clone());
        let since = self.clock.now().checked_sub(kept).unwrap_or(Timestamp::UNIX_EPOCH);
        match self.store.reading(move |store| vendor_calls_since(store, &office, &connection, since)).await {
            Ok(known) => {
                let fresh: BTreeSet<String> = held.iter().map(|call| call.vendor_call.clone()).collect();
                let older = known.into_iter().filter(|call| !fresh.contains(call));
                held.extend(older.map(|vendor_call| HeldCall { vendor_call, is_open: false }));
            }
            Err(error) => tracing::error!(kind = ?error.kind(), "older calls cannot be read, and may be told anew"),
        }
        held
    }

    /// Stores what an answer shows. All calls that ended before `complete` are known; the answer moves it.
    async fn take_found(&self, found: Found, complete: &mut Option<Timestamp>) -> Result<(), NotStored> {
        let now = self.clock.now();
        let Found { zone: choice, events, snapshot, complete_since } = found;
        let mut entries = Vec::with_capacity(events.len() + 1);
        if let Some((name, because)) = choice
            && let Ok(time_zone) = TimeZone::get(&name)
        {
            // A later poller, and the next start, read times as this one does.
            *self.zone.write().unwrap_or_else(PoisonError::into_inner) =
                Zone { zone: time_zone, settled: true, is_certain: false };
            self.keep_text(&zone_key(&self.connection), &name);
            entries.push(LogEvent::Decision(Decision::ZoneChosen { zone: name, because }));
        }
        let is_list = snapshot.is_some() || complete_since.is_some();
        let (listed, list) = match snapshot {
            Some(Snapshot { asked, events, calls }) => (events, Some((asked, calls))),
            None => (Vec::new(), None),
        };
        entries.extend(events.into_iter().chain(listed).map(LogEvent::Vendor));
        if !entries.is_empty() {
            self.keeper.tell(&self.connection, now, entries).await?;
        }
        if let Some((asked, calls)) = list {
            self.keeper.absent(&self.connection, now, asked, calls).await?;
        }
        if let Some(since) = complete_since {
            let from = complete.unwrap_or(now);
            if from < since {
                // The computer slept for longer than the PBX tells of.
                self.open_gap("", from, "stopped").await;
            }
            if self.board.has_gap(&self.connection, "") {
                self.close_gap("", now, (from < since).then_some(since)).await;
            }
            *complete = Some(now);
            self.stamp("");
        }
        if is_list {
            // A right that was refused a while ago may have been given.
            if self.board.set_rights(&self.connection, "", self.driver.abilities(None)) {
                self.keeper.status_changed(&self.connection).await;
            }
            self.set("", SessionStatus::of(ConnectionState::Live)).await;
        }
        Ok(())
    }

    /// Until the next answer calls may be missing. What the PBX refuses for good is said in its words.
    async fn poll_failed(&self, error: &Error, complete: Option<Timestamp>) {
        tracing::warn!(connection = %self.connection, kind = ?error.kind(), "a PBX could not be asked for its calls");
        let down = SessionStatus::down(cause::of_error(error));
        let is_refused = error.retry() == Retry::No && error.kind() != ErrorKind::Stopped;
        let detail = is_refused.then(|| error.to_string());
        self.set("", SessionStatus { is_refused, detail, ..down }).await;
        if let Some(from) = complete {
            self.open_gap("", from, "unreachable").await;
        }
    }
}

/// The vendor's ids of the calls of a connection that began since then.
fn vendor_calls_since(
    store: &Store,
    office: &str,
    connection: &ConnectionId,
    since: Timestamp,
) -> Result<BTreeSet<String>, store::Error> {
    let mut found = BTreeSet::new();
    for call in rows::began_since(store, office, connection, since)? {
        found.extend(call_entries::vendor_ids(store, office, &call.id)?);
    }
    Ok(found)
}
