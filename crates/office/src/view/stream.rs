//! The stream: hello, how the connections stand, what changed since (with what is published meanwhile), then what is
//! published.

use std::ops::ControlFlow;

use futures_util::{StreamExt, stream};
use link::{
    FrameStream, OfficeError, OfficeErrorKind,
    wire::{Cursor, Frame, PROTOCOL, StreamEvent, You},
};
use tokio::sync::broadcast::{
    self,
    error::{RecvError, TryRecvError},
};

use super::{View, catch_up::CatchUp};
use crate::{
    desks::Presence,
    keeper::{Head, Published},
};

impl View {
    /// The stream from this cursor on.
    pub(super) fn follow(&self, resume: Option<Cursor>) -> FrameStream {
        let (live, head) = self.office.keeper.subscribe();
        let since = match resume {
            None => 0,
            Some(cursor) if cursor.epoch == self.epoch() && cursor.seq <= head.seq => cursor.seq,
            Some(_) => return stream::iter([Ok(self.hello(head.seq)), Ok(Frame::TooOld)]).boxed(),
        };
        // Connections are not in the log. They stand at the place from which the desk goes on, so that it knows them
        // at once and the places of what follows only grow.
        let connections = self.office.board.views(&self.viewer).into_iter();
        let connections = connections.map(|connection| {
            let connection = self.with_groups(connection);
            Frame::Event { seq: since, event: StreamEvent::Connection { connection } }
        });
        let first: Vec<_> = std::iter::once(self.hello(head.seq)).chain(connections).map(Ok).collect();
        let catch_up = Some(CatchUp::new(since, head.seq));
        let presence = Presence::begin(&self.office, &self.viewer);
        let state = Following { view: self.clone(), head, live, catch_up, ended: false, _presence: presence };
        stream::iter(first).chain(stream::unfold(state, Following::next)).boxed()
    }

    fn hello(&self, seq: u64) -> Frame {
        Frame::Hello {
            protocol: PROTOCOL,
            epoch: self.epoch(),
            seq,
            now: self.office.clock.now(),
            you: You {
                name: self.viewer.name.clone(),
                role: self.viewer.role,
                extensions: self.viewer.extensions.clone(),
                groups: self.viewer.groups.clone(),
            },
        }
    }

    /// What this viewer is sent of something published beyond `head`. Whether he sees it is asked before it is copied.
    fn frame(&self, published: Published, head: u64) -> Option<Frame> {
        let (seq, event) = match published {
            // Published before the catch-up was read, which held it already.
            Published::Call { seq, .. } | Published::Fact { seq, .. } | Published::Command { seq, .. }
                if seq <= head =>
            {
                return None;
            }
            Published::Call { seq, call, audience, parted } => {
                if audience.has(&self.visible) {
                    (seq, StreamEvent::Call { call: Box::new(self.visible_call((*call).clone())?) })
                } else if parted.has(&self.visible) {
                    (seq, StreamEvent::Gone { id: call.id.clone() })
                } else {
                    return None;
                }
            }
            Published::Fact { seq, fact, audience } => {
                let is_visible = audience.has(&self.visible);
                (seq, is_visible.then(|| StreamEvent::Fact { fact: (*fact).clone() })?)
            }
            Published::Command { seq, command, author, audience } => {
                let known = self.may_know(&author, &audience);
                (seq, known.then(|| StreamEvent::Command { command: (*command).clone() })?)
            }
            Published::Status { seq, connection } => {
                let event = match self.office.board.view(&connection, &self.viewer) {
                    Some(connection) => StreamEvent::Connection { connection: self.with_groups(connection) },
                    None => StreamEvent::Disconnected { id: connection },
                };
                (seq.max(head), event)
            }
            Published::At { seq } => return (seq >= head).then_some(Frame::At { seq }),
            Published::Recovered => return None,
        };
        Some(Frame::Event { seq, event })
    }
}

/// A stream after its first frames: catch-up and what is published meanwhile, then what is published.
struct Following {
    view: View,
    head: Head,
    live: broadcast::Receiver<Published>,
    catch_up: Option<CatchUp>,
    ended: bool,
    /// The desk counts as following until this goes.
    _presence: Presence,
}

impl Following {
    async fn next(mut self) -> Option<(Result<Frame, OfficeError>, Self)> {
        let next = if self.ended { None } else { self.frame().await };
        self.ended = !matches!(next, Some(Ok(_)));
        next.map(|next| (next, self))
    }

    /// The next frame; `None` where the desk is to resume.
    async fn frame(&mut self) -> Option<Result<Frame, OfficeError>> {
        loop {
            // What happens now comes before what happened: a call may ring.
            let published = match self.live.try_recv() {
                Ok(published) => Ok(published),
                Err(TryRecvError::Lagged(missed)) => Err(RecvError::Lagged(missed)),
                Err(TryRecvError::Closed) => Err(RecvError::Closed),
                Err(TryRecvError::Empty) => match &mut self.catch_up {
                    None => self.live.recv().await,
                    Some(catch_up) => {
                        if let Some(frame) = catch_up.told() {
                            return Some(Ok(frame));
                        }
                        if catch_up.is_over() {
                            self.catch_up = None;
                            continue;
                        }
                        tokio::select! {
                            read = catch_up.read(&self.view) => match read {
                                Ok(()) => continue,
                                Err(error) => return Some(Err(error)),
                            },
                            published = self.live.recv() => published,
                        }
                    }
                },
            };
            if let ControlFlow::Break(frame) = self.take(published) {
                return frame;
            }
        }
    }

    /// What [`Self::frame`] answers with; it goes on where this viewer is told nothing.
    fn take(&mut self, published: Result<Published, RecvError>) -> ControlFlow<Option<Result<Frame, OfficeError>>> {
        match published {
            // What was published between the rows and the first frame is in the rows by now: the desk resumes.
            Ok(Published::Recovered) if self.head.behind => ControlFlow::Break(None),
            // During the catch-up not everything up to there was told.
            Ok(Published::At { .. }) if self.catch_up.is_some() => ControlFlow::Continue(()),
            Ok(published) => {
                let Some(frame) = self.view.frame(published, self.head.seq) else { return ControlFlow::Continue(()) };
                if let Some(catch_up) = &mut self.catch_up {
                    catch_up.overtaken_by(&frame);
                }
                ControlFlow::Break(Some(Ok(frame)))
            }
            Err(RecvError::Lagged(_)) => {
                let message = "the stream was not read fast enough; resume it";
                ControlFlow::Break(Some(Err(OfficeError::new(OfficeErrorKind::RateLimited, message))))
            }
            Err(RecvError::Closed) => ControlFlow::Break(None),
        }
    }
}
