//! Signing, verifying and parsing against vectors in the shape of `vectors/*.json`.
//!
//! `TRUBKA_VECTORS=DIR` takes them from elsewhere. Every vector found is checked; a file or a kind of vector that
//! nothing here checks fails, so that no vector is ever passed over in silence.

mod commands;
mod era;
mod fixtures;
mod mango_vpbx;
mod pages;
mod ringcloud;
mod rostelecom;
mod values;
mod vectors;
mod zadarma;

use serde_json::json;

use crate::vectors::{Report, check_text};

fn check(name: &str, file: &serde_json::Value, report: &mut Report) {
    check_text(name, &file.to_string(), report);
}

#[test]
fn conformance_of_every_vector_found() {
    let directory = vectors::directory();
    let mut report = Report::default();
    let files = vectors::files(&directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for (name, text) in files {
        check_text(&name, &text, &mut report);
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
    check("asterisk-vectors.json", &json!({"request_vectors": [{"id": "as-01"}]}), &mut report);
    assert_eq!(report.failures(), ["asterisk-vectors.json: nothing here checks vectors of this PBX"]);
}

#[test]
fn conformance_names_a_kind_that_nothing_checks() {
    let mut report = Report::default();
    let file = json!({"title": "x", "sign": [], "history": [{"id": "rt-h01"}]});
    check("rostelecom-more.json", &file, &mut report);
    assert_eq!(report.failures(), ["rostelecom-more.json: nothing here checks vectors of the kind \"history\""]);
}

#[test]
fn conformance_names_members_that_it_cannot_check() {
    let failures = |name: &str, file: serde_json::Value| {
        let mut report = Report::default();
        check(name, &file, &mut report);
        report.failures().to_vec()
    };
    let file = json!({"title": "x", "edition": 2, "history": {"id": "rt-h01"}, "sign": ["rt-01"], "verify": []});
    let neither =
        |kind| format!("rostelecom-more.json: \"{kind}\" is neither a text about the vectors nor an array of them");
    assert_eq!(failures("rostelecom-more.json", file), [neither("history"), neither("sign")]);
    let listed = failures("rostelecom-more.json", json!([{"id": "rt-01"}]));
    assert_eq!(listed, ["rostelecom-more.json: must be an object with the vectors of each kind under its name"]);
}

#[test]
fn conformance_finds_files_in_folders_below() {
    let directory = tempfile::tempdir().expect("a folder");
    std::fs::create_dir_all(directory.path().join("more/still")).expect("folders");
    std::fs::write(directory.path().join("a.json"), "{}").expect("written");
    std::fs::write(directory.path().join("more/still/b.JSON"), "{}").expect("written");
    let found: Vec<String> =
        vectors::files(directory.path()).expect("readable").into_iter().map(|(name, _)| name).collect();
    assert_eq!(found, ["a.json", "more/still/b.JSON"]);
}

#[test]
fn conformance_takes_values_as_the_product_does() {
    let file = json!({"parse": [
        {"id": "rt-y1", "field": "number", "raw": 79771234567_i64, "user": "79771234567", "is_phone": true},
        {"id": "rt-y2", "field": "timestamp", "raw": 1524495689214_i64, "value": "2018-04-23 15:01:29.214"},
        {"id": "rt-y3", "field": "timestamp", "raw": "2018-04-23 15:01:29.214", "value": 1524495689214_i64},
        {"id": "rt-y4", "field": "state", "raw": "", "value": ""},
        {"id": "rt-y5", "field": "state", "raw": null, "value": ""},
        {"id": "rt-y6", "field": "from_pin", "raw": "", "value": ""},
        {"id": "rt-y7", "field": "from_pin", "raw": 317, "value": "317"},
        {"id": "rt-y8", "field": "from_number", "raw": "", "user": "", "is_phone": false},
        {"id": "rt-y9", "field": "is_record", "raw": "", "value": null},
    ]});
    let mut report = Report::default();
    check("rostelecom-y.json", &file, &mut report);
    report.assert_clean();
    assert_eq!(report.checked(), 9);
}

#[test]
fn conformance_names_a_vector_that_does_not_hold() {
    let mut report = Report::default();
    let file = json!({
        "sign": [{"id": "rt-x1", "client_id": "a", "client_key": "b", "body": "{}", "x_client_sign": "00"}],
        "verify": [{"id": "rt-x2", "client_id": "a", "client_key": "b", "body": "{}", "received_sign": "00", "accept": true}],
        "parse": [{"id": "rt-x3", "field": "state", "raw": "new", "value": "old"}, {"id": "rt-x4", "field": "colour"}],
    });
    check("rostelecom-x.json", &file, &mut report);
    let named: Vec<bool> =
        (1..=4).map(|n| report.failures().iter().any(|line| line.contains(&format!("rt-x{n}")))).collect();
    assert_eq!(named, [true; 4], "{:?}", report.failures());
}

#[test]
fn conformance_names_what_it_cannot_check_of_zadarma() {
    let mut report = Report::default();
    let file = json!({
        "user_key": "a", "secret": "b", "algorithm": {"request": "x"}, "canonical_query_rules": ["x"], "more": ["x"],
        "history_vectors": [{"id": "zd-x1"}],
        "zd_echo_vectors": [{"id": "zd-x2", "request_query": "zd_echo=1", "expected_status": 200, "expected_body": "2"}],
        "webhook_vectors": [{"id": "zd-x3", "event": "SMS", "form_body": "event=SMS&result=1", "signature_header": "00"}],
        "request_vectors": [{"id": "zd-x4", "http_method": "GET", "path": "/v1/", "params": {}, "canonical_query": "a=1"}],
    });
    check("zadarma-x.json", &file, &mut report);
    let named = |part: &str| report.failures().iter().any(|line| line.contains(part));
    let all = ["zd-x1", "zd-x2", "zd-x3", "zd-x4", "\"more\""].map(named);
    assert_eq!((all, report.failures().len()), ([true; 5], 5), "{:?}", report.failures());
}
