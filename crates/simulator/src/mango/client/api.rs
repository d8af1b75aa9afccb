//! The requests: all of them POST with the token, answered in one envelope.

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode, Uri, header};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;

use super::user::{Event, RegisterError};
use super::{MangoClient, socket};
use crate::fault::Fault;
use crate::make::{Make, Pbx};
use crate::numbers;
use crate::play::{Order, Passing, Telling, perform};
use crate::recordings;
use crate::script::CallPlan;
use crate::world::lock;

/// The largest batch of missed events.
const MOST: u64 = 1000;

pub(super) fn router(pbx: MangoClient) -> Router {
    let api = Router::new()
        .route("/channel/{id}", get(open_channel).post(request))
        .route("/recordings/{id}", get(download))
        .fallback(request)
        .with_state(pbx);
    // The vendor's base ends in /api; a proxy may have taken it off.
    Router::new().nest("/api", api.clone()).merge(api)
}

/// Says no, or "nothing there", with the HTTP status that goes with the code.
struct Refusal(StatusCode, u32, &'static str);

type Answer = Result<Value, Refusal>;

/// The call has ended, or never was.
const OVER: Refusal = Refusal(StatusCode::BAD_REQUEST, 4101, "no such call");
const NO_SUCH_USER: Refusal = Refusal(StatusCode::BAD_REQUEST, 3300, "no such object");

async fn request(
    State(pbx): State<MangoClient>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = if is_authorised(&pbx, &headers) || is_open(&pbx, uri.path()) || makes_integration(uri.path()) {
        dispatch(&pbx, &method, uri.path(), &body)
    } else {
        Err(Refusal(StatusCode::UNAUTHORIZED, 3105, "wrong access key"))
    };
    let (status, envelope) = match answer {
        Ok(mut members) => {
            members["Result"] = json!({"code": 0});
            (StatusCode::OK, members)
        }
        // A read that finds nothing answers without a body.
        Err(Refusal(status, 0, _)) => return status.into_response(),
        Err(Refusal(status, code, message)) => (status, json!({"Result": {"code": code, "message": message}})),
    };
    (status, axum::Json(numbers::written(envelope, &pbx.shared.world.faults))).into_response()
}

fn is_authorised(pbx: &MangoClient, headers: &HeaderMap) -> bool {
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|given| given.strip_prefix("Bearer ")) == Some(pbx.shared.access.secret("token"))
}

/// A ping that anybody may send, while that fault is on.
fn is_open(pbx: &MangoClient, path: &str) -> bool {
    path.trim_end_matches('/').ends_with("/session/ping") && pbx.shared.world.faults.has(Fault::OpenPing)
}

/// The request that gives the token needs none.
fn makes_integration(path: &str) -> bool {
    path.trim_end_matches('/').ends_with("/integration/create")
}

fn dispatch(pbx: &MangoClient, method: &Method, path: &str, body: &[u8]) -> Answer {
    // The vendor's text mixes forms with and without the version, with and without a final slash.
    let name = path.trim_end_matches('/');
    let name = name.strip_prefix("/v1").unwrap_or(name);
    if name == "/session/ping" {
        return Ok(json!({}));
    }
    if method != Method::POST {
        return Err(Refusal(StatusCode::METHOD_NOT_ALLOWED, 3101, "not POST"));
    }
    let parameters: Map<String, Value> =
        serde_json::from_slice(body).map_err(|_| Refusal(StatusCode::BAD_REQUEST, 3400, "malformed JSON"))?;
    if let Ok(extension) = extension(&parameters) {
        pbx.shared.world.count_request(name, &extension);
        refuse(pbx, &extension)?;
    }
    match name {
        "/integration/create" => {
            let name = text(&parameters, "name")?;
            pbx.shared.world.count_request("/integration/create", &name);
            // One for each external system.
            if !lock(&pbx.shared.integrations).insert(name) {
                return Err(Refusal(StatusCode::BAD_REQUEST, 3106, "value in use"));
            }
            Ok(json!({"token": pbx.shared.access.secret("token")}))
        }
        "/users/create" => create_user(pbx, &extension(&parameters)?),
        "/channel" => give_channel(pbx, &extension(&parameters)?),
        "/session/register" => register(pbx, &extension(&parameters)?, &parameters),
        "/session/unregister" => unregister(pbx, &extension(&parameters)?),
        "/callback" => callback(pbx, &extension(&parameters)?, &text(&parameters, "DESTINATION_NUMBER")?),
        "/record" => record(pbx, &text(&parameters, "recording_id")?),
        "/transfer" => transfer(pbx, &extension(&parameters)?, &parameters),
        "/route" | "/route/async" => route(pbx, &extension(&parameters)?, &parameters),
        _ => Err(Refusal(StatusCode::NOT_FOUND, 3100, "no such method")),
    }
}

