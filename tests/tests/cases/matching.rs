//! Paths into a value, and what may stand there.

use jiff::{Timestamp, civil::DateTime, tz::TimeZone};
use serde_json::{Map, Value};

/// Whether everything holds that is said of this value; if not, the first that does not.
pub(crate) fn holds(value: &Value, wanted: &Map<String, Value>) -> Result<(), String> {
    for (path, wanted) in wanted {
        let found = at(value, path)?;
        if !is(found, wanted)? {
            let found = found.map_or_else(|| "absent".to_owned(), Value::to_string);
            return Err(format!("{path} is {found}, and must be {wanted}"));
        }
    }
    Ok(())
}

/// What stands at a path, such as `legs[101].state`.
fn at<'a>(value: &'a Value, path: &str) -> Result<Option<&'a Value>, String> {
    let mut rest = path;
    let mut here = Some(value);
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix('[') {
            let (key, behind) = after.split_once(']').ok_or_else(|| format!("{path}: no ] in it"))?;
            here = here.and_then(Value::as_array).and_then(|items| item(items, key));
            rest = behind;
        } else {
            let after = rest.strip_prefix('.').unwrap_or(rest);
            let end = after.find(['.', '[']).unwrap_or(after.len());
            let (name, behind) = after.split_at(end);
            if name.is_empty() {
                return Err(format!("{path} is no path"));
            }
            here = here.and_then(|here| here.get(name));
            rest = behind;
        }
    }
    Ok(here.filter(|value| !value.is_null()))
}

/// The last item of this extension or number, or else the item of this place.
fn item<'a>(items: &'a [Value], key: &str) -> Option<&'a Value> {
    let named =
        |item: &&Value| ["extension", "number"].iter().any(|name| item.get(name).and_then(Value::as_str) == Some(key));
    let by_place = || items.get(key.parse::<usize>().ok().filter(|place| *place < items.len())?);
    items.iter().rev().find(named).or_else(by_place)
}

/// Whether a value is as wanted; an error means that the wanted is not understood.
fn is(found: Option<&Value>, wanted: &Value) -> Result<bool, String> {
    let Value::Object(members) = wanted else { return Ok(found == Some(wanted)) };
    let unknown = || format!("{wanted}: nothing here checks that");
    match members.iter().next() {
        Some((name, inner)) if members.len() == 1 => match (name.as_str(), inner) {
            ("absent", Value::Bool(absent)) => Ok(found.is_none() == *absent),
            ("oneOf", Value::Array(several)) => several.iter().try_fold(false, |any, one| Ok(any || is(found, one)?)),
            ("not", inner) => Ok(!is(found, inner)?),
            ("count", inner) => {
                let count = found.and_then(Value::as_array).map_or(0, Vec::len);
                is(Some(&Value::from(count)), inner)
            }
            ("from" | "to", _) => Ok(between(found, members)),
            _ => Err(unknown()),
        },
        Some(_) if members.keys().all(|name| name == "from" || name == "to") => Ok(between(found, members)),
        Some(_) | None => Err(unknown()),
    }
}

fn between(found: Option<&Value>, members: &Map<String, Value>) -> bool {
    let Some(found) = found.and_then(scale) else { return false };
    let bound = |name: &str| members.get(name).map(scale);
    bound("from").is_none_or(|from| from.is_some_and(|from| from <= found))
        && bound("to").is_none_or(|to| to.is_some_and(|to| found <= to))
}

/// A number, or a time in milliseconds.
fn scale(value: &Value) -> Option<f64> {
    match value {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => {
            let vendors = || text.parse::<DateTime>().ok()?.to_zoned(TimeZone::UTC).ok().map(|zoned| zoned.timestamp());
            let time = text.parse::<Timestamp>().ok().or_else(vendors)?;
            Some(time.as_millisecond() as f64)
        }
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::holds;

    fn says(value: serde_json::Value, wanted: serde_json::Value) -> bool {
        holds(&value, wanted.as_object().expect("paths")).is_ok()
    }

    #[test]
    fn paths_reach_into_members_and_legs() {
        let call = json!({"customer": {"number": "+7"}, "legs": [
            {"number": "+7.9", "state": "connected"},
            {"extension": "101", "state": "failed"},
            {"extension": "101", "state": "cleared"},
        ]});
        assert!(says(
            call.clone(),
            json!({"customer.number": "+7", "legs[101].state": "cleared", "legs[+7.9].state": "connected"})
        ));
        assert!(says(call.clone(), json!({"customer.name": {"absent": true}, "legs[102].state": {"absent": true}})));
        assert!(says(call.clone(), json!({"legs[0].state": "connected", "legs": {"count": 3}})));
        assert!(!says(call.clone(), json!({"legs[101].state": "failed"})));
        assert!(holds(&call, json!({"a..b": 1}).as_object().expect("paths")).is_err());
    }

    #[test]
    fn values_are_compared_as_the_case_says() {
        let call = json!({"n": 5, "s": "a", "none": null, "all": [1, 2], "at": "2026-03-01T10:00:00Z"});
        for (wanted, right) in [
            (json!({"n": 5}), true),
            (json!({"n": {"from": 5, "to": 6}}), true),
            (json!({"n": {"from": 6}}), false),
            (json!({"n": {"to": 4}}), false),
            (json!({"missing": {"from": 1}}), false),
            (json!({"at": {"from": "2026-03-01 09:59:59.000", "to": "2026-03-01T10:00:00Z"}}), true),
            (json!({"s": {"oneOf": ["b", "a"]}}), true),
            (json!({"s": {"oneOf": ["b", {"not": "c"}]}}), true),
            (json!({"s": {"not": "a"}}), false),
            (json!({"none": {"absent": true}}), true),
            (json!({"s": {"absent": true}}), false),
            (json!({"s": {"absent": false}}), true),
            (json!({"all": {"count": 2}}), true),
            (json!({"all": [1, 2]}), true),
            (json!({"s": {"like": "a"}}), false),
        ] {
            assert_eq!(says(call.clone(), wanted.clone()), right, "{wanted}");
        }
    }
}
