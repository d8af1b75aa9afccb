//! MANGO's vectors, through the make as the office uses it.

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{Book, CallId, ConnectionId, LegState, LogEvent, RecordingReference, Source, Stored};
use jiff::{Timestamp, tz::TimeZone};
use pbx::{ConnectionConfig, DecodeContext, Pbx, RecordingStep, Request, Times, WebhookRequest, mango_vpbx::wire};
use secrecy::SecretString;
use serde_json::Value;

/// The kinds of vectors that are checked.
pub(crate) const KINDS: [&str; 5] = ["sign", "recording_link", "webhook_verify", "result_code_fallback", "event_order"];

const FORM: &str = "application/x-www-form-urlencoded";
/// The call of events that name none.
const ENTRY: &str = "vector";

type Outcome = Result<(), String>;

/// Whether a file holds this PBX's vectors: by its name, or by the key that its vectors are signed with.
pub(crate) fn knows(name: &str, file: &Value) -> bool {
    let is_signed = |vector: &Value| vector.get("vpbx_api_salt").is_some();
    let signed = |kind| file.get(kind).and_then(Value::as_array).is_some_and(|all| all.iter().any(is_signed));
    name.to_ascii_lowercase().contains("mango") || signed("sign") || signed("recording_link")
}

/// Checks one vector of a kind; `all` are those of its kind.
pub(crate) fn check(kind: &str, vector: &Value, all: &[Value]) -> Outcome {
    match kind {
        "sign" => sign(vector, all),
        "recording_link" => recording_link(vector),
        "webhook_verify" => verify(vector),
        "result_code_fallback" => result_code(vector),
        "event_order" => event_order(vector),
        other => Err(format!("nothing here checks the kind \"{other}\"")),
    }
}

fn sign(vector: &Value, all: &[Value]) -> Outcome {
    let pbx = pbx(text(vector, "vpbx_api_key")?, text(vector, "vpbx_api_salt")?, "post")?;
    let json = match vector.get("json_hex").and_then(Value::as_str) {
        Some(hex) => data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|error| error.to_string())?,
        None => text(vector, "json")?.as_bytes().to_vec(),
    };
    if let Some(written) = vector.get("json").and_then(Value::as_str) {
        equal("the JSON", &json.as_slice(), &written.as_bytes())?;
    }
    let expected = text(vector, "sign")?;
    let mut request = Request {
        operation: "vector",
        method: http::Method::POST,
        url: pbx.base_url().clone(),
        headers: http::HeaderMap::new(),
        body: Bytes::from(json.clone()),
        times: Times::SHORT,
        idempotent: false,
        asks: false,
        signed: true,
        has_passwords: false,
        session: None,
        quotas: Vec::new(),
    };
    pbx.sign(&mut request).map_err(|error| error.to_string())?;
    equal("the content type", &request.headers["content-type"].as_bytes(), &FORM.as_bytes())?;
    let mut message = webhook(&[], &json);
    pbx.sign_webhook(&mut message).map_err(|error| error.to_string())?;
    pbx.verify(&message).map_err(|error| format!("what was signed is refused: {error}"))?;
    for body in [&request.body, &message.body] {
        equal("the signature", &field(body, "sign"), &Some(expected.to_owned()))?;
        equal("the JSON of the form", &field(body, "json").map(String::into_bytes), &Some(json.clone()))?;
        if let Some(form) = vector.get("form_body_example").and_then(Value::as_str) {
            equal("the form", &body.as_ref(), &form.as_bytes())?;
        }
    }
    if let Some(form) = vector.get("form_body_example").and_then(Value::as_str) {
        pbx.verify(&webhook(&[FORM], form.as_bytes())).map_err(|error| format!("the form is refused: {error}"))?;
    }
    if let Some(other) = vector.get("not_equal_to").and_then(Value::as_str) {
        let other = all.iter().find(|vector| vector.get("id").and_then(Value::as_str) == Some(other));
        let other = text(other.ok_or("not_equal_to names no vector")?, "sign")?;
        let form = String::from_utf8_lossy(&message.body).replace(expected, other);
        equal("that the other signature is refused", &pbx.verify(&webhook(&[FORM], form.as_bytes())).is_err(), &true)?;
    }
    Ok(())
}

/// The link as the office asks for it, at the moment from which it is valid up to the vector's time.
fn recording_link(vector: &Value) -> Outcome {
    let pbx = pbx(text(vector, "vpbx_api_key")?, text(vector, "vpbx_api_salt")?, "link")?;
    let until = vector.get("timestamp").and_then(Value::as_i64).ok_or("has no number \"timestamp\"")?;
    let now = Timestamp::from_second(until).map_err(|error| error.to_string())? - wire::LINK_VALID;
    let reference = RecordingReference::Id(text(vector, "recording_id")?.to_owned());
    let step = pbx.recording("call", &reference, now).map_err(|error| error.to_string())?;
    let RecordingStep::Fetch(request) = step else { return Err("is not fetched by its link".to_owned()) };
    // The office only downloads; the action is no part of the signature.
    let expected = text(vector, "path_percent_encoded")?;
    let action = format!("/{}/", text(vector, "action")?);
    equal("the link's path", &request.url.path(), &expected.replace(&action, "/download/").as_str())?;
    let is_signed = request.url.path().ends_with(text(vector, "sign")?);
    if is_signed { Ok(()) } else { Err("does not end with its signature".to_owned()) }
}

