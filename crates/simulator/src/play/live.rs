//! A call as it happens: phones ring, people answer, talk and hang up, by the script or by hand.

mod passing;

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Instant, sleep_until};

use super::orders::Order;
use super::stage::{CallKind, EndReason, Passing, Recorded, Routing, Stage};
use crate::phones::{Handset, PhoneState};
use crate::script::{CallPlan, Callee, CalleeDoes, Scenario};
use crate::world::World;

/// How long the caller hears that the line is busy.
const BUSY_TONE: Duration = Duration::from_secs(1);
/// A moment between two things that one hand does.
const MOMENT: Duration = Duration::from_millis(200);

/// Plays a call to its end.
pub(crate) async fn perform(world: Arc<World>, plan: CallPlan, stage: Box<dyn Stage>) {
    let kind = CallKind::of(&plan);
    let (orders, id) = (world.orders.open(stage.call_id()), stage.call_id().to_owned());
    let mut call = Live { world: Arc::clone(&world), plan, stage, orders, held: false };
    call.stage.opened(call.now());
    match kind {
        CallKind::Incoming => call.incoming().await,
        CallKind::Callback => call.callback().await,
        CallKind::Outgoing => call.outgoing().await,
        CallKind::Internal => call.internal().await,
    }
    world.orders.close(&id);
}

/// What a called side's behaviour makes of a call; nothing when it answers.
fn unmet_by(does: CalleeDoes) -> Option<EndReason> {
    match does {
        CalleeDoes::Answer => None,
        CalleeDoes::Silent => Some(EndReason::NoAnswer),
        CalleeDoes::Busy => Some(EndReason::Busy),
        CalleeDoes::Refuse => Some(EndReason::Refused),
        CalleeDoes::Unreachable => Some(EndReason::Unreachable),
    }
}

struct Live {
    world: Arc<World>,
    plan: CallPlan,
    stage: Box<dyn Stage>,
    /// What programs want of this call.
    orders: UnboundedReceiver<Order>,
    /// The agent lets the other side wait.
    held: bool,
}

/// What became of a talk.
enum TalkOutcome {
    /// The time is over.
    TimedOut,
    /// The agent hung up.
    HungUp,
    /// The call is to be passed on.
    PassedOn { to: String, passing: Passing },
}

/// What became of ringing.
enum RingOutcome {
    PickedUp,
    Refused,
    TimedOut,
}

impl Live {
    async fn incoming(&mut self) {
        if !self.is_let_in().await {
            self.stage.turned_away(self.now());
            return self.stage.ended(self.now(), None);
        }
        if let Some(menu) = self.plan.menu {
            self.stage.in_menu(self.now());
            if !self.wait_in_menu(menu).await {
                self.stage.turned_away(self.now());
                return self.stage.ended(self.now(), None);
            }
        }
        let mut ringing = Vec::new();
        for extension in self.plan.rings.clone() {
            self.stage.rings(self.now(), &extension);
            let free = self.plan.scenario != Scenario::Busy;
            let rung = if free { self.world.phones.ring(&extension, self.plan.customer.clone()) } else { None };
            match rung {
                Some(handset) => ringing.push(handset),
                None => self.stage.left(self.now(), &extension, EndReason::Busy),
            }
        }
        if ringing.is_empty() {
            self.wait(BUSY_TONE).await;
            return self.stage.ended(self.now(), None);
        }
        if self.plan.scenario == Scenario::Taken {
            return self.taken(ringing).await;
        }
        let Some(agent) = self.first_to_answer(&mut ringing).await else {
            for handset in ringing {
                self.stage.left(self.now(), handset.extension(), EndReason::CustomerHungUp);
            }
            return self.stage.ended(self.now(), None);
        };
        self.stage.answered(self.now(), agent.extension());
        for handset in ringing {
            self.stage.left(self.now(), handset.extension(), EndReason::AnsweredElsewhere);
        }
        if self.plan.scenario == Scenario::Reconnect {
            self.wait(self.plan.talk / 2).await;
            self.stage.cut(agent.extension());
            self.plan.talk /= 2;
        }
        self.talk_and_pass_on(agent).await;
    }

