//! The PBX's list of current calls, read after every connection and from time to time (A-8).

use std::collections::{BTreeMap, BTreeSet};

use calls::{Effect, Source, VendorEvent, VendorTime};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    calls::{KnownCall, Side, call, connection},
    conference::Conferences,
    events::{EventContext, answered, destination, offered, parties, party_of},
    names::Field,
    pages::{Page, Pages, Step},
    responses,
    wire::Named,
};
use crate::{dedupe, fields::Fields, json, request::Answer, session::Snapshot, zone};

/// A call that is listed unchanged is told again after so long, so that it is not taken for one that fell silent.
const TOLD_AGAIN: SignedDuration = SignedDuration::from_hours(1);

/// What a row says of a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Alerting,
    Connected,
    Held,
    Unknown,
}

impl State {
    /// By the words in the vendor's text; only "Forking" was ever seen.
    fn read(raw: Option<&str>) -> Self {
        let raw = raw.unwrap_or_default().to_ascii_lowercase();
        let has = |words: &[&str]| words.iter().any(|word| raw.contains(word));
        if has(&["hold", "held"]) {
            Self::Held
        } else if has(&["fork", "ring"]) {
            Self::Alerting
        } else if has(&["dialog", "talk", "active", "start"]) {
            Self::Connected
        } else {
            Self::Unknown
        }
    }
}

/// How a row was reported last.
#[derive(Debug, Clone)]
struct ReportedRow {
    state: State,
    /// The legs that take part or ring.
    legs: BTreeSet<String>,
    at: Timestamp,
}

/// When a list was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// By our clock.
    pub(super) at: Timestamp,
    /// In messages heard.
    pub(super) heard: u64,
}

/// Reads lists, and tells of what differs from the one before.
#[derive(Debug)]
pub(super) struct Listing {
    /// Tells this run's rows from those of others.
    run: String,
    /// Rows that were told, so that no two have one key.
    count: u64,
    reported: BTreeMap<String, ReportedRow>,
    conferences: Conferences,
    pages: Pages,
}

impl Listing {
    pub(super) fn new(started: Timestamp) -> Self {
        Self {
            run: started.as_millisecond().to_string(),
            count: 0,
            reported: BTreeMap::new(),
            conferences: Conferences::default(),
            pages: Pages::default(),
        }
    }

    /// Takes in an answer: what it is a part of, once that is whole; `None` where it is no list.
    pub(super) fn take(&mut self, answer: Option<&Answer>, context: EventContext<'_>) -> Option<Step> {
        let key = |row: &Value| {
            let data = context.wire.read(row.clone())?;
            connection(&data).or_else(|| call(&data))
        };
        let page = match answer.map(|answer| (responses::failure(answer).is_some(), answer)) {
            Some((true, answer)) if matches!(answer.status, 400 | 404 | 405 | 422) => Page::Refused,
            Some((false, answer)) => rows(&answer.body).map_or(Page::Failed, Page::Rows),
            Some((true, _)) | None => Page::Failed,
        };
        self.pages.take(page, key)
    }

    /// What came of the pages so far is given up.
    pub(super) fn forget_pages(&mut self) {
        self.pages.forget();
    }

    /// What a list tells. `ahead` is how far the vendor's clock is ahead of ours.
    pub(super) fn read(
        &mut self,
        rows: Vec<Value>,
        asked: Asked,
        ahead: SignedDuration,
        context: EventContext<'_>,
    ) -> Snapshot {
        let mut snapshot = Snapshot { asked: asked.at, events: Vec::new(), calls: BTreeSet::new() };
        let (mut listed, mut dialogues) = (BTreeSet::new(), Vec::new());
        for row in rows {
            let data = context.wire.read(row);
            let conference = data.as_ref().and_then(|data| data.text(Field::Conference));
            let told = data.and_then(|data| self.row(&data, asked.at, ahead, context, &mut snapshot.events));
            let Some((call, key)) = told else {
                context.counts.count("A-8: a row without an id");
                continue;
            };
            dialogues.extend(context.calls.get(&call).map(|known| (call.clone(), conference, known)));
            snapshot.calls.insert(call);
            listed.insert(key);
        }
        for (call, effects) in self.conferences.compare(&dialogues) {
            self.count += 1;
            let dedupe_key = self.key(&call);
            snapshot.events.push(polled(dedupe_key, "uc/calls conference", &call, listed_at(asked.at, ahead), effects));
        }
        self.reported.retain(|key, _| listed.contains(key));
        context.calls.keep(&snapshot.calls, asked.heard);
        snapshot
    }

    /// The key of what is told next of a row or a call.
    fn key(&self, of: &str) -> String {
        dedupe::of_parts("listed", &[Some(&self.run), Some(&self.count.to_string()), Some(of)])
    }

