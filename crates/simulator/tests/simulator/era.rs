//! Era's socket and its REST verbs as a client sees them.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use trubka_simulator::{Access, Fault, Make, Reading, Simulator, SimulatorConfig};

use crate::client::{Answer, get, request};
use crate::mango::Socket;
use crate::office;

const ALL: [&str; 2] = ["callevents.*", "ccsevents.*"];

struct Scene {
    simulator: Simulator,
    access: Access,
}

impl Scene {
    async fn new(readings: &[Reading]) -> Self {
        let config = SimulatorConfig {
            readings: readings.to_vec(),
            timing: office::config().timing,
            history: false,
            ..SimulatorConfig::of(&[Make::ERA])
        };
        let simulator = Simulator::start(config).await.expect("a free port");
        let access = simulator.credentials().of(Make::ERA).cloned().expect("it runs");
        Self { simulator, access }
    }

    fn address(&self, path: &str) -> String {
        format!("{}{path}", self.access.url.replacen("http", "ws", 1))
    }

    fn bearer(&self) -> String {
        format!("Bearer {}", self.access.secret("token"))
    }

    async fn socket(&self, path: &str) -> Client {
        let mut request = self.address(path).into_client_request().expect("an address");
        request.headers_mut().insert("Authorization", self.bearer().parse().expect("a header"));
        Client { socket: tokio_tungstenite::connect_async(request).await.expect("an open socket").0, asked: 0 }
    }

    /// A socket that hears of everything.
    async fn listener(&self) -> Client {
        let mut client = self.socket("/ws/token/v1").await;
        let subscribed = client.ask("subscribe", json!({"id": "s1", "events": ALL, "expires": 3600})).await;
        assert_eq!((&subscribed["result"], &subscribed["expires"]), (&json!("ok"), &json!(3600)));
        client
    }

    async fn rest(&self, method: &str, path: &str, body: &Value) -> Answer {
        let url = format!("{}/rest/v1/{path}", self.access.url);
        let body = if body.is_null() { String::new() } else { body.to_string() };
        request(method, &url, &[("Authorization", &self.bearer())], body.as_bytes()).await.expect("an answer")
    }

