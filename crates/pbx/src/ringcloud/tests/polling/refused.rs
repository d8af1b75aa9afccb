//! Answers that are refused, late, or no answers to what was asked.

use super::*;

#[test]
fn what_is_refused_names_what_it_was_and_everything_waits_longer_each_time() {
    let mut desk = Desk::new();
    desk.until(0);
    let (mut waits, mut before) = (Vec::new(), 0);
    for _ in 0..12 {
        let (path, outcome) = desk.step(100_000, Some(answer(403, REFUSED))).expect("due");
        let error = outcome.expect_err("refused");
        assert!(
            error.kind() == ErrorKind::Forbidden && error.to_string().starts_with("the list of"),
            "{path}: {error}"
        );
        if path.ends_with("complete") {
            waits.push(desk.second - before);
            before = desk.second;
        }
    }
    assert!(waits.is_sorted() && waits[5] > 300 && waits.iter().all(|wait| *wait <= 660), "{waits:?}");
    assert_eq!(desk.poller.due().1.url.query().unwrap_or("days=7"), "days=7", "what was missed is read");
}

#[test]
fn a_list_that_is_refused_does_not_hold_up_the_other() {
    let mut desk = Desk::new();
    let mut asked = Vec::new();
    while desk.second < 200 {
        let complete = desk.poller.due().1.url.path().ends_with("complete");
        let Some((path, _)) = desk.step(200, complete.then(|| answer(403, REFUSED))) else { break };
        asked.push(path);
    }
    assert!(asked.iter().filter(|path| path.ends_with("active")).count() >= 3, "{asked:?}");
}

#[test]
fn what_ended_while_the_computer_slept_is_read_as_far_back_as_it_goes() {
    let mut desk = Desk::new();
    desk.until(0);
    let (due, _) = desk.poller.due();
    let asleep = Moment { monotonic: due, wall: wall(3 * 24 * 3600) };
    let found = desk.poller.read(Ok(&success("[]")), asleep, asleep).expect("read");
    assert_eq!(found.complete_since, None, "two days do not reach back so far");
    assert_eq!(desk.poller.due().1.url.query(), Some("days=7"));
    let found = desk.poller.read(Ok(&success("[]")), asleep, asleep).expect("read");
    assert!(found.complete_since.is_some_and(|since| since < wall(0)));
}

#[test]
fn an_answer_is_read_as_what_was_asked_whoever_reads_employees_meanwhile() {
    let mut desk = Desk::new();
    desk.poller.due();
    desk.pbx.read_lookup("401", &success(r#"["111111","222222"]"#)).expect("read");
    let now = desk.moment();
    desk.poller.read(Ok(&success(r#"["111111","222222"]"#)), now, now).expect("read");
    assert_eq!(desk.poller.due().1.url.path(), "/v1/users/111111");
    desk.pbx.read_lookup("401", &success(r#"{"user":"111111","num":401}"#)).expect("read");
    desk.poller.read(Ok(&success(r#"{"user":"111111","num":401}"#)), now, now).expect("read");
    assert_eq!(desk.poller.due().1.url.path(), "/v1/users/222222");
}

#[test]
fn a_wish_to_be_left_alone_for_ever_is_not_believed() {
    let mut desk = Desk::new();
    desk.until(0);
    let busy = Answer { retry_after: Some(Duration::MAX), ..answer(429, REFUSED) };
    assert!(desk.step(100_000, Some(busy)).expect("due").1.is_err());
    assert!(desk.poller.due().0 < desk.began + Duration::from_secs(7200));
}

#[test]
fn a_missing_right_to_read_the_employees_hinders_no_calls() {
    let mut desk = Desk::new();
    desk.step(0, Some(answer(403, REFUSED))).expect("due").1.expect("no error");
    desk.active = json!([row("79161234567", "401", 4)]);
    assert_eq!(kinds(&desk.until(0)), ["active"]);
}

#[test]
fn employees_that_could_not_be_read_just_now_are_asked_for_again() {
    let mut desk = Desk::new();
    desk.step(0, Some(answer(429, REFUSED))).expect("due").1.expect("no error");
    desk.until(0);
    assert_eq!(desk.pbx.lookup("401").map(|request| request.url.path().to_owned()).as_deref(), Some("/v1/users"));
    desk.until(70);
    assert!(desk.pbx.lookup("401").is_none(), "they are known by now");
}

#[test]
fn broken_rows_are_kept_once_and_cost_the_others_nothing() {
    let broken = [
        json!(null),
        json!(1),
        json!("x"),
        json!([]),
        json!({}),
        json!({"src": "1"}),
        json!({"src": [], "dst": {}, "seconds": 1}),
        json!({"src": "1", "dst": "2", "seconds": 1e308}),
    ];
    let mut desk = Desk::new();
    let mut rows = broken.to_vec();
    rows.push(row("79161234567", "401", 4));
    desk.active = rows.clone().into();
    let mut ended = broken.to_vec();
    ended.push(json!({"src": "1", "dst": "2", "call_start_time": "once upon a time"}));
    ended.push(finished("79161234567", "402", "sideways", -90, 60, "SOMEHOW"));
    desk.complete = ended.into();
    let found = desk.until(0);
    let known = kinds(&found).into_iter().filter(|kind| *kind == "started").count();
    assert_eq!(known, 1);
    let unknown = events(&found).into_iter().filter(|event| matches!(event.effects[0], Effect::Unknown { .. })).count();
    assert_eq!(unknown, 2 * broken.len() + 1);
    assert!(
        events(&found).iter().all(|event| event.call.is_some() != matches!(event.effects[0], Effect::Unknown { .. }))
    );
    let keys = |found: &[Found]| events(found).into_iter().map(|event| event.dedupe_key.clone()).collect::<Vec<_>>();
    let first = keys(&found);
    desk.active = broken.to_vec().into();
    let again = keys(&desk.until(65));
    assert!(again.iter().all(|key| first.contains(key)), "told again, they are the same: {again:?}");
    for data in ["{}", "\"\"", "7"] {
        let mut desk = Desk::new();
        desk.until(0);
        assert!(desk.step(100_000, Some(success(data))).expect("due").1.is_err(), "{data}");
    }
}

#[test]
fn a_success_without_data_is_no_empty_list_and_ends_no_call() {
    for nothing in [r#"{"status":"success"}"#, r#"{"status":"success","message":null,"data":null}"#] {
        let mut desk = Desk::new();
        desk.active = json!([row("79161234567", "401", 4)]);
        let found = desk.until(0);
        assert!(events(&found).iter().any(|event| event.call.is_some()));
        let mut refused = Vec::new();
        for _ in 0..4 {
            let (path, answered) = desk.step(10_000, Some(answer(200, nothing.to_owned()))).expect("due");
            assert!(answered.is_err(), "{path}: {answered:?}");
            refused.push(path);
        }
        for list in ["/v1/calls/active", "/v1/calls/complete"] {
            assert!(refused.iter().any(|path| path == list), "{refused:?}");
        }
        // Nor are there no employees.
        let mut desk = Desk::new();
        let (path, _) = desk.step(0, Some(answer(200, nothing.to_owned()))).expect("due");
        assert_eq!(path, "/v1/users");
        assert!(!desk.pbx.directory().is_listed(), "{nothing}");
        let wrong = desk.pbx.read_check(&answer(200, nothing.to_owned())).map_err(|error| error.kind());
        assert_eq!(wrong, Err(ErrorKind::Protocol));
    }
}
