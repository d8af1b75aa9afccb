//! Rows of the lists of calls, as they come.

use calls::{CallResult, Direction, EndCause, VendorTime};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use serde_json::Value;

use super::known::RowEnds;
use crate::{
    dedupe,
    fields::{self, Fields},
    party::is_digits,
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

/// What tells a row from the other rows of finished calls.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct RowKey {
    pub(super) src: String,
    pub(super) dst: String,
    /// When the call began, verbatim.
    pub(super) start: String,
    /// How it went, verbatim.
    pub(super) disposition: Option<String>,
    /// Its number among the rows that are equal in all of this.
    pub(super) ordinal: u32,
}

/// A call that is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FinishedRow {
    pub(super) key: RowKey,
    pub(super) direction: Direction,
    /// Verbatim.
    pub(super) end: Option<String>,
    /// Dialling and talk together.
    pub(super) duration: Option<SignedDuration>,
    /// Where its recording lies.
    pub(super) recording: Option<String>,
}

impl RowKey {
    /// The key of an event of this kind. The first of equal rows has no number in it.
    pub(super) fn dedupe(&self, kind: &str, more: Option<&str>) -> String {
        let ordinal = (self.ordinal > 0).then(|| self.ordinal.to_string());
        let mut parts = vec![Some(self.src.as_str()), Some(self.dst.as_str()), Some(self.start.as_str())];
        parts.push(self.disposition.as_deref());
        parts.extend(more.map(Some));
        parts.extend(ordinal.as_deref().map(Some));
        dedupe::of_parts(kind, &parts)
    }
}

impl ActiveRow {
    /// `None` where it cannot be one.
    pub(super) fn read(row: &Value) -> Option<Self> {
        let row = Fields::of(row.clone())?;
        let age = row.value("seconds").and_then(seconds)?;
        let (src, dst) = parties(&row)?;
        Some(Self { src, dst, age })
    }

    /// By what its call is found, by this clock.
    pub(super) fn ends(&self, now: Timestamp) -> RowEnds<'_> {
        RowEnds { src: &self.src, dst: &self.dst, start: now.checked_sub(self.age).unwrap_or(now) }
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
        let (start, disposition) = (row.text("call_start_time")?, row.text("disposition"));
        Some(Self {
            key: RowKey { src, dst, start, disposition, ordinal: 0 },
            direction,
            end: row.text("call_end_time"),
            duration: row.value("duration").and_then(seconds),
            recording: row.text("rec_file").filter(|path| is_recording(path)),
        })
    }

    /// Numbers rows that are equal: they are as many calls, and no call has an id.
    pub(super) fn number_equal(rows: &mut [Self]) {
        rows.sort_by(|one, other| (&one.key, &one.end).cmp(&(&other.key, &other.end)));
        for place in 1..rows.len() {
            let before = rows[place - 1].key.clone();
            if rows[place].key == (RowKey { ordinal: 0, ..before.clone() }) {
                rows[place].key.ordinal = before.ordinal + 1;
            }
        }
    }

    /// By what its call is found, where it began then.
    pub(super) fn ends(&self, start: Timestamp) -> RowEnds<'_> {
        RowEnds { src: &self.key.src, dst: &self.key.dst, start }
    }

    /// When it began.
    pub(super) fn started(&self, zone: &TimeZone, now: Timestamp) -> Option<VendorTime> {
        time(&self.key.start, zone, now)
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

    /// Its times are a wall clock's, which means nothing as long as its zone is not known.
    pub(super) fn needs_zone(&self) -> bool {
        zone::is_local(&self.key.start)
    }

    /// Somebody talked.
    pub(super) fn is_answered(&self) -> bool {
        self.result() == Some(CallResult::Answered)
    }

    /// Why this phone's part in the call came to nothing.
    pub(super) fn cause(&self) -> EndCause {
        match self.word().as_deref() {
            Some("BUSY") => EndCause::Busy,
            Some("FAILED") => EndCause::Failed,
            Some("NO ANSWER") => EndCause::NoAnswer,
            Some(_) | None => EndCause::Normal,
        }
    }

    /// The disposition in one spelling.
    fn word(&self) -> Option<String> {
        Some(self.key.disposition.as_ref()?.to_ascii_uppercase().replace(['_', '-'], " "))
    }

    /// How it went.
    pub(super) fn result(&self) -> Option<CallResult> {
        let incoming = self.direction == Direction::Incoming;
        Some(match self.word()?.as_str() {
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
    let seconds = raw.split_once('.').filter(|(number, rest)| is_digits(number) && is_digits(rest));
    let read = zone::read(seconds.map_or(raw, |(number, _)| number), zone, now)?;
    // The age of a call that goes on is read in no zone, and times of one call are compared only within one.
    Some(VendorTime { raw: raw.to_owned(), zone: None, ..read })
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
    fn equal_rows_are_numbered_whichever_comes_first() {
        let row = |dst: &str, disposition: &str, end: u32| {
            let row = json!({"src": "1", "dst": dst, "call_start_time": "1", "call_end_time": end, "disposition": disposition});
            FinishedRow::read(&row).expect("a row")
        };
        let listed = [
            row("2", "BUSY", 9),
            row("2", "BUSY", 5),
            row("3", "BUSY", 5),
            row("2", "ANSWERED", 5),
            row("2", "BUSY", 7),
        ];
        let numbered = |mut rows: Vec<FinishedRow>| {
            FinishedRow::number_equal(&mut rows);
            rows
        };
        let rows = numbered(listed.to_vec());
        let ordinals: Vec<_> = rows.iter().map(|row| (row.key.ordinal, row.end.clone().unwrap_or_default())).collect();
        let ordinals: Vec<(u32, &str)> = ordinals.iter().map(|(ordinal, end)| (*ordinal, end.as_str())).collect();
        assert_eq!(ordinals, [(0, "5"), (0, "5"), (1, "7"), (2, "9"), (0, "5")]);
        assert_eq!(numbered(listed.iter().rev().cloned().collect()), rows);
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