/// A parameter as text, its name in either case.
fn text(parameters: &Map<String, Value>, name: &str) -> Result<String, Refusal> {
    let value = parameters.iter().find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value);
    match value {
        Some(Value::String(text)) if !text.is_empty() => Ok(text.clone()),
        Some(Value::Number(number)) => Ok(number.to_string()),
        Some(_) | None => Err(Refusal(StatusCode::BAD_REQUEST, 3103, "missing parameter")),
    }
}

fn extension(parameters: &Map<String, Value>) -> Result<String, Refusal> {
    text(parameters, "extension")
}

/// Whether a fault takes this extension away.
fn refuse(pbx: &MangoClient, extension: &str) -> Result<(), Refusal> {
    let names = |number: u32| extension.parse() == Ok(number);
    let faults = &pbx.shared.world.faults;
    if faults.find(|fault| matches!(fault, Fault::ExtensionGone(gone) if names(gone)).then_some(())).is_some() {
        return Err(NO_SUCH_USER);
    }
    if faults.find(|fault| matches!(fault, Fault::ExtensionRefused(refused) if names(refused)).then_some(())).is_some()
    {
        return Err(Refusal(StatusCode::FORBIDDEN, 4000, "cannot be done"));
    }
    Ok(())
}

fn create_user(pbx: &MangoClient, extension: &str) -> Answer {
    match lock(&pbx.shared.users).get_mut(extension) {
        Some(user) => {
            user.create();
            Ok(json!({}))
        }
        None => Err(Refusal(StatusCode::BAD_REQUEST, 3330, "number not found")),
    }
}

fn give_channel(pbx: &MangoClient, extension: &str) -> Answer {
    let mut users = lock(&pbx.shared.users);
    let user = users.get_mut(extension).filter(|user| user.is_created()).ok_or(NO_SUCH_USER)?;
    let id = pbx.shared.world.new_id().simple().to_string();
    user.give_channel(id.clone());
    let base = pbx.shared.access.url.replacen("http://", "ws://", 1);
    Ok(json!({"url": format!("{base}/channel/{id}")}))
}

fn register(pbx: &MangoClient, extension: &str, parameters: &Map<String, Value>) -> Answer {
    let limit = match text(parameters, "LIMIT") {
        Ok(limit) => limit.parse().ok().filter(|limit| (1..=MOST).contains(limit)),
        Err(_) => Some(100),
    };
    let limit = limit.ok_or(Refusal(StatusCode::BAD_REQUEST, 3104, "wrong format"))?;
    let mut users = lock(&pbx.shared.users);
    let user = users.get_mut(extension).ok_or(NO_SUCH_USER)?;
    let first = !user.is_registered();
    let faults = &pbx.shared.world.faults;
    if faults.has(Fault::SameBatch) {
        user.forget_progress();
    }
    let batch = user.register(usize::try_from(limit).unwrap_or(100), pbx.shared.world.now());
    if faults.has(Fault::CutOnRegister) {
        user.cut();
    }
    match batch {
        Ok(events) if !events.is_empty() => Ok(json!({"events": events})),
        // "No data in the answer" is a 4xx by the vendor's text; the end of a drain is not.
        Ok(_) if first => Err(Refusal(StatusCode::NOT_FOUND, 109, "no data")),
        Ok(_) => Err(Refusal(StatusCode::OK, 109, "no data")),
        Err(RegisterError::NotCreated) => Err(NO_SUCH_USER),
        Err(RegisterError::NoSocket) => Err(Refusal(StatusCode::BAD_REQUEST, 4000, "no open socket")),
    }
}

fn unregister(pbx: &MangoClient, extension: &str) -> Answer {
    let mut users = lock(&pbx.shared.users);
    users.get_mut(extension).filter(|user| user.is_created()).ok_or(NO_SUCH_USER)?.unregister();
    Ok(json!({}))
}

