//! The request journal as a table for a spreadsheet.

use jiff::tz::TimeZone;

use crate::{
    contract::{ExportWords, ExportedEntry, JournalDirection},
    table::Table,
};

/// Entries of a file at most, and its bytes: a spreadsheet opens so much without trouble.
const MOST: u32 = 20_000;
const MOST_BYTES: usize = 32 << 20;

/// A table that grows part by part.
pub(crate) struct JournalTable {
    words: ExportWords,
    zone: TimeZone,
    table: Table,
    entries: u32,
}

/// A table that is done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TableText {
    /// The whole.
    pub text: String,
    /// How many entries stand in it.
    pub entries: u32,
    /// They are all that there were; otherwise they are the newest.
    pub whole: bool,
}

impl JournalTable {
    /// One without entries.
    pub(crate) fn new(words: ExportWords, zone: TimeZone) -> Self {
        let mut table = Table::new(words.separator);
        table.line(&words.columns);
        Self { words, zone, table, entries: 0 }
    }

    /// Takes these in; says whether there was room for all of them.
    pub(crate) fn add(&mut self, entries: &[ExportedEntry]) -> bool {
        for entry in entries {
            if self.entries >= MOST || self.table.bytes() >= MOST_BYTES {
                return false;
            }
            self.entries += 1;
            let line = self.line(entry);
            self.table.line(line);
        }
        true
    }

    fn line(&self, ExportedEntry { line, target, sent, received }: &ExportedEntry) -> [String; 10] {
        let (request, answer) = match line.direction {
            JournalDirection::Incoming => (received, sent),
            JournalDirection::Outgoing => (sent, received),
        };
        let words = &self.words;
        // What a later version of the office says is said in its own words.
        let result = line.reason.and_then(|reason| words.reasons.get(&reason));
        let result = result.or_else(|| words.verdicts.get(&line.verdict)).unwrap_or(&line.outcome);
        let body = |body: &Option<String>| body.clone().unwrap_or_default();
        [
            line.at.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S.%3f").to_string(),
            words.directions.get(&line.direction).cloned().unwrap_or_default(),
            line.connection.as_ref().map(|connection| connection.as_str().to_owned()).unwrap_or_default(),
            words.methods.get(&line.method).unwrap_or(&line.method).clone(),
            result.clone(),
            line.status.map(|status| status.to_string()).unwrap_or_default(),
            line.took_ms.to_string(),
            target.clone(),
            body(request),
            body(answer),
        ]
    }

    /// The whole.
    pub(crate) fn text(self, whole: bool) -> TableText {
        TableText { text: self.table.text(), entries: self.entries, whole }
    }
}
