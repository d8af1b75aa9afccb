//! The wizard: what is entered, what is checked, what is said.

use std::sync::Arc;

use desk::contract::{CheckConnectionRequest, CheckField, CheckFinding, CheckOutcome, CheckStep, DraftView, ErrorCode};
use rustls::{
    ServerConfig,
    pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject},
};
use serde_json::json;
use simulator::{Fault, KeyArea, Make};

use crate::support::{Bench, ME, of};
use own::OFFICE;

const CERTIFICATE: &[u8] = include_bytes!("../../../net/tests/clients/tls/server.pem");
const KEY: &[u8] = include_bytes!("../../../net/tests/clients/tls/server.key");

async fn check(bench: &Bench, draft: &DraftView, step: CheckStep) -> CheckOutcome {
    let request = CheckConnectionRequest { office: OFFICE.to_owned(), connection: draft.connection.clone(), step };
    bench.own.check(request).await.expect("is taken")
}

fn steps(draft: &DraftView) -> Vec<CheckStep> {
    draft.steps.iter().map(|step| step.step).collect()
}

#[tokio::test]
async fn every_make_passes_the_steps_that_fit_it() {
    use CheckStep::{Address, Clock, History, Key, Live};
    let cases = [
        (Make::MANGO_CLIENT, vec![Address, Key, Clock, Live]),
        (Make::ERA, vec![Address, Key, Clock, Live]),
        (Make::RINGCLOUD, vec![Address, Key, Clock]),
        (Make::ZADARMA, vec![Address, Key, Clock, History]),
        (Make::NOVOFON, vec![Address, Key, Clock, History]),
        (Make::MANGO_VPBX, vec![Address, Key, Clock, History]),
        (Make::ROSTELECOM, vec![Address, Key, Clock, History]),
    ];
    assert_eq!(cases.len(), Make::ALL.len());
    for (make, expected) in cases {
        let bench = Bench::with(&[make]).await;
        let draft = bench.begin(make.name()).await;
        let mut fields = bench.right_fields(make);
        if make == Make::ERA {
            fields["kind"] = json!("token");
        }
        let draft = bench.fill(&draft, fields).await.expect("is right");
        assert_eq!(steps(&draft), expected, "{make}");
        for step in expected {
            let outcome = check(&bench, &draft, step).await;
            assert!(outcome.ok && outcome.field.is_none(), "{make} {step:?}: {outcome:?}");
        }
        bench.own.save(&bench.desk, of(&draft.connection)).await.expect("is saved");
        bench.until_live(1).await;
    }
}

#[tokio::test]
async fn a_step_that_fails_names_the_field_that_mends_it_and_passes_once_it_is_mended() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let right = bench.right_fields(Make::MANGO_CLIENT);
    let draft = bench.begin("mango-client").await;
    // A foreign one, and one with a blank in the middle.
    for token in ["somebody-elses", "half of it"] {
        let mut wrong = right.clone();
        wrong["keys"] = json!({"token": token});
        let draft = bench.fill(&draft, wrong).await.expect("looks right");
        assert!(check(&bench, &draft, CheckStep::Address).await.ok);
        let outcome = check(&bench, &draft, CheckStep::Key).await;
        let found = (outcome.ok, outcome.finding, outcome.field);
        assert_eq!(found, (false, CheckFinding::WrongKey, Some(CheckField::Keys)), "{token}");
        assert!(!outcome.detail.contains(token), "{outcome:?}");
    }
    let draft = bench.fill(&draft, json!({"keys": right["keys"]})).await.expect("is right");
    assert!(check(&bench, &draft, CheckStep::Key).await.ok);
    bench.simulator.fault(Fault::ExtensionGone(202), true);
    let outcome = check(&bench, &draft, CheckStep::Live).await;
    assert_eq!((outcome.finding, outcome.field), (CheckFinding::NoSuchPhone, Some(CheckField::Phone)), "{outcome:?}");
    bench.simulator.fault(Fault::ExtensionGone(202), false);
    assert!(check(&bench, &draft, CheckStep::Live).await.ok);
}

