//! The history export against what it means.

use calls::{CallResult, Direction, Effect, RecordingReference, Source};

use proptest::prelude::*;

use super::{answer, context, pbx};
use crate::{
    ErrorKind, HistoryCall, HistoryPlace, Pbx, Span,
    request::Answer,
    rostelecom::archive::tests::{gzipped, zipped},
};

const HEADER: &str = "session_id;call_type;direction;state;orig_number;orig_pin;dest_number;answering_sipuri;\
    answering_pin;start_call_date;duration;is_voicemail;is_record;is_fax;status_code;status_string\n";

fn span() -> Span {
    let time = |text: &str| text.parse().expect("a time");
    Span { from: time("2026-03-02T08:00:00Z"), to: time("2026-03-02T10:00:00.500Z") }
}

fn read(place: &HistoryPlace, answer: &Answer) -> Result<crate::HistoryPage, crate::Error> {
    pbx().read_history(span(), place, answer, &context())
}

fn export(tries: u32) -> HistoryPlace {
    HistoryPlace::Export { order: "o-1".into(), tries }
}

fn packed(bytes: Vec<u8>) -> Answer {
    Answer { body: bytes.into(), ..answer(200, "") }
}

fn row(row: &str) -> HistoryCall {
    let page = read(&export(0), &packed(format!("{HEADER}{row}\n").into_bytes())).expect("a page");
    let [call] = page.calls.as_slice() else { panic!("{row}: {:?}", page.calls) };
    call.clone()
}

fn result(call: &HistoryCall) -> Option<CallResult> {
    let effects = call.events.iter().flat_map(|event| &event.effects);
    let mut ends =
        effects.filter_map(|effect| if let Effect::CallEnded { result, .. } = effect { *result } else { None });
    ends.next()
}

