//! Calls are shown before they are placed, placed once, and followed.

use std::time::Duration;

use calls::{CallId, CallResult, CallState, CommandState, LegState};
use link::{OfficeError, OfficeErrorKind, wire::StreamEvent};

use crate::{
    contract::{
        CallBackRequest, CardPhase, ConnectionState, ContractError, DialKind, DialNumber, DialWarning, ErrandTask,
        ErrorCode, ListCallsRequest, PlaceCallRequest, PlacedView, PreviewDialRequest,
    },
    testing::{Bench, Shape, breathe, call, command, command_view, connection, live_connection},
};

fn phone(digits: &str) -> DialNumber {
    DialNumber { kind: DialKind::Phone, digits: digits.into(), extension: None, post_dial: None }
}

/// No request yet: through the usual connection, from one's own phone.
pub(super) fn no_way() -> PlaceCallRequest {
    let (command, number) = (String::new(), phone(""));
    PlaceCallRequest { command, number, office: None, connection: None, group: None, customer_first: false }
}

fn to_call(number: u128, to: &str) -> PlaceCallRequest {
    PlaceCallRequest { command: command(number).to_string(), number: phone(to), ..no_way() }
}

type Placing = tokio::task::JoinHandle<Result<PlacedView, ContractError>>;

fn place(bench: &Bench, request: PlaceCallRequest) -> Placing {
    let desk = bench.desk.clone();
    tokio::spawn(async move { desk.place_call(request).await })
}

#[tokio::test(start_paused = true)]
async fn a_placed_call_says_pick_up_and_never_incoming() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.shown.until_phases(&[CardPhase::PickUpYourPhone]).await;
    let placed_requests = bench.office.placed_requests(1).await;
    assert_eq!((placed_requests[0].to.as_str(), placed_requests[0].from.as_deref()), ("+74951234567", Some("102")));
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    let placed = placing.await.unwrap().expect("placed");

    // The make shows the ringing of the own phone as a call from the destination.
    let pending = call("x").placed(command(1)).with(|call| call.id = CallId::of_command(&connection(), command(1)));
    bench.office.call(1, &pending.clone().leg("102", LegState::Alerting));
    bench.office.call(2, &pending.leg("102", LegState::Connected));
    bench.shown.until_phases(&[CardPhase::Calling]).await;

    // The vendor's id becomes known: the card keeps its name.
    let redirected = call("7").placed(command(1)).with(|call| {
        call.redirected_from = Some(CallId::of_command(&connection(), command(1)));
    });
    let talking = redirected.leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(3, &talking);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    assert_eq!(bench.shown.record().cards.last().unwrap().cards[0].call, placed.call);
    bench.desk.show_call(placed.call.clone()).await.unwrap();
    let errand = bench.desk.main_snapshot().await.unwrap().errand.expect("main is to show it");
    let ErrandTask::Open { call: shown } = errand.task else { panic!("a call is to be shown") };
    assert_eq!(shown.id, call("7").id.as_str());

    bench.office.call(4, &talking.ended(CallResult::Answered));
    bench.shown.until_phases(&[CardPhase::Ended]).await;
    let incoming = bench
        .shown
        .record()
        .cards
        .iter()
        .flat_map(|view| view.cards.clone())
        .any(|card| card.phase == CardPhase::Ringing || card.direction == calls::Direction::Incoming);
    assert!(!incoming);
}

#[tokio::test(start_paused = true)]
async fn the_office_is_asked_for_what_was_shown() {
    let bench = Bench::live().await;
    for (number, text) in (1..).zip([
        "8 (495) 123-45-67 доб. 12",
        "tel:+74951234567,,1#",
        "9 8 916 204-55-18",
        "205",
        "112",
        "122",
        "*100#",
        "sip:anna@pbx.example",
        "123-45-67",
    ]) {
        let preview = bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.unwrap();
        let shown = preview.number.clone();
        place(&bench, PlaceCallRequest { number: preview.number, ..to_call(number, "") });
        let asked = bench.office.placed_requests(1).await;
        assert_eq!((&asked[0].to, asked[0].number.as_ref()), (&shown.digits, Some(&shown)), "{text}");
        bench.office.answer(Ok(command_view(command(number), CommandState::Sent)));
    }
}

