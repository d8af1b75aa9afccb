//! Bytes that are posted to our address.

use bytes::Bytes;
use calls::Source;
use jiff::tz::TimeZone;
use pbx::{DecodeContext, Pbx, Refusal, Route, Verified, WebhookRequest};

use crate::{fold, now};

/// What is posted without saying what it is.
const FORM: &str = "application/x-www-form-urlencoded";

pub(super) fn check(pbx: &dyn Pbx, bytes: &[u8]) -> usize {
    let request = read(bytes);
    if let Some(reply) = pbx.address_check(&request) {
        assert!(reply.body.len() <= 256, "a test of our address is answered with a word");
        return 0;
    }
    assert!(pbx.verify(&request).is_err(), "nobody but us has the key, and the bytes were not signed by us");
    let Some((request, verified, again)) = signed(pbx, request) else { return 0 };
    let route = Route { name: Some("Мария".to_owned()), to: Some("101".to_owned()), ..Route::default() };
    let routes = [
        Route { refuse: Some(Refusal::Busy), ..route.clone() },
        Route { refuse: Some(Refusal::HangUp), ..route.clone() },
        Route { scenario: Some("12".to_owned()), ..Route::default() },
        route,
        Route::default(),
    ];
    if pbx.incoming(&request).is_some() {
        routes.iter().for_each(|route| drop(pbx.route_reply(&request, route)));
    }
    let context = DecodeContext {
        received_at: now().wall,
        zone: TimeZone::get("Europe/Moscow").expect("a zone"),
        source: Source::Webhook,
    };
    let decoded = pbx.decode(verified, &context);
    assert_eq!(decoded, pbx.decode(again, &context), "the same bytes mean the same");
    assert!(!decoded.events.is_empty(), "what is authentic is kept");
    assert_eq!(decoded.reply.status, 200, "what is authentic is not sent again");
    fold::hold(pbx.book_settings(), &decoded.events, request.body.len());
    decoded.events.len()
}

/// The request with the signature that the PBX would send, verified twice; `None` where nobody could have signed it.
fn signed(pbx: &dyn Pbx, mut request: WebhookRequest) -> Option<(WebhookRequest, Verified, Verified)> {
    pbx.sign_webhook(&mut request).ok()?;
    let verified = pbx.verify(&request).ok()?;
    let again = pbx.verify(&request).expect("what is authentic once is authentic twice");
    Some((request, verified, again))
}

/// `POST /path HTTP/1.1`, headers, an empty line, the body; or a body alone.
pub fn read(bytes: &[u8]) -> WebhookRequest {
    whole(bytes).unwrap_or_else(|| WebhookRequest {
        method: "POST".to_owned(),
        path: String::new(),
        headers: vec![("Content-Type".to_owned(), FORM.as_bytes().to_vec())],
        body: Bytes::copy_from_slice(bytes),
    })
}

fn whole(bytes: &[u8]) -> Option<WebhookRequest> {
    let end = bytes.windows(2).position(|window| window == b"\n\n")?;
    let mut lines = std::str::from_utf8(&bytes[..end]).ok()?.lines();
    let mut first = lines.next()?.split(' ');
    let (method, path, version) = (first.next()?, first.next()?, first.next()?);
    let headers = lines.filter_map(|line| line.split_once(": "));
    (version == "HTTP/1.1").then(|| WebhookRequest {
        method: method.to_owned(),
        path: path.to_owned(),
        headers: headers.map(|(name, value)| (name.to_owned(), value.as_bytes().to_vec())).collect(),
        body: Bytes::copy_from_slice(&bytes[end + 2..]),
    })
}
