//! Everything at once: each of these is posted to each make, while a call rings that none of them is about.

use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    http::Message,
    office::{Office, eventually},
    vendors::{EXTENSION, Moment, VENDORS, Vendor, escaped},
};

/// What becomes of a message.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Fate {
    /// 403, nothing of it is stored, the journal says why.
    Refused(&'static str),
    /// 413.
    TooLarge,
    /// 200, stored once, and the journal says that it was not understood.
    Kept,
    /// 200, stored at most once: it is authentic, and what of it can be read counts.
    Read,
}

struct Case {
    what: &'static str,
    message: Message,
    fate: Fate,
}

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}

#[tokio::test]
async fn nothing_that_is_posted_changes_another_call() {
    let office = Office::at(now(), "UTC", VENDORS.map(|vendor| vendor.make)).await;
    for vendor in VENDORS {
        let rings = vendor.fields("witness", Moment::Rings, now(), &TimeZone::UTC);
        assert_eq!(office.post(&vendor.post(&rings)).await, 200, "{}", vendor.make);
        let witness = office.call(vendor.make, &vendor.call("witness")).await.expect("it rings");
        assert_eq!((&witness["state"], &witness["ringsForMe"]), (&json!("ringing"), &json!(true)), "{witness:#}");
        for case in cases(&vendor) {
            holds(&office, &vendor, case).await;
            let still = office.call(vendor.make, &vendor.call("witness")).await;
            assert_eq!(still.as_ref(), Some(&witness), "{}", vendor.make);
        }
        assert_eq!(office.call(vendor.make, &vendor.call("foreign")).await, None);
        assert_eq!(office.call(vendor.make, &vendor.call("forged")).await, None);
        let ends = vendor.fields("witness", Moment::Ends, office.clock_now(), &TimeZone::UTC);
        assert_eq!(office.post(&vendor.post(&ends)).await, 200);
        // Its own end still counts.
        office.ended(vendor.make, &vendor.call("witness")).await;
    }
    office.stop().await;
}

/// An extension, a time or an order is the same number with a point and a zero behind it.
#[tokio::test]
async fn a_whole_number_that_is_written_as_a_float_is_that_number() {
    let office = Office::at(now(), "UTC", VENDORS.map(|vendor| vendor.make)).await;
    // The others post texts alone.
    for vendor in VENDORS.into_iter().filter(|vendor| !vendor.secrets.iter().any(|(name, _)| *name == "secret")) {
        let kept = async |call: &str, as_floats: bool| {
            for moment in [Moment::Rings, Moment::Answered, Moment::Ends] {
                let fields = vendor.fields(call, moment, now(), &TimeZone::UTC);
                let fields = if as_floats { floats(&fields) } else { fields };
                assert_eq!(office.post(&vendor.post(&fields)).await, 200, "{}: {fields}", vendor.make);
            }
            let mut call = office.call(vendor.make, &vendor.call(call)).await.expect("it is known");
            call["id"].take();
            call
        };
        assert_eq!(kept("floats", true).await, kept("whole", false).await, "{}", vendor.make);
    }
    office.stop().await;
}

/// The same JSON, in which every whole number, and every extension, is a floating-point one.
fn floats(value: &Value) -> Value {
    match value {
        Value::Number(number) => number.as_f64().map(Value::from).expect("a number"),
        Value::String(text) if text == EXTENSION => json!(101.0),
        Value::Object(object) => object.iter().map(|(name, value)| (name.clone(), floats(value))).collect(),
        Value::Array(_) | Value::String(_) | Value::Bool(_) | Value::Null => value.clone(),
    }
}

#[tokio::test]
async fn whoever_posts_to_a_make_that_posts_nothing_is_refused() {
    let silent = || pbx::MAKES.iter().filter(|make| !make.delivery.needs_public_address());
    let office = Office::at(now(), "UTC", silent().copied()).await;
    for make in silent() {
        for vendor in VENDORS {
            let ring = vendor.post(&vendor.fields("posted", Moment::Rings, now(), &TimeZone::UTC));
            let message = Message { path: format!("/hook/{make}"), ..ring };
            assert_eq!((office.post(&message).await, office.stored().await), (403, 0), "{make}");
            assert_eq!(office.call(*make, &vendor.call("posted")).await, None, "{make}");
        }
        let line = eventually("a line in the journal", async || office.journal(*make, "webhook").pop()).await;
        let words = "this PBX sends no webhooks; nothing here can be authentic";
        assert_eq!((line.verdict.as_str(), line.outcome.as_str()), ("stray", words), "{make}");
    }
    office.stop().await;
}

