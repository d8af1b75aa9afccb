//! The socket: questions and commands in, answers and events out, and the ways it breaks.

use std::time::Duration;

use axum::extract::ws::{Message, WebSocket};
use serde_json::{Map, Value, json};
use tokio::sync::mpsc;
use tokio::time::{Instant, MissedTickBehavior, interval, sleep_until, timeout};

use super::actions::{self, Action, Whose, text};
use super::answers::Failure;
use super::{BOUND_USER, Era, recordings};
use crate::fault::{Fault, Faults};
use crate::make::Make;
use crate::numbers;
use crate::random::Random;
use crate::reading::Reading;
use crate::world::lock;

const PING_EVERY: Duration = Duration::from_secs(20);
/// How long a swapped event waits for the next one to pass it.
const SWAP_WAIT: Duration = Duration::from_millis(500);
/// How long events are gathered before they are shuffled.
const SHUFFLE_WAIT: Duration = Duration::from_millis(150);
/// How often the fault that cuts sockets is looked at.
const CUT_CHECK: Duration = Duration::from_millis(50);

/// What the task of a socket is told.
#[derive(Debug)]
pub(super) enum Order {
    /// An event, and when it is to be sent.
    Send(Value, Instant),
    /// Text as it is.
    SendText(String),
    Cut,
}

/// Serves a socket until it closes, breaks or is cut; what was not sent is lost, as the platform keeps nothing.
pub(super) async fn serve(pbx: Era, id: u64, mut socket: WebSocket, mut orders: mpsc::UnboundedReceiver<Order>) {
    let opened = Instant::now();
    let mut pings = interval(PING_EVERY);
    pings.set_missed_tick_behavior(MissedTickBehavior::Delay);
    pings.reset();
    let mut checks = interval(CUT_CHECK);
    let faults = pbx.shared.world.faults.clone();
    let mut sent = 0;
    loop {
        let going_on = tokio::select! {
            order = orders.recv() => match order {
                Some(Order::Send(event, due)) => {
                    wait(due, &faults).await;
                    sent += 1;
                    send(&pbx, &mut socket, &mut orders, event, sent).await
                }
                Some(Order::SendText(text)) => socket.send(Message::text(text)).await.is_ok(),
                Some(Order::Cut) | None => false,
            },
            message = socket.recv() => match message {
                Some(Ok(Message::Text(text))) => answer(&pbx, id, &mut socket, &text).await,
                Some(Ok(Message::Binary(_) | Message::Ping(_) | Message::Pong(_))) => true,
                Some(Ok(Message::Close(_)) | Err(_)) | None => false,
            },
            _ = pings.tick() => socket.send(Message::Ping(bytes::Bytes::new())).await.is_ok(),
            _ = checks.tick() => {
                let after = faults.find(|fault| if let Fault::Cut(after) = fault { Some(after) } else { None });
                after.is_none_or(|after| opened.elapsed() < after)
            }
        };
        if !going_on {
            break;
        }
    }
    let gone = lock(&pbx.shared.sockets).remove(&id);
    if let Some(gone) = gone.filter(|_| pbx.shared.world.reads(Reading::SUBSCRIPTIONS_SURVIVE)) {
        lock(&pbx.shared.outlived).push((gone.user, gone.subscriptions));
    }
}

async fn wait(due: Instant, faults: &Faults) {
    let delay = faults.find(|fault| if let Fault::Delay(delay) = fault { Some(delay) } else { None });
    sleep_until(due + delay.unwrap_or_default()).await;
}

/// Sends an event, with those that other faults send beside it; whether the socket still works.
async fn send(
    pbx: &Era,
    socket: &mut WebSocket,
    orders: &mut mpsc::UnboundedReceiver<Order>,
    event: Value,
    sent: u64,
) -> bool {
    let faults = &pbx.shared.world.faults;
    let mut batch = vec![event];
    let (most, patience) = match (faults.has(Fault::Shuffled), faults.has(Fault::Reordering)) {
        (true, _) => (32, SHUFFLE_WAIT),
        (false, true) => (2, SWAP_WAIT),
        (false, false) => (1, Duration::ZERO),
    };
    let mut goes_on = true;
    while batch.len() < most
        && goes_on
        && let Ok(Some(next)) = timeout(patience, orders.recv()).await
    {
        match next {
            Order::Send(next, _) => batch.insert(0, next),
            Order::SendText(text) => goes_on = socket.send(Message::text(text)).await.is_ok(),
            Order::Cut => goes_on = false,
        }
    }
    if most > 2 {
        shuffle(&mut batch, Random::named(pbx.shared.world.seed, &format!("era/{sent}")));
    }
    for event in batch {
        goes_on = goes_on && send_one(socket, event, faults).await;
    }
    goes_on
}

fn shuffle(batch: &mut [Value], mut random: Random) {
    for last in (1..batch.len()).rev() {
        batch.swap(last, random.below(last + 1));
    }
}

async fn send_one(socket: &mut WebSocket, event: Value, faults: &Faults) -> bool {
    let text = numbers::written(event, faults).to_string();
    let text = if faults.has(Fault::HalfEvent) { text.chars().take(text.chars().count() / 2).collect() } else { text };
    let times = if faults.has(Fault::Duplicates) { 2 } else { 1 };
    for _ in 0..times {
        if socket.send(Message::text(text.clone())).await.is_err() {
            return false;
        }
    }
    let unknown = json!(["event", {"event": "callevents.weather", "data": {"eventid": "w", "state": "sunny"}}]);
    !faults.has(Fault::UnknownEvent) || socket.send(Message::text(unknown.to_string())).await.is_ok()
}

