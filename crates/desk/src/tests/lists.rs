//! Lists and recordings.

use calls::{CallResult, CallState, LegState, RecordingId};
use link::{
    ByteRange,
    wire::{PeaksView, Recording, RecordingState},
};

use crate::{
    contract::{
        CallCounts, CallFilter, CallRef, CallRow, ErrorCode, ListCallsRequest, OpenRecordingRequest, OutcomeKind,
        ReachedView, SaveOutcomeRequest,
    },
    testing::{Bench, Shape, agent_leg, at, call},
};

async fn page(bench: &Bench, request: ListCallsRequest) -> crate::contract::CallsPage {
    bench.desk.list_calls(request).await.expect("a page")
}

fn ids(page: &crate::contract::CallsPage) -> Vec<String> {
    page.rows.iter().map(|row| row.call.id.clone()).collect()
}

#[tokio::test(start_paused = true)]
async fn pages_follow_each_other_newest_first() {
    let bench = Bench::live().await;
    for number in 0..5 {
        let one = call(&number.to_string()).with(|call| call.started_at = at(number)).ended(CallResult::Missed);
        bench.keep("own", 1, &one);
    }
    let first = page(&bench, ListCallsRequest { limit: 3, ..ListCallsRequest::default() }).await;
    assert_eq!(first.total, Some(5));
    assert_eq!(ids(&first), ["4", "3", "2"].map(|number| call(number).id.as_str().to_owned()));
    let before = first.next.clone();
    assert!(before.is_some());
    let second = page(&bench, ListCallsRequest { limit: 3, before, ..ListCallsRequest::default() }).await;
    assert_eq!((ids(&second).len(), second.next, second.total), (2, None, None));
    let bad = ListCallsRequest { before: Some("x".into()), ..ListCallsRequest::default() };
    assert_eq!(bench.desk.list_calls(bad).await.unwrap_err().field.as_deref(), Some("before"));
}

