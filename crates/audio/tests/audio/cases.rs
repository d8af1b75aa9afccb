//! The recordings among `tests/cases/*.json`, through the program. `TRUBKA_CASES=DIR` takes the cases from elsewhere.

use std::{
    fs,
    path::{Path, PathBuf},
};

use serde_json::Value;

use crate::program::{answer, run};

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

#[test]
fn every_recording_among_the_cases_is_read_as_it_says() {
    let folder = std::env::var_os("TRUBKA_CASES").map_or_else(|| repository().join("tests/cases"), PathBuf::from);
    let scratch = tempfile::tempdir().expect("a folder");
    let mut checked = 0;
    let mut failures = Vec::new();
    for entry in fs::read_dir(&folder).expect("the folder of cases") {
        let path = entry.expect("an entry").path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let case: Value = serde_json::from_slice(&fs::read(&path).expect("readable")).expect("JSON");
        if case["audio"].is_null() {
            continue;
        }
        checked += 1;
        let recording = scratch.path().join(case["audio"]["name"].as_str().expect("a name"));
        fs::write(&recording, parts(&case["audio"]["parts"])).expect("written");
        let said = answer(&run(&recording));
        for (name, expected) in case["expect"].as_object().expect("what is expected") {
            if !is_as(said.get(name), expected) {
                failures.push(format!("{}: {name}: {said} instead of {expected}", path.display()));
            }
        }
    }
    assert!(failures.is_empty(), "{failures:#?}");
    assert!(checked > 0, "no recordings in {}", folder.display());
}

/// The bytes that the parts of a case make.
fn parts(parts: &Value) -> Vec<u8> {
    let parts = parts.as_array().expect("parts");
    parts.iter().flat_map(|part| piece(part).repeat(part["times"].as_u64().unwrap_or(1) as usize)).collect()
}

fn piece(part: &Value) -> Vec<u8> {
    if let Some(text) = part["text"].as_str() {
        return text.as_bytes().to_vec();
    }
    if let Some(hex) = part["hex"].as_str() {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hex");
        return (0..hex.len()).step_by(2).map(byte).collect();
    }
    if let Some(zeros) = part["zeros"].as_u64() {
        return vec![0; zeros as usize];
    }
    let name = part["file"].as_str().unwrap_or_else(|| panic!("a part that nothing here makes: {part}"));
    let mut bytes = fs::read(repository().join("crates/simulator/recordings").join(name)).expect("a sample call");
    bytes.truncate(part["length"].as_u64().map_or(bytes.len(), |length| length as usize));
    bytes
}

/// Whether a value is as a case expects it.
fn is_as(value: Option<&Value>, expected: &Value) -> bool {
    let Some(rule) = expected.as_object() else { return value == Some(expected) };
    rule.iter().all(|(name, given)| match name.as_str() {
        "absent" => value.is_none(),
        "not" => value != Some(given),
        "oneOf" => given.as_array().is_some_and(|all| value.is_some_and(|value| all.contains(value))),
        "from" => value.and_then(Value::as_f64) >= given.as_f64(),
        "to" => value.and_then(Value::as_f64).is_some_and(|value| Some(value) <= given.as_f64()),
        other => panic!("a rule that nothing here checks: {other}"),
    })
}
