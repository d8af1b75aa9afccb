//! What was looked up beside the loop.

use std::collections::BTreeMap;

use super::{
    Controller,
    message::{Finished, Message},
    today::Today,
};
use crate::{me::Me, ui_port::UiPort};

impl<U: UiPort> Controller<U> {
    pub(super) fn take_finished(&mut self, finished: Finished) {
        match finished {
            Finished::Placed { office, command, answer } => self.placed(&office, command, answer),
            Finished::LastTalk { card, talk } => {
                if let Some(card) = self.cards.find_mut(&card) {
                    card.last_talk = Some(talk);
                    self.screens.cards_changed();
                }
            }
            Finished::OpenCalls { office, generation, calls } => self.take_open(&office, generation, calls),
            Finished::Rows(rows) => self.take_rows(rows),
            Finished::NotReported { office, decisions } => self.not_reported(&office, decisions),
            Finished::Today(today) => self.take_read_today(today),
        }
    }

    /// Reads the day's calls from the database: at start, when a day begins, and when it becomes known who sits here.
    pub(super) fn read_today(&mut self) {
        if self.changed_while_reading.is_some() {
            self.read_today_again = true;
            return;
        }
        self.changed_while_reading = Some(Vec::new());
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
                today.take(&kept.office, &me.side_of(kept.call));
            }
            Some(Message::Finished(Finished::Today(today)))
        });
    }

    /// What the stream told while the database was read is newer.
    fn take_read_today(&mut self, mut read: Today) {
        for (office, call) in self.changed_while_reading.take().unwrap_or_default() {
            read.take(&office, &call);
        }
        self.today = read;
        self.screens.main_changed();
        if std::mem::take(&mut self.read_today_again) {
            self.read_today();
        }
    }
}
