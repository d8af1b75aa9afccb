//! The list of the calls that ended.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, PoisonError},
};

use calls::VendorEvent;
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    description::MAKE,
    directory::{Directory, Party},
    events,
    known::Finished,
    lists::{self, Dated, Lists, ToldRow, ZoneKnown},
    rows::FinishedRow,
};
use crate::{error::Error, zone};

/// How long a row is known after it was last in an answer.
const ROW_KNOWN: SignedDuration = SignedDuration::from_hours(8 * 24);

/// What the list of finished calls shows.
#[derive(Debug, Default)]
pub(super) struct FoundFinished {
    /// The zone of the service's times, if it shows now, with the reason.
    pub(super) zone: Option<(String, String)>,
    pub(super) events: Vec<VendorEvent>,
}

impl Lists {
    /// What is new among the calls that ended.
    pub(super) fn take_finished(&mut self, data: &Value, now: Timestamp) -> Result<FoundFinished, Error> {
        let listed = lists::rows(data)?;
        let directory = Arc::clone(&self.directory);
        let who = directory.lock().unwrap_or_else(PoisonError::into_inner);
        let mut events: Vec<VendorEvent> = Vec::new();
        let mut rows = Vec::new();
        for element in listed {
            match FinishedRow::read(element) {
                Some(row) => rows.push(row),
                None => events.push(events::unknown("complete", element)),
            }
        }
        FinishedRow::number_equal(&mut rows);
        let (known_rows, new): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| self.told.contains_key(&row.key));
        for row in known_rows {
            let Some(told) = self.told.get_mut(&row.key) else { continue };
            told.last_seen = now;
            // The file may be there later than the row.
            if let Some(path) = row.recording.as_ref().filter(|path| told.recording.as_ref() != Some(*path)) {
                events.push(events::recorded(&told.call, &row, path));
                told.recording = Some(path.clone());
            }
        }
        let zone = self.settle_zone(&new, &who, now);
        let (waiting, new): (Vec<_>, Vec<_>) = match self.zone_known {
            ZoneKnown::Awaited(_) => new.into_iter().partition(FinishedRow::needs_zone),
            ZoneKnown::Settled | ZoneKnown::Assumed => (Vec::new(), new),
        };
        if let ZoneKnown::Awaited(known) = &mut self.zone_known {
            *known = Some(waiting.into_iter().map(|row| row.key).collect());
        }
        events.extend(new.iter().filter(|row| row.started(&self.zone, now).is_none()).map(events::undated));
        let dated = self.dated(new, &who, now);
        let known = std::mem::take(&mut self.left);
        let (left, over) = known.into_iter().chain(dated).partition(|dated| self.may_ring_elsewhere(dated, &who, now));
        self.left = left;
        events.extend(self.tell(&over, &who, now));
        self.told.retain(|_, told| now.duration_since(told.last_seen) < ROW_KNOWN);
        Ok(FoundFinished { zone, events })
    }

    /// A phone was left unanswered since the calls that go on were last read, so the call may ring at another by now.
    fn may_ring_elsewhere(&self, dated: &Dated, who: &Directory, now: Timestamp) -> bool {
        let Dated { row, end, call, placed } = dated;
        let rang = matches!(
            (who.party(&row.key.src), who.party(&row.key.dst)),
            (Party::Outside(Some(_)), Party::Colleague(_))
        );
        let is_lately = *end >= self.current_at && now.duration_since(*end) <= self.patience;
        rang && is_lately && placed.is_none() && self.known.answered_since(call).is_none()
    }

    /// The rows in the order in which they began, each with its call: one that is known, one in which this is another
    /// phone, or a new one.
    fn dated(&mut self, rows: Vec<FinishedRow>, who: &Directory, now: Timestamp) -> Vec<Dated> {
        let times = |row: FinishedRow| {
            let start = row.started(&self.zone, now)?.utc;
            let end = row.ended(&self.zone, now).map_or(start, |end| end.utc.max(start));
            Some((row, start, end))
        };
        let mut begun: Vec<_> = rows.into_iter().filter_map(times).collect();
        begun.sort_by_key(|(_, start, _)| *start);
        let ends = begun.iter().map(|(row, start, _)| row.ends(*start)).collect::<Vec<_>>();
        let matches = self.known.matches(&ends, who);
        let mut dated = Vec::with_capacity(begun.len());
        for ((row, start, end), place) in begun.into_iter().zip(matches) {
            let ends = row.ends(start);
            let finished = Finished { end, is_answered: row.is_answered() };
            let is_lately = now.duration_since(start) <= self.patience;
            let mut placed = None;
            let place = place.unwrap_or_else(|| {
                if is_lately {
                    placed = self.placed.like(ends.src, ends.dst, who);
                }
                let part = match &placed {
                    Some(placed) => placed.call.clone(),
                    None => self.known.other_phone_of(ends, Some(finished), who).map(str::to_owned),
                };
                let place = match part {
                    Some(call) => self.known.add_part(&call, ends, now),
                    None => self.known.add(ends, now),
                };
                if let Some(known) = self.known.get_mut(place) {
                    known.is_present = false;
                }
                place
            });
            self.known.finish(place, finished);
            let call = self.known.get(place).map(|known| known.id.clone()).unwrap_or_default();
            let placed = placed.or_else(|| self.placed.of_call(&call));
            if let Some(placed) = &placed {
                self.placed.found(placed.command, &call);
            }
            let (told, recording) = (call.clone(), row.recording.clone());
            self.told.insert(row.key.clone(), ToldRow { call: told, recording, last_seen: now });
            dated.push(Dated { row, end, call, placed });
        }
        dated
    }

    /// What is told of these rows. A call of several rows ends once, as the one says that decides how it went, and not
    /// while another row of it goes on.
    pub(super) fn tell(&self, dated: &[Dated], who: &Directory, now: Timestamp) -> Vec<VendorEvent> {
        let mut deciding: BTreeMap<&str, usize> = BTreeMap::new();
        for (place, row) in dated.iter().enumerate() {
            let weight = |dated: &Dated| (dated.row.is_answered(), dated.end);
            let best = deciding.entry(&row.call).or_insert(place);
            if weight(row) >= weight(&dated[*best]) {
                *best = place;
            }
        }
        let mut events = Vec::new();
        for (place, Dated { row, end, call, placed }) in dated.iter().enumerate() {
            let answered = self.known.answered_since(call);
            // Of a call that was asked for, the end at the customer's counts, whatever is listed of the employee's phone.
            let is_at_target = placed.as_ref().is_some_and(|placed| placed.is_to(&row.key.dst, who));
            let decides = deciding.get(call.as_str()) == Some(&place)
                && (is_at_target || !self.known.goes_on(call))
                && (row.is_answered() || answered.is_none());
            if decides {
                self.placed.over(call);
                events.extend(events::finished(call, row, placed.as_ref(), who, &self.zone, now));
            } else if placed.is_none() {
                let elsewhere = answered.is_some_and(|since| *end > since);
                events.extend(events::phone_left(call, row, elsewhere, who, &self.zone, now));
            }
            if let Some(path) = &row.recording {
                events.push(events::recorded(call, row, path));
            }
        }
        events
    }

    /// What the rows show of the zone of their times: no call has ended in the future; a call that was seen going on
    /// began when its age said; and what is new since the last answer has ended just now.
    fn settle_zone(&mut self, new: &[FinishedRow], who: &Directory, now: Timestamp) -> Option<(String, String)> {
        let before = match &self.zone_known {
            ZoneKnown::Settled => return None,
            ZoneKnown::Awaited(before) => before.clone(),
            ZoneKnown::Assumed => Some(BTreeSet::new()),
        };
        let local: Vec<&FinishedRow> = new.iter().filter(|row| row.needs_zone()).collect();
        let ended: Vec<&str> = local.iter().map(|row| row.end.as_ref().unwrap_or(&row.key.start).as_str()).collect();
        let zones = zone::not_ahead(&ended, now, MAKE.zones);
        let choice = match zones.as_slice() {
            [only] if !local.is_empty() && MAKE.zones.len() > 1 => {
                Some(((*only).to_owned(), format!("calls that are over have ended before now only in {only}")))
            }
            zones => self.zone_of_known(&local, zones, who, now),
        };
        let fresh = || local.iter().filter(|row| before.as_ref().is_some_and(|before| !before.contains(&row.key)));
        let just_now = || fresh().filter_map(|row| row.end.as_ref()).find_map(|end| zone::choose(end, now, &zones));
        let choice = choice.or_else(just_now);
        match choice.as_ref().and_then(|(name, _)| TimeZone::get(name).ok()) {
            Some(zone) => (self.zone, self.zone_known) = (zone, ZoneKnown::Settled),
            None if fresh().next().is_some() => self.zone_known = ZoneKnown::Assumed,
            None => return None,
        }
        choice
    }

    /// The zone in which one of these rows began when a call did that was seen going on.
    fn zone_of_known(
        &self,
        local: &[&FinishedRow],
        zones: &[&str],
        who: &Directory,
        now: Timestamp,
    ) -> Option<(String, String)> {
        zones.iter().find_map(|name| {
            let zone = TimeZone::get(name).ok()?;
            let began = |row: &&FinishedRow| {
                let start = row.started(&zone, now)?.utc;
                self.known.matches(&[row.ends(start)], who).into_iter().flatten().next()
            };
            let why = || format!("a call that was seen going on began when its row says in {name}");
            local.iter().find_map(began).map(|_| ((*name).to_owned(), why()))
        })
    }
}
