//! The make by its wire: signatures, requests, answers, notifications.

mod account;
mod statistics;
mod tracking;

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{CallResult, CommandAnswer, CommandId, Direction, Effect, RecordingReference, Source};
use jiff::tz::TimeZone;
use secrecy::SecretString;
use uuid::Uuid;

use crate::{
    Answer, ConnectionConfig, DecodeContext, Decoded, ErrorKind, Make, Pbx, Query, QueryStep, RecordingStep, Refusal,
    Reply, Route, VerifyError, WebhookReply, WebhookRequest,
};

const CALL: &str = "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d";

fn pbx(overrides: &[(&str, &str)]) -> Box<dyn Pbx> {
    made(super::MAKE, overrides).expect("a make")
}

fn made(make: Make, overrides: &[(&str, &str)]) -> Result<Box<dyn Pbx>, crate::ConfigError> {
    let secrets = [("key", "a1b2c3d4e5f60718293a"), ("secret", "0f1e2d3c4b5a69788796")];
    crate::build(&ConnectionConfig {
        id: "zd1".parse().expect("an id"),
        make,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: overrides
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect::<BTreeMap<_, _>>(),
    })
}

fn webhook(method: &str, path: &str, headers: &[(&str, &str)], body: &str) -> WebhookRequest {
    WebhookRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

fn decode(body: &str) -> Decoded {
    let mut request = webhook("POST", "", &[("Content-Type", "application/x-www-form-urlencoded")], body);
    let pbx = pbx(&[]);
    pbx.sign_webhook(&mut request).expect("signed");
    let verified = pbx.verify(&request).expect("authentic");
    let received_at = "2026-01-15T07:00:02Z".parse().expect("a time");
    let zone = TimeZone::get("Europe/Moscow").expect("a zone");
    pbx.decode(verified, &DecodeContext { received_at, zone, source: Source::Webhook })
}

fn effects(body: &str) -> Vec<Effect> {
    let decoded = decode(body);
    assert_eq!((decoded.events.len(), decoded.reply.status), (1, 200), "{body}");
    decoded.events.into_iter().flat_map(|event| event.effects).collect()
}

#[test]
fn the_address_check_is_answered_with_what_it_says() {
    let check = |method: &str, path: &str, body: &str| pbx(&[]).address_check(&webhook(method, path, &[], body));
    let says = |status, text: &str| {
        Some(WebhookReply { status, content_type: "text/plain", body: Bytes::copy_from_slice(text.as_bytes()) })
    };
    let longest = "a".repeat(64);
    for echo in ["abc123XYZ", "a_b-c", &longest] {
        assert_eq!(check("GET", &format!("?zd_echo={echo}"), ""), says(200, echo));
        assert_eq!(check("POST", "/", &format!("zd_echo={echo}")), says(200, echo));
        assert_eq!(check("POST", &format!("/?a=b&zd_echo={echo}"), ""), says(200, echo));
    }
    for echo in ["", "<b>", "a%0Ab", "a+b", "1&zd_echo=2", "п", &"a".repeat(65)] {
        assert_eq!(check("GET", &format!("/?zd_echo={echo}"), ""), says(400, ""), "{echo}");
    }
    assert_eq!(check("GET", "/?other=1", ""), None);
    assert_eq!(check("POST", "/?zd_echo=1", "event=NOTIFY_START"), None, "a notification is one wherever it goes");
}

#[test]
fn only_what_the_secret_signed_is_accepted() {
    let body =
        "event=NOTIFY_START&call_start=2026-01-15+10%3A00%3A00&caller_id=%2B442037691880&called_did=442037691881";
    let (digits, code) = ("NWNkYzAzMzg1ZTNkYjJmNWI5ZmMyZTYwZTVhZDg3ZThiMGQwMTZlZQ==", "XNwDOF49svW5/C5g5a2H6LDQFu4=");
    let verify =
        |headers: &[(&str, &str)], body: &str| pbx(&[]).verify(&webhook("POST", "", headers, body)).map(|_| ());
    let upper = data_encoding::BASE64.encode(b"5CDC03385E3DB2F5B9FC2E60E5AD87E8B0D016EE");
    for signature in [digits, code, &upper] {
        assert_eq!(verify(&[("signature", signature)], body), Ok(()), "{signature}");
    }
    assert_eq!(verify(&[("Signature", digits)], &body.replace("START", "END")), Ok(()), "the event is not signed");
    let malformed = Err(VerifyError::Malformed("an HMAC-SHA1 in Base64"));
    for signature in ["0", "NWNk", "5cdc03385e3db2f5b9fc2e60e5ad87e8b0d016ee", &digits.replace("==", "")] {
        assert_eq!(verify(&[("Signature", signature)], body), malformed, "{signature}");
    }
    let other = code.replacen('X', "Y", 1);
    assert_eq!(verify(&[("Signature", &other)], body), Err(VerifyError::Mismatch));
    assert_eq!(verify(&[], body), Err(VerifyError::Missing("Signature")));
    assert_eq!(verify(&[("Signature", "")], body), Err(VerifyError::Missing("Signature")));
    assert_eq!(verify(&[("Signature", digits), ("signature", digits)], body), Err(VerifyError::Repeated("Signature")));
    assert_eq!(verify(&[("Signature", digits)], &format!("{body}&caller_id=1")), Err(VerifyError::RepeatedField));
    let json = [("Signature", digits), ("Content-Type", "application/json")];
    assert_eq!(verify(&json, body), Err(VerifyError::NotAForm));
    assert_eq!(verify(&[("Signature", digits)], "event=NOTIFY_START"), Err(VerifyError::Mismatch), "nothing is signed");
}

#[test]
fn every_signed_bit_counts() {
    let body = b"event=NOTIFY_RECORD&call_id_with_rec=1458313316.343456&pbx_call_id=in_0001".to_vec();
    let mut request = webhook("POST", "", &[], "");
    request.body = Bytes::from(body.clone());
    pbx(&[]).sign_webhook(&mut request).expect("signed");
    let values = body.iter().position(|byte| *byte == b'&').expect("a second field");
    for place in values..body.len() {
        for bit in 0..8 {
            let mut changed = body.clone();
            changed[place] ^= 1_u8 << bit;
            // Where both mean the same.
            if changed[place].eq_ignore_ascii_case(&b'%') {
                continue;
            }
            let forged = WebhookRequest { body: Bytes::from(changed), ..request.clone() };
            assert!(pbx(&[]).verify(&forged).is_err(), "{:?}", String::from_utf8_lossy(&forged.body));
        }
    }
}

#[test]
fn what_is_not_known_is_kept_and_changes_nothing() {
    let bodies = [
        "event=SMS&result=%7B%22text%22%3A%221%22%7D",
        "event=CALL_TRACKING&result=%5B%5D",
        "event=NUMBER_LOOKUP&success=true&result=%5B%5D",
        "event=NOTIFY_SOMETHING&pbx_call_id=in_1&caller_id=1",
        "event=DOCUMENT&result=%7B%7D",
        "event=NOTIFY_START&caller_id=%2B442037691880",
        "event=NOTIFY_ANSWER&pbx_call_id=&destination=1",
        "caller_id=1&called_did=2",
    ];
    for body in bodies {
        let decoded = decode(body);
        let [event] = decoded.events.as_slice() else { panic!("{body}") };
        assert!(matches!(event.effects.as_slice(), [Effect::Unknown { .. }]), "{body}: {:?}", event.effects);
        assert_eq!(event.call, None, "{body}");
    }
}

#[test]
fn the_notification_of_2015_is_a_call_of_its_own() {
    let body = "caller_id=442037691880&called_did=442037691881&callstart=2026-01-15+10%3A00%3A00";
    let decoded = decode(body);
    let event = &decoded.events[0];
    assert!(matches!(&event.effects[0], Effect::CallCreated { direction: Direction::Incoming, .. }), "{event:?}");
    assert_eq!(event.time.as_ref().map(|time| time.utc), Some("2026-01-15T07:00:00Z".parse().expect("a time")));
    assert_ne!(event.call, decode(&body.replace("880", "882")).events[0].call);
}

#[test]
fn every_disposition_has_its_result() {
    let result = |event: &str, disposition: &str| {
        let call = if event == "NOTIFY_END" { CALL } else { "out_1" };
        let body = format!(
            "event={event}&pbx_call_id={call}&caller_id=1&called_did=2&internal=100&destination=442037691880&disposition={disposition}"
        );
        let ended = effects(&body)
            .into_iter()
            .find_map(|effect| if let Effect::CallEnded { result, .. } = effect { Some(result) } else { None });
        ended.expect("an end")
    };
    let cases = [
        ("answered", CallResult::Answered, CallResult::Answered),
        ("Answered", CallResult::Answered, CallResult::Answered),
        ("busy", CallResult::Missed, CallResult::Busy),
        ("cancel", CallResult::Missed, CallResult::Cancelled),
        ("no+answer", CallResult::Missed, CallResult::NoAnswer),
        ("failed", CallResult::Missed, CallResult::Failed),
        ("call+failed", CallResult::Missed, CallResult::Failed),
        ("no+money", CallResult::Missed, CallResult::Failed),
        ("unallocated+number", CallResult::Missed, CallResult::Failed),
        ("no+limit", CallResult::Missed, CallResult::Failed),
        ("no+day+limit", CallResult::Missed, CallResult::Failed),
        ("line+limit", CallResult::Missed, CallResult::Failed),
        ("no+money%2C+no+limit", CallResult::Missed, CallResult::Failed),
        ("%F0%9F%8E%89", CallResult::Missed, CallResult::Failed),
    ];
    for (disposition, incoming, outgoing) in cases {
        assert_eq!(result("NOTIFY_END", disposition), Some(incoming), "{disposition}");
        assert_eq!(result("NOTIFY_OUT_END", disposition), Some(outgoing), "{disposition}");
    }
    assert_eq!((result("NOTIFY_END", ""), result("NOTIFY_OUT_END", "")), (None, None));
}

#[test]
fn a_recording_is_waited_for_and_then_there() {
    let end = |recorded| {
        format!("event=NOTIFY_END&pbx_call_id={CALL}&caller_id=1&disposition=answered&is_recorded={recorded}")
    };
    let started = |body: &str| effects(body).contains(&Effect::RecordingStarted);
    assert_eq!((started(&end("1")), started(&end("0")), started(&end(""))), (true, false, false));
    let named = effects(&format!("{}&call_id_with_rec=1458313316.3434560", end("1")));
    assert!(!named.iter().any(|effect| matches!(effect, Effect::RecordingAvailable { .. })), "{named:?}");
    let there = effects(&format!("event=NOTIFY_RECORD&pbx_call_id={CALL}&call_id_with_rec=1458313316.3434560"));
    let reference = RecordingReference::Id("1458313316.3434560".to_owned());
    assert_eq!(there, [Effect::RecordingAvailable { reference }]);
}

#[test]
fn the_first_notification_may_be_answered_with_a_route() {
    let start = |event: &str, caller: &str| webhook("POST", "", &[], &format!("event={event}&caller_id={caller}"));
    let asked = |event: &str, caller: &str| pbx(&[]).incoming(&start(event, caller)).map(|incoming| incoming.from);
    assert_eq!(asked("NOTIFY_START", "%2B442037691880"), Some(Some("+442037691880".to_owned())));
    assert_eq!(asked("NOTIFY_START", "anonymous"), Some(None));
    assert_eq!(asked("NOTIFY_END", "%2B442037691880"), None);
    let reply = |route: Route| {
        let reply = pbx(&[]).route_reply(&start("NOTIFY_START", "1"), &route).expect("an answer").reply;
        String::from_utf8(reply.body.to_vec()).expect("text")
    };
    let some = |text: &str| Some(text.to_owned());
    let named = || Route { name: some("Анна"), ..Route::default() };
    assert_eq!(
        reply(Route { to: some("101"), ..named() }),
        r#"{"caller_name":"Анна","redirect":"101","return_timeout":20}"#
    );
    assert_eq!(reply(named()), r#"{"caller_name":"Анна"}"#);
    let to = || Route { to: some("101"), ..Route::default() };
    assert_eq!(reply(Route { refuse: Some(Refusal::Busy), ..to() }), r#"{"redirect":"blacklist"}"#);
    assert_eq!(reply(Route { refuse: Some(Refusal::HangUp), ..to() }), r#"{"hangup":1}"#);
    for scenario in ["1", "0-1", "0-main"] {
        let expected = format!(r#"{{"redirect":"{scenario}"}}"#);
        assert_eq!(reply(Route { scenario: some(scenario), ..Route::default() }), expected);
    }
    for wrong in ["blacklist", "main", "0-", "-1", "1-main-2", "12345"] {
        let route = Route { scenario: some(wrong), ..Route::default() };
        assert_eq!(reply(route), "{}", "{wrong}: the PBX's own routing");
    }
    let first = Route { scenario: some("0-1"), ..to() };
    assert!(reply(first).contains(r#""redirect":"101""#), "somebody is rung first");
    assert_eq!(reply(Route { to: some("anna"), ..Route::default() }), "{}", "the PBX's own routing");
}

#[test]
fn a_notification_of_2015_without_a_signature_is_believed_where_the_settings_say_so() {
    let body = "caller_id=442037691880&called_did=442037691881&callstart=2026-01-15+10%3A00%3A00";
    let verify =
        |overrides: &[(&str, &str)], body: &str| pbx(overrides).verify(&webhook("POST", "", &[], body)).map(|_| ());
    let missing = Err(VerifyError::Missing("Signature"));
    assert_eq!((verify(&[], body), verify(&[("unsigned_2015", "refuse")], body)), (missing.clone(), missing.clone()));
    let accept = [("unsigned_2015", "accept")];
    assert_eq!(verify(&accept, body), Ok(()));
    for other in [&format!("event=NOTIFY_START&{body}"), "caller_id=1&called_did=2", &body.replace("442037691880", "")]
    {
        assert_eq!(verify(&accept, other), missing, "{other}");
    }
    let wrong = [("Signature", "XNwDOF49svW5/C5g5a2H6LDQFu4=")];
    assert_eq!(pbx(&accept).verify(&webhook("POST", "", &wrong, body)).map(|_| ()), Err(VerifyError::Mismatch));
}

#[test]
fn what_the_service_says_is_left_of_a_minute_is_believed() {
    let limits = |remaining, seconds| {
        let counts_anew = Some(std::time::Duration::from_secs(seconds));
        Answer { limits: Some(crate::RateLimits { remaining, counts_anew }), ..answer(200, "{}") }
    };
    let lock = |request: &crate::Request, answer: &Answer| {
        pbx(&[])
            .lock_out(request, answer, tokio::time::Instant::now().into_std())
            .map(|lock| (lock.counted, lock.lasts.as_secs()))
    };
    let balance = pbx(&[]).check().expect("a request");
    assert_eq!(lock(&balance, &limits(1, 20)), None);
    assert_eq!(lock(&balance, &limits(0, 20)), Some((crate::Counted::Everything, 20)));
    assert_eq!(lock(&balance, &limits(0, 9000)), Some((crate::Counted::Everything, 60)), "it counts by minutes");
    let context =
        DecodeContext { received_at: jiff::Timestamp::UNIX_EPOCH, zone: TimeZone::UTC, source: Source::Replay };
    let span = crate::Span { from: jiff::Timestamp::UNIX_EPOCH, to: jiff::Timestamp::UNIX_EPOCH };
    let statistics = pbx(&[]).history(span, &context).expect("a request").request;
    assert_eq!(lock(&statistics, &limits(0, 20)), Some((crate::Counted::Kind("statistics"), 20)), "others go on");
}

#[test]
fn the_number_of_the_pbx_is_known_before_the_first_call() {
    let dialled = |pbx: &dyn Pbx| {
        let request = pbx.originate_customer_first(CommandId(Uuid::nil()), "101", "+79161234567");
        url(&request.expect("a request"))
    };
    let base = "https://api.zadarma.com/v1/request/callback/?format=json";
    let asks = pbx(&[]);
    let lookup = asks.lookup("101").expect("is asked");
    assert_eq!(url(&lookup), "https://api.zadarma.com/v1/pbx/internal/?format=json");
    for known in ["79161234567", "00001", "anna"] {
        assert!(asks.lookup(known).is_none(), "{known} is no extension");
    }
    for (status, body) in [(401, r#"{"status":"error","message":"Auth error"}"#), (503, ""), (200, "<html>")] {
        assert!(asks.read_lookup("101", &answer(status, body)).is_err(), "{status} {body}");
    }
    asks.read_lookup("101", &answer(200, r#"{"status":"success","pbx_id":402022,"numbers":[101]}"#)).expect("is read");
    assert!(asks.lookup("101").is_none(), "once");
    let expected = format!("{base}&from=402022-101&predicted=predicted&sip=402022-101&to=%2B79161234567");
    assert_eq!(dialled(&*asks), expected);
    let without = pbx(&[]);
    without.read_lookup("101", &answer(200, r#"{"status":"success","numbers":[101]}"#)).expect("is read");
    assert!(without.lookup("101").is_none(), "it has none");
    for pbx in [without, pbx(&[("pbx_id", "none")])] {
        assert_eq!(dialled(&*pbx), format!("{base}&from=101&predicted=predicted&sip=101&to=%2B79161234567"));
    }
    assert!(pbx(&[("pbx_id", "none")]).lookup("101").is_none() && pbx(&[("pbx_id", "1")]).lookup("101").is_none());
}

fn url(request: &crate::Request) -> String {
    request.url.to_string()
}

#[test]
fn a_callback_rings_the_extension_first() {
    let asked = |overrides: &[(&str, &str)], from| {
        pbx(overrides).originate(CommandId(Uuid::nil()), from, "+79161234567").map(|r| url(&r))
    };
    let base = "https://api.zadarma.com/v1/request/callback/?format=json";
    assert_eq!(asked(&[], "101"), Ok(format!("{base}&from=101&sip=101&to=%2B79161234567")));
    let with_pbx = [("pbx_id", "402022"), ("caller_id", "account")];
    assert_eq!(asked(&with_pbx, "101"), Ok(format!("{base}&from=402022-101&to=%2B79161234567")));
    assert_eq!(asked(&with_pbx, "402022-101"), Ok(format!("{base}&from=402022-101&to=%2B79161234567")));
    for bad in ["", "1 01", "101&to=1"] {
        assert!(asked(&[], bad).is_err(), "{bad}");
    }
    let request = pbx(&[]).originate(CommandId(Uuid::nil()), "101", "112").expect("a request");
    assert!(request.signed && !request.idempotent && request.method == http::Method::GET);
    let novofon = made(super::NOVOFON, &[]).expect("a make");
    assert!(url(&novofon.check().expect("a request")).starts_with("https://api.novofon.com/v1/info/balance/"));
}

#[test]
fn wrong_overrides_are_named() {
    for (name, value) in [
        ("pbx_id", "a"),
        ("pbx_id", ""),
        ("caller_id", "x"),
        ("format", "yaml"),
        ("unsigned_2015", "1"),
        ("sandbox", "yes"),
    ] {
        let error = made(super::MAKE, &[(name, value)]).map(|_| ()).expect_err("not good");
        assert!(error.to_string().contains(name), "{error}");
    }
}

fn answer(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        date: None,
        location: None,
        limits: None,
        body: Bytes::copy_from_slice(body.as_bytes()),
    }
}

#[test]
fn an_answer_that_cannot_be_read_leaves_the_outcome_open() {
    let command = CommandId(Uuid::nil());
    let read = |status: u16, body: &str| pbx(&[]).read_originate(command, &answer(status, body));
    let success = r#"{"status":"success","from":442037691880,"to":442037691881,"time":1435573082}"#;
    assert_eq!(read(200, success), CommandAnswer::Accepted { command, vendor_call: None, doubt: None });
    let refused = |reason: &str| CommandAnswer::Rejected { command, reason: reason.to_owned() };
    let error = r#"{"status":"error","message":"Check phone's number"}"#;
    assert_eq!(
        (read(400, error), read(200, error)),
        (refused("Check phone's number"), refused("Check phone's number"))
    );
    assert!(matches!(read(429, "<html>"), CommandAnswer::Rejected { .. }));
    for (status, body) in [(200, "<html>"), (200, "{}"), (502, ""), (500, error)] {
        assert_eq!(read(status, body), CommandAnswer::Unknown { command }, "{status} {body}");
    }
}

#[test]
fn a_recordings_link_is_asked_for_anew() {
    let asked = |reference: &str| {
        let reference = RecordingReference::Id(reference.to_owned());
        let Ok(RecordingStep::Ask(request)) = pbx(&[]).recording(CALL, &reference, jiff::Timestamp::UNIX_EPOCH) else {
            panic!("asks first")
        };
        url(&request)
    };
    assert!(
        asked("1458313316.3434560")
            .ends_with("/v1/pbx/record/request/?call_id=1458313316.3434560&format=json&lifetime=180")
    );
    assert!(asked(CALL).contains("?format=json&lifetime=180&pbx_call_id=in_ae6b03b3b"));
    let read = |status: u16, body: &str| {
        pbx(&[]).read_recording(&answer(status, body)).map(|request| (url(&request), request.signed))
    };
    let link = "https://api.zadarma.com/v1/pbx/record/download/abc/1.mp3";
    for body in [
        format!(r#"{{"status":"success","link":"{link}","lifetime_till":"2026-01-01 23:56:22"}}"#),
        format!(r#"{{"status":"success","links":["{link}"],"lifetime_till":"2026-01-01 23:56:22"}}"#),
    ] {
        assert_eq!(read(200, &body), Ok((link.to_owned(), false)));
    }
    let kind = |status: u16, body: &str| read(status, body).expect_err("no link").kind();
    let error = r#"{"status":"error","message":"no record"}"#;
    for (status, body) in [(200, error), (404, error), (400, error), (200, r#"{"status":"success","links":[]}"#)] {
        assert_eq!(kind(status, body), ErrorKind::NotReady, "{status} {body}");
    }
    assert_eq!((kind(401, error), kind(200, "<html>")), (ErrorKind::Unauthorized, ErrorKind::Protocol));
    assert_eq!(kind(429, error), ErrorKind::RateLimited { retry_after: None });
}

#[test]
fn the_check_needs_the_key() {
    let read = |status: u16, body: &str| pbx(&[]).read_check(&answer(status, body)).map_err(|error| error.kind());
    assert_eq!(read(200, r#"{"status":"success","balance":10.34,"currency":"USD"}"#), Ok(()));
    assert_eq!(read(401, r#"{"status":"error","message":"Auth error"}"#), Err(ErrorKind::Unauthorized));
    for (status, body) in [(200, "{}"), (200, "<html>"), (200, r#"{"status":"error","message":"x"}"#)] {
        assert_eq!(read(status, body), Err(ErrorKind::Protocol), "{status} {body}");
    }
    assert_eq!(read(503, ""), Err(ErrorKind::Internal));
}

#[test]
fn the_balance_is_told_with_its_currency() {
    let told = |body: &str| pbx(&[]).read_query(&Query::Balance, &answer(200, body)).map_err(|error| error.kind());
    let body = r#"{"status":"success","balance":10.34,"currency":"USD"}"#;
    let Ok(QueryStep::Done(reply)) = told(body) else { panic!("{body}") };
    assert_eq!(reply, Reply::Balance { amount: "10.34".to_owned(), currency: Some("USD".to_owned()) });
    assert!(told(r#"{"status":"success"}"#).is_err());
}
