//! Values by the PBX's own names, for people to read.

use serde_json::Value;

use super::Row;
use crate::{
    fields::{self, Fields},
    redact,
};

/// What the PBX says of something, but for anything secret; nothing where it is no object.
pub(crate) fn facts(told: Value) -> Option<Row> {
    let Value::Object(map) = redact::value(told) else { return None };
    Some(map.into_iter().filter_map(|(name, value)| Some((name, fields::text(&value)?))).collect())
}

/// The objects of a list; nothing where there is no list.
pub(crate) fn rows(told: &Fields, name: &str) -> Option<Vec<Fields>> {
    match told.value(name)? {
        Value::Array(rows) => Some(rows.iter().cloned().filter_map(Fields::of).collect()),
        // A list without items, as XML writes it.
        Value::String(text) if text.trim().is_empty() => Some(Vec::new()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => None,
    }
}
