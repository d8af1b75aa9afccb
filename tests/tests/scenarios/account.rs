//! What is asked of an account, and changed in it, at the PBX that the vendor's page describes.

use std::{collections::BTreeMap, sync::Arc};

use calls::{CallResult, CommandAnswer, CommandId, RecordingReference};
use jiff::{SignedDuration, Timestamp, tz::TimeZone};
use pbx::{
    Destination, Driver, ErrorKind, Query, RecordingSetting, Redirection, Reply, Statistics, StatisticsKind,
    journal::NoJournal,
};
use simulator::{Make, Reading, Simulator, SimulatorConfig, Timing};
use uuid::Uuid;

use crate::{
    scene::{Scene, eventually},
    settings::account,
};

const MAKES: [Make; 2] = [Make::ZADARMA, Make::NOVOFON];

/// A PBX with a past, whose page is read strictly.
async fn simulator(make: Make) -> Simulator {
    reading(make, PLAYED).await
}

/// A PBX with a past, with its page read so.
async fn reading(make: Make, readings: &[Reading]) -> Simulator {
    let config = SimulatorConfig {
        timing: Timing { speed: 10.0, ..Timing::default() },
        readings: readings.to_vec(),
        ..SimulatorConfig::of(&[make])
    };
    Simulator::start(config).await.expect("a free port")
}

fn driver(simulator: &Simulator, make: Make, format: &str) -> Driver {
    let overrides = BTreeMap::from([("format".to_owned(), format.to_owned())]);
    let config = account(simulator, make, Vec::new(), overrides).config;
    Driver::new(config, Arc::new(NoJournal), Arc::new(office::SystemClock)).expect("good settings")
}

fn facts(reply: Reply) -> pbx::Row {
    let Reply::Details(facts) = reply else { panic!("{reply:?}") };
    facts
}

under_readings! {
    everything_that_the_account_tells_is_read_in_both_formats: [PHP_SIGNATURES_ONLY] => all_that_the_account_tells;
}

async fn all_that_the_account_tells(readings: &[Reading]) {
    for (make, format) in [(Make::ZADARMA, "json"), (Make::NOVOFON, "xml")] {
        let simulator = reading(make, readings).await;
        let driver = driver(&simulator, make, format);
        let ask = async |query: Query| driver.query(&query).await.unwrap_or_else(|error| panic!("{query:?}: {error}"));
        let Reply::Balance { amount, currency } = ask(Query::Balance).await else { panic!("a balance") };
        assert_eq!((amount.as_str(), currency.as_deref()), ("10.34", Some("USD")));
        let Reply::TimeZone { zone: Some(zone), .. } = ask(Query::TimeZone).await else { panic!("a zone") };
        assert!(["UTC", "Europe/Moscow"].contains(&zone.as_str()), "{zone}");
        assert_eq!(facts(ask(Query::Tariff).await)["tariff_name"], "Standard");
        let price = Query::Price { to: "+79161234567".into(), shown: None };
        assert_eq!(facts(ask(price).await)["price"], "0.0450");
        let Reply::Users(users) = ask(Query::Users).await else { panic!("users") };
        assert!(users.iter().any(|user| user.extension.as_deref() == Some("202")), "{users:?}");
        assert_eq!(facts(ask(Query::User("202".into())).await)["number"], "202");
        let line = simulator.staff().lines.iter().find(|line| line.make == make).expect("a line").number.clone();
        let Reply::Numbers(numbers) = ask(Query::Numbers).await else { panic!("numbers") };
        assert_eq!(numbers.iter().map(|own| own.number.as_str()).collect::<Vec<_>>(), [line.as_str()]);
        let Reply::Lines(lines) = ask(Query::Lines).await else { panic!("lines") };
        let sip = lines[0].id.clone();
        for of in ["202", &sip] {
            assert_eq!(ask(Query::Status(of.into())).await, Reply::Registered(true), "{of}");
        }
        assert_eq!(facts(ask(Query::Number("+79161234567".into())).await)["mnc"], "01");
        let unknown = driver.query(&Query::Status("999".into())).await.expect_err("nobody");
        assert!(unknown.to_string().contains("Wrong internal number"), "in the PBX's words: {unknown}");
    }
}

