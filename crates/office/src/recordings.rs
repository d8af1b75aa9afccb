//! Recordings: each is fetched from its PBX once, into the encrypted cache, when somebody first wants it.

mod failure;
mod gone;
mod waveform;

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use calls::{Book, CallId, ConnectionId, RecordingId, RecordingReference, RecordingState};
use futures_util::StreamExt;
use link::{ByteRange, OfficeError, OfficeErrorKind, RecordingPart, wire::PeaksView};
use pbx::{Driver, LARGEST_RECORDING};
use store::{Cache, CacheError, CacheWriter, RecordingMeta, Store};
use tokio::sync::{Semaphore, watch};

use self::{failure::Failure, gone::Gone};
use crate::{call_entries, connections::Connections};

/// A piece that is asked for without an end.
const PIECE: u64 = 256 * 1024;
/// The largest piece that is given at once, whatever was asked for.
const LARGEST_PIECE: u64 = 1024 * 1024;
/// How long a reader waits for bytes that are still on their way.
const PATIENCE: Duration = Duration::from_secs(30);
/// What most PBXs record in.
const MP3: &str = "audio/mpeg";
/// What some record in.
const WAV: &str = "audio/wav";
/// What a WAV begins with.
const RIFF: &[u8] = b"RIFF";
/// Recordings that are measured at a time: the others wait, so that memory is bounded and calls are not held up.
const MEASURED_AT_ONCE: usize = 2;

/// How far a fetch has come.
#[derive(Debug, Clone, PartialEq)]
enum FetchProgress {
    /// So many bytes are here.
    Bytes(u64),
    /// All of it is in the cache.
    Done,
    /// It failed.
    Failed(OfficeError),
}

/// Fetches and reads recordings.
pub(crate) struct Recordings {
    office: String,
    store: Store,
    cache: Arc<Cache>,
    connections: Arc<Connections>,
    running: Mutex<BTreeMap<RecordingId, watch::Receiver<FetchProgress>>>,
    gone: Gone,
    measuring: Semaphore,
}

impl Recordings {
    pub(crate) fn new(office: &str, store: Store, cache: Cache, connections: Arc<Connections>) -> Arc<Self> {
        Arc::new(Self {
            office: office.to_owned(),
            store,
            cache: Arc::new(cache),
            connections,
            running: Mutex::default(),
            gone: Gone::default(),
            measuring: Semaphore::new(MEASURED_AT_ONCE),
        })
    }

    /// A piece of the recording, as much of the range as is here; waits only for its first byte.
    pub(crate) async fn part(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
        range: ByteRange,
    ) -> Result<RecordingPart, OfficeError> {
        match self.part_once(call, id, range).await {
            // It has left the cache, so now it is fetched.
            Err(Failure::Damaged) => Ok(self.part_once(call, id, range).await?),
            outcome => Ok(outcome?),
        }
    }

    /// Waveform and length; waits until the whole recording is here.
    pub(crate) async fn peaks(self: &Arc<Self>, call: &CallId, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        match self.peaks_once(call, id).await {
            Err(Failure::Damaged) => Ok(self.peaks_once(call, id).await?),
            outcome => Ok(outcome?),
        }
    }

    async fn part_once(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
        range: ByteRange,
    ) -> Result<RecordingPart, Failure> {
        let progress = self.fetched(call, id).await?;
        reached(progress, |so_far| so_far > range.start).await?;
        let (cache, id) = (Arc::clone(&self.cache), id.clone());
        blocking(move || read(&cache, &id, range)).await
    }

    async fn peaks_once(self: &Arc<Self>, call: &CallId, id: &RecordingId) -> Result<PeaksView, Failure> {
        let progress = self.fetched(call, id).await?;
        reached(progress, |_| false).await?;
        let (cache, cached) = (Arc::clone(&self.cache), id.clone());
        let kept = blocking(move || {
            let meta = cache.meta(&cached)?.ok_or_else(failure::not_found)?;
            Ok(waveform::kept(&meta))
        });
        match kept.await? {
            Some(waveform) => Ok(waveform),
            None => self.measure(id, PATIENCE).await,
        }
    }

    /// The waveform of a recording whose bytes are all here, when it is its turn.
    async fn measure(&self, id: &RecordingId, patience: Duration) -> Result<PeaksView, Failure> {
        let permit = tokio::time::timeout(patience, self.measuring.acquire()).await;
        let _permit = permit.map_err(|_| failure::slow())?.map_err(|_| failure::interrupted())?;
        let (cache, id) = (Arc::clone(&self.cache), id.clone());
        blocking(move || waveform::measure(&cache, &id)).await
    }