async fn holds(office: &Office, vendor: &Vendor, case: Case) {
    let Case { what, message, fate } = case;
    let said = format!("{}: {what}", vendor.make);
    let last = office.journal(vendor.make, "webhook").first().map_or(0, |line| line.place);
    // The lines that came since then, oldest first, once there are so many: nobody waits for the journal.
    let lines = async |count: usize| {
        let lines = async || {
            let mut lines = office.journal(vendor.make, "webhook");
            lines.retain(|line| line.place > last);
            lines.reverse();
            (lines.len() >= count).then_some(lines)
        };
        eventually("lines in the journal", lines).await
    };
    let before = office.stored().await;
    let status = office.post(&message).await;
    let stored = office.stored().await - before;
    let (expected, most) = match fate {
        Fate::Refused(_) => (403, 0),
        Fate::TooLarge => (413, 0),
        Fate::Kept | Fate::Read => (200, 1),
    };
    assert!(status == expected && stored <= most, "{said}: {status}, {stored} stored");
    assert!(fate != Fate::Kept || stored == 1, "{said}: it is not kept");
    if fate == Fate::TooLarge {
        return;
    }
    let line = lines(1).await.remove(0);
    assert_eq!(line.verdict, if expected == 403 { "refused" } else { "signed" }, "{said}: {line:?}");
    match fate {
        Fate::Refused(why) => assert!(line.outcome.contains(why), "{said}: {line:?}"),
        Fate::Kept => assert_eq!(line.outcome, "valid, not understood; kept as it came", "{said}"),
        Fate::Read | Fate::TooLarge => {}
    }
    assert_eq!(office.post(&message).await, expected, "{said}, again");
    assert_eq!(office.stored().await, before + stored, "{said}, again: it is known");
    lines(2).await;
}

fn cases(vendor: &Vendor) -> Vec<Case> {
    let at = now() + jiff::SignedDuration::from_secs(2);
    let fields = |call: &str| vendor.fields(call, Moment::Rings, at, &TimeZone::UTC);
    let ring = |call: &str| vendor.post(&fields(call));
    let case = |what, message, fate| Case { what, message, fate };
    let without = |name: &str| {
        let mut message = ring("unsigned");
        message.headers.retain(|(given, _)| !given.eq_ignore_ascii_case(name));
        message
    };
    let twice = |name: &str| {
        let mut message = ring("twice");
        let again = message.headers.iter().find(|(given, _)| given == name).cloned().expect("it is sent");
        message.headers.push(again);
        message
    };
    let as_kind = |kind: &str| {
        let mut message = ring("kind");
        message.headers.retain(|(name, _)| name != "Content-Type");
        message.headers.push(("Content-Type".to_owned(), kind.as_bytes().to_vec()));
        message
    };
    let mut cases = vec![
        case("of another account", vendor.other_account().post(&fields("foreign")), Fate::Refused("")),
        case(
            "signed with another key",
            vendor.other_key().post(&fields("forged")),
            Fate::Refused("the signature does not match"),
        ),
        case("the whole body again behind it", doubled(&ring("doubled")), Fate::Refused("")),
        case("10 MB of brackets", ten_megabytes(ring("huge")), Fate::TooLarge),
        case("a call of nothing but an id", vendor.post(&only_the_call(vendor, &fields("bare"))), Fate::Read),
    ];
    for (what, name) in [("without its signature", "X-Client-Sign"), ("without its signature", "Signature")] {
        if ring("x").headers.iter().any(|(given, _)| given == name) {
            cases.push(case(what, without(name), Fate::Refused("is missing")));
            cases.push(case("signed twice", twice(name), Fate::Refused("more than once")));
        }
    }
    if vendor.posts_forms() {
        cases.extend(odd_forms(vendor, &ring("form")));
        for kind in ["application/json", "text/plain", "multipart/form-data; boundary=x", ""] {
            cases.push(case("another kind of body", as_kind(kind), Fate::Refused("not a form")));
        }
        cases.push(case("two kinds of body", twice("Content-Type"), Fate::Refused("more than once")));
    } else {
        // What is signed is the body, whatever it is called.
        cases.push(case("another kind of body", as_kind("text/plain"), Fate::Read));
    }
    cases.extend(odd_values(vendor, &fields("odd")));
    cases
}

