//! What admins change of a gateway that runs: connections, lines, groups, names, contacts.

use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::{
    cli::{Program, config_file},
    events::{CLIENT_ID, KEY, LINE, answered_call, call_id, event, post},
    http::{self, Answer},
    vendor::Vendor,
    ws::Desk,
};

/// A gateway whose file names no connection, and its admin.
pub(crate) struct Office {
    folder: tempfile::TempDir,
    config: PathBuf,
    program: Program,
    admin: String,
}

impl Office {
    pub(crate) async fn empty() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let config = folder.path().join("gateway.toml");
        let text = "listen = \"127.0.0.1:0\"\npublic_url = \"https://calls.example.org\"\ndata_dir = \"data\"\n";
        std::fs::write(&config, text).expect("is written");
        Self::on(folder, config).await
    }

    async fn on(folder: tempfile::TempDir, config: PathBuf) -> Self {
        let admin = Program::run(&config, &["token", "issue", "--name", "Ольга", "--role", "admin"]).succeeded();
        let program = Program::serve(&config).await;
        Self { folder, config, program, admin: admin.trim().to_owned() }
    }

    /// Another start of the same gateway.
    pub(crate) async fn restart(self) -> Self {
        let Self { folder, config, program, admin } = self;
        drop(program);
        let program = Program::serve(&config).await;
        Self { folder, config, program, admin }
    }

    pub(crate) async fn ask(&self, method: &str, path: &str, body: &Value) -> Answer {
        let bearer = format!("Bearer {}", self.admin);
        let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
        let request = http::request(method, path, &[("Authorization", &bearer)], &body);
        // `request` gives a length to posts and to what has a body.
        http::send(self.program.socket(), &request).await
    }

    pub(crate) async fn config(&self) -> Value {
        self.ask("GET", "/v1/admin/config", &Value::Null).await.json()
    }

    async fn put_rostelecom(&self, base: &str) -> Answer {
        self.ask("PUT", "/v1/admin/connections/rt1", &rostelecom(base)).await
    }
}

fn rostelecom(base: &str) -> Value {
    json!({"pbx": "rostelecom", "zone": "UTC", "baseUrl": base, "secrets": {"client_id": CLIENT_ID, "key": KEY}})
}

fn files_of(folder: &Path) -> Vec<Vec<u8>> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { files_of(&path) } else { vec![std::fs::read(&path).expect("is read")] })
        .collect()
}

#[tokio::test]
async fn a_connection_is_put_taken_up_kept_sealed_and_removed() {
    let (_vendor, base) = Vendor::start().await;
    let office = Office::empty().await;
    assert_eq!(post(office.program.socket(), &event("s0", "new", None, jiff::Timestamp::now())).await.status, 404);
    let body = rostelecom(base.as_str());
    let check =
        json!({"id": "rt1", "step": "key", "pbx": "rostelecom", "baseUrl": base.as_str(), "secrets": body["secrets"]});
    let checked = office.ask("POST", "/v1/admin/connections/check", &check).await;
    assert_eq!((checked.status, &checked.json()["ok"]), (200, &json!(true)), "{}", checked.text());
    assert_eq!(office.config().await["connections"], json!([]), "a check keeps nothing");

    let put = office.put_rostelecom(base.as_str()).await;
    assert_eq!((put.status, put.json()), (200, json!({"revision": 1})), "{}", put.text());
    let shown = office.config().await["connections"][0].clone();
    assert_eq!(
        (&shown["fixed"], &shown["paused"], &shown["secrets"]),
        (&json!(false), &json!(false), &json!(["client_id", "key"]))
    );
    assert_eq!(shown["hookUrl"], "https://calls.example.org/hook/rt1");
    for told in answered_call("s1", "101", jiff::Timestamp::now()) {
        assert_eq!(post(office.program.socket(), &told).await.status, 200);
    }

    // Another start knows it, with its secrets; they lie nowhere in the clear.
    let Office { folder, config, program, admin } = office;
    drop(program);
    for file in files_of(folder.path()) {
        assert!(!file.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "a secret is in a file");
    }
    let program = Program::serve(&config).await;
    let office = Office { folder, config, program, admin };
    assert_eq!(post(office.program.socket(), &event("s2", "new", None, jiff::Timestamp::now())).await.status, 200);
    let config = office.config.clone();
    let check = move || Program::run(&config, &["check", "--connection", "rt1", "--json"]).succeeded();
    let findings: Value = serde_json::from_str(&tokio::task::spawn_blocking(check).await.expect("ends")).expect("JSON");
    assert_eq!(
        (&findings[0]["connection"], &findings[0]["ok"]),
        (&json!("rt1"), &json!(true)),
        "the command line knows it"
    );

    let mut desk = Desk::resume(office.program.socket(), &office.admin, Value::Null).await;
    desk.up_to_at().await;
    let removed = office.ask("DELETE", "/v1/admin/connections/rt1", &Value::Null).await;
    assert_eq!((removed.status, removed.json()), (200, json!({"revision": 2})));
    loop {
        let frame = desk.frame().await;
        if frame["event"]["kind"] == "disconnected" {
            break;
        }
    }
    assert_eq!(post(office.program.socket(), &event("s3", "new", None, jiff::Timestamp::now())).await.status, 404);
    let call = office.ask("GET", &format!("/v1/calls/{}", call_id("s1")), &Value::Null).await;
    assert_eq!(call.status, 200, "calls stay");
    assert_eq!(office.ask("DELETE", "/v1/admin/connections/rt1", &Value::Null).await.status, 404);
    let audit = office.ask("GET", "/v1/admin/audit", &Value::Null).await.text();
    assert!(audit.contains("secrets entered: client_id, key") && !audit.contains("[\\\""), "in words: {audit}");
    assert!(audit.contains("putConnection") && audit.contains("removedConnection") && !audit.contains(KEY), "{audit}");
}

