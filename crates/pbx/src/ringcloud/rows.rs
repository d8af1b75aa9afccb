//! Rows of the lists of calls, as they come.

use calls::{CallResult, Direction, VendorTime};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use crate::{
    fields::{self, Fields},
    zone,
};

/// A call that goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ActiveRow {
    pub(super) src: String,
    pub(super) dst: String,
    /// How long it has been dialled and talked on.
    pub(super) age: SignedDuration,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FinishedRow {
    pub(super) src: String,
    pub(super) dst: String,
    pub(super) direction: Direction,
    /// Verbatim.
    pub(super) start: String,
    /// Verbatim.
    pub(super) end: Option<String>,
    /// Dialling and talk together.
    pub(super) duration: Option<SignedDuration>,
    /// How it went, verbatim.
    pub(super) disposition: Option<String>,
    /// Where its recording lies.
    pub(super) recording: Option<String>,
}

impl ActiveRow {
    /// `None` where it cannot be one.
    pub(super) fn read(row: &Value) -> Option<Self> {
        let row = Fields::of(row.clone())?;
        let age = row.value("seconds").and_then(seconds)?;
        let (src, dst) = parties(&row)?;
        Some(Self { src, dst, age })
    }
}

impl FinishedRow {
    /// `None` where it cannot be one.
    pub(super) fn read(row: &Value) -> Option<Self> {
        let row = Fields::of(row.clone())?;
        let (src, dst) = parties(&row)?;
        let direction = match row.text("direction").map(|word| word.to_ascii_lowercase()).as_deref() {
            Some("incoming") => Direction::Incoming,
            Some("outgoing") => Direction::Outgoing,
            Some("internal") => Direction::Internal,
            Some(_) | None => Direction::Unknown,
        };
        Some(Self {
            src,
            dst,
            direction,
            start: row.text("call_start_time")?,
            end: row.text("call_end_time"),
            duration: row.value("duration").and_then(seconds),
            disposition: row.text("disposition"),
            recording: row.text("rec_file").filter(|path| is_recording(path)),
        })
    }

    /// What tells it from other finished calls.
    pub(super) fn key(&self) -> [Option<&str>; 3] {
        [Some(self.src.as_str()), Some(self.dst.as_str()), Some(self.start.as_str())]
    }

    /// When it began.
    pub(super) fn started(&self, zone: &TimeZone, now: Timestamp) -> Option<VendorTime> {
        time(&self.start, zone, now)
    }

    /// When it was over: as the row says, or by its start and duration.
    pub(super) fn ended(&self, zone: &TimeZone, now: Timestamp) -> Option<VendorTime> {
        if let Some(end) = self.end.as_ref().and_then(|end| time(end, zone, now)) {
            return Some(end);
        }
        let start = self.started(zone, now)?;
        let utc = start.utc.checked_add(self.duration?).ok()?;
        Some(VendorTime { utc, ..start })
    }

    /// How it went.
    pub(super) fn result(&self) -> Option<CallResult> {
        let incoming = self.direction == Direction::Incoming;
        let word = self.disposition.as_ref()?.to_ascii_uppercase();
        Some(match word.replace(['_', '-'], " ").as_str() {
            "ANSWERED" => CallResult::Answered,
            "NO ANSWER" | "BUSY" | "FAILED" if incoming => CallResult::Missed,
            "NO ANSWER" => CallResult::NoAnswer,
            "BUSY" => CallResult::Busy,
            "FAILED" => CallResult::Failed,
            _ => return None,
        })
    }
}

/// A text of time, or a number that stands for one, whole or not.
fn time(raw: &str, zone: &TimeZone, now: Timestamp) -> Option<VendorTime> {
    let whole = raw.split_once('.').filter(|(number, rest)| is_digits(number) && is_digits(rest));
    let read = zone::read(whole.map_or(raw, |(number, _)| number), zone, now)?;
    // The age of a call that goes on is read in no zone, and times of one call are compared only within one.
    Some(VendorTime { raw: raw.to_owned(), zone: None, ..read })
}

fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Both ends, one of which may be hidden.
fn parties(row: &Fields) -> Option<(String, String)> {
    let (src, dst) = (row.text("src"), row.text("dst"));
    if src.is_none() && dst.is_none() {
        return None;
    }
    Some((src.unwrap_or_default(), dst.unwrap_or_default()))
}

/// The service writes "no recording" in several ways: no value, an empty one, `None`, and a path that ends so.
fn is_recording(path: &str) -> bool {
    let last = path.trim_end_matches('/').rsplit('/').next().unwrap_or_default();
    !last.is_empty() && !last.eq_ignore_ascii_case("none") && !last.eq_ignore_ascii_case("null")
}

/// A length of time in seconds, which may come as a text or with a fraction.
fn seconds(value: &Value) -> Option<SignedDuration> {
    let seconds = match value.as_f64() {
        Some(seconds) => seconds,
        None => fields::text(value)?.parse().ok()?,
    };
    let is_sane = (0.0..=31_536_000.0).contains(&seconds);
    is_sane.then(|| SignedDuration::try_from_secs_f64(seconds.trunc()).ok()).flatten()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn ages_come_as_numbers_texts_and_fractions() {
        for seconds in [json!(75), json!("75"), json!(75.9), json!("75.2")] {
            let row = ActiveRow::read(&json!({"seconds": seconds, "src": 79161234567_u64, "dst": "401"}));
            let row = row.expect("a row");
            assert_eq!((row.age.as_secs(), row.src.as_str()), (75, "79161234567"), "{seconds}");
        }
        for bad in [json!(-1), json!("soon"), json!(1e300), json!(null), json!([1])] {
            assert_eq!(ActiveRow::read(&json!({"seconds": bad, "src": "1", "dst": "2"})), None, "{bad}");
        }
        assert_eq!(ActiveRow::read(&json!({"seconds": 1})), None, "a call of nobody");
        assert_eq!(ActiveRow::read(&json!("401")), None);
    }

    #[test]
    fn no_recording_is_said_in_many_ways() {
        let recording = |value: Value| {
            let row = json!({"src": "401", "dst": "402", "call_start_time": "1772701202", "rec_file": value});
            FinishedRow::read(&row).expect("a row").recording
        };
        let none = ["", " ", "None", "none", "v1/users/111111/records/None", "/None", "records/None/", "null"];
        for none in none.map(Value::from).into_iter().chain([Value::Null]) {
            assert_eq!(recording(none.clone()), None, "{none}");
        }
        let path = "v1/users/111111/records/None_of_us.mp3";
        assert_eq!(recording(path.into()).as_deref(), Some(path));
    }

    #[test]
    fn dispositions_say_how_it_went_for_the_direction() {
        let cases = [
            ("ANSWERED", CallResult::Answered, CallResult::Answered),
            ("NO ANSWER", CallResult::Missed, CallResult::NoAnswer),
            ("BUSY", CallResult::Missed, CallResult::Busy),
            ("FAILED", CallResult::Missed, CallResult::Failed),
        ];
        for (word, incoming, outgoing) in cases {
            for (direction, expected) in [("incoming", incoming), ("outgoing", outgoing), ("internal", outgoing)] {
                let row = json!({"src": "1", "dst": "2", "call_start_time": "1", "direction": direction, "disposition": word});
                assert_eq!(FinishedRow::read(&row).expect("a row").result(), Some(expected), "{word} {direction}");
            }
        }
    }
}
