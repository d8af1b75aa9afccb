//! What is sent to the PBX when a person types, pastes or clicks a number, and what he is told before.

use serde::{Deserialize, Serialize};

use super::{
    parse::Number,
    phone::{is_too_short, national},
    plan::NumberingPlan,
    text::Parts,
};

/// More digits than any PBX dials.
const MOST_DIGITS: usize = 24;

/// What kind of number would be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What a person should know before dialling; nothing of it forbids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DialWarning {
    /// Too few digits for its country.
    TooShort,
    /// No country has such a number.
    Unrecognised,
    /// Costs more than usual.
    Premium,
    /// In another country.
    International,
    /// The office has an extension with the digits of this emergency or service number.
    AlsoExtension,
}

/// Why a text cannot be dialled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DialError {
    /// Nothing was given.
    #[error("type a number")]
    Empty,
    /// The number is not known.
    #[error("the number is hidden and cannot be called")]
    Hidden,
    /// There is no number in the text.
    #[error("this is not a number: use digits, or an address such as sip:name@domain")]
    NotANumber,
    /// No number is so long.
    #[error("the number is too long: check that it is one number")]
    TooLong,
}

/// A number that can be dialled.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Dialable {
    /// What is sent to the PBX: E.164 with `+` for phones, otherwise as typed without separators.
    pub digits: String,
    /// How it is shown.
    pub display: String,
    /// What it is.
    pub kind: DialKind,
    /// What to tell before dialling.
    pub warnings: Vec<DialWarning>,
    /// To be dialled after the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
}

impl Dialable {
    /// Reads what a person typed, pasted or clicked, in the Russian plan.
    pub fn read(text: &str) -> Result<Self, DialError> {
        Self::read_in(text, &NumberingPlan::russia())
    }

    /// [`Dialable::read`] in an office whose extensions are known.
    pub fn read_in(text: &str, plan: &NumberingPlan) -> Result<Self, DialError> {
        if text.trim().is_empty() {
            return Err(DialError::Empty);
        }
        let parts = Parts::read(text);
        let digits = parts.user.chars().filter(|c| c.is_numeric()).count();
        if digits > MOST_DIGITS {
            return Err(DialError::TooLong);
        }
        let plain =
            |kind, digits: String| Self { display: digits.clone(), digits, kind, warnings: vec![], extension: None };
        let code = |kind, code: String| {
            let warnings = if plan.has_extension(&code) { vec![DialWarning::AlsoExtension] } else { vec![] };
            Self { warnings, ..plain(kind, code) }
        };
        Ok(match Number::of_parts(&parts) {
            Number::Hidden if digits == 0 && parts.user.is_empty() => return Err(DialError::Empty),
            Number::Hidden => return Err(DialError::Hidden),
            Number::Emergency(digits) => code(DialKind::Emergency, digits),
            Number::Service(digits) => code(DialKind::Service, digits),
            Number::Extension(digits) => plain(DialKind::Extension, digits),
            Number::Phone(phone) => {
                let marks = [(phone.premium, DialWarning::Premium), (phone.abroad, DialWarning::International)];
                Self {
                    display: national(&phone.e164),
                    digits: phone.e164,
                    kind: DialKind::Phone,
                    warnings: marks.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect(),
                    extension: parts.extension,
                }
            }
            Number::Other(user) => match parts.number {
                Some(number) => {
                    let short = is_too_short(&number);
                    let warning = if short { DialWarning::TooShort } else { DialWarning::Unrecognised };
                    Self { warnings: vec![warning], extension: parts.extension, ..plain(DialKind::Phone, number) }
                }
                None if parts.is_address || is_code(&user) => plain(DialKind::Other, user),
                None => return labelled(&user, plan).ok_or(DialError::NotANumber),
            },
        })
    }
}

/// A code of the PBX, such as `*100#`.
fn is_code(user: &str) -> bool {
    user.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#'))
}

