//! MANGO's VPBX API from outside, by the sequences of its manual.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use trubka_simulator::{Access, Make, Simulator};
use url::form_urlencoded;

use crate::client::{Answer, get, post};
use crate::form_hook::{Form, FormHook};
use crate::office;

/// The digest, written down a second time.
fn digest(access: &Access, json: &str) -> String {
    let text = format!("{}{json}{}", access.secret("api_key"), access.secret("api_salt"));
    Sha256::digest(text).iter().map(|byte| format!("{byte:02x}")).collect()
}

async fn ask_signed(access: &Access, path: &str, json: &str, sign: &str) -> Answer {
    let form = form_urlencoded::Serializer::new(String::new())
        .append_pair("vpbx_api_key", access.secret("api_key"))
        .append_pair("sign", sign)
        .append_pair("json", json)
        .finish();
    let headers = [("Content-Type", "application/x-www-form-urlencoded")];
    post(&format!("{}/{path}", access.url), &headers, &form).await
}

async fn ask(access: &Access, path: &str, request: &Value) -> Answer {
    let json = request.to_string();
    ask_signed(access, path, &json, &digest(access, &json)).await
}

/// The event in a form, once its signature is right.
fn event(access: &Access, form: &Form) -> Value {
    let json = form.field("json");
    assert_eq!(form.field("vpbx_api_key"), access.secret("api_key"));
    assert_eq!(form.field("sign"), digest(access, json), "{json}");
    serde_json::from_str(json).expect("an event of JSON")
}

async fn scene() -> (Simulator, Access, FormHook) {
    let simulator = office::start().await;
    let (access, hook) = (office::vpbx(&simulator), FormHook::of(&simulator, Make::MANGO_VPBX).await);
    (simulator, access, hook)
}

/// Plays a script: the states of its legs, by leg, state and extension, up to the summary, which is given too.
async fn told(script: &str) -> (Vec<(String, String, String)>, Value) {
    let (simulator, access, mut hook) = scene().await;
    office::play(&simulator, script);
    let forms = hook.until(|form| form.path == "events/summary").await;
    let mut legs: Vec<String> = Vec::new();
    let states = forms
        .iter()
        .filter(|form| form.path == "events/call")
        .map(|form| {
            let event = event(&access, form);
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let call_id = text(&event["call_id"]);
            let place = legs.iter().position(|leg| *leg == call_id).unwrap_or_else(|| {
                legs.push(call_id);
                legs.len() - 1
            });
            let side = if event["to"]["extension"].is_string() { &event["to"] } else { &event["from"] };
            (
                char::from(b'A' + u8::try_from(place).expect("few legs")).to_string(),
                text(&event["call_state"]),
                text(&side["extension"]),
            )
        })
        .collect();
    (states, event(&access, forms.last().expect("a summary")))
}

fn lines(states: &[(String, String, String)]) -> Vec<String> {
    states.iter().map(|(leg, state, extension)| format!("{leg} {state} {extension}")).collect()
}

