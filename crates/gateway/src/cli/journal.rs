//! `journal`: what went to and from the PBXs in the last seven days, without secrets; numbers stand in it.

use std::process::ExitCode;

use calls::ConnectionId;
use clap::Args;
use serde_json::{Value, json};
use store::{JournalRow, Store};

use super::{WithConfig, connection_id, open, output};

/// Entries that are read at a time.
const PAGE: usize = 500;

#[derive(Debug, Args)]
pub(super) struct JournalArguments {
    #[command(flatten)]
    config: WithConfig,
    /// Only this connection.
    #[arg(long, value_name = "ID", value_parser = connection_id)]
    connection: Option<ConnectionId>,
    /// How many, from the newest on.
    #[arg(long, value_name = "N", default_value_t = 100)]
    limit: usize,
}

/// Prints the newest entries, each a JSON object on a line of its own, the newest last.
pub(super) fn journal(arguments: &JournalArguments) -> anyhow::Result<ExitCode> {
    let config = arguments.config.read()?;
    let store = open::beside(&config.data_dir())?;
    let entries = newest(&store, arguments.connection.as_ref(), arguments.limit)?;
    for entry in entries.into_iter().rev() {
        output::say(&line(entry).to_string())?;
    }
    Ok(ExitCode::SUCCESS)
}

/// The newest entries of this connection, or of all, newest first.
fn newest(store: &Store, connection: Option<&ConnectionId>, limit: usize) -> Result<Vec<JournalRow>, store::Error> {
    let mut found = Vec::new();
    let mut before = None;
    while found.len() < limit {
        let page = store.journal_before(before, PAGE)?;
        let Some(last) = page.last() else { break };
        before = Some(last.id);
        let is_wanted = |one: &JournalRow| connection.is_none() || one.entry.connection.as_ref() == connection;
        found.extend(page.into_iter().filter(is_wanted));
    }
    found.truncate(limit);
    Ok(found)
}

fn line(JournalRow { entry, .. }: JournalRow) -> Value {
    let mut line = json!({ "at": entry.at, "connection": entry.connection, "kind": entry.kind });
    match (line.as_object_mut(), serde_json::from_str(&entry.body)) {
        (Some(fields), Ok(Value::Object(body))) => fields.extend(body),
        // Of a version that wrote something else.
        _ => line["body"] = entry.body.into(),
    }
    line
}

#[cfg(test)]
mod tests {
    use store::{NewJournalRow, Options, SystemRandom};

    use super::*;

    #[test]
    fn the_newest_entries_of_a_connection_are_found_among_those_of_others() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open_in(folder.path(), Options::owner("test", SystemRandom)).expect("opens");
        let entry = |number: usize| NewJournalRow {
            at: "2026-03-05T09:00:00Z".parse().expect("a time"),
            connection: Some(if number.is_multiple_of(400) { "rt1" } else { "m1" }.parse().expect("valid")),
            kind: "webhook".to_owned(),
            body: json!({ "target": number }).to_string(),
        };
        store.journal((0..1201).map(entry).collect()).wait().expect("written");
        let rt1: ConnectionId = "rt1".parse().expect("valid");
        let targets = |connection, limit| -> Vec<Value> {
            let found = newest(&store, connection, limit).expect("reads");
            found.into_iter().map(|entry| line(entry)["target"].clone()).collect()
        };
        assert_eq!(targets(Some(&rt1), 3), [1200, 800, 400]);
        assert_eq!(targets(Some(&rt1), 100).len(), 4);
        assert_eq!(targets(None, 2), [1200, 1199]);
    }
}
