//! Calls are called back through the connection that they came through, and once.

use std::time::Duration;

use calls::{CallResult, CommandState, LegState};
use link::{OfficeError, OfficeErrorKind, wire::StreamEvent};

use crate::{
    contract::{
        CallBackRequest, CallRef, CardPhase, ConnectionState, DialConnectionRef, ErrandTask, ErrorCode, PartyView,
    },
    testing::{Bench, Shape, breathe, call, command, command_view, live_connection},
};

#[tokio::test(start_paused = true)]
async fn a_missed_call_is_called_back_from_its_card_and_from_the_list() {
    let bench = Bench::live().await;
    let missed = call("1").ringing_here().ended(CallResult::Missed);
    bench.office.call(1, &call("1").ringing_here());
    bench.office.call(2, &missed);
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    let card = CallRef { office: "own".into(), id: call("1").id.as_str().into() };
    let desk = bench.desk.clone();
    let back =
        tokio::spawn(
            async move { desk.call_back(CallBackRequest { command: command(1).to_string(), call: card }).await },
        );
    bench.shown.until_phases(&[CardPhase::PickUpYourPhone, CardPhase::Missed]).await;
    assert_eq!(bench.office.placed_requests(1).await[0].to, "+74951234567");
    bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
    back.await.unwrap().expect("placed");

    bench.keep("own", 3, &call("2").ended(CallResult::Missed));
    let (desk, row) = (bench.desk.clone(), CallRef { office: "own".into(), id: call("2").id.as_str().into() });
    let back =
        tokio::spawn(
            async move { desk.call_back(CallBackRequest { command: command(2).to_string(), call: row }).await },
        );
    assert_eq!(bench.office.placed_requests(1).await[0].command, command(2));
    bench.office.answer(Ok(command_view(command(2), CommandState::Sent)));
    back.await.unwrap().expect("placed");
}

/// A colleague's call to this desk: `customer` is whom he called.
fn from_colleague(vendor: &str) -> link::wire::Call {
    call(vendor).named_leg("205", "Ирина", LegState::Connected).ringing_here().with(|call| {
        call.direction = calls::Direction::Internal;
        call.customer.number = Some("102".into());
    })
}

#[tokio::test(start_paused = true)]
async fn a_missed_colleague_is_called_back_and_never_oneself() {
    let bench = Bench::live().await;
    bench.office.call(1, &from_colleague("1"));
    bench.office.call(2, &from_colleague("1").ended(CallResult::NoAnswer));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    let back = async |number: u128, vendor: &str| {
        let (desk, id) = (bench.desk.clone(), call(vendor).id.as_str().to_owned());
        let key = CallRef { office: "own".into(), id };
        let back = tokio::spawn(async move {
            desk.call_back(CallBackRequest { command: command(number).to_string(), call: key }).await
        });
        let to = bench.office.placed_requests(1).await[0].to.clone();
        bench.office.answer(Ok(command_view(command(number), CommandState::Sent)));
        back.await.unwrap().expect("placed");
        to
    };
    assert_eq!(back(1, "1").await, "205", "from the card");
    bench.keep("own", 3, &from_colleague("2").ended(CallResult::NoAnswer));
    assert_eq!(back(2, "2").await, "205", "from the list");
    let details = bench.desk.call_details(CallRef { office: "own".into(), id: call("2").id.as_str().into() }).await;
    assert_eq!(details.unwrap().row.party.dial.as_deref(), Some("205"));

    bench
        .office
        .call(4, &from_colleague("4").with(|call| call.legs.retain(|leg| leg.extension.as_deref() != Some("205"))));
    bench
        .shown
        .until("a caller who is not known", |record| {
            record
                .cards
                .last()
                .is_some_and(|view| view.cards[0].party == PartyView { internal: true, ..PartyView::default() })
        })
        .await;
}

#[tokio::test(start_paused = true)]
async fn a_notification_that_is_pressed_twice_is_one_call() {
    let bench = Bench::live().await;
    bench.office.call(1, &from_colleague("1"));
    bench.keep("own", 2, &from_colleague("1").ended(CallResult::NoAnswer));
    bench.office.call(2, &from_colleague("1").ended(CallResult::NoAnswer));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.pass(Duration::from_secs(31)).await;
    bench.shown.until("a notification", |record| record.notifications.len() == 1).await;
    let id = bench.shown.record().notifications[0].id.clone();
    bench.desk.notification_action(&id, crate::ActionKind::CallBack);
    bench.desk.notification_action(&id, crate::ActionKind::CallBack);
    let placed_requests = bench.office.placed_requests(1).await;
    breathe().await;
    assert_eq!(bench.office.placed_requests(1).await, placed_requests);
    assert_eq!(placed_requests[0].to, "205");
}

