//! Invitations from the admin's request to the desk that joined, and what becomes of its token.

use std::time::{Duration, Instant};

use link::{
    Office, RemoteOffice,
    wire::{AuditAction, AuditRange, JoinLink, Role},
};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use store::AuditEntry;

use crate::{
    cli::{Program, config_file},
    http::{self, Answer},
    rig::Rig,
    ws::Desk,
};

async fn admin(rig: &Rig) -> String {
    rig.issue("Ольга", Role::Admin, &[]).await.secret.expose_secret().to_owned()
}

async fn without_token(rig: &Rig, path: &str, body: &Value) -> Answer {
    http::send(rig.address, &http::request("POST", path, &[], body.to_string().as_bytes())).await
}

/// Invites Boris with extension 102; the code of his link.
async fn invited(rig: &Rig, admin: &str) -> (String, String) {
    let body = json!({"name": "Борис", "role": "agent", "extensions": [{"connection": "rt1", "extension": "102"}],
        "groups": ["sales"], "tokenExpiresDays": 30});
    let answer = rig.post(admin, "/v1/admin/invitations", &body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let answer = answer.json();
    let link = JoinLink::read(answer["link"].as_str().expect("a link")).expect("is read");
    assert_eq!(link.address.as_str(), format!("http://{}/", rig.address));
    (answer["id"].as_str().expect("an id").to_owned(), link.code.grouped().0)
}

#[tokio::test]
async fn an_invitation_is_shown_used_once_and_refused_with_its_reason() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let (_, code) = invited(&rig, &admin).await;
    let preview = without_token(&rig, "/v1/join/preview", &json!({"code": code.to_lowercase()})).await;
    assert_eq!(preview.status, 200, "{}", preview.text());
    let shown = preview.json();
    assert_eq!(
        (&shown["office"], &shown["person"], &shown["role"]),
        (&json!("127.0.0.1"), &json!("Борис"), &json!("agent"))
    );
    assert_eq!(shown["extensions"], json!([{"connection": "rt1", "extension": "102"}]));

    let join = |device: &str| json!({"code": code, "device": device});
    let joined = without_token(&rig, "/v1/join", &join("Стол 3")).await;
    assert_eq!(joined.status, 201, "{}", joined.text());
    let token = joined.json()["token"].as_str().expect("a token").to_owned();
    assert!(joined.json()["expiresAt"].is_string());
    assert_eq!(rig.get(&token, "/v1/connections").await.status, 200);

    // The answer was lost: the same computer asks once more and gets another one, for the first.
    let again = without_token(&rig, "/v1/join", &join("Стол 3")).await;
    let second = again.json()["token"].as_str().expect("a token").to_owned();
    assert_eq!(
        (rig.get(&token, "/v1/connections").await.status, rig.get(&second, "/v1/connections").await.status),
        (401, 200)
    );
    let other = without_token(&rig, "/v1/join", &join("Стол 4")).await;
    assert_eq!((other.status, other.json()["error"].clone()), (409, json!("codeUsed")));
    let unknown = without_token(&rig, "/v1/join", &json!({"code": "00000-00000-00000-00000", "device": "x"})).await;
    assert_eq!((unknown.status, unknown.json()["error"].clone()), (404, json!("codeUnknown")));

    let (id, code) = invited(&rig, &admin).await;
    assert_eq!(rig.ask("DELETE", &admin, &format!("/v1/admin/invitations/{id}"), &[], b"").await.status, 204);
    let revoked = without_token(&rig, "/v1/join", &json!({"code": code, "device": "x"})).await;
    assert_eq!((revoked.status, revoked.json()["error"].clone()), (410, json!("codeRevoked")));
    let expired = "ABCDE-ABCDE-ABCDE-ABCDE";
    let mut old = rig.store.invitations().expect("is read").remove(0);
    (old.id, old.hash) = ("old".into(), Sha256::digest(expired.replace('-', "")).into());
    (old.revoked_at, old.expires_at) = (None, "2026-03-01T09:00:00Z".parse().expect("a time"));
    let (at, who) = (old.created_at, "a test".to_owned());
    let entry = AuditEntry { at, who, action: "invited".into(), subject: String::new(), detail: String::new() };
    rig.store.add_invitations(vec![old], entry).await.expect("is kept");
    let answer = without_token(&rig, "/v1/join/preview", &json!({"code": expired})).await;
    assert_eq!((answer.status, answer.json()["error"].clone()), (410, json!("codeExpired")));
    assert_eq!(http::send(rig.address, &http::request("GET", "/v1/join/ca", &[], b"")).await.status, 404);
    for file in
        std::fs::read_dir(rig.folder.path()).expect("a folder").filter_map(|file| std::fs::read(file.ok()?.path()).ok())
    {
        let digits = code.replace('-', "");
        for secret in [code.as_bytes(), digits.as_bytes(), second.as_bytes()] {
            assert!(!file.windows(secret.len()).any(|window| window == secret), "a secret is in a file");
        }
    }
}

