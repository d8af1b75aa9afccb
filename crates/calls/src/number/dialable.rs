//! What is sent to the PBX when a person types, pastes or clicks a number, and what he is told before.

use serde::{Deserialize, Serialize};

use super::{
    is_e164,
    parse::{Number, Reading},
    phone::national,
    plan::NumberingPlan,
    readings::{Written, is_too_long, is_too_short},
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

/// What a person should know before dialling.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
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

/// What one look at a text makes of it: a number that can be dialled, how it is shown, and what is keyed in after it.
///
/// [`Dialable::read_in`] is for what a person typed, pasted or clicked. Its result is shown, and what was shown is sent:
/// [`Dialable::digits`] go into the command as they are. [`Dialable::read_to_send`] is for programs, which cannot be
/// asked; it takes those digits unchanged. The extension and what follows pauses are not sent to the PBX: the person is
/// shown them, to key them in after the answer.
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
    /// The extension to ask for after the answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extension: Option<String>,
    /// To be keyed in after the answer, as it was written behind the number's first pause.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_dial: Option<String>,
    /// How the other number is shown that the text may mean, in another country.
    #[serde(default, skip_serializing_if = "Option::is_none")]
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
        dialable.extension = reading.extension;
        dialable.post_dial = reading.post_dial.filter(|post_dial| !post_dial.is_empty());
        Ok(dialable)
    }

    /// Reads what a program wants dialled. What a person was shown ([`Dialable::digits`]) is taken as it is; a text that
    /// has two readings, or more than a number, is refused.
    pub fn read_to_send(text: &str) -> Result<Self, DialError> {
        let e164 = text.strip_prefix('+').filter(|_| is_e164(text));
        let sent = e164.and_then(|_| Written::plain(text).read()).filter(|reading| reading.phone.e164 == text);
        let dialable = Self::read(text)?;
        if sent.is_some() {
            let warnings =
                dialable.warnings.into_iter().filter(|warning| *warning != DialWarning::TwoReadings).collect();
            return Ok(Self { warnings, other: None, ..dialable });
        }
        if dialable.warnings.contains(&DialWarning::TwoReadings) {
            return Err(DialError::TwoReadings);
        }
        if dialable.extension.is_some() || dialable.post_dial.is_some() {
            return Err(DialError::WithExtension);
        }
        Ok(dialable)
    }

    /// Whether a person is asked once more before it is dialled.
    pub fn asks(&self) -> bool {
        self.warnings.iter().any(|warning| warning.asks())
    }

    fn plain(kind: DialKind, digits: &str) -> Self {
        Self {
            display: digits.to_owned(),
            digits: digits.to_owned(),
            kind,
            warnings: Vec::new(),
            extension: None,
            post_dial: None,
            other: None,
        }
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
            let warning = if is_too_short(number) {
                DialWarning::TooShort
            } else if is_too_long(number) {
                DialWarning::TooLong
            } else {
                DialWarning::Unrecognised
            };
            return Ok(Self { warnings: vec![warning], ..Self::plain(DialKind::Phone, number) });
        }
        let code: String = user.chars().filter(|c| *c != ' ').collect();
        if code.contains(['*', '#'])
            && code.contains(|c: char| c.is_ascii_digit())
            && code.chars().all(|c| c.is_ascii_digit() || matches!(c, '*' | '#'))
        {
            return Ok(Self::plain(DialKind::Other, &code));
        }
        if reading.is_address && !user.contains(char::is_whitespace) {
            return Ok(Self { warnings: vec![DialWarning::SipName], ..Self::plain(DialKind::Other, user) });
        }
        Err(DialError::NotANumber)
    }
}

/// Whether an address names anybody at all, a hidden caller included.
fn is_named(text: &str) -> bool {
    let scheme = text.find(':').map_or(0, |place| place + 1);
    text[scheme..].contains(char::is_alphanumeric)
}

/// A national number with a zero where the code of the town or network begins.
fn is_without_code(dialable: &Dialable) -> bool {
    let digits = dialable.digits.as_str();
    let rest = digits.strip_prefix("+7").or_else(|| digits.strip_prefix(['7', '8']).filter(|rest| rest.len() == 10));
    dialable.kind == DialKind::Phone && rest.unwrap_or(digits).len() == 10 && rest.unwrap_or(digits).starts_with('0')
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
            ("+7 495 123-45-67-89", "+7495123456789", DialWarning::TooLong),
            ("8 555 123-45-67", "+75551234567", DialWarning::Unrecognised),
            ("8 809 123-45-67", "+78091234567", DialWarning::Premium),
            ("810 44 20 7946 0958", "+442079460958", DialWarning::International),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.digits.as_str(), &dialable.warnings[..]), (digits, &[warning][..]), "{text}");
            assert_eq!(dialable.kind, DialKind::Phone, "{text}");
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
                (dialable.extension.as_deref(), dialable.post_dial.as_deref()),
                (extension, post_dial),
                "{text}"
            );
            assert_eq!(Dialable::read_to_send(text), Err(DialError::WithExtension), "{text}");
        }
    }

    #[test]
    fn two_readings_ask_a_person_and_refuse_a_program() {
        for (text, digits, other) in [
            ("9 8 916 204-55-18", "+79162045518", Some("+98 916 204 5518")),
            ("+8 (495) 123-45-67", "+74951234567", Some("+84 951 234 567")),
            ("(495) 123-45-67/68", "+74951234567", None),
            ("8 495 123-45-67 доб. 100, 101", "+74951234567", None),
        ] {
            let dialable = read(text);
            assert_eq!((dialable.digits.as_str(), dialable.other.as_deref()), (digits, other), "{text}");
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
        ] {
            assert_eq!(Dialable::read(text), Err(error), "{text}");
        }
    }
}