fn callback(pbx: &MangoClient, extension: &str, number: &str) -> Answer {
    let world = &pbx.shared.world;
    if !lock(&pbx.shared.users).get(extension).is_some_and(super::User::is_created) {
        return Err(NO_SUCH_USER);
    }
    world.note_asked(number);
    let digits = number.trim_start_matches('+');
    if !(3..=15).contains(&digits.len()) || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal(StatusCode::BAD_REQUEST, 3200, "wrong subscriber number"));
    }
    let plan = CallPlan::ordered(Make::MANGO_CLIENT, extension, number, world);
    let stage = pbx.user_stage(&plan, world.new_id().simple().to_string(), Telling::Live);
    world.tasks.spawn(perform(std::sync::Arc::clone(world), plan, Box::new(stage)));
    Ok(json!({}))
}

/// The call that a request names by one of its ids.
fn call_of(parameters: &Map<String, Value>) -> Result<String, Refusal> {
    let named = text(parameters, "call_id").or_else(|_| text(parameters, "entry_id"))?;
    Ok(named.split_once('.').map_or(named.clone(), |(entry, _)| entry.to_owned()))
}

/// A user passes his call on without a word.
fn transfer(pbx: &MangoClient, extension: &str, parameters: &Map<String, Value>) -> Answer {
    if !lock(&pbx.shared.users).get(extension).is_some_and(super::User::is_created) {
        return Err(NO_SUCH_USER);
    }
    let world = &pbx.shared.world;
    let (call, to) = (call_of(parameters)?, text(parameters, "DESTINATION_NUMBER")?);
    let to = world.staff.employee(&to).ok_or(Refusal(StatusCode::BAD_REQUEST, 3330, "number not found"))?;
    let order = Order::PassOn { to: to.extension.clone(), passing: Passing::Blind };
    if world.orders.send(&call, order) { Ok(json!({})) } else { Err(OVER) }
}

/// Sends a call that stands in the menu, or rings, to an employee; what became of it is told to everybody registered.
fn route(pbx: &MangoClient, extension: &str, parameters: &Map<String, Value>) -> Answer {
    let world = &pbx.shared.world;
    let call = call_of(parameters)?;
    let employee = world.staff.employee(extension).ok_or(Refusal(StatusCode::BAD_REQUEST, 3330, "number not found"))?;
    let routed = world.orders.send(&call, Order::Take { by: employee.extension.clone() });
    let data = json!({
        "entry_id": call,
        "extension": employee.extension,
        "result": if routed { 1000 } else { 4101 },
        "timestamp": world.told(world.now()).as_second(),
    });
    for user in pbx.registered() {
        pbx.push(&user, Event::new(world.now(), "/route_result", data.clone()));
    }
    Ok(json!({}))
}

fn record(pbx: &MangoClient, id: &str) -> Answer {
    let recording = lock(&pbx.shared.recordings).get(id).copied();
    let recording = recording.ok_or(Refusal(StatusCode::NOT_FOUND, 0, ""))?;
    if recording.available && !pbx.shared.world.faults.has(Fault::RecordingNotReady) {
        Ok(json!({"recording_id": id, "status": "AVAILABLE", "url": pbx.recording_url(id)}))
    } else {
        Ok(json!({"recording_id": id, "status": "PREPARING"}))
    }
}

async fn open_channel(State(pbx): State<MangoClient>, Path(id): Path<String>, upgrade: WebSocketUpgrade) -> Response {
    let (orders, received) = mpsc::unbounded_channel();
    let owner = {
        let mut users = lock(&pbx.shared.users);
        users.iter_mut().find_map(|(extension, user)| user.open(&id, orders.clone()).then(|| extension.clone()))
    };
    let Some(extension) = owner else { return StatusCode::NOT_FOUND.into_response() };
    upgrade.on_upgrade(move |open| socket::serve(pbx, extension, id, open, received))
}

async fn download(State(pbx): State<MangoClient>, Path(id): Path<String>, headers: HeaderMap) -> Response {
    if !is_authorised(&pbx, &headers) {
        return StatusCode::UNAUTHORIZED.into_response();
    }
    let faults = &pbx.shared.world.faults;
    let recording = lock(&pbx.shared.recordings).get(&id).copied();
    match recording.filter(|recording| recording.available && !faults.has(Fault::RecordingNotReady)) {
        Some(recording) => recordings::download(recording.topic, faults),
        None => StatusCode::NOT_FOUND.into_response(),
    }
}
