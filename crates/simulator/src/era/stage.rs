//! A call in the platform's words: events of its dialogues.

use jiff::Timestamp;
use serde_json::{Value, json};
use uuid::Uuid;

use super::Era;
use super::dialog::{Dialog, Fork, SCRIPT, Side, State};
use super::events;
use crate::play::{CallKind, EndReason, Facts, Passing, Recorded, Stage, Telling};
use crate::reading::Reading;
use crate::world::lock;

pub(crate) struct EraStage {
    pub(super) pbx: Era,
    pub(super) facts: Facts,
    /// The dialogue that the customer is in.
    pub(super) main: String,
    /// The one in which a colleague is asked, or the call is passed to him.
    pub(super) second: Option<String>,
    /// Of a click-to-call in two calls: the one to the owner's device, once the other has begun.
    pub(super) device: Option<String>,
    /// Why the last phone gave up.
    pub(super) unmet: Option<EndReason>,
}

/// The platform's id of a call of the simulator.
pub(super) fn cid(id: &str) -> String {
    Uuid::parse_str(id).map_or_else(|_| id.to_owned(), |id| id.to_string())
}

impl EraStage {
    pub(super) fn new(pbx: Era, facts: Facts) -> Self {
        let main = cid(&facts.id);
        Self { pbx, facts, main, second: None, device: None, unmet: None }
    }

    pub(super) fn is_told(&self) -> bool {
        self.facts.telling != Telling::Remembered
    }

    fn agent(&self, extension: &str) -> Side {
        Side { extension: Some(extension.to_owned()), number: String::new(), call_id: self.call_id() }
    }

    fn customer(&self) -> Side {
        let number = self.facts.customer.as_deref().unwrap_or_default().trim_start_matches('+').to_owned();
        Side { extension: None, number, call_id: self.call_id() }
    }

    fn call_id(&self) -> String {
        format!("{}@{}", self.pbx.shared.world.new_id().simple(), self.pbx.shared.world.staff.domain)
    }

    /// Looks at a dialogue that is not over.
    pub(super) fn with<T>(&self, cid: &str, look: impl FnOnce(&mut Dialog) -> T) -> Option<T> {
        lock(&self.pbx.shared.dialogs).get_mut(cid).map(look)
    }

    /// Says something of a dialogue, to those who take part in it.
    pub(super) fn tell(&self, at: Timestamp, cid: &str, kind: &str, more: Value) {
        if let Some(dialog) = lock(&self.pbx.shared.dialogs).get(cid).cloned() {
            self.tell_of(at, &dialog, kind, more);
        }
    }

    pub(super) fn tell_of(&self, at: Timestamp, dialog: &Dialog, name: &str, more: Value) {
        if self.is_told() {
            let mut data = events::common(&self.pbx.shared.world, dialog, at);
            data.extend(more.as_object().cloned().unwrap_or_default());
            self.pbx.tell(name, data, &dialog.extensions());
        }
    }

    /// A dialogue begins: it is invited, set up, and will be dialled.
    fn begin(&self, at: Timestamp, cid: &str, a: Side, called: &str, referred: bool) {
        let mut dialog = Dialog::new(cid.to_owned(), &self.facts.id, at, a, called.to_owned());
        dialog.referred = referred;
        if self.is_told() {
            lock(&self.pbx.shared.dialogs).open(dialog.clone());
        }
        let from = json!({
            "fromusername": dialog.a.number(),
            "fromouter": dialog.a.is_outside(),
            "callednum": called,
        });
        let mut invite = from.clone();
        invite["isreferred"] = referred.into();
        self.tell_of(at, &dialog, "callevents.invite", invite);
        self.tell_of(at, &dialog, "callevents.dlg_init", Value::Null);
        self.tell_of(at, &dialog, "callevents.dlg_call", from);
    }

    /// A phone, or a number outside, is dialled.
    fn fork(&self, at: Timestamp, cid: &str, side: Side) {
        let world = &self.pbx.shared.world;
        let outwards = side.extension.is_none();
        let uri = events::uri(world, &side);
        let more = json!({
            "forkcallid": side.call_id,
            "forkcallednum": side.number(),
            "forkrequesturi": uri,
            "forkremoteuri": uri,
            "forkdir": if outwards { "out" } else { "in" },
        });
        self.with(cid, |dialog| dialog.forks.push(Fork { side, open: true }));
        self.tell(at, cid, "callevents.fork_start", more);
    }

    pub(super) fn has_fork(&self, cid: &str, extension: &str) -> bool {
        let rings = |dialog: &mut Dialog| {
            dialog.forks.iter().any(|fork| fork.open && fork.side.extension.as_deref() == Some(extension))
        };
        self.with(cid, rings).unwrap_or_default()
    }

