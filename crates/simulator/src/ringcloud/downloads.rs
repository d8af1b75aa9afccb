//! The recordings of a user: their list, and each file without an envelope.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use serde_json::{Value, json};

use super::{RingCloud, rows};
use crate::fault::Fault;
use crate::recordings;
use crate::world::lock;

/// `[file name, recording time]` of every recording of a user that is ready.
pub(super) fn list(pbx: &RingCloud, user: &str) -> Value {
    let now = pbx.shared.world.now();
    let calls = lock(&pbx.shared.calls);
    let mut own: Vec<_> = calls
        .values()
        .filter_map(|call| Some((call.began, call.recording.as_ref()?)))
        .filter(|(_, recording)| recording.user == user && recording.ready <= now)
        .collect();
    own.sort_by_key(|(began, _)| *began);
    own.iter().map(|(began, recording)| json!([recording.file, rows::time(pbx, *began)])).collect()
}

/// The bytes of a file; of one that is not there, or not yet, an empty body.
pub(super) fn file(pbx: &RingCloud, user: &str, file: &str) -> Response {
    let world = &pbx.shared.world;
    let found = lock(&pbx.shared.calls)
        .values()
        .filter(|call| call.is_answered())
        .filter_map(|call| call.recording.clone())
        .find(|recording| recording.user == user && recording.file == file);
    let ready = found.filter(|found| found.ready <= world.now() && !world.faults.has(Fault::RecordingNotReady));
    match ready {
        Some(recording) => recordings::download(recording.topic, &world.faults),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
