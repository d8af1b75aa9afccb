//! One office's stream: opened, resumed where the copy ends, opened again when lost.

use std::{sync::Arc, time::Duration};

use futures_util::StreamExt;
use link::{
    FrameStream, OfficeError, SignInError,
    wire::{Cursor, Frame},
};
use store::{ErrorKind, Store};
use tokio::{
    sync::mpsc,
    task::{JoinHandle, JoinSet},
    time,
};

use super::{
    backoff::Backoff,
    outbox::{Outbox, Sent},
    replica::Batch,
};
use crate::{
    contract::LinkCause,
    controller::message::{Message, News, OfficeSlot},
    ports::Chance,
};

/// An office that says nothing at all for so long when the stream is opened is not there.
const HELLO_WITHIN: Duration = Duration::from_secs(30);
/// A keyring that is locked is asked again after this: asking does not trouble the person.
const KEYRING_AGAIN: Duration = Duration::from_secs(2);
/// Frames that lie ready are committed together.
const TOGETHER: usize = 256;

/// A running supervisor; dropping it ends the stream.
#[derive(Debug)]
pub(crate) struct Supervision(JoinHandle<()>);

impl Drop for Supervision {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Keeps one office's stream open.
#[derive(Clone)]
pub(crate) struct Supervisor {
    pub(crate) slot: OfficeSlot,
    /// Distinguishes this supervisor from former ones of the same office.
    pub(crate) generation: u64,
    pub(crate) store: Store,
    pub(crate) chance: Arc<dyn Chance>,
    /// Weak: a supervisor does not keep a desk alive that nobody uses any more.
    pub(crate) loop_: mpsc::WeakSender<Message>,
}

/// Why a stream ended.
enum StreamEnd {
    /// The loop is gone.
    Closed,
    /// The office does not know us, or cannot be asked before a person has mended something.
    Refused(LinkCause),
    /// The computer has slept.
    Woke,
    /// The copy cannot be resumed.
    TooOld,
    /// Anything else; `caught_up` says that it had worked.
    Lost { caught_up: bool, cause: LinkCause },
}

impl StreamEnd {
    fn lost(caught_up: bool) -> Self {
        Self::Lost { caught_up, cause: LinkCause::Unreachable }
    }

    fn not_stored() -> Self {
        Self::Lost { caught_up: false, cause: LinkCause::Storage }
    }
}

/// The loop has ended.
struct LoopClosed;

impl From<LoopClosed> for StreamEnd {
    fn from(_: LoopClosed) -> Self {
        Self::Closed
    }
}

impl Supervisor {
    /// Starts it.
    pub(crate) fn start(self) -> Supervision {
        Supervision(tokio::spawn(self.run()))
    }

    async fn run(self) {
        let mut backoff = Backoff::new();
        loop {
            let end = tokio::select! {
                followed = self.follow() => followed.map_or_else(|end| end, |()| StreamEnd::not_stored()),
                () = self.slot.woke.notified() => StreamEnd::Woke,
            };
            let mut wait = None;
            let told = match end {
                StreamEnd::Closed => return,
                StreamEnd::Refused(cause) => {
                    // The loop may have ended too; either way nothing is left to do.
                    let _ = self.tell(News::Refused(cause)).await;
                    return;
                }
                StreamEnd::Woke => {
                    backoff.reset();
                    wait = Some(Duration::ZERO);
                    self.tell(News::Lost(LinkCause::Unreachable)).await
                }
                StreamEnd::TooOld => match self.set_aside().await {
                    Ok(()) => self.tell(News::SetAside).await,
                    Err(error) => self.not_stored(&error).await,
                },
                StreamEnd::Lost { caught_up, cause } => {
                    if caught_up {
                        backoff.reset();
                    }
                    if cause == LinkCause::KeyringLocked {
                        wait = Some(KEYRING_AGAIN);
                    }
                    self.tell(News::Lost(cause)).await
                }
            };
            if told.is_err() {
                return;
            }
            let wait = wait.unwrap_or_else(|| backoff.wait(&*self.chance));
            tokio::select! {
                () = time::sleep(wait) => {}
                () = self.slot.woke.notified() => backoff.reset(),
            }
        }
    }

    async fn tell(&self, news: News) -> Result<(), LoopClosed> {
        let message = Message::Link { office: self.slot.id.clone(), generation: self.generation, news };
        let loop_ = self.loop_.upgrade().ok_or(LoopClosed)?;
        loop_.send(message).await.map_err(|_| LoopClosed)
    }

    async fn not_stored(&self, error: &store::Error) -> Result<(), LoopClosed> {
        tracing::error!(office = self.slot.id, %error, "the copy of the office cannot be written");
        self.tell(News::NotStored { full: error.kind() == ErrorKind::Full }).await
    }

    /// The cursor goes, and with it, for a copied office, the copy.
    async fn set_aside(&self) -> Result<(), store::Error> {
        if self.slot.replicate {
            self.store.drop_replica(&self.slot.id).await
        } else {
            let nowhere = store::ReplicaCursor { epoch: String::new(), seq: 0 };
            self.store.save(&self.slot.id, store::Save { cursor: Some(nowhere), ..store::Save::default() }).await
        }
    }

    async fn cursor(&self) -> Result<Option<Cursor>, store::Error> {
        let office = self.slot.id.clone();
        let kept = self.store.reading(move |store| store.replica_cursor(&office)).await?;
        Ok(kept.map(|cursor| Cursor { epoch: cursor.epoch, seq: cursor.seq }))
    }

