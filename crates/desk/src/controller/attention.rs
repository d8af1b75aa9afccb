//! Desktop notifications: they stand in for the card where it cannot be placed, and remain of a missed call whose
//! card nobody put away.

use std::collections::BTreeMap;

use link::wire::Call;
use uuid::Uuid;

use super::Controller;
use crate::{
    cards::{Card, phase::phase},
    contract::{CallRef, CardPhase},
    language::language,
    ports::command_id,
    ui_port::{ActionKind, Notification, NotificationAction, UiPort},
    views::{
        party::{dial, line, party},
        row::call_ref,
    },
    words::Words,
};

/// Which notifications are up.
#[derive(Debug)]
pub(super) struct Attention {
    stands_in: bool,
    /// By name, with the command that its call-back button stands for: however often it is pressed, it is one call.
    up: BTreeMap<String, Uuid>,
}

impl Attention {
    /// With `stands_in` the card cannot be placed: notifications tell of ringing too.
    pub(super) fn new(stands_in: bool) -> Self {
        Self { stands_in, up: BTreeMap::new() }
    }
}

/// The name of a call's notification.
fn id_of(key: &CallRef) -> String {
    format!("{}/{}", key.office, key.id)
}

impl<U: UiPort> Controller<U> {
    pub(super) fn notify_ringing(&mut self, key: &CallRef) {
        let Some(card) =
            self.cards.find(key).filter(|card| self.attention.stands_in && card.phase == CardPhase::Ringing)
        else {
            return;
        };
        let notification = self.ringing(card);
        self.notify(notification);
    }

    pub(super) fn notify_phase(&mut self, key: &CallRef, phase: CardPhase) {
        if !self.attention.stands_in {
            return self.withdraw(key);
        }
        match phase {
            CardPhase::Ringing => return self.notify_ringing(key),
            CardPhase::Missed => {}
            CardPhase::PickUpYourPhone
            | CardPhase::Calling
            | CardPhase::Talking
            | CardPhase::OnHold
            | CardPhase::AnsweredBy
            | CardPhase::Ended
            | CardPhase::Busy
            | CardPhase::NoAnswer
            | CardPhase::Cancelled
            | CardPhase::Failed
            | CardPhase::UnknownOutcome => return self.withdraw(key),
        }
        if let Some(notification) = self.cards.find(key).map(|card| self.missed(card)) {
            self.notify(notification);
        }
    }

    pub(super) fn notify_closed(&mut self, card: &Card) {
        if card.phase != CardPhase::Missed {
            self.withdraw(&card.key);
        } else if !self.attention.stands_in {
            let notification = self.missed(card);
            self.notify(notification);
        }
    }

    /// What remains of a missed call goes when it turns out that somebody had answered.
    pub(super) fn correct_missed(&mut self, office: &str, call: &Call) {
        if self.attention.up.is_empty() || self.cards.has(office, call) {
            return;
        }
        let Some(me) = self.offices.get(office).map(super::office_desk::OfficeDesk::me) else { return };
        if phase(call, &me, None) == Some(CardPhase::Missed) {
            return;
        }
        for id in [Some(&call.id), call.redirected_from.as_ref()].into_iter().flatten() {
            self.withdraw(&call_ref(office, id));
        }
    }

    /// A button of a notification was pressed. One that was taken back meanwhile calls nobody.
    pub(super) fn notification_action(&mut self, id: &str, action: ActionKind) {
        let Some((office, call)) = id.rsplit_once('/') else { return };
        let call = CallRef { office: office.to_owned(), id: call.to_owned() };
        match action {
            ActionKind::CallBack => {
                if let Some(command) = self.attention.up.get(id).copied() {
                    self.call_back_unasked(call.clone(), command);
                }
            }
            ActionKind::Open => self.open_call(&call),
            ActionKind::Dismiss => {}
        }
        self.put_away(&call);
    }

    fn notify(&mut self, notification: Notification) {
        self.attention.up.insert(notification.id.clone(), command_id(&*self.chance));
        self.ui.notify(notification);
    }

    /// Takes a call's notification back, if one is up.
    pub(super) fn withdraw(&mut self, key: &CallRef) {
        let id = id_of(key);
        if self.attention.up.remove(&id).is_some() {
            self.ui.withdraw(&id);
        }
    }

    fn ringing(&self, card: &Card) -> Notification {
        let words = self.words();
        let body = match line(&card.call) {
            Some(line) => format!("{} · {line}", words.rings),
            None => words.rings.to_owned(),
        };
        let actions = [(ActionKind::Open, words.open), (ActionKind::Dismiss, words.dismiss)];
        notification(card, true, self.caller(card), body, &actions)
    }

    fn missed(&self, card: &Card) -> Notification {
        let words = self.words();
        let mut actions = vec![(ActionKind::Open, words.open)];
        let me = self.offices.get(&card.key.office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        if dial(&card.call, &me).is_some() {
            actions.insert(0, (ActionKind::CallBack, words.call_back));
        }
        notification(card, false, words.missed.to_owned(), self.caller(card), &actions)
    }

    fn caller(&self, card: &Card) -> String {
        let me = self.offices.get(&card.key.office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        let party = party(&card.call, &me);
        match (party.name, party.number) {
            (Some(name), Some(number)) => format!("{name}, {number}"),
            (Some(one), None) | (None, Some(one)) => one,
            (None, None) => self.words().hidden.to_owned(),
        }
    }

    fn words(&self) -> &'static Words {
        Words::of(language(&self.settings, &self.surroundings))
    }
}

fn notification(
    card: &Card,
    urgent: bool,
    title: String,
    body: String,
    actions: &[(ActionKind, &str)],
) -> Notification {
    let button = |(kind, label): &(ActionKind, &str)| NotificationAction { kind: *kind, label: (*label).to_owned() };
    Notification {
        id: id_of(&card.key),
        call: card.key.clone(),
        urgent,
        title,
        body,
        actions: actions.iter().map(button).collect(),
    }
}
