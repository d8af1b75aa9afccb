//! Basic statistics of finished calls: a table as the manual prints it, fields between semicolons. It is made first and
//! fetched by a key later.

use std::fmt::Write;

use axum::response::{IntoResponse, Response};
use http::{StatusCode, header};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::MangoVpbx;
use super::api::{NO_PARAMETER, Refusal, WRONG_PARAMETER, text};
use super::entry::{Entry, Side};
use crate::world::lock;

/// The fields that are given where none are named.
const USUAL: &str = "records,start,finish,answer,from_extension,from_number,to_extension,to_number,disconnect_reason,\
                     line_number,location";
/// Wrong dates.
pub(super) const WRONG_DATES: Refusal = Refusal(StatusCode::BAD_REQUEST, 3111);

/// Statistics that were asked for.
#[derive(Debug, Clone)]
pub(super) struct Ordered {
    table: String,
    /// Somebody has asked for them: they are being made until then.
    asked: bool,
}

/// Orders a table of the calls of a span.
pub(super) fn order_table(pbx: &MangoVpbx, request: &Value) -> Result<Value, Refusal> {
    let time = |name: &str| {
        let seconds = text(&request[name]).and_then(|text| text.parse().ok()).ok_or(NO_PARAMETER)?;
        Timestamp::from_second(seconds).map_err(|_| WRONG_DATES)
    };
    let (from, to) = (time("date_from")?, time("date_to")?);
    if from > to || to.duration_since(from) > SignedDuration::from_hours(31 * 24) {
        return Err(WRONG_DATES);
    }
    let table = table(lock(&pbx.shared.entries).iter(), from, to, request["fields"].as_str());
    Ok(kept(pbx, table.ok_or(WRONG_PARAMETER)?))
}

fn kept(pbx: &MangoVpbx, table: String) -> Value {
    let key = pbx.shared.world.new_id().simple().to_string();
    lock(&pbx.shared.statistics).insert(key.clone(), Ordered { table, asked: false });
    json!({"key": key})
}

/// A table that was ordered; whoever asks first is told that it is not ready.
pub(super) fn fetch_table(pbx: &MangoVpbx, request: &Value) -> Response {
    let mut statistics = lock(&pbx.shared.statistics);
    let Some(ordered) = request["key"].as_str().and_then(|key| statistics.get_mut(key)) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    if std::mem::replace(&mut ordered.asked, true) {
        ([(header::CONTENT_TYPE, "text/csv")], ordered.table.clone()).into_response()
    } else {
        StatusCode::NO_CONTENT.into_response()
    }
}

/// The calls of the span that are over.
pub(super) fn ended<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Entry)>,
    from: Timestamp,
    to: Timestamp,
) -> impl Iterator<Item = (&'a String, &'a Entry)> {
    entries.filter(move |(_, entry)| (from..=to).contains(&entry.created) && entry.ended.is_some())
}

/// One row for each ended call of the span, its fields in the order in which they were asked for; `None` for a field
/// that there is not.
fn table<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Entry)>,
    from: Timestamp,
    to: Timestamp,
    fields: Option<&str>,
) -> Option<String> {
    let mut table = String::new();
    for (id, entry) in ended(entries, from, to) {
        let row: Option<Vec<String>> = fields.unwrap_or(USUAL).split(',').map(|name| field(name, id, entry)).collect();
        // Writing to a text cannot fail.
        let _ = writeln!(table, "{}", row?.join(";"));
    }
    Some(table)
}

fn field(name: &str, id: &str, entry: &Entry) -> Option<String> {
    let seconds = |at: Option<Timestamp>| at.map_or_else(|| "0".to_owned(), |at| at.as_second().to_string());
    let (Side { extension: from_extension, number: from_number }, to) = (entry.from(), entry.to());
    Some(match name.trim() {
        "records" => format!("[{}]", entry.recording_id.as_deref().unwrap_or_default()),
        "create" | "start" => seconds(Some(entry.created)),
        "finish" => seconds(entry.ended),
        "answer" => seconds(entry.answered),
        "from_extension" => from_extension,
        "from_number" => from_number,
        "to_extension" => to.extension,
        "to_number" => to.number,
        "disconnect_reason" => entry.reason.to_string(),
        "line_number" => entry.line.clone(),
        "location" => "abonent".to_owned(),
        "entry_id" => id.to_owned(),
        _ => return None,
    })
}
