//! The main window: stage, language, figures, notices, the demo phone.

use calls::{CallResult, CallState, LegState};
use std::time::Duration;

use crate::{
    contract::{
        CardCorner, DemoPhoneState, DemoPhoneView, Language, Notice, NoticeKind, Settings, Stage, Theme, ZoneView,
    },
    testing::{Bench, Shape, at, breathe, call},
};

#[tokio::test(start_paused = true)]
async fn a_desk_without_an_office_welcomes() {
    let bench = Bench::bare().await;
    let view = bench.desk.main_snapshot().await.unwrap();
    assert_eq!((view.stage, view.language, view.theme), (Stage::Welcome, Language::Ru, Theme::System));
    assert_eq!(view.me, None);
    bench.add("own", false).await;
    bench.go_live(1).await;
    let view = bench.desk.main_snapshot().await.unwrap();
    assert_eq!((view.stage, view.me.expect("said").extensions), (Stage::Office, vec!["102".to_owned()]));
}

#[tokio::test(start_paused = true)]
async fn settings_hold_at_once_and_after_a_restart() {
    let bench = Bench::live().await;
    let settings = Settings { language: Some(Language::En), theme: Theme::Dark, card_corner: CardCorner::TopLeft };
    bench.desk.save_settings(settings.clone()).await.unwrap();
    bench.shown.until("English", |record| record.now().language == Language::En).await;
    assert_eq!(bench.desk.card_corner().await.unwrap(), CardCorner::TopLeft);
    assert_eq!(bench.desk.card_snapshot().await.unwrap().theme, Theme::Dark);
    let bench = bench.restart().await;
    assert_eq!(bench.desk.main_snapshot().await.unwrap().settings, settings);
    assert_eq!(bench.language(), Language::En);
}

#[tokio::test(start_paused = true)]
async fn times_are_shown_by_the_zone_of_this_computer_also_when_it_is_changed() {
    let bench = Bench::live().await;
    let ahead = |zone: &ZoneView| zone.offsets.iter().map(|offset| offset.seconds).collect::<Vec<_>>();
    assert_eq!(ahead(&bench.desk.main_snapshot().await.unwrap().zone), [0]);
    bench.set_zone(5);
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until("the zone", |record| ahead(&record.now().zone) == [5 * 3600]).await;
    assert_eq!(ahead(&bench.desk.card_snapshot().await.unwrap().zone), [5 * 3600]);
}

#[tokio::test(start_paused = true)]
async fn main_says_which_calls_have_a_card_by_the_names_of_its_lists() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until("its card", |record| record.now().cards.len() == 1).await;
    {
        let record = bench.shown.record();
        assert_eq!(record.now().cards[0], record.now().now.open[0].call);
    }
    bench.office.call(2, &call("2").leg("103", LegState::Alerting));
    bench.shown.until("a colleague's call", |record| record.now().now.open.len() == 2).await;
    assert_eq!(bench.desk.main_snapshot().await.unwrap().cards.len(), 1, "a colleague's call has none here");
}

#[tokio::test(start_paused = true)]
async fn the_figures_of_the_day_follow_each_call() {
    let bench = Bench::live().await;
    let missed = call("1").ringing_here().ended(CallResult::Missed);
    bench.office.call(1, &missed);
    bench.office.call(2, &call("2").with(|call| call.started_at = at(-86_400)).ended(CallResult::Missed));
    let talking = call("3").leg("103", LegState::Connected).state(CallState::Talking);
    bench.office.call(3, &talking.clone().with(|call| call.customer.number = Some("+79001234567".into())));
    bench.shown.until("the figures", |record| record.now().now.today == 2).await;
    {
        let record = bench.shown.record();
        let now = &record.now().now;
        assert_eq!((now.answered_today, now.missed_today, now.open.len()), (1, 1, 1));
        assert_eq!(now.missed[0].call.id, call("1").id.as_str());
    }
    // Somebody reached the caller: it is not to be called back any more, and still was missed.
    let reached = call("4").leg("103", LegState::Connected).with(|call| call.direction = calls::Direction::Outgoing);
    bench.office.call(
        4,
        &reached.with(|call| call.started_at = at(100)).state(CallState::Talking).with(|call| {
            call.answered_at = Some(at(110));
        }),
    );
    bench.shown.until("called back", |record| record.now().now.missed.is_empty()).await;
    assert_eq!(bench.shown.record().now().now.missed_today, 1);
}

#[tokio::test(start_paused = true)]
async fn the_figures_count_what_the_list_shows() {
    let bench = Bench::live().await;
    for number in 1..=7_u64 {
        let missed = call(&number.to_string()).ended(CallResult::Missed);
        let from = format!("+7495000000{number}");
        bench.office.call(number, &missed.with(|call| call.customer.number = Some(from)));
    }
    let internal = call("8").with(|call| call.direction = calls::Direction::Internal).ended(CallResult::NoAnswer);
    bench.office.call(8, &internal);
    bench.shown.until("all", |record| record.now().now.today == 8).await;
    {
        let record = bench.shown.record();
        let now = &record.now().now;
        assert_eq!((now.missed_today, now.to_call_back, now.missed.len()), (7, 7, 5));
    }
    // A colleague reached one of them: this desk was not asked, but the caller has been spoken to.
    let elsewhere = call("9").ended(CallResult::AnsweredElsewhere).with(|call| {
        (call.started_at, call.customer.number) = (at(300), Some("+74950000001".into()));
    });
    bench.office.call(9, &elsewhere);
    bench.shown.until("one less", |record| record.now().now.to_call_back == 6).await;
    let record = bench.shown.record();
    let now = &record.now().now;
    assert_eq!((now.today, now.answered_today, now.missed_today), (9, 1, 7));
}

