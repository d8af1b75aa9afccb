//! The functions of the API: the key and its hash in the query, an envelope around every answer but a file.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use data_encoding::HEXLOWER;
use http::{Method, StatusCode, Uri};
use md5::{Digest, Md5};
use serde_json::{Map, Value, json};
use tokio::time::Instant;
use url::form_urlencoded;

use super::limit::Rule;
use super::users::UserError;
use super::{ACCOUNT, RingCloud, downloads, numbering, rows};
use crate::fault::{Fault, KeyArea};
use crate::make::Make;
use crate::numbers;
use crate::play::{Telling, perform};
use crate::reading::Reading;
use crate::script::CallPlan;
use crate::world::lock;

/// The hash of a key with its password.
pub(super) fn hash(key: &str, password: &str) -> String {
    HEXLOWER.encode(&Md5::digest(format!("{key}{password}")))
}

pub(super) fn router(pbx: RingCloud) -> Router {
    Router::new().fallback(ask).with_state(pbx)
}

/// Says no, in the envelope of errors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal(StatusCode, &'static str);

const WRONG_KEY: Refusal = Refusal(StatusCode::FORBIDDEN, "Wrong api_key or hash");
const NO_RIGHT: Refusal = Refusal(StatusCode::FORBIDDEN, "Access denied for this API key");
const TOO_OFTEN: Refusal = Refusal(StatusCode::TOO_MANY_REQUESTS, "Too many identical requests");
const NO_FUNCTION: Refusal = Refusal(StatusCode::NOT_FOUND, "Unknown function");
const NO_USER: Refusal = Refusal(StatusCode::NOT_FOUND, "User not found");
const NO_PARAMETER: Refusal = Refusal(StatusCode::BAD_REQUEST, "Missing parameter");
const WRONG_PARAMETER: Refusal = Refusal(StatusCode::BAD_REQUEST, "Wrong parameter");

impl From<UserError> for Refusal {
    fn from(error: UserError) -> Self {
        match error {
            UserError::Unknown => NO_USER,
            UserError::WrongExtension => Self(StatusCode::BAD_REQUEST, "The extension must have the form 4xx"),
            UserError::Taken => Self(StatusCode::BAD_REQUEST, "The extension is taken"),
        }
    }
}

/// A request whose key was right.
struct ApiRequest<'a> {
    /// After `/v1/`, decoded.
    path: &'a [&'a str],
    query: Vec<(String, String)>,
    body: &'a [u8],
}

async fn ask(State(pbx): State<RingCloud>, method: Method, uri: Uri, body: Bytes) -> Response {
    let query: Vec<(String, String)> =
        form_urlencoded::parse(uri.query().unwrap_or_default().as_bytes()).into_owned().collect();
    let path = decoded(uri.path());
    let parts: Vec<&str> = path.trim_end_matches('/').split('/').filter(|part| !part.is_empty()).collect();
    let parts = if let ["v1", rest @ ..] = parts.as_slice() { rest } else { &[] };
    let is_file = matches!(parts, ["users", _, "records", _]);
    let admitted = admit(&pbx, &uri.to_string(), &query, is_file).and_then(|()| permit(&pbx, &method, parts));
    if is_file && method == Method::GET {
        // A file has no envelope, and neither has its refusal.
        return match (admitted, parts) {
            (Ok(()), [_, user, _, file]) => downloads::file(&pbx, user, file),
            (Ok(()), _) => StatusCode::NOT_FOUND.into_response(),
            (Err(Refusal(status, _)), _) => status.into_response(),
        };
    }
    let asked = ApiRequest { path: parts, query, body: &body };
    let answer = admitted.and_then(|()| match method {
        Method::GET => read(&pbx, &asked),
        Method::POST => write(&pbx, &asked),
        _ => Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, "Only GET and POST are served")),
    });
    let (status, envelope) = match answer {
        Ok(data) => (StatusCode::OK, json!({"status": "success", "message": null, "data": data})),
        Err(Refusal(status, message)) => (status, json!({"status": "error", "message": message, "data": null})),
    };
    (status, axum::Json(numbers::written(envelope, &pbx.shared.world.faults))).into_response()
}

