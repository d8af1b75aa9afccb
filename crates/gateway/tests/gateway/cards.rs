//! Why calls had a card or none, as desks report it and administrators and agents are told.

use jiff::{SignedDuration, Timestamp};
use link::wire::Role;
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::{
    events::{answered_call, call_id, event, signed},
    http,
    rig::Rig,
    ws::Desk,
};

/// A token and its desk, which follows the office.
struct Seat {
    id: String,
    token: String,
    _desk: Desk,
}

impl Seat {
    async fn take(rig: &Rig, name: &str, role: Role, extensions: &[&str], groups: &[&str]) -> Self {
        let issued = rig.issue_in(name, role, extensions, groups).await;
        let token = issued.secret.expose_secret().to_owned();
        let mut desk = Desk::resume(rig.address, &token, Value::Null).await;
        desk.frame().await;
        desk.up_to_at().await;
        Self { id: issued.id, token, _desk: desk }
    }

    /// The desk reports this of a call.
    async fn decides(&self, rig: &Rig, session: &str, rule: &str, painted: bool) {
        let now = Timestamp::now();
        let mut decision = json!({ "call": call_id(session), "rule": rule, "decidedAt": now });
        if painted {
            decision["paintedAt"] = json!(now + SignedDuration::from_millis(7));
        }
        let answer = rig.post(&self.token, "/v1/desk/decisions", &json!({ "decisions": [decision] })).await;
        assert_eq!(answer.status, 204, "{}", answer.text());
    }

    async fn path(&self, rig: &Rig, session: &str) -> Value {
        rig.get(&self.token, &format!("/v1/calls/{}/path", call_id(session))).await.json()
    }

    async fn path_of(&self, rig: &Rig, session: &str, desk: &Self) -> Value {
        rig.get(&self.token, &format!("/v1/calls/{}/path?desk={}", call_id(session), desk.id)).await.json()
    }

    async fn today(&self, rig: &Rig) -> Value {
        let since = Timestamp::now() - SignedDuration::from_hours(1);
        rig.get(&self.token, &format!("/v1/cards?since={since}")).await.json()
    }
}

async fn admin(rig: &Rig) -> Seat {
    Seat::take(rig, "Марина", Role::Admin, &[], &[]).await
}

fn states(path: &Value) -> Vec<&str> {
    let hops = path["hops"].as_array().expect("hops");
    hops.iter().map(|hop| hop["state"].as_str().expect("a state")).collect()
}

/// The place at which the call stopped.
fn broken(path: &Value) -> &str {
    let hops = path["hops"].as_array().expect("hops");
    let stopped: Vec<_> = hops.iter().filter(|hop| hop["state"] == "stopped").collect();
    assert_eq!(stopped.len(), 1, "{path}");
    stopped[0]["place"].as_str().expect("a place")
}

#[tokio::test]
async fn a_call_with_a_card_has_a_time_at_each_place_on_its_way() {
    let rig = Rig::new().await;
    let (admin, anna) = (admin(&rig).await, Seat::take(&rig, "Анна", Role::Agent, &["101"], &["sales"]).await);
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    anna.decides(&rig, "s1", "shown", true).await;
    let path = anna.path(&rig, "s1").await;
    assert_eq!(path["cause"], Value::Null);
    assert_eq!(states(&path), ["passed"; 6]);
    let hops = path["hops"].as_array().expect("hops");
    let places: Vec<_> = hops.iter().map(|hop| hop["place"].as_str().expect("a place")).collect();
    assert_eq!(places, ["pbx", "signature", "log", "office", "desk", "card"]);
    for hop in &hops[1..] {
        assert!(hop["at"].is_string() && hop["tookMs"].is_u64(), "{hop}");
    }
    assert!(hops[5]["tookMs"].as_u64().expect("ms") <= 7);
    assert_eq!(hops[2]["seq"], path["events"][0]["seq"]);
    assert_eq!(path["events"][0]["signed"], true);
    let report = admin.today(&rig).await;
    assert_eq!((&report["calls"], &report["shown"], &report["without"]), (&json!(1), &json!(1), &json!([])));
    let counted: u64 =
        ["within50", "within100", "later"].map(|name| report["speed"][name].as_u64().expect(name)).iter().sum();
    assert_eq!(counted, 1);
    // What is said later does not take the card away.
    anna.decides(&rig, "s1", "ringsOthers", false).await;
    assert_eq!(anna.path(&rig, "s1").await["cause"], Value::Null);
    let folder = rig.stop().await;
    let rig = Rig::on(folder, crate::rig::Setup::default()).await;
    let path = anna.path(&rig, "s1").await;
    assert!(path["hops"][3]["at"].is_string(), "the times outlive the office: {path}");
}

