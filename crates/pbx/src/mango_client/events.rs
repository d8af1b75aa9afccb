//! Frames of the socket, and missed events, which look alike (`call-model` §5.4).

use calls::{
    CallResult, Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent,
};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::Value;

use super::{reasons, wire::State};
use crate::{
    dedupe,
    fields::Fields,
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
}

/// What a text frame means. Whatever cannot be understood is kept as unknown.
pub(super) fn frame(text: &str, context: &FrameContext<'_>) -> VendorEvent {
    match serde_json::from_str::<Value>(text) {
        Ok(json) => message(json, context),
        Err(_) => {
            let mut event = unknown("undecodable", Value::from(text), context);
            event.dedupe_key = dedupe::of_bytes("undecodable", text.as_bytes());
            event
        }
    }
}

/// What a message means: `{"routeKey": …, "data": {…}}`.
pub(super) fn message(json: Value, context: &FrameContext<'_>) -> VendorEvent {
    let Some(fields) = Fields::of(json.clone()) else { return unknown("undecodable", json, context) };
    let route_key = fields.text("routekey").map(|key| key.trim_matches('/').to_ascii_lowercase());
    let Some(data) = fields.object("data") else { return unknown("undecodable", json, context) };
    let understood = match route_key.as_deref() {
        Some("call") => call(&data, context),
        Some("ivr") => menu(&data, context),
        Some("record") => record(&data, context),
        Some("route_result") => Some(route_result(&data, &json, context)),
        Some(_) | None => None,
    };
    understood.unwrap_or_else(|| unknown(route_key.as_deref().unwrap_or("undecodable"), json, context))
}

/// This make sends no webhooks and verifies none, so whatever is called one is kept as unknown.
pub(super) fn webhook(verified: &Verified, context: &DecodeContext) -> Decoded {
    let frame_context =
        FrameContext { extension: "", source: context.source, received_at: context.received_at, zone: &context.zone };
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
    fn read(data: &Fields, key: &str) -> Self {
        let Some(side) = data.object(key) else { return Self::default() };
        Self { extension: side.text("extension"), number: side.text("number") }
    }

    fn customer(&self) -> Customer {
        let number = self.number.as_deref().or(self.extension.as_deref()).and_then(party::number);
        Customer { number, name: None }
    }

    /// A colleague, and nobody from outside.
    fn colleague(&self) -> Option<&str> {
        if self.number.is_some() { None } else { self.extension.as_deref() }
    }
}

fn call(data: &Fields, context: &FrameContext<'_>) -> Option<VendorEvent> {
    match data.text("location").map(|location| location.to_ascii_lowercase()).as_deref() {
        Some("ivr") => return menu(data, context),
        Some("queue") => return waiting(data, context, "queue"),
        Some(_) | None => {}
    }
    let raw_state = data.text("state")?;
    let Some(state) = State::read(&raw_state) else { return Some(unknown_state("call", &raw_state, data, context)) };
    let (from, to) = (Side::read(data, "from"), Side::read(data, "to"));
    let effects = match (from.colleague(), to.colleague()) {
        (Some(caller), Some(callee)) => internal(data, state, caller, callee),
        (Some(_), None) | (None, Some(_)) | (None, None) => outside(data, state, &from, &to, context.extension),
    };
    Some(event("call", &raw_state, data, context, effects))
}

/// A call between this user and somebody outside: the channel shows the user's own leg.
fn outside(data: &Fields, state: State, from: &Side, to: &Side, extension: &str) -> Vec<Effect> {
    let placed = from.extension.as_deref() == Some(extension) && to.extension.as_deref() != Some(extension);
    let direction = if placed { Direction::Outgoing } else { Direction::Incoming };
    let customer = if placed { to.customer() } else { from.customer() };
    let own = LegRef {
        key: data.text("call_id").unwrap_or_else(|| extension.to_owned()),
        role: LegRole::Agent,
        extension: Some(party::user(extension).to_owned()),
        number: None,
        name: None,
    };
    let line = line(data);
    let update = Effect::CallUpdated { direction, customer: customer.clone(), line: line.clone() };
    match state {
        State::Appeared => {
            let created = Effect::CallCreated { direction, customer, line };
            // Who placed a call hears the other side ring; his own phone does not.
            let leg = if placed { Effect::LegOffered { leg: own } } else { Effect::LegRinging { leg: own } };
            vec![created, leg]
        }
        State::Connected => vec![update, Effect::LegAnswered { leg: own }],
        State::OnHold => vec![update, Effect::LegHeld { leg: own }],
        State::Disconnected => {
            let (cause, reason) = ending(data);
            let ended = ended(direction, cause, reason.as_ref());
            let cleared = Effect::LegCleared { leg: own, cause, reason };
            [Some(update), Some(cleared), ended].into_iter().flatten().collect()
        }
    }
}

