//! Connections that come, change and go while the office is at work.

use std::collections::BTreeMap;

use calls::{CallState, ConnectionId};
use link::{
    Office,
    wire::{Call, Role, StreamEvent},
};
use office::{ConnectionSettings, GroupSettings, HookOutcome, LineSettings, Lookups, Person, RoutingRules, StartError};
use pbx::ConnectionConfig;
use secrecy::SecretString;

use crate::support::{Bench, Frames, KEY, config, connection, signed, viewer};

fn second() -> ConnectionId {
    "rt2".parse().expect("valid")
}

/// Settings of another connection with this key.
fn settings(id: ConnectionId, key: &str) -> ConnectionSettings {
    let secrets = [("client_id", "0A1B2C3D4E5F60718293A4B5C6D7E8F9"), ("key", key)];
    ConnectionSettings {
        config: ConnectionConfig { id, ..config(pbx::rostelecom::MAKE, &secrets) },
        extensions: Vec::new(),
        has_address: true,
    }
}

/// What is said of connections, up to what fits.
async fn until(stream: &mut Frames, fits: impl Fn(&StreamEvent) -> bool) {
    while !fits(&stream.event().await) {}
}

async fn rings(bench: &Bench, on: &ConnectionId, session: &str) -> HookOutcome {
    bench.office.receive(on, bench.request("calling", session, "102")).await.outcome
}

async fn calls(bench: &Bench) -> BTreeMap<ConnectionId, Call> {
    let page = bench.manager().calls(None, 10).await.expect("is read");
    page.calls.into_iter().map(|call| (call.connection.clone(), call)).collect()
}

#[tokio::test]
async fn a_connection_that_comes_rings_and_has_its_lines_and_people() {
    let bench = Bench::new().await;
    let mut desk = bench.stream_of(viewer(Role::Admin, "102", &[])).await;
    assert_eq!(rings(&bench, &second(), "s-1").await, HookOutcome::UnknownConnection);
    let line = LineSettings {
        connection: second(),
        number: "+74951234567".into(),
        title: "Сервис".into(),
        groups: Vec::new(),
    };
    let person = Person { connection: second(), extension: "102".into(), name: "Пётр".into() };
    bench.office.put_connection(settings(second(), KEY), vec![line], vec![person]).await.expect("is put");
    until(&mut desk, |event| matches!(event, StreamEvent::Connection { connection } if connection.id == second()))
        .await;
    let new = bench.office.receive(&second(), bench.request("new", "s-1", "")).await.outcome;
    assert!(matches!(new, HookOutcome::Stored(_)), "{new:?}");
    assert!(matches!(rings(&bench, &second(), "s-1").await, HookOutcome::Stored(_)));
    let call = desk.call_with(|call| !call.legs.is_empty() && call.legs.iter().any(|leg| leg.name.is_some())).await;
    assert_eq!((call.connection.clone(), call.line.title.as_deref()), (second(), Some("Сервис")));
    assert!(call.legs.iter().any(|leg| leg.name.as_deref() == Some("Пётр")), "{call:?}");
    assert_eq!(bench.office.connections(), [connection(), second()]);
}

#[tokio::test]
async fn a_connection_removed_in_mid_call_leaves_the_call_in_the_list_and_over() {
    let bench = Bench::new().await;
    bench.office.put_connection(settings(second(), KEY), Vec::new(), Vec::new()).await.expect("is put");
    let mut desk = bench.stream_of(viewer(Role::Admin, "102", &[])).await;
    for on in [connection(), second()] {
        assert!(matches!(rings(&bench, &on, "s-1").await, HookOutcome::Stored(_)));
        desk.call_in(CallState::Ringing).await;
    }
    assert!(bench.office.remove_connection(&second()).await);
    let over = desk.call_in(CallState::Ended).await;
    assert_eq!(over.connection, second());
    until(&mut desk, |event| *event == StreamEvent::Disconnected { id: second() }).await;
    assert!(!bench.office.remove_connection(&second()).await, "once");
    assert_eq!(rings(&bench, &second(), "s-2").await, HookOutcome::UnknownConnection);
    let states: Vec<CallState> = calls(&bench).await.into_values().map(|call| call.state).collect();
    assert_eq!(states, [CallState::Ringing, CallState::Ended], "the other connection's call goes on");
    let view = bench.office.view(viewer(Role::Admin, "102", &[]));
    let trace = view.trace(&over.id).await.expect("is read").expect("may be seen");
    assert!(trace.events.iter().any(|event| event.kind == "calling"));
}

