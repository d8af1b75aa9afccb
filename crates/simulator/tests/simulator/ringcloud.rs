//! RingCloud as a client sees it: a key with its hash in the query, and nothing pushed.

use md5::{Digest, Md5};
use serde_json::{Value, json};
use trubka_simulator::{Access, Fault, KeyArea, Make, Reading, Simulator, SimulatorConfig};

use crate::client::{Answer, get, post};
use crate::office;

/// The key and the hash, as they stand in every query.
pub(crate) fn query(access: &Access) -> String {
    let (key, password) = (access.secret("api_key"), access.secret("password"));
    let hash: String = Md5::digest(format!("{key}{password}")).iter().map(|byte| format!("{byte:02x}")).collect();
    format!("api_key={key}&hash={hash}")
}

async fn read(access: &Access, path: &str) -> Answer {
    let (path, more) = path.split_once('?').map_or((path, String::new()), |(path, more)| (path, format!("&{more}")));
    get(&format!("{}/v1/{path}?{}{more}", access.url, query(access)), &[]).await
}

async fn data(access: &Access, path: &str) -> Value {
    let answer = read(access, path).await;
    assert_eq!(answer.status, 200, "{path}: {}", String::from_utf8_lossy(&answer.body));
    let mut envelope = answer.json();
    assert_eq!((&envelope["status"], &envelope["message"]), (&json!("success"), &Value::Null), "{path}");
    envelope["data"].take()
}

async fn write(access: &Access, path: &str, parameters: &Value) -> Answer {
    let body = json!({"params": parameters}).to_string();
    post(&format!("{}/v1/{path}?{}", access.url, query(access)), &[], &body).await
}

fn refused(answer: &Answer) -> u16 {
    let envelope = answer.json();
    assert_eq!((&envelope["status"], &envelope["data"]), (&json!("error"), &Value::Null));
    assert!(envelope["message"].is_string());
    answer.status
}

async fn scene(readings: &[Reading], history: bool) -> (Simulator, Access) {
    let config = SimulatorConfig {
        readings: readings.to_vec(),
        history,
        timing: office::config().timing,
        ..SimulatorConfig::of(&[Make::RINGCLOUD])
    };
    let simulator = Simulator::start(config).await.expect("a free port");
    let access = simulator.credentials().of(Make::RINGCLOUD).cloned().expect("it runs");
    (simulator, access)
}

/// The minute of the limits at the speed of these tests, and a little more.
async fn a_minute() {
    tokio::time::sleep(std::time::Duration::from_millis(1600)).await;
}

/// The list of completed calls once it has so many; asked as often as the limits allow.
async fn completed(access: &Access, count: usize) -> Vec<Value> {
    for _ in 0..20 {
        let rows = data(access, "calls/complete").await;
        let rows = rows.as_array().expect("a list").clone();
        if rows.len() >= count {
            return rows;
        }
        a_minute().await;
    }
    panic!("never listed");
}

#[tokio::test]
async fn a_wrong_key_or_hash_is_refused_in_the_envelope_of_errors() {
    let (_simulator, access) = scene(&[], false).await;
    let right = query(&access);
    let (key, hash) = right.split_once('&').expect("two");
    let wrong = [
        String::new(),
        key.to_owned(),
        format!("{key}&hash={}", "0".repeat(32)),
        format!("{key}&{}", hash.to_uppercase().replace("HASH", "hash")),
        format!("{right}&{hash}"),
        format!("api_key=12345_0&{hash}"),
    ];
    for query in wrong {
        let answer = get(&format!("{}/v1/users?{query}", access.url), &[]).await;
        assert_eq!(refused(&answer), 403, "{query}");
    }
    assert_eq!(data(&access, "users").await, json!(["111201", "111202", "111203", "111204"]));
}

#[tokio::test]
async fn an_identical_url_is_refused_within_a_minute_and_others_are_not() {
    let (_simulator, access) = scene(&[], false).await;
    assert_eq!(data(&access, "users/111202").await["num"], "202");
    assert_eq!(refused(&read(&access, "users/111202").await), 429);
    assert_eq!(data(&access, "users/111203").await["num"], "203");
    a_minute().await;
    assert_eq!(read(&access, "users/111202").await.status, 200);
    // Click-to-call has one URL for everybody.
    assert_eq!(write(&access, "calls", &json!({"user": "111202", "num": "79001234567"})).await.status, 200);
    assert_eq!(refused(&write(&access, "calls", &json!({"user": "111203", "num": "79001234568"})).await), 429);
}

