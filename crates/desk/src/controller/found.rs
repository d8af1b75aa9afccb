//! What was looked up beside the loop.

use std::collections::BTreeMap;

use super::{
    Controller,
    message::{Found, Message},
    today::Today,
};
use crate::{me::Me, personal::personal, ui_port::UiPort};

impl<U: UiPort> Controller<U> {
    pub(super) fn take_found(&mut self, found: Found) {
        match found {
            Found::Placed { office, command, answer } => self.placed(&office, command, answer),
            Found::LastTalk { card, talk } => {
                if let Some(card) = self.cards.find_mut(&card) {
                    card.last_talk = Some(talk);
                    self.screens.cards_changed();
                }
            }
            Found::Open { office, generation, calls } => self.take_open(&office, generation, calls),
            Found::Rows(rows) => self.take_rows(rows),
            Found::Today(today) => self.take_read_today(today),
        }
    }

    /// Reads the day's calls from the database: at start, when a day begins, and when it becomes known who sits here.
    pub(super) fn read_today(&mut self) {
        if self.today_meanwhile.is_some() {
            self.today_again = true;
            return;
        }
        self.today_meanwhile = Some(Vec::new());
        let archive = self.archive.clone();
        let mut today = Today::of(self.clock.now(), &self.clock.zone());
        let known: BTreeMap<String, Me> = self.offices.iter().map(|(id, office)| (id.clone(), office.me())).collect();
        self.beside(async move {
            let from = today.from();
            let calls = match tokio::task::spawn_blocking(move || archive.since(from)).await {
                Ok(Ok(calls)) => calls,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "the calls of today cannot be read");
                    Vec::new()
                }
                Err(_) => Vec::new(),
            };
            for kept in calls {
                let Some(me) = known.get(&kept.office) else { continue };
                today.take(&kept.office, &personal(kept.call, me));
            }
            Some(Message::Found(Found::Today(today)))
        });
    }

    /// What the stream told while the database was read is newer.
    fn take_read_today(&mut self, mut read: Today) {
        for (office, call) in self.today_meanwhile.take().unwrap_or_default() {
            read.take(&office, &call);
        }
        self.today = read;
        self.screens.main_changed();
        if std::mem::take(&mut self.today_again) {
            self.read_today();
        }
    }
}