    /// The progress of the fetch, started if nobody has wanted this recording before.
    async fn fetched(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
    ) -> Result<watch::Receiver<FetchProgress>, Failure> {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(running.clone());
        }
        let (cache, cached) = (Arc::clone(&self.cache), id.clone());
        let is_whole = blocking(move || match cache.meta(&cached) {
            Ok(meta) => Ok(meta.is_some()),
            // What was damaged is as good as never fetched.
            Err(CacheError::Tampered) => Ok(false),
            Err(error) => Err(error.into()),
        });
        if is_whole.await? {
            return Ok(watch::channel(FetchProgress::Done).1);
        }
        if self.gone.holds(id) {
            return Err(failure::gone().into());
        }
        let (send, receive) = watch::channel(FetchProgress::Bytes(0));
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(running) = running.get(id) {
                return Ok(running.clone());
            }
            running.insert(id.clone(), receive.clone());
        }
        let (this, call, id) = (Arc::clone(self), call.clone(), id.clone());
        tokio::spawn(async move {
            let outcome = this.fetch(&call, &id, &send).await.map_err(OfficeError::from);
            if outcome.as_ref().is_err_and(|error| error.kind == OfficeErrorKind::Gone) {
                this.gone.add(&id);
            }
            this.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            send.send_replace(outcome.err().map_or(FetchProgress::Done, FetchProgress::Failed));
        });
        Ok(receive)
    }

    async fn fetch(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
        progress: &watch::Sender<FetchProgress>,
    ) -> Result<(), Failure> {
        let (this, of_call, wanted) = (Arc::clone(self), call.clone(), id.clone());
        let (connection, vendor_call, reference) = blocking(move || Ok(this.reference(&of_call, &wanted)?)).await?;
        let driver = self.driver(&connection)?;
        let download = driver.recording(&vendor_call, &reference).await.map_err(|error| failure::refused(&error))?;
        let mut stream = download.stream;
        let cache = Arc::clone(&self.cache);
        let writer_id = id.clone();
        let mut writer = blocking(move || Ok(cache.writer(&writer_id)?)).await?;
        let mut so_far = 0;
        let mut media_type = MP3;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| failure::refused(&error))?;
            if so_far == 0 && piece.starts_with(RIFF) {
                media_type = WAV;
            }
            so_far += piece.len() as u64;
            if so_far > LARGEST_RECORDING {
                let message = "the recording is larger than 128 MiB";
                return Err(OfficeError::new(OfficeErrorKind::Refused, message).into());
            }
            writer = write(writer, piece).await?;
            progress.send_replace(FetchProgress::Bytes(so_far));
        }
        if so_far == 0 {
            // A PBX that has not finished sends nothing: that is no recording to be kept.
            return Err(failure::not_ready().into());
        }
        // What cannot be decoded may still be fetched; whoever asks for its waveform is told why it has none.
        let waveform = self.measure(id, Duration::MAX).await;
        let details = waveform.map(|waveform| waveform::details(&waveform)).unwrap_or_default();
        blocking(move || Ok(writer.finish(RecordingMeta { media_type: media_type.to_owned(), details })?)).await
    }

    /// What talks to the PBX of a connection, unless that was removed.
    fn driver(&self, connection: &ConnectionId) -> Result<Arc<Driver>, OfficeError> {
        let connection = self.connections.get(connection).ok_or_else(failure::not_found)?;
        Ok(Arc::clone(&connection.driver))
    }

    /// What fetches this recording, folded from its call's own part of the log.
    fn reference(
        &self,
        call: &CallId,
        id: &RecordingId,
    ) -> Result<(ConnectionId, String, RecordingReference), OfficeError> {
        let entries =
            call_entries::of_call(&self.store, &self.office, call).map_err(|error| failure::storage(&error))?;
        let connection = entries.first().map(|entry| entry.connection.clone()).ok_or_else(failure::not_found)?;
        let driver = self.driver(&connection)?;
        let mut book = Book::new(connection.clone(), driver.book_settings());
        book.restore(&entries);
        let call = book.call(call).ok_or_else(failure::not_found)?;
        let recording = call.recordings.iter().find(|recording| recording.id == *id).ok_or_else(failure::not_found)?;
        let reference = recording.reference.clone().ok_or_else(|| match recording.state {
            // None will come, so nobody is asked to wait for it.
            RecordingState::NotRecorded => failure::not_found(),
            RecordingState::Preparing | RecordingState::Ready => failure::not_ready(),
        })?;
        let vendor_call = call.vendor_call.clone().ok_or_else(failure::not_found)?;
        Ok((connection, vendor_call, reference))
    }
}

