//! How the office stands, for its administrators.

use jiff::Timestamp;
use link::{Office, RemoteOffice, wire::Role};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::{events::event, rig::Rig};

async fn admin(rig: &Rig) -> String {
    rig.issue("Марина", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

fn connection<'a>(state: &'a Value, id: &str) -> &'a Value {
    let all = state["connections"].as_array().expect("a list");
    all.iter().find(|connection| connection["id"] == id).expect("is told of")
}

fn used(connection: &Value, method: &str) -> Value {
    let quotas = connection["quotas"].as_array().expect("a list");
    let quota = quotas.iter().find(|quota| quota["name"] == method).expect("is counted");
    assert_eq!(
        (&quota["counted"], &quota["limit"], &quota["seconds"]),
        (&json!("method"), &json!(1000), &json!(86_400))
    );
    quota["used"].clone()
}

#[tokio::test]
async fn it_tells_since_when_and_how_much_of_each_method_was_used() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let before = rig.get(&admin, "/v1/admin/state").await.json();
    let waits = connection(&before, "rt1");
    assert!(waits["state"] != "live" && waits["heardAt"].is_null(), "{waits}");
    assert_eq!(used(waits, "call_events"), 0);
    let events: Vec<Value> = (1..=3).map(|call| event(&format!("s{call}"), "new", None, Timestamp::now())).collect();
    rig.tell(&events).await;
    let state = rig.get(&admin, "/v1/admin/state").await.json();
    let lives = connection(&state, "rt1");
    assert_eq!((&lives["state"], used(lives, "call_events")), (&json!("live"), json!(3)));
    assert_eq!((used(lives, "call_back"), &lives["posts"]), (json!(0), &json!(true)));
    let time = |of: &Value| of.as_str().expect("a time").parse::<Timestamp>().expect("a time");
    assert!(
        time(&lives["since"]) >= time(&waits["since"]) && time(&lives["heardAt"]) >= time(&before["now"]),
        "{lives}"
    );
    assert!(lives["clockAheadMs"].as_i64().expect("three events tell").abs() < 60_000, "{lives}");
    assert_eq!(lives["clockIsOff"], false);
    assert_eq!(used(connection(&state, "rt2"), "call_events"), 0, "each has its own");
    assert_eq!(state["addresses"], json!(["127.0.0.1"]));
    assert_eq!(state["publicUrl"], format!("http://{}/", rig.address));
    assert_eq!(state["certificates"], json!([]), "it shows none");
}

#[tokio::test]
async fn nobody_but_an_administrator_is_told_and_a_desk_is_told_the_same() {
    let rig = Rig::new().await;
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(rig.get(&token, "/v1/admin/state").await.status, 403);
    }
    assert_eq!(rig.get("nobody", "/v1/admin/state").await.status, 401);
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    let office =
        |token: String| RemoteOffice::connect(&address, SecretString::from(token), None).expect("a loopback address");
    let state = office(admin(&rig).await).state().await.expect("is told");
    assert_eq!(state.connections.iter().map(|of| of.id.as_str()).collect::<Vec<_>>(), ["rt1", "rt2"]);
    office(rig.manager().await).state().await.expect_err("it is for administrators");
}
