//! What lists and searches need to know of a call.

use super::{Call, RecordingState};

impl Call {
    /// Extensions of the people of the office in it.
    pub fn agents(&self) -> impl Iterator<Item = &str> {
        self.legs.iter().filter(|leg| leg.is_agent()).filter_map(|leg| leg.extension.as_deref())
    }

    /// How long somebody talked with the customer; nothing while he still does.
    pub fn talk_ms(&self) -> i64 {
        let talk = self.answered_at.zip(self.ended_at).map_or(0, |(from, to)| to.duration_since(from).as_millis());
        i64::try_from(talk.max(0)).unwrap_or(i64::MAX)
    }

    /// There is a recording, or there will be one.
    pub fn has_recording(&self) -> bool {
        let will_play = |state| match state {
            RecordingState::Preparing | RecordingState::Ready | RecordingState::Fetching | RecordingState::Expired => {
                true
            }
            RecordingState::Gone | RecordingState::NotRecorded => false,
        };
        self.recordings.iter().any(|recording| will_play(recording.state))
    }
}