/// As much of the range as is here, in one piece of bounded size.
fn read(cache: &Cache, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, Failure> {
    // It was given up since its first bytes were seen.
    let held = cache.held(id)?.ok_or_else(failure::slow)?;
    let wanted = match range.end {
        Some(end) => end.saturating_add(1).min(range.start.saturating_add(LARGEST_PIECE)),
        None => range.start.saturating_add(PIECE),
    };
    let end = wanted.min(held.received);
    if range.start >= end {
        return Err(OfficeError::invalid("range", "the range begins after the end of the recording").into());
    }
    let bytes = cache.read(id, range.start..end)?;
    let wav = match &held.meta {
        Some(meta) => meta.media_type == WAV,
        // While it arrives its first bytes say it.
        None => cache.read(id, 0..4)? == RIFF,
    };
    Ok(RecordingPart {
        bytes: Bytes::from(bytes),
        start: range.start,
        total: held.is_whole().then_some(held.received),
        mime: if wav { WAV } else { MP3 },
    })
}

/// Waits until enough bytes are here, or all of them.
async fn reached(
    mut progress: watch::Receiver<FetchProgress>,
    enough: impl Fn(u64) -> bool,
) -> Result<(), OfficeError> {
    let waiting = progress.wait_for(|progress| match progress {
        FetchProgress::Bytes(so_far) => enough(*so_far),
        FetchProgress::Done | FetchProgress::Failed(_) => true,
    });
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(Ok(progress)) => match &*progress {
            FetchProgress::Bytes(_) | FetchProgress::Done => Ok(()),
            FetchProgress::Failed(error) => Err(error.clone()),
        },
        Ok(Err(_)) | Err(_) => Err(failure::slow()),
    }
}

async fn write(mut writer: CacheWriter, piece: Bytes) -> Result<CacheWriter, Failure> {
    blocking(move || {
        writer.write(&piece)?;
        Ok(writer)
    })
    .await
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T, Failure> + Send + 'static) -> Result<T, Failure> {
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|_| Err(failure::interrupted().into()))
}

#[cfg(test)]
mod tests {
    use calls::{Customer, Direction, Effect, Line, LogEvent};

    use super::*;
    use crate::testing::{Bench, at};

    #[tokio::test]
    async fn only_a_recording_that_will_come_is_waited_for() {
        let bench = Bench::new(pbx::mango_client::MAKE).await;
        let (link, recordings) = (&bench.link, bench.recordings());
        let call = CallId::of_vendor(&link.connection, "s1");
        let id = RecordingId::of(&call, "");
        let created = Effect::CallCreated {
            direction: Direction::Incoming,
            customer: Customer::default(),
            line: Line::default(),
        };
        let steps = [
            (vec![created, Effect::RecordingStarted], OfficeErrorKind::NotReady),
            (vec![Effect::NotRecorded], OfficeErrorKind::NotFound),
        ];
        for (place, (effects, expected)) in steps.into_iter().enumerate() {
            let event = Bench::event(&format!("e{place}"), Some("s1"), effects);
            link.keeper.tell(&link.connection, at(0), vec![LogEvent::Vendor(event)]).await.expect("is stored");
            let part = recordings.part(&call, &id, ByteRange { start: 0, end: None }).await;
            assert_eq!(part.expect_err("there is none").kind, expected);
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_third_measuring_waits_and_is_told_to_come_back() {
        let bench = Bench::new(pbx::mango_client::MAKE).await;
        let recordings = bench.recordings();
        let id = RecordingId::of(&CallId::of_vendor(&bench.link.connection, "s1"), "");
        let permits = recordings.measuring.acquire_many(MEASURED_AT_ONCE as u32).await.expect("it is open");
        let third = OfficeError::from(recordings.measure(&id, PATIENCE).await.expect_err("two are at it"));
        assert_eq!(third.kind, OfficeErrorKind::NotReady);
        assert!(third.retry_after.is_some());
        drop(permits);
        let missing = OfficeError::from(recordings.measure(&id, PATIENCE).await.expect_err("nothing is cached"));
        assert_eq!(missing.kind, OfficeErrorKind::NotFound, "it was looked for");
    }
}
