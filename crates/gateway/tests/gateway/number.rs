//! Every case of `tests/cases/numbers.json` and `more-numbers.json`: as `trubka-gateway number` reads it, as a caller, as a contact.

use std::{
    collections::BTreeSet,
    env, fs,
    io::Write,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

use jiff::Timestamp;
use serde::Deserialize;
use serde_json::Value;
use uuid::Uuid;

use crate::{
    events::{call_id, event},
    rig::{Rig, Setup},
};

/// Warnings that doubt the number itself.
const DOUBTS: [&str; 3] = ["tooShort", "tooLong", "unrecognised"];

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    id: String,
    text: String,
    via: String,
    expect: Expect,
    #[serde(rename = "why")]
    _why: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default, rename_all = "camelCase")]
struct Expect {
    kind: Option<String>,
    kinds: Vec<String>,
    e164: Option<String>,
    digits: Option<String>,
    extension: Option<String>,
    post_dial: Option<String>,
    must_not_extension: Vec<String>,
    warns: Vec<String>,
    warns_any: Vec<String>,
    asks: bool,
    must_not: Vec<String>,
    never: Vec<String>,
    or_refused: bool,
    or_asks: bool,
    or_doubts: bool,
}

#[test]
fn every_case_is_read_as_it_says() {
    let cases = cases();
    // A line is a text; these hold none of their own.
    let texts: Vec<&str> = cases.iter().map(|case| case.text.as_str()).collect();
    let answers = read(&texts);
    assert_eq!(answers.len(), cases.len());
    let failures: Vec<String> = cases
        .iter()
        .zip(&answers)
        .filter_map(|(case, answer)| {
            let why = judge(&case.expect, answer)?;
            Some(format!("{} {:?}: {why}: {answer}", case.id, case.text))
        })
        .collect();
    assert!(failures.is_empty(), "{} of {}:\n{}", failures.len(), cases.len(), failures.join("\n"));
}

/// The numbers among the cases. `TRUBKA_CASES=DIR` takes them from elsewhere.
fn cases() -> Vec<Case> {
    let own = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/cases");
    let folder = env::var_os("TRUBKA_CASES").map_or_else(own, PathBuf::from);
    let read = |name: &str| {
        let file = folder.join(name);
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{}: {error}", file.display()));
        serde_json::from_str::<Vec<Case>>(&text).expect("cases")
    };
    let mut cases = read("numbers.json");
    // Cases from elsewhere may have no more than these.
    if folder.join("more-numbers.json").exists() {
        cases.extend(read("more-numbers.json"));
    }
    cases
}

/// The cases that come in this way.
fn cases_via(via: &str) -> Vec<Case> {
    let found: Vec<Case> = cases().into_iter().filter(|case| case.via == via).collect();
    assert!(!found.is_empty(), "no case comes in via {via}");
    found
}

/// What an incoming call from this number shows of its customer.
async fn customer(rig: &Rig, token: &str, session: &str, from: &str) -> Value {
    let mut event = event(session, "new", None, Timestamp::now());
    event["from_number"] = from.into();
    rig.tell(&[event]).await;
    rig.get(token, &format!("/v1/calls/{}", call_id(session))).await.json()["customer"].clone()
}

#[tokio::test]
async fn every_caller_of_a_webhook_is_stored_as_his_case_says() {
    let rig = Rig::new().await;
    let token = rig.manager().await;
    let mut failures = Vec::new();
    for case in cases_via("webhook") {
        let shown = customer(&rig, &token, &case.id, &case.text).await;
        let (number, expected) = (shown["number"].as_str(), case.expect.e164.as_deref());
        if number != expected && (expected.is_some() || case.expect.kind.as_deref() == Some("hidden")) {
            failures.push(format!("{} {:?}: {number:?}", case.id, case.text));
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    rig.stop().await;
}

#[tokio::test]
async fn every_contact_of_the_configuration_is_known_when_he_calls() {
    let cases = cases_via("contact");
    let contacts = cases.iter().map(|case| (case.text.clone(), case.id.clone())).collect();
    let rig = Rig::with(Setup { contacts, ..Setup::default() }).await;
    let token = rig.manager().await;
    for case in cases {
        let number = case.expect.e164.as_deref().expect("a contact has a number");
        let shown = customer(&rig, &token, &case.id, number).await;
        assert_eq!(shown["name"], *case.id, "{:?}", case.text);
    }
    rig.stop().await;
}

#[tokio::test]
async fn a_program_is_refused_what_a_person_would_be_asked_about() {
    let rig = Rig::new().await;
    let token = rig.agent("101").await;
    for to in ["(495) 123-45-67/68", "9 8 916 204-55-18", "8 495 123-45-67 доб. 12", "+74951234567,,1#", "привет"]
    {
        let command = serde_json::json!({"command": Uuid::new_v4(), "connection": "rt1", "to": to});
        let answer = rig.post(&token, "/v1/calls", &command).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &"to".into()), "{to}");
    }
    rig.stop().await;
}

