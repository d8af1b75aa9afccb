//! `sign`: the SHA-256 of key, JSON text and salt, in both directions. The three fields of the form are the key, the
//! signature and the JSON text, which is signed as it was before its percent-encoding.

use bytes::Bytes;
use http::{HeaderValue, header};
use secrecy::ExposeSecret;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;
use url::form_urlencoded::byte_serialize;

use super::config::Settings;
use crate::{
    form::Form,
    request::Request,
    webhook::{Verified, VerifyError, WebhookRequest},
};

const KEY: &str = "vpbx_api_key";
const SIGN: &str = "sign";
const JSON: &str = "json";
const FORM: &str = "application/x-www-form-urlencoded";

/// The digest of what stands between key and salt.
fn digest(settings: &Settings, between: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(settings.api_key.expose_secret());
    between.iter().for_each(|part| hash.update(part));
    hash.update(settings.api_salt.expose_secret());
    hash.finalize().into()
}

/// The signature of a link to a recording that is valid up to `until`, in Unix seconds.
pub(super) fn of_link(settings: &Settings, recording: &str, until: i64) -> String {
    let until = until.to_string();
    data_encoding::HEXLOWER.encode(&digest(settings, &[until.as_bytes(), recording.as_bytes()]))
}

/// The form that carries a JSON text.
fn form(settings: &Settings, json: &[u8]) -> String {
    let sign = data_encoding::HEXLOWER.encode(&digest(settings, &[json]));
    let key: String = byte_serialize(settings.api_key.expose_secret().as_bytes()).collect();
    let json: String = byte_serialize(json).collect();
    format!("{KEY}={key}&{SIGN}={sign}&{JSON}={json}")
}

/// Signs a request: its JSON becomes a form.
pub(super) fn sign(settings: &Settings, request: &mut Request) {
    request.body = Bytes::from(form(settings, &request.body));
    request.headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(FORM));
}

/// Signs a webhook as the PBX would, in place of any signature that it has. Its body is the JSON text or a form with it.
pub(super) fn sign_webhook(settings: &Settings, request: &mut WebhookRequest) {
    let json = match Form::parse(&request.body).bytes(JSON) {
        Some(json) if !is_json(&request.body) => form(settings, json),
        Some(_) | None => form(settings, &request.body),
    };
    request.body = Bytes::from(json);
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(header::CONTENT_TYPE.as_str()));
    request.headers.push(("Content-Type".to_owned(), FORM.as_bytes().to_vec()));
}

fn is_json(body: &[u8]) -> bool {
    matches!(body.trim_ascii_start().first(), Some(b'{' | b'['))
}

/// Whether it is the PBX's test of our address: a POST without JSON, and without a signature of anything but nothing.
pub(super) fn is_address_check(settings: &Settings, request: &WebhookRequest) -> bool {
    let is_check = |form: Form| {
        let nothing = data_encoding::HEXLOWER.encode(&digest(settings, &[]));
        form.bytes(JSON).is_none() && form.bytes(SIGN).is_none_or(|sign| sign.eq_ignore_ascii_case(nothing.as_bytes()))
    };
    request.method.eq_ignore_ascii_case("POST")
        && (request.body.is_empty() || Form::of_webhook(request).is_ok_and(is_check))
}

/// Checks a webhook: the signed text as it came, never JSON that was written anew.
pub(super) fn verify(settings: &Settings, request: &WebhookRequest) -> Result<Verified, VerifyError> {
    let form = Form::of_webhook(request)?;
    let field = |name| form.bytes(name).ok_or(VerifyError::MissingField(name));
    let (key, sign, json) = (field(KEY)?, field(SIGN)?.trim_ascii(), field(JSON)?);
    if sign.is_empty() {
        return Err(VerifyError::MissingField(SIGN));
    }
    if !bool::from(key.ct_eq(settings.api_key.expose_secret().as_bytes())) {
        return Err(VerifyError::OtherAccount(KEY));
    }
    Verified::by_sha256(request, sign, &digest(settings, &[json]))
}

/// The text that a verified webhook signed.
pub(super) fn signed_text(verified: &Verified) -> Vec<u8> {
    Form::parse(&verified.request().body).bytes(JSON).unwrap_or_default().to_vec()
}
