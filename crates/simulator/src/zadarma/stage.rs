//! A call in Zadarma's words: notifications of the whole PBX.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::Zadarma;
use super::call::{Call, recording_id};
use crate::fault::Fault;
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, RouteAnswer, Routing, Stage, Telling, route_answer};
use crate::reading::Reading;
use crate::script::Topic;
use crate::world::lock;

pub(crate) struct ZadarmaStage {
    pbx: Zadarma,
    facts: Facts,
    id: String,
    /// The leg that rings whoever is second, where a callback has one of its own.
    second: Option<String>,
    /// The customer is rung first: the second leg is the agent's.
    customer_first: bool,
    /// Who was last told of as the one who has the call.
    last_internal: Option<String>,
    /// Who passes the call on, until the colleague has the customer.
    passing: Option<String>,
    /// The colleague who is asked first; what they say to each other has no notification.
    asked: Option<String>,
    talks: bool,
}

impl ZadarmaStage {
    pub(super) fn new(pbx: Zadarma, facts: Facts, customer_first: bool) -> Self {
        let incoming = facts.kind == CallKind::Incoming;
        let digits: String = facts.id.chars().filter(char::is_ascii_hexdigit).cycle().take(40).collect();
        let id = format!("{}_{digits}", if incoming { "in" } else { "out" });
        Self {
            pbx,
            facts,
            id,
            second: None,
            customer_first,
            last_internal: None,
            passing: None,
            asked: None,
            talks: false,
        }
    }

    fn tell(&self, id: &str, event: &str, began: Timestamp, more: &[(&str, String)]) {
        if self.facts.telling == Telling::Remembered {
            return;
        }
        self.pbx.notify(&self.id, &self.fields_of(id, event, began, more));
    }

