//! Takes out of bodies what must not be kept: secrets, signatures, links.

use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use crate::{
    form::{self, Form},
    json,
};

const MASK: &str = "•••";
/// Longest body kept in the journal.
const KEPT: usize = 8 << 10;
/// Longest sentence of a PBX that is passed on.
const WORDS: usize = 200;

/// Parts of key names whose values are never kept.
const SECRET_KEYS: [&str; 9] =
    ["token", "secret", "password", "sign", "authorization", "api_key", "salt", "cookie", "hash"];

/// Knows one connection's secrets.
#[derive(Debug, Clone)]
pub(crate) struct Redactor {
    secrets: Vec<SecretString>,
}

impl Redactor {
    pub(crate) fn new(secrets: impl IntoIterator<Item = SecretString>) -> Self {
        // A file's trailing newline is not part of the secret.
        let plain = |secret: SecretString| SecretString::from(secret.expose_secret().trim_end_matches(['\r', '\n']));
        Self { secrets: secrets.into_iter().map(plain).collect() }
    }

    /// A body as it may be kept; `None` when empty.
    pub(crate) fn body(&self, body: &[u8]) -> Option<String> {
        if body.is_empty() {
            return None;
        }
        let (text, whole) = match json::parse(body) {
            Some(json) => (value(json).to_string(), 0),
            None if form::is_likely(body) => (value(Form::parse(body).to_json()).to_string(), 0),
            None => {
                // A secret that the cut goes through would not be known any more: it lies in what is dropped afterwards.
                let cut = &body[..body.len().min(2 * KEPT)];
                (named_secrets(&links(&String::from_utf8_lossy(cut))), body.len())
            }
        };
        Some(shorten(self.without_secrets(text), whole))
    }

    fn without_secrets(&self, text: String) -> String {
        self.secrets.iter().map(SecretString::expose_secret).filter(|secret| !secret.is_empty()).fold(
            text,
            |text, secret| {
                if text.contains(secret) { text.replace(secret, MASK) } else { text }
            },
        )
    }
}

/// A PBX's own words as they may be shown: one line, without links, long enough for a sentence.
pub(crate) fn words(text: &str) -> String {
    let short: String = text.chars().take(WORDS).map(|c| if c.is_control() { ' ' } else { c }).collect();
    links(&short)
}

/// JSON as it may be kept.
pub(crate) fn value(json: Value) -> Value {
    match json {
        Value::Object(map) => Value::Object(
            map.into_iter()
                .map(|(key, inner)| {
                    let inner = if is_secret_key(&key) { Value::from(MASK) } else { value(inner) };
                    (key, inner)
                })
                .collect(),
        ),
        Value::Array(items) => Value::Array(items.into_iter().map(value).collect()),
        // A path into a folder of temporary files is as good as a link.
        Value::String(text) if text.starts_with("/temp/") => Value::from(format!("/temp/{MASK}")),
        Value::String(text) => Value::String(text_of_field(text)),
        Value::Null | Value::Bool(_) | Value::Number(_) => json,
    }
}

/// A text within a body: a form's field may hold JSON.
fn text_of_field(text: String) -> String {
    let text = if text.contains("://") { links(&text) } else { text };
    if text.starts_with(['{', '[']) { named_secrets(&text) } else { text }
}

