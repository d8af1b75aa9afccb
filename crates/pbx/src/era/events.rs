//! Events of the classes `callevents`, `ccsevents` and `ivrevents`, and what each means.

use calls::{Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{
    assumption_counts::AssumptionCounts,
    calls::{KnownCall, OpenCalls, Side, call, connection},
    frame::{Pushed, kept},
    names::{Field, Kind},
    wire::{Named, Wire},
};
use crate::{dedupe, party, redact, zone};

/// What reading events needs beside them.
#[derive(Debug, Clone, Copy)]
pub(super) struct EventContext<'a> {
    pub(super) wire: &'a Wire,
    pub(super) calls: &'a OpenCalls,
    pub(super) counts: &'a AssumptionCounts,
    pub(super) received_at: Timestamp,
}

/// What a pushed event means; one that is not understood is kept as unknown.
pub(super) fn pushed(event: &Pushed, context: EventContext<'_>) -> VendorEvent {
    let name = format!("{}.{}", event.class, event.kind);
    let unknown = || unknown(&name, event.payload.clone());
    let Some(data) = context.wire.read(event.payload.clone()) else { return unknown() };
    let Some((kind, is_assumed)) = context.wire.kind(&event.class, &event.kind) else { return unknown() };
    if is_assumed {
        context.counts.count("A-4: an event of a name that no page gives");
    }
    let Some(call) = call(&data) else { return unknown() };
    let known = context.calls.hear(&call, &data, |known| follow(known, kind, &data, context.wire));
    // Somebody who has picked up his own phone for a script has it in the call that he ordered.
    let goes_on = known.is_by_script && known.answering_leg().is_some_and(|leg| context.calls.begins_with(&leg));
    let effects = Message { kind, data: &data, known: &known, wire: context.wire, goes_on }.effects();
    let time = data.text(Field::EventTime).and_then(|raw| zone::read(&raw, &TimeZone::UTC, context.received_at));
    let dedupe_key = match data.text(Field::EventId) {
        Some(id) => dedupe::of_parts("event", &[Some(&id)]),
        None => dedupe::of_json(&name, &data.fields().to_json()),
    };
    VendorEvent {
        dedupe_key,
        raw_kind: name,
        call: Some(call),
        time,
        leg_seq: None,
        source: Source::Push,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    }
}

/// A frame that is no event and no answer, kept.
pub(super) fn strange(text: &str) -> VendorEvent {
    let event = unknown("undecodable", kept(text));
    VendorEvent { dedupe_key: dedupe::of_bytes("undecodable", text.as_bytes()), ..event }
}

fn unknown(name: &str, body: Value) -> VendorEvent {
    let body = redact::value(body);
    let id = body.get("eventid").and_then(Value::as_str);
    let dedupe_key = match id {
        Some(id) => dedupe::of_parts("event", &[Some(id)]),
        None => dedupe::of_json(name, &body),
    };
    VendorEvent {
        dedupe_key,
        raw_kind: name.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source: Source::Push,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![Effect::Unknown { body }],
    }
}

/// What of the call follows from a message's kind.
fn follow(known: &mut KnownCall, kind: Kind, data: &Named<'_>, wire: &Wire) {
    match kind {
        Kind::ForkStop | Kind::ForkRedirect => {
            if let Some(fork) = data.text(Field::Fork).and_then(|leg| known.forks.get_mut(&leg)) {
                fork.is_over = true;
            }
        }
        Kind::ForkAnswered => known.leg_b = data.text(Field::Fork).or(known.leg_b.take()),
        Kind::DialogStart => {
            known.is_answered = true;
            known.leg_b = known.answering_leg();
        }
        Kind::Hold => drop(known.held_by.insert(holding_side(known, data, wire))),
        Kind::Unhold => drop(known.held_by.remove(&holding_side(known, data, wire))),
        Kind::Refer => known.refers = Side::read(data).or(known.refers),
        Kind::ReferAborted => known.refers = None,
        Kind::DialogEnd | Kind::DialogStop | Kind::DialogDead | Kind::Failure => {
            match connection(data) {
                Some(ended) => known.dialogues.remove(&ended),
                None => known.dialogues.pop_last().is_some(),
            };
            known.is_over = known.dialogues.is_empty();
            if known.is_over {
                known.held_by.clear();
            }
        }
        Kind::Invite
        | Kind::DialogInit
        | Kind::DialogCall
        | Kind::ForkStart
        | Kind::ForkRinging
        | Kind::ReferringInvite
        | Kind::ReplacesRefer
        | Kind::Menu
        | Kind::Digits
        | Kind::RecordStarted
        | Kind::RecordReady => {}
    }
}

