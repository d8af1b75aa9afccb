//! Balance, employees, channels and numbers.

use super::*;
use crate::query::{AccountUser, Reply, UserChange};

fn asked(pbx: &RingCloud, query: &Query) -> (String, String, String) {
    let request = pbx.query(query).expect("a request");
    let body = String::from_utf8(request.body.to_vec()).expect("text");
    assert!(request.signed && request.headers.is_empty() && request.idempotent != query.is_change(), "{request:?}");
    (request.method.to_string(), request.url.path().to_owned(), body)
}

fn told(pbx: &RingCloud, query: &Query, answer: &Answer) -> Reply {
    match pbx.read_query(query, answer).expect("read") {
        QueryStep::Done(reply) => reply,
        QueryStep::Ask(request) => panic!("asks {request:?}"),
        QueryStep::More { next, .. } => panic!("asks {next:?}"),
    }
}

fn change(change: UserChange) -> Query {
    Query::ChangeUser { user: "111111".to_owned(), change }
}

#[test]
fn questions_and_changes_go_to_their_addresses() {
    let pbx = pbx();
    let secret = || SecretString::from("s3cret");
    let create = Query::CreateUser { extension: "401".into(), mail: "a@pbx.example".into(), password: secret() };
    let cases = [
        (Query::Balance, "GET", "/v1/accounts/12345/balance", ""),
        (Query::Users, "GET", "/v1/users", ""),
        (Query::User("111111".into()), "GET", "/v1/users/111111", ""),
        (Query::Channels, "GET", "/v1/calls/channels", ""),
        (Query::Channel("SIP/111111-0000a1".into()), "GET", "/v1/calls/channels/SIP/111111-0000a1", ""),
        (Query::Number("8 (916) 123-45-67".into()), "GET", "/v1/phone_numbers/+79161234567", ""),
        (create, "POST", "/v1/users/create", r#"{"params":{"mail":"a@pbx.example","num":401,"password":"s3cret"}}"#),
        (
            change(UserChange::Password(secret())),
            "POST",
            "/v1/users/111111/update_password",
            r#"{"params":{"password":"s3cret"}}"#,
        ),
        (
            change(UserChange::Mail("b@pbx.example".into())),
            "POST",
            "/v1/users/111111/update_email",
            r#"{"params":{"mail":"b@pbx.example"}}"#,
        ),
        (
            change(UserChange::Extension("402".into())),
            "POST",
            "/v1/users/111111/update_extension_number",
            r#"{"params":{"num":402}}"#,
        ),
        (change(UserChange::VoiceMail(true)), "POST", "/v1/users/111111/voice_mail_box_on", ""),
        (change(UserChange::VoiceMail(false)), "POST", "/v1/users/111111/voice_mail_box_off", ""),
    ];
    for (query, method, path, body) in cases {
        assert_eq!(asked(&pbx, &query), (method.to_owned(), path.to_owned(), body.to_owned()));
        assert!(!format!("{query:?}").contains("s3cret"), "{query:?}");
    }
}

#[test]
fn what_leads_elsewhere_or_cannot_be_is_not_asked() {
    let pbx = pbx();
    let bad = |extension: &str| change(UserChange::Extension(extension.to_owned()));
    let names = ["", " ", "..", "a/b", "a?b", "a#b", "a b", "a%2fb", "a\\b"];
    let users = names.map(|name| Query::User(name.to_owned()));
    let channels = ["", "SIP/../x", "SIP//x", "SIP/x?y"].map(|name| Query::Channel(name.to_owned()));
    let numbers = ["", "anonymous", "401"].map(|number| Query::Number(number.to_owned()));
    let extensions = ["", "40", "4011", "501", "4a1", "+401"].map(bad);
    for query in users.into_iter().chain(channels).chain(numbers).chain(extensions) {
        let error = pbx.query(&query).expect_err("not asked");
        assert!(error.unsent() && matches!(error.kind(), ErrorKind::InvalidRequest { .. }), "{query:?}: {error}");
    }
}

#[test]
fn answers_are_told_without_passwords() {
    let pbx = pbx();
    for (data, amount) in [("1500.5", "1500.5"), ("\"578.00\"", "578.00"), ("-3", "-3")] {
        let balance = Reply::Balance { amount: amount.to_owned(), currency: None };
        assert_eq!(told(&pbx, &Query::Balance, &success(data)), balance);
    }
    let one = r#"{"account_id":12345,"num":401,"user":"111111","voice_mail_box":"on","mail":"a@pbx.example","password":"s3cret"}"#;
    let user = AccountUser {
        name: "111111".to_owned(),
        extension: Some("401".to_owned()),
        title: None,
        mail: Some("a@pbx.example".to_owned()),
        voice_mail: Some(true),
    };
    assert_eq!(told(&pbx, &Query::User("111111".into()), &success(one)), Reply::Users(vec![user]));
    let channels = Reply::Channels(vec!["SIP/111111-0000a1".to_owned(), "SIP/2".to_owned()]);
    let list = r#"["SIP/111111-0000a1",{"Channel":"SIP/2"},null]"#;
    assert_eq!(told(&pbx, &Query::Channels, &success(list)), channels);
    let number = r#"{"country":"Россия","operator":"МТС","DEF/ABC":916,"password":"s3cret"}"#;
    let Reply::Details(facts) = told(&pbx, &Query::Number("+79161234567".into()), &success(number)) else { panic!() };
    assert_eq!((facts["operator"].as_str(), facts["DEF/ABC"].as_str()), ("МТС", "916"));
    assert!(!format!("{facts:?}{pbx:?}").contains("s3cret"));
    let created = Query::CreateUser { extension: "401".into(), mail: "a@b".into(), password: SecretString::from("x") };
    assert_eq!(told(&pbx, &created, &success("111112")), Reply::Done { name: Some("111112".to_owned()) });
    let refused = pbx.read_query(&created, &answer(403, REFUSED)).expect_err("refused");
    assert!(refused.to_string().contains("lacks the right"), "{refused}");
}

#[test]
fn the_list_of_employees_is_completed_one_by_one() {
    let pbx = pbx();
    let step = |answer: &Answer| pbx.read_query(&Query::Users, answer).expect("read");
    let QueryStep::Ask(first) = step(&success(r#"["111111","222222"]"#)) else { panic!("no extension is known") };
    assert_eq!(first.url.path(), "/v1/users/111111");
    let QueryStep::Ask(next) = step(&success(r#"{"user":"111111","num":"401"}"#)) else { panic!("one is left") };
    assert_eq!(next.url.path(), "/v1/users/222222");
    let QueryStep::Done(Reply::Users(users)) = step(&answer(404, "")) else { panic!("that is all") };
    let told: Vec<_> = users.iter().map(|user| (user.name.as_str(), user.extension.as_deref())).collect();
    assert_eq!(told, [("111111", Some("401")), ("222222", None)]);
    assert!(pbx.lookup("401").is_none(), "who dials needs not ask again");
}
