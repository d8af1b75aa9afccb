//! The cards of a desk: which calls have one, what each says, and when it goes.

mod closing;
mod decisions;
pub(crate) mod phase;
mod pop;

use std::collections::BTreeMap;

use calls::{CallId, CallState, CommandId, CommandState, number::DialNumber};
use jiff::Timestamp;
use link::wire::{Call, CardRule, CommandView};

pub(crate) use self::{
    closing::LINGER,
    decisions::Decisions,
    phase::Ordered,
    pop::{Arrival, rule},
};
use crate::{
    contract::{CallRef, CardPhase, LastTalk},
    me::Me,
    ports::Uptime,
    views::row::call_ref,
};

/// Cards that are shown at once.
const MOST: usize = 4;

/// The command that started a call, what its office last said of it, and what that amounts to.
type Origin = (CommandId, Option<CommandView>, Ordered);

/// One call's card.
#[derive(Debug, Clone)]
pub(crate) struct Card {
    /// The name that it had when it came up; pages and people's hands know it by this.
    pub(crate) key: CallRef,
    /// The call in its newest state.
    pub(crate) call: Call,
    /// What it says.
    pub(crate) phase: CardPhase,
    /// The last talk with this number, once looked up.
    pub(crate) last_talk: Option<LastTalk>,
    /// The number that this desk placed it to.
    pub(crate) number: Option<DialNumber>,
    command: Option<Origin>,
    /// The office has told of the call.
    told: bool,
    ordinal: u64,
    closes_at: Option<Uptime>,
}

impl Card {
    /// The PBX took the command, and nothing has shown its effect.
    pub(crate) fn not_confirmed(&self) -> bool {
        let Some((_, Some(view), ordered)) = &self.command else { return false };
        match view.state {
            CommandState::Accepted => view.detail.is_some(),
            CommandState::Unknown => ordered.taken,
            CommandState::Sent | CommandState::Confirmed | CommandState::Rejected => false,
        }
    }

    /// The call under the id that it has now.
    pub(crate) fn current(&self) -> CallRef {
        call_ref(&self.key.office, &self.call.id)
    }

    /// It says that a phone rings.
    pub(crate) fn rings(&self) -> bool {
        matches!(self.phase, CardPhase::Ringing | CardPhase::PickUpYourPhone)
    }

    /// It follows a call that goes on, as its office has told.
    pub(crate) fn follows_running_call(&self) -> bool {
        self.call.state != CallState::Ended && self.ordered().is_none_or(|ordered| ordered.taken)
    }

    fn ordered(&self) -> Option<Ordered> {
        self.command.as_ref().map(|(_, _, ordered)| *ordered)
    }

    fn is(&self, office: &str, call: &Call) -> bool {
        self.key.office == office
            && (self.call.id == call.id
                || call.redirected_from.as_ref() == Some(&self.call.id)
                || (call.command.is_some() && call.command == self.command.as_ref().map(|(id, _, _)| *id)))
    }
}

/// What became of a card.
#[derive(Debug, Clone)]
pub(crate) enum CardChange {
    /// It came up.
    Shown(CallRef),
    /// It says something else.
    Phase(CallRef, CardPhase),
    /// It went.
    Closed(Box<Card>),
}

/// All cards.
#[derive(Debug, Default)]
pub(crate) struct Cards {
    all: Vec<Card>,
    /// Running calls whose card was put away, and whether they ring: they come up again only when they ring anew.
    put_away: BTreeMap<(String, CallId), bool>,
    next: u64,
    /// A person writes on a card: none goes away under the hands meanwhile.
    held: bool,
}

impl Cards {
    /// Takes in a call's newest state: its card follows, or comes up if the policy says so. Answers the rule, too, where
    /// it was asked whether a card comes up.
    pub(crate) fn take(
        &mut self,
        office: &str,
        call: &Call,
        me: &Me,
        arrival: Arrival,
        times: Times,
    ) -> (Option<CardChange>, Option<CardRule>) {
        if let Some(place) = self.all.iter().position(|card| card.is(office, call)) {
            self.all[place].call = call.clone();
            self.all[place].told = true;
            return (self.settle(place, me, times.local), None);
        }
        if self.stays_away(office, call) {
            return (None, None);
        }
        let rule = rule(call, me, arrival, times.office);
        let shown = (rule == CardRule::Shown).then(|| phase::phase(call, me, None)).flatten();
        (shown.map(|phase| self.come_up(office, call, phase)), Some(rule))
    }

