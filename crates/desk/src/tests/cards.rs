//! Cards come up, follow their calls, and go.

use std::time::Duration;

use calls::{Ability, CallResult, CallState, Cannot, Direction, LegState};
use link::wire::{Line, StreamEvent};

use crate::{
    ActionKind,
    contract::{CallRef, CardPhase, CardView, ControlView, ErrandTask, LinkState, Notice, NoticeKind},
    testing::{Bench, Record, Shape, agent_leg, at, breathe, call, command},
};

fn key(office: &str, call: &link::wire::Call) -> CallRef {
    CallRef { office: office.into(), id: call.id.as_str().into() }
}

fn only_card(bench: &Bench) -> CardView {
    let record = bench.shown.record();
    let cards = &record.cards.last().expect("published").cards;
    assert_eq!(cards.len(), 1);
    cards[0].clone()
}

#[tokio::test(start_paused = true)]
async fn a_ringing_call_has_a_card_until_its_end() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert!(bench.shown.record().card_visible);
    let card = only_card(&bench);
    assert_eq!(card.party.number.as_deref(), Some("+7 495 123-45-67"));
    assert_eq!(card.line.as_deref(), Some("Продажи"));
    assert_eq!(card.line_number.as_deref(), Some("+7 495 765-43-21"));
    assert!(!card.can_call);
    let on_phone =
        |ability| ControlView { ability, cannot: Some(Cannot::NotOffered), connects: false, to_colleagues: false };
    assert_eq!(card.controls, [on_phone(Ability::Answer)]);

    let talking = call("1").leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(2, &talking);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    assert_eq!(only_card(&bench).answered_at, Some(at(5)));
    assert!(only_card(&bench).controls.contains(&on_phone(Ability::Hangup)));
    bench.pass(Duration::from_secs(600)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Talking]);

    bench.office.call(3, &talking.ended(CallResult::Answered));
    bench.shown.until_phases(&[CardPhase::Ended]).await;
    bench.pass(Duration::from_millis(9_500)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Ended]);
    bench.pass(Duration::from_millis(600)).await;
    bench.shown.until_phases(&[]).await;
    assert!(!bench.shown.record().card_visible);
    let revisions: Vec<u32> = bench.shown.record().cards.iter().map(|view| view.revision).collect();
    assert!(revisions.is_sorted_by(|a, b| a < b), "{revisions:?}");
}

#[tokio::test(start_paused = true)]
async fn a_trial_call_says_on_its_card_and_in_its_row_that_it_is_one() {
    let bench = Bench::live().await;
    let trial = |vendor: &str| call(vendor).ringing_here().with(|call| call.trial = true);
    bench.office.call(1, &trial("1"));
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let card = only_card(&bench);
    assert_eq!((card.line.as_deref(), card.line_number.as_deref()), (Some("Пробный звонок"), Some("Продажи")));
    assert!(bench.desk.main_snapshot().await.unwrap().now.open[0].trial);
    let without_line = trial("1").with(|call| call.line = Line::default());
    bench.office.call(2, &without_line);
    let bare = |card: &CardView| (card.line.as_deref(), card.line_number.as_deref()) == (Some("Пробный звонок"), None);
    let all_bare = |record: &Record| record.cards.last().is_some_and(|view| view.cards.iter().all(bare));
    bench.shown.until("the card names no line", all_bare).await;
}

#[tokio::test(start_paused = true)]
async fn whoever_is_asked_about_a_call_sees_by_whom() {
    let bench = Bench::live().await;
    let asked = |state: LegState| {
        let call = call("1").named_leg("103", "Ирина", LegState::Held).leg("102", state).state(CallState::OnHold);
        call.with(|call| {
            call.legs[1].asked_by = Some("103".into());
            call.rings_for_me = state == LegState::Alerting;
        })
    };
    bench.office.call(1, &asked(LegState::Alerting));
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert_eq!(only_card(&bench).asked_by.as_deref(), Some("Ирина"));
    bench.office.call(2, &asked(LegState::Connected));
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    assert_eq!(only_card(&bench).asked_by.as_deref(), Some("Ирина"));
    let passed_on = call("1").leg("102", LegState::Connected).state(CallState::Talking);
    bench.office.call(3, &passed_on);
    let is_mine = |view: &crate::contract::CardsView| view.cards.first().is_some_and(|card| card.asked_by.is_none());
    bench.shown.until("nobody asks", |record| record.cards.last().is_some_and(is_mine)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Talking]);
}