#[tokio::test]
async fn nobody_at_the_address_and_a_clock_that_is_off_are_told_apart() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.begin("mango-client").await;
    let mut fields = bench.right_fields(Make::MANGO_CLIENT);
    // A port that nobody else has, and at which nobody listens.
    let socket = tokio::net::TcpSocket::new_v4().expect("a socket");
    socket.bind(([127, 0, 0, 1], 0).into()).expect("a port");
    let free = socket.local_addr().expect("bound");
    let right = std::mem::replace(&mut fields["address"], json!(format!("http://{free}")));
    let draft = bench.fill(&draft, fields).await.expect("looks right");
    let outcome = check(&bench, &draft, CheckStep::Address).await;
    assert_eq!((outcome.finding, outcome.field), (CheckFinding::Unreachable, Some(CheckField::Address)));
    let draft = bench.fill(&draft, json!({"address": right})).await.expect("is right");
    bench.clock.minutes_ahead.store(60, std::sync::atomic::Ordering::SeqCst);
    assert!(check(&bench, &draft, CheckStep::Key).await.ok);
    let outcome = check(&bench, &draft, CheckStep::Clock).await;
    assert_eq!((outcome.ok, outcome.finding), (false, CheckFinding::ClockOff), "{outcome:?}");
}

/// Somebody at an https address whose certificate nobody here vouches for.
async fn stranger() -> String {
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("has versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![CertificateDer::from_pem_slice(CERTIFICATE).expect("a certificate")],
            PrivateKeyDer::from_pem_slice(KEY).expect("a key"),
        )
        .expect("they fit");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let acceptor = tokio_rustls::TlsAcceptor::from(Arc::new(config));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // Who does not trust the certificate breaks off here.
            drop(acceptor.accept(stream).await);
        }
    });
    format!("https://{address}")
}

#[tokio::test]
async fn somebody_elses_certificate_is_told_from_nobody_and_mended_at_the_address() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.begin("mango-client").await;
    let mut fields = bench.right_fields(Make::MANGO_CLIENT);
    let right = std::mem::replace(&mut fields["address"], json!(stranger().await));
    let draft = bench.fill(&draft, fields).await.expect("looks right");
    let outcome = check(&bench, &draft, CheckStep::Address).await;
    let found = (outcome.ok, outcome.finding, outcome.field);
    assert_eq!(found, (false, CheckFinding::NotTrusted, Some(CheckField::Address)), "{outcome:?}");
    let draft = bench.fill(&draft, json!({"address": right})).await.expect("is right");
    assert!(check(&bench, &draft, CheckStep::Address).await.ok);
}

#[tokio::test]
async fn a_trial_takes_no_event_away_from_the_office_that_comes_after_it() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.connect(Make::MANGO_CLIENT).await;
    bench.until_live(1).await;
    bench.own.sleep().await;
    // Comes while nobody listens, so the PBX keeps it.
    bench.ring(Make::MANGO_CLIENT);
    tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    let request = serde_json::from_value(json!({"office": OFFICE, "connection": draft.connection})).expect("a request");
    let draft = bench.own.begin(request).await.expect("is begun");
    assert!(check(&bench, &draft, CheckStep::Live).await.ok);
    bench.until("the call is there", |view| !view.now.open.is_empty()).await;
}

#[tokio::test]
async fn a_draft_survives_the_end_of_the_program_without_its_keys() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.begin("mango-client").await;
    let filled = bench.fill(&draft, bench.right_fields(Make::MANGO_CLIENT)).await.expect("is right");
    assert_eq!(filled.keys, ["token"]);
    let bench = bench.restart().await;
    let draft = bench.listed().await.draft.expect("is there");
    assert_eq!((draft.phone.as_str(), draft.keys.len(), draft.steps.len()), (ME, 0, 0));
    let refused = bench.own.save(&bench.desk, of(&draft.connection)).await.expect_err("a key is missing");
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidRequest, Some("keys")));
    let given_up = bench.own.drop_draft(of(&draft.connection)).await;
    assert!(given_up.is_ok() && bench.listed().await.draft.is_none());
    assert!(bench.main().await.offices.is_empty());
}

