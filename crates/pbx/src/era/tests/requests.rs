//! Requests and answers, over HTTP and over the socket.

use ::calls::{CommandAnswer, CommandId, RecordingReference};
use serde_json::{Value, json};
use uuid::Uuid;

use super::{answer, configured};
use crate::{
    error::ErrorKind,
    query::{Query, QueryStep, Reply},
    request::Request,
    session::WHOLE_ACCOUNT,
    traits::{Pbx, RecordingStep},
};

fn command() -> CommandId {
    CommandId(Uuid::nil())
}

fn body(request: &Request) -> Value {
    serde_json::from_slice(&request.body).expect("JSON")
}

#[test]
fn a_call_is_placed_over_rest_or_over_the_socket() {
    let rest = configured(&[]).originate(command(), "101", "+79161234567").expect("a request");
    assert_eq!((rest.method.as_str(), rest.url.as_str()), ("POST", "https://pbx.example/rest/v1/uc/calls"));
    assert_eq!(
        (body(&rest), rest.signed, rest.idempotent),
        (json!({"owner": "101", "number": "+79161234567"}), true, false)
    );
    let ccs = configured(&[("commands", "ccs")]).originate(command(), "101", "+79161234567").expect("a request");
    assert_eq!(body(&ccs), json!(["new_invite", {"owner": "101", "number": "+79161234567"}]));
    assert_eq!(ccs.session.as_deref(), Some(WHOLE_ACCOUNT));
    let named = configured(&[("parameter.number", "target"), ("path.calls", "/rest/v1/user/sip/calls")]);
    let named = named.originate(command(), "101", "+79161234567").expect("a request");
    assert_eq!(
        (named.url.path(), body(&named)),
        ("/rest/v1/user/sip/calls", json!({"owner": "101", "target": "+79161234567"}))
    );
    for (from, to) in [("", "+79161234567"), ("1 01", "+79161234567"), ("101", "sip:x@y.example")] {
        assert!(configured(&[]).originate(command(), from, to).expect_err("refused").unsent(), "{from} {to}");
    }
}

#[test]
fn the_token_goes_in_a_header_that_is_marked_as_secret() {
    let era = configured(&[]);
    let mut request = era.check().expect("a request");
    era.sign(&mut request).expect("signed");
    let header = &request.headers["authorization"];
    assert!(header.is_sensitive() && header == "Bearer s3cret");
}