#[tokio::test]
async fn a_desk_with_a_wrong_clock_bends_no_path_and_is_said_to_have_one() {
    let rig = Rig::new().await;
    let (admin, anna) = (admin(&rig).await, Seat::take(&rig, "Анна", Role::Agent, &["101"], &["sales"]).await);
    rig.tell(&[event("s1", "new", None, Timestamp::now())]).await;
    let ahead = Timestamp::now() + SignedDuration::from_hours(3);
    let decision = json!({ "call": call_id("s1"), "rule": "shown", "decidedAt": ahead, "paintedAt": ahead });
    let answer = rig.post(&anna.token, "/v1/desk/decisions", &json!({ "decisions": [decision] })).await;
    assert_eq!(answer.status, 204, "{}", answer.text());
    for path in [anna.path(&rig, "s1").await, admin.path_of(&rig, "s1", &anna).await] {
        assert_eq!((&path["clockOff"], &path["cause"]), (&json!(true), &Value::Null), "{path}");
        assert_eq!(states(&path), ["passed"; 6]);
        let hops = path["hops"].as_array().expect("hops");
        assert!(hops[3]["at"].is_string(), "{path}");
        assert!(hops[4..].iter().all(|hop| hop["at"].is_null() && hop["tookMs"].is_null()), "{path}");
    }
    let report = admin.today(&rig).await;
    assert_eq!(
        (&report["shown"], &report["speed"]["later"]),
        (&json!(1), &json!(0)),
        "its card counts, its times do not"
    );
}

#[tokio::test]
async fn what_the_office_knows_names_the_cause_by_itself() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let anna = Seat::take(&rig, "Анна", Role::Agent, &["101"], &["sales"]).await;
    let boris = Seat::take(&rig, "Борис", Role::Agent, &["102"], &[]).await;
    let vera = Seat::take(&rig, "Вера", Role::Agent, &[], &[]).await;
    let away = rig.issue("Глеб", Role::Agent, &["101"]).await;
    let now = Timestamp::now();
    rig.tell(&[event("rung", "new", None, now), event("rung", "end", None, now)]).await;
    rig.tell(&answered_call("named", "101", now)).await;
    rig.tell(&[event("late", "new", None, now - SignedDuration::from_mins(10))]).await;

    // The line rings for a group that he is not in.
    let path = admin.path_of(&rig, "rung", &boris).await;
    assert_eq!(path["cause"], json!({"kind": "lineOfOtherGroups", "line": "Продажи", "groups": ["sales"]}));
    assert_eq!((broken(&path), &path["desk"]["name"]), ("office", &json!("Борис")));
    // The PBX named somebody else.
    let path = admin.path_of(&rig, "named", &boris).await;
    assert_eq!(path["cause"], json!({"kind": "rangOthers", "who": ["Анна"]}));
    assert_eq!(broken(&path), "office");
    // He has no phone there at all.
    let path = admin.path_of(&rig, "named", &vera).await;
    assert_eq!(path["cause"], json!({"kind": "noPhoneHere", "connection": "rt1"}));
    // The event came ten minutes late.
    let path = anna.path(&rig, "late").await;
    assert_eq!(path["cause"]["kind"], "late");
    assert!(path["cause"]["byMs"].as_u64().expect("ms") >= 600_000, "{path}");
    assert_eq!(broken(&path), "pbx");
    // A desk that followed says what it did; one that does not is asked for.
    let path = anna.path(&rig, "rung").await;
    assert_eq!(path["cause"]["kind"], "notReported");
    assert_eq!(broken(&path), "card");
    // A desk that has never followed.
    let path = rig.get(away.secret.expose_secret(), &format!("/v1/calls/{}/path", call_id("named"))).await.json();
    assert_eq!(path["cause"], json!({"kind": "deskAway"}));
    assert_eq!((broken(&path), states(&path)[5]), ("desk", "notReached"));
    assert_eq!(path["others"], json!([]), "an agent is told of nobody else");
    // The administrator sees the same call at other desks, and the first that had no card.
    let path = admin.path(&rig, "named").await;
    assert_eq!((&path["desk"]["name"], &path["cause"]["kind"]), (&json!("Анна"), &json!("notReported")));
    let nobody = rig.get(&admin.token, &format!("/v1/calls/{}/path?desk=nobody", call_id("named"))).await;
    assert_eq!((nobody.status, &nobody.json()["field"]), (400, &json!("desk")));
    // Another's desk is no agent's matter, whether there is one of that name or not.
    for other in [&boris, &admin] {
        let path = format!("/v1/calls/{}/path?desk={}", call_id("rung"), other.id);
        let answer = rig.get(&anna.token, &path).await;
        assert_eq!((answer.status, &answer.json()["field"]), (400, &json!("desk")));
        assert!(!answer.text().contains("Борис"), "{}", answer.text());
    }
    let stranger = rig.get(&vera.token, &format!("/v1/calls/{}/path", call_id("named"))).await;
    assert_eq!(stranger.status, 404, "it is not to be seen");
}

