//! What follows when a card comes up, says something else, or goes.

use calls::CallId;
use link::wire::Call;

use super::{
    Controller,
    message::{Finished, Message},
    office_desk::OfficeDesk,
};
use crate::{
    cards::{Card, CardChange},
    contract::CallRef,
    last_talk::last_talk,
    ui_port::UiPort,
    views::party::dial,
};

impl<U: UiPort> Controller<U> {
    pub(super) fn follow(&mut self, changes: impl IntoIterator<Item = CardChange>) {
        for change in changes {
            self.screens.cards_changed();
            match change {
                CardChange::Shown(key) => {
                    self.look_up_last_talk(&key);
                    self.notify_ringing(&key);
                }
                CardChange::Phase(key, phase) => self.notify_phase(&key, phase),
                CardChange::Closed(card) => self.notify_closed(&card),
            }
        }
    }

    /// A talk with the party of a card may come to the database after the card: while the history is still being fetched,
    /// or when a colleague has talked to him meanwhile.
    pub(super) fn look_up_last_talks_again<'a>(&self, office: &str, changed: impl Iterator<Item = &'a Call>) {
        let me_of = |office: &str| self.offices.get(office).map(OfficeDesk::me).unwrap_or_default();
        let of = |card: &Card| dial(&card.call, &me_of(&card.key.office));
        let shown: Vec<(&Card, String)> =
            self.cards.shown().into_iter().filter_map(|card| Some((card, of(card)?))).collect();
        if shown.is_empty() {
            return;
        }
        let me = me_of(office);
        let talks: Vec<(&CallId, String)> = changed
            .filter(|call| call.ended_at.is_some() && call.answered_at.is_some())
            .filter_map(|call| Some((&call.id, dial(call, &me)?)))
            .collect();
        for (card, number) in shown {
            if talks.iter().any(|(call, of)| **call != card.call.id && *of == number) {
                self.look_up_last_talk(&card.key);
            }
        }
    }

    /// The card is up already; the talk is added when it was found.
    pub(super) fn look_up_last_talk(&self, key: &CallRef) {
        let Some(card) = self.cards.find(key) else { return };
        let me = self.offices.get(&key.office).map(OfficeDesk::me).unwrap_or_default();
        let Some(number) = dial(&card.call, &me) else { return };
        let (archive, key, this) = (self.archive.clone(), key.clone(), card.call.id.clone());
        self.beside(async move {
            let look = move || last_talk(&archive, &number, Some(&this));
            let found = tokio::task::spawn_blocking(look).await.ok()?;
            let talk = found.inspect_err(|error| tracing::warn!(%error, "the last talk cannot be read")).ok()??;
            Some(Message::Finished(Finished::LastTalk { card: key, talk }))
        });
    }
}
