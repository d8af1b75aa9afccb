//! The stream: hello, how the connections stand, what changed since, then what is published.

use futures_util::{StreamExt, stream};
use link::{
    FrameStream, OfficeError, OfficeErrorKind,
    wire::{Cursor, Frame, PROTOCOL, StreamEvent, You},
};
use store::Changed;
use tokio::sync::broadcast;

use super::{View, storage};
use crate::{
    keeper::{Head, Published},
    rows,
};

/// Items of the catch-up that are read at a time.
const PAGE: usize = 500;

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
        let connections =
            connections.map(|connection| Frame::Event { seq: since, event: StreamEvent::Connection { connection } });
        let first: Vec<_> = std::iter::once(self.hello(head.seq)).chain(connections).map(Ok).collect();
        let state = Following { view: self.clone(), since: Some(since), head, live };
        stream::iter(first).chain(stream::unfold(state, Following::next).flat_map(stream::iter)).boxed()
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

    /// One step of the catch-up: the frames after `since`, and the place that they reach.
    async fn catch_up(&self, since: u64, up_to: u64) -> Result<(Vec<Frame>, Option<u64>), OfficeError> {
        let stopped = |_| OfficeError::new(OfficeErrorKind::Storage, "the office is being stopped");
        let _turn = self.office.pages.acquire().await.map_err(stopped)?;
        self.reading(move |view| {
            let office = &view.office;
            let step = office
                .store
                .changed(&office.name, &view.visible, since, up_to, PAGE)
                .map_err(|error| storage(&error))?;
            Ok((step.items.into_iter().filter_map(|item| view.frame_of(item)).collect(), step.reached))
        })
        .await
    }

    fn frame_of(&self, changed: Changed) -> Option<Frame> {
        let seq = changed.seq();
        let event = match changed {
            Changed::Call(row) => StreamEvent::Call { call: Box::new(self.seen(rows::call(&row)?)?) },
            Changed::Gone { id, .. } => StreamEvent::Gone { id },
            Changed::Fact { fact, .. } => StreamEvent::Fact { fact: rows::fact_of(fact)? },
        };
        Some(Frame::Event { seq, event })
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
                    (seq, StreamEvent::Call { call: Box::new(self.seen((*call).clone())?) })
                } else if parted.has(&self.visible) {
                    (seq, StreamEvent::Gone { id: call.id.clone() })
                } else {
                    return None;
                }
            }
            Published::Fact { seq, fact, audience } => {
                let seen = audience.has(&self.visible);
                (seq, seen.then(|| StreamEvent::Fact { fact: (*fact).clone() })?)
            }
            Published::Command { seq, command, author, audience } => {
                let known = self.may_know(&author, &audience);
                (seq, known.then(|| StreamEvent::Command { command: (*command).clone() })?)
            }
            Published::Status { seq, connection } => {
                let connection = self.office.board.view(&connection, &self.viewer)?;
                (seq.max(head), StreamEvent::Connection { connection })
            }
            Published::At { seq } => return (seq >= head).then_some(Frame::At { seq }),
            Published::Recovered => return None,
        };
        Some(Frame::Event { seq, event })
    }
}

/// A stream after its first frames: catch-up, then what is published.
struct Following {
    view: View,
    since: Option<u64>,
    head: Head,
    live: broadcast::Receiver<Published>,
}

impl Following {
    async fn next(mut self) -> Option<(Vec<Result<Frame, OfficeError>>, Self)> {
        if let Some(since) = self.since {
            match self.view.catch_up(since, self.head.seq).await {
                Ok((frames, reached)) => {
                    let next = reached.filter(|reached| *reached < self.head.seq);
                    let mut frames: Vec<_> = frames.into_iter().map(Ok).collect();
                    if next.is_none() {
                        frames.push(Ok(Frame::At { seq: self.head.seq }));
                    }
                    self.since = next;
                    return Some((frames, self));
                }
                Err(error) => {
                    self.since = None;
                    return Some((vec![Err(error)], self));
                }
            }
        }
        loop {
            match self.live.recv().await {
                // What was published between the rows and the first frame is in the rows by now: the desk resumes.
                Ok(Published::Recovered) if self.head.behind => return None,
                Ok(published) => {
                    if let Some(frame) = self.view.frame(published, self.head.seq) {
                        return Some((vec![Ok(frame)], self));
                    }
                }
                // Too slow: the stream ends, and the desk resumes where it was.
                Err(broadcast::error::RecvError::Lagged(_) | broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}
