//! Forms (`application/x-www-form-urlencoded`) as vendors post them to us, and as the journal keeps them.

mod parts;

use serde_json::{Map, Value};

use crate::webhook::{VerifyError, WebhookRequest};

const FORM: &str = "application/x-www-form-urlencoded";

/// The fields of a form, in their order, with the bytes of their values: a signature is over these.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct Form(Vec<(String, Vec<u8>)>);

impl Form {
    /// The form that a webhook posts. Another kind of body is refused, and so is a field that is given twice: nobody can
    /// say which of the two was signed.
    pub(crate) fn of_webhook(request: &WebhookRequest) -> Result<Self, VerifyError> {
        if let Some(kind) = request.single_header("Content-Type")? {
            let kind = kind.split(|byte| *byte == b';').next().unwrap_or_default().trim_ascii();
            if !kind.eq_ignore_ascii_case(FORM.as_bytes()) {
                return Err(VerifyError::NotAForm);
            }
        }
        Self::parse(&request.body).given_once()
    }

    /// The same of a PBX that posts its fields in parts, too.
    pub(crate) fn of_webhook_in_parts(request: &WebhookRequest) -> Result<Self, VerifyError> {
        match parts::mark(request)? {
            None => Self::of_webhook(request),
            Some(mark) => Self(parts::read(&request.body, &mark).ok_or(VerifyError::NotAForm)?).given_once(),
        }
    }

    /// The fields of a webhook of such a PBX, of which nothing more is to be checked.
    pub(crate) fn of_authentic(request: &WebhookRequest) -> Self {
        let mark = parts::mark(request).ok().flatten();
        mark.and_then(|mark| parts::read(&request.body, &mark)).map_or_else(|| Self::parse(&request.body), Self)
    }

    fn given_once(self) -> Result<Self, VerifyError> {
        match self.repeated() {
            None => Ok(self),
            Some(_) => Err(VerifyError::RepeatedField),
        }
    }

    /// The fields in these bytes. Whatever stands there is a form: a percent sign that escapes nothing is itself.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let parts = bytes.split(|byte| *byte == b'&').filter(|part| !part.is_empty());
        Self(
            parts
                .map(|part| {
                    let at = part.iter().position(|byte| *byte == b'=').unwrap_or(part.len());
                    let (key, value) = (&part[..at], part.get(at + 1..).unwrap_or_default());
                    (String::from_utf8_lossy(&decoded(key)).trim().to_owned(), decoded(value))
                })
                .collect(),
        )
    }

    /// A field's value, byte for byte.
    pub(crate) fn bytes(&self, name: &str) -> Option<&[u8]> {
        self.0.iter().find(|(key, _)| key == name).map(|(_, value)| value.as_slice())
    }

    /// Every value of a field that may be repeated.
    pub(crate) fn all<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a [u8]> {
        self.0.iter().filter(move |(key, _)| key == name).map(|(_, value)| value.as_slice())
    }

    /// A field's value as trimmed text; absent and empty are the same, and what is no UTF-8 is lossy.
    pub(crate) fn text(&self, name: &str) -> Option<String> {
        let text = String::from_utf8_lossy(self.bytes(name)?);
        let text = text.trim_matches(crate::json::is_filler);
        (!text.is_empty()).then(|| text.to_owned())
    }

    /// The fields as JSON texts, for what is kept of a message.
    pub(crate) fn to_json(&self) -> Value {
        let text = |bytes: &[u8]| Value::from(String::from_utf8_lossy(bytes).into_owned());
        Value::Object(self.0.iter().map(|(key, value)| (key.clone(), text(value))).collect::<Map<_, _>>())
    }

    /// A field that is given twice. Lists repeat theirs (`a[]`).
    fn repeated(&self) -> Option<&str> {
        let mut keys: Vec<&str> =
            self.0.iter().map(|(key, _)| key.as_str()).filter(|key| !key.ends_with("[]")).collect();
        keys.sort_unstable();
        keys.windows(2).find(|pair| pair[0] == pair[1]).map(|pair| pair[0])
    }
}