#[tokio::test]
async fn a_pause_lasts_over_a_restart_and_secrets_stay_with_their_address() {
    let (_vendor, base) = Vendor::start().await;
    let office = Office::empty().await;
    assert_eq!(office.put_rostelecom(base.as_str()).await.status, 200);
    let mut put = rostelecom(base.as_str());
    (put["secrets"], put["paused"]) = (json!({}), json!(true));
    assert_eq!(office.ask("PUT", "/v1/admin/connections/rt1", &put).await.status, 200);
    let hook = async |office: &Office, session: &str| {
        post(office.program.socket(), &event(session, "new", None, jiff::Timestamp::now())).await.status
    };
    assert_eq!(hook(&office, "s1").await, 404);
    let office = office.restart().await;
    assert_eq!((hook(&office, "s2").await, &office.config().await["connections"][0]["paused"]), (404, &json!(true)));
    put["paused"] = json!(false);
    assert_eq!(office.ask("PUT", "/v1/admin/connections/rt1", &put).await.status, 200);
    assert_eq!(hook(&office, "s3").await, 200, "the secrets that were left out stayed");

    // Nobody has the keys sent to himself by changing the address alone.
    put["baseUrl"] = json!("https://elsewhere.example");
    let check = json!({"id": "rt1", "step": "key", "pbx": "rostelecom", "baseUrl": "https://elsewhere.example"});
    for answer in [
        office.ask("PUT", "/v1/admin/connections/rt1", &put).await,
        office.ask("POST", "/v1/admin/connections/check", &check).await,
    ] {
        assert_eq!((answer.status, answer.json()["field"].clone()), (400, json!("secrets")), "{}", answer.text());
    }
    assert_eq!(hook(&office, "s4").await, 200, "nothing was changed");
}

#[tokio::test]
async fn what_is_wrong_is_told_at_its_field_and_nothing_is_kept() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let office = Office::on(folder, config).await;
    let fixed = office.put_rostelecom("http://127.0.0.1:9").await;
    assert_eq!((fixed.status, fixed.json()["error"].clone()), (409, json!("fixed")), "it stands in the file");
    for (id, change, field) in [
        ("zd1", json!({"pbx": "asterisk"}), "pbx"),
        ("zd1", json!({"secrets": {"key": "a", "word": "b"}}), "secrets"),
        ("zd1", json!({"secrets": {"key": "a b\nc", "secret": "b"}}), "secrets"),
        ("zd1", json!({"secrets": {}}), "secrets"),
        ("zd1", json!({"baseUrl": "http://pbx.example"}), "baseUrl"),
        ("zd1", json!({"zone": "Moscow"}), "zone"),
        ("zd1", json!({"overrides": {"colour": "red"}}), "overrides"),
        ("ZD 1", json!({}), "id"),
    ] {
        let mut body = json!({"pbx": "zadarma", "secrets": {"key": "a1b2", "secret": "c3d4"}});
        body.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
        let refused = office.ask("PUT", &format!("/v1/admin/connections/{}", id.replace(' ', "%20")), &body).await;
        assert_eq!(
            (refused.status, refused.json()["field"].clone()),
            (400, json!(field)),
            "{change}: {}",
            refused.text()
        );
    }
    let known = office.config().await;
    assert_eq!((&known["revision"], known["connections"].as_array().map(Vec::len)), (&json!(0), Some(1)));
}