#[tokio::test]
async fn wrong_fields_are_named_and_nothing_of_them_is_taken() {
    let bench = Bench::with(&[Make::MANGO_CLIENT]).await;
    let draft = bench.begin("mango-client").await;
    let cases = [
        (json!({"address": "pbx.example.org"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "http://pbx.example.org"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "https://me:half@pbx.example.org"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "https://half@pbx.example.org"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "https://:half@pbx.example.org"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "https://pbx.example.org/api?key=half"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "https://pbx.example.org/#half"}), "address", ErrorCode::InvalidRequest),
        (json!({"address": "http://me:half@127.0.0.1:8080"}), "address", ErrorCode::InvalidRequest),
        (json!({"phone": "2 0 2"}), "phone", ErrorCode::InvalidRequest),
        (json!({"keys": {"token": "half\nof it"}}), "keys", ErrorCode::InvalidRequest),
        (json!({"keys": {"password": "x"}}), "keys", ErrorCode::InvalidRequest),
        (json!({"kind": "user"}), "kind", ErrorCode::InvalidRequest),
        (json!({"zone": "Moscow"}), "zone", ErrorCode::InvalidRequest),
        (json!({"lines": [{"number": "sales", "title": ""}], "phone": "202"}), "lines", ErrorCode::InvalidRequest),
    ];
    for (fields, field, code) in cases {
        let refused = bench.fill(&draft, fields).await.expect_err("is wrong");
        assert_eq!((refused.field.as_deref(), refused.code), (Some(field), code));
        assert!(!refused.message.contains("half"), "no key is repeated");
    }
    let now = bench.listed().await.draft.expect("is there");
    assert_eq!((now.phone.as_str(), now.address.as_str(), now.keys.len()), ("", "", 0));
    let taken = bench.fill(&draft, json!({"keys": {"token": " \u{feff}a token\r\n"}})).await.expect("is cleaned");
    assert_eq!(taken.keys, ["token"]);
}

#[tokio::test]
async fn what_the_make_cannot_use_is_refused_when_it_is_entered_and_what_is_still_missing_is_not() {
    let bench = Bench::with(&[Make::RINGCLOUD]).await;
    let draft = bench.begin("ringcloud").await;
    let right = bench.right_fields(Make::RINGCLOUD);
    // One thing after another: the rest is missing yet.
    let draft = bench.fill(&draft, json!({"phone": ME})).await.expect("the key is missing yet");
    let wrong = json!({"keys": {"api_key": "half", "password": "half"}, "phone": "101"});
    let refused = bench.fill(&draft, wrong).await.expect_err("is no key");
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::InvalidRequest, Some("keys")));
    assert!(!refused.message.contains("half"), "no key is repeated");
    let now = bench.listed().await.draft.expect("is there");
    assert_eq!((now.phone.as_str(), now.keys.len()), (ME, 0), "nothing of it is taken");
    let draft = bench.fill(&draft, right).await.expect("is right");
    assert_eq!(steps(&draft), [CheckStep::Address, CheckStep::Key, CheckStep::Clock]);
    let refused = bench.fill(&draft, json!({"keys": {"api_key": "half"}})).await.expect_err("is no key");
    assert_eq!(refused.field.as_deref(), Some("keys"));
    let now = bench.listed().await.draft.expect("is there");
    assert_eq!(now.steps.len(), 3, "the right key is still there");
    // A make without an address of its own.
    let draft = bench.begin("rostelecom").await;
    let make: pbx::Make = "rostelecom".parse().expect("is a make");
    let keys: std::collections::BTreeMap<_, _> = make.secrets.iter().map(|it| (it.name, "a-key")).collect();
    let draft = bench.fill(&draft, json!({"keys": keys})).await.expect("the address is missing yet");
    assert!(bench.fill(&draft, json!({"address": "https://pbx.example.org"})).await.is_ok());
}

