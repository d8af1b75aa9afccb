//! The same bytes again, after a second, an hour, a month; and times on the nights when the clocks change.

use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pbx::MAKES;
use serde_json::json;

use crate::{
    office::Office,
    vendors::{Moment, VENDORS},
};

fn at(text: &str) -> Timestamp {
    text.parse().expect("a time")
}

fn posting() -> [pbx::Make; VENDORS.len()] {
    VENDORS.map(|vendor| vendor.make)
}

const SECOND: SignedDuration = SignedDuration::from_secs(1);
const HOUR: SignedDuration = SignedDuration::from_hours(1);
const MONTH: SignedDuration = SignedDuration::from_hours(31 * 24);

#[tokio::test]
async fn what_is_sent_again_is_known_however_late() {
    let now = at("2026-03-02T09:00:00Z");
    for vendor in VENDORS {
        let office = Office::at(now, "UTC", [vendor.make]).await;
        let ring = vendor.post(&vendor.fields("again", Moment::Rings, now, &TimeZone::UTC));
        let end = vendor.post(&vendor.fields("again", Moment::Ends, now + SECOND, &TimeZone::UTC));
        assert_eq!((office.post(&ring).await, office.post(&end).await), (200, 200));
        let ended = office.ended(vendor.make, &vendor.call("again")).await;
        for later in [SECOND, HOUR, MONTH] {
            office.clock.wind(later);
            assert_eq!((office.post(&ring).await, office.post(&end).await), (200, 200), "{}", vendor.make);
            assert_eq!(office.stored().await, 2, "{}: each is stored once, {later:?} later", vendor.make);
            let still = office.call(vendor.make, &vendor.call("again")).await;
            assert_eq!(still.as_ref(), Some(&ended), "{}: {later:?} later", vendor.make);
        }
        office.stop().await;
    }
}

#[tokio::test]
async fn what_comes_for_the_first_time_and_too_late_is_listed_and_rings_nobody() {
    let now = at("2026-03-02T09:00:00Z");
    for vendor in VENDORS {
        // Exactly an hour would be a wrong zone, which silences no card.
        for (later, rings) in [(SECOND, true), (HOUR + SECOND * 300, false), (MONTH, false)] {
            let office = Office::at(now + later, "UTC", [vendor.make]).await;
            let mut fields = vendor.fields("withheld", Moment::Rings, now, &TimeZone::UTC);
            // Zadarma dates no event but the beginning of a call, which may well be an hour ago when a phone rings.
            if fields["event"] == "NOTIFY_INTERNAL" {
                fields["event"] = "NOTIFY_START".into();
            }
            let ring = vendor.post(&fields);
            assert_eq!(office.post(&ring).await, 200);
            let call = office.call(vendor.make, &vendor.call("withheld")).await.expect("it is listed");
            assert_eq!(call["ringsForMe"], json!(rings), "{}, {later:?} later: {call:#}", vendor.make);
            assert_eq!((office.post(&ring).await, office.stored().await), (200, 1), "{}: stored once", vendor.make);
            office.stop().await;
        }
    }
}

/// In Berlin half past two comes twice in October and not at all in March.
#[tokio::test]
async fn a_call_rings_on_the_night_when_the_clocks_change() {
    let zone = TimeZone::get("Europe/Berlin").expect("a zone");
    for now in ["2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z", "2026-03-29T00:59:59Z", "2026-03-29T01:00:00Z"] {
        let now = at(now);
        let office = Office::at(now, "Europe/Berlin", posting()).await;
        for vendor in VENDORS {
            let ring = vendor.post(&vendor.fields("night", Moment::Rings, now, &zone));
            assert_eq!(office.post(&ring).await, 200);
            let call = office.call(vendor.make, &vendor.call("night")).await.expect("it is there");
            assert_eq!(call["ringsForMe"], json!(true), "{} at {now}: {call:#}", vendor.make);
            let began: Timestamp = call["startedAt"].as_str().and_then(|text| text.parse().ok()).expect("a time");
            assert!(began.duration_since(now).abs() <= SECOND * 10, "{} at {now}: it began at {began}", vendor.make);
        }
        office.stop().await;
    }
}

/// An hour that the clocks leave out is written by nobody whose clock is right.
#[tokio::test]
async fn a_time_that_there_never_was_is_read_all_the_same() {
    let now = at("2026-03-29T01:30:00Z");
    let office = Office::at(now, "Europe/Berlin", posting()).await;
    for vendor in VENDORS.into_iter().filter(|vendor| vendor.writes_local_times()) {
        // As if the zone were an hour behind: half past two.
        let behind = TimeZone::fixed(jiff::tz::offset(1));
        let ring = vendor.post(&vendor.fields("gap", Moment::Rings, now, &behind));
        assert_eq!(office.post(&ring).await, 200);
        let call = office.call(vendor.make, &vendor.call("gap")).await.expect("it is there");
        assert_eq!(call["state"], "ringing", "{}: {call:#}", vendor.make);
    }
    office.stop().await;
}

/// A group rings and one of it answers, at the last second of time, the first, and those beside them.
#[tokio::test]
async fn the_ends_of_time_are_times() {
    let now = at("2026-03-02T09:00:00Z");
    let office = Office::at(now, "UTC", posting()).await;
    for vendor in VENDORS {
        for (place, when) in
            [Timestamp::MAX, Timestamp::MAX - SECOND, Timestamp::MIN, Timestamp::UNIX_EPOCH].into_iter().enumerate()
        {
            let call = format!("end{place}");
            for (moment, extension) in
                [(Moment::Rings, "101"), (Moment::Rings, "102"), (Moment::Answered, "101"), (Moment::Ends, "101")]
            {
                let fields = vendor.fields(&call, moment, when, &TimeZone::UTC).to_string().replace("101", extension);
                let fields = serde_json::from_str(&fields.replace("/1\"", &format!("/{extension}\""))).expect("JSON");
                assert_eq!(office.post(&vendor.post(&fields)).await, 200, "{} at {when}", vendor.make);
            }
            assert!(office.call(vendor.make, &vendor.call(&call)).await.is_some(), "{} at {when}", vendor.make);
        }
        let ring = vendor.post(&vendor.fields("after", Moment::Rings, office.clock_now(), &TimeZone::UTC));
        assert_eq!(office.post(&ring).await, 200);
        let call = office.call(vendor.make, &vendor.call("after")).await.expect("it rings");
        assert_eq!(call["ringsForMe"], json!(true), "{}: {call:#}", vendor.make);
    }
    office.stop().await;
}

#[test]
fn everybody_who_posts_is_tried() {
    let posting = MAKES.iter().filter(|make| make.delivery.needs_public_address());
    let tried: Vec<&str> = VENDORS.iter().map(|vendor| vendor.make.name).collect();
    assert!(posting.clone().all(|make| tried.contains(&make.name)) && posting.count() == tried.len(), "{tried:?}");
}
