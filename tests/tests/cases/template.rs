//! `${now-20s}` and `${uuid}` in the texts of a case.

use jiff::{SignedDuration, Timestamp};
use serde_json::Value;

/// How the vendor writes a time.
const WRITTEN: &str = "%Y-%m-%d %H:%M:%S.%3f";

/// The text with its times and identities filled in.
pub(crate) fn fill(text: &str) -> Result<String, String> {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (name, behind) = after.split_once('}').ok_or_else(|| format!("no end of ${{{after}"))?;
        filled.push_str(before);
        filled.push_str(&value(name)?);
        rest = behind;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// The same in every text of a value.
pub(crate) fn fill_all(value: &Value) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => Value::String(fill(text)?),
        Value::Array(items) => Value::Array(items.iter().map(fill_all).collect::<Result<_, _>>()?),
        Value::Object(members) => {
            let filled = members.iter().map(|(name, value)| Ok((name.clone(), fill_all(value)?)));
            Value::Object(filled.collect::<Result<_, String>>()?)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
    })
}

fn value(name: &str) -> Result<String, String> {
    if name == "uuid" {
        return Ok(uuid::Uuid::now_v7().to_string());
    }
    let unknown = || format!("nothing fills in ${{{name}}}");
    let offset = name.strip_prefix("now").ok_or_else(unknown)?;
    let at =
        Timestamp::now() + if offset.is_empty() { SignedDuration::ZERO } else { length(offset).ok_or_else(unknown)? };
    Ok(at.strftime(WRITTEN).to_string())
}

/// `+3h`, `-20s`.
fn length(text: &str) -> Option<SignedDuration> {
    let (sign, text) = match text.split_at_checked(1)? {
        ("+", text) => (1, text),
        ("-", text) => (-1, text),
        _ => return None,
    };
    let unit_at = text.find(|c: char| c.is_ascii_alphabetic())?;
    let (number, unit) = text.split_at(unit_at);
    let unit = match unit {
        "ms" => 0.001,
        "s" => 1.0,
        "m" => 60.0,
        "h" => 3600.0,
        "d" => 86_400.0,
        _ => return None,
    };
    SignedDuration::try_from_secs_f64(number.parse::<f64>().ok()? * unit * f64::from(sign)).ok()
}

#[test]
fn times_are_filled_in_as_the_vendor_writes_them() {
    let filled = fill("a ${now-3h} b").expect("known");
    let time = filled.strip_prefix("a ").and_then(|rest| rest.strip_suffix(" b")).expect("the text around it stays");
    let time: Timestamp = format!("{}Z", time.replace(' ', "T")).parse().expect("a time with three digits");
    let ago = Timestamp::now().duration_since(time);
    assert!((SignedDuration::from_mins(179)..SignedDuration::from_mins(181)).contains(&ago), "{ago:?}");
    assert_ne!(fill("${uuid}"), fill("${uuid}"));
    for unknown in ["${then}", "${now-3}", "${now 3h}", "${now-3y}", "${now"] {
        assert!(fill(unknown).is_err(), "{unknown}");
    }
}
