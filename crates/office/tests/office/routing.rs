//! What a PBX is answered that waits for the office's rules before it routes a call.

use calls::{CallId, CallResult, CallState};
use jiff::{SignedDuration, Timestamp};
use link::{
    Office,
    wire::{CallRule, TracedRule},
};
use office::HookOutcome;
use pbx::{ConnectionConfig, WebhookRequest};
use serde_json::{Value, json};

use crate::support::{BLOCKED, Bench, CONTACT, config, connection, signed};

const LINE: &str = "+74951234567";

fn question(from: &str) -> WebhookRequest {
    let body = json!({"domain": "d", "from_number": from, "request_number": LINE}).to_string();
    WebhookRequest { path: "/get_number_info".into(), ..signed(body) }
}

fn body_of(outcome: HookOutcome) -> Value {
    let (HookOutcome::Stored(reply) | HookOutcome::Known(reply)) = outcome else { panic!("it is authentic") };
    serde_json::from_slice(&reply.body).expect("JSON")
}

async fn answer(bench: &Bench, from: &str) -> Value {
    body_of(bench.receive(question(from)).await)
}

/// The beginning of a call as the platform tells it.
async fn begins(bench: &Bench, session: &str, from: &str, line: &str) {
    let time = Timestamp::now().strftime("%Y-%m-%d %H:%M:%S.%3f").to_string();
    let body = json!({"session_id": session, "timestamp": time, "type": "incoming", "state": "new",
        "from_number": format!("sip:{}@example.invalid", from.trim_start_matches('+')), "request_number": line});
    let outcome = bench.receive(signed(body.to_string())).await;
    assert!(matches!(outcome, HookOutcome::Stored(_)), "{session}: {outcome:?}");
}

/// What the trace says of each event: its kind, and the rule.
async fn trace(bench: &Bench, call: &str) -> Vec<(String, Option<String>)> {
    let id = CallId::of_vendor(&connection(), call);
    let trace = bench.manager().trace(&id).await.expect("readable").expect("there");
    trace.events.into_iter().map(|event| (event.kind, event.route)).collect()
}

fn told(kind: &str, route: Option<&str>) -> (String, Option<String>) {
    (kind.to_owned(), route.map(str::to_owned))
}

fn zadarma() -> ConnectionConfig {
    config(pbx::zadarma::MAKE, &[("key", "a1b2c3"), ("secret", "0f1e2d")])
}

/// A notification of the call `in_1` as it is posted.
fn notification(event: &str, from: &str, more: &str) -> WebhookRequest {
    let body = format!(
        "event={event}&call_start=2026-03-02+12%3A00%3A00&pbx_call_id=in_1&caller_id={}&called_did=74951234567{more}",
        from.replace('+', "%2B")
    );
    let headers = vec![("Content-Type".into(), b"application/x-www-form-urlencoded".to_vec())];
    let mut request = WebhookRequest { method: "POST".into(), path: String::new(), headers, body: body.into() };
    pbx::build(&zadarma()).expect("a make").sign_webhook(&mut request).expect("signed");
    request
}

/// What a request is answered that waits for the log while three seconds pass.
async fn answered_late(bench: &Bench, request: WebhookRequest) -> Value {
    let (log, asked) = (bench.hold_the_log(), bench.clock.asked());
    let passes = async {
        while bench.clock.asked() == asked {
            tokio::task::yield_now().await;
        }
        bench.clock.put_forward(SignedDuration::from_secs(3));
        drop(log);
    };
    body_of(tokio::join!(bench.receive(request), passes).0)
}

#[tokio::test]
async fn the_call_that_the_platform_asked_about_names_the_rule_that_it_was_answered_with() {
    let bench = Bench::new().await;
    assert_eq!(answer(&bench, CONTACT).await["PIN"], "102");
    begins(&bench, "1", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "1").await, [told("new", Some("responsible"))]);
    let id = CallId::of_vendor(&connection(), "1");
    let path = bench.manager().card_path(&id, None).await.expect("readable").expect("there");
    assert_eq!(path.events[0].route.as_deref(), Some("responsible"), "also on the way to the card");

    // Nobody asked about these.
    begins(&bench, "2", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "2").await, [told("new", None)], "another call of the same caller");
    bench.clock.put_forward(SignedDuration::from_secs(6));
    answer(&bench, CONTACT).await;
    assert_eq!(trace(&bench, "2").await, [told("new", None)], "asked long after it was routed");
    begins(&bench, "3", "+79161234567", LINE).await;
    begins(&bench, "4", CONTACT, "+74951234568").await;
    assert_eq!(trace(&bench, "3").await, [told("new", None)], "another caller");
    assert_eq!(trace(&bench, "4").await, [told("new", None)], "another number of ours");
    bench.clock.put_forward(SignedDuration::from_secs(31));
    begins(&bench, "5", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "5").await, [told("new", None)], "too long ago");

    // The platform cannot refuse, so no rule has acted.
    answer(&bench, BLOCKED).await;
    begins(&bench, "6", BLOCKED, LINE).await;
    assert_eq!(trace(&bench, "6").await, [told("new", None)]);
}

