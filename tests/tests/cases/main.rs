//! The files of `tests/cases`: what others' programs were reported to get wrong, tried on this one.
//!
//! `TRUBKA_CASES=DIR` takes them from elsewhere. Every file found is read; one that nothing checks fails by its name.

#![expect(clippy::disallowed_methods, reason = "these tests talk over real sockets, by the computer's clock")]
#![expect(clippy::expect_used, reason = "tests")]

mod desks;
mod expect;
mod file;
mod gateway;
mod http;
mod matching;
mod requests;
mod run;
mod template;

use std::{
    env, fs,
    path::{Path, PathBuf},
};

use futures_util::{StreamExt, stream};
use serde_json::Value;

use crate::file::Case;

/// Cases that run side by side.
const SIDE_BY_SIDE: usize = 6;

/// What a file holds.
enum Kind {
    /// Requests to a gateway; they are made here.
    Requests(Box<Case>),
    /// A recording; the tests of `trubka-audio` read it.
    Recording,
    /// Numbers as people write them, or names to be found; the tests of the number reader and of the search read them.
    Texts,
}

#[tokio::test(flavor = "multi_thread")]
async fn cases_of_every_file_found() {
    let folder = folder();
    let mut failures = Vec::new();
    let mut cases = Vec::new();
    let files = files(&folder);
    assert!(!files.is_empty(), "no cases in {}", folder.display());
    for path in files {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        match read(&path) {
            Ok(Kind::Requests(case)) => cases.push(case),
            Ok(Kind::Recording | Kind::Texts) => {}
            Err(why) => failures.push(format!("{name}: {why}")),
        }
    }
    let count = cases.len();
    let running = cases.into_iter().map(|case| {
        tokio::spawn(async move {
            let outcome = run::run(&case).await;
            (case.id, outcome)
        })
    });
    let outcomes: Vec<_> = stream::iter(running).buffer_unordered(SIDE_BY_SIDE).collect().await;
    for outcome in outcomes {
        let (id, outcome) = outcome.expect("a case ends");
        if let Err(why) = outcome {
            failures.push(format!("{id}: {why}"));
        }
    }
    failures.sort();
    assert!(failures.is_empty(), "{} of {count} cases:\n{}", failures.len(), failures.join("\n"));
}

fn read(path: &Path) -> Result<Kind, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    let value: Value = serde_json::from_str(&text).map_err(|error| format!("is not JSON: {error}"))?;
    kind(value)
}

fn kind(value: Value) -> Result<Kind, String> {
    const NOTHING: &str = "nothing here checks a file of this kind";
    match &value {
        Value::Object(members) if members.contains_key("requests") => {
            serde_json::from_value(value).map(|case| Kind::Requests(Box::new(case))).map_err(|error| error.to_string())
        }
        Value::Object(members) if members.contains_key("audio") => Ok(Kind::Recording),
        Value::Array(all) if !all.is_empty() => {
            let has = |member: &str| all.iter().all(|one| one.get(member).is_some());
            if has("via") || has("query") { Ok(Kind::Texts) } else { Err(NOTHING.to_owned()) }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) | Value::Object(_) => {
            Err(NOTHING.to_owned())
        }
    }
}

/// Where the cases are: `TRUBKA_CASES`, relative to the workspace as people write it, or the project's own.
fn folder() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    match env::var_os("TRUBKA_CASES") {
        Some(given) if !given.is_empty() => {
            let given = PathBuf::from(given);
            let in_workspace = package.join("..").join(&given);
            if in_workspace.is_dir() { in_workspace } else { given }
        }
        Some(_) | None => package.join("cases"),
    }
}

/// Every JSON file of a folder and of those below it.
fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut found = Vec::new();
    for entry in entries {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("json")) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[test]
fn a_file_that_nothing_checks_is_refused() {
    for text in ["{}", "[]", "7", r#"[{"id": "a"}]"#, r#"{"id": "a", "frames": []}"#] {
        assert!(kind(serde_json::from_str(text).expect("JSON")).is_err(), "{text}");
    }
    let unknown_member = r#"{"id": "a", "title": "", "why": "", "requests": [{"bodi": {}}], "expect": []}"#;
    assert!(kind(serde_json::from_str(unknown_member).expect("JSON")).is_err());
}