    fn fields_of<'a>(
        &self,
        id: &str,
        event: &str,
        began: Timestamp,
        more: &[(&'a str, String)],
    ) -> Vec<(&'a str, String)> {
        let mut fields =
            vec![("event", event.to_owned()), ("call_start", self.pbx.time(began)), ("pbx_call_id", id.to_owned())];
        fields.extend(more.iter().filter(|(_, value)| !value.is_empty()).cloned());
        fields
    }

    fn began(&self) -> Timestamp {
        let calls = lock(&self.pbx.shared.calls);
        calls.get(&self.id).map_or_else(|| self.pbx.shared.world.now(), |call| call.began)
    }

    fn customer(&self) -> String {
        self.facts.customer.clone().unwrap_or_else(|| "anonymous".into())
    }

    fn line(&self) -> String {
        self.facts.line.trim_start_matches('+').to_owned()
    }

    /// Caller and line of an incoming call.
    fn incoming(&self, event: &str, more: &[(&str, String)]) {
        let fields: Vec<(&str, String)> = self.parties().into_iter().chain(more.iter().cloned()).collect();
        self.tell(&self.id, event, self.began(), &fields);
    }

    fn parties(&self) -> [(&'static str, String); 2] {
        [("caller_id", self.customer()), ("called_did", self.line())]
    }

    fn internal(&self, extension: &str) -> String {
        if self.pbx.shared.world.reads(Reading::FULL_LOGINS) {
            format!("{}-{extension}", super::PBX_ID)
        } else {
            extension.to_owned()
        }
    }

    fn destination(&self) -> String {
        let number = match self.facts.kind {
            CallKind::Internal => self.facts.called.clone().unwrap_or_default(),
            CallKind::Incoming | CallKind::Outgoing | CallKind::Callback => self.customer(),
        };
        number.trim_start_matches('+').to_owned()
    }

    fn out_start(&self, id: &str, began: Timestamp) {
        let caller = self.facts.caller.as_deref().unwrap_or_default();
        let fields =
            [("destination", self.destination()), ("caller_id", "0".to_owned()), ("internal", self.internal(caller))];
        self.tell(id, "NOTIFY_OUT_START", began, &fields);
    }

    /// The second leg of a callback, which has notifications of its own in one of the readings.
    fn begin_second(&mut self, at: Timestamp) {
        if self.pbx.shared.world.reads(Reading::CALLBACK_TWO_CALLS) {
            let second = beside(&self.id);
            self.out_start(&second, at);
            self.second = Some(second);
        }
    }

    fn ring(&self, extension: &str, from: Option<&str>, kind: &str) {
        let mut more = vec![("internal", self.internal(extension))];
        if let Some(from) = from {
            more.push(("transfer_from", self.internal(from)));
            more.push(("transfer_type", kind.to_owned()));
        }
        self.incoming("NOTIFY_INTERNAL", &more);
    }
}

impl Stage for ZadarmaStage {
    fn call_id(&self) -> &str {
        &self.facts.id
    }

    fn opened(&mut self, at: Timestamp) {
        let facts = &self.facts;
        let bare = |number: &str| number.trim_start_matches('+').to_owned();
        let call = Call {
            kind: facts.kind,
            customer: facts.customer.as_deref().or(facts.called.as_deref()).map(bare).unwrap_or_default(),
            line: bare(&facts.line),
            caller: facts.caller.clone().unwrap_or_default(),
            answered_by: String::new(),
            began: at,
            answered: None,
            ended: None,
            disposition: "no answer",
            recording: None,
            ready: None,
        };
        lock(&self.pbx.shared.calls).insert(self.id.clone(), call);
        match self.facts.kind {
            // Its answer says where the call goes, so whoever asks that tells it.
            CallKind::Incoming if self.facts.telling == Telling::Live => {}
            CallKind::Incoming => self.incoming("NOTIFY_START", &[]),
            CallKind::Outgoing | CallKind::Callback | CallKind::Internal => self.out_start(&self.id, at),
        }
    }

    fn asks_where_to(&mut self, _at: Timestamp) -> Option<RouteAnswer> {
        let fields = self.fields_of(&self.id, "NOTIFY_START", self.began(), &self.parties());
        let start = self.pbx.notification(&self.id, &fields)?;
        Some(route_answer(self.pbx.shared.sender.ask(start, true), read_route))
    }

    fn turned_away(&mut self, _at: Timestamp) {
        self.pbx.remember(&self.id, |call| call.disposition = "busy");
    }

    fn in_menu(&mut self, _at: Timestamp) {
        self.incoming("NOTIFY_IVR", &[("ivr_saydigits", "COMPLETE".to_owned())]);
    }

    fn rings(&mut self, at: Timestamp, extension: &str) {
        if self.facts.kind == CallKind::Incoming {
            self.ring(extension, None, "");
        } else if self.customer_first {
            self.begin_second(at);
        }
    }

    /// That the one who clicked has picked up has no notification.
    fn picked_up(&mut self, _at: Timestamp, _extension: &str) {}

    fn dials_customer(&mut self, at: Timestamp, _extension: &str) {
        self.begin_second(at);
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        if self.asked.as_deref() == Some(extension) {
            return;
        }
        self.talks = true;
        self.last_internal = Some(extension.to_owned());
        self.pbx.remember(&self.id, |call| {
            call.answered.get_or_insert(at);
            extension.clone_into(&mut call.answered_by);
            call.disposition = "answered";
        });
        let passing = self.passing.take();
        let mut fields = match self.facts.kind {
            CallKind::Incoming => vec![
                ("caller_id", self.customer()),
                ("destination", extension.to_owned()),
                ("internal", self.internal(extension)),
            ],
            CallKind::Outgoing | CallKind::Callback | CallKind::Internal => vec![
                ("caller_id", self.facts.caller.clone().unwrap_or_default()),
                ("destination", self.destination()),
                ("internal", self.internal(self.facts.caller.as_deref().unwrap_or_default())),
            ],
        };
        if let Some(agent) = passing {
            fields.push(("transfer_from", self.internal(&agent)));
            fields.push(("transfer_type", "unattended".to_owned()));
        }
        let id = self.second.clone().unwrap_or_else(|| self.id.clone());
        self.tell(&id, "NOTIFY_ANSWER", self.began(), &fields);
    }

    /// Waiting has no notification.
    fn held(&mut self, _at: Timestamp, _extension: &str) {}

    fn retrieved(&mut self, _at: Timestamp, _extension: &str) {
        self.passing = None;
        self.asked = None;
    }

    fn passes_on(&mut self, _at: Timestamp, agent: &str, target: &str, passing: Passing) {
        let consulting = passing == Passing::Consulting;
        let kind = if consulting { "attended" } else { "unattended" };
        self.passing = Some(agent.to_owned());
        self.asked = consulting.then(|| target.to_owned());
        self.ring(target, Some(agent), kind);
    }

    fn taken_over(&mut self, at: Timestamp, _agent: &str, target: &str, talking: bool) {
        self.asked = None;
        if talking {
            self.answered(at, target);
        }
    }

    fn returns(&mut self, _at: Timestamp, target: &str, agent: &str) {
        self.ring(agent, Some(target), "unattended");
    }

    fn taken(&mut self, _at: Timestamp, _from: &str, by: &str) {
        self.ring(by, None, "");
    }

    fn left(&mut self, _at: Timestamp, extension: &str, why: EndReason) {
        let disposition = match why {
            EndReason::Busy => "busy",
            EndReason::Refused | EndReason::AgentHungUp | EndReason::CustomerHungUp if !self.talks => "cancel",
            EndReason::Unreachable => "failed",
            EndReason::NoAnswer
            | EndReason::Refused
            | EndReason::AgentHungUp
            | EndReason::CustomerHungUp
            | EndReason::AnsweredElsewhere
            | EndReason::Transferred
            | EndReason::ColleagueHungUp => "no answer",
        };
        self.pbx.remember(&self.id, |call| {
            if call.answered.is_none() && why != EndReason::AnsweredElsewhere {
                call.disposition = disposition;
            }
        });
        if self.facts.kind == CallKind::Incoming && self.pbx.shared.world.reads(Reading::INTERNAL_ENDS) {
            self.incoming("NOTIFY_INTERNAL_END", &[("internal", self.internal(extension))]);
        }
    }

    fn cut(&mut self, _extension: &str) {}

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        let world = &self.pbx.shared.world;
        let lag =
            if self.facts.telling == Telling::Live { world.scaled(world.timing.recording_lag) } else { Duration::ZERO };
        let recording: Option<Topic> = recorded.map(|recorded| recorded.topic);
        self.pbx.remember(&self.id, |call| {
            call.ended = Some(at);
            call.recording = recording;
            call.ready = recording.and_then(|_| at.checked_add(lag).ok());
        });
        let Some(call) = lock(&self.pbx.shared.calls).get(&self.id).cloned() else { return };
        let id = recording_id(&self.id);
        let mut end = vec![
            ("duration", call.duration().to_string()),
            ("disposition", call.disposition.to_owned()),
            ("status_code", status_code(call.disposition).to_owned()),
            ("is_recorded", if recording.is_some() { "1" } else { "0" }.to_owned()),
        ];
        if recording.is_some() {
            end.push(("call_id_with_rec", id.clone()));
        }
        match self.facts.kind {
            CallKind::Incoming => {
                let last = self.last_internal.as_deref().map(|last| self.internal(last)).unwrap_or_default();
                end.push(("internal", last.clone()));
                end.push(("last_internal", last));
                self.incoming("NOTIFY_END", &end);
                if world.reads(Reading::CALLS_TRACKED) && self.facts.telling == Telling::Live {
                    self.track(&call);
                }
            }
            CallKind::Outgoing | CallKind::Callback | CallKind::Internal => {
                let caller = self.internal(self.facts.caller.as_deref().unwrap_or_default());
                let mut fields =
                    vec![("caller_id", self.line()), ("destination", self.destination()), ("internal", caller)];
                fields.extend(end);
                if let Some(second) = &self.second {
                    let mut leg = fields.clone();
                    leg.push(("calltype", "callback_leg2".to_owned()));
                    self.tell(second, "NOTIFY_OUT_END", self.began(), &leg);
                }
                self.tell(&self.id, "NOTIFY_OUT_END", self.began(), &fields);
            }
        }
        if recording.is_some() && self.facts.telling != Telling::Remembered {
            self.announce(id);
        }
    }
}

impl ZadarmaStage {
    /// Says which advertisement brought the call. The service gathers those of eight minutes in one notification.
    fn track(&self, call: &Call) {
        let row = json!({"tracker": "15", "start": self.pbx.time(call.began), "duration": call.duration(),
            "caller_id": self.customer(), "caller_did": self.line(), "country": "RU", "ga_id": "GA1.2.3",
            "url": "https://okna.example/balkony?yclid=123#form", "utm_source": "yandex", "utm_medium": "cpc",
            "utm_campaign": "Остекление", "utm_term": "окна на балкон", "pbx_call_id": self.id});
        let fields = [("event", "CALL_TRACKING".to_owned()), ("result", json!([row]).to_string())];
        self.pbx.notify(&self.id, &fields);
    }

