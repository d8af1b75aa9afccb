//! The socket's protocol: who we are, subscriptions and their renewal, the list of calls, what is missing.

use std::time::Duration;

use ::calls::{Ability, Effect, Source};
use serde_json::json;

use super::{ByHand, answer, configured, events, names, notice, received, sent, snapshot};
use crate::{
    capability::CardOnRing,
    delivery::Delivery,
    era::{MAKE, session::NO_EVENTS},
    error::ErrorKind,
    poll::PollStart,
    session::{Moment, SessionInput, SessionOutput, WHOLE_ACCOUNT},
    traits::Pbx,
};

const TALK: &str = r#"[{"cid":"c1","connectionid":"c1.1772442000000","invitets":1772442000000,"state":"Dialog",
    "fromouter":true,"fromnumber":"79161234567","callednum":"74951234567","acallid":"a1","bcallid":"b1","bremoteuri":"sip:101@pbx.example"}]"#;

fn invite(call: &str) -> serde_json::Value {
    json!({"eventid": format!("{call}-1"), "cid": call, "invitets": 1_772_442_000_000_i64, "fromouter": true})
}

#[test]
fn a_connection_asks_who_we_are_then_subscribes_then_reads_the_list() {
    let mut by_hand = ByHand::new(&[]);
    let outputs = by_hand.step(SessionInput::Start);
    let [SessionOutput::Open(handshake)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!((handshake.url.as_str(), handshake.signed), ("https://pbx.example/ws/token/v1", true));
    let (name, info) = sent(&by_hand.step(SessionInput::Opened));
    assert!(name == "connection_info" && info["qid"].is_string(), "{info}");
    let capabilities = json!(["subscr", "ccs", "callrecord"]);
    let told = json!({"qid": info["qid"], "result": "ok", "capabilities": capabilities, "token": "s3cret"});
    let (name, subscribe) = sent(&by_hand.text("connection_info_result", told));
    assert_eq!((name.as_str(), &subscribe["expires"]), ("subscribe", &json!(3600)));
    assert!(subscribe["events"].as_array().expect("a list").contains(&json!("callevents.*")));
    assert_eq!(subscribe.get("objects"), None);
    let outputs = by_hand.text("subscribe_result", json!({"qid": subscribe["qid"], "result": "ok", "expires": 600}));
    let [SessionOutput::Connected, SessionOutput::Request(list)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!((list.method.as_str(), list.url.path(), list.signed), ("GET", "/rest/v1/uc/calls", true));
    let outputs = by_hand.answered(TALK);
    let listed = snapshot(&outputs);
    assert_eq!(listed.calls.iter().collect::<Vec<_>>(), ["c1"]);
    assert!(listed.events.iter().all(|event| event.source == Source::Poll && event.call.as_deref() == Some("c1")));
    assert!(matches!(outputs.last(), Some(SessionOutput::Drained { complete: true })));
}

#[test]
fn the_token_may_go_in_the_path() {
    let outputs = ByHand::new(&[("token_place", "path"), ("api", "user")]).step(SessionInput::Start);
    let [SessionOutput::Open(handshake)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!((handshake.url.path(), handshake.signed), ("/ws/user/v1/s3cret", false));
    assert!(!format!("{outputs:?}").contains("s3cret"));
}

#[test]
fn a_subscription_is_renewed_at_four_fifths_by_its_id_alone() {
    let mut by_hand = ByHand::live_with(&[("expires", "60")], "[]");
    by_hand.text("event", json!({"event": "callevents.dlg_dead", "data": {"eventid": "e", "cid": "c"}}));
    loop {
        let (after, outputs) = by_hand.wait();
        if !outputs.iter().any(|output| matches!(output, SessionOutput::Send(_))) {
            by_hand.step(SessionInput::Heard);
            assert!(after < 48);
            continue;
        }
        let (name, renewal) = sent(&outputs);
        assert_eq!((after, name.as_str(), &renewal["expires"]), (48, "subscribe", &json!(60)));
        assert_eq!(renewal.get("events"), None);
        break;
    }
}

#[test]
fn a_subscription_that_is_not_answered_is_taken_as_accepted_and_renewed_at_half() {
    let mut by_hand = ByHand::new(&[("expires", "60")]);
    by_hand.step(SessionInput::Start);
    by_hand.step(SessionInput::Opened);
    let (after, outputs) = by_hand.wait();
    assert_eq!((after, sent(&outputs).0.as_str()), (10, "subscribe"), "connection_info was not answered either");
    let (after, outputs) = by_hand.wait();
    assert_eq!(after, 20);
    assert!(matches!(outputs.as_slice(), [SessionOutput::Connected, SessionOutput::Request(_)]), "{outputs:?}");
    by_hand.answered("[]");
    by_hand.text("event", json!({"event": "callevents.dlg_dead", "data": {"eventid": "e", "cid": "c"}}));
    let renewed = loop {
        let (after, outputs) = by_hand.wait();
        if outputs.iter().any(|output| matches!(output, SessionOutput::Send(_))) {
            break after;
        }
        by_hand.step(SessionInput::Heard);
    };
    assert_eq!(renewed, 10 + 30);
    assert_eq!(by_hand.era.shared.counts.of("A-2: subscribe without an answer"), 1);
}

#[test]
fn what_the_token_may_not_do_ends_the_session_with_words_or_is_said() {
    let info = |body: serde_json::Value| {
        let mut by_hand = ByHand::new(&[]);
        by_hand.step(SessionInput::Start);
        let (_, asked) = sent(&by_hand.step(SessionInput::Opened));
        let mut body = body;
        body["qid"] = asked["qid"].clone();
        (by_hand.text("connection_info_result", body), by_hand)
    };
    let (outputs, _) = info(json!({"result": "ok", "capabilities": ["ccs"]}));
    let [SessionOutput::End(error)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(error.kind() == ErrorKind::Forbidden && error.to_string().contains("subscr"), "{error}");
    let (outputs, mut by_hand) = info(json!({"result": "ok", "capabilities": ["subscr"]}));
    let said = notice(&outputs).and_then(Option::as_deref).expect("a notice");
    assert!(said.contains("callrecord"), "{said}");
    let rights =
        outputs.iter().find_map(|output| if let SessionOutput::Rights(rights) = output { Some(rights) } else { None });
    let rights = rights.expect("what may be asked");
    assert!(!rights.can(Ability::Recordings) && !rights.can(Ability::Pickup) && rights.can(Ability::Hold));
    let over_socket = [Ability::RecordOn, Ability::RecordOff];
    assert!(!over_socket.iter().any(|ability| rights.can(*ability)), "without ccs nothing goes over the socket");
    let (_, subscribe) = sent(&outputs);
    let refused = json!({"qid": subscribe["qid"], "result": "error", "error_message": "no role"});
    let outputs = by_hand.text("subscribe_result", refused);
    let [SessionOutput::End(error)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(error.kind() == ErrorKind::Forbidden && error.to_string().contains("no role"), "{error}");
}

#[test]
fn subscribed_and_nothing_came_though_there_are_calls_is_said_as_missing_rights() {
    let mut by_hand = ByHand::live_with(&[], TALK);
    let outputs = loop {
        let (_, outputs) = by_hand.wait();
        if outputs.iter().any(|output| matches!(output, SessionOutput::Request(_))) {
            break by_hand.answered(TALK);
        }
        by_hand.step(SessionInput::Heard);
    };
    assert!(by_hand.after >= Duration::from_secs(60));
    assert_eq!(notice(&outputs), Some(&Some(NO_EVENTS.to_owned())));
    // The first event takes it back.
    let outputs = by_hand.text("event", json!({"event": "callevents.invite", "data": invite("c2")}));
    assert_eq!(notice(&outputs), Some(&None));
}

#[test]
fn a_filter_that_brings_nothing_is_given_up_and_made_good_here() {
    let mut by_hand = ByHand::live_with(&[("objects", "101")], TALK);
    let outputs = loop {
        let (_, outputs) = by_hand.wait();
        if outputs.iter().any(|output| matches!(output, SessionOutput::Request(_))) {
            break by_hand.answered(TALK);
        }
        by_hand.step(SessionInput::Heard);
    };
    let sent: Vec<serde_json::Value> = outputs
        .iter()
        .filter_map(
            |output| if let SessionOutput::Send(text) = output { serde_json::from_str(text).ok() } else { None },
        )
        .collect();
    let [wide, gone] = sent.as_slice() else { panic!("{outputs:?}") };
    assert!(wide[1].get("objects").is_none() && wide[1]["id"] != gone[1]["id"], "{wide} {gone}");
    assert_eq!(gone[1]["expires"], 0);
    // Another's call, then one that comes to rest at this phone.
    let foreign = json!({"event": "callevents.invite", "data": invite("c2")});
    assert_eq!(events(&by_hand.text("event", foreign)).len(), 0);
    let own = json!({"eventid": "e2", "cid": "c2", "forkcallid": "f", "forkdir": "in", "forkcallednum": "101"});
    let found = events(&by_hand.text("event", json!({"event": "callevents.fork_start", "data": own})));
    assert_eq!(found.len(), 1);
    assert!(matches!(&found[0].effects[0], Effect::CallUpdated { direction: ::calls::Direction::Incoming, .. }));
}

#[test]
fn the_list_is_read_while_calls_go_on_and_oftener_while_one_is_held() {
    let mut by_hand = ByHand::live();
    by_hand.event("callevents.invite", invite("c1"));
    let first = loop {
        let (after, outputs) = by_hand.wait();
        if outputs.iter().any(|output| matches!(output, SessionOutput::Request(_))) {
            break after;
        }
        by_hand.step(SessionInput::Heard);
    };
    assert_eq!(first, 60);
    by_hand.answered(&TALK.replace("Dialog", "Hold"));
    let (second, outputs) = by_hand.wait();
    assert_eq!(second, 64, "{outputs:?}");
    let taken_back = snapshot(&by_hand.answered(TALK));
    assert!(names(&taken_back.events[0]).contains(&"legRetrieved b1".to_owned()), "{:?}", taken_back.events);
}

#[test]
fn a_call_that_the_list_shows_unchanged_is_told_once() {
    let mut by_hand = ByHand::live_with(&[], TALK);
    let mut read = |list: &str| {
        loop {
            by_hand.step(SessionInput::Heard);
            let (_, outputs) = by_hand.wait();
            if outputs.iter().any(|output| matches!(output, SessionOutput::Request(_))) {
                break snapshot(&by_hand.answered(list));
            }
        }
    };
    assert_eq!(read(TALK).events.len(), 0);
    assert_eq!(read("[]").calls.len(), 0);
    let again = read(TALK);
    let keys: Vec<_> = again.events.iter().map(|event| event.dedupe_key.clone()).collect();
    assert!(keys.iter().any(|key| !key.contains("since")), "it is told anew: {keys:?}");
}

#[test]
fn a_list_that_cannot_be_read_is_said_and_the_events_flow_all_the_same() {
    let mut by_hand = ByHand::new(&[]);
    by_hand.step(SessionInput::Start);
    let (_, info) = sent(&by_hand.step(SessionInput::Opened));
    let (_, subscribe) = sent(&by_hand.text("connection_info_result", json!({"qid": info["qid"]})));
    by_hand.text("subscribe_result", json!({"qid": subscribe["qid"], "result": "ok"}));
    let outputs = by_hand.step(SessionInput::Answered(Ok(&answer(403, ""))));
    assert!(outputs.iter().any(|output| matches!(output, SessionOutput::Drained { complete: true })), "{outputs:?}");
    assert!(notice(&outputs).and_then(Option::as_deref).is_some_and(|said| said.contains("list")), "{outputs:?}");
    assert_eq!(by_hand.event("callevents.invite", invite("c1")).call.as_deref(), Some("c1"));
}

#[test]
fn a_socket_that_is_silent_is_pinged_and_then_given_up() {
    let mut by_hand = ByHand::live();
    by_hand.event("callevents.dlg_dead", json!({"eventid": "e", "cid": "c"}));
    let (after, outputs) = by_hand.wait();
    assert!(after == 30 && matches!(outputs.as_slice(), [SessionOutput::Ping]), "{after} {outputs:?}");
    let (after, outputs) = by_hand.wait();
    let [SessionOutput::End(error)] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert_eq!((after, error.kind()), (75, ErrorKind::Timeout));
    assert_eq!(sent(&ByHand::live().text("ping", json!({"qid": 1}))).0, "pong");
}

#[test]
fn what_others_ask_is_sent_with_a_value_of_its_own_and_its_answer_told() {
    let mut by_hand = ByHand::live();
    let question =
        by_hand.era.shared.settings.question("callrecord_get_path", "callrecord_get_path", json!({"key": "fs:1"}));
    let (name, asked) = sent(&by_hand.step(SessionInput::Ask { number: 7, request: &question }));
    assert_eq!((name.as_str(), &asked["key"]), ("callrecord_get_path", &json!("fs:1")));
    let stray = by_hand.text("callrecord_get_path_result", json!({"qid": "another", "result": "/temp/x.mp3"}));
    assert!(stray.is_empty(), "{stray:?}");
    let outputs = by_hand.text("callrecord_get_path_result", json!({"qid": asked["qid"], "result": "/temp/y.mp3"}));
    let [SessionOutput::Answer { number: 7, answer: Ok(told) }] = outputs.as_slice() else { panic!("{outputs:?}") };
    let fetch = crate::traits::Pbx::read_recording(&by_hand.era, told).expect("a path");
    assert_eq!((fetch.url.as_str(), fetch.signed), ("https://pbx.example/temp/y.mp3", false));
    // Before the socket is open nothing can be asked.
    let outputs = ByHand::new(&[]).step(SessionInput::Ask { number: 1, request: &question });
    let [SessionOutput::Answer { number: 1, answer: Err(error) }] = outputs.as_slice() else { panic!("{outputs:?}") };
    assert!(error.unsent(), "{error}");
}

#[test]
fn bad_frames_are_kept_and_change_no_call() {
    let nested = format!(r#"["event", {}1{}]"#, "[".repeat(100_000), "]".repeat(100_000));
    let long = format!(
        r#"["event", {{"event": "callevents.colour", "data": {{"cid": "c1", "x": "{}"}}}}]"#,
        "x".repeat(100_000)
    );
    for text in
        [nested.as_str(), "{", "null", r#"["event", {"cid": 1}]"#, r#"["event", {"event": "callevents.invite"}]"#]
    {
        let found = events(&ByHand::live().step(SessionInput::Text(text)));
        let [event] = found.as_slice() else { panic!("{text:.50}: {found:?}") };
        assert!(event.call.is_none() && matches!(event.effects.as_slice(), [Effect::Unknown { .. }]), "{text:.50}");
        assert!(serde_json::to_string(event).expect("JSON").len() < 10_000, "{text:.50}");
    }
    let found = events(&ByHand::live().step(SessionInput::Text(&long)));
    assert!(matches!(found[0].effects.as_slice(), [Effect::Unknown { .. }]));
}

#[test]
fn without_sockets_the_list_is_read_again_and_again() {
    let era = configured(&[("transport", "rest"), ("poll", "2")]);
    assert!(era.session(WHOLE_ACCOUNT).is_none() && era.delivery() == Some(Delivery::Polling));
    let capability = era.capability(MAKE.capability.clone());
    assert_eq!((capability.card_on_ring, capability.key_acts_for_all), (CardOnRing::Late, true));
    let rights = capability.abilities;
    assert!(!rights.can(Ability::Pickup) && !rights.can(Ability::Recordings) && rights.can(Ability::Hold));
    let monotonic = tokio::time::Instant::now().into_std();
    let after = |seconds: u64| Moment {
        monotonic: monotonic + Duration::from_secs(seconds),
        wall: received() + jiff::SignedDuration::from_secs(i64::try_from(seconds).expect("small")),
    };
    let start = PollStart { held: Vec::new(), zone: jiff::tz::TimeZone::UTC, is_zone_settled: true, now: after(0) };
    let mut poller = era.poller(start).expect("it asks");
    let (due, request) = poller.due();
    assert_eq!((due, request.method.as_str(), request.url.path()), (monotonic, "GET", "/rest/v1/uc/calls"));
    let page = poller.read(Ok(&answer(200, TALK)), after(0), after(0)).expect("a page");
    assert!(page.snapshot.is_none() && poller.due().0 == after(0).monotonic, "a row may not be all: more is asked for");
    assert_eq!(poller.due().1.url.query(), Some("offset=1"));
    let first = poller.read(Ok(&answer(200, "[]")), after(0), after(1)).expect("a list");
    assert_eq!((first.snapshot.expect("a list").calls.len(), first.complete_since), (1, Some(after(0).wall)));
    assert_eq!(poller.due().0, after(3).monotonic);
    let second = poller.read(Ok(&answer(200, "[]")), after(3), after(3)).expect("a list");
    assert_eq!((second.snapshot.expect("a list").calls.len(), second.complete_since), (0, Some(after(0).wall)));
    // After an outage only what still goes on is told, so there is a hole.
    let refused = poller.read(Ok(&answer(401, "")), after(5), after(5)).expect_err("refused");
    assert_eq!((refused.kind(), poller.due().0), (ErrorKind::Unauthorized, after(7).monotonic));
    poller.read(Ok(&answer(200, "<html>")), after(7), after(7)).expect_err("no list");
    poller.read(Ok(&answer(200, TALK)), after(9), after(9)).expect("a page");
    let again = poller.read(Ok(&answer(200, "[]")), after(9), after(9)).expect("a list");
    assert_eq!(again.complete_since, Some(after(9).wall));
}
