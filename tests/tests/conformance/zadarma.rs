//! Zadarma's vectors, through the make as the office uses it.

use std::{collections::BTreeMap, fmt};

use bytes::Bytes;
use calls::Source;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{
    ConnectionConfig, DecodeContext, Pbx, Request, Times, WebhookRequest,
    zadarma::query::{self, Value as Parameter},
};
use secrecy::SecretString;
use serde::{Deserialize, Deserializer, de};
use serde_json::Value;

use crate::vectors::Report;

type Outcome = Result<(), String>;

/// Whether a file holds this make's vectors: by its name, or by the kinds that only it has.
pub(crate) fn knows(name: &str, file: &Value) -> bool {
    let name = name.to_ascii_lowercase();
    let of_kind = |kind| file.get(kind).is_some_and(Value::is_array);
    name.contains("zadarma") || name.contains("novofon") || of_kind("zd_echo_vectors")
}

/// Members that say something about the vectors.
const NOTES: [&str; 2] = ["algorithm", "canonical_query_rules"];

/// The file, with its parameters in the order in which they are written.
#[derive(Deserialize)]
struct File {
    #[serde(default)]
    user_key: String,
    #[serde(default)]
    secret: String,
    #[serde(default)]
    request_vectors: Vec<RequestVector>,
}

#[derive(Deserialize)]
struct RequestVector {
    params: Ordered,
}

/// Checks every vector of a file. The text is read again, because the order of nested parameters is part of a vector.
pub(crate) fn check_all(name: &str, text: &str, file: &Value, report: &mut Report) {
    let read: File = match serde_json::from_str(text) {
        Ok(read) => read,
        Err(error) => return report.fail(name, &format!("cannot be read: {error}")),
    };
    let Some(members) = file.as_object() else { return report.fail(name, "must be an object") };
    for (kind, value) in members {
        let vectors = match value {
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => continue,
            Value::Array(_) | Value::Object(_) if NOTES.contains(&kind.as_str()) => continue,
            Value::Array(vectors) if vectors.iter().all(Value::is_object) => vectors,
            Value::Array(_) | Value::Object(_) => {
                report.fail(name, &format!("\"{kind}\" is neither a text about the vectors nor an array of them"));
                continue;
            }
        };
        for (place, vector) in vectors.iter().enumerate() {
            let pbx = pbx(vector_text(vector, "user_key", &read.user_key), vector_text(vector, "secret", &read.secret));
            let outcome = pbx.and_then(|pbx| match kind.as_str() {
                "request_vectors" => request(pbx.as_ref(), vector, &read.request_vectors[place].params),
                "webhook_vectors" => webhook(pbx.as_ref(), vector),
                "zd_echo_vectors" => echo(pbx.as_ref(), vector),
                other => Err(format!("nothing here checks vectors of the kind \"{other}\"")),
            });
            report.checked_one(name, vector, outcome);
        }
    }
}

fn request(pbx: &dyn Pbx, vector: &Value, parameters: &Ordered) -> Outcome {
    let Ordered(Parameter::Object(parameters)) = parameters else { return Err("params are no object".to_owned()) };
    let written = query::canonical(parameters);
    let (path, method) = (text(vector, "path")?, text(vector, "http_method")?);
    equal("the canonical query", &written, &text(vector, "canonical_query")?.to_owned())?;
    let method = http::Method::from_bytes(method.as_bytes()).map_err(|error| error.to_string())?;
    let mut url = pbx.base_url().clone();
    url.set_path(path);
    let is_get = method == http::Method::GET;
    url.set_query(Some(written.as_str()).filter(|written| is_get && !written.is_empty()));
    let body = if is_get { Bytes::new() } else { Bytes::from(written.clone()) };
    let (headers, times) = (http::HeaderMap::new(), Times::SHORT);
    let mut request = Request {
        operation: "vector",
        method,
        url,
        headers,
        body,
        times,
        idempotent: false,
        asks: false,
        signed: true,
        has_passwords: false,
        session: None,
        quotas: Vec::new(),
    };
    pbx.sign(&mut request).map_err(|error| error.to_string())?;
    let header = request.headers.get("authorization").and_then(|value| value.to_str().ok()).unwrap_or_default();
    equal("Authorization", &header, &text(vector, "authorization_header_value")?)?;
    let signature = header.split_once(':').map_or("", |(_, signature)| signature);
    equal("the signature", &signature, &text(vector, "signature")?)?;
    equal("its digits", &digits(signature)?, &text(vector, "hmac_sha1_hex")?.to_owned())?;
    let signed = format!("{path}{written}{}", text(vector, "md5_hex")?);
    equal("the signed text", &signed, &text(vector, "string_to_sign")?.to_owned())
}