/// Which side holds or takes back: the one that the message names; else the one whose leg it names; else the office's.
fn holding_side(known: &KnownCall, data: &Named<'_>, wire: &Wire) -> Side {
    let by_leg = || data.text(Field::Leg).filter(|leg| known.leg_a.as_ref() == Some(leg)).map(|_| Side::A);
    let named = Side::read(data).map(|side| if wire.hold_names_held { side.opposite() } else { side });
    named.or_else(by_leg).unwrap_or_else(|| known.office_side())
}

/// A message about a call, and what is known of the call with it.
#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    kind: Kind,
    data: &'a Named<'a>,
    known: &'a KnownCall,
    wire: &'a Wire,
    /// What was ordered with it has begun as a call of its own.
    goes_on: bool,
}

impl Message<'_> {
    fn effects(self) -> Vec<Effect> {
        let Self { kind, data, known, .. } = self;
        let fork = |effect: fn(LegRef) -> Effect| {
            data.text(Field::Fork).map(|leg| effect(destination(known, &leg))).into_iter().collect::<Vec<_>>()
        };
        let more = match kind {
            Kind::Invite => {
                let (direction, customer, line) = parties(known);
                let begun = Effect::CallCreated { direction, customer, line };
                std::iter::once(begun).chain(offered(known)).collect()
            }
            Kind::DialogInit | Kind::DialogCall | Kind::ReferringInvite | Kind::ReplacesRefer => Vec::new(),
            // Strictly it is the start of dialling: nothing that is documented says that a phone rings.
            Kind::ForkStart | Kind::ForkRinging => fork(|leg| Effect::LegRinging { leg }),
            Kind::ForkAnswered => fork(|leg| Effect::LegAnswered { leg }),
            Kind::ForkRedirect => {
                let reason = data.text(Field::Redirect).or_else(|| data.text(Field::Reason));
                cleared(known, data.text(Field::Fork), EndCause::Diverted, reason)
            }
            Kind::ForkStop => {
                let reason = data.text(Field::Reason).or_else(|| data.text(Field::Code));
                cleared(known, data.text(Field::Fork), cause_of_code(data.text(Field::Code).as_deref()), reason)
            }
            Kind::DialogStart => answered(known),
            Kind::Hold | Kind::Unhold => self.hold(),
            Kind::Refer => vec![Effect::TransferStarted, Effect::LegOffered { leg: target(data) }],
            Kind::ReferAborted => {
                let reason = data.text(Field::Reason).or_else(|| data.text(Field::Code));
                vec![Effect::LegCleared { leg: target(data), cause: EndCause::Failed, reason }]
            }
            Kind::Menu => vec![Effect::LegQueued { leg: caller(known), menu: true }],
            Kind::Digits => data.text(Field::Digits).map(|digits| Effect::Dtmf { digits }).into_iter().collect(),
            Kind::RecordStarted => vec![Effect::RecordingStarted],
            Kind::RecordReady => {
                let key = data.text(Field::RecordKey);
                key.map(|key| Effect::RecordingAvailable { reference: RecordingReference::Id(key) })
                    .into_iter()
                    .collect()
            }
            Kind::DialogEnd | Kind::DialogStop | Kind::DialogDead | Kind::Failure => self.end(),
        };
        // These say nothing of who calls whom, or have said so already.
        if matches!(kind, Kind::Digits | Kind::RecordStarted | Kind::RecordReady | Kind::Invite) {
            return more;
        }
        let (direction, customer, line) = parties(known);
        let mut effects = vec![Effect::CallUpdated { direction, customer, line }];
        effects.extend(more);
        effects
    }

    fn hold(self) -> Vec<Effect> {
        let Self { kind, data, known, wire, .. } = self;
        if known.is_by_script {
            return Vec::new();
        }
        let leg = party_of(known, holding_side(known, data, wire));
        vec![if kind == Kind::Hold { Effect::LegHeld { leg } } else { Effect::LegRetrieved { leg } }]
    }

    /// The end of a dialogue: of the call, unless another dialogue of it goes on.
    fn end(self) -> Vec<Effect> {
        let Self { kind, data, known, goes_on, .. } = self;
        if goes_on {
            return Vec::new();
        }
        if known.is_by_script {
            return end_by_script(known, data.text(Field::EndKind));
        }
        let reason = data.text(Field::EndKind);
        let is_failure = matches!(kind, Kind::DialogDead | Kind::Failure);
        let cause = if is_failure { EndCause::Failed } else { cause_of_end(reason.as_deref()) };
        let caller_cause = if known.refers == Some(Side::A) { EndCause::Transferred } else { cause };
        // How the dialogue ended is the caller's; why a destination was given up, its own event says.
        let called_cause = if known.refers == Some(Side::B) { EndCause::Transferred } else { EndCause::Normal };
        // Only what was answered ends by a BYE: the message of the answer may be lost.
        let is_answer_lost = says_bye(reason.as_deref()) && !known.is_answered;
        let mut effects = if is_answer_lost { answered(known) } else { Vec::new() };
        effects.push(Effect::LegCleared { leg: caller(known), cause: caller_cause, reason: None });
        if let Some(leg) = known.answering_leg() {
            effects.extend(cleared(known, Some(leg), called_cause, None));
        }
        if known.dialogues.is_empty() {
            effects.push(Effect::CallEnded { result: None, reason });
        }
        effects
    }
}

