//! The basic statistics: a table of calls as the manual prints it, fields between semicolons.

use std::fmt::Write;

use jiff::Timestamp;

use super::entry::{Entry, Side};

/// The fields that are given where none are named.
const USUAL: &str = "records,start,finish,answer,from_extension,from_number,to_extension,to_number,disconnect_reason,\
                     line_number,location";

/// One row for each ended call of the span, its fields in the order in which they were asked for; `None` for a field
/// that there is not.
pub(super) fn table<'a>(
    entries: impl Iterator<Item = (&'a String, &'a Entry)>,
    from: Timestamp,
    to: Timestamp,
    fields: Option<&str>,
) -> Option<String> {
    let mut table = String::new();
    for (id, entry) in entries.filter(|(_, entry)| (from..=to).contains(&entry.created) && entry.ended.is_some()) {
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
