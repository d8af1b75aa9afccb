//! Runs a make's sessions: a state machine decides, this carries out.

use std::{
    collections::BTreeMap,
    future::Future,
    pin::Pin,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use calls::{Abilities, VendorEvent};
use tokio::sync::{mpsc, oneshot, watch};

use super::{
    Driver,
    asking::{Asked, Askings},
    internal,
    limit::{Patience, Priority},
};
use crate::{
    error::{Error, ErrorKind},
    journal::{JournalEntry, JournalKind, JournalOutcome, is_understood},
    request::{Answer, Request},
    session::{Moment, Session, SessionInput, SessionOutput, Snapshot},
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
    /// All calls that there are, as the PBX lists them.
    Snapshot(Snapshot),
    /// What is to be said of the session while it is live; nothing where all is well.
    Notice(Option<String>),
    /// What may be asked through this session, from here on.
    Rights(Abilities),
    /// No more of what was missed is asked for.
    Drained {
        /// Nothing of it is left; otherwise the PBX gave the same again and again.
        complete: bool,
    },
}

/// Questions that wait for a session to put them, at most; whoever asks beyond that waits.
const WAITING_QUESTIONS: usize = 16;

/// What a running session is reached by.
#[derive(Debug, Clone)]
struct SessionHandle {
    stop: watch::Sender<bool>,
    ask: mpsc::Sender<Asked>,
}

/// The sessions that run, by their keys.
#[derive(Debug, Default)]
pub(super) struct Running {
    sessions: Mutex<BTreeMap<String, SessionHandle>>,
}

impl Running {
    fn sessions(&self) -> std::sync::MutexGuard<'_, BTreeMap<String, SessionHandle>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Enters a session; `None` when one runs already.
    fn enter(&self, key: &str) -> Option<Entered<'_>> {
        let mut sessions = self.sessions();
        if sessions.contains_key(key) {
            return None;
        }
        let (stop, stopped) = watch::channel(false);
        let (ask, asked) = mpsc::channel(WAITING_QUESTIONS);
        sessions.insert(key.to_owned(), SessionHandle { stop, ask });
        Some(Entered { running: self, key: key.to_owned(), stopped, asked })
    }

    /// Where questions to this session go, if it runs.
    pub(super) fn question_sender(&self, key: &str) -> Option<mpsc::Sender<Asked>> {
        self.sessions().get(key).map(|session| session.ask.clone())
    }

    /// Asks a session to stop and waits until it has, for a while.
    async fn stop(&self, key: &str) {
        let stop = self.sessions().get(key).map(|session| session.stop.clone());
        let Some(stop) = stop else { return };
        stop.send_replace(true);
        // The session's receiver is dropped when it has closed its socket. A session that hangs is left behind.
        let _ = tokio::time::timeout(CLOSING, stop.closed()).await;
    }
}

/// A session in the list of those that run; leaves it when dropped, however it ends.
struct Entered<'a> {
    running: &'a Running,
    key: String,
    stopped: watch::Receiver<bool>,
    asked: mpsc::Receiver<Asked>,
}

impl Drop for Entered<'_> {
    fn drop(&mut self) {
        self.running.sessions().remove(&self.key);
    }
}

type Asking<'a> = Pin<Box<dyn Future<Output = Result<Answer, Error>> + Send + 'a>>;

/// What a session waits for.
struct Pending<'a> {
    socket: Option<net::Socket>,
    asking: Option<Asking<'a>>,
    storing: Option<oneshot::Receiver<()>>,
    asked: &'a mut mpsc::Receiver<Asked>,
    askings: Askings,
}

/// What happened next.
enum Next {
    Answered(Result<Answer, Error>),
    Text(String),
    Heard,
    Stored,
    Timer,
    Asked(Asked),
}

impl Driver {
    /// Keeps the session of a key until it ends, and says why it did. The caller starts it again.
    pub async fn run_session(&self, key: &str, out: mpsc::Sender<SessionReport>) -> Error {
        let Some(mut session) = self.pbx.session(key) else {
            return Error::unsupported("keep a session: it sends webhooks");
        };
        let Some(mut entered) = self.running.enter(key) else {
            return Error::new(ErrorKind::Conflict, "this session runs already");
        };
        let Entered { stopped: is_stopped, asked, .. } = &mut entered;
        let (asking, storing, askings) = (None, None, Askings::default());
        let mut pending = Pending { socket: None, asking, storing, asked, askings };
        let error = tokio::select! {
            error = self.drive(key, session.as_mut(), &mut pending, &out) => error,
            _ = is_stopped.wait_for(|stopped| *stopped) => stopped(),
            () = out.closed() => stopped(),
        };
        pending.askings.end(&error);
        if let Some(socket) = pending.socket {
            socket.close().await;
        }
        error
    }

    /// Ends a session, so that the PBX keeps its events from now on.
    pub async fn end_session(&self, key: &str) -> Result<(), Error> {
        self.running.stop(key).await;
        let Some(request) = self.pbx.end_session(key) else { return Ok(()) };
        // Not under the limit: when everything stops at once, there is nothing left to leave room for.
        let until = tokio::time::Instant::now() + request.times.total;
        let answer = self.exchange_now(&request, Patience { priority: Priority::Background, until }).await?;
        answer.failure().map_or(Ok(()), Err)
    }