    /// Asks where the call is to go, on a make that does; whether the caller is to be let in.
    async fn is_let_in(&mut self) -> bool {
        let answer = match self.stage.asks_where_to(self.now()) {
            Some(answer) => answer.await,
            None => None,
        };
        match answer {
            Some(Routing::Refuse) => false,
            Some(Routing::Ring(extension)) => {
                if self.world.staff.employee(&extension).is_some() {
                    self.plan.menu = None;
                    self.sent_to(extension);
                }
                true
            }
            None => true,
        }
    }

    /// It is his phone alone that rings now, and he who answers where somebody does.
    fn sent_to(&mut self, extension: String) {
        self.plan.answers = self.plan.answers.take().map(|_| extension.clone());
        self.plan.rings = vec![extension];
    }

    /// Stands in the menu until its time is over, or until a program sends the call to somebody; whether it goes on.
    async fn wait_in_menu(&mut self, menu: Duration) -> bool {
        let end = Instant::now() + self.world.scaled(menu);
        loop {
            tokio::select! {
                Some(order) = self.orders.recv() => match order {
                    Order::Take { by } => {
                        self.sent_to(by);
                        return true;
                    }
                    Order::HangUp => return false,
                    Order::Hold
                    | Order::Retrieve
                    | Order::PassOn { .. }
                    | Order::HandOver
                    | Order::GiveUp
                    | Order::Join
                    | Order::Record(_) => {}
                },
                () = sleep_until(end) => return true,
            }
        }
    }

    /// Talks; where somebody is named to whom the call is passed on, halfway.
    async fn talk_and_pass_on(&mut self, agent: Handset) {
        match self.plan.transfer.clone().filter(|_| self.plan.scenario != Scenario::Taken) {
            Some(target) => self.pass_on(agent, &target).await,
            None => self.talk_to_the_end(agent, self.plan.talk).await,
        }
    }

    /// Waits until somebody answers, as the script says or by hand; none when the caller gives up.
    async fn first_to_answer(&mut self, ringing: &mut Vec<Handset>) -> Option<Handset> {
        let mut changes = self.world.phones.watch();
        let mut deadline = Instant::now() + self.world.scaled(self.plan.ring);
        let mut answerer = self.plan.answers.clone();
        loop {
            if let Some(found) = ringing.iter().position(|handset| handset.state() == PhoneState::Talking) {
                return Some(ringing.remove(found));
            }
            while let Some(found) = ringing.iter().position(|handset| handset.state() == PhoneState::Idle) {
                let handset = ringing.remove(found);
                self.stage.left(self.now(), handset.extension(), EndReason::Refused);
            }
            if ringing.is_empty() {
                return None;
            }
            tokio::select! {
                _ = changes.changed() => {}
                Some(order) = self.orders.recv() => {
                    if let Order::Take { by } = order {
                        return self.take(ringing, &by);
                    }
                }
                () = sleep_until(deadline) => {
                    let answerer = answerer.take()?;
                    let handset = ringing.iter().find(|handset| handset.extension() == answerer)?;
                    if handset.is_left_ringing() {
                        deadline = Instant::now() + self.world.scaled(self.world.timing.ring_timeout);
                    } else {
                        handset.answer();
                    }
                }
            }
        }
    }

    async fn callback(&mut self) {
        let Some(agent) = self.plan.answers.clone() else { return };
        let customer = self.plan.customer.clone();
        let callee = self.callee();
        if self.plan.customer_first {
            self.wait(callee.ring).await;
            if let Some(why) = unmet_by(callee.does) {
                self.stage.left(self.now(), &agent, why);
                return self.stage.ended(self.now(), None);
            }
        }
        self.stage.rings(self.now(), &agent);
        let Some(handset) = self.world.phones.ring(&agent, customer) else {
            self.stage.left(self.now(), &agent, EndReason::Busy);
            return self.stage.ended(self.now(), None);
        };
        let answers = self.plan.scenario != Scenario::CallbackAgentSilent;
        let rings = if answers { self.world.timing.answer_after } else { self.plan.ring };
        let unmet = match self.ring(&handset, rings, answers).await {
            RingOutcome::PickedUp => {
                if self.plan.customer_first {
                    None
                } else {
                    self.stage.picked_up(self.now(), &agent);
                    self.reach(&handset, callee).await
                }
            }
            RingOutcome::Refused => Some(EndReason::AgentHungUp),
            RingOutcome::TimedOut => Some(EndReason::NoAnswer),
        };
        if let Some(why) = unmet {
            self.stage.left(self.now(), &agent, why);
            // Whoever is told of the end may use the phone at once.
            drop(handset);
            return self.stage.ended(self.now(), None);
        }
        self.stage.answered(self.now(), &agent);
        self.talk_to_the_end(handset, callee.talk).await;
    }

