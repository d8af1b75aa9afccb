//! Who is at the other end: extensions and numbers out of the spellings that PBXs use.

use calls::{LegRef, LegRole};

/// The user part of `sip:user@host;parameters`, `"Name" <sip:user@host>`, `user@host` or a plain number.
pub(crate) fn user(raw: &str) -> &str {
    let inner = calls::number::header_address(raw);
    let without_scheme = ["sip:", "sips:", "tel:"]
        .into_iter()
        .find_map(|scheme| {
            let (head, rest) = inner.split_at_checked(scheme.len())?;
            head.eq_ignore_ascii_case(scheme).then_some(rest)
        })
        .unwrap_or(inner);
    without_scheme.split(['@', ';']).next().unwrap_or_default().trim()
}

/// Whether a text is digits and nothing else.
pub(crate) fn is_digits(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// An extension without the number of its PBX before it (`499499-100`).
pub(crate) fn without_pbx(user: &str) -> &str {
    match user.split_once('-') {
        Some((pbx, extension)) if pbx.len() >= 4 && is_digits(pbx) && is_digits(extension) => extension,
        Some(_) | None => user,
    }
}

/// The longest extension.
const LONGEST_EXTENSION: usize = 64;

/// An extension in the one spelling in which events name it, out of what a person typed (`101`, `sip:101@domain`);
/// `None` when it cannot be one.
pub fn extension(raw: &str) -> Option<String> {
    let user = without_pbx(user(raw));
    let fits = |c: char| c.is_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '*' | '#');
    let is_one = !user.is_empty() && user.chars().count() <= LONGEST_EXTENSION && user.chars().all(fits);
    is_one.then(|| user.to_owned())
}

/// Whether a user part is a telephone number rather than an extension or a name.
pub(crate) fn is_phone(user: &str) -> bool {
    let digits = user.strip_prefix('+').unwrap_or(user);
    (6..=20).contains(&digits.len()) && is_digits(digits)
}

/// An external number: E.164 where it is one, otherwise the text without scheme and domain, `None` when withheld.
pub(crate) fn number(raw: &str) -> Option<String> {
    calls::number::normalise(raw)
}

/// A colleague: known by his extension, or by the number that his calls are sent to.
pub(crate) fn colleague(extension: Option<&str>, address: Option<&str>) -> Option<LegRef> {
    let leg = |key: String, extension, number| {
        let (role, name, alias) = (LegRole::Agent, None, None);
        LegRef { key, role, extension, number, name, alias, caller: None }
    };
    if let Some(extension) = extension.map(user).filter(|text| !text.is_empty()) {
        // Told of without his extension, his phone goes by its SIP name.
        let is_name = |name: &&str| name.contains(|c: char| !c.is_ascii_digit() && c != '+');
        let name = address.map(user).filter(is_name).filter(|name| *name != extension);
        let own = leg(extension.to_owned(), Some(extension.to_owned()), None);
        return Some(LegRef { alias: name.map(str::to_owned), ..own });
    }
    let address = address?;
    let user = user(address);
    if user.is_empty() {
        return None;
    }
    if is_phone(user) {
        let number = number(address)?;
        return Some(leg(number.clone(), None, Some(number)));
    }
    Some(leg(user.to_owned(), Some(user.to_owned()), None))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_user_part_is_found_in_every_spelling() {
        let cases = [
            ("sip:79771234567@example_domain.ru", "79771234567"),
            ("SIP:user@example_domain.ru;transport=udp", "user"),
            ("sips:101@pbx.example", "101"),
            ("\"Иван <шеф>\" <sip:101@pbx.example>", "101"),
            ("<sip:101@pbx.example>", "101"),
            ("\"<102>\" <sip:101@pbx.example>", "101"),
            ("\"a<b\" <sip:101@pbx.example>;tag=\"<102>\"", "101"),
            ("sip:111@test@domain.example", "111"),
            (" +74951234567 ", "+74951234567"),
            ("tel:+74951234567;ext=1", "+74951234567"),
            ("", ""),
            ("абонент", "абонент"),
        ];
        for (raw, expected) in cases {
            assert_eq!(user(raw), expected, "{raw}");
        }
    }

    #[test]
    fn a_typed_extension_is_brought_to_the_spelling_of_events() {
        for raw in ["101", " 101 ", "101@pbx.example", "sip:101@pbx.example", "<sip:101@pbx.example;transport=udp>"] {
            assert_eq!(extension(raw).as_deref(), Some("101"), "{raw}");
        }
        assert_eq!(extension("499499-100").as_deref(), Some("100"));
        assert_eq!(extension("sales-100").as_deref(), Some("sales-100"));
        assert_eq!(extension("иванов").as_deref(), Some("иванов"));
        for raw in ["", "sip:", "@pbx.example", "1 01", "101,102", "rt1:101", "101/2", "a\tb"] {
            assert_eq!(extension(raw), None, "{raw}");
        }
        assert_eq!(extension(&"1".repeat(65)), None);
    }

    #[test]
    fn an_extension_is_no_phone_number() {
        assert!(is_phone("+74951234567"));
        assert!(is_phone("79771234567"));
        for text in ["111", "user", "", "+", "12345", "7977123456a"] {
            assert!(!is_phone(text), "{text}");
        }
    }

    #[test]
    fn the_name_that_a_caller_gives_himself_is_not_his_number() {
        for raw in [
            "\"<+74951112233>\" <sip:79162045518@pbx.example>",
            "\"+74951112233\" <sip:79162045518@pbx.example>",
            "\"a<b\" <sip:79162045518@pbx.example>",
            "\"Anonymous\" <sip:+79162045518@pbx.example>",
        ] {
            assert_eq!(number(raw).as_deref(), Some("+79162045518"), "{raw}");
            let leg = colleague(None, Some(raw)).expect("somebody");
            assert_eq!(leg.number.as_deref(), Some("+79162045518"), "{raw}");
        }
        let local = "sip:1234567;phone-context=+7495@pbx.example;user=phone";
        assert_eq!(colleague(None, Some(local)).and_then(|leg| leg.number).as_deref(), Some("+74951234567"));
    }

    #[test]
    fn withheld_numbers_are_absent() {
        for raw in ["", "anonymous", "sip:Anonymous@anonymous.invalid", "unknown"] {
            assert_eq!(number(raw), None, "{raw}");
        }
        assert_eq!(number("sip:79771234567@example.ru").as_deref(), Some("+79771234567"));
    }
}