    fn side_of(&self, cid: &str, extension: &str) -> char {
        let is_a = self.with(cid, |dialog| dialog.a.extension.as_deref() == Some(extension)).unwrap_or_default();
        if is_a { 'a' } else { 'b' }
    }

    fn tell_hold(&self, at: Timestamp, extension: &str, kind: &str) {
        let presses = self.side_of(&self.main, extension);
        let named = match (self.pbx.shared.world.reads(Reading::HOLD_NAMES_HELD), presses) {
            (false, side) => side,
            (true, 'a') => 'b',
            (true, _) => 'a',
        };
        self.tell(at, &self.main, kind, json!({"side": named.to_string()}));
    }

    /// The customer's side as a new dialogue has it.
    fn customer_again(&self) -> Side {
        let known = self.with(&self.main, |dialog| dialog.sides().find(|side| side.is_outside()).cloned());
        let known = known.flatten().unwrap_or_else(|| self.customer());
        Side { call_id: self.call_id(), ..known }
    }

    fn tell_refer(&self, at: Timestamp, agent: &str, target: &str) {
        let world = &self.pbx.shared.world;
        let more = json!({
            "side": self.side_of(&self.main, agent).to_string(),
            "refertouri": events::uri(world, &self.agent(target)),
            "referredbyuri": events::uri(world, &self.agent(agent)),
        });
        self.tell(at, &self.main, "callevents.refer", more);
    }

    /// A new call that a transfer made begins, and the old one points to it.
    fn begin_referred(&self, at: Timestamp, target: &str) -> String {
        let world = &self.pbx.shared.world;
        let next = world.new_id().to_string();
        self.begin(at, &next, self.customer_again(), target, true);
        let link = self.with(&next, |dialog| {
            json!({
                "referringcid": dialog.cid,
                "referringinvitets": dialog.invited(world).as_millisecond(),
                "referringconnectionid": dialog.connection(world),
            })
        });
        self.tell(at, &self.main, "callevents.referring_invite", link.unwrap_or_default());
        next
    }

    fn has_two_calls(&self) -> bool {
        self.facts.kind == CallKind::Callback && self.pbx.shared.world.reads(Reading::CALLBACK_TWO_CIDS)
    }
}

impl Stage for EraStage {
    fn call_id(&self) -> &str {
        &self.facts.id
    }

    fn opened(&mut self, at: Timestamp) {
        let caller = self.facts.caller.clone().unwrap_or_default();
        let number = self.facts.customer.as_deref().unwrap_or_default().trim_start_matches('+').to_owned();
        match self.facts.kind {
            CallKind::Incoming => {
                let line = self.facts.line.trim_start_matches('+').to_owned();
                self.begin(at, &self.main, self.customer(), &line, false);
            }
            CallKind::Outgoing => {
                self.begin(at, &self.main, self.agent(&caller), &number, false);
                self.fork(at, &self.main, self.customer());
            }
            CallKind::Callback if self.has_two_calls() => {
                // The platform's own script calls the owner's device.
                let script = Side { extension: None, number: SCRIPT.into(), call_id: self.call_id() };
                self.begin(at, &self.main, script, &caller, false);
            }
            CallKind::Callback => self.begin(at, &self.main, self.agent(&caller), &number, false),
            CallKind::Internal => {
                let called = self.facts.called.clone().unwrap_or_default();
                self.begin(at, &self.main, self.agent(&caller), &called, false);
            }
        }
    }

    fn in_menu(&mut self, _at: Timestamp) {}

    fn rings(&mut self, at: Timestamp, extension: &str) {
        let mut side = self.agent(extension);
        if self.facts.kind == CallKind::Callback && !self.has_two_calls() {
            // The owner's device is side A itself.
            side = self.with(&self.main, |dialog| dialog.a.clone()).unwrap_or(side);
        }
        self.fork(at, &self.main, side);
    }

    fn picked_up(&mut self, at: Timestamp, extension: &str) {
        let two = self.has_two_calls();
        self.with(&self.main, |dialog| {
            let own = |fork: &&mut Fork| fork.side.extension.as_deref() == Some(extension);
            if let Some(fork) = dialog.forks.iter_mut().find(own) {
                fork.open = false;
                if two {
                    dialog.b = Some(fork.side.clone());
                    dialog.state = State::Talking;
                }
            }
        });
        if two {
            self.tell(at, &self.main, "callevents.dlg_start", Value::Null);
        }
    }

    fn dials_customer(&mut self, at: Timestamp, extension: &str) {
        if self.has_two_calls() {
            let device = std::mem::replace(&mut self.main, self.pbx.shared.world.new_id().to_string());
            let agent = self.with(&device, |dialog| dialog.b.clone()).flatten();
            let number = self.customer().number;
            self.begin(at, &self.main, agent.unwrap_or_else(|| self.agent(extension)), &number, true);
            self.device = Some(device);
        }
        self.fork(at, &self.main, self.customer());
    }

