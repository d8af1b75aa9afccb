//! Statistics against what they mean.

use bytes::Bytes;
use calls::{CallResult, Direction, Effect, LegRole, RecordingReference, Source, VendorEvent};
use jiff::tz::TimeZone;
use serde_json::{Value, json};

use super::super::MangoVpbx;
use super::{config, pbx};
use crate::{
    Answer, DecodeContext, ErrorKind, HistoryCall, HistoryPage, HistoryPlace, HistoryRequest, Pbx, Span, quota::Counted,
};

fn extended() -> MangoVpbx {
    let mut config = config();
    config.overrides.insert("statistics".into(), "extended".into());
    MangoVpbx::new(&config).expect("a make")
}

fn context() -> DecodeContext {
    let received_at = "2026-03-02T09:00:01Z".parse().expect("a time");
    DecodeContext { received_at, zone: TimeZone::UTC, source: Source::Replay }
}

fn span(from: &str, to: &str) -> Span {
    Span { from: from.parse().expect("a time"), to: to.parse().expect("a time") }
}

fn hours() -> Span {
    span("2026-03-02T06:00:00Z", "2026-03-02T09:00:00Z")
}

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: None, date: None, location: None, limits: None, body: Bytes::from(body.to_owned()) }
}

fn body(asked: &HistoryRequest) -> Value {
    serde_json::from_slice(&asked.request.body).expect("JSON before it is signed")
}

fn fetched(tries: u32) -> HistoryPlace {
    HistoryPlace::Part { from: hours().from, skip: 0, key: Some("k1".into()), tries }
}

fn read(pbx: &MangoVpbx, answer: &Answer) -> Result<HistoryPage, crate::Error> {
    pbx.read_history(hours(), &fetched(0), answer, &context())
}

fn table(rows: &str) -> Vec<HistoryCall> {
    read(&pbx(), &answer(200, rows)).expect("a table").calls
}

fn effects(call: &HistoryCall) -> Vec<&Effect> {
    call.events.iter().flat_map(|event| &event.effects).collect()
}

fn result(call: &HistoryCall) -> Option<CallResult> {
    let last = call.events.last().expect("an end");
    let [Effect::CallEnded { result, .. }] = last.effects.as_slice() else { panic!("{last:?}") };
    *result
}

fn created(call: &HistoryCall) -> (Direction, Option<&str>, Option<&str>) {
    let Effect::CallCreated { direction, customer, line } = effects(call)[0] else { panic!("{call:?}") };
    (*direction, customer.number.as_deref(), line.number.as_deref())
}

fn answered<'a>(call: &'a HistoryCall) -> Vec<(LegRole, Option<&'a str>)> {
    let leg = |effect: &'a Effect| {
        let Effect::LegAnswered { leg } = effect else { return None };
        Some((leg.role, leg.extension.as_deref().or(leg.number.as_deref())))
    };
    effects(call).into_iter().filter_map(leg).collect()
}

fn times(call: &HistoryCall) -> Vec<i64> {
    call.events.iter().map(|event: &VendorEvent| event.time.as_ref().expect("a time").utc.as_second()).collect()
}