#[tokio::test(start_paused = true)]
async fn filters_and_searches_find_what_they_name() {
    let bench = Bench::live().await;
    let recorded = call("recorded").leg("102", LegState::Connected).state(CallState::Talking).with(|call| {
        let id = RecordingId::of(&call.id, "r");
        call.recordings.push(Recording { id, state: RecordingState::Ready, duration_ms: None });
        call.customer.name = Some("Анна Петрова".into());
        call.customer.number = Some("+79001234567".into());
    });
    bench.keep("own", 1, &recorded.ended(CallResult::Answered));
    bench.keep("own", 2, &call("missed").ended(CallResult::Missed));
    let only = async |filter, text: &str| {
        ids(&page(&bench, ListCallsRequest { filter, text: text.into(), limit: 9, before: None }).await)
    };
    let (recorded, missed) = (call("recorded").id.as_str().to_owned(), call("missed").id.as_str().to_owned());
    assert_eq!(only(CallFilter::Recorded, "").await, [recorded.as_str()]);
    assert_eq!(only(CallFilter::Missed, "").await, [missed.as_str()]);
    assert_eq!(only(CallFilter::All, "петров").await, [recorded.as_str()]);
    assert_eq!(only(CallFilter::All, "495123").await, [missed.as_str()]);
    assert!(only(CallFilter::Outgoing, "").await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_row_is_told_from_this_persons_side() {
    let bench = Bench::live().await;
    // The office keeps its rows from nobody's side: mine rang, a colleague talked.
    let kept = call("1")
        .with(|call| call.legs.push(agent_leg("102", LegState::Failed)))
        .named_leg("103", "Ирина", LegState::Connected)
        .state(CallState::Talking)
        .ended(CallResult::Answered);
    bench.keep("own", 1, &kept);
    let row = page(&bench, ListCallsRequest { limit: 1, ..ListCallsRequest::default() }).await.rows.remove(0);
    assert_eq!(row.result, Some(CallResult::AnsweredElsewhere));
    assert_eq!((row.agent.as_deref(), row.line.as_deref()), (Some("Ирина"), Some("Продажи")));
    assert_eq!((row.talk_ms, row.party.dial.as_deref()), (Some(55_000), Some("+74951234567")));
}

#[tokio::test(start_paused = true)]
async fn a_list_says_how_many_calls_each_filter_shows() {
    let bench = Bench::live().await;
    for number in 0..3 {
        bench.keep("own", number, &call(&number.to_string()).ended(CallResult::Missed));
    }
    let outgoing = call("out").with(|call| call.direction = calls::Direction::Outgoing).ended(CallResult::NoAnswer);
    bench.keep("own", 4, &outgoing);
    let first =
        page(&bench, ListCallsRequest { limit: 2, filter: CallFilter::Missed, ..ListCallsRequest::default() }).await;
    let counts = CallCounts { all: 4, incoming: 3, outgoing: 1, missed: 3, recorded: 0 };
    assert_eq!((first.total, first.counts), (Some(3), Some(counts)));
    let second = ListCallsRequest { limit: 2, before: first.next, ..ListCallsRequest::default() };
    assert_eq!(page(&bench, second).await.counts, None, "with the first page only");
}

#[tokio::test(start_paused = true)]
async fn a_missed_call_says_when_its_caller_was_reached() {
    let bench = Bench::live().await;
    let outgoing = |name: &str, began, result| {
        let call = call(name).with(|call| (call.direction, call.started_at) = (calls::Direction::Outgoing, at(began)));
        if result == CallResult::Answered { call.leg("102", LegState::Cleared) } else { call }.ended(result)
    };
    bench.keep("own", 1, &outgoing("before", -60, CallResult::Answered));
    bench.keep("own", 2, &call("missed").ended(CallResult::Missed));
    bench.keep("own", 3, &outgoing("in vain", 60, CallResult::NoAnswer));
    let missed = async |bench: &Bench| {
        let request = ListCallsRequest { filter: CallFilter::Missed, limit: 9, ..ListCallsRequest::default() };
        page(bench, request).await.rows.remove(0)
    };
    assert_eq!(missed(&bench).await.reached, None, "nobody has reached him since");
    bench.keep("own", 4, &outgoing("reached", 120, CallResult::Answered));
    bench.keep("own", 5, &outgoing("again", 180, CallResult::Answered));
    assert_eq!(missed(&bench).await.reached, Some(ReachedView { at: at(120), called_back: true }));
    let again = call("again by himself").leg("102", LegState::Cleared).ended(CallResult::Answered);
    bench.keep("own", 6, &again.with(|call| call.started_at = at(90)));
    assert_eq!(missed(&bench).await.reached, Some(ReachedView { at: at(90), called_back: false }));
}

#[tokio::test(start_paused = true)]
async fn a_row_says_how_the_talk_ended_and_where_an_unnamed_number_belongs() {
    let bench = Bench::remote().await;
    let named = call("1").leg("102", LegState::Cleared).ended(CallResult::Answered);
    bench.keep("remote", 1, &named.clone().with(|call| call.customer.name = Some("Анна".into())));
    bench.keep("remote", 2, &call("2").with(|call| call.started_at = at(1)).ended(CallResult::Missed));
    let of = CallRef { office: "remote".into(), id: named.id.as_str().into() };
    bench.desk.save_outcome(SaveOutcomeRequest { call: of, outcome: Some(OutcomeKind::Order) }).await.unwrap();
    let rows = page(&bench, ListCallsRequest { limit: 9, ..ListCallsRequest::default() }).await.rows;
    let area = |row: &CallRow| row.party.region.clone().and_then(|region| region.area).map(|area| area.en);
    assert_eq!((rows[0].outcome, area(&rows[0]).as_deref()), (None, Some("Moscow")));
    assert_eq!((rows[1].outcome, area(&rows[1])), (Some(OutcomeKind::Order), None));
}

#[tokio::test(start_paused = true)]
async fn a_talk_of_which_only_the_end_is_told_has_no_length() {
    let bench = Bench::live().await;
    let ended =
        call("1").named_leg("103", "Ирина", LegState::Connected).state(CallState::Talking).ended(CallResult::Answered);
    let kept = ended.with(|call| {
        call.answered_at = call.ended_at;
        call.legs.iter_mut().for_each(|leg| leg.answered_at = leg.ended_at);
    });
    bench.keep("own", 1, &kept);
    let row = page(&bench, ListCallsRequest { limit: 1, ..ListCallsRequest::default() }).await.rows.remove(0);
    assert_eq!((row.result, row.talk_ms, row.rang_ms), (Some(CallResult::Answered), None, None));
    let details = bench.desk.call_details(row.call).await.expect("it is there");
    assert!(details.legs.iter().all(|leg| leg.talk_ms.is_none()), "{:?}", details.legs);
}

#[tokio::test(start_paused = true)]
async fn a_recording_is_opened_and_read_in_pieces() {
    let bench = Bench::live().await;
    let talked = call("1").named_leg("102", "Пётр", LegState::Connected).state(CallState::Talking);
    bench.keep("own", 1, &talked.ended(CallResult::Answered));
    let recording = RecordingId::of(&call("1").id, "r").as_str().to_owned();
    let request = OpenRecordingRequest {
        call: CallRef { office: "own".into(), id: call("1").id.as_str().into() },
        recording: recording.clone(),
    };
    assert_eq!(bench.desk.open_recording(request.clone()).await.unwrap_err().code, ErrorCode::NotReady);
    bench.office.set_peaks(PeaksView {
        duration_ms: 1_000,
        lanes: vec![vec![1, 2], vec![3, 4]],
        seconds: vec![0],
        bytes: 10,
        mime: "audio/mpeg".into(),
    });
    let view = bench.desk.open_recording(request).await.unwrap();
    assert_eq!((view.id.as_str(), view.agent.as_deref()), (&*recording, Some("Пётр")));
    assert_eq!((view.lanes.len(), view.bytes, view.duration_ms), (2, 10, 1_000));
    let part = bench.desk.recording_bytes("own", &recording, ByteRange { start: 4, end: None }).await.unwrap();
    assert_eq!((&part.bytes[..], part.start, part.total), (&b"456789"[..], 4, Some(10)));
    let wrong = bench.desk.recording_bytes("own", "../x", ByteRange { start: 0, end: None }).await;
    assert_eq!(wrong.unwrap_err().code, ErrorCode::NotFound);
}

/// A-law in a WAV, whose header is longer than usual when `before` is.
fn a_law(before: usize, sound: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x06\0\x01\0\x40\x1f\0\0\x40\x1f\0\0\x01\0\x08\0LIST".to_vec();
    file.extend(u32::try_from(before).unwrap().to_le_bytes());
    file.resize(file.len() + before, 0);
    file.extend(b"data");
    file.extend(u32::try_from(sound.len()).unwrap().to_le_bytes());
    file.extend(sound);
    file
}

#[tokio::test(start_paused = true)]
async fn a_wav_of_any_size_is_played_in_pieces_of_pcm() {
    let bench = Bench::live().await;
    let recording = RecordingId::of(&call("1").id, "r").as_str().to_owned();
    for before in [4, 30_000] {
        let sound: Vec<u8> = (0..80_000_u32).map(|at| (at / 8_000) as u8).collect();
        bench.office.set_recording(a_law(before, &sound));
        let piece = |from, to| bench.desk.recording_piece("own", &recording, from, to);
        let second = piece(3_000, 5_000).await.unwrap();
        let made = audio::probe(&second);
        assert_eq!((made.plays, made.duration_ms, second.len()), (true, 2_000, 44 + 2 * 16_000));
        assert_ne!(second[44..46], second[44 + 16_000..44 + 16_002], "another second sounds otherwise");
        assert_eq!(audio::probe(&piece(9_500, 30_000).await.unwrap()).duration_ms, 500, "as far as it goes");
        let behind = piece(10_000, 30_000).await.unwrap_err();
        assert_eq!((behind.code, behind.field.as_deref()), (ErrorCode::InvalidRequest, Some("range")));
    }
    bench.office.set_recording(vec![0xff; 5_000]);
    let other = bench.desk.recording_piece("own", &recording, 0, 1_000).await.unwrap_err();
    assert_eq!(other.code, ErrorCode::NotPlayable);
}

#[tokio::test(start_paused = true)]
async fn a_call_that_was_passed_on_is_listed_as_its_office_tells_it() {
    let bench = Bench::live().await;
    let passed_on = call("1").leg("102", LegState::Cleared).ended(CallResult::Answered).with(|call| {
        call.mine = false;
        call.legs[0].end_cause = calls::EndCause::Transferred;
    });
    bench.keep("own", 1, &passed_on);
    let page = bench.desk.list_calls(ListCallsRequest { limit: 10, ..ListCallsRequest::default() }).await.unwrap();
    assert_eq!(page.rows[0].result, Some(CallResult::Transferred));
}
