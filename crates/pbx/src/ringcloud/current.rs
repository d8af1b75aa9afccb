//! The list of the calls that go on.

use std::sync::{Arc, PoisonError};

use calls::VendorEvent;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

use super::{
    events,
    known::RowEnds,
    lists::{self, Lists},
    rows::ActiveRow,
};
use crate::{
    error::Error,
    poll::Found,
    session::{Moment, Snapshot},
};

/// A call that stays in the list is told again after so long, so that it is not taken for one that fell silent.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(1);

impl Lists {
    /// What is new among the calls that go on. `date` is the service's clock.
    pub(super) fn take_current(
        &mut self,
        data: &Value,
        date: Option<Timestamp>,
        asked: Moment,
        now: Moment,
    ) -> Result<Found, Error> {
        let listed = lists::rows(data)?;
        let directory = Arc::clone(&self.directory);
        let who = directory.lock().unwrap_or_else(PoisonError::into_inner);
        self.placed.look(now.wall, self.patience);
        let mut events: Vec<VendorEvent> = Vec::new();
        let mut rows = Vec::new();
        for element in listed {
            match ActiveRow::read(element) {
                Some(row) => rows.push(row),
                None => events.push(events::unknown("active", element)),
            }
        }
        // Finished calls are dated by the service's clock, so beginnings are compared by it.
        let clock = date.unwrap_or(now.wall);
        let ends: Vec<RowEnds<'_>> = rows.iter().map(|row: &ActiveRow| row.ends(clock)).collect();
        let matches = self.known.matches(&ends, &who);
        let mut present = Vec::new();
        for ((row, ends), place) in rows.iter().zip(ends).zip(matches) {
            let place = match place {
                Some(place) => {
                    if let Some(known) = self.known.get_mut(place)
                        && (!known.is_present || now.wall.duration_since(known.told) >= TOLD_AGAIN)
                    {
                        known.told = now.wall;
                        events.push(events::active_again(&known.id, row, &who, now.wall));
                    }
                    place
                }
                None => {
                    let placed = self.placed.like(ends.src, ends.dst, &who);
                    // A call that is over has no further parts: this is the next one, by hand.
                    let placed =
                        placed.filter(|placed| placed.call.as_ref().is_none_or(|call| self.known.goes_on(call)));
                    let other = self.known.other_phone_of(ends, None, &who).map(str::to_owned);
                    match (placed.as_ref().and_then(|placed| placed.call.clone()), other) {
                        // The second leg of a call that was asked for is a part of it.
                        (Some(call), _) => self.known.add_part(&call, ends, now.wall),
                        (None, Some(call)) if placed.is_none() => {
                            events.push(events::another_phone(&call, row, &who, now.wall));
                            self.known.add_part(&call, ends, now.wall)
                        }
                        (None, _) => {
                            let place = self.known.add(ends, now.wall);
                            let id = self.known.get(place).map(|known| known.id.clone()).unwrap_or_default();
                            if let Some(placed) = &placed {
                                self.placed.found(placed.command, &id);
                            }
                            events.push(events::active(&id, row, placed.as_ref(), &who, now.wall));
                            place
                        }
                    }
                }
            };
            if let Some(known) = self.known.get_mut(place) {
                known.last_seen = now.wall;
            }
            present.push(place);
        }
        let calls = self.known.set_present(&present);
        self.known.forget_old(now.wall);
        self.current_at = now.wall;
        let left = std::mem::take(&mut self.left);
        let over = self.tell(&left, &who, now.wall);
        let snapshot = Some(Snapshot { asked: asked.wall, events, calls });
        Ok(Found { events: over, snapshot, ..Found::default() })
    }
}