    /// Says that the recording can be fetched, once it can.
    fn announce(&self, recording: String) {
        let (pbx, call) = (self.pbx.clone(), self.id.clone());
        let live = self.facts.telling == Telling::Live;
        self.pbx.shared.world.tasks.spawn(async move {
            let world = &pbx.shared.world;
            if live {
                tokio::time::sleep(world.scaled(world.timing.recording_lag)).await;
            }
            let mut faults = world.faults.watch();
            if faults.wait_for(|faults| !faults.contains(&Fault::RecordingNotReady)).await.is_err() {
                return;
            }
            let fields =
                [("event", "NOTIFY_RECORD".to_owned()), ("call_id_with_rec", recording), ("pbx_call_id", call.clone())];
            pbx.notify(&call, &fields);
        });
    }
}

/// Where an answer to NOTIFY_START sends the call; scenarios and menus are the account's own matter.
fn read_route(body: &[u8]) -> Option<Routing> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let redirect = answer["redirect"].as_str();
    if redirect == Some("blacklist") || matches!(&answer["hangup"], Value::Number(_) | Value::String(_)) {
        return Some(Routing::Refuse);
    }
    Some(Routing::Ring(redirect?.to_owned()))
}

/// Another id that differs in its last digit.
fn beside(id: &str) -> String {
    let (rest, last) = id.split_at(id.len() - 1);
    format!("{rest}{}", if last == "b" { "c" } else { "b" })
}

/// The code of Q.931 that goes with a disposition.
fn status_code(disposition: &str) -> &'static str {
    match disposition {
        "busy" => "17",
        "no answer" => "19",
        "failed" => "1",
        _ => "16",
    }
}

#[cfg(test)]
mod tests {
    use super::beside;

    #[test]
    fn the_second_call_of_a_callback_has_an_id_of_its_own() {
        for digit in "0123456789abcdef".chars() {
            let id = format!("out_{digit}");
            assert_ne!(beside(&id), id);
        }
    }
}
