//! REST: verbs of their own on the collection of calls, and the state of phones.

use axum::Router;
use axum::body::Bytes;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{FromRequestParts, Request, State};
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, StatusCode, Uri, header};
use http_body_util::{BodyExt, Limited};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use url::form_urlencoded;

use super::actions::{self, Action, Whose, text};
use super::answers::Failure;
use super::{BOUND_USER, Era, Socket, recordings, socket};
use crate::fault::Fault;
use crate::numbers;
use crate::reading::Reading;
use crate::world::lock;

/// The longest body that is read.
const LONGEST: usize = 65_536;

pub(super) fn router(pbx: Era) -> Router {
    Router::new().fallback(ask).with_state(pbx)
}

async fn ask(State(pbx): State<Era>, uri: Uri, request: Request) -> Response {
    let path = uri.path().trim_end_matches('/').to_owned();
    if path.starts_with("/temp/") {
        return recordings::download(&pbx, &path);
    }
    if let Some(rest) = path.strip_prefix("/ws/") {
        return open_socket(&pbx, rest, request).await;
    }
    if !is_authorised(&pbx, request.headers()) {
        return refuse_token(&pbx);
    }
    let Some(place) = path.strip_prefix("/rest/v1/") else { return StatusCode::NOT_FOUND.into_response() };
    let method = request.method().as_str().to_owned();
    let Ok(body) = Limited::new(request.into_body(), LONGEST).collect().await else {
        return StatusCode::PAYLOAD_TOO_LARGE.into_response();
    };
    let answer = answer(&pbx, &method, place, uri.query().unwrap_or_default(), body.to_bytes()).await;
    let (status, value) = match answer {
        Ok(value) => (StatusCode::OK, value),
        Err(failure) => (failure.status, failure.body()),
    };
    (status, axum::Json(numbers::written(value, &pbx.shared.world.faults))).into_response()
}

fn is_authorised(pbx: &Era, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|given| given.strip_prefix("Bearer ")) == Some(pbx.shared.access.secret("token"))
}

fn refuse_token(pbx: &Era) -> Response {
    let refused =
        if pbx.shared.world.reads(Reading::TOKEN_403) { StatusCode::FORBIDDEN } else { StatusCode::UNAUTHORIZED };
    refused.into_response()
}

/// `token/v1`, `token/v1/<TOKEN>` or `user/v1`.
async fn open_socket(pbx: &Era, place: &str, request: Request) -> Response {
    let (user, token) = match place.split('/').collect::<Vec<_>>().as_slice() {
        ["token", "v1"] => (None, None),
        ["token", "v1", token] => (None, Some((*token).to_owned())),
        ["user", "v1"] => (Some(BOUND_USER), None),
        _ => return StatusCode::NOT_FOUND.into_response(),
    };
    let authorised = match token {
        Some(token) => token == pbx.shared.access.secret("token"),
        None => is_authorised(pbx, request.headers()),
    };
    if !authorised {
        return refuse_token(pbx);
    }
    let (mut parts, _) = request.into_parts();
    let upgrade = match WebSocketUpgrade::from_request_parts(&mut parts, pbx).await {
        Ok(upgrade) => upgrade,
        Err(refusal) => return refusal.into_response(),
    };
    let (orders, received) = mpsc::unbounded_channel();
    let id = {
        let mut sockets = lock(&pbx.shared.sockets);
        let id = sockets.last_key_value().map_or(1, |(last, _)| last + 1);
        let mut subscriptions = super::Subscriptions::default();
        for (_, outlived) in lock(&pbx.shared.outlived).extract_if(.., |(whose, _)| *whose == user) {
            subscriptions.take_over(outlived);
        }
        sockets.insert(id, Socket { user, subscriptions, orders });
        id
    };
    let pbx = pbx.clone();
    upgrade.on_upgrade(move |open| socket::serve(pbx, id, open, received))
}

async fn answer(pbx: &Era, method: &str, place: &str, query: &str, body: Bytes) -> Result<Value, Failure> {
    let (whose, rest) = if let Some(rest) = place.strip_prefix("uc/calls_by_participation") {
        (Some(BOUND_USER), rest)
    } else if let Some(rest) = place.strip_prefix("user/sip/calls") {
        (Some(BOUND_USER), rest)
    } else if let Some(rest) = place.strip_prefix("uc/calls") {
        (None, rest)
    } else if let Some(rest) = place.strip_prefix("uc/sipuser_states") {
        return phones(pbx, method, rest, query);
    } else {
        return Err(Failure::unknown("there is no such class"));
    };
    let dropped = !matches!(method, "GET" | "POST" | "DELETE") && pbx.shared.world.faults.has(Fault::VerbsDropped);
    if dropped {
        return Err(Failure::NO_METHOD);
    }
    let parameters: Map<String, Value> = if body.is_empty() {
        Map::new()
    } else {
        serde_json::from_slice(&body).map_err(|_| Failure::wrong("the body is no object of JSON"))?
    };
    match rest.strip_prefix('/') {
        None if rest.is_empty() => collection(pbx, whose, method, query, &parameters).await,
        Some(connection) if !connection.contains('/') => one(pbx, whose, method, connection, &parameters),
        None | Some(_) => Err(Failure::unknown("there is no such class")),
    }
}

