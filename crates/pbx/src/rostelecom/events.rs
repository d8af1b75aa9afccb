//! Webhooks of the platform and what they mean.

use bytes::Bytes;
use calls::{Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, VendorEvent};
use serde_json::Value;

use super::{
    config::{Connected, Settings},
    wire,
};
use crate::{
    dedupe,
    fields::Fields,
    json, party, redact,
    routing::{Incoming, Route, RouteReply},
    webhook::{DecodeContext, Decoded, Verified, WebhookReply, WebhookRequest},
    zone,
};

const CALL_EVENTS: &str = "call_events";
const GET_NUMBER_INFO: &str = "get_number_info";
const HISTORY_FILE_COMPLETED: &str = "history_file_completed";

/// What an authentic webhook means. Whatever cannot be understood is kept as unknown.
pub(super) fn decode(settings: &Settings, verified: &Verified, context: &DecodeContext) -> Decoded {
    let request = verified.request();
    let body = &request.body;
    let Some(json) = json::parse(body) else {
        return decoded(unreadable(body, context), OK);
    };
    let Some(fields) = Fields::of(json.clone()) else {
        return decoded(unknown("undecodable", json, context), OK);
    };
    match method(&request.method_name(), &fields) {
        CALL_EVENTS => match call_event(settings, &fields, context) {
            Some(event) => decoded(event, OK),
            None => decoded(unknown(CALL_EVENTS, json, context), OK),
        },
        // Asked before routing. Without a rule of ours, an empty pin leaves the platform's own routing in force.
        GET_NUMBER_INFO => decoded(nothing(GET_NUMBER_INFO, &json, context), NO_ROUTE),
        HISTORY_FILE_COMPLETED => decoded(nothing(HISTORY_FILE_COMPLETED, &json, context), OK),
        other => decoded(unknown(if other.is_empty() { "undecodable" } else { other }, json, context), OK),
    }
}

const OK: &str = r#"{"result":"0","resultMessage":"OK"}"#;
const NO_ROUTE: &str = r#"{"result":"0","resultMessage":"OK","displayName":"","PIN":""}"#;

/// The caller about whom `get_number_info` asks.
pub(super) fn incoming(request: &WebhookRequest) -> Option<Incoming> {
    let fields = Fields::parse(&request.body)?;
    let asks = method(&request.method_name(), &fields) == GET_NUMBER_INFO;
    let number = |name: &str| fields.text(name).as_deref().and_then(party::number);
    asks.then(|| Incoming { from: number("from_number"), line: number("request_number") })
}

/// Whether it tells that an export of the history is made.
pub(super) fn announces_history(request: &WebhookRequest) -> bool {
    let path = request.method_name();
    let is_told_by_fields =
        || Fields::parse(&request.body).is_some_and(|fields| method("", &fields) == HISTORY_FILE_COMPLETED);
    path == HISTORY_FILE_COMPLETED || path.is_empty() && is_told_by_fields()
}

/// The name to show and the pin to ring; without a pin the platform's own routing is in force. `used` is a route that the
/// platform carries out as it is.
pub(super) fn route_reply(used: Route) -> RouteReply {
    let pin = used.to.as_deref().unwrap_or_default();
    let name = used.name.as_deref().unwrap_or_default();
    let body = serde_json::json!({"result": "0", "resultMessage": "OK", "displayName": name, "PIN": pin});
    let body = Bytes::from(body.to_string());
    RouteReply { reply: WebhookReply { status: 200, content_type: "application/json", body }, used }
}

fn decoded(event: VendorEvent, reply: &'static str) -> Decoded {
    let body = Bytes::from_static(reply.as_bytes());
    Decoded { events: vec![event], reply: WebhookReply { status: 200, content_type: "application/json", body } }
}

/// The method that the path names; where the path was lost on the way, the one whose fields are there.
fn method<'a>(path: &'a str, fields: &Fields) -> &'a str {
    if !path.is_empty() {
        path
    } else if fields.value("state").is_some() && fields.value("session_id").is_some() {
        CALL_EVENTS
    } else if fields.value("order_id").is_some() {
        HISTORY_FILE_COMPLETED
    } else if fields.value("request_number").is_some() {
        GET_NUMBER_INFO
    } else {
        path
    }
}