    fn come_up(&mut self, office: &str, call: &Call, phase: CardPhase) -> CardChange {
        let key = call_ref(office, &call.id);
        let ordered = Ordered { state: CommandState::Sent, taken: true, while_talking: false, others_first: false };
        let command = call.command.map(|id| (id, None, ordered));
        self.bring_up(key.clone(), call.clone(), phase, command, None);
        CardChange::Shown(key)
    }

    /// The card of this call was put away, and nothing has happened since that brings it up again.
    fn stays_away(&mut self, office: &str, call: &Call) -> bool {
        let known = [Some(&call.id), call.redirected_from.as_ref()].into_iter().flatten();
        let put_away = known.filter_map(|id| self.put_away.remove(&(office.to_owned(), id.clone()))).next();
        let Some(rang) = put_away else { return false };
        if call.state == CallState::Ended {
            return true;
        }
        let anew = call.rings_for_me && !rang;
        if !anew {
            self.put_away.insert((office.to_owned(), call.id.clone()), call.rings_for_me);
        }
        !anew
    }

    /// A call that this desk is about to place: its card is there before the PBX has answered.
    pub(crate) fn placing(
        &mut self,
        office: &str,
        call: Call,
        command: CommandId,
        number: DialNumber,
        ordered: Ordered,
    ) -> CallRef {
        let key = call_ref(office, &call.id);
        let phase = if ordered.others_first { CardPhase::Calling } else { CardPhase::PickUpYourPhone };
        self.bring_up(key.clone(), call, phase, Some((command, None, ordered)), Some(number));
        key
    }

    /// Where a command stands, as its office says.
    pub(crate) fn command(&mut self, office: &str, view: &CommandView, me: &Me, now: Uptime) -> Option<CardChange> {
        let place = self.placed(office, view.command)?;
        let card = &mut self.all[place];
        if let Some((_, seen, ordered)) = &mut card.command {
            let older = matches!(view.state, CommandState::Sent | CommandState::Accepted);
            if ordered.state == CommandState::Confirmed && older {
                return None;
            }
            ordered.taken |= matches!(view.state, CommandState::Accepted | CommandState::Confirmed);
            ordered.state = view.state;
            *seen = Some(view.clone());
        }
        let change = self.settle(place, me, now);
        let card = &mut self.all[place];
        // A call between others is not everybody's to see who asked for it: nothing more will be heard of it here.
        let stays = match view.state {
            CommandState::Confirmed => Some(closing::UNSEEN),
            CommandState::Unknown => closing::stays(CardPhase::UnknownOutcome),
            CommandState::Sent | CommandState::Accepted | CommandState::Rejected => None,
        };
        if let Some(stays) = stays.filter(|_| !card.told && card.ordered().is_some_and(|ordered| ordered.others_first))
        {
            card.closes_at.get_or_insert(now + stays);
        }
        change
    }

    /// The answer to placing was lost, or the PBX refused.
    pub(crate) fn not_placed(
        &mut self,
        office: &str,
        command: CommandId,
        state: CommandState,
        me: &Me,
        now: Uptime,
    ) -> Option<CardChange> {
        let place = self.placed(office, command)?;
        if let Some((_, _, ordered)) = &mut self.all[place].command {
            // An event has shown already that the PBX took it.
            if ordered.taken {
                return None;
            }
            ordered.state = state;
        }
        self.settle(place, me, now)
    }

    /// The call may no longer be seen.
    pub(crate) fn gone(&mut self, office: &str, id: &CallId) -> Option<CardChange> {
        self.put_away.remove(&(office.to_owned(), id.clone()));
        let place = self.all.iter().position(|card| card.key.office == office && card.call.id == *id)?;
        let card = self.all.remove(place);
        Some(CardChange::Closed(Box::new(card)))
    }

    /// The person has seen it.
    pub(crate) fn put_away(&mut self, key: &CallRef) -> Option<Card> {
        let place = self.all.iter().position(|card| card.key == *key)?;
        let card = self.all.remove(place);
        if card.call.state != CallState::Ended {
            self.put_away.insert((card.key.office.clone(), card.call.id.clone()), card.call.rings_for_me);
        }
        Some(card)
    }