async fn collection(
    pbx: &Era,
    whose: Whose,
    method: &str,
    query: &str,
    parameters: &Map<String, Value>,
) -> Result<Value, Failure> {
    match method {
        "GET" => Ok(actions::list(pbx, whose, query)),
        "LOOKUP" => {
            let calls = actions::list(pbx, whose, query);
            let calls = calls.get("content").unwrap_or(&calls).as_array().cloned().unwrap_or_default();
            Ok(calls.iter().map(|call| call["connectionid"].clone()).collect())
        }
        "POST" | "INVITE" => actions::place(pbx, whose, parameters).await,
        _ => Err(Failure::NO_METHOD),
    }
}

fn one(
    pbx: &Era,
    whose: Whose,
    method: &str,
    connection: &str,
    parameters: &Map<String, Value>,
) -> Result<Value, Failure> {
    let world = &pbx.shared.world;
    if method == "GET" {
        return Ok(actions::find(pbx, whose, connection)?.told(world, world.now()));
    }
    let leg = text(parameters, "idcall");
    let needed = |name: &str| text(parameters, name).ok_or(Failure::wrong("a parameter is missing"));
    let action = match method {
        "DELETE" => Action::HangUp,
        "NOTIFY" => match needed("event")?.as_str() {
            "hold" => Action::Hold,
            "talk" => Action::Talk,
            _ => return Err(Failure::wrong("event is hold or talk")),
        },
        "REFER" => Action::Refer { number: needed("number")? },
        "REFERREPLACES" => Action::Replace { connection: needed("toidconn")? },
        "SWITCHCONF" => Action::Conference,
        "REFERCONF" => Action::Join { conference: needed("conference")? },
        "SEND_DTMF" => Action::Dtmf { digit: needed("dtmf")? },
        "SETUP_RECORD" => Action::Record { on: switch(parameters)? },
        _ => return Err(Failure::NO_METHOD),
    };
    let names_leg = matches!(method, "NOTIFY" | "REFER" | "REFERREPLACES" | "SEND_DTMF");
    if names_leg && leg.is_none() {
        return Err(Failure::wrong("idcall is missing"));
    }
    actions::act(pbx, whose, connection, leg.as_deref(), action)
}

/// Whether recording is to go on: no page names the parameter, so any that says it in so many words is understood.
fn switch(parameters: &Map<String, Value>) -> Result<bool, Failure> {
    let read = |value: &Value| match value {
        Value::Bool(on) => Some(*on),
        Value::Number(number) => Some(number.as_i64()? != 0),
        Value::String(word) => match word.to_lowercase().as_str() {
            "on" | "start" | "true" | "1" => Some(true),
            "off" | "stop" | "false" | "0" => Some(false),
            _ => None,
        },
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    };
    parameters.values().find_map(read).ok_or(Failure::wrong("nothing says whether to record"))
}

/// Which phones are registered: online but for those that a fault took away.
fn phones(pbx: &Era, method: &str, rest: &str, query: &str) -> Result<Value, Failure> {
    if method != "GET" {
        return Err(Failure::forbidden("registrations may only be read"));
    }
    let world = &pbx.shared.world;
    let gone = |extension: &str| {
        let gone = |fault| matches!(fault, Fault::ExtensionGone(gone) if extension == gone.to_string()).then_some(());
        world.faults.find(gone).is_some()
    };
    let phone = |employee: &crate::staff::Employee| {
        let status = if gone(&employee.extension) { "offline" } else { "online" };
        json!({"id": format!("u-{}", employee.extension), "username": employee.extension, "status": status})
    };
    let all = world.staff.employees.iter().map(phone);
    if let Some(id) = rest.strip_prefix('/') {
        let mut all = all;
        return all.find(|phone| phone["id"] == *id).ok_or(Failure::unknown("there is no such user"));
    }
    let fields: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str());
    let number = |name: &str, usual: usize| {
        field(name).map_or(Ok(usual), str::parse).map_err(|_| Failure::wrong("offset and limit are numbers"))
    };
    let wanted = match field("filter").map(serde_json::from_str::<Value>) {
        None => None,
        Some(Ok(Value::Array(filter))) => match filter.as_slice() {
            [equal, property, value] if equal == "==" && property[0] == "property" => {
                Some((property[1].as_str().unwrap_or_default().to_owned(), value.clone()))
            }
            _ => return Err(Failure::wrong("the filter is not understood")),
        },
        Some(_) => return Err(Failure::wrong("the filter is not understood")),
    };
    let (offset, limit) = (number("offset", 0)?, number("limit", usize::MAX)?);
    let fits = |phone: &Value| wanted.as_ref().is_none_or(|(property, value)| phone[property] == *value);
    Ok(all.filter(fits).skip(offset).take(limit).collect())
}