/// The fields of `call_events`, read.
struct CallEvent<'a> {
    settings: &'a Settings,
    session: String,
    direction: Direction,
    customer: Customer,
    from_number: Option<String>,
    from_pin: Option<String>,
    request_number: Option<String>,
    request_pin: Option<String>,
    reason: Option<String>,
    is_record: bool,
}

fn call_event(settings: &Settings, fields: &Fields, context: &DecodeContext) -> Option<VendorEvent> {
    let session = fields.text("session_id")?;
    let state = wire::word(&fields.text("state")?);
    let direction = direction(fields.text("type").as_deref());
    let from_number = fields.text("from_number");
    let request_number = fields.text("request_number");
    let request_pin = fields.text("request_pin");
    let outside = match direction {
        Direction::Incoming => from_number.as_deref(),
        Direction::Outgoing => request_number.as_deref(),
        Direction::Internal => request_pin.as_deref().or(request_number.as_deref()),
        Direction::Unknown => None,
    };
    let customer = Customer { number: outside.and_then(party::number), name: None };
    let event = CallEvent {
        settings,
        session,
        direction,
        customer,
        from_number,
        from_pin: fields.text("from_pin"),
        request_number,
        request_pin,
        reason: fields.text("disconnect_reason"),
        is_record: fields.flag("is_record"),
    };
    let timestamp = fields.text("timestamp");
    let dedupe_key = dedupe::of_parts(
        CALL_EVENTS,
        &[
            Some(&event.session),
            Some(&state),
            timestamp.as_deref(),
            event.from_number.as_deref(),
            event.request_number.as_deref(),
            event.request_pin.as_deref(),
        ],
    );
    let effects = match state.as_str() {
        "new" => event.new_call(),
        "calling" => event.calling(),
        "connected" => event.connected(),
        "disconnected" => event.disconnected(),
        "end" => event.end(),
        _ => vec![Effect::Unknown { body: redact::value(fields.to_json()) }],
    };
    Some(VendorEvent {
        dedupe_key,
        raw_kind: state,
        call: Some(event.session),
        time: timestamp.and_then(|raw| zone::read(&raw, &context.zone, context.received_at)),
        leg_seq: None,
        source: context.source,
        trial: false,
        session: None,
        vendor_command: None,
        effects,
    })
}

fn direction(kind: Option<&str>) -> Direction {
    match kind.map(wire::word).as_deref() {
        Some("incoming") => Direction::Incoming,
        Some("outbound") => Direction::Outgoing,
        Some("internal") => Direction::Internal,
        Some(_) | None => Direction::Unknown,
    }
}

