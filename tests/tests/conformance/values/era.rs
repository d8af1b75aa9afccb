//! The Era platform: §5.3.

use pbx::{Make, Pbx, PollStart, session::Moment};
use serde_json::{Value, json};

use super::{
    Row, UNKNOWN, UPDATED, row,
    told::{answer, effects, framed},
};

pub(super) fn rows(make: Make) -> Vec<Row> {
    let of = |word: &'static str, event: &str, more: Value, means| {
        let mut data = json!({"eventid": word, "eventts": 1_772_442_020_000_u64, "cid": "c1",
            "invitets": 1_772_442_020_000_u64, "connectionid": "c1.1", "acallid": "a", "bcallid": "b",
            "fromouter": true, "fromusername": "79161234567", "callednum": "74951234567"});
        data.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        row(word, framed(make, &json!(["event", {"id": "s1", "event": event, "data": data}])), means)
    };
    let call = |word: &'static str, more: Value, means| of(word, &format!("callevents.{word}"), more, means);
    let centre = |word: &'static str, more: Value, means| of(word, &format!("ccsevents.{word}"), more, means);
    let fork = |more: Value| {
        let mut fork = json!({"forkcallid": "b", "forkcallednum": "101", "forkdir": "in"});
        fork.as_object_mut().expect("fields").extend(more.as_object().expect("fields").clone());
        fork
    };
    let stopped =
        |word: &'static str, code: u16, means| of(word, "callevents.fork_stop", fork(json!({"sipcode": code})), means);
    let changed = json!({"classpath": "/rest/v1/uc/sipuser_states", "id": "u-101", "status": "online"});
    let ended: &[&str] = &["callEnded", "legCleared", "legCleared failed"];
    vec![
        call("invite", json!({}), &["callCreated", "legOffered"]),
        of("isreferred", "callevents.invite", json!({"isreferred": true}), &["callCreated", "legOffered"]),
        call("dlg_init", json!({}), UPDATED),
        call("dlg_call", json!({}), UPDATED),
        call("fork_start", fork(json!({})), &["legRinging"]),
        call("fork_redirect", fork(json!({"redirectto": "102"})), &["legCleared diverted"]),
        of("fork_stop", "callevents.fork_stop", fork(json!({})), &["legCleared failed"]),
        stopped("486", 486, &["legCleared busy"]),
        stopped("600", 600, &["legCleared busy"]),
        stopped("408", 408, &["legCleared noAnswer"]),
        stopped("480", 480, &["legCleared noAnswer"]),
        stopped("603", 603, &["legCleared rejected"]),
        stopped("487", 487, &["legCleared cancelled"]),
        stopped("else Failed", 503, &["legCleared failed"]),
        call("dlg_start", json!({}), &["legAnswered"]),
        call("hold", json!({"side": "b"}), &["legHeld"]),
        of("un-hold", "callevents.unhold", json!({"side": "b"}), &["legRetrieved"]),
        call("refer", json!({"side": "b", "referto": "102"}), &["legOffered", "transferStarted"]),
        call("referring_invite", json!({"side": "b"}), UPDATED),
        call("replaces_refer", json!({"side": "b"}), UPDATED),
        call("refer_aborted", json!({"side": "b"}), &["legCleared failed"]),
        call("dlg_end", json!({"completiontype": "bye"}), &["callEnded", "legAnswered", "legCleared"]),
        call("dlg_stop", json!({}), &["callEnded", "legCleared"]),
        call("dlg_dead", json!({}), &["callEnded", "legCleared", "legCleared failed"]),
        centre("call_dtmf", json!({"dtmf": "5"}), &["dtmf"]),
        centre("connection_start_record", json!({}), &["recordingStarted"]),
        centre("connection_set_record_info", json!({"key": "fs:1"}), &["recordingAvailable"]),
        centre("connection_failure", json!({}), ended),
        // Nothing shows by itself whose phone is registered, so this is not subscribed to (docs/makes/era.md).
        of("data_changed", "modelevents.data_changed", changed, UNKNOWN),
        row("uc/calls", listed(), &["legAnswered", "legOffered", "legRetrieved"]),
    ]
}

/// What the list of calls says of one that it has.
fn listed() -> std::collections::BTreeSet<String> {
    let pbx = over_http();
    let now: Moment = trubka_fuzz::now();
    let start = PollStart { held: Vec::new(), zone: jiff::tz::TimeZone::UTC, is_zone_settled: true, now };
    let mut poller = pbx.poller(start).expect("it asks");
    let list = json!([{"cid": "c1", "connectionid": "c1.1", "invitets": 1_772_442_020_000_u64, "state": "Dialog",
        "fromouter": true, "fromusername": "79161234567", "callednum": "74951234567", "acallid": "a", "bcallid": "b"}]);
    let mut told = Vec::new();
    for page in [list, json!([])] {
        let found = poller.read(Ok(&answer(200, &page.to_string())), now, now).expect("a page");
        told.extend(found.snapshot.into_iter().flat_map(|snapshot| snapshot.events));
    }
    effects(&told)
}

/// The make, which reads the list again and again.
fn over_http() -> Box<dyn Pbx> {
    let config = pbx::ConnectionConfig {
        id: "listed".parse().expect("an id"),
        make: pbx::era::MAKE,
        zone: None,
        base_url: Some("https://pbx.example".parse().expect("an address")),
        trust_anchor_pem: None,
        secrets: [("token".to_owned(), secrecy::SecretString::from("12345_s3cret"))].into(),
        overrides: [("transport".to_owned(), "rest".to_owned())].into(),
    };
    pbx::build(&config).expect("good settings")
}