#[tokio::test]
async fn codes_are_not_guessed() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let (_, code) = invited(&rig, &admin).await;
    for _ in 0..5 {
        let body = json!({"code": "00000-00000-00000-00000"});
        assert_eq!(without_token(&rig, "/v1/join/preview", &body).await.status, 404);
    }
    let wrong = json!({"code": "00000-00000-00000-00001"});
    let closed = without_token(&rig, "/v1/join/preview", &wrong).await;
    assert_eq!((closed.status, closed.header("retry-after").is_some()), (429, true));
    let right = without_token(&rig, "/v1/join/preview", &json!({"code": code})).await;
    assert_eq!(right.status, 200, "it was not guessed: whoever shares the address is not held up");
    // Somebody else comes through the same proxy.
    let request = http::request(
        "POST",
        "/v1/join/preview",
        &[("X-Forwarded-For", "10.0.0.1, 192.0.2.7")],
        json!({"code": code}).to_string().as_bytes(),
    );
    assert_eq!(http::send(rig.address, &request).await.status, 200);
}

#[tokio::test]
async fn a_token_is_renewed_without_another_epoch_and_given_back() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let (_, code) = invited(&rig, &admin).await;
    let joined = without_token(&rig, "/v1/join", &json!({"code": code, "device": "pc"})).await.json();
    let first = joined["token"].as_str().expect("a token").to_owned();
    let mut desk = Desk::resume(rig.address, &first, Value::Null).await;
    let epoch = desk.frame().await["epoch"].clone();

    let renewed = rig.post(&first, "/v1/token/renew", &json!({})).await;
    assert_eq!(renewed.status, 200, "{}", renewed.text());
    assert_eq!(renewed.json()["tokenId"], joined["tokenId"]);
    let second = renewed.json()["token"].as_str().expect("a token").to_owned();
    assert_ne!(first, second);
    assert_eq!(rig.get(&first, "/v1/connections").await.status, 200, "the new one was not used");
    assert_eq!(rig.get(&second, "/v1/connections").await.status, 200);
    let found = rig.post(&first, "/v1/token/renew", &json!({})).await;
    assert_eq!(found.status, 401, "whoever has found the old one keeps nothing with it");
    let mut again = Desk::resume(rig.address, &second, Value::Null).await;
    assert_eq!(again.frame().await["epoch"], epoch, "what may be seen is the same");
    assert_eq!(rig.get(&first, "/v1/connections").await.status, 200, "for a day more");

    // Whoever joins anew with the same rights sees the same, so his copy goes on.
    let (_, code) = invited(&rig, &admin).await;
    let joined = without_token(&rig, "/v1/join", &json!({"code": code, "device": "pc 2"})).await.json();
    let mut other = Desk::resume(rig.address, joined["token"].as_str().expect("a token"), Value::Null).await;
    assert_eq!(other.frame().await["epoch"], epoch);

    assert_eq!(rig.ask("DELETE", &second, "/v1/token", &[], b"").await.status, 204);
    assert_eq!(again.close_code().await, 4401);
    assert_eq!(
        (rig.get(&first, "/v1/connections").await.status, rig.get(&second, "/v1/connections").await.status),
        (401, 401)
    );
}