#[tokio::test]
async fn what_is_changed_is_told_afterwards() {
    for make in MAKES {
        let simulator = simulator(make).await;
        let driver = driver(&simulator, make, "json");
        let ask = async |query: Query| driver.query(&query).await.unwrap_or_else(|error| panic!("{query:?}: {error}"));
        let Reply::Lines(lines) = ask(Query::Lines).await else { panic!("lines") };
        let sip = lines[0].id.clone();
        let line = simulator.staff().lines.iter().find(|line| line.make == make).expect("a line").number.clone();
        ask(Query::SetCallerId { line: sip.clone(), number: line }).await;
        let other = Query::SetCallerId { line: sip.clone(), number: "+79161234567".into() };
        let refused = driver.query(&other).await.expect_err("somebody else's number");
        assert_eq!(refused.kind(), ErrorKind::InvalidRequest { field: "number" });

        let to = |destination: &str| Redirection::To {
            kind: Destination::Phone,
            destination: destination.into(),
            when_unanswered: true,
        };
        for of in [sip.as_str(), "202"] {
            ask(Query::SetRedirection { of: of.into(), to: to("+79161234567") }).await;
            let told = facts(ask(Query::Redirection(of.into())).await);
            let is_told = told.values().any(|value| value == "79161234567" || value == "+79161234567");
            assert!(is_told, "{of}: {told:?}");
            ask(Query::SetRedirection { of: of.into(), to: Redirection::Off }).await;
            let told = facts(ask(Query::Redirection(of.into())).await);
            assert!(told.values().any(|value| value == "off"), "{of}: {told:?}");
        }

        let recorded = async || facts(ask(Query::User("202".into())).await)["record_store"].clone();
        let before = recorded().await;
        let off = RecordingSetting::Off;
        ask(Query::SetRecording { extension: "202".into(), recording: off, mail: Vec::new() }).await;
        assert_ne!(recorded().await, before);

        let to = vec!["+442037691880".to_owned(), "+79161234567".to_owned()];
        let sent = ask(Query::SendSms { to, message: "~ R&D, 100 %".into(), sender: None }).await;
        let Reply::Sent { messages, denied, .. } = sent else { panic!("{sent:?}") };
        assert_eq!((messages, denied.keys().map(String::as_str).collect::<Vec<_>>()), (1, vec!["79161234567"]));
    }
}

#[tokio::test]
async fn the_statistics_of_each_kind_are_read() {
    let simulator = simulator(Make::ZADARMA).await;
    let driver = driver(&simulator, Make::ZADARMA, "json");
    let Reply::TimeZone { zone: Some(zone), .. } = driver.query(&Query::TimeZone).await.expect("a zone") else {
        panic!("a zone")
    };
    let zone = TimeZone::get(&zone).expect("a zone");
    let to = Timestamp::now();
    let from = to - SignedDuration::from_hours(25 * 24);
    let read = async |kind: StatisticsKind| {
        let query = Query::Statistics(Statistics { kind, from, to, line: None, zone: zone.clone(), skip: 0 });
        let reply = driver.query(&query).await.expect("rows");
        let Reply::Rows(rows) = reply else { panic!("{reply:?}") };
        rows
    };
    let all = read(StatisticsKind::Pbx).await;
    let incoming = read(StatisticsKind::Incoming).await;
    let paid = read(StatisticsKind::General).await;
    assert_eq!(all.len(), incoming.len() + paid.len());
    assert!(!incoming.is_empty() && incoming.iter().all(|row| row.contains_key("callstart")), "{incoming:?}");
}