/// A path without its percent signs; a plus is a plus.
fn decoded(path: &str) -> String {
    let form = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    form_urlencoded::parse(form.as_bytes()).map(|(name, _)| name.into_owned()).collect()
}

/// The key and the hash must be right and given once; then the limit is looked at.
fn admit(pbx: &RingCloud, url: &str, query: &[(String, String)], is_file: bool) -> Result<(), Refusal> {
    let only = |name: &str| {
        let mut given = query.iter().filter(|(field, _)| field == name).map(|(_, value)| value.as_str());
        given.next().filter(|_| given.next().is_none())
    };
    if only("api_key") != Some(pbx.shared.key.as_str()) || only("hash") != Some(pbx.shared.hash.as_str()) {
        return Err(WRONG_KEY);
    }
    let world = &pbx.shared.world;
    if is_file && world.reads(Reading::DOWNLOADS_FREE) {
        return Ok(());
    }
    let rule = Rule {
        minute: world.scaled(std::time::Duration::from_secs(60)),
        by_calendar: world.reads(Reading::MINUTE_BY_CALENDAR),
        refusal_restarts: world.reads(Reading::REFUSAL_RESTARTS),
    };
    let admitted = lock(&pbx.shared.limits).admit(url, rule, Instant::now(), world.now());
    if admitted { Ok(()) } else { Err(TOO_OFTEN) }
}

/// The key's rights: for each area none, reading only, or everything.
fn permit(pbx: &RingCloud, method: &Method, path: &[&str]) -> Result<(), Refusal> {
    let area = match path {
        ["accounts", ..] => KeyArea::Account,
        ["phone_numbers", ..] => KeyArea::Numbers,
        ["users", _, "records", ..] => KeyArea::Records,
        ["users", ..] => KeyArea::Users,
        ["calls", ..] => KeyArea::Calls,
        _ => return Ok(()),
    };
    let faults = &pbx.shared.world.faults;
    let barred = faults.has(Fault::NoRight(area)) || (*method != Method::GET && faults.has(Fault::ReadOnly));
    if barred { Err(NO_RIGHT) } else { Ok(()) }
}

fn read(pbx: &RingCloud, asked: &ApiRequest<'_>) -> Result<Value, Refusal> {
    match asked.path {
        ["accounts", account, "balance"] if *account == ACCOUNT => Ok(json!(1500.25)),
        ["accounts", _, "balance"] => Err(NO_RIGHT),
        ["phone_numbers", number] => numbering::lookup(number).ok_or(WRONG_PARAMETER),
        ["calls", "active"] => Ok(rows::active(pbx)),
        ["calls", "complete"] => complete(pbx, &asked.query),
        ["calls", "channels"] => Ok(rows::channels(pbx)),
        ["calls", "channels", name @ ..] => {
            rows::channel(pbx, &name.join("/")).ok_or(Refusal(StatusCode::NOT_FOUND, "Channel not found"))
        }
        ["users"] => Ok(users(pbx)),
        ["users", name] => lock(&pbx.shared.users).get(name).map(|user| user.told(name)).ok_or(NO_USER),
        ["users", name, "records"] => {
            lock(&pbx.shared.users).get(name).ok_or(NO_USER)?;
            Ok(downloads::list(pbx, name))
        }
        _ => Err(NO_FUNCTION),
    }
}

