//! The methods of the API: a request is signed over its path and parameters, wherever those stand.

use std::sync::Arc;

use axum::Router;

use axum::extract::{Path, Request, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{any, get};
use http::{HeaderValue, Method, StatusCode, header};
use http_body_util::{BodyExt, Limited};
use jiff::SignedDuration;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::call::zone_of;
use super::{Link, PBX_ID, Zadarma, account, call, encode, statistics, wire, xml};
use crate::fault::Fault;
use crate::hook::HookUrl;
use crate::numbers;
use crate::play::{Telling, perform};
use crate::reading::Reading;
use crate::recordings;
use crate::script::CallPlan;
use crate::world::lock;

/// The longest body that is read.
const LONGEST: usize = 65_536;

pub(super) fn router(pbx: Zadarma) -> Router {
    Router::new()
        .route("/v1/pbx/record/download/{token}/{file}", get(download))
        .route("/v1/{*path}", any(ask))
        .with_state(pbx)
}

/// A request whose signature was right.
pub(super) struct ApiRequest {
    pub(super) method: Method,
    /// After `/v1/`, without a final slash.
    pub(super) path: String,
    pub(super) parameters: Vec<(String, String)>,
}

impl ApiRequest {
    /// A parameter; empty where it was not given.
    pub(super) fn field(&self, name: &str) -> String {
        self.parameters.iter().find(|(field, _)| field == name).map_or_else(String::new, |(_, value)| value.clone())
    }
}

/// A failure as the vendor words it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) &'static str);

const WRONG_PHONE: Refusal = Refusal(StatusCode::BAD_REQUEST, "Check phone's number");

async fn ask(State(pbx): State<Zadarma>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let Ok(body) = Limited::new(body, LONGEST).collect().await.map(http_body_util::Collected::to_bytes) else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let query = if parts.method == Method::GET { parts.uri.query().unwrap_or_default().as_bytes() } else { &body };
    let parameters: Vec<(String, String)> = form_urlencoded::parse(query).into_owned().collect();
    let is_xml = parameters.iter().any(|(name, value)| name == "format" && value == "xml");
    let path = parts.uri.path().trim_start_matches("/v1/").trim_end_matches('/').to_owned();
    let limits = lock(&pbx.shared.quota).count(&pbx.shared.world, &path);
    let given = parts.headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let answer = if limits.exceeded {
        Err(Refusal(StatusCode::TOO_MANY_REQUESTS, "You exceeded the rate limit"))
    } else if !is_signed(&pbx, given, parts.uri.path(), &parameters, query) {
        Err(Refusal(StatusCode::UNAUTHORIZED, "Auth error"))
    } else {
        let asked = ApiRequest { method: parts.method, path: path.clone(), parameters };
        answer(&pbx, &asked).await
    };
    let (status, mut value) = match answer {
        Ok(value) => (StatusCode::OK, value),
        Err(Refusal(status, message)) => (status, json!({"status": "error", "message": message})),
    };
    value = numbers::written(value, &pbx.shared.world.faults);
    let (kind, text) =
        if is_xml { ("text/xml; charset=utf-8", xml::answer(&value)) } else { ("application/json", value.to_string()) };
    let mut response = (status, [(header::CONTENT_TYPE, kind)], text).into_response();
    let told = [
        ("x-zadarma-method", path),
        ("x-ratelimit-limit", limits.limit.to_string()),
        ("x-ratelimit-remaining", limits.remaining.to_string()),
        ("x-ratelimit-reset", limits.reset.to_string()),
    ];
    for (name, value) in told {
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

/// Whether key and signature are right: over what PHP would write, or over the parameters as they were sent, since the
/// vendor's own libraries for other languages leave `~` or `*` as they are.
fn is_signed(pbx: &Zadarma, given: &str, path: &str, parameters: &[(String, String)], sent: &[u8]) -> bool {
    let access = &pbx.shared.access;
    let (key, secret) = (access.secret("key"), access.secret("secret"));
    let Some(signature) = given.strip_prefix(key).and_then(|rest| rest.strip_prefix(':')) else { return false };
    if signature == wire::of_query(path, &encode::query(parameters), secret) {
        return true;
    }
    let as_sent = encode::sorted(&String::from_utf8_lossy(sent));
    !pbx.shared.world.reads(Reading::PHP_SIGNATURES_ONLY) && signature == wire::of_query(path, &as_sent, secret)
}

async fn answer(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let world = &pbx.shared.world;
    let staff = &world.staff;
    let parts: Vec<&str> = asked.path.split('/').collect();
    match (asked.method.as_str(), parts.as_slice()) {
        ("GET", ["info", "balance"]) => Ok(json!({"status": "success", "balance": 10.34, "currency": "USD"})),
        ("GET", ["info", "timezone"]) => Ok(timezone(pbx)),
        ("GET", ["tariff"]) => Ok(json!({"status": "success", "info": {
            "tariff_id": 5, "tariff_name": "Standard", "is_active": "true", "cost": 0, "currency": "USD", "used_seconds": 0,
        }})),
        ("GET", ["direct_numbers"]) => {
            let lines = staff.lines.iter().filter(|line| line.make == pbx.shared.make);
            let info: Vec<Value> = lines
                .map(|line| json!({"number": line.number.trim_start_matches('+'), "status": "on", "number_name": line.title}))
                .collect();
            Ok(json!({"status": "success", "info": info}))
        }
        ("GET", ["pbx", "internal"]) => {
            let extensions =
                staff.employees.iter().map(|employee| employee.extension.parse::<u32>().unwrap_or_default());
            let numbers: Vec<u32> = extensions.collect();
            Ok(json!({"status": "success", "pbx_id": PBX_ID.parse::<u32>().unwrap_or_default(), "numbers": numbers}))
        }
        ("GET", ["pbx", "internal", extension, "status"]) => {
            let employee =
                staff.employee(extension).ok_or(Refusal(StatusCode::BAD_REQUEST, "Wrong internal number"))?;
            Ok(json!({"status": "success", "pbx_id": PBX_ID, "number": employee.extension, "is_online": "true"}))
        }
        ("GET", ["request", "callback"]) => call_back(pbx, asked),
        ("GET", ["pbx", "record", "request"]) => record(pbx, asked),
        ("DELETE", ["pbx", "record", "request"]) => delete_record(pbx, asked),
        ("GET", ["statistics", kind @ ..]) => statistics::rows(pbx, kind, |name| asked.field(name))
            .ok_or(Refusal(StatusCode::BAD_REQUEST, "Wrong parameters")),
        ("POST", ["pbx", "callinfo", "url"]) => set_hook(pbx, &asked.field("url")).await,
        _ => account::answer(pbx, asked).unwrap_or(Err(Refusal(StatusCode::NOT_FOUND, "Wrong method name"))),
    }
}

fn timezone(pbx: &Zadarma) -> Value {
    let now = pbx.shared.world.now();
    let hours = now.to_zoned(zone_of(pbx.shared.world.zone())).offset().seconds() / 3600;
    json!({"status": "success", "unixtime": now.as_second(), "datetime": pbx.time(now), "timezone": format!("UTC{hours:+}")})
}

/// Rings the agent first, and the other side after him; with `predicted` the other side first, and the agent only where it
/// answers. The page calls it a flag and says nothing of what `0` means: what is sent with any value counts.
fn call_back(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let world = &pbx.shared.world;
    let (from, to) = (asked.field("from"), asked.field("to"));
    if to.is_empty() || from.is_empty() {
        return Err(Refusal(StatusCode::BAD_REQUEST, "\"to\" param is required"));
    }
    world.note_asked(&to);
    let extension = from.strip_prefix(PBX_ID).and_then(|rest| rest.strip_prefix('-')).unwrap_or(&from);
    let employee = world.staff.employee(extension).ok_or(WRONG_PHONE)?;
    let called = to.strip_prefix(PBX_ID).and_then(|rest| rest.strip_prefix('-')).unwrap_or(&to);
    let digits = called.strip_prefix('+').unwrap_or(called);
    if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(WRONG_PHONE);
    }
    let number = if digits.len() > 6 { format!("+{digits}") } else { digits.to_owned() };
    let predicted = asked.parameters.iter().any(|(name, _)| name == "predicted");
    let plan = CallPlan {
        customer_first: predicted,
        ..CallPlan::ordered(pbx.shared.make, &employee.extension, &number, world)
    };
    let stage = pbx.call_stage(&plan, world.new_id().simple().to_string(), Telling::Live);
    world.tasks.spawn(perform(Arc::clone(world), plan, Box::new(stage)));
    let as_number = |text: &str| text.parse::<u64>().map_or_else(|_| text.into(), Value::from);
    Ok(
        json!({"status": "success", "from": as_number(extension), "to": as_number(digits), "time": world.now().as_second()}),
    )
}

/// A link to a recording by its own id, or links to all recordings of a call.
fn record(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let world = &pbx.shared.world;
    let lifetime = match asked.field("lifetime").as_str() {
        "" => 1800,
        text => text.parse::<i64>().unwrap_or_default(),
    };
    if !(180..=5_184_000).contains(&lifetime) {
        return Err(Refusal(StatusCode::BAD_REQUEST, "Wrong lifetime"));
    }
    let (one, whole) = (asked.field("call_id"), asked.field("pbx_call_id"));
    let now = world.now();
    let found = lock(&pbx.shared.calls)
        .iter()
        .find(|(id, _)| if whole.is_empty() { call::recording_id(id) == one } else { **id == whole })
        .and_then(|(id, call)| Some((call::recording_id(id), call.recording?, call.ready?)));
    let ready = found.filter(|(.., ready)| *ready <= now && !world.faults.has(Fault::RecordingNotReady));
    let Some((id, topic, _)) = ready else { return Err(Refusal(StatusCode::BAD_REQUEST, "Record not found")) };
    let dies = now.checked_add(SignedDuration::from_secs(lifetime)).unwrap_or(now);
    let token = world.new_id().simple().to_string();
    lock(&pbx.shared.links).insert(token.clone(), Link { topic, dies });
    let link = format!("{}/v1/pbx/record/download/{token}/{id}.mp3", pbx.shared.access.url);
    let till = pbx.time(dies);
    Ok(if whole.is_empty() {
        json!({"status": "success", "link": link, "lifetime_till": till})
    } else {
        json!({"status": "success", "links": [link], "lifetime_till": till})
    })
}

/// Deletes the recording of a call; its links die with it.
fn delete_record(pbx: &Zadarma, asked: &ApiRequest) -> Result<Value, Refusal> {
    let (one, whole) = (asked.field("call_id"), asked.field("pbx_call_id"));
    let mut calls = lock(&pbx.shared.calls);
    let found = calls.iter_mut().find(|(id, call)| {
        call.recording.is_some() && if whole.is_empty() { call::recording_id(id) == one } else { **id == whole }
    });
    let Some((id, call)) = found else { return Err(Refusal(StatusCode::BAD_REQUEST, "Record not found")) };
    call.recording = None;
    let file = format!("{}.mp3", call::recording_id(id));
    lock(&pbx.shared.links).clear();
    Ok(if whole.is_empty() {
        json!({"status": "success", "file_name": file})
    } else {
        json!({"status": "success", "deleted_files": [file], "failed_files": []})
    })
}

async fn download(State(pbx): State<Zadarma>, Path((token, _)): Path<(String, String)>) -> Response {
    let link = lock(&pbx.shared.links).get(&token).copied();
    let alive = link.filter(|link| link.dies > pbx.shared.world.now());
    alive.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |link| recordings::download(link.topic, &pbx.shared.world.faults),
    )
}

/// Takes a new address for notifications once it has answered with what it was asked to repeat.
async fn set_hook(pbx: &Zadarma, url: &str) -> Result<Value, Refusal> {
    let wrong = Refusal(StatusCode::BAD_REQUEST, "Wrong url");
    let Ok(hook) = HookUrl::parse(url) else { return Err(wrong) };
    let text = pbx.shared.world.new_id().simple().to_string();
    match hook.get(&format!("zd_echo={text}")).await {
        Ok((200, body)) if body == text.as_bytes() => {}
        Ok(_) | Err(_) => return Err(wrong),
    }
    pbx.shared.sender.set_hook(hook);
    *lock(&pbx.shared.hook) = Some(url.to_owned());
    Ok(json!({"status": "success", "url": url}))
}
