//! Notifications and what they mean. `entry_id` is the call, `call_id` one leg of it, `seq` the order
//! within the leg.

use bytes::Bytes;
use calls::{CallResult, Customer, Direction, Effect, EndCause, Line, RecordingReference, VendorEvent};
use serde_json::Value;

use super::{
    leg::{self, Side},
    responses::{self, Outcome},
    sign, wire,
};
use crate::{
    dedupe,
    fields::Fields,
    json,
    mango::{State, codes},
    party, redact,
    webhook::{DecodeContext, Decoded, Verified, WebhookReply},
    zone,
};

/// What an authentic webhook means. Whatever cannot be understood is kept as unknown.
pub(super) fn decode(verified: &Verified, context: &DecodeContext) -> Decoded {
    let text = sign::signed_text(verified);
    let events = match json::parse(&text) {
        Some(json) => message(&verified.request().path, json, context),
        None => vec![undecodable(&text, context)],
    };
    Decoded { events, reply: reply() }
}

/// The answer to everything authentic; no wanted body is documented.
pub(super) fn reply() -> WebhookReply {
    WebhookReply { status: 200, content_type: "application/json", body: Bytes::from_static(b"{}") }
}

fn message(path: &str, json: Value, context: &DecodeContext) -> Vec<VendorEvent> {
    let Some(fields) = Fields::of(json.clone()) else { return vec![unknown("undecodable", json, context)] };
    let kind = kind(path, &fields);
    let of = Message { kind: &kind, fields: &fields, context };
    let understood = match kind.as_str() {
        // A signed test of our address.
        "ping" => Some(Vec::new()),
        "events/call" => of.call().map(|event| vec![event]),
        "events/summary" => of.summary(),
        "events/recording" => of.recording().map(|event| vec![event]),
        "events/record/added" => of.recording_added().map(|event| vec![event]),
        "events/dtmf" => of.dtmf().map(|event| vec![event]),
        _ => None,
    };
    understood.unwrap_or_else(|| match kind.split_once('/') {
        Some(("result", _)) => vec![of.result()],
        Some(_) | None => vec![unknown(if kind.is_empty() { "undecodable" } else { &kind }, json, context)],
    })
}