    /// A row: its call, and what tells it from others.
    fn row(
        &mut self,
        data: &Named<'_>,
        asked: Timestamp,
        ahead: SignedDuration,
        context: EventContext<'_>,
        events: &mut Vec<VendorEvent>,
    ) -> Option<(String, String)> {
        let call = call(data)?;
        let key = connection(data).unwrap_or_else(|| call.clone());
        let state = State::read(data.text(Field::State).as_deref());
        if state == State::Unknown {
            context.counts.count("A-8: a state that is not known");
        }
        let known = context.calls.hear(&call, data, |known| {
            data.list_of(Field::Forks).iter().for_each(|fork| known.hear(fork));
            if matches!(state, State::Connected | State::Held) {
                known.is_answered = true;
                known.leg_b = known.answering_leg();
            }
            if state != State::Held {
                known.held_by.clear();
            } else if let Some(side) = Side::read(data) {
                known.held_by = BTreeSet::from([side]);
            } else if known.held_by.is_empty() {
                // An event may have said it better.
                known.held_by.insert(known.office_side());
            }
        });
        let before = self.reported.get(&key);
        let legs = known.open_legs();
        let is_as_reported = |row: &ReportedRow| row.state == state && row.legs == legs;
        if before.is_some_and(|row| is_as_reported(row) && asked.duration_since(row.at) < TOLD_AGAIN) {
            return Some((call, key));
        }
        let (direction, customer, line) = parties(&known);
        let update = || Effect::CallUpdated { direction, customer: customer.clone(), line: line.clone() };
        if before.is_none() {
            let invited = data.text(Field::InviteTime).and_then(|raw| zone::read(&raw, &TimeZone::UTC, asked));
            if let Some(invited) = invited {
                let effects = std::iter::once(update()).chain(offered(&known)).collect();
                let begun = dedupe::of_parts("listed since", &[Some(&call), Some(&key)]);
                events.push(polled(begun, "uc/calls", &call, invited, effects));
            }
        }
        self.count += 1;
        self.reported.insert(key.clone(), ReportedRow { state, legs, at: asked });
        let mut effects = vec![update()];
        effects.extend(meaning(state, &known, Side::read(data)));
        let told = self.key(&key);
        let kind = format!("uc/calls {}", data.text(Field::State).unwrap_or_default());
        events.push(polled(told, kind.trim_end(), &call, listed_at(asked, ahead), effects));
        Some((call, key))
    }
}

/// When a list was asked for, by the vendor's clock.
fn listed_at(asked: Timestamp, ahead: SignedDuration) -> VendorTime {
    let utc = asked.checked_add(ahead).unwrap_or(asked);
    VendorTime { raw: utc.as_millisecond().to_string(), utc, zone: None }
}

/// What a list tells of a call.
fn polled(dedupe_key: String, kind: &str, call: &str, time: VendorTime, effects: Vec<Effect>) -> VendorEvent {
    VendorEvent {
        dedupe_key,
        raw_kind: kind.to_owned(),
        call: Some(call.to_owned()),
        time: Some(time),
        leg_seq: None,
        source: Source::Poll,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    }
}

/// What a state means for the legs.
fn meaning(state: State, known: &KnownCall, side: Option<Side>) -> Vec<Effect> {
    match state {
        State::Unknown => offered(known).into_iter().collect(),
        State::Connected | State::Held if known.is_by_script => Vec::new(),
        State::Alerting => {
            let ringing = known.forks.iter().filter(|(_, fork)| !fork.is_over);
            let ringing = ringing.map(|(leg, _)| Effect::LegRinging { leg: destination(known, leg) });
            offered(known).into_iter().chain(ringing).collect()
        }
        State::Connected => {
            let taken_back = [Side::A, Side::B].map(|side| Effect::LegRetrieved { leg: party_of(known, side) });
            answered(known).into_iter().chain(taken_back).collect()
        }
        State::Held => {
            let held = Effect::LegHeld { leg: party_of(known, side.unwrap_or_else(|| known.office_side())) };
            answered(known).into_iter().chain([held]).collect()
        }
    }
}

/// The rows of a list: bare, or under one of the usual names.
pub(super) fn rows(body: &[u8]) -> Option<Vec<Value>> {
    let json = json::parse(body)?;
    if let Value::Array(rows) = json {
        return Some(rows);
    }
    let fields = Fields::of(json)?;
    ["content", "data", "items"].iter().find_map(|key| fields.array(key).cloned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_is_read_by_the_words_in_it() {
        for (raw, state) in [
            ("Forking", State::Alerting),
            ("RINGING", State::Alerting),
            ("Dialog", State::Connected),
            ("active", State::Connected),
            ("onHold", State::Held),
            ("dialog_hold", State::Held),
            ("post", State::Unknown),
            ("", State::Unknown),
        ] {
            assert_eq!(State::read(Some(raw)), state, "{raw}");
        }
        assert_eq!(State::read(None), State::Unknown);
    }

    #[test]
    fn a_list_is_found_bare_and_under_the_usual_names() {
        for body in [
            r#"[{"cid":"c"}]"#,
            r#"{"content":[{"cid":"c"}]}"#,
            r#"{"data":[{"cid":"c"}]}"#,
            r#"{"items":[{"cid":"c"}]}"#,
        ] {
            assert_eq!(rows(body.as_bytes()).map(|rows| rows.len()), Some(1), "{body}");
        }
        for body in ["", "<html>", r#"{"cid":"c"}"#, "7", "null", r#"{"data":null}"#, r#"{"items":{}}"#] {
            assert_eq!(rows(body.as_bytes()), None, "{body}");
        }
    }
}
