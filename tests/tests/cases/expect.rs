//! What is to be seen after the requests of a case.

use std::time::{Duration, Instant};

use data_encoding::BASE32_NOPAD;
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::{
    desks::Desks,
    file::{Dialled, Expectation},
    gateway::Served,
    http, matching, template,
};

/// How long an expectation is waited for when it does not say.
const PATIENCE: Duration = Duration::from_secs(10);
/// Between two looks.
const LOOK: Duration = Duration::from_millis(25);

/// A state that was stored is told within that time, so what did not ring by then does not.
const QUIET: Duration = Duration::from_millis(300);

/// Looks until the expectation holds; what is wrong in the end.
pub(crate) async fn check(served: &Served, desks: &Desks, expectation: &Expectation) -> Result<(), String> {
    let patience = expectation.within.map_or(PATIENCE, Duration::from_secs_f64);
    if expectation.rang == Some(false) {
        tokio::time::sleep(QUIET).await;
    }
    let began = Instant::now();
    loop {
        let outcome = look(served, desks, expectation).await;
        if outcome.is_ok() || began.elapsed() >= patience {
            return outcome;
        }
        tokio::time::sleep(LOOK).await;
    }
}

async fn look(served: &Served, desks: &Desks, expectation: &Expectation) -> Result<(), String> {
    let Expectation { call, is, calls, desk, rang, last, dialled, within: _ } = expectation;
    match (call, is, calls, desk, dialled) {
        (Some(call), Some(is), None, None, None) if rang.is_none() && last.is_none() => {
            let shown = shown(served, desks, &format!("/v1/calls/{}", call_id(call))).await?;
            let is = template::fill_all(&Value::Object(is.clone()))?;
            matching::holds(&shown, is.as_object().expect("stays one")).map_err(|why| format!("call {call}: {why}"))
        }
        (None, None, Some(count), None, None) if rang.is_none() && last.is_none() => {
            let shown = shown(served, desks, "/v1/calls?limit=500").await?;
            let found = shown["calls"].as_array().map_or(0, Vec::len) as u64;
            if found == *count { Ok(()) } else { Err(format!("there are {found} calls, and must be {count}")) }
        }
        (Some(call), None, None, Some(desk), None) if rang.is_some() || last.is_some() => {
            let told = desks.told(desk, &call_id(call))?.unwrap_or_default();
            if rang.is_some_and(|rang| rang != told.rang) {
                return Err(format!("call {call} {} for {desk}", if told.rang { "rang" } else { "did not ring" }));
            }
            let Some(last) = last else { return Ok(()) };
            matching::holds(&told.last, last).map_err(|why| format!("call {call} as {desk} was told last: {why}"))
        }
        (None, None, None, None, Some(wanted)) => dialled_as(&served.vendor.calls_asked_for(), wanted),
        _ => Err(format!("nothing here checks {expectation:?}")),
    }
}

async fn shown(served: &Served, desks: &Desks, path: &str) -> Result<Value, String> {
    let bearer = ("Authorization".to_owned(), format!("Bearer {}", desks.token("boss")?));
    let answer = http::send(served.address, &http::write("GET", path, &[bearer], b"")).await?;
    if answer.status == 200 { answer.json() } else { Err(format!("{path} is answered {}", answer.status)) }
}

/// The identity of the call of a session, written down a second time.
fn call_id(session: &str) -> String {
    let digest = Sha256::digest(format!("rt1\0{session}"));
    BASE32_NOPAD.encode(&digest[..16]).to_ascii_lowercase()
}

fn dialled_as(asked: &[String], wanted: &Dialled) -> Result<(), String> {
    let same = |one: &str, other: &str| one.trim_start_matches('+') == other.trim_start_matches('+');
    let among = |all: &[String], number: &str| all.iter().any(|one| same(one, number));
    if let Some(number) = wanted.never.iter().find(|number| among(asked, number)) {
        return Err(format!("{number} was dialled"));
    }
    let other = wanted.only.as_ref().and_then(|only| asked.iter().find(|number| !among(only, number)));
    other.map_or(Ok(()), |number| Err(format!("{number} was dialled, and may be only {:?}", wanted.only)))
}

#[test]
fn numbers_are_the_same_with_and_without_a_plus() {
    let wanted = |never: &[&str], only: Option<&[&str]>| Dialled {
        never: never.iter().map(ToString::to_string).collect(),
        only: only.map(|only| only.iter().map(ToString::to_string).collect()),
    };
    let asked = ["79001234567".to_owned()];
    assert!(dialled_as(&asked, &wanted(&["+79001234567"], None)).is_err());
    assert!(dialled_as(&asked, &wanted(&["+79001234568"], Some(&["+79001234567"]))).is_ok());
    assert!(dialled_as(&asked, &wanted(&[], Some(&[]))).is_err());
    assert!(dialled_as(&[], &wanted(&["+79001234567"], Some(&["+79001234567"]))).is_ok());
}
