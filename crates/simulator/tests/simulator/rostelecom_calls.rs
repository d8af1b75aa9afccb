//! Rostelecom's webhooks, scenario by scenario.

use std::sync::atomic::Ordering;

use serde_json::{Value, json};
use trubka_simulator::{Deliveries, Fault, Make, Names, Reading, Script, Simulator, SimulatorConfig, Timing, Zone};

use crate::client::ask;
use crate::hook::{Hook, states, told};
use crate::office;

async fn played(line: &str) -> Vec<Value> {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let playing = office::play(&simulator, line);
    let events = hook.call().await;
    playing.await.expect("it plays");
    assert!(events.iter().all(|event| event["session_id"] == events[0]["session_id"]));
    events
}

#[tokio::test]
async fn an_answered_call() {
    let line = r#"{"make":"rostelecom","call":"answered","from":"+79161234567","to":"+74951234567","answers":"201"}"#;
    let events = played(line).await;
    let expected = [("new", ""), ("calling", "201"), ("connected", "201"), ("disconnected", "201"), ("end", "201")];
    assert_eq!(states(&events), told(&expected));
    assert!(events.iter().all(|event| event["type"] == "incoming" && event["from_number"] == "+79161234567"));
    assert_eq!(events[0]["request_number"], "+74951234567");
    assert_eq!(events[2]["request_number"], "sip:irina@office.example");
    assert_eq!((&events[3]["disconnect_reason"], &events[4]["is_record"]), (&"5".into(), &"true".into()));
    assert_eq!(events[0]["disconnect_reason"], "", "missing fields are empty texts");
}

#[tokio::test]
async fn a_caller_is_asked_about_and_the_pin_that_is_answered_rings_alone() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let group = r#"{"make":"rostelecom","call":"group","from":"+79161234567","answers":"202","menu":"2s"}"#;
    let rung = async |hook: &mut Hook, answer: &str| {
        answer.clone_into(&mut hook.answer.lock().expect("no panic"));
        office::play(&simulator, group);
        states(&hook.call().await)
    };
    let answer = r#"{"result":"0","resultMessage":"OK","displayName":"Анна","PIN":"203"}"#;
    let expected = [("new", ""), ("calling", "203"), ("connected", "203"), ("disconnected", "203"), ("end", "203")];
    assert_eq!(rung(&mut hook, answer).await, told(&expected));
    let asked = hook.questions.lock().expect("no panic").clone();
    let question = json!({"domain": "office.example", "from_number": "+79161234567", "request_number": "+74951234567"});
    assert_eq!(asked, [question]);
    // Without a pin, and with one that nobody has, the platform goes on by itself.
    for answer in ["", "{", r#"{"PIN":""}"#, r#"{"PIN":"999"}"#] {
        assert_eq!(rung(&mut hook, answer).await.len(), 7, "{answer}: everybody's phone rings");
    }
    office::play(&simulator, r#"{"make":"rostelecom","call":"missed","from":"hidden"}"#);
    hook.call().await;
    assert_eq!(hook.questions.lock().expect("no panic").len(), 5, "nothing can be said of who hides his number");
}

#[tokio::test]
async fn the_body_is_printed_as_the_vendor_prints_it() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    let line = r#"{"make":"rostelecom","event":{"state":" disconnected ","session_id":"a","timestamp":"x"}}"#;
    office::play(&simulator, line);
    let body = hook.next().await.body;
    assert!(body.contains(r#""session_id": "a","#) && body.contains(r#""state": " disconnected ""#), "{body}");
}

#[tokio::test]
async fn the_demo_begins_with_a_recorded_call_that_its_agent_answers() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    simulator.play(Script::demo(5, Names::Russian)).expect("it fits the office");
    let events = hook.call().await;
    assert_eq!(states(&events)[2], ("connected".to_owned(), "202".to_owned()));
    assert_eq!(events.last().map(|event| &event["is_record"]), Some(&"true".into()));
    let number = events[0]["from_number"].as_str().expect("a number");
    assert!(simulator.people().contains_key(number), "an address book would know the caller");
}

