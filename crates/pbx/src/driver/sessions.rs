//! Runs a make's socket protocol: its state machine decides, this carries out.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use calls::VendorEvent;
use tokio::sync::{mpsc, oneshot, watch};

use super::{Driver, internal};
use crate::{
    error::{Error, ErrorKind},
    journal::{JournalEntry, JournalKind},
    request::Answer,
    session::{Moment, Session, SessionInput, SessionOutput},
};

/// How long [`Driver::end_session`] waits for a running session to close its socket.
const CLOSING: Duration = Duration::from_secs(4);

/// What a session reports.
#[derive(Debug)]
pub enum SessionReport {
    /// Live events flow from here on.
    Connected,
    /// So many missed events were fetched so far.
    DrainProgress {
        /// Counted from the start of the session.
        events: u64,
    },
    /// Events to be stored, in this order.
    Batch {
        /// What was understood.
        events: Vec<VendorEvent>,
        /// To be told once they are durable: the PBX deletes what was fetched when more is asked for. Dropping it
        /// ends the session, so nothing is deleted that was not stored.
        stored: oneshot::Sender<()>,
    },
    /// Something came that carries no message: the other side lives.
    Heard,
    /// No more of what was missed is asked for.
    Drained {
        /// Nothing of it is left; otherwise the PBX gave the same again and again.
        complete: bool,
    },
}

/// The sessions that run, by extension.
#[derive(Debug, Default)]
pub(super) struct Running {
    sessions: Mutex<BTreeMap<String, watch::Sender<bool>>>,
}

impl Running {
    fn sessions(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, watch::Sender<bool>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a session; `None` when one runs already.
    fn enter(&self, extension: &str) -> Option<Entered<'_>> {
        let mut sessions = self.sessions();
        if sessions.contains_key(extension) {
            return None;
        }
        let (stop, stopped) = watch::channel(false);
        sessions.insert(extension.to_owned(), stop);
        Some(Entered { running: self, extension: extension.to_owned(), stopped })
    }

    /// Asks a session to stop and waits until it has, for a while.
    async fn stop(&self, extension: &str) {
        let stop = self.sessions().get(extension).cloned();
        let Some(stop) = stop else { return };
        stop.send_replace(true);
        // The session's receiver is dropped when it has closed its socket. A session that hangs is left behind.
        let _ = tokio::time::timeout(CLOSING, stop.closed()).await;
    }
}

/// A session in the list of those that run; leaves it when dropped, however it ends.
struct Entered<'a> {
    running: &'a Running,
    extension: String,
    stopped: watch::Receiver<bool>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.running.sessions().remove(&self.extension);
    }
}

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>>;

/// What a session waits for.
struct Pending<'a> {
    socket: Option<net::Socket>,
    asking: Option<Asking<'a>>,
    storing: Option<oneshot::Receiver<()>>,
}

/// What happened next.
enum Next {
    Answered(Result<Answer, Error>),
    Text(String),
    Heard,
    Stored,
    Timer,
}

impl Driver {
    /// Keeps an extension's session until it ends, and says why it did. The caller starts it again.
    pub async fn run_session(&self, extension: &str, out: mpsc::Sender<SessionReport>) -> Error {
        let Some(mut session) = self.pbx.session(extension) else {
            return Error::unsupported("keep a session: it sends webhooks");
        };
        let Some(mut entered) = self.running.enter(extension) else {
            return Error::new(ErrorKind::Conflict, "a session of this extension runs already");
        };
        let mut pending = Pending { socket: None, asking: None, storing: None };
        let error = tokio::select! {
            error = self.drive(session.as_mut(), &mut pending, &out) => error,
            _ = entered.stopped.wait_for(|stopped| *stopped) => stopped(),
            () = out.closed() => stopped(),
        };
        if let Some(socket) = pending.socket {
            socket.close().await;
        }
        error
    }

    /// Ends an extension's session, so that the PBX keeps its events from now on.
    pub async fn end_session(&self, extension: &str) -> Result<(), Error> {
        let Some(request) = self.pbx.end_session(extension) else {
            return Err(Error::unsupported("keep a session: it sends webhooks"));
        };
        self.running.stop(extension).await;
        // Not under the limit: when everything stops at once, there is nothing left to leave room for.
        let answer = self.exchange_now(&request).await?;
        answer.failure().map_or(Ok(()), Err)
    }

