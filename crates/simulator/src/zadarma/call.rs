//! What the PBX remembers of a call.

use jiff::{Timestamp, tz::TimeZone};

use crate::play::CallKind;
use crate::script::{Topic, Zone};

/// A call, during and after it.
#[derive(Debug, Clone)]
pub(super) struct Call {
    pub(super) kind: CallKind,
    /// The customer's number without a plus; empty where it is hidden.
    pub(super) customer: String,
    pub(super) line: String,
    /// The extension that placed it; empty for an incoming one.
    pub(super) caller: String,
    /// Who talked, the last of them; empty where nobody did.
    pub(super) answered_by: String,
    pub(super) began: Timestamp,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) disposition: &'static str,
    pub(super) recording: Option<Topic>,
    /// From when on the recording can be fetched.
    pub(super) ready: Option<Timestamp>,
}

impl Call {
    /// Seconds of talk, 0 without one.
    pub(super) fn duration(&self) -> i64 {
        let (Some(answered), Some(ended)) = (self.answered, self.ended) else { return 0 };
        ended.duration_since(answered).as_secs().max(0)
    }
}

/// The id of a call's recording.
pub(super) fn recording_id(pbx_call_id: &str) -> String {
    let digits: String = pbx_call_id.bytes().map(|byte| char::from(b'0' + byte % 10)).rev().take(16).collect();
    let (seconds, fraction) = digits.split_at(10);
    format!("{seconds}.{fraction}")
}

/// `YYYY-MM-DD HH:MM:SS` in the given zone, without a mark of it.
pub(super) fn wall_clock(at: Timestamp, zone: Zone) -> String {
    at.to_zoned(zone_of(zone)).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn zone_of(zone: Zone) -> TimeZone {
    match zone {
        Zone::Utc => TimeZone::UTC,
        Zone::Moscow => TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC),
    }
}