fn verify(vector: &Value) -> Outcome {
    let pbx = pbx(text(vector, "configured_key")?, text(vector, "configured_salt")?, "post")?;
    let accept = vector.get("accept").and_then(Value::as_bool).ok_or("has no \"accept\"")?;
    let kind = vector.get("content_type").and_then(Value::as_str).unwrap_or(FORM);
    let message = webhook(&[kind], text(vector, "raw_form_body")?.as_bytes());
    match (pbx.verify(&message), accept) {
        (Ok(_), false) => Err("is accepted, and must be refused".to_owned()),
        (Err(error), true) => Err(format!("is refused ({error}), and must be accepted")),
        (Ok(_), true) | (Err(_), false) => Ok(()),
    }
}

fn result_code(vector: &Value) -> Outcome {
    let of = |name: &str| vector.get(name).and_then(Value::as_i64).ok_or_else(|| format!("has no number \"{name}\""));
    equal("the code as which it is read", &wire::result_code(of("code")?), &of("interpret_as")?)
}

/// What the legs are in once all events have come, through the make and the book.
fn event_order(vector: &Value) -> Outcome {
    let pbx = pbx("key", "salt", "post")?;
    let connection: ConnectionId = "mv1".parse().map_err(|error| format!("{error}"))?;
    let mut book = Book::new(connection.clone(), pbx.book_settings());
    let arrival = vector.get("arrival").and_then(Value::as_array).ok_or("has no array \"arrival\"")?;
    for (place, event) in arrival.iter().enumerate() {
        let mut event = event.clone();
        let fields = event.as_object_mut().ok_or("an event is no object")?;
        fields.entry("entry_id").or_insert_with(|| ENTRY.into());
        fields.entry("to").or_insert_with(|| serde_json::json!({"extension": "101"}));
        let mut message = webhook(&[], event.to_string().as_bytes());
        pbx.sign_webhook(&mut message).map_err(|error| error.to_string())?;
        let verified = pbx.verify(&message).map_err(|error| error.to_string())?;
        let received_at = Timestamp::UNIX_EPOCH;
        let context = DecodeContext { received_at, zone: TimeZone::UTC, source: Source::Webhook };
        for event in pbx.decode(verified, &context).events {
            let told = LogEvent::Vendor(event);
            book.apply(&Stored { seq: place as u64 + 1, connection: connection.clone(), received_at, event: told });
        }
    }
    let call = book.call(&CallId::of_vendor(&connection, ENTRY)).ok_or("gives no call")?;
    let wanted = vector.get("final").and_then(Value::as_object).ok_or("has no object \"final\"")?;
    for (key, state) in wanted {
        let leg = call.legs.iter().find(|leg| leg.key == *key).ok_or_else(|| format!("gives no leg {key}"))?;
        let shown = match leg.state {
            LegState::Initiated | LegState::Queued | LegState::Alerting => "Appeared",
            LegState::Connected => "Connected",
            LegState::Held => "OnHold",
            LegState::Failed | LegState::Cleared => "Disconnected",
        };
        equal(&format!("the leg {key}"), &Some(shown), &state.as_str())?;
    }
    Ok(())
}

fn pbx(key: &str, salt: &str, recording: &str) -> Result<Box<dyn Pbx>, String> {
    let secrets = [("api_key", key), ("api_salt", salt)];
    let config = ConnectionConfig {
        id: "mv1".parse().map_err(|error| format!("{error}"))?,
        make: pbx::mango_vpbx::MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::from([("recording".to_owned(), recording.to_owned())]),
    };
    pbx::build(&config).map_err(|error| error.to_string())
}

fn webhook(kinds: &[&str], body: &[u8]) -> WebhookRequest {
    WebhookRequest {
        method: "POST".to_owned(),
        path: "/events/call".to_owned(),
        headers: kinds.iter().map(|kind| ("Content-Type".to_owned(), kind.as_bytes().to_vec())).collect(),
        body: Bytes::copy_from_slice(body),
    }
}

/// A field of a form, by another reader than the product's.
fn field(form: &[u8], name: &str) -> Option<String> {
    url::form_urlencoded::parse(form).find(|(key, _)| key == name).map(|(_, value)| value.into_owned())
}

fn text<'a>(vector: &'a Value, name: &str) -> Result<&'a str, String> {
    vector.get(name).and_then(Value::as_str).ok_or_else(|| format!("has no text \"{name}\""))
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found:?}, and must be {expected:?}")) }
}
