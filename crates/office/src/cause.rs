//! What a PBX's error means for the screens: the one mapping.

use link::wire::DownCause;
use pbx::{CheckReason, Error};

/// Why a connection is down where a check found this.
pub(crate) fn of_check(reason: CheckReason) -> DownCause {
    match reason {
        CheckReason::WrongCredentials | CheckReason::NotAdmitted => DownCause::Unauthorized,
        CheckReason::Unreachable | CheckReason::TimedOut | CheckReason::NotTrusted => DownCause::Unreachable,
        CheckReason::Busy => DownCause::RateLimited,
        CheckReason::Works | CheckReason::NotThisPbx | CheckReason::PbxFailed => DownCause::Protocol,
    }
}

/// Why a session is down where it ended with this.
pub(crate) fn of_error(error: &Error) -> DownCause {
    of_check(CheckReason::of(error))
}
