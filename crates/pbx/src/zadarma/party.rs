//! Who is at the other end, in the service's spellings.

use calls::{Customer, LegRef, LegRole, number::Number};

use crate::party::{self, is_digits};

/// Digits of an extension: the service gives out 100 to 999.
const EXTENSION_DIGITS: usize = 3;
/// Digits of the longest extension or SIP login; no number of the public network is as short.
const LONGEST_LOGIN: usize = 6;

/// The leg of whoever is outside.
pub(super) fn customer_leg(customer: &Customer) -> LegRef {
    let number = customer.number.clone();
    LegRef {
        key: "customer".to_owned(),
        role: LegRole::Customer,
        extension: None,
        number,
        name: None,
        alias: None,
        caller: None,
    }
}

/// A number as the service tells it: international, with or without its plus.
pub(super) fn number(raw: &str) -> Option<String> {
    let user = party::user(raw);
    let digits = user.strip_prefix("00").unwrap_or(user);
    let is_international = is_digits(digits) && digits.len() > LONGEST_LOGIN && !digits.starts_with('0');
    if is_international && let Number::Phone(phone) = Number::parse(&format!("+{digits}")) {
        return Some(phone.e164);
    }
    party::number(raw)
}

/// A number that was dialled. A phone dials as its owner is used to, so a national number is one, too.
pub(super) fn dialled(raw: &str) -> Option<String> {
    let user = party::user(raw);
    let is_national = is_digits(user) && (user.len() == 10 || user.len() == 11 && user.starts_with('8'));
    match Number::parse(user) {
        Number::Phone(phone) if is_national => Some(phone.e164),
        Number::Phone(_)
        | Number::Hidden
        | Number::Emergency(_)
        | Number::Service(_)
        | Number::Extension(_)
        | Number::Other(_) => number(raw),
    }
}

/// An extension or SIP login without the number of the PBX before it (`499499-100`); `None` for a telephone number.
pub(super) fn extension(raw: &str) -> Option<&str> {
    let short = party::without_pbx(party::user(raw));
    let is_number = short.starts_with('+') || is_digits(short) && short.len() > LONGEST_LOGIN;
    (!short.is_empty() && !is_number).then_some(short)
}

/// Whether this is an extension of a PBX, two to five digits, rather than a SIP login or a number.
pub(super) fn is_extension(user: &str) -> bool {
    is_digits(user) && (2..=5).contains(&user.len()) && !user.starts_with('0')
}

/// Whether this is an extension of the PBX rather than a SIP line of the account, whose number is longer.
pub(super) fn is_of_pbx(login: &str) -> bool {
    let short = party::without_pbx(login);
    is_digits(short) && short.len() <= EXTENSION_DIGITS
}

/// Whether an outgoing call's destination is a colleague: an extension behind the number of the PBX, a SIP name, or three
/// digits that are no code of the country. Longer digits are a number in town, which a phone dials without its code.
/// `caller` is who calls: where he is told with the number of the PBX, colleagues are, too.
pub(super) fn is_colleagues(raw: &str, caller: Option<&str>) -> bool {
    let user = party::user(raw);
    let short = party::without_pbx(user);
    if short != user {
        return true;
    }
    if !is_digits(short) {
        return extension(short).is_some();
    }
    let callers_user = caller.map(party::user);
    let is_told_with_pbx = callers_user.is_some_and(|caller| party::without_pbx(caller) != caller);
    let is_code = matches!(Number::parse(short), Number::Emergency(_) | Number::Service(_));
    short.len() == EXTENSION_DIGITS && !short.starts_with('0') && !is_code && !is_told_with_pbx
}

/// A colleague, known by his extension or by the number to which his calls are sent.
pub(super) fn colleague(raw: &str) -> Option<LegRef> {
    let leg = |key: String, extension, number| {
        let (role, name, alias) = (LegRole::Agent, None, None);
        LegRef { key, role, extension, number, name, alias, caller: None }
    };
    if let Some(extension) = extension(raw) {
        return Some(leg(extension.to_owned(), Some(extension.to_owned()), None));
    }
    let number = number(raw)?;
    Some(leg(number.clone(), None, Some(number)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_international_with_or_without_a_plus() {
        for (raw, expected) in [
            ("+442037691880", Some("+442037691880")),
            ("442037691880", Some("+442037691880")),
            ("00442037691880", Some("+442037691880")),
            ("79161234567", Some("+79161234567")),
            ("4930901820", Some("+4930901820")),
            ("0", None),
            ("", None),
            ("anonymous", None),
        ] {
            assert_eq!(number(raw).as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn what_a_phone_dialled_may_be_national() {
        for (raw, expected) in [
            ("89161234567", "+79161234567"),
            ("9161234567", "+79161234567"),
            ("79161234567", "+79161234567"),
            ("442037691880", "+442037691880"),
            ("112", "112"),
        ] {
            assert_eq!(dialled(raw).as_deref(), Some(expected), "{raw}");
        }
    }

    #[test]
    fn a_short_number_may_be_a_colleagues_or_the_publics() {
        for (raw, caller, colleague) in [
            ("205", Some("101"), true),
            ("499499-205", Some("499499-101"), true),
            ("499499-102", Some("101"), true),
            ("anna", Some("101"), true),
            ("205", None, true),
            ("205", Some("499499-101"), false),
            ("900", Some("499499-101"), false),
            ("112", Some("101"), false),
            ("102", Some("101"), false),
            ("122", None, false),
            ("234567", Some("101"), false),
            ("23456", Some("101"), false),
            ("0611", Some("101"), false),
            ("88", Some("101"), false),
            ("79161234567", Some("101"), false),
        ] {
            assert_eq!(is_colleagues(raw, caller), colleague, "{raw} {caller:?}");
        }
    }

    #[test]
    fn an_extension_has_one_spelling() {
        for raw in ["100", "499499-100", " 100 ", "sip:100@pbx.example"] {
            assert_eq!(extension(raw), Some("100"), "{raw}");
        }
        assert_eq!(
            (extension("00001"), extension("123456"), extension("anna")),
            (Some("00001"), Some("123456"), Some("anna"))
        );
        for raw in ["", "79161234567", "+79161234567", "442037691880"] {
            assert_eq!(extension(raw), None, "{raw}");
        }
    }
}
