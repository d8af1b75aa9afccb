//! Commands: calls that are placed, actions on calls, and what may be asked at all.

use std::{sync::PoisonError, time::Duration};

use calls::{Abilities, Ability, ActOn, Action, Can, Cannot, CommandAnswer, CommandId};
use tokio::time::Instant;

use super::{Driver, Patience};
use crate::{
    error::{Error, ErrorKind},
    request::{Answer, Request},
    traits::{ActStep, GroupCallback, Pbx},
};

/// How long a right that was refused is not asked for again.
const LACKING: Duration = Duration::from_secs(15 * 60);
/// How long a step of an action may take to show its effect, before the next is sent.
const TAKES_EFFECT: Duration = Duration::from_secs(4);
/// How often that is looked for.
const LOOK: Duration = Duration::from_millis(50);

impl Driver {
    /// What may be asked now, with the reason of each "no": what the PBX said for this extension's session or for the
    /// whole connection, otherwise what the connection's settings or the make's description say.
    pub fn abilities(&self, extension: Option<&str>) -> Abilities {
        let rights = self.rights.read().unwrap_or_else(PoisonError::into_inner);
        let told = extension.and_then(|extension| rights.get(extension)).or_else(|| rights.get(""));
        let abilities = told.copied().unwrap_or_else(|| self.capability().abilities);
        match *self.lacking.read().unwrap_or_else(PoisonError::into_inner) {
            Some((ability, until)) if Instant::now() < until => abilities.without(&[ability], Cannot::NoRight),
            Some(_) | None => abilities,
        }
    }

    /// The PBX said what may be asked through this extension's session; `""` is the whole connection.
    pub fn set_rights(&self, extension: &str, abilities: Abilities) {
        self.rights.write().unwrap_or_else(PoisonError::into_inner).insert(extension.to_owned(), abilities);
    }

    /// Commands that somebody asked for at this moment.
    pub fn commands(&self, asked: Instant) -> Commands<'_> {
        Commands { driver: self, patience: Patience::of_command(asked) }
    }

    /// Reads what the make needs to know of an agent whose phone is to be rung: nothing is placed yet, so whatever goes
    /// wrong, nothing was.
    async fn look_up(&self, agent: &str, patience: Patience) -> Result<(), Error> {
        let looking = async {
            // Two who dial at once want the same answers, which the PBX gives once.
            let _turn = self.looking_up.lock().await;
            while let Some(request) = self.pbx.lookup(agent) {
                let answer = self.exchange_once(&request, patience).await?;
                self.pbx.read_lookup(agent, &answer)?;
            }
            Ok(())
        };
        let slow = || Error::new(ErrorKind::Timeout, "the PBX takes too long to say who has this extension; try again");
        tokio::time::timeout_at(patience.until, looking).await.unwrap_or_else(|_| Err(slow()))
    }

    async fn place(
        &self,
        command: CommandId,
        extension: Option<&str>,
        ability: Ability,
        patience: Patience,
        request: impl FnOnce(&dyn Pbx) -> Result<Request, Error>,
    ) -> CommandAnswer {
        let sent = match self.abilities(extension).of(ability) {
            Can::No(why) => return CommandAnswer::Rejected { command, reason: why.sentence(ability) },
            Can::Yes => self.send_once(request(&*self.pbx), patience).await,
        };
        if let Ok(answer) = &sent
            && self.pbx.lacks_right(ability, answer)
        {
            *self.lacking.write().unwrap_or_else(PoisonError::into_inner) = Some((ability, Instant::now() + LACKING));
        }
        if matches!(sent, Err(Failed::Lost)) {
            self.pbx.originate_lost(command);
        }
        sent.map_or_else(|failed| failed.answer(command), |answer| self.pbx.read_originate(command, &answer))
    }

    /// Sends the requests of an action, each after the answer to the one before; what came of it. Once one of them has
    /// acted, what hinders the rest leaves the outcome unknown: the action was not refused.
    async fn send_all(
        &self,
        command: CommandId,
        on: &ActOn,
        action: &Action,
        patience: Patience,
    ) -> Result<CommandAnswer, Failed> {
        let mut answer = self.send_once(self.pbx.act(command, on, action), patience).await?;
        let (mut step, mut waits_until) = (1, Instant::now() + TAKES_EFFECT);
        loop {
            match self.pbx.act_next(on, action, step, &answer).map_err(|_| Failed::Lost)? {
                ActStep::Done => {
                    let answer = self.pbx.read_act(command, action, &answer);
                    let is_refused = matches!(answer, CommandAnswer::Rejected { .. });
                    return if is_refused && step > 1 { Err(Failed::Lost) } else { Ok(answer) };
                }
                ActStep::Send(request) => {
                    answer = self.send_once(Ok(*request), patience).await.map_err(|_| Failed::Lost)?;
                    (step, waits_until) = (step + 1, Instant::now() + TAKES_EFFECT);
                }
                ActStep::Stop(why) => return Err(Failed::Stopped(why)),
                ActStep::Wait(why) if Instant::now() >= waits_until => return Err(Failed::Stopped(why)),
                ActStep::Wait(_) => tokio::time::sleep(LOOK).await,
            }
        }
    }

    /// Sends a command, soon or not at all.
    async fn send_once(&self, request: Result<Request, Error>, patience: Patience) -> Result<Answer, Failed> {
        let request = request.map_err(Failed::Unsent)?;
        self.exchange_once(&request, patience)
            .await
            .map_err(|error| if error.unsent() { Failed::Unsent(error) } else { Failed::Lost })
    }
}

