//! Statistics of the PBX against what they mean.

use calls::{CallResult, Direction, Effect, RecordingReference, Source};
use jiff::tz::TimeZone;

use super::{answer, pbx};
use crate::{DecodeContext, ErrorKind, HistoryCall, HistoryPage, HistoryPlace, Span};

fn context() -> DecodeContext {
    DecodeContext {
        received_at: "2026-01-15T12:00:00Z".parse().expect("a time"),
        zone: TimeZone::get("Europe/Moscow").expect("a zone"),
        source: Source::Replay,
    }
}

fn span() -> Span {
    let time = |text: &str| text.parse().expect("a time");
    Span { from: time("2026-01-15T06:00:00Z"), to: time("2026-01-15T11:00:00Z") }
}

fn read(skip: usize, body: &str) -> Result<HistoryPage, crate::Error> {
    pbx(&[]).read_history(span(), &HistoryPlace::Page { skip, calls: Vec::new() }, &answer(200, body), &context())
}

#[test]
fn a_success_without_a_list_is_not_a_time_without_calls() {
    for rows in ["", r#","stats":null"#, r#","stats":{}"#] {
        let read = read(0, &format!(r#"{{"status":"success"{rows}}}"#)).map(drop).map_err(|error| error.kind());
        assert_eq!(read, Err(crate::ErrorKind::Protocol), "{rows}");
    }
    for empty in [r#"{"status":"success","stats":[]}"#, "<root><status>success</status><stats></stats></root>"] {
        assert!(read(0, empty).expect("a page").calls.is_empty(), "{empty}");
    }
}

fn page(rows: &str) -> Vec<HistoryCall> {
    read(0, &format!(r#"{{"status":"success","version":2,"stats":[{rows}]}}"#)).expect("a page").calls
}

fn effects(call: &HistoryCall) -> Vec<&Effect> {
    call.events.iter().flat_map(|event| &event.effects).collect()
}

fn result(call: &HistoryCall) -> Option<CallResult> {
    effects(call).into_iter().find_map(|it| if let Effect::CallEnded { result, .. } = it { *result } else { None })
}

#[test]
fn pages_are_asked_for_in_the_zone_of_the_account() {
    let first = pbx(&[]).history(span(), &context()).expect("a request");
    let url = first.request.url.to_string();
    assert!(url.contains("/v1/statistics/pbx/?end=2026-01-15+14%3A00%3A00&format=json&limit=1000&skip=0"), "{url}");
    assert!(url.ends_with("&start=2026-01-15+09%3A00%3A00&version=2"), "{url}");
    let counted: Vec<u32> = first.request.quotas.iter().map(|quota| quota.requests).collect();
    assert_eq!(counted, [3], "three a minute");
    let row = r#"{"call_id":"1.2","sip":"100","callstart":"2026-01-15 10:00:00","clid":"79161234567",
        "destination":"100","disposition":"answered","seconds":5,"is_recorded":false,"pbx_call_id":"in_1"}"#;
    let full = vec![row; 1000].join(",");
    let more = read(0, &format!(r#"{{"status":"success","stats":[{full}]}}"#)).expect("a page");
    let next = more.next.expect("another page");
    assert!(more.calls.is_empty(), "a part of the same call may stand on the next page");
    let HistoryPlace::Page { skip: 1000, calls } = &next.place else { panic!("{:?}", next.place) };
    assert_eq!(calls.len(), 1);
    let second = format!(r#"{{"status":"success","stats":[{}]}}"#, row.replace("1.2", "1.3"));
    let last = pbx(&[]).read_history(span(), &next.place, &answer(200, &second), &context()).expect("a page");
    assert_eq!((last.calls.len(), last.calls[0].events.len(), last.next.is_none()), (1, 2002, true));
    assert!(read(1000, r#"{"status":"success","stats":[]}"#).expect("a page").next.is_none());
    let refused = read(0, r#"{"status":"error","message":"Wrong method name"}"#);
    assert_eq!(refused.map(|_| ()).map_err(|error| error.kind()), Err(ErrorKind::Protocol));
}

#[test]
fn parts_of_a_call_are_one_call() {
    let calls = page(
        r#"{"call_id":1439981389.2702773,"sip":"101","callstart":"2026-01-15 10:00:00","clid":"\"Анна\" <+79161234567>",
            "destination":101,"disposition":"no answer","seconds":"0","is_recorded":"false","pbx_call_id":"in_1"},
        {"call_id":"1439981390.2702774","sip":"102","callstart":"2026-01-15 10:00:20","clid":"Анна (79161234567)",
            "destination":"102","disposition":"answered","seconds":42,"is_recorded":"true","pbx_call_id":"in_1"},
        {"call_id":"3.4","sip":"101","callstart":"2026-01-15 11:00:00","clid":"101","destination":"79161234568",
            "disposition":"busy","seconds":0,"is_recorded":false,"pbx_call_id":"out_2"}"#,
    );
    let [incoming, outgoing] = calls.as_slice() else { panic!("{calls:?}") };
    assert!(incoming.events.iter().all(|event| event.source == Source::Replay), "it rings nobody");
    let Effect::CallCreated { direction, customer, .. } = effects(incoming)[0] else { panic!("{incoming:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Incoming, Some("+79161234567")));
    let by =
        |effect: &&Effect| matches!(effect, Effect::LegAnswered { leg } if leg.extension.as_deref() == Some("102"));
    assert!(effects(incoming).iter().any(by), "{incoming:?}");
    let reference = RecordingReference::Id("1439981390.2702774".into());
    assert!(effects(incoming).contains(&&Effect::RecordingAvailable { reference }));
    let last = incoming.events.last().and_then(|event| event.time.as_ref()).map(|time| time.utc.to_string());
    assert_eq!(last.as_deref(), Some("2026-01-15T07:01:02Z"));
    let Effect::CallCreated { direction, customer, .. } = effects(outgoing)[0] else { panic!("{outgoing:?}") };
    assert_eq!((*direction, customer.number.as_deref()), (Direction::Outgoing, Some("+79161234568")));
    assert_eq!(result(outgoing), Some(CallResult::Busy));
}

#[test]
fn a_row_without_its_call_or_time_is_passed_over() {
    let rows = r#"{"call_id":"1.2","callstart":"2026-01-15 10:00:00"},{"pbx_call_id":"in_1","callstart":"soon"},7"#;
    assert_eq!(page(rows), []);
}
