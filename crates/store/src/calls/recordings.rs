//! Which call a recording belongs to.

use calls::{CallId, RecordingId};
use rusqlite::{Connection, OptionalExtension, params};

use crate::{error::Error, office, store::Store};

impl Store {
    /// The call that this recording belongs to, under its newest id.
    pub fn call_of_recording(&self, office: &str, recording: &RecordingId) -> Result<Option<CallId>, Error> {
        let found: Option<String> = self.read(|connection| {
            let Some(office) = office::known_ordinal(connection, office)? else { return Ok(None) };
            let mut statement =
                connection.prepare_cached("SELECT call FROM recordings WHERE office = ?1 AND id = ?2")?;
            Ok(statement.query_row(params![office, recording.as_str()], |row| row.get(0)).optional()?)
        })?;
        let Some(call) = found else { return Ok(None) };
        let call = call.parse().map_err(|_| Error::Unreadable { what: "call id", reason: "it does not fit".into() })?;
        self.ruling_id(office, &call).map(Some)
    }
}

pub(crate) fn add(connection: &Connection, office: i64, recording: &RecordingId, call: &CallId) -> Result<(), Error> {
    connection
        .prepare_cached(
            "INSERT INTO recordings (office, id, call) VALUES (?1, ?2, ?3)
             ON CONFLICT (office, id) DO UPDATE SET call = excluded.call",
        )?
        .execute(params![office, recording.as_str(), call.as_str()])?;
    Ok(())
}
