//! Recordings: each is fetched from its PBX once, into the encrypted cache, when somebody first wants it.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use bytes::Bytes;
use calls::{Book, CallId, ConnectionId, RecordingId, RecordingReference};
use futures_util::StreamExt;
use link::{ByteRange, OfficeError, OfficeErrorKind, RecordingPart, wire::PeaksView};
use pbx::{Driver, ErrorKind};
use serde_json::Value;
use store::{Cache, CacheWriter, RecordingMeta, Store};
use tokio::sync::watch;

use crate::history;

/// A piece that is asked for without an end.
const PIECE: u64 = 256 * 1024;
/// The largest recording that is fetched: ten hours of 24 kbit/s speech, or two of 128 kbit/s.
const LARGEST: u64 = 128 * 1024 * 1024;
/// How long a reader waits for bytes that are still on their way.
const PATIENCE: Duration = Duration::from_secs(30);
/// When to ask again for a recording that the PBX is still making.
const NOT_READY: Duration = Duration::from_secs(10);
/// What most PBXs record in.
const MP3: &str = "audio/mpeg";
/// What some record in.
const WAV: &str = "audio/wav";
/// Values a second of each lane.
const PEAKS_A_SECOND: usize = 20;

/// How far a fetch has come.
#[derive(Debug, Clone, PartialEq)]
enum Progress {
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
    drivers: BTreeMap<ConnectionId, Arc<Driver>>,
    running: Mutex<BTreeMap<RecordingId, watch::Receiver<Progress>>>,
}

impl Recordings {
    pub(crate) fn new(
        office: &str,
        store: Store,
        cache: Cache,
        drivers: BTreeMap<ConnectionId, Arc<Driver>>,
    ) -> Arc<Self> {
        let running = Mutex::new(BTreeMap::new());
        Arc::new(Self { office: office.to_owned(), store, cache: Arc::new(cache), drivers, running })
    }

    /// A piece of the recording; waits for bytes that are on their way.
    pub(crate) async fn part(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
        range: ByteRange,
    ) -> Result<RecordingPart, OfficeError> {
        let progress = self.fetched(call, id).await?;
        let wanted = range.end.map_or(range.start + 1, |end| end + 1);
        reached(progress, |so_far| so_far >= wanted).await?;
        self.read(id, range).await
    }

    /// Shape and length; waits until the whole recording is here.
    pub(crate) async fn peaks(self: &Arc<Self>, call: &CallId, id: &RecordingId) -> Result<PeaksView, OfficeError> {
        let progress = self.fetched(call, id).await?;
        reached(progress, |_| false).await?;
        let (cache, id) = (Arc::clone(&self.cache), id.clone());
        blocking(move || shape(&cache, &id)).await
    }

    /// The progress of the fetch, started if nobody has wanted this recording before.
    async fn fetched(
        self: &Arc<Self>,
        call: &CallId,
        id: &RecordingId,
    ) -> Result<watch::Receiver<Progress>, OfficeError> {
        if let Some(running) = self.running.lock().unwrap_or_else(PoisonError::into_inner).get(id) {
            return Ok(running.clone());
        }
        let (cache, cached) = (Arc::clone(&self.cache), id.clone());
        if blocking(move || cache.meta(&cached).map_err(|error| broken(&error))).await?.is_some() {
            return Ok(watch::channel(Progress::Done).1);
        }
        let (send, receive) = watch::channel(Progress::Bytes(0));
        {
            let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(running) = running.get(id) {
                return Ok(running.clone());
            }
            running.insert(id.clone(), receive.clone());
        }
        let (this, call, id) = (Arc::clone(self), call.clone(), id.clone());
        tokio::spawn(async move {
            let outcome = this.fetch(&call, &id, &send).await;
            this.running.lock().unwrap_or_else(PoisonError::into_inner).remove(&id);
            send.send_replace(outcome.err().map_or(Progress::Done, Progress::Failed));
        });
        Ok(receive)
    }

    async fn fetch(
        &self,
        call: &CallId,
        id: &RecordingId,
        progress: &watch::Sender<Progress>,
    ) -> Result<(), OfficeError> {
        let (connection, vendor_call, reference) = self.reference(call, id)?;
        let driver = self.drivers.get(&connection).ok_or_else(not_found)?;
        let download = driver.recording(&vendor_call, &reference).await.map_err(|error| refused(&error))?;
        let mut stream = download.stream;
        let cache = Arc::clone(&self.cache);
        let writer_id = id.clone();
        let mut writer = blocking(move || cache.writer(&writer_id).map_err(|error| broken(&error))).await?;
        let mut so_far = 0;
        let mut media_type = MP3;
        while let Some(piece) = stream.next().await {
            let piece = piece.map_err(|error| refused(&error))?;
            if so_far == 0 && piece.starts_with(b"RIFF") {
                media_type = WAV;
            }
            so_far += piece.len() as u64;
            if so_far > LARGEST {
                return Err(OfficeError::new(OfficeErrorKind::Refused, "the recording is larger than 128 MiB"));
            }
            writer = write(writer, piece).await?;
            progress.send_replace(Progress::Bytes(so_far));
        }
        blocking(move || {
            let meta = RecordingMeta { media_type: media_type.to_owned(), details: Value::Null };
            writer.finish(meta).map_err(|error| broken(&error))
        })
        .await
    }

