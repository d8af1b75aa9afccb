//! Lists follow calls that change: a few rows at a time, or "ask again" when many changed.

use std::{collections::BTreeMap, time::Duration};

use link::wire::Call;

use super::{
    Controller,
    message::{Finished, Key, Message},
    office_desk::Touched,
};
use crate::{
    archive::Archive,
    contract::{CallRow, CallsChanged},
    me::Me,
    ports::Uptime,
    ui_port::UiPort,
    views::row::call_row,
};

/// Lists are told at most this often.
const EVERY: Duration = Duration::from_millis(100);
/// More rows than this are not sent one by one.
const MOST: usize = 50;

/// What lists are still to be told.
#[derive(Debug, Default)]
pub(super) struct Refresh {
    rows: BTreeMap<Key, Option<Call>>,
    /// Rows went: there is something to tell even where no other row changed.
    gone: bool,
    /// Too many changed to name them.
    all: bool,
    running: bool,
    last: Option<Uptime>,
}

impl Refresh {
    /// Something changed.
    pub(super) fn add(&mut self, office: &str, touched: Touched) {
        match touched {
            Touched::Call(call) => {
                self.rows.insert((office.to_owned(), call.id.clone()), Some(*call));
            }
            Touched::Notes(id) => {
                self.rows.entry((office.to_owned(), id)).or_insert(None);
            }
            Touched::Rows => self.gone = true,
        }
        if self.rows.len() > MOST {
            self.all();
        }
    }

    /// Everything may have changed.
    pub(super) fn all(&mut self) {
        self.all = true;
        self.rows.clear();
    }

    /// When lists are to be told.
    pub(super) fn due(&self) -> Option<Uptime> {
        let waits = !self.running && (self.all || self.gone || !self.rows.is_empty());
        waits.then(|| self.last.map_or(Uptime::ZERO, |last| last + EVERY))
    }
}

impl<U: UiPort> Controller<U> {
    /// Tells lists, if it is time: at once to ask again, or of rows as soon as their notes were looked up.
    pub(super) fn start_refresh(&mut self) {
        let now = self.clock.uptime();
        if self.refresh.due().is_none_or(|due| due > now) {
            return;
        }
        self.refresh.last = Some(now);
        let rows = std::mem::take(&mut self.refresh.rows);
        let gone = std::mem::take(&mut self.refresh.gone);
        if std::mem::take(&mut self.refresh.all) || (gone && rows.is_empty()) {
            self.ui.publish_calls(&CallsChanged { rows: Vec::new() });
            return;
        }
        self.refresh.running = true;
        let known: BTreeMap<String, Me> = self.offices.iter().map(|(id, office)| (id.clone(), office.me())).collect();
        let archive = self.archive.clone();
        self.beside(async move {
            let read = tokio::task::spawn_blocking(move || {
                rows.into_iter()
                    .filter_map(|((office, id), call)| row(&archive, &office, id.as_str(), call, &known))
                    .collect()
            });
            Some(Message::Finished(Finished::Rows(read.await.unwrap_or_default())))
        });
    }

    pub(super) fn take_rows(&mut self, rows: Vec<CallRow>) {
        self.refresh.running = false;
        for row in &rows {
            let Ok(id) = row.call.id.parse() else { continue };
            let key = (row.call.office.clone(), id);
            let changed = if row.noted { self.noted.insert(key) } else { self.noted.remove(&key) };
            if changed {
                self.screens.main_changed();
            }
        }
        if !rows.is_empty() {
            self.ui.publish_calls(&CallsChanged { rows });
        }
    }
}

/// Blocks on the database.
fn row(archive: &Archive, office: &str, id: &str, call: Option<Call>, known: &BTreeMap<String, Me>) -> Option<CallRow> {
    let me = known.get(office)?;
    let call = match call {
        Some(call) => call,
        None => me.side_of(archive.call(office, id).ok()?),
    };
    let annotations = archive.annotations(office, &call).unwrap_or_default();
    Some(call_row(office, &call, me, annotations))
}
