//! Zadarma's API from outside, by its page.

use std::collections::BTreeMap;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use serde_json::Value;
use sha1::Sha1;
use trubka_simulator::{Access, Make, PhoneState, Reading, Simulator, SimulatorConfig};

use crate::client::{Answer, get, post};
use crate::form_hook::{Form, FormHook};
use crate::office;

/// The signature, written down a second time.
fn signature(access: &Access, text: &str) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(access.secret("secret").as_bytes()).expect("a key of any length");
    mac.update(text.as_bytes());
    BASE64.encode(HEXLOWER.encode(&mac.finalize().into_bytes()).as_bytes())
}

/// A request with parameters that are sorted and encoded already.
async fn ask(access: &Access, path: &str, query: &str) -> Answer {
    let sign = signature(access, &format!("{path}{query}{}", HEXLOWER.encode(&Md5::digest(query))));
    let header = format!("{}:{sign}", access.secret("key"));
    get(&format!("{}{path}?{query}", access.url), &[("Authorization", &header)]).await
}

/// What the page says each notification's signature covers.
fn is_signed(access: &Access, form: &Form) -> bool {
    let names: &[&str] = match form.field("event") {
        "NOTIFY_ANSWER" => &["caller_id", "destination", "call_start"],
        "NOTIFY_OUT_START" | "NOTIFY_OUT_END" => &["internal", "destination", "call_start"],
        "NOTIFY_RECORD" => &["pbx_call_id", "call_id_with_rec"],
        _ => &["caller_id", "called_did", "call_start"],
    };
    let text: String = names.iter().map(|name| form.field(name)).collect();
    form.signature == signature(access, &text)
}

/// Plays a script up to this event: each event with its extension.
async fn told(simulator: &Simulator, script: &str, last: &str) -> (Vec<String>, Vec<Form>) {
    let mut hook = FormHook::of(simulator, Make::ZADARMA).await;
    office::play(simulator, script);
    let forms = hook.until(|form| form.field("event") == last).await;
    let access = office::zadarma(simulator);
    assert!(forms.iter().all(|form| form.path.is_empty() && is_signed(&access, form)), "{forms:?}");
    let lines =
        forms.iter().map(|form| format!("{} {}", form.field("event"), form.field("internal")).trim().to_owned());
    (lines.collect(), forms)
}

#[tokio::test]
async fn an_answered_call_is_told_from_start_to_recording() {
    let simulator = office::start().await;
    let script = r#"{"make":"zadarma","call":"answered","from":"+79001234567","answers":"202"}"#;
    let (lines, forms) = told(&simulator, script, "NOTIFY_RECORD").await;
    let expected = ["NOTIFY_START", "NOTIFY_INTERNAL 202", "NOTIFY_ANSWER 202", "NOTIFY_END 202", "NOTIFY_RECORD"];
    assert_eq!(lines, expected);
    assert_eq!((forms[0].field("caller_id"), forms[0].field("called_did")), ("+79001234567", "74993456789"));
    assert_eq!((forms[3].field("disposition"), forms[3].field("is_recorded")), ("answered", "1"));
    assert!(forms.iter().all(|form| form.field("pbx_call_id").starts_with("in_")));
    let access = office::zadarma(&simulator);
    let query = format!("call_id={}&format=json", forms[4].field("call_id_with_rec"));
    let link = ask(&access, "/v1/pbx/record/request/", &query).await.json();
    assert!(get(link["link"].as_str().expect("a link"), &[]).await.body.len() > 10_000);
    let query = format!("format=json&pbx_call_id={}", forms[0].field("pbx_call_id"));
    assert!(ask(&access, "/v1/pbx/record/request/", &query).await.json()["links"].is_array());
    let rows = ask(&access, "/v1/statistics/pbx/", "call_type=in&format=json").await.json();
    assert_eq!(rows["stats"][0]["pbx_call_id"], forms[0].field("pbx_call_id"));
}

