//! What the vendors' published client libraries send, byte for byte; written down from how they behave.

use std::fmt::Write as _;

use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use serde_json::{Value, json};
use sha1::Sha1;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use trubka_simulator::{Access, Fault, Make, Simulator, SimulatorConfig};

use crate::client::Answer;
use crate::office;

async fn scene(make: Make) -> (Simulator, Access) {
    let simulator = Simulator::start(SimulatorConfig { history: true, ..SimulatorConfig::of(&[make]) }).await;
    let simulator = simulator.expect("a free port");
    let access = simulator.credentials().of(make).cloned().expect("it runs");
    (simulator, access)
}

/// Sends these bytes and reads the answer.
async fn exchange(access: &Access, head: &str, body: &[u8]) -> Answer {
    let host = access.url.strip_prefix("http://").expect("plain HTTP");
    let mut stream = TcpStream::connect(host).await.expect("it listens");
    stream.write_all(head.replace("{host}", host).as_bytes()).await.expect("sent");
    stream.write_all(body).await.expect("sent");
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.expect("an answer");
    let end = answer.windows(4).position(|window| window == b"\r\n\r\n").expect("a head");
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).unwrap_or(0);
    Answer { status, head, body: answer[end + 4..].to_vec() }
}

/// The headers that Python's requests sends with everything; here each connection serves one request.
const REQUESTS: &str =
    "User-Agent: python-requests/2.32.3\r\nAccept-Encoding: gzip, deflate\r\nAccept: */*\r\nConnection: close\r\n";

mod ringcloud {
    use super::*;

    /// The client's query: key and hash as they are, and after them what the function adds.
    fn auth(access: &Access, more: &str) -> String {
        let hash = HEXLOWER.encode(&Md5::digest(format!("{}{}", access.secret("api_key"), access.secret("password"))));
        format!("?api_key={}&hash={hash}{more}", access.secret("api_key"))
    }

    async fn get(access: &Access, path: &str, more: &str) -> Answer {
        let head = format!("GET {path}{} HTTP/1.1\r\nHost: {{host}}\r\n{REQUESTS}\r\n", auth(access, more));
        exchange(access, &head, b"").await
    }

    /// A body as Python's json writes it, without a content type; none at all where there are no parameters.
    async fn post(access: &Access, path: &str, body: &str) -> Answer {
        let (auth, length) = (auth(access, ""), body.len());
        let head =
            format!("POST {path}{auth} HTTP/1.1\r\nHost: {{host}}\r\n{REQUESTS}Content-Length: {length}\r\n\r\n");
        exchange(access, &head, body.as_bytes()).await
    }

    fn data(answer: &Answer) -> Value {
        assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
        answer.json()["data"].take()
    }

