//! Duration and peaks of a recording: worked out once, then kept beside its bytes.

use std::{
    ops::Range,
    sync::{Mutex, PoisonError},
};

use audio::{Error, Reason, Source};
use calls::RecordingId;
use data_encoding::BASE64;
use link::wire::PeaksView;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use store::{Cache, CacheError, RecordingMeta};

use super::failure::{Failure, not_found, unplayable};

/// Values a second of each lane.
const PEAKS_A_SECOND: usize = 20;
/// The waveform of a recording of more than a day is worked out each time: everybody who reads a piece of a recording
/// reads what is kept beside it.
const LARGEST: usize = 4 * 1024 * 1024;

/// A waveform as it is kept: much is read for one that is looked at, so it is packed.
#[derive(Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
struct PackedWaveform {
    duration_ms: u32,
    lanes: Vec<String>,
    seconds: String,
    bytes: u32,
    mime: String,
}

/// The waveform of a recording whose bytes are all here, also of one that is just being closed.
pub(super) fn measure(cache: &Cache, id: &RecordingId) -> Result<PeaksView, Failure> {
    let length = cache.length(id)?.ok_or_else(not_found)?;
    let cached = Cached { cache, id, length, failed: Mutex::default() };
    let waveform = of(&cached);
    match cached.failed.into_inner().unwrap_or_else(PoisonError::into_inner) {
        Some(error) => Err(error.into()),
        None => waveform.map_err(|error| unplayable(&error).into()),
    }
}

/// A recording in the cache, of which only what is looked at is in memory.
struct Cached<'a> {
    cache: &'a Cache,
    id: &'a RecordingId,
    length: u64,
    /// Why it could not be read.
    failed: Mutex<Option<CacheError>>,
}

impl Source for Cached<'_> {
    fn length(&self) -> u64 {
        self.length
    }

    fn read(&self, range: Range<u64>) -> Result<Vec<u8>, Error> {
        self.cache.read(self.id, range).map_err(|error| {
            *self.failed.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            Error { reason: Reason::Unreadable }
        })
    }
}

fn of(recording: &Cached<'_>) -> Result<PeaksView, Error> {
    let index = audio::index(recording)?;
    let peaks = audio::peaks(recording, PEAKS_A_SECOND)?;
    Ok(PeaksView {
        duration_ms: index.duration_ms(),
        lanes: peaks.lanes,
        seconds: index.seconds(),
        bytes: u32::try_from(recording.length).unwrap_or(u32::MAX),
        mime: index.format().media_type().to_owned(),
    })
}

/// The waveform as it is kept in [`RecordingMeta::details`].
pub(super) fn details(waveform: &PeaksView) -> Value {
    let seconds: Vec<u8> = waveform.seconds.iter().flat_map(|place| place.to_le_bytes()).collect();
    let kept = PackedWaveform {
        duration_ms: waveform.duration_ms,
        lanes: waveform.lanes.iter().map(|lane| BASE64.encode(lane)).collect(),
        seconds: BASE64.encode(&seconds),
        bytes: waveform.bytes,
        mime: waveform.mime.clone(),
    };
    let size = kept.seconds.len() + kept.lanes.iter().map(String::len).sum::<usize>();
    if size > LARGEST { Value::Null } else { serde_json::to_value(kept).unwrap_or_default() }
}

/// The waveform that is kept beside a recording; `None` when there is none.
pub(super) fn kept(meta: &RecordingMeta) -> Option<PeaksView> {
    let kept = PackedWaveform::deserialize(&meta.details).ok()?;
    let seconds = BASE64.decode(kept.seconds.as_bytes()).ok()?;
    Some(PeaksView {
        duration_ms: kept.duration_ms,
        lanes: kept.lanes.iter().map(|lane| BASE64.decode(lane.as_bytes())).collect::<Result<_, _>>().ok()?,
        seconds: seconds.chunks_exact(4).filter_map(|place| Some(u32::from_le_bytes(place.try_into().ok()?))).collect(),
        bytes: kept.bytes,
        mime: kept.mime,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waveform(values: usize) -> PeaksView {
        PeaksView {
            duration_ms: 2_500,
            lanes: vec![vec![0, 128, 255], vec![7; values]],
            seconds: vec![0, 70_000, 140_001],
            bytes: 200_000,
            mime: "audio/mpeg".to_owned(),
        }
    }

    #[test]
    fn a_kept_shape_comes_out_as_it_went_in() {
        let meta = RecordingMeta { media_type: "audio/mpeg".to_owned(), details: details(&waveform(3)) };
        assert_eq!(kept(&meta), Some(waveform(3)));
        assert_eq!(kept(&RecordingMeta { details: Value::Null, ..meta }), None, "of a recording that has none");
    }

    #[test]
    fn a_shape_that_would_weigh_on_every_piece_is_not_kept() {
        assert_eq!(details(&waveform(4 * 1024 * 1024)), Value::Null);
    }
}
