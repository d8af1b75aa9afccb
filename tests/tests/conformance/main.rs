//! Signing, verifying and parsing against vectors in the shape of `vectors/*.json`.
//!
//! `TRUBKA_VECTORS=DIR` takes them from elsewhere. Every vector found is checked; a file or a kind of vector that
//! nothing here checks fails, so that no vector is ever passed over in silence.

mod fixtures;
mod readme;
mod rostelecom;
mod vectors;

use serde_json::json;

use crate::vectors::{Report, check_file};

#[test]
fn conformance_of_every_vector_found() {
    let directory = vectors::directory();
    let mut report = Report::default();
    let files = vectors::files(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for (name, text) in files {
        match serde_json::from_str(&text) {
            Ok(file) => check_file(&name, &file, &mut report),
            Err(error) => report.fail(&name, &format!("is not JSON: {error}")),
        }
    }
    report.assert_clean();
    assert!(report.checked() > 0, "no vectors in {}", directory.display());
}

#[test]
fn conformance_of_every_fixture() {
    let mut report = Report::default();
    fixtures::check_all(&mut report);
    report.assert_clean();
    assert!(report.checked() >= 10, "only {} fixtures", report.checked());
}

#[test]
fn conformance_names_a_file_that_nothing_checks() {
    let mut report = Report::default();
    check_file("zadarma-vectors.json", &json!({"request_vectors": [{"id": "zd-01"}]}), &mut report);
    assert_eq!(report.failures(), ["zadarma-vectors.json: nothing here checks vectors of this PBX"]);
}

#[test]
fn conformance_names_a_kind_that_nothing_checks() {
    let mut report = Report::default();
    let file = json!({"title": "x", "sign": [], "history": [{"id": "rt-h01"}]});
    check_file("rostelecom-more.json", &file, &mut report);
    assert_eq!(report.failures(), ["rostelecom-more.json: nothing here checks vectors of the kind \"history\""]);
}

#[test]
fn conformance_names_a_vector_that_does_not_hold() {
    let mut report = Report::default();
    let file = json!({
        "sign": [{"id": "rt-x1", "client_id": "a", "client_key": "b", "body": "{}", "x_client_sign": "00"}],
        "verify": [{"id": "rt-x2", "client_id": "a", "client_key": "b", "body": "{}", "received_sign": "00", "accept": true}],
        "parse": [{"id": "rt-x3", "field": "state", "raw": "new", "value": "old"}, {"id": "rt-x4", "field": "colour"}],
    });
    check_file("rostelecom-x.json", &file, &mut report);
    let named: Vec<bool> =
        (1..=4).map(|n| report.failures().iter().any(|line| line.contains(&format!("rt-x{n}")))).collect();
    assert_eq!(named, [true; 4], "{:?}", report.failures());
}
