//! Playing recordings.

use audio::Samples;
use calls::RecordingId;
use link::{ByteRange, Office, OfficeError, OfficeErrorKind, RecordingPart};

use super::Desk;
use crate::{
    archive::off_loop,
    contract::{ContractError, ErrorCode, OpenRecordingRequest, RecordingView},
    errors::no_such_call,
    views::party::agent,
};

/// The sound of a WAV begins within so many bytes: first the usual ones, then what a writer may have put before it.
const HEADS: [u64; 2] = [4 * 1024, 256 * 1024];
/// The longest piece of sound that is made at once.
const LONGEST_PIECE_MS: u32 = 60_000;

impl Desk {
    /// Shape and length of a recording; fetches it from the PBX when nobody has played it yet.
    pub async fn open_recording(&self, request: OpenRecordingRequest) -> Result<RecordingView, ContractError> {
        let OpenRecordingRequest { call, recording } = request;
        let office = self.office(&call.office).await?;
        let id = recording_id(&recording)?;
        let asked = call.clone();
        let kept = off_loop(&self.archive, move |archive| archive.call(&asked.office, &asked.id)).await?;
        let peaks = office.office.peaks(&id).await?;
        Ok(RecordingView {
            id: recording,
            mime: peaks.mime,
            duration_ms: peaks.duration_ms,
            bytes: peaks.bytes,
            lanes: peaks.lanes,
            seconds: peaks.seconds,
            agent: agent(&kept),
        })
    }

    /// A piece of a recording.
    pub async fn recording_bytes(
        &self,
        office: &str,
        recording: &str,
        range: ByteRange,
    ) -> Result<RecordingPart, ContractError> {
        let office = self.office(office).await?;
        Ok(office.office.recording(&recording_id(recording)?, range).await?)
    }

    /// A piece of a recording in WAV, between two moments, as 16-bit PCM: players take no other coding for sure, and none
    /// plays a WAV in parts. Shorter at the end of the recording.
    pub async fn recording_piece(
        &self,
        office: &str,
        recording: &str,
        from_ms: u32,
        to_ms: u32,
    ) -> Result<Vec<u8>, ContractError> {
        let (office, id) = (self.office(office).await?, recording_id(recording)?);
        let samples = samples(&*office.office, &id).await?;
        let place = samples.place(from_ms, to_ms.min(from_ms.saturating_add(LONGEST_PIECE_MS)));
        let bytes = bytes(&*office.office, &id, place.start, place.end).await?;
        if bytes.is_empty() {
            return Err(ContractError::invalid("range", "the piece begins after the end of the recording"));
        }
        Ok(samples.to_pcm_wav(&bytes))
    }
}

/// Where the sound of a WAV lies.
async fn samples(office: &dyn Office, id: &RecordingId) -> Result<Samples, ContractError> {
    let mut found = Err(ContractError::new(ErrorCode::NotPlayable, "the recording has no header"));
    for head in HEADS {
        let first = office.recording(id, ByteRange { start: 0, end: Some(head - 1) }).await?;
        let total = first.total;
        let mut bytes = first.bytes.to_vec();
        if (bytes.len() as u64) < head.min(total.unwrap_or(u64::MAX)) {
            bytes = self::bytes(office, id, 0, head).await?;
        }
        found = Samples::read(&bytes, total).map_err(|error| {
            ContractError::new(ErrorCode::NotPlayable, format!("the recording cannot be played: {error}"))
        });
        if found.is_ok() || (bytes.len() as u64) < head {
            return found;
        }
    }
    found
}

/// The bytes from one place to another, waiting for those that are on their way; fewer at the end of the recording.
async fn bytes(office: &dyn Office, id: &RecordingId, start: u64, end: u64) -> Result<Vec<u8>, ContractError> {
    let mut bytes = Vec::new();
    loop {
        let next = start + bytes.len() as u64;
        if next >= end {
            return Ok(bytes);
        }
        match office.recording(id, ByteRange { start: next, end: Some(end - 1) }).await {
            Ok(part) if part.bytes.is_empty() => return Ok(bytes),
            Ok(part) => bytes.extend_from_slice(&part.bytes),
            // While it was being fetched nobody knew that this was its end.
            Err(OfficeError { kind: OfficeErrorKind::InvalidRequest, field: Some("range"), .. }) => return Ok(bytes),
            Err(error) => return Err(error.into()),
        }
    }
}

/// What is no id of a recording is as one that is not there.
fn recording_id(text: &str) -> Result<RecordingId, ContractError> {
    text.parse().map_err(|_| no_such_call())
}
