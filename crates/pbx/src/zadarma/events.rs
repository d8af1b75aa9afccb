//! Notifications of the service and what they mean.

use bytes::Bytes;
use calls::{
    Customer, Direction, Effect, EndCause, LegRef, LegRole, Line, RecordingReference, Source, VendorEvent, VendorTime,
};
use jiff::SignedDuration;

use super::{
    party::{self, customer_leg},
    statistics, tracking,
};
use crate::{
    dedupe,
    form::Form,
    redact,
    routing::{Incoming, Refusal, Route, RouteReply},
    webhook::{DecodeContext, Decoded, Verified, WebhookReply, WebhookRequest},
    zone,
};

const ZD_ECHO: &str = "zd_echo";
/// Longest text that the check of our address is answered with.
const LONGEST_ECHO: usize = 64;
/// Older than any zone explains.
const OLD: SignedDuration = SignedDuration::from_hours(15);

/// Answers the test of our address, which is not signed: what it says, if that is harmless.
pub(super) fn address_check(request: &WebhookRequest) -> Option<WebhookReply> {
    let query = Form::parse(request.path.split_once('?').map_or("", |(_, query)| query).as_bytes());
    let form = if request.body.is_empty() { query } else { Form::of_authentic(request) };
    let mut echoes = form.all(ZD_ECHO);
    let (first, more) = (echoes.next()?, echoes.next());
    let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-');
    let harmless = more.is_none() && (1..=LONGEST_ECHO).contains(&first.len()) && first.iter().all(is_plain);
    let (status, body) = if harmless { (200, Bytes::copy_from_slice(first)) } else { (400, Bytes::new()) };
    Some(WebhookReply { status, content_type: "text/plain", body })
}

/// What an authentic notification means. Whatever cannot be understood is kept as unknown.
pub(super) fn decode(verified: &Verified, context: &DecodeContext) -> Decoded {
    let form = Form::of_authentic(verified.request());
    let source = if verified.is_signed() { context.source } else { Source::Unsigned };
    let context = &DecodeContext { source, ..context.clone() };
    let body = Bytes::from_static(b"{}");
    let reply = WebhookReply { status: 200, content_type: "application/json", body };
    Decoded { events: events(&form, context), reply }
}

/// Rings an extension at most so long before the PBX's own routing goes on, in seconds.
const RETURN_AFTER: u32 = 20;

/// The caller of whom the first notification of a call tells; its answer may say how the call is routed.
pub(super) fn incoming(request: &WebhookRequest) -> Option<Incoming> {
    let form = Form::of_authentic(request);
    let is_first = form.text("event").as_deref() == Some("NOTIFY_START");
    let number = |name: &str| form.text(name).and_then(|raw| party::number(&raw));
    is_first.then(|| Incoming { from: number("caller_id"), line: number("called_did") })
}

/// The name to show, and the extension to ring first, the scenario to go through, or how the caller is refused. `used` is a
/// route that the service carries out as it is.
pub(super) fn route_reply(used: Route) -> RouteReply {
    let mut answer = serde_json::Map::new();
    if let Some(name) = &used.name {
        answer.insert("caller_name".to_owned(), name.as_str().into());
    }
    match (used.refuse, &used.to, &used.scenario) {
        (Some(Refusal::Busy), ..) => {
            answer.insert("redirect".to_owned(), "blacklist".into());
        }
        (Some(Refusal::HangUp), ..) => {
            answer.insert("hangup".to_owned(), 1.into());
        }
        (None, Some(to), _) => {
            answer.insert("redirect".to_owned(), to.as_str().into());
            answer.insert("return_timeout".to_owned(), RETURN_AFTER.into());
        }
        (None, None, Some(scenario)) => {
            answer.insert("redirect".to_owned(), scenario.as_str().into());
        }
        (None, None, None) => {}
    }
    let body = Bytes::from(serde_json::Value::Object(answer).to_string());
    RouteReply { reply: WebhookReply { status: 200, content_type: "application/json", body }, used }
}

/// A scenario (`1`, or `0-1` with its menu), or the beginning of a menu (`0-main`).
pub(super) fn is_scenario(name: &str) -> bool {
    let is_number = |part: &str| (1..=3).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_digit());
    match name.split_once('-') {
        None => is_number(name),
        Some((menu, scenario)) => is_number(menu) && (scenario == "main" || is_number(scenario)),
    }
}

/// What the notification of 2015, which names no event, is called in traces.
const WITHOUT_EVENT: &str = "incoming";