    async fn drive<'a>(
        &'a self,
        session: &mut dyn Session,
        pending: &mut Pending<'a>,
        out: &mpsc::Sender<SessionReport>,
    ) -> Error {
        let mut outputs = session.step(SessionInput::Start, self.moment());
        loop {
            for output in outputs {
                if let Err(error) = self.carry_out(output, session, pending, out).await {
                    return error;
                }
            }
            let input = match next(pending, session.next_timer()).await {
                Ok(input) => input,
                Err(error) => return error,
            };
            outputs = match &input {
                Next::Answered(answer) => session.step(SessionInput::Answered(answer.as_ref()), self.moment()),
                Next::Text(text) => {
                    self.journal_frame(text);
                    session.step(SessionInput::Text(text), self.moment())
                }
                Next::Heard => {
                    // Who listens is behind with what was reported before, so he knows that the other side lives.
                    let _ = out.try_send(SessionReport::Heard);
                    session.step(SessionInput::Heard, self.moment())
                }
                Next::Stored => session.step(SessionInput::Stored, self.moment()),
                Next::Timer => session.step(SessionInput::Timer, self.moment()),
            };
        }
    }

    async fn carry_out<'a>(
        &'a self,
        output: SessionOutput,
        session: &mut dyn Session,
        pending: &mut Pending<'a>,
        out: &mpsc::Sender<SessionReport>,
    ) -> Result<(), Error> {
        let report = match output {
            SessionOutput::Request(request) => {
                pending.asking = Some(Box::pin(async move { self.exchange(request).await }));
                return Ok(());
            }
            SessionOutput::Open(url) => {
                pending.socket = Some(self.client.socket(net::SocketRequest::new(url).text_as_binary()).await?);
                for output in session.step(SessionInput::Opened, self.moment()) {
                    Box::pin(self.carry_out(output, session, pending, out)).await?;
                }
                return Ok(());
            }
            SessionOutput::Ping => {
                return match &mut pending.socket {
                    Some(socket) => Ok(socket.ping().await?),
                    None => Ok(()),
                };
            }
            SessionOutput::End(error) => return Err(error),
            SessionOutput::Connected => SessionReport::Connected,
            SessionOutput::DrainProgress { events } => SessionReport::DrainProgress { events },
            SessionOutput::Drained { complete } => SessionReport::Drained { complete },
            SessionOutput::Events { events, hold } => {
                let (stored, when_stored) = oneshot::channel();
                if hold {
                    pending.storing = Some(when_stored);
                }
                SessionReport::Batch { events, stored }
            }
        };
        out.send(report).await.map_err(|_| stopped())
    }

    fn moment(&self) -> Moment {
        Moment { monotonic: tokio::time::Instant::now().into_std(), wall: self.clock.now() }
    }

    fn journal_frame(&self, text: &str) {
        self.journal.record(JournalEntry {
            at: self.clock.now(),
            connection: self.id.clone(),
            kind: JournalKind::Frame,
            operation: "frame".to_owned(),
            target: self.pbx.base_url().host_str().unwrap_or_default().to_owned(),
            status: None,
            outcome: "ok".to_owned(),
            took: Duration::ZERO,
            sent: None,
            received: self.redactor.body(text.as_bytes()),
        });
    }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the session was ended by this program")
}

/// Waits for whatever comes first.
async fn next(pending: &mut Pending<'_>, timer: Option<Instant>) -> Result<Next, Error> {
    let Pending { socket, asking, storing } = pending;
    tokio::select! {
        answer = some(asking, |asking| asking) => {
            *asking = None;
            Ok(Next::Answered(answer))
        }
        frame = some(socket, |socket| Box::pin(socket.next())) => match frame? {
            net::Frame::Text(text) => Ok(Next::Text(text)),
            net::Frame::Binary(bytes) => Ok(Next::Text(String::from_utf8_lossy(&bytes).into_owned())),
            net::Frame::Alive => Ok(Next::Heard),
        },
        stored = some(storing, |storing| storing) => {
            *storing = None;
            stored.map(|()| Next::Stored).map_err(|_| internal("the events could not be stored; they stay at the PBX"))
        }
        () = sleep_until(timer) => Ok(Next::Timer),
    }
}

/// What comes of the thing, if there is one; otherwise never.
async fn some<'a, T, F: Future>(thing: &'a mut Option<T>, wait: impl FnOnce(&'a mut T) -> F) -> F::Output {
    match thing {
        Some(thing) => wait(thing).await,
        None => std::future::pending().await,
    }
}

async fn sleep_until(timer: Option<Instant>) {
    match timer {
        Some(timer) => tokio::time::sleep_until(timer.into()).await,
        None => std::future::pending().await,
    }
}
