//! Moments as they are stored: whole nanoseconds, so that what is read back is what was written.

use jiff::Timestamp;

/// Start in ms × 1024 leaves this many calls that began in the same millisecond their own places.
pub(crate) const PER_MS: i64 = 1024;

pub(crate) fn to_ns(at: Timestamp) -> i64 {
    at.as_nanosecond().clamp(i64::MIN.into(), i64::MAX.into()) as i64
}

pub(crate) fn from_ns(ns: i64) -> Timestamp {
    Timestamp::from_nanosecond(ns.into()).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The lowest place of a call that began at this moment.
pub(crate) fn first_place(at: Timestamp) -> i64 {
    at.as_millisecond() * PER_MS
}

/// When the call at this place began.
pub(crate) fn began_at(place: i64) -> Timestamp {
    Timestamp::from_millisecond(place.div_euclid(PER_MS)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The highest place of a call that began at this moment.
pub(crate) fn last_place(at: Timestamp) -> i64 {
    first_place(at) + PER_MS - 1
}