/// Secrets that are kept can be tried only by whoever can be found afterwards.
#[tokio::test]
async fn a_check_with_secrets_that_are_kept_is_in_the_audit() {
    let office = Office::empty().await;
    assert_eq!(office.put_rostelecom("http://127.0.0.1:9").await.status, 200);
    let mut entered = rostelecom("http://127.0.0.1:9");
    let body = entered.as_object_mut().expect("an object");
    body.insert("id".into(), json!("rt1"));
    let mut kept = body.clone();
    kept.remove("secrets");
    let mut step = kept.clone();
    step.insert("step".into(), json!("clock"));
    let entries = async || {
        let audit = office.ask("GET", "/v1/admin/audit", &Value::Null).await.json();
        audit["entries"].as_array().expect("entries").clone()
    };
    assert_eq!(office.ask("POST", "/v1/admin/connections/check", &json!(step)).await.status, 200);
    let newest = entries().await.remove(0);
    assert_eq!((&newest["action"], &newest["subject"]), (&json!("checkedConnection"), &json!("rt1")));
    let detail = newest["detail"].as_str().expect("words");
    assert_eq!(detail, "rostelecom with secrets that are kept: client_id, key; step clock");
    office.ask("POST", "/v1/admin/connections/phones", &json!(kept)).await;
    assert_eq!(entries().await[0]["action"], "listedPhones");
    let before = entries().await.len();
    office.ask("POST", "/v1/admin/connections/phones", &entered).await;
    assert_eq!(entries().await.len(), before, "what was entered just now is the admin's own");
}

#[tokio::test]
async fn lists_have_bounds_and_texts_that_can_be_shown() {
    let office = Office::empty().await;
    assert_eq!(office.put_rostelecom("http://127.0.0.1:9").await.status, 200);
    let long = "x".repeat(201);
    let group = |id: &str| json!({"groups": [{"id": id}]});
    let many: Vec<Value> = (0..1001).map(|number| json!({"id": format!("g{number}")})).collect();
    let line = |title: &str| json!({"lines": [{"connection": "rt1", "number": LINE, "title": title}]});
    let person = |name: &str| json!({"people": [{"connection": "rt1", "extension": "101", "name": name}]});
    let contact = |name: &str| json!({"contacts": [{"number": "+79001234567", "name": name}]});
    for (list, wrong, fault, entry) in [
        ("groups", group(""), "missing", json!("1")),
        ("groups", group(" sales"), "invisible", json!("1")),
        ("groups", json!({"groups": [{"id": "sales"}, {"id": "sa\nles"}]}), "invisible", json!("2")),
        ("groups", group(&long), "tooLong", json!("1")),
        ("groups", json!({"groups": many}), "tooMany", Value::Null),
        ("lines", line(&long), "tooLong", json!("1")),
        ("lines", line("a\u{0}b"), "invisible", json!("1")),
        ("people-names", person(&long), "tooLong", json!("1")),
        ("people-names", person(" "), "missing", json!("1")),
        ("contacts", contact(&long), "tooLong", json!("1")),
        ("contacts", contact("a\tb"), "invisible", json!("1")),
    ] {
        let mut body = wrong.clone();
        body.as_object_mut().expect("an object").insert("revision".into(), json!(1));
        let refused = office.ask("PUT", &format!("/v1/admin/{list}"), &body).await;
        let field = list.split('-').next().expect("a word");
        let told = refused.json();
        assert_eq!((refused.status, &told["field"]), (400, &json!(field)), "{told}");
        assert_eq!((&told["fault"], &told["part"]), (&json!(fault), &entry), "{told}");
    }
    let groups = json!({"revision": 1, "groups": [{"id": "sales"}, {"id": "Отдел продаж"}]});
    assert_eq!(office.ask("PUT", "/v1/admin/groups", &groups).await.status, 200);
}

/// `check` asks by the public address, and tells the admin.
#[tokio::test]
async fn a_way_that_names_nobody_is_told_apart_from_one_that_does() {
    let office = Office::empty().await;
    let asked = async |headers: &[(&str, &str)]| {
        let answer = http::send(office.program.socket(), &http::request("GET", "/healthz", headers, b"")).await;
        assert_eq!((answer.status, answer.text().as_str()), (200, "ok\n"));
        answer.header(trubka_gateway::NAMES_NOBODY).is_some()
    };
    assert!(asked(&[]).await);
    assert!(!asked(&[("X-Forwarded-For", "192.0.2.7")]).await);
    assert!(asked(&[("X-Forwarded-For", "nobody")]).await);
}