    #[tokio::test]
    async fn every_function_of_the_python_client_works() {
        let (simulator, access) = scene(Make::RINGCLOUD).await;
        let balance = data(&get(&access, "/v1/accounts/12345/balance", "").await);
        assert!(balance.is_number());
        let info = data(&get(&access, "/v1/phone_numbers/+79101234567", "").await);
        assert!(info["DEF/ABC"].is_string() && info["operator"].is_string());
        assert_eq!(data(&get(&access, "/v1/calls/channels", "").await), json!([]));

        let placed = post(&access, "/v1/calls", r#"{"params": {"user": 111202, "num": 79101234567}}"#).await;
        assert_eq!(data(&placed), Value::Null);
        assert_eq!(simulator.calls_asked_for(), ["79101234567"]);
        let active = data(&get(&access, "/v1/calls/active", "").await);
        assert_eq!(active[0]["status"], "current");

        let users = data(&get(&access, "/v1/users", "").await);
        assert!(users.as_array().is_some_and(|users| users.contains(&json!("111202"))));
        let user = data(&get(&access, "/v1/users/111202", "").await);
        for field in ["account_id", "num", "user", "voice_mail_box", "mail", "password"] {
            assert!(!user[field].is_null(), "{field}");
        }
        let body = r#"{"params": {"password": "p\u0430ss", "num": 405, "mail": "new@office.example"}}"#;
        assert_eq!(data(&post(&access, "/v1/users/create", body).await), "111405");
        let body = r#"{"params": {"password": "other"}}"#;
        assert_eq!(post(&access, "/v1/users/111405/update_password", body).await.status, 200);
        let body = r#"{"params": {"mail": "other@office.example"}}"#;
        assert_eq!(post(&access, "/v1/users/111405/update_email", body).await.status, 200);
        let body = r#"{"params": {"num": 406}}"#;
        assert_eq!(post(&access, "/v1/users/111405/update_extension_number", body).await.status, 200);
        assert_eq!(post(&access, "/v1/users/111405/voice_mail_box_on", "").await.status, 200);
        assert_eq!(post(&access, "/v1/users/111405/voice_mail_box_off", "").await.status, 200);

        let complete = data(&get(&access, "/v1/calls/complete", "&days=7").await);
        let row = complete.as_array().and_then(|rows| rows.iter().find(|row| row["rec_file"].is_string()));
        let path = format!("/{}", row.expect("a recorded call")["rec_file"].as_str().expect("a path"));
        assert!(get(&access, &path, "").await.body.len() > 10_000);
        let user = path.split('/').nth(3).expect("a user");
        let records = data(&get(&access, &format!("/v1/users/{user}/records"), "").await);
        let (file, time) = (&records[0][0], &records[0][1]);
        assert!(file.is_string() && time.is_string());
        let missing = get(&access, &format!("/v1/users/{user}/records/nothing.mp3"), "").await;
        assert_eq!((missing.status, missing.body.len()), (404, 0), "the client's \"File not found\"");
    }

    /// The client reads `message` of whatever is not 200.
    #[tokio::test]
    async fn failures_have_the_message_that_the_client_reads() {
        let (simulator, access) = scene(Make::RINGCLOUD).await;
        assert_eq!(get(&access, "/v1/users", "").await.status, 200);
        simulator.fault(Fault::ReadOnly, true);
        let body = r#"{"params": {"mail": "other@office.example"}}"#;
        for (answer, status) in [
            (get(&access, "/v1/users", "").await, 429),
            (get(&access, "/v1/users/999", "").await, 404),
            (get(&access, "/v1/calls/complete", "&days=9&num=79161234567").await, 400),
            (post(&access, "/v1/users/111202/update_email", body).await, 403),
        ] {
            assert_eq!(answer.status, status);
            assert!(answer.json()["message"].as_str().is_some_and(|message| !message.is_empty()));
        }
    }
}

mod zadarma {
    use super::*;

    /// Python's `urlencode`: a space is a plus, and beside letters and digits `_.-~` stand as they are.
    fn urlencode(parameters: &[(&str, &str)]) -> String {
        let mut text = String::new();
        for (name, value) in parameters {
            if !text.is_empty() {
                text.push('&');
            }
            for (part, mark) in [(name, "="), (value, "")] {
                for byte in part.bytes() {
                    match byte {
                        b' ' => text.push('+'),
                        b'_' | b'.' | b'-' | b'~' => text.push(char::from(byte)),
                        byte if byte.is_ascii_alphanumeric() => text.push(char::from(byte)),
                        byte => write!(text, "%{byte:02X}").expect("a string takes everything"),
                    }
                }
                text.push_str(mark);
            }
        }
        text
    }

