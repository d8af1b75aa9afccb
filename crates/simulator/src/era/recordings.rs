//! Recordings: a key for ever, a link for five minutes.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use tokio::time::Instant;

use super::Era;
use super::answers::Failure;
use crate::fault::Fault;
use crate::reading::Reading;
use crate::recordings;
use crate::script::Topic;
use crate::world::lock;

/// How long a link lives.
const LIFETIME: Duration = Duration::from_secs(300);

#[derive(Debug, Default)]
pub(super) struct Recordings {
    /// What a key stands for.
    by_key: BTreeMap<String, Topic>,
    /// What a link leads to, and until when.
    links: BTreeMap<String, (Topic, Instant)>,
}

impl Recordings {
    pub(super) fn add(&mut self, key: String, topic: Topic) {
        self.by_key.insert(key, topic);
    }
}

/// A path on this server at which the recording of a key can be fetched.
pub(super) fn path(pbx: &Era, key: &str) -> Result<String, Failure> {
    let world = &pbx.shared.world;
    let mut recordings = lock(&pbx.shared.recordings);
    let known = recordings.by_key.get(key).copied();
    let known = known.filter(|_| !world.faults.has(Fault::RecordingNotReady));
    let topic = known.ok_or(Failure::unknown("there is no recording of this key"))?;
    let path = format!("/temp/{}.mp3", world.new_id().simple());
    let lifetime = if world.faults.has(Fault::LinkUsed) { Duration::ZERO } else { LIFETIME };
    recordings.links.insert(path.clone(), (topic, Instant::now() + world.scaled(lifetime)));
    Ok(path)
}

/// The file behind a link that still lives; nobody is asked who he is.
pub(super) fn download(pbx: &Era, path: &str) -> Response {
    let world = &pbx.shared.world;
    let link = lock(&pbx.shared.recordings).links.get(path).copied();
    match link.filter(|(_, until)| *until > Instant::now()) {
        Some((topic, _)) => recordings::download(topic, &world.faults),
        None if world.reads(Reading::DEAD_LINK_403) => StatusCode::FORBIDDEN.into_response(),
        None if world.reads(Reading::DEAD_LINK_410) => StatusCode::GONE.into_response(),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
