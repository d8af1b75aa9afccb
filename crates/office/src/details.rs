//! The calls of which a PBX's history does not tell enough, until they are asked about singly (`single_calls.rs`).

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use pbx::HistoryCall;
use tokio::{sync::Notify, time::Instant};

/// A history is read again and again and lists the same calls: each is asked about once in this time.
const ONCE_IN: Duration = Duration::from_secs(24 * 3600);
/// Calls that wait at most: the newest.
const MOST: usize = 10_000;

/// The calls of one connection that are to be asked about.
#[derive(Default)]
pub(crate) struct Details {
    queue: Mutex<RequestQueue>,
    more: Notify,
}

#[derive(Default)]
struct RequestQueue {
    waiting: BTreeSet<DetailRequest>,
    /// When a call was put in here.
    known: BTreeMap<String, Instant>,
}

/// The greatest is asked first: what was tried least often, then the newest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct DetailRequest {
    pub(crate) tries: Reverse<u8>,
    pub(crate) began: Option<Timestamp>,
    pub(crate) call: String,
}

impl Details {
    /// These are to be asked about, but for those that have been.
    pub(crate) fn ask<'a>(&self, calls: impl IntoIterator<Item = &'a HistoryCall>) {
        let began = |call: &HistoryCall| call.events.first().and_then(|event| event.time.as_ref()).map(|time| time.utc);
        self.ask_about(calls.into_iter().map(|call| (call.call.clone(), began(call))));
    }

    /// The same, by the vendor's ids of the calls and when they began.
    pub(crate) fn ask_about(&self, calls: impl IntoIterator<Item = (String, Option<Timestamp>)>) {
        let mut queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        queue.known.retain(|_, since| now.duration_since(*since) < ONCE_IN);
        for (call, began) in calls {
            if queue.known.insert(call.clone(), now).is_none() {
                queue.waiting.insert(DetailRequest { tries: Reverse(0), began, call });
            }
        }
        while queue.waiting.len() > MOST {
            queue.waiting.pop_first();
        }
        self.more.notify_one();
    }

    /// The next one, once there is one.
    pub(crate) async fn next(&self) -> DetailRequest {
        loop {
            let next = self.queue.lock().unwrap_or_else(PoisonError::into_inner).waiting.pop_last();
            if let Some(next) = next {
                return next;
            }
            self.more.notified().await;
        }
    }

    /// It is asked later.
    pub(crate) fn put_back(&self, request: DetailRequest) {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).waiting.insert(request);
    }

    /// How many wait.
    #[cfg(test)]
    pub(crate) fn waiting(&self) -> usize {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner).waiting.len()
    }
}

#[cfg(test)]
mod tests {
    use calls::VendorTime;

    use super::*;
    use crate::testing::{Bench, at};

    fn call(name: &str, second: i64) -> HistoryCall {
        let time = VendorTime { raw: String::new(), utc: at(second), zone: None };
        let began = calls::VendorEvent { time: Some(time), ..Bench::event(name, Some(name), Vec::new()) };
        HistoryCall { call: name.to_owned(), events: vec![began], says_more: false, needs_details: true }
    }

    #[tokio::test(start_paused = true)]
    async fn the_newest_call_is_asked_about_first_and_each_once_a_day() {
        let details = Details::default();
        details.ask([&call("old", 1), &call("new", 9), &call("middle", 5)]);
        let first = details.next().await;
        assert_eq!(first.call, "new");
        details.put_back(DetailRequest { tries: Reverse(1), ..first });
        details.ask([&call("old", 1), &call("new", 9), &call("newest", 10)]);
        let mut order = Vec::new();
        for _ in 0..4 {
            order.push(details.next().await.call);
        }
        assert_eq!(order, ["newest", "middle", "old", "new"], "what failed is asked last");
        tokio::time::advance(ONCE_IN).await;
        details.ask([&call("old", 1)]);
        assert_eq!(details.next().await.call, "old");
    }
}