    /// The client's `call`: everything is signed sorted; a query goes out sorted, a form as it was given.
    async fn call(access: &Access, method: &str, path: &str, given: &[(&str, &str)]) -> Answer {
        let mut parameters: Vec<(&str, &str)> = given.to_vec();
        parameters.push(("format", "json"));
        let mut sorted = parameters.clone();
        sorted.sort_unstable();
        let query = urlencode(&sorted);
        let mut mac = Hmac::<Sha1>::new_from_slice(access.secret("secret").as_bytes()).expect("a key of any length");
        mac.update(format!("{path}{query}{}", HEXLOWER.encode(&Md5::digest(&query))).as_bytes());
        let sign = BASE64.encode(HEXLOWER.encode(&mac.finalize().into_bytes()).as_bytes());
        let authorization = format!("Authorization: {}:{sign}\r\n", access.secret("key"));
        if method == "GET" {
            let head = format!("GET {path}?{query} HTTP/1.1\r\nHost: {{host}}\r\n{REQUESTS}{authorization}\r\n");
            return exchange(access, &head, b"").await;
        }
        let (body, kind) = (urlencode(&parameters), "Content-Type: application/x-www-form-urlencoded\r\n");
        let length = body.len();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {{host}}\r\n{REQUESTS}{authorization}{kind}Content-Length: {length}\r\n\r\n"
        );
        exchange(access, &head, body.as_bytes()).await
    }

