//! JSON objects as PBXs write them: keys in any case and with stray blanks, numbers as texts, texts as numbers.

use std::collections::BTreeMap;

use serde_json::{Map, Number, Value};

use crate::json;

/// Longest call that is believed, in seconds: a day. What is larger is another column, or a slip of the vendor's.
const LONGEST_CALL: i64 = 86_400;

/// Whether so many seconds can be the length of a call.
pub(crate) fn is_call_length(seconds: i64) -> bool {
    (0..=LONGEST_CALL).contains(&seconds)
}

/// A JSON object, read tolerantly.
#[derive(Debug, Clone, PartialEq, Default)]
pub(crate) struct Fields(BTreeMap<String, Value>);

impl Fields {
    /// The object in `bytes`; `None` when it is not JSON or not an object.
    pub(crate) fn parse(bytes: &[u8]) -> Option<Self> {
        Self::of(json::parse(bytes)?)
    }

    /// The object that `value` is.
    pub(crate) fn of(value: Value) -> Option<Self> {
        let Value::Object(map) = value else { return None };
        Some(Self(map.into_iter().map(|(key, value)| (plain_key(&key), value)).collect()))
    }

    /// The object again, with plain keys.
    pub(crate) fn to_json(&self) -> Value {
        Value::Object(self.0.iter().map(|(key, value)| (key.clone(), value.clone())).collect())
    }

    /// The value of a key, if it is there and not null.
    pub(crate) fn value(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    /// The value as trimmed text; absent, null and empty are the same. A whole number is its digits, however it is written.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.value(key).and_then(text)
    }

    /// The value as trimmed text, a number as it is written: in an id, a point and a zero behind it count.
    pub(crate) fn verbatim(&self, key: &str) -> Option<String> {
        let value = self.value(key)?;
        if let Value::Number(number) = value { Some(number.to_string()) } else { text(value) }
    }

    /// The value as a whole number, written as number or text.
    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.value(key).and_then(integer)
    }

    /// The value as a flag; absent, empty and what cannot be read are "no".
    pub(crate) fn flag(&self, key: &str) -> bool {
        self.value(key).is_some_and(flag)
    }

    /// The object under a key.
    pub(crate) fn object(&self, key: &str) -> Option<Self> {
        self.value(key).cloned().and_then(Self::of)
    }

    /// The text of a key of the object under another key.
    pub(crate) fn within(&self, object: &str, key: &str) -> Option<String> {
        member(self.value(object)?, key).and_then(text)
    }

    /// The array under a key.
    pub(crate) fn array(&self, key: &str) -> Option<&Vec<Value>> {
        self.value(key).and_then(Value::as_array)
    }
}

/// The value of a key of an object, if it is there and not null: read where it stands, without a copy of the others.
pub(crate) fn member<'a>(object: &'a Value, key: &str) -> Option<&'a Value> {
    let map = object.as_object()?;
    map.get(spelling(map, key)?).filter(|value| !value.is_null())
}

/// The same, taken out of the object.
pub(crate) fn take_member(object: &mut Value, key: &str) -> Option<Value> {
    let map = object.as_object_mut()?;
    let name = spelling(map, key)?.to_owned();
    map.get_mut(&name).map(Value::take).filter(|value| !value.is_null())
}

/// How an object spells a key: as it is, else in another case or with blanks around it.
fn spelling<'a>(map: &'a Map<String, Value>, key: &'a str) -> Option<&'a str> {
    let is_key = |name: &&String| name.trim_matches(json::is_filler).eq_ignore_ascii_case(key);
    if map.contains_key(key) { Some(key) } else { map.keys().find(is_key).map(String::as_str) }
}

fn plain_key(key: &str) -> String {
    key.trim_matches(json::is_filler).to_ascii_lowercase()
}

/// A text, without blanks and control characters around it, of a string, number or truth value; `None` when empty or something else.
pub(crate) fn text(value: &Value) -> Option<String> {
    let text = match value {
        Value::String(text) => text.trim_matches(json::is_filler).to_owned(),
        Value::Number(number) => whole(number).map_or_else(|| number.to_string(), |whole| whole.to_string()),
        Value::Bool(flag) => flag.to_string(),
        Value::Null | Value::Array(_) | Value::Object(_) => return None,
    };
    (!text.is_empty()).then_some(text)
}