#[tokio::test]
async fn a_script_for_a_make_that_does_not_run_is_refused() {
    let config = SimulatorConfig::of(&[Make::MANGO_CLIENT]);
    let simulator = Simulator::start(config).await.expect("a free port");
    let script = Script::parse("\n{\"make\":\"rostelecom\",\"call\":\"missed\"}").expect("a good script");
    let error = simulator.play(script).expect_err("it does not run");
    assert_eq!(error.to_string(), "line 2: rostelecom does not run");
}

#[tokio::test]
async fn a_missed_call() {
    let events = played(r#"{"make":"rostelecom","call":"missed","from":"+79161234567","agent":"203"}"#).await;
    let expected = [("new", ""), ("calling", "203"), ("disconnected", "203"), ("end", "")];
    assert_eq!(states(&events), told(&expected));
    assert_eq!((&events[2]["disconnect_reason"], &events[3]["is_record"]), (&"".into(), &"false".into()));
}

#[tokio::test]
async fn a_busy_agent() {
    let events = played(r#"{"make":"rostelecom","call":"busy","from":"+79161234567"}"#).await;
    assert_eq!(states(&events).last(), told(&[("end", "")]).last());
    assert!(events.iter().any(|event| event["disconnect_reason"] == "3"));
    assert!(events.iter().all(|event| event["state"] != "connected"));
}

#[tokio::test]
async fn a_group_names_who_rings_and_who_answers_and_no_losers() {
    let events = played(r#"{"make":"rostelecom","call":"group","from":"+79161234567","answers":"202"}"#).await;
    let expected = [
        ("new", ""),
        ("calling", "201"),
        ("calling", "202"),
        ("calling", "203"),
        ("connected", "202"),
        ("disconnected", "202"),
        ("end", "202"),
    ];
    assert_eq!(states(&events), told(&expected));
}

#[tokio::test]
async fn a_blind_transfer_keeps_the_session() {
    let line = r#"{"make":"rostelecom","call":"transfer","from":"+79161234567","answers":"201","transfer":"203"}"#;
    let events = played(line).await;
    let expected = [
        ("new", ""),
        ("calling", "201"),
        ("connected", "201"),
        ("disconnected", "201"),
        ("calling", "203"),
        ("connected", "203"),
        ("disconnected", "203"),
        ("end", "203"),
    ];
    assert_eq!(states(&events), told(&expected));
    assert_eq!(events[3]["disconnect_reason"], "0");
}

#[tokio::test]
async fn a_hidden_number_an_internal_call_and_one_from_the_handset() {
    let hidden = played(r#"{"make":"rostelecom","call":"answered","from":"hidden"}"#).await;
    assert_eq!(hidden[0]["from_number"], "anonymous");

    let internal = played(r#"{"make":"rostelecom","call":"internal","from":"201","to":"203"}"#).await;
    assert!(internal.iter().all(|event| event["type"] == "internal" && event["from_pin"] == "201"));
    assert_eq!(internal[2]["state"], "connected");
    assert_eq!(internal[2]["request_pin"], "203");

    let outgoing = played(r#"{"make":"rostelecom","call":"outgoing","agent":"202","to":"+79001234567"}"#).await;
    assert_eq!(
        states(&outgoing),
        told(&[("new", "202"), ("connected", "202"), ("disconnected", "202"), ("end", "202")])
    );
    assert_eq!(outgoing[0]["request_number"], "+79001234567");
}

#[tokio::test]
async fn call_back_rings_the_agent_first_and_speaks_of_its_session() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    // Both given: the address wins.
    let body = r#"{"request_number":"+79001234567","from_sipuri":"petr@office.example","from_pin":"201"}"#;
    let session = ask(&access, "call_back", body).await.json()["session_id"].clone();
    let events = hook.call().await;
    assert!(events.iter().all(|event| event["session_id"] == session && event["type"] == "outbound"));
    let expected = [("new", "202"), ("calling", "202"), ("connected", "202"), ("disconnected", "202"), ("end", "202")];
    assert_eq!(states(&events), told(&expected));
    assert_eq!(events[4]["is_record"], "true");
    let info = ask(&access, "call_info", &format!(r#"{{"session_id":{session}}}"#)).await.json()["info"].clone();
    assert_eq!((&info["call_type"], &info["direction"], &info["state"]), (&"3".into(), &"2".into(), &"1".into()));
}

#[tokio::test]
async fn click_to_call_that_comes_to_nothing_never_connects() {
    for (scenario, reason) in [
        ("callback-agent-silent", ""),
        ("callback-customer-silent", ""),
        ("callback-customer-busy", "3"),
        ("callback-hung-up", ""),
    ] {
        let line = format!(r#"{{"make":"rostelecom","call":"{scenario}","to":"+79001234567"}}"#);
        let events = played(&line).await;
        let expected = [("new", "202"), ("calling", "202"), ("disconnected", "202"), ("end", "")];
        assert_eq!(states(&events)[..3], told(&expected)[..3], "{scenario}");
        assert_eq!(events[2]["disconnect_reason"], reason, "{scenario}");
        assert_eq!(events[3]["is_record"], "false", "{scenario}");
    }
}

#[tokio::test]
async fn a_called_customer_behaves_as_the_script_says() {
    let simulator = office::start().await;
    let access = office::rostelecom(&simulator);
    let mut hook = Hook::of(&simulator).await;
    office::play(&simulator, r#"{"callee":"8 900 123-45-67","does":"busy"}"#).await.expect("it plays");
    let line = r#"{"callee":"+79001234568","does":"answer","ring":"1s","talk":"3s"}"#;
    office::play(&simulator, line).await.expect("it plays");
    ask(&access, "call_back", r#"{"request_number":"79001234567","from_pin":"202"}"#).await;
    assert!(hook.call().await.iter().any(|event| event["disconnect_reason"] == "3"));
    ask(&access, "call_back", r#"{"request_number":"79001234568","from_pin":"202"}"#).await;
    let short = hook.call().await;
    assert_eq!(short.last().map(|event| &event["is_record"]), Some(&"false".into()), "three seconds are not recorded");
}

#[tokio::test]
async fn a_replay_after_a_day_carries_its_old_times() {
    let events = played(r#"{"make":"rostelecom","call":"replay","from":"+79161234567","ago":"1d"}"#).await;
    let day = |event: &Value| event["timestamp"].as_str().expect("a time")[..10].to_owned();
    let today = jiff::Timestamp::now().to_string()[..10].to_owned();
    assert!(events.iter().all(|event| day(event) < today));
}

#[tokio::test]
async fn timestamps_are_utc_unless_moscow_is_asked_for() {
    let hours = |events: &[Value]| {
        let text = events[0]["timestamp"].as_str().expect("a time").replace(' ', "T") + "Z";
        let told: jiff::Timestamp = text.parse().expect("a time with three digits");
        told.duration_since(jiff::Timestamp::now()).as_secs_f64() / 3600.0
    };
    let line = r#"{"make":"rostelecom","call":"missed","ring":"1s"}"#;
    assert!(hours(&played(line).await).abs() < 0.1);
    assert!((hours(&played(&format!("{{\"zone\":\"Europe/Moscow\"}}\n{line}")).await) - 3.0).abs() < 0.1);
    let simulator = Simulator::start(SimulatorConfig { zone: Zone::Moscow, ..office::config() }).await.expect("ports");
    let mut hook = Hook::of(&simulator).await;
    office::play(&simulator, line);
    assert!((hours(&hook.call().await) - 3.0).abs() < 0.1);
}

#[tokio::test]
async fn a_raw_event_can_be_signed_wrongly_or_not_at_all_or_be_no_json() {
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    office::play(&simulator, r#"{"make":"rostelecom","event":{"state":"new"},"sign":"wrong"}"#);
    let wrong = hook.next().await;
    assert!(!wrong.signed && wrong.sign.is_some());
    assert!(wrong.json()["timestamp"].is_string(), "a missing time is filled in");
    office::play(&simulator, r#"{"make":"rostelecom","event":{"state":"new"},"sign":"none"}"#);
    assert_eq!(hook.next().await.sign, None);
    office::play(&simulator, r#"{"make":"rostelecom","raw":"{\"state\":","method":"get_number_info"}"#);
    let raw = hook.next().await;
    assert_eq!((raw.body.as_str(), raw.path.as_str(), raw.signed), ("{\"state\":", "/hook/rt1/get_number_info", true));
}

#[tokio::test]
async fn a_hook_that_refuses_is_counted_and_not_asked_again_unless_told_to() {
    let event = r#"{"make":"rostelecom","event":{"state":"new","session_id":"a"}}"#;
    let simulator = office::start().await;
    let mut hook = Hook::of(&simulator).await;
    hook.status.store(503, Ordering::SeqCst);
    office::play(&simulator, event);
    hook.next().await;
    let refused = Deliveries { accepted: 0, refused: 1, lost: 0 };
    office::eventually("the refusal", || simulator.deliveries() == refused).await;
    hook.status.store(200, Ordering::SeqCst);
    office::play(&simulator, event);
    hook.next().await;
    office::eventually("the next", || simulator.deliveries().accepted == 1).await;
    assert_eq!(simulator.deliveries().refused, 1);
}

#[tokio::test]
async fn a_webhook_is_sent_again_without_end_while_that_is_asked_for() {
    let event = r#"{"make":"rostelecom","event":{"state":"new","session_id":"a"}}"#;
    let timing = Timing { speed: 1000.0, ..Timing::default() };
    let config = SimulatorConfig { redeliver: true, timing, ..office::config() };
    let persistent = Simulator::start(config).await.expect("ports");
    let mut hook = Hook::of(&persistent).await;
    hook.status.store(503, Ordering::SeqCst);
    let wrong = r#"{"make":"rostelecom","event":{"state":"new","session_id":"a"},"sign":"wrong"}"#;
    office::play(&persistent, wrong).await.expect("it plays");
    office::play(&persistent, event);
    office::eventually("twenty refusals", || persistent.deliveries().refused >= 20).await;
    hook.status.store(200, Ordering::SeqCst);
    office::eventually("the redelivery", || persistent.deliveries().accepted == 1).await;
    assert!(!hook.next().await.signed, "sent once, and not in the way of the next");
    assert!(hook.next().await.signed);

    persistent.fault(Fault::HalfEvent, true);
    office::play(&persistent, event);
    office::eventually("two halves", || persistent.deliveries().lost >= 2).await;
    persistent.fault(Fault::HalfEvent, false);
    office::eventually("the whole", || persistent.deliveries().accepted == 2).await;
}

#[tokio::test]
async fn the_test_host_answers_everything_with_a_sample() {
    let config = SimulatorConfig { readings: vec![Reading::TEST_HOST], ..office::config() };
    let simulator = Simulator::start(config).await.expect("ports");
    let access = office::rostelecom(&simulator);
    for method in ["call_back", "download_call_history", "call_info", "users_info", "domain_call_history"] {
        let sample = ask(&access, method, r#"{"request_number":"+79001234567","from_pin":"202"}"#).await.json();
        assert_eq!(sample["result"], "1", "{method}");
        assert!(sample["session_id"].is_string(), "{method}");
    }
    let sample = ask(&access, "get_record", r#"{"session_id":"1"}"#).await.json();
    assert!(sample["url"].as_str().is_some_and(|url| url.contains("vpbx.server.ru")), "{sample}");
    assert!(simulator.calls_asked_for().is_empty(), "nothing is placed");
}

async fn read_so(reading: Reading, line: &str) -> Vec<Value> {
    let simulator =
        Simulator::start(SimulatorConfig { readings: vec![reading], ..office::config() }).await.expect("ports");
    let mut hook = Hook::of(&simulator).await;
    office::play(&simulator, line);
    hook.call().await
}

#[tokio::test]
async fn a_consultation_is_told_by_who_joins_and_leaves() {
    let line = |call| {
        format!(r#"{{"make":"rostelecom","call":"{call}","from":"+79161234567","answers":"201","transfer":"203"}}"#)
    };
    let (new, end) = (("new", ""), |agent| ("end", agent));
    let begins = [new, ("calling", "201"), ("connected", "201"), ("calling", "203"), ("connected", "203")];
    let over = |rest: &[(&'static str, &'static str)]| told(&[&begins[..], rest].concat());
    let handed = played(&line("transfer-consulted")).await;
    assert_eq!(states(&handed), over(&[("disconnected", "201"), ("disconnected", "203"), end("203")]));
    let given_up = played(&line("transfer-given-up")).await;
    assert_eq!(states(&given_up)[..7], over(&[("disconnected", "203"), ("disconnected", "201")])[..]);
    let returned = played(&line("transfer-returned")).await;
    let back = [("disconnected", "201"), ("calling", "203"), ("disconnected", "203"), ("calling", "201")];
    let back = [&begins[..3], &back, &[("connected", "201"), ("disconnected", "201"), end("201")]].concat();
    assert_eq!(states(&returned), told(&back));
}

#[tokio::test]
async fn an_outgoing_call_that_is_passed_on_names_the_colleague_in_either_pin() {
    let line = r#"{"make":"rostelecom","call":"outgoing","agent":"201","to":"+79001234567","transfer":"203"}"#;
    let usual = played(line).await;
    let connected = usual.iter().filter(|event| event["state"] == "connected");
    let pins: Vec<_> = connected.map(|event| (event["from_pin"].clone(), event["request_pin"].clone())).collect();
    assert_eq!(pins, [("201".into(), "".into()), ("201".into(), "203".into())] as [(Value, Value); 2]);
    let other = read_so(Reading::PASSED_ON_FROM_PIN, line).await;
    let last = other.iter().rfind(|event| event["state"] == "connected").expect("the colleague answers");
    assert_eq!((&last["from_pin"], &last["request_pin"]), (&"203".into(), &"".into()));
}

#[tokio::test]
async fn what_the_guide_does_not_say_can_be_read_otherwise() {
    let line = r#"{"make":"rostelecom","call":"missed","from":"+79161234567","agent":"203","menu":"2s"}"#;
    let greeted = read_so(Reading::GREETING_ANSWERS, line).await;
    assert_eq!(states(&greeted)[..3], told(&[("new", ""), ("connected", ""), ("calling", "203")])[..]);
    assert_eq!(greeted[1]["request_number"], "+74951234567");

    let line = r#"{"make":"rostelecom","call":"answered","from":"+79161234567","answers":"201"}"#;
    let by_name = read_so(Reading::SIP_NAMES_FIRST, line).await;
    assert_eq!(states(&by_name)[..3], told(&[("new", ""), ("calling", ""), ("connected", "201")])[..]);
    assert_eq!(by_name[1]["request_number"], "sip:irina@office.example");

    let line = r#"{"make":"rostelecom","call":"callback-customer-silent","to":"+79001234567"}"#;
    let agent = read_so(Reading::CALLBACK_AGENT_CONNECTS, line).await;
    assert_eq!(states(&agent)[..3], told(&[("new", "202"), ("calling", "202"), ("connected", "202")])[..]);
}
