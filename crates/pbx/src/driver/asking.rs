//! Questions to a PBX that go over a session's socket: whoever asks waits until the session passes on the PBX's answer.

use std::collections::BTreeMap;

use tokio::{
    sync::oneshot,
    time::{Instant, timeout, timeout_at},
};

use super::Driver;
use crate::{
    error::{Error, ErrorKind},
    request::{Answer, Request},
};

/// A question that was handed to a session, with the channel that its answer goes back on.
#[derive(Debug)]
pub(super) struct Asked {
    request: Box<Request>,
    /// It is not asked any more after that: what it would do was wanted then.
    until: Instant,
    answer: oneshot::Sender<Result<Answer, Error>>,
}

/// The questions that a session has sent and that are not answered yet, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Askings {
    last: u64,
    open: BTreeMap<u64, oneshot::Sender<Result<Answer, Error>>>,
}

impl Askings {
    /// Numbers a question; nothing where it comes too late, or nobody waits for its answer any more: it is not asked then.
    pub(super) fn put(&mut self, asked: Asked) -> Option<(u64, Box<Request>)> {
        self.open.retain(|_, answer| !answer.is_closed());
        let Asked { request, until, answer } = asked;
        if answer.is_closed() {
            return None;
        }
        if Instant::now() > until {
            // Who asked may have given up this moment.
            let _ = answer.send(Err(too_late()));
            return None;
        }
        self.last += 1;
        self.open.insert(self.last, answer);
        Some((self.last, request))
    }

    /// Passes an answer to whoever asked. One that comes after he has given up is dropped.
    pub(super) fn answer(&mut self, number: u64, answer: Result<Answer, Error>) {
        if let Some(waits) = self.open.remove(&number) {
            // Who asked may have given up meanwhile.
            let _ = waits.send(answer);
        }
    }

    /// The session is over: what it asked may have been done.
    pub(super) fn end(&mut self, error: &Error) {
        for (_, waits) in std::mem::take(&mut self.open) {
            let _ = waits.send(Err(Error::new(error.kind(), error.to_string())));
        }
    }
}

impl Driver {
    /// Asks over the running session of this key, once, and not after `until`.
    pub(super) async fn ask(&self, key: &str, request: &Request, until: Instant) -> Result<Answer, Error> {
        let no_session = || {
            let why = "the socket to the PBX is not open, and this can only be asked over it; try again in a moment";
            Error::new(ErrorKind::Transport, why).before_sending()
        };
        let questions = self.running.question_sender(key).ok_or_else(no_session)?;
        let (answer, answered) = oneshot::channel();
        let late = |_| Error::new(ErrorKind::Timeout, "the PBX did not answer in time");
        let lost = || Error::new(ErrorKind::Transport, "the socket broke before the PBX had answered");
        let until = until.min(Instant::now() + request.times.total);
        let asked = Asked { request: Box::new(request.clone()), until, answer };
        timeout_at(until, questions.send(asked)).await.map_err(|_| too_late())?.map_err(|_| no_session())?;
        timeout(request.times.total, answered).await.map_err(late)?.map_err(|_| lost())?
    }
}

/// The session could not put the question in time.
fn too_late() -> Error {
    Error::new(ErrorKind::Timeout, "the socket to the PBX is busy, so it was not asked; try again").before_sending()
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_question_that_comes_too_late_is_not_put() {
        let url: url::Url = "wss://pbx.example/".parse().expect("an address");
        let mut askings = Askings::default();
        let mut put = |until: Instant| {
            let (answer, answered) = oneshot::channel();
            let request = Box::new(Request::over_session("hold", "", url.clone(), &serde_json::json!({})));
            (askings.put(Asked { request, until, answer }).map(|(number, _)| number), answered)
        };
        let until = Instant::now() + Duration::from_secs(4);
        let (number, waiting) = put(until);
        assert_eq!(number, Some(1));
        tokio::time::advance(Duration::from_millis(4001)).await;
        let (number, answered) = put(until);
        let refused = answered.await.expect("an answer").expect_err("too late");
        assert!(number.is_none() && refused.unsent() && refused.to_string().contains("was not asked"), "{refused}");
        drop(waiting);
    }
}
