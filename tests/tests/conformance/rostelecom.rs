//! Rostelecom's vectors, through the make as the office uses it.

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{CommandAnswer, CommandId, Effect, Source};
use jiff::{Timestamp, tz::TimeZone};
use pbx::{
    Answer, ConnectionConfig, DecodeContext, Pbx, Request, Times, WebhookRequest,
    rostelecom::wire::{self, Address},
    zone,
};
use secrecy::SecretString;
use serde_json::{Value, json};
use uuid::Uuid;

/// The kinds of vectors that are checked.
pub(crate) const KINDS: [&str; 3] = ["sign", "verify", "parse"];

type Outcome = Result<(), String>;

/// Whether a file holds this PBX's vectors: by its name, or by the signature that its vectors have.
pub(crate) fn knows(name: &str, file: &Value) -> bool {
    let signed = |kind| file.get(kind).and_then(Value::as_array).is_some_and(|all| all.iter().any(is_signed));
    name.to_ascii_lowercase().contains("rostelecom") || signed("sign") || signed("verify")
}

fn is_signed(vector: &Value) -> bool {
    vector.get("client_key").is_some()
}

/// Checks one vector of a kind; `all` are those of its kind.
pub(crate) fn check(kind: &str, vector: &Value, all: &[Value]) -> Outcome {
    match kind {
        "sign" => sign(vector, all),
        "verify" => verify(vector),
        "parse" => parse(vector),
        other => Err(format!("nothing here checks the kind \"{other}\"")),
    }
}

fn sign(vector: &Value, all: &[Value]) -> Outcome {
    let pbx = pbx(text(vector, "client_id")?, text(vector, "client_key")?)?;
    let (body, expected) = (body(vector)?, text(vector, "x_client_sign")?);
    if let Some(length) = vector.get("body_len").and_then(Value::as_u64) {
        equal("body_len", &(body.len() as u64), &length)?;
    }
    let mut webhook = webhook(&[], &body);
    pbx.sign_webhook(&mut webhook).map_err(|error| error.to_string())?;
    equal("the signature of a webhook", &header(&webhook, "X-Client-Sign"), &Some(expected.to_owned()))?;
    pbx.verify(&webhook).map_err(|error| format!("what was signed is refused: {error}"))?;
    equal("the signature of a request", &signed_request(pbx.as_ref(), &body)?, &expected.to_owned())?;
    if let Some(other) = vector.get("not_equal_to").and_then(Value::as_str) {
        let other = all.iter().find(|vector| vector.get("id").and_then(Value::as_str) == Some(other));
        let other = other.ok_or("not_equal_to names no vector")?;
        if text(other, "x_client_sign")? == expected {
            return Err("has the signature that it must not have".to_owned());
        }
    }
    Ok(())
}

fn verify(vector: &Value) -> Outcome {
    let pbx = pbx(text(vector, "client_id")?, text(vector, "client_key")?)?;
    let accept = vector.get("accept").and_then(Value::as_bool).ok_or("has no \"accept\"")?;
    let id = vector.get("received_client_id").and_then(Value::as_str).unwrap_or(text(vector, "client_id")?);
    let mut headers = vec![("X-Client-ID", id)];
    match vector.get("received_sign") {
        Some(Value::String(sign)) => headers.push(("X-Client-Sign", sign)),
        Some(Value::Array(signs)) => {
            headers.extend(signs.iter().filter_map(Value::as_str).map(|sign| ("X-Client-Sign", sign)));
        }
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => {}
    }
    let verified = pbx.verify(&webhook(&headers, &body(vector)?));
    match (verified, accept) {
        (Ok(_), false) => Err("is accepted, and must be refused".to_owned()),
        (Err(error), true) => Err(format!("is refused ({error}), and must be accepted")),
        (Ok(_), true) | (Err(_), false) => Ok(()),
    }
}

fn parse(vector: &Value) -> Outcome {
    let field = text(vector, "field")?;
    let of = |name: &str| vector.get(name).unwrap_or(&Value::Null);
    let (raw, expected) = (of("raw"), of("value"));
    // As the product reads every field: text or number, and empty as absent.
    let raw_text = wire::text(raw).unwrap_or_default();
    match field {
        "state" => {
            equal(field, &wire::word(&raw_text), &wire::text(expected).unwrap_or_default())?;
            equal("the state of its event", &decoded_state(raw)?, &wire::text(expected))
        }
        "type" => equal(field, &wire::word(&raw_text), &wire::text(expected).unwrap_or_default()),
        "result" => {
            equal(field, &wire::integer(raw), &wire::integer(expected))?;
            equal("success of a call_back", &is_success(raw)?, &(wire::integer(expected) == Some(0)))
        }
        "duration" | "call_type" | "direction" | "start_call_date" => {
            equal(field, &wire::integer(raw), &wire::integer(expected))
        }
        "is_record" => {
            equal(field, &wire::flag(raw), &wire::flag(expected))?;
            equal("a recording of the call", &has_recording(raw)?, &wire::flag(expected))
        }
        "is_voicemail" | "is_fax" => equal(field, &wire::flag(raw), &wire::flag(expected)),
        "session_id" | "from_pin" | "request_pin" | "disconnect_reason" | "url" => {
            equal(field, &wire::text(raw), &wire::text(expected))
        }
        "number" | "from_number" | "request_number" => {
            let user = wire::text(of("user")).unwrap_or_default();
            let is_phone = wire::flag(of("is_phone"));
            equal(field, &wire::address(&raw_text), &Address { user, is_phone })
        }
        "timestamp" => {
            let read = |text: &str| zone::read(text, &TimeZone::UTC, Timestamp::UNIX_EPOCH).map(|time| time.utc);
            equal(field, &read(&raw_text), &wire::text(expected).as_deref().and_then(read))
        }
        other => Err(format!("nothing here checks how the field \"{other}\" is read")),
    }
}

