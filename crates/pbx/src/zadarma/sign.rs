//! Signatures in both directions: an HMAC-SHA1 in hexadecimal digits, and those in Base64.

use hmac::{Hmac, Mac};
use http::HeaderValue;
use md5::{Digest, Md5};
use secrecy::ExposeSecret;
use sha1::Sha1;

use super::config::Settings;
use crate::{
    error::{Error, ErrorKind},
    form::Form,
    request::Request,
    webhook::{Verified, VerifyError, WebhookRequest},
};

const SIGNATURE: &str = "Signature";

/// What the secret makes of these parts, one behind the other.
fn code<'a>(settings: &Settings, parts: impl IntoIterator<Item = &'a [u8]>) -> [u8; 20] {
    let secret = settings.secret.expose_secret().as_bytes();
    let mut mac = <Hmac<Sha1> as Mac>::new_from_slice(secret).expect("a key of any length fits");
    parts.into_iter().for_each(|part| mac.update(part));
    mac.finalize().into_bytes().into()
}

/// The code as it is sent: Base64 of its hexadecimal digits, not of its bytes.
fn encoded(code: &[u8; 20]) -> String {
    data_encoding::BASE64.encode(data_encoding::HEXLOWER.encode(code).as_bytes())
}

/// Signs a request to the service: its path, its parameters as they are sent, and their MD5.
pub(super) fn sign(settings: &Settings, request: &mut Request) -> Result<(), Error> {
    let is_get = request.method == http::Method::GET;
    let parameters = if is_get { request.url.query().unwrap_or_default().as_bytes() } else { &request.body };
    let sum = data_encoding::HEXLOWER.encode(&Md5::digest(parameters));
    let signature = encoded(&code(settings, [request.url.path().as_bytes(), parameters, sum.as_bytes()]));
    let mut value = HeaderValue::from_str(&format!("{}:{signature}", settings.key.expose_secret()))
        .map_err(|_| Error::new(ErrorKind::Internal, "the key cannot be sent in a header"))?;
    value.set_sensitive(true);
    request.headers.insert(http::header::AUTHORIZATION, value);
    Ok(())
}

/// What is signed of a notification: the values of these fields, one behind the other.
type Recipe = &'static [&'static str];

const CALL: Recipe = &["caller_id", "called_did", "call_start"];
const ANSWER: Recipe = &["caller_id", "destination", "call_start"];
const OUT: Recipe = &["internal", "destination", "call_start"];
const RECORD: Recipe = &["pbx_call_id", "call_id_with_rec"];
const RESULT: Recipe = &["result"];
/// The notification of 2015, which names no event.
const WITHOUT_EVENT: Recipe = &["caller_id", "called_did", "callstart"];

/// The recipes of an event. One that the vendor does not describe may be signed by any.
fn recipes(event: Option<&str>) -> &'static [Recipe] {
    match event {
        Some("NOTIFY_START" | "NOTIFY_INTERNAL" | "NOTIFY_END" | "NOTIFY_IVR") => &[CALL],
        Some("NOTIFY_ANSWER") => &[ANSWER],
        Some("NOTIFY_OUT_START" | "NOTIFY_OUT_END") => &[OUT],
        Some("NOTIFY_RECORD") => &[RECORD],
        Some("NUMBER_LOOKUP" | "CALL_TRACKING" | "SMS") => &[RESULT],
        Some(_) => &[CALL, ANSWER, OUT, RECORD, RESULT],
        None => &[WITHOUT_EVENT, CALL],
    }
}

/// The code of a notification by a recipe; `None` where all that it signs is absent or empty, so that the code would
/// vouch for nothing.
fn code_of(settings: &Settings, form: &Form, recipe: Recipe) -> Option<[u8; 20]> {
    let parts: Vec<&[u8]> = recipe.iter().map(|name| form.bytes(name).unwrap_or_default()).collect();
    parts.iter().any(|part| !part.is_empty()).then(|| code(settings, parts))
}

/// Signs a notification as the service would, in place of any signature that it has.
pub(super) fn sign_webhook(settings: &Settings, request: &mut WebhookRequest) -> Result<(), Error> {
    let invalid = |why: String| Error::new(ErrorKind::InvalidRequest { field: "request" }, why);
    let form = Form::of_webhook_in_parts(request).map_err(|error| invalid(error.to_string()))?;
    let code = recipes(form.text("event").as_deref()).iter().find_map(|recipe| code_of(settings, &form, recipe));
    let code = code.ok_or_else(|| invalid("the form has none of the fields that are signed".to_owned()))?;
    request.headers.retain(|(name, _)| !name.eq_ignore_ascii_case(SIGNATURE));
    request.headers.push((SIGNATURE.to_owned(), encoded(&code).into_bytes()));
    Ok(())
}

/// Checks a notification: the signature is over values of its fields, so these are read first.
pub(super) fn verify(settings: &Settings, request: &WebhookRequest) -> Result<Verified, VerifyError> {
    let given = request.single_header(SIGNATURE)?.filter(|signature| !signature.is_empty());
    let form = Form::of_webhook_in_parts(request)?;
    let event = form.text("event");
    let Some(given) = given else {
        // An account without keys signs nothing, and neither did anybody in 2015.
        let is_of_2015 = event.is_none() && WITHOUT_EVENT.iter().all(|name| form.text(name).is_some());
        let is_believed = settings.unsigned_2015 && is_of_2015;
        return if is_believed { Ok(Verified::unsigned(request)) } else { Err(VerifyError::Missing(SIGNATURE)) };
    };
    let codes = recipes(event.as_deref()).iter().filter_map(|recipe| code_of(settings, &form, recipe));
    let mut refusal = VerifyError::Mismatch;
    for code in codes {
        match Verified::by_hmac_sha1(request, given, &code) {
            Ok(verified) => return Ok(verified),
            Err(error) => refusal = error,
        }
    }
    Err(refusal)
}
