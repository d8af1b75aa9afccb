//! How an office stands.

use calls::ConnectionId;
use link::wire::{StagedCheck, Titles};

use crate::{
    contract::{ErrorCode, StagedCheckRequest},
    testing::{Bench, at},
};

#[tokio::test(start_paused = true)]
async fn the_certificate_for_a_vendors_account_is_the_offices_own_and_there_is_none_behind_a_proxy() {
    let bench = Bench::live().await;
    let connection: ConnectionId = "rt1".parse().unwrap();
    let request = |office: &str| StagedCheckRequest { office: office.into(), connection: connection.clone() };
    let check = |certificate: Option<&str>| StagedCheck {
        connection: connection.clone(),
        titles: Titles { ru: "Ростелеком".into(), en: "Rostelecom".into() },
        now: at(1),
        since: at(0),
        stages: Vec::new(),
        hook: None,
        test_host: None,
        host: "api.example.org".into(),
        certificate: certificate.map(str::to_owned),
        trial_until: None,
    };
    let pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    bench.office.proves(check(Some(pem)));
    assert_eq!(bench.desk.certificate(request("own")).await.unwrap(), pem);
    bench.office.proves(check(None));
    assert_eq!(bench.desk.certificate(request("own")).await.unwrap_err().code, ErrorCode::NotFound);
    assert_eq!(bench.desk.certificate(request("gone")).await.unwrap_err().code, ErrorCode::NotFound);
}