#[tokio::test(start_paused = true)]
async fn a_call_is_called_back_through_the_connection_that_it_came_through() {
    let bench = Bench::live().await;
    let other = || "mg1".parse().expect("valid");
    let connection = link::wire::ConnectionView { id: other(), ..live_connection() };
    bench.office.event(1, StreamEvent::Connection { connection: connection.clone() });
    let on = |vendor: &str, number: &str| {
        let number = number.to_owned();
        call(vendor).ended(CallResult::Missed).with(|call| {
            call.connection = other();
            call.customer.number = Some(number);
        })
    };
    let back = |number: u128, vendor: &str| {
        let call = CallRef { office: "own".into(), id: call(vendor).id.as_str().into() };
        bench.desk.call_back(CallBackRequest { command: command(number).to_string(), call })
    };
    bench.keep("own", 2, &on("1", "+74951234567"));
    let answer = async {
        let placed_requests = bench.office.placed_requests(1).await;
        bench.office.answer(Ok(command_view(command(1), CommandState::Sent)));
        placed_requests
    };
    let (placed, placed_requests) = tokio::join!(back(1, "1"), answer);
    placed.unwrap();
    assert_eq!((placed_requests[0].connection.as_str(), placed_requests[0].to.as_str()), ("mg1", "+74951234567"));

    // What a person must look at first is shown with the same connection, and not dialled.
    let through = || Some(DialConnectionRef { office: "own".into(), connection: "mg1".into() });
    for (place, number) in (2..).zip(["103", "+78091234567", "+493012345678", "112", ""]) {
        let vendor = place.to_string();
        bench.keep("own", place, &on(&vendor, number));
        back(u128::from(place), &vendor).await.unwrap();
        let errand = bench.desk.main_snapshot().await.unwrap().errand.expect(number);
        assert_eq!(errand.task, ErrandTask::Dial { text: number.into(), from_program: false, connection: through() });
    }

    // That connection is away: no other is taken by itself.
    let down = link::wire::ConnectionView { state: link::wire::ConnectionState::Down, ..connection };
    bench.office.event(3, StreamEvent::Connection { connection: down });
    bench
        .shown
        .until("down", |record| {
            record.now().offices[0].connections.iter().any(|row| row.state == ConnectionState::Down)
        })
        .await;
    back(9, "1").await.unwrap();
    let errand = bench.desk.main_snapshot().await.unwrap().errand.expect("main asks");
    assert_eq!(
        errand.task,
        ErrandTask::Dial { text: "+74951234567".into(), from_program: false, connection: through() }
    );
    assert!(bench.office.placed_requests(0).await.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_notification_says_when_it_could_not_call_back() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.office.call(2, &call("1").ringing_here().ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.pass(Duration::from_secs(31)).await;
    bench.shown.until("a notification", |record| record.notifications.len() == 1).await;
    let id = bench.shown.record().notifications[0].id.clone();
    bench.keep("own", 2, &call("1").ringing_here().ended(CallResult::Missed));
    bench.desk.notification_action(&id, crate::ActionKind::CallBack);
    bench.office.placed_requests(1).await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::Refused, "no money")));
    bench.shown.until("it is said", |record| record.notifications.len() == 2).await;
    let told = bench.shown.record().notifications[1].clone();
    assert_eq!((told.title.as_str(), told.body.as_str()), ("Перезвонить не получилось", "+7 495 123-45-67"));
}

#[tokio::test(start_paused = true)]
async fn calling_back_again_is_another_call_once_the_outcome_of_the_first_is_known() {
    let bench = Bench::live().await;
    bench.keep("own", 1, &call("1").ended(CallResult::Missed));
    let back = |number: u128| {
        let desk = bench.desk.clone();
        let call = CallRef { office: "own".into(), id: call("1").id.as_str().into() };
        let request = CallBackRequest { command: command(number).to_string(), call };
        tokio::spawn(async move { desk.call_back(request).await })
    };
    let (mut clicks, mut seq) = (0, 1);
    for result in [CallResult::Busy, CallResult::NoAnswer, CallResult::Failed, CallResult::Rejected] {
        let first = back(clicks + 1);
        let sent = bench.office.placed_requests(1).await[0].command;
        // Before the office has answered, and while the call goes on, it is the same request.
        let second = back(clicks + 2);
        breathe().await;
        assert_eq!(bench.office.placed_requests(1).await.len(), 1, "{result:?}");
        bench.office.answer(Ok(command_view(sent, CommandState::Accepted)));
        first.await.unwrap().expect("placed");
        second.await.unwrap().expect("the same");
        back(clicks + 3).await.unwrap().expect("the same");
        assert!(bench.office.placed_requests(0).await.is_empty(), "{result:?}");
        seq += 1;
        bench.office.call(seq, &call(&format!("placed {seq}")).placed(sent).ended(result));
        breathe().await;
        clicks += 3;
    }
    // What the PBX refuses is known, too.
    let refused = back(50);
    bench.office.placed_requests(1).await;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::Refused, "no money")));
    assert_eq!(refused.await.unwrap().unwrap_err().code, ErrorCode::Refused);
    // After a lost answer nobody is dialled again, by whatever click.
    let lost = back(51);
    let sent = bench.office.placed_requests(1).await[0].command;
    bench.office.answer(Err(OfficeError::new(OfficeErrorKind::UnknownOutcome, "lost")));
    assert_eq!(lost.await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    assert_eq!(back(52).await.unwrap().unwrap_err().code, ErrorCode::UnknownOutcome);
    assert!(bench.office.placed_requests(0).await.is_empty());
    bench.office.call(seq + 1, &call("late").placed(sent).ended(CallResult::Busy));
    breathe().await;
    back(53);
    assert_eq!(bench.office.placed_requests(1).await[0].command, command(53));
}
