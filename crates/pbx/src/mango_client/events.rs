//! Frames of the socket, and missed events, which look alike.

use calls::{
    CallResult, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use super::wire::{CallbackLegs, Field, Named, Wire};
use crate::{
    dedupe, json,
    mango::{State, codes},
    party, redact,
    webhook::{DecodeContext, Decoded, Verified, WebhookReply},
    zone,
};

/// What reading a frame needs to know beside its text.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameContext<'a> {
    /// The extension that the channel belongs to.
    pub(super) extension: &'a str,
    pub(super) source: Source,
    pub(super) received_at: Timestamp,
    pub(super) zone: &'a TimeZone,
    pub(super) wire: &'a Wire,
}

/// What a text frame means. Whatever cannot be understood is kept as unknown.
pub(super) fn frame(text: &str, context: &FrameContext<'_>) -> VendorEvent {
    match json::parse(text.as_bytes()) {
        Some(json) => message(json, context),
        None => {
            let mut event = unknown("undecodable", Value::from(text), context);
            event.dedupe_key = dedupe::of_bytes("undecodable", text.as_bytes());
            event
        }
    }
}

/// What a message means: `{"routeKey": …, "data": {…}}`.
pub(super) fn message(json: Value, context: &FrameContext<'_>) -> VendorEvent {
    let frame = context.wire.read(json.clone());
    let route_key = frame.as_ref().and_then(|frame| frame.text(Field::RouteKey));
    let route_key = route_key.map(|key| key.trim_matches('/').to_ascii_lowercase());
    let Some(data) = frame.and_then(|frame| frame.object(Field::Data)) else {
        return unknown("undecodable", json, context);
    };
    let of = |route| Message { route, data: &data, context };
    let understood = match route_key.as_deref() {
        Some("call") => of("call").call(),
        Some("ivr") => of("ivr").waiting("ivr"),
        Some("record") => of("record").record(),
        Some("route_result") => Some(of("route_result").route_result()),
        Some(_) | None => None,
    };
    understood.unwrap_or_else(|| unknown(route_key.as_deref().unwrap_or("undecodable"), json, context))
}

/// This make sends no webhooks and verifies none, so whatever is called one is kept as unknown.
pub(super) fn webhook(wire: &Wire, verified: &Verified, context: &DecodeContext) -> Decoded {
    let DecodeContext { received_at, zone, source } = context;
    let frame_context = FrameContext { extension: "", source: *source, received_at: *received_at, zone, wire };
    let body = String::from_utf8_lossy(&verified.request().body).into_owned();
    let reply = WebhookReply { status: 200, content_type: "text/plain", body: bytes::Bytes::new() };
    Decoded { events: vec![unknown("webhook", Value::from(body), &frame_context)], reply }
}

/// One side of a call.
#[derive(Debug, Default)]
struct Side {
    extension: Option<String>,
    number: Option<String>,
}

impl Side {
    fn read(data: &Named<'_>, field: Field) -> Self {
        let Some(side) = data.object(field) else { return Self::default() };
        Self { extension: side.text(Field::Extension), number: side.text(Field::Number) }
    }

    /// A colleague is known by his extension, not by the SIP user that it stands for.
    fn customer(&self) -> Customer {
        let raw = self.colleague().or(self.number.as_deref());
        Customer { number: raw.and_then(party::number), name: None }
    }

    /// A colleague, and nobody from outside: with an extension, and at most his own SIP address beside it.
    fn colleague(&self) -> Option<&str> {
        let from_outside = self.number.as_deref().is_some_and(|number| party::is_phone(party::user(number)));
        self.extension.as_deref().filter(|_| !from_outside)
    }
}

/// A frame about a call.
#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    /// The route key, which is the kind that tells one frame from another.
    route: &'static str,
    data: &'a Named<'a>,
    context: &'a FrameContext<'a>,
}

