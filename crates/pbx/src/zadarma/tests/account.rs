//! What the account is asked and told, byte for byte.

use std::time::Duration;

use super::*;
use crate::query::{Destination, QueryStep, RecordingSetting, Redirection, Reply, Statistics, StatisticsKind};

/// Method, path with query, and body of the request.
fn asked(query: &Query) -> Result<String, ErrorKind> {
    let request = pbx(&[]).query(query).map_err(|error| error.kind())?;
    assert!(request.signed);
    assert_eq!(request.idempotent, request.method == http::Method::GET, "{query:?}");
    let body = String::from_utf8(request.body.to_vec()).expect("text");
    let path = url(&request).replace("https://api.zadarma.com", "");
    let kind = request.headers.get(http::header::CONTENT_TYPE).map(|kind| kind.to_str().expect("text").to_owned());
    let form = (request.method != http::Method::GET).then(|| "application/x-www-form-urlencoded".to_owned());
    assert_eq!(kind, form, "{query:?}");
    Ok(format!("{} {path} {body}", request.method).trim_end().to_owned())
}

fn step(query: &Query, status: u16, body: &str) -> Result<QueryStep, crate::Error> {
    pbx(&[]).read_query(query, &answer(status, body))
}

fn told(query: &Query, body: &str) -> Reply {
    match step(query, 200, body).expect("an answer") {
        QueryStep::Done(reply) => reply,
        QueryStep::Ask(request) => panic!("asks {request:?}"),
        QueryStep::More { next, .. } => panic!("asks {next:?}"),
    }
}

