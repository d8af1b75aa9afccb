//! A number to dial, as whoever read it passes it on.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::plan::{is_emergency, is_service};

/// More digits than any PBX dials.
pub(super) const MOST_DIGITS: usize = 24;
/// Longest name of a SIP account, and longest text to be keyed in after the answer: longer texts are cut before they are
/// read.
const LONGEST: usize = 256;

/// What kind of number would be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialKind {
    /// Rescue services.
    Emergency,
    /// A short number of the country.
    Service,
    /// A colleague.
    Extension,
    /// A number of the public network.
    Phone,
    /// A SIP name or a code of the PBX.
    Other,
}

/// A number that was read from a text once. A person was shown it, it travels to the office and its digits to the PBX:
/// nothing reads it again. The extension and what follows pauses are not sent to the PBX; the person keys them in after
/// the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DialNumber {
    /// What kind of number it is.
    pub kind: DialKind,
    /// What is sent to the PBX: E.164 with `+` for phones, otherwise as typed without separators.
    pub digits: String,
    /// The extension to ask for after the answer.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// To be keyed in after the answer, as it was written behind the number's first pause.
    #[ts(optional)]
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_dial: Option<String>,
}

impl DialNumber {
    /// A number with nothing to key in after the answer.
    pub(super) fn plain(kind: DialKind, digits: &str) -> Self {
        Self { kind, digits: digits.to_owned(), extension: None, post_dial: None }
    }

    /// Whether a reading can have given it: its digits are of its kind, without separators, and what is keyed in
    /// afterwards can be keyed in. Whoever receives one asks this, and reads nothing.
    pub fn is_well_formed(&self) -> bool {
        let digits = self.digits.as_str();
        let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
        let of_its_kind = match self.kind {
            DialKind::Emergency => is_emergency(digits),
            DialKind::Service => is_service(digits),
            DialKind::Extension => plain && (2..=5).contains(&digits.len()),
            DialKind::Phone => {
                let rest = digits.strip_prefix('+').unwrap_or(digits);
                (1..=MOST_DIGITS).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_digit())
            }
            DialKind::Other => {
                let length = digits.chars().count();
                (1..=LONGEST).contains(&length) && !digits.contains(|c: char| c.is_whitespace() || c.is_control())
            }
        };
        of_its_kind
            && self.extension.as_deref().is_none_or(is_extension)
            && self.post_dial.as_deref().is_none_or(is_post_dial)
    }
}

/// Digits that can be asked for after the answer.
pub(super) fn is_extension(text: &str) -> bool {
    (1..=MOST_DIGITS).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Keys of a telephone and pauses between them.
pub(super) fn is_post_dial(text: &str) -> bool {
    (1..=LONGEST).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_digit() || b"*#ABCDpPwW,;".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_a_reading_can_give_is_well_formed() {
        for (kind, digits) in [
            (DialKind::Emergency, "112"),
            (DialKind::Service, "122"),
            (DialKind::Extension, "0511"),
            (DialKind::Phone, "+74951234567"),
            (DialKind::Phone, "1234567"),
            (DialKind::Other, "*100#"),
            (DialKind::Other, "anna"),
        ] {
            assert!(DialNumber::plain(kind, digits).is_well_formed(), "{digits}");
        }
        for (kind, digits) in [
            (DialKind::Emergency, "205"),
            (DialKind::Service, "+74951234567"),
            (DialKind::Extension, "+12"),
            (DialKind::Extension, "123456"),
            (DialKind::Phone, "8 495 123-45-67"),
            (DialKind::Phone, "+"),
            (DialKind::Phone, "+7495123456789012345678901"),
            (DialKind::Phone, "٣٣٣"),
            (DialKind::Other, ""),
            (DialKind::Other, "anna b"),
        ] {
            assert!(!DialNumber::plain(kind, digits).is_well_formed(), "{digits}");
        }
    }

    #[test]
    fn what_is_keyed_in_after_the_answer_has_only_keys() {
        let with = |extension: Option<&str>, post_dial: Option<&str>| {
            let (extension, post_dial) = (extension.map(str::to_owned), post_dial.map(str::to_owned));
            DialNumber { extension, post_dial, ..DialNumber::plain(DialKind::Phone, "+74951234567") }.is_well_formed()
        };
        assert!(with(Some("12"), Some("1,,2#")));
        assert!(
            !with(Some(""), None) && !with(Some("1-2"), None) && !with(None, Some("1 2")) && !with(None, Some("x"))
        );
    }
}