/// Who calls whom, as far as is known.
pub(super) fn parties(known: &KnownCall) -> (Direction, Customer, Line) {
    let direction = known.direction();
    let number = |raw: &String| party::number(raw);
    let inside = |wanted: bool| {
        let mut forks = known.forks.keys().filter(move |leg| known.is_inside(leg) == Some(wanted));
        forks.find_map(|leg| known.forks.get(leg)?.number.clone())
    };
    let (customer, line) = match direction {
        Direction::Incoming => (known.caller.as_ref().and_then(number), known.dialled.as_ref().and_then(number)),
        Direction::Outgoing => {
            let dials_outside = |dialled: &String| party::is_phone(party::user(dialled));
            let dialled = known.dialled.clone().filter(dials_outside);
            (dialled.or_else(|| inside(false)).as_ref().and_then(number), None)
        }
        Direction::Internal => (known.dialled.clone().or_else(|| inside(true)).as_ref().and_then(number), None),
        Direction::Unknown => (None, None),
    };
    let name = known.caller_name.clone().filter(|_| direction == Direction::Incoming);
    (direction, Customer { number: customer, name }, Line { number: line, queue: None })
}

fn leg(key: String, role: LegRole) -> LegRef {
    LegRef { key, role, extension: None, number: None, name: None, alias: None, caller: None }
}

/// A person of the office, by his extension or by the number that his calls are sent to.
fn colleague(key: String, raw: Option<&str>) -> LegRef {
    let user = raw.map(|raw| party::without_pbx(party::user(raw))).filter(|user| !user.is_empty());
    let phone = user.filter(|user| party::is_phone(user)).and_then(party::number);
    let extension = user.filter(|_| phone.is_none()).map(str::to_owned);
    LegRef { extension, number: phone, ..leg(key, LegRole::Agent) }
}

fn customer(key: String, raw: Option<&str>) -> LegRef {
    LegRef { number: raw.and_then(party::number), ..leg(key, LegRole::Customer) }
}

/// The leg of side A. Where nothing says who it is, he is taken for the customer until something does.
pub(super) fn caller(known: &KnownCall) -> LegRef {
    let key = known.leg_a.clone().unwrap_or_else(|| "a".to_owned());
    if known.is_from_outside() == Some(false) {
        colleague(key, known.caller.as_deref())
    } else {
        customer(key, known.caller.as_deref())
    }
}

/// The leg of a destination: a person of the office where it lies inside, or where the call comes from outside.
pub(super) fn destination(known: &KnownCall, key: &str) -> LegRef {
    let raw = known.forks.get(key).and_then(|fork| fork.number.as_deref());
    let is_colleague =
        known.is_inside(key).or(known.is_from_outside()) == Some(true) || known.is_from_outside() == Some(true);
    if is_colleague { colleague(key.to_owned(), raw) } else { customer(key.to_owned(), raw) }
}

