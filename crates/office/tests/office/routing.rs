//! What a PBX is answered that waits for the office's rules before it routes a call.

use office::HookOutcome;
use pbx::WebhookRequest;
use serde_json::{Value, json};

use crate::support::{Bench, CONTACT, signed};

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