#[tokio::test]
async fn lists_are_taken_up_by_the_running_office_and_only_from_what_was_seen() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "");
    let office = Office::on(folder, config).await;
    let people = json!({"revision": 0, "people": [{"connection": "rt1", "extension": "101", "name": "Анна Смирнова"}]});
    assert_eq!(office.ask("PUT", "/v1/admin/people-names", &people).await.json(), json!({"revision": 1}));
    let late = office.ask("PUT", "/v1/admin/people-names", &people).await;
    assert_eq!(late.status, 409, "somebody else was quicker");
    let contacts = |rule: Value| {
        let mut contact = json!({"number": "+79001234567", "name": "ООО Пример"});
        contact.as_object_mut().expect("an object").extend(rule.as_object().expect("an object").clone());
        json!({"revision": 1, "contacts": [contact]})
    };
    for (rule, part) in [
        (json!({"blocked": "busy"}), "Rostelecom refuses no caller"),
        (json!({"scenario": {"rt1": "0-1"}}), "Rostelecom sends no call through a scenario"),
        (json!({"responsible": {"rt1": "anna"}}), "Rostelecom takes a pin of digits"),
    ] {
        let refused = office.ask("PUT", "/v1/admin/contacts", &contacts(rule)).await;
        assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!("contacts")), "{part}");
        assert!(refused.text().contains(part), "{}", refused.text());
    }
    let contacts = contacts(json!({"responsible": {"rt1": "101"}}));
    assert_eq!(office.ask("PUT", "/v1/admin/contacts", &contacts).await.status, 200);
    let groups = json!({"revision": 2, "groups": [{"id": "support", "rings": true}]});
    assert_eq!(office.ask("PUT", "/v1/admin/groups", &groups).await.status, 200);
    let line = |number: &str, group: &str| json!({"connection": "rt1", "number": number, "title": "Поддержка", "groups": [group]});
    for (line, part) in [
        (line("+74957654321", "nobody"), "no [[group]]"),
        (line(LINE, "support"), "listed twice"),
        (json!({"connection": "zz1", "number": "+74957654321"}), "no connection"),
        (json!({"connection": "rt1", "number": "+74957654321", "fixed": true}), "fixed"),
    ] {
        let refused = office.ask("PUT", "/v1/admin/lines", &json!({"revision": 3, "lines": [line]})).await;
        assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!("lines")), "{line}");
        assert!(refused.text().contains(part), "{line}: {}", refused.text());
    }
    let mut desk = Desk::resume(office.program.socket(), &office.admin, Value::Null).await;
    let epoch = desk.frame().await["epoch"].clone();
    let lines = json!({"revision": 3, "lines": [line("+74957654321", "support")]});
    assert_eq!(office.ask("PUT", "/v1/admin/lines", &lines).await.status, 200);
    assert_eq!(desk.close_code().await, 4403, "others may see a call now, so what a desk has is fetched anew");
    let mut desk = Desk::resume(office.program.socket(), &office.admin, Value::Null).await;
    assert_ne!(desk.frame().await["epoch"], epoch);
    let stranger = json!({"name": "X", "role": "agent", "groups": ["nobody"]});
    let refused = office.ask("POST", "/v1/admin/invitations", &stranger).await;
    assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!("groups")));

    let mut told = event("s1", "new", None, jiff::Timestamp::now());
    told["request_number"] = "+74957654321".into();
    assert_eq!(post(office.program.socket(), &told).await.status, 200);
    assert_eq!(
        post(office.program.socket(), &event("s1", "calling", Some("101"), jiff::Timestamp::now())).await.status,
        200
    );
    let call = loop {
        let call = office.ask("GET", &format!("/v1/calls/{}", call_id("s1")), &Value::Null).await.json();
        if call["legs"].as_array().is_some_and(|legs| legs.len() > 1) {
            break call;
        }
    };
    assert_eq!((&call["line"]["title"], &call["customer"]["name"]), (&json!("Поддержка"), &json!("ООО Пример")));
    assert!(call["legs"].to_string().contains("Анна Смирнова"), "{call}");

    let exported = office.ask("GET", "/v1/admin/export", &Value::Null).await.text();
    let whole = format!("listen = \"127.0.0.1:0\"\ndata_dir = \"data\"\n{exported}");
    std::fs::write(office.folder.path().join("exported.toml"), whole).expect("is written");
    Program::run(&office.folder.path().join("exported.toml"), &["token", "list"]).succeeded();
    for part in ["Поддержка", "ООО Пример", "support", "TRUBKA_TEST_RT_ID"] {
        assert!(exported.contains(part), "{part} in {exported}");
    }
    assert!(!exported.contains(KEY));
    let address = format!("http://{}", office.program.socket()).parse().expect("a URL");
    let remote = link::RemoteOffice::connect(&address, office.admin.clone().into(), None).expect("a loopback address");
    assert_eq!(remote.setup_file().await.expect("is told"), exported);
}

