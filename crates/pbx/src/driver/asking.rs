//! Questions to a PBX that go over a session's socket: whoever asks waits until the session passes on the PBX's answer.

use std::collections::BTreeMap;

use tokio::{sync::oneshot, time::timeout};

use super::Driver;
use crate::{
    error::{Error, ErrorKind},
    request::{Answer, Request},
};

/// A question that was handed to a session, with the channel that its answer goes back on.
#[derive(Debug)]
pub(super) struct Asked {
    request: Box<Request>,
    answer: oneshot::Sender<Result<Answer, Error>>,
}

/// The questions that a session has sent and that are not answered yet, by their numbers.
#[derive(Debug, Default)]
pub(super) struct Askings {
    last: u64,
    open: BTreeMap<u64, oneshot::Sender<Result<Answer, Error>>>,
}

impl Askings {
    /// Numbers a question; nothing where nobody waits for its answer any more, so that it is not asked either.
    pub(super) fn put(&mut self, asked: Asked) -> Option<(u64, Box<Request>)> {
        self.open.retain(|_, answer| !answer.is_closed());
        let Asked { request, answer } = asked;
        if answer.is_closed() {
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
    /// Asks over the running session of this key, once.
    pub(super) async fn ask(&self, key: &str, request: &Request) -> Result<Answer, Error> {
        let no_session = || {
            let why = "the socket to the PBX is not open, and this can only be asked over it; try again in a moment";
            Error::new(ErrorKind::Transport, why).before_sending()
        };
        let way = self.running.way_to_ask(key).ok_or_else(no_session)?;
        let (answer, answered) = oneshot::channel();
        let late = || Error::new(ErrorKind::Timeout, "the PBX did not answer in time");
        let lost = || Error::new(ErrorKind::Transport, "the socket broke before the PBX had answered");
        let put = timeout(request.times.total, way.send(Asked { request: Box::new(request.clone()), answer })).await;
        put.map_err(|_| late().before_sending())?.map_err(|_| no_session())?;
        timeout(request.times.total, answered).await.map_err(|_| late())?.map_err(|_| lost())?
    }
}