#[tokio::test(start_paused = true)]
async fn a_colleagues_answer_says_who_and_is_never_missed() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").with(|call| call.rings_for_me = true));
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let answered = call("1").named_leg("103", "Ирина", LegState::Connected).state(CallState::Talking);
    bench.office.call(2, &answered);
    bench.shown.until_phases(&[CardPhase::AnsweredBy]).await;
    assert_eq!(only_card(&bench).answered_by.as_deref(), Some("Ирина"));
    bench.office.call(3, &answered.ended(CallResult::AnsweredElsewhere));
    bench.pass(Duration::from_secs(7)).await;
    bench.shown.until_phases(&[]).await;
    let missed = |view: &crate::contract::CardsView| view.cards.iter().any(|card| card.phase == CardPhase::Missed);
    assert!(!bench.shown.record().cards.iter().any(missed));
    assert!(bench.shown.record().notifications.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_missed_call_stays_half_a_minute_and_leaves_a_notification() {
    let bench = Bench::live().await;
    let ringing = call("1").ringing_here();
    bench.office.call(1, &ringing);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.office.call(2, &ringing.clone().ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    assert!(only_card(&bench).can_call);
    bench.pass(Duration::from_secs(29)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Missed]);
    bench.pass(Duration::from_secs(2)).await;
    bench.shown.until_phases(&[]).await;
    let id = {
        let record = bench.shown.record();
        let [notification] = &record.notifications[..] else { panic!("one notification") };
        assert_eq!(notification.title, "Пропущенный звонок");
        assert_eq!(notification.body, "+7 495 123-45-67");
        assert_eq!(notification.actions[0].kind, ActionKind::CallBack);
        notification.id.clone()
    };

    bench.desk.notification_action(&id, ActionKind::Open);
    bench.shown.until("main opens", |record| record.main_opened == 1).await;
    let errand = bench.desk.main_snapshot().await.expect("a desk").errand;
    assert_eq!(errand.map(|errand| errand.task), Some(ErrandTask::Open { call: key("own", &ringing) }));
    bench.desk.transfer_call(key("own", &ringing)).await.expect("a desk");
    bench.shown.until("main opens again", |record| record.main_opened == 2).await;
    let errand = bench.desk.main_snapshot().await.expect("a desk").errand;
    assert_eq!(errand.map(|errand| errand.task), Some(ErrandTask::Transfer { call: key("own", &ringing) }));
    assert_eq!(bench.shown.record().withdrawn, [id]);
}

#[tokio::test(start_paused = true)]
async fn a_missed_call_that_was_put_away_leaves_nothing() {
    let bench = Bench::live().await;
    let ringing = call("1").ringing_here();
    bench.office.call(1, &ringing);
    bench.office.call(2, &ringing.clone().ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.desk.dismiss_card(key("own", &ringing)).await.expect("a desk");
    bench.shown.until_phases(&[]).await;
    bench.pass(Duration::from_secs(60)).await;
    assert!(bench.shown.record().notifications.is_empty());
}

#[tokio::test(start_paused = true)]
async fn a_card_that_was_put_away_comes_back_only_when_the_call_rings_anew() {
    let bench = Bench::live().await;
    let ringing = call("1").ringing_here();
    bench.office.call(1, &ringing);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.desk.dismiss_card(key("own", &ringing)).await.expect("a desk");
    bench.shown.until_phases(&[]).await;
    bench.office.call(2, &ringing.clone().leg("103", LegState::Alerting));
    breathe().await;
    assert!(bench.shown.record().phases().is_empty());
    bench.office.call(3, &call("1").leg("103", LegState::Connected).state(CallState::Talking));
    bench.office.call(4, &call("1").leg("103", LegState::Cleared).ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
}

#[tokio::test(start_paused = true)]
async fn ringing_that_moves_on_lingers_and_goes_without_a_word() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").with(|call| call.rings_for_me = true));
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.office.call(2, &call("1").leg("103", LegState::Alerting));
    breathe().await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Ringing]);
    bench.pass(Duration::from_secs(5)).await;
    bench.shown.until_phases(&[]).await;
    assert!(bench.shown.record().notifications.is_empty());
}

#[tokio::test(start_paused = true)]
async fn one_call_on_two_of_my_phones_is_one_card() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.office.call(2, &call("1").ringing_here().with(|call| call.legs.push(agent_leg("102", LegState::Alerting))));
    bench.office.call(3, &call("2").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing, CardPhase::Ringing]).await;
}