/// Answers a frame; one that is no array of a name and an object ends the socket.
async fn answer(pbx: &Era, id: u64, socket: &mut WebSocket, frame: &str) -> bool {
    let Ok(Value::Array(frame)) = serde_json::from_str::<Value>(frame) else { return false };
    let [Value::String(name), Value::Object(request)] = frame.as_slice() else { return false };
    let qid = request.get("qid").cloned().unwrap_or(Value::Null);
    let whose = lock(&pbx.shared.sockets).get(&id).and_then(|socket| socket.user);
    let answer = match name.as_str() {
        "subscribe" => {
            let mut sockets = lock(&pbx.shared.sockets);
            let Some(own) = sockets.get_mut(&id) else { return false };
            let done = own.subscriptions.subscribe(&pbx.shared.world, request);
            if done.is_ok() && pbx.shared.world.reads(Reading::SUBSCRIBE_UNANSWERED) {
                return true;
            }
            done
        }
        _ => carry_out(pbx, id, whose, name, request).await,
    };
    let mut answer = answer.unwrap_or_else(Failure::body);
    answer["qid"] = qid;
    let frame = numbers::written(json!([format!("{name}_result"), answer]), &pbx.shared.world.faults);
    socket.send(Message::text(frame.to_string())).await.is_ok()
}

async fn carry_out(
    pbx: &Era,
    id: u64,
    whose: Whose,
    name: &str,
    request: &Map<String, Value>,
) -> Result<Value, Failure> {
    let needed = |name: &str| text(request, name).ok_or(Failure::wrong("a parameter is missing"));
    match name {
        "connection_info" => return Ok(connection_info(pbx, id, whose)),
        "callrecord_get_path" => return Ok(json!({"result": recordings::path(pbx, &needed("key")?)?})),
        "rest" => return read(pbx, whose, request),
        _ if pbx.shared.world.faults.has(Fault::NoCcs) => {
            return Err(Failure::forbidden("the token has no capability ccs"));
        }
        "list_connections" => return Ok(json!({"result": "ok", "content": actions::list(pbx, whose, "")})),
        "get_connection" => {
            let world = &pbx.shared.world;
            let dialog = actions::find(pbx, whose, &needed("idconn")?)?;
            return Ok(json!({"result": "ok", "content": dialog.told(world, world.now())}));
        }
        "new_invite" => return actions::place(pbx, whose, request).await,
        _ => {}
    }
    let action = match name {
        "bye" => Action::HangUp,
        "hold" => Action::Hold,
        "talk" => Action::Talk,
        "refer" => Action::Refer { number: needed("number")? },
        "referreplaces" => Action::Replace { connection: needed("toidconn")? },
        "switch_to_conference" => Action::Conference,
        "referconf" => Action::Join { conference: needed("conference")? },
        "send_dtmf" => Action::Dtmf { digit: needed("dtmf")? },
        "start_record" => Action::Record { on: true },
        "stop_record" => Action::Record { on: false },
        "pickup" => Action::PickUp { by: needed("owner")? },
        _ => return Err(Failure::unknown("there is no such message")),
    };
    actions::act(pbx, whose, &needed("idconn")?, text(request, "idcall").as_deref(), action)
}

/// Who the client is and what he may do; the token stands in it.
fn connection_info(pbx: &Era, id: u64, whose: Whose) -> Value {
    let world = &pbx.shared.world;
    let now = world.told(world.now());
    let mut capabilities = vec!["rest", "dmsbatch", "dmsquery", "subscr", "ivrapi", "callrecord", "svcscript", "msg"];
    if !world.faults.has(Fault::NoCcs) {
        capabilities.push("ccs");
    }
    json!({
        "result": "ok",
        "site": "main1",
        "ownertype": if whose.is_some() { "user" } else { "token" },
        "domain": world.staff.domain,
        "sessionid": format!("s-{id}"),
        "connectionid": format!("c-{id}"),
        "capabilities": capabilities,
        "datetime": now.strftime("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
        "timestamp": now.as_millisecond(),
        "integration_point_id": format!("{}-point", Make::ERA),
        "integration_point_type": "Subscriber",
        "roles": ["user"],
        "user": BOUND_USER,
        "token": pbx.shared.access.secret("token"),
    })
}

/// The capability `rest`, for what is read over it.
fn read(pbx: &Era, whose: Whose, request: &Map<String, Value>) -> Result<Value, Failure> {
    let world = &pbx.shared.world;
    if text(request, "operation").as_deref() != Some("read") {
        return Err(Failure::forbidden("only reading is allowed"));
    }
    let content = match text(request, "classpath").as_deref() {
        Some("/rest/v1/uc/calls") => match text(request, "id") {
            Some(id) => actions::find(pbx, whose, &id)?.told(world, world.now()),
            None => actions::list(pbx, whose, ""),
        },
        Some("/rest/v1/uc/calls_by_participation" | "/rest/v1/user/sip/calls") => {
            actions::list(pbx, Some(BOUND_USER), "")
        }
        _ => return Err(Failure::unknown("there is no such class")),
    };
    Ok(json!({"result": "ok", "content": content}))
}
