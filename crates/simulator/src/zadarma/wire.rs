//! The signatures of both directions: the hexadecimal digits of an HMAC-SHA1, in Base64.

use std::fmt;

use bytes::Bytes;
use data_encoding::{BASE64, HEXLOWER};
use hmac::{Hmac, Mac};
use md5::{Digest, Md5};
use sha1::Sha1;
use url::form_urlencoded;

use crate::credentials::Access;
use crate::hook::{Message, Webhook, Wire};
use crate::script::Sign;

/// Base64 of the lower-case hexadecimal digits of HMAC-SHA1.
pub(super) fn signature(text: &str, secret: &str) -> String {
    // HMAC takes a key of any length.
    let Ok(mut mac) = Hmac::<Sha1>::new_from_slice(secret.as_bytes()) else { return String::new() };
    mac.update(text.as_bytes());
    BASE64.encode(HEXLOWER.encode(&mac.finalize().into_bytes()).as_bytes())
}

/// The signature of a request: path, sorted parameters as they are written, and their MD5.
pub(super) fn of_query(path: &str, query: &str, secret: &str) -> String {
    let digest = HEXLOWER.encode(&Md5::digest(query));
    signature(&format!("{path}{query}{digest}"), secret)
}

/// What the signature of a notification covers.
fn signed_text(fields: &[(String, String)]) -> String {
    let field = |name: &str| fields.iter().find(|(field, _)| field == name).map_or("", |(_, value)| value.as_str());
    let covered: &[&str] = match field("event") {
        "NOTIFY_ANSWER" => &["caller_id", "destination", "call_start"],
        "NOTIFY_OUT_START" | "NOTIFY_OUT_END" => &["internal", "destination", "call_start"],
        "NOTIFY_RECORD" => &["pbx_call_id", "call_id_with_rec"],
        "NUMBER_LOOKUP" | "CALL_TRACKING" | "SMS" => &["result"],
        _ => &["caller_id", "called_did", "call_start"],
    };
    covered.iter().map(|name| field(name)).collect()
}

pub(super) struct ZadarmaWire {
    secret: String,
}

impl ZadarmaWire {
    pub(super) fn new(access: &Access) -> Self {
        Self { secret: access.secret("secret").to_owned() }
    }
}

impl fmt::Debug for ZadarmaWire {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ZadarmaWire").finish_non_exhaustive()
    }
}

impl Wire for ZadarmaWire {
    fn message(&self, webhook: &Webhook, how: Sign) -> Message {
        let fields: Vec<(String, String)> = form_urlencoded::parse(webhook.body.as_bytes()).into_owned().collect();
        let text = signed_text(&fields);
        let signature = match how {
            Sign::Right => Some(signature(&text, &self.secret)),
            Sign::Wrong => Some(signature(&self.secret, &text)),
            Sign::None => None,
        };
        Message {
            path: webhook.path.clone(),
            content_type: "application/x-www-form-urlencoded",
            headers: signature.map(|signature| ("Signature", signature)).into_iter().collect(),
            body: Bytes::from(webhook.body.clone()),
        }
    }

    fn of_unknown_kind(&self, webhook: &Webhook) -> Webhook {
        let body = webhook.body.replacen("event=NOTIFY_", "event=NOTIFY_ANALYTICS_", 1);
        Webhook { body, ..webhook.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::zadarma::encode::query;
    const SECRET: &str = "0f1e2d3c4b5a69788796";

    fn owned(fields: &[(&str, &str)]) -> Vec<(String, String)> {
        fields.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn the_published_request_is_reproduced() {
        let parameters =
            [("from", "100"), ("to", "442037691881"), ("sip", "100"), ("predicted", "predicted"), ("format", "json")];
        let signature = of_query("/v1/request/callback/", &query(&owned(&parameters)), SECRET);
        assert_eq!(signature, "YzVhZTQwZjcwOTYyNjA4NmJkY2I2ZTQ2MjU5N2ViODE0YmVlYTZmNg==");
    }

    #[test]
    fn the_published_notifications_are_reproduced() {
        let start = owned(&[
            ("event", "NOTIFY_START"),
            ("call_start", "2026-01-15 10:00:00"),
            ("pbx_call_id", "in_ae6b03b3b0765d127ec0b739209346bbc4f0d52d"),
            ("caller_id", "+442037691880"),
            ("called_did", "442037691881"),
        ]);
        let signed = signature(&signed_text(&start), SECRET);
        assert_eq!(signed, "NWNkYzAzMzg1ZTNkYjJmNWI5ZmMyZTYwZTVhZDg3ZThiMGQwMTZlZQ==");
        let out = owned(&[
            ("event", "NOTIFY_OUT_START"),
            ("call_start", "2026-01-15 11:00:00"),
            ("destination", "442037691899"),
            ("internal", "100"),
        ]);
        assert_eq!(signature(&signed_text(&out), SECRET), "OWExY2I0Yzc0Yjg4YjU2ZTFlNmRjZTkxMjZiMmY2ODVlMmU5ZjRlYg==");
    }
}