#[tokio::test]
async fn what_the_first_notification_is_answered_says_where_the_call_goes() {
    let simulator = office::start().await;
    let mut hook = FormHook::of(&simulator, Make::ZADARMA).await;
    let group = r#"{"make":"zadarma","call":"group","from":"+79001234567","answers":"202","menu":"2s"}"#;
    for (answer, expected) in [
        (r#"{"caller_name":"Anna","redirect":"203","return_timeout":20}"#, &["203"][..]),
        (r#"{"redirect":"0-main"}"#, &["201", "202", "203"]),
        ("{}", &["201", "202", "203"]),
        ("", &["201", "202", "203"]),
        (r#"{"redirect":"blacklist"}"#, &[]),
        (r#"{"hangup":1}"#, &[]),
    ] {
        answer.clone_into(&mut hook.answer.lock().expect("no panic"));
        office::play(&simulator, group);
        let forms = hook.until(|form| form.field("event") == "NOTIFY_END").await;
        let rung = forms.iter().filter(|form| form.field("event") == "NOTIFY_INTERNAL");
        assert_eq!(rung.map(|form| form.field("internal")).collect::<Vec<_>>(), expected, "{answer}");
        let disposition = if expected.is_empty() { "busy" } else { "answered" };
        assert_eq!(forms.last().map(|form| form.field("disposition")), Some(disposition), "{answer}");
        // The recording of the call before comes behind its end.
        if disposition == "answered" {
            hook.until(|form| form.field("event") == "NOTIFY_RECORD").await;
        }
    }
}

#[tokio::test]
async fn a_missed_call_ends_without_an_answer() {
    let simulator = office::start().await;
    let (lines, forms) = told(&simulator, r#"{"make":"zadarma","call":"missed","agent":"202"}"#, "NOTIFY_END").await;
    assert_eq!(lines, ["NOTIFY_START", "NOTIFY_INTERNAL 202", "NOTIFY_END"]);
    assert_ne!(forms[2].field("disposition"), "answered");
}

#[tokio::test]
async fn a_transfer_names_who_passed_the_call_on() {
    let simulator = office::start().await;
    let script = r#"{"make":"zadarma","call":"transfer","answers":"202","transfer":"203"}"#;
    let (lines, forms) = told(&simulator, script, "NOTIFY_END").await;
    let expected = [
        "NOTIFY_START",
        "NOTIFY_INTERNAL 202",
        "NOTIFY_ANSWER 202",
        "NOTIFY_INTERNAL 203",
        "NOTIFY_ANSWER 203",
        "NOTIFY_END 203",
    ];
    assert_eq!(lines, expected);
    assert_eq!((forms[3].field("transfer_from"), forms[4].field("transfer_from")), ("202", "202"));
}

#[tokio::test]
async fn a_callback_is_ordered_by_get_and_told_as_one_outgoing_call() {
    let simulator = office::start().await;
    let access = office::zadarma(&simulator);
    let mut hook = FormHook::of(&simulator, Make::ZADARMA).await;
    let answer = ask(&access, "/v1/request/callback/", "format=json&from=402022-202&to=79001234567").await;
    assert_eq!((answer.status, &answer.json()["to"]), (200, &Value::from(79_001_234_567_u64)));
    let forms = hook.until(|form| form.field("event") == "NOTIFY_OUT_END").await;
    let events: Vec<&str> = forms.iter().map(|form| form.field("event")).collect();
    assert_eq!(events, ["NOTIFY_OUT_START", "NOTIFY_ANSWER", "NOTIFY_OUT_END"]);
    assert_eq!((forms[0].field("internal"), forms[0].field("destination")), ("202", "79001234567"));
    let unknown = ask(&access, "/v1/request/callback/", "format=json&from=999&to=79001234567").await;
    assert_eq!((unknown.status, &unknown.json()["status"]), (400, &Value::from("error")));
}

/// A predicted callback to this number, and whether the agent's phone has rung by its end.
async fn predicted(simulator: &Simulator, to: &str) -> (Vec<Form>, bool) {
    let mut hook = FormHook::of(simulator, Make::ZADARMA).await;
    let mut changes = simulator.phones().subscribe();
    let query = format!("format=json&from=202&predicted=predicted&to={to}");
    assert_eq!(ask(&office::zadarma(simulator), "/v1/request/callback/", &query).await.status, 200);
    let forms = hook.until(|form| form.field("event") == "NOTIFY_OUT_END").await;
    let mut rang = false;
    while let Ok(phone) = changes.try_recv() {
        rang |= phone.extension == "202" && phone.state == PhoneState::Ringing;
    }
    (forms, rang)
}

#[tokio::test]
async fn a_predicted_callback_rings_the_customer_first_and_the_agent_only_once_he_answers() {
    let simulator = office::start().await;
    for (does, disposition) in [("silent", "no answer"), ("busy", "busy"), ("unreachable", "failed")] {
        let callee = format!(r#"{{"callee":"+79001234568","does":"{does}"}}"#);
        office::play(&simulator, &callee).await.expect("it plays");
        let (forms, rang) = predicted(&simulator, "79001234568").await;
        let events: Vec<&str> = forms.iter().map(|form| form.field("event")).collect();
        assert_eq!(events, ["NOTIFY_OUT_START", "NOTIFY_OUT_END"], "{does}");
        assert_eq!((rang, forms[1].field("disposition")), (false, disposition), "nobody is there to be connected with");
    }
    let (forms, rang) = predicted(&simulator, "79001234567").await;
    let events: Vec<&str> = forms.iter().map(|form| form.field("event")).collect();
    assert_eq!(events, ["NOTIFY_OUT_START", "NOTIFY_ANSWER", "NOTIFY_OUT_END"]);
    assert!(rang && forms[2].field("disposition") == "answered", "{forms:?}");
}

#[tokio::test]
async fn the_page_is_silent_in_three_places_which_can_be_read_otherwise() {
    let readings = vec![Reading::FULL_LOGINS, Reading::CALLBACK_TWO_CALLS, Reading::INTERNAL_ENDS];
    let simulator = Simulator::start(SimulatorConfig { readings, ..office::config() }).await.expect("free ports");
    let script = r#"{"make":"zadarma","call":"answered","answers":"202"}"#;
    let (lines, _) = told(&simulator, script, "NOTIFY_END").await;
    assert!(
        lines.contains(&"NOTIFY_INTERNAL 402022-202".to_owned())
            && lines.contains(&"NOTIFY_INTERNAL_END 402022-202".to_owned())
    );
    let script = r#"{"make":"zadarma","call":"callback","to":"+79001234567"}"#;
    let (_, forms) = told(&simulator, script, "NOTIFY_OUT_END").await;
    let mut ids: BTreeMap<&str, usize> = BTreeMap::new();
    let of_this = forms.iter().filter(|form| form.field("pbx_call_id").starts_with("out_"));
    of_this.for_each(|form| *ids.entry(form.field("pbx_call_id")).or_default() += 1);
    assert_eq!(ids.len(), 2, "two legs: {ids:?}");
    assert_eq!(forms.last().map(|form| form.field("calltype")), Some("callback_leg2"));
}

#[tokio::test]
async fn a_request_is_refused_without_the_right_signature_and_beyond_the_limits() {
    let simulator = office::start().await;
    let access = office::zadarma(&simulator);
    let url = format!("{}/v1/info/balance/", access.url);
    for header in ["", "key", "a:b"] {
        assert_eq!(get(&url, &[("Authorization", header)]).await.status, 401);
    }
    for _ in 0..3 {
        assert_eq!(ask(&access, "/v1/statistics/pbx/", "").await.status, 200);
    }
    let fourth = ask(&access, "/v1/statistics/pbx/", "").await;
    assert_eq!(fourth.status, 429);
    assert!(fourth.head.to_lowercase().contains("x-ratelimit-remaining: 0"), "{}", fourth.head);
    let tariff = ask(&access, "/v1/tariff/", "format=xml").await.body;
    assert!(String::from_utf8_lossy(&tariff).contains("<status>success</status>"));
}

#[tokio::test]
async fn an_address_for_notifications_is_taken_once_it_repeats_what_it_is_asked() {
    let simulator = office::start().await;
    let access = office::zadarma(&simulator);
    let mut hook = FormHook::of(&simulator, Make::ZADARMA).await;
    let set = async |url: &str| {
        let written = url.replace(':', "%3A").replace('/', "%2F");
        let query = format!("format=json&url={written}");
        let path = "/v1/pbx/callinfo/url/";
        let sign = signature(&access, &format!("{path}{query}{}", HEXLOWER.encode(&Md5::digest(&query))));
        let header = format!("{}:{sign}", access.secret("key"));
        let headers = [("Authorization", header.as_str()), ("Content-Type", "application/x-www-form-urlencoded")];
        post(&format!("{}{path}", access.url), &headers, &query).await.status
    };
    assert_eq!(set(&format!("{}/v1/nothing/", access.url)).await, 400, "it repeats nothing");
    assert_eq!(set(&hook.url).await, 200);
    office::play(&simulator, r#"{"make":"zadarma","call":"missed","agent":"202"}"#);
    assert_eq!(hook.next().await.field("event"), "NOTIFY_START");
    let kept = ask(&access, "/v1/pbx/callinfo/", "format=json").await.json();
    assert_eq!(kept["url"], hook.url);
}
