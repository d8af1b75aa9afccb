//! What the PBX remembers of a call.

use jiff::{Timestamp, tz::TimeZone};

use crate::play::CallKind;
use crate::script::{Topic, Zone};

/// A call, during and after it.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) kind: CallKind,
    /// The customer's number; none is hidden, or an internal call.
    pub(super) customer: Option<String>,
    pub(super) line: String,
    pub(super) caller: Option<String>,
    /// Who talked, the last of them.
    pub(super) answered_by: Option<String>,
    pub(super) began: Timestamp,
    pub(super) answered: Option<Timestamp>,
    pub(super) ended: Option<Timestamp>,
    pub(super) recording: Option<Topic>,
    /// From when on the recording can be fetched.
    pub(super) ready: Option<Timestamp>,
}

impl Session {
    /// Seconds of talk, 0 without a connection.
    pub(super) fn duration(&self) -> i64 {
        let (Some(answered), Some(ended)) = (self.answered, self.ended) else { return 0 };
        ended.duration_since(answered).as_secs().max(0)
    }

    /// 1 from outside, 2 to outside, 3 internal.
    pub(super) fn direction(&self) -> u8 {
        match self.kind {
            CallKind::Incoming => 1,
            CallKind::Outgoing | CallKind::Callback => 2,
            CallKind::Internal => 3,
        }
    }

    /// 1 ordinary, 3 callback.
    pub(super) fn call_type(&self) -> u8 {
        match self.kind {
            CallKind::Callback => 3,
            CallKind::Incoming | CallKind::Outgoing | CallKind::Internal => 1,
        }
    }

    /// 1 answered, 2 not.
    pub(super) fn state(&self) -> u8 {
        if self.answered.is_some() { 1 } else { 2 }
    }
}

/// `yyyy-MM-dd HH:mm:ss.SSS` in the given zone, without a mark of it.
pub(super) fn timestamp(at: Timestamp, zone: Zone) -> String {
    let zone = match zone {
        Zone::Utc => TimeZone::UTC,
        Zone::Moscow => moscow(),
    };
    at.to_zoned(zone).strftime("%Y-%m-%d %H:%M:%S%.3f").to_string()
}

/// `yyyy-MM-dd HH:mm:ss` in Moscow, as the history has it.
pub(super) fn moscow_date(at: Timestamp) -> String {
    at.to_zoned(moscow()).strftime("%Y-%m-%d %H:%M:%S").to_string()
}

pub(super) fn moscow() -> TimeZone {
    TimeZone::get("Europe/Moscow").unwrap_or(TimeZone::UTC)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timestamps_have_three_digits_and_no_zone() {
        let at: Timestamp = "2026-03-10T21:04:05.5Z".parse().expect("a time");
        assert_eq!(timestamp(at, Zone::Utc), "2026-03-10 21:04:05.500");
        assert_eq!(timestamp(at, Zone::Moscow), "2026-03-11 00:04:05.500");
        assert_eq!(moscow_date(at), "2026-03-11 00:04:05");
    }
}