#[tokio::test]
async fn of_two_wizards_the_later_one_goes_on() {
    let bench = Bench::with(&[Make::MANGO_CLIENT, Make::ERA]).await;
    let first = bench.begin("mango-client").await;
    let second = bench.begin("era").await;
    let refused = bench.fill(&first, json!({"phone": "202"})).await.expect_err("another was begun");
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::NotFound, Some("draft")));
    assert!(bench.fill(&second, json!({"phone": "202"})).await.is_ok());
}

#[tokio::test]
async fn a_pbx_that_lists_its_phones_lets_one_choose() {
    let bench = Bench::with(&[Make::RINGCLOUD]).await;
    let draft = bench.begin("ringcloud").await;
    let draft = bench.fill(&draft, bench.right_fields(Make::RINGCLOUD)).await.expect("is right");
    let phones = bench.own.list_phones(of(&draft.connection)).await.expect("are listed").phones;
    assert!(phones.iter().any(|choice| choice.phone == ME), "{phones:?}");
}

#[tokio::test]
async fn a_check_once_more_within_the_minute_of_a_pbx_does_not_blame_its_address() {
    let bench = Bench::with(&[Make::RINGCLOUD]).await;
    let draft = bench.begin("ringcloud").await;
    let draft = bench.fill(&draft, bench.right_fields(Make::RINGCLOUD)).await.expect("is right");
    // It admits the same question once a minute, and this is one of those that the check asks.
    bench.own.list_phones(of(&draft.connection)).await.expect("are listed");
    for _ in 0..2 {
        let outcome = check(&bench, &draft, CheckStep::Key).await;
        assert!(outcome.ok, "{outcome:?}");
    }
    // The person sets the clock meanwhile, one way and the other.
    for (minutes, ok) in [(60, false), (0, true)] {
        bench.clock.minutes_ahead.store(minutes, std::sync::atomic::Ordering::SeqCst);
        assert!(check(&bench, &draft, CheckStep::Key).await.ok);
        let outcome = check(&bench, &draft, CheckStep::Clock).await;
        assert_eq!(outcome.ok, ok, "{outcome:?}");
    }
    // Another key is another question.
    let wrong = json!({"keys": {"password": "ffffffffffffffffffffffffffffffff"}});
    let draft = bench.fill(&draft, wrong).await.expect("looks right");
    let outcome = check(&bench, &draft, CheckStep::Key).await;
    assert_eq!((outcome.ok, outcome.finding), (false, CheckFinding::WrongKey), "{outcome:?}");
}

#[tokio::test]
async fn a_right_that_is_needed_and_missing_is_named_and_one_that_is_not_needed_stops_nothing() {
    let cases = [
        (KeyArea::Calls, false, CheckFinding::NotAdmitted, "read calls"),
        (KeyArea::Account, true, CheckFinding::Works, "read the balance"),
    ];
    for (area, ok, finding, right) in cases {
        let bench = Bench::with(&[Make::RINGCLOUD]).await;
        bench.simulator.fault(Fault::NoRight(area), true);
        let draft = bench.begin("ringcloud").await;
        let draft = bench.fill(&draft, bench.right_fields(Make::RINGCLOUD)).await.expect("is right");
        let outcome = check(&bench, &draft, CheckStep::Key).await;
        assert_eq!((outcome.ok, outcome.finding), (ok, finding), "{outcome:?}");
        assert_eq!(outcome.field, (!ok).then_some(CheckField::Keys));
        assert!(outcome.detail.contains(right), "{outcome:?}");
    }
}
