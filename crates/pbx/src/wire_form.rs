//! How something was said over HTTP, without a value that may be secret: enough to say it again by hand.

use http::header;
use serde::{Deserialize, Serialize};

use crate::webhook::WebhookRequest;

/// Characters kept of a header's name or of a content type: whoever posts to us may send anything.
const LONGEST: usize = 64;
/// Headers that are named.
const MOST_HEADERS: usize = 8;
/// Parts of the names of headers that a vendor signs with or names an account in.
const PROOFS: [&str; 4] = ["sign", "auth", "token", "client-id"];

/// How something was said over HTTP.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct WireForm {
    /// The HTTP method.
    pub method: String,
    /// `http` or `https`; none where it came to us.
    #[serde(default)]
    pub scheme: Option<String>,
    /// Of the body.
    #[serde(default)]
    pub content_type: Option<String>,
    /// Names of the headers that prove who says it. Their values are not kept.
    #[serde(default)]
    pub proofs: Vec<String>,
    /// There was a query, which is not kept.
    #[serde(default)]
    pub has_query: bool,
    /// It was sent with the connection's credentials.
    #[serde(default)]
    pub signed: bool,
}

impl WireForm {
    pub(crate) fn of_webhook(request: &WebhookRequest) -> Self {
        let content_type = request.headers.iter().find(|(name, _)| name.eq_ignore_ascii_case("content-type"));
        let names = request.headers.iter().map(|(name, _)| name.as_str());
        Self {
            method: plain(request.method.as_bytes()).unwrap_or_else(|| "POST".to_owned()),
            scheme: None,
            content_type: content_type.and_then(|(_, value)| plain(value)),
            proofs: proofs(names),
            has_query: request.path.contains('?'),
            signed: false,
        }
    }

    pub(crate) fn of_request(request: &net::Request, signed: bool) -> Self {
        Self {
            method: request.method.to_string(),
            scheme: Some(request.url.scheme().to_owned()),
            content_type: request.headers.get(header::CONTENT_TYPE).and_then(|value| plain(value.as_bytes())),
            proofs: proofs(request.headers.keys().map(header::HeaderName::as_str)),
            has_query: request.url.query().is_some(),
            signed,
        }
    }
}

fn proofs<'a>(names: impl Iterator<Item = &'a str>) -> Vec<String> {
    let is_proof = |name: &&str| {
        let lower = name.to_ascii_lowercase();
        let is_token = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        is_token && name.len() <= LONGEST && PROOFS.iter().any(|part| lower.contains(part))
    };
    names.filter(is_proof).map(str::to_owned).take(MOST_HEADERS).collect()
}

/// A short text of printable ASCII, as it may be kept.
fn plain(bytes: &[u8]) -> Option<String> {
    let is_plain = bytes.len() <= LONGEST && bytes.iter().all(|byte| byte.is_ascii_graphic() || *byte == b' ');
    is_plain.then(|| String::from_utf8_lossy(bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;

    use super::*;

    #[test]
    fn a_form_names_what_proves_and_holds_no_value_of_it() {
        let header = |name: &str, value: &str| (name.to_owned(), value.as_bytes().to_vec());
        let request = WebhookRequest {
            method: "POST".to_owned(),
            path: "/call_events?key=s3cret".to_owned(),
            headers: vec![
                header("Host", "h"),
                header("X-Client-ID", "s3cret"),
                header("X-Client-Sign", "s3cret"),
                header("Content-Type", "application/json"),
                header(&format!("X-Sign-{}", "a".repeat(LONGEST)), "s3cret"),
                header("sign';rm", "s3cret"),
            ],
            body: Bytes::from_static(b"s3cret"),
        };
        let form = WireForm::of_webhook(&request);
        assert_eq!(form.proofs, ["X-Client-ID", "X-Client-Sign"]);
        assert_eq!((form.has_query, form.content_type.as_deref()), (true, Some("application/json")));
        assert!(!serde_json::to_string(&form).expect("JSON").contains("s3cret"));
        let odd = WebhookRequest { headers: vec![header("content-type", "a\u{1b}[2J")], ..request };
        assert_eq!(WireForm::of_webhook(&odd).content_type, None);
    }
}
