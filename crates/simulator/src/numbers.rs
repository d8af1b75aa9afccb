//! Two ways of writing JSON: numbers in quotes, and digits without them.

use serde_json::Value;

use crate::fault::{Fault, Faults};

/// Writes the numbers of a whole value in the way that is switched on.
pub(crate) fn written(value: Value, faults: &Faults) -> Value {
    if faults.has(Fault::NumbersAsStrings) {
        everywhere(value, &to_string)
    } else if faults.has(Fault::NumbersAsInts) {
        everywhere(value, &to_int)
    } else {
        value
    }
}

fn everywhere(value: Value, change: &impl Fn(Value) -> Value) -> Value {
    match value {
        Value::Array(items) => Value::Array(items.into_iter().map(|item| everywhere(item, change)).collect()),
        Value::Object(members) => {
            Value::Object(members.into_iter().map(|(key, member)| (key, everywhere(member, change))).collect())
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => change(value),
    }
}

fn to_string(value: Value) -> Value {
    if let Value::Number(number) = &value { number.to_string().into() } else { value }
}

/// Turns a string that holds nothing but a number into that number.
pub(crate) fn to_int(value: Value) -> Value {
    let Value::String(text) = &value else { return value };
    let digits = text.strip_prefix('-').unwrap_or(text);
    let canonical = digits == "0" || !digits.starts_with('0');
    match text.parse::<i64>() {
        Ok(number) if canonical && !text.starts_with('+') => number.into(),
        Ok(_) | Err(_) => value,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_whole_canonical_numbers_become_numbers() {
        assert_eq!(to_int("202".into()), 202);
        assert_eq!(to_int("-20".into()), -20);
        for text in ["", "0511", "+7900", "1a", "true"] {
            assert_eq!(to_int(text.into()), text);
        }
    }

    #[test]
    fn a_habit_reaches_every_depth() {
        let value = || json!({"Result": {"code": 0}, "events": [{"extension": "202"}]});
        let faults = Faults::new(vec![Fault::NumbersAsStrings]);
        assert_eq!(written(value(), &faults)["Result"]["code"], "0");
        let faults = Faults::new(vec![Fault::NumbersAsInts]);
        assert_eq!(written(value(), &faults)["events"][0]["extension"], 202);
        assert_eq!(written(value(), &Faults::new(vec![])), value());
    }
}
