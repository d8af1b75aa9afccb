//! Reads a PBX's history for a span of time, page by page.

use calls::Ability;
use jiff::Timestamp;

use super::{Driver, Priority};
use crate::{
    error::{Error, ErrorKind},
    history::{HistoryCall, Span},
    webhook::DecodeContext,
};

/// Questions of one reading. A PBX that sends on and on is no history.
const MOST_QUESTIONS: usize = 500;

impl Driver {
    /// The calls of a span that are over, oldest first as the PBX gives them. Takes as long as the PBX needs: minutes
    /// where an export is made first, or few questions are admitted.
    pub async fn history(&self, span: Span, context: &DecodeContext) -> Result<Vec<HistoryCall>, Error> {
        let mut calls = Vec::new();
        let mut next = Some(self.pbx.history(span, context)?);
        for _ in 0..MOST_QUESTIONS {
            let Some(asked) = next else { return Ok(calls) };
            tokio::time::sleep(asked.wait).await;
            let answer = self.exchange_once(&asked.request, Priority::Background).await?;
            let page = self.pbx.read_history(span, &asked.place, &answer, context)?;
            calls.extend(page.calls);
            next = page.next;
        }
        Err(Error::new(ErrorKind::Protocol, "the PBX's history has no end"))
    }

    /// The earliest moment of which this PBX still tells, looking back from `now`; `None` where it keeps no history.
    pub fn history_reaches(&self, now: Timestamp) -> Option<Timestamp> {
        if !self.make.capability.can(Ability::History) {
            return None;
        }
        let kept = self.make.capability.history_kept.and_then(|kept| jiff::SignedDuration::try_from(kept).ok());
        Some(kept.and_then(|kept| now.checked_sub(kept).ok()).unwrap_or(Timestamp::UNIX_EPOCH))
    }
}