fn events(form: &Form, context: &DecodeContext) -> Vec<VendorEvent> {
    if form.text("event").as_deref() != Some(tracking::EVENT) {
        return vec![event(form, context)];
    }
    let (mut calls, is_all) = tracking::calls(form, context);
    if !is_all {
        calls.push(Message { form, context, call: None }.unknown(tracking::EVENT));
    }
    calls
}

fn event(form: &Form, context: &DecodeContext) -> VendorEvent {
    let kind = form.text("event");
    let message = Message { form, context, call: form.text("pbx_call_id") };
    let effects = match (kind.as_deref(), &message.call) {
        (None, None) => return message.without_event(),
        (Some("NOTIFY_START"), Some(_)) => message.start(),
        (Some("NOTIFY_INTERNAL"), Some(_)) => message.internal(),
        (Some("NOTIFY_INTERNAL_END"), Some(_)) => message.internal_end(),
        (Some("NOTIFY_ANSWER"), Some(call)) => message.answer(call),
        (Some("NOTIFY_END"), Some(_)) => message.end(),
        (Some("NOTIFY_OUT_START"), Some(_)) => message.out_start(),
        (Some("NOTIFY_OUT_END"), Some(_)) => message.out_end(),
        (Some("NOTIFY_RECORD"), Some(call)) => message.record(call),
        (Some("NOTIFY_IVR"), Some(_)) => message.ivr(),
        (kind, _) => return message.unknown(kind.unwrap_or("undecodable")),
    };
    message.known(kind.unwrap_or_default(), effects)
}

struct Message<'a> {
    form: &'a Form,
    context: &'a DecodeContext,
    call: Option<String>,
}