impl Message<'_> {
    fn call(self) -> Option<VendorEvent> {
        let Self { data, context, .. } = self;
        match data.text(Field::Location).map(|location| location.to_ascii_lowercase()).as_deref() {
            Some("ivr") => return self.waiting("ivr"),
            Some("queue") => return self.waiting("queue"),
            Some(_) | None => {}
        }
        let raw_state = data.text(Field::State)?;
        let Some(state) = State::read(&raw_state) else { return Some(self.unknown_state("call", &raw_state)) };
        let (from, to) = (Side::read(data, Field::From), Side::read(data, Field::To));
        let effects = match (from.colleague(), to.colleague()) {
            (Some(caller), Some(callee)) => internal(data, state, caller, callee),
            (Some(_), None) | (None, Some(_)) | (None, None) => {
                let callback_legs = context.wire.callback_legs;
                let of = Outside { data, from: &from, to: &to, extension: context.extension, callback_legs };
                of.effects(state)
            }
        };
        Some(self.event("call", &raw_state, effects))
    }

    /// A call in the menu (told to one random user) or in a queue: listed as waiting, no card.
    fn waiting(self, place: &'static str) -> Option<VendorEvent> {
        let data = self.data;
        let raw_state = data.text(Field::State)?;
        let Some(state) = State::read(&raw_state) else { return Some(self.unknown_state(place, &raw_state)) };
        let customer = Side::read(data, Field::From).customer();
        let leg = LegRef {
            key: data.text(Field::CallId).unwrap_or_else(|| place.to_owned()),
            role: LegRole::Customer,
            extension: None,
            number: customer.number.clone(),
            name: None,
            alias: None,
            caller: None,
        };
        let direction = Direction::Incoming;
        let effects = match state {
            State::Appeared | State::Connected | State::OnHold => vec![
                Effect::CallCreated { direction, customer, line: line(data) },
                Effect::LegQueued { leg, menu: place == "ivr" },
            ],
            State::Disconnected => {
                let (cause, reason) = ending(data);
                let update = Effect::CallUpdated { direction, customer, line: line(data) };
                vec![update, Effect::LegCleared { leg, cause, reason }]
            }
        };
        Some(self.event(place, &raw_state, effects))
    }

    fn record(self) -> Option<VendorEvent> {
        let data = self.data;
        let status = data.text(Field::Status)?.to_ascii_uppercase();
        let url = data.text(Field::Url);
        let effects = match (status.as_str(), url.clone()) {
            ("AVAILABLE", Some(url)) => vec![Effect::RecordingAvailable { reference: RecordingReference::Link(url) }],
            ("PREPARING" | "STARTED" | "CONTINUED" | "COMPLETED", _) => vec![Effect::RecordingStarted],
            (_, _) => vec![Effect::Unknown { body: redact::value(data.to_json()) }],
        };
        let mut event = self.event("record", &status, effects);
        let same = match data.text(Field::RecordingId) {
            Some(recording) => Some(dedupe::of_parts("record", &[Some(&recording), Some(&status)])),
            // A digest: the link itself is not for keys.
            None if url.is_some() => Some(dedupe::of_json("record", &json!([event.call, status, url]))),
            None => None,
        };
        event.dedupe_key = same.unwrap_or(event.dedupe_key);
        Some(event)
    }

    fn route_result(self) -> VendorEvent {
        let data = self.data;
        let nested = data.object(Field::Result).and_then(|result| result.integer(Field::Code));
        let code = nested.or_else(|| data.integer(Field::Result)).or_else(|| data.integer(Field::Code));
        // The two interfaces of this PBX call success 0 and 1000.
        let accepted = code.is_some_and(|code| code == self.context.wire.codes.done || code == 1000);
        let detail = code.map(|code| code.to_string());
        self.event("route_result", "", vec![Effect::RouteResult { accepted, detail }])
    }

    /// `kind` is the word for traces: where the call is, rather than the route.
    fn event(self, kind: &str, state: &str, effects: Vec<Effect>) -> VendorEvent {
        let Self { route, data, context } = self;
        let (entry, leg, seq) = (data.text(Field::EntryId), data.text(Field::CallId), data.text(Field::Seq));
        let dedupe_key = match (&entry, &leg, &seq) {
            (Some(entry), Some(leg), Some(seq)) => dedupe::of_parts(route, &[Some(entry), Some(leg), Some(seq)]),
            (_, _, _) => dedupe::of_json(route, &data.to_json()),
        };
        VendorEvent {
            dedupe_key,
            raw_kind: if state.is_empty() { kind.to_owned() } else { format!("{kind} {state}") },
            call: entry.or(leg),
            time: data.text(Field::Timestamp).and_then(|raw| zone::read(&raw, context.zone, context.received_at)),
            leg_seq: data.integer(Field::Seq),
            source: context.source,
            trial: false,
            session: Some(party::user(context.extension).to_owned()),
            vendor_command: data.text(Field::CommandId),
            effects,
        }
    }

    fn unknown_state(self, kind: &str, state: &str) -> VendorEvent {
        self.event(kind, state, vec![Effect::Unknown { body: redact::value(self.data.to_json()) }])
    }
}