    async fn drive<'a>(
        &'a self,
        key: &str,
        session: &mut dyn Session,
        pending: &mut Pending<'a>,
        out: &mpsc::Sender<SessionReport>,
    ) -> Error {
        let mut outputs = session.step(SessionInput::Start, self.moment());
        loop {
            for output in outputs {
                if let Err(error) = self.carry_out(key, output, session, pending, out).await {
                    return error;
                }
            }
            let input = match next(pending, session.next_timer()).await {
                Ok(input) => input,
                Err(error) => return error,
            };
            outputs = match input {
                Next::Answered(answer) => session.step(SessionInput::Answered(answer.as_ref()), self.moment()),
                Next::Text(text) => {
                    let outputs = session.step(SessionInput::Text(&text), self.moment());
                    self.journal_frame(None, Some(&text), outcome_of(&outputs));
                    outputs
                }
                Next::Heard => {
                    // Who listens is behind with what was reported before, so he knows that the other side lives.
                    let _ = out.try_send(SessionReport::Heard);
                    session.step(SessionInput::Heard, self.moment())
                }
                Next::Stored => session.step(SessionInput::Stored, self.moment()),
                Next::Timer => session.step(SessionInput::Timer, self.moment()),
                Next::Asked(asked) => match pending.askings.put(asked) {
                    Some((number, request)) => {
                        session.step(SessionInput::Ask { number, request: &request }, self.moment())
                    }
                    None => Vec::new(),
                },
            };
        }
    }

    async fn carry_out<'a>(
        &'a self,
        key: &str,
        output: SessionOutput,
        session: &mut dyn Session,
        pending: &mut Pending<'a>,
        out: &mpsc::Sender<SessionReport>,
    ) -> Result<(), Error> {
        let report = match output {
            SessionOutput::Request(request) => {
                pending.asking = Some(Box::pin(async move { self.exchange(request, Priority::Background).await }));
                return Ok(());
            }
            SessionOutput::Open(handshake) => {
                pending.socket = Some(self.open(handshake).await?);
                for output in session.step(SessionInput::Opened, self.moment()) {
                    Box::pin(self.carry_out(key, output, session, pending, out)).await?;
                }
                return Ok(());
            }
            SessionOutput::Send(text) => {
                let Some(socket) = &mut pending.socket else { return Ok(()) };
                self.journal_frame(Some(&text), None, JournalOutcome::Done);
                return Ok(socket.send_text(text).await?);
            }
            SessionOutput::Answer { number, answer } => {
                pending.askings.answer(number, answer);
                return Ok(());
            }
            SessionOutput::Ping => {
                return match &mut pending.socket {
                    Some(socket) => Ok(socket.ping().await?),
                    None => Ok(()),
                };
            }
            SessionOutput::End(error) => return Err(error),
            SessionOutput::Rights(abilities) => {
                self.set_rights(key, abilities);
                SessionReport::Rights(abilities)
            }
            SessionOutput::Connected => SessionReport::Connected,
            SessionOutput::DrainProgress { events } => SessionReport::DrainProgress { events },
            SessionOutput::Drained { complete } => SessionReport::Drained { complete },
            SessionOutput::Snapshot(snapshot) => SessionReport::Snapshot(snapshot),
            SessionOutput::Notice(notice) => SessionReport::Notice(notice),
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

    /// Opens a socket, its handshake signed where it says so.
    async fn open(&self, mut handshake: Request) -> Result<net::Socket, Error> {
        if handshake.signed {
            self.pbx.sign(&mut handshake)?;
        }
        let mut request = net::SocketRequest::new(handshake.url).lenient();
        request.headers = handshake.headers;
        Ok(self.client.socket(request).await?)
    }

    pub(super) fn moment(&self) -> Moment {
        Moment { monotonic: tokio::time::Instant::now().into_std(), wall: self.clock.now() }
    }

    fn journal_frame(&self, sent: Option<&str>, received: Option<&str>, outcome: JournalOutcome) {
        let kept = |text: Option<&str>| self.redactor.body(text?.as_bytes());
        let host = self.pbx.base_url().host_str().unwrap_or_default();
        let entry = JournalEntry::new(self.clock.now(), &self.id, JournalKind::Frame, "frame", host);
        let (sent, received) = (kept(sent), kept(received));
        self.journal.record(JournalEntry { outcome, sent, received, ..entry });
    }
}

/// What the journal says of a frame that a session made this of.
fn outcome_of(outputs: &[SessionOutput]) -> JournalOutcome {
    let is_understood = is_understood(outputs.iter().flat_map(SessionOutput::events));
    if is_understood { JournalOutcome::Done } else { JournalOutcome::NotUnderstood }
}

fn stopped() -> Error {
    Error::new(ErrorKind::Stopped, "the session was ended by this program")
}

/// Waits for whatever comes first.
async fn next(pending: &mut Pending<'_>, timer: Option<Instant>) -> Result<Next, Error> {
    let Pending { socket, asking, storing, asked, .. } = pending;
    tokio::select! {
        answer = some(asking, |asking| asking) => {
            *asking = None;
            Ok(Next::Answered(answer))
        }
        frame = some(socket, |socket| Box::pin(socket.next())) => match frame? {
            net::Frame::Text(text) => Ok(Next::Text(text)),
            net::Frame::Binary(bytes) => Ok(Next::Text(String::from_utf8_lossy(&bytes).into_owned())),
            // Kept as what was not understood, like every other text that is no frame.
            net::Frame::LeftOut { bytes } => Ok(Next::Text(format!("a frame of {bytes} bytes, which is longer than is read"))),
            net::Frame::Alive => Ok(Next::Heard),
        },
        stored = some(storing, |storing| storing) => {
            *storing = None;
            stored.map(|()| Next::Stored).map_err(|_| internal("the events could not be stored; they stay at the PBX"))
        }
        Some(asked) = asked.recv() => Ok(Next::Asked(asked)),
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