/// Fields that are given twice, with the same value and with another, and spelled in another way.
fn odd_forms(vendor: &Vendor, ring: &Message) -> Vec<Case> {
    let body = String::from_utf8(ring.body.clone()).expect("a form");
    let mut cases = Vec::new();
    for field in body.split('&') {
        let (name, value) = field.split_once('=').expect("a field");
        let plain = name.replace("%5F", "_");
        let escaped_name: String = plain.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for again in [format!("{name}={value}"), format!("+{name}=other"), escaped_name] {
            let body = if again.contains("other") { format!("{again}&{body}") } else { format!("{body}&{again}") };
            let message = Message { body: body.into_bytes(), ..ring.clone() };
            cases.push(Case { what: "a field twice", message, fate: Fate::Refused("more than once") });
        }
        if vendor.signs_everything() {
            let without: Vec<&str> = body.split('&').filter(|given| *given != field).collect();
            let message = Message { body: without.join("&").into_bytes(), ..ring.clone() };
            // A form without JSON and signature may be a test of our address; this one bears the signature of another.
            cases.push(Case { what: "a field less", message, fate: Fate::Refused("is missing") });
        }
    }
    cases
}

/// Authentic, and not as it should be.
fn odd_values(vendor: &Vendor, fields: &Value) -> Vec<Case> {
    let case = |what, message, fate| Case { what, message, fate };
    let mut cases = Vec::new();
    // Every field as what it never is.
    let names: Vec<String> = fields.as_object().expect("fields").keys().cloned().collect();
    for name in names {
        for (what, value) in [
            ("a float", json!(1_772_442_000.25)),
            ("a number beyond all bounds", json!(-1e300)),
            ("an object", json!({"number": [{}]})),
            ("nothing", Value::Null),
            ("a text with everything", json!("\u{0}\u{202e}<b>\u{feff}\n\\\"' %00 \u{fffd}")),
            ("a long text", json!("я".repeat(5000))),
        ] {
            let mut changed = fields.clone();
            changed[&name] = value;
            // A call of its own, unless it is the call that is changed.
            changed["unknownField"] = format!("{name} {what}").into();
            cases.push(case(what, vendor.post(&changed), Fate::Read));
        }
    }
    if vendor.make != pbx::zadarma::MAKE && vendor.make != pbx::zadarma::NOVOFON {
        let deep = "[".repeat(20_000);
        for (what, text) in [
            ("60 KB of brackets", deep.as_str()),
            ("a list", "[1,2,3]"),
            ("a number", "1.5"),
            ("nothing", "null"),
            ("half an object", "{\"entry_id\":\"e9\",\"session_id\":"),
            ("a page", "<html>403</html>"),
            ("no text", "\u{0}\u{1}\u{2}"),
        ] {
            cases.push(case(what, vendor.post_text(text), Fate::Kept));
        }
        let nested =
            format!("{{\"session_id\":\"deep\",\"entry_id\":\"deep\",\"x\":{}{}}}", "[".repeat(200), "]".repeat(200));
        cases.push(case("a value in a value", vendor.post_text(&nested), Fate::Kept));
        let twice = r#"{"session_id":"first","entry_id":"first","session_id":"second","entry_id":"second"}"#;
        cases.push(case("a name twice", vendor.post_text(twice), Fate::Kept));
    } else {
        let parties = format!("caller_id={}&called_did=1&call_start=x", escaped("+1"));
        for (what, event) in [
            ("an unknown event", "event=NOTIFY_TELEPORT"),
            ("an event that is no word", "event=%00%FF%3Cb%3E"),
            ("no event", "pbx_call_id=in_x"),
        ] {
            cases.push(case(what, vendor.post_text(&format!("{event}&{parties}")), Fate::Kept));
        }
    }
    cases
}

fn doubled(message: &Message) -> Message {
    let body = [message.body.as_slice(), b"&", message.body.as_slice()].concat();
    Message { body, ..message.clone() }
}

fn ten_megabytes(message: Message) -> Message {
    Message { body: vec![b'['; 10_000_000], ..message }
}

/// Without anything but what names the call and is needed to be signed.
fn only_the_call(vendor: &Vendor, fields: &Value) -> Value {
    let kept = |name: &String| match vendor.posts_forms() {
        true => !matches!(name.as_str(), "from" | "to" | "internal" | "location"),
        false => !matches!(name.as_str(), "from_number" | "request_number" | "request_pin" | "timestamp"),
    };
    fields.as_object().expect("fields").clone().into_iter().filter(|(name, _)| kept(name)).collect()
}