    /// The calls that go on, once there are so many.
    async fn calls(&self, count: usize) -> Vec<Value> {
        for _ in 0..1000 {
            let calls = self.rest("GET", "uc/calls", &Value::Null).await.json();
            let calls = calls.as_array().expect("a list").clone();
            if calls.len() == count {
                return calls;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("never {count} calls");
    }

    fn play(&self, script: &str) {
        office::play(&self.simulator, script);
    }
}

struct Client {
    socket: Socket,
    asked: u32,
}

impl Client {
    async fn frame(&mut self) -> Value {
        loop {
            let message = tokio::time::timeout(Duration::from_secs(10), self.socket.next()).await.expect("in time");
            if let Message::Text(text) = message.expect("it goes on").expect("it works") {
                return serde_json::from_str(&text).expect("a frame of JSON");
            }
        }
    }

    async fn send(&mut self, frame: &Value) {
        self.socket.send(Message::text(frame.to_string())).await.expect("it works");
    }

    /// The answer to a question, whatever comes before it.
    async fn ask(&mut self, name: &str, mut request: Value) -> Value {
        self.asked += 1;
        let qid = format!("q-{}", self.asked);
        request["qid"] = qid.as_str().into();
        self.send(&json!([name, request])).await;
        loop {
            let mut frame = self.frame().await;
            if frame[1]["qid"] == qid {
                assert_eq!(frame[0], format!("{name}_result"));
                return frame[1].take();
            }
        }
    }

    /// The events until one of this name: names and payloads.
    async fn until(&mut self, last: &str) -> Vec<(String, Value)> {
        let mut events = Vec::new();
        loop {
            let mut frame = self.frame().await;
            if frame[0] != "event" {
                continue;
            }
            let name = frame[1]["event"].as_str().expect("a name").to_owned();
            let is_last = name.ends_with(last);
            events.push((name, frame[1]["data"].take()));
            if is_last {
                return events;
            }
        }
    }
}

fn kinds(events: &[(String, Value)]) -> Vec<&str> {
    events.iter().filter_map(|(name, _)| name.strip_prefix("callevents.")).collect()
}

const ANSWERED: &str =
    r#"{"make":"era","call":"answered","from":"+79161234567","answers":"202","ring":"600s","talk":"600s"}"#;

#[tokio::test]
async fn the_token_stands_in_the_header_or_in_the_path() {
    let scene = Scene::new(&[]).await;
    let mut by_header = scene.socket("/ws/token/v1").await;
    let info = by_header.ask("connection_info", json!({})).await;
    assert_eq!((&info["ownertype"], &info["token"]), (&json!("token"), &json!(scene.access.secret("token"))));
    assert!(info["capabilities"].as_array().is_some_and(|all| all.contains(&json!("ccs"))));
    let by_path = scene.address(&format!("/ws/token/v1/{}", scene.access.secret("token")));
    assert!(tokio_tungstenite::connect_async(by_path).await.is_ok());
    for path in ["/ws/token/v1", "/ws/token/v1/wrong", "/ws/user/v1"] {
        let refused = tokio_tungstenite::connect_async(scene.address(path)).await.expect_err("no token");
        assert!(refused.to_string().contains("401"), "{path}: {refused}");
    }
    assert_eq!(get(&format!("{}/rest/v1/uc/calls", scene.access.url), &[]).await.status, 401);
    let other = Scene::new(&[Reading::TOKEN_403]).await;
    assert_eq!(get(&format!("{}/rest/v1/uc/calls", other.access.url), &[]).await.status, 403);
}

#[tokio::test]
async fn a_call_of_a_group_is_told_from_invite_to_recording() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(
        r#"{"make":"era","call":"group","from":"+79161234567","rings":["201","202"],"answers":"202","talk":"20s"}"#,
    );
    let mut events = client.until("connection_set_record_info").await;
    let (_, record) = events.pop().expect("the last");
    if !kinds(&events).contains(&"dlg_stop") {
        events.extend(client.until("dlg_stop").await);
    }
    let expected =
        ["invite", "dlg_init", "dlg_call", "fork_start", "fork_start", "dlg_start", "fork_stop", "dlg_end", "dlg_stop"];
    assert_eq!(kinds(&events), expected);
    let ids: std::collections::BTreeSet<&str> =
        events.iter().filter_map(|(_, data)| data["eventid"].as_str()).collect();
    assert_eq!(ids.len(), events.len(), "each has an id of its own");
    assert!(events.iter().all(|(_, data)| data["cid"] == record["cid"]));
    let connection = format!("{}.{}", record["cid"].as_str().expect("a cid"), record["invitets"]);
    assert_eq!(record["connectionid"], connection);
    let answered = &events[5].1;
    let fork = &events[4].1;
    assert_eq!((&answered["bcallid"], &fork["forkcallednum"]), (&fork["forkcallid"], &json!("202")));

    let path = client.ask("callrecord_get_path", json!({"key": record["key"]})).await;
    let link = format!("{}{}", scene.access.url, path["result"].as_str().expect("a path"));
    assert!(get(&link, &[]).await.body.len() > 10_000);
    tokio::time::sleep(Duration::from_secs(8)).await;
    assert_eq!(get(&link, &[]).await.status, 404, "it lived for five minutes");
    assert_eq!(client.ask("callrecord_get_path", json!({"key": "fs:none"})).await["result"], "error");
}

#[tokio::test]
async fn an_event_comes_once_for_each_subscription_until_it_ends() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.socket("/ws/token/v1").await;
    let subscribe = |id: &str, expires: u64| json!({"id": id, "events": ["callevents.invite"], "expires": expires});
    client.ask("subscribe", subscribe("long", 3600)).await;
    client.ask("subscribe", subscribe("short", 200)).await;
    client.ask("subscribe", subscribe("removed", 3600)).await;
    client.ask("subscribe", json!({"id": "removed", "expires": 0})).await;
    scene.play(r#"{"make":"era","call":"missed","from":"+79161234567","ring":"1s"}"#);
    let (first, second) = (client.frame().await, client.frame().await);
    assert_eq!((&first[1]["id"], &second[1]["id"]), (&json!("long"), &json!("short")));
    assert_eq!(first[1]["data"]["eventid"], second[1]["data"]["eventid"]);
    // A renewal needs the id only, and nothing is renewed that is over.
    assert_eq!(client.ask("subscribe", json!({"id": "long", "expires": 3600})).await["result"], "ok");
    // Two hundred seconds at the speed of these tests, and a little more.
    tokio::time::sleep(Duration::from_millis(5200)).await;
    let over = client.ask("subscribe", json!({"id": "short", "expires": 200})).await;
    assert_eq!((&over["result"], over["error_message"].is_string()), (&json!("error"), true));
    scene.play(r#"{"make":"era","call":"missed","from":"+79161234568","ring":"1s"}"#);
    assert_eq!(client.frame().await[1]["id"], "long");
}

#[tokio::test]
async fn objects_and_the_user_api_filter_by_who_takes_part() {
    let scene = Scene::new(&[]).await;
    let mut mine = scene.socket("/ws/user/v1").await;
    mine.ask("subscribe", json!({"id": "m", "events": ["callevents.*"], "expires": 3600})).await;
    let mut of_203 = scene.socket("/ws/token/v1").await;
    of_203.ask("subscribe", json!({"id": "o", "events": ["callevents.*"], "objects": ["203"], "expires": 3600})).await;
    scene.play(r#"{"make":"era","call":"missed","from":"+79161234567","agent":"203","ring":"1s"}"#);
    let heard = of_203.until("dlg_stop").await;
    assert_eq!(kinds(&heard), ["fork_start", "fork_stop", "dlg_end", "dlg_stop"]);
    scene.play(r#"{"make":"era","call":"missed","from":"+79161234568","agent":"202","ring":"1s"}"#);
    let heard = mine.until("dlg_end").await;
    assert!(heard.iter().all(|(_, data)| data["forkcallednum"].as_str().is_none_or(|number| number == "202")));
    assert_eq!(mine.ask("connection_info", json!({})).await["ownertype"], "user");
}

#[tokio::test]
async fn events_are_framed_in_each_of_the_readings() {
    for (reading, pointer, expected) in [
        (Reading::EVENT_NAMES_FRAME, "/0", "callevents.invite"),
        (Reading::EVENT_NAME_INSIDE, "/1/name", "callevents.invite"),
        (Reading::EVENT_CLASS_AND_TYPE, "/1/type", "invite"),
        (Reading::EVENTS_IN_ARRAYS, "/1/data/0/fromusername", "79161234567"),
    ] {
        let scene = Scene::new(&[reading]).await;
        let mut client = scene.socket("/ws/token/v1").await;
        client.ask("subscribe", json!({"id": "s", "events": ["callevents.*"], "expires": 300})).await;
        scene.play(r#"{"make":"era","call":"missed","from":"+79161234567","ring":"1s"}"#);
        let frame = client.frame().await;
        assert_eq!(frame.pointer(pointer).and_then(Value::as_str), Some(expected), "{frame}");
    }
}

#[tokio::test]
async fn rest_verbs_answer_hold_retrieve_and_end_a_call() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(ANSWERED);
    client.until("fork_start").await;
    let call = scene.calls(1).await.remove(0);
    assert_eq!((&call["state"], &call["callednum"]), (&json!("Forking"), &json!("74996789012")));
    let one = format!("uc/calls/{}", call["connectionid"].as_str().expect("an id"));
    let leg = call["forks"][0]["forkcallid"].clone();
    let notify = async |event: &str, leg: &Value| {
        scene.rest("NOTIFY", &one, &json!({"idcall": leg, "event": event})).await.status
    };
    assert_eq!(notify("talk", &json!("none")).await, 404);
    assert_eq!(scene.rest("NOTIFY", &one, &json!({"event": "talk"})).await.status, 400);
    assert_eq!(notify("talk", &leg).await, 200);
    client.until("dlg_start").await;
    assert_eq!(notify("hold", &leg).await, 200);
    let held = client.until("hold").await.pop().expect("told").1;
    assert_eq!(held["side"], "b");
    assert_eq!(scene.rest("GET", &one, &Value::Null).await.json()["state"], "Hold");
    assert_eq!(notify("talk", &leg).await, 200);
    client.until("unhold").await;
    assert_eq!(scene.rest("SEND_DTMF", &one, &json!({"idcall": leg, "dtmf": "5"})).await.status, 200);
    assert_eq!(client.until("call_dtmf").await.pop().expect("told").1["dtmf"], "5");
    assert_eq!(scene.rest("DELETE", &one, &Value::Null).await.status, 200);
    client.until("dlg_end").await;
    assert_eq!(scene.rest("GET", &one, &Value::Null).await.status, 404);
    scene.calls(0).await;
}

#[tokio::test]
async fn a_blind_transfer_makes_a_second_call() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(r#"{"make":"era","call":"answered","from":"+79161234567","answers":"202","ring":"1s","talk":"600s"}"#);
    let first = client.until("dlg_start").await.pop().expect("told").1;
    let one = format!("uc/calls/{}", first["connectionid"].as_str().expect("an id"));
    let refer = async |leg: &Value, number: &str| {
        scene.rest("REFER", &one, &json!({"idcall": leg, "number": number})).await.status
    };
    assert_eq!(refer(&first["bcallid"], "203").await, 400, "that leg is the one that goes");
    assert_eq!(refer(&first["acallid"], "299").await, 404);
    assert_eq!(refer(&first["acallid"], "203").await, 200);
    let events = client.until("referring_invite").await;
    let link = &events.last().expect("told").1;
    assert_eq!(kinds(&events), ["hold", "refer", "invite", "dlg_init", "dlg_call", "referring_invite"]);
    let invite = &events[2].1;
    assert_eq!((&link["cid"], &link["referringcid"]), (&first["cid"], &invite["cid"]));
    assert_eq!((&invite["isreferred"], &invite["fromusername"]), (&json!(true), &json!("79161234567")));
    let rest = client.until("dlg_start").await;
    let second = &rest.last().expect("told").1;
    assert_eq!(second["cid"], invite["cid"]);
    assert!(rest.iter().any(|(name, data)| name == "callevents.dlg_end" && data["cid"] == first["cid"]));
    assert_eq!(scene.calls(1).await[0]["cid"], invite["cid"]);
}

#[tokio::test]
async fn an_attended_transfer_joins_two_calls() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(r#"{"make":"era","call":"answered","from":"+79161234567","answers":"202","ring":"1s","talk":"600s"}"#);
    let first = client.until("dlg_start").await.pop().expect("told").1;
    let one = format!("uc/calls/{}", first["connectionid"].as_str().expect("an id"));
    assert_eq!(scene.rest("NOTIFY", &one, &json!({"idcall": first["bcallid"], "event": "hold"})).await.status, 200);
    client.until("hold").await;
    let placed = scene.rest("POST", "uc/calls", &json!({"owner": "202", "number": "203"})).await.json();
    let second = client.until("dlg_start").await.pop().expect("told").1;
    assert_eq!(placed["connectionid"], second["connectionid"]);
    let replace =
        json!({"idcall": first["acallid"], "toidconn": second["connectionid"], "toidcall": second["bcallid"]});
    assert_eq!(scene.rest("REFERREPLACES", &one, &replace).await.status, 200);
    let link = client.until("replaces_refer").await.pop().expect("told").1;
    assert_eq!((&link["cid"], &link["replacescid"]), (&second["cid"], &first["cid"]));
    client.until("dlg_end").await;
    let left = scene.calls(1).await.remove(0);
    assert_eq!((&left["cid"], &left["fromusername"]), (&second["cid"], &json!("79161234567")));
}

#[tokio::test]
async fn the_socket_carries_the_same_commands() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    let placed = client.ask("new_invite", json!({"owner": "202", "number": "79001234567"})).await;
    assert_eq!(placed["result"], "ok");
    scene.simulator.phones().let_ring("202").expect("the owner's device rings first");
    assert_eq!(
        client.ask("bye", json!({"owner": "", "idcall": "", "idconn": placed["connectionid"]})).await["result"],
        "ok"
    );
    let end = client.until("dlg_end").await;
    assert_eq!(end.last().expect("told").1["completiontype"], "cancel");
    scene.play(r#"{"make":"era","call":"missed","from":"+79161234567","agent":"203","ring":"600s"}"#);
    let ringing = client.until("fork_start").await.pop().expect("told").1;
    let taken = client.ask("pickup", json!({"owner": "202", "idconn": ringing["connectionid"]})).await;
    assert_eq!(taken["result"], "ok");
    client.until("dlg_start").await;
    scene.simulator.fault(Fault::NoCcs, true);
    assert_eq!(client.ask("bye", json!({"idconn": ringing["connectionid"]})).await["result"], "error");
    let info = client.ask("connection_info", json!({})).await;
    assert!(info["capabilities"].as_array().is_some_and(|all| !all.contains(&json!("ccs"))));
}

#[tokio::test]
async fn a_conference_takes_in_whoever_is_asked() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(r#"{"make":"era","call":"answered","from":"+79161234567","answers":"202","ring":"1s","talk":"600s"}"#);
    let first = client.until("dlg_start").await.pop().expect("told").1;
    let one = format!("uc/calls/{}", first["connectionid"].as_str().expect("an id"));
    scene.rest("NOTIFY", &one, &json!({"idcall": first["bcallid"], "event": "hold"})).await;
    client.until("hold").await;
    scene.rest("POST", "uc/calls", &json!({"owner": "202", "number": "203"})).await;
    let second = client.until("dlg_start").await.pop().expect("told").1;
    let conference = scene.rest("SWITCHCONF", &one, &json!({})).await.json()["conference"].clone();
    let other = format!("uc/calls/{}", second["connectionid"].as_str().expect("an id"));
    let join = json!({"idcall": second["bcallid"], "conference": conference});
    assert_eq!(scene.rest("REFERCONF", &other, &join).await.status, 200);
    for _ in 0..200 {
        if scene.calls(2).await.iter().all(|call| call["conference"].is_string()) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("never joined");
}

#[tokio::test]
async fn disorder_comes_as_the_faults_say() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    let script = r#"{"make":"era","call":"missed","from":"+79161234567","ring":"1s"}"#;
    scene.simulator.fault(Fault::Duplicates, true);
    scene.simulator.fault(Fault::UnknownEvent, true);
    scene.play(script);
    let (first, second, unknown) = (client.frame().await, client.frame().await, client.frame().await);
    assert_eq!(first, second);
    assert_eq!(unknown[1]["event"], "callevents.weather");
    client.until("dlg_stop").await;
    scene.simulator.fault(Fault::Duplicates, false);
    scene.simulator.fault(Fault::UnknownEvent, false);
    let mut client = scene.listener().await;
    scene.simulator.fault(Fault::NumbersAsStrings, true);
    scene.simulator.fault(Fault::DialogLost, true);
    scene.play(script);
    let dead = client.until("dlg_dead").await.pop().expect("told").1;
    let again = client.until("dlg_dead").await.pop().expect("told").1;
    assert!(dead["eventts"].is_string() && dead["cid"] == again["cid"] && dead["eventid"] != again["eventid"]);
    scene.simulator.fault(Fault::DialogLost, false);
    scene.simulator.fault(Fault::NumbersAsStrings, false);
    scene.simulator.fault(Fault::Shuffled, true);
    let mut client = scene.listener().await;
    scene.play(script);
    let mut told = Vec::new();
    while told.len() < 4 {
        told.push(client.frame().await[1]["event"].as_str().expect("a name").to_owned());
    }
    let usual = ["callevents.invite", "callevents.dlg_init", "callevents.dlg_call", "callevents.fork_start"];
    assert_ne!(told, usual);
    scene.simulator.fault(Fault::Shuffled, false);
    scene.simulator.fault(Fault::NoEvents, true);
    scene.play(ANSWERED);
    assert_eq!(scene.calls(1).await.len(), 1, "the list shows what no event tells");
}

#[tokio::test]
async fn verbs_are_dropped_and_phones_ignore_them_as_the_faults_say() {
    let scene = Scene::new(&[]).await;
    let mut client = scene.listener().await;
    scene.play(ANSWERED);
    let ringing = client.until("fork_start").await.pop().expect("told").1;
    let one = format!("uc/calls/{}", ringing["connectionid"].as_str().expect("an id"));
    let talk = json!({"idcall": ringing["forkcallid"], "event": "talk"});
    scene.simulator.fault(Fault::NotifyIgnored, true);
    assert_eq!(scene.rest("NOTIFY", &one, &talk).await.status, 200);
    assert_eq!(scene.calls(1).await[0]["state"], "Forking");
    scene.simulator.fault(Fault::VerbsDropped, true);
    assert_eq!(scene.rest("NOTIFY", &one, &talk).await.status, 405);
    assert_eq!(scene.rest("DELETE", &one, &Value::Null).await.status, 200);
}

#[tokio::test]
async fn phones_are_online_unless_a_fault_takes_them_away() {
    let scene = Scene::new(&[]).await;
    scene.simulator.fault(Fault::ExtensionGone(203), true);
    let all = scene.rest("GET", "uc/sipuser_states", &Value::Null).await.json();
    let offline: Vec<&Value> =
        all.as_array().expect("a list").iter().filter(|phone| phone["status"] == "offline").collect();
    assert_eq!(offline, [&json!({"id": "u-203", "username": "203", "status": "offline"})]);
    let filter = r#"uc/sipuser_states?filter=["==",["property","status"],"online"]&limit=2"#;
    let online = scene.rest("GET", &filter.replace('"', "%22"), &Value::Null).await.json();
    assert_eq!(online.as_array().map(Vec::len), Some(2));
    assert_eq!(scene.rest("DELETE", "uc/sipuser_states/u-203", &Value::Null).await.status, 403);
}

#[tokio::test]
async fn click_to_call_is_one_call_or_two() {
    for (reading, invites) in [(None, 1), (Some(Reading::CALLBACK_TWO_CIDS), 2)] {
        let scene = Scene::new(reading.as_slice()).await;
        let mut client = scene.listener().await;
        let placed = scene.rest("POST", "uc/calls", &json!({"owner": "202", "number": "79001234567"})).await.json();
        let mut events = client.until("dlg_end").await;
        if invites == 2 {
            events.extend(client.until("dlg_end").await);
        }
        let invited: Vec<&Value> =
            events.iter().filter(|(name, _)| name.ends_with(".invite")).map(|(_, data)| data).collect();
        assert_eq!(invited.len(), invites);
        assert_eq!(placed["connectionid"], invited[0]["connectionid"]);
        assert_eq!(invited[invites - 1]["callednum"], "79001234567");
        let forks: Vec<&Value> =
            events.iter().filter(|(name, _)| name.ends_with(".fork_start")).map(|(_, data)| data).collect();
        assert_eq!((&forks[0]["forkcallednum"], &forks[0]["forkdir"]), (&json!("202"), &json!("in")));
        assert_eq!((&forks[1]["forkcallednum"], &forks[1]["forkdir"]), (&json!("79001234567"), &json!("out")));
    }
}