impl Message<'_> {
    fn known(&self, kind: String, effects: Vec<Effect>) -> VendorEvent {
        let text = |name| self.form.text(name);
        let parts =
            ["pbx_call_id", "internal", "destination", "call_start", "transfer_from", "call_id_with_rec"].map(text);
        let parts: Vec<Option<&str>> = parts.iter().map(Option::as_deref).collect();
        let is_beginning = effects.iter().any(|effect| matches!(effect, Effect::CallCreated { .. }));
        VendorEvent {
            dedupe_key: dedupe::of_parts(&kind, &parts),
            raw_kind: kind,
            call: self.call.clone(),
            time: self.time("call_start").filter(|time| is_beginning || self.is_old(time)),
            leg_seq: None,
            source: self.context.source,
            trial: false,
            session: None,
            vendor_command: None,
            effects,
        }
    }

    /// Kept, and changes nothing.
    fn unknown(&self, kind: &str) -> VendorEvent {
        let json = self.form.to_json();
        let body = redact::value(json.clone());
        let event = self.known(kind.to_owned(), vec![Effect::Unknown { body }]);
        VendorEvent { dedupe_key: dedupe::of_json(kind, &json), call: None, ..event }
    }

    /// The notification of 2015 tells the beginning and nothing more: no id, so its parties and time are the id.
    fn without_event(&self) -> VendorEvent {
        let parts = ["caller_id", "called_did"].map(|name| self.form.text(name));
        let start = self.form.text("callstart").or_else(|| self.form.text("call_start"));
        let ([Some(caller), Some(called)], Some(start)) = (parts, start) else { return self.unknown("undecodable") };
        let key = dedupe::of_parts(WITHOUT_EVENT, &[Some(&caller), Some(&called), Some(&start)]);
        let event = self.known(WITHOUT_EVENT.to_owned(), self.start());
        let time = zone::read(&start, &self.context.zone, self.context.received_at);
        VendorEvent { dedupe_key: key.clone(), call: Some(key), time, ..event }
    }

    /// Every notification carries the time at which its call began, so this says when it was sent only for the first;
    /// of the others, only that a notification of a call that began so long ago is late.
    fn time(&self, name: &str) -> Option<VendorTime> {
        zone::read(&self.form.text(name)?, &self.context.zone, self.context.received_at)
    }

    fn is_old(&self, began: &VendorTime) -> bool {
        self.context.received_at.duration_since(began.utc) > OLD
    }

    /// Before routing: the line, and no agent yet.
    fn start(&self) -> Vec<Effect> {
        let (customer, line) = (self.caller(), self.called());
        let leg = customer_leg(&customer);
        vec![
            Effect::CallCreated { direction: Direction::Incoming, customer, line },
            Effect::LegQueued { leg, menu: false },
        ]
    }

    /// An extension's phone rings; with `transfer_from`, because a colleague passes the call on.
    fn internal(&self) -> Vec<Effect> {
        let mut effects = vec![self.incoming()];
        let transfer = self.transferring();
        effects.extend(transfer.is_some().then_some(Effect::TransferStarted));
        let role = if transfer.is_some() { LegRole::TransferTarget } else { LegRole::Agent };
        effects.extend(self.agent("internal").map(|leg| Effect::LegRinging { leg: LegRef { role, ..leg } }));
        effects
    }

    /// An extension's phone rings or talks no more; the call goes on.
    fn internal_end(&self) -> Vec<Effect> {
        let (cause, reason) = (self.cause(), self.disposition());
        let gone = self.agent("internal").map(|leg| Effect::LegCleared { leg, cause, reason });
        [Some(self.incoming()), gone].into_iter().flatten().collect()
    }

    /// An extension answered, or whoever was dialled.
    fn answer(&self, call: &str) -> Vec<Effect> {
        let agent = self.agent("internal").or_else(|| self.agent("destination"));
        if self.is_placed() {
            return self.out_answer();
        }
        let direction = if call.starts_with("in_") { Direction::Incoming } else { Direction::Unknown };
        let update = Effect::CallUpdated { direction, customer: self.caller(), line: Line::default() };
        let mut effects = vec![update];
        effects.extend(agent.map(|leg| Effect::LegAnswered { leg }));
        effects.extend(self.transferring().map(|leg| Effect::LegReplaced { leg }));
        effects
    }

    /// A call that was placed may be told to be over by the event of incoming ones, too.
    fn end(&self) -> Vec<Effect> {
        if self.is_placed() {
            return self.out_end();
        }
        let last = self.agent("last_internal").or_else(|| self.agent("internal"));
        let (cause, reason) = (self.cause(), self.disposition());
        let (_, result) = statistics::outcome(reason.as_deref(), false);
        let gone = last.map(|leg| Effect::LegCleared { leg, cause, reason: reason.clone() });
        let ended = Effect::CallEnded { result, reason };
        let parts = [Some(self.incoming()), gone, Some(ended)];
        parts.into_iter().flatten().chain(self.recorded()).collect()
    }

    fn ivr(&self) -> Vec<Effect> {
        let leg = customer_leg(&self.caller());
        vec![self.incoming(), Effect::LegQueued { leg, menu: true }]
    }

    /// A colleague's phone is dialled, or a customer's, or first that of the one who ordered a callback.
    fn out_start(&self) -> Vec<Effect> {
        let line = self.shown();
        let (direction, customer) = self.outgoing();
        let mut effects = vec![Effect::CallCreated { direction, customer, line }];
        effects.extend(self.agent("internal").map(|leg| Effect::LegOffered { leg }));
        match self.dialled() {
            Dialled::Colleague(leg) => effects.push(Effect::LegRinging { leg }),
            Dialled::Own(leg) => effects.extend([Effect::LegOffered { leg }, self.callbacks_customer()]),
            Dialled::Customer(_) | Dialled::Nobody => {}
        }
        effects
    }

    fn out_answer(&self) -> Vec<Effect> {
        let (direction, customer) = self.outgoing();
        let mut effects = vec![Effect::CallUpdated { direction, customer, line: Line::default() }];
        if let Some(from) = self.transferring() {
            // Who answers is a colleague: the one who is named and does not pass the call on.
            let named = ["internal", "destination"].into_iter().filter_map(|field| self.agent(field));
            let colleague = named.filter(|leg| leg.extension.is_some()).find(|leg| leg.key != from.key);
            effects.extend(colleague.map(|leg| Effect::LegAnswered { leg }));
            effects.push(Effect::LegReplaced { leg: from });
            return effects;
        }
        match self.dialled() {
            Dialled::Own(leg) => effects.extend([Effect::LegAnswered { leg }, self.callbacks_customer()]),
            Dialled::Customer(leg) | Dialled::Colleague(leg) => {
                effects.extend(self.agent("internal").map(|leg| Effect::LegAnswered { leg }));
                effects.push(Effect::LegAnswered { leg });
            }
            Dialled::Nobody => effects.extend(self.agent("internal").map(|leg| Effect::LegAnswered { leg })),
        }
        effects
    }

    fn out_end(&self) -> Vec<Effect> {
        let (direction, customer) = self.outgoing();
        let update = Effect::CallUpdated { direction, customer, line: self.shown() };
        let (cause, reason) = (self.cause(), self.disposition());
        let first_leg = match self.form.text("calltype").as_deref() {
            Some("callback_leg2") => false,
            Some(kind) if kind.starts_with("callback") => true,
            Some(_) | None => matches!(self.dialled(), Dialled::Own(_)),
        };
        // That the one who ordered a callback answered says nothing of the customer.
        let (_, result) = statistics::outcome(reason.as_deref().filter(|_| !first_leg), true);
        let last = self.agent("internal").or_else(|| self.agent("last_internal"));
        let gone = last.map(|leg| Effect::LegCleared { leg, cause, reason: reason.clone() });
        let ended = Effect::CallEnded { result, reason };
        let parts = [Some(update), gone, Some(ended)];
        parts.into_iter().flatten().chain(self.recorded()).collect()
    }

    /// One recording of the call can be fetched; without its own id, by that of the call.
    fn record(&self, call: &str) -> Vec<Effect> {
        let id = self.form.text("call_id_with_rec").unwrap_or_else(|| call.to_owned());
        vec![Effect::RecordingAvailable { reference: RecordingReference::Id(id) }]
    }

    /// What a notification of an extension says of its call. One that was placed has its parties from its beginning: who
    /// is the caller of a part of it is not documented.
    fn incoming(&self) -> Effect {
        if self.is_placed() {
            let (direction, customer, line) = (Direction::Outgoing, Customer::default(), Line::default());
            return Effect::CallUpdated { direction, customer, line };
        }
        Effect::CallUpdated { direction: Direction::Incoming, customer: self.caller(), line: self.called() }
    }

    /// The caller of an incoming call.
    fn caller(&self) -> Customer {
        Customer { number: self.form.text("caller_id").and_then(|raw| party::number(&raw)), name: None }
    }

    fn called(&self) -> Line {
        Line { number: self.form.text("called_did").and_then(|raw| party::number(&raw)), queue: None }
    }

    /// The number that an outgoing call shows.
    fn shown(&self) -> Line {
        Line { number: self.form.text("caller_id").and_then(|raw| party::number(&raw)), queue: None }
    }

    fn agent(&self, field: &str) -> Option<LegRef> {
        party::colleague(&self.form.text(field)?)
    }

    /// Who passes the call on.
    fn transferring(&self) -> Option<LegRef> {
        self.agent("transfer_from")
    }

    /// Who is dialled by an outgoing call.
    fn dialled(&self) -> Dialled {
        let Some(raw) = self.form.text("destination") else { return Dialled::Nobody };
        let caller = self.form.text("internal");
        let own = caller.as_deref().and_then(party::extension);
        let called = party::extension(&raw);
        let e164 = self.form.text("dst_e164").as_deref().and_then(party::number);
        let is_colleagues = party::is_colleagues(&raw, caller.as_deref()) && e164.is_none();
        match called.and_then(party::colleague) {
            Some(leg) if own.is_some() && own == called => Dialled::Own(leg),
            Some(leg) if is_colleagues && own.is_some() => Dialled::Colleague(leg),
            Some(leg) if is_colleagues => Dialled::Own(leg),
            Some(_) | None => {
                let number = e164.or_else(|| party::dialled(&raw));
                Dialled::Customer(customer_leg(&Customer { number, name: None }))
            }
        }
    }

    /// Direction and other party of an outgoing call.
    fn outgoing(&self) -> (Direction, Customer) {
        match self.dialled() {
            Dialled::Customer(leg) => (Direction::Outgoing, Customer { number: leg.number, name: None }),
            Dialled::Colleague(leg) => (Direction::Internal, Customer { number: leg.extension, name: None }),
            Dialled::Own(_) | Dialled::Nobody => (Direction::Outgoing, Customer::default()),
        }
    }

    /// The customer whom a callback dials once its owner's phone was answered: until then nobody talks with him.
    fn callbacks_customer(&self) -> Effect {
        Effect::LegOffered { leg: customer_leg(&Customer::default()) }
    }

    /// The recording is made after the end: NOTIFY_RECORD tells when it can be fetched.
    fn recorded(&self) -> Option<Effect> {
        matches!(self.form.text("is_recorded").as_deref(), Some("1" | "true")).then_some(Effect::RecordingStarted)
    }

    fn disposition(&self) -> Option<String> {
        self.form.text("disposition").map(|word| word.to_lowercase())
    }

    fn cause(&self) -> EndCause {
        statistics::outcome(self.disposition().as_deref(), self.is_placed()).0
    }

    fn is_placed(&self) -> bool {
        self.call.as_deref().is_some_and(|call| call.starts_with("out_"))
    }
}

/// Who is dialled by an outgoing call.
enum Dialled {
    Customer(LegRef),
    Colleague(LegRef),
    /// The phone of the one who ordered a callback: it is rung first.
    Own(LegRef),
    Nobody,
}
