//! The methods of the API: every request is checked over its raw bytes before it is read.

use axum::Router;
use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Extension, Json};
use bytes::Bytes;
use http::{HeaderMap, StatusCode, header};
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::Rostelecom;
use super::archive::zip;
use super::export::{OrderError, OrderRequest};
use super::link::{Link, LinkError};
use super::sign::{CLIENT_ID, CLIENT_SIGN, sign};
use crate::fault::Fault;
use crate::make::Make;
use crate::numbers;
use crate::play::{Telling, perform};
use crate::reading::Reading;
use crate::recordings;
use crate::script::CallPlan;
use crate::server::Peer;
use crate::world::lock;

/// The words of success.
const SUCCESS: &str = "Операция выполнена успешно";
/// The code of a callback that could not be tried.
const CALLBACK_FAILED: &str = "-20";

pub(super) fn router(pbx: Rostelecom) -> Router {
    Router::new()
        .route("/{method}", post(call).get(call_by_query))
        .route("/records_new_scheme/record/download/{hex}/{digits}", get(download))
        .with_state(pbx)
}

/// A logical answer: always HTTP 200.
type Answer = Result<Value, (&'static str, &'static str)>;

async fn call(
    State(pbx): State<Rostelecom>,
    Path(method): Path<String>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    if let Err(status) = check(&pbx, &headers, &body) {
        return status.into_response();
    }
    if pbx.shared.world.reads(Reading::TEST_HOST) {
        return Json(sample(&method)).into_response();
    }
    if method == "download_call_history" {
        return download_history(&pbx, &body);
    }
    let answer = match method.as_str() {
        "call_back" => read(&body).map(|request| call_back(&pbx, &request)),
        "get_record" => read(&body).map(|request| get_record(&pbx, &request, peer.ip())),
        "call_info" => read(&body).map(|request| call_info(&pbx, &request)),
        "users_info" => read(&body).map(|request| users_info(&pbx, &request)),
        "domain_call_history" => read(&body).map(|request| order_history(&pbx, request)),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    match answer {
        Ok(answer) => Json(finish(&pbx, answer)).into_response(),
        Err(error) => {
            tracing::debug!(method, %error, "a request could not be read");
            (StatusCode::BAD_REQUEST, "malformed JSON").into_response()
        }
    }
}

/// The one method that the guide calls a GET request: its parameters in the query, signed as an empty body.
async fn call_by_query(
    State(pbx): State<Rostelecom>,
    Path(method): Path<String>,
    Extension(Peer(peer)): Extension<Peer>,
    headers: HeaderMap,
    query: Result<Query<GetRecordRequest>, QueryRejection>,
) -> Response {
    if method != "get_record" {
        return StatusCode::METHOD_NOT_ALLOWED.into_response();
    }
    if let Err(status) = check(&pbx, &headers, b"") {
        return status.into_response();
    }
    match query {
        Ok(Query(request)) => Json(finish(&pbx, get_record(&pbx, &request, peer.ip()))).into_response(),
        Err(_) => (StatusCode::BAD_REQUEST, "no session_id").into_response(),
    }
}

/// What the vendor's test host was seen to answer, whatever it is asked: a number of failure beside the words of success, a
/// session that nobody has, and of recordings a link behind which nothing lies.
fn sample(method: &str) -> Value {
    let mut sample = json!({"result": "1", "resultMessage": SUCCESS});
    if method == "get_record" {
        sample["url"] = "http://vpbx.server.ru/record/1".into();
    } else {
        sample["session_id"] = "b1f2e8f0-6f0a-4d3c-8f77-0a8d6f1c2e11".into();
    }
    sample
}

/// 401 for an unknown, missing or repeated id, 403 for a missing, wrong or repeated signature.
fn check(pbx: &Rostelecom, headers: &HeaderMap, body: &[u8]) -> Result<(), StatusCode> {
    let access = &pbx.shared.access;
    let (client_id, key) = (access.secret("client_id"), access.secret("key"));
    let mut ids = headers.get_all(CLIENT_ID).iter();
    let (Some(id), None) = (ids.next(), ids.next()) else { return Err(StatusCode::UNAUTHORIZED) };
    if id.as_bytes() != client_id.as_bytes() {
        return Err(StatusCode::UNAUTHORIZED);
    }
    let mut signatures = headers.get_all(CLIENT_SIGN).iter();
    let (Some(given), None) = (signatures.next(), signatures.next()) else { return Err(StatusCode::FORBIDDEN) };
    if given.as_bytes() != sign(client_id, body, key).as_bytes() {
        return Err(StatusCode::FORBIDDEN);
    }
    Ok(())
}

fn read<'a, T: Deserialize<'a>>(body: &'a [u8]) -> Result<T, serde_json::Error> {
    serde_json::from_slice(body)
}

fn finish(pbx: &Rostelecom, answer: Answer) -> Value {
    let mut answer = match answer {
        Ok(mut value) => {
            // As the guide's own sample has it: a failure's number beside the words of success and a session.
            let odd = pbx.shared.world.faults.has(Fault::OddResult) && value.get("session_id").is_some();
            value["result"] = if odd { "1" } else { "0" }.into();
            value["resultMessage"] = SUCCESS.into();
            value
        }
        Err((code, message)) => json!({"result": code, "resultMessage": message}),
    };
    if pbx.shared.world.faults.has(Fault::NumbersAsInts) {
        let result = answer["result"].take();
        answer["result"] = numbers::to_int(result);
    }
    answer
}

#[derive(Deserialize)]
struct CallBackRequest {
    request_number: String,
    #[serde(default)]
    from_sipuri: String,
    #[serde(default, deserialize_with = "text")]
    from_pin: String,
}

fn call_back(pbx: &Rostelecom, request: &CallBackRequest) -> Answer {
    let world = &pbx.shared.world;
    world.note_asked(&request.request_number);
    // Both given: the address wins.
    let employee = if request.from_sipuri.is_empty() {
        world.staff.employee(&request.from_pin)
    } else {
        world.staff.by_sip(&request.from_sipuri)
    };
    let employee = employee.ok_or((CALLBACK_FAILED, "Пользователь не найден"))?;
    let digits = request.request_number.trim_start_matches('+');
    if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err((CALLBACK_FAILED, "Неверный номер"));
    }
    let plan = CallPlan::ordered(Make::ROSTELECOM, &employee.extension, &request.request_number, world);
    let session_id = world.new_id().to_string();
    let stage = pbx.session_stage(&plan, session_id.clone(), Telling::Live);
    world.tasks.spawn(perform(std::sync::Arc::clone(world), plan, Box::new(stage)));
    Ok(json!({"session_id": session_id}))
}

