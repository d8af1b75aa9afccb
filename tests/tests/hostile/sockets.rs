//! The makes with a socket: what comes over it, from a PBX that says anything.

use std::net::SocketAddr;

use axum::{
    Router,
    body::Bytes,
    extract::{
        State, WebSocketUpgrade,
        ws::{Message, WebSocket, rejection::WebSocketUpgradeRejection},
    },
    http::Uri,
    response::{IntoResponse, Response},
};
use jiff::Timestamp;
use pbx::Make;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::broadcast};

use crate::{
    office::{Office, connection, eventually},
    vendors::{CALLER, EXTENSION, LINE},
};

/// Frames that may wait for a socket.
const WAITING: usize = 4096;
/// Longer than any frame that is read.
const BEYOND: usize = (1 << 20) + 1;

fn now() -> Timestamp {
    "2026-03-02T09:00:00Z".parse().expect("a time")
}

/// A PBX that says what the test wants.
#[derive(Clone)]
struct Pbx {
    address: SocketAddr,
    frames: broadcast::Sender<Message>,
}

impl Pbx {
    async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("a bound port");
        let (frames, _) = broadcast::channel(WAITING);
        let pbx = Self { address, frames };
        let router = Router::new().fallback(answer).with_state(pbx.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        pbx
    }

    /// Sends a frame over the socket that is open, if one is.
    fn says(&self, frame: impl Into<Message>) {
        let _ = self.frames.send(frame.into());
    }
}

async fn answer(
    State(pbx): State<Pbx>,
    uri: Uri,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return upgrade.on_upgrade(move |socket| talk(socket, pbx));
    }
    let nothing = json!({"status": "success", "message": null, "data": []});
    match uri.path().trim_end_matches('/') {
        "/v1/channel" => json!({"result": {"code": 0}, "url": format!("ws://{}/channel", pbx.address)}).to_string(),
        "/v1/session/register" => json!({"result": {"code": 109}}).to_string(),
        "/rest/v1/uc/calls" => "[]".to_owned(),
        _ => nothing.to_string(),
    }
    .into_response()
}

async fn talk(mut socket: WebSocket, pbx: Pbx) {
    let mut frames = pbx.frames.subscribe();
    loop {
        let frame = tokio::select! {
            frame = frames.recv() => frame.ok(),
            Some(Ok(said)) = socket.recv() => match said.to_text().ok().and_then(reply) {
                Some(reply) => Some(reply.into()),
                None => continue,
            },
            else => None,
        };
        let Some(frame) = frame else { return };
        if socket.send(frame).await.is_err() {
            return;
        }
    }
}

/// What Era answers to a question over its socket.
fn reply(asked: &str) -> Option<String> {
    let asked: Value = serde_json::from_str(asked).ok()?;
    let (name, body) = (asked.get(0)?.as_str()?, asked.get(1)?);
    let answer = json!({"qid": body.get("qid")?, "result": "ok", "capabilities": ["subscr", "ccs", "callrecord"]});
    Some(json!([format!("{name}_result"), answer]).to_string())
}

/// A make with a socket.
struct Socket {
    make: Make,
    extensions: Vec<String>,
    /// The frames of a call that rings.
    ring: fn(&str) -> Vec<Value>,
}

fn sockets() -> Vec<Socket> {
    vec![
        Socket { make: pbx::mango_client::MAKE, extensions: vec![EXTENSION.to_owned()], ring: mango },
        Socket { make: pbx::era::MAKE, extensions: Vec::new(), ring: era },
    ]
}

fn mango(call: &str) -> Vec<Value> {
    let data = json!({"entry_id": call, "call_id": format!("{call}/1"), "seq": 1, "timestamp": now().as_second(),
        "state": "APPEARED", "location": "abonent", "from": {"number": CALLER},
        "to": {"extension": EXTENSION, "line_number": LINE}});
    vec![json!({"routeKey": "/call", "data": data})]
}

