//! A call in Rostelecom's words: one session, events for the whole domain.

use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;

use super::session::Session;
use super::{Rostelecom, json};
use crate::fault::Fault;
use crate::hook::Webhook;
use crate::numbers;
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, RouteAnswer, Routing, Stage, Telling, route_answer};
use crate::reading::Reading;
use crate::script::{Sign, Topic};
use crate::world::lock;

pub(crate) struct RostelecomStage {
    pbx: Rostelecom,
    facts: Facts,
    /// Whether anybody answered: without it no recording is spoken of.
    connected: bool,
    /// Some sessions print the state with blanks around it, as the guide's sample does.
    blanks: bool,
}

impl RostelecomStage {
    pub(super) fn new(pbx: Rostelecom, facts: Facts) -> Self {
        let blanks = facts.id.bytes().fold(0_u32, |sum, byte| sum + u32::from(byte)) % 3 == 0;
        Self { pbx, facts, connected: false, blanks }
    }

    fn event(&self, at: Timestamp, state: &str, agent: Option<&str>, more: &[(&str, &str)]) {
        if self.facts.telling == Telling::Remembered {
            return;
        }
        let world = &self.pbx.shared.world;
        let kind = match self.facts.kind {
            CallKind::Incoming => "incoming",
            CallKind::Outgoing | CallKind::Callback => "outbound",
            CallKind::Internal => "internal",
        };
        let (from, from_pin, request, request_pin) = self.parties(agent);
        let timestamp = self.pbx.timestamp(at);
        let mut pairs: Vec<(&str, Value)> = vec![
            ("session_id", self.facts.id.as_str().into()),
            ("timestamp", timestamp.into()),
            ("type", kind.into()),
            ("state", state.into()),
            ("from_number", from.into()),
            ("from_pin", from_pin.into()),
            ("request_number", request.into()),
            ("request_pin", request_pin.into()),
            ("disconnect_reason", "".into()),
            ("is_record", "".into()),
            ("domain", world.staff.domain.as_str().into()),
        ];
        for (key, value) in &mut pairs {
            if let Some((_, given)) = more.iter().find(|(name, _)| name == key) {
                *value = (*given).into();
            }
            if world.faults.has(Fault::NumbersAsInts) {
                *value = numbers::to_int(std::mem::take(value));
            }
        }
        let body = json::object(pairs.iter().map(|(key, value)| (*key, value)));
        let (key, path) = (self.facts.id.clone(), "call_events".to_owned());
        self.pbx.shared.sender.send(Webhook { key, path, body, sign: Sign::Right });
    }

    /// from_number, from_pin, request_number, request_pin.
    fn parties(&self, agent: Option<&str>) -> (String, String, String, String) {
        let staff = &self.pbx.shared.world.staff;
        let caller = self.facts.caller.clone().unwrap_or_default();
        let customer = self.facts.customer.clone();
        match self.facts.kind {
            CallKind::Incoming => {
                let from = customer.unwrap_or_else(|| "anonymous".into());
                match agent {
                    Some(agent) => (from, String::new(), staff.sip(agent), agent.to_owned()),
                    None => (from, String::new(), self.facts.line.clone(), String::new()),
                }
            }
            CallKind::Outgoing | CallKind::Callback => {
                let agent = agent.unwrap_or(&caller);
                let customer = customer.unwrap_or_default();
                if agent != caller && !self.pbx.shared.world.reads(Reading::PASSED_ON_FROM_PIN) {
                    return (staff.sip(&caller), caller.clone(), customer, agent.to_owned());
                }
                (staff.sip(agent), agent.to_owned(), customer, String::new())
            }
            CallKind::Internal => {
                let called = agent.or(self.facts.called.as_deref()).unwrap_or_default();
                (staff.sip(&caller), caller.clone(), staff.sip(called), called.to_owned())
            }
        }
    }

    /// The reason in words, as the guide has it. A caller who leaves a talk keeps the number that public code names.
    fn in_words(&self, why: EndReason) -> &'static str {
        let by_caller = match self.facts.kind {
            CallKind::Incoming => why == EndReason::CustomerHungUp,
            CallKind::Outgoing | CallKind::Callback | CallKind::Internal => why == EndReason::AgentHungUp,
        };
        match why {
            EndReason::AgentHungUp | EndReason::CustomerHungUp if by_caller && self.connected => "4",
            EndReason::AgentHungUp | EndReason::CustomerHungUp if by_caller => "Отбой вызывающего абонента",
            EndReason::AgentHungUp | EndReason::CustomerHungUp => "Отбой вызываемого абонента",
            EndReason::NoAnswer => "Нет ответа",
            EndReason::Busy => "Занято",
            EndReason::Refused => "Вызов отклонён",
            EndReason::ColleagueHungUp => "Отбой вызывающего абонента",
            EndReason::Unreachable => "Абонент недоступен",
            EndReason::Transferred | EndReason::AnsweredElsewhere => "Перевод вызова",
        }
    }

    /// The agent's answer alone is told as the connection.
    fn agent_connects(&self) -> bool {
        self.facts.kind == CallKind::Callback && self.pbx.shared.world.reads(Reading::CALLBACK_AGENT_CONNECTS)
    }

    fn remember(&self, act: impl FnOnce(&mut Session)) {
        self.pbx.with_session(&self.facts.id, act);
    }

    /// What is asked about a caller before his call is routed, unless he hides his number.
    fn question(&self) -> Option<Webhook> {
        let asks = self.facts.kind == CallKind::Incoming && self.facts.telling == Telling::Live;
        let caller = self.facts.customer.as_deref().filter(|_| asks)?;
        let domain = self.pbx.shared.world.staff.domain.as_str();
        let pairs = [("domain", domain), ("from_number", caller), ("request_number", &self.facts.line)];
        let pairs = pairs.map(|(key, value)| (key, Value::from(value)));
        let body = json::object(pairs.iter().map(|(key, value)| (*key, value)));
        let (key, path) = (self.facts.id.clone(), "get_number_info".to_owned());
        Some(Webhook { key, path, body, sign: Sign::Right })
    }
}