/// A call between colleagues: both channels tell of the one leg between them, in the same words, so what it means
/// must not depend on the channel.
fn internal(data: &Fields, state: State, caller: &str, callee: &str) -> Vec<Effect> {
    let key = data.text("call_id").unwrap_or_else(|| callee.to_owned());
    let leg = |key: String, extension: &str| LegRef {
        key,
        role: LegRole::Agent,
        extension: Some(extension.to_owned()),
        number: None,
        name: None,
    };
    let (calling, called) = (leg(format!("{key}/from"), caller), leg(key, callee));
    let direction = Direction::Internal;
    let customer = Customer { number: Some(callee.to_owned()), name: None };
    let update = Effect::CallUpdated { direction, customer: customer.clone(), line: Line::default() };
    match state {
        State::Appeared => vec![
            Effect::CallCreated { direction, customer, line: Line::default() },
            Effect::LegOffered { leg: calling },
            Effect::LegRinging { leg: called },
        ],
        State::Connected => vec![update, Effect::LegAnswered { leg: calling }, Effect::LegAnswered { leg: called }],
        State::OnHold => vec![update, Effect::LegHeld { leg: called }],
        State::Disconnected => {
            let (cause, reason) = ending(data);
            let ended = ended(direction, cause, reason.as_ref());
            let clear = |leg| Effect::LegCleared { leg, cause, reason: reason.clone() };
            [Some(update), Some(clear(calling)), Some(clear(called)), ended].into_iter().flatten().collect()
        }
    }
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

/// A call in the menu, told to one random user: listed as waiting, no card.
fn menu(data: &Fields, context: &FrameContext<'_>) -> Option<VendorEvent> {
    waiting(data, context, "ivr")
}

fn waiting(data: &Fields, context: &FrameContext<'_>, place: &'static str) -> Option<VendorEvent> {
    let raw_state = data.text("state")?;
    let Some(state) = State::read(&raw_state) else { return Some(unknown_state(place, &raw_state, data, context)) };
    let customer = Side::read(data, "from").customer();
    let leg = LegRef {
        key: data.text("call_id").unwrap_or_else(|| place.to_owned()),
        role: LegRole::Customer,
        extension: None,
        number: customer.number.clone(),
        name: None,
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
    Some(event(place, &raw_state, data, context, effects))
}

fn record(data: &Fields, context: &FrameContext<'_>) -> Option<VendorEvent> {
    let status = data.text("status")?.to_ascii_uppercase();
    let effects = match (status.as_str(), data.text("url")) {
        ("AVAILABLE", Some(url)) => vec![Effect::RecordingAvailable { reference: RecordingReference::Link(url) }],
        ("PREPARING" | "STARTED" | "CONTINUED" | "COMPLETED", _) => vec![Effect::RecordingStarted],
        (_, _) => vec![Effect::Unknown { body: redact::value(data.to_json()) }],
    };
    let mut event = event("record", &status, data, context, effects);
    if let Some(recording) = data.text("recording_id") {
        event.dedupe_key = dedupe::of_parts("record", &[Some(&recording), Some(&status)]);
    }
    Some(event)
}

fn route_result(data: &Fields, json: &Value, context: &FrameContext<'_>) -> VendorEvent {
    let nested = data.object("result").and_then(|result| result.integer("code"));
    let code = nested.or_else(|| data.integer("result")).or_else(|| data.integer("code"));
    let accepted = matches!(code, Some(0 | 1000));
    let detail = code.map(|code| code.to_string());
    let mut event = event("route_result", "", data, context, vec![Effect::RouteResult { accepted, detail }]);
    if data.text("seq").is_none() {
        event.dedupe_key = dedupe::of_json("route_result", json);
    }
    event
}

/// Number that was called, or that an outgoing call shows.
fn line(data: &Fields) -> Line {
    let inner = data.object("to").and_then(|to| to.text("line_number"));
    let number = inner.or_else(|| data.text("line_number"));
    Line { number: number.as_deref().and_then(party::number), queue: None }
}

/// Why a leg ended. A group's losers are marked: neither missed nor counted.
fn ending(data: &Fields) -> (EndCause, Option<String>) {
    let reason = data.text("disconnect_reason");
    if data.flag("is_group_disconnect") {
        return (EndCause::AnsweredElsewhere, reason);
    }
    (data.integer("disconnect_reason").map(reasons::cause).unwrap_or_default(), reason)
}

fn event(route_key: &str, state: &str, data: &Fields, context: &FrameContext<'_>, effects: Vec<Effect>) -> VendorEvent {
    let (entry, leg, seq) = (data.text("entry_id"), data.text("call_id"), data.text("seq"));
    let dedupe_key = match (&entry, &leg, &seq) {
        (Some(entry), Some(leg), Some(seq)) => dedupe::of_parts("call", &[Some(entry), Some(leg), Some(seq)]),
        (_, _, _) => dedupe::of_json(route_key, &data.to_json()),
    };
    VendorEvent {
        dedupe_key,
        raw_kind: if state.is_empty() { route_key.to_owned() } else { format!("{route_key} {state}") },
        call: entry.or(leg),
        time: data.text("timestamp").and_then(|raw| zone::read(&raw, context.zone, context.received_at)),
        leg_seq: data.integer("seq"),
        source: context.source,
        vendor_command: None,
        effects,
    }
}

fn unknown_state(route_key: &str, state: &str, data: &Fields, context: &FrameContext<'_>) -> VendorEvent {
    let body = redact::value(data.to_json());
    event(route_key, state, data, context, vec![Effect::Unknown { body }])
}

fn unknown(kind: &str, json: Value, context: &FrameContext<'_>) -> VendorEvent {
    VendorEvent {
        dedupe_key: dedupe::of_json(kind, &json),
        raw_kind: kind.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source: context.source,
        vendor_command: None,
        effects: vec![Effect::Unknown { body: redact::value(json) }],
    }
}
