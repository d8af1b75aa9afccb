//! What rows mean.

use calls::{
    Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent, VendorTime,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::{
    directory::{Directory, Party},
    placed::Placed,
    rows::{ActiveRow, FinishedRow},
};
use crate::{dedupe, party, redact};

/// Key of a caller who hides his number.
const CUSTOMER: &str = "customer";

/// Who talks with whom.
pub(super) struct Parties {
    direction: Direction,
    customer: Customer,
    line: Line,
    /// Whose phone the call began with, where that is an employee's.
    from: Option<LegRef>,
    /// Who is called.
    to: Option<LegRef>,
}

impl Parties {
    /// By the ends alone.
    pub(super) fn of_ends(src: &str, dst: &str, who: &Directory) -> Self {
        let direction = match (who.party(src), who.party(dst)) {
            (Party::Colleague(_), Party::Colleague(_)) => Direction::Internal,
            (Party::Colleague(_), Party::Outside(_)) => Direction::Outgoing,
            (Party::Outside(_), _) => Direction::Incoming,
        };
        Self::of(direction, src, dst, who)
    }

    /// In this direction; by the ends where it is not known.
    pub(super) fn of(direction: Direction, src: &str, dst: &str, who: &Directory) -> Self {
        let (from, to) = (who.party(src), who.party(dst));
        match direction {
            Direction::Unknown => Self::of_ends(src, dst, who),
            Direction::Incoming => {
                let line = if let Party::Outside(number) = &to { number.clone() } else { None };
                Self {
                    direction,
                    customer: Customer { number: number_of(&from), name: None },
                    line: Line { number: line, queue: None },
                    from: Some(customer(number_of(&from))),
                    to: colleague(&to),
                }
            }
            Direction::Outgoing => Self {
                direction,
                customer: Customer { number: number_of(&to), name: None },
                // Where it is no employee, it is the number that the call shows.
                line: Line {
                    number: if let Party::Outside(number) = &from { number.clone() } else { None },
                    queue: None,
                },
                from: colleague(&from),
                to: Some(customer(number_of(&to))),
            },
            Direction::Internal => Self {
                direction,
                customer: Customer { number: number_of(&to), name: None },
                line: Line::default(),
                from: colleague(&from),
                to: colleague(&to),
            },
        }
    }

    /// The call that we asked for: the employee's phone rings first, whatever the row makes of that.
    pub(super) fn of_placed(placed: &Placed, who: &Directory) -> Self {
        let is_colleague = matches!(who.party(&placed.to), Party::Colleague(_));
        let direction = if is_colleague { Direction::Internal } else { Direction::Outgoing };
        Self::of(direction, &placed.extension, &placed.to, who)
    }

    fn updated(&self) -> Effect {
        Effect::CallUpdated { direction: self.direction, customer: self.customer.clone(), line: self.line.clone() }
    }

    fn created(&self) -> Effect {
        Effect::CallCreated { direction: self.direction, customer: self.customer.clone(), line: self.line.clone() }
    }

    /// What is known of the legs while the call goes on: whether it rings or is talked on is not told.
    fn going_on(&self) -> Vec<Effect> {
        let from = self.from.clone().map(|leg| match self.direction {
            Direction::Incoming => Effect::LegQueued { leg, menu: false },
            Direction::Outgoing | Direction::Internal | Direction::Unknown => Effect::LegOffered { leg },
        });
        let to = self.to.clone().map(|leg| Effect::LegRinging { leg });
        from.into_iter().chain(to).collect()
    }

    /// Who answered: the called one.
    fn answered(&self) -> Vec<Effect> {
        let both = [self.from.clone().filter(|leg| leg.role == LegRole::Agent), self.to.clone()];
        both.into_iter().flatten().map(|leg| Effect::LegAnswered { leg }).collect()
    }
}

fn number_of(party: &Party) -> Option<String> {
    match party {
        Party::Colleague(extension) => Some(extension.clone()),
        Party::Outside(number) => number.clone(),
    }
}

fn colleague(party: &Party) -> Option<LegRef> {
    match party {
        Party::Colleague(extension) => party::colleague(Some(extension), None),
        Party::Outside(_) => None,
    }
}

fn customer(number: Option<String>) -> LegRef {
    let key = number.clone().unwrap_or_else(|| CUSTOMER.to_owned());
    LegRef { key, role: LegRole::Customer, extension: None, number, name: None, alias: None, caller: None }
}

fn event(kind: &str, key: String, call: &str, time: Option<VendorTime>, effects: Vec<Effect>) -> VendorEvent {
    VendorEvent {
        dedupe_key: key,
        raw_kind: kind.to_owned(),
        call: Some(call.to_owned()),
        time,
        leg_seq: None,
        source: Source::Poll,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    }
}

/// A call is in the list of current calls for the first time.
pub(super) fn active(
    call: &str,
    row: &ActiveRow,
    placed: Option<&Placed>,
    who: &Directory,
    now: Timestamp,
) -> VendorEvent {
    let parties = match placed {
        Some(placed) => Parties::of_placed(placed, who),
        None => Parties::of_ends(&row.src, &row.dst, who),
    };
    let key = dedupe::of_parts("active", &[Some(call), None]);
    let effects = [parties.updated()].into_iter().chain(parties.going_on()).collect();
    let command = placed.map(|placed| placed.command.to_string());
    VendorEvent { vendor_command: command, ..event("active", key, call, Some(began(row, now)), effects) }
}

/// Another phone rings in a call that is known.
pub(super) fn another_phone(call: &str, row: &ActiveRow, who: &Directory, now: Timestamp) -> VendorEvent {
    let parties = Parties::of_ends(&row.src, &row.dst, who);
    let key = dedupe::of_parts("active", &[Some(call), Some(&row.dst)]);
    event("active", key, call, Some(began(row, now)), parties.going_on())
}

/// A call that is known is still in the list. Who called whom was told when it was first seen.
pub(super) fn active_again(call: &str, row: &ActiveRow, who: &Directory, now: Timestamp) -> VendorEvent {
    let parties = Parties::of_ends(&row.src, &row.dst, who);
    let key = dedupe::of_parts("active again", &[Some(call), Some(&now.to_string())]);
    event("active again", key, call, Some(began(row, now)), parties.going_on())
}

/// When a row of the current calls says that its call began.
fn began(row: &ActiveRow, now: Timestamp) -> VendorTime {
    let utc = now.checked_sub(row.age).unwrap_or(now);
    VendorTime { raw: row.age.as_secs().to_string(), utc, zone: None }
}

/// A call is in the list of finished calls: how it began, and how it went.
pub(super) fn finished(
    call: &str,
    row: &FinishedRow,
    placed: Option<&Placed>,
    who: &Directory,
    zone: &TimeZone,
    now: Timestamp,
) -> [VendorEvent; 2] {
    let parties = match placed {
        Some(placed) => Parties::of_placed(placed, who),
        None => Parties::of(row.direction, &row.key.src, &row.key.dst, who),
    };
    let started = [parties.created()].into_iter().chain(parties.going_on()).collect();
    let start = event("started", row.key.dedupe("started", None), call, row.started(zone, now), started);
    let answered = if row.is_answered() { parties.answered() } else { Vec::new() };
    let ended = Effect::CallEnded { result: row.result(), reason: reason(row) };
    let over = answered.into_iter().chain([ended]).collect();
    let end = event("complete", row.key.dedupe("complete", None), call, row.ended(zone, now), over);
    let command = placed.map(|placed| placed.command.to_string());
    [VendorEvent { vendor_command: command, ..start }, end]
}

/// One phone's part in a call is over, and the call was or is taken elsewhere: `elsewhere` says that it still rang then.
pub(super) fn phone_left(
    call: &str,
    row: &FinishedRow,
    elsewhere: bool,
    who: &Directory,
    zone: &TimeZone,
    now: Timestamp,
) -> [VendorEvent; 2] {
    let parties = Parties::of(row.direction, &row.key.src, &row.key.dst, who);
    let started = [parties.created()].into_iter().chain(parties.going_on()).collect();
    let start = event("started", row.key.dedupe("started", None), call, row.started(zone, now), started);
    let rang_in_vain = row.cause() == EndCause::NoAnswer && elsewhere;
    let cause = if rang_in_vain { EndCause::AnsweredElsewhere } else { row.cause() };
    let answered = if row.is_answered() { parties.answered() } else { Vec::new() };
    let left = parties.to.clone().map(|leg| Effect::LegCleared { leg, cause, reason: reason(row) });
    let over = answered.into_iter().chain(left).collect();
    [start, event("complete", row.key.dedupe("complete", None), call, row.ended(zone, now), over)]
}

/// How it went, in the service's words.
fn reason(row: &FinishedRow) -> Option<String> {
    row.key.disposition.as_ref().map(|words| redact::words(words))
}

/// A finished call has a recording. The key names the row and not the call: a program that has forgotten which call it
/// is must not tell it anew.
pub(super) fn recorded(call: &str, row: &FinishedRow, path: &str) -> VendorEvent {
    let reference = RecordingReference::Id(path.to_owned());
    let key = row.key.dedupe("recorded", Some(path));
    event("recorded", key, call, None, vec![Effect::RecordingAvailable { reference }])
}

/// A finished call whose beginning cannot be read: it is kept, and shown nowhere.
pub(super) fn undated(row: &FinishedRow) -> VendorEvent {
    let key = &row.key;
    let body = redact::value(json!({
        "src": key.src, "dst": key.dst, "call_start_time": key.start, "disposition": key.disposition,
    }));
    VendorEvent {
        call: None,
        ..event("complete", key.dedupe("undated", None), "", None, vec![Effect::Unknown { body }])
    }
}

/// A row that is none: kept once, however often it comes.
pub(super) fn unknown(kind: &str, row: &Value) -> VendorEvent {
    let mut body = row.clone();
    if let Value::Object(map) = &mut body {
        map.remove("seconds");
    }
    let effects = vec![Effect::Unknown { body: redact::value(body.clone()) }];
    VendorEvent { call: None, ..event(kind, dedupe::of_json(kind, &body), "", None, effects) }
}
