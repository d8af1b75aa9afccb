//! Parameters as PHP's `http_build_query` writes them by RFC 1738: the service signs what it gets when it reads the
//! parameters and writes them again, so a single character escaped otherwise makes another signature.

/// A parameter's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Value {
    /// Left out.
    Null,
    /// Written as 1 or 0.
    Flag(bool),
    /// A text, or a number as it is written.
    Text(String),
    /// Written one by one under their places from 0; left out when empty.
    List(Vec<Value>),
    /// Written one by one under their names, in this order; left out when empty.
    Object(Vec<(String, Value)>),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// The parameters as they are sent and signed: sorted by name on the top level, and there only.
pub fn canonical<K: AsRef<str>>(parameters: &[(K, Value)]) -> String {
    let mut sorted: Vec<(&str, &Value)> = parameters.iter().map(|(name, value)| (name.as_ref(), value)).collect();
    sorted.sort_by_key(|(name, _)| *name);
    let mut out = String::new();
    for (name, value) in sorted {
        write(&encoded(name), value, &mut out);
    }
    out
}

fn write(name: &str, value: &Value, out: &mut String) {
    let mut scalar = |text: &str| {
        if !out.is_empty() {
            out.push('&');
        }
        out.extend([name, "=", &encoded(text)]);
    };
    match value {
        Value::Null => {}
        Value::Flag(flag) => scalar(if *flag { "1" } else { "0" }),
        Value::Text(text) => scalar(text),
        Value::List(items) => {
            for (place, item) in items.iter().enumerate() {
                write(&format!("{name}%5B{place}%5D"), item, out);
            }
        }
        Value::Object(members) => {
            for (key, member) in members {
                write(&format!("{name}%5B{}%5D", encoded(key)), member, out);
            }
        }
    }
}

/// Only letters, digits and `-`, `_`, `.` stay as they are; a blank is a plus.
fn encoded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' => out.push(char::from(byte)),
            b' ' => out.push('+'),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::form::Form;

    #[test]
    fn names_are_sorted_on_the_top_level_only() {
        let inner = Value::Object(vec![("b".to_owned(), "1".into()), ("a".to_owned(), Value::List(vec!["x".into()]))]);
        let written = canonical(&[("z", Value::Flag(true)), ("a b", inner), ("a", Value::Null), ("A", "".into())]);
        assert_eq!(written, "A=&a+b%5Bb%5D=1&a+b%5Ba%5D%5B0%5D=x&z=1");
        assert_eq!(canonical::<&str>(&[("a", Value::List(Vec::new())), ("b", Value::Object(Vec::new()))]), "");
    }

    proptest! {
        #[test]
        fn every_text_comes_back_and_stands_in_the_plainest_characters(text in any::<String>()) {
            let written = canonical(&[("a", Value::Text(text.clone()))]);
            prop_assert!(written.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.+%=".contains(&byte)));
            let read = Form::parse(written.as_bytes());
            prop_assert_eq!(read.bytes("a"), Some(text.as_bytes()));
        }
    }
}