    /// Why the phone of the one who clicked was not picked up; nothing when it was.
    async fn unmet(&self, handset: &Handset) -> Option<EndReason> {
        match self.ring(handset, self.world.timing.answer_after, true).await {
            RingOutcome::PickedUp => None,
            RingOutcome::Refused => Some(EndReason::AgentHungUp),
            RingOutcome::TimedOut => Some(EndReason::NoAnswer),
        }
    }

    /// The prompt, then the customer's side; what went wrong, or nothing when both talk.
    async fn reach(&mut self, handset: &Handset, callee: Callee) -> Option<EndReason> {
        let prompt = self.world.timing.prompt;
        if self.plan.scenario == Scenario::CallbackHungUp {
            self.wait(prompt / 2).await;
            return Some(EndReason::AgentHungUp);
        }
        if let Some(why) = self.talk(handset, prompt).await {
            return Some(why);
        }
        if callee.does == CalleeDoes::Unreachable {
            return Some(EndReason::Unreachable);
        }
        self.stage.dials_customer(self.now(), handset.extension());
        match self.talk(handset, callee.ring).await {
            Some(why) => Some(why),
            None => unmet_by(callee.does),
        }
    }

    async fn outgoing(&mut self) {
        let Some(agent) = self.plan.answers.clone() else { return };
        let customer = self.plan.customer.clone();
        let callee = Callee { ring: self.plan.ring, talk: self.plan.talk, ..self.callee() };
        let Some(handset) = self.world.phones.ring(&agent, customer) else {
            self.stage.left(self.now(), &agent, EndReason::Busy);
            return self.stage.ended(self.now(), None);
        };
        handset.answer();
        let unmet = match self.talk(&handset, callee.ring).await {
            Some(why) => Some(why),
            None => unmet_by(callee.does),
        };
        if let Some(why) = unmet {
            self.stage.left(self.now(), &agent, why);
            // Whoever is told of the end may use the phone at once.
            drop(handset);
            return self.stage.ended(self.now(), None);
        }
        self.stage.answered(self.now(), &agent);
        self.talk_and_pass_on(handset).await;
    }

    async fn internal(&mut self) {
        let [caller, called] = self.plan.rings.as_slice() else { return };
        let (caller, called) = (caller.clone(), called.clone());
        let mut own = self.world.phones.ring(&caller, Some(called.clone()));
        if let Some(phone) = &own {
            if !self.plan.clicked {
                phone.answer();
            } else if let Some(why) = self.unmet(phone).await {
                self.stage.left(self.now(), &caller, why);
                drop(own.take());
                return self.stage.ended(self.now(), None);
            }
        }
        self.stage.rings(self.now(), &called);
        let Some(handset) = self.world.phones.ring(&called, Some(caller)) else {
            self.stage.left(self.now(), &called, EndReason::Busy);
            drop(own);
            return self.stage.ended(self.now(), None);
        };
        let why = match self.ring(&handset, self.plan.ring, true).await {
            RingOutcome::PickedUp => {
                self.stage.answered(self.now(), &called);
                return self.talk_to_the_end(handset, self.plan.talk).await;
            }
            RingOutcome::Refused => EndReason::Refused,
            RingOutcome::TimedOut => EndReason::NoAnswer,
        };
        self.stage.left(self.now(), &called, why);
        drop((own, handset));
        self.stage.ended(self.now(), None);
    }

    /// Lets one phone ring; at the end of the time it is answered unless a hand or the script says otherwise.
    async fn ring(&self, handset: &Handset, length: Duration, answers: bool) -> RingOutcome {
        let mut changes = self.world.phones.watch();
        let started = Instant::now();
        let mut deadline = started + self.world.scaled(length);
        let give_up = started + self.world.scaled(self.world.timing.ring_timeout.max(length));
        loop {
            match handset.state() {
                PhoneState::Talking => return RingOutcome::PickedUp,
                PhoneState::Idle => return RingOutcome::Refused,
                PhoneState::Ringing => {}
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep_until(deadline) => {
                    if !answers || deadline >= give_up {
                        return RingOutcome::TimedOut;
                    }
                    if handset.is_left_ringing() {
                        deadline = give_up;
                    } else {
                        handset.answer();
                    }
                }
            }
        }
    }