/// The vendor's own path below our address; where it was lost on the way, the one whose fields are there.
fn kind(path: &str, fields: &Fields) -> String {
    let path = path.split(['?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
    if let Some(place) = parts.iter().rposition(|part| matches!(*part, "events" | "result")) {
        return parts[place..].join("/");
    }
    let has = |name| fields.value(name).is_some();
    match parts.last() {
        Some(last) => (*last).to_owned(),
        None if has("call_state") => "events/call".to_owned(),
        None if has("entry_result") || has("call_direction") => "events/summary".to_owned(),
        None if has("recording_state") => "events/recording".to_owned(),
        None if has("dtmf") => "events/dtmf".to_owned(),
        None if has("recording_id") => "events/record/added".to_owned(),
        None => String::new(),
    }
}

/// A notification and how it came.
#[derive(Debug, Clone, Copy)]
struct Message<'a> {
    kind: &'a str,
    fields: &'a Fields,
    context: &'a DecodeContext,
}

impl Message<'_> {
    fn call(self) -> Option<VendorEvent> {
        let fields = self.fields;
        let (entry, leg) = (fields.text("entry_id"), fields.text("call_id"));
        let call = entry.clone().or_else(|| leg.clone())?;
        let raw_state = fields.text("call_state")?;
        let place = match fields.text("location").map(|location| location.to_ascii_lowercase()).as_deref() {
            Some("ivr") => "ivr",
            Some("queue") => "queue",
            Some(_) | None => "call",
        };
        let effects = match State::read(&raw_state) {
            None => vec![Effect::Unknown { body: redact::value(fields.to_json()) }],
            Some(state) if place == "call" => leg::effects(fields, state),
            Some(state) => leg::waiting(fields, state, place),
        };
        let key = [entry, leg, fields.text("seq")];
        Some(VendorEvent {
            raw_kind: format!("{place} {raw_state}"),
            time: self.time("timestamp"),
            leg_seq: fields.integer("seq"),
            vendor_command: self.command(),
            ..self.about(call, self.dedupe_key("call", &key), effects)
        })
    }

    /// The end of the call, told once. Its beginning is told apart, since it happened at another time.
    fn summary(self) -> Option<Vec<VendorEvent>> {
        let fields = self.fields;
        let call = fields.text("entry_id")?;
        let direction = match fields.integer("call_direction") {
            Some(0) => Direction::Internal,
            Some(1) => Direction::Incoming,
            Some(2) => Direction::Outgoing,
            Some(_) | None => Direction::Unknown,
        };
        let (from, to) = (Side::read(fields, "from"), Side::read(fields, "to"));
        let customer = match direction {
            Direction::Incoming => from.customer(),
            Direction::Outgoing | Direction::Internal => to.customer(),
            Direction::Unknown => Customer::default(),
        };
        let line = Line { number: fields.text("line_number").as_deref().and_then(party::number), queue: None };
        let code = fields.integer("disconnect_reason");
        let talked = fields.integer("talk_time").is_some_and(|time| time > 0);
        let result = if talked { Some(CallResult::Answered) } else { unanswered(direction, code) };
        let began = self.time("create_time").map(|time| VendorEvent {
            raw_kind: "summary, beginning".to_owned(),
            time: Some(time),
            ..self.about(
                call.clone(),
                dedupe::of_parts("summary/began", &[Some(&call)]),
                vec![Effect::CallCreated { direction, customer: customer.clone(), line: line.clone() }],
            )
        });
        let reason = code.map(|code| code.to_string());
        let effects = vec![Effect::CallUpdated { direction, customer, line }, Effect::CallEnded { result, reason }];
        let key = dedupe::of_parts("summary", &[Some(&call)]);
        let ended = VendorEvent {
            raw_kind: "summary".to_owned(),
            time: self.time("end_time"),
            ..self.about(call, key, effects)
        };
        Some(began.into_iter().chain([ended]).collect())
    }

    /// While it is made; it can be fetched only once it was added.
    fn recording(self) -> Option<VendorEvent> {
        let fields = self.fields;
        let (call, state) = (fields.text("entry_id")?, fields.text("recording_state")?);
        let effects = match state.to_ascii_lowercase().as_str() {
            _ if fields.integer("completion_code").map(codes::listed) == Some(codes::TOO_SHORT) => {
                vec![Effect::NotRecorded]
            }
            "started" => vec![Effect::RecordingStarted],
            "continued" | "completed" => Vec::new(),
            _ => vec![Effect::Unknown { body: redact::value(fields.to_json()) }],
        };
        let key = self.dedupe_key("recording", &[fields.text("recording_id"), Some(state.clone())]);
        let raw_kind = format!("recording {state}");
        Some(VendorEvent { raw_kind, time: self.time("timestamp"), ..self.about(call, key, effects) })
    }

    fn recording_added(self) -> Option<VendorEvent> {
        let fields = self.fields;
        let (call, recording) = (fields.text("entry_id")?, fields.text("recording_id")?);
        let key = dedupe::of_parts("recording", &[Some(&recording), Some("added")]);
        let effects = vec![Effect::RecordingAvailable { reference: RecordingReference::Id(recording) }];
        let raw_kind = "recording added".to_owned();
        Some(VendorEvent { raw_kind, time: self.time("timestamp"), ..self.about(call, key, effects) })
    }

    fn dtmf(self) -> Option<VendorEvent> {
        let fields = self.fields;
        let (call, digits) = (fields.text("entry_id")?, fields.text("dtmf")?);
        let key = self.dedupe_key("dtmf", &[Some(call.clone()), fields.text("call_id"), fields.text("seq")]);
        let raw_kind = "dtmf".to_owned();
        let effects = vec![Effect::Dtmf { digits }];
        Some(VendorEvent { raw_kind, time: self.time("timestamp"), ..self.about(call, key, effects) })
    }

    /// The outcome of a command, by the command's id and no call's. What came of ours shows in the calls.
    fn result(self) -> VendorEvent {
        let code = self.fields.integer("result");
        let outcome = code.map_or(Outcome::Unknown, responses::outcome);
        let is_route = self.kind == "result/route";
        let told = |accepted, detail| {
            if is_route { Effect::RouteResult { accepted, detail } } else { Effect::CommandResult { accepted, detail } }
        };
        let effects = match outcome {
            Outcome::Taken(remark) => vec![told(true, remark)],
            Outcome::Refused(words) => vec![told(false, Some(words))],
            Outcome::Unknown => Vec::new(),
        };
        VendorEvent {
            raw_kind: self.kind.to_owned(),
            call: None,
            vendor_command: self.command(),
            ..self.about(String::new(), dedupe::of_json(self.kind, &self.fields.to_json()), effects)
        }
    }

    /// Our id of the command that the message names.
    fn command(self) -> Option<String> {
        self.fields.text("command_id").map(|named| wire::command(&named).0.to_owned())
    }

    /// By what identifies the message, or by all of it where some of that is missing.
    fn dedupe_key<const N: usize>(self, kind: &str, parts: &[Option<String>; N]) -> String {
        if parts.iter().any(Option::is_none) {
            return dedupe::of_json(kind, &self.fields.to_json());
        }
        dedupe::of_parts(kind, &parts.each_ref().map(Option::as_deref))
    }

    fn time(self, name: &str) -> Option<calls::VendorTime> {
        let raw = self.fields.text(name).filter(|raw| raw != "0")?;
        zone::read(&raw, &self.context.zone, self.context.received_at)
    }

    fn about(self, call: String, dedupe_key: String, effects: Vec<Effect>) -> VendorEvent {
        VendorEvent {
            dedupe_key,
            raw_kind: String::new(),
            call: Some(call),
            time: None,
            leg_seq: None,
            source: self.context.source,
            trial: false,
            session: None,
            vendor_command: None,
            effects,
        }
    }
}