/// Whether a callback brought the call about, ours or another program's: it shows the client as the caller of the
/// user's own phone. A command that moved a call on is told with the leg that it was taken from, in `from` or beside it.
fn is_callback(data: &Named<'_>) -> bool {
    let commanded = data.text(Field::CommandId).is_some() && taken_from(data).is_none();
    commanded || data.text(Field::CallbackInitiator).is_some()
}

/// The leg that this one was taken from, by a transfer, a routing or a callback: named beside the caller.
fn taken_from(data: &Named<'_>) -> Option<String> {
    let named = data.object(Field::From).and_then(|from| from.text(Field::TakenFrom));
    named.or_else(|| data.text(Field::TakenFrom))
}

fn agent(key: String, extension: &str) -> LegRef {
    let extension = Some(extension.to_owned());
    LegRef { key, role: LegRole::Agent, extension, number: None, name: None, alias: None, caller: None }
}

/// A call between this user and somebody outside: the channel shows the user's own leg.
#[derive(Debug, Clone, Copy)]
struct Outside<'a> {
    data: &'a Named<'a>,
    from: &'a Side,
    to: &'a Side,
    extension: &'a str,
    callback_legs: CallbackLegs,
}

impl Outside<'_> {
    fn effects(self, state: State) -> Vec<Effect> {
        let Self { data, from, to, extension, .. } = self;
        let placed = from.extension.as_deref() == Some(extension) && to.extension.as_deref() != Some(extension);
        let callback = is_callback(data) && !placed;
        let direction = if placed || callback { Direction::Outgoing } else { Direction::Incoming };
        let customer = if placed { to.customer() } else { from.customer() };
        let key = data.text(Field::CallId).unwrap_or_else(|| extension.to_owned());
        let own = agent(key.clone(), party::user(extension));
        let line = line(data);
        // Whom an agent dials is shown by the leg that dials him. A callback rings the agent's own phone first, and he
        // is only about to be dialled: the two messages tell of one customer.
        let dialled = (direction == Direction::Outgoing).then(|| dialled(&customer));
        let is_joint = placed || self.is_joint_callback(callback, state);
        let both: Vec<LegRef> = [own.clone()].into_iter().chain(dialled.clone().filter(|_| is_joint)).collect();
        let update = Effect::CallUpdated { direction, customer: customer.clone(), line: line.clone() };
        let mut effects = match state {
            State::Appeared if placed && taken_from(data).is_some() => vec![update],
            State::Appeared => vec![Effect::CallCreated { direction, customer, line }],
            State::Connected | State::OnHold | State::Disconnected => vec![update],
        };
        match state {
            State::Appeared => {
                // Who dialled himself hears the other side ring; his own phone does not.
                let (rings, waits) = if placed { (dialled.clone(), Some(own)) } else { (Some(own), None) };
                effects.extend(waits.map(|leg| Effect::LegOffered { leg }));
                effects.extend(rings.map(|leg| Effect::LegRinging { leg }));
            }
            State::Connected => effects.extend(both.into_iter().map(|leg| Effect::LegAnswered { leg })),
            State::OnHold => effects.extend(both.into_iter().map(|leg| Effect::LegHeld { leg })),
            State::Disconnected => {
                let (cause, reason) = ending(data);
                let cleared = |leg| Effect::LegCleared { leg, cause, reason: reason.clone() };
                effects.extend(both.into_iter().map(cleared));
                // Who hung up was on the leg.
                if callback && data.integer(Field::DisconnectReason) == Some(codes::CALLER_HUNG_UP) {
                    effects.extend(dialled.clone().map(|leg| Effect::LegAnswered { leg }));
                }
                // A callback's first leg is done with when the second takes its place.
                let gives_way = callback && data.integer(Field::DisconnectReason) == Some(codes::DONE);
                effects.extend(ended(direction, cause, reason.as_ref()).filter(|_| !gives_way));
            }
        }
        if !is_joint {
            effects.extend(dialled.map(|leg| Effect::LegOffered { leg }));
        }
        effects
    }

    /// Whether the message of a callback's first leg tells of both parties. On that leg the client is shown as the caller,
    /// so a caller who hung up is the client. Otherwise one leg stands for both only where the setting says so.
    fn is_joint_callback(self, callback: bool, state: State) -> bool {
        let caller_hung_up = self.data.integer(Field::DisconnectReason) == Some(codes::CALLER_HUNG_UP);
        callback
            && match state {
                State::Appeared => false,
                State::Connected | State::OnHold => self.callback_legs == CallbackLegs::One,
                State::Disconnected => self.callback_legs == CallbackLegs::One || caller_hung_up,
            }
    }
}

