//! What lists and searches need to know of a call.

use calls::{CallRecord, CallState};

use super::{Call, RecordingState};

impl Call {
    /// The call as a database keeps it: `groups` are those whose line was called, `seq` is the place of the log entry that
    /// changed it last.
    pub fn record(&self, groups: Vec<String>, seq: u64) -> CallRecord {
        CallRecord {
            id: self.id.clone(),
            connection: self.connection.clone(),
            direction: self.direction,
            state: self.state,
            result: self.result,
            customer_number: self.customer.number.clone(),
            customer_name: self.customer.name.clone(),
            line: self.line.number.clone(),
            agents: self.agents().map(str::to_owned).collect(),
            groups,
            started_at: self.started_at,
            talk_ms: self.talk_ms(),
            has_recording: self.has_recording(),
            in_menu: self.in_menu,
            open: self.state != CallState::Ended,
            for_admins: false,
            seq,
            // A call is made of plain data, which always has a JSON.
            body: serde_json::to_string(self).unwrap_or_default(),
        }
    }

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