    fn answered(&mut self, at: Timestamp, extension: &str) {
        let place = self.second.clone().filter(|second| self.has_fork(second, extension));
        let cid = place.unwrap_or_else(|| self.main.clone());
        self.with(&cid, |dialog| {
            let own = |fork: &&mut Fork| fork.open && fork.side.extension.as_deref() == Some(extension);
            let found =
                dialog.forks.iter().position(|fork| fork.open && fork.side.extension.as_deref() == Some(extension));
            // An agent who dialled is side A; then it is the other side that has answered.
            let fork = match found {
                Some(_) => dialog.forks.iter_mut().find(own),
                None => dialog.forks.iter_mut().rev().find(|fork| fork.open),
            };
            if let Some(fork) = fork {
                fork.open = false;
                dialog.b = Some(fork.side.clone());
            }
            dialog.state = State::Talking;
        });
        self.tell(at, &cid, "callevents.dlg_start", Value::Null);
    }

    fn held(&mut self, at: Timestamp, extension: &str) {
        self.with(&self.main, |dialog| dialog.state = State::Held);
        self.tell_hold(at, extension, "callevents.hold");
    }

    fn retrieved(&mut self, at: Timestamp, extension: &str) {
        self.with(&self.main, |dialog| dialog.state = State::Talking);
        if !self.pbx.shared.world.reads(Reading::NO_UNHOLD) {
            self.tell_hold(at, extension, "callevents.unhold");
        }
    }

    fn passes_on(&mut self, at: Timestamp, agent: &str, target: &str, passing: Passing) {
        let next = match passing {
            Passing::Blind => {
                self.tell_refer(at, agent, target);
                self.begin_referred(at, target)
            }
            Passing::Consulting => {
                let next = self.pbx.shared.world.new_id().to_string();
                self.begin(at, &next, self.agent(agent), target, false);
                next
            }
        };
        self.fork(at, &next, self.agent(target));
        self.second = Some(next);
    }

    fn taken_over(&mut self, at: Timestamp, agent: &str, target: &str, talking: bool) {
        let Some(second) = self.second.take() else { return };
        if !talking {
            self.end(at, &self.main, "bye");
            self.main = second;
            return;
        }
        let world = &self.pbx.shared.world;
        self.tell_refer(at, agent, target);
        let first = self.with(&self.main, |dialog| {
            json!({"side": "a", "replacescid": dialog.cid, "replacesinvitets": dialog.invited(world).as_millisecond()})
        });
        self.tell(at, &second, "callevents.replaces_refer", first.unwrap_or_default());
        if world.reads(Reading::ATTENDED_KEEPS_FIRST) {
            let colleague = self.with(&second, |dialog| dialog.b.clone()).flatten();
            self.end(at, &second, "bye");
            self.with(&self.main, |dialog| {
                let agent_is_a = dialog.a.extension.as_deref() == Some(agent);
                match colleague {
                    Some(colleague) if agent_is_a => dialog.a = colleague,
                    colleague => dialog.b = colleague,
                }
                dialog.state = State::Talking;
            });
        } else {
            let customer = self.customer_again();
            self.end(at, &self.main, "bye");
            self.with(&second, |dialog| dialog.a = customer);
            self.main = second;
        }
    }

    fn returns(&mut self, at: Timestamp, _target: &str, agent: &str) {
        let next = self.begin_referred(at, agent);
        self.end(at, &self.main, "timeout");
        self.main = next;
        self.fork(at, &self.main, self.agent(agent));
    }

    fn taken(&mut self, at: Timestamp, from: &str, by: &str) {
        self.stop_forks(at, &self.main, Some(from), EndReason::AnsweredElsewhere);
        self.fork(at, &self.main, self.agent(by));
    }

    fn joined(&mut self, _at: Timestamp, _extension: &str) {
        // The page has one call turned into a conference and others moved into it.
        let known = self.with(&self.main, |dialog| dialog.conference.clone()).flatten();
        let conference = known.unwrap_or_else(|| self.pbx.shared.world.new_id().to_string());
        for cid in std::iter::once(&self.main).chain(&self.second) {
            self.with(cid, |dialog| {
                dialog.state = State::Talking;
                dialog.conference.get_or_insert_with(|| conference.clone());
            });
        }
    }

    fn left(&mut self, at: Timestamp, extension: &str, why: EndReason) {
        self.leave(at, extension, why);
    }

    fn cut(&mut self, _extension: &str) {
        use crate::make::Pbx;
        self.pbx.cut_all();
    }

    fn ended(&mut self, at: Timestamp, recorded: Option<Recorded>) {
        self.end_all(at, recorded);
    }
}