#[tokio::test(start_paused = true)]
async fn the_card_says_what_to_key_in_after_the_answer() {
    let bench = Bench::live().await;
    let number = DialNumber { extension: Some("12".into()), post_dial: Some("1#".into()), ..phone("+74951234567") };
    place(&bench, PlaceCallRequest { number, ..to_call(1, "") });
    bench.office.placed_requests(1).await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    let talking = call("7").placed(command(1)).leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(1, &talking);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    let card = bench.shown.record().cards.last().unwrap().cards[0].clone();
    assert_eq!((card.extension.as_deref(), card.post_dial.as_deref()), (Some("12"), Some("1#")));
}

#[tokio::test(start_paused = true)]
async fn two_clicks_are_one_call() {
    let bench = Bench::live().await;
    let first = place(&bench, to_call(1, "+74951234567"));
    let second = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    breathe().await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
    let third = bench.desk.place_call(to_call(1, "+74951234567")).await.unwrap();
    assert_eq!((&first, &first), (&second, &third));
    assert_eq!(bench.shown.record().phases().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_an_unknown_outcome_and_never_dialled_again() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::UnknownOutcome, "lost")));
    assert_eq!(placing.await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    bench.shown.until_phases(&[CardPhase::UnknownOutcome]).await;
    assert!(!bench.shown.record().cards.last().unwrap().cards[0].can_call);
    assert_eq!(bench.desk.place_call(to_call(1, "+74951234567")).await.unwrap_err().code, ErrorCode::UnknownOutcome);
    assert!(bench.office.placed_requests(0).await.is_empty(), "asked once, answered once, not asked again");

    // The PBX had acted after all.
    let late = call("7").placed(command(1)).leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(1, &late);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
}

#[tokio::test(start_paused = true)]
async fn an_office_that_does_not_answer_in_a_minute_leaves_the_outcome_unknown() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.pass(Duration::from_secs(61)).await;
    assert_eq!(placing.await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    bench.shown.until_phases(&[CardPhase::UnknownOutcome]).await;
}

