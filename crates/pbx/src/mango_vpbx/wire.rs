//! Rules of the wire that vectors check.

use jiff::SignedDuration;

use crate::mango::codes;

/// How long a link to a recording is valid. It is used at once; three hours more than that needs, because the vendor
/// calls its times "UTC+3".
pub const LINK_VALID: SignedDuration = SignedDuration::from_mins(3 * 60 + 10);

/// The result code as which a code is read: itself where it is listed, else its subclass, else its class.
pub fn result_code(code: i64) -> i64 {
    codes::listed(code)
}
