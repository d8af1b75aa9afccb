//! Rules of the wire that vectors check.

use calls::CommandId;
use jiff::SignedDuration;

use crate::mango::codes;

/// How long a link to a recording is valid. It is used at once; three hours more than that needs, because the vendor
/// calls its times "UTC+3".
pub const LINK_VALID: SignedDuration = SignedDuration::from_mins(3 * 60 + 10);

/// What stands before the id of a command that acts on a call. An event that names a command without it begins a
/// callback.
const OF_ACTION: &str = "act-";

/// The id of an action's command, as it is sent.
pub(super) fn command_of_action(command: CommandId) -> String {
    format!("{OF_ACTION}{command}")
}

/// Our id of the command that an event or an outcome names, and whether it is an action's.
pub(super) fn command(named: &str) -> (&str, bool) {
    match named.strip_prefix(OF_ACTION) {
        Some(command) => (command, true),
        None => (named, false),
    }
}

/// The result code as which a code is read: itself where it is listed, else its subclass, else its class.
pub fn result_code(code: i64) -> i64 {
    codes::listed(code)
}