#[test]
fn each_line_is_answered_whatever_it_holds() {
    let answers = read(&["8 (495) 123-45-67 доб. 12", "", "привет", "+74951234567,,1#", "sip:anna@pbx.example"]);
    assert_eq!(
        answers[0],
        serde_json::json!({"kind": "phone", "digits": "+74951234567", "display": "+7 495 123-45-67",
            "extension": "12", "warnings": [], "asks": false})
    );
    assert!(answers[1]["error"].is_string() && answers[2]["error"].is_string());
    assert_eq!(answers[3]["postDial"], "1#");
    assert_eq!((&answers[4]["kind"], &answers[4]["asks"]), (&Value::from("other"), &Value::from(true)));
}

/// The program's answers to these lines.
fn read(lines: &[&str]) -> Vec<Value> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_trubka-gateway"))
        .arg("number")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("it starts");
    let mut stdin = program.stdin.take().expect("piped");
    let text: String = lines.iter().map(|line| format!("{line}\n")).collect();
    let writing = std::thread::spawn(move || stdin.write_all(text.as_bytes()));
    let out = program.wait_with_output().expect("it ends");
    writing.join().expect("it ends").expect("all was read");
    assert!(out.status.success());
    String::from_utf8(out.stdout)
        .expect("text")
        .lines()
        .map(|line| serde_json::from_str(line).expect("a JSON object"))
        .collect()
}

/// Whether a question may be what is expected, or in place of it.
fn may_ask(expect: &Expect) -> bool {
    expect.asks || expect.or_asks || expect.or_refused || expect.or_doubts || !expect.must_not.is_empty()
}

/// What is wrong with an answer.
fn judge(expect: &Expect, answer: &Value) -> Option<String> {
    let kinds: Vec<&str> = expect.kind.iter().chain(&expect.kinds).map(String::as_str).collect();
    if answer["error"].is_string() {
        let fits = kinds.iter().any(|kind| matches!(*kind, "hidden" | "not-a-number" | "too-long"));
        return (!fits && !expect.or_refused).then(|| "refused".to_owned());
    }
    let text = |name: &str| answer[name].as_str();
    let digits = text("digits").unwrap_or_default();
    let asks = answer["asks"] == true;
    let warnings: BTreeSet<&str> = answer["warnings"].as_array()?.iter().filter_map(Value::as_str).collect();
    let doubts = DOUBTS.iter().any(|doubt| warnings.contains(doubt));
    if expect.never.iter().any(|never| never == digits) {
        return Some("never this number".to_owned());
    }
    if !asks && expect.must_not.iter().any(|never| never == digits) {
        return Some("not without asking".to_owned());
    }
    let (extension, post_dial) = (text("extension"), text("postDial"));
    if expect.must_not_extension.iter().any(|never| !asks && [extension, post_dial].contains(&Some(never))) {
        return Some("that is no extension".to_owned());
    }
    if expect.or_asks && asks || expect.or_doubts && doubts {
        return None;
    }
    let kind = match text("kind")? {
        "other" => "code",
        kind => kind,
    };
    let checks = [
        (kinds.contains(&kind), "another kind"),
        (expect.e164.as_ref().is_none_or(|e164| e164 == digits), "another number"),
        (expect.digits.as_ref().is_none_or(|expected| expected == digits), "other digits"),
        (expect.extension.is_none() || extension == expect.extension.as_deref(), "another extension"),
        (expect.post_dial.is_none() || post_dial == expect.post_dial.as_deref(), "other digits after the answer"),
        (expect.warns.iter().all(|warning| warnings.contains(warning.as_str())), "a warning is missing"),
        (
            expect.warns_any.is_empty() || expect.warns_any.iter().any(|warning| warnings.contains(warning.as_str())),
            "no such warning",
        ),
        (!expect.asks || asks, "does not ask"),
        (!asks || may_ask(expect), "asks without need"),
    ];
    checks.into_iter().find(|(holds, _)| !holds).map(|(_, why)| why.to_owned())
}
