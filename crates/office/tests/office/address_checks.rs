//! Tests of our address: a PBX makes them before it sends anything, and so can anybody.

use office::HookOutcome;
use pbx::WebhookRequest;

use crate::support::{Bench, config};

fn post(body: &str) -> WebhookRequest {
    WebhookRequest {
        method: "POST".into(),
        path: "/events/call".into(),
        headers: vec![("Content-Type".into(), b"application/x-www-form-urlencoded".to_vec())],
        body: body.to_owned().into(),
    }
}

#[tokio::test]
async fn a_test_of_our_address_is_answered_and_stored_nowhere() {
    let connection = config(pbx::mango_vpbx::MAKE, &[("api_key", "k3y"), ("api_salt", "s4lt")]);
    let bench = Bench::of(connection.clone()).await;
    let head = || bench.store.head_seq().expect("a head");
    let before = head();
    for body in ["", "vpbx_api_key=k3y"] {
        let HookOutcome::Reply(reply) = bench.receive(post(body)).await else { panic!("not answered: {body}") };
        assert_eq!(reply.status, 200);
    }
    assert!(matches!(bench.receive(post("json=%7B%7D")).await, HookOutcome::Refused(_)));
    assert_eq!(head(), before, "nothing is stored");

    let mut signed = post("json=%7B%22call_id%22%3A%22c1%22%2C%22call_state%22%3A%22Appeared%22%7D");
    pbx::build(&connection).expect("a make").sign_webhook(&mut signed).expect("signed");
    assert!(matches!(bench.receive(signed).await, HookOutcome::Stored(_)));
    assert_eq!(head(), before + 1);
}
