//! What several of these tests need.

use calls::{
    CallId, CallRecord, CallResult, CallState, ConnectionId, Decision, Direction, LogEvent, Source, VendorEvent,
};
use jiff::Timestamp;
use store::{NewEntry, Options, Store, SystemRandom};
use tempfile::TempDir;

/// The office of these tests.
pub(crate) const OFFICE: &str = "own";

pub(crate) fn folder() -> TempDir {
    tempfile::tempdir().expect("a temporary folder")
}

pub(crate) fn open(folder: &TempDir) -> Store {
    Store::open_in(folder.path(), Options::owner("20260301-120000", SystemRandom)).expect("opens")
}

pub(crate) fn connection(id: &str) -> ConnectionId {
    id.parse().expect("a connection id")
}

pub(crate) fn call_id(n: u64) -> CallId {
    CallId::of_vendor(&connection("rt1"), &n.to_string())
}

pub(crate) fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("in range")
}

/// A decision, the smallest thing that a log takes.
pub(crate) fn decision(text: &str) -> LogEvent {
    LogEvent::Decision(Decision::ZoneChosen { zone: text.into(), because: "a test".into() })
}

pub(crate) fn entry(connection_id: &str, key: Option<&str>, text: &str) -> NewEntry {
    NewEntry {
        connection: connection(connection_id),
        call: None,
        dedupe_key: key.map(str::to_owned),
        received_at: "2026-03-01T09:00:00.123456789Z".parse().expect("a time"),
        event: decision(text),
    }
}

pub(crate) fn vendor_event(key: &str, call: &str) -> LogEvent {
    LogEvent::Vendor(VendorEvent {
        dedupe_key: key.into(),
        raw_kind: "new".into(),
        call: Some(call.into()),
        time: None,
        leg_seq: None,
        source: Source::Webhook,
        trial: false,
        session: None,
        vendor_command: None,
        effects: Vec::new(),
    })
}

/// An answered incoming call that began at this millisecond.
pub(crate) fn record(n: u64, started_ms: i64, number: &str, name: &str) -> CallRecord {
    CallRecord {
        id: call_id(n),
        connection: connection("rt1"),
        direction: Direction::Incoming,
        state: CallState::Ended,
        result: Some(CallResult::Answered),
        customer_number: Some(number.to_owned()).filter(|text| !text.is_empty()),
        customer_name: Some(name.to_owned()).filter(|text| !text.is_empty()),
        line: Some("+74951234567".into()),
        agents: vec!["101".into()],
        groups: Vec::new(),
        started_at: at(started_ms),
        talk_ms: 1000,
        has_recording: false,
        in_menu: false,
        open: false,
        for_admins: false,
        seq: n,
        body: format!("{{\"n\":{n}}}"),
    }
}