#[tokio::test]
async fn an_answered_call_is_told_by_one_leg_a_summary_and_a_recording() {
    let (simulator, access, mut hook) = scene().await;
    office::play(&simulator, r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","answers":"202"}"#);
    let forms = hook.until(|form| form.path == "events/record/added").await;
    let paths: Vec<&str> = forms.iter().map(|form| form.path.as_str()).collect();
    let expected =
        ["events/call", "events/call", "events/call", "events/recording", "events/summary", "events/record/added"];
    assert_eq!(paths, expected);
    let events: Vec<Value> = forms.iter().map(|form| event(&access, form)).collect();
    assert_eq!(events[0]["from"]["number"], "79001234567");
    assert_eq!(events[0]["to"]["extension"], "202");
    assert_eq!(events[0]["to"]["line_number"], "74952345678");
    assert!(events.iter().all(|event| event["entry_id"] == events[0]["entry_id"]));
    assert_eq!(events[2]["disconnect_reason"], 1110);
    assert_eq!((&events[4]["entry_result"], &events[4]["call_direction"]), (&json!(1), &json!(1)));
    let request = json!({"recording_id": events[5]["recording_id"], "action": "download"});
    let sent_on = ask(&access, "queries/recording/post", &request).await;
    assert_eq!(sent_on.status, 302);
    let line = sent_on.head.lines().find(|line| line.to_lowercase().starts_with("location: ")).expect("where to");
    let file = line.split_once(": ").expect("a header").1;
    assert!(get(file, &[]).await.body.len() > 10_000);
    assert_eq!(get(file, &[]).await.status, 404, "the link works once");
}

#[tokio::test]
async fn a_missed_call_talks_to_nobody() {
    let (states, summary) = told(r#"{"make":"mango-vpbx","call":"missed","agent":"202"}"#).await;
    assert_eq!(lines(&states), ["A Appeared 202", "A Disconnected 202"]);
    assert_eq!((&summary["entry_result"], &summary["talk_time"]), (&json!(0), &json!(0)));
}

#[tokio::test]
async fn a_menu_has_a_leg_of_its_own() {
    let script = r#"{"make":"mango-vpbx","call":"answered","menu":"3s","answers":"202"}"#;
    let (states, _) = told(script).await;
    let expected =
        ["A Appeared ", "A Connected ", "A Disconnected ", "B Appeared 202", "B Connected 202", "B Disconnected 202"];
    assert_eq!(lines(&states), expected);
}

#[tokio::test]
async fn a_blind_transfer_rings_again_with_the_customer() {
    let script = r#"{"make":"mango-vpbx","call":"transfer","answers":"202","transfer":"203"}"#;
    let (states, summary) = told(script).await;
    let expected = [
        "A Appeared 202",
        "A Connected 202",
        "A OnHold 202",
        "B Appeared 203",
        "A Disconnected 202",
        "B Appeared 203",
        "B Connected 203",
        "B Disconnected 203",
    ];
    assert_eq!(lines(&states), expected);
    assert_eq!(summary["to"]["extension"], "203");
}

#[tokio::test]
async fn a_callback_rings_the_agent_on_one_leg_and_the_customer_on_a_second() {
    let (_simulator, access, mut hook) = scene().await;
    let request = json!({"command_id": "ours-1", "from": {"extension": "202"}, "to_number": "79001234567"});
    let answer = ask(&access, "commands/callback", &request).await;
    assert_eq!((answer.status, answer.json()), (200, json!({"command_id": "ours-1", "result": 1000})));
    let forms = hook.until(|form| form.path == "events/summary").await;
    let calls: Vec<Value> =
        forms.iter().filter(|form| form.path == "events/call").map(|form| event(&access, form)).collect();
    let states: Vec<&str> = calls.iter().filter_map(|event| event["call_state"].as_str()).collect();
    assert_eq!(states, ["Appeared", "Connected", "Disconnected", "Appeared", "Connected", "Disconnected"]);
    assert_eq!((&calls[0]["command_id"], &calls[0]["from"]["number"]), (&json!("ours-1"), &json!("79001234567")));
    assert_eq!(calls[3]["from"]["taken_from_call_id"], calls[0]["call_id"]);
    assert!(forms.iter().any(|form| form.path == "result/callback"));
}

#[tokio::test]
async fn a_second_wrong_request_locks_everything_out() {
    let (_simulator, access, _hook) = scene().await;
    assert_eq!(ask(&access, "account/balance", &json!({})).await.status, 200);
    let wrong = ask_signed(&access, "account/balance", "{}", &"0".repeat(64)).await;
    assert_eq!((wrong.status, &wrong.json()["result"]), (401, &json!(3102)));
    assert_eq!(ask(&access, "commands/callback", &json!({"command_id": "1"})).await.json()["result"], 3103);
    let right = ask(&access, "incominglines", &json!({})).await;
    assert_eq!((right.status, &right.json()["status"]), (401, &json!(401)));
}

#[tokio::test]
async fn a_fifth_callback_within_a_second_is_refused() {
    let (_simulator, access, _hook) = scene().await;
    let mut statuses = Vec::new();
    for number in 0..5 {
        let request =
            json!({"command_id": number.to_string(), "from": {"extension": "204"}, "to_number": "79001234567"});
        statuses.push(ask(&access, "commands/callback", &request).await.status);
    }
    assert_eq!(statuses, [200, 200, 200, 200, 429]);
}

#[tokio::test]
async fn statistics_have_the_fields_that_were_asked_for() {
    let (simulator, access, mut hook) = scene().await;
    office::play(&simulator, r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","answers":"202"}"#);
    hook.until(|form| form.path == "events/summary").await;
    let span = json!({"date_from": 1, "date_to": 2_000_000, "fields": "entry_id"});
    let key = ask(&access, "stats/request", &span).await.json()["key"].clone();
    let early = ask(&access, "stats/result", &json!({"key": key})).await;
    assert_eq!(early.status, 204, "they are being made");
    assert_eq!(ask(&access, "stats/result", &json!({"key": key})).await.body, b"");
    assert_eq!(ask(&access, "stats/request", &span).await.status, 429, "once in two seconds");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970").as_secs();
    let span = json!({"date_from": now - 3600, "date_to": now + 60, "fields": "from_number,to_extension,records"});
    let key = ask(&access, "stats/request", &span).await.json()["key"].clone();
    ask(&access, "stats/result", &json!({"key": key})).await;
    let table = ask(&access, "stats/result", &json!({"key": key})).await.body;
    let table = String::from_utf8(table).expect("text");
    assert!(table.starts_with("79001234567;202;[") && table.trim_end().ends_with(']'), "{table}");
}

#[tokio::test]
async fn extended_statistics_are_calls_with_their_legs() {
    let (simulator, access, mut hook) = scene().await;
    office::play(&simulator, r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","answers":"202"}"#);
    let forms = hook.until(|form| form.path == "events/summary").await;
    let span = |limit: &str, end: &str| json!({"start_date": "01.01.2020 00:00:00", "end_date": end, "limit": limit, "offset": "0"});
    let wrong = ask(&access, "stats/calls/request/", &span("100", "31.01.2020 00:00:00")).await.json();
    assert_eq!(wrong["result"], 3111, "thirty days are too long");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    let moscow = jiff::tz::TimeZone::get("Europe/Moscow").expect("a zone");
    let at = |seconds| {
        let at = jiff::Timestamp::now() + jiff::SignedDuration::from_secs(seconds);
        at.to_zoned(moscow.clone()).strftime("%d.%m.%Y %H:%M:%S").to_string()
    };
    let span = json!({"start_date": at(-3600), "end_date": at(60), "limit": "100", "offset": "0"});
    let key = ask(&access, "stats/calls/request/", &span).await.json()["key"].clone();
    let fetch = async || ask(&access, "stats/calls/result/", &json!({"key": key})).await.json();
    assert_eq!(fetch().await["status"], "work");
    let told = fetch().await;
    assert_eq!((&told["status"], &told["result"]), (&json!("complete"), &json!(1000)));
    let list = told["data"][0]["list"].as_array().expect("calls");
    let call = list.iter().find(|call| call["caller_number"] == "79001234567").expect("the call");
    assert_eq!((&call["context_type"], &call["context_calls"][0]["call_type"]), (&json!(1), &json!("user")));
    let leg = &call["context_calls"][0];
    assert_eq!((&leg["call_abonent_number"], &leg["BlindTransfer"]), (&json!("202"), &json!(false)));
    let ids: Vec<Value> = forms.iter().map(|form| event(&access, form)["call_id"].clone()).collect();
    assert!(ids.contains(&leg["external_call_id"]), "it pairs with the notifications' call_id");
    assert_eq!(ask(&access, "stats/calls/result/", &json!({"key": "other"})).await.json()["status"], "not-found");
}

#[tokio::test]
async fn groups_are_listed_with_their_people() {
    let (_simulator, access, _hook) = scene().await;
    let told = ask(&access, "groups", &json!({"show_users": 1})).await.json();
    let group = &told["groups"][0];
    assert_eq!(group["extension"], "500");
    assert!(group["operators"].as_array().is_some_and(|people| people.iter().any(|one| one["extension"] == "202")));
}

/// The newest leg that stands so.
fn leg(forms: &[crate::form_hook::Form], access: &Access, state: &str) -> Value {
    let mut calls = forms.iter().filter(|form| form.path == "events/call").map(|form| event(access, form));
    calls.rfind(|event| event["call_state"] == state).expect("such a leg")
}

fn is_state(form: &crate::form_hook::Form, state: &str) -> bool {
    form.path == "events/call" && form.field("json").contains(&format!(r#""call_state":"{state}""#))
}

const TALK: &str =
    r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","answers":"202","ring":"1s","talk":"600s"}"#;

#[tokio::test]
async fn a_call_is_held_recorded_and_passed_on_by_commands() {
    let (simulator, access, mut hook) = scene().await;
    office::play(&simulator, TALK);
    let forms = hook.until(|form| is_state(form, "Connected")).await;
    let first = leg(&forms, &access, "Connected")["call_id"].clone();
    let wrong = json!({"command_id": "w", "call_id": first, "initiator": "203"});
    assert_eq!(ask(&access, "commands/call/hold/on", &wrong).await.json()["result"], 3330);
    let record = json!({"command_id": "r", "call_id": first, "call_party_number": "202"});
    assert_eq!(ask(&access, "commands/recording/start", &record).await.json()["result"], 1000);
    hook.until(|form| form.path == "events/recording" && form.field("json").contains("Started")).await;
    let hold = json!({"command_id": "h", "call_id": first, "initiator": "202"});
    assert_eq!(ask(&access, "commands/call/hold/on", &hold).await.json()["result"], 1000);
    hook.until(|form| is_state(form, "OnHold")).await;
    let transfer =
        json!({"command_id": "t", "call_id": first, "method": "hold", "to_number": "203", "initiator": "202"});
    assert_eq!(ask(&access, "commands/transfer", &transfer).await.json()["result"], 1000);
    let forms = hook.until(|form| is_state(form, "Connected")).await;
    let second = leg(&forms, &access, "Connected");
    assert_eq!((&second["to"]["extension"], &second["from"]["extension"]), (&json!("203"), &json!("202")));
    let connect = json!({"command_id": "c", "holded_call_id": first, "transfer_initiator_number": "202",
        "transferred_call_id": second["call_id"]});
    assert_eq!(ask(&access, "commands/calls_connect", &connect).await.json()["result"], 1000);
    let forms = hook.until(|form| is_state(form, "Connected")).await;
    let joined = leg(&forms, &access, "Connected");
    assert_eq!((&joined["to"]["extension"], &joined["from"]["number"]), (&json!("203"), &json!("79001234567")));
    let gone = ask(&access, "commands/call/hold/on", &hold).await.json();
    assert_eq!(gone["result"], 4101, "that leg is over");
}

#[tokio::test]
async fn a_call_in_the_menu_is_routed_and_a_ringing_one_is_taken() {
    let (simulator, access, mut hook) = scene().await;
    office::play(
        &simulator,
        r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","menu":"600s","answers":"202","ring":"1s"}"#,
    );
    let forms = hook.until(|form| is_state(form, "Appeared")).await;
    let menu = leg(&forms, &access, "Appeared")["call_id"].clone();
    let route = |leg: &Value, to: &str| json!({"command_id": "r", "call_id": leg, "to_number": to});
    assert_eq!(ask(&access, "commands/route", &route(&menu, "299")).await.json()["result"], 3330);
    assert_eq!(ask(&access, "commands/route", &route(&menu, "203")).await.status, 429, "one in two seconds");
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(ask(&access, "commands/route", &route(&menu, "203")).await.json()["result"], 1000);
    let forms = hook.until(|form| form.path == "events/summary").await;
    let own = event(&access, forms.last().expect("the summary"));
    assert_eq!(own["to"]["extension"], "203");
    office::play(
        &simulator,
        r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","answers":"202","ring":"600s","talk":"8s"}"#,
    );
    let forms = hook.until(|form| is_state(form, "Appeared")).await;
    let ringing = leg(&forms, &access, "Appeared")["call_id"].clone();
    tokio::time::sleep(std::time::Duration::from_secs(2)).await;
    assert_eq!(ask(&access, "commands/route", &route(&ringing, "201")).await.json()["result"], 1000);
    let forms = hook.until(|form| form.path == "events/summary").await;
    assert_eq!(event(&access, forms.last().expect("the summary"))["to"]["extension"], "201");
}

#[tokio::test]
async fn who_stands_in_the_menu_is_turned_away() {
    let (simulator, access, mut hook) = scene().await;
    office::play(
        &simulator,
        r#"{"make":"mango-vpbx","call":"answered","from":"+79001234567","menu":"600s","answers":"202","ring":"1s"}"#,
    );
    let forms = hook.until(|form| is_state(form, "Appeared")).await;
    let menu = leg(&forms, &access, "Appeared")["call_id"].clone();
    let hangup = json!({"command_id": "h", "call_id": menu});
    assert_eq!(ask(&access, "commands/call/hangup", &hangup).await.json()["result"], 1000);
    let forms = hook.until(|form| form.path == "events/summary").await;
    let over = event(&access, forms.last().expect("the summary"));
    assert_eq!((&over["disconnect_reason"], &over["talk_time"]), (&json!(1181), &json!(0)));
}