#[tokio::test]
async fn a_call_is_active_and_then_complete_with_its_recording() {
    let (simulator, access) = scene(&[], false).await;
    let line =
        r#"{"make":"ringcloud","call":"answered","from":"+79161234567","answers":"202","ring":"40s","talk":"40s"}"#;
    office::play(&simulator, line);
    office::eventually("the phone rings", || simulator.phones().views().iter().any(|phone| phone.shows.is_some()))
        .await;
    let active = data(&access, "calls/active").await;
    assert_eq!(active, json!([{"seconds": 0, "src": "79161234567", "dst": "202", "status": "current"}]));
    let channel = data(&access, "calls/channels").await[0].as_str().expect("a name").to_owned();
    let of_channel = data(&access, &format!("calls/channels/{channel}")).await;
    assert_eq!((&of_channel["CallerIDNum"], &of_channel["Channel"]), (&json!("202"), &json!(channel)));

    let row = completed(&access, 1).await.remove(0);
    assert_eq!(
        (&row["src"], &row["dst"], &row["direction"]),
        (&json!("79161234567"), &json!("202"), &json!("incoming"))
    );
    assert_eq!((&row["status"], &row["disposition"]), (&json!("complete"), &json!("ANSWERED")));
    let file = row["rec_file"].as_str().expect("recorded");
    let url = format!("{}/{file}?{}", access.url, query(&access));
    let recording = get(&url, &[]).await;
    assert!(recording.status == 200 && recording.body.len() > 10_000);
    assert_eq!(get(&url, &[]).await.status, 429);
    let own = data(&access, "users/111202/records").await;
    assert!(file.ends_with(own[0][0].as_str().expect("a file name")), "{own}");
}

#[tokio::test]
async fn a_recording_that_is_not_there_has_an_empty_body() {
    let (_simulator, access) = scene(&[], true).await;
    let missing = read(&access, "users/111202/records/none.mp3").await;
    assert_eq!((missing.status, missing.body.len()), (404, 0));
    let rows = data(&access, "calls/complete").await;
    let file = rows.as_array().expect("a list").iter().find_map(|row| row["rec_file"].as_str()).expect("recorded");
    let wrong = get(&format!("{}/{file}?api_key=1_a&hash=b", access.url), &[]).await;
    assert_eq!((wrong.status, wrong.body.len()), (403, 0), "a refused file has no envelope either");
}

#[tokio::test]
async fn a_missed_call_has_no_recording_in_any_of_the_ways_to_say_so() {
    let line = r#"{"make":"ringcloud","call":"missed","from":"+79161234567","agent":"202","ring":"5s"}"#;
    for (reading, expected) in [
        (None, Value::Null),
        (Some(Reading::NONE_AS_TEXT), json!("None")),
        (Some(Reading::NONE_IN_PATH), json!("/None")),
    ] {
        let (simulator, access) = scene(reading.as_slice(), false).await;
        office::play(&simulator, line).await.expect("it is played");
        let row = completed(&access, 1).await.remove(0);
        assert_eq!(row["disposition"], "NO ANSWER");
        let rec_file = &row["rec_file"];
        let ends_so = rec_file.as_str().zip(expected.as_str()).is_some_and(|(file, end)| file.ends_with(end));
        assert!(*rec_file == expected || ends_so, "{rec_file}");
    }
}

#[tokio::test]
async fn history_is_asked_for_by_days_and_number() {
    let (_simulator, access) = scene(&[], true).await;
    let count = |rows: &Value| rows.as_array().expect("a list").len();
    let week = data(&access, "calls/complete").await;
    assert!(count(&week) >= 6, "{}", count(&week));
    assert!(count(&data(&access, "calls/complete?days=1").await) < count(&week));
    let number = week[0]["src"].as_str().expect("a number");
    let own = data(&access, &format!("calls/complete?num={number}")).await;
    assert!(own.as_array().expect("a list").iter().all(|row| row["src"] == number || row["dst"] == number));
    for days in ["0", "8", "x"] {
        assert_eq!(refused(&read(&access, &format!("calls/complete?days={days}")).await), 400, "{days}");
    }
}

