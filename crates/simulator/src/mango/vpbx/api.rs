//! The commands and queries of the API: signed forms, checked over the exact text of their `json` before it is read.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, body::Bytes};
use http::{HeaderMap, StatusCode, header};
use serde_json::{Value, json};
use tokio::time::Instant;
use url::form_urlencoded;

use super::MangoVpbx;
use super::commands;
use super::quota::Refused;
use super::wire::sign;
use super::{extended, statistics};
use crate::fault::Fault;
use crate::make::Make;
use crate::numbers;
use crate::play::{Order, Telling, perform};
use crate::recordings;
use crate::script::CallPlan;
use crate::staff::{Employee, GROUP};
use crate::world::lock;

pub(super) fn router(pbx: MangoVpbx) -> Router {
    Router::new().route("/vpbx/{*path}", post(ask)).route("/files/{token}", get(download)).with_state(pbx)
}

/// Why a request is refused, with the vendor's code.
#[derive(Debug, Clone, Copy)]
pub(super) struct Refusal(pub(super) StatusCode, pub(super) u16);

pub(super) const NO_PARAMETER: Refusal = Refusal(StatusCode::BAD_REQUEST, 3103);
pub(super) const WRONG_PARAMETER: Refusal = Refusal(StatusCode::BAD_REQUEST, 3104);

async fn ask(State(pbx): State<MangoVpbx>, Path(path): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let path = path.trim_end_matches('/');
    let admitted = lock(&pbx.shared.quota).admit(path, Instant::now());
    match admitted {
        Ok(()) => {}
        Err(Refused::TooOften) => {
            let envelope =
                json!({"name": "Service Unavailable", "message": "Rate limit exceeded.", "code": 0, "status": 429});
            return (StatusCode::TOO_MANY_REQUESTS, Json(envelope)).into_response();
        }
        Err(Refused::LockedOut) => {
            let envelope =
                json!({"name": "Unauthorized", "message": "Too many wrong requests.", "code": 0, "status": 401});
            return (StatusCode::UNAUTHORIZED, Json(envelope)).into_response();
        }
    }
    let answer = signed_text(&pbx, &headers, &body).and_then(|text| {
        let request = serde_json::from_str(&text).map_err(|_| Refusal(StatusCode::BAD_REQUEST, 3400))?;
        answer(&pbx, path, &request)
    });
    match answer {
        Ok(response) => response,
        Err(Refusal(status, code)) => {
            if code / 1000 == 3 {
                lock(&pbx.shared.quota).was_wrong(Instant::now());
            }
            (status, Json(json!({"result": code}))).into_response()
        }
    }
}

/// The text in the form's `json`, once key and signature are right.
fn signed_text(pbx: &MangoVpbx, headers: &HeaderMap, body: &[u8]) -> Result<String, Refusal> {
    let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    if content_type.split(';').next().map(str::trim) != Some("application/x-www-form-urlencoded") {
        return Err(Refusal(StatusCode::BAD_REQUEST, 3104));
    }
    let fields: Vec<(String, String)> = form_urlencoded::parse(body).into_owned().collect();
    let only = |name: &str| {
        let mut given = fields.iter().filter(|(field, _)| field == name).map(|(_, value)| value.clone());
        given.next().filter(|_| given.next().is_none()).ok_or(NO_PARAMETER)
    };
    let (key, given, text) = (only("vpbx_api_key")?, only("sign")?, only("json")?);
    let access = &pbx.shared.access;
    if key != access.secret("api_key") {
        return Err(Refusal(StatusCode::UNAUTHORIZED, 3105));
    }
    if given != sign(&key, &text, access.secret("api_salt")) {
        return Err(Refusal(StatusCode::UNAUTHORIZED, 3102));
    }
    Ok(text)
}

fn answer(pbx: &MangoVpbx, path: &str, request: &Value) -> Result<Response, Refusal> {
    let value = match path {
        "commands/callback" => callback(pbx, request)?,
        "commands/call/hangup" => hang_up(pbx, request)?,
        "queries/recording/post" => return recording(pbx, request),
        "config/users/request" => users(pbx, request)?,
        "incominglines" => lines(pbx),
        "sips" => sips(pbx),
        "account/balance" => json!({"result": 1000, "balance": 1250.5, "currency": "RUB"}),
        "groups" => groups(pbx, request),
        "stats/request" => statistics::order_table(pbx, request)?,
        "stats/result" => return Ok(statistics::fetch_table(pbx, request)),
        "stats/calls/request" => extended::order(pbx, request)?,
        "stats/calls/result" => return Ok(extended::fetch(pbx, request)),
        "commands/callback_group" => callback_group(pbx, request)?,
        _ => match path.split_once('/') {
            Some(("commands", command)) => {
                commands::answer(pbx, command, request).ok_or(Refusal(StatusCode::NOT_FOUND, 3300))??
            }
            Some(("result", command)) => commands::result(pbx, command, request)?,
            _ => return Err(Refusal(StatusCode::NOT_FOUND, 3300)),
        },
    };
    Ok(Json(numbers::written(value, &pbx.shared.world.faults)).into_response())
}

/// A parameter that may come as text or as a number.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

fn callback(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let world = &pbx.shared.world;
    let command_id = text(&request["command_id"]).ok_or(NO_PARAMETER)?;
    let extension = text(&request["from"]["extension"]).ok_or(NO_PARAMETER)?;
    let number = text(&request["to_number"]).ok_or(NO_PARAMETER)?;
    if command_id.len() > 128 {
        return Err(WRONG_PARAMETER);
    }
    world.note_asked(&number);
    let employee = world.staff.employee(&extension).ok_or(Refusal(StatusCode::OK, 3330))?;
    let digits = number.strip_prefix('+').unwrap_or(&number);
    if !(2..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal(StatusCode::OK, 3200));
    }
    let number = if digits.len() > 6 { format!("+{digits}") } else { digits.to_owned() };
    let plan = CallPlan::ordered(Make::MANGO_VPBX, &employee.extension, &number, world);
    let stage =
        pbx.entry_stage(&plan, pbx.shared.world.new_id().simple().to_string(), Telling::Live, command_id.clone());
    world.tasks.spawn(perform(Arc::clone(world), plan, Box::new(stage)));
    Ok(commands::carried_out(pbx, "callback", &command_id))
}