#[tokio::test]
async fn links_live_as_long_as_is_said_and_a_recording_that_is_deleted_is_gone() {
    let scene = Scene::new().await;
    let make = Make::ZADARMA;
    scene.play(
        make,
        r#"{"call":"answered","from":"+79161234567","answers":"202","ring":"1s","talk":"60s","record":true}"#,
    );
    let ended = |row: &desk::contract::CallRow| row.result == Some(CallResult::Answered) && row.recording.is_some();
    scene.row(Some("+79161234567"), ended).await;
    let driver = driver(&scene.simulator, make, "json");
    let Reply::TimeZone { zone: Some(zone), .. } = driver.query(&Query::TimeZone).await.expect("a zone") else {
        panic!("a zone")
    };
    let zone = TimeZone::get(&zone).expect("a zone");
    let to = Timestamp::now() + SignedDuration::from_hours(1);
    let from = to - SignedDuration::from_hours(3);
    let (kind, line) = (StatisticsKind::Pbx, None);
    let rows = driver.query(&Query::Statistics(Statistics { kind, from, to, line, zone, skip: 0 })).await;
    let Ok(Reply::Rows(rows)) = rows else { panic!("{rows:?}") };
    let (recording, call) = (rows[0]["call_id"].clone(), rows[0]["pbx_call_id"].clone());
    for id in [&recording, &call] {
        let lifetime = Some(std::time::Duration::from_secs(3600));
        let links = eventually("the recording is there", async || {
            driver.query(&Query::RecordingLinks { recording: id.clone(), lifetime }).await.ok()
        })
        .await;
        let Reply::Links { links, until } = links else { panic!("{links:?}") };
        assert!(links.len() == 1 && until.is_some(), "{links:?}");
    }
    let Ok(Reply::Deleted { deleted, .. }) = driver.query(&Query::DeleteRecording(call.clone())).await else {
        panic!("is deleted")
    };
    assert_eq!(deleted.len(), 1);
    let gone = driver.recording(&call, &RecordingReference::Id(recording)).await;
    assert_eq!(
        gone.err().map(|error| error.kind()),
        Some(ErrorKind::NotReady),
        "how a lost one is told is not documented"
    );
    scene.stop().await;
}

#[tokio::test]
async fn the_program_sets_its_address_and_sees_that_everything_is_posted() {
    let scene = Scene::new().await;
    let make = Make::ZADARMA;
    let driver = driver(&scene.simulator, make, "xml");
    let Ok(Reply::Webhooks { url: None, switches }) = driver.query(&Query::Webhooks).await else {
        panic!("no address")
    };
    assert_eq!(switches.len(), 6);
    let hook: url::Url = format!("{}/hook/{make}", scene.gateway_url()).parse().expect("an address");
    let set = driver.query(&Query::SetWebhooks(hook.clone())).await.expect("it answers the test");
    let all_on = switches.keys().map(|name| (name.clone(), true)).collect();
    assert_eq!(set, Reply::Webhooks { url: Some(hook.to_string()), switches: all_on });
    let nobody = "http://127.0.0.1:9/hook/zadarma".parse().expect("an address");
    let refused = driver.query(&Query::SetWebhooks(nobody)).await.expect_err("nobody answers there");
    assert!(refused.to_string().contains("Wrong url"), "{refused}");
    driver.query(&Query::RemoveWebhooks).await.expect("is removed");
    assert!(matches!(driver.query(&Query::Webhooks).await, Ok(Reply::Webhooks { url: None, .. })));
    scene.stop().await;
}

#[tokio::test]
async fn a_customer_is_rung_first_where_that_is_asked_for() {
    let simulator = simulator(Make::NOVOFON).await;
    let driver = driver(&simulator, Make::NOVOFON, "xml");
    let (command, now) = (CommandId(Uuid::new_v4()), tokio::time::Instant::now());
    for answer in [
        driver.commands(now).originate(command, "202", "+79161234567").await,
        driver.commands(now).originate_customer_first(command, "202", "+79161234567").await,
    ] {
        assert_eq!(answer, CommandAnswer::Accepted { command, vendor_call: None, doubt: None });
    }
    let refused = driver.commands(now).originate(command, "299", "+79161234567").await;
    assert!(matches!(refused, CommandAnswer::Rejected { .. }), "{refused:?}");
}