/// Commands that somebody asked for at one moment: each is sent within five seconds of it or refused with the reason, and
/// once at most; a lost answer is an unknown outcome.
#[derive(Debug, Clone, Copy)]
pub struct Commands<'a> {
    driver: &'a Driver,
    patience: Patience,
}

impl Commands<'_> {
    /// Rings `from`, then dials `to`.
    pub async fn originate(self, command: CommandId, from: &str, to: &str) -> CommandAnswer {
        self.place_for(command, from, Ability::Originate, |pbx| pbx.originate(command, from, to)).await
    }

    /// Rings `to`, then `from`.
    pub async fn originate_customer_first(self, command: CommandId, from: &str, to: &str) -> CommandAnswer {
        let request = |pbx: &dyn Pbx| pbx.originate_customer_first(command, from, to);
        self.place_for(command, from, Ability::CustomerFirst, request).await
    }

    /// Places a call for an agent, once the make knows what it has to of him.
    async fn place_for(
        self,
        command: CommandId,
        from: &str,
        ability: Ability,
        request: impl FnOnce(&dyn Pbx) -> Result<Request, Error>,
    ) -> CommandAnswer {
        let Self { driver, patience } = self;
        if driver.abilities(Some(from)).can(ability)
            && let Err(error) = driver.look_up(from, patience).await
        {
            return CommandAnswer::Rejected { command, reason: error.to_string() };
        }
        driver.place(command, Some(from), ability, patience, request).await
    }

    /// Rings a group and a number.
    pub async fn call_back_for_group(self, command: CommandId, callback: &GroupCallback<'_>) -> CommandAnswer {
        let request = |pbx: &dyn Pbx| pbx.call_back_for_group(command, callback);
        self.driver.place(command, None, Ability::GroupCallback, self.patience, request).await
    }

    /// Does something with a call.
    pub async fn act(self, command: CommandId, on: &ActOn, action: &Action) -> CommandAnswer {
        let Self { driver, patience } = self;
        let ability = action.ability();
        let sent = match driver.abilities(on.extension.as_deref()).of(ability) {
            Can::No(why) => return CommandAnswer::Rejected { command, reason: why.sentence(ability) },
            Can::Yes => driver.send_all(command, on, action, patience).await,
        };
        sent.unwrap_or_else(|failed| failed.answer(command))
    }
}

/// Why a command has no answer.
enum Failed {
    /// Nothing of it reached the PBX.
    Unsent(Error),
    /// It may have acted.
    Lost,
    /// It is not gone on with. This says what was done and what was not.
    Stopped(&'static str),
}

impl Failed {
    fn answer(&self, command: CommandId) -> CommandAnswer {
        match self {
            Self::Unsent(error) => CommandAnswer::Rejected { command, reason: error.to_string() },
            Self::Lost => CommandAnswer::Unknown { command },
            Self::Stopped(why) => CommandAnswer::Rejected { command, reason: (*why).to_owned() },
        }
    }
}
