//! Commands of this desk that place calls, and what came of each: so that the same request, made again, calls nobody twice.

use std::{collections::BTreeMap, time::Duration};

use calls::CommandId;

use super::message::{Key, Reply, reply};
use crate::{
    contract::{CallRef, ContractError, PlacedView},
    ports::Uptime,
};

/// A command is forgotten this long after it was given, unless its call goes on: by then no click means it any more.
const KEPT: Duration = Duration::from_secs(3_600);

/// What came of placing a call.
pub(super) type Outcome = Result<PlacedView, ContractError>;

/// One command.
struct Placement {
    office: String,
    given_at: Uptime,
    state: State,
    /// What came of the call is known: whoever calls back once more means another call.
    over: bool,
}

/// Where a command stands.
enum State {
    /// Its office was asked; these wait for the answer.
    Asked { card: CallRef, waiting: Vec<Reply<Outcome>> },
    /// The office has answered; asked again, it answers the same.
    Answered(Outcome),
}

/// All of them.
#[derive(Default)]
pub(super) struct Placements {
    all: BTreeMap<CommandId, Placement>,
    /// The newest command that called each call back.
    called_back: BTreeMap<Key, CommandId>,
}

/// What is known of a command whose office has answered.
pub(super) struct Waiting {
    pub(super) card: CallRef,
    pub(super) to: Vec<Reply<Outcome>>,
}

impl Placements {
    /// Answers a request that was told before, or lets it wait for its answer; gives the way back where it is new.
    pub(super) fn repeated(&mut self, command: CommandId, to: Reply<Outcome>) -> Option<Reply<Outcome>> {
        match self.all.get_mut(&command).map(|known| &mut known.state) {
            Some(State::Asked { waiting, .. }) => waiting.push(to),
            Some(State::Answered(outcome)) => reply(to, outcome.clone()),
            None => return Some(to),
        }
        None
    }

    /// Its office was asked.
    pub(super) fn asked(&mut self, command: CommandId, office: &str, card: CallRef, to: Reply<Outcome>, now: Uptime) {
        let state = State::Asked { card, waiting: vec![to] };
        self.all.insert(command, Placement { office: office.to_owned(), given_at: now, state, over: false });
    }

    /// Who waits for the answer to this command, and its card; `None` once it was given.
    pub(super) fn waiting(&mut self, command: CommandId) -> Option<Waiting> {
        match &mut self.all.get_mut(&command)?.state {
            State::Asked { card, waiting } => Some(Waiting { card: card.clone(), to: std::mem::take(waiting) }),
            State::Answered(_) => None,
        }
    }

    /// The office has answered; `over` where that says what came of the call.
    pub(super) fn answered(&mut self, command: CommandId, outcome: Outcome, over: bool) {
        if let Some(known) = self.all.get_mut(&command) {
            known.state = State::Answered(outcome);
            known.over |= over;
        }
    }

    /// What came of this command's call is known.
    pub(super) fn over(&mut self, command: CommandId) {
        if let Some(known) = self.all.get_mut(&command) {
            known.over = true;
        }
    }

    /// The command by which this call is called back: the one before, as long as nobody knows what came of it. A button
    /// that stays up brings the same identity again, and gets a fresh one.
    pub(super) fn calling_back(
        &mut self,
        call: Key,
        command: CommandId,
        fresh: impl FnOnce() -> CommandId,
    ) -> CommandId {
        let goes_on = |known: &CommandId| self.all.get(known).is_some_and(|known| !known.over);
        if let Some(known) = self.called_back.get(&call).copied().filter(goes_on) {
            return known;
        }
        let command = if self.all.contains_key(&command) { fresh() } else { command };
        self.called_back.insert(call, command);
        command
    }

    /// Forgets what no click means any more.
    pub(super) fn forget_old(&mut self, now: Uptime, goes_on: impl Fn(CommandId) -> bool) {
        self.all.retain(|command, known| {
            let waits = matches!(known.state, State::Asked { .. });
            waits || known.given_at + KEPT > now || !known.over && goes_on(*command)
        });
        self.forget_unused();
    }

    /// An office that is no more.
    pub(super) fn forget_office(&mut self, office: &str) {
        self.all.retain(|_, known| known.office != office || matches!(known.state, State::Asked { .. }));
        self.forget_unused();
    }

    fn forget_unused(&mut self) {
        self.called_back.retain(|_, command| self.all.contains_key(command));
    }
}

#[cfg(test)]
mod tests {
    use tokio::sync::oneshot;
    use uuid::Uuid;

    use super::*;

    fn command(number: u128) -> CommandId {
        CommandId(Uuid::from_u128(number))
    }

    fn answered(placements: &mut Placements, number: u128, over: bool, now: Uptime) {
        let card = CallRef { office: "own".into(), id: number.to_string() };
        placements.asked(command(number), "own", card.clone(), oneshot::channel().0, now);
        placements.answered(command(number), Ok(PlacedView { call: card }), over);
    }

    fn is_known(placements: &mut Placements, number: u128) -> bool {
        placements.repeated(command(number), oneshot::channel().0).is_none()
    }

    #[test]
    fn what_no_click_means_any_more_is_forgotten() {
        let mut placements = Placements::default();
        answered(&mut placements, 1, true, Uptime::ZERO);
        answered(&mut placements, 2, false, Uptime::ZERO);
        answered(&mut placements, 3, false, Uptime::ZERO);
        answered(&mut placements, 4, true, KEPT);
        let card = CallRef { office: "own".into(), id: "5".into() };
        placements.asked(command(5), "own", card, oneshot::channel().0, Uptime::ZERO);
        for number in 1..=4 {
            let key = ("own".to_owned(), format!("{number}aaaaaaaa"));
            placements.called_back.insert((key.0, call_id(&key.1)), command(number));
        }
        placements.forget_old(KEPT - Duration::from_secs(1), |_| false);
        assert_eq!(placements.all.len(), 5);
        placements.forget_old(KEPT, |goes_on| goes_on == command(3));
        let known: Vec<bool> = (1..=5).map(|number| is_known(&mut placements, number)).collect();
        assert_eq!(known, [false, false, true, true, true]);
        assert_eq!(placements.called_back.len(), 2, "those of the third and fourth");
        placements.forget_office("own");
        assert_eq!((placements.all.len(), placements.called_back.len()), (1, 0), "an answer is still waited for");
    }

    fn call_id(vendor: &str) -> calls::CallId {
        calls::CallId::of_vendor(&"rt1".parse().expect("valid"), vendor)
    }
}