#[tokio::test(start_paused = true)]
async fn four_cards_are_shown_newest_first_and_running_calls_before_ended_ones() {
    let bench = Bench::live().await;
    for number in 1..=5 {
        bench.office.call(number, &call(&number.to_string()).ringing_here());
    }
    bench.shown.until_phases(&[CardPhase::Ringing; 4]).await;
    let ids = |bench: &Bench| -> Vec<String> {
        bench.shown.record().cards.last().unwrap().cards.iter().map(|card| card.call.id.clone()).collect()
    };
    let id = |number: &str| call(number).id.as_str().to_owned();
    assert_eq!(ids(&bench), [id("5"), id("4"), id("3"), id("2")]);
    bench.office.call(6, &call("5").ringing_here().ended(CallResult::Missed));
    bench
        .shown
        .until("the first call is shown again", |record| {
            record.cards.last().is_some_and(|view| view.cards.last().is_some_and(|card| card.call.id == id("1")))
        })
        .await;
    assert_eq!(ids(&bench), [id("4"), id("3"), id("2"), id("1")]);
}

#[tokio::test(start_paused = true)]
async fn late_calls_calls_in_the_menu_and_others_calls_pop_nothing() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here().with(|call| call.late = true));
    bench.office.call(2, &call("2").ringing_here().with(|call| call.in_menu = true));
    bench.office.call(3, &call("3").leg("103", LegState::Alerting));
    bench.office.call(4, &call("4").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    assert_eq!(only_card(&bench).call, key("own", &call("4")));
}

