//! Why this desk showed cards, or did not: what is to be reported to the offices, and what has been said of the newest
//! calls already.

use std::{
    collections::{BTreeMap, VecDeque},
    time::Duration,
};

use calls::CallId;
use jiff::Timestamp;
use link::wire::{CardDecision, CardRule, LARGEST_REPORT};

use crate::{contract::CardsView, ports::Uptime};

/// Decisions that come within this time are reported together.
pub(crate) const TOGETHER: Duration = Duration::from_secs(1);
/// Calls of which it is known what was said.
const REMEMBERED: usize = 2000;
/// Decisions that wait for an office that cannot be asked: the newest.
const WAITING: usize = 5000;

type Key = (String, CallId);

/// A card that came up.
#[derive(Debug)]
struct Unpainted {
    decided_at: Timestamp,
    /// The revision of the window that first shows it; absent while it has no place there.
    revision: Option<u32>,
}

/// What is to be reported.
#[derive(Debug, Default)]
pub(crate) struct Decisions {
    /// What was decided of the newest calls.
    known: BTreeMap<Key, CardRule>,
    order: VecDeque<Key>,
    /// Not reported yet.
    waiting: BTreeMap<Key, CardDecision>,
    /// Cards that came up, until they are painted.
    unpainted: BTreeMap<Key, Unpainted>,
    due: Option<Uptime>,
}

impl Decisions {
    /// A call that has no card was looked at. What says nothing new is passed over: that a call is over says why there
    /// was no card only where nothing else does.
    pub(crate) fn decided(&mut self, office: &str, call: &CallId, rule: CardRule, at: Timestamp, now: Uptime) {
        let key = (office.to_owned(), call.clone());
        match self.known.get(&key) {
            Some(known) if *known == rule || rule == CardRule::Over => return,
            Some(_) => {}
            None => {
                if self.order.len() == REMEMBERED
                    && let Some(oldest) = self.order.pop_front()
                {
                    self.known.remove(&oldest);
                    self.unpainted.remove(&oldest);
                }
                self.order.push_back(key.clone());
            }
        }
        self.known.insert(key.clone(), rule);
        if rule == CardRule::Shown {
            self.unpainted.insert(key.clone(), Unpainted { decided_at: at, revision: None });
        }
        self.report(key, CardDecision { call: call.clone(), rule, decided_at: at, painted_at: None }, now);
    }

    /// The card window is told this. A card that came up and is not in it has no place.
    pub(crate) fn published(&mut self, view: &CardsView, now: Uptime) {
        for (key, card) in self.unpainted.iter_mut().filter(|(_, card)| card.revision.is_none()) {
            let (office, call) = key;
            let is_in = view.cards.iter().any(|card| card.call.office == *office && card.call.id == call.as_str());
            if is_in {
                card.revision = Some(view.revision);
            }
            let rule = if is_in { CardRule::Shown } else { CardRule::NoPlace };
            if self.known.get(key) == Some(&rule) {
                continue;
            }
            self.known.insert(key.clone(), rule);
            let decision = CardDecision { call: call.clone(), rule, decided_at: card.decided_at, painted_at: None };
            self.waiting.insert(key.clone(), decision);
            self.due.get_or_insert(now + TOGETHER);
        }
    }

    /// This revision of the card window was painted.
    pub(crate) fn painted(&mut self, revision: u32, office_now: impl Fn(&str) -> Option<Timestamp>, now: Uptime) {
        let is_painted = |_: &Key, card: &mut Unpainted| card.revision.is_some_and(|first| first <= revision);
        let painted: Vec<_> = self.unpainted.extract_if(.., is_painted).collect();
        for (key, Unpainted { decided_at, .. }) in painted {
            let Some(at) = office_now(&key.0) else { continue };
            let (call, rule) = (key.1.clone(), CardRule::Shown);
            self.report(key, CardDecision { call, rule, decided_at, painted_at: Some(at) }, now);
        }
    }

    /// When something is to be reported.
    pub(crate) fn due(&self) -> Option<Uptime> {
        self.due
    }

    /// Takes what is to be reported now, by office.
    pub(crate) fn take(&mut self, now: Uptime) -> BTreeMap<String, Vec<CardDecision>> {
        let mut reports: BTreeMap<String, Vec<CardDecision>> = BTreeMap::new();
        if self.due.is_none_or(|due| now < due) {
            return reports;
        }
        self.due = None;
        let mut left = BTreeMap::new();
        for (key, decision) in std::mem::take(&mut self.waiting) {
            let report = reports.entry(key.0.clone()).or_default();
            if report.len() < LARGEST_REPORT {
                report.push(decision);
            } else {
                left.insert(key, decision);
            }
        }
        if !left.is_empty() {
            self.due = Some(now + TOGETHER);
        }
        self.waiting = left;
        reports
    }

    /// An office could not be asked: it is told later, unless something newer was decided meanwhile.
    pub(crate) fn put_back(&mut self, office: &str, decisions: Vec<CardDecision>, again_at: Uptime) {
        for decision in decisions {
            if self.waiting.len() < WAITING {
                let newer = self.waiting.entry((office.to_owned(), decision.call.clone()));
                let was_shown = decision.rule == CardRule::Shown;
                let kept = newer.or_insert_with(|| decision.clone());
                if was_shown && kept.rule != CardRule::Shown {
                    *kept = decision;
                }
            }
        }
        self.due.get_or_insert(again_at);
    }

    /// The office is looked at no more.
    pub(crate) fn forget_office(&mut self, office: &str) {
        self.known.retain(|(of, _), _| of != office);
        self.order.retain(|(of, _)| of != office);
        self.waiting.retain(|(of, _), _| of != office);
        self.unpainted.retain(|(of, _), _| of != office);
    }

    /// A card that was shown stays shown, whatever is decided before that was reported.
    fn report(&mut self, key: Key, decision: CardDecision, now: Uptime) {
        let is_shown = |decision: &CardDecision| decision.rule == CardRule::Shown;
        if is_shown(&decision) || !self.waiting.get(&key).is_some_and(is_shown) {
            self.waiting.insert(key, decision);
        }
        self.due.get_or_insert(now + TOGETHER);
    }
}
