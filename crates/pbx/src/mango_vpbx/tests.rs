//! Webhooks, requests and answers against what they mean.

mod account;
mod actions;
mod answers;
mod notifications;
mod statistics;

use std::collections::BTreeMap;

use bytes::Bytes;
use calls::{Effect, Source};
use jiff::tz::TimeZone;
use proptest::prelude::*;
use secrecy::SecretString;

use super::MangoVpbx;
use crate::{
    config_error::ConfigError,
    make::ConnectionConfig,
    traits::Pbx,
    webhook::{DecodeContext, Decoded, VerifyError, WebhookRequest},
};

const FORM: &str = "application/x-www-form-urlencoded";

fn config() -> ConnectionConfig {
    let secrets = [("api_key", "9ipl5monmwkkyg3adfx2s6frz7b1aaaa"), ("api_salt", "cv3z37sqp6kvsjs4i7vd3lf6r5rwztg2")];
    ConnectionConfig {
        id: "mv1".parse().expect("an id"),
        make: super::MAKE,
        zone: None,
        base_url: None,
        trust_anchor_pem: None,
        secrets: secrets.into_iter().map(|(name, value)| (name.to_owned(), SecretString::from(value))).collect(),
        overrides: BTreeMap::new(),
    }
}

fn pbx() -> MangoVpbx {
    MangoVpbx::new(&config()).expect("a make")
}

fn webhook(path: &str, headers: &[(&str, &str)], body: &[u8]) -> WebhookRequest {
    WebhookRequest {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.as_bytes().to_vec())).collect(),
        body: Bytes::copy_from_slice(body),
    }
}

/// The webhook that the PBX sends with this JSON.
fn signed(path: &str, json: &str) -> WebhookRequest {
    let mut request = webhook(path, &[], json.as_bytes());
    pbx().sign_webhook(&mut request).expect("signed");
    request
}

fn decode_at(path: &str, json: &str) -> Decoded {
    let pbx = pbx();
    let context = DecodeContext {
        received_at: "2026-03-02T09:00:01Z".parse().expect("a time"),
        zone: TimeZone::UTC,
        source: Source::Webhook,
    };
    pbx.decode(pbx.verify(&signed(path, json)).expect("authentic"), &context)
}

fn refusal(headers: &[(&str, &str)], body: &str) -> Option<VerifyError> {
    pbx().verify(&webhook("/events/call", headers, body.as_bytes())).err()
}

#[test]
fn the_text_is_checked_as_it_came() {
    let json = r#"{"call_id": "a+b/c==", "to_number":"+74951234567", "name":"Иван & Ко"}"#;
    let request = signed("/events/call", json);
    assert!(pbx().verify(&request).is_ok());
    let body = String::from_utf8(request.body.to_vec()).expect("text");
    assert!(body.contains("a%2Bb%2Fc%3D%3D"), "{body}");
    let upper = body.replacen("sign=", "sign=%20", 1);
    assert_eq!(refusal(&[("content-type", FORM)], &upper), None, "blanks around the digits");
    let (key, rest) = body.split_once('&').expect("fields");
    let (sign, json) = rest.split_once('&').expect("fields");
    let other_order = format!("{json}&{key}&{}", sign.to_ascii_uppercase().replacen("SIGN", "sign", 1));
    assert_eq!(refusal(&[("content-type", "Application/X-WWW-Form-URLencoded; charset=utf-8")], &other_order), None);
}

