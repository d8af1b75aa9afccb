//! Desktop notifications: they stand in for the card where it cannot be placed, and remain of a missed call whose
//! card nobody put away.

use std::collections::BTreeMap;

use link::wire::Call;
use uuid::Uuid;

use super::{Controller, message::PressedCallBack};
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
    /// By name, with the command that its call-back button stands for (however often it is pressed, it is one call) and
    /// its words for the caller.
    up: BTreeMap<String, (Uuid, String)>,
}

impl Attention {
    /// With `stands_in` the card cannot be placed: notifications tell of ringing too.
    pub(super) fn new(stands_in: bool) -> Self {
        Self { stands_in, up: BTreeMap::new() }
    }
}

/// The call that a notification of this name is about.
fn call_of(id: &str) -> Option<CallRef> {
    let (office, call) = id.rsplit_once('/')?;
    Some(CallRef { office: office.to_owned(), id: call.to_owned() })
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
        let (notification, from) = (self.ringing(card), self.caller(card));
        self.notify(notification, from);
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
            | CardPhase::OwnPhoneBusy
            | CardPhase::Busy
            | CardPhase::NoAnswer
            | CardPhase::Cancelled
            | CardPhase::Failed
            | CardPhase::UnknownOutcome => return self.withdraw(key),
        }
        if let Some(card) = self.cards.find(key) {
            let (notification, from) = (self.missed(card), self.caller(card));
            self.notify(notification, from);
        }
    }

    pub(super) fn notify_closed(&mut self, card: &Card) {
        if card.phase != CardPhase::Missed {
            self.withdraw(&card.key);
        } else if !self.attention.stands_in {
            let (notification, from) = (self.missed(card), self.caller(card));
            self.notify(notification, from);
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

    /// A button of a notification was pressed that calls nobody.
    pub(super) fn notification_action(&mut self, id: &str, action: ActionKind) {
        let Some(call) = call_of(id) else { return };
        if action == ActionKind::Open {
            self.open_call(&call);
        }
        self.put_away(&call);
    }

    /// The button that calls back was pressed. One that was taken back meanwhile calls nobody.
    pub(super) fn call_back_pressed(&mut self, id: &str) -> Option<PressedCallBack> {
        let call = call_of(id)?;
        let (command, from) = self.attention.up.get(id).cloned()?;
        let known = self.cards.find(&call).map(|card| card.call.clone());
        self.put_away(&call);
        Some(PressedCallBack { call, command: command.to_string(), known, from })
    }

    /// Nobody waits for what comes of a button of a notification: that it failed is told by another.
    pub(super) fn notify_not_called_back(&mut self, call: &CallRef, from: String) {
        let words = self.words();
        let notification = Notification {
            id: id_of(call),
            call: call.clone(),
            urgent: false,
            title: words.not_called_back.to_owned(),
            body: from.clone(),
            actions: vec![NotificationAction { kind: ActionKind::Open, label: words.open.to_owned() }],
        };
        self.notify(notification, from);
    }

    fn notify(&mut self, notification: Notification, from: String) {
        self.attention.up.insert(notification.id.clone(), (command_id(&*self.chance), from));
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
