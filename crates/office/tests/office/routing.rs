//! What a PBX is answered that waits for the office's rules before it routes a call.

use calls::{CallId, CallResult, CallState};
use link::Office;
use office::HookOutcome;
use pbx::WebhookRequest;
use serde_json::{Value, json};

use crate::support::{BLOCKED, Bench, CONTACT, config, connection, signed};

async fn answer(bench: &Bench, from: &str) -> Value {
    let body = json!({"domain": "d", "from_number": from, "request_number": "+74951234567"}).to_string();
    let request = WebhookRequest { path: "/get_number_info".into(), ..signed(body) };
    let (HookOutcome::Stored(reply) | HookOutcome::Known(reply)) = bench.receive(request).await else {
        panic!("it is authentic")
    };
    serde_json::from_slice(&reply.body).expect("JSON")
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
    let zadarma = config(pbx::zadarma::MAKE, &[("key", "a1b2c3"), ("secret", "0f1e2d")]);
    let bench = Bench::of(zadarma.clone()).await;
    let mut stream = bench.stream(None).await;
    let post = async |event: &str, more: &str| {
        let body = format!(
            "event={event}&call_start=2026-03-02+12%3A00%3A00&pbx_call_id=in_1&caller_id={}&called_did=74951234567{more}",
            BLOCKED.replace('+', "%2B")
        );
        let headers = vec![("Content-Type".into(), b"application/x-www-form-urlencoded".to_vec())];
        let mut request = WebhookRequest { method: "POST".into(), path: String::new(), headers, body: body.into() };
        pbx::build(&zadarma).expect("a make").sign_webhook(&mut request).expect("signed");
        bench.receive(request).await
    };
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