/// A whole number written as number or text.
pub(crate) fn integer(value: &Value) -> Option<i64> {
    match value {
        Value::Number(number) => whole(number),
        Value::String(text) => text.trim_matches(json::is_filler).parse().ok(),
        Value::Bool(_) | Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A whole number, also one that was written as a floating-point one (`101.0`).
fn whole(number: &Number) -> Option<i64> {
    /// Up to here a floating-point number is exact.
    const EXACT: f64 = 9_007_199_254_740_992.0;
    let written_with_point = || number.as_f64().filter(|float| float.fract() == 0.0 && float.abs() < EXACT);
    // It has no more digits than fit, and nothing behind its point.
    number.as_i64().or_else(|| written_with_point().and_then(|float| format!("{float:.0}").parse().ok()))
}

/// A flag written as truth value, number or text.
pub(crate) fn flag(value: &Value) -> bool {
    match value {
        Value::Bool(flag) => *flag,
        Value::Number(number) => whole(number).is_some_and(|number| number != 0),
        Value::String(text) => match text.trim_matches(json::is_filler).to_ascii_lowercase() {
            text if matches!(text.as_str(), "true" | "yes") => true,
            text => text.parse::<i64>().is_ok_and(|number| number != 0),
        },
        Value::Null | Value::Array(_) | Value::Object(_) => false,
    }
}

/// The same JSON whatever the order of its keys, for dedupe keys of messages that carry no identity.
pub(crate) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let sorted: BTreeMap<&String, &Value> = map.iter().collect();
            let inner: Vec<String> = sorted
                .into_iter()
                .map(|(key, value)| format!("{}:{}", Value::String(key.clone()), canonical(value)))
                .collect();
            format!("{{{}}}", inner.join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn keys_are_read_in_any_case_and_with_stray_blanks() {
        let fields = Fields::of(json!({" DisplayName ": " Иван ", "RESULT": "0", "empty": "", "nothing": null}))
            .expect("an object");
        assert_eq!(fields.text("displayname").as_deref(), Some("Иван"));
        assert_eq!(fields.integer("result"), Some(0));
        assert_eq!(fields.text("empty"), None);
        assert_eq!(fields.text("nothing"), None);
        let mut object = json!({" DisplayName ": "Иван", "nothing": null});
        assert_eq!((member(&object, "displayname"), member(&object, "nothing")), (Some(&json!("Иван")), None));
        assert_eq!(take_member(&mut object, "displayname"), Some(json!("Иван")));
        assert_eq!((member(&object, "displayname"), member(&json!([1]), "a")), (None, None));
        assert_eq!((take_member(&mut object, "nothing"), take_member(&mut object, "absent")), (None, None));
        // What is written as it should be goes before its like.
        let mut both = json!({" ID": "other", "id": "one"});
        assert_eq!(member(&both, "id"), Some(&json!("one")));
        assert_eq!(take_member(&mut both, "id"), Some(json!("one")));
    }

    #[test]
    fn whole_numbers_are_read_however_they_are_written() {
        for (raw, text, number) in [
            (json!(101.0), "101", Some(101)),
            (json!(79_161_234_567.0), "79161234567", Some(79_161_234_567)),
            (json!(1.772_442e9), "1772442000", Some(1_772_442_000)),
            (json!(-20.0), "-20", Some(-20)),
            (json!(0.5), "0.5", None),
            (json!(1e300), "1e+300", None),
            (json!(u64::MAX), "18446744073709551615", None),
            (json!("101.0"), "101.0", None),
        ] {
            let fields = Fields::of(json!({"a": raw})).expect("an object");
            assert_eq!((fields.text("a").as_deref(), fields.integer("a")), (Some(text), number), "{raw}");
        }
        let id = Fields::of(json!({"id": 1_439_981_389.0})).expect("an object");
        assert_eq!(id.verbatim("id").as_deref(), Some("1439981389.0"));
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        for yes in [json!(true), json!("True "), json!("yes"), json!(1), json!(1.0), json!("1"), json!(2), json!("2")] {
            assert!(flag(&yes), "{yes}");
        }
        for no in [json!(false), json!("false"), json!(""), json!(0), json!("0"), json!("on"), json!(null), json!([1])]
        {
            assert!(!flag(&no), "{no}");
        }
    }

    #[test]
    fn canonical_json_does_not_depend_on_order() {
        let one: Value = serde_json::from_str(r#"{"b":[1,{"d":2,"c":3}],"a":null}"#).expect("JSON");
        let other: Value = serde_json::from_str(r#"{"a":null,"b":[1,{"c":3,"d":2}]}"#).expect("JSON");
        assert_eq!(canonical(&one), canonical(&other));
        assert_eq!(canonical(&one), r#"{"a":null,"b":[1,{"c":3,"d":2}]}"#);
    }
}
