//! What follows when a card comes up, says something else, or goes.

use super::{
    Controller,
    message::{Finished, Message},
};
use crate::{
    archive::{Archive, Kept, NOTE},
    cards::CardChange,
    contract::{CallRef, LastTalk},
    ui_port::UiPort,
    views::{
        party::{agent, dial},
        row::talk_ms,
    },
};

/// Calls with a number that are looked through for the last talk.
const LOOK_BACK: usize = 20;

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

    /// The card is up already; the talk is added when it was found.
    pub(super) fn look_up_last_talk(&self, key: &CallRef) {
        let Some(card) = self.cards.find(key) else { return };
        let me = self.offices.get(&key.office).map(super::office_desk::OfficeDesk::me).unwrap_or_default();
        let Some(number) = dial(&card.call, &me) else { return };
        let (archive, key, this) = (self.archive.clone(), key.clone(), card.call.id.clone());
        self.beside(async move {
            let look = move || {
                let calls = archive.with_number(&number, LOOK_BACK)?;
                Ok::<_, store::Error>(
                    calls.into_iter().filter(|kept| kept.call.id != this).find_map(|kept| talk(&archive, &kept)),
                )
            };
            let found = tokio::task::spawn_blocking(look).await.ok()?;
            let talk = found.inspect_err(|error| tracing::warn!(%error, "the last talk cannot be read")).ok()??;
            Some(Message::Finished(Finished::LastTalk { card: key, talk }))
        });
    }
}

/// The talk of a call, with the newest note about it. Blocks on the database.
fn talk(archive: &Archive, kept: &Kept) -> Option<LastTalk> {
    let at = kept.call.answered_at?;
    let talk_ms = talk_ms(&kept.call)?;
    let facts = archive.facts(&kept.office, &kept.call.id).unwrap_or_default();
    let note = facts.iter().rfind(|shown| shown.fact.kind == NOTE).and_then(|shown| shown.fact.value.as_str());
    Some(LastTalk { at, agent: agent(&kept.call), talk_ms, note: note.map(str::to_owned) })
}
