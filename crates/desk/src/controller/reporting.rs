//! Why cards came up or not is kept here and told to the offices.

use std::time::Duration;

use jiff::SignedDuration;
use link::wire::{CardDecision, CardRule};
use store::NewCardDecision;

use super::{
    Controller,
    message::{Finished, Message},
};
use crate::{archive::Archive, ports::Uptime, ui_port::UiPort};

/// When an office that cannot be asked now is told.
const AGAIN: Duration = Duration::from_secs(30);
/// How long this computer remembers.
const KEPT: SignedDuration = SignedDuration::from_hours(7 * 24);
/// Rows that are forgotten at a time.
const AT_A_TIME: usize = 2000;
/// This computer's own record, among those of desks.
pub(crate) const HERE: &str = "";

impl<U: UiPort> Controller<U> {
    pub(super) fn card_painted(&mut self, revision: u32) {
        let (offices, now, uptime) = (&self.offices, self.clock.now(), self.clock.uptime());
        self.decisions.painted(revision, |office| Some(offices.get(office)?.now(now)), uptime);
    }

    pub(super) fn report_decisions(&mut self, now: Uptime) {
        for (id, decisions) in self.decisions.take(now) {
            let Some(office) = self.offices.get(&id) else { continue };
            let (archive, replicate, office) = (self.archive.clone(), office.slot.replicate, office.office());
            self.beside(async move {
                // The office in the same process keeps them in the same database.
                if replicate {
                    keep(&archive, &id, &decisions).await;
                }
                let error = office.report_cards(decisions.clone()).await.err()?;
                if error.kind.is_final() {
                    // An older gateway, or one that does not know this desk any more.
                    tracing::debug!(office = id, kind = ?error.kind, "the office does not keep why cards were shown");
                    return None;
                }
                Some(Message::Finished(Finished::NotReported { office: id, decisions }))
            });
        }
    }

    pub(super) fn not_reported(&mut self, office: &str, decisions: Vec<CardDecision>) {
        if self.offices.contains_key(office) {
            self.decisions.put_back(office, decisions, self.clock.uptime() + AGAIN);
        }
    }

    pub(super) fn forget_old_decisions(&self) {
        let Ok(before) = self.clock.now().checked_sub(KEPT) else { return };
        let remote = self.offices.values().filter(|office| office.slot.replicate);
        for id in remote.map(|office| office.slot.id.clone()) {
            let store = self.archive.store.clone();
            self.beside(async move {
                if let Err(error) = store.prune_card_decisions(&id, before, AT_A_TIME).await {
                    tracing::warn!(kind = ?error.kind(), "why cards were shown is kept longer than seven days");
                }
                None
            });
        }
    }
}

async fn keep(archive: &Archive, office: &str, decisions: &[CardDecision]) {
    let row = |decision: &CardDecision| NewCardDecision {
        call: decision.call.clone(),
        at: decision.decided_at,
        is_shown: decision.rule == CardRule::Shown,
        // Plain data always has a JSON.
        body: serde_json::to_string(decision).unwrap_or_default(),
    };
    let rows = decisions.iter().map(row).collect();
    if let Err(error) = archive.store.keep_card_decisions(office, HERE, rows).await {
        tracing::warn!(kind = ?error.kind(), "why cards were shown was not kept here");
    }
}
