//! How often a PBX may be asked, by the classes in which it counts requests.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use calls::ConnectionId;
use futures_util::future::BoxFuture;
use jiff::Timestamp;

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

/// How far a quota is used just now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QuotaUse {
    /// The kind of requests that it counts; `None` where it counts all.
    pub kind: Option<&'static str>,
    /// Requests in the last stretch of time of its length.
    pub used: u32,
    /// How many are admitted in it.
    pub requests: u32,
    /// That length.
    pub window: Duration,
}

/// When the requests of each class were sent, newest last.
pub type RequestTimes = BTreeMap<String, Vec<Timestamp>>;

/// Keeps the times of requests whose quota outlives a program, for the next start and for a program beside this one.
pub trait RequestTimesKeeper: Send + Sync {
    /// What was kept of a connection; `None` where that cannot be read just now.
    fn read<'a>(&'a self, connection: &'a ConnectionId) -> BoxFuture<'a, Option<RequestTimes>>;

    /// Keeps this instead. Must not block.
    fn keep(&self, connection: &ConnectionId, times: &RequestTimes);
}

/// Keeps nothing: for programs and tests that send nothing whose quota outlives them.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeepNoTimes;

impl RequestTimesKeeper for KeepNoTimes {
    fn read<'a>(&'a self, _connection: &'a ConnectionId) -> BoxFuture<'a, Option<RequestTimes>> {
        Box::pin(std::future::ready(Some(RequestTimes::new())))
    }

    fn keep(&self, _connection: &ConnectionId, _times: &RequestTimes) {}
}