#[tokio::test]
async fn changed_rights_reach_an_open_desk_within_a_second() {
    // The tokens are not read on their own in this time.
    let limits = trubka_gateway::Limits { token_check: Duration::from_secs(3600), ..Default::default() };
    let rig = Rig::with(crate::rig::Setup { limits, ..Default::default() }).await;
    let admin = admin(&rig).await;
    let (_, code) = invited(&rig, &admin).await;
    let joined = without_token(&rig, "/v1/join", &json!({"code": code, "device": "pc"})).await.json();
    let (id, token) = (joined["tokenId"].as_str().expect("an id"), joined["token"].as_str().expect("a token"));
    let mut desk = Desk::resume(rig.address, token, Value::Null).await;
    let epoch = desk.frame().await["epoch"].clone();

    let people = rig.get(&admin, "/v1/admin/people").await.json();
    let boris =
        people["people"].as_array().expect("a list").iter().find(|it| it["tokenId"] == id).expect("is listed").clone();
    assert_eq!((&boris["online"], &boris["device"], &boris["name"]), (&json!(true), &json!("pc"), &json!("Борис")));
    assert_eq!(people["invitations"][0]["state"], "used");

    let path = format!("/v1/admin/people/{id}");
    let rights = json!({"role": "manager", "extensions": [], "groups": []}).to_string();
    let began = Instant::now();
    assert_eq!(rig.ask("PUT", &admin, &path, &[], rights.as_bytes()).await.status, 204);
    assert_eq!(desk.close_code().await, 4403);
    assert!(began.elapsed() < Duration::from_secs(1));
    let mut desk = Desk::resume(rig.address, token, Value::Null).await;
    let hello = desk.frame().await;
    assert_eq!(hello["you"]["role"], "manager");
    assert_ne!(hello["epoch"], epoch);

    assert_eq!(rig.ask("DELETE", &admin, &path, &[], b"").await.status, 204);
    assert_eq!(desk.close_code().await, 4401);
    let again = without_token(&rig, "/v1/join", &json!({"code": code, "device": "pc"})).await;
    assert_eq!(again.status, 409, "who was removed does not come back with the same code");
    let audit = rig.get(&admin, "/v1/admin/audit?limit=10").await.json();
    let actions: Vec<&str> =
        audit["entries"].as_array().expect("a list").iter().filter_map(|it| it["action"].as_str()).collect();
    assert_eq!(actions, ["removedPerson", "changedRights", "joined", "invited"]);
    assert!(audit["entries"][0]["who"].as_str().is_some_and(|who| who.starts_with("Ольга (")), "{audit}");
    assert_eq!(audit["next"], Value::Null, "nothing is older");

    // An administrator's desk reads the same page by page.
    let address = format!("http://{}", rig.address).parse().expect("a URL");
    let desk = |token: String| RemoteOffice::connect(&address, SecretString::from(token), None).expect("is set up");
    let office = desk(admin.clone());
    let range = |before| AuditRange { before, limit: Some(3) };
    let first = office.audit(range(None)).await.expect("a page");
    assert_eq!(first.entries.len(), 3);
    let last = office.audit(range(first.next)).await.expect("the next page");
    assert_eq!((last.entries[0].action, last.entries.len(), last.next), (AuditAction::Invited, 1, None));
    assert_eq!(rig.get(&admin, "/v1/admin/audit?limit=x").await.status, 400);
    desk(rig.manager().await).audit(range(None)).await.expect_err("it is for administrators");
}

#[tokio::test]
async fn only_admins_administrate_and_one_stays() {
    let rig = Rig::new().await;
    let (manager, agent) = (rig.manager().await, rig.agent("101").await);
    let invite = json!({"name": "X", "role": "admin"});
    for token in [&manager, &agent] {
        assert_eq!(rig.get(token, "/v1/admin/people").await.status, 403);
        let refused = rig.post(token, "/v1/admin/invitations", &invite).await;
        assert_eq!((refused.status, refused.json()["error"].clone()), (403, json!("forbidden")));
    }
    assert_eq!(rig.get("trubka_guess", "/v1/admin/people").await.status, 401);
    let issued = rig.issue("Ольга", Role::Admin, &[]).await;
    let admin = issued.secret.expose_secret();
    let own = format!("/v1/admin/people/{}", issued.id);
    assert_eq!(rig.ask("DELETE", admin, &own, &[], b"").await.status, 409, "the last admin");
    let refused = rig.ask("DELETE", admin, "/v1/token", &[], b"").await;
    assert_eq!((refused.status, refused.json()["error"].clone()), (409, json!("lastAdmin")), "nor does he sign out");
    assert_eq!(rig.ask("DELETE", admin, "/v1/token?last=1", &[], b"").await.status, 400);
    let rights = json!({"role": "agent", "extensions": [], "groups": []}).to_string();
    assert_eq!(rig.ask("PUT", admin, &own, &[], rights.as_bytes()).await.status, 409);
    for (body, field) in [
        (json!({"name": "", "role": "agent"}), "name"),
        (json!({"name": "X", "role": "boss"}), "role"),
        (json!({"name": "X", "role": "agent", "extensions": [{"connection": "zz9", "extension": "1"}]}), "extensions"),
        (json!({"name": "X", "role": "agent", "tokenExpiresDays": 0}), "tokenExpiresDays"),
        (json!({"name": "X", "role": "agent", "more": 1}), "body"),
    ] {
        let refused = rig.post(admin, "/v1/admin/invitations", &body).await;
        assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!(field)), "{body}");
    }
    // A computer can be left at any time, by whoever says that he knows.
    assert_eq!(rig.ask("DELETE", admin, "/v1/token?lastAdmin=true", &[], b"").await.status, 204);
    assert_eq!(rig.get(admin, "/v1/admin/people").await.status, 401);
}