/// Calls a number from the group of everybody, whichever side is named as the group.
fn callback_group(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let (from, to) = (text(&request["from"]).ok_or(NO_PARAMETER)?, text(&request["to"]).ok_or(NO_PARAMETER)?);
    text(&request["line_number"]).ok_or(NO_PARAMETER)?;
    let number = match (from.as_str(), to.as_str()) {
        (GROUP, number) | (number, GROUP) => number,
        _ => return Err(Refusal(StatusCode::OK, 3330)),
    };
    let first = pbx.shared.world.staff.employees.first().map(|employee| employee.extension.clone());
    let ordered = json!({"command_id": request["command_id"], "from": {"extension": first}, "to_number": number});
    callback(pbx, &ordered)
}

fn hang_up(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let command_id = text(&request["command_id"]).ok_or(NO_PARAMETER)?;
    let call_id = text(&request["call_id"]).ok_or(NO_PARAMETER)?;
    let extension = lock(&pbx.shared.open_legs).get(&call_id).cloned();
    let ended = match call_id.strip_suffix(".menu") {
        Some(entry) => pbx.shared.world.orders.send(entry, Order::HangUp),
        None => extension.is_some_and(|extension| pbx.shared.world.phones.hang_up(&extension).is_ok()),
    };
    if ended { Ok(commands::carried_out(pbx, "call/hangup", &command_id)) } else { Err(Refusal(StatusCode::OK, 4101)) }
}

/// Sends on to the file, by a link that works once.
fn recording(pbx: &MangoVpbx, request: &Value) -> Result<Response, Refusal> {
    let id = text(&request["recording_id"]).ok_or(NO_PARAMETER)?;
    if !matches!(request["action"].as_str(), Some("download" | "play")) {
        return Err(WRONG_PARAMETER);
    }
    let known = lock(&pbx.shared.recordings).get(&id).copied();
    let withheld = pbx.shared.world.faults.has(Fault::RecordingNotReady);
    let Some(recording) = known.filter(|recording| recording.added && !withheld) else {
        return Err(Refusal(StatusCode::NOT_FOUND, 3320));
    };
    let token = pbx.shared.world.new_id().simple().to_string();
    lock(&pbx.shared.links).insert(token.clone(), recording.topic);
    let base = pbx.shared.access.url.trim_end_matches("/vpbx");
    Ok((StatusCode::FOUND, [(header::LOCATION, format!("{base}/files/{token}"))]).into_response())
}

async fn download(State(pbx): State<MangoVpbx>, Path(token): Path<String>) -> Response {
    let topic = lock(&pbx.shared.links).remove(&token);
    topic.map_or_else(
        || StatusCode::NOT_FOUND.into_response(),
        |topic| recordings::download(topic, &pbx.shared.world.faults),
    )
}

fn users(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let staff = &pbx.shared.world.staff;
    let wanted = text(&request["extension"]);
    let employees = staff.employees.iter().filter(|one| wanted.as_ref().is_none_or(|wanted| *wanted == one.extension));
    let users: Vec<Value> = employees
        .map(|employee| {
            json!({
                "general": {"name": employee.name, "email": null, "department": "", "position": ""},
                "telephony": {
                    "extension": employee.extension,
                    "outgoingline": staff.line_of(Make::MANGO_VPBX).trim_start_matches('+'),
                    "numbers": [{"number": staff.sip(&employee.extension), "protocol": "sip", "order": "0", "wait_sec": 60, "status": "on"}],
                },
                "groups": [],
            })
        })
        .collect();
    if users.is_empty() { Err(Refusal(StatusCode::OK, 3330)) } else { Ok(json!({"users": users})) }
}

/// The group of everybody.
fn groups(pbx: &MangoVpbx, request: &Value) -> Value {
    let employees = pbx.shared.world.staff.employees.iter().zip(1..);
    let operators: Vec<Value> = employees
        .map(|(one, id)| json!({"id": id, "name": one.name, "extension": one.extension, "priority": 1, "order": id}))
        .collect();
    let mut group = json!({"id": 1, "name": "Everybody", "description": null, "extension": GROUP, "dial_alg_group": 2});
    if text(&request["show_users"]).as_deref() == Some("1") {
        group["operators"] = operators.into();
    }
    json!({"result": 1000, "groups": [group]})
}

/// The SIP accounts of each employee.
fn sips(pbx: &MangoVpbx) -> Value {
    let staff = &pbx.shared.world.staff;
    let of = |(employee, id): (&Employee, u32)| {
        let account = json!({"id": id, "login": employee.sip_user, "domain": staff.domain});
        json!({"user_id": id, "sips": [account]})
    };
    let data: Vec<Value> = staff.employees.iter().zip(1..).map(of).collect();
    json!({"result": 1000, "data": data})
}

fn lines(pbx: &MangoVpbx) -> Value {
    let lines = pbx.shared.world.staff.lines.iter().filter(|line| line.make == Make::MANGO_VPBX);
    let lines: Vec<Value> = lines
        .zip(1..)
        .map(|(line, id)| json!({"line_id": id, "number": line.number.trim_start_matches('+'), "name": line.title}))
        .collect();
    json!({"result": 1000, "lines": lines})
}
