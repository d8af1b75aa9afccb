//! What is sent to the PBX when a person types, pastes or clicks a number, and what he is told before.

use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{
    dial_number::{DialKind, DialNumber, MOST_DIGITS},
    groups::groups_digits,
    is_e164,
    parse::{Number, Reading},
    phone::national,
    plan::NumberingPlan,
    readings::{Written, is_too_long, is_too_short},
};

/// Digits of the longest number of E.164.
const LONGEST_E164: usize = 15;

/// What a person should know before dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub enum DialWarning {
    /// Too few digits for its country.
    TooShort,
    /// More digits than its country's numbers have.
    TooLong,
    /// No country has such a number.
    Unrecognised,
    /// Costs more than usual.
    Premium,
    /// In another country.
    International,
    /// The office has an extension with the digits of this emergency or service number.
    AlsoExtension,
    /// A name, sent as it is.
    SipName,
    /// The text may be read as another number, too: [`Dialable::other`], or digits that were left out.
    TwoReadings,
}

impl DialWarning {
    /// Nothing is dialled before a person has said once more that he means it: it costs extra, or somebody else than
    /// meant may answer.
    pub fn asks(self) -> bool {
        match self {
            Self::Premium | Self::AlsoExtension | Self::SipName | Self::TwoReadings => true,
            Self::TooShort | Self::TooLong | Self::Unrecognised | Self::International => false,
        }
    }
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
    /// Written as Belarus and Ukraine write it at home, or as Moscow did until 2005.
    #[error("no code of this country begins with 0: write + and the country's code before the number")]
    NoSuchCode,
    /// A program cannot be asked which is meant.
    #[error("this can be read as two numbers: write one number with + and its country's code")]
    TwoReadings,
    /// Only a number is sent to the PBX.
    #[error("the PBX takes the number alone: send the extension's digits as dtmf after the answer")]
    WithExtension,
}

/// What one look at a text makes of it: a number that can be dialled, how it is shown, and what to tell.
///
/// [`Dialable::read_in`] is for what a person typed, pasted or clicked: its result is shown, and its [`DialNumber`]
/// travels on as it is. [`Dialable::read_to_send`] is for texts of programs, which cannot be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialable {
    /// What is dialled.
    pub number: DialNumber,
    /// How it is shown.
    pub display: String,
    /// What to tell before dialling.
    pub warnings: Vec<DialWarning>,
    /// How the other number is shown that the text may mean, in another country.
    pub other: Option<String>,
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
        let reading = Reading::of(text);
        let mut dialable = match &reading.number {
            Number::Hidden if !text.contains(char::is_alphanumeric) || reading.is_address && !is_named(text) => {
                return Err(DialError::Empty);
            }
            Number::Hidden => return Err(DialError::Hidden),
            Number::Emergency(digits) => Self::code(DialKind::Emergency, digits, plan),
            Number::Service(digits) => Self::code(DialKind::Service, digits, plan),
            Number::Extension(digits) => Self::plain(DialKind::Extension, digits),
            Number::Phone(phone) => {
                let marks = [
                    (!phone.recognised, DialWarning::Unrecognised),
                    (phone.premium, DialWarning::Premium),
                    (phone.abroad, DialWarning::International),
                ];
                Self {
                    display: phone.display(),
                    warnings: marks.into_iter().filter_map(|(holds, warning)| holds.then_some(warning)).collect(),
                    ..Self::plain(DialKind::Phone, &phone.e164)
                }
            }
            Number::Other(user) => Self::of_other(user, &reading)?,
        };
        if is_without_code(&dialable) {
            return Err(DialError::NoSuchCode);
        }
        if reading.doubtful {
            dialable.warnings.push(DialWarning::TwoReadings);
        }
        dialable.other = reading.other.as_deref().map(national);
        dialable.number.extension = reading.extension;
        dialable.number.post_dial = reading.post_dial;
        Ok(dialable)
    }

    /// Reads a text that a program wants dialled. A number of E.164 is taken as it is; a text that has two readings, or
    /// more than a number, is refused.
    pub fn read_to_send(text: &str) -> Result<DialNumber, DialError> {
        let Self { number, warnings, .. } = Self::read(text)?;
        let is_one_number = is_e164(text) && Written::plain(text).read().is_some_and(|read| read.phone.e164 == text);
        if warnings.contains(&DialWarning::TwoReadings) && !is_one_number {
            return Err(DialError::TwoReadings);
        }
        if number.extension.is_some() || number.post_dial.is_some() {
            return Err(DialError::WithExtension);
        }
        Ok(number)
    }

    /// Whether a person is asked once more before it is dialled.
    pub fn asks(&self) -> bool {
        self.warnings.iter().any(|warning| warning.asks())
    }

    fn plain(kind: DialKind, digits: &str) -> Self {
        let number = DialNumber::plain(kind, digits);
        Self { number, display: digits.to_owned(), warnings: Vec::new(), other: None }
    }

    fn code(kind: DialKind, code: &str, plan: &NumberingPlan) -> Self {
        let warnings = if plan.has_extension(code) { vec![DialWarning::AlsoExtension] } else { vec![] };
        Self { warnings, ..Self::plain(kind, code) }
    }

    /// Digits that no country has, a code of the PBX, or a SIP name.
    fn of_other(user: &str, reading: &Reading) -> Result<Self, DialError> {
        if user.chars().filter(char::is_ascii_digit).count() > MOST_DIGITS {
            return Err(DialError::TooLong);
        }
        if let Some(number) = &reading.digits {
            // A card or an account: nobody's number is so long.
            if number.trim_start_matches('+').len() > LONGEST_E164 {
                return Err(DialError::TooLong);
            }
            let warning = if is_too_short(number) {
                DialWarning::TooShort
            } else if is_too_long(number) {
                DialWarning::TooLong
            } else {
                DialWarning::Unrecognised
            };
            return Ok(Self { warnings: vec![warning], ..Self::plain(DialKind::Phone, number) });
        }
        if let Some(code) = service_code(user) {
            let behind = code.rfind(['*', '#']).map_or("", |place| &code[place + 1..]);
            // What the number behind the code costs, it costs behind the code too.
            let mut warnings = Self::read(behind).map(|number| number.warnings).unwrap_or_default();
            warnings.retain(|warning| matches!(warning, DialWarning::Premium | DialWarning::International));
            return Ok(Self { warnings, ..Self::plain(DialKind::Other, &code) });
        }
        if reading.is_address && !user.contains(char::is_whitespace) {
            return Ok(Self { warnings: vec![DialWarning::SipName], ..Self::plain(DialKind::Other, user) });
        }
        Err(DialError::NotANumber)
    }
}