    /// Lets them talk; why it ended early, or nothing when the time is over.
    async fn talk(&self, handset: &Handset, length: Duration) -> Option<EndReason> {
        let mut changes = self.world.phones.watch();
        let end = Instant::now() + self.world.scaled(length);
        loop {
            if handset.state() == PhoneState::Idle {
                return Some(EndReason::AgentHungUp);
            }
            tokio::select! {
                _ = changes.changed() => {}
                () = sleep_until(end) => return None,
            }
        }
    }

    /// Lets them talk and does what programs order meanwhile.
    async fn converse(&mut self, handset: &Handset, length: Duration) -> TalkOutcome {
        let mut changes = self.world.phones.watch();
        let end = Instant::now() + self.world.scaled(length);
        loop {
            if handset.state() == PhoneState::Idle {
                return TalkOutcome::HungUp;
            }
            tokio::select! {
                _ = changes.changed() => {}
                Some(order) = self.orders.recv() => match order {
                    Order::Hold if !self.held => {
                        self.held = true;
                        self.stage.held(self.now(), handset.extension());
                    }
                    Order::Retrieve if self.held => {
                        self.held = false;
                        self.stage.retrieved(self.now(), handset.extension());
                    }
                    Order::PassOn { to, passing } => return TalkOutcome::PassedOn { to, passing },
                    Order::Record(on) => self.plan.record = Some(on),
                    Order::Hold
                    | Order::Retrieve
                    | Order::HandOver
                    | Order::GiveUp
                    | Order::Join
                    | Order::HangUp
                    | Order::Take { .. } => {}
                },
                () = sleep_until(end) => return TalkOutcome::TimedOut,
            }
        }
    }

    async fn talk_to_the_end(&mut self, handset: Handset, length: Duration) {
        let began = Instant::now();
        let outcome = self.converse(&handset, length).await;
        let taken = began.elapsed().mul_f64(self.world.timing.speed);
        let (why, talked) = match outcome {
            TalkOutcome::TimedOut => (EndReason::CustomerHungUp, length),
            TalkOutcome::HungUp => (EndReason::AgentHungUp, taken),
            TalkOutcome::PassedOn { to, passing } => {
                // Boxed, since whoever gets the call may pass it on again.
                return Box::pin(self.pass_on_as_ordered(handset, &to, passing, length.saturating_sub(taken))).await;
            }
        };
        self.stage.left(self.now(), handset.extension(), why);
        drop(handset);
        // What was talked before the call was passed on belongs to the same recording.
        let before =
            if self.plan.transfer.is_some() && self.plan.scenario != Scenario::Taken { length } else { Duration::ZERO };
        self.end(before + talked).await;
    }

    async fn end(&mut self, talked: Duration) {
        self.wait(MOMENT).await;
        let topic = self.plan.topic.unwrap_or_else(|| self.world.topic());
        let recorded = self.plan.is_recorded(talked).then_some(Recorded { talk: talked, topic });
        self.stage.ended(self.now(), recorded);
    }

    fn callee(&self) -> Callee {
        let known = self.plan.customer.as_deref().map(|number| self.world.callee(number)).unwrap_or_default();
        let does = match self.plan.scenario {
            Scenario::CallbackCustomerSilent => CalleeDoes::Silent,
            Scenario::CallbackCustomerBusy => CalleeDoes::Busy,
            Scenario::CallbackCustomerUnreachable => CalleeDoes::Unreachable,
            Scenario::Callback => return Callee { talk: self.plan.talk, ..known },
            Scenario::CallbackAgentSilent
            | Scenario::CallbackHungUp
            | Scenario::Answered
            | Scenario::Missed
            | Scenario::Busy
            | Scenario::Group
            | Scenario::Transfer
            | Scenario::TransferUnanswered
            | Scenario::TransferReturned
            | Scenario::TransferConsulted
            | Scenario::TransferGivenUp
            | Scenario::TransferAbandoned
            | Scenario::Taken
            | Scenario::Internal
            | Scenario::Outgoing
            | Scenario::Reconnect
            | Scenario::Replay => known.does,
        };
        Callee { does, ..known }
    }

    fn now(&self) -> Timestamp {
        self.world.now()
    }

    async fn wait(&self, length: Duration) {
        tokio::time::sleep(self.world.scaled(length)).await;
    }
}