#[tokio::test]
async fn an_open_invitation_gets_another_link_and_the_former_one_leads_nowhere() {
    let rig = Rig::new().await;
    let issued = rig.issue("Ольга", Role::Admin, &[]).await;
    let admin = issued.secret.expose_secret();
    let new = json!({"name": "Анна", "role": "agent", "extensions": [], "groups": []});
    let made = rig.post(admin, "/v1/admin/invitations", &new).await.json();
    let again = format!("/v1/admin/invitations/{}/link", made["id"].as_str().expect("an id"));
    let answer = rig.post(admin, &again, &json!({})).await;
    let other = answer.json();
    assert_eq!((answer.status, &other["id"]), (201, &made["id"]));
    let code = |made: &Value| {
        let link = made["link"].as_str().expect("a link");
        let path = link.split('?').next().unwrap_or_default();
        path.rsplit('/').next().expect("a code").to_owned()
    };
    assert_ne!(code(&made), code(&other));
    let preview = async |made: &Value| without_token(&rig, "/v1/join/preview", &json!({"code": code(made)})).await;
    assert_eq!(preview(&made).await.json()["error"], "codeUnknown");
    assert_eq!(preview(&other).await.json()["person"], "Анна");
    let noted = rig.get(admin, "/v1/admin/audit").await.json()["entries"][0].clone();
    assert_eq!((&noted["action"], &noted["subject"]), (&json!("reissuedInvitation"), &made["id"]));
    assert!(!noted.to_string().contains(&code(&other)), "{noted}");
    for token in [rig.manager().await, rig.agent("101").await] {
        assert_eq!(rig.post(&token, &again, &json!({})).await.status, 403);
    }
    // One that was used or taken back gets none.
    let id = other["id"].as_str().expect("an id");
    assert_eq!(rig.ask("DELETE", admin, &format!("/v1/admin/invitations/{id}"), &[], b"").await.status, 204);
    assert_eq!(rig.post(admin, &again, &json!({})).await.status, 404);
    assert_eq!(preview(&other).await.json()["error"], "codeRevoked");
}

#[tokio::test]
async fn a_table_invites_all_or_nobody() {
    let rig = Rig::new().await;
    let admin = admin(&rig).await;
    let import = |csv: String| json!({"csv": csv});
    let refused = rig.post(&admin, "/v1/admin/invitations/import", &import("A;agent;rt1:101;\nB;boss;;".into())).await;
    assert_eq!((refused.status, refused.json()["field"].clone()), (400, json!("csv")));
    assert!(refused.text().contains("line 2"), "{}", refused.text());
    let many: String =
        (0..10_000).map(|place| format!("Сотрудник {place};agent;rt1:{};sales\n", 1000 + place)).collect();
    let answer = rig.post(&admin, "/v1/admin/invitations/import", &import(many)).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    let made = answer.json();
    let made = made["invitations"].as_array().expect("a list");
    assert_eq!((made.len(), &made[9_999]["name"]), (10_000, &json!("Сотрудник 9999")));
    let link = JoinLink::read(made[5_000]["link"].as_str().expect("a link")).expect("is read");
    let shown = without_token(&rig, "/v1/join/preview", &json!({"code": link.code.grouped().0})).await.json();
    assert_eq!(shown["person"], "Сотрудник 5000");
    let people = rig.get(&admin, "/v1/admin/people").await.json();
    assert_eq!(people["invitations"].as_array().map(Vec::len), Some(10_000));
}

#[tokio::test]
async fn the_command_line_invites_one_and_a_table_in_cp1251() {
    let folder = tempfile::tempdir().expect("a folder");
    let config = config_file(folder.path(), "public_url = \"https://calls.example.org\"");
    let link = Program::run(&config, &["invite", "--name", "Анна", "--role", "admin", "--extension", "rt1:101"]);
    let link = JoinLink::read(&link.succeeded()).expect("is read");
    assert_eq!(link.address.as_str(), "https://calls.example.org/");
    let told = Program::run(&config, &["invite", "--name", "Анна", "--role", "agent", "--extension", "zz:101"]);
    assert!(told.failed().contains("there is no connection \"zz\""));

    let table = folder.path().join("people.csv");
    // "Ёлка;сотрудник;rt1:102" as a Russian spreadsheet saves it.
    let cp1251 = b"\xa8\xeb\xea\xe0;\xf1\xee\xf2\xf0\xf3\xe4\xed\xe8\xea;rt1:102;\r\n";
    std::fs::write(&table, cp1251).expect("is written");
    let said = Program::run(&config, &["token", "import", table.to_str().expect("text")]).succeeded();
    let (name, link) = said.trim().split_once('\t').expect("name and link");
    assert_eq!(name, "Ёлка");
    JoinLink::read(link).expect("is read");
    std::fs::write(&table, "A;agent;rt1:101\nB;agent;101\n").expect("is written");
    let told = Program::run(&config, &["token", "import", table.to_str().expect("text")]).failed();
    assert!(told.contains("line 2") && told.contains("nobody was invited"), "{told}");
}