#[tokio::test]
async fn who_hangs_up_in_mid_change_leaves_nothing_half_done() {
    let (_vendor, base) = Vendor::start().await;
    let office = Office::empty().await;
    let bearer = format!("Bearer {}", office.admin);
    let body = rostelecom(base.as_str()).to_string();
    let request = http::request("PUT", "/v1/admin/connections/rt1", &[("Authorization", &bearer)], body.as_bytes());
    for wait in [0, 1, 2, 4, 8] {
        let mut stream = tokio::net::TcpStream::connect(office.program.socket()).await.expect("connects");
        tokio::io::AsyncWriteExt::write_all(&mut stream, &request).await.expect("is sent");
        tokio::time::sleep(std::time::Duration::from_millis(wait)).await;
        drop(stream);
        let put = office.put_rostelecom(base.as_str()).await;
        assert_eq!(put.status, 200, "{}", put.text());
    }
    let revision = office.config().await["revision"].as_u64().expect("a number");
    let audit = office.ask("GET", "/v1/admin/audit", &Value::Null).await.json();
    assert_eq!(
        audit["entries"].as_array().map(|all| all.iter().filter(|it| it["action"] == "putConnection").count() as u64),
        Some(revision)
    );
}

#[tokio::test]
async fn a_change_onto_what_was_not_seen_is_refused_and_a_phone_becomes_the_admins_own() {
    let office = Office::empty().await;
    let (_vendor, base) = Vendor::start().await;
    let mut wanted = rostelecom(base.as_str());
    (wanted["revision"], wanted["phone"]) = (json!(7), json!("201"));
    let put = office.ask("PUT", "/v1/admin/connections/rt1", &wanted).await;
    assert_eq!((put.status, put.json()["error"].clone()), (409, json!("changed")));
    assert_eq!(office.config().await["connections"], json!([]));
    wanted["revision"] = office.config().await["revision"].clone();
    assert_eq!(office.ask("PUT", "/v1/admin/connections/rt1", &wanted).await.status, 200);
    let mine = |people: Value| people["people"][0]["extensions"].clone();
    let people = office.ask("GET", "/v1/admin/people", &Value::Null).await.json();
    assert_eq!(mine(people), json!([{"connection": "rt1", "extension": "201"}]));
    (wanted["revision"], wanted["phone"]) = (office.config().await["revision"].clone(), json!("202"));
    assert_eq!(office.ask("PUT", "/v1/admin/connections/rt1", &wanted).await.status, 200);
    let people = office.ask("GET", "/v1/admin/people", &Value::Null).await.json();
    let both = json!([{"connection": "rt1", "extension": "201"}, {"connection": "rt1", "extension": "202"}]);
    assert_eq!(mine(people), both, "one may have several phones");
    wanted["phone"] = json!("no phone");
    let refused = office.ask("PUT", "/v1/admin/connections/rt1", &wanted).await;
    assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!("phone")));
}

#[tokio::test]
async fn a_table_is_looked_at_before_anybody_is_invited_and_its_bad_line_is_named() {
    let office = Office::empty().await;
    let preview =
        async |csv: &str| office.ask("POST", "/v1/admin/invitations/import/preview", &json!({"csv": csv})).await.json();
    let good = preview("name;role;extensions\nАнна;agent;\n\nОльга;admin;").await;
    assert_eq!(good["people"].as_array().map(Vec::len), Some(2), "{good}");
    assert_eq!((&good["people"][1]["role"], &good["problem"]), (&json!("admin"), &Value::Null));
    for (csv, line, fault, part) in [
        ("Анна;agent;;\nБорис;boss;;", 2, "role", "boss"),
        ("Анна;agent;rt9:201;", 1, "connection", "rt9"),
        ("\nАнна;agent;;sales", 2, "group", "sales"),
        ("Анна;agent;201;", 1, "extension", "201"),
        (";agent;;", 1, "name", ""),
        ("Анна;agent;;;more", 1, "fields", "more"),
        ("", 1, "empty", ""),
    ] {
        let told = preview(csv).await;
        assert_eq!(told["problem"], json!({"line": line, "fault": fault, "part": part}), "{csv}");
        assert_eq!(told["people"], json!([]), "{csv}");
    }
    let people = office.ask("GET", "/v1/admin/people", &Value::Null).await.json();
    assert_eq!(people["invitations"], json!([]), "nobody is invited by looking");
}
