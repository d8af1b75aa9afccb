//! Calls that one agent passes on to another, or takes from him.

use std::time::Duration;

use tokio::time::{Instant, sleep_until};

use super::{Live, MOMENT, RingOutcome};
use crate::phones::{Handset, PhoneState};
use crate::play::orders::Order;
use crate::play::stage::{EndReason, Passing};
use crate::script::Scenario;

/// How long a colleague lets the phone ring when a call is passed to him.
const TRANSFER_RING: Duration = Duration::from_secs(2);
/// How long colleagues talk about a customer who waits.
const CONSULTATION: Duration = Duration::from_secs(3);

impl Live {
    pub(super) async fn pass_on(&mut self, agent: Handset, target: &str) {
        let half = self.plan.talk / 2;
        if let Some(why) = self.talk(&agent, half).await {
            self.stage.left(self.now(), agent.extension(), why);
            drop(agent);
            return self.end(half).await;
        }
        self.stage.held(self.now(), agent.extension());
        self.wait(MOMENT).await;
        if self.plan.scenario.asks_first() {
            self.consult(agent, target, half).await;
        } else {
            self.pass_on_blindly(agent, target, half).await;
        }
    }

    /// The agent is gone before the colleague answers.
    async fn pass_on_blindly(&mut self, agent: Handset, target: &str, half: Duration) {
        let extension = agent.extension().to_owned();
        self.stage.passes_on(self.now(), &extension, target, Passing::Blind);
        let rung = self.world.phones.ring(target, self.plan.customer.clone());
        self.wait(MOMENT).await;
        self.stage.left(self.now(), &extension, EndReason::Transferred);
        drop(agent);
        self.stage.taken_over(self.now(), &extension, target, false);
        let Some(handset) = rung else {
            self.stage.left(self.now(), target, EndReason::Busy);
            return self.end(half).await;
        };
        let answers = !matches!(self.plan.scenario, Scenario::TransferUnanswered | Scenario::TransferReturned);
        let unmet = match self.ring(&handset, TRANSFER_RING, answers).await {
            RingOutcome::PickedUp => {
                self.stage.answered(self.now(), target);
                return self.talk_to_the_end(handset, half).await;
            }
            RingOutcome::Refused => EndReason::Refused,
            RingOutcome::TimedOut if self.plan.scenario == Scenario::TransferUnanswered => EndReason::CustomerHungUp,
            RingOutcome::TimedOut => EndReason::NoAnswer,
        };
        self.stage.left(self.now(), target, unmet);
        drop(handset);
        if self.plan.scenario == Scenario::TransferReturned {
            return self.come_back(&extension, target, half).await;
        }
        self.end(half).await;
    }

    /// Nobody answered: the call rings at the agent's phone again.
    async fn come_back(&mut self, agent: &str, target: &str, half: Duration) {
        self.stage.returns(self.now(), target, agent);
        let Some(handset) = self.world.phones.ring(agent, self.plan.customer.clone()) else {
            self.stage.left(self.now(), agent, EndReason::Busy);
            return self.end(half).await;
        };
        let unmet = match self.ring(&handset, TRANSFER_RING, true).await {
            RingOutcome::PickedUp => {
                self.stage.answered(self.now(), agent);
                return self.talk_to_the_end(handset, half).await;
            }
            RingOutcome::Refused => EndReason::Refused,
            RingOutcome::TimedOut => EndReason::NoAnswer,
        };
        self.stage.left(self.now(), agent, unmet);
        drop(handset);
        self.end(half).await;
    }

    /// The agent asks the colleague while the customer waits.
    async fn consult(&mut self, agent: Handset, target: &str, half: Duration) {
        let extension = agent.extension().to_owned();
        self.stage.passes_on(self.now(), &extension, target, Passing::Consulting);
        let unmet = match self.world.phones.ring(target, Some(extension.clone())) {
            None => EndReason::Busy,
            Some(colleague) => match self.ring(&colleague, TRANSFER_RING, true).await {
                RingOutcome::PickedUp => {
                    self.stage.answered(self.now(), target);
                    return self.consulted(agent, colleague, half).await;
                }
                RingOutcome::Refused => EndReason::Refused,
                RingOutcome::TimedOut => EndReason::NoAnswer,
            },
        };
        self.stage.left(self.now(), target, unmet);
        self.stage.retrieved(self.now(), &extension);
        self.talk_to_the_end(agent, half).await;
    }

    /// They have talked about the customer; who has him then.
    async fn consulted(&mut self, agent: Handset, colleague: Handset, half: Duration) {
        let (extension, target) = (agent.extension().to_owned(), colleague.extension().to_owned());
        self.wait(CONSULTATION).await;
        if self.plan.scenario == Scenario::TransferGivenUp {
            self.stage.left(self.now(), &target, EndReason::ColleagueHungUp);
            drop(colleague);
            self.stage.retrieved(self.now(), &extension);
            self.talk_to_the_end(agent, half).await;
        } else if self.plan.scenario == Scenario::TransferAbandoned {
            self.stage.left(self.now(), &extension, EndReason::CustomerHungUp);
            drop(agent);
            self.wait(CONSULTATION).await;
            self.stage.left(self.now(), &target, EndReason::ColleagueHungUp);
            drop(colleague);
            self.end(half).await;
        } else {
            self.stage.left(self.now(), &extension, EndReason::Transferred);
            drop(agent);
            self.stage.taken_over(self.now(), &extension, &target, true);
            self.talk_to_the_end(colleague, half).await;
        }
    }