/// The pin of an answer to `get_number_info`; an empty one leaves the call to the platform.
fn read_pin(body: &[u8]) -> Option<Routing> {
    let answer: Value = serde_json::from_slice(body).ok()?;
    let pin = answer["PIN"].as_str().filter(|pin| !pin.is_empty())?;
    Some(Routing::Ring(pin.to_owned()))
}

impl Stage for RostelecomStage {
    fn call_id(&self) -> &str {
        &self.facts.id
    }

    fn opened(&mut self, at: Timestamp) {
        let session = Session {
            kind: self.facts.kind,
            customer: self.facts.customer.clone(),
            line: self.facts.line.clone(),
            caller: self.facts.caller.clone(),
            answered_by: None,
            began: at,
            answered: None,
            ended: None,
            recording: None,
            ready: None,
        };
        lock(&self.pbx.shared.sessions).insert(self.facts.id.clone(), session);
        if self.question().is_none() || self.pbx.shared.world.reads(Reading::NUMBER_INFO_AFTER_NEW) {
            self.event(at, "new", None, &[]);
        }
    }

    fn asks_where_to(&mut self, at: Timestamp) -> Option<RouteAnswer> {
        let question = self.question()?;
        let answer = self.pbx.shared.sender.ask(question, false);
        if !self.pbx.shared.world.reads(Reading::NUMBER_INFO_AFTER_NEW) {
            self.event(at, "new", None, &[]);
        }
        Some(route_answer(answer, read_pin))
    }

    /// The menu has no event of its own here, unless it answers.
    fn in_menu(&mut self, at: Timestamp) {
        if self.pbx.shared.world.reads(Reading::GREETING_ANSWERS) {
            self.event(at, "connected", None, &[]);
        }
    }

    fn rings(&mut self, at: Timestamp, extension: &str) {
        let by_name = self.facts.kind == CallKind::Incoming && self.pbx.shared.world.reads(Reading::SIP_NAMES_FIRST);
        self.event(at, "calling", Some(extension), if by_name { &[("request_pin", "")] } else { &[] });
    }

    fn picked_up(&mut self, at: Timestamp, extension: &str) {
        if self.agent_connects() {
            self.event(at, "connected", Some(extension), &[]);
        }
    }

    /// That the customer is dialled has no event.
    fn dials_customer(&mut self, _at: Timestamp, _extension: &str) {}

    fn answered(&mut self, at: Timestamp, extension: &str) {
        self.connected = true;
        self.remember(|session| {
            session.answered.get_or_insert(at);
            session.answered_by = Some(extension.to_owned());
        });
        if !self.agent_connects() {
            self.event(at, "connected", Some(extension), &[]);
        }
    }

    /// A transfer is told by who leaves and who joins; waiting has no event.
    fn held(&mut self, _at: Timestamp, _extension: &str) {}

    fn retrieved(&mut self, _at: Timestamp, _extension: &str) {}

    fn passes_on(&mut self, at: Timestamp, _agent: &str, target: &str, passing: Passing) {
        if passing == Passing::Consulting {
            self.rings(at, target);
        }
    }

    fn taken_over(&mut self, at: Timestamp, _agent: &str, target: &str, talking: bool) {
        if !talking {
            self.rings(at, target);
        }
    }

    fn returns(&mut self, at: Timestamp, _target: &str, agent: &str) {
        self.rings(at, agent);
    }

    /// Who takes a call is told when he answers; the phone that rang is not spoken of again.
    fn taken(&mut self, _at: Timestamp, _from: &str, _by: &str) {}

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        let reason = match why {
            // The losers of a group are not mentioned at all.
            EndReason::AnsweredElsewhere => return,
            EndReason::Transferred => "0",
            EndReason::ColleagueHungUp => "4",
            EndReason::Busy => "3",
            EndReason::AgentHungUp | EndReason::CustomerHungUp if self.connected => "5",
            EndReason::AgentHungUp
            | EndReason::CustomerHungUp
            | EndReason::NoAnswer
            | EndReason::Refused
            | EndReason::Unreachable => "",
        };
        let reason = if self.pbx.shared.world.faults.has(Fault::ReasonText) { self.in_words(why) } else { reason };
        let state = if self.blanks { " disconnected " } else { "disconnected" };
        self.event(at, state, Some(extension), &[("disconnect_reason", reason)]);
    }

    /// There is no socket to cut.
    fn cut(&mut self, _extension: &str) {}

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        let world = &self.pbx.shared.world;
        let lag =
            if self.facts.telling == Telling::Live { world.scaled(world.timing.recording_lag) } else { Duration::ZERO };
        let recording: Option<Topic> = recorded.map(|recorded| recorded.topic);
        self.remember(|session| {
            session.ended = Some(at);
            session.recording = recording;
            session.ready = recording.and_then(|_| at.checked_add(lag).ok());
        });
        let is_record = if recording.is_some() { "true" } else { "false" };
        let agent = lock(&self.pbx.shared.sessions).get(&self.facts.id).and_then(|session| session.answered_by.clone());
        self.event(at, "end", agent.as_deref(), &[("is_record", is_record)]);
    }
}