#[test]
fn a_table_is_ordered_waited_for_and_fetched_by_its_key() {
    let pbx = pbx();
    let first = pbx.history(hours(), &context()).expect("a request");
    assert!(first.request.url.path().ends_with("/vpbx/stats/request"), "{}", first.request.url);
    let asked = body(&first);
    assert_eq!((&asked["date_from"], &asked["date_to"]), (&json!(1_772_431_200), &json!(1_772_442_000)));
    assert!(asked["fields"].as_str().is_some_and(|fields| fields.ends_with(",create,entry_id")), "{asked}");
    let counted: Vec<_> = first.request.quotas.iter().map(|quota| (quota.counted, quota.requests)).collect();
    assert_eq!(counted, [(Counted::Kind("statistics"), 1)], "one in two seconds");
    let ordered = pbx.read_history(hours(), &first.place, &answer(200, r#"{"key":"k1"}"#), &context());
    let next = ordered.expect("a key").next.expect("a question");
    assert!(next.request.url.path().ends_with("/vpbx/stats/result"));
    assert_eq!((body(&next), next.wait.as_secs(), &next.place), (json!({"key": "k1"}), 5, &fetched(0)));
    let again = read(&pbx, &answer(204, "")).expect("not yet").next.expect("the same once more");
    assert_eq!((again.wait.as_secs(), &again.place), (5, &fetched(1)));
    let given_up = pbx.read_history(hours(), &fetched(60), &answer(204, ""), &context());
    assert_eq!(given_up.map(drop).map_err(|error| error.kind()), Err(ErrorKind::NotReady));
    assert!(read(&pbx, &answer(200, "")).expect("an empty table").next.is_none());
}

#[test]
fn more_than_a_month_is_asked_for_in_parts() {
    let long = span("2026-01-01T00:00:00Z", "2026-02-15T00:00:00Z");
    for pbx in [pbx(), extended()] {
        let first = pbx.history(long, &context()).expect("a request");
        let HistoryPlace::Part { from, .. } = first.place else { panic!("{first:?}") };
        assert_eq!(from, long.from);
        let place = HistoryPlace::Part { from, skip: 0, key: Some("k".into()), tries: 0 };
        let empty = if body(&first)["limit"].is_null() {
            answer(200, "")
        } else {
            answer(200, r#"{"status":"complete","data":[]}"#)
        };
        let second = pbx.read_history(long, &place, &empty, &context()).expect("a part").next.expect("another");
        let HistoryPlace::Part { from, key: None, .. } = second.place else { panic!("{second:?}") };
        assert_eq!(from.to_string(), "2026-01-30T00:00:00Z", "29 days: less than a month, and than thirty days");
        let place = HistoryPlace::Part { from, skip: 0, key: Some("k".into()), tries: 0 };
        assert!(pbx.read_history(long, &place, &empty, &context()).expect("the last").next.is_none());
    }
}

#[test]
fn what_is_wrong_is_told_with_its_reason_and_asked_once() {
    let order = HistoryPlace::Part { from: hours().from, skip: 0, key: None, tries: 0 };
    let kind = |place: &HistoryPlace, status, text| {
        pbx().read_history(hours(), place, &answer(status, text), &context()).map(drop).map_err(|error| error.kind())
    };
    assert_eq!(kind(&order, 200, r#"{"result":3111}"#), Err(ErrorKind::InvalidRequest { field: "request" }));
    assert_eq!(kind(&order, 401, ""), Err(ErrorKind::Unauthorized));
    assert_eq!(
        kind(&order, 429, r#"{"name":"Service Unavailable","code":0}"#),
        Err(ErrorKind::RateLimited { retry_after: None })
    );
    assert_eq!(kind(&fetched(0), 404, ""), Err(ErrorKind::NotReady), "it is ordered anew");
    assert_eq!(kind(&fetched(0), 200, "<html>\n</html>"), Err(ErrorKind::Protocol));
}

#[test]
fn rows_of_one_entry_are_one_call() {
    let calls = table(
        "[];1772438400;1772438405;0;;79161234567;;;1100;74951234567;ivr;1772438400;e1\n\
         [];1772438405;1772438415;0;;79161234567;101;;1111;74951234567;abonent;1772438400;e1\n\
         [r1,r2];1772438415;1772438475;1772438420;;79161234567;102;sip:b@x.example;1110;74951234567;abonent;1772438400;e1\n\
         [];1772438440;1772438450;1772438442;102;;103;;1120;;abonent;1772438400;e1\r\n\
         [];1772439000;1772439020;0;;79161234568;101;;1110;74951234567;abonent;1772439000;e2\n",
    );
    let [talk, missed] = calls.as_slice() else { panic!("{calls:?}") };
    assert_eq!(created(talk), (Direction::Incoming, Some("+79161234567"), Some("+74951234567")));
    assert_eq!(answered(talk), [(LegRole::Agent, Some("102")), (LegRole::TransferTarget, Some("103"))]);
    assert_eq!((talk.call.as_str(), result(talk)), ("e1", Some(CallResult::Answered)));
    assert_eq!((times(talk)[0], times(talk).last()), (1_772_438_400, Some(&1_772_438_475)));
    let has = |id: &str| {
        effects(talk).contains(&&Effect::RecordingAvailable { reference: RecordingReference::Id(id.into()) })
    };
    assert!(has("r1") && has("r2"));
    assert!(talk.events.iter().all(|event| event.source == Source::Replay), "it rings nobody");
    let keys: std::collections::BTreeSet<_> = talk.events.iter().map(|event| &event.dedupe_key).collect();
    assert_eq!(keys.len(), talk.events.len(), "each is told once");
    assert_eq!(result(missed), Some(CallResult::Missed));
}

#[test]
fn who_called_whom_is_read_from_the_sides() {
    for (rows, expected, outcome) in [
        (
            "[];1;9;3;101;;;79161234567;1120;74951234567;abonent;1;e\n",
            (Direction::Outgoing, Some("+79161234567"), Some("+74951234567")),
            CallResult::Answered,
        ),
        (
            "[];1;9;0;101;;;79161234567;1121;;abonent;1;e\n",
            (Direction::Outgoing, Some("+79161234567"), None),
            CallResult::Busy,
        ),
        ("[];1;9;0;101;;102;;1111;;abonent;1;e\n", (Direction::Internal, Some("102"), None), CallResult::NoAnswer),
        (
            "[];1;9;0;;79161234567;;;1151;74951234567;ivr;1;e\n",
            (Direction::Incoming, Some("+79161234567"), Some("+74951234567")),
            CallResult::Rejected,
        ),
        // A callback: the customer is shown as the caller first, and dialled then.
        (
            "[];1;3;2;;79161234567;101;;1000;;abonent;1;e\n[];3;9;0;101;;;79161234567;1121;;abonent;1;e\n",
            (Direction::Outgoing, Some("+79161234567"), None),
            CallResult::Busy,
        ),
    ] {
        let calls = table(rows);
        assert_eq!((created(&calls[0]), result(&calls[0])), (expected, Some(outcome)), "{rows}");
    }
}

#[test]
fn rows_that_cannot_be_read_are_passed_over() {
    let good = "[];1;9;3;101;;;79161234567;1120;;abonent;1;e\n";
    assert_eq!(table(&format!("{good}[];soon;9;3;101;;;7;1;;abonent;soon;e2\n1;2;3\n")).len(), 1);
    let bad = read(&pbx(), &answer(200, "1;2;3\n4;5;6\n"));
    assert_eq!(bad.map(drop).map_err(|error| error.kind()), Err(ErrorKind::Protocol));
}

const TALK: &str = r#"{"entry_id":"e1","context_type":1,"context_status":1,"caller_id":null,"caller_name":"79161234567",
    "caller_number":"79161234567","called_number":"74951234567","context_start_time":1772438400,"duration":75,
    "talk_duration":55,"context_calls":[{"call_type":"group","call_abonent_id":1,"call_start_time":1772438405,
    "call_end_time":1772438475,"call_end_reason":1110,"recording_id":["r0"],"members":[
      {"call_type":"user","call_abonent_info":"Анна","call_abonent_number":"sip:anna@x.example","external_call_id":"leg-1",
       "call_start_time":1772438405,"call_answer_time":null,"call_end_time":1772438415,"call_end_reason":1111,"recording_id":[]},
      {"call_type":"user","call_abonent_info":"Сергей","call_abonent_number":"sip:sergey@x.example","external_call_id":"leg-2",
       "call_start_time":1772438405,"call_answer_time":1772438420,"call_end_time":1772438475,"call_end_reason":1110,
       "recording_id":["r1"],"members":null}]},
    {"call_type":"conference","call_abonent_id":2,"call_start_time":1772438406}]}"#;

#[test]
fn extended_statistics_are_asked_for_in_moscows_time_and_page_by_page() {
    let pbx = extended();
    let first = pbx.history(hours(), &context()).expect("a request");
    assert!(first.request.url.path().ends_with("/vpbx/stats/calls/request/"), "{}", first.request.url);
    let asked =
        json!({"start_date": "02.03.2026 09:00:00", "end_date": "02.03.2026 12:00:00", "limit": "1000", "offset": "0"});
    assert_eq!(body(&first), asked);
    let full = vec![r#"{"entry_id":"e","context_start_time":1}"#; 1000].join(",");
    let page =
        read(&pbx, &answer(200, &format!(r#"{{"result":1000,"status":"complete","data":[{{"list":[{full}]}}]}}"#)));
    let next = page.expect("a page").next.expect("another");
    assert_eq!(body(&next)["offset"], "1000");
    for (text, kind) in [
        (r#"{"result":1000,"status":"not-found"}"#, ErrorKind::NotReady),
        (r#"{"result":1000,"status":"error"}"#, ErrorKind::Internal),
        (r#"{"result":3100}"#, ErrorKind::InvalidRequest { field: "request" }),
    ] {
        assert_eq!(read(&pbx, &answer(200, text)).map(drop).map_err(|error| error.kind()), Err(kind), "{text}");
    }
}

#[test]
fn only_complete_statistics_are_read() {
    let status = |status: &str| {
        answer(200, &format!(r#"{{"result":"1000","status":"{status}","data":[{{"list":[{TALK}]}},{{"list":[]}}]}}"#))
    };
    for early in ["request", "work"] {
        let page = read(&extended(), &status(early)).expect("not yet");
        assert_eq!((page.calls.len(), page.next.map(|next| next.place)), (0, Some(fetched(1))), "{early}");
    }
    let page = read(&extended(), &status("complete")).expect("calls");
    let [talk] = page.calls.as_slice() else { panic!("{page:?}") };
    assert_eq!(created(talk), (Direction::Incoming, Some("+79161234567"), Some("+74951234567")));
    assert_eq!((answered(talk), result(talk)), (vec![(LegRole::Agent, Some("sergey"))], Some(CallResult::Answered)));
    let legs: std::collections::BTreeSet<&str> = effects(talk)
        .into_iter()
        .filter_map(|effect| if let Effect::LegCleared { leg, .. } = effect { Some(leg.key.as_str()) } else { None })
        .collect();
    assert_eq!(legs, ["leg-1", "leg-2"].into(), "as the notifications name them");
    assert_eq!(times(talk).last(), Some(&1_772_438_475));
}

#[test]
fn complete_statistics_without_a_list_are_not_a_time_without_calls() {
    for data in ["", r#","data":null"#, r#","data":"""#, r#","data":{}"#] {
        let bad = answer(200, &format!(r#"{{"result":"1000","status":"complete"{data}}}"#));
        let read = read(&extended(), &bad).map(drop).map_err(|error| error.kind());
        assert_eq!(read, Err(ErrorKind::Protocol), "{data}");
    }
    let empty = answer(200, r#"{"result":"1000","status":"complete","data":[]}"#);
    assert!(read(&extended(), &empty).expect("a list").calls.is_empty());
}

#[test]
fn an_outgoing_call_of_the_extended_statistics_has_both_ends() {
    let row = r#"{"entry_id":"e1","context_type":2,"caller_number":"sip:anna@x.example","called_number":"79161234567",
        "context_start_time":1772438400,"duration":8,"talk_duration":1,"context_calls":[{"call_type":"number",
        "call_abonent_info":"Анна","call_abonent_number":null,"call_start_time":1772438401,"call_answer_time":1772438407,
        "call_end_time":1772438408,"call_end_reason":1110,"recording_id":["r1"]}]}"#;
    let page = read(&extended(), &answer(200, &format!(r#"{{"status":"complete","data":[{{"list":[{row}]}}]}}"#)));
    let [call] = &page.expect("calls").calls[..] else { panic!("one call") };
    assert_eq!(created(call).0, Direction::Outgoing);
    let expected = vec![(LegRole::Agent, Some("anna")), (LegRole::Customer, Some("+79161234567"))];
    assert_eq!((answered(call), result(call)), (expected, Some(CallResult::Answered)));
}
