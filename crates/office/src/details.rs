//! Calls of which a PBX's history does not tell enough are asked about singly. A PBX admits few of these questions, so
//! they are asked beside everything else, the newest call first: nothing waits for them.

use std::{
    cmp::Reverse,
    collections::{BTreeMap, BTreeSet},
    sync::{Mutex, PoisonError},
    time::Duration,
};

use jiff::Timestamp;
use pbx::{Error, ErrorKind, HistoryCall, Retry};
use tokio::{sync::Notify, time::Instant};

use crate::links::Link;

/// The pause between two questions.
const PAUSE: Duration = Duration::from_secs(1);
/// The pause after one that the PBX could not answer.
const FAILED: Duration = Duration::from_secs(60);
/// How often one call is asked about where the PBX cannot answer.
const TRIES: u8 = 3;
/// A history is read again and again and lists the same calls: each is asked about once in this time.
const ONCE_IN: Duration = Duration::from_secs(24 * 3600);
/// Calls that wait at most: the newest.
const MOST: usize = 10_000;

/// The calls of one connection that are to be asked about.
#[derive(Default)]
pub(crate) struct Details {
    questions: Mutex<Questions>,
    more: Notify,
}

#[derive(Default)]
struct Questions {
    waiting: BTreeSet<Question>,
    /// When a call was put in here.
    known: BTreeMap<String, Instant>,
}

/// The greatest is asked first: what was tried least often, then the newest.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Question {
    tries: Reverse<u8>,
    began: Option<Timestamp>,
    call: String,
}

impl Details {
    /// These are to be asked about, but for those that have been.
    pub(crate) fn ask<'a>(&self, calls: impl IntoIterator<Item = &'a HistoryCall>) {
        let mut questions = self.questions.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        questions.known.retain(|_, since| now.duration_since(*since) < ONCE_IN);
        for HistoryCall { call, events, .. } in calls {
            if questions.known.insert(call.clone(), now).is_none() {
                let began = events.first().and_then(|event| event.time.as_ref()).map(|time| time.utc);
                questions.waiting.insert(Question { tries: Reverse(0), began, call: call.clone() });
            }
        }
        while questions.waiting.len() > MOST {
            questions.waiting.pop_first();
        }
        self.more.notify_one();
    }

    /// The next one, once there is one.
    async fn next(&self) -> Question {
        loop {
            let next = self.questions.lock().unwrap_or_else(PoisonError::into_inner).waiting.pop_last();
            if let Some(next) = next {
                return next;
            }
            self.more.notified().await;
        }
    }

    fn put_back(&self, question: Question) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).waiting.insert(question);
    }

    /// The PBX answers no such question: what waits stays as far as it is known.
    fn drop_all(&self) {
        self.questions.lock().unwrap_or_else(PoisonError::into_inner).waiting.clear();
    }
}

impl Link {
    /// Asks about single calls until the office stops.
    pub(crate) async fn keep_asking_details(self) {
        loop {
            let question = self.details.next().await;
            let pause = match self.ask_details(&question.call).await {
                Ok(()) => PAUSE,
                Err(error) => self.details_failed(question, &error),
            };
            tokio::time::sleep(pause).await;
        }
    }

    async fn ask_details(&self, call: &str) -> Result<(), Error> {
        let context = self.history_context(self.clock.now());
        if let Some(told) = self.driver.call_details(call, &context).await? {
            self.tell_missed(vec![told]).await?;
        }
        Ok(())
    }

    /// How long to wait after this error.
    fn details_failed(&self, question: Question, error: &Error) -> Duration {
        tracing::info!(connection = %self.connection, kind = ?error.kind(), "the PBX does not tell of a single call");
        let Question { tries: Reverse(tries), .. } = question;
        let is_refused = [ErrorKind::Unsupported, ErrorKind::NotFound, ErrorKind::Forbidden, ErrorKind::Unauthorized];
        if is_refused.contains(&error.kind()) {
            self.details.drop_all();
        } else if matches!(error.kind(), ErrorKind::RateLimited { .. }) {
            self.details.put_back(question);
            return error.retry_after().unwrap_or(FAILED).max(PAUSE);
        } else if error.retry() == Retry::IfIdempotent && tries + 1 < TRIES {
            self.details.put_back(Question { tries: Reverse(tries + 1), ..question });
            return FAILED;
        }
        PAUSE
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
        details.put_back(Question { tries: Reverse(1), ..first });
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

    #[tokio::test]
    async fn what_the_pbx_cannot_answer_is_asked_again_in_its_time() {
        let bench = Bench::new(pbx::rostelecom::MAKE);
        let link = &bench.link;
        let waiting = || link.details.questions.lock().expect("unpoisoned").waiting.len();
        let question = |tries| Question { tries: Reverse(tries), began: None, call: "1".into() };
        let failed = |tries, kind| {
            link.details.drop_all();
            let pause = link.details_failed(question(tries), &Error::new(kind, ""));
            (pause, waiting())
        };
        let busy = ErrorKind::RateLimited { retry_after: Some(Duration::from_secs(900)) };
        assert_eq!(failed(0, busy), (Duration::from_secs(900), 1));
        assert_eq!((failed(0, ErrorKind::Timeout), failed(TRIES - 1, ErrorKind::Timeout)), ((FAILED, 1), (PAUSE, 0)));
        assert_eq!((failed(0, ErrorKind::Protocol), failed(0, ErrorKind::NotFound)), ((PAUSE, 0), (PAUSE, 0)));
    }
}