    /// A program orders that the agent passes the call on.
    pub(super) async fn pass_on_as_ordered(&mut self, agent: Handset, to: &str, passing: Passing, left: Duration) {
        if !self.held {
            self.stage.held(self.now(), agent.extension());
        }
        self.held = false;
        match passing {
            Passing::Blind => self.pass_on_blindly(agent, to, left).await,
            Passing::Consulting => self.consult_as_ordered(agent, to, left).await,
        }
    }

    /// The agent asks the colleague, until a program says what becomes of it or somebody hangs up.
    async fn consult_as_ordered(&mut self, agent: Handset, to: &str, left: Duration) {
        let extension = agent.extension().to_owned();
        self.stage.passes_on(self.now(), &extension, to, Passing::Consulting);
        let rung = self.world.phones.ring(to, Some(extension.clone()));
        let unmet = match &rung {
            None => Some(EndReason::Busy),
            Some(colleague) => match self.ring(colleague, TRANSFER_RING, true).await {
                RingOutcome::PickedUp => None,
                RingOutcome::Refused => Some(EndReason::Refused),
                RingOutcome::TimedOut => Some(EndReason::NoAnswer),
            },
        };
        let colleague = match (rung, unmet) {
            (Some(colleague), None) => colleague,
            (_, why) => {
                self.stage.left(self.now(), to, why.unwrap_or(EndReason::NoAnswer));
                self.stage.retrieved(self.now(), &extension);
                return self.talk_to_the_end(agent, left).await;
            }
        };
        self.stage.answered(self.now(), to);
        let mut changes = self.world.phones.watch();
        let end = Instant::now() + self.world.scaled(left);
        let mut joined = false;
        loop {
            if colleague.state() == PhoneState::Idle {
                break;
            }
            // Whoever hangs up after asking hands the call over.
            if agent.state() == PhoneState::Idle {
                return self.hand_over(agent, colleague, left).await;
            }
            tokio::select! {
                _ = changes.changed() => {}
                Some(order) = self.orders.recv() => match order {
                    Order::HandOver => return self.hand_over(agent, colleague, left).await,
                    Order::GiveUp | Order::Retrieve => break,
                    Order::Join => {
                        joined = true;
                        self.stage.joined(self.now(), to);
                    }
                    Order::Record(on) => self.plan.record = Some(on),
                    Order::Hold | Order::PassOn { .. } | Order::HangUp | Order::Take { .. } => {}
                },
                () = sleep_until(end) => break,
            }
        }
        let gone = Instant::now() >= end;
        self.stage.left(self.now(), to, EndReason::ColleagueHungUp);
        drop(colleague);
        if gone {
            self.stage.left(self.now(), &extension, EndReason::CustomerHungUp);
            drop(agent);
            return self.end(left).await;
        }
        if !joined {
            self.stage.retrieved(self.now(), &extension);
        }
        self.talk_to_the_end(agent, left).await;
    }

    /// The colleague who was asked has the customer now.
    async fn hand_over(&mut self, agent: Handset, colleague: Handset, left: Duration) {
        let (extension, target) = (agent.extension().to_owned(), colleague.extension().to_owned());
        self.stage.left(self.now(), &extension, EndReason::Transferred);
        drop(agent);
        self.stage.taken_over(self.now(), &extension, &target, true);
        self.talk_to_the_end(colleague, left).await;
    }

    /// A program lets somebody take the call that rings elsewhere; nobody where his phone is in use.
    pub(super) fn take(&mut self, ringing: &mut Vec<Handset>, by: &str) -> Option<Handset> {
        let from = ringing.first()?.extension().to_owned();
        for other in ringing.drain(..).skip(1) {
            self.stage.left(self.now(), other.extension(), EndReason::AnsweredElsewhere);
        }
        self.stage.taken(self.now(), &from, by);
        let taker = self.world.phones.ring(by, self.plan.customer.clone());
        if let Some(taker) = &taker {
            taker.answer();
        } else {
            self.stage.left(self.now(), by, EndReason::Busy);
        }
        taker
    }

    /// Somebody takes the call that rings at the first phone.
    pub(super) async fn taken(&mut self, mut ringing: Vec<Handset>) {
        let (Some(by), handset) = (self.plan.transfer.clone(), ringing.remove(0)) else { return };
        self.wait(self.plan.ring).await;
        self.stage.taken(self.now(), handset.extension(), &by);
        drop((handset, ringing));
        let Some(taker) = self.world.phones.ring(&by, self.plan.customer.clone()) else {
            self.stage.left(self.now(), &by, EndReason::Busy);
            return self.end(Duration::ZERO).await;
        };
        taker.answer();
        self.stage.answered(self.now(), &by);
        self.talk_to_the_end(taker, self.plan.talk).await;
    }
}
