//! Questions about the account.

use bytes::Bytes;
use serde_json::{Value, json};

use super::pbx;
use crate::{
    Answer, ErrorKind, Pbx,
    query::{AccountUser, OwnNumber, PhoneLine, Query, QueryStep, Reply},
};

fn answer(status: u16, body: &str) -> Answer {
    Answer { status, retry_after: None, date: None, location: None, limits: None, body: Bytes::from(body.to_owned()) }
}

fn asked(query: &Query) -> (String, Value) {
    let request = pbx().query(query).expect("a request");
    let body = serde_json::from_slice(&request.body).expect("JSON before it is signed");
    (request.url.path().trim_start_matches("/vpbx/").to_owned(), body)
}

fn told(query: &Query, status: u16, body: &str) -> Result<Reply, ErrorKind> {
    match pbx().read_query(query, &answer(status, body)) {
        Ok(QueryStep::Done(reply)) => Ok(reply),
        Ok(other) => panic!("{other:?}"),
        Err(error) => Err(error.kind()),
    }
}

#[test]
fn employees_are_listed_with_extensions_names_and_sip_accounts() {
    let fields = json!(["general.user_id", "general.sips"]);
    assert_eq!(asked(&Query::Users), ("config/users/request".to_owned(), json!({"ext_fields": fields})));
    assert_eq!(asked(&Query::User("101".into())).1, json!({"ext_fields": fields, "extension": "101"}));
    let body = r#"{"users":[
        {"general":{"name":"Анна","email":"anna@x.example","department":null},
         "telephony":{"extension":"101","numbers":[{"number":"79161234567","protocol":"tel","order":"0"},
            {"number":"sip:anna@x.mangosip.ru","protocol":"sip","order":1,"wait_sec":"60","status":"on"}]},"groups":[]},
        {"general":{"name":"Борис","email":""},"telephony":{"extension":102,"numbers":null}},
        {"general":{},"telephony":{}}, 7]}"#;
    let user = |name: &str, extension: &str, title: &str, mail: Option<&str>| AccountUser {
        name: name.into(),
        extension: Some(extension.into()),
        title: Some(title.into()),
        mail: mail.map(str::to_owned),
        voice_mail: None,
    };
    let anna = user("anna@x.mangosip.ru", "101", "Анна", Some("anna@x.example"));
    let boris = user("102", "102", "Борис", None);
    assert_eq!(told(&Query::Users, 200, body), Ok(Reply::Users(vec![anna, boris])));
    assert_eq!(told(&Query::Users, 200, r#"{"result":3330}"#), Err(ErrorKind::NotFound));
    assert_eq!(told(&Query::Users, 429, r#"{"code":0}"#), Err(ErrorKind::RateLimited { retry_after: None }));
}

#[test]
fn numbers_lines_and_groups_are_listed() {
    assert_eq!(asked(&Query::Numbers), ("incominglines".to_owned(), json!({})));
    let numbers = r#"{"result":1000,"lines":[{"line_id":1,"number":"74951234567","name":"Продажи"},{"line_id":2},7]}"#;
    let facts = [("line_id".to_owned(), "1".to_owned())].into();
    let own = OwnNumber { number: "+74951234567".into(), title: Some("Продажи".into()), facts };
    assert_eq!(told(&Query::Numbers, 200, numbers), Ok(Reply::Numbers(vec![own])));
    assert_eq!(asked(&Query::Lines), ("sips".to_owned(), json!({})));
    let sips = r#"{"result":1000,"data":[{"user_id":5,"sips":[{"id":1,"login":"anna","domain":"x.mangosip.ru"},
        {"id":2,"login":"home"},{"id":3}]},{"user_id":6,"sips":null}]}"#;
    let line = |id: &str| PhoneLine { id: id.into(), title: None, channels: None };
    assert_eq!(told(&Query::Lines, 200, sips), Ok(Reply::Lines(vec![line("anna@x.mangosip.ru"), line("home")])));
    assert_eq!(asked(&Query::Groups), ("groups".to_owned(), json!({"show_users": 1})));
    let groups = r#"{"result":1000,"groups":[{"id":1,"name":"Все","extension":"500","description":null,
        "operators":[{"extension":"101"},{"extension":102},{"name":"Борис"}]}]}"#;
    let Ok(Reply::Rows(rows)) = told(&Query::Groups, 200, groups) else { panic!("no groups") };
    let fact = |name: &str| rows[0].get(name).map(String::as_str);
    assert_eq!(
        (rows.len(), fact("name"), fact("extension"), fact("people")),
        (1, Some("Все"), Some("500"), Some("101 102"))
    );
    for query in [Query::Numbers, Query::Lines, Query::Groups] {
        assert_eq!(told(&query, 200, r#"{"result":3330}"#), Err(ErrorKind::NotFound), "{query:?}");
        assert_eq!(told(&query, 200, "<html>"), told(&query, 200, ""), "{query:?}");
    }
}

#[test]
fn what_the_make_does_not_offer_is_refused_before_anything_is_sent() {
    for query in [Query::Channels, Query::Number("+79161234567".into())] {
        let error = pbx().query(&query).expect_err("not offered");
        assert!(error.kind() == ErrorKind::Unsupported && error.unsent(), "{query:?}");
    }
}