/// The leg of side B.
fn called(known: &KnownCall) -> LegRef {
    match known.answering_leg() {
        Some(leg) => destination(known, &leg),
        None if known.is_from_outside() == Some(true) => colleague("b".to_owned(), None),
        None => customer("b".to_owned(), None),
    }
}

/// The leg of a side.
pub(super) fn party_of(known: &KnownCall, side: Side) -> LegRef {
    match side {
        Side::A => caller(known),
        Side::B => called(known),
    }
}

/// Both sides talk; whoever else rang has lost the call. The phone of the one who calls may have been dialled, too, before
/// the number that he wants: it has lost nothing.
pub(super) fn answered(known: &KnownCall) -> Vec<Effect> {
    if known.is_by_script {
        // Somebody has picked up his own phone: the call that he ordered begins.
        return Vec::new();
    }
    let answering = known.answering_leg();
    let losers = known.called_forks().filter(|(leg, fork)| !fork.is_over && answering.as_ref() != Some(*leg));
    let lost = losers.map(|(leg, _)| {
        // Whose leg was replaced by a transfer has passed the call on.
        let cause = if known.refers.is_some() { EndCause::Transferred } else { EndCause::AnsweredElsewhere };
        Effect::LegCleared { leg: destination(known, leg), cause, reason: None }
    });
    let talk = [Effect::LegAnswered { leg: caller(known) }, Effect::LegAnswered { leg: called(known) }];
    // Which destination answered may not be said: then nobody has lost.
    talk.into_iter().chain(lost.filter(|_| answering.is_some())).collect()
}

/// The caller is there, unless he is a script.
pub(super) fn offered(known: &KnownCall) -> Option<Effect> {
    (!known.is_by_script).then(|| Effect::LegOffered { leg: caller(known) })
}

/// A script has rung the phone of one who ordered a call. Once he has picked up, the call goes on as the one that he
/// ordered, on the same phone; so the end of his leg is told, and the end of the call only where he has not.
fn end_by_script(known: &KnownCall, reason: Option<String>) -> Vec<Effect> {
    let mut effects = cleared(known, known.answering_leg(), EndCause::Normal, None);
    if !known.is_answered {
        effects.push(Effect::CallEnded { result: None, reason });
    }
    effects
}

fn cleared(known: &KnownCall, leg: Option<String>, cause: EndCause, reason: Option<String>) -> Vec<Effect> {
    let Some(leg) = leg else { return Vec::new() };
    vec![Effect::LegCleared { leg: destination(known, &leg), cause, reason }]
}

/// To whom the call is to be passed on. A colleague is told by name alone: his phone rings in a call of its own.
fn target(data: &Named<'_>) -> LegRef {
    let raw = data.text(Field::Target).or_else(|| data.text(Field::Called));
    let user = raw.as_deref().map(party::user).filter(|user| !user.is_empty());
    let phone = user.filter(|user| party::is_phone(user)).and_then(party::number);
    let name = user.filter(|_| phone.is_none()).map(str::to_owned);
    LegRef { number: phone, name, ..leg("refer".to_owned(), LegRole::TransferTarget) }
}

/// Why a destination was given up, by its SIP code.
fn cause_of_code(code: Option<&str>) -> EndCause {
    match code.map(str::trim) {
        Some("486" | "600") => EndCause::Busy,
        Some("408" | "480") => EndCause::NoAnswer,
        Some("603") => EndCause::Rejected,
        Some("487") => EndCause::Cancelled,
        _ => EndCause::Failed,
    }
}

/// Whether a dialogue ended as one does that was answered.
fn says_bye(kind: Option<&str>) -> bool {
    kind.is_some_and(|kind| kind.eq_ignore_ascii_case("bye"))
}

/// Why a dialogue ended, by the type of its completion.
fn cause_of_end(kind: Option<&str>) -> EndCause {
    match kind.map(str::to_ascii_lowercase).as_deref() {
        Some("cancel") => EndCause::Cancelled,
        Some("timeout") => EndCause::NoAnswer,
        Some("error") => EndCause::Failed,
        _ => EndCause::Normal,
    }
}