#[derive(Deserialize)]
struct GetRecordRequest {
    session_id: String,
    #[serde(default)]
    ip_adress: String,
}

fn get_record(pbx: &Rostelecom, request: &GetRecordRequest, peer: std::net::IpAddr) -> Answer {
    let world = &pbx.shared.world;
    let known = pbx.with_session(&request.session_id, |session| (session.recording, session.ready));
    let Some((Some(topic), Some(ready))) = known else {
        return Err(("1", "Запись разговора не найдена"));
    };
    if ready > world.now() || world.faults.has(Fault::RecordingNotReady) {
        return Err(("1", "Запись разговора ещё не готова"));
    }
    let address = if request.ip_adress.is_empty() {
        peer
    } else {
        request.ip_adress.parse().map_err(|_| ("1", "Неверный IP-адрес"))?
    };
    let mut links = lock(&pbx.shared.links);
    let path = links.give(Link { topic, address }, world.new_id());
    if world.faults.has(Fault::LinkUsed) {
        // Somebody was quicker; the link is as dead as after a first download.
        let _ = links.take(&path, address);
    }
    Ok(json!({"url": format!("{}/records_new_scheme/record/download/{path}", pbx.shared.access.url)}))
}

async fn download(
    State(pbx): State<Rostelecom>,
    Path((hex, digits)): Path<(String, String)>,
    Extension(Peer(peer)): Extension<Peer>,
) -> Response {
    let taken = lock(&pbx.shared.links).take(&format!("{hex}/{digits}"), peer.ip());
    match taken {
        Ok(link) => recordings::download(link.topic, &pbx.shared.world.faults),
        Err(LinkError::Gone) => StatusCode::NOT_FOUND.into_response(),
        Err(LinkError::OtherAddress) => StatusCode::FORBIDDEN.into_response(),
    }
}