#[test]
fn an_export_is_ordered_in_moscows_time_waited_for_and_fetched() {
    let first = pbx().history(span(), &context()).expect("a request");
    let body = String::from_utf8_lossy(&first.request.body).into_owned();
    assert!(first.request.url.path().ends_with("/domain_call_history") && first.request.signed);
    assert!(body.contains(r#""date_start":"2026-03-02 11:00:00""#), "{body}");
    assert!(body.contains(r#""date_end":"2026-03-02 13:00:01""#) && body.contains(r#""direction":"0""#), "{body}");
    let ordered = read(&first.place, &answer(200, r#"{"result":"0","resultMessage":"ok","order_id":"o-1"}"#));
    let next = ordered.expect("a page").next.expect("a question");
    assert!(next.request.url.path().ends_with("/download_call_history") && next.place == export(0));
    for not_ready in [
        answer(200, "<html><body>File [history.csv] not found</body></html>"),
        answer(404, "<html>"),
        answer(200, r#"{"result":"1","resultMessage":"wait"}"#),
        answer(200, ""),
    ] {
        let page = read(&export(0), &not_ready).expect("a page");
        let next = page.next.expect("asked again");
        assert!(page.calls.is_empty() && next.place == export(1) && next.wait.as_secs() == 30);
        assert!(read(&export(20), &not_ready).map_or(true, |page| page.next.is_none()), "not for ever");
    }
    let again = read(&first.place, &answer(200, r#"{"result":"1","resultMessage":"Такой заказ уже существует"}"#));
    let again = again.expect("a page").next.expect("asked otherwise");
    assert!(String::from_utf8_lossy(&again.request.body).contains("2026-03-02 10:59:59"), "another span");
    let refused = read(&HistoryPlace::Order { again: 5 }, &answer(200, r#"{"result":"1","resultMessage":"no"}"#));
    assert_eq!(refused.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::Protocol));
    let gone = read(&first.place, &answer(404, "<html>"));
    assert_eq!(gone.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::NotFound), "no such method");
}

#[test]
fn a_row_is_a_call_that_is_over() {
    let call = row(
        "s-0000001;1;1;1;+79161234567;;+74951234567;sip:101@d.example;101;2026-03-02 12:00:00;42;false;true;false;;",
    );
    assert_eq!((call.call.as_str(), call.says_more, result(&call)), ("s-0000001", false, Some(CallResult::Answered)));
    let [begins, ends] = call.events.as_slice() else { panic!("{:?}", call.events) };
    let at = |event: &calls::VendorEvent| event.time.as_ref().map(|time| (time.utc.to_string(), time.zone.clone()));
    let zone = Some("UTC".to_owned());
    assert_eq!(at(begins), Some(("2026-03-02T09:00:00Z".to_owned(), zone.clone())));
    assert_eq!(at(ends), Some(("2026-03-02T09:00:42Z".to_owned(), zone)));
    assert!(call.events.iter().all(|event| event.source == Source::Replay), "it rings nobody");
    let Effect::CallCreated { direction, customer, line } = &begins.effects[0] else { panic!("{begins:?}") };
    let numbers = (customer.number.as_deref(), line.number.as_deref());
    assert_eq!((*direction, numbers), (Direction::Incoming, (Some("+79161234567"), Some("+74951234567"))));
    let answered =
        |effect: &Effect| matches!(effect, Effect::LegAnswered { leg } if leg.extension.as_deref() == Some("101"));
    assert!(begins.effects.iter().any(answered));
    let reference = RecordingReference::Id("s-0000001".into());
    assert!(ends.effects.contains(&Effect::RecordingAvailable { reference }));
}

#[test]
fn outcomes_are_those_of_the_row() {
    let of = |direction: u8, state: u8, flags: &str| {
        let call = row(&format!(
            "s-0000001;1;{direction};{state};+79161234567;101;+74951234567;;102;2026-03-02 12:00:00;0;{flags};486;busy"
        ));
        (result(&call), call.says_more)
    };
    assert_eq!(of(1, 2, "false;false;false"), (Some(CallResult::Missed), false));
    assert_eq!(of(2, 2, "false;false;false"), (Some(CallResult::NoAnswer), false));
    assert_eq!(of(3, 2, "false;false;false"), (Some(CallResult::NoAnswer), false));
    assert_eq!(of(1, 1, "true;true;false"), (Some(CallResult::Voicemail), true));
    assert_eq!(of(1, 1, "false;false;true"), (Some(CallResult::Fax), true));
}

#[test]
fn whatever_packs_the_export_its_rows_are_read() {
    let text = format!(
        "{HEADER}s-0000001;1;2;1;sip:101@d.example;101;+79161234567;;;2026-03-02 12:00:00;42;false;false;false;;\n"
    );
    let bytes = text.into_bytes();
    for body in [zipped(&bytes, 8), zipped(&bytes, 0), gzipped(&bytes), bytes.clone()] {
        let page = read(&export(0), &packed(body)).expect("a page");
        assert_eq!((page.calls.len(), page.next.is_none()), (1, true));
    }
    let broken = read(&export(0), &packed(zipped(&bytes, 8)[..60].to_vec()));
    assert_eq!(broken.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::Protocol));
}

#[test]
fn what_a_row_leaves_open_is_asked_singly() {
    let moved =
        "1;5f1e1a2c-0001;101;sip:101@d.example;+74951234567;+79161234567;2026-03-02 12:00:00;0;true;false;false\n";
    let page = read(&export(0), &packed(moved.as_bytes().to_vec())).expect("a page");
    assert_eq!(page.calls.len(), 1, "it is shown as far as it is known");
    assert!(page.calls[0].needs_details && page.next.is_none(), "nothing waits for what is asked about it");
    let asked = pbx().call_details("5f1e1a2c-0001").expect("a question");
    let body = String::from_utf8_lossy(&asked.body).into_owned();
    assert!(asked.url.path().ends_with("/call_info") && body.contains("5f1e1a2c-0001"), "{body}");
    let [quota] = asked.quotas.as_slice() else { panic!("{:?}", asked.quotas) };
    let a_day = quota.requests * 24 * 3600 / u32::try_from(quota.window.as_secs()).expect("short");
    assert!(a_day <= 1000 && quota.outlives_program, "{quota:?}");
    let info = r#"{"result":"0","resultMessage":"ok","info":{"call_type":"1","direction":"1","state":"2",
        "orig_number":"+79161234567","dest_number":"+74951234567","answering_pin":"","start_call_date":"1772442000",
        "duration":"0","is_voicemail":true,"is_record":false,"is_fax":false}}"#;
    let told = |status, body: &str| pbx().read_call_details("5f1e1a2c-0001", &answer(status, body), &context());
    let call = told(200, info).expect("is read").expect("a call");
    assert_eq!((call.call.as_str(), result(&call)), ("5f1e1a2c-0001", Some(CallResult::Voicemail)));
    assert!(!call.needs_details, "it is not asked about again");
    assert_eq!(told(200, r#"{"result":"1","resultMessage":"no"}"#), Ok(None));
    let refused = |status| told(status, "").map_err(|error| error.kind());
    assert_eq!(
        (refused(404), refused(403), refused(429)),
        (Err(ErrorKind::NotFound), Err(ErrorKind::Forbidden), Err(ErrorKind::RateLimited { retry_after: None }))
    );
}

#[test]
fn the_platform_tells_when_the_export_is_made() {
    let tells = |path: &str, body: &str| {
        pbx().announces_history(&crate::WebhookRequest {
            method: "POST".to_owned(),
            path: path.to_owned(),
            headers: Vec::new(),
            body: bytes::Bytes::copy_from_slice(body.as_bytes()),
        })
    };
    let made = r#"{"order_id":"o-1","result":"0"}"#;
    assert!(tells("/history_file_completed", made) && tells("/history_file_completed/", "") && tells("", made));
    assert!(!tells("/call_events", made) && !tells("", r#"{"session_id":"1","state":"end"}"#) && !tells("", "["));
}

proptest! {
    #[test]
    fn any_answer_is_read_or_refused(
        status in prop_oneof![Just(200_u16), Just(404), Just(429), Just(500), 100_u16..600],
        bytes in proptest::collection::vec(any::<u8>(), 0..400),
        cells in proptest::collection::vec("[0-9a-f;,:+ \"-]{0,24}|true|false|2026-03-02 12:00:00|17724420[0-9]{2}", 0..40),
        tries in 0_u32..25,
    ) {
        let rows = format!("{HEADER}{}", cells.join(";"));
        let json = format!(r#"{{"result":"0","order_id":"{tries}","info":{{"direction":{tries},"start_call_date":"{}"}}}}"#, cells.concat().replace('"', ""));
        let places = [
            HistoryPlace::Order { again: tries },
            export(tries),
            HistoryPlace::Page { skip: 1, calls: Vec::new() },
        ];
        for place in &places {
            for body in [bytes.clone(), rows.clone().into_bytes(), json.clone().into_bytes(), gzipped(&bytes), zipped(rows.as_bytes(), 8)] {
                let answer = Answer { body: body.into(), ..answer(status, "") };
                if let Ok(Some(call)) = pbx().read_call_details("5f1e1a2c-0001", &answer, &context()) {
                    prop_assert!(!call.events.is_empty());
                }
                let Ok(page) = read(place, &answer) else { continue };
                for call in &page.calls {
                    prop_assert!(!call.call.is_empty() && !call.events.is_empty());
                    prop_assert!(call.events.iter().all(|event| event.source == Source::Replay));
                }
            }
        }
    }
}