/// How a call ended in which nobody talked; `None` where only the legs tell.
pub(super) fn unanswered(direction: Direction, code: Option<i64>) -> Option<CallResult> {
    let cause = code.map(codes::cause).unwrap_or_default();
    match (direction, cause) {
        (Direction::Incoming, _) if code.is_some_and(codes::is_turned_away) => Some(CallResult::Rejected),
        (Direction::Incoming, _) => Some(CallResult::Missed),
        (Direction::Unknown, _) => None,
        (Direction::Outgoing | Direction::Internal, EndCause::Busy) => Some(CallResult::Busy),
        (Direction::Outgoing | Direction::Internal, EndCause::NoAnswer) => Some(CallResult::NoAnswer),
        (Direction::Outgoing | Direction::Internal, EndCause::Rejected) => Some(CallResult::Rejected),
        (Direction::Outgoing | Direction::Internal, EndCause::Cancelled) => Some(CallResult::Cancelled),
        (Direction::Outgoing | Direction::Internal, EndCause::Failed) => Some(CallResult::Failed),
        (
            Direction::Outgoing | Direction::Internal,
            EndCause::Normal | EndCause::AnsweredElsewhere | EndCause::Diverted | EndCause::Transferred,
        ) => None,
    }
}

fn unknown(kind: &str, json: Value, context: &DecodeContext) -> VendorEvent {
    VendorEvent {
        dedupe_key: dedupe::of_json(kind, &json),
        raw_kind: kind.to_owned(),
        call: None,
        time: None,
        leg_seq: None,
        source: context.source,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![Effect::Unknown { body: redact::value(json) }],
    }
}

fn undecodable(text: &[u8], context: &DecodeContext) -> VendorEvent {
    let words = Value::from(String::from_utf8_lossy(text).into_owned());
    let dedupe_key = dedupe::of_bytes("undecodable", text);
    VendorEvent { dedupe_key, ..unknown("undecodable", words, context) }
}