impl CallEvent<'_> {
    /// Before routing: an incoming call names the line, and no agent yet.
    fn new_call(&self) -> Vec<Effect> {
        let line = match self.direction {
            Direction::Incoming => Line { number: self.request_number.as_deref().and_then(party::number), queue: None },
            Direction::Outgoing | Direction::Internal | Direction::Unknown => Line::default(),
        };
        let created = Effect::CallCreated { direction: self.direction, customer: self.customer.clone(), line };
        let leg = match self.direction {
            Direction::Incoming => Some(Effect::LegQueued { leg: self.customer_leg(), menu: false }),
            Direction::Outgoing | Direction::Internal => self.caller().map(|leg| Effect::LegOffered { leg }),
            Direction::Unknown => None,
        };
        [Some(created), leg].into_iter().flatten().collect()
    }

    /// An employee's phone rings.
    fn calling(&self) -> Vec<Effect> {
        let leg = match self.direction {
            Direction::Outgoing => self.callee_pin().or_else(|| self.caller()),
            Direction::Incoming | Direction::Internal | Direction::Unknown => self.callee(),
        };
        self.with_update(leg.map(|leg| Effect::LegRinging { leg }))
    }

    /// May come several times: a transfer or a conference.
    fn connected(&self) -> Vec<Effect> {
        let customer = self.customer_leg();
        let (answered, dialled): (Vec<LegRef>, Option<LegRef>) = match (self.direction, self.settings.connected) {
            (Direction::Incoming, _) => (self.callee().into_iter().collect(), None),
            // Passed on: it is the colleague named beside the customer who talks now.
            (Direction::Outgoing, connected) if self.callee_pin().is_some() => match connected {
                Connected::Joined => (self.callee_pin().into_iter().chain([customer]).collect(), None),
                Connected::AgentOnly => (self.callee_pin().into_iter().collect(), Some(customer)),
            },
            (Direction::Outgoing, Connected::Joined) => (self.caller().into_iter().chain([customer]).collect(), None),
            (Direction::Outgoing, Connected::AgentOnly) => (self.caller().into_iter().collect(), Some(customer)),
            (Direction::Internal | Direction::Unknown, _) => {
                (self.caller_pin().into_iter().chain(self.callee()).collect(), None)
            }
        };
        let answered = answered.into_iter().map(|leg| Effect::LegAnswered { leg });
        self.with_update(answered.chain(dialled.map(|leg| Effect::LegOffered { leg })))
    }

    /// One party left; the call goes on until `end`.
    fn disconnected(&self) -> Vec<Effect> {
        let leg = match self.direction {
            Direction::Outgoing => self.callee_pin().or_else(|| self.caller()),
            Direction::Incoming | Direction::Unknown => self.callee(),
            Direction::Internal => self.callee().or_else(|| self.caller()),
        };
        let (cause, reason) = (self.cause(), self.reason.clone());
        let customer = self.talked_after_all().then(|| Effect::LegAnswered { leg: self.customer_leg() });
        self.with_update(customer.into_iter().chain(leg.map(|leg| Effect::LegCleared { leg, cause, reason })))
    }

    /// Where `connected` tells of the agent alone, that the customer talked is known only from a reason that says so.
    fn talked_after_all(&self) -> bool {
        self.direction == Direction::Outgoing
            && self.settings.connected == Connected::AgentOnly
            && self.named_cause() == Some(EndCause::Normal)
    }

    fn end(&self) -> Vec<Effect> {
        let ended = Effect::CallEnded { result: None, reason: self.reason.clone() };
        let recording = self
            .is_record
            .then(|| Effect::RecordingAvailable { reference: RecordingReference::Id(self.session.clone()) });
        self.with_update([Some(ended), recording].into_iter().flatten())
    }

    /// What every state repeats of the call, so that a call whose `new` was lost is known all the same. Only `new`
    /// of an incoming call has the line in `request_number`; later states have the employee there.
    fn with_update(&self, effects: impl IntoIterator<Item = Effect>) -> Vec<Effect> {
        let update =
            Effect::CallUpdated { direction: self.direction, customer: self.customer.clone(), line: Line::default() };
        std::iter::once(update).chain(effects).collect()
    }

    fn customer_leg(&self) -> LegRef {
        let number = self.customer.number.clone();
        LegRef {
            key: "customer".to_owned(),
            role: LegRole::Customer,
            extension: None,
            number,
            name: None,
            alias: None,
            caller: None,
        }
    }

    fn caller(&self) -> Option<LegRef> {
        party::colleague(self.from_pin.as_deref(), self.from_number.as_deref())
    }

    fn caller_pin(&self) -> Option<LegRef> {
        party::colleague(self.from_pin.as_deref(), None)
    }

    fn callee(&self) -> Option<LegRef> {
        party::colleague(self.request_pin.as_deref(), self.request_number.as_deref())
    }

    fn callee_pin(&self) -> Option<LegRef> {
        party::colleague(self.request_pin.as_deref(), None)
    }

    fn cause(&self) -> EndCause {
        self.named_cause().unwrap_or_default()
    }

    /// The cause that the table of reasons names; `None` for a text that is not in it.
    fn named_cause(&self) -> Option<EndCause> {
        self.settings.causes.get(&wire::word(self.reason.as_deref()?)).copied()
    }
}

/// An event that is kept and means nothing for any call.
fn nothing(kind: &str, json: &Value, context: &DecodeContext) -> VendorEvent {
    VendorEvent {
        dedupe_key: dedupe::of_json(kind, json),
        raw_kind: kind.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source: context.source,
        trial: false,
        session: None,
        vendor_command: None,
        effects: Vec::new(),
    }
}

fn unknown(kind: &str, json: Value, context: &DecodeContext) -> VendorEvent {
    let mut event = nothing(kind, &json, context);
    event.effects.push(Effect::Unknown { body: redact::value(json) });
    event
}

fn unreadable(body: &[u8], context: &DecodeContext) -> VendorEvent {
    let text = Value::from(String::from_utf8_lossy(body).into_owned());
    let mut event = unknown("undecodable", text, context);
    event.dedupe_key = dedupe::of_bytes("undecodable", body);
    event
}