#[tokio::test(start_paused = true)]
async fn a_refused_call_says_so_and_goes() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::Refused, "no money")));
    assert_eq!(placing.await.unwrap().unwrap_err().code, ErrorCode::Refused);
    bench.shown.until_phases(&[CardPhase::Failed]).await;
    bench.pass(Duration::from_secs(11)).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn accepted_without_effect_is_not_confirmed_and_no_error() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    placing.await.unwrap().unwrap();
    let say = |state| {
        let view = command_view(command(1), state);
        bench.office.event(1, StreamEvent::Command { command: view });
    };
    say(CommandState::Accepted);
    say(CommandState::Unknown);
    bench
        .shown
        .until("not confirmed", |record| {
            record.cards.last().is_some_and(|view| view.cards.iter().any(|card| card.not_confirmed))
        })
        .await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::PickUpYourPhone]);
    say(CommandState::Confirmed);
    bench
        .shown
        .until("confirmed", |record| {
            record.cards.last().is_some_and(|view| view.cards.iter().all(|card| !card.not_confirmed))
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn what_cannot_be_dialled_is_said_before_anybody_is_asked() {
    let bench = Bench::live().await;
    let error = bench.desk.place_call(to_call(1, "привет")).await.unwrap_err();
    assert_eq!((error.code, error.field.as_deref()), (ErrorCode::InvalidRequest, Some("number")));
    let bad = PlaceCallRequest { command: "1".into(), ..to_call(1, "101") };
    let error = bench.desk.place_call(bad).await.unwrap_err();
    assert_eq!(error.field.as_deref(), Some("command"));
    let elsewhere = PlaceCallRequest { connection: Some("other".into()), ..to_call(1, "101") };
    assert_eq!(bench.desk.place_call(elsewhere).await.unwrap_err().code, ErrorCode::Unreachable);
    assert!(bench.office.placed_requests(0).await.is_empty());
    assert!(bench.shown.record().phases().is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_preview_tells_what_would_be_dialled_and_dials_nothing() {
    let bench = Bench::live().await;
    let known = call("0").with(|call| call.customer.name = Some("Анна".into())).ended(CallResult::Missed);
    bench.keep("own", 1, &known);
    let preview = async |text: &str| bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await;
    let known = preview("tel:+7-495-123-45-67").await.unwrap();
    assert_eq!((known.number, known.display.as_str()), (phone("+74951234567"), "+7 495 123-45-67"));
    assert_eq!(known.name.as_deref(), Some("Анна"));
    let [connection] = &known.connections[..] else { panic!("one connection") };
    assert_eq!(
        (connection.office.as_str(), connection.connection.as_str(), connection.from.as_str()),
        ("own", "rt1", "102")
    );
    assert_eq!(preview("103").await.unwrap().number.kind, DialKind::Emergency);
    assert_eq!(preview("205").await.unwrap().number.kind, DialKind::Extension);
    assert_eq!(preview("8 809 123-45-67").await.unwrap().warnings, [DialWarning::Premium]);
    assert_eq!(preview("+7 495 123-45-6789").await.unwrap().warnings, [DialWarning::TooLong]);
    assert!(preview("8 809 123-45-67").await.unwrap().asks);
    let with_extension = preview("8 495 123-45-67 доб. 12").await.unwrap();
    assert_eq!((with_extension.number.extension.as_deref(), with_extension.asks), (Some("12"), false));
    let keyed_in = preview("tel:+74951234567,,100#").await.unwrap();
    assert_eq!((keyed_in.number.digits.as_str(), keyed_in.number.post_dial.as_deref()), ("+74951234567", Some("100#")));
    let doubtful = preview("9 8 916 204-55-18").await.unwrap();
    assert_eq!(
        (doubtful.number.digits.as_str(), doubtful.other.as_deref()),
        ("+79162045518", Some("+98 916 204 5518"))
    );
    assert_eq!((&doubtful.warnings[..], doubtful.asks), (&[DialWarning::TwoReadings][..], true));
    let named = preview("sip:petr.ivanov@example.invalid").await.unwrap();
    assert_eq!((&named.warnings[..], named.asks), (&[DialWarning::SipName][..], true));
    assert_eq!(preview("*100#").await.unwrap().warnings, []);
    assert_eq!(preview("").await.unwrap_err().field.as_deref(), Some("text"));
    assert!(bench.office.placed_requests(0).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn an_extension_with_an_emergency_number_is_pointed_out() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").leg("103", LegState::Alerting));
    bench.shown.until("the call", |record| record.main.last().is_some_and(|main| !main.now.open.is_empty())).await;
    let warned = async |text: &str| {
        let preview = bench.desk.preview_dial(PreviewDialRequest { text: text.into() }).await.unwrap();
        assert_eq!(preview.number.kind, DialKind::Emergency);
        preview.warnings == [DialWarning::AlsoExtension]
    };
    assert!(warned("103").await);
    assert!(warned("102").await, "one's own");
    assert!(!warned("104").await);
    bench.office.call(2, &call("1").leg("103", LegState::Cleared).ended(CallResult::Missed));
    bench.shown.until("its end", |record| record.main.last().is_some_and(|main| main.now.open.is_empty())).await;
    assert!(warned("103").await, "colleagues stay known");
}

#[tokio::test(start_paused = true)]
async fn no_call_goes_through_a_connection_that_is_down() {
    let bench = Bench::live().await;
    let down = link::wire::ConnectionView { state: link::wire::ConnectionState::Down, ..live_connection() };
    bench.office.event(1, StreamEvent::Connection { connection: down });
    bench
        .shown
        .until("down", |record| {
            record.now().offices[0].connections.iter().any(|row| row.state == ConnectionState::Down)
        })
        .await;
    let preview = bench.desk.preview_dial(PreviewDialRequest { text: "205".into() }).await.unwrap();
    assert!(preview.connections.is_empty());
    assert_eq!(bench.desk.place_call(to_call(1, "205")).await.unwrap_err().code, ErrorCode::Unreachable);
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_cannot_be_read_leaves_the_outcome_unknown() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::Protocol, "no JSON")));
    assert_eq!(placing.await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    bench.shown.until_phases(&[CardPhase::UnknownOutcome]).await;
    assert!(!bench.shown.record().cards.last().unwrap().cards[0].can_call);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_does_not_undo_what_an_event_has_shown() {
    let bench = Bench::live().await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    let confirmed = command_view(command(1), CommandState::Confirmed);
    bench.office.event(1, StreamEvent::Command { command: confirmed });
    breathe().await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::UnknownOutcome, "lost")));
    assert_eq!(placing.await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    breathe().await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::PickUpYourPhone]);
}