    /// An office was removed, or what its cards say cannot be true any more.
    pub(crate) fn drop_of(&mut self, office: &str, which: impl Fn(&Card) -> bool) -> Vec<CardChange> {
        self.close(|card| card.key.office == office && which(card))
    }

    /// What was put away of an office that is no more.
    pub(crate) fn forget_office(&mut self, office: &str) {
        self.put_away.retain(|(of, _), _| of != office);
    }

    /// A person begins or ends writing on a card. What would have gone meanwhile stays a moment longer.
    pub(crate) fn hold(&mut self, held: bool, now: Uptime) {
        if self.held && !held {
            let soon = now + LINGER;
            for at in self.all.iter_mut().filter_map(|card| card.closes_at.as_mut()) {
                *at = soon.max(*at);
            }
        }
        self.held = held;
    }

    /// Takes away what has stayed long enough.
    pub(crate) fn expire(&mut self, now: Uptime) -> Vec<CardChange> {
        if self.held {
            return Vec::new();
        }
        self.close(|card| card.closes_at.is_some_and(|at| at <= now))
    }

    fn close(&mut self, which: impl Fn(&mut Card) -> bool) -> Vec<CardChange> {
        self.all.extract_if(.., |card| which(card)).map(|card| CardChange::Closed(Box::new(card))).collect()
    }

    /// When [`Cards::expire`] has something to do.
    pub(crate) fn next_deadline(&self) -> Option<Uptime> {
        self.all.iter().filter(|_| !self.held).filter_map(|card| card.closes_at).min()
    }

    /// The card that goes by this name.
    pub(crate) fn find(&self, key: &CallRef) -> Option<&Card> {
        self.all.iter().find(|card| card.key == *key)
    }

    /// The same, to fill in what was looked up.
    pub(crate) fn find_mut(&mut self, key: &CallRef) -> Option<&mut Card> {
        self.all.iter_mut().find(|card| card.key == *key)
    }

    /// The call has a card.
    pub(crate) fn has(&self, office: &str, call: &Call) -> bool {
        self.all.iter().any(|card| card.is(office, call))
    }

    /// There is such a card of this office, and nobody writes on any.
    pub(crate) fn may_drop(&self, office: &str, which: impl Fn(&Card) -> bool) -> bool {
        !self.held && self.all.iter().any(|card| card.key.office == office && which(card))
    }

    /// What is shown: newest first; where there are too many, calls that go on before calls that are over.
    pub(crate) fn shown(&self) -> Vec<&Card> {
        let mut shown: Vec<&Card> = self.all.iter().collect();
        shown.sort_by_key(|card| (card.closes_at.is_some(), std::cmp::Reverse(card.ordinal)));
        shown.truncate(MOST);
        shown.sort_by_key(|card| std::cmp::Reverse(card.ordinal));
        shown
    }

    /// How many calls have a card, shown or not.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    fn bring_up(
        &mut self,
        key: CallRef,
        call: Call,
        phase: CardPhase,
        command: Option<Origin>,
        number: Option<DialNumber>,
    ) {
        self.next += 1;
        let (ordinal, last_talk, closes_at, told) = (self.next, None, None, number.is_none());
        self.all.push(Card { key, call, phase, last_talk, number, command, told, ordinal, closes_at });
    }

    fn placed(&self, office: &str, command: CommandId) -> Option<usize> {
        self.all.iter().position(|card| {
            card.key.office == office && card.command.as_ref().is_some_and(|(id, _, _)| *id == command)
        })
    }

    /// Derives the phase anew and sets when the card goes.
    fn settle(&mut self, place: usize, me: &Me, now: Uptime) -> Option<CardChange> {
        let card = &mut self.all[place];
        let Some(phase) = phase::phase(&card.call, me, card.ordered()) else {
            card.closes_at.get_or_insert(now + LINGER);
            return None;
        };
        let lingered = card.closes_at.is_some() && closing::stays(card.phase).is_none();
        if phase == card.phase && !lingered {
            return None;
        }
        card.closes_at = closing::stays(phase).map(|stays| now + stays);
        let changed = phase != card.phase;
        card.phase = phase;
        changed.then(|| CardChange::Phase(card.key.clone(), phase))
    }
}

/// The two clocks that a state is taken in by.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Times {
    /// The one that nobody sets: closes cards.
    pub(crate) local: Uptime,
    /// The office's: says how old a call is.
    pub(crate) office: Timestamp,
}
