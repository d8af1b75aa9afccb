//! Reasons of an end by the vendor's table of result codes; an unknown code is read as its class.

use calls::EndCause;

/// Done as asked.
pub(super) const DONE: i64 = 1000;
/// The calling side of the leg hung up.
pub(super) const CALLER_HUNG_UP: i64 = 1110;

/// Why a leg ended. 1110 comes for answered and unanswered calls alike, so it says only who hung up.
pub(super) fn cause(code: i64) -> EndCause {
    match code {
        1111 | 1131 | 1191 => EndCause::NoAnswer,
        CALLER_HUNG_UP => EndCause::Cancelled,
        1121 | 1193 => EndCause::Busy,
        1122..=1124 | 1150..=1152 => EndCause::Rejected,
        1182 => EndCause::AnsweredElsewhere,
        1132..=1135 | 1140 => EndCause::Failed,
        0 | 1000..2000 => EndCause::Normal,
        _ => EndCause::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_exactly_and_then_by_class() {
        let cases = [
            (1121, EndCause::Busy),
            (1111, EndCause::NoAnswer),
            (1122, EndCause::Rejected),
            (1182, EndCause::AnsweredElsewhere),
            (1120, EndCause::Normal),
            (1099, EndCause::Normal),
            (2219, EndCause::Failed),
            (3200, EndCause::Failed),
            (-1, EndCause::Failed),
        ];
        for (code, expected) in cases {
            assert_eq!(cause(code), expected, "{code}");
        }
    }
}
