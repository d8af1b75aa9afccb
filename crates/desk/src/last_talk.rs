//! The last talk with a number, as the card and the preview of a call show it.

use calls::{CallId, FactKind};

use crate::{
    archive::{Archive, ArchivedCall},
    contract::LastTalk,
    views::{party::agent, row::talk_ms},
};

/// Calls with a number that are looked through for the last talk.
const LOOK_BACK: usize = 20;

/// The newest talk with a number but for the call that is just being shown. Blocks on the database.
pub(crate) fn last_talk(
    archive: &Archive,
    number: &str,
    but_for: Option<&CallId>,
) -> Result<Option<LastTalk>, store::Error> {
    let calls = archive.with_number(number, LOOK_BACK)?;
    let mut others = calls.iter().filter(|archived| Some(&archived.call.id) != but_for);
    Ok(others.find_map(|archived| talk(archive, archived)))
}

/// The talk of a call, with the newest note about it.
fn talk(archive: &Archive, archived: &ArchivedCall) -> Option<LastTalk> {
    let at = archived.call.answered_at?;
    let talk_ms = talk_ms(&archived.call);
    let facts = archive.facts(&archived.office, &archived.call.id).unwrap_or_default();
    let note =
        facts.iter().rfind(|shown| shown.fact.kind == FactKind::Note).and_then(|shown| shown.fact.value.as_str());
    Some(LastTalk { at, agent: agent(&archived.call), talk_ms, note: note.map(str::to_owned) })
}