#[tokio::test]
async fn click_to_call_rings_the_employee_first() {
    let (simulator, access) = scene(&[], false).await;
    for (user, status) in [("202", 404), ("111299", 404)] {
        let answer = write(&access, "calls", &json!({"user": user, "num": "79001234567"})).await;
        assert_eq!(refused(&answer), status, "{user}");
        a_minute().await;
    }
    let answer = write(&access, "calls", &json!({"user": 111202, "num": 79_001_234_567_u64})).await;
    assert_eq!((answer.status, &answer.json()["data"]), (200, &Value::Null));
    assert_eq!(simulator.calls_asked_for().last().map(String::as_str), Some("79001234567"));
    let row = completed(&access, 1).await.remove(0);
    assert_eq!(
        (&row["src"], &row["dst"], &row["direction"]),
        (&json!("202"), &json!("79001234567"), &json!("outgoing"))
    );
}

#[tokio::test]
async fn what_the_key_has_no_right_to_is_refused() {
    let (simulator, access) = scene(&[], false).await;
    simulator.fault(Fault::ReadOnly, true);
    assert_eq!(refused(&write(&access, "calls", &json!({"user": "111202", "num": "79001234567"})).await), 403);
    assert_eq!(refused(&write(&access, "users/111202/update_email", &json!({"mail": "a"})).await), 403);
    assert_eq!(read(&access, "calls/active").await.status, 200);
    simulator.fault(Fault::NoRight(KeyArea::Records), true);
    assert_eq!(refused(&read(&access, "users/111202/records").await), 403);
    assert_eq!(read(&access, "users/111202").await.status, 200);
}

#[tokio::test]
async fn users_are_created_and_changed() {
    let (_simulator, access) = scene(&[], false).await;
    let created =
        write(&access, "users/create", &json!({"password": "p", "num": 401, "mail": "new@office.example"})).await;
    assert_eq!((created.status, &created.json()["data"]), (200, &json!("111401")));
    assert_eq!(write(&access, "users/111401/update_extension_number", &json!({"num": "402"})).await.status, 200);
    assert_eq!(write(&access, "users/111401/voice_mail_box_on", &json!({})).await.status, 200);
    let user = data(&access, "users/111401").await;
    assert_eq!((&user["num"], &user["voice_mail_box"]), (&json!("402"), &json!("on")));
    let answer = write(&access, "users/111202/update_extension_number", &json!({"num": "402"})).await;
    assert_eq!(refused(&answer), 400);
}

#[tokio::test]
async fn rows_are_written_in_each_of_the_readings() {
    let group = r#"{"make":"ringcloud","call":"group","from":"+79161234567","rings":["201","202"],"answers":"202","ring":"4s","talk":"8s"}"#;
    let dst = async |readings: &[Reading]| {
        let (simulator, access) = scene(readings, false).await;
        office::play(&simulator, group).await.expect("it is played");
        let rows = completed(&access, 1).await;
        let of = |row: &Value| {
            format!("{} {}", row["dst"].as_str().unwrap_or_default(), row["disposition"].as_str().unwrap_or_default())
        };
        (rows.iter().map(of).collect::<Vec<_>>(), rows[0]["call_start_time"].clone())
    };
    assert_eq!(dst(&[]).await.0, ["201 ANSWERED"]);
    assert_eq!(dst(&[Reading::ROWS_TO_LINE]).await.0, ["74995678901 ANSWERED"]);
    assert_eq!(dst(&[Reading::ROWS_BY_USER_NAME]).await.0, ["111201 ANSWERED"]);
    let mut each = dst(&[Reading::ROW_PER_PHONE, Reading::ROWS_BY_SIP_NAME]).await.0;
    each.sort();
    assert_eq!(each, ["SIP/111201 NO ANSWER", "SIP/111202 ANSWERED"]);
    assert!(dst(&[Reading::TIMES_UNIX]).await.1.is_i64());
    assert!(dst(&[Reading::TIMES_ISO]).await.1.as_str().is_some_and(|time| time.ends_with("+03:00")));
}
