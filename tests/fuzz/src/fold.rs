//! What must hold of events, whatever bytes they were read from.

use calls::{
    Book, BookSettings, Call, CallId, Customer, Direction, Effect, LegRef, LegRole, Line, LogEvent, Source, Stored,
    VendorEvent,
};

use crate::now;

/// A call that none of the bytes is about.
const OTHER: &str = "the call of somebody else";
/// For each byte that came, so many are kept of its events, and some more for each.
const KEPT_PER_BYTE: usize = 32;
const KEPT_PER_EVENT: usize = 2048;

/// Folds the events, read from so many bytes, into the calls of a connection with another call.
pub(super) fn hold(settings: BookSettings, events: &[VendorEvent], bytes: usize) {
    let connection: calls::ConnectionId = "hostile".parse().expect("an id");
    let mut book = Book::new(connection.clone(), settings);
    let mut log = 0;
    let mut tell = |book: &mut Book, event: &VendorEvent| {
        log += 1;
        let (received_at, told) = (now().wall, LogEvent::Vendor(event.clone()));
        book.apply(&Stored { seq: log, connection: connection.clone(), received_at, event: told });
    };
    tell(&mut book, &other());
    let id = CallId::of_vendor(&connection, OTHER);
    let before: Call = book.call(&id).expect("it rings").clone();
    let mut kept = 0;
    for event in events {
        let written = serde_json::to_string(event).expect("an event can be written");
        let read: VendorEvent = serde_json::from_str(&written).expect("and read again");
        assert_eq!(read, *event, "the log gives back what it was told");
        assert!(!event.dedupe_key.is_empty(), "every event can be told from the next: {event:?}");
        kept += written.len();
        tell(&mut book, event);
    }
    let most = bytes.saturating_mul(KEPT_PER_BYTE).saturating_add(events.len() * KEPT_PER_EVENT);
    assert!(kept <= most, "{bytes} bytes became {kept} in {} events", events.len());
    // Whoever writes this id into his bytes is speaking of it.
    if events.iter().all(|event| event.call.as_deref() != Some(OTHER)) {
        assert_eq!(book.call(&id), Some(&before), "another call was changed by {events:#?}");
    }
}

fn other() -> VendorEvent {
    let leg = LegRef {
        key: "leg of somebody else".to_owned(),
        role: LegRole::Agent,
        extension: Some("999".to_owned()),
        number: None,
        name: None,
        alias: None,
        caller: None,
    };
    let created = Effect::CallCreated {
        direction: Direction::Incoming,
        customer: Customer { number: Some("+79031234567".to_owned()), name: None },
        line: Line { number: Some("+74951234568".to_owned()), queue: None },
    };
    VendorEvent {
        dedupe_key: "of somebody else".to_owned(),
        raw_kind: "ring".to_owned(),
        call: Some(OTHER.to_owned()),
        time: None,
        leg_seq: None,
        source: Source::Push,
        trial: false,
        session: None,
        vendor_command: None,
        effects: vec![created, Effect::LegRinging { leg }],
    }
}
