//! Who may see the calls of lines, computed anew after lines or groups changed.

use calls::{ConnectionId, Direction};
use rusqlite::{Connection, params};

use super::audience::{FOR_ADMINS, GROUP, Scope};
use crate::{error::Error, office, store::Store, write::Write};

/// The calls of an office with the same line, but for those that are for administrators alone: they are no group's.
fn of_line() -> String {
    format!(
        "FROM calls WHERE office = ?1 AND connection = ?2 AND line = ?3 AND direction = ?4
         AND NOT EXISTS (SELECT 1 FROM audience o WHERE o.scope = '{FOR_ADMINS}' AND o.at = calls.at)"
    )
}

impl Store {
    /// Gives all calls of an office the groups that `groups` names for their connection, line and direction.
    pub fn regroup(
        &self,
        office: &str,
        groups: impl Fn(&ConnectionId, Option<&str>, Direction) -> Vec<String> + Send + 'static,
    ) -> Write<()> {
        let office = office.to_owned();
        self.write(move |sql| {
            let Some(office) = office::known_ordinal(sql, &office)? else { return Ok(()) };
            let of_line = of_line();
            for (connection, line, direction) in lines(sql, office)? {
                let id: ConnectionId = connection.parse().map_err(|_| unfit("connection id"))?;
                let known: Direction =
                    serde_json::from_value(direction.as_str().into()).map_err(|_| unfit("direction"))?;
                let values = params![office, connection, line, direction];
                sql.prepare_cached(&format!(
                    "DELETE FROM audience WHERE substr(scope, 1, 2) = '{GROUP}' AND at IN (SELECT at {of_line})"
                ))?
                .execute(values)?;
                for group in groups(&id, Some(line.as_str()).filter(|line| !line.is_empty()), known) {
                    let scope = Scope::Group(group).key();
                    sql.prepare_cached(&format!("INSERT OR IGNORE INTO audience (scope, at) SELECT ?5, at {of_line}"))?
                        .execute(params![office, connection, line, direction, scope])?;
                }
            }
            Ok(())
        })
    }
}

/// Connection, line and direction of all calls, each once.
fn lines(sql: &Connection, office: i64) -> Result<Vec<(String, String, String)>, Error> {
    let lines = sql
        .prepare("SELECT DISTINCT connection, line, direction FROM calls WHERE office = ?1")?
        .query_map([office], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?
        .collect::<Result<_, _>>()?;
    Ok(lines)
}

fn unfit(what: &'static str) -> Error {
    Error::Unreadable { what, reason: "it does not fit".into() }
}