fn write(pbx: &RingCloud, asked: &ApiRequest<'_>) -> Result<Value, Refusal> {
    let users = || lock(&pbx.shared.users);
    match asked.path {
        ["calls"] => originate(pbx, &parameters(asked.body)?),
        ["users", "create"] => {
            let given = parameters(asked.body)?;
            let (num, password, mail) = (text(&given, "num")?, text(&given, "password")?, text(&given, "mail")?);
            Ok(users().create(num, password, mail)?.into())
        }
        ["users", name, "update_password"] => {
            let password = text(&parameters(asked.body)?, "password")?;
            users().set_password(name, password)?;
            Ok(Value::Null)
        }
        ["users", name, "update_email"] => {
            let mail = text(&parameters(asked.body)?, "mail")?;
            users().set_mail(name, mail)?;
            Ok(Value::Null)
        }
        ["users", name, "update_extension_number"] => {
            let num = text(&parameters(asked.body)?, "num")?;
            users().set_extension(name, num)?;
            Ok(Value::Null)
        }
        ["users", name, switch @ ("voice_mail_box_on" | "voice_mail_box_off")] => {
            users().set_voice_mail_box(name, *switch == "voice_mail_box_on")?;
            Ok(Value::Null)
        }
        _ => Err(NO_FUNCTION),
    }
}

fn complete(pbx: &RingCloud, query: &[(String, String)]) -> Result<Value, Refusal> {
    let given = |name: &str| query.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let days = given("days").map_or(Ok(7), str::parse).map_err(|_| WRONG_PARAMETER)?;
    if !(1..=7).contains(&days) {
        return Err(WRONG_PARAMETER);
    }
    Ok(rows::complete(pbx, days, given("num")))
}

fn users(pbx: &RingCloud) -> Value {
    let as_objects = pbx.shared.world.reads(Reading::USERS_AS_OBJECTS);
    let users = lock(&pbx.shared.users);
    let told =
        users.names().map(|(name, user)| if as_objects { json!({"user": name, "num": user.num}) } else { json!(name) });
    told.collect()
}

/// What stands in the body's `params`; the type of the body is not looked at.
fn parameters(body: &[u8]) -> Result<Map<String, Value>, Refusal> {
    let mut body: Map<String, Value> = serde_json::from_slice(body).map_err(|_| NO_PARAMETER)?;
    match body.remove("params") {
        Some(Value::Object(parameters)) => Ok(parameters),
        Some(_) | None => Err(NO_PARAMETER),
    }
}

/// A parameter as text; numbers may come with or without quotes.
fn text(parameters: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    match parameters.get(name) {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) | None => Err(NO_PARAMETER),
    }
}

/// Calls the employee first, and the number once he has answered.
fn originate(pbx: &RingCloud, given: &Map<String, Value>) -> Result<Value, Refusal> {
    let world = &pbx.shared.world;
    let (user, number) = (text(given, "user")?, text(given, "num")?);
    world.note_asked(&number);
    let extension = lock(&pbx.shared.users).get(&user).map(|user| user.num.clone()).ok_or(NO_USER)?;
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG_PARAMETER);
    }
    let employee = world.staff.employee(&extension);
    let employee = employee.ok_or(Refusal(StatusCode::BAD_REQUEST, "The user is not registered"))?;
    let number = if digits.len() > 6 { format!("+{digits}") } else { digits.to_owned() };
    let plan = CallPlan::ordered(Make::RINGCLOUD, &employee.extension, &number, world);
    let stage = pbx.call_stage(&plan, world.new_id().simple().to_string(), Telling::Live);
    world.tasks.spawn(perform(Arc::clone(world), plan, Box::new(stage)));
    Ok(Value::Null)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_keeps_its_plus() {
        assert_eq!(decoded("/v1/phone_numbers/+7900"), "/v1/phone_numbers/+7900");
        assert_eq!(decoded("/v1/calls/channels/SIP%2F111202-0a&=b"), "/v1/calls/channels/SIP/111202-0a&=b");
    }

    #[test]
    fn the_hash_is_that_of_the_published_examples() {
        assert_eq!(hash("12345_abcdef0123456789", "Passw0rd"), "5f0bde78663dc007ab22b0ac58d4b93b");
        assert_eq!(hash("777_k3yb0dy", "пароль1"), "36f1d65ae50139ba25150bf6a59aa379");
        assert_eq!(hash("10_x", "a b+c"), "2eccc3da3362b2ecfd9f1388a4a9cf41");
    }
}
