//! Playing a recording.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::call::CallRef;

/// Wish to play a recording.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct OpenRecordingRequest {
    /// Its call.
    pub call: CallRef,
    /// Its identity.
    pub recording: String,
}

/// Shape and length of a recording, whose bytes may have been playing for a while.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct RecordingView {
    /// Its identity.
    pub id: String,
    /// `audio/mpeg` or `audio/wav`.
    pub mime: String,
    /// Length.
    #[ts(type = "number")]
    pub duration_ms: u32,
    /// Length in bytes.
    #[ts(type = "number")]
    pub bytes: u32,
    /// One lane a channel (agent, customer), values 0–255 evenly spread over the length.
    pub lanes: Vec<Vec<u8>>,
    /// Byte place of the audio frame that begins at or before each whole second.
    pub seconds: Vec<u32>,
    /// Name of the colleague, for the upper lane.
    #[ts(optional)]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub agent: Option<String>,
}
