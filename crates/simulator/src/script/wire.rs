//! A line of a script as it is written, before its questions are answered.

use std::time::Duration;

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::model::{CalleeDoes, PhoneAction, Scenario, Sign, Topic, Zone};
use super::time;
use crate::make::Make;

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(super) struct LineWire {
    pub(super) at: Option<Length>,
    pub(super) after: Option<Length>,
    pub(super) make: Option<Make>,

    pub(super) call: Option<Scenario>,
    pub(super) from: Option<Digits>,
    pub(super) name: Option<String>,
    pub(super) to: Option<Digits>,
    pub(super) rings: Option<Vec<Digits>>,
    pub(super) answers: Option<Digits>,
    pub(super) agent: Option<Digits>,
    pub(super) transfer: Option<Digits>,
    pub(super) menu: Option<Length>,
    pub(super) ring: Option<Length>,
    pub(super) talk: Option<Length>,
    pub(super) ago: Option<Length>,
    pub(super) record: Option<bool>,
    pub(super) recording: Option<Topic>,

    pub(super) event: Option<serde_json::Map<String, Value>>,
    pub(super) raw: Option<String>,
    pub(super) extension: Option<Digits>,
    pub(super) sign: Option<Sign>,
    pub(super) method: Option<String>,

    pub(super) cut: Option<Digits>,
    pub(super) fault: Option<String>,
    pub(super) on: Option<bool>,
    pub(super) phone: Option<Digits>,
    #[serde(rename = "do")]
    pub(super) action: Option<PhoneAction>,
    pub(super) callee: Option<Digits>,
    pub(super) does: Option<CalleeDoes>,
    pub(super) zone: Option<Zone>,

    pub(super) repeat: Option<Repeat>,
    pub(super) every: Option<Length>,
}

/// A length of time: `"2s"`, or a number of seconds.
#[derive(Debug, Clone, Copy)]
pub(super) struct Length(pub(super) Duration);

impl<'de> Deserialize<'de> for Length {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        time::parse(&text_or_number(deserializer)?).map(Self).map_err(serde::de::Error::custom)
    }
}

/// An extension or a number, in quotes or not.
#[derive(Debug, Clone)]
pub(super) struct Digits(pub(super) String);

impl<'de> Deserialize<'de> for Digits {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        text_or_number(deserializer).map(Self)
    }
}

/// How often: a number of times, or `"forever"`.
#[derive(Debug, Clone, Copy)]
pub(super) enum Repeat {
    Times(u64),
    Forever,
}

impl<'de> Deserialize<'de> for Repeat {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = text_or_number(deserializer)?;
        if text == "forever" {
            return Ok(Self::Forever);
        }
        text.parse()
            .map(Self::Times)
            .map_err(|_| serde::de::Error::custom("repeat is a number of times or \"forever\""))
    }
}

fn text_or_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<String, D::Error> {
    match Value::deserialize(deserializer)? {
        Value::String(text) => Ok(text),
        Value::Number(number) => Ok(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {
            Err(serde::de::Error::custom("expected a text or a number"))
        }
    }
}