#[tokio::test]
async fn a_question_that_was_overtaken_by_its_call_is_about_that_call_until_more_is_told_of_it() {
    let bench = Bench::new().await;
    begins(&bench, "1", CONTACT, LINE).await;
    assert_eq!(answer(&bench, CONTACT).await["PIN"], "102");
    assert_eq!(trace(&bench, "1").await, [told("new", None), told("ruleActed", Some("responsible"))]);
    let id = CallId::of_vendor(&connection(), "1");
    let events = bench.manager().trace(&id).await.expect("readable").expect("there").events;
    assert_eq!(events[1].rule, Some(TracedRule::Acted(CallRule::Responsible)));
    // It is about one call: the next of this caller was not asked about.
    begins(&bench, "2", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "2").await, [told("new", None)]);

    // Others, and one that is told more of before it is asked about, are not meant.
    let bench = Bench::new().await;
    begins(&bench, "1", "+79161234567", LINE).await;
    begins(&bench, "2", CONTACT, "+74951234568").await;
    begins(&bench, "3", CONTACT, LINE).await;
    let body = json!({"session_id": "3", "timestamp": "2026-03-02 12:00:00.000", "type": "incoming", "state": "calling",
        "from_number": "sip:79995550101@example.invalid", "request_number": "sip:b@example.invalid", "request_pin": "103"});
    bench.receive(signed(body.to_string())).await;
    answer(&bench, CONTACT).await;
    for call in ["1", "2", "3"] {
        let rules: Vec<_> = trace(&bench, call).await.into_iter().filter_map(|(_, rule)| rule).collect();
        assert_eq!(rules, [""; 0], "{call}");
    }
    begins(&bench, "4", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "4").await, [told("new", Some("responsible"))], "the one that comes is");

    // Also where the answer was too late.
    let bench = Bench::new().await;
    begins(&bench, "1", CONTACT, LINE).await;
    let late = answered_late(&bench, question(CONTACT)).await;
    assert_eq!(late["PIN"], "");
    assert_eq!(trace(&bench, "1").await, [told("new", None), told("ruleTooLate", Some("responsible"))]);
}

#[tokio::test]
async fn a_rule_that_is_late_leaves_the_call_to_the_pbx_and_the_trace_says_so() {
    let bench = Bench::new().await;
    let late = answered_late(&bench, question(CONTACT)).await;
    assert_eq!((&late["displayName"], &late["PIN"]), (&"".into(), &"".into()), "the platform's own routing");
    begins(&bench, "1", CONTACT, LINE).await;
    assert_eq!(trace(&bench, "1").await, [told("new", None), told("ruleTooLate", Some("responsible"))]);

    let bench = Bench::of(zadarma()).await;
    let late = answered_late(&bench, notification("NOTIFY_START", BLOCKED, "")).await;
    assert_eq!(late, json!({}), "the PBX's own routing");
    let named = trace(&bench, "in_1").await;
    assert_eq!(named.last(), Some(&told("ruleTooLate", Some("blocked"))), "{named:?}");
    let id = CallId::of_vendor(&connection(), "in_1");
    let call = bench.manager().call(&id).await.expect("readable").expect("there");
    assert_ne!((call.state, call.result), (CallState::Ended, Some(CallResult::Rejected)), "nobody was refused");
    bench.receive(notification("NOTIFY_INTERNAL", BLOCKED, "&internal=102")).await;
    let call = bench.manager().call(&id).await.expect("readable").expect("there");
    assert_eq!(call.state, CallState::Ringing, "it rings as the PBX tells");
}

#[tokio::test]
async fn a_pbx_that_asks_is_told_the_name_and_whose_phone_rings_first() {
    let bench = Bench::new().await;
    for _ in 0..2 {
        let known = answer(&bench, CONTACT).await;
        assert_eq!((&known["displayName"], &known["PIN"]), (&"Анна".into(), &"102".into()), "also when asked again");
    }
    let spelled = answer(&bench, "8 999 555-01-01").await;
    assert_eq!(spelled["PIN"], "102");
    for other in ["+79161234567", "anonymous", ""] {
        let other = answer(&bench, other).await;
        assert_eq!((&other["displayName"], &other["PIN"]), (&"".into(), &"".into()), "the platform's own routing");
        assert_eq!(other["result"], "0");
    }
    // Who cannot sign is told nothing of whom we know.
    let body = json!({"from_number": CONTACT}).to_string();
    let mut forged = WebhookRequest { path: "/get_number_info".into(), ..signed(body) };
    forged.headers.pop();
    assert!(matches!(bench.receive(forged).await, HookOutcome::Refused(_)));
}

#[tokio::test]
async fn whoever_is_not_wanted_rings_nobody_and_is_not_missed() {
    let bench = Bench::of(zadarma()).await;
    let mut stream = bench.stream(None).await;
    let post = async |event: &str, more: &str| bench.receive(notification(event, BLOCKED, more)).await;
    let HookOutcome::Stored(reply) = post("NOTIFY_START", "").await else { panic!("it is authentic") };
    assert_eq!(serde_json::from_slice::<Value>(&reply.body).expect("JSON")["redirect"], "blacklist");
    let call = stream.call().await;
    assert_eq!((call.state, call.result, call.rings_for_me), (CallState::Ended, Some(CallResult::Rejected), false));
    assert_eq!(call.end_reason.as_deref(), Some("blocked"), "the rule is named");
    post("NOTIFY_END", "&disposition=busy&is_recorded=0").await;
    let id = CallId::of_vendor(&connection(), "in_1");
    let trace = bench.manager().trace(&id).await.expect("readable").expect("there");
    let rules: Vec<_> = trace.events.iter().map(|event| (event.kind.as_str(), event.route.as_deref())).collect();
    assert_eq!(rules[0], ("NOTIFY_START", Some("blocked")), "the trace names the rule that acted");
    let after = bench.manager().call(&id).await.expect("readable").expect("there");
    assert_eq!((after.state, after.result), (CallState::Ended, Some(CallResult::Rejected)));
}
