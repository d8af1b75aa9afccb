//! Playing recordings.

use calls::RecordingId;
use link::{ByteRange, RecordingPart};

use super::Desk;
use crate::{
    archive::off_loop,
    contract::{ContractError, OpenRecordingRequest, RecordingView},
    errors::no_such_call,
    views::party::agent,
};

impl Desk {
    /// Shape, length and place of a recording; fetches it from the PBX when nobody has played it yet.
    pub async fn open_recording(&self, request: OpenRecordingRequest) -> Result<RecordingView, ContractError> {
        let OpenRecordingRequest { call, recording } = request;
        let office = self.office(&call.office).await?;
        let id = recording_id(&recording)?;
        let asked = call.clone();
        let kept = off_loop(&self.archive, move |archive| archive.call(&asked.office, &asked.id)).await?;
        let peaks = office.office.peaks(&id).await?;
        Ok(RecordingView {
            path: format!("{}/{}", call.office, id.as_str()),
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
}

/// What is no id of a recording is as one that is not there.
fn recording_id(text: &str) -> Result<RecordingId, ContractError> {
    text.parse().map_err(|_| no_such_call())
}