#[tokio::test]
async fn a_connection_that_comes_back_goes_on_where_it_was() {
    let bench = Bench::new().await;
    assert!(matches!(rings(&bench, &connection(), "s-1").await, HookOutcome::Stored(_)));
    assert!(bench.office.remove_connection(&connection()).await);
    bench.office.put_connection(settings(connection(), KEY), Vec::new(), Vec::new()).await.expect("is put");
    assert!(matches!(rings(&bench, &connection(), "s-1").await, HookOutcome::Stored(_) | HookOutcome::Known(_)));
    bench.event("calling", "s-2", "102").await;
    let page = bench.manager().calls(None, 10).await.expect("is read");
    assert_eq!(page.calls.len(), 2, "no call is there twice: {:?}", page.calls);
    // The same after a restart, which reads the log.
    let bench = bench.restart().await;
    assert_eq!(bench.manager().calls(None, 10).await.expect("is read").calls.len(), 2);
}

#[tokio::test]
async fn another_key_counts_at_once_and_a_call_goes_on_under_it() {
    let bench = Bench::new().await;
    bench.event("new", "s-1", "").await;
    bench.event("calling", "s-1", "102").await;
    let other_key = "0123456789ABCDEF0123456789ABCDEF";
    bench.office.put_connection(settings(connection(), other_key), Vec::new(), Vec::new()).await.expect("is put");
    let refused = bench.receive(bench.request("connected", "s-1", "102")).await;
    assert!(matches!(refused, HookOutcome::Refused(_)), "{refused:?}");
    assert_eq!(calls(&bench).await[&connection()].state, CallState::Ringing, "the call stays");
    bench.office.put_connection(settings(connection(), KEY), Vec::new(), Vec::new()).await.expect("is put");
    bench.event("connected", "s-1", "102").await;
    assert_eq!(calls(&bench).await[&connection()].state, CallState::Talking);
}

#[tokio::test]
async fn settings_with_a_mistake_change_nothing() {
    let bench = Bench::new().await;
    bench.event("calling", "s-1", "102").await;
    let no_key = ConnectionConfig {
        secrets: [("client_id".to_owned(), SecretString::from("0A1B"))].into(),
        ..settings(connection(), KEY).config
    };
    let no_zone = ConnectionConfig { zone: Some("Luna/Tranquillity".into()), ..settings(connection(), KEY).config };
    for config in [no_key, no_zone] {
        let wrong = ConnectionSettings { config, extensions: Vec::new(), has_address: true };
        let refused = bench.office.put_connection(wrong, Vec::new(), Vec::new()).await;
        assert!(matches!(refused, Err(StartError::Connection(_) | StartError::Zone(_))), "{refused:?}");
    }
    assert!(matches!(bench.receive(signed_again(&bench)).await, HookOutcome::Stored(_)), "the old settings hold");
}

fn signed_again(bench: &Bench) -> pbx::WebhookRequest {
    let body = String::from_utf8(bench.request("connected", "s-1", "102").body.to_vec()).expect("text");
    signed(body)
}

#[tokio::test]
async fn those_who_change_connections_at_once_come_one_after_the_other() {
    let bench = Bench::new().await;
    let put = || bench.office.put_connection(settings(second(), KEY), Vec::new(), Vec::new());
    let old = connection();
    let (first, other, _) = tokio::join!(put(), put(), bench.office.remove_connection(&old));
    assert!(first.is_ok() && other.is_ok());
    assert_eq!(bench.office.connections(), [second()]);
    assert!(matches!(rings(&bench, &second(), "s-1").await, HookOutcome::Stored(_)));
}

#[tokio::test]
async fn desks_that_are_open_are_told_of_groups_that_they_may_call_back_for_from_now_on() {
    let bench = Bench::of(config(pbx::mango_vpbx::MAKE, &[("api_key", "key"), ("api_salt", "salt")])).await;
    let mut desk = bench.stream_of(viewer(Role::Agent, "102", &["support"])).await;
    let line = |number: &str, title: &str| LineSettings {
        connection: connection(),
        number: number.into(),
        title: title.into(),
        groups: vec!["support".into()],
    };
    let lookups = |lines| Lookups {
        lines,
        groups: vec![GroupSettings { id: "support".into(), rings: false }],
        people: Vec::new(),
        contacts: BTreeMap::new(),
        routing: RoutingRules::default(),
    };
    let offers = |event: &StreamEvent, numbers: &[&str]| {
        let StreamEvent::Connection { connection } = event else { return false };
        connection.groups.iter().map(|group| group.number.as_str()).eq(numbers.iter().copied())
    };
    let lines = vec![line("500", "Support"), line("+74951234567", "")];
    bench.office.put_lookups(lookups(lines)).await.expect("is put");
    until(&mut desk, |event| offers(event, &["500"])).await;
    bench.office.put_lookups(lookups(Vec::new())).await.expect("is put");
    until(&mut desk, |event| offers(event, &[])).await;
    bench.office.shutdown().await;
}
