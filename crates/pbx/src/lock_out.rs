//! A PBX that answers no requests for a while.

use std::{borrow::Cow, time::Duration};

use crate::{
    quota::{Counted, Quota},
    request::{Answer, Request},
};

/// For how long a PBX answers no requests, after too many of them or after wrong ones.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LockOut {
    /// Which requests; [`Counted::SameAddress`] is those like the one that was answered so.
    pub counted: Counted,
    /// From now on.
    pub lasts: Duration,
    /// What is said to whoever is refused meanwhile, as the first half of a sentence.
    pub words: Cow<'static, str>,
}

impl LockOut {
    /// What "too many requests" (HTTP 429) means: those of the narrowest class in which the request is counted are not
    /// answered for as long as the PBX says, or for the class's window.
    pub(crate) fn of_too_many(request: &Request, everything: Quota, answer: &Answer) -> Option<Self> {
        let Quota { counted, window, words, .. } = request.quotas.last().cloned().unwrap_or(everything);
        let lasts = answer.retry_after.unwrap_or(window);
        (answer.status == 429).then_some(Self { counted, lasts, words })
    }

    /// What it means that the PBX says with an answer that no requests are left: those of the narrowest class in which the
    /// request is counted are not answered until it counts anew, which it does once in `window`.
    pub(crate) fn of_none_left(
        request: &Request,
        everything: Quota,
        answer: &Answer,
        window: Duration,
    ) -> Option<Self> {
        let limits = answer.limits.filter(|limits| limits.remaining == 0)?;
        let Quota { counted, words, .. } = request.quotas.last().cloned().unwrap_or(everything);
        Some(Self { counted, lasts: limits.counts_anew?.min(window), words })
    }
}