fn era(call: &str) -> Vec<Value> {
    let event = |name: &str, more: Value| {
        let mut data = json!({"eventid": format!("{call} {name}"), "eventts": now().as_millisecond(), "cid": call,
            "invitets": now().as_millisecond(), "connectionid": format!("{call}.1"), "acallid": format!("{call}-a")});
        data.as_object_mut().expect("an object").extend(more.as_object().cloned().expect("an object"));
        json!(["event", {"id": "s1", "event": name, "data": data}])
    };
    vec![
        event("callevents.invite", json!({"fromouter": true, "fromusername": CALLER, "callednum": LINE})),
        event(
            "callevents.fork_start",
            json!({"forkcallid": format!("{call}-f"), "forkdir": "in",
            "forkcallednum": EXTENSION, "forkremoteuri": format!("sip:{EXTENSION}@pbx.example")}),
        ),
    ]
}

/// A frame with each of its values, wherever it stands, as what it never is.
fn odd_values(frame: &Value) -> Vec<Value> {
    let odd = [
        json!(1_772_442_000.25),
        json!(1e300),
        json!(-1),
        json!([[], {}]),
        json!({"a": {}}),
        Value::Null,
        json!("\u{0}\u{202e}<b>\u{feff}\n\\\"'"),
        json!("я".repeat(5000)),
    ];
    let mut frames = Vec::new();
    for place in pointers(frame, "") {
        for value in &odd {
            let mut changed = frame.clone();
            *changed.pointer_mut(&place).expect("it is there") = value.clone();
            frames.push(changed);
        }
    }
    frames
}

/// Every place within a value.
fn pointers(value: &Value, at: &str) -> Vec<String> {
    let inner: Vec<(String, &Value)> = match value {
        Value::Object(object) => object.iter().map(|(name, value)| (format!("{at}/{name}"), value)).collect(),
        Value::Array(items) => {
            items.iter().enumerate().map(|(place, value)| (format!("{at}/{place}"), value)).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => Vec::new(),
    };
    inner.into_iter().flat_map(|(place, value)| [vec![place.clone()], pointers(value, &place)].concat()).collect()
}

async fn rings(office: &Office, make: Make, call: &str) -> Value {
    eventually(call, async || office.call(make, call).await.filter(|call| call["state"] == "ringing")).await
}

#[tokio::test]
async fn nothing_that_comes_over_a_socket_changes_another_call() {
    for Socket { make, extensions, ring } in sockets() {
        let pbx = Pbx::start().await;
        let mut settings = connection(make, "UTC", &format!("http://{}", pbx.address));
        settings.extensions = extensions;
        let office = Office::of(vec![settings], now()).await;
        eventually("it is live", async || (office.state(make).await == "live").then_some(())).await;
        let tells = |frames: Vec<Value>| frames.iter().for_each(|frame| pbx.says(frame.to_string()));
        tells(ring("witness"));
        // Frames of a socket are read in their order: the witness is whole once the next call rings.
        tells(ring("next"));
        rings(&office, make, "next").await;
        let witness = rings(&office, make, "witness").await;

        let junk = ["", "{", "null", "[]", "[1,2,3]", "\"call\"", "<html>", "\u{0}", "{\"routeKey\":1,\"data\":2}"];
        junk.iter().for_each(|junk| pbx.says(*junk));
        pbx.says("[".repeat(100_000));
        pbx.says("{\"a\":".repeat(100_000));
        pbx.says(Message::Binary(Bytes::from_static(b"\xff\xfe\x00")));
        for frame in ring("odd") {
            // The bits that make another frame of it: those of its marks and names.
            let text = frame.to_string().into_bytes();
            let flipped = (0..text.len() * 8).step_by(7).map(|bit| {
                let mut changed = text.clone();
                changed[bit / 8] ^= 1 << (bit % 8);
                changed
            });
            flipped.for_each(|changed| pbx.says(Message::Binary(changed.into())));
            for _ in 0..2 {
                tells(odd_values(&frame));
            }
        }
        tells(ring("marker"));
        rings(&office, make, "marker").await;
        assert_eq!(office.call(make, "witness").await, Some(witness), "{make}");
        let noted = async || {
            let lines = office.journal(make, "frame").into_iter();
            let kept = lines.filter(|line| line.outcome == "not understood; kept as it came");
            (kept.count() > junk.len()).then_some(())
        };
        eventually("lines in the journal", noted).await;

        // What is too long ends the socket, and the next one is as good as the first.
        pbx.says("[".repeat(BEYOND));
        eventually("it is opened again", async || {
            tells(ring("afterwards"));
            office.call(make, "afterwards").await
        })
        .await;
        office.stop().await;
    }
}