    /// A request, and what its answer holds.
    type Method<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str);

    #[tokio::test]
    async fn every_method_that_the_clients_have_works() {
        let (simulator, access) = scene(Make::ZADARMA).await;
        let methods: [Method; 26] = [
            ("GET", "/v1/tariff/", &[], "/info/tariff_name"),
            ("PUT", "/v1/sip/callerid/", &[("id", "00202"), ("number", "74993456789")], "/new_caller_id"),
            ("GET", "/v1/info/price/", &[("number", "71234567891"), ("caller_id", "71234567890")], "/info/price"),
            ("GET", "/v1/info/balance/", &[], "/balance"),
            ("GET", "/v1/info/timezone/", &[], "/unixtime"),
            ("GET", "/v1/info/lists/currencies/", &[], "/currencies/0"),
            ("POST", "/v1/info/number_lookup/", &[("numbers", "79161234567")], "/info/mcc"),
            ("GET", "/v1/sip/", &[], "/sips/0/id"),
            ("GET", "/v1/sip/00202/status/", &[], "/is_online"),
            ("GET", "/v1/sip/redirection/", &[("id", "00202")], "/info/0/status"),
            (
                "PUT",
                "/v1/sip/redirection/",
                &[("id", "00202"), ("type", "phone"), ("number", "79161234567")],
                "/destination",
            ),
            ("PUT", "/v1/sip/redirection/", &[("id", "00202"), ("status", "off")], "/current_status"),
            ("GET", "/v1/direct_numbers/", &[], "/info/0/number"),
            ("GET", "/v1/request/callback/", &[("from", "202"), ("to", "79161234567")], "/time"),
            (
                "POST",
                "/v1/sms/send/",
                &[("number", "442079460123"), ("message", "Здравствуйте, ~ * тест")],
                "/messages",
            ),
            ("GET", "/v1/pbx/internal/", &[], "/numbers/0"),
            ("GET", "/v1/pbx/internal/202/status/", &[], "/is_online"),
            ("GET", "/v1/pbx/internal/202/info/", &[], "/name"),
            ("PUT", "/v1/pbx/internal/recording/", &[("id", "202"), ("status", "on_store")], "/recording"),
            ("GET", "/v1/pbx/redirection/", &[("pbx_number", "202")], "/current_status"),
            ("GET", "/v1/pbx/callinfo/", &[], "/notifications/notify_start"),
            ("POST", "/v1/pbx/callinfo/notifications/", &[("notify_end", "false")], "/notifications/notify_end"),
            ("GET", "/v1/webrtc/get_key/", &[("sip", "402022-202")], "/key"),
            ("GET", "/v1/statistics/", &[], "/stats"),
            (
                "GET",
                "/v1/statistics/pbx/",
                &[("start", "2020-01-01 00:00:00"), ("end", "2099-01-01 00:00:00"), ("version", "2")],
                "/stats/0/pbx_call_id",
            ),
            ("GET", "/v1/statistics/incoming-calls/", &[], "/stats/0/callstart"),
        ];
        for (method, path, parameters, pointer) in methods {
            let answer = call(&access, method, path, parameters).await;
            assert_eq!(answer.status, 200, "{method} {path}: {}", String::from_utf8_lossy(&answer.body));
            let body = answer.json();
            assert!(body["status"] == "success" && body.pointer(pointer).is_some(), "{method} {path}: {body}");
            for header in ["x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset"] {
                assert!(answer.head.to_lowercase().contains(header), "{path}: {header}");
            }
        }
        assert_eq!(simulator.calls_asked_for(), ["79161234567"]);
        let fourth = call(&access, "GET", "/v1/statistics/", &[]).await;
        assert_eq!((fourth.status, &fourth.json()["status"]), (429, &json!("error")));
    }

    /// Python leaves a tilde as it is, PHP does not; nobody knows whether the vendor minds.
    #[tokio::test]
    async fn a_tilde_is_signed_as_it_was_sent_unless_only_php_counts() {
        let (_simulator, access) = scene(Make::ZADARMA).await;
        let message = [("number", "442079460123"), ("message", "a ~ b")];
        assert_eq!(call(&access, "POST", "/v1/sms/send/", &message).await.status, 200);
        let config = SimulatorConfig {
            readings: vec![trubka_simulator::Reading::PHP_SIGNATURES_ONLY],
            ..SimulatorConfig::of(&[Make::ZADARMA])
        };
        let simulator = Simulator::start(config).await.expect("a free port");
        let access = simulator.credentials().of(Make::ZADARMA).cloned().expect("it runs");
        assert_eq!(call(&access, "POST", "/v1/sms/send/", &message).await.status, 401);
        assert_eq!(call(&access, "POST", "/v1/sms/send/", &message[..1]).await.status, 400);
    }

    #[tokio::test]
    async fn a_line_shows_only_a_number_that_the_account_owns() {
        let (_simulator, access) = scene(Make::ZADARMA).await;
        let answer = call(&access, "PUT", "/v1/sip/callerid/", &[("id", "00202"), ("number", "74951234567")]).await;
        assert_eq!((answer.status, &answer.json()["status"]), (400, &json!("error")));
        let answer = call(&access, "PUT", "/v1/sip/callerid/", &[("id", "1234567"), ("number", "74993456789")]).await;
        assert_eq!(answer.status, 400);
    }

    #[tokio::test]
    async fn a_recording_is_asked_for_and_deleted() {
        let (_simulator, access) = scene(Make::ZADARMA).await;
        let span = [("start", "2020-01-01 00:00:00"), ("end", "2099-01-01 00:00:00")];
        let rows = call(&access, "GET", "/v1/statistics/pbx/", &span).await.json();
        let row = rows["stats"].as_array().and_then(|rows| rows.iter().find(|row| row["is_recorded"] == true));
        let id = row.expect("a recorded call")["pbx_call_id"].as_str().expect("text").to_owned();
        let links = call(&access, "GET", "/v1/pbx/record/request/", &[("pbx_call_id", &id)]).await.json();
        assert!(links["links"][0].is_string());
        let deleted = call(&access, "DELETE", "/v1/pbx/record/request/", &[("pbx_call_id", &id)]).await.json();
        assert_eq!(deleted["deleted_files"].as_array().map(Vec::len), Some(1));
        let gone = call(&access, "GET", "/v1/pbx/record/request/", &[("pbx_call_id", &id)]).await;
        assert_eq!(gone.status, 400);
    }

    #[tokio::test]
    async fn a_notification_that_is_switched_off_is_not_sent() {
        let (simulator, access) = scene(Make::ZADARMA).await;
        let mut hook = crate::form_hook::FormHook::of(&simulator, Make::ZADARMA).await;
        call(&access, "POST", "/v1/pbx/callinfo/notifications/", &[("notify_internal", "false")]).await;
        office::play(&simulator, r#"{"make":"zadarma","call":"missed","from":"+79161234567","ring":"1s"}"#);
        let forms = hook.until(|form| form.field("event") == "NOTIFY_END").await;
        assert_eq!(forms.iter().map(|form| form.field("event")).collect::<Vec<_>>(), ["NOTIFY_START", "NOTIFY_END"]);
    }
}