    /// Follows one stream until it ends.
    async fn follow(&self) -> Result<(), StreamEnd> {
        self.tell(News::Opening).await?;
        self.slot.office.sign_in().await.map_err(not_signed_in)?;
        let resume = match self.cursor().await {
            Ok(resume) => resume,
            Err(error) => {
                self.not_stored(&error).await?;
                return Ok(());
            }
        };
        let resumed = resume.is_some();
        let stream = match resume {
            None if !self.slot.replicate => self.open_at_head().await?,
            resume => self.open(resume).await?,
        };
        let mut frames = stream.ready_chunks(TOGETHER);
        // Beside the stream, whose frames wait for nobody; dropping this ends it.
        let mut beside = JoinSet::new();
        let mut progress = StreamProgress { resumed, epoch: None, head: 0, caught_up: false };
        while let Some(ready) = frames.next().await {
            let was_caught_up = progress.caught_up;
            let mut batch = Batch::default();
            let mut end = None;
            for frame in ready {
                match frame {
                    Ok(frame) => end = self.take(frame, &mut progress, &mut batch).await?,
                    Err(error) => end = Some(ended_by(&error, progress.caught_up)),
                }
                if end.is_some() {
                    break;
                }
            }
            self.commit(batch).await?;
            if let Some(end) = end {
                return Err(end);
            }
            if progress.caught_up && !was_caught_up && self.slot.replicate {
                beside.spawn(self.clone().send_written());
            }
        }
        Err(StreamEnd::lost(progress.caught_up))
    }

    /// Sends what is written here, as long as the stream is open.
    async fn send_written(self) {
        let mut outbox = Outbox::default();
        loop {
            let sent = outbox.send(&self.store, &self.slot.id, &*self.slot.office).await.unwrap_or_else(|error| {
                tracing::warn!(office = self.slot.id, %error, "what was written here cannot be read");
                Sent::default()
            });
            if sent.refused && self.tell(News::FactRefused).await.is_err() {
                return;
            }
            match sent.again_after {
                Some(wait) => time::sleep(wait).await,
                None => self.slot.written.notified().await,
            }
        }
    }

    async fn open(&self, resume: Option<Cursor>) -> Result<FrameStream, StreamEnd> {
        let opening = time::timeout(HELLO_WITHIN, self.slot.office.stream(resume)).await;
        opening.map_err(|_| StreamEnd::lost(false))?.map_err(|error| ended_by(&error, false))
    }

    /// All rows of the office in the same process are in the database already: what it is first asked is only where
    /// its log stands.
    async fn open_at_head(&self) -> Result<FrameStream, StreamEnd> {
        let mut stream = self.open(None).await?;
        let hello = time::timeout(HELLO_WITHIN, stream.next()).await.map_err(|_| StreamEnd::lost(false))?;
        match hello {
            Some(Ok(Frame::Hello { epoch, seq, .. })) => self.open(Some(Cursor { epoch, seq })).await,
            Some(Ok(_)) | None => Err(StreamEnd::lost(false)),
            Some(Err(error)) => Err(ended_by(&error, false)),
        }
    }

    /// Tells the loop of a frame at once; what is to be written waits for those that lie ready behind it.
    async fn take(
        &self,
        frame: Frame,
        progress: &mut StreamProgress,
        batch: &mut Batch,
    ) -> Result<Option<StreamEnd>, LoopClosed> {
        match frame {
            Frame::Hello { epoch, seq, now, you, .. } => {
                progress.epoch = Some(epoch);
                progress.head = seq;
                self.tell(News::Hello { now, you, resumed: progress.resumed }).await?;
            }
            Frame::Event { seq, event } => {
                if self.slot.replicate {
                    batch.add(seq, &event);
                }
                // What happens after the hello is no news of the past, however much of that is still to be told.
                let live = progress.caught_up || seq > progress.head;
                self.tell(News::Event { event: Box::new(event), live }).await?;
            }
            Frame::At { seq } => {
                if let Some(epoch) = &progress.epoch {
                    batch.reached(Cursor { epoch: epoch.clone(), seq });
                }
                if !progress.caught_up && progress.epoch.is_some() {
                    progress.caught_up = seq >= progress.head;
                    self.tell(News::Step { caught_up: progress.caught_up }).await?;
                }
            }
            Frame::TooOld => return Ok(Some(StreamEnd::TooOld)),
            Frame::Other => {}
        }
        Ok(None)
    }

    /// Writes what came. When that fails the stream is given up: it resumes at the last place that was kept.
    async fn commit(&self, batch: Batch) -> Result<(), StreamEnd> {
        if batch.is_empty() {
            return Ok(());
        }
        if let Err(error) = batch.commit(&self.store, &self.slot.id).await {
            self.not_stored(&error).await?;
            return Err(StreamEnd::not_stored());
        }
        Ok(self.tell(News::Committed).await?)
    }
}

/// How far a stream has come.
struct StreamProgress {
    resumed: bool,
    epoch: Option<String>,
    head: u64,
    caught_up: bool,
}

fn not_signed_in(error: SignInError) -> StreamEnd {
    let cause = LinkCause::from(error);
    // A locked keyring is asked again by itself.
    if cause == LinkCause::KeyringLocked {
        StreamEnd::Lost { caught_up: false, cause }
    } else {
        StreamEnd::Refused(cause)
    }
}

fn ended_by(error: &OfficeError, caught_up: bool) -> StreamEnd {
    tracing::info!(kind = ?error.kind, "the stream of an office ended");
    let cause = LinkCause::from(error);
    if cause == LinkCause::TokenRefused { StreamEnd::Refused(cause) } else { StreamEnd::Lost { caught_up, cause } }
}