#[tokio::test(start_paused = true)]
async fn a_link_is_shown_and_asked_about_and_never_dialled_by_itself() {
    let bench = Bench::live().await;
    bench.desk.dial_link(" tel:+74951234567\u{0}\n".into()).await;
    bench.shown.until("main opens", |record| record.main_opened == 1).await;
    let errand = || bench.shown.record().now().errand.clone();
    let dial = |text: &str| ErrandTask::Dial { text: text.into(), from_program: true, connection: None };
    let first = errand().expect("main is to ask about it");
    assert_eq!(first.task, dial("tel:+74951234567"));

    bench.desk.dial_link("callto:101".into()).await;
    bench.shown.until("the next number", |record| record.main_opened == 2).await;
    let second = errand().expect("main is to ask about it");
    assert_eq!(second.task, dial("callto:101"));
    bench.desk.errand_done(first.id).await.unwrap();
    assert_eq!(bench.desk.main_snapshot().await.unwrap().errand, Some(second.clone()), "not the one that was done");
    let start = bench.desk.start_main(ListCallsRequest::default()).await.unwrap();
    assert_eq!(start.view.errand, Some(second.clone()), "a page that begins anew finds it");
    bench.desk.errand_done(second.id).await.unwrap();
    bench.shown.until("done", |record| record.now().errand.is_none()).await;
    assert!(bench.office.placed_requests(0).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_busy_phone_of_ones_own_is_told_from_a_busy_number() {
    let bench = Bench::live().await;
    let talk = call("5").leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(1, &talk);
    bench.shown.until("a talk", |record| record.now().now.open.len() == 1).await;
    let placing = place(&bench, to_call(1, "+74951234567"));
    bench.office.placed_requests(1).await;
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    let placed = placing.await.unwrap().expect("placed");
    let mine = call("7").placed(command(1)).leg("102", LegState::Alerting).ended(CallResult::Busy);
    bench.office.call(1, &mine);
    bench.shown.until_phases(&[CardPhase::OwnPhoneBusy]).await;
    assert!(bench.shown.record().cards.last().unwrap().cards[0].can_call, "and offers to try again");
    bench.keep("own", 1, &mine);
    let again = CallBackRequest { command: command(2).to_string(), call: placed.call };
    let desk = bench.desk.clone();
    tokio::spawn(async move { desk.call_back(again).await });
    assert_eq!(bench.office.placed_requests(1).await[0].command, command(2));

    let his = call("7").placed(command(1)).leg("102", LegState::Connected).ended(CallResult::Busy);
    bench.office.call(2, &his);
    bench.shown.until("his", |record| record.phases().contains(&CardPhase::Busy)).await;
}