/// A phone number behind words, such as `Тел.: +7 …` copied from a page.
fn labelled(user: &str, plan: &NumberingPlan) -> Option<Dialable> {
    let number = user.trim_start_matches(|c: char| !c.is_numeric() && c != '+');
    if number.len() == user.len() {
        return None;
    }
    let found = Dialable::read_in(number, plan).ok()?;
    (found.kind == DialKind::Phone && !found.warnings.contains(&DialWarning::TooShort)).then_some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number;

    fn read(text: &str) -> Dialable {
        Dialable::read(text).expect("can be dialled")
    }

    #[test]
    fn phones_are_sent_in_e164_and_shown_nationally() {
        let dialable = read("8 (916) 204-55-18 доб. 12");
        assert_eq!(dialable.digits, "+79162045518");
        assert_eq!(dialable.display, "+7 916 204-55-18");
        assert_eq!(dialable.kind, DialKind::Phone);
        assert_eq!(dialable.warnings, []);
        assert_eq!(dialable.extension.as_deref(), Some("12"));
    }

    #[test]
    fn codes_and_extensions_are_sent_as_typed() {
        for (text, kind) in [
            ("112", DialKind::Emergency),
            ("103", DialKind::Emergency),
            ("122", DialKind::Service),
            ("0511", DialKind::Extension),
            ("*100#", DialKind::Other),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.digits.as_str(), dialable.kind), (text, kind));
        }
        assert_eq!(read("sip:test_user@cloudpbx.example").digits, "test_user");
    }

    #[test]
    fn a_code_that_is_also_an_extension_is_sent_as_typed_and_says_so() {
        let plan = NumberingPlan::russia().with_extensions(["101".into(), "122".into()]);
        for (code, kind) in [("101", DialKind::Emergency), ("122", DialKind::Service)] {
            let dialable = Dialable::read_in(code, &plan).expect("can be dialled");
            assert_eq!((dialable.digits.as_str(), dialable.kind), (code, kind));
            assert_eq!(dialable.warnings, [DialWarning::AlsoExtension]);
            assert_eq!(read(code).warnings, []);
        }
    }

    #[test]
    fn a_context_is_dialled_only_with_what_it_completes() {
        for (text, digits, kind) in [
            ("tel:112;phone-context=+7", "112", DialKind::Emergency),
            ("tel:84951234567;phone-context=+7", "+74951234567", DialKind::Phone),
            ("tel:1234567;phone-context=+7495", "+74951234567", DialKind::Phone),
            ("tel:345;phone-context=+7495", "345", DialKind::Extension),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.digits.as_str(), dialable.kind), (digits, kind), "{text}");
            assert_eq!(number::normalise(text).as_deref(), Some(digits), "{text}");
        }
    }

    #[test]
    fn doubtful_numbers_are_marked_and_may_be_dialled() {
        for (text, digits, warning) in [
            ("123-45-67", "1234567", DialWarning::TooShort),
            ("8 495 123", "8495123", DialWarning::TooShort),
            ("+7 495 123", "+7495123", DialWarning::TooShort),
            ("+7 495 123-45-67-89", "+7495123456789", DialWarning::Unrecognised),
            ("8 809 123-45-67", "+78091234567", DialWarning::Premium),
            ("810 44 20 7946 0958", "+442079460958", DialWarning::International),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.digits.as_str(), &dialable.warnings[..]), (digits, &[warning][..]), "{text}");
            assert_eq!(dialable.kind, DialKind::Phone, "{text}");
        }
    }

    #[test]
    fn a_label_before_the_number_is_passed_over() {
        assert_eq!(read("Тел.: +7 (495) 123-45-67").digits, "+74951234567");
    }

    #[test]
    fn what_is_no_number_is_refused() {
        for (text, error) in [
            ("", DialError::Empty),
            ("  ", DialError::Empty),
            ("tel:", DialError::Empty),
            ("anonymous", DialError::Hidden),
            ("привет", DialError::NotANumber),
            ("12 apples", DialError::NotANumber),
            ("1234567890123456789012345", DialError::TooLong),
        ] {
            assert_eq!(Dialable::read(text), Err(error), "{text}");
        }
    }
}