#[tokio::test(start_paused = true)]
async fn hidden_numbers_are_shown_as_such_and_not_called_back() {
    let bench = Bench::live().await;
    let hidden = call("1").ringing_here().with(|call| call.customer.number = None);
    bench.office.call(1, &hidden);
    bench.office.call(2, &hidden.ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    let card = only_card(&bench);
    assert_eq!((card.party.number, card.party.dial, card.can_call), (None, None, false));
    bench.pass(Duration::from_secs(31)).await;
    bench.shown.until("a notification", |record| !record.notifications.is_empty()).await;
    let record = bench.shown.record();
    assert_eq!(record.notifications[0].body, "Скрытый номер");
    assert!(record.notifications[0].actions.iter().all(|action| action.kind != ActionKind::CallBack));
}

#[tokio::test(start_paused = true)]
async fn an_internal_call_shows_the_colleague_who_calls() {
    let bench = Bench::live().await;
    let internal = call("1").named_leg("103", "Ирина", LegState::Connected).ringing_here().with(|call| {
        call.direction = Direction::Internal;
        call.customer.number = Some("102".into());
    });
    bench.office.call(1, &internal);
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let party = only_card(&bench).party;
    assert_eq!((party.name.as_deref(), party.number.as_deref(), party.internal), (Some("Ирина"), Some("103"), true));
}

#[tokio::test(start_paused = true)]
async fn a_call_that_may_no_longer_be_seen_takes_its_card_along() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.office.event(2, StreamEvent::Gone { id: call("1").id });
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn ringing_that_nobody_can_confirm_goes_after_a_while() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.office.refuse(Some(link::OfficeErrorKind::Unreachable));
    bench.office.cut();
    bench.until_link(LinkState::Lost).await;
    bench.pass(Duration::from_secs(40)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Ringing]);
    bench.pass(Duration::from_secs(10)).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn where_the_card_cannot_be_placed_notifications_stand_in() {
    let bench = Bench::without_card().await;
    let notices = bench.desk.main_snapshot().await.unwrap().notices;
    assert_eq!(notices, [Notice { kind: NoticeKind::NoCardPlacement }]);
    let ringing = call("1").ringing_here().with(|call| call.customer.name = Some("Анна".into()));
    bench.office.call(1, &ringing);
    bench.shown.until("a notification", |record| record.notifications.len() == 1).await;
    {
        let record = bench.shown.record();
        assert!(record.notifications[0].urgent);
        assert_eq!(record.notifications[0].title, "Анна, +7 495 123-45-67");
        assert_eq!(record.notifications[0].body, "Входящий звонок · Продажи");
    }
    bench.office.call(2, &ringing.leg("102", LegState::Connected).state(CallState::Talking));
    bench.shown.until("it is withdrawn", |record| record.withdrawn.len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_call_that_rings_anew_while_its_card_is_up_notifies_again() {
    let bench = Bench::without_card().await;
    let ringing = call("1").ringing_here();
    bench.office.call(1, &ringing);
    bench.shown.until("a notification", |record| record.notifications.len() == 1).await;
    let answered = call("1").named_leg("103", "Ирина", LegState::Connected).state(CallState::Talking);
    bench.office.call(2, &answered);
    bench.shown.until_phases(&[CardPhase::AnsweredBy]).await;
    // Ирина hands the call over.
    bench.office.call(3, &call("1").named_leg("103", "Ирина", LegState::Cleared).ringing_here());
    bench.shown.until("another", |record| record.notifications.len() == 2).await;
    assert!(bench.shown.record().notifications[1].urgent);
    assert_eq!(bench.shown.record().withdrawn.len(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_missed_call_that_somebody_had_answered_takes_its_notification_back() {
    let bench = Bench::live().await;
    let missed = call("1").ringing_here().ended(CallResult::Missed);
    bench.office.call(1, &call("1").ringing_here());
    bench.office.call(2, &missed);
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.pass(Duration::from_secs(31)).await;
    bench.shown.until("a notification", |record| record.notifications.len() == 1).await;
    bench.office.call(3, &missed.clone().with(|call| call.customer.name = Some("Анна".into())));
    breathe().await;
    assert!(bench.shown.record().withdrawn.is_empty(), "it is missed still");
    bench.office.call(4, &missed.with(|call| call.result = Some(CallResult::AnsweredElsewhere)));
    bench.shown.until("taken back", |record| record.withdrawn.len() == 1).await;
    let id = bench.shown.record().notifications[0].id.clone();
    bench.desk.notification_action(&id, ActionKind::CallBack);
    breathe().await;
    assert!(bench.office.placed_requests(0).await.is_empty(), "a click that came too late calls nobody");
}

#[tokio::test(start_paused = true)]
async fn a_card_of_a_placed_call_that_was_put_away_stays_away() {
    let bench = Bench::live().await;
    let placed = call("1").placed(command(1));
    bench.office.call(1, &placed.clone().leg("102", LegState::Alerting));
    bench.shown.until_phases(&[CardPhase::PickUpYourPhone]).await;
    bench.desk.dismiss_card(key("own", &placed)).await.expect("a desk");
    bench.shown.until_phases(&[]).await;
    let renamed = call("2").placed(command(1)).with(|call| call.redirected_from = Some(placed.id.clone()));
    bench.office.call(2, &renamed.clone().leg("102", LegState::Connected));
    bench.office.call(3, &renamed.clone().leg("102", LegState::Connected).state(CallState::Talking));
    bench.office.call(4, &renamed.leg("102", LegState::Connected).ended(CallResult::Answered));
    // What follows shows that all of this was taken in.
    bench.office.call(5, &call("3").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    let counts = bench.shown.record().cards.iter().map(|view| view.cards.len()).collect::<Vec<_>>();
    assert_eq!(counts.iter().filter(|count| **count == 1).count(), 2, "{counts:?}");
}

#[tokio::test(start_paused = true)]
async fn cards_of_an_office_that_refuses_go_after_a_while() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").leg("102", LegState::Alerting).ringing_here());
    bench.office.call(2, &call("1").leg("102", LegState::Connected).state(CallState::Talking));
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    bench.office.fail(link::OfficeErrorKind::Unauthorized);
    bench.until_link(LinkState::Refused).await;
    bench.pass(Duration::from_secs(40)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Talking]);
    bench.pass(Duration::from_secs(10)).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn a_card_goes_when_its_call_is_not_in_the_new_copy() {
    let bench = Bench::remote().await;
    for number in ["1", "2"] {
        bench.office.call(1, &call(number).ringing_here());
        bench.office.call(2, &call(number).leg("102", LegState::Connected).state(CallState::Talking));
    }
    bench.shown.until_phases(&[CardPhase::Talking, CardPhase::Talking]).await;
    bench.office.say(link::wire::Frame::TooOld);
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, None);
    bench.office.greet_in("e2", 2);
    bench.office.call(2, &call("2").leg("102", LegState::Connected).state(CallState::Talking));
    bench.office.at(2);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    assert_eq!(only_card(&bench).call, key("remote", &call("2")));
}

#[tokio::test(start_paused = true)]
async fn a_card_stays_when_its_call_is_open_in_the_database_though_the_log_is_another() {
    let bench = Bench::live().await;
    let talking = |name: &str| call(name).leg("102", LegState::Connected).state(CallState::Talking);
    for number in ["1", "2"] {
        bench.office.call(1, &call(number).ringing_here());
        bench.office.call(2, &talking(number));
    }
    bench.shown.until_phases(&[CardPhase::Talking, CardPhase::Talking]).await;
    bench.keep("own", 1, &talking("2"));
    bench.office.say(link::wire::Frame::TooOld);
    bench.pass(Duration::from_secs(1)).await;
    assert_eq!(bench.office.opened(2).await, None, "where the log stands is asked first");
    bench.office.greet_in("e2", 7);
    bench.office.opened(3).await;
    bench.office.greet_in("e2", 7);
    bench.office.at(7);
    bench.shown.until_phases(&[CardPhase::Talking]).await;
    assert_eq!(only_card(&bench).call, key("own", &call("2")));
    bench.shown.until("it is listed", |record| record.now().now.open.len() == 1).await;
}

#[tokio::test(start_paused = true)]
async fn calls_without_room_for_a_card_are_counted() {
    let bench = Bench::live().await;
    for number in ["1", "2", "3", "4", "5", "6"] {
        bench.office.call(1, &call(number).ringing_here());
    }
    let shown = |newest: &str| {
        let newest = key("own", &call(newest));
        bench.shown.until("four cards, and two more calls", move |record| {
            let view = record.cards.last();
            view.is_some_and(|view| view.cards.len() == 4 && view.cards[0].call == newest && view.more == 2)
        })
    };
    shown("6").await;
    // What is over makes room before what still rings.
    bench.office.call(2, &call("6").ringing_here().ended(CallResult::Missed));
    shown("5").await;
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_back_holds_nothing_up() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    bench.set_clock_back(3_600);
    bench.office.call(2, &call("1").ringing_here().ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.shown.until("main follows", |record| record.now().now.open.is_empty()).await;
    bench.pass(Duration::from_secs(31)).await;
    bench.shown.until_phases(&[]).await;
}

#[tokio::test(start_paused = true)]
async fn the_last_talk_with_the_number_is_added_to_the_card() {
    let bench = Bench::live().await;
    let before = call("0").named_leg("103", "Ирина", LegState::Connected).state(CallState::Talking);
    bench.keep("own", 1, &before.ended(CallResult::Answered));
    bench.office.call(2, &call("1").ringing_here());
    bench
        .shown
        .until("the talk", |record| {
            record.cards.last().is_some_and(|view| view.cards.iter().any(|card| card.last_talk.is_some()))
        })
        .await;
    let talk = only_card(&bench).last_talk.expect("found");
    assert_eq!((talk.at, talk.agent.as_deref(), talk.talk_ms, talk.note), (at(5), Some("Ирина"), Some(55_000), None));
}

#[tokio::test(start_paused = true)]
async fn a_talk_that_is_fetched_while_the_card_is_up_is_added_to_it() {
    let bench = Bench::live().await;
    bench.office.call(2, &call("1").ringing_here());
    bench.shown.until_phases(&[CardPhase::Ringing]).await;
    breathe().await;
    assert_eq!(only_card(&bench).last_talk, None);
    // The history comes later than the call that rings.
    let before = call("0").named_leg("103", "Ирина", LegState::Connected).state(CallState::Talking);
    let before = before.ended(CallResult::Answered).with(|call| call.late = true);
    let elsewhere = before.clone().with(|call| call.customer.number = Some("+79161234567".into()));
    bench.keep("own", 3, &elsewhere);
    bench.office.call(3, &elsewhere);
    breathe().await;
    assert_eq!(only_card(&bench).last_talk, None, "a talk with somebody else");
    bench.keep("own", 4, &before);
    bench.office.call(4, &before);
    bench
        .shown
        .until("the talk", |record| {
            record.cards.last().is_some_and(|view| view.cards.iter().any(|card| card.last_talk.is_some()))
        })
        .await;
    assert_eq!(only_card(&bench).last_talk.and_then(|talk| talk.agent).as_deref(), Some("Ирина"));
}

#[tokio::test(start_paused = true)]
async fn no_card_goes_away_under_the_hands_of_who_writes_on_it() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.office.call(2, &call("1").ringing_here().ended(CallResult::Missed));
    bench.shown.until_phases(&[CardPhase::Missed]).await;
    bench.desk.card_typing(true).await.unwrap();
    bench.pass(Duration::from_secs(90)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Missed]);
    bench.desk.card_typing(false).await.unwrap();
    bench.pass(Duration::from_secs(3)).await;
    assert_eq!(bench.shown.record().phases(), [CardPhase::Missed], "what was said of the note can still be read");
    bench.pass(Duration::from_secs(2)).await;
    bench.shown.until_phases(&[]).await;
}
