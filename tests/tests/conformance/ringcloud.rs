//! RingCloud's vectors and recorded answers, through the make as the office uses it.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use calls::VendorEvent;
use jiff::{Timestamp, tz::TimeZone};
use pbx::{Answer, ConnectionConfig, Pbx, PollStart, Request, Times, session::Moment};
use secrecy::SecretString;
use serde_json::{Value, json};

/// The kinds of vectors that are checked.
pub(crate) const KINDS: [&str; 3] = ["hash", "hash_vectors", "sign"];

/// Whether a file holds this make's vectors.
pub(crate) fn knows(name: &str, file: &Value) -> bool {
    let of_kind = |kind| file.get(kind).and_then(Value::as_array);
    let of_hash = of_kind("hash").or_else(|| of_kind("hash_vectors"));
    name.to_ascii_lowercase().contains("ringcloud") || of_hash.is_some()
}

/// Key and hash as they stand in the address of a request.
pub(crate) fn check(_kind: &str, vector: &Value, _all: &[Value]) -> Result<(), String> {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| vector.get(*name)).and_then(Value::as_str);
        found.ok_or_else(|| format!("has no {}", names[0]))
    };
    let (key, password) = (text(&["api_key", "key"])?, text(&["password"])?);
    let expected = text(&["hash", "md5", "sign"])?;
    let pbx = pbx::build(&config(key, password)).map_err(|error| error.to_string())?;
    for method in [http::Method::GET, http::Method::POST] {
        let mut url = pbx.base_url().clone();
        url.set_query(Some("days=2"));
        let mut request = Request {
            operation: "vector",
            method,
            url,
            headers: http::HeaderMap::new(),
            body: bytes::Bytes::new(),
            times: Times::SHORT,
            idempotent: false,
            asks: false,
            signed: true,
            has_passwords: false,
            session: None,
            quotas: Vec::new(),
        };
        pbx.sign(&mut request).map_err(|error| error.to_string())?;
        let query: BTreeMap<_, _> = request.url.query_pairs().into_owned().collect();
        let wanted = [("api_key", key), ("hash", expected), ("days", "2")];
        let wanted: BTreeMap<_, _> = wanted.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
        if query != wanted {
            return Err(format!("the address is signed with {query:?}, and must be with {wanted:?}"));
        }
        if let Some(written) = vector.get("query").and_then(Value::as_str)
            && !request.url.query().is_some_and(|query| query.starts_with(written))
        {
            return Err(format!("the address is not written as {written}"));
        }
    }
    Ok(())
}

fn config(key: &str, password: &str) -> ConnectionConfig {
    let secrets = [("api_key", key), ("password", password)];
    ConnectionConfig {
        id: "rc".parse().expect("an id"),
        make: pbx::ringcloud::MAKE,
        zone: Some("UTC".to_owned()),
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.map(|(name, value)| (name.to_owned(), SecretString::from(value))).into(),
        overrides: BTreeMap::new(),
    }
}

/// What recorded answers mean: `users.http`, `complete.http` and `active.http`, each a whole HTTP answer; the service has
/// nothing to tell where one is absent.
pub(crate) fn meaning(pbx: &dyn Pbx, case: &Path, received_at: &str) -> Result<Value, String> {
    let answer = |name: &str| match fs::read_to_string(case.join(format!("{name}.http"))) {
        Ok(recorded) => read(&recorded),
        Err(_) => Ok(told(200, NOTHING)),
    };
    match polled(pbx, received_at.parse().expect("a time"), answer)? {
        Ok((events, present)) => Ok(json!({"events": events, "present": present})),
        Err(refusal) => Ok(json!({"refused": refusal})),
    }
}

/// A list without rows.
const NOTHING: &str = r#"{"status":"success","message":null,"data":[]}"#;

/// What one list says, where the service has nothing else to tell.
pub(crate) fn listed(pbx: &dyn Pbx, list: &str, rows: &str, now: Timestamp) -> Vec<VendorEvent> {
    let body = NOTHING.replace("[]", rows);
    let polled = polled(pbx, now, |name| Ok(told(200, if name == list { &body } else { NOTHING })));
    polled.expect("is asked").expect("is read").0
}

/// The events that are found, and the calls that go on; or why nothing is read.
type Polled = Result<(Vec<VendorEvent>, Vec<String>), String>;

/// Asks the lists once, each by the end of its path.
fn polled(pbx: &dyn Pbx, wall: Timestamp, answer: impl Fn(&str) -> Result<Answer, String>) -> Result<Polled, String> {
    let now = Moment { monotonic: tokio::time::Instant::now().into_std(), wall };
    let start = PollStart { held: Vec::new(), zone: TimeZone::UTC, is_zone_settled: true, now };
    let mut poller = pbx.poller(start).ok_or("this make asks nothing")?;
    let (mut events, mut present) = (Vec::new(), Vec::new());
    for _ in 0..16 {
        let (due, request) = poller.due();
        if due > now.monotonic + Duration::from_secs(1) {
            break;
        }
        let name = request.url.path().rsplit('/').next().unwrap_or_default().to_owned();
        let answer = answer(&name)?;
        let found = match poller.read(Ok(&answer), now, now) {
            Ok(found) => found,
            Err(error) => return Ok(Err(error.to_string())),
        };
        let lists = found.snapshot.into_iter();
        let (listed, calls): (Vec<_>, Vec<_>) = lists.map(|list| (list.events, list.calls)).unzip();
        events.extend(found.events.into_iter().chain(listed.into_iter().flatten()));
        present.extend(calls.into_iter().flatten());
    }
    Ok(Ok((events, present)))
}

/// A whole HTTP answer.
pub(crate) fn read(recorded: &str) -> Result<Answer, String> {
    let (head, body) = recorded.split_once("\n\n").ok_or("has no empty line")?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or("has no status")?;
    Ok(told(status, body.trim_end()))
}

fn told(status: u16, body: &str) -> Answer {
    Answer {
        status,
        retry_after: None,
        date: None,
        location: None,
        limits: None,
        body: bytes::Bytes::from(body.to_owned()),
    }
}