/// A text that is neither JSON nor a form as it should be, with what follows the name of a secret masked:
/// `sign=…&json={"token":"…"}`.
fn named_secrets(text: &str) -> String {
    let is_name = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '-');
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_name) {
        let (before, named) = rest.split_at(start);
        let (name, behind) = named.split_at(named.find(|c| !is_name(c)).unwrap_or(named.len()));
        out.push_str(before);
        out.push_str(name);
        rest = behind;
        let value = behind.trim_start_matches(['"', '\'', '\\']).trim_start();
        let Some(value) = value.strip_prefix(['=', ':']).filter(|_| is_secret_key(name)) else { continue };
        let value = value.trim_start_matches([' ', '"', '\'', '\\']);
        let is_end = |c: char| c.is_whitespace() || matches!(c, '&' | '"' | '\'' | '\\' | ',' | '}' | ']' | ';');
        let (_, tail) = value.split_at(value.find(is_end).unwrap_or(value.len()));
        out.push_str(&behind[..behind.len() - value.len()]);
        out.push_str(MASK);
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Where a request went, without what may be a secret: no query, and no path unless `with_path`.
pub(crate) fn target(url: &Url, with_path: bool) -> String {
    let host = url.host_str().unwrap_or_default();
    let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
    let path = if with_path { url.path() } else { "/…" };
    format!("{host}{port}{path}")
}

fn is_secret_key(key: &str) -> bool {
    let key = key.trim().to_ascii_lowercase();
    key == "key" || SECRET_KEYS.iter().any(|part| key.contains(part))
}

/// The text with what follows the host of each link masked.
fn links(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find("://") {
        let (before, after) = rest.split_at(at + 3);
        out.push_str(before);
        let end = after.find(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '<' | '>')).unwrap_or(after.len());
        let (link, tail) = after.split_at(end);
        let authority = link.split(['/', '?', '#']).next().unwrap_or_default();
        let host = authority.rsplit('@').next().unwrap_or_default();
        out.push_str(host);
        if link.len() > authority.len() || host.len() < authority.len() {
            out.push('/');
            out.push_str(MASK);
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// Whether a body that is kept was too long to be kept whole.
pub fn is_cut(kept: &str) -> bool {
    let mark = kept.rsplit_once(CUT).and_then(|(_, length)| length.strip_suffix(BYTES));
    mark.is_some_and(|length| !length.is_empty() && length.bytes().all(|byte| byte.is_ascii_digit()))
}

/// What a body ends with that was cut: with the length of the whole between the two.
const CUT: &str = "… (";
const BYTES: &str = " bytes)";

/// The beginning of a text that is too long, or stands for a body of so many bytes that is; with a mark that says so.
fn shorten(text: String, whole: usize) -> String {
    let whole = whole.max(text.len());
    if whole <= KEPT {
        return text;
    }
    let end = (0..=text.len().min(KEPT)).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}{CUT}{whole}{BYTES}", &text[..end])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn secrets_signatures_and_links_are_taken_out() {
        let redactor = Redactor::new([SecretString::from("topsecret42\n")]);
        let body = json!({
            "session_id": "1", "url": "https://u:p@host.example/records/abc?x=1", "Token": "abc",
            "x_client_sign": "00ff", "result": "/temp/abc.mp3", "note": "see http://host.example/a/b now, key topsecret42", "list": [{"password": 1}],
        });
        let kept = redactor.body(body.to_string().as_bytes()).expect("kept");
        for gone in ["abc", "00ff", "topsecret42", "/a/b", "u:p", "x=1"] {
            assert!(!kept.contains(gone), "{gone} in {kept}");
        }
        assert!(kept.contains("host.example") && kept.contains("session_id"), "{kept}");
    }

    #[test]
    fn a_form_is_kept_as_its_fields_without_signature_and_links() {
        let form = b"event=NOTIFY_RECORD&link=https%3A%2F%2Fhost.example%2Fr%2Fabc.mp3&sign=00ff&text=%D0%BF+x";
        let kept = Redactor::new([]).body(form).expect("kept");
        assert!(kept.contains("NOTIFY_RECORD") && kept.contains("host.example") && kept.contains("п x"), "{kept}");
        assert!(!kept.contains("abc") && !kept.contains("00ff"), "{kept}");
    }

    #[test]
    fn a_form_that_is_not_escaped_keeps_no_signature_either() {
        for (body, kept) in [
            (r#"vpbx_api_key=abc&sign=00ff&json={"event": "call & more", "token": "t1"}"#, "call & more"),
            (r#"json={"a": 1, "api_salt" : 't1'}&sign = 00ff"#, "json="),
            (r#"sign=00ff&json={"text":"два слова"}"#, "два слова"),
            (r#"json=%7B%22token%22%3A%22t1%22%2C%22seq%22%3A1%7D&sign=00ff"#, "seq"),
        ] {
            let text = Redactor::new([]).body(body.as_bytes()).expect("kept");
            assert!(!text.contains("00ff") && !text.contains("t1") && !text.contains("abc"), "{text}");
            assert!(text.contains(kept), "{text}");
        }
    }

    #[test]
    fn a_long_body_is_cut_at_a_character() {
        let kept = Redactor::new([]).body("ж".repeat(KEPT).as_bytes()).expect("kept");
        assert!(kept.len() < KEPT + 64 && kept.starts_with('ж'));
    }

    #[test]
    fn a_body_that_was_cut_says_so_whatever_it_is_and_keeps_no_part_of_a_secret() {
        let redactor = Redactor::new([SecretString::from("topsecret42")]);
        let long = "x".repeat(KEPT);
        let cut = [
            format!("{long}, and more"),
            format!("sign=00ff {long}"),
            json!({ "text": long }).to_string(),
            format!("a=b&c={long}"),
        ];
        for body in cut {
            let kept = redactor.body(body.as_bytes()).expect("kept");
            assert!(is_cut(&kept), "{}", &kept[kept.len() - 32..]);
        }
        for whole in ["plain", "{}", "a=b", "see (12 bytes)", "… ( bytes)", "… (x bytes)"] {
            assert!(!is_cut(&redactor.body(whole.as_bytes()).expect("kept")), "{whole}");
        }
        // The secret lies where the text is cut: half of it would not be found.
        let straddling = format!("{} topsecret42 {long}", "x".repeat(KEPT - 6));
        let kept = redactor.body(straddling.as_bytes()).expect("kept");
        assert!(is_cut(&kept) && !kept.contains("tops"), "{}", &kept[KEPT - 16..]);
    }

    #[test]
    fn a_pbxs_own_words_are_a_short_line_without_links() {
        let redacted = words(&format!("see https://pbx.example/t?token=1,\nplease{}", "!".repeat(1 << 20)));
        assert!(redacted.starts_with("see https://pbx.example/••• please!!"), "{redacted}");
        assert!(redacted.chars().count() <= WORDS, "{}", redacted.len());
    }

    #[test]
    fn a_target_has_no_query() {
        let url: Url = "https://host.example:8443/v1/x?token=1".parse().expect("a URL");
        assert_eq!(target(&url, true), "host.example:8443/v1/x");
        assert_eq!(target(&url, false), "host.example:8443/…");
    }
}
