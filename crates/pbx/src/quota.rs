//! How often a PBX may be asked, by the classes in which it counts requests.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use calls::ConnectionId;
use jiff::Timestamp;

use crate::request::{Answer, Request};

/// What a quota counts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counted {
    /// Every request of the connection.
    Everything,
    /// The requests of a kind, by its name.
    Kind(&'static str),
    /// Requests of the same method to the same address.
    SameAddress,
}

/// The class in which every request of a connection is counted.
pub(crate) const EVERYTHING: &str = "everything";

impl Counted {
    /// The name of the class in which requests are counted together. `address` stands for method and address of the
    /// request, without keys.
    pub(crate) fn class(self, address: &str) -> String {
        match self {
            Self::Everything => EVERYTHING.to_owned(),
            Self::Kind(kind) => format!("kind {kind}"),
            Self::SameAddress => format!("address {address}"),
        }
    }
}

/// So many requests in any stretch of time of this length.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Quota {
    /// What is counted together.
    pub counted: Counted,
    /// How many.
    pub requests: u32,
    /// In any stretch of time of this length.
    pub window: Duration,
    /// When it was asked is kept beyond the end of this program: the window is so long that a restart would forget too
    /// much of it.
    pub outlives_program: bool,
    /// What is said to whoever is refused, as the first half of a sentence.
    pub words: Cow<'static, str>,
}

impl Quota {
    /// So many requests a second, whichever they are.
    pub fn per_second(requests: u32) -> Self {
        Self::everything(requests, Duration::from_secs(1))
    }

    /// So many requests a minute, whichever they are.
    pub fn per_minute(requests: u32) -> Self {
        Self::everything(requests, Duration::from_secs(60))
    }

    fn everything(requests: u32, window: Duration) -> Self {
        let words = Cow::Borrowed("the PBX is asked too often already");
        Self { counted: Counted::Everything, requests, window, outlives_program: false, words }
    }

    /// Of requests of one kind, so many within this time.
    pub fn of_kind(kind: &'static str, requests: u32, window: Duration, words: &'static str) -> Self {
        let (counted, words) = (Counted::Kind(kind), Cow::Borrowed(words));
        Self { counted, requests, window, outlives_program: false, words }
    }
}

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

/// When the requests of each class were sent, newest last.
pub type RequestTimes = BTreeMap<String, Vec<Timestamp>>;

/// Keeps the times of requests whose quota outlives a program, for the next start and for a program beside this one.
pub trait RequestTimesKeeper: Send + Sync {
    /// What was kept of a connection.
    fn read(&self, connection: &ConnectionId) -> RequestTimes;

    /// Keeps this instead. Must not block.
    fn keep(&self, connection: &ConnectionId, times: &RequestTimes);
}

/// Keeps nothing: for programs and tests that send nothing whose quota outlives them.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepNoTimes;

impl RequestTimesKeeper for KeepNoTimes {
    fn read(&self, _connection: &ConnectionId) -> RequestTimes {
        RequestTimes::new()
    }

    fn keep(&self, _connection: &ConnectionId, _times: &RequestTimes) {}
}