fn webhook(pbx: &dyn Pbx, vector: &Value) -> Outcome {
    let (body, signature) = (text(vector, "form_body")?, text(vector, "signature_header")?);
    let mut notification = notification("POST", "", body);
    let refused = pbx.verify(&notification);
    equal("that it is refused without a signature", &refused.is_err(), &true)?;
    pbx.sign_webhook(&mut notification).map_err(|error| error.to_string())?;
    let given = |name: &str| notification.headers.iter().find(|(given, _)| given == name);
    let made = given("Signature").and_then(|(_, value)| String::from_utf8(value.clone()).ok()).unwrap_or_default();
    equal("the signature", &made.as_str(), &signature)?;
    equal("its digits", &digits(signature)?, &text(vector, "hmac_sha1_hex")?.to_owned())?;
    let with = |signature: &str| {
        let mut request = self::notification("POST", "", body);
        request.headers.push(("Signature".to_owned(), signature.as_bytes().to_vec()));
        pbx.verify(&request)
    };
    if let Some(raw) = vector.get("raw_digest_variant").and_then(Value::as_str) {
        // The same code, not in digits: it proves as much.
        with(raw).map_err(|error| format!("the code itself is refused: {error}"))?;
    }
    // Still Base64 of as many digits, and another code.
    let flipped = format!("{}{}", if signature.starts_with('M') { 'N' } else { 'M' }, &signature[1..]);
    equal("that another signature is refused", &with(&flipped).is_err(), &true)?;
    let verified = with(signature).map_err(|error| format!("is refused ({error}), and must be accepted"))?;
    let context = DecodeContext { received_at: Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Webhook };
    let decoded = pbx.decode(verified, &context);
    let event = decoded.events.first().ok_or("a notification gave no event")?;
    equal("the event", &event.raw_kind.as_str(), &text(vector, "event")?)?;
    equal("the status of the reply", &decoded.reply.status, &200)?;
    let fields = vector.get("fields").ok_or("has no \"fields\"")?;
    let of_call = fields.get("pbx_call_id").and_then(Value::as_str);
    equal("the call", &event.call.as_deref(), &of_call)
}

fn echo(pbx: &dyn Pbx, vector: &Value) -> Outcome {
    let query = text(vector, "request_query")?;
    let expected = (
        vector.get("expected_status").and_then(Value::as_u64),
        Bytes::copy_from_slice(text(vector, "expected_body")?.as_bytes()),
    );
    let requests = [notification("GET", &format!("/?{query}"), ""), notification("POST", "/", query)];
    for request in requests {
        let reply = pbx.address_check(&request).ok_or("is not answered")?;
        equal("the answer", &(Some(u64::from(reply.status)), reply.body), &expected)?;
    }
    Ok(())
}

/// What a signature says in Base64.
fn digits(signature: &str) -> Result<String, String> {
    let digits = data_encoding::BASE64.decode(signature.as_bytes()).map_err(|error| error.to_string())?;
    String::from_utf8(digits).map_err(|error| error.to_string())
}

fn notification(method: &str, path: &str, body: &str) -> WebhookRequest {
    let form = ("Content-Type".to_owned(), b"application/x-www-form-urlencoded".to_vec());
    WebhookRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: vec![form],
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn pbx(key: &str, secret: &str) -> Result<Box<dyn Pbx>, String> {
    let secrets = [("key", key), ("secret", secret)];
    let config = ConnectionConfig {
        id: "zd1".parse().map_err(|error| format!("{error}"))?,
        make: pbx::zadarma::MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    };
    pbx::build(&config).map_err(|error| error.to_string())
}

/// A vector's own text, or that of its file.
fn vector_text<'a>(vector: &'a Value, name: &str, of_file: &'a str) -> &'a str {
    vector.get(name).and_then(Value::as_str).unwrap_or(of_file)
}

fn text<'a>(vector: &'a Value, name: &str) -> Result<&'a str, String> {
    vector.get(name).and_then(Value::as_str).ok_or_else(|| format!("has no text \"{name}\""))
}

fn equal<T: PartialEq + fmt::Debug>(what: &str, found: &T, expected: &T) -> Outcome {
    if found == expected { Ok(()) } else { Err(format!("{what} is {found:?}, and must be {expected:?}")) }
}

/// A parameter out of JSON, members in the order in which they are written.
struct Ordered(Parameter);

impl<'de> Deserialize<'de> for Ordered {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(InOrder).map(Self)
    }
}

struct InOrder;

impl<'de> de::Visitor<'de> for InOrder {
    type Value = Parameter;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E>(self) -> Result<Parameter, E> {
        Ok(Parameter::Null)
    }

    fn visit_bool<E>(self, flag: bool) -> Result<Parameter, E> {
        Ok(Parameter::Flag(flag))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Parameter, E> {
        Ok(Parameter::Text(number.to_string()))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Parameter, E> {
        Ok(Parameter::Text(number.to_string()))
    }

    fn visit_str<E>(self, text: &str) -> Result<Parameter, E> {
        Ok(Parameter::from(text))
    }

    fn visit_seq<A: de::SeqAccess<'de>>(self, mut items: A) -> Result<Parameter, A::Error> {
        let mut list = Vec::new();
        while let Some(Ordered(item)) = items.next_element()? {
            list.push(item);
        }
        Ok(Parameter::List(list))
    }

    fn visit_map<A: de::MapAccess<'de>>(self, mut members: A) -> Result<Parameter, A::Error> {
        let mut object = Vec::new();
        while let Some((name, Ordered(member))) = members.next_entry::<String, Ordered>()? {
            object.push((name, member));
        }
        Ok(Parameter::Object(object))
    }
}