/// The state under which a whole webhook with this value is kept; `None` when it is kept as not understood.
fn decoded_state(raw: &Value) -> Result<Option<String>, String> {
    let (kind, _) = decode(&json!({"session_id": "s", "type": "incoming", "state": raw}))?;
    // Without a state it is kept under the name of the method.
    Ok(Some(kind).filter(|kind| kind != "call_events"))
}

fn has_recording(raw: &Value) -> Result<bool, String> {
    let (_, effects) = decode(&json!({"session_id": "s", "type": "incoming", "state": "end", "is_record": raw}))?;
    Ok(effects.iter().any(|effect| matches!(effect, Effect::RecordingAvailable { .. })))
}

fn is_success(result: &Value) -> Result<bool, String> {
    let body = json!({"result": result}).to_string().into();
    let answer = Answer { status: 200, retry_after: None, date: None, location: None, limits: None, body };
    let answer = pbx("id", "key")?.read_originate(CommandId(Uuid::nil()), &answer);
    Ok(matches!(answer, CommandAnswer::Accepted { .. }))
}

fn decode(body: &Value) -> Result<(String, Vec<Effect>), String> {
    let pbx = pbx("id", "key")?;
    let mut request = webhook(&[], body.to_string().as_bytes());
    pbx.sign_webhook(&mut request).map_err(|error| error.to_string())?;
    let verified = pbx.verify(&request).map_err(|error| error.to_string())?;
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let mut events = pbx.decode(verified, &context).events;
    let event = events.pop().ok_or("a webhook gave no event")?;
    Ok((event.raw_kind, event.effects))
}

fn pbx(client_id: &str, key: &str) -> Result<Box<dyn Pbx>, String> {
    let secrets = [("client_id", client_id), ("key", key)];
    let config = ConnectionConfig {
        id: "rt1".parse().map_err(|error| format!("{error}"))?,
        make: pbx::rostelecom::MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    };
    pbx::build(&config).map_err(|error| error.to_string())
}

fn signed_request(pbx: &dyn Pbx, body: &[u8]) -> Result<String, String> {
    let mut request = Request {
        operation: "vector",
        method: http::Method::POST,
        url: pbx.base_url().clone(),
        headers: http::HeaderMap::new(),
        body: Bytes::copy_from_slice(body),
        times: Times::SHORT,
        idempotent: false,
        asks: false,
        signed: true,
        has_passwords: false,
        session: None,
        quotas: Vec::new(),
    };
    pbx.sign(&mut request).map_err(|error| error.to_string())?;
    let sign = request.headers.get("x-client-sign").and_then(|value| value.to_str().ok());
    sign.map(str::to_owned).ok_or_else(|| "a request was left unsigned".to_owned())
}

fn webhook(headers: &[(&str, &str)], body: &[u8]) -> WebhookRequest {
    WebhookRequest {
        method: "POST".to_owned(),
        path: "/call_events".to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
        body: Bytes::copy_from_slice(body),
    }
}

fn header(request: &WebhookRequest, name: &str) -> Option<String> {
    let (_, value) = request.headers.iter().find(|(given, _)| given == name)?;
    String::from_utf8(value.clone()).ok()
}

/// The body: `body_hex` decides where it is given.
fn body(vector: &Value) -> Result<Vec<u8>, String> {
    match (vector.get("body_hex").and_then(Value::as_str), vector.get("body").and_then(Value::as_str)) {
        (Some(hex), _) => {
            data_encoding::HEXLOWER_PERMISSIVE.decode(hex.as_bytes()).map_err(|error| format!("body_hex: {error}"))
        }
        (None, Some(text)) => Ok(text.as_bytes().to_vec()),
        (None, None) => Err("has neither \"body_hex\" nor \"body\"".to_owned()),
    }
}

fn text<'a>(vector: &'a Value, name: &str) -> Result<&'a str, String> {
    vector.get(name).and_then(Value::as_str).ok_or_else(|| format!("has no text \"{name}\""))
}

fn equal<T: PartialEq + std::fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found:?}, and must be {expected:?}")) }
}