#[test]
fn an_answer_may_name_the_call_in_several_ways() {
    let read = |status, text: &str| configured(&[]).read_originate(command(), &answer(status, text));
    let accepted = |call: Option<&str>| CommandAnswer::Accepted {
        command: command(),
        vendor_call: call.map(str::to_owned),
        doubt: None,
    };
    for text in [
        r#"{"connectionid":"c1.17"}"#,
        r#"{"id":"c1"}"#,
        r#"{"qid":"1","result":{"idconn":"c1.17"}}"#,
        r#"{"cid":"c1"}"#,
    ] {
        assert_eq!(read(200, text), accepted(Some("c1")), "{text}");
    }
    for text in ["", "{}", r#"{"result":"ok"}"#, "[]"] {
        assert_eq!(read(201, text), accepted(None), "{text}");
    }
    for (status, text) in [(400, ""), (403, ""), (200, r#"{"result":"error","error_message":"no device"}"#), (404, "")]
    {
        assert!(matches!(read(status, text), CommandAnswer::Rejected { .. }), "{status} {text}");
    }
    for (status, text) in [(500, ""), (504, "<html>"), (200, r#"{"result":"error","error_code":"timeout"}"#)] {
        assert_eq!(read(status, text), CommandAnswer::Unknown { command: command() }, "{status} {text}");
    }
}

#[test]
fn a_recording_is_asked_for_by_its_key_each_time() {
    let era = configured(&[]);
    let reference = RecordingReference::Id("s3:main/1.mp3".to_owned());
    let Ok(RecordingStep::Ask(ask)) = era.recording("c1", &reference, super::received()) else { panic!("no question") };
    assert_eq!(body(&ask), json!(["callrecord_get_path", {"key": "s3:main/1.mp3"}]));
    for (text, kind) in [
        (r#"{"result":"error","error_code":404}"#, ErrorKind::NotReady),
        (r#"{"result":"error","error_code":1404,"error_message":"no such key"}"#, ErrorKind::NotReady),
        (r#"{"result":"error","error_code":410}"#, ErrorKind::Gone),
        (r#"{"result":"error","error_code":403}"#, ErrorKind::Forbidden),
        (r#"{"result":"ok"}"#, ErrorKind::Protocol),
        (r#"{"result":"//evil.example/x"}"#, ErrorKind::Protocol),
        (r#"{"result":"https://evil.example/x"}"#, ErrorKind::Protocol),
        ("", ErrorKind::Protocol),
    ] {
        assert_eq!(era.read_recording(&answer(200, text)).expect_err(text).kind(), kind, "{text}");
    }
    let link = RecordingReference::Link("https://pbx.example/temp/1.mp3".to_owned());
    assert_eq!(era.recording("c1", &link, super::received()).expect_err("no key").kind(), ErrorKind::NotFound);
    let barred = configured(&[("transport", "rest")]);
    let error = barred.recording("c1", &reference, super::received()).expect_err("no socket");
    assert_eq!(error.kind(), ErrorKind::Unsupported);
}

#[test]
fn a_phone_is_registered_or_not_and_unknown_ones_are_said_so() {
    let era = configured(&[]);
    let one = Query::Status("101".to_owned());
    let ask = era.query(&one).expect("a request");
    let filter = ask.url.query_pairs().find(|(name, _)| name == "filter").expect("a filter").1.into_owned();
    assert_eq!((ask.url.path(), ask.signed, ask.idempotent), ("/rest/v1/uc/sipuser_states", true, true));
    assert_eq!(filter, r#"["==",["property","username"],"101"]"#);
    let told = |query: &Query, text: &str| match era.read_query(query, &answer(200, text)) {
        Ok(QueryStep::Done(reply)) => Ok(reply),
        Ok(more) => panic!("nothing more is asked: {more:?}"),
        Err(error) => Err(error.kind()),
    };
    let all = r#"[{"id":"1","username":"101","status":"Online"},{"id":"2","username":"102","status":"offline"}]"#;
    assert_eq!(told(&one, all), Ok(Reply::Registered(true)));
    assert_eq!(
        told(&Query::Status("102".to_owned()), &format!(r#"{{"content":{all}}}"#)),
        Ok(Reply::Registered(false))
    );
    assert_eq!(told(&one, "[]"), Err(ErrorKind::NotFound));
    assert_eq!(told(&one, "<html>"), Err(ErrorKind::Protocol));
    assert_eq!(told(&one, r#"{"result":"error","error_code":403}"#), Err(ErrorKind::Forbidden));
    assert_eq!(era.query(&Query::Lines).expect("a request").url.query(), None);
    let Ok(Reply::Lines(lines)) = told(&Query::Lines, all) else { panic!("lines") };
    assert_eq!(lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["101", "102"]);
    assert!(era.query(&Query::Balance).expect_err("not in the pages").unsent());
}

#[test]
fn the_check_tells_a_wrong_token_from_a_wrong_address() {
    let check = |status, text: &str| configured(&[]).read_check(&answer(status, text)).map_err(|error| error.kind());
    assert_eq!(check(200, "[]"), Ok(()));
    assert_eq!(check(401, ""), Err(ErrorKind::Unauthorized));
    assert_eq!(check(403, r#"{"message":"no rights"}"#), Err(ErrorKind::Forbidden));
    assert_eq!(["", "<html>"].map(|text| check(403, text)), [Err(ErrorKind::Unauthorized); 2], "without a word");
    assert_eq!(check(200, "<html>"), Err(ErrorKind::Protocol));
}
