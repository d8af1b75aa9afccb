//! Reads a PBX's history for a span of time, page by page.

use std::collections::HashMap;

use calls::Ability;
use jiff::Timestamp;

use super::{Driver, Priority};
use crate::{
    error::{Error, ErrorKind},
    history::{HistoryCall, Span},
    webhook::DecodeContext,
};

/// Parts of one call may stand on several pages, and what a page leaves open is asked later.
fn merge(calls: &mut Vec<HistoryCall>, places: &mut HashMap<String, usize>, more: Vec<HistoryCall>) {
    for call in more {
        match places.get(&call.call) {
            Some(place) => {
                let known = &mut calls[*place];
                known.events.extend(call.events);
                known.says_more |= call.says_more;
            }
            None => {
                places.insert(call.call.clone(), calls.len());
                calls.push(call);
            }
        }
    }
}

/// Questions of one reading. A PBX that sends on and on is no history.
const MOST_QUESTIONS: usize = 500;

impl Driver {
    /// The calls of a span that are over, oldest first as the PBX gives them. Takes as long as the PBX needs: minutes
    /// where an export is made first, or few questions are admitted.
    pub async fn history(&self, span: Span, context: &DecodeContext) -> Result<Vec<HistoryCall>, Error> {
        let from = self.history_reaches(span.to).map_or(span.from, |reaches| span.from.max(reaches));
        let span = Span { from, ..span };
        let (mut calls, mut places) = (Vec::new(), HashMap::new());
        let mut next = Some(self.pbx.history(span, context)?);
        for _ in 0..MOST_QUESTIONS {
            let Some(asked) = next else { return Ok(calls) };
            tokio::time::sleep(asked.wait).await;
            let answer = self.exchange_once(&asked.request, Priority::Background).await?;
            let page = self.pbx.read_history(span, &asked.place, &answer, context)?;
            merge(&mut calls, &mut places, page.calls);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_one_call_on_several_pages_are_one() {
        let call = |call: &str, says_more| HistoryCall { call: call.into(), events: Vec::new(), says_more };
        let (mut calls, mut places) = (Vec::new(), HashMap::new());
        merge(&mut calls, &mut places, vec![call("1", false), call("2", false)]);
        merge(&mut calls, &mut places, vec![call("1", true), call("3", false)]);
        let told: Vec<_> = calls.iter().map(|call| (call.call.as_str(), call.says_more)).collect();
        assert_eq!(told, [("1", true), ("2", false), ("3", false)]);
    }
}