#[tokio::test(start_paused = true)]
async fn the_day_is_told_by_its_hours_and_by_how_soon_callers_were_answered() {
    let bench = Bench::live().await;
    let hour = 3600;
    for (seq, began) in (1..).zip([0, 1, 3 * hour]) {
        bench
            .office
            .call(seq, &call(&seq.to_string()).ended(CallResult::Missed).with(|call| call.started_at = at(began)));
    }
    for (seq, waited) in [(4, 4), (5, 10)] {
        let talked = call(&seq.to_string()).leg("102", LegState::Cleared).ended(CallResult::Answered);
        bench.office.call(
            seq,
            &talked.with(|call| {
                (call.started_at, call.answered_at, call.ended_at) =
                    (at(hour), Some(at(hour + waited)), Some(at(2 * hour)));
            }),
        );
    }
    bench.shown.until("all", |record| record.now().now.today == 5).await;
    let record = bench.shown.record();
    let now = &record.now().now;
    let hours: Vec<_> = now.hours.iter().map(|of| (of.hour, of.answered, of.missed)).collect();
    assert_eq!(hours, [(9, 0, 2), (10, 2, 0), (11, 0, 0), (12, 0, 1)]);
    assert_eq!(now.answer_ms, Some(7_000));
}

#[tokio::test(start_paused = true)]
async fn a_new_day_begins_at_midnight() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ended(CallResult::Missed));
    bench.shown.until("one missed", |record| record.now().now.missed_today == 1).await;
    bench.pass(Duration::from_secs(15 * 3600)).await;
    bench.shown.until("none", |record| record.now().now.missed_today == 0 && record.now().now.today == 0).await;
}

#[tokio::test(start_paused = true)]
async fn the_day_so_far_is_read_from_the_database() {
    let bench = Bench::live().await;
    bench.keep("own", 1, &call("1").ended(CallResult::Missed));
    let bench = bench.restart().await;
    bench.add("own", false).await;
    bench.go_live(1).await;
    bench.shown.until("the call of before", |record| record.now().now.missed_today == 1).await;
}

#[tokio::test(start_paused = true)]
async fn a_notice_is_told_once() {
    let bench = Bench::bare().await;
    let notice = Notice { kind: NoticeKind::NoTray };
    bench.desk.notice(notice.clone()).await;
    bench.desk.notice_later(notice.clone());
    bench.shown.until("told", |record| record.main.last().is_some_and(|main| main.notices.len() == 1)).await;
    bench.desk.dismiss_notice(NoticeKind::NoTray).await.unwrap();
    bench.desk.notice(notice).await;
    breathe().await;
    assert!(bench.desk.main_snapshot().await.unwrap().notices.is_empty());
}

#[tokio::test(start_paused = true)]
async fn the_demo_phone_is_shown_where_it_has_something_to_do() {
    let bench = Bench::live().await;
    let phone = |state| Some(DemoPhoneView { state, shows: Some("102".into()) });
    bench.desk.set_demo_phone(phone(DemoPhoneState::Idle)).await;
    assert_eq!(bench.desk.card_snapshot().await.unwrap().phone, None);
    assert_eq!(bench.desk.main_snapshot().await.unwrap().phone, phone(DemoPhoneState::Idle));
    bench.desk.set_demo_phone(phone(DemoPhoneState::Ringing)).await;
    assert_eq!(bench.desk.card_snapshot().await.unwrap().phone, phone(DemoPhoneState::Ringing));
}

#[tokio::test(start_paused = true)]
async fn revisions_grow_and_the_same_view_is_not_published_twice() {
    let bench = Bench::live().await;
    let before = bench.desk.main_snapshot().await.unwrap();
    assert_eq!(bench.desk.main_snapshot().await.unwrap(), before);
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until("the call", |record| !record.now().now.open.is_empty()).await;
    let record = bench.shown.record();
    let revisions: Vec<u32> = record.main.iter().map(|view| view.revision).collect();
    assert!(revisions.is_sorted_by(|a, b| a < b), "{revisions:?}");
}

#[tokio::test(start_paused = true)]
async fn lists_are_told_of_rows_and_asked_to_read_again_after_many() {
    let bench = Bench::live().await;
    bench.office.call(1, &call("1").ringing_here());
    bench.shown.until("a row", |record| record.calls.iter().any(|changed| changed.rows.len() == 1)).await;
    for number in 2..100 {
        bench.office.call(number, &call(&number.to_string()).leg("103", LegState::Alerting));
    }
    bench.pass(Duration::from_millis(200)).await;
    bench.shown.until("read again", |record| record.calls.iter().any(|changed| changed.rows.is_empty())).await;
}

#[tokio::test(start_paused = true)]
async fn a_connection_that_its_office_has_no_more_goes_from_the_list() {
    let bench = Bench::live().await;
    let before = bench.shown.record().now().offices[0].connections.len();
    let gone = bench.shown.record().now().offices[0].connections[0].id.parse().expect("an id");
    bench.office.event(1, link::wire::StreamEvent::Disconnected { id: gone });
    bench.shown.until("one less", |record| record.now().offices[0].connections.len() + 1 == before).await;
}