/// A code of the PBX or of an operator, without the signs that group digits: `*100#`, `**101`, and before a number
/// `*31#+7…`, `*21*8…#`. A plus begins a number, so it stands right behind a star or hash.
fn service_code(user: &str) -> Option<String> {
    let is_code = user.starts_with(['*', '#']) || !user.contains(|c| c != ' ' && groups_digits(c));
    let code: String = user.chars().filter(|c| !groups_digits(*c)).collect();
    let mut before = ' ';
    let fits = code.chars().all(|c| {
        let fits = c.is_ascii_digit() || matches!(c, '*' | '#') || c == '+' && matches!(before, '*' | '#');
        before = c;
        fits
    });
    let has_both = code.contains(['*', '#']) && code.contains(|c: char| c.is_ascii_digit());
    (is_code && fits && has_both).then_some(code)
}

/// Whether an address names anybody at all, a hidden caller included.
fn is_named(text: &str) -> bool {
    let scheme = text.find(':').map_or(0, |place| place + 1);
    text[scheme..].contains(char::is_alphanumeric)
}

/// A national number with a zero where the code of the town or network begins.
fn is_without_code(dialable: &Dialable) -> bool {
    let DialNumber { kind, digits, .. } = &dialable.number;
    let rest = digits.strip_prefix("+7").or_else(|| digits.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10));
    *kind == DialKind::Phone && rest.unwrap_or(digits).len() == 10 && rest.unwrap_or(digits).starts_with('0')
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
        assert_eq!(dialable.number.digits, "+79162045518");
        assert_eq!(dialable.display, "+7 916 204-55-18");
        assert_eq!(dialable.number.kind, DialKind::Phone);
        assert_eq!(dialable.warnings, []);
        assert_eq!(dialable.number.extension.as_deref(), Some("12"));
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
            assert_eq!((dialable.number.digits.as_str(), dialable.number.kind), (text, kind));
        }
        assert_eq!(read("sip:test_user@cloudpbx.example").number.digits, "test_user");
    }

    #[test]
    fn a_code_that_is_also_an_extension_is_sent_as_typed_and_says_so() {
        let plan = NumberingPlan::russia().with_extensions(["101".into(), "122".into()]);
        for (code, kind) in [("101", DialKind::Emergency), ("122", DialKind::Service)] {
            let dialable = Dialable::read_in(code, &plan).expect("can be dialled");
            assert_eq!((dialable.number.digits.as_str(), dialable.number.kind), (code, kind));
            assert_eq!(dialable.warnings, [DialWarning::AlsoExtension]);
            assert_eq!(read(code).warnings, []);
        }
    }

    #[test]
    fn codes_before_a_number_are_sent_with_it() {
        for (text, digits, warnings) in [
            ("*31#+79162045518", "*31#+79162045518", vec![]),
            ("#31# 8 (916) 204-55-18", "#31#89162045518", vec![]),
            ("*67 8-916-204-55-18", "*6789162045518", vec![]),
            ("*21*+79162045518#", "*21*+79162045518#", vec![]),
            ("*31#112", "*31#112", vec![]),
            ("*31#8 809 123-45-67", "*31#88091234567", vec![DialWarning::Premium]),
            ("*31#+442079460958", "*31#+442079460958", vec![DialWarning::International]),
        ] {
            let dialable = read(text);
            let of = (dialable.number.digits.as_str(), dialable.number.kind, dialable.warnings);
            assert_eq!(of, (digits, DialKind::Other, warnings), "{text}");
        }
        for text in ["*31#+7916+204", "+*31#", "*31#Анна", "*#"] {
            assert!(Dialable::read(text).is_err(), "{text}");
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
            assert_eq!((dialable.number.digits.as_str(), dialable.number.kind), (digits, kind), "{text}");
            assert_eq!(number::normalise(text).as_deref(), Some(digits), "{text}");
        }
    }

    #[test]
    fn doubtful_numbers_are_marked_and_may_be_dialled() {
        for (text, digits, warning) in [
            ("123-45-67", "1234567", DialWarning::TooShort),
            ("8 495 123", "8495123", DialWarning::TooShort),
            ("+7 495 123", "+7495123", DialWarning::TooShort),
            ("+7 495 123-45-6789", "+7495123456789", DialWarning::TooLong),
            ("8 555 123-45-67", "+75551234567", DialWarning::Unrecognised),
            ("8 809 123-45-67", "+78091234567", DialWarning::Premium),
            ("810 44 20 7946 0958", "+442079460958", DialWarning::International),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.number.digits.as_str(), &dialable.warnings[..]), (digits, &[warning][..]), "{text}");
            assert_eq!(dialable.number.kind, DialKind::Phone, "{text}");
        }
    }

    #[test]
    fn what_is_keyed_in_after_the_answer_is_kept() {
        for (text, extension, post_dial) in [
            ("8 495 123-45-67, доб. 100", Some("100"), None),
            ("tel:+74951234567;ext=1-2", Some("12"), None),
            ("tel:+74951234567;postd=pp22", None, Some("22")),
            ("+74951234567,,1,2#", None, Some("1,2#")),
            ("123-45-67 доб. 12", Some("12"), None),
        ] {
            let dialable = read(text);
            assert_eq!(
                (dialable.number.extension.as_deref(), dialable.number.post_dial.as_deref()),
                (extension, post_dial),
                "{text}"
            );
            assert_eq!(Dialable::read_to_send(text), Err(DialError::WithExtension), "{text}");
        }
    }

    #[test]
    fn what_has_one_reading_does_not_ask() {
        for (text, digits) in [
            ("+8 800 555-01-10", "+78005550110"),
            ("tel:+88005550111", "+78005550111"),
            ("2. +7 916 204-55-22", "+79162045522"),
            ("3) +7 916 204-55-23", "+79162045523"),
            ("* 8 495 123-45-76", "+74951234576"),
            ("+7 (0) 495 123-45-67", "+74951234567"),
            ("(495) 1234567.0", "+74951234567"),
            ("8 (495) 123-45-67,0", "+74951234567"),
            ("+7 495 123\u{2027}45\u{2027}67", "+74951234567"),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.number.digits.as_str(), dialable.asks()), (digits, false), "{text}");
        }
        for (text, extension) in [
            ("8 495 123-45-67 dob. 147", "147"),
            ("8 495 123-45-67 (вн. т. 109)", "109"),
            ("+1 212 555 0123 local 104", "104"),
        ] {
            assert_eq!(read(text).number.extension.as_deref(), Some(extension), "{text}");
        }
    }

    #[test]
    fn two_readings_ask_a_person_and_refuse_a_program() {
        for (text, digits, other) in [
            ("9 8 916 204-55-18", "+79162045518", Some("+98 916 204 5518")),
            ("+8 (495) 123-45-67", "+74951234567", Some("+84 951 234 567")),
            ("(495) 123-45-67/68", "+74951234567", None),
            ("8 495 123-45-67 доб. 100, 101", "+74951234567", None),
            ("7+4951234567", "+74951234567", None),
            ("8+4951234567", "+74951234567", None),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.number.digits.as_str(), dialable.other.as_deref()), (digits, other), "{text}");
            assert!(dialable.asks(), "{text}");
            assert_eq!(Dialable::read_to_send(text), Err(DialError::TwoReadings), "{text}");
            assert_eq!(Dialable::read_to_send(digits).map(|sent| sent.digits).as_deref(), Ok(digits));
        }
        assert_eq!(Dialable::read_to_send("+84951234567").map(|sent| sent.digits).as_deref(), Ok("+84951234567"));
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
            ("ул. Ленина, д. 5", DialError::NotANumber),
            ("номер скрыт", DialError::Hidden),
            ("0000000000", DialError::Hidden),
            ("8 (029) 123-45-67", DialError::NoSuchCode),
            ("+7 (095) 123-45-67", DialError::NoSuchCode),
            ("0441234567", DialError::NoSuchCode),
            ("1234567890123456789012345", DialError::TooLong),
            ("4276 1234 5678 9010", DialError::TooLong),
            ("3.14", DialError::NotANumber),
            ("12.05.24", DialError::NotANumber),
        ] {
            assert_eq!(Dialable::read(text), Err(error), "{text}");
        }
    }
}