#[tokio::test]
async fn what_a_desk_decided_is_told_by_its_rule() {
    let rig = Rig::new().await;
    let (admin, anna) = (admin(&rig).await, Seat::take(&rig, "Анна", Role::Agent, &["101"], &["sales"]).await);
    for (rule, cause, place) in [
        ("inMenu", "onlyInMenu", "office"),
        ("late", "late", "pbx"),
        ("rangTooLong", "rangTooLong", "desk"),
        ("over", "over", "desk"),
        ("noPlace", "noPlace", "card"),
        ("placedOnPhone", "placedOnPhone", "card"),
    ] {
        rig.tell(&answered_call(rule, "101", Timestamp::now())).await;
        anna.decides(&rig, rule, rule, false).await;
        let path = admin.path(&rig, rule).await;
        assert_eq!((&path["cause"]["kind"], broken(&path)), (&json!(cause), place), "{rule}");
        assert_eq!(path["desk"]["name"], "Анна");
    }
    let report = anna.today(&rig).await;
    assert_eq!((&report["calls"], &report["shown"]), (&json!(6), &json!(0)));
    let kinds: Vec<_> = report["without"].as_array().expect("a list").iter().map(|one| &one["cause"]["kind"]).collect();
    assert_eq!(kinds, ["placedOnPhone", "noPlace", "over", "rangTooLong", "late", "onlyInMenu"]);
    for wrong in [
        json!({"decisions": [{"call": call_id("x"), "rule": "shown", "decidedAt": "2026-03-05T09:00:00Z", "name": "Анна"}]}),
        json!({"decisions": [{"call": call_id("x"), "rule": "because", "decidedAt": "2026-03-05T09:00:00Z"}]}),
        json!({"decisions": 7}),
    ] {
        assert_eq!(rig.post(&anna.token, "/v1/desk/decisions", &wrong).await.status, 400, "{wrong}");
    }
    let one = json!({"call": call_id("x"), "rule": "shown", "decidedAt": "2026-03-05T09:00:00Z"});
    // What is said of a call that the office does not have is not kept.
    assert_eq!(rig.post(&anna.token, "/v1/desk/decisions", &json!({ "decisions": [one] })).await.status, 204);
    assert_eq!(rig.store.card_decisions("office", &call_id("x")).expect("reads"), []);
    assert_eq!(rig.store.card_decisions("office", &call_id("over")).expect("reads").len(), 1);
    let many = json!({ "decisions": vec![one; 501] });
    assert_eq!(rig.post(&anna.token, "/v1/desk/decisions", &many).await.json()["field"], "decisions");
}

#[tokio::test]
async fn a_wrong_signature_is_among_what_had_no_card_and_only_for_administrators() {
    let rig = Rig::new().await;
    let (admin, anna) = (admin(&rig).await, Seat::take(&rig, "Анна", Role::Agent, &["101"], &["sales"]).await);
    let body = event("s1", "new", None, Timestamp::now()).to_string();
    let forged = String::from_utf8(signed("/hook/rt1/call_events", body.as_bytes())).expect("text");
    let forged = forged.replace(crate::events::CALLER, "+79001234568");
    for _ in 0..3 {
        assert_eq!(http::send(rig.address, forged.as_bytes()).await.status, 403);
    }
    let refused = loop {
        let report = admin.today(&rig).await;
        if let Some(refused) = report["without"].as_array().expect("a list").first() {
            assert_eq!(report["without"].as_array().map(Vec::len), Some(1), "the same once a minute: {report}");
            break refused.clone();
        }
    };
    assert_eq!((&refused["cause"]["kind"], &refused["line"]), (&json!("refused"), &json!("rt1")));
    assert!(refused["journal"].is_i64() && refused["call"].is_null(), "{refused}");
    assert!(!refused.to_string().contains("9001234"), "{refused}");
    assert_eq!(anna.today(&rig).await["without"], json!([]));
}