#[derive(Deserialize)]
struct CallInfoRequest {
    session_id: String,
}

fn call_info(pbx: &Rostelecom, request: &CallInfoRequest) -> Answer {
    let staff = &pbx.shared.world.staff;
    let info = pbx.with_session(&request.session_id, |session| {
        let customer = session.customer.clone().unwrap_or_else(|| "anonymous".into());
        let caller = session.caller.clone().unwrap_or_default();
        let answering = session.answered_by.clone().unwrap_or_default();
        let incoming = session.direction() == 1;
        json!({
            "call_type": session.call_type().to_string(),
            "direction": session.direction().to_string(),
            "state": session.state().to_string(),
            "orig_number": if incoming { customer.clone() } else { staff.sip(&caller) },
            "orig_pin": caller,
            "dest_number": if incoming { session.line.clone() } else { customer },
            "answering_sipuri": if answering.is_empty() { String::new() } else { staff.sip(&answering) },
            "answering_pin": answering,
            "start_call_date": session.began.as_second().to_string(),
            "duration": session.duration().to_string(),
            "is_voicemail": false,
            "is_record": session.recording.is_some(),
            "is_fax": false,
            "status_code": "",
            "status_string": "",
        })
    });
    info.map(|info| json!({"info": info})).ok_or(("1", "Вызов не найден"))
}

#[derive(Deserialize)]
struct UsersInfoRequest {
    #[serde(default)]
    domain: String,
    #[serde(default, deserialize_with = "text")]
    user_pin: String,
}

fn users_info(pbx: &Rostelecom, request: &UsersInfoRequest) -> Answer {
    let staff = &pbx.shared.world.staff;
    if !request.domain.is_empty() && request.domain != staff.domain {
        return Err(("1", "Домен не найден"));
    }
    let wanted =
        staff.employees.iter().filter(|employee| request.user_pin.is_empty() || request.user_pin == employee.extension);
    let users: Vec<Value> = wanted
        .map(|employee| json!({"display_name": employee.name, "name": employee.sip_user, "pin": employee.extension}))
        .collect();
    if users.is_empty() {
        Err(("1", "Пользователь не найден"))
    } else {
        Ok(json!({"users": users}))
    }
}

fn order_history(pbx: &Rostelecom, request: OrderRequest) -> Answer {
    match pbx.order(request) {
        Ok(order_id) => Ok(json!({"order_id": order_id})),
        Err(OrderError::Dates) => Err(("1", "Неверный формат даты")),
        Err(OrderError::Exists) => Err(("1", "Такой заказ уже существует")),
    }
}

#[derive(Deserialize)]
struct DownloadRequest {
    order_id: String,
}

fn download_history(pbx: &Rostelecom, body: &[u8]) -> Response {
    let Ok(request) = read::<DownloadRequest>(body) else { return StatusCode::BAD_REQUEST.into_response() };
    match pbx.exported(&request.order_id) {
        Some(csv) => {
            let archive = zip("history.csv", csv.as_bytes());
            ([(header::CONTENT_TYPE, "application/zip")], Body::from(archive)).into_response()
        }
        None => {
            let page = "<html><body>File [history.csv] not found</body></html>";
            ([(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
    }
}

/// A text that may come as a number.
pub(super) fn text<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => String::new(),
    })
}