/// The customer's leg of a call that the office places, the same in all messages that name him.
fn dialled(customer: &Customer) -> LegRef {
    let number = customer.number.clone();
    let key = format!("dialled/{}", number.as_deref().unwrap_or_default());
    LegRef { key, role: LegRole::Customer, extension: None, number, name: None, alias: None, caller: None }
}

/// A call between colleagues: both channels tell of the one leg between them, in the same words, so what it means
/// must not depend on the channel.
fn internal(data: &Named<'_>, state: State, caller: &str, callee: &str) -> Vec<Effect> {
    let key = data.text(Field::CallId).unwrap_or_else(|| callee.to_owned());
    let asks = taken_from(data).is_some();
    let role = if asks { LegRole::TransferTarget } else { LegRole::Agent };
    let leg = LegRef { role, caller: Some(caller.to_owned()), ..agent(key, callee) };
    let direction = Direction::Internal;
    let customer = Customer { number: Some(callee.to_owned()), name: None };
    let update = Effect::CallUpdated { direction, customer: customer.clone(), line: Line::default() };
    let mut effects = match state {
        State::Appeared => vec![
            if asks { update } else { Effect::CallCreated { direction, customer, line: Line::default() } },
            Effect::LegRinging { leg },
        ],
        State::Connected => vec![update, Effect::LegAnswered { leg }],
        State::OnHold => vec![update, Effect::LegHeld { leg }],
        State::Disconnected => {
            let (cause, reason) = ending(data);
            let ended = ended(direction, cause, reason.as_ref()).filter(|_| !asks);
            [Some(update), Some(Effect::LegCleared { leg, cause, reason }), ended].into_iter().flatten().collect()
        }
    };
    effects.extend(asks.then_some(Effect::TransferStarted));
    effects
}

/// The end of the call for this user. The book lets the call go on while another user's leg is open; a phone that
/// was not answered says nothing of the phones that may ring next, so there the book's grace decides.
fn ended(direction: Direction, cause: EndCause, reason: Option<&String>) -> Option<Effect> {
    let may_ring_elsewhere = match direction {
        Direction::Outgoing => false,
        Direction::Incoming | Direction::Internal | Direction::Unknown => {
            matches!(cause, EndCause::NoAnswer | EndCause::Busy | EndCause::Rejected)
        }
    };
    let result = (cause == EndCause::AnsweredElsewhere).then_some(CallResult::AnsweredElsewhere);
    (!may_ring_elsewhere).then(|| Effect::CallEnded { result, reason: reason.cloned() })
}

/// Number that was called, or that an outgoing call shows.
fn line(data: &Named<'_>) -> Line {
    let inner = data.object(Field::To).and_then(|to| to.text(Field::LineNumber));
    let number = inner.or_else(|| data.text(Field::LineNumber));
    Line { number: number.as_deref().and_then(party::number), queue: None }
}

/// Why a leg ended. A group's losers are marked: neither missed nor counted.
fn ending(data: &Named<'_>) -> (EndCause, Option<String>) {
    let reason = data.text(Field::DisconnectReason);
    if data.flag(Field::IsGroupDisconnect) {
        return (EndCause::AnsweredElsewhere, reason);
    }
    (data.integer(Field::DisconnectReason).map(codes::cause).unwrap_or_default(), reason)
}

fn unknown(kind: &str, json: Value, context: &FrameContext<'_>) -> VendorEvent {
    VendorEvent {
        dedupe_key: dedupe::of_json(kind, &json),
        raw_kind: kind.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source: context.source,
        trial: false,
        session: Some(party::user(context.extension).to_owned()),
        vendor_command: None,
        effects: vec![Effect::Unknown { body: redact::value(json) }],
    }
}