    /// What fetches this recording, folded from its call's own part of the log.
    fn reference(
        &self,
        call: &CallId,
        id: &RecordingId,
    ) -> Result<(ConnectionId, String, RecordingReference), OfficeError> {
        let entries = history::of_call(&self.store, &self.office, call).map_err(|error| storage(&error))?;
        let connection = entries.first().map(|entry| entry.connection.clone()).ok_or_else(not_found)?;
        let driver = self.drivers.get(&connection).ok_or_else(not_found)?;
        let mut book = Book::new(connection.clone(), driver.book_settings());
        book.restore(&entries);
        let call = book.call(call).ok_or_else(not_found)?;
        let recording = call.recordings.iter().find(|recording| recording.id == *id).ok_or_else(not_found)?;
        let reference = recording.reference.clone().ok_or_else(not_ready)?;
        let vendor_call = call.vendor_call.clone().ok_or_else(not_found)?;
        Ok((connection, vendor_call, reference))
    }

    async fn read(&self, id: &RecordingId, range: ByteRange) -> Result<RecordingPart, OfficeError> {
        let (cache, id) = (Arc::clone(&self.cache), id.clone());
        blocking(move || {
            let held = cache.held(&id).map_err(|error| broken(&error))?.ok_or_else(not_found)?;
            let end = range.end.map_or(range.start + PIECE, |end| end + 1).min(held.received);
            if range.start >= end {
                return Err(OfficeError::invalid("range", "the range begins after the end of the recording"));
            }
            let bytes = cache.read(&id, range.start..end).map_err(|error| broken(&error))?;
            let wav = held.meta.as_ref().is_some_and(|meta| meta.media_type == WAV);
            Ok(RecordingPart {
                bytes: Bytes::from(bytes),
                start: range.start,
                total: held.is_whole().then_some(held.received),
                mime: if wav { WAV } else { MP3 },
            })
        })
        .await
    }
}

/// Waits until enough bytes are here, or all of them.
async fn reached(mut progress: watch::Receiver<Progress>, enough: impl Fn(u64) -> bool) -> Result<(), OfficeError> {
    let waiting = progress.wait_for(|progress| match progress {
        Progress::Bytes(so_far) => enough(*so_far),
        Progress::Done | Progress::Failed(_) => true,
    });
    match tokio::time::timeout(PATIENCE, waiting).await {
        Ok(Ok(progress)) => match &*progress {
            Progress::Bytes(_) | Progress::Done => Ok(()),
            Progress::Failed(error) => Err(error.clone()),
        },
        Ok(Err(_)) | Err(_) => Err(slow()),
    }
}

async fn write(mut writer: CacheWriter, piece: Bytes) -> Result<CacheWriter, OfficeError> {
    blocking(move || {
        writer.write(&piece).map_err(|error| broken(&error))?;
        Ok(writer)
    })
    .await
}

fn shape(cache: &Cache, id: &RecordingId) -> Result<PeaksView, OfficeError> {
    let length = cache.length(id).map_err(|error| broken(&error))?.ok_or_else(not_found)?;
    let bytes = cache.read(id, 0..length).map_err(|error| broken(&error))?;
    let index = audio::index(&bytes).map_err(|error| unplayable(&error))?;
    let peaks = audio::peaks(&bytes, PEAKS_A_SECOND).map_err(|error| unplayable(&error))?;
    Ok(PeaksView {
        duration_ms: index.duration_ms(),
        lanes: peaks.lanes,
        seconds: index.seconds(),
        bytes: u32::try_from(length).unwrap_or(u32::MAX),
        mime: index.format().media_type().to_owned(),
    })
}

async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, OfficeError> + Send + 'static,
) -> Result<T, OfficeError> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|_| Err(OfficeError::new(OfficeErrorKind::Storage, "reading the recording failed; try again")))
}

fn not_found() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotFound, "there is no such recording")
}

fn not_ready() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotReady, "the recording is still being prepared").retry_after(NOT_READY)
}

fn slow() -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotReady, "the recording is still on its way").retry_after(Duration::from_secs(1))
}

fn broken(error: &store::CacheError) -> OfficeError {
    tracing::error!(%error, "the recording cache failed");
    OfficeError::new(OfficeErrorKind::Storage, "the recording cache failed; free disk space and try again")
}

fn storage(error: &store::Error) -> OfficeError {
    tracing::error!(kind = ?error.kind(), "the log could not be read");
    OfficeError::new(OfficeErrorKind::Storage, "the database could not be read")
}

fn unplayable(error: &audio::Error) -> OfficeError {
    OfficeError::new(OfficeErrorKind::NotPlayable, format!("the recording cannot be played: {error}"))
}

fn refused(error: &pbx::Error) -> OfficeError {
    let kind = match error.kind() {
        ErrorKind::NotReady => return not_ready(),
        ErrorKind::NotFound => OfficeErrorKind::NotFound,
        ErrorKind::Gone => OfficeErrorKind::Gone,
        ErrorKind::Unsupported => OfficeErrorKind::Unsupported,
        ErrorKind::Timeout | ErrorKind::Transport | ErrorKind::Stopped => OfficeErrorKind::Unreachable,
        ErrorKind::RateLimited { .. } => OfficeErrorKind::RateLimited,
        ErrorKind::Unauthorized
        | ErrorKind::Forbidden
        | ErrorKind::ClockSkew
        | ErrorKind::InvalidRequest { .. }
        | ErrorKind::Conflict
        | ErrorKind::Refused
        | ErrorKind::Protocol
        | ErrorKind::Internal
        | ErrorKind::TooLarge => OfficeErrorKind::Refused,
        ErrorKind::NotAudio => OfficeErrorKind::NotPlayable,
    };
    OfficeError::new(kind, error.to_string())
}