fn row(pairs: &[(&str, &str)]) -> crate::Row {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

fn statistics(kind: StatisticsKind, skip: usize) -> Statistics {
    let zone = TimeZone::get("Europe/Moscow").expect("a zone");
    let at = |text: &str| text.parse().expect("a time");
    Statistics { kind, from: at("2026-03-01T06:00:00Z"), to: at("2026-03-02T06:00:00Z"), line: None, zone, skip }
}

#[test]
fn each_question_is_the_documented_request() {
    let ext = || "101".to_owned();
    let line = || "00001".to_owned();
    let to = |kind, destination: &str, when_unanswered| Redirection::To {
        kind,
        destination: destination.into(),
        when_unanswered,
    };
    let redirect = |of: String, to| Query::SetRedirection { of, to };
    let set = |recording, mail: &[&str]| Query::SetRecording {
        extension: ext(),
        recording,
        mail: mail.iter().map(|address| (*address).to_owned()).collect(),
    };
    let json = "?format=json";
    let cases = [
        (Query::Balance, format!("GET /v1/info/balance/{json}")),
        (Query::TimeZone, format!("GET /v1/info/timezone/{json}")),
        (Query::Tariff, format!("GET /v1/tariff/{json}")),
        (
            Query::Price { to: "+442037691880".into(), shown: Some("+442037691881".into()) },
            "GET /v1/info/price/?caller_id=442037691881&format=json&number=442037691880".to_owned(),
        ),
        (Query::Users, format!("GET /v1/pbx/internal/{json}")),
        (Query::User(ext()), format!("GET /v1/pbx/internal/101/info/{json}")),
        (Query::Numbers, format!("GET /v1/direct_numbers/{json}")),
        (Query::Lines, format!("GET /v1/sip/{json}")),
        (Query::Status(ext()), format!("GET /v1/pbx/internal/101/status/{json}")),
        (Query::Status(line()), format!("GET /v1/sip/00001/status/{json}")),
        (Query::Redirection(ext()), "GET /v1/pbx/redirection/?format=json&pbx_number=101".to_owned()),
        (Query::Redirection(line()), "GET /v1/sip/redirection/?format=json&id=00001".to_owned()),
        (
            Query::Number("+44 20 3769-1880".into()),
            "POST /v1/info/number_lookup/ format=json&numbers%5B0%5D=442037691880".to_owned(),
        ),
        (redirect(ext(), Redirection::Off), "POST /v1/pbx/redirection/ format=json&pbx_number=101&status=off".to_owned()),
        (
            redirect(ext(), to(Destination::Phone, "442037691880", true)),
            "POST /v1/pbx/redirection/ condition=noanswer&destination=442037691880&format=json&pbx_number=101&status=on&type=phone".to_owned(),
        ),
        (
            redirect(ext(), to(Destination::VoiceMail, "", false)),
            "POST /v1/pbx/redirection/ condition=always&format=json&pbx_number=101&status=on&type=voicemail&voicemail_greeting=standart".to_owned(),
        ),
        (
            redirect(ext(), to(Destination::SipUri, "anna@pbx.example", false)),
            "POST /v1/pbx/redirection/ condition=always&destination=anna%40pbx.example&format=json&pbx_number=101&status=on&type=sip_uri".to_owned(),
        ),
        (redirect(line(), Redirection::On), "PUT /v1/sip/redirection/ format=json&id=00001&status=on".to_owned()),
        (redirect(line(), Redirection::Off), "PUT /v1/sip/redirection/ format=json&id=00001&status=off".to_owned()),
        (
            redirect(line(), to(Destination::Phone, "+442037691880", true)),
            "PUT /v1/sip/redirection/ condition=unavailable&format=json&id=00001&number=442037691880&type=phone".to_owned(),
        ),
        (set(RecordingSetting::Store(true), &[]), "PUT /v1/pbx/internal/recording/ format=json&id=101&status=on_store".to_owned()),
        (
            set(RecordingSetting::Mail(true), &["a@pbx.example", "b@pbx.example"]),
            "PUT /v1/pbx/internal/recording/ email=a%40pbx.example%2Cb%40pbx.example&format=json&id=101&status=on_email".to_owned(),
        ),
        (
            Query::SendSms { to: vec!["+442037691880".into(), "+442037691881".into()], message: "R&D ~ тест".into(), sender: Some("Trubka".into()) },
            "POST /v1/sms/send/ format=json&message=R%26D+%7E+%D1%82%D0%B5%D1%81%D1%82&number=442037691880%2C442037691881&sender=Trubka".to_owned(),
        ),
        (
            Query::RecordingLinks { recording: CALL.into(), lifetime: Some(Duration::from_secs(5_184_000)) },
            format!("GET /v1/pbx/record/request/?format=json&lifetime=5184000&pbx_call_id={CALL}"),
        ),
        (
            Query::RecordingLinks { recording: "1458313316.3434560".into(), lifetime: None },
            "GET /v1/pbx/record/request/?call_id=1458313316.3434560&format=json&lifetime=1800".to_owned(),
        ),
        (
            Query::DeleteRecording("1458313316.3434560".into()),
            "DELETE /v1/pbx/record/request/ call_id=1458313316.3434560&format=json".to_owned(),
        ),
        (Query::Webhooks, format!("GET /v1/pbx/callinfo/{json}")),
        (
            Query::SetWebhooks("https://calls.example.org/hook/zd1".parse().expect("an address")),
            "POST /v1/pbx/callinfo/url/ format=json&url=https%3A%2F%2Fcalls.example.org%2Fhook%2Fzd1".to_owned(),
        ),
        (Query::RemoveWebhooks, "DELETE /v1/pbx/callinfo/url/ format=json".to_owned()),
        (
            Query::Statistics(Statistics { line: Some(line()), ..statistics(StatisticsKind::General, 0) }),
            "GET /v1/statistics/?end=2026-03-02+09%3A00%3A00&format=json&limit=1000&sip=00001&skip=0&start=2026-03-01+09%3A00%3A00".to_owned(),
        ),
        (
            Query::Statistics(statistics(StatisticsKind::Cost, 0)),
            "GET /v1/statistics/?cost_only=1&end=2026-03-02+09%3A00%3A00&format=json&limit=1000&skip=0&start=2026-03-01+09%3A00%3A00".to_owned(),
        ),
        (
            Query::Statistics(statistics(StatisticsKind::Pbx, 1000)),
            "GET /v1/statistics/pbx/?end=2026-03-02+09%3A00%3A00&format=json&limit=1000&skip=1000&start=2026-03-01+09%3A00%3A00&version=2".to_owned(),
        ),
        (
            Query::Statistics(statistics(StatisticsKind::Incoming, 0)),
            "GET /v1/statistics/incoming-calls/?end=2026-03-02+09%3A00%3A00&format=json&limit=1000&skip=0&start=2026-03-01+09%3A00%3A00".to_owned(),
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(asked(&query), Ok(expected));
    }
}

#[test]
fn what_cannot_be_meant_is_not_sent() {
    let to =
        |kind, destination: &str| Redirection::To { kind, destination: destination.into(), when_unanswered: false };
    let redirect = |of: &str, to| Query::SetRedirection { of: of.into(), to };
    let links =
        |seconds| Query::RecordingLinks { recording: CALL.into(), lifetime: Some(Duration::from_secs(seconds)) };
    let sms = |to: &[&str], message: &str| Query::SendSms {
        to: to.iter().map(|number| (*number).to_owned()).collect(),
        message: message.into(),
        sender: None,
    };
    let backwards = Statistics { to: jiff::Timestamp::UNIX_EPOCH, ..statistics(StatisticsKind::General, 0) };
    for query in [
        Query::Status("../balance".into()),
        Query::User("".into()),
        Query::Price { to: "101".into(), shown: None },
        Query::Number("anonymous".into()),
        redirect("101", Redirection::On),
        redirect("101", to(Destination::Menu, " ")),
        redirect("00001", to(Destination::Menu, "0-1")),
        redirect("00001", to(Destination::Phone, "101")),
        links(179),
        links(5_184_001),
        sms(&[], "text"),
        sms(&["+442037691880"], " "),
        sms(&["101"], "text"),
        Query::Statistics(Statistics { line: Some("00001".into()), ..statistics(StatisticsKind::Pbx, 0) }),
        Query::Statistics(backwards),
        Query::SetRecording {
            extension: "101".into(),
            recording: RecordingSetting::On,
            mail: ["a@b", "c@d", "e@f", "g@h"].map(str::to_owned).into(),
        },
    ] {
        assert!(matches!(asked(&query), Err(ErrorKind::InvalidRequest { .. })), "{query:?}");
    }
    for query in [Query::Channels, Query::Channel("1".into())] {
        assert_eq!(asked(&query), Err(ErrorKind::Unsupported), "{query:?}");
    }
}

#[test]
fn answers_are_read_in_the_documented_shapes() {
    let timezone = |unix: i64, local: &str| {
        let body = format!(r#"{{"status":"success","unixtime":{unix},"datetime":"{local}","timezone":"UTC+3"}}"#);
        let Reply::TimeZone { zone, written } = told(&Query::TimeZone, &body) else { panic!("a zone") };
        assert_eq!(written.as_deref(), Some("UTC+3"));
        zone
    };
    let some = |text: &str| Some(text.to_owned());
    let zones = [
        ("2026-03-01 09:00:00", some("UTC")),
        ("2026-03-01 12:00:20", some("Europe/Moscow")),
        ("2026-03-01 14:30:00", some("Asia/Kolkata")),
        ("2026-03-01 18:59:30", some("Etc/GMT-10")),
        ("2026-03-01 04:00:00", some("Etc/GMT+5")),
        ("2026-03-01 12:07:30", None),
        ("soon", None),
    ];
    for (local, zone) in zones {
        assert_eq!(timezone(1_772_355_600, local), zone, "{local}");
    }
    let price =
        r#"{"status":"success","info":{"prefix":"4420","description":"UK, London","price":"0.009","currency":"USD"}}"#;
    let facts = row(&[("prefix", "4420"), ("description", "UK, London"), ("price", "0.009"), ("currency", "USD")]);
    assert_eq!(told(&Query::Price { to: "442037691880".into(), shown: None }, price), Reply::Details(facts));
    let Reply::Users(users) = told(&Query::Users, r#"{"status":"success","pbx_id":402022,"numbers":[101,"102"]}"#)
    else {
        panic!("users")
    };
    assert_eq!(users.iter().map(|user| user.extension.as_deref()).collect::<Vec<_>>(), [Some("101"), Some("102")]);
    let numbers = r#"{"status":"success","info":[{"number":"442037691881","status":"on","number_name":"London","monthly_fee":1.5}]}"#;
    let Reply::Numbers(numbers) = told(&Query::Numbers, numbers) else { panic!("numbers") };
    assert_eq!((numbers[0].number.as_str(), numbers[0].title.as_deref()), ("+442037691881", Some("London")));
    assert_eq!(numbers[0].facts, row(&[("status", "on"), ("monthly_fee", "1.5")]));
    let lines = r#"{"status":"success","sips":[{"id":"00001","display_name":"SIP 1","lines":"3"}],"left":3}"#;
    let Reply::Lines(lines) = told(&Query::Lines, lines) else { panic!("lines") };
    assert_eq!((lines[0].id.as_str(), lines[0].channels), ("00001", Some(3)));
    let online = |body: &str| told(&Query::Status("101".into()), body) == Reply::Registered(true);
    assert!(online(r#"{"status":"success","pbx_id":402022,"number":101,"is_online":"true"}"#));
    assert!(!online(r#"{"status":"success","pbx_id":402022,"number":101,"is_online":"false"}"#));
    let of_line = r#"{"status":"success","info":[{"sip_id":"00001","status":"on","condition":"always","destination":"phone","destination_value":"442037691880"}]}"#;
    let Reply::Details(facts) = told(&Query::Redirection("00001".into()), of_line) else { panic!("facts") };
    assert_eq!((facts["status"].as_str(), facts["destination_value"].as_str()), ("on", "442037691880"));
    let links = Query::RecordingLinks { recording: CALL.into(), lifetime: None };
    let two = r#"{"status":"success","links":["https://a.example/1","https://a.example/2"],"lifetime_till":"2026-01-01 23:56:22"}"#;
    let Reply::Links { links, until } = told(&links, two) else { panic!("links") };
    assert_eq!((links.len(), until.as_deref()), (2, Some("2026-01-01 23:56:22")));
    let delete = Query::DeleteRecording(CALL.into());
    let deleted = |deleted: &[&str], failed: &[&str]| Reply::Deleted {
        deleted: deleted.iter().map(|file| (*file).to_owned()).collect(),
        failed: failed.iter().map(|file| (*file).to_owned()).collect(),
    };
    assert_eq!(told(&delete, r#"{"status":"success","file_name":"1.mp3"}"#), deleted(&["1.mp3"], &[]));
    let both = r#"{"status":"success","deleted_files":["1.mp3"],"failed_files":["2.mp3"]}"#;
    assert_eq!(told(&delete, both), deleted(&["1.mp3"], &["2.mp3"]));
    let sms = Query::SendSms { to: Vec::new(), message: String::new(), sender: None };
    let partly = r#"{"status":"success","messages":1,"cost":0.24,"currency":"USD","denied_numbers":[{"number":"79161234567","message":"Not available"}]}"#;
    let denied = row(&[("79161234567", "Not available")]);
    let (cost, currency) = (some("0.24"), some("USD"));
    assert_eq!(told(&sms, partly), Reply::Sent { messages: 1, cost, currency, denied });
}

#[test]
fn an_answer_in_xml_says_the_same() {
    let xml = [("format", "xml")];
    let request = pbx(&xml).query(&Query::Balance).expect("a request");
    assert!(url(&request).ends_with("/v1/info/balance/?format=xml"));
    let read = |query: &Query, status, body: &str| {
        pbx(&xml).read_query(query, &answer(status, &format!("<?xml version=\"1.0\"?>\n<answer>{body}</answer>")))
    };
    let balance = "<status>success</status><balance>10.34</balance><currency>USD</currency>";
    let Ok(QueryStep::Done(reply)) = read(&Query::Balance, 200, balance) else { panic!("a balance") };
    assert_eq!(reply, Reply::Balance { amount: "10.34".to_owned(), currency: Some("USD".to_owned()) });
    let refused = read(&Query::Balance, 400, "<status>error</status><message>Wrong parameters</message>");
    assert!(refused.expect_err("refused").to_string().contains("Wrong parameters"));
    let row = "<value><id>1</id><billseconds>5</billseconds></value>";
    let rows = format!("<status>success</status><stats>{row}{row}</stats>");
    let general = Query::Statistics(statistics(StatisticsKind::General, 0));
    let Ok(QueryStep::Done(Reply::Rows(rows))) = read(&general, 200, &rows) else { panic!("rows") };
    assert_eq!((rows.len(), rows[0]["billseconds"].as_str()), (2, "5"));
    let none = read(&general, 200, "<status>success</status><stats></stats>");
    assert!(matches!(none, Ok(QueryStep::Done(Reply::Rows(rows))) if rows.is_empty()));
    let placed = "<status>success</status><from>101</from><to>442037691880</to><time>1435573082</time>";
    let command = CommandId(Uuid::nil());
    let placed = pbx(&xml).read_originate(command, &answer(200, &format!("<answer>{placed}</answer>")));
    assert_eq!(placed, CommandAnswer::Accepted { command, vendor_call: None, doubt: None });
}

#[test]
fn statistics_are_read_to_their_end_however_long_the_span() {
    let page = |rows: usize| {
        let rows = vec![r#"{"id":1,"sip":"00001","from":101}"#; rows].join(",");
        format!(r#"{{"status":"success","start":"","end":"","stats":[{rows}]}}"#)
    };
    let next = |wanted: &Statistics, rows: usize| match step(&Query::Statistics(wanted.clone()), 200, &page(rows))
        .expect("a page")
    {
        QueryStep::More { rows: told, next } => {
            let Query::Statistics(next) = *next else { panic!("{next:?}") };
            (told.len(), Some(next))
        }
        QueryStep::Done(reply) => {
            let Reply::Rows(told) = reply else { panic!("{reply:?}") };
            (told.len(), None)
        }
        QueryStep::Ask(request) => panic!("asks {request:?}"),
    };
    let first = statistics(StatisticsKind::General, 0);
    let (told, second) = next(&first, 1000);
    let second = second.expect("a full page is followed by another");
    assert_eq!((told, second.skip, second.from), (1000, 1000, first.from));
    assert!(matches!(next(&second, 999), (999, None)));
    let long = Statistics { to: first.from + jiff::SignedDuration::from_hours(45 * 24), ..first.clone() };
    let query = Query::Statistics(long.clone());
    assert!(asked(&query).expect("asked").contains("end=2026-03-31+08%3A59%3A59"), "a month at most");
    let (_, rest) = next(&long, 3);
    let rest = rest.expect("the rest of the span");
    assert_eq!((rest.from.duration_since(first.from).as_hours(), rest.skip), (30 * 24, 0));
    assert!(matches!(next(&rest, 0), (0, None)));
    let request = pbx(&[]).query(&query).expect("a request");
    assert_eq!(request.quotas.len(), 1, "three a minute");
}

#[test]
fn only_a_number_of_the_account_is_shown() {
    let query = |number: &str| Query::SetCallerId { line: "00001".into(), number: number.into() };
    assert_eq!(asked(&query("+442037691881")), Ok("GET /v1/direct_numbers/?format=json".to_owned()));
    let own = r#"{"status":"success","info":[{"number":"442037691881","status":"on"}]}"#;
    let QueryStep::Ask(next) = step(&query("442037691881"), 200, own).expect("its own") else { panic!("is set") };
    assert_eq!((next.method.as_str(), next.url.path()), ("PUT", "/v1/sip/callerid/"));
    assert_eq!(next.body.as_ref(), b"format=json&id=00001&number=442037691881");
    assert!(next.signed && !next.idempotent);
    let done = r#"{"status":"success","sip":"00001","new_caller_id":"442037691881"}"#;
    assert!(matches!(step(&query("442037691881"), 200, done), Ok(QueryStep::Done(Reply::Done { .. }))));
    for other in ["+442037691882", "101", ""] {
        let refused = step(&query(other), 200, own).expect_err("not its own");
        assert_eq!(refused.kind(), ErrorKind::InvalidRequest { field: "number" }, "{other}");
    }
    let nothing = step(&query("442037691881"), 200, r#"{"status":"success","info":[]}"#);
    assert!(nothing.is_err());
}

#[test]
fn the_address_is_set_then_the_switches_and_then_both_are_read() {
    let set = Query::SetWebhooks("https://calls.example.org/hook/zd1".parse().expect("an address"));
    let next = |body: &str| {
        let QueryStep::Ask(next) = step(&set, 200, body).expect("goes on") else { panic!("asks more") };
        (next.method.to_string(), next.url.path().to_owned(), String::from_utf8(next.body.to_vec()).expect("text"))
    };
    let (method, path, body) = next(r#"{"status":"success","url":"https://calls.example.org/hook/zd1"}"#);
    assert_eq!((method.as_str(), path.as_str()), ("POST", "/v1/pbx/callinfo/notifications/"));
    assert_eq!(
        body,
        "format=json&notify_answer=true&notify_end=true&notify_internal=true&notify_out_end=true&notify_out_start=true&notify_start=true"
    );
    let (method, path, _) = next(r#"{"status":"success","notifications":{"notify_start":"true"}}"#);
    assert_eq!((method.as_str(), path.as_str()), ("GET", "/v1/pbx/callinfo/"));
    let both = r#"{"status":"success","url":"https://calls.example.org/hook/zd1","notifications":{"notify_start":"true","notify_end":"false"}}"#;
    for query in [&set, &Query::Webhooks] {
        let Reply::Webhooks { url, switches } = told(query, both) else { panic!("webhooks") };
        assert_eq!(url.as_deref(), Some("https://calls.example.org/hook/zd1"));
        assert_eq!(
            (switches.len(), switches["notify_start"], switches["notify_end"], switches["notify_answer"]),
            (6, true, false, false)
        );
    }
    let refused = step(&set, 400, r#"{"status":"error","message":"Wrong url"}"#).expect_err("refused");
    assert!(refused.to_string().contains("Wrong url"), "{refused}");
}
