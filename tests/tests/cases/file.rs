//! A case as its file holds it.

use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Case {
    pub(crate) id: String,
    #[serde(rename = "title")]
    _title: String,
    #[serde(rename = "why")]
    _why: String,
    #[serde(default, rename = "basis")]
    _basis: String,
    #[serde(default)]
    pub(crate) office: Office,
    #[serde(default)]
    pub(crate) defaults: Request,
    pub(crate) requests: Vec<Request>,
    pub(crate) expect: Vec<Expectation>,
}

/// What differs from the usual office.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct Office {
    /// Absent: UTC; `Some(None)`: none is given.
    #[serde(deserialize_with = "given")]
    pub(crate) zone: Option<Option<String>>,
    pub(crate) lines: Option<Vec<Line>>,
    pub(crate) contacts: Vec<Contact>,
    pub(crate) key_file: Option<KeyFile>,
    pub(crate) may_refuse_to_start: Option<String>,
}

/// Tells `null` from a member that is not there.
fn given<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Option<String>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Line {
    pub(crate) number: String,
    #[serde(default)]
    pub(crate) title: String,
    #[serde(default)]
    pub(crate) groups: Vec<String>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Contact {
    pub(crate) number: String,
    pub(crate) name: String,
}

/// Bytes around the key in its file.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase", default)]
pub(crate) struct KeyFile {
    pub(crate) hex_before: String,
    pub(crate) hex_after: String,
}

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Request {
    pub(crate) method: Option<String>,
    pub(crate) path: Option<String>,
    pub(crate) headers: Map<String, Value>,
    pub(crate) body: Option<Map<String, Value>>,
    pub(crate) text: Option<String>,
    pub(crate) hex: Option<String>,
    pub(crate) parts: Option<Vec<Part>>,
    #[serde(rename = "as")]
    pub(crate) desk: Option<String>,
    pub(crate) status: Option<Status>,
    pub(crate) name: Option<String>,
    pub(crate) resend: Option<String>,
    /// Milliseconds; nothing is sent.
    pub(crate) pause: Option<u64>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub(crate) enum Part {
    Text(String),
    Hex(String),
}

#[derive(Debug, Clone, Deserialize)]
#[serde(untagged)]
pub(crate) enum Status {
    One(u16),
    OneOf(Vec<u16>),
}

impl Status {
    pub(crate) fn admits(&self, status: u16) -> bool {
        match self {
            Self::One(one) => *one == status,
            Self::OneOf(several) => several.contains(&status),
        }
    }
}

/// What is to be seen afterwards; which members belong together is decided in [`crate::expect`].
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Expectation {
    pub(crate) call: Option<String>,
    pub(crate) is: Option<Map<String, Value>>,
    pub(crate) calls: Option<u64>,
    pub(crate) desk: Option<String>,
    pub(crate) rang: Option<bool>,
    pub(crate) last: Option<Map<String, Value>>,
    pub(crate) dialled: Option<Dialled>,
    /// Seconds.
    pub(crate) within: Option<f64>,
}

/// Numbers that the vendor was asked to call.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub(crate) struct Dialled {
    pub(crate) never: Vec<String>,
    pub(crate) only: Option<Vec<String>>,
}