#[test]
fn everything_else_is_refused() {
    let body = String::from_utf8(signed("", r#"{"seq":2}"#).body.to_vec()).expect("text");
    let form: &[(&str, &str)] = &[("Content-Type", FORM)];
    let without = |name: &str| body.split('&').filter(|field| !field.starts_with(name)).collect::<Vec<_>>().join("&");
    let cases = [
        (form, body.replace("%3A2", "%3A3"), VerifyError::Mismatch),
        (form, body.replace("sign=", "sign=0"), VerifyError::Malformed("a SHA-256 digest in hexadecimal digits")),
        (form, body.replace("9ipl", "other"), VerifyError::OtherAccount("vpbx_api_key")),
        (form, without("vpbx_api_key"), VerifyError::MissingField("vpbx_api_key")),
        (form, without("sign"), VerifyError::MissingField("sign")),
        (form, without("json"), VerifyError::MissingField("json")),
        (form, String::new(), VerifyError::MissingField("vpbx_api_key")),
        (form, format!("{body}&json=%7B%7D"), VerifyError::RepeatedField),
        (form, format!("{body}&j%73on=%7B%7D"), VerifyError::RepeatedField),
        (form, format!("sign=00&{body}"), VerifyError::RepeatedField),
        (&[("Content-Type", "application/json")], body.clone(), VerifyError::NotAForm),
        (&[("Content-Type", "multipart/form-data; boundary=a")], body.clone(), VerifyError::NotAForm),
        (&[("Content-Type", FORM), ("content-type", FORM)], body.clone(), VerifyError::Repeated("Content-Type")),
    ];
    for (headers, body, error) in cases {
        assert_eq!(refusal(headers, &body), Some(error), "{body}");
    }
}

/// Upper and lower case of hexadecimal digits are the only bits that say nothing.
#[test]
fn no_flipped_bit_passes_with_another_meaning() {
    let json = r#"{"entry_id":"1MN0Q1MDOQ==","call_id":"c+1","seq":2,"call_state":"Connected"}"#;
    let request = signed("/events/call", json);
    let headers: Vec<(&str, &str)> = vec![("Content-Type", FORM)];
    let meant = decode_at("/events/call", json);
    for place in 0..request.body.len() {
        for bit in 0..8 {
            let mut flipped = request.body.to_vec();
            flipped[place] ^= 1 << bit;
            let flipped = webhook("/events/call", &headers, &flipped);
            let pbx = pbx();
            assert_eq!(pbx.address_check(&flipped), None, "byte {place}, bit {bit}");
            if let Ok(verified) = pbx.verify(&flipped) {
                let changed = [request.body[place], flipped.body[place]];
                assert!(changed.iter().all(u8::is_ascii_hexdigit), "byte {place}, bit {bit}");
                let context = DecodeContext {
                    received_at: "2026-03-02T09:00:01Z".parse().expect("a time"),
                    zone: TimeZone::UTC,
                    source: Source::Webhook,
                };
                assert_eq!(pbx.decode(verified, &context), meant);
            }
        }
    }
}

#[test]
fn a_test_of_our_address_is_answered_and_stored_nowhere() {
    let key = "vpbx_api_key=9ipl5monmwkkyg3adfx2s6frz7b1aaaa";
    let signed = |sign: &str| format!("{key}&sign={sign}");
    let of_nothing = signed("d17890289f8a34224f449f0d4f2b8503d9eb027ccd2f4257e2ef006d72f6564c");
    let check = |headers: &[(&str, &str)], body: &str| pbx().address_check(&webhook("/ping", headers, body.as_bytes()));
    for body in ["", key, "a=b", &of_nothing] {
        let reply = check(&[("Content-Type", FORM)], body).expect("answered");
        assert_eq!(reply.status, 200, "{body}");
    }
    assert!(check(&[], "").is_some() && check(&[("Content-Type", "text/plain")], "").is_some());
    for body in ["json=", "json=%7B%7D", &signed("00"), &signed("")] {
        assert_eq!(check(&[("Content-Type", FORM)], body), None, "{body}");
    }
    assert_eq!(check(&[("Content-Type", "application/json")], "{}"), None);
    let get = WebhookRequest { method: "GET".to_owned(), ..webhook("/ping", &[], b"") };
    assert_eq!(pbx().address_check(&get), None);
    let signed = decode_at("/ping", "{}");
    assert_eq!((signed.events.len(), signed.reply.status), (0, 200));
}

#[test]
fn what_cannot_be_used_is_said_of_the_settings() {
    let with = |name: &str, value: &str| {
        let overrides = BTreeMap::from([(name.to_owned(), value.to_owned())]);
        crate::build(&ConnectionConfig { overrides, ..config() }).map(|_| ())
    };
    assert_eq!(with("recording", "link"), Ok(()));
    for (name, value) in [("recording", "get"), ("domain", "a")] {
        assert!(matches!(with(name, value), Err(ConfigError::Override { .. })), "{name}");
    }
    let mut without = config();
    without.secrets.remove("api_salt");
    assert!(matches!(crate::build(&without).map(|_| ()), Err(ConfigError::MissingSecret { name: "api_salt", .. })));
}

proptest! {
    #[test]
    fn what_is_signed_is_verified_and_never_fails(path in "(/(events/(call|summary|dtmf)|result/route|x)?)?", json in ".{0,200}") {
        let decoded = decode_at(&path, &json);
        prop_assert_eq!(decoded.reply.status, 200);
        prop_assert!(!decoded.events.is_empty());
    }
}