/// Whether the bytes look like a form rather than a sentence or markup: fields with values, and nothing unescaped.
pub(crate) fn is_likely(bytes: &[u8]) -> bool {
    let is_of_form = |byte: &u8| byte.is_ascii_alphanumeric() || b"%+-_.~*&=[]!'()".contains(byte);
    bytes.contains(&b'=') && bytes.iter().all(is_of_form)
}

/// The bytes without their escapes.
pub(crate) fn decoded(escaped: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((first, after)) = rest.split_first() {
        let byte = match (first, after.get(..2).and_then(unhexed)) {
            (b'%', Some(byte)) => {
                rest = &after[2..];
                out.push(byte);
                continue;
            }
            (b'+', _) => b' ',
            (byte, _) => *byte,
        };
        out.push(byte);
        rest = after;
    }
    out
}

fn unhexed(digits: &[u8]) -> Option<u8> {
    let digits = std::str::from_utf8(digits).ok().filter(|digits| digits.bytes().all(|b| b.is_ascii_hexdigit()))?;
    u8::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn webhook(kinds: &[&str], body: &str) -> WebhookRequest {
        WebhookRequest {
            method: "POST".to_owned(),
            path: String::new(),
            headers: kinds.iter().map(|kind| ("content-type".to_owned(), kind.as_bytes().to_vec())).collect(),
            body: Bytes::copy_from_slice(body.as_bytes()),
        }
    }

    #[test]
    fn fields_are_read_without_their_escapes() {
        let form = Form::parse(b"a=1+2%2B&b=%D0%BF&empty=&bare&%63=%zz%4&d=x=y&=nameless&&e=%CF");
        let fields = json!({"a": "1 2+", "b": "п", "empty": "", "bare": "", "c": "%zz%4", "d": "x=y", "": "nameless",
            "e": "\u{fffd}"});
        assert_eq!(form.to_json(), fields);
        assert_eq!((form.text("a").as_deref(), form.text("empty"), form.text("f")), (Some("1 2+"), None, None));
        assert_eq!(form.bytes("e"), Some(&[0xCF][..]));
        assert_eq!(Form::parse(b""), Form::default());
    }

    #[test]
    fn what_is_given_twice_or_is_no_form_is_refused() {
        for body in ["a=1&a=1", "caller_id=1&caller%5Fid=2", "a=1&b=2&+a=3"] {
            assert_eq!(Form::of_webhook(&webhook(&[FORM], body)), Err(VerifyError::RepeatedField), "{body}");
        }
        assert!(Form::of_webhook(&webhook(&[], "a[]=1&a[]=2&b=3")).is_ok());
        for kind in ["APPLICATION/X-www-form-urlencoded ; charset=UTF-8", FORM] {
            assert!(Form::of_webhook(&webhook(&[kind], "a=1")).is_ok(), "{kind}");
        }
        for kind in ["application/json", "text/plain", "", "multipart/form-data; boundary=x"] {
            assert_eq!(Form::of_webhook(&webhook(&[kind], "a=1")), Err(VerifyError::NotAForm), "{kind}");
        }
        let twice = Form::of_webhook(&webhook(&[FORM, FORM], "a=1"));
        assert_eq!(twice, Err(VerifyError::Repeated("Content-Type")));
    }

    #[test]
    fn a_form_is_told_from_a_sentence() {
        assert!(is_likely(b"a=1&b=http%3A%2F%2Fx"));
        for other in ["", "a", "<a href=1>", "a = b", "{\"a\"=1}", "см=1"] {
            assert!(!is_likely(other.as_bytes()), "{other}");
        }
    }

    proptest! {
        #[test]
        fn what_is_escaped_is_read_back(value in proptest::collection::vec(any::<u8>(), 0..50)) {
            let escaped: String = value.iter().map(|byte| format!("%{byte:02X}")).collect();
            let form = Form::parse(format!("a={escaped}&b=1").as_bytes());
            prop_assert_eq!(form.bytes("a"), Some(value.as_slice()));
            prop_assert_eq!(form.bytes("b"), Some(&b"1"[..]));
        }

        #[test]
        fn no_bytes_are_too_odd(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
            Form::parse(&bytes);
        }
    }
}
